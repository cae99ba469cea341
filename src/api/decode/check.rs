//! Holding a value against the table of fields: unknown fields, wrong types, missing ones.

use serde_json::{Map, Value};

use super::special::special;
use crate::schema::{Field, Shape, Type, Wrap, schema};

/// What is wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The type has no such field.
    UnknownField,
    /// The value is of another type, or no value of its type.
    WrongType,
    /// A required field is not there.
    Missing,
}

/// One fault, in upstream's words.
#[derive(Clone, Debug)]
pub struct Finding {
    /// What kind of fault.
    pub fault: Fault,
    /// The way to the value, as [`crate::yaml::Positions::place`] takes it. For a missing field: to where it should be.
    pub path: Vec<String>,
    /// The sentence.
    pub message: String,
    /// The field that an unknown one was probably meant to be.
    pub meant: Option<&'static str>,
    /// What a wrong value was expected to be.
    pub expected: Option<Shape>,
}

/// Faults beyond this number are not told.
pub const MAX_FINDINGS: usize = 100;

/// Required by the definitions, but the API server takes their zero for a value.
// upstream: pkg/apis/*/validation/validation.go, which checks none of these for presence
const ZERO_IS_FINE: [(&str, &str); 11] = [
    ("APIServiceSpec", "groupPriorityMinimum"),
    ("APIServiceSpec", "versionPriority"),
    ("HTTPHeader", "value"),
    ("LimitRangeSpec", "limits"),
    ("PriorityClass", "value"),
    ("SleepAction", "seconds"),
    ("Sysctl", "value"),
    ("core.v1.Event", "metadata"),
    ("events.v1.Event", "eventTime"),
    ("events.v1.EventSeries", "count"),
    ("storage.v1.TokenRequest", "audience"),
];

/// What [`check`] found out about a value.
#[derive(Debug, Default)]
pub(super) struct Checked {
    pub findings: Vec<Finding>,
    /// Whether [`tidy`] has something to do.
    pub untidy: bool,
}

/// Checks an object against its type.
pub(super) fn check(owner: &'static Type, value: &Value) -> Checked {
    let mut walk = Walk {
        path: Vec::new(),
        checked: Checked::default(),
    };
    match value {
        Value::Object(map) => walk.object(owner, map, true),
        other => walk.wrong("", &format!("v1.{}", short(owner)), other, Shape::Any),
    }
    walk.checked
}

enum Step<'a> {
    Key(&'a str),
    /// A key of a map that has no fixed fields, which upstream's paths put in brackets.
    Entry(&'a str),
    Item(usize),
}

struct Walk<'a> {
    path: Vec<Step<'a>>,
    checked: Checked,
}

impl<'a> Walk<'a> {
    fn object(&mut self, owner: &'static Type, map: &'a Map<String, Value>, required: bool) {
        for (name, value) in map {
            self.path.push(Step::Key(name));
            match owner.field(name) {
                Some(field) => self.field(owner, field, value, required),
                None => {
                    self.checked.untidy = true;
                    let message = ["unknown field \"", &self.spelled(), "\""].concat();
                    let finding = self.finding(Fault::UnknownField, message);
                    if let Some(finding) = finding {
                        let names = owner.fields.iter().map(|field| field.name);
                        finding.meant = crate::suggest::nearest(name, names);
                    }
                }
            }
            self.path.pop();
        }
        if required {
            self.missing(owner, Some(map));
        }
    }

    fn missing(&mut self, owner: &'static Type, map: Option<&Map<String, Value>>) {
        for field in owner.fields.iter().filter(|field| field.required) {
            let there = map
                .and_then(|map| map.get(field.name))
                .is_some_and(|value| !value.is_null());
            if !there && !ZERO_IS_FINE.contains(&(owner.name, field.name)) {
                self.path.push(Step::Key(field.name));
                let message = [&self.spelled(), ": Required value"].concat();
                self.finding(Fault::Missing, message);
                self.path.pop();
            }
        }
    }

    fn field(
        &mut self,
        owner: &'static Type,
        field: &'static Field,
        value: &'a Value,
        required: bool,
    ) {
        // Nobody has to write a status: it is for reading.
        let required = required && !(self.path.len() == 1 && field.name == "status");
        match (field.wrap, value) {
            (_, Value::Null) => self.checked.untidy = true,
            (Wrap::One, value) => self.one(owner, field, value, required),
            (Wrap::List, Value::Array(items)) => self.items(owner, field, items, required),
            (Wrap::Map | Wrap::MapOfLists, Value::Object(map)) => {
                for (key, value) in map {
                    self.path.push(Step::Entry(key));
                    match (field.wrap, value) {
                        (_, Value::Null) => self.checked.untidy = true,
                        (Wrap::Map, value) => self.one(owner, field, value, required),
                        (_, Value::Array(items)) => self.items(owner, field, items, required),
                        (_, value) => self.wrong(
                            owner.name,
                            &["[]", &go_name(field)].concat(),
                            value,
                            field.shape,
                        ),
                    }
                    self.path.pop();
                }
            }
            (Wrap::List, value) => self.wrong(
                owner.name,
                &["[]", &go_name(field)].concat(),
                value,
                field.shape,
            ),
            (Wrap::Map, value) => self.wrong(
                owner.name,
                &["map[string]", &go_name(field)].concat(),
                value,
                field.shape,
            ),
            (_, value) => self.wrong(
                owner.name,
                &["map[string][]", &go_name(field)].concat(),
                value,
                field.shape,
            ),
        }
    }

    fn items(
        &mut self,
        owner: &'static Type,
        field: &'static Field,
        items: &'a [Value],
        required: bool,
    ) {
        for (number, item) in items.iter().enumerate() {
            self.path.push(Step::Item(number));
            match (field.shape, item) {
                // An item that says nothing is an item without fields.
                (Shape::Object(id), Value::Null) => {
                    self.checked.untidy = true;
                    if required {
                        self.missing(schema().get(id), None);
                    }
                }
                (_, Value::Null) => self.checked.untidy = true,
                (_, item) => self.one(owner, field, item, required),
            }
            self.path.pop();
        }
    }

    fn one(
        &mut self,
        owner: &'static Type,
        field: &'static Field,
        value: &'a Value,
        required: bool,
    ) {
        let good = match field.shape {
            Shape::Any => true,
            Shape::String => value.is_string(),
            Shape::Bool => value.is_boolean(),
            Shape::Double => value.is_number(),
            Shape::Int64 => value.is_i64(),
            Shape::Int32 => value.as_i64().is_some_and(|n| i32::try_from(n).is_ok()),
            Shape::Object(id) => match value {
                Value::Object(map) => return self.object(schema().get(id), map, required),
                _ => false,
            },
            Shape::Quantity
            | Shape::IntOrString
            | Shape::Bytes
            | Shape::Time
            | Shape::MicroTime => {
                let Some(message) = special(field.shape, value) else {
                    return;
                };
                return self.wrong_because(message, field.shape);
            }
        };
        if !good {
            self.wrong(owner.name, &go_name(field), value, field.shape);
        }
    }

    // upstream: encoding/json UnmarshalTypeError.Error, as sigs.k8s.io/json words it
    fn wrong(&mut self, owner: &str, go_type: &str, value: &Value, expected: Shape) {
        let owner = owner.rsplit('.').next().unwrap_or_default();
        let mut place = String::new();
        for step in &self.path {
            if let Step::Key(key) = step {
                place.push('.');
                place.push_str(key);
            }
        }
        let target = if place.is_empty() {
            ["value of type ", go_type].concat()
        } else {
            ["struct field ", owner, &place, " of type ", go_type].concat()
        };
        self.wrong_because(
            [
                "json: cannot unmarshal ",
                &word(value),
                " into Go ",
                &target,
            ]
            .concat(),
            expected,
        );
    }

    fn wrong_because(&mut self, message: String, expected: Shape) {
        if let Some(finding) = self.finding(Fault::WrongType, message) {
            finding.expected = Some(expected);
        }
    }

    fn finding(&mut self, fault: Fault, message: String) -> Option<&mut Finding> {
        if self.checked.findings.len() >= MAX_FINDINGS {
            return None;
        }
        let path = self.path.iter().map(|step| match step {
            Step::Key(key) | Step::Entry(key) => (*key).to_string(),
            Step::Item(number) => number.to_string(),
        });
        let path = path.collect();
        self.checked.findings.push(Finding {
            fault,
            path,
            message,
            meant: None,
            expected: None,
        });
        self.checked.findings.last_mut()
    }

    /// The path in upstream's spelling.
    // upstream: apimachinery/pkg/util/validation/field/path.go Path.String
    fn spelled(&self) -> String {
        let mut out = String::new();
        for step in &self.path {
            match step {
                Step::Key(key) => {
                    if !out.is_empty() {
                        out.push('.');
                    }
                    out.push_str(key);
                }
                Step::Entry(key) => out.extend(["[", key, "]"]),
                Step::Item(number) => out.extend(["[", &number.to_string(), "]"]),
            }
        }
        out
    }
}

/// A value in the words of Go's decoder.
pub fn word(value: &Value) -> String {
    match value {
        Value::Null => "null".to_string(),
        Value::Bool(_) => "bool".to_string(),
        // Numbers that do not fit are told, others are only called so.
        Value::Number(number) if number.as_i64().is_some_and(|n| i32::try_from(n).is_ok()) => {
            "number".to_string()
        }
        Value::Number(number) => format!("number {number}"),
        Value::String(_) => "string".to_string(),
        Value::Array(_) => "array".to_string(),
        Value::Object(_) => "object".to_string(),
    }
}

/// A field's type as Go calls it.
fn go_name(field: &Field) -> String {
    match field.shape {
        Shape::String => "string".to_string(),
        Shape::Int32 => "int32".to_string(),
        Shape::Int64 => "int64".to_string(),
        Shape::Bool => "bool".to_string(),
        Shape::Double => "float64".to_string(),
        Shape::Bytes => "[]uint8".to_string(),
        Shape::Time => "v1.Time".to_string(),
        Shape::MicroTime => "v1.MicroTime".to_string(),
        Shape::Quantity => "resource.Quantity".to_string(),
        Shape::IntOrString => "intstr.IntOrString".to_string(),
        Shape::Any => "interface {}".to_string(),
        Shape::Object(id) => ["v1.", short(schema().get(id))].concat(),
    }
}

fn short(owner: &Type) -> &'static str {
    owner.name.rsplit('.').next().unwrap_or(owner.name)
}
