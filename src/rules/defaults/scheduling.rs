//! scheduling.k8s.io.
// upstream: pkg/apis/scheduling/v1/defaults.go

use super::{Fields, default};

/// upstream: SetDefaults_PriorityClass
pub fn priority_class(fields: &mut Fields) {
    default(fields, "preemptionPolicy", "PreemptLowerPriority");
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn a_class_preempts_unless_it_says_otherwise() {
        let class = |policy| json!({"apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "preemptionPolicy": policy});
        for (given, stored) in [
            (json!(null), "PreemptLowerPriority"),
            (json!("Never"), "Never"),
        ] {
            let done = super::super::apply(class(given));
            assert_eq!(done["preemptionPolicy"], stored);
        }
    }
}
