//! The rows of discovery: built-in kinds from the table, others as the definitions in the cluster have them.

use std::cmp::Ordering;

use podarium_api::hash::base64;
use podarium_api::kinds::{KINDS, KindInfo};
use podarium_api::sha256::sha256;
use serde_json::Value;

/// One served resource.
pub struct Row {
    pub group: String,
    pub version: String,
    pub kind: String,
    pub plural: String,
    pub singular: String,
    pub short_names: Vec<String>,
    pub categories: Vec<String>,
    pub namespaced: bool,
    pub verbs: Vec<String>,
    pub subresources: Vec<String>,
    /// In which version objects are stored; empty for what is not stored.
    pub storage_version: String,
    /// Whether the kind comes from a definition in the cluster.
    pub custom: bool,
}

/// Kinds whose stable version is new in the modelled release are stored in the version that the release before could read;
/// definitions and EndpointSlices never left their first one. Both events are core's, both autoscalers v2.
///
/// upstream: staging/src/k8s.io/apiserver/pkg/server/storage/resource_encoding_config.go;
/// pkg/kubeapiserver/default_storage_factory_builder.go
fn storage_version(info: &KindInfo) -> (&'static str, &'static str) {
    match info.kind {
        "ClusterTrustBundle"
        | "CustomResourceDefinition"
        | "EndpointSlice"
        | "PodCertificateRequest"
        | "StorageVersionMigration" => (info.group, "v1beta1"),
        "DeviceTaintRule" => (info.group, "v1beta2"),
        "Event" => ("", "v1"),
        "HorizontalPodAutoscaler" => (info.group, "v2"),
        _ => (info.group, info.version),
    }
}

fn items(value: &Value) -> std::slice::Iter<'_, Value> {
    value.as_array().map_or(&[][..], Vec::as_slice).iter()
}

/// All rows, in the order of discovery: the table's, then the other groups by name.
pub fn all(definitions: &Value) -> Vec<Row> {
    let mut rows: Vec<Row> = KINDS.iter().map(Row::of).collect();
    let mut custom: Vec<Row> = items(definitions).flat_map(Row::of_definition).collect();
    custom.sort_by(|a, b| {
        let versions = || compare_versions(&b.version, &a.version);
        a.group.cmp(&b.group).then_with(versions)
    });
    rows.append(&mut custom);
    rows
}

impl Row {
    fn of(info: &KindInfo) -> Row {
        let owned = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect();
        Row {
            group: info.group.into(),
            version: info.version.into(),
            kind: info.kind.into(),
            plural: info.plural.into(),
            singular: info.singular.into(),
            short_names: owned(info.short_names),
            categories: owned(info.categories),
            namespaced: info.namespaced,
            verbs: owned(info.verbs),
            subresources: owned(info.subresources),
            storage_version: if info.stored() {
                let (group, version) = storage_version(info);
                [group, "/", version].concat()
            } else {
                String::new()
            },
            custom: false,
        }
    }

    /// The served versions of a definition that is established, with the names that were accepted.
    ///
    /// upstream: staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/customresource_discovery_controller.go sync
    pub fn of_definition(definition: &Value) -> Vec<Row> {
        let (spec, status) = (&definition["spec"], &definition["status"]);
        let condition = |kind: &str| {
            let mut all = items(&status["conditions"]);
            all.any(|c| c["type"] == kind && c["status"] == "True")
        };
        if !condition("Established") {
            return Vec::new();
        }
        let names = &status["acceptedNames"];
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let texts = |value: &Value| {
            items(value)
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        let storage = items(&spec["versions"]).find(|version| version["storage"] == true);
        let storage = storage
            .map(|version| text(&version["name"]))
            .unwrap_or_default();
        let verbs: &[&str] = if condition("Terminating") {
            &["delete", "deletecollection", "get", "list", "watch"]
        } else {
            &[
                "delete",
                "deletecollection",
                "get",
                "list",
                "patch",
                "create",
                "update",
                "watch",
            ]
        };
        let row = |version: &Value| Row {
            group: text(&spec["group"]),
            version: text(&version["name"]),
            kind: text(&names["kind"]),
            plural: text(&names["plural"]),
            singular: text(&names["singular"]),
            short_names: texts(&names["shortNames"]),
            categories: texts(&names["categories"]),
            namespaced: spec["scope"] == "Namespaced",
            verbs: verbs.iter().map(|verb| (*verb).to_owned()).collect(),
            subresources: ["status", "scale"]
                .into_iter()
                .filter(|sub| version["subresources"][sub].is_object())
                .map(str::to_owned)
                .collect(),
            storage_version: [&text(&spec["group"]), "/", &storage].concat(),
            custom: true,
        };
        let served = items(&spec["versions"]).filter(|version| version["served"] == true);
        served.map(row).collect()
    }

    /// `v1`, `apps/v1`.
    pub fn group_version(&self) -> String {
        if self.group.is_empty() {
            self.version.clone()
        } else {
            [&self.group, "/", &self.version].concat()
        }
    }

    /// Changes when objects of the kind come to be stored in another version.
    ///
    /// upstream: staging/src/k8s.io/apiserver/pkg/endpoints/discovery/storageversionhash.go StorageVersionHash
    pub fn storage_hash(&self) -> Option<String> {
        if self.storage_version.is_empty() {
            return None;
        }
        let hash = sha256([&self.storage_version, "/", &self.kind].concat().as_bytes());
        Some(base64(&hash[..8]))
    }
}

/// The order of versions: stable before beta before alpha, high before low, and what is neither last, by name.
///
/// upstream: staging/src/k8s.io/apimachinery/pkg/version/helpers.go CompareKubeAwareVersionStrings
pub fn compare_versions(a: &str, b: &str) -> Ordering {
    match (parse(a), parse(b)) {
        (Some(x), Some(y)) => x.cmp(&y),
        (Some(_), None) => Ordering::Greater,
        (None, Some(_)) => Ordering::Less,
        (None, None) => b.cmp(a),
    }
}

/// Stability, major and minor of `v1`, `v2beta1`, `v1alpha2`.
fn parse(version: &str) -> Option<(u8, u32, u32)> {
    let rest = version.strip_prefix('v')?;
    let number = |text: &str| -> Option<u32> {
        let plain = text.bytes().all(|b| b.is_ascii_digit()) && !text.starts_with('0');
        if plain { text.parse().ok() } else { None }
    };
    for (stability, word) in [(1, "beta"), (0, "alpha")] {
        if let Some((major, minor)) = rest.split_once(word) {
            return Some((stability, number(major)?, number(minor)?));
        }
    }
    Some((2, number(rest)?, 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_stand_in_the_order_of_their_stability() {
        let mut versions = [
            "foo10",
            "v1",
            "v11alpha2",
            "v2",
            "v3beta1",
            "v10",
            "v12alpha1",
            "foo1",
            "v10beta3",
            "v11beta2",
        ];
        versions.sort_by(|a, b| compare_versions(b, a));
        // The example of kubernetes.io: custom-resource-definition-versioning, "Version priority".
        let want = "v10 v2 v1 v11beta2 v10beta3 v3beta1 v12alpha1 v11alpha2 foo1 foo10";
        assert_eq!(versions.join(" "), want);
    }
}
