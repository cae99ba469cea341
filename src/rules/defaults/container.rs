//! Containers, their ports, probes and environment.
// upstream: pkg/apis/core/v1/defaults.go

use serde_json::{Value, json};

use super::{Fields, below, default, each, made, said, text};

/// upstream: SetDefaults_Container
pub fn container(fields: &mut Fields) {
    ephemeral(fields);
    for port in each(fields, "ports") {
        text(port, "protocol", "TCP");
    }
    for name in ["livenessProbe", "readinessProbe", "startupProbe"] {
        if let Some(probe) = below(fields, name) {
            self::probe(probe);
        }
    }
    if let Some(lifecycle) = below(fields, "lifecycle") {
        for name in ["postStart", "preStop"] {
            if let Some(get) = below(lifecycle, name).and_then(|h| below(h, "httpGet")) {
                http_get(get);
            }
        }
    }
}

/// What containers of all sorts get: when to pull, where the last words go, how the environment is found.
///
/// upstream: SetDefaults_EphemeralContainer
pub fn ephemeral(fields: &mut Fields) {
    let policy = pull_policy(said(fields, "image"));
    text(fields, "imagePullPolicy", policy);
    text(fields, "terminationMessagePath", "/dev/termination-log");
    text(fields, "terminationMessagePolicy", "File");
    default(fields, "resources", json!({}));
    for variable in each(fields, "env") {
        if let Some(source) = below(variable, "valueFrom") {
            of_pod(source);
        }
    }
}

/// `Always` for the tag `latest`, also when no tag says so.
///
/// upstream: SetDefaults_Container; pkg/util/parsers/parsers.go ParseImageName
pub fn pull_policy(image: &str) -> &'static str {
    let named = image.split('@').next().unwrap_or_default();
    let last = named.rsplit('/').next();
    let tag = last.and_then(|last| last.split_once(':'));
    match tag {
        Some((_, "latest")) => "Always",
        None if !image.contains('@') => "Always",
        _ => "IfNotPresent",
    }
}

/// upstream: SetDefaults_Probe
fn probe(probe: &mut Fields) {
    for (name, value) in [
        ("timeoutSeconds", 1),
        ("periodSeconds", 10),
        ("successThreshold", 1),
        ("failureThreshold", 3),
    ] {
        if probe.get(name).is_none_or(|n| n.is_null() || n == 0) {
            probe.insert(name.into(), value.into());
        }
    }
    if let Some(get) = below(probe, "httpGet") {
        http_get(get);
    }
    if let Some(grpc) = below(probe, "grpc") {
        default(grpc, "service", "");
    }
}

/// upstream: SetDefaults_HTTPGetAction
fn http_get(get: &mut Fields) {
    text(get, "path", "/");
    text(get, "scheme", "HTTP");
}

/// A field of the pod, or one of a container's resources, whose divisor is no pointer upstream, so that its zero is printed.
///
/// upstream: SetDefaults_ObjectFieldSelector
pub fn of_pod(source: &mut Fields) {
    if let Some(field) = below(source, "fieldRef") {
        text(field, "apiVersion", "v1");
    }
    if let Some(Value::Object(_)) = source.get("resourceFieldRef") {
        default(made(source, "resourceFieldRef"), "divisor", "0");
    }
}

#[cfg(test)]
mod tests {
    use super::pull_policy;

    #[test]
    fn only_latest_is_always_pulled() {
        for (image, policy) in [
            ("nginx", "Always"),
            ("nginx:latest", "Always"),
            ("nginx:1.27", "IfNotPresent"),
            ("localhost:5000/nginx", "Always"),
            ("localhost:5000/nginx:1", "IfNotPresent"),
            ("nginx@sha256:abc", "IfNotPresent"),
            ("nginx:latest@sha256:abc", "Always"),
        ] {
            assert_eq!(pull_policy(image), policy, "{image}");
        }
    }
}
