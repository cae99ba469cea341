//! batch: Jobs and CronJobs.
// upstream: pkg/apis/batch/v1/defaults.go

use super::{Fields, default, each, has, made, pod, text};

/// upstream: SetDefaults_Job
pub fn job(fields: &mut Fields) {
    let spec = made(fields, "spec");
    if !has(spec, "completions") && !has(spec, "parallelism") {
        default(spec, "completions", 1);
    }
    default(spec, "parallelism", 1);
    let tries = if has(spec, "backoffLimitPerIndex") {
        i32::MAX
    } else {
        6
    };
    default(spec, "backoffLimit", tries);
    default(spec, "completionMode", "NonIndexed");
    default(spec, "suspend", false);
    let replaced = if has(spec, "podFailurePolicy") {
        "Failed"
    } else {
        "TerminatingOrFailed"
    };
    default(spec, "podReplacementPolicy", replaced);
    conditions(spec);
    pod::template(fields);
    labels(fields);
}

/// A Job without labels has those of its template. upstream: SetDefaults_Job
pub fn labels(fields: &mut Fields) {
    let given = fields
        .get("spec")
        .map(|s| &s["template"]["metadata"]["labels"]);
    let Some(given) = given.filter(|l| l.is_object()).cloned() else {
        return;
    };
    let meta = made(fields, "metadata");
    if made(meta, "labels").is_empty() {
        meta.insert("labels".into(), given);
    }
}

/// upstream: SetDefaults_PodFailurePolicyOnPodConditionsPattern
fn conditions(spec: &mut Fields) {
    let Some(policy) = super::below(spec, "podFailurePolicy") else {
        return;
    };
    for rule in each(policy, "rules") {
        for pattern in each(rule, "onPodConditions") {
            text(pattern, "status", "True");
        }
    }
}

/// upstream: SetDefaults_CronJob
pub fn cron_job(fields: &mut Fields) {
    let spec = made(fields, "spec");
    text(spec, "concurrencyPolicy", "Allow");
    default(spec, "suspend", false);
    default(spec, "successfulJobsHistoryLimit", 3);
    default(spec, "failedJobsHistoryLimit", 1);
    let job = made(spec, "jobTemplate");
    conditions(made(job, "spec"));
    pod::template(job);
}

#[cfg(test)]
mod tests {
    use crate::testing::defaulted;
    use expect_test::{Expect, expect};
    use serde_json::{Value, json};

    fn job(spec: Value, expected: Expect) {
        defaulted(
            &json!({"apiVersion": "batch/v1", "kind": "Job", "spec": spec}),
            "spec",
            expected,
        );
    }

    // upstream: pkg/apis/batch/v1/defaults_test.go TestSetDefaultJob
    #[test]
    fn a_job_runs_once_unless_it_says_otherwise() {
        job(
            json!({}),
            expect![[
                r#"{"backoffLimit":6,"completionMode":"NonIndexed","completions":1,"parallelism":1,"podReplacementPolicy":"TerminatingOrFailed","suspend":false,"template":{"spec":{"dnsPolicy":"ClusterFirst","restartPolicy":"Always","schedulerName":"default-scheduler","securityContext":{},"terminationGracePeriodSeconds":30}}}"#
            ]],
        );
        job(
            json!({"parallelism": 0}),
            expect![[
                r#"{"backoffLimit":6,"completionMode":"NonIndexed","parallelism":0,"podReplacementPolicy":"TerminatingOrFailed","suspend":false,"template":{"spec":{"dnsPolicy":"ClusterFirst","restartPolicy":"Always","schedulerName":"default-scheduler","securityContext":{},"terminationGracePeriodSeconds":30}}}"#
            ]],
        );
        job(
            json!({"completions": 3, "completionMode": "Indexed", "backoffLimitPerIndex": 1, "podFailurePolicy": {"rules": [{"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget"}]}]}}),
            expect![[
                r#"{"backoffLimit":2147483647,"backoffLimitPerIndex":1,"completionMode":"Indexed","completions":3,"parallelism":1,"podFailurePolicy":{"rules":[{"action":"Ignore","onPodConditions":[{"status":"True","type":"DisruptionTarget"}]}]},"podReplacementPolicy":"Failed","suspend":false,"template":{"spec":{"dnsPolicy":"ClusterFirst","restartPolicy":"Always","schedulerName":"default-scheduler","securityContext":{},"terminationGracePeriodSeconds":30}}}"#
            ]],
        );
        defaulted(
            &json!({"apiVersion": "batch/v1", "kind": "Job", "spec": {"template": {"metadata": {"labels": {"a": "b"}}}}}),
            "metadata",
            expect![[r#"{"labels":{"a":"b"}}"#]],
        );
    }

    #[test]
    fn a_cron_job_allows_concurrency_and_remembers_four_jobs() {
        defaulted(
            &json!({"apiVersion": "batch/v1", "kind": "CronJob", "spec": {"schedule": "* * * * *"}}),
            "spec",
            expect![[
                r#"{"concurrencyPolicy":"Allow","failedJobsHistoryLimit":1,"jobTemplate":{"spec":{"template":{"spec":{"dnsPolicy":"ClusterFirst","restartPolicy":"Always","schedulerName":"default-scheduler","securityContext":{},"terminationGracePeriodSeconds":30}}}},"schedule":"* * * * *","successfulJobsHistoryLimit":3,"suspend":false}"#
            ]],
        );
    }
}
