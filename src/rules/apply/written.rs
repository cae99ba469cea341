//! What the maker of an object wrote, in one walk: as many objects are shown right after they are made, this is hot.
//!
//! It comes to the same as comparing the empty object with the object without what nobody made (`compare`, `admitted`), and
//! taking away what is never managed (`update::strip`); a test holds it against that.

use serde_json::Value;

use super::admitted::Nobodys;
use super::element;
use super::set::{Set, node, put};
use super::shape::{Items, Node, Spot};
use super::skeleton::{self, Empty};

/// The fields below an object that begins as `empty`.
pub fn written(spot: Spot, empty: Empty, object: &Value, nobodys: Nobodys) -> Set {
    walk(spot, Some(empty), object, nobodys).unwrap_or_default()
}

/// The part of the set below a value; a part without anything below it is the value itself.
fn walk(spot: Spot, empty: Option<Empty>, value: &Value, nobodys: Nobodys) -> Option<Set> {
    let mut below = Set::new();
    let is_new = empty.is_none();
    match (spot.node(value), value) {
        (Node::Map(false), Value::Object(fields)) => {
            for (name, value) in fields {
                let nobodys = nobodys.of_field(name);
                if nobodys.is_all(value) {
                    continue;
                }
                let empty = match empty {
                    Some(Empty::Map(fields)) => skeleton::field(fields, name),
                    _ => None,
                };
                let (inner, _) = spot.under(name).unwrap_or((Spot::Open, false));
                let part = walk(inner, empty, value, nobodys);
                put(&mut below, element::field(name), part);
            }
        }
        (Node::List(items, item), Value::Array(values))
            if !matches!(items, Items::Atomic) && !values.is_empty() =>
        {
            for value in values {
                let nobodys = nobodys.of_item();
                if nobodys.is_all(value) {
                    continue;
                }
                let Ok(element) = element::item(items, item, value) else {
                    continue;
                };
                // Those that are there twice cannot be told apart, and are one value.
                let part = match below.contains_key(&element) {
                    true => Some(Set::new()),
                    false => walk(item, None, value, nobodys),
                };
                put(&mut below, element, part);
            }
        }
        (Node::Map(false), Value::Null) if matches!(empty, Some(Empty::Map([_, ..]))) => {}
        _ => return (!empty.is_some_and(|empty| empty.is(value))).then_some(below),
    }
    node(is_new, below)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use podarium_api::schema::{Field, ListKind, Shape, Type, Wrap, schema};
    use serde_json::json;

    use super::super::admitted::{self, nobodys};
    use super::super::{compare::compare, how::How, update::strip};
    use super::*;

    /// Numbers by chance, always the same.
    struct Chance(Cell<u64>);

    impl Chance {
        fn below(&self, n: u64) -> u64 {
            let next = self.0.get().wrapping_mul(6_364_136_223_846_793_005);
            self.0.set(next.wrapping_add(1_442_695_040_888_963_407));
            (self.0.get() >> 33) % n
        }
    }

    /// Texts that are somebody's and texts that are nobody's.
    const TEXTS: [&str; 9] = [
        "a",
        "b",
        "None",
        "default",
        "kubernetes.io/pvc-protection",
        "kube-api-access-x",
        "/var/run/secrets/kubernetes.io/serviceaccount",
        "node.kubernetes.io/not-ready",
        "batch.kubernetes.io/job-name",
    ];

    fn text(chance: &Chance) -> &'static str {
        TEXTS[chance.below(TEXTS.len() as u64) as usize]
    }

    /// An object of a type with some of its fields; what is set in most objects, in most.
    fn object(of: &Type, chance: &Chance, depth: u64) -> Value {
        let often = [
            "metadata",
            "spec",
            "template",
            "containers",
            "ports",
            "tolerations",
            "volumes",
        ];
        let mut out = serde_json::Map::new();
        for field in &of.fields {
            let is_often = often.contains(&field.name) && depth > 0;
            if chance.below(8) < if is_often { 7 } else { 2 } {
                out.insert(field.name.into(), wrapped(field, chance, depth));
            }
        }
        Value::Object(out)
    }

    fn wrapped(field: &Field, chance: &Chance, depth: u64) -> Value {
        if chance.below(16) == 0 {
            return Value::Null;
        }
        let one = || one(field, chance, depth);
        let some = || 0..chance.below(4);
        match field.wrap {
            Wrap::One => one(),
            Wrap::List => some().map(|_| one()).collect(),
            Wrap::Map => Value::Object(some().map(|_| (text(chance).into(), one())).collect()),
            Wrap::MapOfLists => Value::Object(
                some()
                    .map(|_| (text(chance).into(), json!([one()])))
                    .collect(),
            ),
        }
    }

    fn one(field: &Field, chance: &Chance, depth: u64) -> Value {
        match field.shape {
            Shape::Object(_) if depth == 0 => json!({}),
            Shape::Object(id) => {
                let mut value = object(schema().get(id), chance, depth - 1);
                if let ListKind::Map(keys) = field.list {
                    for key in keys {
                        if chance.below(8) != 0 {
                            value[*key] = text(chance).into();
                        }
                    }
                }
                value
            }
            Shape::Any => json!({"any": [text(chance)]}),
            Shape::Bool => (chance.below(2) == 0).into(),
            Shape::Int32 | Shape::Int64 | Shape::Double => {
                [0, 80, 300][chance.below(3) as usize].into()
            }
            _ => text(chance).into(),
        }
    }

    /// The same by way of a comparison.
    fn compared(how: &How, object: &Value) -> Set {
        let mut made = object.clone();
        admitted::remove(nobodys(how.kind(), object), &mut made);
        let empty = how.empty().value();
        strip(&compare(how.spot(), &empty, &made).written())
    }

    #[test]
    fn what_is_written_is_what_differs_from_the_empty_object() {
        let chance = Chance(Cell::new(7));
        let mut members = 0;
        for row in podarium_api::kinds::KINDS {
            let given = json!({"apiVersion": row.api_version(), "kind": row.kind});
            let how = How::new(&given);
            let of = schema().of_kind(row.id).unwrap();
            for _ in 0..20 {
                let mut object = object(of, &chance, 5);
                object["apiVersion"] = row.api_version().into();
                object["kind"] = row.kind.into();
                if !object["metadata"].is_object() {
                    object["metadata"] = json!({"name": "a"});
                }
                let nobodys = nobodys(how.kind(), &object);
                let fast = written(how.spot(), how.empty(), &object, nobodys);
                assert_eq!(fast, compared(&how, &object), "{object}");
                members += fast.len();
            }
        }
        assert!(members > 1_500, "{members}");
    }

    #[test]
    fn custom_resources_are_walked_by_their_schema() {
        let given = json!({"apiVersion": "example.com/v1", "kind": "Thing", "schema": {"type": "object", "properties": {
            "spec": {"type": "object", "properties": {
                "size": {"type": "integer"},
                "parts": {"type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"],
                    "items": {"type": "object", "properties": {"name": {"type": "string"}}}},
                "all": {"type": "object", "x-kubernetes-map-type": "atomic"},
            }},
        }}});
        let how = How::new(&given);
        for object in [
            json!({"apiVersion": "example.com/v1", "kind": "Thing", "metadata": {"name": "a"}}),
            json!({
                "apiVersion": "example.com/v1", "kind": "Thing",
                "metadata": {"name": "a", "labels": {"a": "b"}, "finalizers": ["x", "x"]},
                "spec": {"size": 1, "parts": [{"name": "a"}, {"name": "b"}, {"name": "b"}, {}], "all": {"x": 1}, "none": null},
                "status": {"size": 1}, "more": [{"a": 1}],
            }),
        ] {
            let nobodys = nobodys(how.kind(), &object);
            let fast = written(how.spot(), how.empty(), &object, nobodys);
            assert_eq!(fast, compared(&how, &object), "{object}");
        }
    }
}
