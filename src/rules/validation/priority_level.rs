//! flowcontrol.apiserver.k8s.io: PriorityLevelConfigurations.
// upstream: pkg/apis/flowcontrol/validation/validation.go

use crate::errors::Errors;
use crate::field::Field;

const MOST_QUEUES: i64 = 10_000_000;
/// The bits that a request is hashed to.
const HASH_BITS: i64 = 60;

/// upstream: ValidatePriorityLevelConfigurationSpec
pub fn priority_level(object: &Field, errors: &mut Errors) {
    let spec = object.get("spec");
    let (type_, limited, exempt) = (spec.get("type"), spec.get("limited"), spec.get("exempt"));
    if (object.at("metadata.name").text() == "exempt") != (type_.text() == "Exempt") {
        errors.invalid_text(
            &type_,
            "type must be 'Exempt' if and only if name is 'exempt'",
        );
    }
    match type_.text() {
        "Exempt" => {
            if limited.is_set() {
                errors.forbidden(&limited, "must be nil if the type is not Limited");
            }
            if !exempt.is_set() {
                errors.required(&exempt, "must not be empty when type is Exempt");
            } else {
                shares(&exempt, 0, errors);
            }
        }
        "Limited" => {
            if exempt.is_set() {
                errors.forbidden(&exempt, "must be nil if the type is Limited");
            }
            if !limited.is_set() {
                errors.required(&limited, "must not be empty when type is Limited");
            } else {
                self::limited(&limited, errors);
            }
        }
        _ => errors.must_be(&type_, &["Exempt", "Limited"]),
    }
}

/// upstream: ValidateLimitedPriorityLevelConfiguration, ValidateExemptPriorityLevelConfiguration
fn shares(level: &Field, least: i64, errors: &mut Errors) {
    let (shares, lent) = (
        level.get("nominalConcurrencyShares"),
        level.get("lendablePercent"),
    );
    if shares.int() < least {
        errors.invalid(&shares, "must be a non-negative integer");
    }
    if !(0..=100).contains(&lent.int()) {
        errors.invalid(&lent, "must be between 0 and 100, inclusive");
    }
}

fn limited(level: &Field, errors: &mut Errors) {
    shares(level, 0, errors);
    let response = level.get("limitResponse");
    let queuing = response.get("queuing");
    match response.get("type").text() {
        "Reject" if queuing.is_set() => errors.forbidden(
            &queuing,
            "must be nil if limited.limitResponse.type is not Limited",
        ),
        "Reject" => {}
        "Queue" if !queuing.is_set() => errors.required(
            &queuing,
            "must not be empty if limited.limitResponse.type is Limited",
        ),
        "Queue" => self::queuing(&queuing, errors),
        _ => errors.must_be(&response.get("type"), &["Queue", "Reject"]),
    }
    let borrowed = level.get("borrowingLimitPercent");
    if borrowed.int() < 0 {
        errors.invalid(&borrowed, "if specified, must be a non-negative integer");
    }
}

/// upstream: ValidatePriorityLevelQueuingConfiguration
fn queuing(queuing: &Field, errors: &mut Errors) {
    let (queues, hand) = (queuing.get("queues"), queuing.get("handSize"));
    let length = queuing.get("queueLengthLimit");
    if length.int() <= 0 {
        errors.invalid(&length, "must be positive");
    }
    if queues.int() <= 0 {
        errors.invalid(&queues, "must be positive");
    } else if queues.int() > MOST_QUEUES {
        errors.invalid(&queues, &format!("must not be greater than {MOST_QUEUES}"));
    }
    let bits = entropy(queues.int(), hand.int());
    if hand.int() <= 0 {
        errors.invalid(&hand, "must be positive");
    } else if hand.int() > queues.int() {
        let detail = format!("should not be greater than queues ({})", queues.int());
        errors.invalid(&hand, &detail);
    } else if bits > HASH_BITS {
        let detail = format!(
            "required entropy bits of deckSize {} and handSize {} should not be greater than {HASH_BITS}",
            queues.int(),
            hand.int()
        );
        errors.invalid(&hand, &detail);
    }
}

/// upstream: staging/src/k8s.io/apiserver/pkg/util/shufflesharding/shufflesharding.go RequiredEntropyBits
fn entropy(deck: i64, hand: i64) -> i64 {
    (((deck.max(1) as f64).log2() * hand as f64).ceil()) as i64
}

#[cfg(test)]
mod tests {
    use crate::testing::creates;
    use expect_test::expect;
    use serde_json::{Value, json};

    // upstream: pkg/apis/flowcontrol/validation/validation_test.go TestPriorityLevelConfigurationValidation
    #[test]
    fn what_a_level_may_be() {
        let level = json!({
            "apiVersion": "flowcontrol.apiserver.k8s.io/v1", "kind": "PriorityLevelConfiguration", "metadata": {"name": "a"},
            "spec": {"type": "Limited", "limited": {"limitResponse": {"type": "Queue", "queuing": {}}}},
        });
        let queuing = |value: Value| json!({"spec.limited.limitResponse.queuing": value});
        creates(
            &level,
            &[
                json!({}),
                json!({"spec.type": "Exempt"}),
                json!({"spec.type": "Other"}),
                json!({"spec.limited": null, "spec.exempt": {}}),
                json!({"spec.limited.nominalConcurrencyShares": -1, "spec.limited.lendablePercent": 101, "spec.limited.borrowingLimitPercent": -1}),
                json!({"spec.limited.limitResponse.type": "Reject"}),
                json!({"spec.limited.limitResponse": {"type": "Queue"}}),
                queuing(json!({"queueLengthLimit": -1, "queues": -1, "handSize": -1})),
                queuing(json!({"queues": 2, "handSize": 3})),
                queuing(json!({"queues": 128, "handSize": 10})),
            ],
            expect![[r#"
                {}
                {"spec.type":"Exempt"}
                  spec.type: Invalid value: "Exempt": type must be 'Exempt' if and only if name is 'exempt'
                  spec.limited: Forbidden: must be nil if the type is not Limited
                {"spec.type":"Other"}
                  spec.type: Unsupported value: "Other": supported values: "Exempt", "Limited"
                {"spec.exempt":{},"spec.limited":null}
                  spec.exempt: Forbidden: must be nil if the type is Limited
                  spec.limited: Required value: must not be empty when type is Limited
                {"spec.limited.borrowingLimitPercent":-1,"spec.limited.lendablePercent":101,"spec.limited.nominalConcurrencyShares":-1}
                  spec.limited.nominalConcurrencyShares: Invalid value: -1: must be a non-negative integer
                  spec.limited.lendablePercent: Invalid value: 101: must be between 0 and 100, inclusive
                  spec.limited.borrowingLimitPercent: Invalid value: -1: if specified, must be a non-negative integer
                {"spec.limited.limitResponse.type":"Reject"}
                  spec.limited.limitResponse.queuing: Forbidden: must be nil if limited.limitResponse.type is not Limited
                {"spec.limited.limitResponse":{"type":"Queue"}}
                  spec.limited.limitResponse.queuing: Required value: must not be empty if limited.limitResponse.type is Limited
                {"spec.limited.limitResponse.queuing":{"handSize":-1,"queueLengthLimit":-1,"queues":-1}}
                  spec.limited.limitResponse.queuing.queueLengthLimit: Invalid value: -1: must be positive
                  spec.limited.limitResponse.queuing.queues: Invalid value: -1: must be positive
                  spec.limited.limitResponse.queuing.handSize: Invalid value: -1: must be positive
                {"spec.limited.limitResponse.queuing":{"handSize":3,"queues":2}}
                  spec.limited.limitResponse.queuing.handSize: Invalid value: 3: should not be greater than queues (2)
                {"spec.limited.limitResponse.queuing":{"handSize":10,"queues":128}}
                  spec.limited.limitResponse.queuing.handSize: Invalid value: 10: required entropy bits of deckSize 128 and handSize 10 should not be greater than 60"#]],
        );
    }
}
