//! ServiceAccount: every pod has one, and its token where programs look for it.

use std::sync::OnceLock;

use k8s_openapi::api::core::v1 as core;
use podarium_api::hash::{base64, safe_encode_string};
use podarium_api::kinds::KindId;
use podarium_api::meta::Meta;
use podarium_api::object::{ConfigMap, ConfigMapBody, Obj, Object, ServiceAccountBody};
use podarium_api::status::Status;
use podarium_api::typed;
use serde_json::json;

use super::{Attributes, CREATE, Operation, Plugin, SUB, judge, spec_mut};
use crate::doc::Doc;
use crate::world::World;

pub(super) static PLUGIN: Plugin = Plugin {
    doc: Doc {
        name: "ServiceAccount",
        sentence: "Gives pods the account `default` where they name none, its pull secrets, and a volume with its token.",
        upstream: "plugin/pkg/admission/serviceaccount/admission.go",
        docs: "reference/access-authn-authz/admission-controllers/#serviceaccount",
        acts_on: &[
            "Pod.spec.serviceAccountName",
            "Pod.spec.serviceAccount",
            "Pod.spec.automountServiceAccountToken",
            "Pod.spec.imagePullSecrets.**",
            "ServiceAccount.automountServiceAccountToken",
            "ServiceAccount.imagePullSecrets.**",
            "ServiceAccount.secrets.**",
        ],
    },
    on: &[(Some(KindId::POD), CREATE | SUB)],
    shared: true,
    admit: Some(admit),
    validate: Some(validate),
};

/// Where programs look for the token.
const MOUNT_PATH: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

/// Pods that a kubelet shows in place of those that it runs by files of its own.
pub(super) const MIRROR: &str = "kubernetes.io/config.mirror";

/// The annotation of an account whose pods may use no other secrets than its own.
const ENFORCE: &str = "kubernetes.io/enforce-mountable-secrets";

fn name_of(spec: &core::PodSpec) -> &str {
    let given = [&spec.service_account_name, &spec.service_account];
    given
        .into_iter()
        .flatten()
        .find(|n| !n.is_empty())
        .map_or("default", String::as_str)
}

/// upstream: plugin/pkg/admission/serviceaccount/admission.go Admit
fn admit(
    world: &World,
    attributes: &mut Attributes<'_>,
    object: &mut Object,
) -> Result<(), Status> {
    if !attributes.subresource.is_empty() || object.meta().annotations.get(MIRROR).is_some() {
        return Ok(());
    }
    let namespace = object.meta().namespace.clone();
    let Some(spec) = spec_mut(attributes, object) else {
        return Ok(());
    };
    let name = name_of(spec).to_owned();
    let Some(account) = world.store().find::<ServiceAccountBody>(&namespace, &name) else {
        let text = format!(
            "error looking up service account {namespace}/{name}: serviceaccount {name:?} not found"
        );
        return Err(attributes.forbidden(object, &text));
    };
    spec.service_account_name = Some(name.clone());
    spec.service_account = Some(name);
    let automount = spec
        .automount_service_account_token
        .or(account.body.automount_service_account_token)
        .unwrap_or(true);
    if automount {
        mount_token(spec);
    }
    if spec.image_pull_secrets.as_ref().is_none_or(Vec::is_empty)
        && !account.body.image_pull_secrets.is_empty()
    {
        spec.image_pull_secrets = Some(account.body.image_pull_secrets.clone());
    }
    Ok(())
}

/// Mirror pods may use no account and no secret, and those of some accounts no secrets but the account's.
///
/// upstream: plugin/pkg/admission/serviceaccount/admission.go Validate
fn validate(world: &World, attributes: &mut Attributes<'_>, object: &Object) -> Result<(), Status> {
    let Object::Pod(pod) = object else {
        return Ok(());
    };
    let ephemeral = attributes.subresource == "ephemeralcontainers";
    let creates = attributes.operation == Operation::Create && attributes.subresource.is_empty();
    if !ephemeral && !creates {
        return Ok(());
    }
    let mirror = !ephemeral && pod.meta.annotations.get(MIRROR).is_some();
    let account = pod.body.spec.service_account_name.as_deref();
    let account = account.and_then(|name| {
        world
            .store()
            .find::<ServiceAccountBody>(&pod.meta.namespace, name)
    });
    // upstream: enforceMountableSecrets, by strconv.ParseBool
    let enforced = account.filter(|account| {
        let given = account.meta.annotations.get(ENFORCE).unwrap_or_default();
        ["1", "t", "T", "true", "TRUE", "True"].contains(&given)
    });
    if !mirror && enforced.is_none() {
        return Ok(());
    }
    let account = enforced.map(|account| account.as_ref().clone().into_object().to_value());
    judge(attributes, object, "ServiceAccount", json!(account))
}

/// upstream: plugin/pkg/admission/serviceaccount/admission.go mountServiceAccountToken, TokenVolumeSource
fn mount_token(spec: &mut core::PodSpec) {
    let missing = |c: &core::Container| {
        let mut mounts = c.volume_mounts.iter().flatten();
        !mounts.any(|m| m.mount_path == MOUNT_PATH)
    };
    let mut all = spec
        .containers
        .iter()
        .chain(spec.init_containers.iter().flatten());
    if !all.any(missing) {
        return;
    }
    // Upstream draws five letters for each pod; ours come from the spec, so that pods of one template share it.
    let letters = safe_encode_string(&hash(spec).to_string());
    let name = ["kube-api-access-", &letters[..letters.len().min(5)]].concat();
    let all = spec
        .containers
        .iter_mut()
        .chain(spec.init_containers.iter_mut().flatten());
    for container in all.filter(|c| missing(c)) {
        let mounts = container.volume_mounts.get_or_insert_default();
        mounts.reserve_exact(1);
        mounts.push(core::VolumeMount {
            name: name.clone(),
            mount_path: MOUNT_PATH.into(),
            read_only: Some(true),
            ..core::VolumeMount::default()
        });
    }
    static VOLUME: OnceLock<core::Volume> = OnceLock::new();
    let volume = VOLUME.get_or_init(token_volume);
    let volume = core::Volume {
        name,
        ..volume.clone()
    };
    // Volumes are large, and every pod that was sent by itself has its own.
    let volumes = spec.volumes.get_or_insert_default();
    volumes.reserve_exact(1);
    volumes.push(volume);
}

/// The hash of a spec as JSON. In the page an encoder more would cost bytes, and most pods come from templates.
#[cfg(not(target_arch = "wasm32"))]
fn hash(spec: &core::PodSpec) -> u32 {
    let mut hash = podarium_api::hash::Fnv32a::new();
    serde_json::to_writer(&mut hash, spec).expect("types of the API can always be written");
    hash.sum()
}

/// The same by way of a value.
#[cfg(any(test, target_arch = "wasm32"))]
fn hash_of_value(spec: &core::PodSpec) -> u32 {
    podarium_api::hash::fnv32a(typed::write(spec).to_string().as_bytes())
}
#[cfg(target_arch = "wasm32")]
use hash_of_value as hash;

fn token_volume() -> core::Volume {
    let volume = json!({
        "name": "",
        "projected": {"defaultMode": 0o644, "sources": [
            {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
            {"configMap": {"name": ROOT_CA, "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
            {"downwardAPI": {"items": [
                {"path": "namespace", "fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"}},
            ]}},
        ]},
    });
    typed::read(&volume).expect("the volume above is well-formed")
}

const ROOT_CA: &str = "kube-root-ca.crt";

/// The ConfigMap `kube-root-ca.crt` that every namespace has.
///
/// upstream: pkg/controller/certificates/rootcacertpublisher/publisher.go
pub fn root_ca(namespace: &str) -> ConfigMap {
    let mut meta = Meta::new(namespace, ROOT_CA);
    meta.annotations = [(
        "kubernetes.io/description",
        "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the \
         internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes \
         clusters.",
    )]
    .into();
    // Nothing in the simulated cluster is encrypted, so the certificate is one in form alone.
    let inside = base64(b"podarium: this cluster is simulated, and nothing in it is encrypted");
    let certificate = format!("-----BEGIN CERTIFICATE-----\n{inside}\n-----END CERTIFICATE-----\n");
    let mut body = ConfigMapBody::default();
    body.data.insert("ca.crt".into(), certificate.into());
    Obj::new(meta, body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spec_hashes_the_same_with_and_without_values_between() {
        for spec in [
            json!({"containers": []}),
            json!({
                "containers": [{
                    "name": "a", "image": "é\"\n", "ports": [{"containerPort": 80}], "env": [{"name": "B"}, {"name": "A", "value": ""}],
                    "resources": {"limits": {"memory": "1Gi", "cpu": 1}, "requests": {}},
                    "readinessProbe": {"httpGet": {"path": "/", "port": "web"}}, "livenessProbe": {"tcpSocket": {"port": 80}},
                }],
                "volumes": [{"name": "v", "emptyDir": {}}, token_volume()], "hostPID": false, "hostname": "h", "hostUsers": true,
                "nodeSelector": {"b": "1", "a": "2"}, "setHostnameAsFQDN": true, "tolerations": [{"tolerationSeconds": 300}],
                "securityContext": {"sysctls": [], "runAsUser": 7}, "overhead": {"cpu": "250m"},
            }),
        ] {
            let spec: core::PodSpec = typed::read(&spec).unwrap();
            assert_eq!(hash(&spec), hash_of_value(&spec));
        }
    }
}
