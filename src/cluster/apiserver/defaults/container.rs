//! Defaults of containers, their ports, probes and environment.

use k8s_openapi::api::core::v1 as core;
use k8s_openapi::apimachinery::pkg::api::resource::Quantity as Raw;

use super::{canonical, text};

/// upstream: pkg/apis/core/v1/defaults.go SetDefaults_Container
pub(super) fn container(c: &mut core::Container) {
    common(
        &c.image,
        [
            &mut c.image_pull_policy,
            &mut c.termination_message_path,
            &mut c.termination_message_policy,
        ],
        &mut c.env,
    );
    let resources = c.resources.get_or_insert_default();
    canonical(&mut resources.limits);
    canonical(&mut resources.requests);
    for port in c.ports.iter_mut().flatten() {
        text(&mut port.protocol, "TCP");
    }
    let probes = [
        &mut c.liveness_probe,
        &mut c.readiness_probe,
        &mut c.startup_probe,
    ];
    for p in probes.into_iter().flatten() {
        probe(p);
    }
    if let Some(lifecycle) = &mut c.lifecycle {
        let handlers = [&mut lifecycle.post_start, &mut lifecycle.pre_stop];
        for get in handlers
            .into_iter()
            .flatten()
            .filter_map(|h| h.http_get.as_mut())
        {
            http_get(get);
        }
    }
}

/// upstream: pkg/apis/core/v1/defaults.go SetDefaults_EphemeralContainer
pub(super) fn ephemeral(c: &mut core::EphemeralContainer) {
    common(
        &c.image,
        [
            &mut c.image_pull_policy,
            &mut c.termination_message_path,
            &mut c.termination_message_policy,
        ],
        &mut c.env,
    );
    c.resources.get_or_insert_default();
}

/// What containers of all sorts get: when to pull, where the last words go, how they are found.
fn common(
    image: &Option<String>,
    [pull, path, policy]: [&mut Option<String>; 3],
    env: &mut Option<Vec<core::EnvVar>>,
) {
    text(
        pull,
        image_pull_policy(image.as_deref().unwrap_or_default()),
    );
    text(path, "/dev/termination-log");
    text(policy, "File");
    let variables = env.iter_mut().flatten();
    for source in variables.filter_map(|e| e.value_from.as_mut()) {
        if let Some(field) = &mut source.field_ref {
            field_ref(field);
        }
        if let Some(field) = &mut source.resource_field_ref {
            resource_field_ref(field);
        }
    }
}

/// upstream: pkg/apis/core/v1/defaults.go SetDefaults_Container: `Always` for the tag `latest`, also when no tag says so
pub(super) fn image_pull_policy(image: &str) -> &'static str {
    let named = image.split('@').next().unwrap_or_default();
    let tag = named
        .rsplit('/')
        .next()
        .and_then(|last| last.split_once(':'))
        .map(|(_, tag)| tag);
    match tag {
        Some("latest") => "Always",
        None if !image.contains('@') => "Always",
        _ => "IfNotPresent",
    }
}

/// upstream: pkg/apis/core/v1/defaults.go SetDefaults_Probe
fn probe(probe: &mut core::Probe) {
    let fill = |field: &mut Option<i32>, default| {
        if field.is_none_or(|n| n == 0) {
            *field = Some(default);
        }
    };
    fill(&mut probe.timeout_seconds, 1);
    fill(&mut probe.period_seconds, 10);
    fill(&mut probe.success_threshold, 1);
    fill(&mut probe.failure_threshold, 3);
    if let Some(get) = &mut probe.http_get {
        http_get(get);
    }
    if let Some(grpc) = &mut probe.grpc {
        grpc.service.get_or_insert_default();
    }
}

/// upstream: pkg/apis/core/v1/defaults.go SetDefaults_HTTPGetAction
fn http_get(get: &mut core::HTTPGetAction) {
    text(&mut get.path, "/");
    text(&mut get.scheme, "HTTP");
}

/// upstream: pkg/apis/core/v1/defaults.go SetDefaults_ObjectFieldSelector
pub(super) fn field_ref(field: &mut core::ObjectFieldSelector) {
    text(&mut field.api_version, "v1");
}

/// A divisor is not a pointer upstream, so that its zero value is printed.
pub(super) fn resource_field_ref(field: &mut core::ResourceFieldSelector) {
    field.divisor.get_or_insert_with(|| Raw("0".into()));
}

#[cfg(test)]
mod tests {
    use super::*;

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
            assert_eq!(image_pull_policy(image), policy, "{image}");
        }
    }
}
