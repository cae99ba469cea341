//! Holding a value against a schema, in upstream's words.
// upstream: k8s.io/kube-openapi/pkg/validation/validate/*.go, errors/schema.go;
// staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/validation/validation.go kubeOpenAPIResultToFieldErrors

use podarium_api::status::Cause;
use serde_json::Value;

use super::{formats, items, pattern};

/// What a check came to: what is wrong, and how many checks it passed, by which the nearest of alternatives is found.
#[derive(Default)]
struct Found {
    causes: Vec<Cause>,
    passed: usize,
}

/// What is wrong with a value, whose place in its object is `base`; empty for an object as a whole. Of what is as it was in
/// `old`, nothing is said.
// upstream: pkg/apiserver/validation/ratcheting.go
pub fn causes(schema: &Value, value: &Value, old: Option<&Value>, base: &str) -> Vec<Cause> {
    let mut check = Check {
        base,
        found: Found::default(),
    };
    check.value(schema, value, old, "");
    check.found.causes
}

struct Check<'a> {
    base: &'a str,
    found: Found,
}

/// The numbers of a schema: a limit as it was written.
fn limit<'a>(schema: &'a Value, name: &str) -> Option<(&'a Value, f64)> {
    let value = &schema[name];
    value.as_f64().map(|n| (value, n))
}

fn count(schema: &Value, name: &str) -> Option<usize> {
    let n = schema[name].as_f64()?;
    Some(n as usize)
}

impl Check<'_> {
    /// Where a value stands in the object, for people.
    fn place(&self, path: &str) -> String {
        let path = path.trim_start_matches('.');
        match (self.base, path) {
            ("", "") => "<nil>".into(),
            ("", path) => path.into(),
            (base, "") => base.into(),
            (base, path) => [base, ".", path].concat(),
        }
    }

    fn say(&mut self, reason: &'static str, path: &str, message: String) {
        let field = self.place(path);
        self.found.causes.push(Cause {
            reason,
            field,
            message,
        });
    }

    fn invalid(&mut self, path: &str, value: &Value, what: &str) {
        let message = format!("Invalid value: {value}: {path} in body {what}");
        self.say("FieldValueInvalid", path, message);
    }

    /// A sentence about alternatives stands at no field.
    fn composite(&mut self, path: &str, what: &str) {
        let message = format!("Invalid value: \"\": {path:?} must {what}");
        self.say("FieldValueInvalid", "", message);
    }

    fn wrong_type(&mut self, path: &str, expected: &str, value: &str) {
        let message = format!(
            "Invalid value: {value:?}: {path} in body must be of type {expected}: {value:?}"
        );
        self.say("FieldValueTypeInvalid", path, message);
    }

    fn alone(&self, schema: &Value, value: &Value, path: &str) -> Found {
        let mut check = Check {
            base: self.base,
            found: Found::default(),
        };
        check.value(schema, value, None, path);
        check.found
    }

    fn merge(&mut self, found: Found) {
        self.found.causes.extend(found.causes);
        self.found.passed += found.passed;
    }

    // upstream: validate/schema.go SchemaValidator.Validate
    fn value(&mut self, schema: &Value, value: &Value, old: Option<&Value>, path: &str) {
        if old == Some(value) {
            return;
        }
        self.kind(schema, value, path);
        if value.is_null() {
            return self.one_of(schema, value, path);
        }
        self.alternatives(schema, value, path);
        match value {
            Value::String(text) => self.text(schema, text, value, path),
            Value::Number(number) => self.number(schema, number, value, path),
            Value::Array(list) => self.list(schema, list, old, path),
            _ => {}
        }
        self.one_of(schema, value, path);
        if let Value::Object(_) = value {
            self.object(schema, value, old, path);
        }
        self.found.passed += 1;
    }

    // upstream: validate/type.go typeValidator.Validate
    fn kind(&mut self, schema: &Value, value: &Value, path: &str) {
        self.found.passed += 1;
        let text = |name: &str| schema[name].as_str().unwrap_or_default();
        let mut types = match text("type") {
            _ if schema["x-kubernetes-int-or-string"] == true => vec!["integer", "string"],
            "" => return,
            kind => vec![kind],
        };
        let whole = |n: &serde_json::Number| n.as_f64().is_some_and(|n| n.fract() == 0.0);
        let kind = match value {
            Value::Null if schema["nullable"] == true => return,
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(n) if n.is_f64() => match whole(n) && types.contains(&"integer") {
                true => return,
                false => "number",
            },
            Value::Number(_) if types.contains(&"number") => return,
            Value::Number(_) => "integer",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
        };
        if !types.contains(&kind) {
            if schema["nullable"] == true {
                types.push("null");
            }
            self.wrong_type(path, &types.join(","), kind);
        }
    }

    // upstream: validate/schema_props.go schemaPropsValidator.Validate
    fn alternatives(&mut self, schema: &Value, value: &Value, path: &str) {
        let try_all = |check: &Self, name: &str| -> Vec<Found> {
            let all = items(&schema[name]).iter();
            all.map(|inner| check.alone(inner, value, path)).collect()
        };
        let nearest = |all: Vec<Found>| {
            let mut best: Option<Found> = None;
            for found in all {
                if best.as_ref().is_none_or(|best| found.passed > best.passed) {
                    best = Some(found);
                }
            }
            best.unwrap_or_default()
        };
        let good = |found: &Found| found.causes.is_empty();
        let any = try_all(self, "anyOf");
        if !any.is_empty() && !any.iter().any(good) {
            self.composite(path, "validate at least one schema (anyOf)");
            self.merge(nearest(any));
        }
        let one = try_all(self, "oneOf");
        let fits = one.iter().filter(|found| good(found)).count();
        if !one.is_empty() && fits != 1 {
            let many = match fits {
                0 => "Found none valid".into(),
                many => format!("Found {many} valid alternatives"),
            };
            let what = format!("validate one and only one schema (oneOf). {many}");
            self.composite(path, &what);
            if fits == 0 {
                self.merge(nearest(one));
            }
        }
        let all = try_all(self, "allOf");
        let (fits, wanted) = (all.iter().filter(|found| good(found)).count(), all.len());
        all.into_iter().for_each(|found| self.merge(found));
        if fits != wanted {
            let more = if fits == 0 { ". None validated" } else { "" };
            self.composite(path, &["validate all the schemas (allOf)", more].concat());
        }
        if schema["not"].is_object() && good(&self.alone(&schema["not"], value, path)) {
            self.composite(path, "not validate the schema (not)");
        }
    }

    // upstream: validate/validator.go stringValidator.Validate, formats.go formatValidator.Validate
    fn text(&mut self, schema: &Value, text: &str, value: &Value, path: &str) {
        self.found.passed += 1;
        let long = text.chars().count();
        if let Some(most) = count(schema, "maxLength").filter(|most| long > *most) {
            let unit = if most == 1 { "byte" } else { "bytes" };
            let message = format!("Too long: may not be more than {most} {unit}");
            return self.say("FieldValueTooLong", path, message);
        }
        if let Some(least) = count(schema, "minLength").filter(|least| long < *least) {
            let what = format!("should be at least {least} chars long");
            return self.invalid(path, value, &what);
        }
        let pattern = schema["pattern"].as_str().unwrap_or_default();
        if !pattern.is_empty() && !pattern::matches(pattern, text) {
            return self.invalid(path, value, &format!("should match '{pattern}'"));
        }
        let format = schema["format"].as_str().unwrap_or_default();
        if !formats::fits(format, text) {
            self.wrong_type(path, format, text);
        }
    }

    // upstream: validate/validator.go numberValidator.Validate
    fn number(&mut self, schema: &Value, number: &serde_json::Number, value: &Value, path: &str) {
        self.found.passed += 1;
        let n = number.as_f64().unwrap_or_default();
        if let Some((shown, factor)) = limit(schema, "multipleOf") {
            let times = n / factor;
            if factor > 0.0 && times.fract() != 0.0 {
                self.invalid(path, value, &format!("should be a multiple of {shown}"));
            }
        }
        if let Some((shown, least)) = limit(schema, "minimum") {
            let open = schema["exclusiveMinimum"] == true;
            if n < least || open && n == least {
                let or = if open { "" } else { " or equal to" };
                let what = match open {
                    true => format!("should be greater than {shown}"),
                    false => format!("should be greater than{or} {shown}"),
                };
                self.invalid(path, value, &what);
            }
        }
        if let Some((shown, most)) = limit(schema, "maximum") {
            let open = schema["exclusiveMaximum"] == true;
            if n > most || open && n == most {
                let or = if open { "" } else { " or equal to" };
                self.invalid(path, value, &format!("should be less than{or} {shown}"));
            }
        }
    }

    // upstream: validate/slice_validator.go schemaSliceValidator.Validate
    fn list(&mut self, schema: &Value, list: &[Value], old: Option<&Value>, path: &str) {
        self.found.passed += 1;
        for (i, item) in list.iter().enumerate() {
            let old = old.and_then(|old| counterpart(schema, items(old), item));
            self.value(&schema["items"], item, old, &format!("{path}[{i}]"));
        }
        if let Some(least) = count(schema, "minItems").filter(|least| list.len() < *least) {
            let what = format!("should have at least {least} items");
            self.invalid(path, &list.len().into(), &what);
        }
        if let Some(most) = count(schema, "maxItems").filter(|most| list.len() > *most) {
            self.too_many(path, list.len(), most);
        }
    }

    fn too_many(&mut self, path: &str, have: usize, most: usize) {
        let unit = if most == 1 { "item" } else { "items" };
        let message = format!("Too many: {have}: must have at most {most} {unit}");
        self.say("FieldValueTooMany", path, message);
    }

    // upstream: validate/validator.go basicCommonValidator.Validate
    fn one_of(&mut self, schema: &Value, value: &Value, path: &str) {
        let known = items(&schema["enum"]);
        if known.is_empty() || known.contains(value) {
            self.found.passed += 1;
            return;
        }
        let all = known.iter().map(|known| match known {
            Value::String(text) => format!("{text:?}"),
            other => format!("{:?}", other.to_string()),
        });
        let all = all.collect::<Vec<_>>().join(", ");
        let message = format!("Unsupported value: {value}: supported values: {all}");
        self.say("FieldValueNotSupported", path, message);
    }

    // upstream: validate/object_validator.go objectValidator.Validate
    fn object(&mut self, schema: &Value, value: &Value, old: Option<&Value>, path: &str) {
        let Some(fields) = value.as_object() else {
            return;
        };
        self.found.passed += 1;
        let have = fields.len();
        if let Some(least) = count(schema, "minProperties").filter(|least| have < *least) {
            let what = format!("should have at least {least} properties");
            return self.invalid(path, &least.into(), &what);
        }
        if let Some(most) = count(schema, "maxProperties").filter(|most| have > *most) {
            return self.too_many(path, have, most);
        }
        let closed = schema["additionalProperties"] == false;
        for (name, value) in fields {
            let place = match path {
                "" => name.clone(),
                path => [path, ".", name].concat(),
            };
            match super::schema::property(schema, name) {
                Some(inner) => {
                    let old = old.and_then(|old| old.get(name));
                    self.value(inner, value, old, &place);
                }
                None if closed => {
                    let message = format!(
                        "Invalid value: \"\": {path}.{name} in body is a forbidden property"
                    );
                    self.say("FieldValueInvalid", path, message);
                }
                None => {}
            }
        }
        for name in items(&schema["required"]).iter().filter_map(Value::as_str) {
            if !fields.contains_key(name) {
                let place = [path, ".", name].concat();
                self.say("FieldValueRequired", &place, "Required value".into());
            }
        }
    }
}

/// The item of a list that another one was before, where its keys say so.
fn counterpart<'a>(schema: &Value, old: &'a [Value], item: &Value) -> Option<&'a Value> {
    if schema["x-kubernetes-list-type"] != "map" {
        return None;
    }
    let keys = items(&schema["x-kubernetes-list-map-keys"]);
    let same = |old: &&Value| {
        let mut keys = keys.iter().filter_map(Value::as_str);
        keys.all(|key| old.get(key) == item.get(key))
    };
    old.iter().find(same)
}
