//! Defaults of Nodes.

use podarium_api::object::NodeBody;

use super::canonical;

/// upstream: pkg/apis/core/v1/defaults.go SetDefaults_NodeStatus
pub(super) fn node(body: &mut NodeBody) {
    canonical(&mut body.status.capacity);
    canonical(&mut body.status.allocatable);
    if body.status.allocatable.is_none() {
        body.status.allocatable.clone_from(&body.status.capacity);
    }
}
