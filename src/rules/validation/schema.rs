//! The schemas of definitions: what OpenAPI allows, of which upstream takes a part.
// upstream: staging/src/k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go

use serde_json::Value;

use super::structural;
use crate::custom::schema::set;
use crate::custom::{check, prune};
use crate::errors::Errors;
use crate::field::Field;

const TYPES: [&str; 5] = ["array", "boolean", "integer", "number", "object"];
const META: [&str; 3] = ["metadata", "kind", "apiVersion"];
const REASONS: [&str; 4] = [
    "FieldValueDuplicate",
    "FieldValueForbidden",
    "FieldValueInvalid",
    "FieldValueRequired",
];

/// Fields of a schema at the root of a kind with a status, by their names in upstream's type.
const AT_ROOT: [(&str, &str); 22] = [
    ("description", "Description"),
    ("type", "Type"),
    ("format", "Format"),
    ("title", "Title"),
    ("maximum", "Maximum"),
    ("exclusiveMaximum", "ExclusiveMaximum"),
    ("minimum", "Minimum"),
    ("exclusiveMinimum", "ExclusiveMinimum"),
    ("maxLength", "MaxLength"),
    ("minLength", "MinLength"),
    ("pattern", "Pattern"),
    ("maxItems", "MaxItems"),
    ("minItems", "MinItems"),
    ("uniqueItems", "UniqueItems"),
    ("multipleOf", "MultipleOf"),
    ("required", "Required"),
    ("items", "Items"),
    ("properties", "Properties"),
    ("externalDocs", "ExternalDocs"),
    ("example", "Example"),
    (
        "x-kubernetes-preserve-unknown-fields",
        "XPreserveUnknownFields",
    ),
    ("x-kubernetes-validations", "XValidations"),
];

/// What stands around a schema.
#[derive(Clone, Copy, Default)]
struct Around {
    root: bool,
    /// Inside the metadata, kind or version of an object.
    meta: bool,
    /// Why there may be no defaults.
    no_defaults: Option<&'static str>,
}

/// The schema of a version, or of all.
///
/// upstream: validateCustomResourceDefinitionValidation
pub fn root(validation: &Field, status: bool, errors: &mut Errors) {
    let schema = validation.get("openAPIV3Schema");
    let Some(fields) = schema.value.as_object() else {
        return;
    };
    if status {
        for (name, value) in fields {
            let zero = value.is_null() || *value == false || *value == "";
            if name == "type" && value != "object" {
                let kind = schema.get("type");
                let why = "only \"object\" is allowed as the type at the root of the schema if the status subresource is enabled";
                errors.invalid(&kind, why);
                break;
            }
            if !zero && AT_ROOT.iter().all(|(known, _)| known != name) {
                let all: Vec<&str> = AT_ROOT.iter().map(|(_, theirs)| *theirs).collect();
                let why = format!(
                    "only [{}] fields are allowed at the root of the schema if the status subresource is enabled",
                    all.join(" ")
                );
                errors.invalid(&schema, &why);
                break;
            }
        }
    }
    if schema.get("nullable").truth() {
        errors.forbidden(
            &schema.get("nullable"),
            "nullable cannot be true at the root",
        );
    }
    let before = errors.count();
    structural::check(&schema, errors);
    if errors.count() == before {
        defaults(&schema, true, errors);
    }
    let around = Around {
        root: true,
        ..Around::default()
    };
    open_api(&schema, around, errors);
}

/// Defaults must fit what they are defaults of. upstream: pkg/apiserver/schema/defaulting/validation.go ValidateDefaults
fn defaults(schema: &Field, root: bool, errors: &mut Errors) {
    let default = schema.get("default");
    if default.is_set() {
        let mut pruned = default.value.clone();
        prune::prune(&mut pruned, schema.value, false);
        if pruned != *default.value {
            errors.invalid(&default, "must not have unknown fields");
        }
        for cause in check::causes(schema.value, default.value, None, &default.path) {
            errors.push(cause);
        }
    }
    for (name, property) in schema.get("properties").entries() {
        if !(root && META.contains(&name)) {
            defaults(&property, false, errors);
        }
    }
    for name in ["items", "additionalProperties"] {
        if schema.get(name).value.is_object() {
            defaults(&schema.get(name), false, errors);
        }
    }
}

/// upstream: ValidateCustomResourceDefinitionOpenAPISchema
fn open_api(s: &Field, around: Around, errors: &mut Errors) {
    standard(s, around, errors);
    if s.get("uniqueItems").truth() {
        errors.forbidden(
            &s.get("uniqueItems"),
            "uniqueItems cannot be set to true since the runtime complexity becomes quadratic",
        );
    }
    let inner = Around {
        root: false,
        ..around
    };
    let (more, properties) = (s.get("additionalProperties"), s.get("properties"));
    if more.is_set() {
        if !properties.is_empty() && *more.value != true {
            errors.forbidden(
                &more,
                "additionalProperties and properties are mutual exclusive",
            );
        }
        if more.value.is_object() {
            let mut inner = inner;
            if around.meta {
                inner.no_defaults =
                    Some(" inside additionalProperties applying to object metadata");
            }
            open_api(&more, inner, errors);
        }
    }
    let embedded = s.get("x-kubernetes-embedded-resource").truth();
    for (name, property) in properties.entries() {
        let mut inner = inner;
        if (around.root || embedded) && META.contains(&name) {
            inner.meta = true;
            if around.root {
                inner.no_defaults = Some(match name {
                    "metadata" => " in top-level metadata",
                    "kind" => " in top-level kind",
                    _ => " in top-level apiVersion",
                });
            }
        }
        open_api(&property, inner, errors);
    }
    if s.get("not").is_set() {
        open_api(&s.get("not"), inner, errors);
    }
    for name in ["allOf", "oneOf", "anyOf"] {
        let all = s.get(name);
        all.items().for_each(|s| open_api(&s, inner, errors));
    }
    if s.get("items").value.is_object() {
        open_api(&s.get("items"), inner, errors);
    }
    let preserve = s.get("x-kubernetes-preserve-unknown-fields");
    if *preserve.value == false {
        errors.invalid(&preserve, "must be true or undefined");
    }
    marks(s, errors);
    expressions(&s.get("x-kubernetes-validations"), errors);
}

/// upstream: specStandardValidatorV3.validate
fn standard(s: &Field, around: Around, errors: &mut Errors) {
    let kind = s.get("type");
    if !kind.is_empty() && kind.text() != "string" && !TYPES.contains(&kind.text()) {
        let mut all = TYPES.to_vec();
        all.push("string");
        errors.unsupported(&kind, kind.text(), &all);
    }
    if let Some(why) = around.no_defaults
        && s.get("default").is_set()
    {
        errors.forbidden(&s.get("default"), &["must not be set", why].concat());
    }
    for name in [
        "id",
        "additionalItems",
        "patternProperties",
        "definitions",
        "dependencies",
        "$ref",
    ] {
        let field = s.get(name);
        if set(&field) && !field.is_empty() {
            errors.forbidden(&field, &[name, " is not supported"].concat());
        }
    }
    if kind.text() == "null" {
        errors.forbidden(
            &kind,
            "type cannot be set to null, use nullable as an alternative",
        );
    }
    if s.get("items").value.is_array() {
        errors.forbidden(
            &s.get("items"),
            "items must be a schema object and not an array",
        );
    }
    let embedded = s.get("x-kubernetes-embedded-resource");
    if around.meta && embedded.truth() {
        errors.forbidden(&embedded, "must not be used inside of resource meta");
    }
}

/// How lists and maps are told apart.
fn marks(s: &Field, errors: &mut Errors) {
    let kind = s.get("type");
    let mut typed = |mark: &Field, wanted: &str| {
        let fits = !mark.is_set() || kind.text() == wanted;
        if !fits {
            let name = mark.path.rsplit('.').next().unwrap_or_default();
            let why = format!("must be {wanted} if {name} is specified");
            match kind.is_empty() {
                true => errors.required(&kind, &why),
                false => errors.invalid(&kind, &why),
            }
        }
        fits
    };
    let (map, list) = (
        s.get("x-kubernetes-map-type"),
        s.get("x-kubernetes-list-type"),
    );
    typed(&map, "object");
    let is_list = typed(&list, "array");
    errors.one_of(&map, &["atomic", "granular"]);
    let items = s.get("items");
    if is_list && list.text() == "set" {
        let why = "must be atomic as item of a list with x-kubernetes-list-type=set";
        let (inner_list, inner_map) = (
            items.get("x-kubernetes-list-type"),
            items.get("x-kubernetes-map-type"),
        );
        match items.get("type").text() {
            "array" if inner_list.is_set() && inner_list.text() != "atomic" => {
                errors.invalid(&inner_list, why);
            }
            "object" if inner_map.text() != "atomic" => {
                // upstream prints the type of the list.
                errors.invalid_as(&inner_map, inner_list.value.clone(), why);
            }
            _ => {}
        }
    }
    errors.one_of(&list, &["atomic", "set", "map"]);
    keys(s, errors);
}

fn keys(s: &Field, errors: &mut Errors) {
    let (list, keys, items) = (
        s.get("x-kubernetes-list-type"),
        s.get("x-kubernetes-list-map-keys"),
        s.get("items"),
    );
    if !keys.is_empty() && list.text() != "map" {
        let why = "must be map if x-kubernetes-list-map-keys is non-empty";
        match list.is_set() {
            false => errors.required(&list, why),
            true => errors.invalid(&list, why),
        }
    }
    let is_map = list.text() == "map";
    if is_map {
        if keys.is_empty() {
            errors.required(&keys, "must not be empty if x-kubernetes-list-type is map");
        }
        let kind = items.get("type");
        if !items.is_set() {
            errors.required(
                &items,
                "must have a schema if x-kubernetes-list-type is map",
            );
        } else if kind.text() != "object" {
            let why = "must be object if parent array's x-kubernetes-list-type is map";
            errors.invalid_text(&kind, why);
        } else {
            let mut seen = Vec::new();
            for key in keys.texts() {
                let own = items.get("properties").key(key);
                if !own.is_set() {
                    errors.invalid(&keys, "entries must all be names of item properties");
                } else if matches!(own.get("type").text(), "array" | "object") {
                    let why =
                        "must be a scalar type if parent array's x-kubernetes-list-type is map";
                    errors.invalid_as(&own.get("type"), kind.text(), why);
                }
                if seen.contains(&key) {
                    errors.invalid(&keys, "must not contain duplicate entries");
                }
                seen.push(key);
            }
        }
    }
    // upstream: validateMapListKeysMapSet
    if !matches!(list.text(), "set" | "map") || !items.is_set() {
        return;
    }
    let nullable = items.get("nullable");
    if nullable.truth() {
        let why = [
            "cannot be nullable when x-kubernetes-list-type is ",
            list.text(),
        ]
        .concat();
        errors.forbidden(&nullable, &why);
    }
    for key in keys.texts().filter(|_| is_map) {
        let own = items.get("properties").key(key);
        if !own.is_set() {
            continue;
        }
        if !items.get("required").contains(key) && !own.get("default").is_set() {
            errors.required(
                &own.get("default"),
                "this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property",
            );
        }
        if own.get("nullable").truth() {
            errors.forbidden(
                &own.get("nullable"),
                "this property is in x-kubernetes-list-map-keys, so it cannot be nullable",
            );
        }
    }
}

/// The rules in CEL, as far as they are no expressions.
fn expressions(rules: &Field, errors: &mut Errors) {
    for rule in rules.items() {
        let (text, message) = (rule.get("rule"), rule.get("message"));
        let breaks = |field: &Field| field.text().trim().contains(['\n', '\r']);
        if text.text().trim().is_empty() {
            errors.required(&text, "rule is not specified");
        } else if !message.is_empty() && message.text().trim().is_empty() {
            errors.invalid(&message, "must be non-empty if specified");
        } else if breaks(&message) {
            errors.invalid(&message, "must not contain line breaks");
        } else if breaks(&text) && message.is_empty() {
            errors.required(
                &message,
                "message must be specified if rule contains line breaks",
            );
        }
        let expression = rule.get("messageExpression");
        if !expression.is_empty() && expression.text().trim().is_empty() {
            errors.required(
                &expression,
                "messageExpression must be non-empty if specified",
            );
        }
        errors.one_of(&rule.get("reason"), &REASONS);
        let path = rule.get("fieldPath");
        if !path.is_empty() && path.text().trim().is_empty() {
            errors.invalid(&path, "must be non-empty if specified");
        } else if path.text().contains(['\n', '\r']) {
            errors.invalid(&path, "must not contain line breaks");
        }
    }
}

/// Whether a value is a schema with something in it: some versions of clients send empty ones for none.
pub fn is_there(validation: &Value) -> bool {
    validation["openAPIV3Schema"].is_object()
}
