//! Fields that are accepted and kept, but that nothing in the cluster acts on. People are told, so that nobody waits for
//! something that will not come.

use std::sync::OnceLock;

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
    // What custom resources mean is their controllers' to know.
    if kind.is_custom() {
        return Vec::new();
    }
    let mut walk = Walk {
        kind: kind.info().kind,
        path: kind.info().kind.into(),
        shown: String::new(),
        out: Vec::new(),
    };
    let skipped = ["apiVersion", "kind", "metadata", "status"];
    for (name, value) in object.as_object().into_iter().flatten() {
        if !skipped.contains(&name.as_str()) {
            walk.field(name, value);
        }
    }
    walk.out
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

/// Where a walk through an object is, and what it has found.
struct Walk {
    kind: &'static str,
    /// As patterns have it: it begins with the kind and has no indices.
    path: String,
    /// As people are shown it.
    shown: String,
    out: Vec<String>,
}

impl Walk {
    fn field(&mut self, name: &str, value: &Value) {
        let (path, shown) = (self.path.len(), self.shown.len());
        self.path.extend([".", name]);
        if shown > 0 {
            self.shown.push('.');
        }
        self.shown.push_str(name);
        let is_template = self.path.strip_prefix(self.kind) == Some(".spec.template");
        match value {
            // The template of a workload that is acted on stands for a pod.
            Value::Object(fields) if is_template && acted_on(&self.path).is_some() => {
                let outer = std::mem::replace(&mut self.path, "Pod".into());
                for (name, value) in fields.iter().filter(|(name, _)| *name != "metadata") {
                    self.field(name, value);
                }
                self.path = outer;
            }
            value => self.value(value),
        }
        self.path.truncate(path);
        self.shown.truncate(shown);
    }

    fn value(&mut self, value: &Value) {
        match acted_on(&self.path) {
            Some("" | ".**") => {}
            None => {
                if !is_empty(value) {
                    self.out.push(self.shown.clone());
                }
            }
            Some(_) => match value {
                Value::Object(fields) => {
                    for (name, value) in fields {
                        self.field(name, value);
                    }
                }
                Value::Array(items) => {
                    let shown = self.shown.len();
                    for (i, item) in items.iter().enumerate() {
                        self.shown.push_str(&["[", &i.to_string(), "]"].concat());
                        self.value(item);
                        self.shown.truncate(shown);
                    }
                }
                // A name on the way to what is acted on, but no object: validation's to judge.
                _ => {}
            },
        }
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

/// What the first pattern at or below a path has more than the path: nothing or `.**` where all of it is acted on. None: there
/// is none.
fn acted_on(path: &str) -> Option<&'static str> {
    // In this order, what is below a path follows it: no name goes on with a character that comes before the dot.
    static PATTERNS: OnceLock<Vec<&str>> = OnceLock::new();
    let patterns = PATTERNS.get_or_init(|| {
        let mut all: Vec<&str> = doc::all().flat_map(|doc| doc.acts_on).copied().collect();
        podarium_api::sort::natural(&mut all);
        all
    });
    let at = patterns.partition_point(|pattern| *pattern < path);
    let more = patterns.get(at)?.strip_prefix(path)?;
    (more.is_empty() || more.starts_with('.')).then_some(more)
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

    #[test]
    fn a_pod_as_it_was_sent_says_what_the_object_says() {
        let mut pod = json!({
            "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "status": {"phase": "Running"},
            "spec": {
                "nodeName": "node-1", "hostAliases": [], "hostIPC": false, "os": {"name": "linux"}, "hostname": "", "dnsConfig": {},
                "securityContext": {"sysctls": [], "supplementalGroups": [1]}, "readinessGates": [{"conditionType": "a/b"}],
                "volumes": [
                    {"name": "v", "emptyDir": {}}, {"name": "w", "hostPath": {"path": "/"}},
                    {"name": "x", "projected": {"sources": [{"secret": {"items": []}}], "defaultMode": 420}},
                ],
                "containers": [{
                    "name": "c", "image": "i", "tty": false, "stdinOnce": true, "workingDir": "", "securityContext": {},
                    "lifecycle": {"preStop": {"sleep": {"seconds": 0}}}, "env": [{"name": "A", "value": ""}],
                    "resources": {"limits": {"cpu": 1}, "claims": [{"name": "x"}]}, "volumeDevices": null,
                    "livenessProbe": {"grpc": {"port": 1}},
                }],
                "ephemeralContainers": [{"name": "e", "stdin": true}],
            },
        });
        podarium_api::decode::decode_json("v1", "Pod", &mut pod).unwrap();
        let sent = paths(&pod, KindId::POD);
        assert!(sent.len() > 3, "{sent:?}");
        let object = podarium_api::object::Object::from_value(KindId::POD, pod).unwrap();
        assert_eq!(sent, paths(&object.to_value(), KindId::POD));
    }
}
