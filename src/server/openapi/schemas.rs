//! The schemas of all built-in types: descriptions from k8s-openapi, and how fields merge from our own table.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use podarium_api::kinds::KINDS;
use podarium_api::schema::{Field, ListKind, Type, Wrap, schema};
use serde_json::{Map, Value, json};

use super::facts;

/// Where the schemas of a document of version 3 lie.
pub const COMPONENTS: &str = "#/components/schemas/";
const META: &str = "io.k8s.apimachinery.pkg.apis.meta.v1.";

/// The schemas by their long names, and which name a kind has.
pub struct Schemas {
    by_name: BTreeMap<String, Value>,
    kinds: BTreeMap<(String, String), String>,
}

/// The schemas, made on first use.
pub fn schemas() -> &'static Schemas {
    static SCHEMAS: OnceLock<Schemas> = OnceLock::new();
    SCHEMAS.get_or_init(Schemas::make)
}

impl Schemas {
    fn make() -> Schemas {
        let text = include_str!(concat!(env!("OUT_DIR"), "/definitions.json"));
        let raw: Map<String, Value> =
            serde_json::from_str(text).expect("the build script writes JSON");
        let mut made = Schemas {
            by_name: BTreeMap::new(),
            kinds: BTreeMap::new(),
        };
        // Types of the table, by the name that they have there.
        let mut names: BTreeMap<&str, String> = BTreeMap::new();
        for (name, value) in &raw {
            let known = table_type(name);
            if let Some(known) = known {
                names.insert(known.name, name.clone());
            }
            made.by_name
                .insert(name.clone(), definition(name, value, known));
        }
        let patch = "Patch is provided to give a concrete name and type to the Kubernetes PATCH request body.";
        made.by_name.insert(
            format!("{META}Patch"),
            json!({"description": patch, "type": "object"}),
        );
        let mut all: Vec<(String, &str)> = Vec::new();
        all.extend(KINDS.iter().map(|row| (row.api_version(), row.kind)));
        for (version, kind) in [
            ("autoscaling/v1", "Scale"),
            ("policy/v1", "Eviction"),
            ("authentication.k8s.io/v1", "TokenRequest"),
            ("v1", "DeleteOptions"),
            ("v1", "Status"),
        ] {
            all.push((version.into(), kind));
        }
        for (version, kind) in all {
            let owner = schema().find(&version, kind);
            let name = owner.and_then(|owner| names.get(owner.name));
            let name = name
                .expect("k8s-openapi has every kind of the table")
                .clone();
            made.name_kind(&name, &version, kind);
        }
        for (version, kind) in [
            ("v1", "APIGroup"),
            ("v1", "APIGroupList"),
            ("v1", "APIResourceList"),
            ("v1", "APIVersions"),
        ] {
            made.name_kind(&format!("{META}{kind}"), version, kind);
        }
        for row in KINDS.iter().filter(|row| row.verbs.contains(&"list")) {
            let version = row.api_version();
            let item = made.kinds[&(version.clone(), row.kind.to_owned())].clone();
            let name = format!("{item}List");
            made.by_name.insert(name.clone(), list(&item, row.kind));
            made.name_kind(&name, &version, row.list_kind);
        }
        made
    }

    /// Says that a schema is a kind's.
    fn name_kind(&mut self, name: &str, api_version: &str, kind: &str) {
        let (group, version) = podarium_api::kinds::split_api_version(api_version);
        if let Some(value) = self.by_name.get_mut(name) {
            value["x-kubernetes-group-version-kind"] =
                json!([{"group": group, "version": version, "kind": kind}]);
        }
        self.kinds
            .insert((api_version.to_owned(), kind.to_owned()), name.to_owned());
    }

    /// The name of a kind's schema.
    pub fn of_kind(&self, api_version: &str, kind: &str) -> Option<&str> {
        let key = (api_version.to_owned(), kind.to_owned());
        self.kinds.get(&key).map(String::as_str)
    }

    /// All that a document refers to, and what that refers to.
    pub fn referred(&self, document: &Value) -> Map<String, Value> {
        let mut out = Map::new();
        let mut todo = Vec::new();
        references(document, &mut todo);
        while let Some(name) = todo.pop() {
            if let Some(value) = self.by_name.get(&name)
                && !out.contains_key(&name)
            {
                references(value, &mut todo);
                out.insert(name, value.clone());
            }
        }
        out
    }
}

fn references(value: &Value, out: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            if let Some(name) = map.get("$ref").and_then(Value::as_str) {
                out.extend(name.strip_prefix(COMPONENTS).map(str::to_owned));
            }
            for value in map.values() {
                references(value, out);
            }
        }
        Value::Array(items) => {
            for item in items {
                references(item, out);
            }
        }
        _ => {}
    }
}

/// A reference with more beside it stands in a list of its own.
pub fn reference(name: &str) -> Value {
    json!({"$ref": format!("{COMPONENTS}{name}")})
}

/// The type of the table of fields that a definition is: short where that is unique, else with group and version.
fn table_type(name: &str) -> Option<&'static Type> {
    let mut dots = name.rmatch_indices('.').map(|(at, _)| &name[at + 1..]);
    let short = dots.next()?;
    let long = dots.nth(1)?;
    schema().named(long).or_else(|| schema().named(short))
}

fn list(item: &str, kind: &str) -> Value {
    json!({
        "description": format!("{kind}List is a list of objects of kind {kind}."),
        "type": "object",
        "required": ["items"],
        "properties": {
            "apiVersion": api_version_property(), "kind": kind_property(),
            "metadata": {
                "allOf": [reference(&format!("{META}ListMeta"))], "default": {},
                "description": "Standard list metadata. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds",
            },
            "items": {
                "description": "The objects.", "type": "array",
                "items": {"allOf": [reference(item)], "default": {}},
            },
        },
    })
}

/// `apiVersion`, as every kind has it.
pub fn api_version_property() -> Value {
    of_object_kinds("apiVersion")
}

/// `kind`, as every kind has it.
pub fn kind_property() -> Value {
    of_object_kinds("kind")
}

fn of_object_kinds(field: &str) -> Value {
    static COMMON: OnceLock<Value> = OnceLock::new();
    let common = COMMON.get_or_init(|| {
        let text = include_str!(concat!(env!("OUT_DIR"), "/definitions.json"));
        let raw: Value = serde_json::from_str(text).expect("the build script writes JSON");
        raw["io.k8s.api.core.v1.Pod"]["properties"].clone()
    });
    common[field].clone()
}

fn definition(name: &str, raw: &Value, known: Option<&Type>) -> Value {
    let description = &raw["description"];
    match name.rsplit('.').next().unwrap_or_default() {
        "Quantity" => {
            let of = json!([{"type": "string"}, {"type": "number"}]);
            return json!({"description": description, "oneOf": of});
        }
        "IntOrString" => {
            let of = json!([{"type": "integer"}, {"type": "string"}]);
            return json!({"description": description, "format": "int-or-string", "oneOf": of});
        }
        "JSON"
        | "JSONSchemaPropsOrArray"
        | "JSONSchemaPropsOrBool"
        | "JSONSchemaPropsOrStringArray" => {
            return json!({"description": description});
        }
        _ => {}
    }
    let mut out = raw.clone();
    if let Some(known) = known {
        // k8s-openapi makes metadata and the like required, which the published definitions do not.
        let required = known.fields.iter().filter(|field| field.required);
        let required: Vec<Value> = required.map(|field| field.name.into()).collect();
        out["required"] = required.into();
    }
    if out["required"].as_array().is_some_and(Vec::is_empty)
        && let Some(map) = out.as_object_mut()
    {
        map.remove("required");
    }
    let required = out["required"].clone();
    let is_kind =
        raw["properties"]["kind"].is_object() && raw["properties"]["apiVersion"].is_object();
    if let Some(properties) = out.get_mut("properties").and_then(Value::as_object_mut) {
        for (field_name, value) in properties {
            let given = std::mem::take(value);
            *value = property(given);
            let required = required
                .as_array()
                .is_some_and(|r| r.iter().any(|f| f == field_name));
            let whole = is_kind && ["metadata", "spec", "status"].contains(&field_name.as_str());
            defaults(value, required || whole);
            if let Some(owner) = known {
                if let Some(field) = owner.field(field_name) {
                    marks(value, field);
                }
                described(value, owner.name, field_name);
            }
        }
    }
    if known.is_some_and(|known| known.atomic) {
        out["x-kubernetes-map-type"] = "atomic".into();
    }
    out
}

/// A property in the form of version 3: what is beside a reference stands apart from it.
fn property(mut value: Value) -> Value {
    for inner in ["items", "additionalProperties"] {
        if let Some(inner) = value.get_mut(inner) {
            let given = std::mem::take(inner);
            *inner = property(given);
            defaults(inner, true);
        }
    }
    if let Some(map) = value.as_object_mut()
        && let Some(Value::String(target)) = map.remove("$ref")
    {
        let name = target.rsplit('/').next().unwrap_or_default();
        if map.is_empty() {
            return reference(name);
        }
        map.insert("allOf".into(), json!([reference(name)]));
    }
    value
}

/// The zero values that are not pointers in Go: of the items of lists and maps, and of what is required.
///
/// upstream: k8s.io/kube-openapi/pkg/generators/openapi.go defaultFromComments
fn defaults(value: &mut Value, always: bool) {
    if !always {
        return;
    }
    let target = value["$ref"]
        .as_str()
        .or_else(|| value["allOf"][0]["$ref"].as_str());
    if let Some(target) = target {
        let name = target.rsplit('.').next().unwrap_or_default();
        // Values that are no objects in JSON, and the pointers among what is required.
        let none = [
            "Quantity",
            "IntOrString",
            "Time",
            "MicroTime",
            "LabelSelector",
            "JSON",
        ];
        if !none.contains(&name) && !name.starts_with("JSONSchemaProps") {
            let target = target.to_owned();
            value["allOf"] = json!([{"$ref": target}]);
            if let Some(map) = value.as_object_mut() {
                map.remove("$ref");
            }
            value["default"] = json!({});
        }
        return;
    }
    let zero = match value["type"].as_str() {
        Some("string") if value["format"].is_null() => json!(""),
        Some("integer" | "number") => json!(0),
        Some("boolean") => json!(false),
        _ => return,
    };
    value["default"] = zero;
}

/// How patches and server-side apply merge the field.
fn marks(value: &mut Value, field: &Field) {
    if field.wrap == Wrap::List {
        match field.list {
            ListKind::Atomic => value["x-kubernetes-list-type"] = "atomic".into(),
            ListKind::Set => value["x-kubernetes-list-type"] = "set".into(),
            ListKind::Map(keys) => {
                value["x-kubernetes-list-type"] = "map".into();
                value["x-kubernetes-list-map-keys"] = keys.into();
            }
        }
    }
    if field.atomic {
        value["x-kubernetes-map-type"] = "atomic".into();
    }
    let strategy = match (field.merge, field.retain_keys) {
        (Some(_), true) => "merge,retainKeys",
        (Some(_), false) => "merge",
        (None, true) => "retainKeys",
        (None, false) => return,
    };
    value["x-kubernetes-patch-strategy"] = strategy.into();
    if let Some(key) = field.merge.filter(|key| !key.is_empty()) {
        value["x-kubernetes-patch-merge-key"] = key.into();
    }
}

/// Values that are counted out, and a default of the field's own.
fn described(value: &mut Value, owner: &str, field: &str) {
    if let Some(default) = facts::default(owner, field) {
        value["default"] = default;
    }
    let Some(values) = facts::values(owner, field) else {
        return;
    };
    let text = value["description"].as_str().unwrap_or_default();
    let each = values.iter().map(|value| format!("\n - `{value:?}`"));
    let text = format!(
        "{text}\n\nPossible enum values:{}",
        each.collect::<String>()
    );
    value["description"] = text.into();
    let one = if value["items"].is_object() {
        &mut value["items"]
    } else if value["additionalProperties"].is_object() {
        &mut value["additionalProperties"]
    } else {
        value
    };
    one["enum"] = values.into();
}
