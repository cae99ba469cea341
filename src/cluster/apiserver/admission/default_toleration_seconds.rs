//! DefaultTolerationSeconds: pods stay five minutes on a node that is not ready or cannot be reached.

use k8s_openapi::api::core::v1::{PodSpec, Toleration};
use podarium_api::kinds::KindId;

use super::{CREATE, Plugin, UPDATE, spec_mut};
use crate::doc::Doc;

pub(super) static PLUGIN: Plugin = Plugin {
    doc: Doc {
        name: "DefaultTolerationSeconds",
        sentence: "Lets pods stay 300 seconds on a node that is not ready or unreachable, unless they say otherwise.",
        upstream: "plugin/pkg/admission/defaulttolerationseconds/admission.go",
        docs: "reference/access-authn-authz/admission-controllers/#defaulttolerationseconds",
        acts_on: &["Pod.spec.tolerations.**"],
    },
    on: &[(Some(KindId::POD), CREATE | UPDATE)],
    shared: true,
    admit: Some(|_, attributes, object| {
        if let Some(spec) = spec_mut(attributes, object) {
            admit(spec);
        }
        Ok(())
    }),
    validate: None,
};

const SECONDS: i64 = 300;
const KEYS: [&str; 2] = [
    "node.kubernetes.io/not-ready",
    "node.kubernetes.io/unreachable",
];

fn admit(spec: &mut PodSpec) {
    for key in KEYS {
        let tolerated = spec.tolerations.iter().flatten().any(|t| {
            let effect = t.effect.as_deref().unwrap_or_default();
            let own = t.key.as_deref().unwrap_or_default();
            (own == key || own.is_empty()) && (effect == "NoExecute" || effect.is_empty())
        });
        if !tolerated {
            spec.tolerations.get_or_insert_default().push(Toleration {
                key: Some(key.into()),
                operator: Some("Exists".into()),
                effect: Some("NoExecute".into()),
                toleration_seconds: Some(SECONDS),
                value: None,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn own_tolerations_win() {
        for (own, added) in [
            (json!([]), vec!["not-ready", "unreachable"]),
            (json!([{"operator": "Exists"}]), vec![]),
            (
                json!([{"key": "node.kubernetes.io/not-ready", "operator": "Exists", "effect": "NoExecute"}]),
                vec!["unreachable"],
            ),
            (
                json!([{"key": "node.kubernetes.io/not-ready", "operator": "Exists", "effect": "NoSchedule"}]),
                vec!["not-ready", "unreachable"],
            ),
        ] {
            let mut spec: PodSpec =
                serde_json::from_value(json!({"containers": [], "tolerations": own.clone()}))
                    .unwrap();
            let before = own.as_array().unwrap().len();
            admit(&mut spec);
            let all = spec.tolerations.unwrap_or_default();
            let got: Vec<_> = all[before..]
                .iter()
                .map(|t| t.key.as_deref().unwrap().rsplit('/').next().unwrap())
                .collect();
            assert_eq!(got, added, "{own}");
            assert!(
                all[before..]
                    .iter()
                    .all(|t| t.toleration_seconds == Some(300))
            );
        }
    }
}
