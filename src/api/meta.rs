//! Metadata: what every object carries whatever its kind, in a form small enough to keep by the hundred thousand.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde_json::{Map, Value, json};

/// Shared immutable text. Names, namespaces and messages are cloned often and changed never.
pub type Str = Arc<str>;

/// An instant of virtual time: microseconds since [`EPOCH_UNIX_MS`](crate::time::EPOCH_UNIX_MS).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(pub u64);

/// A length of virtual time in microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span(pub u64);

impl Span {
    /// `n` microseconds.
    pub const fn micros(n: u64) -> Self {
        Span(n)
    }
    /// `n` milliseconds.
    pub const fn millis(n: u64) -> Self {
        Span(n * 1_000)
    }
    /// `n` seconds.
    pub const fn secs(n: u64) -> Self {
        Span(n * 1_000_000)
    }
    /// Whole milliseconds, rounded down.
    pub const fn as_millis(self) -> u64 {
        self.0 / 1_000
    }
    /// Whole seconds, rounded down.
    pub const fn as_secs(self) -> u64 {
        self.0 / 1_000_000
    }
}

impl std::ops::Add<Span> for Time {
    type Output = Time;
    fn add(self, span: Span) -> Time {
        Time(self.0.saturating_add(span.0))
    }
}

impl std::ops::Sub for Time {
    type Output = Span;
    /// The time since `earlier`; zero when `earlier` is later.
    fn sub(self, earlier: Time) -> Span {
        Span(self.0.saturating_sub(earlier.0))
    }
}

impl std::ops::Add for Span {
    type Output = Span;
    fn add(self, other: Span) -> Span {
        Span(self.0.saturating_add(other.0))
    }
}

impl std::ops::Mul<u64> for Span {
    type Output = Span;
    fn mul(self, times: u64) -> Span {
        Span(self.0.saturating_mul(times))
    }
}

impl Time {
    /// Milliseconds since the cluster's start, rounded down.
    pub const fn as_millis(self) -> u64 {
        self.0 / 1_000
    }

    /// The instant as the API prints `metav1.Time`: RFC 3339 in UTC, whole seconds.
    pub fn to_rfc3339(self) -> String {
        let whole = self.0 - self.0 % 1_000_000;
        crate::time::timestamp(whole as i64).to_string()
    }

    /// The instant as the API prints `metav1.MicroTime`: RFC 3339 in UTC with six decimals.
    pub fn to_rfc3339_micros(self) -> String {
        let seconds = self.to_rfc3339();
        let whole = seconds.trim_end_matches('Z');
        format!("{whole}.{:06}Z", self.0 % 1_000_000)
    }

    /// The instant as k8s-openapi's `Time` holds it, cut to whole seconds as the API does.
    pub fn to_k8s(self) -> k8s_openapi::apimachinery::pkg::apis::meta::v1::Time {
        let whole = self.0 - self.0 % 1_000_000;
        k8s_openapi::apimachinery::pkg::apis::meta::v1::Time(crate::time::timestamp(whole as i64))
    }

    /// Virtual time of a k8s-openapi `Time`; instants before the cluster's start become its start.
    pub fn from_k8s(time: &k8s_openapi::apimachinery::pkg::apis::meta::v1::Time) -> Time {
        Time(u64::try_from(crate::time::from_timestamp(time.0)).unwrap_or(0))
    }

    /// Reads RFC 3339; `None` when the text is not an instant. Instants before the cluster's start become its start.
    pub fn parse(text: &str) -> Option<Time> {
        let micros = crate::time::parse_rfc3339(text)?;
        Some(Time(u64::try_from(micros).unwrap_or(0)))
    }
}

/// An object's identity over time: 128 bits, printed as a UUID.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uid(pub u128);

impl fmt::Display for Uid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [b'-'; 36];
        let places = (0..36).filter(|at| ![8, 13, 18, 23].contains(at));
        for (nibble, at) in places.enumerate() {
            let value = (self.0 >> (124 - 4 * nibble)) as usize & 0xf;
            text[at] = b"0123456789abcdef"[value];
        }
        f.write_str(std::str::from_utf8(&text).unwrap_or_default())
    }
}

impl Uid {
    /// Reads a UUID in its usual form, hyphens optional; `None` for anything else.
    pub fn parse(text: &str) -> Option<Uid> {
        let hex: String = text.chars().filter(|c| *c != '-').collect();
        (hex.len() == 32)
            .then(|| u128::from_str_radix(&hex, 16).ok())
            .flatten()
            .map(Uid)
    }
}

/// Labels or annotations: an ordered map that objects of one template share.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Labels(Option<Arc<BTreeMap<String, String>>>);

impl Labels {
    /// The value of `key`.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.as_ref()?.get(key).map(String::as_str)
    }
    /// All pairs in key order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .flat_map(|m| m.iter().map(|(k, v)| (k.as_str(), v.as_str())))
    }
    /// Whether there is no pair.
    pub fn is_empty(&self) -> bool {
        self.0.as_ref().is_none_or(|m| m.is_empty())
    }
    /// Sets one pair, copying the map if it is shared.
    pub fn insert(&mut self, key: &str, value: &str) {
        if self.get(key) != Some(value) {
            Arc::make_mut(self.0.get_or_insert_default()).insert(key.into(), value.into());
        }
    }
    /// Removes one pair; whether it was there.
    pub fn remove(&mut self, key: &str) -> bool {
        if self.get(key).is_none() {
            return false;
        }
        self.0
            .as_mut()
            .is_some_and(|m| Arc::make_mut(m).remove(key).is_some())
    }
    /// Whether every pair of `selector` is among these; an empty selector matches everything.
    pub fn contains_all(&self, selector: &BTreeMap<String, String>) -> bool {
        selector.iter().all(|(k, v)| self.get(k) == Some(v))
    }
    /// The map itself, for callers that need one.
    pub fn to_map(&self) -> BTreeMap<String, String> {
        self.0.as_deref().cloned().unwrap_or_default()
    }
    fn to_value(&self) -> Value {
        let mut all = Map::new();
        all.extend(self.iter().map(|(k, v)| (k.into(), v.into())));
        Value::Object(all)
    }
}

impl From<BTreeMap<String, String>> for Labels {
    fn from(map: BTreeMap<String, String>) -> Self {
        Labels((!map.is_empty()).then(|| Arc::new(map)))
    }
}

impl<const N: usize> From<[(&str, &str); N]> for Labels {
    fn from(pairs: [(&str, &str); N]) -> Self {
        BTreeMap::from(pairs.map(|(k, v)| (k.to_owned(), v.to_owned()))).into()
    }
}

/// A reference from an object to one that owns it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnerReference {
    /// `group/version` of the owner.
    pub api_version: Str,
    /// The owner's kind.
    pub kind: Str,
    /// The owner's name, in the same namespace or cluster-scoped.
    pub name: Str,
    /// The owner's uid.
    pub uid: Uid,
    /// Whether this is the managing controller; at most one reference is.
    pub controller: bool,
    /// Whether foreground deletion of the owner waits for this object.
    pub block_owner_deletion: bool,
}

/// What every object carries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Meta {
    /// Empty for cluster-scoped objects.
    pub namespace: Str,
    /// Unique within kind and namespace.
    pub name: Str,
    /// Prefix that the name was made from.
    pub generate_name: Option<Str>,
    /// Given by the API server at creation.
    pub uid: Uid,
    /// The revision of the last write; 0 before the first.
    pub resource_version: u64,
    /// Counts changes of the desired state; 0 for kinds without one.
    pub generation: i64,
    /// When the object was created.
    pub created: Time,
    /// When it is due to be gone, once deletion was asked for.
    pub deleted: Option<Time>,
    /// Seconds that deletion allows, once asked for.
    pub deletion_grace: Option<i64>,
    /// Labels.
    pub labels: Labels,
    /// Annotations.
    pub annotations: Labels,
    /// Owners; shared by all objects that one controller makes.
    pub owners: Option<Arc<[OwnerReference]>>,
    /// What must be removed before a deleted object goes.
    pub finalizers: Vec<Str>,
    /// Who manages which field; kept as given until server-side apply acts on it.
    pub managed_fields: Option<Arc<Value>>,
}

impl Meta {
    /// Metadata of an object yet to be created.
    pub fn new(namespace: &str, name: &str) -> Self {
        Meta {
            namespace: namespace.into(),
            name: name.into(),
            ..Meta::default()
        }
    }

    /// The owner whose controller manages this object.
    pub fn controller(&self) -> Option<&OwnerReference> {
        self.owners.as_deref()?.iter().find(|o| o.controller)
    }

    /// All owners.
    pub fn owners(&self) -> &[OwnerReference] {
        self.owners.as_deref().unwrap_or_default()
    }

    /// Whether deletion was asked for.
    pub fn is_terminating(&self) -> bool {
        self.deleted.is_some()
    }

    /// The `metadata` object as the API prints it.
    pub fn to_value(&self) -> Value {
        let mut m = Map::new();
        let mut set = |key: &str, value: Value| {
            m.insert(key.into(), value);
        };
        if !self.annotations.is_empty() {
            set("annotations", self.annotations.to_value());
        }
        set("creationTimestamp", self.created.to_rfc3339().into());
        if let Some(grace) = self.deletion_grace {
            set("deletionGracePeriodSeconds", grace.into());
        }
        if let Some(at) = self.deleted {
            set("deletionTimestamp", at.to_rfc3339().into());
        }
        if !self.finalizers.is_empty() {
            let all = self.finalizers.iter().map(|f| f.as_ref().into());
            set("finalizers", Value::Array(all.collect()));
        }
        if let Some(prefix) = &self.generate_name {
            set("generateName", prefix.as_ref().into());
        }
        if self.generation != 0 {
            set("generation", self.generation.into());
        }
        if !self.labels.is_empty() {
            set("labels", self.labels.to_value());
        }
        if let Some(fields) = &self.managed_fields {
            set("managedFields", fields.as_ref().clone());
        }
        set("name", self.name.as_ref().into());
        if !self.namespace.is_empty() {
            set("namespace", self.namespace.as_ref().into());
        }
        if !self.owners().is_empty() {
            let all = self.owners().iter().map(OwnerReference::to_value);
            set("ownerReferences", Value::Array(all.collect()));
        }
        if self.resource_version != 0 {
            set("resourceVersion", self.resource_version.to_string().into());
        }
        set("uid", self.uid.to_string().into());
        Value::Object(m)
    }

    /// Reads a `metadata` object. Types were checked against the schema before; what is malformed here is said in the
    /// error as `path: sentence`.
    pub fn from_value(value: Value) -> Result<Meta, String> {
        let Value::Object(map) = value else {
            return Err("metadata: must be an object".into());
        };
        let mut meta = Meta::default();
        for (key, value) in map {
            if value.is_null() {
                continue;
            }
            match key.as_str() {
                "name" => meta.name = text(&key, &value)?,
                "namespace" => meta.namespace = text(&key, &value)?,
                "generateName" => {
                    meta.generate_name = Some(text(&key, &value)?).filter(|t| !t.is_empty())
                }
                "uid" => {
                    meta.uid = Uid::parse(&text(&key, &value)?)
                        .ok_or_else(|| format!("metadata.uid: {value} is not a UUID"))?
                }
                "resourceVersion" => {
                    let text = text(&key, &value)?;
                    meta.resource_version = if text.is_empty() {
                        0
                    } else {
                        text.parse().map_err(|_| {
                            format!("metadata.resourceVersion: Invalid value: {text:?}: must be an unsigned integer")
                        })?
                    };
                }
                "generation" => meta.generation = value.as_i64().unwrap_or_default(),
                "creationTimestamp" => meta.created = time(&key, &value)?,
                "deletionTimestamp" => meta.deleted = Some(time(&key, &value)?),
                "deletionGracePeriodSeconds" => meta.deletion_grace = value.as_i64(),
                "labels" => meta.labels = labels(&key, value)?,
                "annotations" => meta.annotations = labels(&key, value)?,
                "finalizers" => {
                    meta.finalizers = list(&value)
                        .iter()
                        .map(|v| text(&key, v))
                        .collect::<Result<_, _>>()?
                }
                "ownerReferences" => {
                    let all = list(&value).iter().map(OwnerReference::from_value);
                    meta.owners = Some(all.collect()).filter(|o: &Arc<[_]>| !o.is_empty());
                }
                "managedFields" => meta.managed_fields = Some(Arc::new(value)),
                // selfLink has been ignored by every API server since 1.24.
                _ => {}
            }
        }
        Ok(meta)
    }
}

impl OwnerReference {
    fn to_value(&self) -> Value {
        let mut v = json!({
            "apiVersion": self.api_version.as_ref(),
            "kind": self.kind.as_ref(),
            "name": self.name.as_ref(),
            "uid": self.uid.to_string(),
        });
        if self.controller {
            v["controller"] = true.into();
        }
        if self.block_owner_deletion {
            v["blockOwnerDeletion"] = true.into();
        }
        v
    }

    /// What is missing is empty: validation says so.
    fn from_value(value: &Value) -> Self {
        let field = |name: &str| value[name].as_str().unwrap_or_default();
        OwnerReference {
            api_version: field("apiVersion").into(),
            kind: field("kind").into(),
            name: field("name").into(),
            uid: Uid::parse(field("uid")).unwrap_or_default(),
            controller: value["controller"].as_bool().unwrap_or_default(),
            block_owner_deletion: value["blockOwnerDeletion"].as_bool().unwrap_or_default(),
        }
    }
}

fn text(key: &str, value: &Value) -> Result<Str, String> {
    value
        .as_str()
        .map(Str::from)
        .ok_or_else(|| format!("metadata.{key}: must be a string"))
}

fn time(key: &str, value: &Value) -> Result<Time, String> {
    let text = text(key, value)?;
    Time::parse(&text).ok_or_else(|| format!("metadata.{key}: {text:?} is not an RFC 3339 time"))
}

fn labels(key: &str, value: Value) -> Result<Labels, String> {
    let Value::Object(map) = value else {
        return Err(format!("metadata.{key}: must be a map of strings"));
    };
    let mut labels = BTreeMap::new();
    for (k, v) in map {
        let text = match v {
            Value::String(s) => s,
            Value::Null => String::new(),
            _ => return Err(format!("metadata.{key}.{k}: must be a string")),
        };
        labels.insert(k, text);
    }
    Ok(labels.into())
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_print_as_the_api_prints_them() {
        for (time, text) in [
            (Time(0), "2026-01-01T00:00:00Z"),
            (
                Time::default() + Span::secs(86_400 * 59),
                "2026-03-01T00:00:00Z",
            ),
            (
                Time::default() + Span::millis(3_661_999),
                "2026-01-01T01:01:01Z",
            ),
            (
                Time::default() + Span::secs(86_400 * 789),
                "2028-02-29T00:00:00Z",
            ),
        ] {
            assert_eq!(time.to_rfc3339(), text);
            assert_eq!(
                Time::parse(text).map(Time::to_rfc3339).as_deref(),
                Some(text)
            );
        }
        assert_eq!(Time(1).to_rfc3339_micros(), "2026-01-01T00:00:00.000001Z");
    }

    #[test]
    fn metadata_survives_the_way_through_json() {
        let mut meta = Meta::new("shop", "web");
        meta.uid = Uid(0x1234_5678_9abc_def0_1122_3344_5566_7788);
        meta.resource_version = 7;
        meta.generation = 2;
        meta.labels = [("app", "web")].into();
        meta.finalizers = vec!["kubernetes.io/pv-protection".into()];
        meta.owners = Some(
            vec![OwnerReference {
                api_version: "apps/v1".into(),
                kind: "ReplicaSet".into(),
                name: "web-1".into(),
                uid: Uid(5),
                controller: true,
                block_owner_deletion: true,
            }]
            .into(),
        );
        assert_eq!(Meta::from_value(meta.to_value()), Ok(meta));
    }

    #[test]
    fn malformed_metadata_names_its_field() {
        let err = Meta::from_value(json!({"labels": {"a": 1}})).unwrap_err();
        assert_eq!(err, "metadata.labels.a: must be a string");
        let err = Meta::from_value(json!({"resourceVersion": "x"})).unwrap_err();
        assert!(
            err.starts_with("metadata.resourceVersion: Invalid value"),
            "{err}"
        );
    }

    #[test]
    fn shared_labels_are_copied_only_when_changed() {
        let a: Labels = [("app", "web")].into();
        let mut b = a.clone();
        b.insert("app", "web");
        assert!(Arc::ptr_eq(a.0.as_ref().unwrap(), b.0.as_ref().unwrap()));
        b.insert("app", "api");
        assert_eq!((a.get("app"), b.get("app")), (Some("web"), Some("api")));
    }
}
