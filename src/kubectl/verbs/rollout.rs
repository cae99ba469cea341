//! `kubectl rollout restart`.
// upstream: staging/src/k8s.io/kubectl/pkg/polymorphichelpers/objectrestarter.go

use podarium_api::kinds::KindId;
use podarium_cluster::Method;
use serde_json::json;

use super::{managed, request};
use crate::api::Api;
use crate::failure::Failure;
use crate::options::Options;
use crate::origin::origin;
use crate::outcome::{Done, Outcome};
use crate::resource::path;

/// Replaces all pods of a workload, by noting the time in its template.
pub fn restart(api: &mut impl Api, kind: KindId, name: &str, options: &Options) -> Outcome {
    let namespace = options.namespace.as_deref().unwrap_or("default");
    let mut outcome = Outcome {
        kind,
        namespace: namespace.into(),
        name: name.into(),
        document: 0,
        warnings: Vec::new(),
        dry_run: options.dry_run,
        result: Ok(Done::Restarted),
    };
    outcome.result = patch(api, kind, name, namespace, options);
    outcome
}

fn patch(
    api: &mut impl Api,
    kind: KindId,
    name: &str,
    namespace: &str,
    options: &Options,
) -> Result<Done, Failure> {
    let info = kind.info();
    let path = path(info, namespace, name);
    let origin = origin(&options.command, None);
    let live = api.handle(request(options, &origin, Method::Get, &path, None));
    if !live.is_success() {
        return Err(Failure::server("", "", &live));
    }
    if live.value()["spec"]["paused"] == true {
        return Err(Failure::Local(format!(
            "{} {name:?} can't restart paused deployment (run rollout resume first)",
            info.group_resource()
        )));
    }
    let now = api.now().to_rfc3339();
    let body = json!({"spec": {"template": {"metadata": {"annotations": {
        "kubectl.kubernetes.io/restartedAt": now,
    }}}}});
    let patch = request(options, &origin, Method::Patch, &path, Some(&body))
        .content_type("application/strategic-merge-patch+json");
    // upstream: staging/src/k8s.io/kubectl/pkg/cmd/rollout/rollout_restart.go NewRolloutRestartOptions
    let answer = api.handle(managed(patch, "kubectl-rollout"));
    if answer.is_success() {
        Ok(Done::Restarted)
    } else {
        Err(Failure::server("", "", &answer))
    }
}
