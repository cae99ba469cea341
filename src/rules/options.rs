//! What writes ask beside their objects: a dry run, and how to delete.

use serde_json::{Value, json};

use crate::errors::Errors;
use crate::field::Field;

/// What comes of the options of a write, `{kind, dryRun: […], body, query, applies}`: `{dry}`, and for a deletion
/// `{grace, propagation, uid, version}` of what is said; or why they cannot be: `{causes}`, or `{bad}`, a sentence.
///
/// A deletion's body counts, and its query only where there is none.
// upstream: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/delete.go DeleteResource
pub fn read(given: &Value) -> Value {
    let body = &given["body"];
    let deletes = given["kind"] == "DeleteOptions";
    let options = match body {
        Value::Object(_) if deletes => body.clone(),
        _ => match from_query(given) {
            Ok(options) => options,
            Err(text) => return json!({"bad": text}),
        },
    };
    let mut errors = Errors::default();
    let root = Field::root(&options);
    if deletes {
        propagation(&root, &mut errors);
    } else {
        fields(given, &mut errors);
    }
    dry_run(&root, &mut errors);
    if errors.count() > 0 {
        return json!({"causes": errors.into_value()});
    }
    let dry = options["dryRun"]
        .as_array()
        .is_some_and(|all| !all.is_empty());
    let mut answer = json!({"dry": dry});
    for (name, field) in [
        ("grace", "/gracePeriodSeconds"),
        ("propagation", "/propagationPolicy"),
        ("uid", "/preconditions/uid"),
        ("version", "/preconditions/resourceVersion"),
    ] {
        if let Some(value) = options.pointer(field).filter(|v| !v.is_null()) {
            answer[name] = value.clone();
        }
    }
    // upstream: store.go shouldOrphanDependents: the older word for the same
    if let Some(orphan) = options["orphanDependents"].as_bool() {
        answer["propagation"] = if orphan { "Orphan" } else { "Background" }.into();
    }
    answer
}

fn from_query(given: &Value) -> Result<Value, String> {
    let query = &given["query"];
    let mut options =
        json!({"dryRun": given["dryRun"], "propagationPolicy": query["propagationPolicy"]});
    if let Some(text) = query["gracePeriodSeconds"].as_str() {
        let seconds: i64 = text.parse().map_err(|_| crate::list::number(text, "Int"))?;
        options["gracePeriodSeconds"] = seconds.into();
    }
    if let Some(text) = query["orphanDependents"].as_str() {
        options["orphanDependents"] = crate::list::truth(text).into();
    }
    Ok(options)
}

// upstream: staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/validation/validation.go ValidateDeleteOptions
fn propagation(options: &Field, errors: &mut Errors) {
    let policy = options.get("propagationPolicy");
    if policy.value.is_string() {
        if !options.get("orphanDependents").value.is_null() {
            let text = "orphanDependents and deletionPropagation cannot be both set";
            errors.invalid(&policy, text);
        }
        errors.one_of(&policy, &["Foreground", "Background", "Orphan", "nil"]);
    }
}

/// Who manages the fields, and what becomes of unknown ones.
// upstream: validation.go ValidatePatchOptions, ValidateFieldManager, ValidateFieldValidation
fn fields(given: &Value, errors: &mut Errors) {
    let query = Field::root(&given["query"]);
    let (manager, force) = (query.get("fieldManager"), query.get("force"));
    let applies = given["applies"] == true;
    if applies && manager.text().is_empty() {
        errors.required(&manager, "is required for apply patch");
    }
    if given["kind"] == "PatchOptions" && !applies && !force.value.is_null() {
        errors.forbidden(&force, "may not be specified for non-apply patch");
    }
    if manager.text().len() > 128 {
        errors.push(podarium_api::status::Cause {
            reason: "FieldValueTooLong",
            field: manager.path.clone(),
            message: "Too long: may not be more than 128 bytes".into(),
        });
    }
    let strange = manager.text().char_indices().find(|(_, c)| c.is_control());
    if let Some((at, c)) = strange {
        let text = format!(
            "invalid character U+{:04X} (at position {at})",
            u32::from(c)
        );
        errors.invalid(&manager, &text);
    }
    errors.one_of(
        &query.get("fieldValidation"),
        &["", "Ignore", "Strict", "Warn"],
    );
}

// upstream: ValidateDryRun
fn dry_run(options: &Field, errors: &mut Errors) {
    let field = options.get("dryRun");
    let all: Vec<_> = field.items().map(|item| item.text().to_owned()).collect();
    if all.iter().any(|text| text != "All") {
        let each: Vec<_> = all.iter().map(|text| format!("{text:?}")).collect();
        errors.push(podarium_api::status::Cause {
            reason: "FieldValueNotSupported",
            field: field.path.clone(),
            message: format!(
                "Unsupported value: []string{{{}}}: supported values: \"All\"",
                each.join(", ")
            ),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    #[test]
    fn bodies_count_before_queries() {
        let lines: Vec<String> = [
            json!({"kind": "CreateOptions", "dryRun": []}),
            json!({"kind": "CreateOptions", "dryRun": ["All"]}),
            json!({"kind": "PatchOptions", "dryRun": ["Some", "All"]}),
            json!({"kind": "DeleteOptions", "dryRun": ["All"], "query": {"gracePeriodSeconds": "5", "propagationPolicy": "Orphan"}}),
            json!({"kind": "DeleteOptions", "query": {"gracePeriodSeconds": "soon"}}),
            json!({"kind": "DeleteOptions", "query": {"orphanDependents": "true"}}),
            json!({"kind": "DeleteOptions", "query": {"propagationPolicy": "Orphan"}, "body": {
                "gracePeriodSeconds": 0, "dryRun": ["All"], "orphanDependents": false, "preconditions": {"uid": "u", "resourceVersion": "7"},
            }}),
            json!({"kind": "DeleteOptions", "body": {"orphanDependents": false, "propagationPolicy": "Never"}}),
        ]
        .map(|given| {
            let answer = read(&given);
            let causes = answer["causes"].as_array().into_iter().flatten();
            let lines: Vec<_> = causes
                .map(|c| format!("{}: {}", c["field"].as_str().unwrap(), c["message"].as_str().unwrap()))
                .collect();
            if lines.is_empty() { answer.to_string() } else { lines.join("; ") }
        })
        .into();
        expect![[r#"
            {"dry":false}
            {"dry":true}
            dryRun: Unsupported value: []string{"Some", "All"}: supported values: "All"
            {"dry":true,"grace":5,"propagation":"Orphan"}
            {"bad":"strconv.ParseInt: parsing \"soon\": invalid syntax"}
            {"dry":false,"propagation":"Orphan"}
            {"dry":true,"grace":0,"propagation":"Background","uid":"u","version":"7"}
            propagationPolicy: Invalid value: "Never": orphanDependents and deletionPropagation cannot be both set; propagationPolicy: Unsupported value: "Never": supported values: "Foreground", "Background", "Orphan", "nil""#]]
        .assert_eq(&lines.join("\n"));
    }
}
