//! Pods of one operating system, and what Windows has of its own.
// upstream: pkg/apis/core/validation/validation.go

use podarium_api::names::dns1123_subdomain_error;

use super::containers;
use crate::errors::Errors;
use crate::field::Field;

const LONGEST_SPEC: usize = 64 * 1024;

/// upstream: validateWindowsSecurityContextOptions
pub(super) fn options(options: &Field, errors: &mut Errors) {
    let (name, spec, user) = (
        options.get("gmsaCredentialSpecName"),
        options.get("gmsaCredentialSpec"),
        options.get("runAsUserName"),
    );
    if name.is_set() {
        errors.named(&name, dns1123_subdomain_error);
    }
    if spec.is_set() && spec.is_empty() {
        errors.invalid(&spec, "gmsaCredentialSpec cannot be an empty string");
    } else if spec.text().len() > LONGEST_SPEC {
        errors.invalid(&spec, "gmsaCredentialSpec size must be under 64 KiB");
    }
    if user.is_set() {
        for why in user_errors(user.text()) {
            errors.invalid(&user, why);
        }
    }
}

fn user_errors(name: &str) -> Vec<&'static str> {
    if name.is_empty() {
        return vec!["runAsUserName cannot be an empty string"];
    }
    if name.chars().any(|c| c.is_ascii_control()) {
        return vec!["runAsUserName cannot contain control characters"];
    }
    if name.matches('\\').count() > 1 {
        return vec!["runAsUserName cannot contain more than one backslash"];
    }
    let (domain, user) = match name.split_once('\\') {
        Some((domain, user)) => (Some(domain), user),
        None => (None, name),
    };
    let mut why = Vec::new();
    let mut say = |bad: bool, text| {
        if bad {
            why.push(text);
        }
    };
    say(
        domain.is_some_and(|d| d.len() >= 256),
        "runAsUserName's Domain length must be under 256 characters",
    );
    say(
        domain.is_some_and(|d| !is_net_bios(d) && !is_dns(d)),
        "runAsUserName's Domain doesn't match the NetBios nor the DNS format",
    );
    if user.is_empty() {
        say(true, "runAsUserName's User cannot be empty");
    } else {
        say(
            user.len() > 104,
            "runAsUserName's User length must not be longer than 104 characters",
        );
        say(
            user.bytes().all(|b| b". ".contains(&b)),
            "runAsUserName's User cannot contain only periods or spaces",
        );
    }
    say(
        user.bytes().any(|b| b"\"/\\:;|=,+*?<>@[]".contains(&b)),
        "runAsUserName's User cannot contain the following characters: \"/\\:;|=,+*?<>@[]",
    );
    why
}

fn is_net_bios(domain: &str) -> bool {
    let fits = (1..=15).contains(&domain.chars().count());
    fits && !domain.starts_with('.') && !domain.bytes().any(|b| b"\\/:*?\"<>|".contains(&b))
}

fn is_dns(domain: &str) -> bool {
    let label = |part: &str| {
        let ends = !part.starts_with('-') && !part.ends_with('-');
        let known = part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        (1..=63).contains(&part.len()) && ends && known
    };
    domain.split('.').all(label)
}

/// upstream: validateWindowsHostProcessPod
pub(super) fn host_process(spec: &Field, errors: &mut Errors) {
    const SAID: &str = "securityContext.windowsOptions.hostProcess";
    let own = spec.at(SAID);
    let (mut all, mut processes) = (0, 0);
    for container in containers(spec) {
        all += 1;
        let said = container.at(SAID);
        if own.is_set() && said.is_set() && own.truth() != said.truth() {
            let detail = format!(
                "pod hostProcess value must be identical if both are specified, was {}",
                own.truth()
            );
            errors.invalid(&said, &detail);
        }
        processes += usize::from(said.truth() || (!said.is_set() && own.truth()));
    }
    if processes == 0 {
        return;
    }
    if processes != all {
        let detail = "If pod contains any hostProcess containers then all containers must be HostProcess containers";
        errors.invalid_as(spec, "", detail);
    }
    let network = spec.get("hostNetwork");
    if !network.truth() {
        let detail = "hostNetwork must be true if pod contains any hostProcess containers";
        errors.invalid_as(&network, false, detail);
    }
}

/// upstream: validateOS, validateLinux, validateWindows
pub(super) fn system(spec: &Field, errors: &mut Errors) {
    let os = spec.get("os");
    if !os.is_set() {
        return;
    }
    match os.get("name").text() {
        "" => errors.required(&os.get("name"), "cannot be empty"),
        "linux" => linux(spec, errors),
        "windows" => windows(spec, errors),
        name => errors.unsupported(&os, name, &["linux", "windows"]),
    }
}

fn linux(spec: &Field, errors: &mut Errors) {
    let holders = std::iter::once(spec.clone()).chain(containers(spec));
    for holder in holders {
        let options = holder.at("securityContext.windowsOptions");
        if options.is_set() {
            errors.forbidden(&options, "windows options cannot be set for a linux pod");
        }
    }
}

/// What pods on Windows have not, in the order in which upstream looks; what may be false is told by a question mark.
const NOT_OF_PODS: [&str; 15] = [
    "securityContext.appArmorProfile",
    "securityContext.seLinuxOptions",
    "hostUsers",
    "hostPID?",
    "hostIPC?",
    "securityContext.seccompProfile",
    "securityContext.fsGroup",
    "securityContext.fsGroupChangePolicy",
    "securityContext.sysctls",
    "shareProcessNamespace",
    "securityContext.runAsUser",
    "securityContext.runAsGroup",
    "securityContext.supplementalGroups",
    "securityContext.supplementalGroupsPolicy",
    "securityContext.seLinuxChangePolicy",
];
const NOT_OF_CONTAINERS: [&str; 10] = [
    "appArmorProfile",
    "seLinuxOptions",
    "seccompProfile",
    "capabilities",
    "readOnlyRootFilesystem",
    "privileged",
    "allowPrivilegeEscalation",
    "procMount",
    "runAsUser",
    "runAsGroup",
];

fn windows(spec: &Field, errors: &mut Errors) {
    const NOT: &str = "cannot be set for a windows pod";
    for path in NOT_OF_PODS {
        let field = spec.at(path.trim_end_matches('?'));
        let set = match path.ends_with('?') {
            true => field.truth(),
            false => field.is_set() && !(field.value.is_array() && field.is_empty()),
        };
        if set {
            errors.forbidden(&field, NOT);
        }
    }
    for container in containers(spec) {
        let context = container.get("securityContext");
        for name in NOT_OF_CONTAINERS {
            if context.get(name).is_set() {
                errors.forbidden(&context.get(name), NOT);
            }
        }
    }
}
