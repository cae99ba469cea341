//! What a pod spec is made of, apart from containers and volumes.
// upstream: pkg/apis/core/validation/validation.go

use podarium_api::names::{
    dns1123_label_error, dns1123_subdomain_error, label_value_error, qualified_name_error,
};

use super::{Of, Whole, affinity, container, dns, resources, security, volume, windows};
use crate::errors::Errors;
use crate::field::Field;
use crate::{address, text};

const POLICIES: [&str; 3] = ["Always", "OnFailure", "Never"];
const DNS: [&str; 4] = ["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"];
/// upstream: validateTaintEffect
pub const EFFECTS: [&str; 3] = ["NoSchedule", "PreferNoSchedule", "NoExecute"];

/// upstream: ValidatePodSpec
pub(super) fn spec(spec: &Field, of: Of, errors: &mut Errors) {
    let grace = spec.get("terminationGracePeriodSeconds");
    if !grace.is_set() {
        errors.required(&grace, "");
    }
    let users = spec.get("hostUsers");
    let claims = spec.get("resourceClaims");
    let names = claims.items().map(|c| c.get("name").text());
    let whole = Whole {
        volumes: volume::volumes(&spec.get("volumes"), of, errors),
        claims: names.filter(|name| !name.is_empty()).collect(),
        grace: grace.number(),
        never: spec.get("restartPolicy").text() == "Never",
        host_users: !users.is_set() || users.truth(),
    };
    resource_claims(&claims, errors);
    container::regular(&spec.get("containers"), &whole, errors);
    container::initial(spec, &whole, errors);
    container::ephemeral(spec, &whole, errors);
    resources::of_pod(spec, &whole, errors);
    host_network(spec, of, errors);
    chosen(&spec.get("restartPolicy"), &POLICIES, errors);
    chosen(&spec.get("dnsPolicy"), &DNS, errors);
    errors.labels(&spec.get("nodeSelector"));
    security::of_pod(spec, errors);
    affinity::affinity(&spec.get("affinity"), errors);
    dns::config(spec, errors);
    for gate in spec.get("readinessGates").items() {
        errors.named(&gate.get("conditionType"), qualified_name_error);
    }
    scheduling_gates(&spec.get("schedulingGates"), errors);
    affinity::spread(&spec.get("topologySpreadConstraints"), errors);
    windows::host_process(spec, errors);
    host_users(spec, &whole, errors);
    texts(spec, errors);
    if spec.get("overhead").is_set() {
        resources::overhead(&spec.get("overhead"), errors);
    }
    windows::system(spec, errors);
}

/// A text that must be there, and one of a few.
pub fn chosen(field: &Field, supported: &[&str], errors: &mut Errors) {
    if errors.needed(field) {
        errors.must_be(field, supported);
    }
}

/// The fields that are names and the like.
fn texts(spec: &Field, errors: &mut Errors) {
    for name in ["serviceAccountName", "nodeName"] {
        fits(&spec.get(name), dns1123_subdomain_error, errors);
    }
    errors.between(&spec.get("activeDeadlineSeconds"), 1, i32::MAX.into());
    for name in ["hostname", "subdomain"] {
        fits(&spec.get(name), dns1123_label_error, errors);
    }
    hostname_override(spec, errors);
    for item in spec.get("tolerations").items() {
        toleration(&item, errors);
    }
    for alias in spec.get("hostAliases").items() {
        address::any_ip(&alias.get("ip"), errors);
        for name in alias.get("hostnames").items() {
            errors.named(&name, dns1123_subdomain_error);
        }
    }
    let class = spec.get("priorityClassName");
    fits(&class, dns1123_subdomain_error, errors);
    let runtime = spec.get("runtimeClassName");
    if runtime.is_set() {
        errors.named(&runtime, dns1123_subdomain_error);
    }
    let preemption = spec.get("preemptionPolicy");
    if preemption.is_set() {
        chosen(&preemption, &["PreemptLowerPriority", "Never"], errors);
    }
}

/// A text must fit if there is one.
fn fits(field: &Field, why: fn(&str) -> Option<String>, errors: &mut Errors) {
    if !field.is_empty() {
        errors.named(field, why);
    }
}

/// upstream: staging/src/k8s.io/api/core/v1/types.go PodSpec.HostnameOverride says the rules
fn hostname_override(spec: &Field, errors: &mut Errors) {
    let name = spec.get("hostnameOverride");
    if name.is_empty() {
        return;
    }
    errors.named(&name, dns1123_subdomain_error);
    if name.text().len() > 64 {
        errors.too_long(&name, 64);
    }
    for (field, detail) in [
        (
            "setHostnameAsFQDN",
            "may not be specified when `setHostnameAsFQDN` is true",
        ),
        (
            "hostNetwork",
            "may not be specified when `hostNetwork` is true",
        ),
    ] {
        if spec.get(field).truth() {
            errors.forbidden(&name, detail);
        }
    }
}

/// upstream: validatePodResourceClaim
fn resource_claims(claims: &Field, errors: &mut Errors) {
    let mut seen = Vec::new();
    for claim in claims.items() {
        let name = claim.get("name");
        if errors.needed(&name) {
            if seen.contains(&name.text()) {
                errors.duplicate(&name);
            } else {
                errors.named(&name, dns1123_label_error);
                seen.push(name.text());
            }
        }
        let names = [
            ("Name", "name"),
            ("ResourceClaimName", "resourceClaimName"),
            ("ResourceClaimTemplateName", "resourceClaimTemplateName"),
        ];
        let sources = [&names[1], &names[2]].map(|(_, name)| claim.get(name));
        let detail = match sources.iter().filter(|s| s.is_set()).count() {
            0 => "must specify one of: `resourceClaimName`, `resourceClaimTemplateName`",
            1 => "",
            _ => {
                "at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified"
            }
        };
        if !detail.is_empty() {
            let shown = crate::errors::printed(&claim, &names);
            errors.invalid_raw(&claim, &shown, detail);
        }
        for source in sources.iter().filter(|s| s.is_set()) {
            errors.named(source, dns1123_subdomain_error);
        }
    }
}

/// upstream: validatePodHostNetworkDeps
fn host_network(spec: &Field, of: Of, errors: &mut Errors) {
    if !spec.get("hostNetwork").truth() {
        return;
    }
    for container in spec.get("containers").items() {
        for port in container.get("ports").items() {
            let host = port.get("hostPort");
            let counts = matches!(of, Of::Pod(_)) || host.int() != 0;
            if counts && host.int() != port.get("containerPort").int() {
                let detail = "must match `containerPort` when `hostNetwork` is true";
                errors.invalid_int(&host, detail);
            }
        }
    }
}

/// upstream: validateSchedulingGates
fn scheduling_gates(gates: &Field, errors: &mut Errors) {
    let mut seen = Vec::new();
    for gate in gates.items() {
        let name = gate.get("name").called(&gate.path);
        errors.named(&name, qualified_name_error);
        if seen.contains(&name.text()) {
            errors.duplicate(&name);
        }
        seen.push(name.text());
    }
}

/// upstream: validateHostUsers
fn host_users(spec: &Field, whole: &Whole, errors: &mut Errors) {
    if whole.host_users {
        return;
    }
    // upstream writes two of the names in capitals.
    for (name, shown) in [
        ("hostNetwork", "hostNetwork"),
        ("hostPID", "HostPID"),
        ("hostIPC", "HostIPC"),
    ] {
        if spec.get(name).truth() {
            errors.forbidden(&spec.get(shown), "when `pod.Spec.HostUsers` is false");
        }
    }
}

/// upstream: ValidateTolerations
pub fn toleration(t: &Field, errors: &mut Errors) {
    let (key, operator, value, effect) = (
        t.get("key"),
        t.get("operator"),
        t.get("value"),
        t.get("effect"),
    );
    if !key.is_empty() {
        errors.named(&key, qualified_name_error);
    } else if operator.text() != "Exists" {
        errors.invalid_text(
            &operator,
            "operator must be Exists when `key` is empty, which means \"match all values and all keys\"",
        );
    }
    if t.get("tolerationSeconds").is_set() && effect.text() != "NoExecute" {
        errors.invalid_text(
            &effect,
            "effect must be 'NoExecute' when `tolerationSeconds` is set",
        );
    }
    match operator.text() {
        "" | "Equal" => {
            if let Some(why) = label_value_error(value.text()) {
                errors.invalid_as(&operator, value.text(), &why);
            }
        }
        "Exists" if !value.is_empty() => {
            let detail = "value must be empty when `operator` is 'Exists'";
            errors.invalid_as(&operator, value.text(), detail);
        }
        "Gt" | "Lt" => errors.named(&value, text::decimal_error),
        _ => errors.one_of(&operator, &["Equal", "Exists", "Lt", "Gt"]),
    }
    if !effect.is_empty() {
        errors.must_be(&effect, &EFFECTS);
    }
}
