//! How resources are called: in URLs and in kubectl's lines.

use podarium_api::kinds::KindInfo;

/// The path of an object, or with an empty name of the collection.
pub fn path(info: &KindInfo, namespace: &str, name: &str) -> String {
    let mut path = if info.group.is_empty() {
        format!("/api/{}", info.version)
    } else {
        format!("/apis/{}/{}", info.group, info.version)
    };
    if info.namespaced && !namespace.is_empty() {
        path.push_str("/namespaces/");
        path.push_str(namespace);
    }
    path.push('/');
    path.push_str(info.plural);
    if !name.is_empty() {
        path.push('/');
        path.push_str(name);
    }
    path
}

/// `deployment.apps/web`, `service/web`.
// upstream: staging/src/k8s.io/cli-runtime/pkg/printers/name.go
pub fn printed_name(info: &KindInfo, name: &str) -> String {
    [&printed_kind(info), "/", name].concat()
}

/// `deployment.apps`, `service`.
pub fn printed_kind(info: &KindInfo) -> String {
    if info.group.is_empty() {
        info.singular.into()
    } else {
        [info.singular, ".", info.group].concat()
    }
}
