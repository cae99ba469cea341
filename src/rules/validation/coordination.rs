//! coordination.k8s.io: Leases.
// upstream: pkg/apis/coordination/validation/validation.go

use podarium_api::names::qualified_name_error;

use crate::errors::Errors;
use crate::field::Field;

/// upstream: ValidateLeaseSpec
pub fn lease(lease: &Field, errors: &mut Errors) {
    let spec = lease.get("spec");
    let (duration, strategy) = (spec.get("leaseDurationSeconds"), spec.get("strategy"));
    if duration.number().is_some_and(|n| n <= 0) {
        errors.invalid(&duration, "must be greater than 0");
    }
    errors.not_negative(&spec.get("leaseTransitions"));
    if strategy.is_set() {
        let named = strategy.get("strategy");
        if !strategy.text().contains('/') {
            if strategy.text() != "OldestEmulationVersion" {
                errors.unsupported(&named, strategy.text(), &["OldestEmulationVersion"]);
            }
        } else if let Some(why) = qualified_name_error(strategy.text()) {
            errors.invalid_as(&named, strategy.text(), &why);
        }
    }
    let holder = spec.get("preferredHolder");
    if !holder.is_empty() && strategy.is_empty() {
        errors.forbidden(&holder, "may only be specified if `strategy` is defined");
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::creates;
    use expect_test::expect;
    use serde_json::json;

    // upstream: pkg/apis/coordination/validation/validation_test.go TestValidateLeaseSpec
    #[test]
    fn what_a_lease_may_be() {
        let lease = json!({"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": "a"}, "spec": {"holderIdentity": "b"}});
        creates(
            &lease,
            &[
                json!({}),
                json!({"spec.leaseDurationSeconds": 0, "spec.leaseTransitions": -1}),
                json!({"spec.preferredHolder": "c"}),
                json!({"spec.strategy": "Newest"}),
                json!({"spec.strategy": "example.com/a b"}),
            ],
            expect![[r#"
                {}
                {"spec.leaseDurationSeconds":0,"spec.leaseTransitions":-1}
                  spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0
                  spec.leaseTransitions: Invalid value: -1: must be greater than or equal to 0
                {"spec.preferredHolder":"c"}
                  spec.preferredHolder: Forbidden: may only be specified if `strategy` is defined
                {"spec.strategy":"Newest"}
                  spec.strategy.strategy: Unsupported value: "Newest": supported values: "OldestEmulationVersion"
                {"spec.strategy":"example.com/a b"}
                  spec.strategy.strategy: Invalid value: "example.com/a b": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"#]],
        );
    }
}
