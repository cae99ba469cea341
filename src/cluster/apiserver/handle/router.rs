//! What a path means.

use podarium_api::kinds::{self, KindInfo};

/// Where a request goes.
#[derive(Debug)]
pub enum Route {
    /// To a document that is no object.
    Document(Document),
    /// To objects.
    Resource(Place),
    /// To the list of an object's fields that nothing acts on: a path of our own.
    Unsimulated(Place),
}

/// Documents about the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Document {
    /// `/version`
    Version,
    /// `/healthz`, `/livez`, `/readyz`
    Health,
    /// `/api`
    CoreVersions,
    /// `/apis`
    Groups,
    /// `/apis/GROUP`
    Group(&'static str),
    /// `/api/v1`, `/apis/GROUP/VERSION`
    Resources(&'static str, &'static str),
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
}

/// Reads a path; `None` where it leads nowhere.
///
/// upstream: staging/src/k8s.io/apiserver/pkg/endpoints/request/requestinfo.go NewRequestInfo
pub fn route(path: &str) -> Option<Route> {
    let parts: Vec<&str> = path.split('/').filter(|p| !p.is_empty()).collect();
    let document = |d| Some(Route::Document(d));
    match parts.as_slice() {
        ["version"] => document(Document::Version),
        ["healthz" | "livez" | "readyz", ..] => document(Document::Health),
        ["api"] => document(Document::CoreVersions),
        ["apis"] => document(Document::Groups),
        ["apis", group] => document(Document::Group(known_group(group)?)),
        ["api", version] => {
            let (group, version) = known_version("", version)?;
            document(Document::Resources(group, version))
        }
        ["apis", group, version] if !group.is_empty() => {
            let (group, version) = known_version(group, version)?;
            document(Document::Resources(group, version))
        }
        ["api", version, rest @ ..] => place("", version, rest).map(Route::Resource),
        ["apis", group, version, rest @ ..] => place(group, version, rest).map(Route::Resource),
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
            Some(Route::Unsimulated(Place {
                info: kinds::by_resource(group, version, plural)?,
                namespace: if *namespace == "-" { "" } else { namespace }.to_string(),
                name: (*name).into(),
                sub: String::new(),
            }))
        }
        _ => None,
    }
}

fn known_group(group: &str) -> Option<&'static str> {
    kinds::KINDS
        .iter()
        .find(|row| row.group == group && !group.is_empty())
        .map(|row| row.group)
}

fn known_version(group: &str, version: &str) -> Option<(&'static str, &'static str)> {
    kinds::KINDS
        .iter()
        .find(|row| row.group == group && row.version == version)
        .map(|row| (row.group, row.version))
}

fn place(group: &str, version: &str, rest: &[&str]) -> Option<Place> {
    let (namespace, rest) = match rest {
        // Of a namespace, these are parts; of anything else, it is where it lives.
        ["namespaces", _] | ["namespaces", _, "status" | "finalize"] => ("", rest),
        ["namespaces", namespace, rest @ ..] if !rest.is_empty() => (*namespace, rest),
        rest => ("", rest),
    };
    let (plural, name, sub) = match rest {
        [plural] => (plural, "", ""),
        [plural, name] => (plural, *name, ""),
        [plural, name, sub] => (plural, *name, *sub),
        _ => return None,
    };
    let info = kinds::by_resource(group, version, plural)?;
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
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_mean_what_upstream_takes_them_to_mean() {
        let meaning = |path: &str| match route(path) {
            None => "nothing".to_string(),
            Some(Route::Document(d)) => format!("{d:?}"),
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
            ("/version", "Version"),
            ("/livez/ping", "Health"),
            ("/api", "CoreVersions"),
            ("/apis/", "Groups"),
            ("/apis/apps", "Group(\"apps\")"),
            ("/apis/apps/v1", "Resources(\"apps\", \"v1\")"),
            ("/api/v1", "Resources(\"\", \"v1\")"),
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
            ("/apis/none", "nothing"),
            ("/", "nothing"),
        ] {
            assert_eq!(meaning(path), means, "{path}");
        }
    }
}
