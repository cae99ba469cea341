//! Fields that are accepted and kept, but that nothing in the cluster acts on. People are told, so that nobody waits for
//! something that will not come.

use podarium_api::kinds::KindId;
use podarium_api::status::Status;
use serde_json::{Value, json};

use super::Response;
use super::handle::Place;
use crate::doc;
use crate::world::World;

/// Where kubectl keeps what a person applied: the fields that are theirs, without the server's defaults.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// The paths of all fields of an object that no registry entry acts on, as `spec.template.spec.hostAliases`: of each, the
/// highest below which nothing is acted on. Metadata and status are not looked at.
pub fn paths(object: &Value, kind: KindId) -> Vec<String> {
    let mut out = Vec::new();
    // What custom resources mean is their controllers' to know.
    if kind.is_custom() {
        return out;
    }
    let known = Patterns {
        own: patterns(kind.info().kind),
        pod: patterns("Pod"),
    };
    let skipped = ["apiVersion", "kind", "metadata", "status"];
    for (name, value) in object.as_object().into_iter().flatten() {
        if !skipped.contains(&name.as_str()) {
            walk(&known, name, name, value, &mut out);
        }
    }
    out
}

/// The sentence for the `Warning` header; none when everything is simulated.
pub fn warning(paths: Vec<String>) -> Option<String> {
    (!paths.is_empty()).then(|| format!("accepted, not simulated: {}", paths.join(", ")))
}

/// Answers `GET /podarium/unsimulated/GROUP/VERSION/NAMESPACE/PLURAL/NAME`.
pub(super) fn answer(world: &World, place: &Place) -> Result<Response, Status> {
    let info = place.info;
    let key = place.key();
    let Some(object) = world.store().get(&key) else {
        return Err(Status::not_found(info.group, info.plural, &place.name));
    };
    let applied = object.meta().annotations.get(LAST_APPLIED);
    let given = applied.and_then(|text| podarium_api::typed::parse(text.as_bytes()).ok());
    let paths = paths(&given.unwrap_or_else(|| object.to_value()), info.id);
    Ok(Response::json(200, json!({"fields": paths})))
}

/// `shown` has indices, `path` has not.
fn walk(known: &Patterns, shown: &str, path: &str, value: &Value, out: &mut Vec<String>) {
    match known.standing(path) {
        Standing::Acted => {}
        Standing::Unknown => {
            if !is_empty(value) {
                out.push(shown.into());
            }
        }
        Standing::PartlyBelow => match value {
            Value::Object(fields) => {
                for (name, value) in fields {
                    let shown = format!("{shown}.{name}");
                    walk(known, &shown, &format!("{path}.{name}"), value, out);
                }
            }
            Value::Array(items) => {
                for (i, item) in items.iter().enumerate() {
                    walk(known, &format!("{shown}[{i}]"), path, item, out);
                }
            }
            // A name on the way to what is acted on, but no object: validation's to judge.
            _ => {}
        },
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Object(fields) => fields.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

enum Standing {
    Acted,
    PartlyBelow,
    Unknown,
}

/// What is acted on.
struct Patterns {
    /// Of the object's kind.
    own: Vec<&'static str>,
    /// Of pods.
    pod: Vec<&'static str>,
}

impl Patterns {
    /// The template of a workload that is acted on stands for a pod.
    fn standing(&self, path: &str) -> Standing {
        if let Some(rest) = path.strip_prefix("spec.template")
            && self.own.iter().any(|p| p.starts_with("spec.template"))
        {
            let rest = rest.trim_start_matches('.');
            if rest.is_empty() {
                return Standing::PartlyBelow;
            }
            if rest == "metadata" || rest.starts_with("metadata.") {
                return Standing::Acted;
            }
            return among(&self.pod, rest);
        }
        among(&self.own, path)
    }
}

fn among(patterns: &[&str], path: &str) -> Standing {
    let mut below = false;
    for pattern in patterns {
        if let Some(above) = pattern.strip_suffix(".**") {
            if is_within(path, above) {
                return Standing::Acted;
            }
        } else if *pattern == path {
            return Standing::Acted;
        }
        below |= is_within(pattern, path);
    }
    if below {
        Standing::PartlyBelow
    } else {
        Standing::Unknown
    }
}

fn is_within(path: &str, above: &str) -> bool {
    path.strip_prefix(above)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn patterns(kind: &str) -> Vec<&'static str> {
    doc::all()
        .flat_map(|doc| doc.acts_on)
        .filter_map(|p| p.strip_prefix(kind)?.strip_prefix('.'))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    #[test]
    fn a_template_is_held_against_what_is_acted_on_in_pods() {
        let deployment = json!({
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"},
            "spec": {
                "replicas": 2, "selector": {"matchLabels": {"a": "b"}},
                "template": {
                    "metadata": {"labels": {"a": "b"}},
                    "spec": {
                        "hostAliases": [{"ip": "10.0.0.1"}], "volumes": [{"name": "v", "emptyDir": {}}],
                        "containers": [
                            {"name": "a", "image": "x", "tty": true},
                            {"name": "b", "image": "y", "securityContext": {"runAsUser": 1, "privileged": true}},
                        ],
                    },
                },
            },
        });
        let paths = paths(&deployment, KindId::DEPLOYMENT);
        expect!["accepted, not simulated: spec.template.spec.containers[0].tty, spec.template.spec.containers[1].securityContext"].assert_eq(&warning(paths).unwrap_or_default());
    }
}
