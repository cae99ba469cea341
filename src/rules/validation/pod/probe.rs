//! Probes, and what is done around a container's life.
// upstream: pkg/apis/core/validation/validation.go

use super::Whole;
use crate::errors::Errors;
use crate::field::Field;
use crate::text;

/// `name` is the field's: `livenessProbe` …
///
/// upstream: validateLivenessProbe, validateReadinessProbe, validateStartupProbe, validateProbe
pub(super) fn probe(probe: &Field, name: &str, whole: &Whole, errors: &mut Errors) {
    if !probe.is_set() {
        return;
    }
    let kinds = ["exec", "httpGet", "tcpSocket", "grpc"];
    handler(probe, &kinds, whole, errors);
    for name in [
        "initialDelaySeconds",
        "timeoutSeconds",
        "periodSeconds",
        "successThreshold",
        "failureThreshold",
    ] {
        errors.not_negative(&probe.get(name));
    }
    let (grace, success) = (
        probe.get("terminationGracePeriodSeconds"),
        probe.get("successThreshold"),
    );
    if grace.is_set() && grace.int() <= 0 {
        errors.invalid(&grace, "must be greater than 0");
    }
    if name == "readinessProbe" {
        if grace.is_set() {
            errors.invalid(&grace, "must not be set for readinessProbes");
        }
    } else if success.int() != 1 {
        errors.invalid_int(&success, "must be 1");
    }
}

/// upstream: validateLifecycle
pub(super) fn lifecycle(lifecycle: &Field, whole: &Whole, errors: &mut Errors) {
    for name in ["postStart", "preStop"] {
        let given = lifecycle.get(name);
        if given.is_set() {
            handler(
                &given,
                &["exec", "httpGet", "tcpSocket", "sleep"],
                whole,
                errors,
            );
        }
    }
}

/// upstream: validateHandler
fn handler(holder: &Field, kinds: &[&str], whole: &Whole, errors: &mut Errors) {
    let mut any = false;
    for kind in kinds {
        let action = holder.get(kind);
        if !action.is_set() {
            continue;
        }
        if any {
            errors.forbidden(&action, "may not specify more than 1 handler type");
            continue;
        }
        any = true;
        match *kind {
            "exec" => drop(errors.needed(&action.get("command"))),
            "httpGet" => http_get(&action, errors),
            "tcpSocket" => port(&action.get("port"), errors),
            "grpc" => errors.port_number(&action.get("port")),
            _ => sleep(&action, whole, errors),
        }
    }
    if !any {
        errors.required(holder, "must specify a handler type");
    }
}

/// upstream: validateHTTPGetAction
fn http_get(action: &Field, errors: &mut Errors) {
    errors.needed(&action.get("path"));
    port(&action.get("port"), errors);
    errors.must_be(&action.get("scheme"), &["HTTP", "HTTPS"]);
    for header in action.get("httpHeaders").items() {
        let name = header.get("name");
        let known = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
        if name.is_empty() || !name.text().bytes().all(known) {
            let place = name.called(&action.get("httpHeaders").path);
            errors.invalid_text(
                &place,
                "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used \
                 for validation is '[-A-Za-z0-9]+')",
            );
        }
    }
}

/// upstream: ValidatePortNumOrName
pub fn port(port: &Field, errors: &mut Errors) {
    if port.value.is_string() {
        for why in text::port_name(port.text()) {
            errors.invalid_text(port, why);
        }
    } else {
        errors.port_number(port);
    }
}

/// upstream: validateSleepAction
fn sleep(action: &Field, whole: &Whole, errors: &mut Errors) {
    let seconds = action.get("seconds");
    if let Some(grace) = whole.grace
        && !(0..=grace).contains(&seconds.int())
    {
        let detail =
            format!("must be non-negative and less than terminationGracePeriodSeconds ({grace})");
        errors.invalid_as(action, seconds.int(), &detail);
    }
}
