//! The addresses of Services inside the cluster, and the families that they are of.
// upstream: pkg/apis/core/validation/validation.go

use super::super::endpoints::is_v6;
use super::is_headless;
use crate::address;
use crate::errors::Errors;
use crate::field::Field;

const ONCE: &str = "may not change once set";

fn is_external_name(spec: &Field) -> bool {
    spec.get("type").text() == "ExternalName"
}

/// upstream: ValidateServiceClusterIPsRelatedFields
pub fn related(spec: &Field, errors: &mut Errors) {
    if is_external_name(spec) {
        return;
    }
    let (ip, ips) = (spec.get("clusterIP"), spec.get("clusterIPs"));
    let first = ips.texts().next().unwrap_or_default();
    if !ip.is_empty() {
        if errors.needed(&ips) && first != ip.text() {
            errors.invalid(&ips, "first value must match `clusterIP`");
        }
    } else if !ips.is_empty() {
        errors.invalid(&ips, "must be empty when `clusterIP` is not specified");
    }
    let families = spec.get("ipFamilies");
    let mut seen = Vec::new();
    for family in families.items() {
        errors.must_be(&family, &["IPv4", "IPv6"]);
        if seen.contains(&family.text()) {
            errors.duplicate(&family);
        }
        seen.push(family.text());
    }
    errors.one_of(
        &spec.get("ipFamilyPolicy"),
        &["PreferDualStack", "RequireDualStack", "SingleStack"],
    );
    let before = errors.count();
    for (i, ip) in ips.items().enumerate() {
        if i > 0 || ip.text() != "None" {
            address::any_ip(&ip, errors);
        } else if ips.len() > 1 {
            errors.invalid(&ips, "'None' must be the first and only value");
        }
    }
    let bad = errors.count() > before;
    if ips.len() > 2 {
        errors.invalid(&ips, "may only hold up to 2 values");
    }
    if bad {
        return;
    }
    let both = ips.texts().any(is_v6) && ips.texts().any(|ip| !is_v6(ip));
    if ips.len() > 1 && !both {
        let detail = "may specify no more than one IP for each IP family";
        errors.invalid(&ips, detail);
    }
    if is_headless(spec) {
        return;
    }
    for (i, (ip, family)) in ips.items().zip(families.texts()).enumerate() {
        let known = ["IPv4", "IPv6"].contains(&family);
        if known && is_v6(ip.text()) != (family == "IPv6") {
            let detail = format!("expected an {family} value as indicated by `ipFamilies[{i}]`");
            errors.invalid(&ip, &detail);
        }
    }
}

/// upstream: validateUpgradeDowngradeClusterIPs
pub fn ips_update(new: &Field, old: &Field, errors: &mut Errors) {
    if is_external_name(new) || is_external_name(old) || (is_headless(new) && is_headless(old)) {
        return;
    }
    changed(
        new,
        old,
        "clusterIPs",
        "primary clusterIP can not be unset",
        errors,
    );
    let (is, was) = (new.get("clusterIPs"), old.get("clusterIPs"));
    released(new, (is.len(), was.len()), "clusterIP", errors);
}

/// upstream: validateUpgradeDowngradeIPFamilies
pub fn families_update(new: &Field, old: &Field, errors: &mut Errors) {
    let headless = is_headless(new) || is_headless(old);
    if is_external_name(new) || is_external_name(old) || headless {
        return;
    }
    changed(
        new,
        old,
        "ipFamilies",
        "primary ipFamily can not be unset",
        errors,
    );
    let (is, was) = (new.get("ipFamilies"), old.get("ipFamilies"));
    released(new, (is.len(), was.len()), "ipFamily", errors);
}

/// The first of a list stays, and all of them where there are as many as before.
fn changed(new: &Field, old: &Field, name: &str, unset: &str, errors: &mut Errors) {
    let (is, was) = (new.get(name), old.get(name));
    let at = |i: usize| is.called(&format!("{}[{i}]", is.path));
    if is.is_empty() && !was.is_empty() {
        errors.invalid(&at(0), unset);
    }
    let pairs = is.texts().zip(was.texts()).enumerate();
    let equally = is.len() == was.len();
    for (i, _) in pairs.filter(|(i, (a, b))| a != b && (equally || *i == 0)) {
        // upstream says it of the first family, whichever it is.
        errors.invalid(&at(if name == "ipFamilies" { 0 } else { i }), ONCE);
    }
}

fn released(new: &Field, (is, was): (usize, usize), what: &str, errors: &mut Errors) {
    let policy = new.get("ipFamilyPolicy");
    if is == 1 && was > 1 && policy.text() != "SingleStack" {
        let detail = format!("must be set to 'SingleStack' when releasing the secondary {what}");
        errors.invalid(&policy, &detail);
    }
}
