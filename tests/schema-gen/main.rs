//! Writes the table of fields from the published API definitions: `schema-gen DEFINITIONS.json KIND… > fields.txt`,
//! each KIND as `apiVersion/Kind` (`apps/v1/Deployment`). Descriptions are left out.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

const HEADER: &str = "\
# Every field of every built-in kind, one type after another. Written by script/schema; do not edit.
#   = API-VERSION KIND TYPE      a kind and its type
#   TYPE [atomic]                starts a type; its fields follow, indented and sorted
#    NAME TYPE[!] [MARKS]        a field; ! for required; []T is a list, {}T a map
# Marks: keys=A,B (list is a map by these keys), set, atomic, granular; merge[=KEY], retain (strategic merge patch).
";

fn main() {
    let mut args = std::env::args().skip(1);
    let path = args.next().expect("usage: schema-gen DEFINITIONS.json KIND...");
    let text = std::fs::read_to_string(&path).expect("the definitions can be read");
    let file: Value = serde_json::from_str(&text).expect("the definitions are JSON");
    let definitions = file["$defs"].as_object().or(file["definitions"].as_object()).expect("a map of definitions");

    let mut roots = Vec::new();
    for kind in args {
        let (api_version, kind) = kind.rsplit_once('/').expect("a kind is apiVersion/Kind");
        let (group, version) = api_version.rsplit_once('/').unwrap_or(("", api_version));
        let is = |d: &&String| {
            let list = definitions[d.as_str()]["x-kubernetes-group-version-kind"].as_array();
            list.is_some_and(|l| l.iter().any(|g| g["group"] == group && g["version"] == version && g["kind"] == kind))
        };
        let name = definitions.keys().find(is).unwrap_or_else(|| panic!("no definition of {kind} in {api_version}"));
        roots.push((api_version.to_string(), kind.to_string(), name.clone()));
    }

    let mut reached = BTreeSet::new();
    let mut todo: Vec<String> = roots.iter().map(|(_, _, name)| name.clone()).collect();
    while let Some(name) = todo.pop() {
        if builtin(&name).is_none() && reached.insert(name.clone()) {
            let properties = definitions[&name]["properties"].as_object();
            todo.extend(properties.into_iter().flat_map(Map::values).filter_map(referenced));
        }
    }

    // Short names where they are unique; group and version in front where they are not.
    let mut count = BTreeMap::new();
    for name in &reached {
        *count.entry(last(name, 1)).or_insert(0) += 1;
    }
    let short = |name: &str| if count[last(name, 1)] == 1 { last(name, 1) } else { last(name, 3) }.to_string();

    print!("{HEADER}");
    for (api_version, kind, name) in &roots {
        println!("= {api_version} {kind} {}", short(name));
    }
    for name in &reached {
        let definition = &definitions[name];
        let atomic = if definition["x-kubernetes-map-type"] == "atomic" { " atomic" } else { "" };
        println!("{}{atomic}", short(name));
        let required: BTreeSet<&str> =
            definition["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        for (field, property) in definition["properties"].as_object().into_iter().flatten() {
            let mark = if required.contains(field.as_str()) { "!" } else { "" };
            println!(" {field} {}{mark}{}", type_of(property, &short), marks(property));
        }
    }
}

/// The last `n` dotted parts of a definition's name.
fn last(name: &str, n: usize) -> &str {
    name.rmatch_indices('.').nth(n - 1).map_or(name, |(at, _)| &name[at + 1..])
}

/// Types that are values of their own form in JSON.
fn builtin(name: &str) -> Option<&'static str> {
    Some(match last(name, 1) {
        "Quantity" => "quantity",
        "IntOrString" => "intstr",
        "Time" => "time",
        "MicroTime" => "microtime",
        "FieldsV1" | "RawExtension" | "Patch" | "JSON" => "any",
        name if name.starts_with("JSONSchemaPropsOr") => "any",
        _ => return None,
    })
}

fn reference(property: &Value) -> Option<&str> {
    let path = property["$ref"].as_str().or_else(|| property["allOf"][0]["$ref"].as_str())?;
    path.rsplit('/').next()
}

fn referenced(property: &Value) -> Option<String> {
    let inner = [&property["items"], &property["additionalProperties"]].into_iter().find(|v| v.is_object());
    inner.and_then(referenced).or_else(|| reference(property).map(str::to_string))
}

fn type_of(property: &Value, short: &dyn Fn(&str) -> String) -> String {
    if let Some(name) = reference(property) {
        return builtin(name).map_or_else(|| short(name), str::to_string);
    }
    let kind = property["type"].as_str().or_else(|| property["type"][0].as_str()).unwrap_or("any");
    match (kind, property["format"].as_str()) {
        ("array", _) => format!("[]{}", type_of(&property["items"], short)),
        ("object", _) if property["additionalProperties"].is_object() => {
            format!("{{}}{}", type_of(&property["additionalProperties"], short))
        }
        ("object", _) => "any".to_string(),
        ("string", Some("byte")) => "bytes".to_string(),
        ("string", Some("date-time")) => "time".to_string(),
        ("integer", format) => format.unwrap_or("int64").to_string(),
        ("number", _) => "double".to_string(),
        ("boolean", _) => "bool".to_string(),
        (other, _) => other.to_string(),
    }
}

fn marks(property: &Value) -> String {
    let mut out = String::new();
    match property["x-kubernetes-list-type"].as_str() {
        Some("map") => {
            let keys: Vec<&str> = property["x-kubernetes-list-map-keys"]
                .as_array()
                .map(|keys| keys.iter().filter_map(Value::as_str).collect())
                .unwrap_or_default();
            out += &format!(" keys={}", keys.join(","));
        }
        Some("set") => out += " set",
        _ => {}
    }
    // Lists are atomic unless marked, maps are granular unless marked.
    match property["x-kubernetes-map-type"].as_str() {
        Some(mark @ ("atomic" | "granular")) => out += &format!(" {mark}"),
        _ => {}
    }
    let strategy = property["x-kubernetes-patch-strategy"].as_str().unwrap_or_default();
    if strategy.split(',').any(|part| part == "merge") {
        match property["x-kubernetes-patch-merge-key"].as_str() {
            Some(key) => out += &format!(" merge={key}"),
            None => out += " merge",
        }
    }
    if strategy.split(',').any(|part| part == "retainKeys") {
        out += " retain";
    }
    out
}
