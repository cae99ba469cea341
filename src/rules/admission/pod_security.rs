//! PodSecurity: what a namespace's labels ask of pods, of workloads, and of the labels themselves.
// upstream: staging/src/k8s.io/pod-security-admission/admission/admission.go

use serde_json::Value;

use super::{Answer, Asked, items, text};
use crate::pod_security::{Level, Pod, Policy, Standard, details, violations};

/// Upstream looks at no more pods than so many when a namespace's labels change.
const MOST: usize = 3_000;

/// Known are the namespace's labels; of a namespace itself, its pods by template: `[first name, how many, pod]`.
pub fn validate(asked: &Asked<'_>, answer: &mut Answer) -> Result<(), String> {
    let object = asked.object;
    match text(&object["kind"]) {
        "Namespace" => {
            namespace(asked, answer);
            Ok(())
        }
        "Pod" => {
            let changed = asked.operation != "Update" || is_significant(object, asked.old);
            match changed {
                true => pod(asked.known, Pod::of(object), true, answer),
                false => Ok(()),
            }
        }
        "PodTemplate" => template(asked.known, &object["template"], answer),
        "CronJob" => {
            let template_of_job = &object["spec"]["jobTemplate"]["spec"]["template"];
            template(asked.known, template_of_job, answer)
        }
        _ => template(asked.known, &object["spec"]["template"], answer),
    }
}

fn template(labels: &Value, template: &Value, answer: &mut Answer) -> Result<(), String> {
    match template.is_null() {
        true => Ok(()),
        false => pod(labels, Pod::of(template), false, answer),
    }
}

/// upstream: EvaluatePod
fn pod(labels: &Value, pod: Pod<'_>, enforced: bool, answer: &mut Answer) -> Result<(), String> {
    let (policy, errors) = Policy::read(labels);
    let violates = |standard: Standard| {
        let found = violations(standard, pod);
        let text = format!("violate PodSecurity \"{standard}\": {}", details(&found));
        (!found.is_empty()).then_some(text)
    };
    if !errors.is_empty() {
        let each: Vec<_> = errors
            .iter()
            .map(|e| format!("{}: {}", e.field, e.message))
            .collect();
        let all = match each.as_slice() {
            [one] => one.clone(),
            many => format!("[{}]", many.join(", ")),
        };
        answer.audit.push(format!(
            "pod-security.kubernetes.io/error: Failed to parse policy: {all}"
        ));
    }
    if let Some(found) = violates(policy.audit) {
        answer.audit.push(format!(
            "pod-security.kubernetes.io/audit-violations: would {found}"
        ));
    }
    if enforced && let Some(found) = violates(policy.enforce) {
        return Err(found.replacen("violate", "violates", 1));
    }
    answer
        .warnings
        .extend(violates(policy.warn).map(|found| format!("would {found}")));
    Ok(())
}

/// upstream: ValidateNamespace
fn namespace(asked: &Asked<'_>, answer: &mut Answer) {
    let (new, errors) = Policy::read(&asked.object["metadata"]["labels"]);
    if asked.operation != "Update" {
        answer.causes = errors.into();
        return;
    }
    let (old, old_errors) = Policy::read(&asked.old["metadata"]["labels"]);
    if errors != old_errors {
        answer.causes = errors.into();
        return;
    }
    let (new, old) = (new.enforce, old.enforce);
    let relaxed = new.version == old.version && new.level <= old.level;
    if new == old || new.level == Level::Privileged || relaxed {
        return;
    }
    let name = text(&asked.object["metadata"]["name"]);
    answer.warnings.extend(existing(new, name, asked.known));
}

/// What there is to say of a namespace's pods under a new standard.
///
/// upstream: EvaluatePodsInNamespace, decoratePodWarnings
fn existing(standard: Standard, namespace: &str, pods: &Value) -> Vec<String> {
    let mut lines: Vec<(String, &str, i64)> = Vec::new();
    let (mut total, mut checked) = (0, 0);
    for group in items(pods) {
        let (first, count) = (text(&group[0]), group[1].as_i64().unwrap_or_default());
        total += count;
        if checked >= MOST as i64 {
            continue;
        }
        checked += count;
        let found = violations(standard, Pod::of(&group[2]));
        let reasons: Vec<_> = found.iter().map(|v| v.reason).collect();
        let reasons = reasons.join(", ");
        match lines.iter_mut().find(|(text, ..)| *text == reasons) {
            _ if found.is_empty() => {}
            Some((_, name, seen)) => {
                *name = first.min(*name);
                *seen += count;
            }
            None => lines.push((reasons, first, count)),
        }
    }
    let mut warnings = Vec::new();
    if checked < total {
        warnings.push(format!(
            "new PodSecurity enforce level only checked against the first {checked} of {total} existing pods"
        ));
    }
    if !lines.is_empty() {
        warnings.push(format!(
            "existing pods in namespace {namespace:?} violate the new PodSecurity enforce level \"{standard}\""
        ));
    }
    let lines = lines.into_iter();
    let mut decorated: Vec<String> = lines
        .map(|(reasons, name, count)| match count {
            1 => format!("{name}: {reasons}"),
            2 => format!("{name} (and 1 other pod): {reasons}"),
            _ => format!("{name} (and {} other pods): {reasons}", count - 1),
        })
        .collect();
    decorated.sort();
    warnings.extend(decorated);
    warnings
}

/// Whether anything changed that a standard looks at.
///
/// upstream: isSignificantPodUpdate
fn is_significant(pod: &Value, old: &Value) -> bool {
    let annotations = |pod: &Value| -> Vec<String> {
        let all = pod["metadata"]["annotations"]
            .as_object()
            .into_iter()
            .flatten();
        all.filter(|(key, _)| {
            key.contains("seccomp.security.alpha.kubernetes.io/")
                || key.contains("apparmor.security.beta.kubernetes.io/")
        })
        .map(|(key, value)| format!("{key}={value}"))
        .collect()
    };
    // Of a pod's containers, their images and resources alone may change, and debuggers may join them.
    let containers = |pod: &Value, list: &str| -> Vec<(Value, Value)> {
        let all = items(&pod["spec"][list]).iter();
        all.map(|c| (c["name"].clone(), c["image"].clone()))
            .collect()
    };
    annotations(pod) != annotations(old)
        || ["containers", "initContainers", "ephemeralContainers"]
            .iter()
            .any(|list| containers(pod, list) != containers(old, list))
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use serde_json::{Value, json};

    fn check(operation: &str, known: Value, object: Value, old: Value, expect: Expect) {
        let asked = json!({"plugin": "PodSecurity", "operation": operation, "known": known});
        let answer = crate::answer("admit", &[&asked, &object, &old]);
        let mut lines = Vec::new();
        for (word, list) in [("warning", "warnings"), ("audit", "audit")] {
            let all = super::items(&answer[list]).iter();
            lines.extend(all.map(|text| format!("{word}: {}", super::text(text))));
        }
        let causes = super::items(&answer["causes"]).iter();
        lines.extend(causes.map(|c| {
            format!(
                "{}: {}",
                super::text(&c["field"]),
                super::text(&c["message"])
            )
        }));
        lines.extend(
            answer["forbidden"]
                .as_str()
                .map(|text| format!("forbidden: {text}")),
        );
        expect.assert_eq(&lines.join("\n"));
    }

    fn labels(pairs: &[(&str, &str)]) -> Value {
        let pairs = pairs
            .iter()
            .map(|(key, value)| (format!("pod-security.kubernetes.io/{key}"), json!(value)));
        Value::Object(pairs.collect())
    }

    fn pod(spec: Value) -> Value {
        json!({"kind": "Pod", "metadata": {"name": "p"}, "spec": spec})
    }

    #[test]
    fn pods_are_refused_audited_and_warned_of() {
        let host =
            || pod(json!({"hostNetwork": true, "containers": [{"name": "a", "image": "x"}]}));
        check(
            "Create",
            labels(&[
                ("enforce", "baseline"),
                ("warn", "restricted"),
                ("audit", "baseline"),
            ]),
            host(),
            Value::Null,
            expect![[r#"
                audit: pod-security.kubernetes.io/audit-violations: would violate PodSecurity "baseline:latest": host namespaces (hostNetwork=true)
                forbidden: violates PodSecurity "baseline:latest": host namespaces (hostNetwork=true)"#]],
        );
        check(
            "Create",
            labels(&[("warn", "baseline"), ("warn-version", "v1.25")]),
            host(),
            Value::Null,
            expect![[
                r#"warning: would violate PodSecurity "baseline:v1.25": host namespaces (hostNetwork=true)"#
            ]],
        );
        // What runs already may be labelled; its image may not change.
        check(
            "Update",
            labels(&[("enforce", "baseline")]),
            host(),
            host(),
            expect![""],
        );
        let mut other = host();
        other["spec"]["containers"][0]["image"] = json!("y");
        check(
            "Update",
            labels(&[("enforce", "baseline")]),
            other,
            host(),
            expect![[
                r#"forbidden: violates PodSecurity "baseline:latest": host namespaces (hostNetwork=true)"#
            ]],
        );
    }

    #[test]
    fn workloads_are_warned_of_and_let_through() {
        let spec = json!({"template": {"spec": {"hostPID": true, "containers": []}}});
        for (kind, object) in [
            ("Deployment", json!({"spec": spec})),
            ("CronJob", json!({"spec": {"jobTemplate": {"spec": spec}}})),
            ("PodTemplate", json!({"template": spec["template"]})),
        ] {
            let mut object = object;
            object["kind"] = json!(kind);
            check(
                "Create",
                labels(&[("enforce", "baseline")]),
                object,
                Value::Null,
                expect![[
                    r#"warning: would violate PodSecurity "baseline:latest": host namespaces (hostPID=true)"#
                ]],
            );
        }
    }

    #[test]
    fn namespaces_say_what_their_pods_violate() {
        let namespace = |pairs: &[(&str, &str)]| json!({"kind": "Namespace", "metadata": {"name": "shop", "labels": labels(pairs)}});
        let host = || pod(json!({"hostPID": true, "containers": [{"name": "a"}]}));
        let pods = json!([
            ["db", 1, pod(json!({"containers": []}))],
            ["web-1", 3, host()]
        ]);
        check(
            "Update",
            pods.clone(),
            namespace(&[("enforce", "baseline")]),
            namespace(&[]),
            expect![[r#"
                warning: existing pods in namespace "shop" violate the new PodSecurity enforce level "baseline:latest"
                warning: web-1 (and 2 other pods): host namespaces"#]],
        );
        check(
            "Update",
            pods,
            namespace(&[("enforce", "baseline")]),
            namespace(&[("enforce", "restricted")]),
            expect![""],
        );
        let bad = || namespace(&[("enforce", "strict")]);
        let sentence = || {
            expect![[
                r#"metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value: "strict": must be one of privileged, baseline, restricted"#
            ]]
        };
        check("Create", Value::Null, bad(), Value::Null, sentence());
        check("Update", Value::Null, bad(), namespace(&[]), sentence());
        check("Update", Value::Null, bad(), bad(), expect![""]);
    }
}
