//! Whether the server is well: `/healthz`, `/livez`, `/readyz`, and each check by itself.
// upstream: staging/src/k8s.io/apiserver/pkg/server/healthz/healthz.go

use serde_json::Value;

use super::Asked;

/// What a server checks, in its order. `:` begins the checks of one path only.
const CHECKS: &[&str] = &[
    "ping",
    "log",
    "etcd",
    "readyz:etcd-readiness",
    "readyz:informer-sync",
    "poststarthook/start-apiserver-admission-initializer",
    "poststarthook/generic-apiserver-start-informers",
    "poststarthook/priority-and-fairness-config-consumer",
    "poststarthook/priority-and-fairness-filter",
    "poststarthook/storage-object-count-tracker-hook",
    "poststarthook/start-apiextensions-informers",
    "poststarthook/start-apiextensions-controllers",
    "poststarthook/crd-informer-synced",
    "poststarthook/start-system-namespaces-controller",
    "poststarthook/start-cluster-authentication-info-controller",
    "poststarthook/start-kube-apiserver-identity-lease-controller",
    "poststarthook/start-kube-apiserver-identity-lease-garbage-collector",
    "poststarthook/start-legacy-token-tracking-controller",
    "poststarthook/start-service-ip-repair-controllers",
    "poststarthook/rbac/bootstrap-roles",
    "poststarthook/scheduling/bootstrap-system-priority-classes",
    "poststarthook/priority-and-fairness-config-producer",
    "poststarthook/bootstrap-controller",
    "poststarthook/start-kubernetes-service-cidr-controller",
    "poststarthook/aggregator-reload-proxy-client-cert",
    "poststarthook/start-kube-aggregator-informers",
    "poststarthook/apiservice-status-local-available-controller",
    "poststarthook/apiservice-status-remote-available-controller",
    "poststarthook/apiservice-registration-controller",
    "poststarthook/apiservice-discovery-controller",
    "poststarthook/kube-apiserver-autoregistration",
    "autoregister-completion",
    "poststarthook/apiservice-openapi-controller",
    "poststarthook/apiservice-openapiv3-controller",
    "readyz:shutdown",
];

/// The checks of `healthz`, `livez` or `readyz`.
pub fn checks(name: &'static str) -> impl Iterator<Item = &'static str> {
    let mine = move |check: &&'static str| match check.split_once(':') {
        None => Some(*check),
        Some((only, check)) => (only == name).then_some(check),
    };
    CHECKS.iter().filter_map(mine)
}

/// The whole, or one check; null for a check that does not exist. Whoever is answered at all is told that all is well: what
/// can go wrong with an API server here stops it.
pub fn answer(name: &str, check: &str, asked: &Asked) -> Value {
    let name = match name {
        "readyz" => "readyz",
        "livez" => "livez",
        _ => "healthz",
    };
    if !check.is_empty() {
        return match checks(name).find(|have| *have == check) {
            Some(_) => "ok".into(),
            None => Value::Null,
        };
    }
    if asked.params("verbose").next().is_none() {
        return "ok".into();
    }
    let mut excluded: Vec<&str> = asked.params("exclude").collect();
    excluded.sort_unstable();
    excluded.dedup();
    let mut out = String::new();
    for check in checks(name) {
        let before = excluded.len();
        excluded.retain(|name| *name != check);
        let how = if excluded.len() < before {
            " excluded: ok\n"
        } else {
            " ok\n"
        };
        out.push_str("[+]");
        out.push_str(check);
        out.push_str(how);
    }
    if !excluded.is_empty() {
        let quoted: Vec<String> = excluded.iter().map(|name| format!("{name:?}")).collect();
        out.push_str("warn: some health checks cannot be excluded: no matches for ");
        out.push_str(&quoted.join(","));
        out.push('\n');
    }
    out.push_str(name);
    out.push_str(" check passed\n");
    out.into()
}
