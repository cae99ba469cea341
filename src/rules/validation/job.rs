//! batch: Jobs.
// upstream: pkg/apis/batch/validation/validation.go

use podarium_api::names::dns1123_label_error;
use serde_json::{Map, Value, json};

use super::job_policies;
use crate::errors::{Errors, compiled, selects};
use crate::field::Field;
use crate::text;

/// Of parallelism and of failed indexes.
const MOST_INDEXES: i64 = 100_000;
/// Above so many completions both are limited further.
const MANY_COMPLETIONS: i64 = 100_000;
const MOST_OF_MANY: i64 = 10_000;

/// Labels that the server gives to the pods of a job. upstream: pkg/apis/batch/types.go
pub const UID_LABELS: [&str; 2] = ["controller-uid", "batch.kubernetes.io/controller-uid"];
pub const NAME_LABELS: [&str; 2] = ["job-name", "batch.kubernetes.io/job-name"];

/// upstream: ValidateJob
pub fn job(job: &Field, errors: &mut Errors) {
    generated_selector(job, errors);
    let spec = job.get("spec");
    self::spec(&spec, errors);
    let selector = spec.get("selector");
    if selector.is_set() {
        errors.selector(&selector);
    } else {
        errors.required(&selector, "");
    }
    let labels = spec.at("template.metadata.labels");
    if compiled(&selector).is_some_and(|wanted| !selects(&wanted, &labels)) {
        errors.invalid(&labels, "`selector` does not match template `labels`");
    }
    let (name, completions) = (job.at("metadata.name"), spec.get("completions"));
    if spec.get("completionMode").text() == "Indexed" && completions.int() > 0 {
        let host = format!("{}-{}", name.text(), completions.int() - 1);
        if dns1123_label_error(&host).is_some() {
            let detail = format!("will not able to create pod with invalid DNS label: {host}");
            errors.invalid(&name, &detail);
        }
    }
}

/// upstream: validateGeneratedSelector
fn generated_selector(job: &Field, errors: &mut Errors) {
    let spec = job.get("spec");
    let selector = spec.get("selector");
    if spec.get("manualSelector").truth() || !selector.is_set() {
        return;
    }
    let (uid, name) = (
        job.at("metadata.uid").text(),
        job.at("metadata.name").text(),
    );
    let labels = spec.at("template.metadata.labels");
    let mut expected = json!({});
    let pairs = [
        (UID_LABELS[0], uid),
        (NAME_LABELS[0], name),
        (UID_LABELS[1], uid),
        (NAME_LABELS[1], name),
    ];
    for (key, value) in pairs {
        let label = labels.key(key);
        let detail = format!("must be '{value}'");
        if !label.is_set() {
            errors.required(&label, &detail);
        } else if label.text() != value {
            errors.invalid_as(&label, labels.value.clone(), &detail);
        }
        expected[key] = value.into();
    }
    if compiled(&selector).is_some_and(|wanted| !selects(&wanted, &Field::root(&expected))) {
        errors.invalid(&selector, "`selector` not auto-generated");
    }
}

/// What the spec of a job must be, and that of a template of jobs.
///
/// upstream: validateJobSpec
pub fn spec(spec: &Field, errors: &mut Errors) {
    for name in [
        "parallelism",
        "completions",
        "activeDeadlineSeconds",
        "backoffLimit",
        "ttlSecondsAfterFinished",
        "backoffLimitPerIndex",
        "maxFailedIndexes",
    ] {
        errors.not_negative(&spec.get(name));
    }
    let (per_index, most_failed) = (
        spec.get("backoffLimitPerIndex"),
        spec.get("maxFailedIndexes"),
    );
    if most_failed.is_set() && !per_index.is_set() {
        errors.required(&per_index, "when maxFailedIndexes is specified");
    }
    let manager = spec.get("managedBy");
    if manager.is_set() {
        text::domain_prefixed_path(&manager, errors);
        if manager.text().len() > 63 {
            errors.too_long(&manager, 63);
        }
    }
    let mode = spec.get("completionMode");
    errors.one_of(&mode, &["NonIndexed", "Indexed"]);
    match mode.text() {
        "Indexed" => indexed(spec, errors),
        "" | "NonIndexed" => {
            for field in [&per_index, &most_failed] {
                if field.is_set() {
                    errors.invalid(field, "requires indexed completion mode");
                }
            }
        }
        _ => {}
    }
    let (failure, success) = (spec.get("podFailurePolicy"), spec.get("successPolicy"));
    if failure.is_set() {
        job_policies::failure(spec, &failure, errors);
    }
    if success.is_set() {
        if mode.text() == "Indexed" {
            job_policies::success(spec, &success, errors);
        } else {
            errors.invalid(&success, "requires indexed completion mode");
        }
    }
    let replaced: &[&str] = if failure.is_set() {
        &["Failed"]
    } else {
        &["Failed", "TerminatingOrFailed"]
    };
    errors.one_of(&spec.get("podReplacementPolicy"), replaced);
    let template = spec.get("template");
    super::pod::template(&template, &[], errors);
    let restart = template.at("spec.restartPolicy");
    match restart.text() {
        "" | "Always" => errors.required(&restart, "valid values: \"OnFailure\", \"Never\""),
        "OnFailure" if failure.is_set() => {
            errors.invalid(
                &restart,
                "only \"Never\" is supported when podFailurePolicy is specified",
            );
        }
        _ => errors.must_be(&restart, &["OnFailure", "Never"]),
    }
}

fn indexed(spec: &Field, errors: &mut Errors) {
    let (completions, parallelism) = (spec.get("completions"), spec.get("parallelism"));
    let (per_index, failed) = (
        spec.get("backoffLimitPerIndex"),
        spec.get("maxFailedIndexes"),
    );
    let mut at_most = |field: &Field, most: i64, when: &str| {
        if field.int() > most {
            errors.invalid(
                field,
                &format!("must be less than or equal to {most}{when}"),
            );
        }
    };
    at_most(
        &parallelism,
        MOST_INDEXES,
        " when completion mode is Indexed",
    );
    if failed.is_set() {
        if completions.is_set() && failed.int() > completions.int() {
            errors.invalid(&failed, "must be less than or equal to completions");
        }
        if failed.int() > MOST_INDEXES {
            let detail = format!("must be less than or equal to {MOST_INDEXES}");
            errors.invalid(&failed, &detail);
        }
    }
    if !completions.is_set() {
        errors.required(&completions, "when completion mode is Indexed");
    }
    if completions.int() > MANY_COMPLETIONS && per_index.is_set() {
        if !failed.is_set() {
            let detail = format!("must be specified when completions is above {MANY_COMPLETIONS}");
            errors.required(&failed, &detail);
        }
        for field in [&parallelism, &failed] {
            if field.int() > MOST_OF_MANY {
                let detail = format!(
                    "must be less than or equal to {MOST_OF_MANY} when completions are above {MANY_COMPLETIONS} and used \
                     with backoff limit per index"
                );
                errors.invalid(field, &detail);
            }
        }
    }
}

/// upstream: ValidateJobUpdate; pkg/registry/batch/job/strategy.go ValidateUpdate
pub fn job_update(new: &Field, old: &Field, errors: &mut Errors) {
    job(new, errors);
    let (new, old, whole_old) = (new.get("spec"), old.get("spec"), old);
    let completions = new.get("completions");
    if completions.value != old.get("completions").value {
        let elastic = new.get("completionMode").text() == "Indexed";
        if !elastic {
            errors.immutable(&completions, &old.get("completions"));
        } else if completions.is_set() && completions.int() != new.get("parallelism").int() {
            errors.invalid(
                &completions,
                "can only be modified in tandem with spec.parallelism",
            );
        }
    }
    let selector = "selector";
    errors.immutable_own(&new.get(selector), &old.get(selector), "LabelSelector");
    template_update(&new, &old, whole_old, errors);
    for (name, type_) in [
        ("completionMode", ""),
        ("podFailurePolicy", "PodFailurePolicy"),
        ("backoffLimitPerIndex", ""),
        ("managedBy", ""),
        ("successPolicy", "SuccessPolicy"),
    ] {
        errors.immutable_own(&new.get(name), &old.get(name), type_);
    }
}

/// A template stays, but where it is to be scheduled and what it asks for may change while the job is suspended and has
/// no pods.
///
/// upstream: validatePodTemplateUpdate; pkg/registry/batch/job/strategy.go validationOptionsForJob
fn template_update(new: &Field, old: &Field, job: &Field, errors: &mut Errors) {
    let template = new.get("template");
    let mut before = old.get("template").value.clone();
    let conditions = job.at("status.conditions");
    let stopped = conditions
        .items()
        .any(|c| c.get("type").text() == "Suspended" && c.get("status").text() == "True");
    let idle =
        !job.at("status.startTime").is_set() || (stopped && job.at("status.active").int() == 0);
    if old.get("suspend").truth() && idle {
        let now = template.value;
        let free = [
            &["metadata", "labels"][..],
            &["metadata", "annotations"],
            &["spec", "nodeSelector"],
            &["spec", "tolerations"],
            &["spec", "schedulingGates"],
            &["spec", "affinity", "nodeAffinity"],
        ];
        for path in free {
            take(&mut before, now, path);
        }
        for list in ["containers", "initContainers"] {
            let many = before["spec"][list].as_array().map_or(0, Vec::len);
            for i in 0..many {
                let now = &now["spec"][list][i];
                take(&mut before["spec"][list][i], now, &["resources"]);
            }
        }
    }
    if *template.value != before {
        errors.invalid_own(&template, "PodTemplateSpec", "field is immutable");
    }
}

/// Puts the field of `from` at a path in the place of that of `to`.
fn take(to: &mut Value, from: &Value, path: &[&str]) {
    let (Value::Object(fields), [name, rest @ ..]) = (to, path) else {
        return;
    };
    let from = from.get(*name).filter(|v| !v.is_null());
    if rest.is_empty() {
        match from {
            Some(value) => drop(fields.insert((*name).into(), value.clone())),
            None => drop(fields.remove(*name)),
        }
        return;
    }
    if from.is_some() || fields.contains_key(*name) {
        let below = fields.entry(*name).or_insert_with(|| json!({}));
        take(below, from.unwrap_or(&Value::Null), rest);
        // An affinity to nothing is none.
        if from.is_none() && below.as_object().is_some_and(Map::is_empty) {
            fields.remove(*name);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{creates, updates};
    use expect_test::expect;
    use serde_json::{Value, json};

    fn job() -> Value {
        json!({
            "apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "pi", "namespace": "a", "uid": "1a2b3c"},
            "spec": {"template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "pi", "image": "perl"}]}}},
        })
    }

    fn indexed() -> Value {
        let mut job = job();
        job["spec"]["completionMode"] = "Indexed".into();
        job["spec"]["completions"] = 3.into();
        job
    }

    // upstream: pkg/apis/batch/validation/validation_test.go TestValidateJob
    #[test]
    fn what_a_job_may_be() {
        creates(
            &job(),
            &[
                json!({}),
                json!({"spec.parallelism": -1, "spec.completions": -1, "spec.backoffLimit": -1, "spec.activeDeadlineSeconds": -1}),
                json!({"spec.template.spec.restartPolicy": "Always"}),
                json!({"spec.template.spec.restartPolicy": "Invalid"}),
                json!({"spec.manualSelector": true}),
                json!({"spec.manualSelector": true, "spec.selector.matchLabels.a": "b", "spec.template.metadata.labels.a": "c"}),
                json!({"spec.manualSelector": true, "spec.selector.matchLabels.a": "b", "spec.template.metadata.labels.a": "b"}),
                json!({"spec.selector.matchLabels.a": "b"}),
                json!({"spec.template.metadata.labels.job-name": "other"}),
                json!({"spec.managedBy": "example.com/mine", "spec.ttlSecondsAfterFinished": -1}),
                json!({"spec.managedBy": "mine"}),
                json!({"spec.completionMode": "Other"}),
                json!({"spec.backoffLimitPerIndex": 1, "spec.maxFailedIndexes": 1}),
                json!({"spec.maxFailedIndexes": 1}),
                json!({"spec.successPolicy.rules": [{"succeededCount": 1}]}),
                json!({"spec.podReplacementPolicy": "Sometimes"}),
            ],
            expect![[r#"
                {}
                {"spec.activeDeadlineSeconds":-1,"spec.backoffLimit":-1,"spec.completions":-1,"spec.parallelism":-1}
                  spec.parallelism: Invalid value: -1: must be greater than or equal to 0
                  spec.completions: Invalid value: -1: must be greater than or equal to 0
                  spec.activeDeadlineSeconds: Invalid value: -1: must be greater than or equal to 0
                  spec.backoffLimit: Invalid value: -1: must be greater than or equal to 0
                {"spec.template.spec.restartPolicy":"Always"}
                  spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"
                {"spec.template.spec.restartPolicy":"Invalid"}
                  spec.template.spec.restartPolicy: Unsupported value: "Invalid": supported values: "Always", "OnFailure", "Never"
                  spec.template.spec.restartPolicy: Unsupported value: "Invalid": supported values: "OnFailure", "Never"
                {"spec.manualSelector":true}
                  spec.selector: Required value
                  spec.template.metadata.labels: Invalid value: null: `selector` does not match template `labels`
                {"spec.manualSelector":true,"spec.selector.matchLabels.a":"b","spec.template.metadata.labels.a":"c"}
                  spec.template.metadata.labels: Invalid value: {"a":"c"}: `selector` does not match template `labels`
                {"spec.manualSelector":true,"spec.selector.matchLabels.a":"b","spec.template.metadata.labels.a":"b"}
                {"spec.selector.matchLabels.a":"b"}
                  spec.selector: Invalid value: {"matchLabels":{"a":"b","batch.kubernetes.io/controller-uid":"1a2b3c"}}: `selector` not auto-generated
                  spec.template.metadata.labels: Invalid value: {"batch.kubernetes.io/controller-uid":"1a2b3c","batch.kubernetes.io/job-name":"pi","controller-uid":"1a2b3c","job-name":"pi"}: `selector` does not match template `labels`
                {"spec.template.metadata.labels.job-name":"other"}
                  spec.template.metadata.labels[job-name]: Invalid value: {"batch.kubernetes.io/controller-uid":"1a2b3c","batch.kubernetes.io/job-name":"pi","controller-uid":"1a2b3c","job-name":"other"}: must be 'pi'
                {"spec.managedBy":"example.com/mine","spec.ttlSecondsAfterFinished":-1}
                  spec.ttlSecondsAfterFinished: Invalid value: -1: must be greater than or equal to 0
                {"spec.managedBy":"mine"}
                  spec.managedBy: Invalid value: "mine": must be a domain-prefixed path (such as "acme.io/foo")
                {"spec.completionMode":"Other"}
                  spec.completionMode: Unsupported value: "Other": supported values: "NonIndexed", "Indexed"
                {"spec.backoffLimitPerIndex":1,"spec.maxFailedIndexes":1}
                  spec.backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode
                  spec.maxFailedIndexes: Invalid value: 1: requires indexed completion mode
                {"spec.maxFailedIndexes":1}
                  spec.backoffLimitPerIndex: Required value: when maxFailedIndexes is specified
                  spec.maxFailedIndexes: Invalid value: 1: requires indexed completion mode
                {"spec.successPolicy.rules":[{"succeededCount":1}]}
                  spec.successPolicy: Invalid value: {"rules":[{"succeededCount":1}]}: requires indexed completion mode
                {"spec.podReplacementPolicy":"Sometimes"}
                  spec.podReplacementPolicy: Unsupported value: "Sometimes": supported values: "Failed", "TerminatingOrFailed""#]],
        );
    }

    #[test]
    fn what_an_indexed_job_may_be() {
        creates(
            &indexed(),
            &[
                json!({"spec.backoffLimitPerIndex": 1, "spec.maxFailedIndexes": 4}),
                json!({"spec.completions": null, "spec.parallelism": 2}),
                json!({"spec.completions": 100_001, "spec.parallelism": 10_001, "spec.backoffLimitPerIndex": 1}),
                json!({"spec.parallelism": 100_001}),
                json!({"metadata.name": "a".repeat(62)}),
            ],
            expect![[r#"
                {"spec.backoffLimitPerIndex":1,"spec.maxFailedIndexes":4}
                  spec.maxFailedIndexes: Invalid value: 4: must be less than or equal to completions
                {"spec.completions":null,"spec.parallelism":2}
                  spec.completions: Required value: when completion mode is Indexed
                {"spec.backoffLimitPerIndex":1,"spec.completions":100001,"spec.parallelism":10001}
                  spec.maxFailedIndexes: Required value: must be specified when completions is above 100000
                  spec.parallelism: Invalid value: 10001: must be less than or equal to 10000 when completions are above 100000 and used with backoff limit per index
                {"spec.parallelism":100001}
                  spec.parallelism: Invalid value: 100001: must be less than or equal to 100000 when completion mode is Indexed
                {"metadata.name":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}
                  metadata.name: Invalid value: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa": will not able to create pod with invalid DNS label: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-2"#]],
        );
    }

    // upstream: pkg/apis/batch/validation/validation_test.go TestValidateJobUpdate
    #[test]
    fn what_may_change_in_a_job() {
        updates(
            &job(),
            &[
                json!({"spec.parallelism": 5, "spec.suspend": true, "spec.ttlSecondsAfterFinished": 3, "spec.activeDeadlineSeconds": 9}),
                json!({"spec.completions": 5}),
                json!({"spec.selector.matchLabels.a": "b"}),
                json!({"spec.template.spec.containers.0.image": "perl:2"}),
                json!({"spec.template.spec.nodeSelector": {"a": "b"}}),
                json!({"spec.managedBy": "example.com/mine"}),
            ],
            expect![[r#"
                {"spec.activeDeadlineSeconds":9,"spec.parallelism":5,"spec.suspend":true,"spec.ttlSecondsAfterFinished":3}
                {"spec.completions":5}
                  spec.completions: Invalid value: 5: field is immutable
                {"spec.selector.matchLabels.a":"b"}
                  spec.selector: Invalid value: {"matchLabels":{"a":"b","batch.kubernetes.io/controller-uid":"1a2b3c"}}: `selector` not auto-generated
                  spec.template.metadata.labels: Invalid value: {"batch.kubernetes.io/controller-uid":"1a2b3c","batch.kubernetes.io/job-name":"pi","controller-uid":"1a2b3c","job-name":"pi"}: `selector` does not match template `labels`
                  spec.selector: Invalid value: {"matchLabels":{"a":"b","batch.kubernetes.io/controller-uid":"1a2b3c"}}: field is immutable
                {"spec.template.spec.containers.0.image":"perl:2"}
                  spec.template: Invalid value: {"labels":{"batch.kubernetes.io/controller-uid":"1a2b3c","batch.kubernetes.io/job-name":"pi","controller-uid":"1a2b3c","job-name":"pi"},"Spec":{"Volumes":null,"InitContainers":null,"Containers":[{"Name":"pi","Image":"perl:2","Command":null,"Args":null,"WorkingDir":"","Ports":null,"EnvFrom":null,"Env":null,"Resources":{"Limits":null,"Requests":null,"Claims":null},"ResizePolicy":null,"RestartPolicy":null,"RestartPolicyRules":null,"VolumeMounts":null,"VolumeDevices":null,"LivenessProbe":null,"ReadinessProbe":null,"StartupProbe":null,"Lifecycle":null,"TerminationMessagePath":"/dev/termination-log","TerminationMessagePolicy":"File","ImagePullPolicy":"Always","SecurityContext":null,"Stdin":false,"StdinOnce":false,"TTY":false}],"EphemeralContainers":null,"RestartPolicy":"Never","TerminationGracePeriodSeconds":30,"ActiveDeadlineSeconds":null,"DNSPolicy":"ClusterFirst","NodeSelector":null,"ServiceAccountName":"","AutomountServiceAccountToken":null,"NodeName":"","SecurityContext":{"HostNetwork":false,"HostPID":false,"HostIPC":false,"ShareProcessNamespace":null,"HostUsers":null,"SELinuxOptions":null,"WindowsOptions":null,"RunAsUser":null,"RunAsGroup":null,"RunAsNonRoot":null,"SupplementalGroups":null,"SupplementalGroupsPolicy":null,"FSGroup":null,"FSGroupChangePolicy":null,"Sysctls":null,"SeccompProfile":null,"AppArmorProfile":null,"SELinuxChangePolicy":null},"ImagePullSecrets":null,"Hostname":"","Subdomain":"","SetHostnameAsFQDN":null,"Affinity":null,"SchedulerName":"default-scheduler","Tolerations":null,"HostAliases":null,"PriorityClassName":"","Priority":null,"PreemptionPolicy":null,"DNSConfig":null,"ReadinessGates":null,"RuntimeClassName":null,"Overhead":null,"EnableServiceLinks":null,"TopologySpreadConstraints":null,"OS":null,"SchedulingGates":null,"ResourceClaims":null,"Resources":null,"HostnameOverride":null,"SchedulingGroup":null,"EvictionResponders":null}}: field is immutable
                {"spec.template.spec.nodeSelector":{"a":"b"}}
                  spec.template: Invalid value: {"labels":{"batch.kubernetes.io/controller-uid":"1a2b3c","batch.kubernetes.io/job-name":"pi","controller-uid":"1a2b3c","job-name":"pi"},"Spec":{"Volumes":null,"InitContainers":null,"Containers":[{"Name":"pi","Image":"perl","Command":null,"Args":null,"WorkingDir":"","Ports":null,"EnvFrom":null,"Env":null,"Resources":{"Limits":null,"Requests":null,"Claims":null},"ResizePolicy":null,"RestartPolicy":null,"RestartPolicyRules":null,"VolumeMounts":null,"VolumeDevices":null,"LivenessProbe":null,"ReadinessProbe":null,"StartupProbe":null,"Lifecycle":null,"TerminationMessagePath":"/dev/termination-log","TerminationMessagePolicy":"File","ImagePullPolicy":"Always","SecurityContext":null,"Stdin":false,"StdinOnce":false,"TTY":false}],"EphemeralContainers":null,"RestartPolicy":"Never","TerminationGracePeriodSeconds":30,"ActiveDeadlineSeconds":null,"DNSPolicy":"ClusterFirst","NodeSelector":{"a":"b"},"ServiceAccountName":"","AutomountServiceAccountToken":null,"NodeName":"","SecurityContext":{"HostNetwork":false,"HostPID":false,"HostIPC":false,"ShareProcessNamespace":null,"HostUsers":null,"SELinuxOptions":null,"WindowsOptions":null,"RunAsUser":null,"RunAsGroup":null,"RunAsNonRoot":null,"SupplementalGroups":null,"SupplementalGroupsPolicy":null,"FSGroup":null,"FSGroupChangePolicy":null,"Sysctls":null,"SeccompProfile":null,"AppArmorProfile":null,"SELinuxChangePolicy":null},"ImagePullSecrets":null,"Hostname":"","Subdomain":"","SetHostnameAsFQDN":null,"Affinity":null,"SchedulerName":"default-scheduler","Tolerations":null,"HostAliases":null,"PriorityClassName":"","Priority":null,"PreemptionPolicy":null,"DNSConfig":null,"ReadinessGates":null,"RuntimeClassName":null,"Overhead":null,"EnableServiceLinks":null,"TopologySpreadConstraints":null,"OS":null,"SchedulingGates":null,"ResourceClaims":null,"Resources":null,"HostnameOverride":null,"SchedulingGroup":null,"EvictionResponders":null}}: field is immutable
                {"spec.managedBy":"example.com/mine"}
                  spec.managedBy: Invalid value: "example.com/mine": field is immutable"#]],
        );
        updates(
            &indexed(),
            &[
                json!({"spec.completions": 5, "spec.parallelism": 5}),
                json!({"spec.completions": 5, "spec.parallelism": 4}),
                json!({"spec.completionMode": "NonIndexed"}),
            ],
            expect![[r#"
                {"spec.completions":5,"spec.parallelism":5}
                {"spec.completions":5,"spec.parallelism":4}
                  spec.completions: Invalid value: 5: can only be modified in tandem with spec.parallelism
                {"spec.completionMode":"NonIndexed"}
                  spec.completionMode: Invalid value: "NonIndexed": field is immutable"#]],
        );
    }

    #[test]
    fn where_a_suspended_job_will_run_may_change() {
        let mut suspended = job();
        suspended["spec"]["suspend"] = true.into();
        let required = json!({"nodeSelectorTerms": [{"matchExpressions": [{"key": "a", "operator": "Exists"}]}]});
        updates(
            &suspended,
            &[
                json!({"spec.template.spec.nodeSelector": {"a": "b"}, "spec.template.metadata.labels.c": "d"}),
                json!({"spec.template.spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution": required}),
                json!({"spec.template.spec.tolerations": [{"operator": "Exists"}], "spec.template.spec.schedulingGates": [{"name": "a"}]}),
                json!({"spec.template.spec.containers.0.resources": {"requests": {"cpu": "1"}}}),
                json!({"spec.template.spec.affinity.podAffinity": {"a": 1}}),
                json!({"spec.template.spec.containers.0.image": "perl:2"}),
            ],
            expect![[r#"
                {"spec.template.metadata.labels.c":"d","spec.template.spec.nodeSelector":{"a":"b"}}
                {"spec.template.spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":[{"matchExpressions":[{"key":"a","operator":"Exists"}]}]}}
                {"spec.template.spec.schedulingGates":[{"name":"a"}],"spec.template.spec.tolerations":[{"operator":"Exists"}]}
                {"spec.template.spec.containers.0.resources":{"requests":{"cpu":"1"}}}
                {"spec.template.spec.affinity.podAffinity":{"a":1}}
                  spec.template: Invalid value: {"labels":{"batch.kubernetes.io/controller-uid":"1a2b3c","batch.kubernetes.io/job-name":"pi","controller-uid":"1a2b3c","job-name":"pi"},"Spec":{"Volumes":null,"InitContainers":null,"Containers":[{"Name":"pi","Image":"perl","Command":null,"Args":null,"WorkingDir":"","Ports":null,"EnvFrom":null,"Env":null,"Resources":{"Limits":null,"Requests":null,"Claims":null},"ResizePolicy":null,"RestartPolicy":null,"RestartPolicyRules":null,"VolumeMounts":null,"VolumeDevices":null,"LivenessProbe":null,"ReadinessProbe":null,"StartupProbe":null,"Lifecycle":null,"TerminationMessagePath":"/dev/termination-log","TerminationMessagePolicy":"File","ImagePullPolicy":"Always","SecurityContext":null,"Stdin":false,"StdinOnce":false,"TTY":false}],"EphemeralContainers":null,"RestartPolicy":"Never","TerminationGracePeriodSeconds":30,"ActiveDeadlineSeconds":null,"DNSPolicy":"ClusterFirst","NodeSelector":null,"ServiceAccountName":"","AutomountServiceAccountToken":null,"NodeName":"","SecurityContext":{"HostNetwork":false,"HostPID":false,"HostIPC":false,"ShareProcessNamespace":null,"HostUsers":null,"SELinuxOptions":null,"WindowsOptions":null,"RunAsUser":null,"RunAsGroup":null,"RunAsNonRoot":null,"SupplementalGroups":null,"SupplementalGroupsPolicy":null,"FSGroup":null,"FSGroupChangePolicy":null,"Sysctls":null,"SeccompProfile":null,"AppArmorProfile":null,"SELinuxChangePolicy":null},"ImagePullSecrets":null,"Hostname":"","Subdomain":"","SetHostnameAsFQDN":null,"Affinity":{"NodeAffinity":null,"PodAffinity":{"RequiredDuringSchedulingIgnoredDuringExecution":null,"PreferredDuringSchedulingIgnoredDuringExecution":null},"PodAntiAffinity":null},"SchedulerName":"default-scheduler","Tolerations":null,"HostAliases":null,"PriorityClassName":"","Priority":null,"PreemptionPolicy":null,"DNSConfig":null,"ReadinessGates":null,"RuntimeClassName":null,"Overhead":null,"EnableServiceLinks":null,"TopologySpreadConstraints":null,"OS":null,"SchedulingGates":null,"ResourceClaims":null,"Resources":null,"HostnameOverride":null,"SchedulingGroup":null,"EvictionResponders":null}}: field is immutable
                {"spec.template.spec.containers.0.image":"perl:2"}
                  spec.template: Invalid value: {"labels":{"batch.kubernetes.io/controller-uid":"1a2b3c","batch.kubernetes.io/job-name":"pi","controller-uid":"1a2b3c","job-name":"pi"},"Spec":{"Volumes":null,"InitContainers":null,"Containers":[{"Name":"pi","Image":"perl:2","Command":null,"Args":null,"WorkingDir":"","Ports":null,"EnvFrom":null,"Env":null,"Resources":{"Limits":null,"Requests":null,"Claims":null},"ResizePolicy":null,"RestartPolicy":null,"RestartPolicyRules":null,"VolumeMounts":null,"VolumeDevices":null,"LivenessProbe":null,"ReadinessProbe":null,"StartupProbe":null,"Lifecycle":null,"TerminationMessagePath":"/dev/termination-log","TerminationMessagePolicy":"File","ImagePullPolicy":"Always","SecurityContext":null,"Stdin":false,"StdinOnce":false,"TTY":false}],"EphemeralContainers":null,"RestartPolicy":"Never","TerminationGracePeriodSeconds":30,"ActiveDeadlineSeconds":null,"DNSPolicy":"ClusterFirst","NodeSelector":null,"ServiceAccountName":"","AutomountServiceAccountToken":null,"NodeName":"","SecurityContext":{"HostNetwork":false,"HostPID":false,"HostIPC":false,"ShareProcessNamespace":null,"HostUsers":null,"SELinuxOptions":null,"WindowsOptions":null,"RunAsUser":null,"RunAsGroup":null,"RunAsNonRoot":null,"SupplementalGroups":null,"SupplementalGroupsPolicy":null,"FSGroup":null,"FSGroupChangePolicy":null,"Sysctls":null,"SeccompProfile":null,"AppArmorProfile":null,"SELinuxChangePolicy":null},"ImagePullSecrets":null,"Hostname":"","Subdomain":"","SetHostnameAsFQDN":null,"Affinity":null,"SchedulerName":"default-scheduler","Tolerations":null,"HostAliases":null,"PriorityClassName":"","Priority":null,"PreemptionPolicy":null,"DNSConfig":null,"ReadinessGates":null,"RuntimeClassName":null,"Overhead":null,"EnableServiceLinks":null,"TopologySpreadConstraints":null,"OS":null,"SchedulingGates":null,"ResourceClaims":null,"Resources":null,"HostnameOverride":null,"SchedulingGroup":null,"EvictionResponders":null}}: field is immutable"#]],
        );
    }
}
