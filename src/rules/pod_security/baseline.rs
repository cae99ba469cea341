//! The checks of the level baseline: no known way out of the container.
// upstream: staging/src/k8s.io/pod-security-admission/policy/check_*.go

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Check, Pod, Violation, containers, items, plural, quoted, set_badly, setters};

/// By their names.
pub static CHECKS: &[Check] = &[
    check("appArmorProfile", &[(0, app_armor)]),
    check("capabilities_baseline", &[(0, capabilities)]),
    check("hostNamespaces", &[(0, host_namespaces)]),
    check("hostPathVolumes", &[(0, host_path)]),
    check("hostPorts", &[(0, host_ports)]),
    check("hostProbesAndHostLifecycle", &[(34, probe_hosts)]),
    check("privileged", &[(0, privileged)]),
    check(
        "procMount",
        &[(0, proc_mount), (35, |pod| relaxed(pod, proc_mount))],
    ),
    check(
        "seLinuxOptions",
        &[
            (0, |pod| se_linux(pod, false)),
            (31, |pod| se_linux(pod, true)),
        ],
    ),
    check(
        "seccompProfile_baseline",
        &[(0, seccomp_annotations), (19, seccomp)],
    ),
    check(
        "sysctls",
        &[
            (0, |pod| sysctls(pod, 5)),
            (27, |pod| sysctls(pod, 6)),
            (29, |pod| sysctls(pod, 10)),
            (32, |pod| sysctls(pod, 12)),
        ],
    ),
    check("windowsHostProcess", &[(0, host_process)]),
];

const fn check(id: &'static str, versions: &'static [(u32, super::Test)]) -> Check {
    Check {
        id,
        versions,
        overrides: &[],
    }
}

/// A test that pods with users of their own pass.
pub fn relaxed(pod: Pod<'_>, test: super::Test) -> Option<Violation> {
    match pod.has_own_users() {
        true => None,
        false => test(pod),
    }
}

fn app_armor(pod: Pod<'_>) -> Option<Violation> {
    let bad = |kind: &str| !["RuntimeDefault", "Localhost"].contains(&kind);
    let (by_pod, names, values) = set_badly(pod, "/appArmorProfile/type", bad);
    let annotations = pod.annotations.as_object().into_iter().flatten();
    let annotations: Vec<String> = annotations
        .filter(|(key, _)| key.starts_with("container.apparmor.security.beta.kubernetes.io/"))
        .filter_map(|(key, value)| Some((key, value.as_str()?)))
        .filter(|(_, v)| !(v.is_empty() || *v == "runtime/default" || v.starts_with("localhost/")))
        .map(|(key, value)| format!("{key}={value:?}"))
        .collect();
    let mut who = Vec::new();
    if by_pod || !names.is_empty() {
        who.push(setters(by_pod, &names));
    }
    if !annotations.is_empty() {
        who.push(plural("annotation", "annotations", annotations.len()).into());
    }
    let count = values.len() + annotations.len();
    (!who.is_empty()).then(|| Violation {
        reason: plural(
            "forbidden AppArmor profile",
            "forbidden AppArmor profiles",
            count,
        ),
        detail: format!(
            "{} must not set AppArmor profile type to {}",
            who.join(" and "),
            quoted(
                values
                    .into_iter()
                    .chain(annotations.iter().map(String::as_str))
            )
        ),
    })
}

const DEFAULT_CAPABILITIES: [&str; 13] = [
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];

fn capabilities(pod: Pod<'_>) -> Option<Violation> {
    added(pod, &DEFAULT_CAPABILITIES).map(|detail| Violation {
        reason: "non-default capabilities",
        detail,
    })
}

/// What to say of containers that add other capabilities than these.
pub fn added(pod: Pod<'_>, allowed: &[&str]) -> Option<String> {
    let mut forbidden = BTreeSet::new();
    let names = pod.named(|container| {
        let added = items(&container["securityContext"]["capabilities"]["add"]);
        let bad: Vec<_> = added
            .iter()
            .filter_map(Value::as_str)
            .filter(|name| !allowed.contains(name))
            .collect();
        forbidden.extend(bad.iter().copied());
        !bad.is_empty()
    });
    (!names.is_empty()).then(|| {
        format!(
            "{} must not include {} in securityContext.capabilities.add",
            containers(&names),
            quoted(forbidden)
        )
    })
}

fn host_namespaces(pod: Pod<'_>) -> Option<Violation> {
    let set = ["hostNetwork", "hostPID", "hostIPC"]
        .into_iter()
        .filter(|field| pod.spec[*field] == true);
    let set: Vec<_> = set.map(|field| format!("{field}=true")).collect();
    (!set.is_empty()).then(|| Violation {
        reason: "host namespaces",
        detail: set.join(", "),
    })
}

fn host_path(pod: Pod<'_>) -> Option<Violation> {
    let volumes = items(&pod.spec["volumes"]).iter();
    let volumes = volumes.filter(|v| !v["hostPath"].is_null());
    let names: Vec<_> = volumes.filter_map(|v| v["name"].as_str()).collect();
    (!names.is_empty()).then(|| Violation {
        reason: "hostPath volumes",
        detail: format!(
            "{} {}",
            plural("volume", "volumes", names.len()),
            quoted(names)
        ),
    })
}

fn host_ports(pod: Pod<'_>) -> Option<Violation> {
    let mut ports = BTreeSet::new();
    let names = pod.named(|container| {
        let own = items(&container["ports"]).iter();
        let own = own.filter_map(|p| p["hostPort"].as_i64().filter(|n| *n != 0));
        let before: Vec<_> = own.map(|n| n.to_string()).collect();
        let bad = !before.is_empty();
        ports.extend(before);
        bad
    });
    // Sorted as texts, as upstream's sets are.
    let listed: Vec<_> = ports.into_iter().collect();
    (!names.is_empty()).then(|| Violation {
        reason: "hostPort",
        detail: format!(
            "{} {} {} {}",
            containers(&names),
            plural("uses", "use", names.len()),
            plural("hostPort", "hostPorts", listed.len()),
            listed.join(", ")
        ),
    })
}

fn probe_hosts(pod: Pod<'_>) -> Option<Violation> {
    let mut hosts = BTreeSet::new();
    let named = pod.named(|container| {
        let handlers = [
            &container["livenessProbe"],
            &container["readinessProbe"],
            &container["startupProbe"],
            &container["lifecycle"]["postStart"],
            &container["lifecycle"]["preStop"],
        ];
        let own = handlers
            .into_iter()
            .flat_map(|h| [&h["httpGet"]["host"], &h["tcpSocket"]["host"]]);
        let own: Vec<_> = own
            .filter_map(Value::as_str)
            .filter(|host| !host.is_empty())
            .collect();
        hosts.extend(own.iter().copied());
        !own.is_empty()
    });
    let names: Vec<_> = BTreeSet::from_iter(named).into_iter().collect();
    (!names.is_empty()).then(|| Violation {
        reason: "probe or lifecycle host",
        detail: format!(
            "{} {} {} {}",
            containers(&names),
            plural("uses", "use", names.len()),
            plural(
                "probe or lifecycle host",
                "probe or lifecycle hosts",
                hosts.len()
            ),
            quoted(hosts)
        ),
    })
}

fn privileged(pod: Pod<'_>) -> Option<Violation> {
    let names = pod.named(|c| c["securityContext"]["privileged"] == true);
    (!names.is_empty()).then(|| Violation {
        reason: "privileged",
        detail: format!(
            "{} must not set securityContext.privileged=true",
            containers(&names)
        ),
    })
}

fn proc_mount(pod: Pod<'_>) -> Option<Violation> {
    let mut kinds = BTreeSet::new();
    let names = pod.named(|container| {
        let kind = container["securityContext"]["procMount"].as_str();
        let bad = kind.filter(|kind| *kind != "Default");
        kinds.extend(bad);
        bad.is_some()
    });
    (!names.is_empty()).then(|| Violation {
        reason: "procMount",
        detail: format!(
            "{} must not set securityContext.procMount to {}",
            containers(&names),
            quoted(kinds)
        ),
    })
}

fn se_linux(pod: Pod<'_>, engine: bool) -> Option<Violation> {
    let (mut types, mut user, mut role) = (BTreeSet::new(), false, false);
    let mut sets = |owner: &'_ Value| {
        let options = &owner["securityContext"]["seLinuxOptions"];
        let text = |field: &str| options[field].as_str().unwrap_or_default();
        let kind = text("type");
        let allowed = ["", "container_t", "container_init_t", "container_kvm_t"].contains(&kind)
            || engine && kind == "container_engine_t";
        if !allowed {
            types.insert(kind.to_owned());
        }
        let (has_user, has_role) = (!text("user").is_empty(), !text("role").is_empty());
        (user, role) = (user || has_user, role || has_role);
        !allowed || has_user || has_role
    };
    let by_pod = sets(pod.spec);
    let names = pod.named(&mut sets);
    if !by_pod && names.is_empty() {
        return None;
    }
    let mut data = Vec::new();
    // Users and roles are told of beside types alone, as upstream does.
    if !types.is_empty() {
        let word = plural("type", "types", types.len());
        data.push(format!(
            "{word} {}",
            quoted(types.iter().map(String::as_str))
        ));
        if user {
            data.push("user may not be set".into());
        }
        if role {
            data.push("role may not be set".into());
        }
    }
    Some(Violation {
        reason: "seLinuxOptions",
        detail: format!(
            "{} set forbidden securityContext.seLinuxOptions: {}",
            setters(by_pod, &names),
            data.join("; ")
        ),
    })
}

fn seccomp_annotations(pod: Pod<'_>) -> Option<Violation> {
    let own = pod.containers().filter_map(|c| c["name"].as_str());
    let keys = own.map(|name| format!("container.seccomp.security.alpha.kubernetes.io/{name}"));
    let keys = keys.chain(["seccomp.security.alpha.kubernetes.io/pod".to_owned()]);
    let forbidden: BTreeSet<String> = keys
        .filter_map(|key| Some((pod.annotations.get(&key)?.as_str()?, key)))
        .filter(|(value, _)| {
            !["runtime/default", "docker/default"].contains(value)
                && !value.starts_with("localhost/")
        })
        .map(|(value, key)| format!("{key}={value:?}"))
        .collect();
    let listed: Vec<_> = forbidden.into_iter().collect();
    (!listed.is_empty()).then(|| Violation {
        reason: "seccompProfile",
        detail: format!(
            "forbidden {} {}",
            plural("annotation", "annotations", listed.len()),
            listed.join(", ")
        ),
    })
}

/// Profiles that keep a container's system calls within bounds.
pub fn confined(profile: &str) -> bool {
    ["RuntimeDefault", "Localhost"].contains(&profile)
}

pub fn seccomp(pod: Pod<'_>) -> Option<Violation> {
    let (by_pod, names, values) = set_badly(pod, "/seccompProfile/type", |t| !confined(t));
    (by_pod || !names.is_empty()).then(|| Violation {
        reason: "seccompProfile",
        detail: format!(
            "{} must not set securityContext.seccompProfile.type to {}",
            setters(by_pod, &names),
            quoted(values)
        ),
    })
}

/// In the order in which versions allow them.
const SYSCTLS: [&str; 12] = [
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.ping_group_range",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
    "net.ipv4.tcp_rmem",
    "net.ipv4.tcp_wmem",
];

fn sysctls(pod: Pod<'_>, allowed: usize) -> Option<Violation> {
    let all = items(&pod.spec["securityContext"]["sysctls"]).iter();
    let names = all.filter_map(|s| s["name"].as_str());
    let bad: Vec<_> = names.filter(|n| !SYSCTLS[..allowed].contains(n)).collect();
    (!bad.is_empty()).then(|| Violation {
        reason: "forbidden sysctls",
        detail: bad.join(", "),
    })
}

fn host_process(pod: Pod<'_>) -> Option<Violation> {
    let sets = |owner: &Value| owner["securityContext"]["windowsOptions"]["hostProcess"] == true;
    let (by_pod, names) = (sets(pod.spec), pod.named(sets));
    (by_pod || !names.is_empty()).then(|| Violation {
        reason: "hostProcess",
        detail: format!(
            "{} must not set securityContext.windowsOptions.hostProcess=true",
            setters(by_pod, &names)
        ),
    })
}
