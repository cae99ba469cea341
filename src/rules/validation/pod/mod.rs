//! Pods, and the templates of them in other kinds. One file for each part of a spec.
// upstream: pkg/apis/core/validation/validation.go

mod affinity;
mod annotations;
mod container;
mod dns;
mod env;
mod gated;
mod mounts;
mod part;
mod probe;
mod projected;
mod resources;
mod security;
mod spec;
mod update;
mod volume;
mod windows;

pub use part::part;
pub use probe::port as port_or_name;
pub use resources::{of_whole_pods, sums};
pub use spec::{EFFECTS, chosen, toleration};
pub use update::pod_update;

use serde_json::Value;

use crate::errors::Errors;
use crate::field::Field;

/// What the parts of a spec must know of the whole.
struct Whole<'a> {
    /// The volumes that are good, by name.
    volumes: Vec<(&'a str, &'a Value)>,
    /// The names of the resource claims.
    claims: Vec<&'a str>,
    /// The seconds that a pod has to end.
    grace: Option<i64>,
    /// Whether nothing is restarted.
    never: bool,
    /// Whether users are those of the host.
    host_users: bool,
}

impl<'a> Whole<'a> {
    fn volume(&self, name: &str) -> Option<&'a Value> {
        let found = self.volumes.iter().find(|(n, _)| *n == name);
        found.map(|(_, volume)| *volume)
    }
}

/// Whose spec it is.
#[derive(Clone, Copy)]
enum Of<'a> {
    /// A pod's of that name.
    Pod(&'a str),
    /// A template's, beside which these claims become volumes.
    Template(&'a [&'a str]),
}

/// upstream: ValidatePodCreate
pub fn pod(pod: &Field, errors: &mut Errors) {
    whole(pod, errors);
    let spec = pod.get("spec");
    let ephemeral = spec.get("ephemeralContainers");
    if !ephemeral.is_empty() {
        errors.forbidden(&ephemeral, "cannot be set on create");
    }
    let node = spec.get("nodeName");
    if !node.is_empty() && !spec.get("schedulingGates").is_empty() {
        errors.forbidden(
            &node,
            "cannot be set until all schedulingGates have been cleared",
        );
    }
    annotations::match_fields(&pod.at("metadata.annotations"), &spec, errors);
}

/// What is wrong with a pod, be it new or not, apart from its metadata.
///
/// upstream: validatePodMetadataAndSpec
pub fn whole(pod: &Field, errors: &mut Errors) {
    let spec = pod.get("spec");
    annotations::annotations(&pod.at("metadata.annotations"), &spec, errors);
    let name = pod.at("metadata.name");
    spec::spec(&spec, Of::Pod(name.text()), errors);
    if spec.get("serviceAccountName").is_empty() {
        for source in projections(&spec) {
            let token = source.get("serviceAccountToken");
            if token.is_set() {
                let detail = "must not be specified when serviceAccountName is not set";
                errors.forbidden(&token, detail);
            }
        }
    }
    for list in ["containers", "initContainers"] {
        for container in spec.get(list).items() {
            container::padded_image(&container.get("image"), errors);
        }
    }
}

fn projections<'a>(spec: &Field<'a>) -> impl Iterator<Item = Field<'a>> + use<'a> {
    let volumes = spec.get("volumes").items();
    volumes.flat_map(|volume| volume.at("projected.sources").items())
}

/// `claims` are the names of claims that become volumes of their pods.
///
/// upstream: ValidatePodTemplateSpec
pub fn template(template: &Field, claims: &[&str], errors: &mut Errors) {
    let (meta, spec) = (template.get("metadata"), template.get("spec"));
    let called = |name: &str| meta.get(name).called(&template.get(name).path);
    errors.labels(&called("labels"));
    errors.annotations(&called("annotations"));
    annotations::annotations(&called("annotations"), &spec, errors);
    spec::spec(&spec, Of::Template(claims), errors);
    annotations::match_fields(&meta.get("annotations"), &spec, errors);
    let ephemeral = spec.get("ephemeralContainers");
    if !ephemeral.is_empty() {
        let detail = "ephemeral containers not allowed in pod template";
        errors.forbidden(&ephemeral, detail);
    }
}

/// All containers of a spec. upstream: pkg/apis/core/pods/helpers.go VisitContainersWithPath
fn containers<'a>(spec: &Field<'a>) -> impl Iterator<Item = Field<'a>> + use<'a> {
    let lists = ["initContainers", "containers", "ephemeralContainers"];
    let lists = lists.map(|list| spec.get(list));
    lists.into_iter().flat_map(|list| list.items())
}
