//! HorizontalPodAutoscalers of autoscaling/v1, which know of CPU alone: the rest stands in annotations.
// upstream: pkg/apis/autoscaling/v1/conversion.go

use podarium_api::typed;
use serde_json::{Map, Value, json};

const PREFIX: &str = "autoscaling.alpha.kubernetes.io/";

/// upstream: Convert_autoscaling_HorizontalPodAutoscaler_To_v1_HorizontalPodAutoscaler
pub fn to_v1(fields: &mut Map<String, Value>) {
    let (mut spec, mut status) = (taken(fields, "spec"), taken(fields, "status"));
    let mut notes = Vec::new();
    for (of, list, note, field, cpu) in [
        (
            &mut spec,
            "metrics",
            "metrics",
            "target",
            "targetCPUUtilizationPercentage",
        ),
        (
            &mut status,
            "currentMetrics",
            "current-metrics",
            "current",
            "currentCPUUtilizationPercentage",
        ),
    ] {
        let metrics = of.remove(list).unwrap_or_default();
        let mut others = Vec::new();
        for metric in metrics.as_array().into_iter().flatten() {
            match utilization(metric, field) {
                Some(percent) => drop(of.insert(cpu.into(), percent.clone())),
                None => others.push(old_metric(metric, field)),
            }
        }
        if !others.is_empty() {
            notes.push((note, format!("[{}]", others.join(","))));
        }
    }
    if let Some(conditions) = status.remove("conditions").filter(|c| *c != json!([])) {
        let each = conditions.as_array().into_iter().flatten().map(|c| {
            let order = ["type", "status", "lastTransitionTime", "reason", "message"];
            text(order.map(|name| (name, c[name].clone())))
        });
        notes.push((
            "conditions",
            format!("[{}]", each.collect::<Vec<_>>().join(",")),
        ));
    }
    if let Some(behavior) = spec.remove("behavior").filter(|b| !b.is_null()) {
        notes.push(("behavior", behavior.to_string()));
    }
    let meta = fields.entry("metadata").or_insert_with(|| json!({}));
    for (name, text) in notes {
        meta["annotations"][[PREFIX, name].concat()] = text.into();
    }
    fields.insert("spec".into(), spec.into());
    fields.insert("status".into(), status.into());
}

/// upstream: Convert_v1_HorizontalPodAutoscaler_To_autoscaling_HorizontalPodAutoscaler
pub fn to_v2(fields: &mut Map<String, Value>) {
    let (mut spec, mut status) = (taken(fields, "spec"), taken(fields, "status"));
    let mut notes = notes(fields);
    let mut note = |name: &str| {
        let text = notes.remove(&[PREFIX, name].concat())?;
        typed::parse(text.as_str()?.as_bytes()).ok()
    };
    for (of, list, name, field, cpu) in [
        (
            &mut spec,
            "metrics",
            "metrics",
            "target",
            "targetCPUUtilizationPercentage",
        ),
        (
            &mut status,
            "currentMetrics",
            "current-metrics",
            "current",
            "currentCPUUtilizationPercentage",
        ),
    ] {
        let mut metrics = Vec::new();
        if let Some(percent) = of.remove(cpu).filter(|p| !p.is_null()) {
            let mut value = json!({"averageUtilization": percent});
            if field == "target" {
                value["type"] = "Utilization".into();
            }
            metrics.push(json!({"type": "Resource", "resource": {"name": "cpu", field: value}}));
        }
        let noted = note(name).unwrap_or_default();
        let others = noted.as_array().into_iter().flatten();
        metrics.extend(others.map(|old| new_metric(old, field)));
        if !metrics.is_empty() {
            of.insert(list.into(), metrics.into());
        }
    }
    for (of, field, name) in [
        (&mut spec, "behavior", "behavior"),
        (&mut status, "conditions", "conditions"),
    ] {
        if let Some(value) = note(name) {
            of.insert(field.into(), value);
        }
    }
    fields.insert("spec".into(), spec.into());
    fields.insert("status".into(), status.into());
}

fn taken(fields: &mut Map<String, Value>, name: &str) -> Map<String, Value> {
    match fields.remove(name) {
        Some(Value::Object(inner)) => inner,
        _ => Map::new(),
    }
}

/// The annotations that stand for what v1 does not know, taken out of the others.
fn notes(fields: &mut Map<String, Value>) -> Map<String, Value> {
    let meta = fields.get_mut("metadata");
    let Some(Value::Object(all)) = meta.and_then(|m| m.get_mut("annotations")) else {
        return Map::new();
    };
    let each = std::mem::take(all).into_iter();
    let (ours, theirs) = each.partition(|(name, _)| name.starts_with(PREFIX));
    *all = theirs;
    ours
}

/// The percentage of CPU that a metric is about, if it is about that.
fn utilization<'a>(metric: &'a Value, field: &str) -> Option<&'a Value> {
    let resource = &metric["resource"];
    let ours = metric["type"] == "Resource" && resource["name"] == "cpu";
    let percent = &resource[field]["averageUtilization"];
    (ours && !percent.is_null()).then_some(percent)
}

/// A metric's own part: `resource` for `Resource`.
fn part(metric: &Value) -> String {
    let kind = metric["type"].as_str().unwrap_or_default();
    let mut letters = kind.chars();
    let first = letters.next().map(|c| c.to_ascii_lowercase());
    first.into_iter().chain(letters).collect()
}

/// Names in v1's part of a metric and where the value stands in v2's, in the order of v1's fields. `{}` is `target` or `current`.
fn names(part: &str) -> &'static [(&'static str, &'static str)] {
    match part {
        "object" => &[
            ("target", "/describedObject"),
            ("metricName", "/metric/name"),
            ("{}Value", "/{}/value"),
            ("selector", "/metric/selector"),
            ("averageValue", "/{}/averageValue"),
        ],
        "pods" => &[
            ("metricName", "/metric/name"),
            ("{}AverageValue", "/{}/averageValue"),
            ("selector", "/metric/selector"),
        ],
        "external" => &[
            ("metricName", "/metric/name"),
            ("metricSelector", "/metric/selector"),
            ("{}Value", "/{}/value"),
            ("{}AverageValue", "/{}/averageValue"),
        ],
        _ => &[
            ("name", "/name"),
            ("{}AverageUtilization", "/{}/averageUtilization"),
            ("{}AverageValue", "/{}/averageValue"),
            ("container", "/container"),
        ],
    }
}

fn old_metric(metric: &Value, field: &str) -> String {
    let part = part(metric);
    let inner = &metric[&part];
    let pairs = names(&part).iter().map(|(old, new)| {
        let value = inner.pointer(&new.replace("{}", field));
        (old.replace("{}", field), value.cloned().unwrap_or_default())
    });
    let inner = text(pairs);
    format!(r#"{{"type":{},"{part}":{inner}}}"#, metric["type"])
}

fn new_metric(old: &Value, field: &str) -> Value {
    let part = part(old);
    let mut inner = json!({});
    for (name, path) in names(&part) {
        let value = &old[&part][name.replace("{}", field)];
        if value.is_null() {
            continue;
        }
        let path = path.replace("{}", field);
        let mut at = &mut inner;
        for step in path[1..].split('/') {
            at = &mut at[step];
        }
        *at = value.clone();
    }
    if field == "target" {
        let has = |name: &str| !inner["target"][name].is_null();
        let kind = match () {
            () if has("averageUtilization") => "Utilization",
            () if has("averageValue") => "AverageValue",
            () => "Value",
        };
        inner["target"]["type"] = kind.into();
    }
    json!({"type": old["type"], part: inner})
}

/// JSON with the fields in Go's order, those that are not there left out.
fn text<K: AsRef<str>>(pairs: impl IntoIterator<Item = (K, Value)>) -> String {
    let given = pairs.into_iter().filter(|(_, value)| !value.is_null());
    let each: Vec<_> = given
        .map(|(name, value)| format!("{:?}:{value}", name.as_ref()))
        .collect();
    format!("{{{}}}", each.join(","))
}

#[cfg(test)]
mod tests {
    use crate::convert::convert;
    use expect_test::expect;
    use serde_json::{Value, json};

    fn v2() -> Value {
        let target = |kind: &str, field: &str, value: Value| json!({"type": kind, field: value});
        json!({
            "apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler",
            "metadata": {"name": "web", "annotations": {"a": "b"}},
            "spec": {
                "scaleTargetRef": {"kind": "Deployment", "name": "web"}, "minReplicas": 1, "maxReplicas": 5,
                "metrics": [
                    {"type": "Resource", "resource": {"name": "cpu", "target": target("Utilization", "averageUtilization", json!(80))}},
                    {"type": "Resource", "resource": {"name": "memory", "target": target("AverageValue", "averageValue", json!("1Gi"))}},
                    {"type": "Pods", "pods": {"metric": {"name": "hits", "selector": {"matchLabels": {"x": "y"}}}, "target": target("AverageValue", "averageValue", json!("10"))}},
                    {"type": "Object", "object": {"describedObject": {"kind": "Service", "name": "s"}, "metric": {"name": "rate"}, "target": target("Value", "value", json!("3"))}},
                    {"type": "External", "external": {"metric": {"name": "queue"}, "target": target("AverageValue", "averageValue", json!("7"))}},
                    {"type": "ContainerResource", "containerResource": {"name": "cpu", "container": "c", "target": target("Utilization", "averageUtilization", json!(50))}},
                ],
                "behavior": {"scaleDown": {"stabilizationWindowSeconds": 60}},
            },
            "status": {
                "currentReplicas": 2, "desiredReplicas": 3,
                "currentMetrics": [{"type": "Resource", "resource": {"name": "cpu", "current": {"averageUtilization": 91}}}],
                "conditions": [{"type": "AbleToScale", "status": "True", "reason": "ReadyForNewScale"}],
            },
        })
    }

    #[test]
    fn what_v1_does_not_know_stands_in_annotations_and_comes_back() {
        let v1 = convert(&v2(), &json!("autoscaling/v1"));
        assert_eq!(v1["spec"]["targetCPUUtilizationPercentage"], 80);
        assert_eq!(v1["status"]["currentCPUUtilizationPercentage"], 91);
        let notes = v1["metadata"]["annotations"].as_object().unwrap();
        let lines: Vec<_> = notes
            .iter()
            .map(|(name, text)| format!("{name} {}", text.as_str().unwrap()))
            .collect();
        expect![[r#"
            a b
            autoscaling.alpha.kubernetes.io/behavior {"scaleDown":{"stabilizationWindowSeconds":60}}
            autoscaling.alpha.kubernetes.io/conditions [{"type":"AbleToScale","status":"True","reason":"ReadyForNewScale"}]
            autoscaling.alpha.kubernetes.io/metrics [{"type":"Resource","resource":{"name":"memory","targetAverageValue":"1Gi"}},{"type":"Pods","pods":{"metricName":"hits","targetAverageValue":"10","selector":{"matchLabels":{"x":"y"}}}},{"type":"Object","object":{"target":{"kind":"Service","name":"s"},"metricName":"rate","targetValue":"3"}},{"type":"External","external":{"metricName":"queue","targetAverageValue":"7"}},{"type":"ContainerResource","containerResource":{"name":"cpu","targetAverageUtilization":50,"container":"c"}}]"#]]
        .assert_eq(&lines.join("\n"));
        assert_eq!(convert(&v1, &json!("autoscaling/v2")), v2());
    }
}
