//! `kubectl scale`.
// upstream: staging/src/k8s.io/kubectl/pkg/cmd/scale/scale.go

use podarium_api::kinds::KindId;
use podarium_cluster::Method;
use serde_json::json;

use super::request;
use crate::api::Api;
use crate::failure::Failure;
use crate::options::Options;
use crate::origin::origin;
use crate::outcome::{Done, Outcome};
use crate::resource::path;

/// Sets the number of replicas of a workload.
pub fn scale(
    api: &mut impl Api,
    kind: KindId,
    name: &str,
    replicas: i32,
    options: &Options,
) -> Outcome {
    let namespace = options.namespace.as_deref().unwrap_or("default");
    let path = [&path(kind.info(), namespace, name), "/scale"].concat();
    let body = json!({"spec": {"replicas": replicas}});
    let origin = origin(&options.command, None);
    let patch = request(options, &origin, Method::Patch, &path, Some(&body))
        .content_type("application/merge-patch+json");
    let answer = api.handle(patch);
    Outcome {
        kind,
        namespace: namespace.into(),
        name: name.into(),
        document: 0,
        warnings: answer.warnings.clone(),
        dry_run: options.dry_run,
        result: if answer.is_success() {
            Ok(Done::Scaled)
        } else {
            Err(Failure::server("", "", &answer))
        },
    }
}
