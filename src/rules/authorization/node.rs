//! What of a few kinds a node may see and write: its own, and what the pods on it refer to.
// upstream: plugin/pkg/auth/authorizer/node/node_authorizer.go

use serde_json::Value;

use super::asked::{Asked, User, exactly};
use super::{items, policy, rbac};

const NAMESPACE: &str = "kube-node-lease";

/// Decides for nodes, `pods` being those on the node; the error may be empty. None for everybody else.
pub fn decide(user: &User<'_>, asked: &Asked<'_>, pods: &[Value]) -> Option<Result<(), String>> {
    let node = user.name.strip_prefix("system:node:")?;
    if !user.is_in("system:nodes") {
        return None;
    }
    let special = match (asked.group, asked.resource) {
        ("", "nodes" | "pods") => matches!(asked.verb, "get" | "list" | "watch"),
        ("", "secrets" | "configmaps" | "persistentvolumeclaims" | "persistentvolumes") => true,
        ("", "serviceaccounts") => true,
        ("coordination.k8s.io", "leases") => true,
        ("storage.k8s.io", "csinodes" | "volumeattachments") => true,
        _ => false,
    };
    if special && let Some(reason) = refusal(node, asked, pods) {
        return Some(Err(reason));
    }
    let all = policy::node_rules();
    let allowed = all.iter().any(|rule| rbac::allows(rule, asked));
    Some(if allowed { Ok(()) } else { Err(String::new()) })
}

/// Why a node may not, beside what its rules say.
fn refusal(node: &str, asked: &Asked<'_>, pods: &[Value]) -> Option<String> {
    let (verb, sub, name) = (asked.verb, asked.sub, asked.name);
    let namespace = asked.namespace;
    let reads = matches!(verb, "get" | "list" | "watch");
    let refer = |to: &str| {
        let fits = |pod: &&Value| pod["metadata"]["namespace"] == namespace;
        pods.iter().filter(fits).any(|pod| refers(pod, to, name))
    };
    let unrelated = || format!("no relationship found between node '{node}' and this object");
    match asked.resource {
        "nodes" if !sub.is_empty() || name == node => None,
        "nodes" if name.is_empty() => Some(format!(
            "node '{node}' cannot read all nodes, only its own Node object"
        )),
        "nodes" => Some(format!(
            "node '{node}' cannot read '{name}', only its own Node object"
        )),
        "pods" if !sub.is_empty() => None,
        "pods" if verb != "get" => (exactly(asked.fields, "spec.nodeName") != Some(node))
            .then(|| "can only list/watch pods with spec.nodeName field selector".into()),
        "pods" => {
            let own = |pod: &Value| {
                pod["metadata"]["namespace"] == namespace && pod["metadata"]["name"] == name
            };
            (!pods.iter().any(own)).then(unrelated)
        }
        kind @ ("secrets" | "configmaps") => match () {
            () if !reads => Some("can only read resources of this type".into()),
            () if !sub.is_empty() => Some("cannot read subresource".into()),
            () if namespace.is_empty() => {
                Some("can only read namespaced object of this type".into())
            }
            () if name.is_empty() => Some("No Object name found".into()),
            () => (!refer(kind)).then(unrelated),
        },
        "persistentvolumeclaims" if sub == "status" => {
            if !matches!(verb, "get" | "update" | "patch") {
                return Some("can only get/update/patch this type".into());
            }
            (!refer("persistentvolumeclaims")).then(unrelated)
        }
        "serviceaccounts" if sub == "token" => (!refer("serviceaccounts")).then(unrelated),
        kind @ ("persistentvolumeclaims"
        | "persistentvolumes"
        | "volumeattachments"
        | "serviceaccounts") => match () {
            () if verb != "get" => Some("can only get individual resources of this type".into()),
            () if !sub.is_empty() => Some("cannot get subresource".into()),
            () if name.is_empty() => Some("No Object name found".into()),
            // Volumes are bound by nobody yet, so no claim leads from a pod to one.
            () => (!refer(kind)).then(unrelated),
        },
        "leases" => match () {
            () if !matches!(verb, "get" | "create" | "update" | "patch" | "delete") => {
                Some("can only get, create, update, patch, or delete a node lease".into())
            }
            () if namespace != NAMESPACE => Some(format!(
                "can only access leases in the \"{NAMESPACE}\" system namespace"
            )),
            () => (verb != "create" && name != node).then(|| {
                "can only access node lease with the same name as the requesting node".into()
            }),
        },
        "csinodes" => match () {
            () if !matches!(verb, "get" | "create" | "update" | "patch" | "delete") => {
                Some("can only get, create, update, patch, or delete a CSINode".into())
            }
            () if !sub.is_empty() => Some("cannot authorize CSINode subresources".into()),
            () => (verb != "create" && name != node).then(|| {
                "can only access CSINode with the same name as the requesting node".into()
            }),
        },
        _ => None,
    }
}

/// Whether a pod refers to an object of its namespace.
///
/// upstream: pkg/api/v1/pod/util.go VisitPodSecretNames, VisitPodConfigmapNames
fn refers(pod: &Value, kind: &str, name: &str) -> bool {
    let spec = &pod["spec"];
    if kind == "serviceaccounts" {
        return spec["serviceAccountName"] == name;
    }
    let (in_env, in_volume, field): (_, _, &[&str]) = match kind {
        "secrets" => (
            ["secretRef", "secretKeyRef"],
            "secret",
            &["secretName", "name"],
        ),
        "configmaps" => (["configMapRef", "configMapKeyRef"], "configMap", &["name"]),
        _ => (["", ""], "persistentVolumeClaim", &["claimName"]),
    };
    let named = |source: &Value| field.iter().any(|f| source[*f] == name);
    let lists = ["initContainers", "containers", "ephemeralContainers"];
    let mut containers = lists.iter().flat_map(|list| items(&spec[*list]));
    let env = containers.any(|c| {
        let whole = items(&c["envFrom"]).iter();
        let keys = items(&c["env"]).iter();
        whole.clone().any(|e| e[in_env[0]]["name"] == name)
            || keys
                .clone()
                .any(|e| e["valueFrom"][in_env[1]]["name"] == name)
    });
    let volumes = items(&spec["volumes"]).iter().any(|v| {
        let projected = items(&v["projected"]["sources"]).iter();
        named(&v[in_volume]) || projected.clone().any(|s| named(&s[in_volume]))
    });
    let pulls = kind == "secrets" && items(&spec["imagePullSecrets"]).iter().any(named);
    env || volumes || pulls
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_node_sees_what_is_its_own() {
        let pod = json!({"metadata": {"namespace": "shop", "name": "web"}, "spec": {
            "serviceAccountName": "default",
            "imagePullSecrets": [{"name": "pull"}],
            "volumes": [
                {"secret": {"secretName": "tls"}}, {"persistentVolumeClaim": {"claimName": "data"}},
                {"projected": {"sources": [{"configMap": {"name": "kube-root-ca.crt"}}]}},
            ],
            "containers": [{
                "envFrom": [{"secretRef": {"name": "all"}}],
                "env": [{"name": "A", "valueFrom": {"configMapKeyRef": {"name": "one", "key": "a"}}}],
            }],
        }});
        let say = |text: &str| {
            let p: Vec<_> = text.split(' ').collect();
            let (resource, sub) = p[1].split_once('/').unwrap_or((p[1], ""));
            let (namespace, name) = (p[2].replace('-', ""), p[3].replace("none", ""));
            let fields = p.get(4).map(|node| format!("spec.nodeName={node}"));
            let asked = Asked {
                verb: p[0],
                resource,
                sub,
                namespace: &namespace,
                name: &name,
                fields: fields.as_deref().unwrap_or_default(),
                ..Asked::default()
            };
            refusal("n1", &asked, std::slice::from_ref(&pod))
        };
        for allowed in [
            "get nodes - n1",
            "get pods shop web",
            "list pods - none n1",
            "get secrets shop pull",
            "get secrets shop tls",
            "get secrets shop all",
            "get configmaps shop one",
            "watch configmaps shop kube-root-ca.crt",
            "get persistentvolumeclaims shop data",
            "patch persistentvolumeclaims/status shop data",
            "create serviceaccounts/token shop default",
            "get csinodes - n1",
            "create csinodes - none",
        ] {
            assert_eq!(say(allowed), None, "{allowed}");
        }
        let unrelated = "no relationship found between node 'n1' and this object";
        for (refused, reason) in [
            (
                "list nodes - none",
                "node 'n1' cannot read all nodes, only its own Node object",
            ),
            (
                "get nodes - n2",
                "node 'n1' cannot read 'n2', only its own Node object",
            ),
            (
                "list pods - none",
                "can only list/watch pods with spec.nodeName field selector",
            ),
            (
                "list pods - none n2",
                "can only list/watch pods with spec.nodeName field selector",
            ),
            ("get pods shop db", unrelated),
            ("get pods other web", unrelated),
            ("get secrets shop other", unrelated),
            ("get secrets other tls", unrelated),
            (
                "update secrets shop tls",
                "can only read resources of this type",
            ),
            ("list secrets shop none", "No Object name found"),
            (
                "list secrets - none",
                "can only read namespaced object of this type",
            ),
            ("get configmaps shop two", unrelated),
            (
                "list persistentvolumes - none",
                "can only get individual resources of this type",
            ),
            ("create serviceaccounts/token shop other", unrelated),
            (
                "get leases default n1",
                "can only access leases in the \"kube-node-lease\" system namespace",
            ),
            (
                "update csinodes - n2",
                "can only access CSINode with the same name as the requesting node",
            ),
        ] {
            assert_eq!(say(refused).as_deref(), Some(reason), "{refused}");
        }
    }
}
