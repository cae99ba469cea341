//! What a path means.

use std::sync::Arc;

use podarium_api::kinds::{self, KindId, KindInfo};
use serde_json::Value;

use super::super::custom;
use crate::world::World;

/// Where a request goes.
#[derive(Debug)]
pub enum Route {
    /// To a document that is no object, if there is one of that path.
    Document,
    /// To objects.
    Resource(Place),
    /// To the list of an object's fields that nothing acts on: a path of our own.
    Unsimulated(Place),
}

/// An object, a collection, or a part of an object.
#[derive(Debug)]
pub struct Place {
    /// Of which kind.
    pub info: &'static KindInfo,
    /// In which namespace; empty for all, and for cluster-scoped kinds.
    pub namespace: String,
    /// Which object; empty for the collection.
    pub name: String,
    /// Which subresource; empty for the object itself.
    pub sub: String,
    /// What its definition says of a kind that has one.
    pub custom: Option<Arc<Value>>,
}

/// Reads a path; `None` where it leads to no resource.
///
/// upstream: staging/src/k8s.io/apiserver/pkg/endpoints/request/requestinfo.go NewRequestInfo
pub fn route(world: &World, path: &str) -> Option<Route> {
    let parts: Vec<&str> = path.split('/').filter(|p| !p.is_empty()).collect();
    match parts.as_slice() {
        ["api", version, rest @ ..] if !rest.is_empty() => {
            place(world, "", version, rest).map(Route::Resource)
        }
        ["apis", group, version, rest @ ..] if !rest.is_empty() => {
            place(world, group, version, rest).map(Route::Resource)
        }
        // The core group is called `core` here, and no namespace `-`.
        [
            "podarium",
            "unsimulated",
            group,
            version,
            namespace,
            plural,
            name,
        ] => {
            let group = if *group == "core" { "" } else { group };
            let (info, custom) = kind(world, group, version, plural)?;
            Some(Route::Unsimulated(Place {
                info,
                namespace: if *namespace == "-" { "" } else { namespace }.to_string(),
                name: (*name).into(),
                sub: String::new(),
                custom,
            }))
        }
        _ => Some(Route::Document),
    }
}

/// Whether a path lies below what serves objects, though it leads to none: the server then refuses with a Status, and
/// elsewhere with a line of text, as any web server.
///
/// upstream: staging/src/k8s.io/apiserver/pkg/server/handler.go director.ServeHTTP
pub fn below_resources(world: &World, path: &str) -> bool {
    let mut parts = path.split('/').filter(|part| !part.is_empty());
    match parts.next() {
        Some("api") => true,
        Some("apis") => parts.next().is_none_or(|group| {
            let mut rows = kinds::KINDS.iter();
            let mut defined = world.store().list(KindId::CUSTOM_RESOURCE_DEFINITION);
            let defines =
                |definition| custom::kept(definition).is_some_and(|id| id.info().group == group);
            rows.any(|row| row.group == group) || defined.any(defines)
        }),
        _ => false,
    }
}

/// The row of a URL's group, version and resource, and what its definition says if it has one.
fn kind(
    world: &World,
    group: &str,
    version: &str,
    plural: &str,
) -> Option<(&'static KindInfo, Option<Arc<Value>>)> {
    if let Some(info) = kinds::by_resource(group, version, plural) {
        return Some((info, None));
    }
    let (info, described) = custom::find(world, group, version, plural)?;
    Some((info, Some(described)))
}

fn place(world: &World, group: &str, version: &str, rest: &[&str]) -> Option<Place> {
    let (namespace, rest) = match rest {
        // Of a namespace, these are parts; of anything else, it is where it lives.
        ["namespaces", _] | ["namespaces", _, "status" | "finalize"] => ("", rest),
        ["namespaces", namespace, rest @ ..] if !rest.is_empty() => (*namespace, rest),
        rest => ("", rest),
    };
    let (plural, name, sub) = match rest {
        [plural] => (plural, "", ""),
        [plural, name] => (plural, *name, ""),
        [plural, name, "proxy", ..] => (plural, *name, "proxy"),
        [plural, name, sub] => (plural, *name, *sub),
        _ => return None,
    };
    let (info, custom) = kind(world, group, version, plural)?;
    // A namespaced object has no path without its namespace, a cluster-scoped one none with.
    if info.namespaced == namespace.is_empty() && !(info.namespaced && name.is_empty()) {
        return None;
    }
    if !sub.is_empty() && !info.subresources.contains(&sub) {
        return None;
    }
    Some(Place {
        info,
        namespace: namespace.into(),
        name: name.into(),
        sub: sub.into(),
        custom,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_mean_what_upstream_takes_them_to_mean() {
        let world = World::new(crate::Config::default());
        let meaning = |path: &str| match route(&world, path) {
            None => "nothing".to_string(),
            Some(Route::Document) => "a document".to_string(),
            Some(Route::Resource(p)) => format!(
                "{} {:?} {:?} {:?}",
                p.info.plural, p.namespace, p.name, p.sub
            ),
            Some(Route::Unsimulated(p)) => format!(
                "unsimulated {} {:?} {:?}",
                p.info.plural, p.namespace, p.name
            ),
        };
        for (path, means) in [
            ("/version", "a document"),
            ("/livez/ping", "a document"),
            ("/api", "a document"),
            ("/apis/", "a document"),
            ("/apis/apps", "a document"),
            ("/apis/apps/v1", "a document"),
            ("/api/v1", "a document"),
            ("/api/v1/pods", "pods \"\" \"\" \"\""),
            ("/api/v1/nodes/n1", "nodes \"\" \"n1\" \"\""),
            ("/api/v1/namespaces", "namespaces \"\" \"\" \"\""),
            ("/api/v1/namespaces/shop", "namespaces \"\" \"shop\" \"\""),
            (
                "/api/v1/namespaces/shop/finalize",
                "namespaces \"\" \"shop\" \"finalize\"",
            ),
            ("/api/v1/namespaces/shop/pods", "pods \"shop\" \"\" \"\""),
            (
                "/api/v1/namespaces/shop/pods/web/log",
                "pods \"shop\" \"web\" \"log\"",
            ),
            (
                "/apis/apps/v1/namespaces/shop/deployments/web/scale",
                "deployments \"shop\" \"web\" \"scale\"",
            ),
            (
                "/podarium/unsimulated/core/v1/-/nodes/n1",
                "unsimulated nodes \"\" \"n1\"",
            ),
            (
                "/podarium/unsimulated/apps/v1/shop/deployments/web",
                "unsimulated deployments \"shop\" \"web\"",
            ),
            ("/api/v1/pods/web", "nothing"),
            ("/api/v1/namespaces/shop/nodes", "nothing"),
            ("/api/v1/namespaces/shop/pods/web/scale", "nothing"),
            (
                "/apis/extensions/v1beta1/namespaces/a/deployments",
                "nothing",
            ),
            ("/apis/none", "a document"),
            ("/", "a document"),
        ] {
            assert_eq!(meaning(path), means, "{path}");
        }
    }
}
