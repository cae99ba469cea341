//! Containers: names, images, ports, environment and mounts.
// upstream: pkg/apis/core/validation/validation.go

use k8s_openapi::api::core::v1 as core;
use podarium_api::names::dns1123_label_error;
use podarium_api::ordered::OrdSet;

use super::{Errors, probe, resources};

/// upstream: validateContainers, validateInitContainers
pub(super) fn containers(
    spec: &core::PodSpec,
    path: &str,
    volumes: &OrdSet<&str>,
    errors: &mut Errors,
) {
    if spec.containers.is_empty() {
        errors.required(&format!("{path}.containers"), "");
    }
    let mut names = OrdSet::new();
    for (i, c) in spec.containers.iter().enumerate() {
        let path = format!("{path}.containers[{i}]");
        container(c, &path, volumes, errors);
        if !c.name.is_empty() && !names.insert(c.name.as_str()) {
            errors.duplicate(&format!("{path}.name"), c.name.as_str());
        }
        let probes = [
            ("livenessProbe", &c.liveness_probe),
            ("readinessProbe", &c.readiness_probe),
            ("startupProbe", &c.startup_probe),
        ];
        for (name, given) in probes {
            if let Some(given) = given {
                probe::probe(given, name, &format!("{path}.{name}"), errors);
            }
        }
    }
    for (i, c) in spec.init_containers.iter().flatten().enumerate() {
        let path = format!("{path}.initContainers[{i}]");
        container(c, &path, volumes, errors);
        if !c.name.is_empty() && !names.insert(c.name.as_str()) {
            errors.duplicate(&format!("{path}.name"), c.name.as_str());
        }
        // What restarts for ever is a sidecar, and may be probed.
        let sidecar = c.restart_policy.as_deref() == Some("Always");
        for (name, given) in [
            ("lifecycle", c.lifecycle.is_some()),
            ("livenessProbe", c.liveness_probe.is_some()),
            ("readinessProbe", c.readiness_probe.is_some()),
            ("startupProbe", c.startup_probe.is_some()),
        ] {
            if given && !sidecar {
                errors.forbidden(
                    &format!("{path}.{name}"),
                    "may not be set for init containers without restartPolicy=Always",
                );
            }
        }
    }
}

/// upstream: validateContainerCommon
fn container(c: &core::Container, path: &str, volumes: &OrdSet<&str>, errors: &mut Errors) {
    let at = |name: &str| format!("{path}.{name}");
    if c.name.is_empty() {
        errors.required(&at("name"), "");
    } else {
        errors.named(&at("name"), &c.name, dns1123_label_error);
    }
    match c.image.as_deref().unwrap_or_default() {
        "" => errors.required(&at("image"), ""),
        image if image.trim() != image => {
            errors.invalid(
                &at("image"),
                image,
                "must not have leading or trailing whitespace",
            );
        }
        _ => {}
    }
    errors.one_of(
        &at("terminationMessagePolicy"),
        c.termination_message_policy.as_deref(),
        &["File", "FallbackToLogsOnError"],
    );
    ports(c, path, errors);
    for (i, variable) in c.env.iter().flatten().enumerate() {
        env(variable, &format!("{path}.env[{i}]"), errors);
    }
    for (i, source) in c.env_from.iter().flatten().enumerate() {
        let path = format!("{path}.envFrom[{i}]");
        let named = [
            source
                .config_map_ref
                .as_ref()
                .map(|r| ("configMapRef", &r.name)),
            source.secret_ref.as_ref().map(|r| ("secretRef", &r.name)),
        ];
        let named: Vec<_> = named.into_iter().flatten().collect();
        match named.as_slice() {
            [] => errors.invalid(
                &path,
                "",
                "must specify one of: `configMapRef` or `secretRef`",
            ),
            [(field, name)] if name.is_empty() => {
                errors.required(&format!("{path}.{field}.name"), "");
            }
            [_] => {}
            _ => errors.invalid(
                &path,
                "",
                "may not have more than one field specified at a time",
            ),
        }
    }
    mounts(c, path, volumes, errors);
    errors.one_of(
        &at("imagePullPolicy"),
        c.image_pull_policy.as_deref(),
        &["Always", "IfNotPresent", "Never"],
    );
    if let Some(given) = &c.resources {
        resources::resources(given, &at("resources"), errors);
    }
}

/// upstream: validateContainerPorts
fn ports(c: &core::Container, path: &str, errors: &mut Errors) {
    let mut names = OrdSet::new();
    for (i, port) in c.ports.iter().flatten().enumerate() {
        let at = |name: &str| format!("{path}.ports[{i}].{name}");
        if let Some(name) = port.name.as_deref().filter(|n| !n.is_empty()) {
            for why in port_name_errors(name) {
                errors.invalid(&at("name"), name, why);
            }
            if !names.insert(name) {
                errors.duplicate(&at("name"), name);
            }
        }
        if port.container_port == 0 {
            errors.required(&at("containerPort"), "");
        } else {
            errors.port(&at("containerPort"), port.container_port);
        }
        if let Some(host) = port.host_port.filter(|p| *p != 0) {
            errors.port(&at("hostPort"), host);
        }
        errors.one_of(
            &at("protocol"),
            port.protocol.as_deref(),
            &["SCTP", "TCP", "UDP"],
        );
    }
}

/// upstream: staging/src/k8s.io/apimachinery/pkg/util/validation/validation.go IsValidPortName
pub(super) fn port_name_errors(name: &str) -> Vec<&'static str> {
    let mut why = Vec::new();
    let mut say = |bad: bool, text| {
        if bad {
            why.push(text);
        }
    };
    let known = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    say(name.len() > 15, "must be no more than 15 bytes");
    say(
        !name.bytes().all(known),
        "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)",
    );
    say(
        !name.bytes().any(|b| b.is_ascii_lowercase()),
        "must contain at least one letter (a-z)",
    );
    say(name.contains("--"), "must not contain consecutive hyphens");
    say(
        name.starts_with('-') || name.ends_with('-'),
        "must not begin or end with a hyphen",
    );
    why
}

/// upstream: ValidateEnv, validateEnvVarValueFrom
fn env(variable: &core::EnvVar, path: &str, errors: &mut Errors) {
    let name = format!("{path}.name");
    if variable.name.is_empty() {
        errors.required(&name, "");
    } else if !variable
        .name
        .bytes()
        .all(|b| (b' '..=b'~').contains(&b) && b != b'=')
    {
        errors.invalid(
            &name,
            variable.name.as_str(),
            "a valid environment variable name must consist only of printable ASCII characters other than '='",
        );
    }
    let Some(from) = &variable.value_from else {
        return;
    };
    let at = |name: &str| format!("{path}.valueFrom.{name}");
    let mut sources = 0;
    if let Some(field) = &from.field_ref {
        sources += 1;
        if field.field_path.is_empty() {
            errors.required(&at("fieldRef.fieldPath"), "");
        } else if !known_field(&field.field_path) {
            let text = &field.field_path;
            errors.invalid(
                &at("fieldRef.fieldPath"),
                text.as_str(),
                &format!("error converting fieldPath: field label not supported: {text}"),
            );
        }
    }
    if let Some(field) = &from.resource_field_ref {
        sources += 1;
        if field.resource.is_empty() {
            errors.required(&at("resourceFieldRef.resource"), "");
        }
    }
    for (field, reference) in [
        (
            "configMapKeyRef",
            from.config_map_key_ref.as_ref().map(|r| (&r.name, &r.key)),
        ),
        (
            "secretKeyRef",
            from.secret_key_ref.as_ref().map(|r| (&r.name, &r.key)),
        ),
    ] {
        let Some((name, key)) = reference else {
            continue;
        };
        sources += 1;
        if name.is_empty() {
            errors.required(&at(&format!("{field}.name")), "");
        }
        if key.is_empty() {
            errors.required(&at(&format!("{field}.key")), "");
        }
    }
    sources += usize::from(from.file_key_ref.is_some());
    let path = format!("{path}.valueFrom");
    if sources == 0 {
        errors.invalid(
            &path,
            "",
            "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`",
        );
    } else if variable.value.as_ref().is_some_and(|v| !v.is_empty()) {
        errors.invalid(&path, "", "may not be specified when `value` is not empty");
    } else if sources > 1 {
        errors.invalid(
            &path,
            "",
            "may not have more than one field specified at a time",
        );
    }
}

/// upstream: pkg/apis/core/v1/conversion.go AddFieldLabelConversionsForPod; validation.go validEnvDownwardAPIFieldPathExpressions
fn known_field(path: &str) -> bool {
    let keyed = ["metadata.labels['", "metadata.annotations['"];
    matches!(
        path,
        "metadata.name"
            | "metadata.namespace"
            | "metadata.uid"
            | "spec.nodeName"
            | "spec.serviceAccountName"
            | "status.hostIP"
            | "status.hostIPs"
            | "status.podIP"
            | "status.podIPs"
    ) || keyed
        .iter()
        .any(|k| path.starts_with(k) && path.ends_with("']"))
}

/// upstream: ValidateVolumeMounts
fn mounts(c: &core::Container, path: &str, volumes: &OrdSet<&str>, errors: &mut Errors) {
    let mut paths = OrdSet::new();
    for (i, mount) in c.volume_mounts.iter().flatten().enumerate() {
        let at = |name: &str| format!("{path}.volumeMounts[{i}].{name}");
        if mount.name.is_empty() {
            errors.required(&at("name"), "");
        } else if !volumes.contains(mount.name.as_str()) {
            errors.not_found(&at("name"), &mount.name);
        }
        if mount.mount_path.is_empty() {
            errors.required(&at("mountPath"), "");
        } else if !paths.insert(&mount.mount_path) {
            errors.invalid(
                &at("mountPath"),
                mount.mount_path.as_str(),
                "must be unique",
            );
        }
        let sub = mount.sub_path.as_deref().unwrap_or_default();
        if sub.starts_with('/') {
            errors.invalid(&at("subPath"), sub, "must be a relative path");
        }
        if sub.split('/').any(|part| part == "..") {
            errors.invalid(&at("subPath"), sub, "must not contain '..'");
        }
    }
}
