//! `kubectl apply -f`: what is missing is created, what is there is brought to what the manifest says, by what it said
//! before, what is, and what it says now.
// upstream: staging/src/k8s.io/kubectl/pkg/cmd/apply/apply.go, patcher.go

use podarium_api::decode::Manifest;
use podarium_api::schema::schema;
use podarium_api::typed;
use podarium_cluster::Method;
use serde_json::Value;

use super::{managed, namespace_of, request};
use crate::api::Api;
use crate::failure::Failure;
use crate::last_applied::{LAST_APPLIED, annotated};
use crate::options::Options;
use crate::origin::origin;
use crate::outcome::{Done, Outcome};
use crate::patch::three_way;
use crate::resource::path;

/// upstream: staging/src/k8s.io/kubectl/pkg/cmd/apply/apply.go FieldManagerClientSideApply
const MANAGER: &str = "kubectl-client-side-apply";

/// Applies manifests in their order. One that is refused does not stop the others.
pub fn apply(api: &mut impl Api, manifests: &[Manifest], options: &Options) -> Vec<Outcome> {
    manifests
        .iter()
        .map(|manifest| {
            let mut outcome = Outcome {
                kind: manifest.kind,
                namespace: String::new(),
                name: manifest.name().into(),
                document: manifest.document,
                warnings: Vec::new(),
                dry_run: options.dry_run,
                result: Ok(Done::Unchanged),
            };
            outcome.result = one(api, manifest, options, &mut outcome);
            outcome
        })
        .collect()
}

fn one(
    api: &mut impl Api,
    manifest: &Manifest,
    options: &Options,
    outcome: &mut Outcome,
) -> Result<Done, Failure> {
    let info = manifest.kind.info();
    let source = &*manifest.source;
    let name = manifest.name().to_owned();
    let namespace = namespace_of(options, info, manifest)?;
    outcome.namespace.clone_from(&namespace);
    if name.is_empty() {
        let prefix = manifest.value["metadata"]["generateName"].as_str();
        return Err(Failure::Local(match prefix {
            Some(prefix) => format!("from {prefix}: cannot use generate name with apply"),
            None => "resource name may not be empty".into(),
        }));
    }
    let mut object = manifest.value.clone();
    if info.namespaced {
        object["metadata"]["namespace"] = namespace.as_str().into();
    }
    let modified = annotated(object);
    let origin = origin(&options.command, Some(manifest));
    let path = |name: &str| path(info, &namespace, name);

    let get = request(options, &origin, Method::Get, &path(&name), None);
    let live = api.handle(get);
    if live.code == 404 {
        let post = request(options, &origin, Method::Post, &path(""), Some(&modified));
        let created = api.handle(managed(post, MANAGER));
        outcome.warnings.extend(created.warnings.clone());
        return if created.is_success() {
            Ok(Done::Created)
        } else {
            Err(Failure::server("creating", source, &created))
        };
    }
    if !live.is_success() {
        let resource = format!("{}/{}, Resource={}", info.group, info.version, info.plural);
        let text = format!(
            "retrieving current configuration of:\nResource: {resource:?}\nName: {name:?}, Namespace: \
             {namespace:?}\nfrom server for:"
        );
        return Err(Failure::server(&text, source, &live));
    }
    let current = live.into_value();
    let applied = current["metadata"]["annotations"][LAST_APPLIED].as_str();
    if applied.is_none() {
        outcome.warnings.push(format!(
            "resource {}/{name} is missing the {LAST_APPLIED} annotation which is required by kubectl apply. kubectl \
             apply should only be used on resources created declaratively by either kubectl create --save-config or \
             kubectl apply. The missing annotation will be patched automatically.",
            info.plural
        ));
    }
    let original = match applied.map(|text| typed::parse(text.as_bytes())) {
        None => Value::Null,
        Some(Ok(original)) => original,
        Some(Err(e)) => {
            let text = format!("retrieving original configuration from {name}: {e}");
            return Err(Failure::Local(text));
        }
    };
    let owner = schema().of_kind(manifest.kind);
    let patch = three_way(&original, &modified, &current, owner);
    if patch.as_object().is_some_and(|p| p.is_empty()) {
        return Ok(Done::Unchanged);
    }
    let send = request(options, &origin, Method::Patch, &path(&name), Some(&patch)).content_type(
        match owner {
            Some(_) => "application/strategic-merge-patch+json",
            None => "application/merge-patch+json",
        },
    );
    let patched = api.handle(managed(send, MANAGER));
    outcome.warnings.extend(patched.warnings.clone());
    if patched.is_success() {
        return Ok(Done::Configured);
    }
    let group = if info.group.is_empty() {
        info.version.to_owned()
    } else {
        format!("{}/{}", info.group, info.version)
    };
    let text = format!(
        "applying patch:\n{patch}\nto:\nResource: {:?}, GroupVersionKind: {:?}\nName: {name:?}, Namespace: \
         {namespace:?}\nfor:",
        format!("{group}, Resource={}", info.plural),
        format!("{group}, Kind={}", info.kind),
    );
    Err(Failure::server(&text, source, &patched))
}
