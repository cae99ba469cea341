//! Eviction: a deletion that asks the pod's disruption budget first.
// upstream: pkg/registry/core/pod/storage/eviction.go

use std::sync::Arc;

use podarium_api::kinds::KindId;
use podarium_api::object::{Key, Object};
use podarium_api::pod::{Phase, Pod};
use podarium_api::selector::Selector;
use podarium_api::status::{Cause, Reason, Status};
use podarium_api::typed;
use serde_json::{Value, json};

use super::DeleteOptions;
use super::admission::{Attributes, Operation};
use crate::sim::{Actor, Verb, Why};
use crate::world::World;

/// upstream: MaxDisruptedPodSize
const MOST_DISRUPTED: usize = 2_000;
const REFUSED: &str = "Cannot evict pod as it would violate the pod's disruption budget.";

impl World {
    /// Deletes a pod unless too few of its like would be left.
    ///
    /// # Errors
    /// `TooManyRequests` where the budget is spent, and the errors of a deletion.
    pub fn evict(
        &mut self,
        actor: &Actor,
        pod: &Arc<Pod>,
        mut options: DeleteOptions,
        why: Why,
    ) -> Result<(), Status> {
        let attributes = Attributes::new(Operation::Create, actor, None).at("eviction");
        self.admit(attributes, &mut Object::Pod(pod.clone()))?;
        let key = Key {
            kind: KindId::POD,
            namespace: pod.meta.namespace.clone(),
            name: pod.meta.name.clone(),
        };
        // upstream: canIgnorePDB
        let unguarded = pod.meta.is_terminating()
            || matches!(
                pod.body.status.phase,
                Phase::Pending | Phase::Succeeded | Phase::Failed
            );
        if !unguarded {
            self.spend_budget(pod)?;
        }
        let mut marked = pod.as_ref().clone();
        let status = &mut marked.body.status;
        let (reason, message) = ("EvictionByEvictionAPI", "Eviction API: evicting");
        if !pod.body.status.phase.is_terminal()
            && status.set_condition(
                self.now,
                "DisruptionTarget",
                Some(true),
                Some(reason),
                Some(message),
            )
        {
            let object = Some(marked.into_object());
            let change = self.commit(actor, Verb::UpdateStatus, key.clone(), object, why.clone());
            if options.resource_version == Some(pod.meta.resource_version) {
                let left = change.new.as_ref().map(|pod| pod.meta().resource_version);
                options.resource_version = left;
            }
        }
        self.delete(actor, &key, &options, why).map(drop)
    }

    fn spend_budget(&mut self, pod: &Pod) -> Result<(), Status> {
        let mut budgets = self
            .store
            .list_in(KindId::POD_DISRUPTION_BUDGET, &pod.meta.namespace)
            .filter(|budget| guards(budget, pod));
        let Some(budget) = budgets.next().cloned() else {
            return Ok(());
        };
        if budgets.next().is_some() {
            return Err(Status::new(
                Reason::Unknown,
                "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.",
            ));
        }
        drop(budgets);
        let Object::Other(kind, budget) = budget else {
            return Ok(());
        };
        let mut spent = budget.as_ref().clone();
        let status = spent.body.entry("status").or_insert_with(|| json!({}));
        let number = |field: &str| status[field].as_i64().unwrap_or_default();
        let name = &*budget.meta.name;
        let (healthy, desired) = (number("currentHealthy"), number("desiredHealthy"));
        if !pod.is_ready() {
            let policy = &budget.body["spec"]["unhealthyPodEvictionPolicy"];
            if policy == "AlwaysAllow" || (healthy >= desired && desired > 0) {
                return Ok(());
            }
        }
        // upstream: checkAndDecrement
        let refused = |retry_after: u32, text: String| {
            let mut status = Status::new(Reason::TooManyRequests, REFUSED);
            status.causes.push(Cause::whole("DisruptionBudget", text));
            status.retry_after = retry_after;
            Err(status)
        };
        let forbidden = |text: &str| {
            Err(Status::forbidden(
                "policy",
                "poddisruptionbudget",
                name,
                text,
            ))
        };
        if number("observedGeneration") < budget.meta.generation {
            let text =
                format!("The disruption budget {name} is still being processed by the server.");
            return refused(10, text);
        }
        let allowed = number("disruptionsAllowed");
        if allowed < 0 {
            return forbidden("pdb disruptions allowed is negative");
        }
        let disrupted = status["disruptedPods"]
            .as_object()
            .map_or(0, |pods| pods.len());
        if disrupted > MOST_DISRUPTED {
            return forbidden(
                "DisruptedPods map too big - too many evictions not confirmed by PDB controller",
            );
        }
        if allowed == 0 {
            let conditions = status["conditions"].as_array().into_iter().flatten();
            let failed = conditions.clone().find(|c| c["reason"] == "SyncFailed");
            let text = match failed {
                Some(failed) => format!(
                    "The disruption budget {name} does not allow evicting pods currently because it failed sync: {}",
                    failed["message"].as_str().unwrap_or_default()
                ),
                None => format!(
                    "The disruption budget {name} needs {desired} healthy pods and has {healthy} currently"
                ),
            };
            return refused(0, text);
        }
        status["disruptionsAllowed"] = (allowed - 1).into();
        status["disruptedPods"][&*pod.meta.name] = self.now.to_rfc3339().into();
        let why = Why::with("pdb-spent", [("pod", (&pod.meta.name).into())]);
        let actor = Actor::Control("kube-apiserver");
        let object = Object::Other(kind, Arc::new(spent));
        self.update_object_status(&actor, object, why).map(drop)
    }
}

/// Whether a budget is about a pod. Without a selector it is about none.
pub(crate) fn guards(budget: &Object, pod: &Pod) -> bool {
    let Object::Other(_, budget) = budget else {
        return false;
    };
    let selector = budget.body.get("spec").map(|spec| &spec["selector"]);
    let Some(selector) = selector.filter(|s: &&Value| !s.is_null()) else {
        return false;
    };
    let selector = typed::read(selector).ok();
    Selector::from_label_selector(selector.as_ref())
        .is_ok_and(|selector| selector.matches(|key| pod.meta.labels.get(key)))
}
