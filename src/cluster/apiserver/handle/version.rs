//! Versions at the API's edge: objects come and go in the version that the path says, whatever they are kept in.

use podarium_api::decode::decode_json;
use podarium_api::kinds::KindInfo;
use podarium_api::object::{Key, Object};
use podarium_api::status::Status;
use serde_json::Value;

use super::super::{Method, Request, rules};
use super::router::Place;

/// A stored object in a served version.
pub fn served(info: &KindInfo, object: &Object) -> Value {
    let mut value = object.to_value();
    if info.storage() == info.id {
        return value;
    }
    if info.id.is_custom() {
        // upstream: staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/conversion/nop_converter.go
        value["apiVersion"] = info.api_version().into();
        return value;
    }
    rules::convert(&value, &info.api_version()).unwrap_or(value)
}

/// [`served`], and a custom resource as its definition has it by now, which may be another than when it was stored.
pub fn seen(info: &KindInfo, custom: Option<&Value>, object: &Object) -> Value {
    let value = served(info, object);
    match custom {
        Some(described) => rules::seen(&value, described).unwrap_or(value),
        None => value,
    }
}

impl Place {
    /// The key of the object that is meant.
    pub fn key(&self) -> Key {
        Key::new(self.info.storage(), &self.namespace, &self.name)
    }

    /// A stored object in the version that was asked for.
    pub fn value(&self, object: &Object) -> Value {
        seen(self.info, self.custom.as_deref(), object)
    }

    /// What was sent, as it is stored. The error is `path: sentence`.
    pub fn object(&self, value: Value) -> Result<Object, String> {
        let storage = self.info.storage();
        let value = match storage == self.info.id || storage.is_custom() {
            true => value,
            false => rules::convert(&value, &storage.info().api_version()).unwrap_or(value),
        };
        Object::from_value(storage, value)
    }

    /// Holds what was sent against the type of its kind: see [`decode_json`].
    ///
    /// # Errors
    /// The sentence for what is no object of the kind.
    pub fn decode(&self, value: &mut Value) -> Result<Vec<String>, String> {
        let Some(described) = &self.custom else {
            return decode_json(&self.info.api_version(), self.info.kind, value);
        };
        let unknown;
        (*value, unknown) = rules::coerce(value, described)?;
        Ok(unknown)
    }

    /// The schema of a kind that has one of its own.
    pub fn schema(&self) -> Value {
        let custom = self.custom.as_ref();
        custom.map_or(Value::Null, |described| described["schema"].clone())
    }

    /// Refuses patches that need to know the type of what they change.
    ///
    /// # Errors
    /// `UnsupportedMediaType`.
    // upstream: staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/customresource_handler.go ServeHTTP supportedTypes
    pub fn takes(&self, request: &Request) -> Result<(), Status> {
        let said = request.content_type.split(';').next().unwrap_or_default();
        let taken = [
            "application/json-patch+json",
            "application/merge-patch+json",
            "application/apply-patch+yaml",
        ];
        if request.method == Method::Patch && !taken.contains(&said.trim()) {
            return Err(super::unsupported_media_type(&taken.join(", ")));
        }
        Ok(())
    }

    /// A refusal in the words of the version that was asked for.
    pub fn own(&self, mut status: Status) -> Status {
        let (stored, asked) = (self.info.storage().info(), self.info);
        if stored.group != asked.group && status.group == stored.group {
            for (from, to) in [
                (stored.group_resource(), asked.group_resource()),
                (stored.kind.into(), [asked.kind, ".", asked.group].concat()),
            ] {
                let (from, to) = ([&from, " \""].concat(), [&to, " \""].concat());
                status.message = status.message.replacen(&from, &to, 1);
            }
            status.group = asked.group.into();
        }
        status
    }
}
