//! What makes a schema structural: every field has its type outside of what is only a condition.
// upstream: staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/schema/validation.go, complete.go

use serde_json::{Value, json};

use crate::custom::pattern;
use crate::custom::schema::{children, flag, list, set};
use crate::errors::Errors;
use crate::field::Field;

/// Where a schema stands.
#[derive(Clone, Copy, PartialEq)]
enum Level {
    Root,
    Item,
    Field,
}

/// Says what keeps a schema from being structural, in the order of the sentences.
///
/// upstream: ValidateStructural
pub fn check(schema: &Field, errors: &mut Errors) {
    let before = errors.count();
    invariants(schema, Level::Root, errors);
    conditions(schema, Some(schema), &schema.path, errors);
    errors.sort_from(before);
}

/// upstream: validateStructuralInvariants
fn invariants(s: &Field, level: Level, errors: &mut Errors) {
    let kind = s.get("type");
    if kind.text() == "array" && !s.get("items").is_set() {
        errors.required(&s.get("items"), "must be specified");
    }
    if s.get("items").is_set() {
        invariants(&s.get("items"), Level::Item, errors);
    }
    for (_, property) in s.get("properties").entries() {
        invariants(&property, Level::Field, errors);
    }
    let more = s.get("additionalProperties");
    if set(&more) && level == Level::Root {
        errors.forbidden(&more, "must not be used at the root");
    }
    if more.value.is_object() {
        invariants(&more, Level::Field, errors);
    }
    extensions(s, level, errors);
    let skip = int_or_string(s.get("anyOf").value);
    let skip_first = int_or_string(&s.get("allOf").value[0]["anyOf"]);
    values(s, skip, skip_first, errors);
    if level == Level::Root || flag(s, "x-kubernetes-embedded-resource") {
        for (name, wanted) in [
            ("kind", "string"),
            ("apiVersion", "string"),
            ("metadata", "object"),
        ] {
            let property = s.get("properties").key(name);
            if property.is_set() && property.get("type").text() != wanted {
                errors.invalid_text(&property.get("type"), &["must be ", wanted].concat());
            }
        }
    }
    metadata(&s.get("properties").key("metadata"), level, errors);
}

/// upstream: validateExtensions, and the parts of validateStructuralInvariants about them and the type
fn extensions(s: &Field, level: Level, errors: &mut Errors) {
    let kind = s.get("type");
    let preserve = s.get("x-kubernetes-preserve-unknown-fields");
    let embedded = s.get("x-kubernetes-embedded-resource");
    let either = flag(s, "x-kubernetes-int-or-string");
    let why = "must be false if x-kubernetes-int-or-string is true";
    for field in [&preserve, &embedded] {
        if either && field.truth() {
            errors.invalid(field, why);
        }
    }
    if embedded.truth() && kind.text() != "object" {
        let why = "must be object if x-kubernetes-embedded-resource is true";
        match kind.is_empty() {
            true => errors.required(&kind, why),
            false => errors.invalid(&kind, why),
        }
    } else if kind.is_empty() && !either && !preserve.truth() {
        let where_ = match level {
            Level::Root => "at the root",
            Level::Item => "for specified array items",
            Level::Field => "for specified object fields",
        };
        errors.required(&kind, &["must not be empty ", where_].concat());
    }
    let more = s.get("additionalProperties");
    if embedded.truth() && set(&more) {
        errors.forbidden(
            &more,
            "must not be used if x-kubernetes-embedded-resource is set",
        );
    }
    if level == Level::Root && !kind.is_empty() && kind.text() != "object" {
        errors.invalid(&kind, "must be object at the root");
    }
    let properties = s.get("properties");
    if embedded.truth() && !preserve.truth() && properties.is_empty() {
        errors.required(
            &properties,
            "must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields",
        );
    }
}

/// Of metadata, a schema may restrict the name alone.
fn metadata(s: &Field, level: Level, errors: &mut Errors) {
    let Some(fields) = s.value.as_object().filter(|_| level == Level::Root) else {
        return;
    };
    let bare = fields.iter().all(|(name, value)| match name.as_str() {
        "type" | "default" => true,
        "properties" => {
            let names = value.as_object().into_iter().flatten();
            names
                .map(|(name, _)| name)
                .all(|name| name == "name" || name == "generateName")
        }
        _ => value.is_null() || *value == false || *value == "",
    });
    if !bare {
        errors.forbidden(
            s,
            "must not specify anything other than name and generateName, but metadata is implicitly specified",
        );
    }
}

fn int_or_string(any: &Value) -> bool {
    *any == json!([{"type": "integer"}, {"type": "string"}])
}

/// upstream: validateValueValidation
fn values(s: &Field, skip: bool, skip_first: bool, errors: &mut Errors) {
    if !skip {
        s.get("anyOf")
            .items()
            .for_each(|s| nested(&s, false, errors));
    }
    for (i, inner) in s.get("allOf").items().enumerate() {
        nested(&inner, skip_first && i == 0, errors);
    }
    s.get("oneOf")
        .items()
        .for_each(|s| nested(&s, false, errors));
    if s.get("not").is_set() {
        nested(&s.get("not"), false, errors);
    }
    let field = s.get("pattern");
    if !field.is_empty()
        && let Err(why) = pattern::compile(field.text())
    {
        let why = format!("must be a valid regular expression, but isn't: {why}");
        errors.invalid(&field, &why);
    }
}

/// upstream: validateNestedValueValidation
fn nested(s: &Field, skip: bool, errors: &mut Errors) {
    values(s, skip, false, errors);
    if s.get("items").is_set() {
        nested(&s.get("items"), false, errors);
    }
    for (_, property) in s.get("properties").entries() {
        nested(&property, false, errors);
    }
    for (name, state) in [
        ("type", "empty"),
        ("additionalProperties", "undefined"),
        ("default", "undefined"),
        ("title", "empty"),
        ("description", "empty"),
        ("nullable", "false"),
        ("x-kubernetes-preserve-unknown-fields", "false"),
        ("x-kubernetes-embedded-resource", "false"),
        ("x-kubernetes-int-or-string", "false"),
        ("x-kubernetes-list-map-keys", "empty"),
        ("x-kubernetes-list-type", "undefined"),
        ("x-kubernetes-map-type", "undefined"),
        ("x-kubernetes-validations", "empty"),
    ] {
        let field = s.get(name);
        let zero = field.is_empty() || state == "false" && !field.truth();
        if !zero || state == "undefined" && field.is_set() {
            errors.forbidden(&field, &format!("must be {state} to be structural"));
        }
    }
    let metadata = s.get("properties").key("metadata");
    if metadata.is_set() {
        errors.forbidden(&metadata, "must not be specified in a nested context");
    }
}

/// What a condition speaks of, the structure must have. upstream: validateValueValidationCompleteness
fn conditions(v: &Field, s: Option<&Field>, place: &str, errors: &mut Errors) {
    for name in ["not", "allOf", "anyOf", "oneOf"] {
        for inner in list(&v.get(name)) {
            complete(&inner, s, place, errors);
        }
    }
}

/// upstream: validateNestedValueValidationCompleteness
fn complete(v: &Field, s: Option<&Field>, place: &str, errors: &mut Errors) {
    let Some(s) = s else {
        let missing = v.called(place);
        let why = format!("because it is defined in {}", v.path);
        return errors.required(&missing, &why);
    };
    conditions(v, Some(s), place, errors);
    for (inner, path, found) in children(v, s) {
        complete(&inner, found.as_ref(), &path, errors);
    }
}
