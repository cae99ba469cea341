//! The defaults that the first example's objects need: in the browser they are there before the rules are.

use serde_json::{Map, Value};

/// What is filled in, by kind, and of Services that have it by type. A list's one item is for each, no list is made, `?` stands
/// behind what is not made either, and `=` before the field beside it that says the same.
const FIRST: &str = include_str!("first.json");

/// The object with these.
pub fn filled(mut object: Value) -> Value {
    let all = podarium_api::typed::parse(FIRST.as_bytes()).unwrap_or_default();
    for name in [object["kind"].clone(), object["spec"]["type"].clone()] {
        fill(&mut object, &all[name.as_str().unwrap_or_default()]);
    }
    object
}

fn fill(value: &mut Value, with: &Value) {
    match (value, with) {
        (Value::Object(fields), Value::Object(all)) => {
            for (name, with) in all {
                let there = name.trim_end_matches('?');
                let same = with.as_str().and_then(|text| text.strip_prefix('='));
                if let Some(beside) = same {
                    let beside = fields.get(beside).cloned().unwrap_or_default();
                    fields.entry(there).or_insert(beside);
                } else if (there == name && !with.is_array()) || fields.contains_key(there) {
                    fill(fields.entry(there).or_insert(Value::Null), with);
                }
            }
        }
        (Value::Array(items), Value::Array(with)) => {
            items.iter_mut().for_each(|item| fill(item, &with[0]));
        }
        (value @ Value::Null, Value::Object(_)) => {
            *value = Value::Object(Map::new());
            fill(value, with);
        }
        (value @ Value::Null, with) => *value = with.clone(),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use podarium_api::meta::Span;
    use podarium_api::object::Object;

    use super::super::super::rules;
    use crate::{Cluster, Config, Method, Request};

    /// All that a cluster holds in which the first example has lived for a while.
    fn lived(absent: bool) -> Vec<Object> {
        rules::ABSENT.set(absent);
        let mut cluster = Cluster::new(Config::default());
        let shop = include_str!("../../../../static/examples/shop.yaml");
        for document in podarium_api::yaml::read(shop).0 {
            let path = match document.value["kind"] == "Service" {
                true => "/api/v1/namespaces/default/services",
                false => "/apis/apps/v1/namespaces/default/deployments",
            };
            let made = cluster.handle(Request::new(Method::Post, path).json(&document.value));
            assert!(made.is_success(), "{}", made.message());
        }
        cluster.seek(cluster.now() + Span::secs(60));
        rules::ABSENT.set(false);
        let store = cluster.world().store();
        let kinds = (0..).map_while(podarium_api::kinds::KindId::from_index);
        kinds.flat_map(|kind| store.list(kind).cloned()).collect()
    }

    #[test]
    fn the_first_example_lives_as_it_does_by_the_rules() {
        let (with, without) = (lived(false), lived(true));
        assert_eq!(with.len(), without.len());
        for (with, without) in with.iter().zip(&without) {
            assert_eq!(without.to_value(), with.to_value(), "{}", with.key());
        }
    }
}
