//! The quality of service that a pod gets.

use k8s_openapi::api::core::v1 as core;
use podarium_api::quantity::Quantity;

/// `Guaranteed`, `Burstable` or `BestEffort`.
///
/// upstream: pkg/apis/core/v1/helper/qos/qos.go ComputePodQOS
pub fn qos_class(spec: &core::PodSpec) -> &'static str {
    let own = spec.resources.as_ref();
    let all = spec
        .containers
        .iter()
        .chain(spec.init_containers.iter().flatten())
        .map(|c| c.resources.as_ref());
    let all: Vec<_> = match own {
        Some(_) => vec![own],
        None => all.collect(),
    };
    let mut any = false;
    let mut guaranteed = true;
    for resources in all {
        for name in ["cpu", "memory"] {
            let amount = |list: Option<&std::collections::BTreeMap<String, _>>| {
                list.and_then(|l| l.get(name))
                    .and_then(
                        |q: &k8s_openapi::apimachinery::pkg::api::resource::Quantity| {
                            Quantity::parse(&q.0).ok()
                        },
                    )
                    .filter(|q| !q.is_zero())
            };
            let limit = amount(resources.and_then(|r| r.limits.as_ref()));
            let request = amount(resources.and_then(|r| r.requests.as_ref()));
            any |= limit.is_some() || request.is_some();
            guaranteed &= limit.is_some() && limit == request;
        }
    }
    match (any, guaranteed) {
        (false, _) => "BestEffort",
        (true, true) => "Guaranteed",
        (true, false) => "Burstable",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apiserver::defaults::pod;
    use serde_json::{Value, json};

    fn spec(value: Value) -> core::PodSpec {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn quality_of_service() {
        for (resources, class) in [
            (json!({}), "BestEffort"),
            (json!({"requests": {"cpu": "1"}}), "Burstable"),
            (json!({"limits": {"cpu": "1"}}), "Burstable"),
            (
                json!({"limits": {"cpu": "1", "memory": "1Gi"}}),
                "Guaranteed",
            ),
            (
                json!({"limits": {"cpu": "1", "memory": "1Gi"}, "requests": {"cpu": "1000m", "memory": "1024Mi"}}),
                "Guaranteed",
            ),
            (
                json!({"limits": {"cpu": "1", "memory": "1Gi"}, "requests": {"cpu": "1", "memory": "1Mi"}}),
                "Burstable",
            ),
            (
                json!({"requests": {"ephemeral-storage": "1Gi"}}),
                "BestEffort",
            ),
        ] {
            let mut spec =
                spec(json!({"containers": [{"name": "a", "resources": resources.clone()}]}));
            pod(&mut spec);
            assert_eq!(qos_class(&spec), class, "{resources}");
        }
    }
}
