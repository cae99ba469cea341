//! Containers: regular ones, those that run before them, and those that join later.
// upstream: pkg/apis/core/validation/validation.go

use podarium_api::names::dns1123_label_error;

use super::spec::chosen;
use super::{Whole, env, mounts, probe, resources, security};
use crate::errors::Errors;
use crate::field::Field;

pub(super) const PULL_POLICIES: [&str; 3] = ["Always", "IfNotPresent", "Never"];
const PROTOCOLS: [&str; 3] = ["SCTP", "TCP", "UDP"];
const PROBES: [&str; 3] = ["livenessProbe", "readinessProbe", "startupProbe"];

/// upstream: validateContainers
pub(super) fn regular(list: &Field, whole: &Whole, errors: &mut Errors) {
    if list.is_empty() {
        return errors.required(list, "");
    }
    let mut names = Vec::new();
    for container in list.items() {
        common(&container, whole, errors);
        unique(&container, &mut names, true, errors);
        acting(&container, whole, errors);
        restart(&container, errors);
    }
    let mut taken = Vec::new();
    for container in list.items() {
        host_ports(&container, &container.path, &mut taken, errors);
    }
}

/// upstream: validateInitContainers
pub(super) fn initial(spec: &Field, whole: &Whole, errors: &mut Errors) {
    const ONLY: &str = "may not be set for init containers without restartPolicy=Always";
    let mut names = names(&spec.get("containers"));
    let list = spec.get("initContainers");
    for container in list.items() {
        common(&container, whole, errors);
        restart(&container, errors);
        unique(&container, &mut names, false, errors);
        // They run one by one; upstream always names the first of them.
        let first = format!("{}[0]", list.path);
        host_ports(&container, &first, &mut Vec::new(), errors);
        if container.get("restartPolicy").text() == "Always" {
            acting(&container, whole, errors);
            continue;
        }
        for name in ["lifecycle"].iter().chain(&PROBES) {
            if container.get(name).is_set() {
                errors.forbidden(&container.get(name), ONLY);
            }
        }
    }
}

/// upstream: validateEphemeralContainers
pub(super) fn ephemeral(spec: &Field, whole: &Whole, errors: &mut Errors) {
    const NOT: &str = "cannot be set for an Ephemeral Container";
    let mut others = names(&spec.get("containers"));
    others.extend(names(&spec.get("initContainers")));
    let mut all = others.clone();
    for container in spec.get("ephemeralContainers").items() {
        common(&container, whole, errors);
        padded_image(&container.get("image"), errors);
        unique(&container, &mut all, true, errors);
        let target = container.get("targetContainerName");
        if !target.is_empty() && !others.contains(&target.text()) {
            errors.not_found(&target);
        }
        for name in [
            "ports",
            "resources",
            "resizePolicy",
            "restartPolicy",
            "restartPolicyRules",
            "livenessProbe",
            "readinessProbe",
            "startupProbe",
            "lifecycle",
        ] {
            let field = container.get(name);
            // Resources are no pointer upstream: none are none.
            if field.is_set() && !field.is_empty() {
                errors.forbidden(&field, NOT);
            }
        }
        for mount in container.get("volumeMounts").items() {
            for name in ["subPath", "subPathExpr"] {
                if !mount.get(name).is_empty() {
                    errors.forbidden(&mount.get(name), NOT);
                }
            }
        }
    }
}

fn names<'a>(list: &Field<'a>) -> Vec<&'a str> {
    list.items().map(|c| c.get("name").text()).collect()
}

fn unique<'a>(container: &Field<'a>, names: &mut Vec<&'a str>, empty: bool, errors: &mut Errors) {
    let name = container.get("name");
    if names.contains(&name.text()) {
        errors.duplicate_as(&name, name.text());
    } else if empty || !name.is_empty() {
        names.push(name.text());
    }
}

/// upstream: validateContainerOnlyForPod
pub(super) fn padded_image(image: &Field, errors: &mut Errors) {
    if image.text().trim() != image.text() {
        errors.invalid(image, "must not have leading or trailing whitespace");
    }
}

/// What a container does besides running.
fn acting(container: &Field, whole: &Whole, errors: &mut Errors) {
    probe::lifecycle(&container.get("lifecycle"), whole, errors);
    for name in PROBES {
        probe::probe(&container.get(name), name, whole, errors);
    }
}

/// upstream: validateContainerCommon
fn common(container: &Field, whole: &Whole, errors: &mut Errors) {
    errors.needed_as(&container.get("name"), dns1123_label_error);
    errors.needed(&container.get("image"));
    chosen(
        &container.get("terminationMessagePolicy"),
        &["File", "FallbackToLogsOnError"],
        errors,
    );
    ports(&container.get("ports"), errors);
    env::variables(&container.get("env"), whole, errors);
    env::sources(&container.get("envFrom"), errors);
    mounts::mounts(container, whole, errors);
    mounts::devices(container, whole, errors);
    chosen(&container.get("imagePullPolicy"), &PULL_POLICIES, errors);
    resources::of_container(&container.get("resources"), whole, errors);
    resize(&container.get("resizePolicy"), whole, errors);
    security::of_container(&container.get("securityContext"), whole, errors);
}

/// upstream: validateContainerPorts
fn ports(list: &Field, errors: &mut Errors) {
    let mut names = Vec::new();
    for port in list.items() {
        let (name, number, host) = (
            port.get("name"),
            port.get("containerPort"),
            port.get("hostPort"),
        );
        if !name.is_empty() {
            let before = errors.count();
            errors.port_name(&name);
            if errors.count() == before {
                if names.contains(&name.text()) {
                    errors.duplicate(&name);
                } else {
                    names.push(name.text());
                }
            }
        }
        if number.int() == 0 {
            errors.required(&number, "");
        } else {
            errors.port_number(&number);
        }
        if host.int() != 0 {
            errors.port_number(&host);
        }
        chosen(&port.get("protocol"), &PROTOCOLS, errors);
    }
}

/// upstream: AccumulateUniqueHostPorts
fn host_ports(container: &Field, path: &str, taken: &mut Vec<String>, errors: &mut Errors) {
    for port in container.called(path).get("ports").items() {
        let host = port.get("hostPort");
        if host.int() == 0 {
            continue;
        }
        let (protocol, ip) = (port.get("protocol"), port.get("hostIP"));
        let text = format!("{}/{}/{}", protocol.text(), ip.text(), host.int());
        if taken.contains(&text) {
            errors.duplicate_as(&host, text);
        } else {
            taken.push(text);
        }
    }
}

/// upstream: validateResizePolicy
fn resize(list: &Field, whole: &Whole, errors: &mut Errors) {
    let mut seen = Vec::new();
    for policy in list.items() {
        let (name, restart) = (
            policy.get("resourceName").text(),
            policy.get("restartPolicy").text(),
        );
        if seen.contains(&name) {
            errors.duplicate_as(&policy, name);
        }
        seen.push(name);
        for (text, known) in [
            (name, &["cpu", "memory"]),
            (restart, &["NotRequired", "RestartContainer"]),
        ] {
            if text.is_empty() {
                errors.required(list, "");
            } else if !known.contains(&text) {
                errors.unsupported(list, text, known);
            }
        }
        if whole.never && restart != "NotRequired" {
            let detail = "must be 'NotRequired' when `restartPolicy` is 'Never'";
            errors.invalid_as(list, restart, detail);
        }
    }
}

/// upstream: validateContainerRestartPolicy
fn restart(container: &Field, errors: &mut Errors) {
    const MOST_RULES: usize = 20;
    const MOST_CODES: usize = 255;
    let (policy, rules) = (
        container.get("restartPolicy"),
        container.get("restartPolicyRules"),
    );
    if policy.is_set() {
        errors.must_be(&policy, &["Always", "Never", "OnFailure"]);
    } else if !rules.is_empty() {
        let detail = "must specify restartPolicy when restart rules are used";
        errors.required(&policy, detail);
    }
    if rules.len() > MOST_RULES {
        errors.too_many(&rules, MOST_RULES);
    }
    for rule in rules.items() {
        errors.must_be(&rule.get("action"), &["Restart", "RestartAllContainers"]);
        let codes = rule.get("exitCodes");
        if !codes.is_set() {
            errors.required(&codes, "must be specified");
            continue;
        }
        errors.must_be(&codes.get("operator"), &["In", "NotIn"]);
        let values = codes.get("values");
        if values.len() > MOST_CODES {
            errors.too_many(&values, MOST_CODES);
        }
    }
}
