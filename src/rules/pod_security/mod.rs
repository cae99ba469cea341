//! Pod Security Standards: how much of its node a pod may see. Levels, versions, and the checks of each.
// upstream: staging/src/k8s.io/pod-security-admission

mod baseline;
mod policy;
mod restricted;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use serde_json::Value;

pub use policy::{Level, Policy, Standard};

/// What a check looks at: annotations and spec of a pod or of a pod template.
#[derive(Clone, Copy)]
pub struct Pod<'a> {
    annotations: &'a Value,
    spec: &'a Value,
}

/// Why a check refuses a pod: in a word or two, and in detail.
#[derive(Debug)]
pub struct Violation {
    /// As `host namespaces`.
    pub reason: &'static str,
    /// As `hostNetwork=true`.
    pub detail: String,
}

type Test = fn(Pod<'_>) -> Option<Violation>;

/// A check of one level.
struct Check {
    /// Upstream's name for it.
    id: &'static str,
    /// What is tested since which minor version, oldest first.
    versions: &'static [(u32, Test)],
    /// The checks of the level below that it makes needless.
    overrides: &'static [&'static str],
}

impl Check {
    /// The test that a policy of this minor version makes.
    fn at(&self, version: u32) -> Option<Test> {
        let mut versions = self.versions.iter().rev();
        versions.find(|(since, _)| *since <= version).map(|v| v.1)
    }
}

/// What of a pod violates a standard, in upstream's order.
///
/// upstream: policy/registry.go EvaluatePod
pub fn violations(standard: Standard, pod: Pod<'_>) -> Vec<Violation> {
    let version = standard.version.unwrap_or(u32::MAX);
    let restricted: Vec<(&Check, Test)> = match standard.level {
        Level::Privileged => return Vec::new(),
        Level::Baseline => Vec::new(),
        Level::Restricted => {
            let all = restricted::CHECKS.iter();
            all.filter_map(|c| Some((c, c.at(version)?))).collect()
        }
    };
    let overridden = |id| restricted.iter().any(|(c, _)| c.overrides.contains(&id));
    let baseline = baseline::CHECKS.iter().filter(|c| !overridden(c.id));
    let tests = baseline
        .filter_map(|c| c.at(version))
        .chain(restricted.iter().map(|(_, test)| *test));
    tests.filter_map(|test| test(pod)).collect()
}

/// All violations in one line, with their details.
///
/// upstream: policy/checks.go ForbiddenDetail
pub fn details(violations: &[Violation]) -> String {
    let each: Vec<String> = violations
        .iter()
        .map(|v| match v.detail.as_str() {
            "" => v.reason.into(),
            detail => format!("{} ({detail})", v.reason),
        })
        .collect();
    each.join(", ")
}

impl<'a> Pod<'a> {
    /// A pod, or a pod template.
    pub fn of(object: &'a Value) -> Self {
        Pod {
            annotations: &object["metadata"]["annotations"],
            spec: &object["spec"],
        }
    }

    /// All containers, in upstream's order.
    ///
    /// upstream: policy/visitor.go visitContainers
    fn containers(self) -> impl Iterator<Item = &'a Value> {
        let lists = ["initContainers", "containers", "ephemeralContainers"];
        lists
            .into_iter()
            .flat_map(move |list| items(&self.spec[list]))
    }

    /// The names of the containers of which something holds.
    fn named(self, mut holds: impl FnMut(&'a Value) -> bool) -> Vec<&'a str> {
        let bad = self.containers().filter(|c| holds(c));
        bad.map(|c| c["name"].as_str().unwrap_or_default())
            .collect()
    }

    /// Whether the pod says that it runs on Windows.
    fn is_windows(self) -> bool {
        self.spec["os"]["name"] == "windows"
    }

    /// Whether root in the pod is somebody else on its node.
    ///
    /// upstream: policy/helpers.go relaxPolicyForUserNamespacePod
    fn has_own_users(self) -> bool {
        self.spec["hostUsers"] == false
    }
}

fn items(list: &Value) -> &[Value] {
    list.as_array().map_or(&[], Vec::as_slice)
}

/// upstream: policy/helpers.go joinQuote
fn quoted<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let each: Vec<_> = names.into_iter().map(|name| format!("{name:?}")).collect();
    each.join(", ")
}

/// upstream: policy/helpers.go pluralize
fn plural<'a>(one: &'a str, more: &'a str, count: usize) -> &'a str {
    if count == 1 { one } else { more }
}

/// `container "a"`, `containers "a", "b"`.
fn containers(names: &[&str]) -> String {
    let word = plural("container", "containers", names.len());
    format!("{word} {}", quoted(names.iter().copied()))
}

/// `pod and container "a"`, whichever of them there are.
fn setters(pod: bool, names: &[&str]) -> String {
    match (pod, names.is_empty()) {
        (true, true) => "pod".into(),
        (true, false) => format!("pod and {}", containers(names)),
        (false, _) => containers(names),
    }
}

/// What the pod and its containers set to something bad under a path of their security contexts: whether the pod does, which
/// containers do, and to what.
fn set_badly<'a>(
    pod: Pod<'a>,
    path: &str,
    bad: impl Fn(&str) -> bool,
) -> (bool, Vec<&'a str>, BTreeSet<&'a str>) {
    let mut values = BTreeSet::new();
    let mut sets = |owner: &'a Value| {
        let value = owner["securityContext"]
            .pointer(path)
            .unwrap_or(&Value::Null);
        let text = value.as_str().unwrap_or_default();
        let is_bad = !value.is_null() && bad(text);
        if is_bad {
            values.insert(text);
        }
        is_bad
    };
    let by_pod = sets(pod.spec);
    let by_containers = pod.named(&mut sets);
    (by_pod, by_containers, values)
}
