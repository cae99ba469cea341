//! Objects of every kind in the form the store keeps them: metadata beside a typed body, behind an `Arc`.

use std::cmp::Ordering;
use std::sync::Arc;

use k8s_openapi::api::{apps::v1 as apps, core::v1 as core};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::kinds::KindId;
use crate::meta::{Meta, Str};
use crate::pod::Pod;
use crate::typed;

/// An object of one kind: metadata and body.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Obj<B> {
    /// What every object carries.
    pub meta: Meta,
    /// What this kind carries: spec and status, or data.
    pub body: B,
}

/// What a kind's body can do. Implemented for every kind that something in the cluster acts on.
pub trait Body: Clone + PartialEq + Sized + 'static {
    /// The row of the kinds table.
    const KIND: KindId;
    /// Whether the desired state is the same; a difference raises `metadata.generation`.
    fn spec_eq(&self, other: &Self) -> bool;
    /// Takes over the observed state of `from`: what a write to the main resource may not change.
    fn take_status(&mut self, from: &Self);
    /// Takes over everything but the observed state: what a write to the status subresource may not change.
    fn take_spec(&mut self, from: &Self);
    /// Reads the fields beside `apiVersion`, `kind` and `metadata`; the error is `path: sentence`.
    fn decode(fields: Map<String, Value>) -> Result<Self, String>;
    /// Writes those fields.
    fn encode(&self, out: &mut Map<String, Value>);
    /// The object as one of any kind.
    fn wrap(object: Arc<Obj<Self>>) -> Object;
    /// The object again, if it is of this kind.
    fn unwrap(object: &Object) -> Option<&Arc<Obj<Self>>>;
}

macro_rules! objects {
    ($($variant:ident: $body:ty,)*) => {
        /// An object of any kind, cheap to clone.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Object {
            $(#[doc = concat!("A ", stringify!($variant), ".")] $variant(Arc<Obj<$body>>),)*
            /// An object of a kind that nothing acts on: its fields as they came.
            Other(KindId, Arc<Obj<Map<String, Value>>>),
        }

        impl Object {
            /// The row of the kinds table.
            pub fn kind(&self) -> KindId {
                match self {
                    $(Object::$variant(_) => <$body as Body>::KIND,)*
                    Object::Other(kind, _) => *kind,
                }
            }

            /// The metadata.
            pub fn meta(&self) -> &Meta {
                match self {
                    $(Object::$variant(o) => &o.meta,)*
                    Object::Other(_, o) => &o.meta,
                }
            }

            /// The metadata, to change; copies the object if it is shared.
            pub fn meta_mut(&mut self) -> &mut Meta {
                match self {
                    $(Object::$variant(o) => &mut Arc::make_mut(o).meta,)*
                    Object::Other(_, o) => &mut Arc::make_mut(o).meta,
                }
            }

            /// Whether `other` asks for the same: the same kind and desired state, whatever the metadata and status.
            pub fn spec_eq(&self, other: &Object) -> bool {
                match (self, other) {
                    $((Object::$variant(a), Object::$variant(b)) => a.body.spec_eq(&b.body),)*
                    (Object::Other(k, a), Object::Other(l, b)) => {
                        k == l && fields_eq_but_status(&a.body, &b.body)
                    }
                    _ => false,
                }
            }

            /// Puts the observed state of `from` in the place of this one's.
            pub fn take_status(&mut self, from: &Object) {
                match (self, from) {
                    $((Object::$variant(a), Object::$variant(b)) => Arc::make_mut(a).body.take_status(&b.body),)*
                    (Object::Other(_, a), Object::Other(_, b)) => {
                        copy_field(&b.body, &mut Arc::make_mut(a).body, "status");
                    }
                    _ => {}
                }
            }

            /// Puts everything of `from` but its observed state in the place of this one's.
            pub fn take_spec(&mut self, from: &Object) {
                match (self, from) {
                    $((Object::$variant(a), Object::$variant(b)) => Arc::make_mut(a).body.take_spec(&b.body),)*
                    (Object::Other(_, a), Object::Other(_, b)) => {
                        let mut body = b.body.clone();
                        copy_field(&a.body, &mut body, "status");
                        Arc::make_mut(a).body = body;
                    }
                    _ => {}
                }
            }

            /// The object as the API prints it.
            pub fn to_value(&self) -> Value {
                let mut out = Map::new();
                let info = self.kind().info();
                out.insert("apiVersion".into(), info.api_version().into());
                out.insert("kind".into(), info.kind.into());
                out.insert("metadata".into(), self.meta().to_value());
                match self {
                    $(Object::$variant(o) => o.body.encode(&mut out),)*
                    Object::Other(_, o) => out.extend(o.body.clone()),
                }
                Value::Object(out)
            }

            /// Reads an object of `kind`; `apiVersion` and `kind` in it are taken as said. The error is `path: sentence`.
            pub fn from_value(kind: KindId, value: Value) -> Result<Object, String> {
                let Value::Object(mut fields) = value else {
                    return Err("an object was expected".into());
                };
                fields.remove("apiVersion");
                fields.remove("kind");
                let meta = match fields.remove("metadata") {
                    Some(Value::Null) | None => Meta::default(),
                    Some(meta) => Meta::from_value(meta)?,
                };
                $(if kind == <$body as Body>::KIND {
                    let body = <$body as Body>::decode(fields)?;
                    return Ok(<$body as Body>::wrap(Arc::new(Obj { meta, body })));
                })*
                Ok(Object::Other(kind, Arc::new(Obj { meta, body: fields })))
            }
        }
    };
}

objects! {
    Pod: crate::pod::PodBody,
    Node: NodeBody,
    Namespace: NamespaceBody,
    ReplicaSet: ReplicaSetBody,
    Deployment: DeploymentBody,
    ReplicationController: ReplicationControllerBody,
    Service: ServiceBody,
    Endpoints: EndpointsBody,
    EndpointSlice: crate::slice::SliceBody,
    ConfigMap: ConfigMapBody,
    Secret: SecretBody,
    ServiceAccount: ServiceAccountBody,
    Event: crate::event::EventBody,
}

/// Bodies made of a spec and a status of k8s-openapi's own types.
macro_rules! spec_and_status {
    ($($(#[$doc:meta])* $object:ident, $body:ident, $variant:ident, $kind:ident, $spec:ty, $status:ty;)*) => {$(
        $(#[$doc])*
        pub type $object = Obj<$body>;

        #[doc = concat!("Spec and status of a ", stringify!($object), ".")]
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct $body {
            /// The desired state.
            pub spec: $spec,
            /// The observed state.
            pub status: $status,
        }

        impl Body for $body {
            const KIND: KindId = KindId::$kind;
            fn spec_eq(&self, other: &Self) -> bool {
                self.spec == other.spec
            }
            fn take_status(&mut self, from: &Self) {
                self.status = from.status.clone();
            }
            fn take_spec(&mut self, from: &Self) {
                // Status is written often and carries the spec it was read with: comparing is far cheaper than copying.
                if self.spec != from.spec {
                    self.spec = from.spec.clone();
                }
            }
            fn decode(fields: Map<String, Value>) -> Result<Self, String> {
                Ok(Self { spec: field(&fields, "spec")?, status: field(&fields, "status")? })
            }
            fn encode(&self, out: &mut Map<String, Value>) {
                out.insert("spec".into(), typed::write(&self.spec));
                out.insert("status".into(), typed::write(&self.status));
            }
            fn wrap(object: Arc<Obj<Self>>) -> Object {
                Object::$variant(object)
            }
            fn unwrap(object: &Object) -> Option<&Arc<Obj<Self>>> {
                match object {
                    Object::$variant(o) => Some(o),
                    _ => None,
                }
            }
        }
    )*};
}

spec_and_status! {
    /// A machine, or what stands for one.
    Node, NodeBody, Node, NODE, core::NodeSpec, core::NodeStatus;
    /// A scope for names.
    Namespace, NamespaceBody, Namespace, NAMESPACE, core::NamespaceSpec, core::NamespaceStatus;
    /// A number of pods of one template.
    ReplicaSet, ReplicaSetBody, ReplicaSet, REPLICA_SET, apps::ReplicaSetSpec, apps::ReplicaSetStatus;
    /// A history of ReplicaSets and the way from one to the next.
    Deployment, DeploymentBody, Deployment, DEPLOYMENT, apps::DeploymentSpec, apps::DeploymentStatus;
    /// What ReplicaSets were before there were Deployments.
    ReplicationController, ReplicationControllerBody, ReplicationController, REPLICATION_CONTROLLER, core::ReplicationControllerSpec, core::ReplicationControllerStatus;
    /// A stable name and address over changing pods.
    Service, ServiceBody, Service, SERVICE, core::ServiceSpec, core::ServiceStatus;
}

/// Kinds without a status: every field is desired state.
macro_rules! data {
    ($($object:ident, $body:ident, $kind:ident;)*) => {$(
        #[doc = concat!("A ", stringify!($object), ".")]
        pub type $object = Obj<$body>;

        impl Body for $body {
            const KIND: KindId = KindId::$kind;
            fn spec_eq(&self, other: &Self) -> bool {
                self == other
            }
            fn take_status(&mut self, _: &Self) {}
            fn take_spec(&mut self, from: &Self) {
                *self = from.clone();
            }
            fn decode(fields: Map<String, Value>) -> Result<Self, String> {
                from_fields(fields)
            }
            fn encode(&self, out: &mut Map<String, Value>) {
                to_fields(self, out);
            }
            fn wrap(object: Arc<Obj<Self>>) -> Object {
                Object::$object(object)
            }
            fn unwrap(object: &Object) -> Option<&Arc<Obj<Self>>> {
                match object {
                    Object::$object(o) => Some(o),
                    _ => None,
                }
            }
        }
    )*};
}
pub(crate) use data;

data! {
    ConfigMap, ConfigMapBody, CONFIG_MAP;
    Secret, SecretBody, SECRET;
    ServiceAccount, ServiceAccountBody, SERVICE_ACCOUNT;
    Endpoints, EndpointsBody, ENDPOINTS;
}

/// Fields of a ConfigMap.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ConfigMapBody {
    /// Texts by key.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub data: Map<String, Value>,
    /// Bytes in base64 by key.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub binary_data: Map<String, Value>,
    /// Whether the data may never change again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub immutable: Option<bool>,
}

/// Fields of a Secret.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SecretBody {
    /// Bytes in base64 by key.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub data: Map<String, Value>,
    /// Whether the data may never change again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub immutable: Option<bool>,
    /// Texts by key; moved into `data` when written.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub string_data: Map<String, Value>,
    /// `Opaque`, `kubernetes.io/tls` …
    #[serde(rename = "type")]
    pub type_: String,
}

/// Fields of a ServiceAccount.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ServiceAccountBody {
    /// Whether pods get a token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub automount_service_account_token: Option<bool>,
    /// Secrets that pods pull images with.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub image_pull_secrets: Vec<core::LocalObjectReference>,
    /// Secrets that pods may mount.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<core::ObjectReference>,
}

/// Fields of the legacy Endpoints.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct EndpointsBody {
    /// Addresses by readiness and ports.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub subsets: Vec<core::EndpointSubset>,
}

impl<B: Body> Obj<B> {
    /// A new object of this kind.
    pub fn new(meta: Meta, body: B) -> Self {
        Obj { meta, body }
    }

    /// This object as one of any kind.
    pub fn into_object(self) -> Object {
        B::wrap(Arc::new(self))
    }
}

/// What names an object: kind, namespace and name. Ordered by kind, then namespace, then name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    /// The kind.
    pub kind: KindId,
    /// Empty for cluster-scoped kinds.
    pub namespace: Str,
    /// The name.
    pub name: Str,
}

impl Key {
    /// A key from its parts.
    pub fn new(kind: KindId, namespace: &str, name: &str) -> Self {
        Key {
            kind,
            namespace: namespace.into(),
            name: name.into(),
        }
    }
}

impl Ord for Key {
    fn cmp(&self, other: &Self) -> Ordering {
        let namespace = || match Arc::ptr_eq(&self.namespace, &other.namespace) {
            // The names in one namespace mostly share its name, and comparing keys is what look-ups do.
            true => Ordering::Equal,
            false => by_path(&self.namespace, &other.namespace),
        };
        let by_kind = self.kind.cmp(&other.kind).then_with(namespace);
        by_kind.then_with(|| self.name.cmp(&other.name))
    }
}

/// Lists stand in the order of etcd's keys, where a slash follows the namespace: `shop-2` comes before `shop`.
fn by_path(a: &str, b: &str) -> Ordering {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let common = a.len().min(b.len());
    let after = |text: &[u8]| text.get(common).copied().unwrap_or(b'/');
    let start = a[..common].cmp(&b[..common]);
    start
        .then_with(|| after(a).cmp(&after(b)))
        .then_with(|| a.len().cmp(&b.len()))
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl std::fmt::Display for Key {
    /// `pods/shop/web-1`, or `nodes/node-1` for cluster-scoped kinds.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.kind.info().plural)?;
        if !self.namespace.is_empty() {
            write!(f, "/{}", self.namespace)?;
        }
        write!(f, "/{}", self.name)
    }
}

impl Object {
    /// The object's key.
    pub fn key(&self) -> Key {
        let meta = self.meta();
        Key {
            kind: self.kind(),
            namespace: meta.namespace.clone(),
            name: meta.name.clone(),
        }
    }

    /// The object as one of the kind that `B` says, if it is.
    pub fn as_kind<B: Body>(&self) -> Option<&Arc<Obj<B>>> {
        B::unwrap(self)
    }

    /// The pod, if it is one.
    pub fn as_pod(&self) -> Option<&Arc<Pod>> {
        self.as_kind()
    }
}

/// The part of an object that stands under `key`, or the default where nothing does.
fn field<T: DeserializeOwned + Default>(
    fields: &Map<String, Value>,
    key: &str,
) -> Result<T, String> {
    // A null field is an absent one, as in upstream's JSON decoder.
    match fields.get(key).filter(|v| !v.is_null()) {
        Some(value) => typed::read(value).map_err(|e| format!("{key}: {e}")),
        None => Ok(T::default()),
    }
}

pub(crate) fn from_fields<T: DeserializeOwned>(
    mut fields: Map<String, Value>,
) -> Result<T, String> {
    // A null field is an absent one, as in upstream's JSON decoder.
    fields.retain(|_, v| !v.is_null());
    typed::read(&Value::Object(fields)).map_err(|e| e.to_string())
}

pub(crate) fn to_fields<T: Serialize>(body: &T, out: &mut Map<String, Value>) {
    if let Value::Object(fields) = typed::write(body) {
        out.extend(fields);
    }
}

fn fields_eq_but_status(a: &Map<String, Value>, b: &Map<String, Value>) -> bool {
    let desired = |m: &'_ Map<String, Value>| m.iter().filter(|(k, _)| *k != "status").count();
    desired(a) == desired(b)
        && a.iter()
            .filter(|(k, _)| *k != "status")
            .all(|(k, v)| b.get(k) == Some(v))
}

fn copy_field(from: &Map<String, Value>, to: &mut Map<String, Value>, field: &str) {
    match from.get(field) {
        Some(value) => to.insert(field.into(), value.clone()),
        None => to.remove(field),
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn deployment(replicas: i32) -> Object {
        let value = json!({
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "namespace": "default"},
            "spec": {"replicas": replicas, "selector": {}, "template": {}}, "status": {"replicas": 9},
        });
        Object::from_value(KindId::DEPLOYMENT, value).unwrap()
    }

    #[test]
    fn typed_and_untyped_kinds_survive_the_way_through_json() {
        let lease = json!({
            "apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": "a", "namespace": "b"},
            "spec": {"holderIdentity": "me"},
        });
        for object in [
            deployment(2),
            Object::from_value(KindId::LEASE, lease).unwrap(),
        ] {
            assert_eq!(
                Object::from_value(object.kind(), object.to_value()).unwrap(),
                object
            );
        }
    }

    #[test]
    fn spec_and_status_are_told_apart() {
        let (two, three) = (deployment(2), deployment(3));
        assert!(!two.spec_eq(&three));
        let mut merged = three.clone();
        merged.take_spec(&two);
        assert!(merged.spec_eq(&two));
    }

    #[test]
    fn keys_stand_in_the_order_of_their_paths() {
        let mut keys = [
            ("shop", "b"),
            ("shop-2", "a"),
            ("shop2", "a"),
            ("shop", "a-1"),
            ("shop", "a"),
            ("", "z"),
        ]
        .map(|(space, name)| Key::new(KindId::POD, space, name));
        keys.sort();
        assert_eq!(
            keys.map(|k| format!("{}/{}", k.namespace, k.name)),
            ["/z", "shop-2/a", "shop/a", "shop/a-1", "shop/b", "shop2/a"]
        );
    }

    #[test]
    fn keys_print_as_paths() {
        assert_eq!(deployment(1).key().to_string(), "deployments/default/web");
        assert_eq!(Key::new(KindId::NODE, "", "n1").to_string(), "nodes/n1");
    }
}
