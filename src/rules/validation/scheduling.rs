//! scheduling.k8s.io.
// upstream: pkg/apis/scheduling/validation/validation.go

use crate::errors::Errors;
use crate::field::Field;

/// Classes of people may not be above this. upstream: pkg/apis/scheduling/types.go HighestUserDefinablePriority
const HIGHEST: i64 = 1_000_000_000;
const SYSTEM_PREFIX: &str = "system-";
const SYSTEM: [(&str, i64); 2] = [
    ("system-node-critical", 2_000_001_000),
    ("system-cluster-critical", 2_000_000_000),
];

/// upstream: ValidatePriorityClass
pub fn priority_class(class: &Field, errors: &mut Errors) {
    let name = class.get("metadata").get("name");
    let value = class.get("value");
    let number = value.number().unwrap_or_default();
    if name.text().starts_with(SYSTEM_PREFIX) {
        if let Some(why) = unknown(name.text(), number, class.get("globalDefault").truth()) {
            errors.forbidden(
                &name,
                &format!(
                    "priority class names with '{SYSTEM_PREFIX}' prefix are reserved for system use only. error: {why}"
                ),
            );
        }
    } else if number > HIGHEST {
        errors.forbidden(
            &value,
            &format!("maximum allowed value of a user defined priority is {HIGHEST}"),
        );
    }
    errors.one_of(
        &class.get("preemptionPolicy"),
        &["Never", "PreemptLowerPriority"],
    );
}

/// upstream: pkg/apis/scheduling/v1/helpers.go IsKnownSystemPriorityClass
fn unknown(name: &str, value: i64, global_default: bool) -> Option<String> {
    match SYSTEM.iter().find(|(known, _)| *known == name) {
        None => Some(format!("{name} is not a known system priority class")),
        Some((_, known)) if *known != value => {
            Some(format!("value of {name} PriorityClass must be {known}"))
        }
        Some(_) if global_default => Some(format!(
            "globalDefault of {name} PriorityClass must be false"
        )),
        Some(_) => None,
    }
}

/// upstream: ValidatePriorityClassUpdate
pub fn priority_class_update(class: &Field, old: &Field, errors: &mut Errors) {
    let value = class.get("value");
    if value.number().unwrap_or_default() != old.get("value").number().unwrap_or_default() {
        errors.forbidden(&value, "may not be changed in an update.");
    }
    errors.immutable(&class.get("preemptionPolicy"), &old.get("preemptionPolicy"));
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use serde_json::{Value, json};

    use crate::validation;

    fn class(fields: Value) -> Value {
        let mut class = json!({
            "apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "metadata": {"name": "high"}, "value": 7,
        });
        for (name, value) in fields.as_object().unwrap() {
            class[name] = value.clone();
        }
        class
    }

    fn check(found: crate::errors::Errors, expected: Expect) {
        expected.assert_eq(&found.lines());
    }

    #[test]
    fn what_may_be_created() {
        let create = |fields| validation::create(&class(fields));
        check(create(json!({"preemptionPolicy": "Never"})), expect![[""]]);
        check(
            create(json!({"value": 1_000_000_001, "preemptionPolicy": "Maybe"})),
            expect![[r#"
            value: Forbidden: maximum allowed value of a user defined priority is 1000000000
            preemptionPolicy: Unsupported value: "Maybe": supported values: "Never", "PreemptLowerPriority""#]],
        );
        let named =
            |name: &str, value: i64| create(json!({"metadata": {"name": name}, "value": value}));
        check(named("system-node-critical", 2_000_001_000), expect![[""]]);
        check(
            named("system-mine", 1),
            expect![
                "metadata.name: Forbidden: priority class names with 'system-' prefix are reserved for system use only. error: system-mine is not a known system priority class"
            ],
        );
    }

    #[test]
    fn a_value_stays() {
        let update = validation::update(&class(json!({"value": 8})), &class(json!({})));
        check(
            update,
            expect!["value: Forbidden: may not be changed in an update."],
        );
    }
}
