//! The checks of the level restricted: nothing that is not known to be harmless.
// upstream: staging/src/k8s.io/pod-security-admission/policy/check_*.go

use std::collections::BTreeSet;

use super::baseline::{added, confined, relaxed, seccomp as badly_confined};
use super::{Check, Pod, Violation, containers, items, plural, quoted, setters};

/// By their names.
pub static CHECKS: &[Check] = &[
    Check {
        id: "allowPrivilegeEscalation",
        versions: &[(8, escalation), (25, |pod| on_linux(pod, escalation))],
        overrides: &[],
    },
    Check {
        id: "capabilities_restricted",
        versions: &[(22, capabilities), (25, |pod| on_linux(pod, capabilities))],
        overrides: &["capabilities_baseline"],
    },
    Check {
        id: "restrictedVolumes",
        versions: &[(0, volumes)],
        overrides: &["hostPathVolumes"],
    },
    Check {
        id: "runAsNonRoot",
        versions: &[(0, non_root), (35, |pod| relaxed(pod, non_root))],
        overrides: &[],
    },
    Check {
        id: "runAsUser",
        versions: &[(23, user), (35, |pod| relaxed(pod, user))],
        overrides: &[],
    },
    Check {
        id: "seccompProfile_restricted",
        versions: &[(19, seccomp), (25, |pod| on_linux(pod, seccomp))],
        overrides: &["seccompProfile_baseline"],
    },
];

/// A test that pods of Windows pass, which has no such thing.
fn on_linux(pod: Pod<'_>, test: super::Test) -> Option<Violation> {
    match pod.is_windows() {
        true => None,
        false => test(pod),
    }
}

fn escalation(pod: Pod<'_>) -> Option<Violation> {
    let names = pod.named(|c| c["securityContext"]["allowPrivilegeEscalation"] != false);
    (!names.is_empty()).then(|| Violation {
        reason: "allowPrivilegeEscalation != false",
        detail: format!(
            "{} must set securityContext.allowPrivilegeEscalation=false",
            containers(&names)
        ),
    })
}

fn capabilities(pod: Pod<'_>) -> Option<Violation> {
    let missing = pod.named(|container| {
        let dropped = items(&container["securityContext"]["capabilities"]["drop"]);
        !dropped.iter().any(|name| name == "ALL")
    });
    let mut details = Vec::new();
    if !missing.is_empty() {
        details.push(format!(
            r#"{} must set securityContext.capabilities.drop=["ALL"]"#,
            containers(&missing)
        ));
    }
    details.extend(added(pod, &["NET_BIND_SERVICE"]));
    (!details.is_empty()).then(|| Violation {
        reason: "unrestricted capabilities",
        detail: details.join("; "),
    })
}

const ALLOWED_VOLUMES: [&str; 8] = [
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "persistentVolumeClaim",
    "projected",
    "secret",
];

/// In the order in which upstream looks for them.
const OTHER_VOLUMES: [&str; 21] = [
    "hostPath",
    "gcePersistentDisk",
    "awsElasticBlockStore",
    "gitRepo",
    "nfs",
    "iscsi",
    "glusterfs",
    "rbd",
    "flexVolume",
    "cinder",
    "cephfs",
    "flocker",
    "fc",
    "azureFile",
    "vsphereVolume",
    "quobyte",
    "azureDisk",
    "photonPersistentDisk",
    "portworxVolume",
    "scaleIO",
    "storageos",
];

fn volumes(pod: Pod<'_>) -> Option<Violation> {
    let (mut names, mut kinds) = (Vec::new(), BTreeSet::new());
    for volume in items(&pod.spec["volumes"]) {
        let is = |kind: &&str| !volume[*kind].is_null();
        if ALLOWED_VOLUMES.iter().any(is) {
            continue;
        }
        names.push(volume["name"].as_str().unwrap_or_default());
        let kind = OTHER_VOLUMES.into_iter().find(is);
        kinds.insert(kind.unwrap_or("unknown"));
    }
    (!names.is_empty()).then(|| Violation {
        reason: "restricted volume types",
        detail: format!(
            "{} {} {} {} {}",
            plural("volume", "volumes", names.len()),
            quoted(names.iter().copied()),
            plural("uses", "use", names.len()),
            plural(
                "restricted volume type",
                "restricted volume types",
                kinds.len()
            ),
            quoted(kinds)
        ),
    })
}

fn non_root(pod: Pod<'_>) -> Option<Violation> {
    let of_pod = &pod.spec["securityContext"]["runAsNonRoot"];
    let explicit = pod.named(|c| c["securityContext"]["runAsNonRoot"] == false);
    let violation = |detail: String| {
        Some(Violation {
            reason: "runAsNonRoot != true",
            detail,
        })
    };
    if *of_pod == false || !explicit.is_empty() {
        let who = setters(*of_pod == false, &explicit);
        return violation(format!(
            "{who} must not set securityContext.runAsNonRoot=false"
        ));
    }
    let implicit = match *of_pod == true {
        true => Vec::new(),
        false => pod.named(|c| c["securityContext"]["runAsNonRoot"].is_null()),
    };
    if implicit.is_empty() {
        return None;
    }
    violation(format!(
        "pod or {} must set securityContext.runAsNonRoot=true",
        containers(&implicit)
    ))
}

fn user(pod: Pod<'_>) -> Option<Violation> {
    let by_pod = pod.spec["securityContext"]["runAsUser"] == 0;
    let names = pod.named(|c| c["securityContext"]["runAsUser"] == 0);
    (by_pod || !names.is_empty()).then(|| Violation {
        reason: "runAsUser=0",
        detail: format!("{} must not set runAsUser=0", setters(by_pod, &names)),
    })
}

fn seccomp(pod: Pod<'_>) -> Option<Violation> {
    if let Some(violation) = badly_confined(pod) {
        return Some(violation);
    }
    let of_pod = &pod.spec["securityContext"]["seccompProfile"]["type"];
    if of_pod.as_str().is_some_and(confined) {
        return None;
    }
    let names = pod.named(|c| c["securityContext"]["seccompProfile"].is_null());
    (!names.is_empty()).then(|| Violation {
        reason: "seccompProfile",
        detail: format!(
            r#"pod or {} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost""#,
            containers(&names)
        ),
    })
}
