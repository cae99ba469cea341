//! Defaults of Endpoints and EndpointSlices.

use std::sync::Arc;

use podarium_api::object::EndpointsBody;
use podarium_api::slice::EndpointSlice;

use super::text;

/// upstream: pkg/apis/core/v1/zz_generated.defaults.go SetObjectDefaults_Endpoints
pub(super) fn endpoints(body: &mut EndpointsBody) {
    for port in body.subsets.iter_mut().filter_map(|s| s.ports.as_mut()) {
        port.iter_mut().for_each(|p| text(&mut p.protocol, "TCP"));
    }
}

/// upstream: pkg/apis/discovery/v1/defaults.go SetDefaults_EndpointPort
pub(super) fn slice(slice: &mut Arc<EndpointSlice>) {
    let done = |p: &k8s_openapi::api::discovery::v1::EndpointPort| {
        p.name.is_some() && p.protocol.as_ref().is_some_and(|p| !p.is_empty())
    };
    if slice.body.ports.iter().all(done) {
        return;
    }
    for port in &mut Arc::make_mut(slice).body.ports {
        port.name.get_or_insert_default();
        text(&mut port.protocol, "TCP");
    }
}
