//! Security contexts, of pods and of containers.
// upstream: pkg/apis/core/validation/validation.go

use super::{Whole, windows};
use crate::errors::{Errors, printed};
use crate::field::Field;
use crate::text;

/// upstream: validatePodSpecSecurityContext
pub(super) fn of_pod(spec: &Field, errors: &mut Errors) {
    let context = spec.get("securityContext");
    for name in ["fsGroup", "runAsUser", "runAsGroup"] {
        errors.between(&context.get(name), 0, i32::MAX.into());
    }
    for group in context.get("supplementalGroups").items() {
        errors.between(&group, 0, i32::MAX.into());
    }
    if spec.get("shareProcessNamespace").truth() && spec.get("hostPID").truth() {
        errors.invalid_as(
            &context.get("shareProcessNamespace"),
            true,
            "ShareProcessNamespace and HostPID cannot both be enabled",
        );
    }
    sysctls(spec, &context.get("sysctls"), errors);
    errors.one_of(
        &context.get("fsGroupChangePolicy"),
        &["Always", "OnRootMismatch"],
    );
    seccomp(&context.get("seccompProfile"), errors);
    windows::options(&context.get("windowsOptions"), errors);
    app_armor(&context.get("appArmorProfile"), errors);
    errors.one_of(
        &context.get("supplementalGroupsPolicy"),
        &["Merge", "Strict"],
    );
    errors.one_of(
        &context.get("seLinuxChangePolicy"),
        &["MountOption", "Recursive"],
    );
}

/// upstream: validateSysctls, ValidateHostSysctl
fn sysctls(spec: &Field, sysctls: &Field, errors: &mut Errors) {
    const RULE: &str = "must have at most 253 characters and match regex \
                        ^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$";
    let mut seen = Vec::new();
    for sysctl in sysctls.items() {
        let name = sysctl.get("name");
        if name.is_empty() {
            errors.required(&name, "");
        } else if !is_sysctl(name.text()) {
            errors.invalid(&name, RULE);
        } else if seen.contains(&name.text()) {
            errors.duplicate(&name);
        }
        seen.push(name.text());
        let shared = match namespace(name.text()) {
            Some(namespace) if spec.get(namespace).truth() => namespace,
            _ => continue,
        };
        let detail = format!("may not be specified when '{shared}' is true");
        errors.invalid_text(&name, &detail);
    }
}

fn is_sysctl(name: &str) -> bool {
    let end = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let segment = |part: &str| {
        let bytes = part.as_bytes();
        bytes.first().is_some_and(end)
            && bytes.last().is_some_and(end)
            && bytes.iter().all(|b| end(b) || b"-_".contains(b))
    };
    name.len() <= 253 && name.split(['.', '/']).all(segment)
}

/// The field that says whether the namespace of a sysctl is the host's.
///
/// upstream: staging/src/k8s.io/component-helpers/node/util/sysctl/namespace.go
fn namespace(sysctl: &str) -> Option<&'static str> {
    let name = sysctl.replace('/', ".");
    let starts = |prefix: &&str| name.starts_with(prefix);
    if name == "kernel.sem"
        || ["kernel.shm", "kernel.msg", "fs.mqueue."]
            .iter()
            .any(starts)
    {
        return Some("hostIPC");
    }
    name.starts_with("net.").then_some("hostNetwork")
}

/// upstream: validateSeccompProfileField
fn seccomp(profile: &Field, errors: &mut Errors) {
    if !profile.is_set() {
        return;
    }
    let (type_, local) = (profile.get("type"), profile.get("localhostProfile"));
    if type_.is_empty() {
        errors.required(&type_, "type is required when seccompProfile is set");
    } else {
        errors.must_be(&type_, &["Localhost", "RuntimeDefault", "Unconfined"]);
    }
    match (type_.text() == "Localhost", local.is_set()) {
        (true, false) => errors.required(&local, "must be set when seccomp type is Localhost"),
        (true, true) => text::descending_path(&local, errors),
        (false, true) => {
            let names = [("Type", "type"), ("LocalhostProfile", "localhostProfile")];
            errors.invalid_raw(
                &local,
                &printed(profile, &names),
                "can only be set when seccomp type is Localhost",
            );
        }
        _ => {}
    }
}

/// upstream: ValidateAppArmorProfileField
fn app_armor(profile: &Field, errors: &mut Errors) {
    const LONGEST: usize = 4095;
    if !profile.is_set() {
        return;
    }
    let (type_, local) = (profile.get("type"), profile.get("localhostProfile"));
    match type_.text() {
        "Localhost" => {
            let trimmed = local.text().trim();
            if local.text() != trimmed {
                errors.invalid(&local, "must not be padded with whitespace");
            } else if trimmed.is_empty() {
                errors.required(&local, "must be set when AppArmor type is Localhost");
            }
            if local.text().len() > LONGEST {
                errors.too_long(&local, LONGEST);
            }
        }
        "RuntimeDefault" | "Unconfined" if local.is_set() => {
            errors.invalid(&local, "can only be set when AppArmor type is Localhost");
        }
        "RuntimeDefault" | "Unconfined" => {}
        "" => errors.required(&type_, "type is required when appArmorProfile is set"),
        _ => errors.must_be(&type_, &["Localhost", "RuntimeDefault", "Unconfined"]),
    }
}

/// upstream: ValidateSecurityContext
pub(super) fn of_container(context: &Field, whole: &Whole, errors: &mut Errors) {
    if !context.is_set() {
        return;
    }
    for name in ["runAsUser", "runAsGroup"] {
        errors.between(&context.get(name), 0, i32::MAX.into());
    }
    let mount = context.get("procMount");
    errors.one_of(&mount, &["Default", "Unmasked"]);
    if whole.host_users && mount.text() == "Unmasked" {
        errors.invalid(&mount, "`hostUsers` must be false to use `Unmasked`");
    }
    seccomp(&context.get("seccompProfile"), errors);
    let escalation = context.get("allowPrivilegeEscalation");
    if escalation.is_set() && !escalation.truth() {
        if context.get("privileged").truth() {
            let detail = "cannot set `allowPrivilegeEscalation` to false and `privileged` to true";
            errors.invalid_raw(context, &shown(context), detail);
        }
        let added = context.at("capabilities.add");
        for _ in added.texts().filter(|cap| *cap == "CAP_SYS_ADMIN") {
            let detail = "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN";
            errors.invalid_raw(context, &shown(context), detail);
        }
    }
    windows::options(&context.get("windowsOptions"), errors);
    app_armor(&context.get("appArmorProfile"), errors);
}

fn shown(context: &Field) -> String {
    let names = [
        ("Capabilities", "capabilities"),
        ("Privileged", "privileged"),
        ("SELinuxOptions", "seLinuxOptions"),
        ("WindowsOptions", "windowsOptions"),
        ("RunAsUser", "runAsUser"),
        ("RunAsGroup", "runAsGroup"),
        ("RunAsNonRoot", "runAsNonRoot"),
        ("ReadOnlyRootFilesystem", "readOnlyRootFilesystem"),
        ("AllowPrivilegeEscalation", "allowPrivilegeEscalation"),
        ("ProcMount", "procMount"),
        ("SeccompProfile", "seccompProfile"),
        ("AppArmorProfile", "appArmorProfile"),
    ];
    printed(context, &names)
}
