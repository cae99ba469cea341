//! What the merge knows of a value's type: from the table of fields, or from the schema of a custom resource.

use std::sync::LazyLock;

use podarium_api::schema::{Field, ListKind, Shape, Type, Wrap, schema};
use serde_json::{Map, Value};

/// Where a value stands, as far as its type goes.
#[derive(Clone, Copy)]
pub enum Spot<'a> {
    /// An object of a type.
    Object(&'static Type),
    /// A custom resource, whose schema does not tell of metadata. Null: it has none.
    Custom(&'a Value),
    /// A field with all that is around its values.
    Field(&'static Field),
    /// A list of a field that holds lists by key.
    List(&'static Field),
    /// One value of a field.
    Item(&'static Field),
    /// A value under a structural schema.
    Schema(&'a Value),
    /// Anything, with objects parted by their fields.
    Open,
    /// Anything, as one value.
    Whole,
}

/// A scalar's type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scalar {
    /// Text.
    Text,
    /// A number.
    Number,
    /// `true` or `false`.
    Bool,
    /// Any of these.
    Any,
}

/// What tells the items of a list apart.
#[derive(Clone, Copy)]
pub enum Items<'a> {
    /// Nothing: the list is one value.
    Atomic,
    /// Their values.
    Set,
    /// Fields of theirs.
    Keys(&'static [&'static str]),
    /// The same, from a schema.
    SchemaKeys(&'a [Value]),
}

/// How a value is to be looked at.
#[derive(Clone, Copy)]
pub enum Node<'a> {
    /// Without parts.
    Scalar(Scalar),
    /// As a list of these.
    List(Items<'a>, Spot<'a>),
    /// As a map or object; `true` for one that is one value.
    Map(bool),
}

/// Defaults of fields that are keys of lists. upstream: the default markers in staging/src/k8s.io/api/core/v1/types.go
const KEY_DEFAULTS: [(&str, &str, &str); 3] = [
    ("ContainerPort", "protocol", "TCP"),
    ("ServicePort", "protocol", "TCP"),
    ("LocalObjectReference", "name", ""),
];

impl<'a> Spot<'a> {
    /// The type of an object that names its `apiVersion` and `kind`: the table's, or else the given schema's, or none.
    pub fn of(api_version: &str, kind: &str, given: &'a Value) -> Spot<'a> {
        match schema().find(api_version, kind) {
            Some(owner) if given.is_null() => Spot::Object(owner),
            _ => Spot::Custom(given),
        }
    }

    /// How a value of this type is looked at; an untyped one by what it is.
    pub fn node(self, value: &Value) -> Node<'a> {
        match self {
            Spot::Object(owner) => Node::Map(owner.atomic),
            Spot::Custom(_) => Node::Map(false),
            Spot::Field(field) => match field.wrap {
                Wrap::One => Spot::Item(field).node(value),
                Wrap::List => list_of(field),
                Wrap::Map | Wrap::MapOfLists => Node::Map(field.atomic),
            },
            Spot::List(field) => list_of(field),
            Spot::Item(field) => match field.shape {
                Shape::String | Shape::Bytes | Shape::Time | Shape::MicroTime => {
                    Node::Scalar(Scalar::Text)
                }
                Shape::Int32 | Shape::Int64 | Shape::Double => Node::Scalar(Scalar::Number),
                Shape::Bool => Node::Scalar(Scalar::Bool),
                Shape::Quantity | Shape::IntOrString => Node::Scalar(Scalar::Any),
                Shape::Any => Spot::Whole.node(value),
                Shape::Object(id) => {
                    // Of lists and maps the mark is the container's.
                    let own = field.wrap == Wrap::One;
                    let atomic = schema().get(id).atomic && !(own && field.granular);
                    Node::Map(atomic || own && field.atomic)
                }
            },
            Spot::Schema(given) => by_schema(given, value),
            Spot::Open | Spot::Whole => match value {
                Value::Object(_) => Node::Map(matches!(self, Spot::Whole)),
                Value::Array(_) => Node::List(Items::Atomic, Spot::Whole),
                _ => Node::Scalar(Scalar::Any),
            },
        }
    }

    /// The type of what stands under a name, and whether the name is one of an object type's fields. `None`: there is no
    /// such field.
    pub fn under(self, name: &str) -> Option<(Spot<'a>, bool)> {
        match self {
            Spot::Object(owner) => owner.field(name).map(|field| (Spot::Field(field), true)),
            Spot::Field(field) => match (field.wrap, field.shape) {
                (Wrap::Map, _) => Some((Spot::Item(field), false)),
                (Wrap::MapOfLists, _) => Some((Spot::List(field), false)),
                (_, Shape::Any) => Some((Spot::Whole, false)),
                _ => Spot::Item(field).under(name),
            },
            Spot::Item(field) => match field.shape {
                Shape::Object(id) => Spot::Object(schema().get(id)).under(name),
                Shape::Any => Some((Spot::Whole, false)),
                _ => None,
            },
            Spot::List(_) => None,
            Spot::Custom(given) => match name {
                "metadata" => schema()
                    .named("ObjectMeta")
                    .map(|t| (Spot::Object(t), true)),
                "apiVersion" | "kind" => Some((Spot::Whole, true)),
                _ => under_schema(given, name),
            },
            Spot::Schema(given) => under_schema(given, name),
            Spot::Open => Some((Spot::Open, false)),
            Spot::Whole => Some((Spot::Whole, false)),
        }
    }

    /// The type behind an element of a set of fields, and whether it is an object type's field.
    pub fn inside(self, element: &str) -> (Spot<'a>, bool) {
        if let Some(name) = element.strip_prefix("f:") {
            return self.under(name).unwrap_or((Spot::Open, false));
        }
        match self.node(&Value::Array(Vec::new())) {
            Node::List(_, item) => (item, false),
            _ => (Spot::Open, false),
        }
    }

    /// The default of a field that is a key of a list whose items are of this type.
    pub fn key_default(self, key: &str) -> Option<Value> {
        match self {
            Spot::Item(field) => {
                let owner = schema().object_of(field)?.name;
                let known = KEY_DEFAULTS
                    .iter()
                    .find(|(t, field, _)| *t == owner && *field == key);
                known.map(|(.., default)| (*default).into())
            }
            Spot::Schema(given) => given["properties"][key].get("default").cloned(),
            _ => None,
        }
    }
}

/// The fields of a value that is to be a map: none of what is null or not there. `None`: it is no map.
pub fn map(value: Option<&Value>) -> Option<&Map<String, Value>> {
    static EMPTY: LazyLock<Map<String, Value>> = LazyLock::new(Map::new);
    match value {
        None | Some(Value::Null) => Some(&EMPTY),
        Some(value) => value.as_object(),
    }
}

/// The items of a value that is to be a list, likewise.
pub fn list(value: Option<&Value>) -> Option<&[Value]> {
    match value {
        None | Some(Value::Null) => Some(&[]),
        Some(value) => value.as_array().map(Vec::as_slice),
    }
}

fn list_of<'a>(field: &'static Field) -> Node<'a> {
    let items = match field.list {
        ListKind::Atomic => Items::Atomic,
        ListKind::Set => Items::Set,
        ListKind::Map(keys) => Items::Keys(keys),
    };
    Node::List(items, Spot::Item(field))
}

// upstream: staging/src/k8s.io/kube-openapi/pkg/schemaconv/openapi.go, with structural schemas' own marks
fn by_schema<'a>(given: &'a Value, value: &Value) -> Node<'a> {
    let text = |mark: &str| given[mark].as_str().unwrap_or_default();
    if given["x-kubernetes-int-or-string"] == true {
        return Node::Scalar(Scalar::Any);
    }
    match text("type") {
        "string" => Node::Scalar(Scalar::Text),
        "integer" | "number" => Node::Scalar(Scalar::Number),
        "boolean" => Node::Scalar(Scalar::Bool),
        "array" => {
            let items = match text("x-kubernetes-list-type") {
                "set" => Items::Set,
                "map" => given["x-kubernetes-list-map-keys"]
                    .as_array()
                    .map_or(Items::Atomic, |keys| Items::SchemaKeys(keys)),
                _ => Items::Atomic,
            };
            Node::List(items, Spot::Schema(&given["items"]))
        }
        "object" => Node::Map(text("x-kubernetes-map-type") == "atomic"),
        _ => Spot::Open.node(value),
    }
}

fn under_schema<'a>(given: &'a Value, name: &str) -> Option<(Spot<'a>, bool)> {
    if let Some(property) = given["properties"].get(name) {
        return Some((Spot::Schema(property), true));
    }
    match &given["additionalProperties"] {
        inner @ Value::Object(_) => return Some((Spot::Schema(inner), false)),
        Value::Bool(true) => return Some((Spot::Open, false)),
        _ => {}
    }
    let open = given["x-kubernetes-preserve-unknown-fields"] == true || given["type"].is_null();
    open.then_some((Spot::Open, false))
}
