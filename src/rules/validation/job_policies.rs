//! When a Job has failed, and when it has succeeded.
// upstream: pkg/apis/batch/validation/validation.go validatePodFailurePolicy, validateSuccessPolicy

use podarium_api::names::qualified_name_error;

use crate::errors::Errors;
use crate::field::Field;

const MOST_RULES: usize = 20;
const MOST_EXIT_CODES: usize = 255;
const MOST_PATTERNS: usize = 20;
const LONGEST_INDEXES: usize = 64 * 1024;

const ACTIONS: [&str; 4] = ["Count", "FailIndex", "FailJob", "Ignore"];

/// upstream: validatePodFailurePolicy
pub fn failure(spec: &Field, policy: &Field, errors: &mut Errors) {
    let rules = policy.get("rules");
    if rules.len() > MOST_RULES {
        errors.too_many(&rules, MOST_RULES);
    }
    for rule in rules.items() {
        failure_rule(spec, &rule, errors);
    }
}

/// Go prints a list of texts so: `["In" "NotIn"]`.
fn valid_values(values: &[&str]) -> String {
    let quoted: Vec<_> = values.iter().map(|v| format!("{v:?}")).collect();
    format!("valid values: [{}]", quoted.join(" "))
}

fn needed_one_of(field: &Field, values: &[&str], errors: &mut Errors) {
    if field.is_empty() {
        errors.required(field, &valid_values(values));
    } else {
        errors.must_be(field, values);
    }
}

/// upstream: validatePodFailurePolicyRule
fn failure_rule(spec: &Field, rule: &Field, errors: &mut Errors) {
    let action = rule.get("action");
    needed_one_of(&action, &ACTIONS, errors);
    if action.text() == "FailIndex" && !spec.get("backoffLimitPerIndex").is_set() {
        errors.invalid(&action, "requires the backoffLimitPerIndex to be set");
    }
    let (codes, conditions) = (rule.get("onExitCodes"), rule.get("onPodConditions"));
    if codes.is_set() {
        exit_codes(spec, &codes, errors);
    }
    if conditions.len() > MOST_PATTERNS {
        errors.too_many(&conditions, MOST_PATTERNS);
    }
    for pattern in conditions.items() {
        errors.named(&pattern.get("type"), qualified_name_error);
        needed_one_of(
            &pattern.get("status"),
            &["False", "True", "Unknown"],
            errors,
        );
    }
    match (codes.is_set(), !conditions.is_empty()) {
        (true, true) => errors.invalid_omitted(
            rule,
            "specifying both OnExitCodes and OnPodConditions is not supported",
        ),
        (false, false) => errors.invalid_omitted(
            rule,
            "specifying one of OnExitCodes and OnPodConditions is required",
        ),
        _ => {}
    }
}

/// upstream: validatePodFailurePolicyRuleOnExitCodes
fn exit_codes(spec: &Field, codes: &Field, errors: &mut Errors) {
    let operator = codes.get("operator");
    needed_one_of(&operator, &["In", "NotIn"], errors);
    let name = codes.get("containerName");
    let pod = spec.at("template.spec");
    let mut containers = pod
        .get("containers")
        .items()
        .chain(pod.get("initContainers").items());
    if name.is_set() && !containers.any(|c| c.get("name").text() == name.text()) {
        errors.invalid(
            &name,
            "must be one of the container or initContainer names in the pod template",
        );
    }
    let values = codes.get("values");
    if values.is_empty() {
        errors.invalid(&values, "at least one value is required");
    } else if values.len() > MOST_EXIT_CODES {
        errors.too_many(&values, MOST_EXIT_CODES);
    }
    let (mut seen, mut ordered) = (Vec::new(), true);
    for value in values.items() {
        let code = value.int();
        if operator.text() == "In" && code == 0 {
            errors.invalid(&value, "must not be 0 for the In operator");
        }
        if seen.contains(&code) {
            errors.duplicate(&value);
        }
        ordered &= seen.last().is_none_or(|last| *last <= code);
        seen.push(code);
    }
    if !ordered {
        errors.invalid(&values, "must be ordered");
    }
}

/// upstream: validateSuccessPolicy
pub fn success(spec: &Field, policy: &Field, errors: &mut Errors) {
    let rules = policy.get("rules");
    if rules.is_empty() {
        errors.required(
            &rules,
            "at least one rules must be specified when the successPolicy is specified",
        );
    }
    if rules.len() > MOST_RULES {
        errors.too_many(&rules, MOST_RULES);
    }
    for rule in rules.items() {
        success_rule(spec.get("completions").int(), &rule, errors);
    }
}

/// upstream: validateSuccessPolicyRule
fn success_rule(completions: i64, rule: &Field, errors: &mut Errors) {
    let (count, indexes) = (rule.get("succeededCount"), rule.get("succeededIndexes"));
    if !count.is_set() && !indexes.is_set() {
        errors.required(
            rule,
            "at least one of succeededCount or succeededIndexes must be specified",
        );
    }
    let mut total = 0;
    if indexes.is_set() {
        if indexes.text().len() > LONGEST_INDEXES {
            errors.too_long(&indexes, LONGEST_INDEXES);
        }
        match read_indexes(indexes.text(), completions) {
            Ok(many) => total = many,
            Err(why) => errors.invalid(&indexes, &format!("error parsing succeededIndexes: {why}")),
        }
    }
    if count.is_set() {
        errors.not_negative(&count);
        if count.int() > completions {
            let detail = format!(
                "must be less than or equal to {completions} (the number of specified completions)"
            );
            errors.invalid(&count, &detail);
        }
        if indexes.is_set() && count.int() > total {
            let detail = format!(
                "must be less than or equal to {total} (the number of indexes in the specified succeededIndexes field)"
            );
            errors.invalid(&count, &detail);
        }
    }
}

/// How many indexes a text such as `1,3-5` names. upstream: validateIndexesFormat
fn read_indexes(text: &str, completions: i64) -> Result<i64, String> {
    let (mut total, mut last) = (0, None);
    for interval in text.split(',').filter(|_| !text.is_empty()) {
        let (first, end) = read_interval(interval, completions)?;
        if let Some(last) = last.filter(|last| *last >= first) {
            return Err(format!(
                "non-increasing order, previous: {last}, current: {first}"
            ));
        }
        total += end - first + 1;
        last = Some(end);
    }
    Ok(total)
}

/// upstream: parseIndexInterval
fn read_interval(interval: &str, completions: i64) -> Result<(i64, i64), String> {
    let limits: Vec<&str> = interval.split('-').collect();
    if limits.len() > 2 {
        return Err(format!(
            "the fragment {interval:?} violates the requirement that an index interval can have at most two parts \
             separated by '-'"
        ));
    }
    let read = |text: &str| {
        let number: i64 = text
            .parse()
            .map_err(|_| format!("cannot convert string to integer for index: {text:?}"))?;
        if number >= completions {
            return Err(format!("too large index: {text:?}"));
        }
        Ok(number)
    };
    let first = read(limits[0])?;
    let Some(end) = limits.get(1) else {
        return Ok((first, first));
    };
    let end = read(end)?;
    if first >= end {
        return Err(format!(
            "non-increasing order, previous: {first}, current: {end}"
        ));
    }
    Ok((first, end))
}

#[cfg(test)]
mod tests {
    use crate::testing::creates;
    use expect_test::expect;
    use serde_json::{Value, json};

    fn job(policy: &str, rules: Value) -> Value {
        let containers = json!([{"name": "main"}]);
        let mut job = json!({
            "apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "pi", "uid": "1a2b"},
            "spec": {"completions": 10, "completionMode": "Indexed", "template": {"spec": {"restartPolicy": "Never", "containers": containers}}},
        });
        job["spec"][policy] = json!({"rules": rules});
        job
    }

    // upstream: pkg/apis/batch/validation/validation_test.go TestValidateJob, the cases of spec.podFailurePolicy
    #[test]
    fn when_a_job_has_failed() {
        let codes = json!({"containerName": "main", "operator": "In", "values": [1, 2]});
        let edit = |path: &str, value: Value| json!({(format!("spec.podFailurePolicy.rules.0.{path}")): value});
        creates(
            &job(
                "podFailurePolicy",
                json!([{"action": "FailJob", "onExitCodes": codes}]),
            ),
            &[
                json!({}),
                edit("action", json!("")),
                edit("action", json!("Unknown")),
                edit("action", json!("FailIndex")),
                edit("onExitCodes.operator", json!("")),
                edit("onExitCodes.operator", json!("Unknown")),
                edit("onExitCodes.containerName", json!("other")),
                edit("onExitCodes.values", json!([])),
                edit("onExitCodes.values", json!([0, 13, 11, 13])),
                edit("onExitCodes", json!(null)),
                edit(
                    "onPodConditions",
                    json!([{"type": "a b"}, {"type": "A", "status": "Maybe"}]),
                ),
                json!({"spec.template.spec.restartPolicy": "OnFailure", "spec.podReplacementPolicy": "TerminatingOrFailed"}),
                json!({"spec.podFailurePolicy.rules": vec![json!({"action": "Count", "onPodConditions": [{"type": "A"}]}); 21]}),
            ],
            expect![[r#"
                {}
                {"spec.podFailurePolicy.rules.0.action":""}
                  spec.podFailurePolicy.rules[0].action: Required value: valid values: ["Count" "FailIndex" "FailJob" "Ignore"]
                {"spec.podFailurePolicy.rules.0.action":"Unknown"}
                  spec.podFailurePolicy.rules[0].action: Unsupported value: "Unknown": supported values: "Count", "FailIndex", "FailJob", "Ignore"
                {"spec.podFailurePolicy.rules.0.action":"FailIndex"}
                  spec.podFailurePolicy.rules[0].action: Invalid value: "FailIndex": requires the backoffLimitPerIndex to be set
                {"spec.podFailurePolicy.rules.0.onExitCodes.operator":""}
                  spec.podFailurePolicy.rules[0].onExitCodes.operator: Required value: valid values: ["In" "NotIn"]
                {"spec.podFailurePolicy.rules.0.onExitCodes.operator":"Unknown"}
                  spec.podFailurePolicy.rules[0].onExitCodes.operator: Unsupported value: "Unknown": supported values: "In", "NotIn"
                {"spec.podFailurePolicy.rules.0.onExitCodes.containerName":"other"}
                  spec.podFailurePolicy.rules[0].onExitCodes.containerName: Invalid value: "other": must be one of the container or initContainer names in the pod template
                {"spec.podFailurePolicy.rules.0.onExitCodes.values":[]}
                  spec.podFailurePolicy.rules[0].onExitCodes.values: Invalid value: []: at least one value is required
                {"spec.podFailurePolicy.rules.0.onExitCodes.values":[0,13,11,13]}
                  spec.podFailurePolicy.rules[0].onExitCodes.values[0]: Invalid value: 0: must not be 0 for the In operator
                  spec.podFailurePolicy.rules[0].onExitCodes.values[3]: Duplicate value: 13
                  spec.podFailurePolicy.rules[0].onExitCodes.values: Invalid value: [0,13,11,13]: must be ordered
                {"spec.podFailurePolicy.rules.0.onExitCodes":null}
                  spec.podFailurePolicy.rules[0]: Invalid value: specifying one of OnExitCodes and OnPodConditions is required
                {"spec.podFailurePolicy.rules.0.onPodConditions":[{"type":"a b"},{"status":"Maybe","type":"A"}]}
                  spec.podFailurePolicy.rules[0].onPodConditions[0].type: Invalid value: "a b": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')
                  spec.podFailurePolicy.rules[0].onPodConditions[1].status: Unsupported value: "Maybe": supported values: "False", "True", "Unknown"
                  spec.podFailurePolicy.rules[0]: Invalid value: specifying both OnExitCodes and OnPodConditions is not supported
                {"spec.podReplacementPolicy":"TerminatingOrFailed","spec.template.spec.restartPolicy":"OnFailure"}
                  spec.podReplacementPolicy: Unsupported value: "TerminatingOrFailed": supported values: "Failed"
                  spec.template.spec.restartPolicy: Invalid value: "OnFailure": only "Never" is supported when podFailurePolicy is specified
                {"spec.podFailurePolicy.rules":[{"action":"Count","onPodConditions":[{"type":"A"}]},{"action":"Count","onPodConditions":[{"type":"A"}]},{"action":"Count","onPodConditions":[{"type":"A"}]},{"action":"Count","onPodConditions":[{"type":"A"}]},{"action":"Count","onPodConditions":[{"type":"A"}]},{"action":"Count","onPodConditions":[{"type":"A"}]},{"action":"Count","onPodConditions":[{"type":"A"}]},{"action":"Count","onPodConditions":[{"type":"A"}]},{"action":"Count","onPodConditions":[{"type":"A"}]},{"action":"Count","onPodConditions":[{"type":"A"}]},{"action":"Count","onPodConditions":[{"type":"A"}]},{"action":"Count","onPodConditions":[{"type":"A"}]},{"action":"Count","onPodConditions":[{"type":"A"}]},{"action":"Count","onPodConditions":[{"type":"A"}]},{"action":"Count","onPodConditions":[{"type":"A"}]},{"action":"Count","onPodConditions":[{"type":"A"}]},{"action":"Count","onPodConditions":[{"type":"A"}]},{"action":"Count","onPodConditions":[{"type":"A"}]},{"action":"Count","onPodConditions":[{"type":"A"}]},{"action":"Count","onPodConditions":[{"type":"A"}]},{"action":"Count","onPodConditions":[{"type":"A"}]}]}
                  spec.podFailurePolicy.rules: Too many: 21: must have at most 20 items"#]],
        );
    }

    // upstream: pkg/apis/batch/validation/validation_test.go TestValidateJob, the cases of spec.successPolicy
    #[test]
    fn when_a_job_has_succeeded() {
        let edit = |rule: Value| json!({"spec.successPolicy.rules.0": rule});
        creates(
            &job(
                "successPolicy",
                json!([{"succeededCount": 1, "succeededIndexes": "0,2-4"}]),
            ),
            &[
                json!({}),
                json!({"spec.successPolicy.rules": []}),
                edit(json!({})),
                edit(json!({"succeededIndexes": "1-2-3"})),
                edit(json!({"succeededIndexes": "a"})),
                edit(json!({"succeededIndexes": "3-1"})),
                edit(json!({"succeededIndexes": "5,4"})),
                edit(json!({"succeededIndexes": "10"})),
                edit(json!({"succeededCount": 11, "succeededIndexes": "0-3"})),
                edit(json!({"succeededCount": -1})),
            ],
            expect![[r#"
                {}
                {"spec.successPolicy.rules":[]}
                  spec.successPolicy.rules: Required value: at least one rules must be specified when the successPolicy is specified
                {"spec.successPolicy.rules.0":{}}
                  spec.successPolicy.rules[0]: Required value: at least one of succeededCount or succeededIndexes must be specified
                {"spec.successPolicy.rules.0":{"succeededIndexes":"1-2-3"}}
                  spec.successPolicy.rules[0].succeededIndexes: Invalid value: "1-2-3": error parsing succeededIndexes: the fragment "1-2-3" violates the requirement that an index interval can have at most two parts separated by '-'
                {"spec.successPolicy.rules.0":{"succeededIndexes":"a"}}
                  spec.successPolicy.rules[0].succeededIndexes: Invalid value: "a": error parsing succeededIndexes: cannot convert string to integer for index: "a"
                {"spec.successPolicy.rules.0":{"succeededIndexes":"3-1"}}
                  spec.successPolicy.rules[0].succeededIndexes: Invalid value: "3-1": error parsing succeededIndexes: non-increasing order, previous: 3, current: 1
                {"spec.successPolicy.rules.0":{"succeededIndexes":"5,4"}}
                  spec.successPolicy.rules[0].succeededIndexes: Invalid value: "5,4": error parsing succeededIndexes: non-increasing order, previous: 5, current: 4
                {"spec.successPolicy.rules.0":{"succeededIndexes":"10"}}
                  spec.successPolicy.rules[0].succeededIndexes: Invalid value: "10": error parsing succeededIndexes: too large index: "10"
                {"spec.successPolicy.rules.0":{"succeededCount":11,"succeededIndexes":"0-3"}}
                  spec.successPolicy.rules[0].succeededCount: Invalid value: 11: must be less than or equal to 10 (the number of specified completions)
                  spec.successPolicy.rules[0].succeededCount: Invalid value: 11: must be less than or equal to 4 (the number of indexes in the specified succeededIndexes field)
                {"spec.successPolicy.rules.0":{"succeededCount":-1}}
                  spec.successPolicy.rules[0].succeededCount: Invalid value: -1: must be greater than or equal to 0"#]],
        );
    }
}
