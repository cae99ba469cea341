//! Pod specs, of pods and of templates.
// upstream: pkg/apis/core/validation/validation.go

use k8s_openapi::api::core::v1 as core;
use podarium_api::changes;
use podarium_api::meta::Str;
use podarium_api::names::{
    dns1123_label_error, dns1123_subdomain_error, label_value_error, qualified_name_error,
};
use podarium_api::ordered::OrdSet;
use podarium_api::pod::PodBody;

use super::{Errors, affinity, container, meta, volume};

/// upstream: ValidatePodSpec
pub(super) fn spec(spec: &core::PodSpec, path: &str, errors: &mut Errors) {
    let at = |name: &str| format!("{path}.{name}");
    let volumes = volume::volumes(
        spec.volumes.as_deref().unwrap_or_default(),
        &at("volumes"),
        errors,
    );
    container::containers(spec, path, &volumes, errors);
    match spec.restart_policy.as_deref() {
        None | Some("") => errors.required(&at("restartPolicy"), ""),
        policy => errors.one_of(
            &at("restartPolicy"),
            policy,
            &["Always", "OnFailure", "Never"],
        ),
    }
    errors.one_of(
        &at("dnsPolicy"),
        spec.dns_policy.as_deref(),
        &["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"],
    );
    let none = spec.dns_policy.as_deref() == Some("None");
    let servers = spec
        .dns_config
        .as_ref()
        .and_then(|c| c.nameservers.as_ref());
    if none && servers.is_none_or(Vec::is_empty) {
        errors.required(
            &at("dnsConfig.nameservers"),
            "must provide at least one DNS nameserver when `dnsPolicy` is None",
        );
    }
    let pairs = spec.node_selector.iter().flatten();
    let pairs = pairs.map(|(k, v)| (k.as_str(), v.as_str()));
    meta::pairs(pairs, &at("nodeSelector"), errors);
    errors.not_negative(
        &at("terminationGracePeriodSeconds"),
        spec.termination_grace_period_seconds,
    );
    if let Some(seconds) = spec.active_deadline_seconds
        && !(1..=i64::from(i32::MAX)).contains(&seconds)
    {
        errors.invalid(
            &at("activeDeadlineSeconds"),
            seconds,
            "must be between 1 and 2147483647, inclusive",
        );
    }
    if let Some(affinity) = &spec.affinity {
        affinity::affinity(affinity, &at("affinity"), errors);
    }
    for (name, text, why) in [
        (
            "serviceAccountName",
            &spec.service_account_name,
            dns1123_subdomain_error as fn(&str) -> _,
        ),
        ("hostname", &spec.hostname, dns1123_label_error),
        ("subdomain", &spec.subdomain, dns1123_label_error),
        (
            "priorityClassName",
            &spec.priority_class_name,
            dns1123_subdomain_error,
        ),
    ] {
        if let Some(text) = text.as_deref().filter(|t| !t.is_empty()) {
            errors.named(&at(name), text, why);
        }
    }
    for (i, toleration) in spec.tolerations.iter().flatten().enumerate() {
        tolerations(toleration, &format!("{path}.tolerations[{i}]"), errors);
    }
    let mut gates = OrdSet::new();
    for (i, gate) in spec.scheduling_gates.iter().flatten().enumerate() {
        let path = format!("{path}.schedulingGates[{i}]");
        errors.named(&path, &gate.name, qualified_name_error);
        if !gates.insert(&gate.name) {
            errors.duplicate(&path, gate.name.as_str());
        }
    }
}

/// upstream: ValidateTolerations
fn tolerations(t: &core::Toleration, path: &str, errors: &mut Errors) {
    let text = |field: &'_ Option<String>| field.clone().unwrap_or_default();
    let (key, operator, value, effect) = (
        text(&t.key),
        text(&t.operator),
        text(&t.value),
        text(&t.effect),
    );
    if !key.is_empty() {
        errors.named(&format!("{path}.key"), &key, qualified_name_error);
    } else if operator != "Exists" {
        errors.invalid(
            &format!("{path}.operator"),
            operator.as_str(),
            "operator must be Exists when `key` is empty, which means \"match all values and all keys\"",
        );
    }
    if t.toleration_seconds.is_some() && effect != "NoExecute" {
        errors.invalid(
            &format!("{path}.effect"),
            effect.as_str(),
            "effect must be 'NoExecute' when `tolerationSeconds` is set",
        );
    }
    match operator.as_str() {
        "" | "Equal" => errors.named(&format!("{path}.operator"), &value, label_value_error),
        "Exists" if !value.is_empty() => errors.invalid(
            &format!("{path}.operator"),
            value.as_str(),
            "value must be empty when `operator` is 'Exists'",
        ),
        "Exists" | "Gt" | "Lt" => {}
        other => errors.one_of(
            &format!("{path}.operator"),
            Some(other),
            &["Equal", "Exists"],
        ),
    }
    if !effect.is_empty() {
        errors.one_of(
            &format!("{path}.effect"),
            Some(&effect),
            &["NoSchedule", "PreferNoSchedule", "NoExecute"],
        );
    }
}

/// What may change in a pod that is there.
///
/// upstream: ValidatePodUpdate
pub(super) fn update(new: &PodBody, old: &PodBody, errors: &mut Errors) {
    let moved = new.node_name != old.node_name;
    let (to, from) = (&new.node_name, &old.node_name);
    let (new, old) = (&*new.spec, &*old.spec);
    for (i, container) in new.containers.iter().enumerate() {
        if container.image.as_ref().is_none_or(String::is_empty) {
            errors.required(&format!("spec.containers[{i}].image"), "");
        }
    }
    let as_old = |list: &mut [core::Container], old: &[core::Container]| {
        for (a, b) in list.iter_mut().zip(old) {
            a.image.clone_from(&b.image);
        }
    };
    let mut same = new.clone();
    as_old(&mut same.containers, &old.containers);
    if let (Some(a), Some(b)) = (&mut same.init_containers, &old.init_containers) {
        as_old(a, b);
    }
    same.active_deadline_seconds = old.active_deadline_seconds;
    let (had, has) = (&old.tolerations, &new.tolerations);
    let kept = had
        .iter()
        .flatten()
        .all(|t| has.iter().flatten().any(|other| other == t));
    if kept {
        same.tolerations.clone_from(&old.tolerations);
    }
    // upstream also lets gates be taken away.
    let gates = |spec: &core::PodSpec| spec.scheduling_gates.clone().unwrap_or_default();
    if gates(new).iter().all(|gate| gates(old).contains(gate)) {
        same.scheduling_gates.clone_from(&old.scheduling_gates);
    }
    if same != *old || moved {
        let spec = |spec: &core::PodSpec, node: &Option<Str>| {
            let mut value = serde_json::json!({"spec": podarium_api::typed::write(spec)});
            value["spec"]["nodeName"] = node.as_deref().into();
            value
        };
        let changed = changes::between(&spec(old, from), &spec(&same, to));
        errors.forbidden(
            "spec",
            &format!(
                "pod updates may not change fields other than `spec.containers[*].image`,\
                 `spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to \
                 existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was \
                 previously negative)\n{}",
                changes::text(&changed)
            ),
        );
    }
}
