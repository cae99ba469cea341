//! ServiceAccount: which secrets pods may use.
// upstream: plugin/pkg/admission/serviceaccount/admission.go Validate

use serde_json::Value;

use super::{Asked, items, text};

/// Each list of containers, and how a refusal calls one of them.
const LISTS: [(&str, &str); 3] = [
    ("initContainers", "init container"),
    ("containers", "container"),
    ("ephemeralContainers", "ephemeral container"),
];

/// Known is the account that enforces its secrets, or null for a mirror pod.
pub fn validate(asked: &Asked<'_>) -> Result<(), String> {
    let spec = &asked.object["spec"];
    if asked.known.is_null() {
        return mirror(spec);
    }
    let account = text(&asked.known["metadata"]["name"]);
    let named = |list: &str, name: &Value| {
        let list = items(&asked.known[list]);
        list.iter().any(|secret| secret["name"] == *name)
    };
    let refused = |what: String| {
        format!(
            "{what} is not allowed because service account {account} does not reference that secret"
        )
    };
    let ephemeral = asked.subresource == "ephemeralcontainers";
    if !ephemeral {
        for volume in items(&spec["volumes"]) {
            let secret = &volume["secret"]["secretName"];
            if !volume["secret"].is_null() && !named("secrets", secret) {
                return Err(refused(format!(
                    "volume with secret.secretName=\"{}\"",
                    text(secret)
                )));
            }
        }
    }
    for (list, kind) in LISTS {
        if ephemeral != (list == "ephemeralContainers") {
            continue;
        }
        for container in items(&spec[list]) {
            let name = text(&container["name"]);
            for env in items(&container["env"]) {
                let secret = &env["valueFrom"]["secretKeyRef"];
                if !secret.is_null() && !named("secrets", &secret["name"]) {
                    return Err(refused(format!(
                        "{kind} {name} with envVar {} referencing secret.secretName=\"{}\"",
                        text(&env["name"]),
                        text(&secret["name"])
                    )));
                }
            }
            for source in items(&container["envFrom"]) {
                let secret = &source["secretRef"];
                if !secret.is_null() && !named("secrets", &secret["name"]) {
                    return Err(refused(format!(
                        "{kind} {name} with envFrom referencing secret.secretName=\"{}\"",
                        text(&secret["name"])
                    )));
                }
            }
        }
    }
    if ephemeral {
        return Ok(());
    }
    for (i, secret) in items(&spec["imagePullSecrets"]).iter().enumerate() {
        if !named("imagePullSecrets", &secret["name"]) {
            return Err(format!(
                "imagePullSecrets[{i}].name=\"{}\" is not allowed because service account {account} does not reference \
                 that imagePullSecret",
                text(&secret["name"])
            ));
        }
    }
    Ok(())
}

/// A pod that stands for one which a kubelet runs from a file.
fn mirror(spec: &Value) -> Result<(), String> {
    let refused = |what: &str| Err(format!("a mirror pod may not {what}"));
    if !text(&spec["serviceAccountName"]).is_empty() {
        return refused("reference service accounts");
    }
    let containers = LISTS.iter().flat_map(|(list, _)| items(&spec[*list]));
    let by_container = containers.into_iter().any(|container| {
        let env = items(&container["env"]);
        let from = items(&container["envFrom"]);
        env.iter()
            .any(|e| !e["valueFrom"]["secretKeyRef"].is_null())
            || from.iter().any(|e| !e["secretRef"].is_null())
    });
    let volumes = items(&spec["volumes"]);
    let sources = || {
        let lists = volumes.iter().map(|v| &v["projected"]["sources"]);
        lists.flat_map(items)
    };
    let secrets = by_container
        || !items(&spec["imagePullSecrets"]).is_empty()
        || volumes.iter().any(by_volume)
        || sources().any(|s| !s["secret"].is_null());
    if secrets {
        return refused("reference secrets");
    }
    if sources().any(|s| !s["serviceAccountToken"].is_null()) {
        return refused("use ServiceAccountToken volume projections");
    }
    Ok(())
}

/// Whether a volume names a secret. upstream: pkg/api/pod/util.go VisitPodSecretNames
fn by_volume(volume: &Value) -> bool {
    let named = |source: &str, field: &str| !volume[source][field].is_null();
    named("secret", "secretName")
        || named("azureFile", "secretName")
        || [
            "cephfs",
            "cinder",
            "flexVolume",
            "rbd",
            "scaleIO",
            "iscsi",
            "storageos",
        ]
        .iter()
        .any(|source| named(source, "secretRef"))
        || named("csi", "nodePublishSecretRef")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    fn judged(known: Value, subresource: &str, spec: Value) -> Value {
        let asked = json!({"plugin": "ServiceAccount", "subresource": subresource, "known": known});
        let answer = crate::answer("admit", &[&asked, &json!({"spec": spec}), &Value::Null]);
        answer["forbidden"].clone()
    }

    #[test]
    fn pods_of_a_strict_account_use_its_secrets_alone() {
        let account = json!({
            "metadata": {"name": "ci"}, "secrets": [{"name": "mine"}], "imagePullSecrets": [{"name": "pull"}],
        });
        let env = |name: &str| json!([{"name": "KEY", "valueFrom": {"secretKeyRef": {"name": name, "key": "k"}}}]);
        let tail = "is not allowed because service account ci does not reference that secret";
        for (subresource, spec, refusal) in [
            (
                "",
                json!({"volumes": [{"secret": {"secretName": "mine"}}]}),
                None,
            ),
            (
                "",
                json!({"volumes": [{"secret": {"secretName": "other"}}]}),
                Some(r#"volume with secret.secretName="other" "#),
            ),
            (
                "",
                json!({"containers": [{"name": "a", "env": env("mine")}, {"name": "b", "env": env("other")}]}),
                Some(r#"container b with envVar KEY referencing secret.secretName="other" "#),
            ),
            (
                "",
                json!({"initContainers": [{"name": "a", "envFrom": [{"secretRef": {"name": "other"}}]}]}),
                Some(r#"init container a with envFrom referencing secret.secretName="other" "#),
            ),
            // What is there already is not looked at again when a debugger comes.
            (
                "ephemeralcontainers",
                json!({"containers": [{"name": "b", "env": env("other")}]}),
                None,
            ),
            (
                "ephemeralcontainers",
                json!({"ephemeralContainers": [{"name": "debug", "env": env("other")}]}),
                Some(
                    r#"ephemeral container debug with envVar KEY referencing secret.secretName="other" "#,
                ),
            ),
        ] {
            let expected = refusal.map(|start| format!("{start}{tail}"));
            assert_eq!(judged(account.clone(), subresource, spec), json!(expected));
        }
        assert_eq!(
            judged(
                account,
                "",
                json!({"imagePullSecrets": [{"name": "pull"}, {"name": "other"}]})
            ),
            "imagePullSecrets[1].name=\"other\" is not allowed because service account ci does not reference that imagePullSecret"
        );
    }

    #[test]
    fn mirror_pods_have_no_identity() {
        for (spec, refusal) in [
            (json!({"volumes": [{"emptyDir": {}}]}), json!(null)),
            (
                json!({"serviceAccountName": "default"}),
                json!("a mirror pod may not reference service accounts"),
            ),
            (
                json!({"volumes": [{"secret": {"secretName": "a"}}]}),
                json!("a mirror pod may not reference secrets"),
            ),
            (
                json!({"volumes": [{"projected": {"sources": [{"serviceAccountToken": {"path": "token"}}]}}]}),
                json!("a mirror pod may not use ServiceAccountToken volume projections"),
            ),
        ] {
            assert_eq!(judged(Value::Null, "", spec), refusal);
        }
    }
}
