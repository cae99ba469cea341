//! Tests of the table of fields: merge keys that matter, and agreement with the generated types.

use serde_json::{Map, Value, json};

use super::*;

fn marks(type_name: &str, field: &str) -> String {
    let owner = schema()
        .named(type_name)
        .unwrap_or_else(|| panic!("no type {type_name}"));
    let field = owner
        .field(field)
        .unwrap_or_else(|| panic!("no field {field} in {type_name}"));
    let list = match field.list {
        ListKind::Atomic => "atomic".to_string(),
        ListKind::Set => "set".to_string(),
        ListKind::Map(keys) => keys.join(","),
    };
    let merge = field
        .merge
        .map_or("replace", |key| if key.is_empty() { "merge" } else { key });
    format!(
        "{list} | {merge}{}",
        if field.retain_keys { " retain" } else { "" }
    )
}

#[test]
#[rustfmt::skip]
fn how_lists_merge() {
    for (owner, field, want) in [
        ("PodSpec", "containers", "name | name"),
        ("PodSpec", "initContainers", "name | name"),
        ("PodSpec", "ephemeralContainers", "name | name"),
        ("PodSpec", "volumes", "name | name retain"),
        ("PodSpec", "tolerations", "atomic | replace"),
        ("PodSpec", "imagePullSecrets", "name | name"),
        ("PodSpec", "hostAliases", "ip | ip"),
        ("PodSpec", "topologySpreadConstraints", "topologyKey,whenUnsatisfiable | topologyKey"),
        ("PodSpec", "readinessGates", "atomic | replace"),
        ("Container", "env", "name | name"),
        ("Container", "envFrom", "atomic | replace"),
        ("Container", "args", "atomic | replace"),
        ("Container", "ports", "containerPort,protocol | containerPort"),
        ("Container", "volumeMounts", "mountPath | mountPath"),
        ("Container", "volumeDevices", "devicePath | devicePath"),
        ("PodStatus", "conditions", "type | type"),
        ("DeploymentStatus", "conditions", "type | type"),
        ("ServiceSpec", "ports", "port,protocol | port"),
        ("ServiceAccount", "secrets", "name | name"),
        ("ServiceAccount", "imagePullSecrets", "atomic | replace"),
        ("ObjectMeta", "ownerReferences", "uid | uid"),
        ("ObjectMeta", "finalizers", "set | merge"),
        ("DeploymentSpec", "strategy", "atomic | replace retain"),
        ("NodeSpec", "taints", "atomic | replace"),
        ("NodeSpec", "podCIDRs", "set | merge"),
    ] {
        assert_eq!(marks(owner, field), want, "{owner}.{field}");
    }
    let atomic = |owner: &str, field: &str| schema().named(owner).and_then(|t| t.field(field)).is_some_and(|f| f.atomic);
    assert!(atomic("ServiceSpec", "selector") && atomic("PodSpec", "nodeSelector") && !atomic("ObjectMeta", "labels"));
    assert!(schema().named("LabelSelector").is_some_and(|t| t.atomic));
}

#[test]
fn fields_are_sorted_and_found() {
    for owner in schema().types() {
        assert!(
            owner.fields.is_sorted_by(|a, b| a.name < b.name),
            "{}",
            owner.name
        );
        for field in &owner.fields {
            assert!(std::ptr::eq(
                owner.field(field.name).expect("found by its name"),
                field
            ));
        }
    }
    assert!(
        schema()
            .named("Container")
            .and_then(|t| t.field("nmae"))
            .is_none()
    );
}

#[test]
fn kinds_and_request_bodies() {
    assert_eq!(
        schema().of_kind(KindId::EVENT).unwrap().name,
        "core.v1.Event"
    );
    assert_eq!(
        schema().of_kind(KindId::EVENTS_EVENT).unwrap().name,
        "events.v1.Event"
    );
    for (version, kind) in [
        ("autoscaling/v1", "Scale"),
        ("policy/v1", "Eviction"),
        ("v1", "DeleteOptions"),
    ] {
        assert!(schema().find(version, kind).is_some(), "{kind}");
    }
    assert!(schema().find("extensions/v1beta1", "Deployment").is_none());
}

/// A value with every field of a type filled in, once per type on the way down.
fn full(owner: &Type, above: &mut Vec<&'static str>) -> Value {
    above.push(owner.name);
    let mut map = Map::new();
    for field in &owner.fields {
        let one = match field.shape {
            // The one object inside an object, a volume claim template, names its own kind.
            Shape::String
                if owner.name == "PersistentVolumeClaim" && field.name == "apiVersion" =>
            {
                json!("v1")
            }
            Shape::String if field.name == "kind" => json!(owner.name),
            Shape::String => json!("text"),
            Shape::Int32 | Shape::Int64 | Shape::IntOrString => json!(7),
            Shape::Bool => json!(true),
            Shape::Double => json!(0.5),
            Shape::Bytes => json!("aGVsbG8="),
            Shape::Time => json!("2026-01-01T00:00:00Z"),
            Shape::MicroTime => json!("2026-01-01T00:00:00.000000Z"),
            Shape::Quantity => json!("1Gi"),
            Shape::Any => json!({"type": "text"}),
            Shape::Object(id) => {
                let inner = schema().get(id);
                if above.contains(&inner.name) {
                    continue;
                }
                full(inner, above)
            }
        };
        let value = match field.wrap {
            Wrap::One => one,
            Wrap::List => json!([one]),
            Wrap::Map => json!({"key": one}),
            Wrap::MapOfLists => json!({"key": [one]}),
        };
        map.insert(field.name.to_string(), value);
    }
    above.pop();
    Value::Object(map)
}

/// Paths that `had` has and `got` has not, or not the same.
fn differences(had: &Value, got: &Value, path: &str, out: &mut Vec<String>) {
    match (had, got) {
        (Value::Object(a), Value::Object(b)) => {
            for key in a.keys().chain(b.keys().filter(|key| !a.contains_key(*key))) {
                let none = Value::Null;
                let (x, y) = (a.get(key).unwrap_or(&none), b.get(key).unwrap_or(&none));
                differences(x, y, &format!("{path}.{key}"), out);
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (x, y) in a.iter().zip(b) {
                differences(x, y, path, out);
            }
        }
        (a, b) if a == b => {}
        (a, b) => out.push(format!("{path}: {a} became {b}")),
    }
}

/// The table and k8s-openapi's types come from the same definitions by two ways: an object with every field of the
/// table must pass through the type unchanged.
fn passes<T: k8s_openapi::Resource + serde::Serialize + serde::de::DeserializeOwned>(
    out: &mut Vec<String>,
) {
    let owner = schema()
        .find(T::API_VERSION, T::KIND)
        .unwrap_or_else(|| panic!("no {}", T::KIND));
    let mut object = full(owner, &mut Vec::new());
    object["apiVersion"] = json!(T::API_VERSION);
    object["kind"] = json!(T::KIND);
    match serde_json::from_value::<T>(object.clone()) {
        Ok(typed) => {
            let back = serde_json::to_value(&typed).expect("the typed object encodes");
            differences(&object, &back, T::KIND, out);
        }
        Err(why) => out.push(format!("{}: {why}", T::KIND)),
    }
}

#[test]
fn every_field_passes_through_the_generated_types() {
    use k8s_openapi::api::*;
    let mut out = Vec::new();
    macro_rules! all {
        ($($t:path),* $(,)?) => { $( passes::<$t>(&mut out); )* };
    }
    all!(
        apps::v1::DaemonSet,
        apps::v1::Deployment,
        apps::v1::ReplicaSet,
        apps::v1::StatefulSet,
        autoscaling::v1::Scale,
        autoscaling::v2::HorizontalPodAutoscaler,
        batch::v1::CronJob,
        coordination::v1::Lease,
        core::v1::ConfigMap,
        core::v1::Endpoints,
        core::v1::Event,
        core::v1::LimitRange,
        core::v1::Namespace,
        core::v1::Node,
        core::v1::PersistentVolume,
        core::v1::PersistentVolumeClaim,
        core::v1::Pod,
        core::v1::ReplicationController,
        core::v1::ResourceQuota,
        core::v1::Secret,
        core::v1::Service,
        core::v1::ServiceAccount,
        discovery::v1::EndpointSlice,
        networking::v1::Ingress,
        networking::v1::NetworkPolicy,
        policy::v1::PodDisruptionBudget,
        rbac::v1::ClusterRole,
        rbac::v1::RoleBinding,
        scheduling::v1::PriorityClass,
        storage::v1::StorageClass,
        k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition,
    );
    assert!(out.is_empty(), "{}", out.join("\n"));
}
