//! The targets of a HorizontalPodAutoscaler, and how far it is from them.
// upstream: pkg/printers/internalversion/printers.go formatHPAMetrics

use serde_json::{Value, json};

use super::seen::{Seen, at, quantity, text};

const UNKNOWN: &str = "<unknown>";

/// The first two metrics as `current/target`, and how many more there are.
pub fn targets(seen: &Seen) -> Value {
    let one;
    let one_status;
    let mut specs = seen.items("spec.metrics");
    let mut statuses = seen.items("status.currentMetrics");
    // upstream: pkg/apis/autoscaling/v1/conversion.go: v1 has one metric, in fields of its own
    if let Some(target) = seen.at("spec.targetCPUUtilizationPercentage").as_i64() {
        let target = json!({"type": "Utilization", "averageUtilization": target});
        one = [json!({"type": "Resource", "resource": {"name": "cpu", "target": target}})];
        specs = &one;
        let current = seen.at("status.currentCPUUtilizationPercentage");
        if !current.is_null() {
            one_status = [json!({"resource": {"current": {"averageUtilization": current}}})];
            statuses = &one_status;
        }
    }
    if specs.is_empty() {
        return "<none>".into();
    }
    let all: Vec<_> = (specs.iter().enumerate())
        .map(|(i, spec)| metric(spec, statuses.get(i).unwrap_or(&Value::Null)))
        .collect();
    match all.len() {
        n if n > 2 => format!("{} + {} more...", all[..2].join(", "), n - 2).into(),
        _ => all.join(", ").into(),
    }
}

fn metric(spec: &Value, status: &Value) -> String {
    let (source, prefixed) = match text(spec, "type") {
        "External" => ("external", false),
        "Pods" => ("pods", false),
        "Object" => ("object", false),
        "Resource" => ("resource", true),
        "ContainerResource" => ("containerResource", true),
        _ => return "<unknown type>".into(),
    };
    let (target, current) = (&spec[source]["target"], &at(status, source)["current"]);
    let amount = |from: &Value, field: &str| quantity(&from[field]);
    let known = status.get(source).is_some_and(|s| !s.is_null());
    let value = |from: &Value, field: &str| match known {
        true => amount(from, field).unwrap_or("<nil>".into()),
        false => UNKNOWN.into(),
    };
    let average = amount(target, "averageValue");
    if prefixed {
        let name = text(spec, &[source, ".name"].concat());
        return match average {
            Some(average) => format!("{name}: {}/{average}", value(current, "averageValue")),
            None => format!(
                "{name}: {}/{}",
                percent(&current["averageUtilization"], UNKNOWN),
                percent(&target["averageUtilization"], "<auto>")
            ),
        };
    }
    if source == "pods" {
        let average = average.unwrap_or("<nil>".into());
        return format!("{}/{average}", value(current, "averageValue"));
    }
    match average {
        Some(average) => {
            let current = amount(current, "averageValue").unwrap_or(UNKNOWN.into());
            format!("{current}/{average} (avg)")
        }
        None => {
            let target = amount(target, "value").unwrap_or("<nil>".into());
            format!("{}/{target}", value(current, "value"))
        }
    }
}

fn percent(value: &Value, none: &str) -> String {
    value.as_i64().map_or(none.into(), |n| format!("{n}%"))
}
