//! `kubectl delete -f`.
// upstream: staging/src/k8s.io/kubectl/pkg/cmd/delete/delete.go

use podarium_api::decode::Manifest;
use podarium_cluster::Method;
use serde_json::json;

use super::{namespace_of, request};
use crate::api::Api;
use crate::failure::Failure;
use crate::options::Options;
use crate::origin::origin;
use crate::outcome::{Done, Outcome};
use crate::resource::path;

/// Deletes the objects of manifests in their order, each in the background. One that is missing does not stop the others.
pub fn delete(api: &mut impl Api, manifests: &[Manifest], options: &Options) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    for manifest in manifests {
        let info = manifest.kind.info();
        let namespace = namespace_of(options, info, manifest);
        let mut outcome = Outcome {
            kind: manifest.kind,
            namespace: namespace.clone().unwrap_or_default(),
            name: manifest.name().into(),
            document: manifest.document,
            warnings: Vec::new(),
            dry_run: options.dry_run,
            result: Ok(Done::Deleted),
        };
        outcome.result = namespace.and_then(|namespace| {
            let origin = origin(&options.command, Some(manifest));
            let path = path(info, &namespace, manifest.name());
            let body = json!({"propagationPolicy": "Background"});
            let answer = api.handle(request(
                options,
                &origin,
                Method::Delete,
                &path,
                Some(&body),
            ));
            outcome.warnings.clone_from(&answer.warnings);
            if answer.is_success() {
                Ok(Done::Deleted)
            } else {
                Err(Failure::server("deleting", &manifest.source, &answer))
            }
        });
        outcomes.push(outcome);
    }
    outcomes
}
