//! Reading values by field, each with the path that it stands at.

use podarium_api::quantity::Quantity;
use serde_json::Value;

/// A value and where it stands in its object.
#[derive(Clone)]
pub struct Field<'a> {
    /// The value; null where there is none.
    pub value: &'a Value,
    /// As `spec.ports[0].port`.
    pub path: String,
}

impl<'a> Field<'a> {
    /// An object as a whole: its fields' paths are their names.
    pub fn root(value: &'a Value) -> Self {
        Field {
            value,
            path: String::new(),
        }
    }

    /// A field of this object.
    pub fn get(&self, name: &str) -> Field<'a> {
        let path = if self.path.is_empty() {
            name.into()
        } else {
            format!("{}.{name}", self.path)
        };
        Field {
            value: self.value.get(name).unwrap_or(&Value::Null),
            path,
        }
    }

    /// A field further in, as `spec.template`.
    pub fn at(&self, path: &str) -> Field<'a> {
        path.split('.')
            .fold(self.clone(), |field, name| field.get(name))
    }

    /// The same value said to stand elsewhere.
    pub fn called(&self, path: &str) -> Field<'a> {
        Field {
            value: self.value,
            path: path.into(),
        }
    }

    /// The entry of a map, whose key stands in brackets.
    pub fn key(&self, key: &str) -> Field<'a> {
        Field {
            value: self.value.get(key).unwrap_or(&Value::Null),
            path: format!("{}[{key}]", self.path),
        }
    }

    /// Whether a value is there at all, be it empty.
    pub fn is_set(&self) -> bool {
        !self.value.is_null()
    }

    /// How many items or entries it has.
    pub fn len(&self) -> usize {
        match self.value {
            Value::Array(items) => items.len(),
            Value::Object(fields) => fields.len(),
            _ => 0,
        }
    }

    /// The texts of this list.
    pub fn texts(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let items = self.value.as_array().into_iter().flatten();
        items.map(|item| item.as_str().unwrap_or_default())
    }

    /// Whether this list has the text.
    pub fn contains(&self, text: &str) -> bool {
        self.texts().any(|item| item == text)
    }

    /// The items of this list.
    pub fn items(&self) -> impl Iterator<Item = Field<'a>> + use<'a> {
        let path = self.path.clone();
        let items = self.value.as_array().map_or(&[][..], Vec::as_slice);
        items.iter().enumerate().map(move |(i, value)| Field {
            value,
            path: format!("{path}[{i}]"),
        })
    }

    /// The entries of this map, whose keys stand in brackets.
    pub fn entries(&self) -> impl Iterator<Item = (&'a str, Field<'a>)> + use<'a> {
        let path = self.path.clone();
        self.value
            .as_object()
            .into_iter()
            .flatten()
            .map(move |(key, value)| {
                let path = format!("{path}[{key}]");
                (key.as_str(), Field { value, path })
            })
    }

    /// The text; empty where there is none.
    pub fn text(&self) -> &'a str {
        self.value.as_str().unwrap_or_default()
    }

    /// The whole number, if it is one.
    pub fn number(&self) -> Option<i64> {
        self.value.as_i64()
    }

    /// The whole number; zero where there is none, as in a field of upstream's that is no pointer.
    pub fn int(&self) -> i64 {
        self.number().unwrap_or_default()
    }

    /// The quantity, if it is one.
    pub fn quantity(&self) -> Option<Quantity> {
        match self.value {
            Value::String(text) => Quantity::parse(text).ok(),
            Value::Number(number) => Quantity::parse(&number.to_string()).ok(),
            _ => None,
        }
    }

    /// Whether it is `true`.
    pub fn truth(&self) -> bool {
        self.value.as_bool().unwrap_or_default()
    }

    /// Whether nothing is there: null, or an empty list, map or text.
    pub fn is_empty(&self) -> bool {
        match self.value {
            Value::Null => true,
            Value::Array(items) => items.is_empty(),
            Value::Object(fields) => fields.is_empty(),
            Value::String(text) => text.is_empty(),
            _ => false,
        }
    }
}
