//! batch: CronJobs.
// upstream: pkg/apis/batch/validation/validation.go

use super::{job, schedule};
use crate::errors::Errors;
use crate::field::Field;

/// The names of all time zones, sorted. upstream: the time zone database at https://www.iana.org/time-zones
const ZONES: &str = include_str!("zones.txt");

/// Eleven characters of the job's name are its time.
const LONGEST_NAME: usize = 52;

/// upstream: ValidateCronJobCreate
pub fn cron_job(object: &Field, errors: &mut Errors) {
    spec(object, None, errors);
    let name = object.at("metadata.name");
    if name.text().len() > LONGEST_NAME {
        errors.invalid(&name, "must be no more than 52 characters");
    }
}

/// upstream: ValidateCronJobUpdate
pub fn cron_job_update(new: &Field, old: &Field, errors: &mut Errors) {
    spec(new, Some(&old.get("spec")), errors);
}

/// upstream: validateCronJobSpec
fn spec(object: &Field, old: Option<&Field>, errors: &mut Errors) {
    let spec = object.get("spec");
    let (schedule, zone) = (spec.get("schedule"), spec.get("timeZone"));
    if errors.needed(&schedule) {
        if let Err(why) = schedule::check(schedule.text()) {
            errors.invalid(&schedule, &why);
        }
        let names_zone = schedule.text().contains("TZ");
        let had = old.is_some_and(|old| old.get("schedule").text().contains("TZ"));
        if had && names_zone && zone.is_set() {
            errors.invalid(
                &schedule,
                "cannot use both timeZone field and TZ or CRON_TZ in schedule",
            );
        } else if !had && names_zone {
            errors.invalid(
                &schedule,
                "cannot use TZ or CRON_TZ in schedule, use timeZone field instead",
            );
        }
    }
    errors.not_negative(&spec.get("startingDeadlineSeconds"));
    if zone.is_set() && old.is_none_or(|old| old.get("timeZone").value != zone.value) {
        time_zone(&zone, errors);
    }
    let policy = spec.get("concurrencyPolicy");
    if errors.needed(&policy) {
        errors.must_be(&policy, &["Allow", "Forbid", "Replace"]);
    }
    let template = spec.at("jobTemplate.spec");
    job::spec(&template, errors);
    // upstream: ValidateJobTemplateSpec
    let (selector, manual) = (template.get("selector"), template.get("manualSelector"));
    if selector.is_set() {
        errors.invalid(&selector, "`selector` will be auto-generated");
    }
    if manual.truth() {
        errors.unsupported(&manual, true, &["nil", "false"]);
    }
    errors.not_negative(&spec.get("successfulJobsHistoryLimit"));
    errors.not_negative(&spec.get("failedJobsHistoryLimit"));
}

/// upstream: validateTimeZone
fn time_zone(zone: &Field, errors: &mut Errors) {
    let name = zone.text();
    if name.is_empty() {
        return errors.invalid(zone, "timeZone must be nil or non-empty string");
    }
    let unknown = format!("unknown time zone {name}");
    let known = |b: u8| b.is_ascii_alphanumeric() || b".-_+".contains(&b);
    let good = |part: &str| {
        !matches!(part, "" | "." | "..")
            && part.len() <= 14
            && !part.starts_with('-')
            && part.bytes().all(known)
    };
    if !name.split('/').all(good) {
        return errors.invalid(zone, &unknown);
    }
    if name.eq_ignore_ascii_case("Local") {
        errors.invalid(
            zone,
            "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones",
        );
    }
    if name != "Local" && !ZONES.lines().any(|z| z == name) {
        errors.invalid(zone, &unknown);
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{creates, updates};
    use expect_test::expect;
    use serde_json::{Value, json};

    fn cron_job() -> Value {
        json!({
            "apiVersion": "batch/v1", "kind": "CronJob", "metadata": {"name": "a", "namespace": "b"},
            "spec": {"schedule": "* * * * ?", "jobTemplate": {"spec": {"template": {"spec": {"restartPolicy": "OnFailure"}}}}},
        })
    }

    // upstream: pkg/apis/batch/validation/validation_test.go TestValidateCronJob, TestValidateTimeZone
    #[test]
    fn what_a_cron_job_may_be() {
        let zone = |name: &str| json!({"spec.timeZone": name});
        creates(
            &cron_job(),
            &[
                json!({}),
                json!({"spec.schedule": "@daily"}),
                json!({"spec.schedule": ""}),
                json!({"spec.schedule": "error"}),
                json!({"spec.schedule": "TZ=UTC 0 * * * *"}),
                json!({"spec.startingDeadlineSeconds": -1, "spec.successfulJobsHistoryLimit": -1, "spec.failedJobsHistoryLimit": -1}),
                json!({"spec.concurrencyPolicy": "Sometimes"}),
                json!({"spec.jobTemplate.spec.parallelism": -1}),
                json!({"spec.jobTemplate.spec.selector": {"matchLabels": {"a": "b"}}, "spec.jobTemplate.spec.manualSelector": true}),
                json!({"spec.jobTemplate.spec.template.spec.restartPolicy": "Always"}),
                json!({"metadata.name": "a".repeat(53)}),
                zone("Europe/Berlin"),
                zone("America/Argentina/Buenos_Aires"),
                zone(""),
                zone("Local"),
                zone("Continent/Zone"),
                zone("America/New York"),
                zone("../etc"),
            ],
            expect![[r#"
                {}
                {"spec.schedule":"@daily"}
                {"spec.schedule":""}
                  spec.schedule: Required value
                {"spec.schedule":"error"}
                  spec.schedule: Invalid value: "error": expected exactly 5 fields, found 1: [error]
                {"spec.schedule":"TZ=UTC 0 * * * *"}
                  spec.schedule: Invalid value: "TZ=UTC 0 * * * *": cannot use TZ or CRON_TZ in schedule, use timeZone field instead
                {"spec.failedJobsHistoryLimit":-1,"spec.startingDeadlineSeconds":-1,"spec.successfulJobsHistoryLimit":-1}
                  spec.startingDeadlineSeconds: Invalid value: -1: must be greater than or equal to 0
                  spec.successfulJobsHistoryLimit: Invalid value: -1: must be greater than or equal to 0
                  spec.failedJobsHistoryLimit: Invalid value: -1: must be greater than or equal to 0
                {"spec.concurrencyPolicy":"Sometimes"}
                  spec.concurrencyPolicy: Unsupported value: "Sometimes": supported values: "Allow", "Forbid", "Replace"
                {"spec.jobTemplate.spec.parallelism":-1}
                  spec.jobTemplate.spec.parallelism: Invalid value: -1: must be greater than or equal to 0
                {"spec.jobTemplate.spec.manualSelector":true,"spec.jobTemplate.spec.selector":{"matchLabels":{"a":"b"}}}
                  spec.jobTemplate.spec.selector: Invalid value: {"matchLabels":{"a":"b"}}: `selector` will be auto-generated
                  spec.jobTemplate.spec.manualSelector: Unsupported value: true: supported values: "nil", "false"
                {"spec.jobTemplate.spec.template.spec.restartPolicy":"Always"}
                  spec.jobTemplate.spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"
                {"metadata.name":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}
                  metadata.name: Invalid value: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa": must be no more than 52 characters
                {"spec.timeZone":"Europe/Berlin"}
                {"spec.timeZone":"America/Argentina/Buenos_Aires"}
                {"spec.timeZone":""}
                  spec.timeZone: Invalid value: "": timeZone must be nil or non-empty string
                {"spec.timeZone":"Local"}
                  spec.timeZone: Invalid value: "Local": timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones
                {"spec.timeZone":"Continent/Zone"}
                  spec.timeZone: Invalid value: "Continent/Zone": unknown time zone Continent/Zone
                {"spec.timeZone":"America/New York"}
                  spec.timeZone: Invalid value: "America/New York": unknown time zone America/New York
                {"spec.timeZone":"../etc"}
                  spec.timeZone: Invalid value: "../etc": unknown time zone ../etc"#]],
        );
        let long = json!({"metadata.name": "a".repeat(53), "spec.suspend": true});
        updates(
            &cron_job(),
            &[long, zone("Mars/Base")],
            expect![[r#"
                {"metadata.name":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","spec.suspend":true}
                {"spec.timeZone":"Mars/Base"}
                  spec.timeZone: Invalid value: "Mars/Base": unknown time zone Mars/Base"#]],
        );
    }
}
