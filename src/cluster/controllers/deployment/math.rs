//! How many pods a rollout may have too many and too few.
// upstream: pkg/controller/deployment/util/deployment_util.go ResolveFenceposts, MaxSurge, MaxUnavailable

use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use podarium_api::object::{Deployment, ReplicaSet};

/// Desired replicas of a Deployment.
pub(super) fn wanted(d: &Deployment) -> i32 {
    d.body.spec.replicas.unwrap_or(1)
}

/// Desired replicas of a ReplicaSet.
pub(super) fn size(rs: &ReplicaSet) -> i32 {
    rs.body.spec.replicas.unwrap_or(1)
}

/// Pods of a ReplicaSet that have been ready for long enough.
pub(super) fn available(rs: &ReplicaSet) -> i32 {
    rs.body.status.available_replicas.unwrap_or(0)
}

/// Whether pods are replaced bit by bit.
pub(super) fn is_rolling(d: &Deployment) -> bool {
    let strategy = d.body.spec.strategy.as_ref();
    strategy.and_then(|s| s.type_.as_deref()) != Some("Recreate")
}

/// How many pods there may be beyond the desired ones.
pub(super) fn max_surge(d: &Deployment) -> i32 {
    if is_rolling(d) { fenceposts(d).0 } else { 0 }
}

/// How many pods may be unavailable.
pub(super) fn max_unavailable(d: &Deployment) -> i32 {
    if !is_rolling(d) || wanted(d) == 0 {
        return 0;
    }
    fenceposts(d).1.min(wanted(d))
}

/// Surge is rounded up, unavailability down; when both come to nothing one pod may be unavailable, or nothing would move.
fn fenceposts(d: &Deployment) -> (i32, i32) {
    let strategy = d.body.spec.strategy.as_ref();
    let rolling = strategy.and_then(|s| s.rolling_update.as_ref());
    let surge = scaled(rolling.and_then(|r| r.max_surge.as_ref()), wanted(d), true);
    let unavailable = scaled(
        rolling.and_then(|r| r.max_unavailable.as_ref()),
        wanted(d),
        false,
    );
    match (surge, unavailable) {
        (0, 0) => (0, 1),
        both => both,
    }
}

/// A number, or a percentage of `total`; what is malformed is zero.
// upstream: apimachinery/pkg/util/intstr/intstr.go GetScaledValueFromIntOrPercent
fn scaled(value: Option<&IntOrString>, total: i32, up: bool) -> i32 {
    match value {
        None => 0,
        Some(IntOrString::Int(n)) => *n,
        Some(IntOrString::String(text)) => {
            let percent = text.strip_suffix('%').and_then(|n| n.parse::<i64>().ok());
            let Some(percent) = percent else { return 0 };
            let hundredths = percent * i64::from(total);
            let rounded = if up { hundredths + 99 } else { hundredths };
            i32::try_from(rounded.div_euclid(100)).unwrap_or(i32::MAX)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use podarium_api::kinds::KindId;
    use podarium_api::object::{DeploymentBody, Object};
    use serde_json::{Value, json};

    fn deployment(replicas: i32, surge: Value, unavailable: Value) -> Deployment {
        let value = json!({
            "metadata": {"name": "web"},
            "spec": {"replicas": replicas, "selector": {}, "template": {}, "strategy": {
                "type": "RollingUpdate", "rollingUpdate": {"maxSurge": surge, "maxUnavailable": unavailable},
            }},
        });
        let object = Object::from_value(KindId::DEPLOYMENT, value).unwrap();
        object.as_kind::<DeploymentBody>().unwrap().as_ref().clone()
    }

    #[test]
    fn percentages_round_away_from_too_few_pods() {
        for (replicas, surge, unavailable, want) in [
            (10, json!("25%"), json!("25%"), (3, 2)),
            (4, json!("25%"), json!("25%"), (1, 1)),
            (3, json!("25%"), json!("25%"), (1, 0)),
            (1, json!("25%"), json!("25%"), (1, 0)),
            (10, json!(0), json!(0), (0, 1)),
            (10, json!("0%"), json!("1%"), (0, 1)),
            (10, json!(2), json!(20), (2, 10)),
            (0, json!("25%"), json!("25%"), (0, 0)),
        ] {
            let d = deployment(replicas, surge, unavailable);
            assert_eq!((max_surge(&d), max_unavailable(&d)), want, "{replicas}");
        }
    }
}
