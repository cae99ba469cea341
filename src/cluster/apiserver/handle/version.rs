//! Versions at the API's edge: objects come and go in the version that the path says, whatever they are kept in.

use podarium_api::kinds::KindInfo;
use podarium_api::object::{Key, Object};
use podarium_api::status::Status;
use serde_json::Value;

use super::super::rules;
use super::router::Place;

/// A stored object in a served version.
pub fn served(info: &KindInfo, object: &Object) -> Value {
    let value = object.to_value();
    if info.storage() == info.id {
        return value;
    }
    rules::convert(&value, &info.api_version()).unwrap_or(value)
}

impl Place {
    /// The key of the object that is meant.
    pub fn key(&self) -> Key {
        Key::new(self.info.storage(), &self.namespace, &self.name)
    }

    /// A stored object in the version that was asked for.
    pub fn value(&self, object: &Object) -> Value {
        served(self.info, object)
    }

    /// What was sent, as it is stored. The error is `path: sentence`.
    pub fn object(&self, value: Value) -> Result<Object, String> {
        let storage = self.info.storage();
        let value = match storage == self.info.id {
            true => value,
            false => rules::convert(&value, &storage.info().api_version()).unwrap_or(value),
        };
        Object::from_value(storage, value)
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
