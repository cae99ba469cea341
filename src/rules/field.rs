//! Reading values by field, and saying what is wrong with them by path.

use podarium_api::status::Cause;
use serde_json::{Value, json};

/// A value and where it stands in its object.
#[derive(Clone)]
pub struct Field<'a> {
    /// The value; null where there is none.
    pub value: &'a Value,
    /// As `spec.ports[0].port`.
    pub path: String,
}

impl<'a> Field<'a> {
    /// An object as a whole: its fields' paths are their names.
    pub fn root(value: &'a Value) -> Self {
        Field {
            value,
            path: String::new(),
        }
    }

    /// A field of this object.
    pub fn get(&self, name: &str) -> Field<'a> {
        let path = if self.path.is_empty() {
            name.into()
        } else {
            format!("{}.{name}", self.path)
        };
        Field {
            value: self.value.get(name).unwrap_or(&Value::Null),
            path,
        }
    }

    /// The items of this list.
    pub fn items(&self) -> impl Iterator<Item = Field<'a>> {
        let path = self.path.clone();
        let items = self.value.as_array().map_or(&[][..], Vec::as_slice);
        items.iter().enumerate().map(move |(i, value)| Field {
            value,
            path: format!("{path}[{i}]"),
        })
    }

    /// The entries of this map, whose keys stand in brackets.
    pub fn entries(&self) -> impl Iterator<Item = (&'a str, Field<'a>)> {
        let path = self.path.clone();
        self.value
            .as_object()
            .into_iter()
            .flatten()
            .map(move |(key, value)| {
                let path = format!("{path}[{key}]");
                (key.as_str(), Field { value, path })
            })
    }

    /// The text; empty where there is none.
    pub fn text(&self) -> &'a str {
        self.value.as_str().unwrap_or_default()
    }

    /// The whole number, if it is one.
    pub fn number(&self) -> Option<i64> {
        self.value.as_i64()
    }

    /// Whether it is `true`.
    pub fn truth(&self) -> bool {
        self.value.as_bool().unwrap_or_default()
    }

    /// Whether nothing is there: null, or an empty list, map or text.
    pub fn is_empty(&self) -> bool {
        match self.value {
            Value::Null => true,
            Value::Array(items) => items.is_empty(),
            Value::Object(fields) => fields.is_empty(),
            Value::String(text) => text.is_empty(),
            _ => false,
        }
    }
}

/// What is wrong so far, in upstream's words.
#[derive(Debug, Default)]
pub struct Errors(pub Vec<Cause>);

impl Errors {
    /// A value that may not be. upstream: staging/src/k8s.io/apimachinery/pkg/util/validation/field/errors.go Invalid
    pub fn invalid(&mut self, field: &Field, detail: &str) {
        self.0
            .push(Cause::invalid(&field.path, field.value.clone(), detail));
    }

    /// A field that must be there.
    pub fn required(&mut self, field: &Field, detail: &str) {
        self.0.push(Cause::required(&field.path, detail));
    }

    /// A field that may not be there.
    pub fn forbidden(&mut self, field: &Field, detail: &str) {
        self.0.push(Cause::forbidden(&field.path, detail));
    }

    /// A value that is there already.
    pub fn duplicate(&mut self, field: &Field) {
        self.0
            .push(Cause::duplicate(&field.path, field.value.clone()));
    }

    /// A text must be one of a few; nothing is said of a missing one.
    pub fn one_of(&mut self, field: &Field, supported: &[&str]) {
        if let Some(text) = field.value.as_str()
            && !supported.contains(&text)
        {
            self.0
                .push(Cause::not_supported(&field.path, text, supported));
        }
    }

    /// A number must not be below zero; nothing is said of a missing one.
    ///
    /// upstream: staging/src/k8s.io/apimachinery/pkg/api/validation/generic.go ValidateNonnegativeField
    pub fn not_negative(&mut self, field: &Field) {
        if field.number().is_some_and(|n| n < 0) {
            self.invalid(field, "must be greater than or equal to 0");
        }
    }

    /// A text must fit; `why` says why it does not.
    pub fn named(&mut self, field: &Field, why: impl Fn(&str) -> Option<String>) {
        if let Some(why) = why(field.text()) {
            self.invalid(field, &why);
        }
    }

    /// A field may not differ from what it was. upstream: generic.go ValidateImmutableField
    pub fn immutable(&mut self, new: &Field, old: &Field) {
        if new.value != old.value {
            self.invalid(new, "field is immutable");
        }
    }

    /// As the core reads it.
    pub fn into_value(self) -> Value {
        let causes = self.0.into_iter();
        causes
            .map(|c| json!({"reason": c.reason, "field": c.field, "message": c.message}))
            .collect()
    }
}
