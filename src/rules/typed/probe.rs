//! Probes.
// upstream: pkg/apis/core/validation/validation.go validateProbe, validateHandler

use k8s_openapi::api::core::v1 as core;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::Errors;
use super::container::port_name_errors;

/// `name` is the field's: `livenessProbe` …
pub(super) fn probe(probe: &core::Probe, name: &str, path: &str, errors: &mut Errors) {
    let at = |name: &str| format!("{path}.{name}");
    let mut handlers = 0;
    let mut one = |field: &str, errors: &mut Errors| {
        handlers += 1;
        if handlers > 1 {
            errors.forbidden(
                &format!("{path}.{field}"),
                "may not specify more than 1 handler type",
            );
        }
        handlers == 1
    };
    if let Some(exec) = &probe.exec
        && one("exec", errors)
        && exec.command.as_ref().is_none_or(Vec::is_empty)
    {
        errors.required(&at("exec.command"), "");
    }
    if let Some(get) = &probe.http_get
        && one("httpGet", errors)
    {
        port(&get.port, &at("httpGet.port"), errors);
        errors.one_of(
            &at("httpGet.scheme"),
            get.scheme.as_deref(),
            &["HTTP", "HTTPS"],
        );
    }
    if let Some(socket) = &probe.tcp_socket
        && one("tcpSocket", errors)
    {
        port(&socket.port, &at("tcpSocket.port"), errors);
    }
    if let Some(grpc) = &probe.grpc
        && one("grpc", errors)
    {
        errors.port(&at("grpc.port"), grpc.port);
    }
    if handlers == 0 {
        errors.required(path, "must specify a handler type");
    }
    for (field, value) in [
        ("initialDelaySeconds", probe.initial_delay_seconds),
        ("timeoutSeconds", probe.timeout_seconds),
        ("periodSeconds", probe.period_seconds),
        ("successThreshold", probe.success_threshold),
        ("failureThreshold", probe.failure_threshold),
    ] {
        errors.not_negative(&at(field), value.map(i64::from));
    }
    if name != "readinessProbe"
        && let Some(n) = probe.success_threshold.filter(|n| *n != 1)
    {
        errors.invalid(&at("successThreshold"), n, "must be 1");
    }
    if let Some(seconds) = probe.termination_grace_period_seconds {
        if name == "readinessProbe" {
            errors.invalid(
                &at("terminationGracePeriodSeconds"),
                seconds,
                "must not be set for readinessProbes",
            );
        } else if seconds <= 0 {
            errors.invalid(
                &at("terminationGracePeriodSeconds"),
                seconds,
                "must be greater than 0",
            );
        }
    }
}

/// upstream: ValidatePortNumOrName
fn port(port: &IntOrString, path: &str, errors: &mut Errors) {
    match port {
        IntOrString::Int(number) => errors.port(path, *number),
        IntOrString::String(name) => {
            for why in port_name_errors(name) {
                errors.invalid(path, name.as_str(), why);
            }
        }
    }
}
