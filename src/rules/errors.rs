//! Saying what is wrong, in upstream's words.
// upstream: staging/src/k8s.io/apimachinery/pkg/util/validation/field/errors.go

use podarium_api::names::{label_value_error, qualified_name_error};
use podarium_api::quantity::Quantity;
use podarium_api::selector::Selector;
use podarium_api::status::{Cause, Status};
use serde_json::{Value, json};

use crate::field::Field;
use crate::golang;
use crate::text;

/// What is wrong so far.
#[derive(Debug, Default)]
pub struct Errors(Vec<Cause>);

const IMMUTABLE: &str = "field is immutable";
/// All annotations of an object together may have so many bytes.
const MOST_ANNOTATIONS: usize = 256 * 1024;
const NOT_NEGATIVE: &str = "must be greater than or equal to 0";

impl From<Vec<Cause>> for Errors {
    fn from(causes: Vec<Cause>) -> Self {
        Errors(causes)
    }
}

impl Errors {
    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whatever else is wrong.
    pub fn push(&mut self, cause: Cause) {
        self.0.push(cause);
    }

    fn say(&mut self, reason: &'static str, path: &str, message: String) {
        let field = path.into();
        self.push(Cause {
            reason,
            field,
            message,
        });
    }

    /// A value that may not be.
    pub fn invalid(&mut self, field: &Field, detail: &str) {
        self.invalid_as(field, field.value.clone(), detail);
    }

    /// A text that may not be: one that is missing is empty.
    pub fn invalid_text(&mut self, field: &Field, detail: &str) {
        self.invalid_as(field, field.text(), detail);
    }

    /// A number that may not be: one that is missing is zero.
    pub fn invalid_int(&mut self, field: &Field, detail: &str) {
        self.invalid_as(field, field.int(), detail);
    }

    /// A field that may not be so, with something else printed as its value.
    pub fn invalid_as(&mut self, field: &Field, value: impl Into<Value>, detail: &str) {
        self.push(Cause::invalid(&field.path, value, detail));
    }

    /// A field that may not be so, with its value as Go prints it.
    pub fn invalid_raw(&mut self, field: &Field, value: &str, detail: &str) {
        let message = format!("Invalid value: {value}: {detail}");
        self.say("FieldValueInvalid", &field.path, message);
    }

    /// A field that may not be so, whose value is not printed.
    pub fn invalid_omitted(&mut self, field: &Field, detail: &str) {
        let message = format!("Invalid value: {detail}");
        self.say("FieldValueInvalid", &field.path, message);
    }

    /// A field that must be there.
    pub fn required(&mut self, field: &Field, detail: &str) {
        self.push(Cause::required(&field.path, detail));
    }

    /// A field that may not be there.
    pub fn forbidden(&mut self, field: &Field, detail: &str) {
        self.push(Cause::forbidden(&field.path, detail));
    }

    /// A value that is there already.
    pub fn duplicate(&mut self, field: &Field) {
        self.duplicate_as(field, field.value.clone());
    }

    /// A value that is there already, with something else printed as it.
    pub fn duplicate_as(&mut self, field: &Field, value: impl Into<Value>) {
        self.push(Cause::duplicate(&field.path, value));
    }

    /// A value that is there already, as Go prints it.
    pub fn duplicate_raw(&mut self, field: &Field, value: &str) {
        let message = format!("Duplicate value: {value}");
        self.say("FieldValueDuplicate", &field.path, message);
    }

    /// A value that is there already, as Go prints it, and what that is of.
    pub fn duplicate_because(&mut self, field: &Field, value: &str, detail: &str) {
        self.duplicate_raw(field, &format!("{value}: {detail}"));
    }

    /// A text that names what is not there.
    pub fn not_found(&mut self, field: &Field) {
        let message = format!("Not found: {:?}", field.text());
        self.say("FieldValueNotFound", &field.path, message);
    }

    /// A name of what is not there, and why it is sought.
    pub fn not_found_because(&mut self, field: &Field, name: &str, detail: &str) {
        let message = format!("Not found: {name:?}: {detail}");
        self.say("FieldValueNotFound", &field.path, message);
    }

    /// A text that is too long.
    pub fn too_long(&mut self, field: &Field, most: usize) {
        let message = format!("Too long: may not be more than {most} bytes");
        self.say("FieldValueTooLong", &field.path, message);
    }

    /// A list with too many items.
    pub fn too_many(&mut self, field: &Field, most: usize) {
        let items = if most == 1 { "item" } else { "items" };
        let message = format!(
            "Too many: {}: must have at most {most} {items}",
            field.len()
        );
        self.say("FieldValueTooMany", &field.path, message);
    }

    /// A value that is none of a few.
    pub fn unsupported(&mut self, field: &Field, value: impl Into<Value>, supported: &[&str]) {
        self.unsupported_raw(field, &value.into().to_string(), supported);
    }

    /// A value that is none of a few, as Go prints it.
    pub fn unsupported_raw(&mut self, field: &Field, value: &str, supported: &[&str]) {
        let known: Vec<_> = supported.iter().map(|s| format!("{s:?}")).collect();
        let known = known.join(", ");
        let message = format!("Unsupported value: {value}: supported values: {known}");
        self.say("FieldValueNotSupported", &field.path, message);
    }

    /// A text must be one of a few; nothing is said of a missing one.
    pub fn one_of(&mut self, field: &Field, supported: &[&str]) {
        if field.is_set() {
            self.must_be(field, supported);
        }
    }

    /// A text must be one of a few; a missing one is empty.
    pub fn must_be(&mut self, field: &Field, supported: &[&str]) {
        if !supported.contains(&field.text()) {
            self.unsupported(field, field.text(), supported);
        }
    }

    /// A text must not be missing or empty; says whether it is there.
    pub fn needed(&mut self, field: &Field) -> bool {
        let there = !field.is_empty();
        if !there {
            self.required(field, "");
        }
        there
    }

    /// A number must not be below zero; nothing is said of a missing one.
    ///
    /// upstream: staging/src/k8s.io/apimachinery/pkg/api/validation/generic.go ValidateNonnegativeField
    pub fn not_negative(&mut self, field: &Field) {
        if field.int() < 0 {
            self.invalid(field, NOT_NEGATIVE);
        }
    }

    /// A number must lie between two; nothing is said of a missing one.
    pub fn between(&mut self, field: &Field, least: i64, most: i64) {
        if field.number().is_some_and(|n| !(least..=most).contains(&n)) {
            let detail = format!("must be between {least} and {most}, inclusive");
            self.invalid(field, &detail);
        }
    }

    /// A number must be one of a port. upstream: util/validation/validation.go IsValidPortNum
    pub fn port_number(&mut self, field: &Field) {
        if !(1..=65_535).contains(&field.int()) {
            self.invalid_int(field, "must be between 1 and 65535, inclusive");
        }
    }

    /// A text must be a port's name. upstream: util/validation/validation.go IsValidPortName
    pub fn port_name(&mut self, field: &Field) {
        for why in text::port_name(field.text()) {
            self.invalid_text(field, why);
        }
    }

    /// A text must fit; `why` says why it does not.
    pub fn named(&mut self, field: &Field, why: impl Fn(&str) -> Option<String>) {
        if let Some(why) = why(field.text()) {
            self.invalid_text(field, &why);
        }
    }

    /// A text must be there and fit; says whether it does.
    pub fn needed_as(&mut self, field: &Field, why: impl Fn(&str) -> Option<String>) {
        if self.needed(field) {
            self.named(field, why);
        }
    }

    /// A field may not differ from what it was. upstream: generic.go ValidateImmutableField
    pub fn immutable(&mut self, new: &Field, old: &Field) {
        if new.value != old.value {
            self.invalid(new, IMMUTABLE);
        }
    }

    /// [`Errors::immutable`] of a value of one of upstream's own types.
    pub fn immutable_own(&mut self, new: &Field, old: &Field, type_: &str) {
        if new.value != old.value {
            self.invalid_own(new, type_, IMMUTABLE);
        }
    }

    /// A field that may not be so, with its value as one of upstream's own types.
    pub fn invalid_own(&mut self, field: &Field, type_: &str, detail: &str) {
        self.invalid_raw(field, &golang::shown(type_, field.value), detail);
    }

    /// A number or a percentage, neither below zero.
    ///
    /// upstream: pkg/apis/apps/validation/validation.go ValidatePositiveIntOrPercent
    pub fn int_or_percent(&mut self, field: &Field) {
        match field.value {
            Value::String(text) if text::percent(text).is_none() => {
                self.invalid(field, text::PERCENT);
            }
            _ => self.not_negative(field),
        }
    }

    /// upstream: pkg/apis/apps/validation/validation.go IsNotMoreThan100Percent
    pub fn at_most_all(&mut self, field: &Field) {
        if text::percent(field.text()).is_some_and(|p| p > 100) {
            self.invalid(field, "must not be greater than 100%");
        }
    }

    /// upstream: pkg/apis/core/validation/validation.go ValidateNonnegativeQuantity
    pub fn quantity_not_negative(&mut self, field: &Field) {
        if let Some(quantity) = field.quantity().filter(|q| *q < Quantity::ZERO) {
            self.invalid_as(field, quantity.to_string(), NOT_NEGATIVE);
        }
    }

    /// upstream: pkg/apis/core/validation/validation.go ValidatePositiveQuantityValue
    pub fn quantity_positive(&mut self, field: &Field) -> bool {
        let good = field.quantity().is_some_and(|q| q.milli() > 0);
        if !good {
            self.invalid(field, "must be greater than zero");
        }
        good
    }

    /// upstream: staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/validation/validation.go ValidateLabels
    pub fn labels(&mut self, labels: &Field) {
        for (key, value) in labels.entries() {
            let field = labels.called(&labels.path);
            if let Some(why) = qualified_name_error(key) {
                self.invalid_as(&field, key, &why);
            }
            if let Some(why) = label_value_error(value.text()) {
                self.invalid_as(&field, value.text(), &why);
            }
        }
    }

    /// upstream: staging/src/k8s.io/apimachinery/pkg/api/validation/objectmeta.go ValidateAnnotations
    pub fn annotations(&mut self, annotations: &Field) {
        let mut size = 0;
        for (key, value) in annotations.entries() {
            if let Some(why) = qualified_name_error(&key.to_lowercase()) {
                self.invalid_as(annotations, key, &why);
            }
            size += key.len() + value.text().len();
        }
        if size > MOST_ANNOTATIONS {
            self.too_long(annotations, MOST_ANNOTATIONS);
        }
    }

    /// upstream: staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/validation/validation.go ValidateLabelSelector
    pub fn selector(&mut self, selector: &Field) {
        self.labels(&selector.get("matchLabels"));
        for expression in selector.get("matchExpressions").items() {
            let (operator, values) = (expression.get("operator"), expression.get("values"));
            match operator.text() {
                "In" | "NotIn" if values.is_empty() => self.required(
                    &values,
                    "must be specified when `operator` is 'In' or 'NotIn'",
                ),
                "Exists" | "DoesNotExist" if !values.is_empty() => self.forbidden(
                    &values,
                    "may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
                ),
                "In" | "NotIn" | "Exists" | "DoesNotExist" => {}
                _ => self.invalid_text(&operator, "not a valid selector operator"),
            }
            self.named(&expression.get("key"), qualified_name_error);
            for value in values.items() {
                self.named(&value, label_value_error);
            }
        }
    }

    /// Puts what was found since there were so many in the order of its sentences.
    pub fn sort_from(&mut self, count: usize) {
        self.0[count..].sort_by_cached_key(|c| [&c.field, ": ", &c.message].concat());
    }

    /// How much is wrong.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// What is wrong.
    pub fn into_causes(self) -> Vec<Cause> {
        self.0
    }

    /// As a refusal of an object of that kind.
    ///
    /// upstream: staging/src/k8s.io/apimachinery/pkg/api/errors/errors.go NewInvalid
    pub fn refused(self, group: &str, kind: &str, name: &str) -> Value {
        let status = Status::invalid(group, kind, name, self.into_causes());
        let causes: Errors = status.causes.into();
        json!({
            "reason": "Invalid", "message": status.message, "group": group, "kind": kind, "name": name,
            "causes": causes.into_value(),
        })
    }

    /// As the core reads it.
    pub fn into_value(self) -> Value {
        let items = self.0.into_iter();
        items
            .map(|c| json!({"reason": c.reason, "field": c.field, "message": c.message}))
            .collect()
    }

    /// Each on a line, as `kubectl` prints them.
    #[cfg(test)]
    pub fn lines(&self) -> String {
        let lines = self.0.iter().map(|c| format!("{}: {}", c.field, c.message));
        lines.collect::<Vec<_>>().join("\n")
    }
}

/// A value as Go prints one of its own types: with these names, in this order. One of ours with a question mark is left
/// out where it is not there.
pub fn printed(value: &Field, names: &[(&str, &str)]) -> String {
    let each = names.iter().filter_map(|(theirs, ours)| {
        let field = value.get(ours.trim_end_matches('?'));
        let shown = field.is_set() || !ours.ends_with('?');
        shown.then(|| format!("{theirs:?}:{}", field.value))
    });
    format!("{{{}}}", each.collect::<Vec<_>>().join(","))
}

/// A selector compiled, if it can be. A missing one selects nothing.
pub fn compiled(selector: &Field) -> Option<Selector> {
    if !selector.is_set() {
        return Some(Selector::nothing());
    }
    let typed = podarium_api::typed::read(selector.value).ok()?;
    Selector::from_label_selector(Some(&typed)).ok()
}

/// Whether a selector selects objects with these labels.
pub fn selects(selector: &Selector, labels: &Field) -> bool {
    selector.matches(|key| labels.value.get(key).and_then(Value::as_str))
}

/// Whether a selector, which is there, has no condition.
pub fn selects_all(selector: &Field) -> bool {
    selector.get("matchLabels").is_empty() && selector.get("matchExpressions").is_empty()
}
