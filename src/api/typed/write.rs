//! Writing: a type to a JSON value.

use serde::Serialize;
use serde::ser::{self, Serializer};
use serde_json::{Map, Number, Value};

/// The value as JSON.
pub fn write<T: Serialize + ?Sized>(value: &T) -> Value {
    let Ok(value) = value.serialize(Writer);
    value
}

/// What goes wrong when Kubernetes' types are written: nothing. As a type without values it costs no byte and no branch.
#[derive(Debug)]
enum Never {}

impl std::fmt::Display for Never {
    fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match *self {}
    }
}

impl std::error::Error for Never {}

impl ser::Error for Never {
    fn custom<T: std::fmt::Display>(why: T) -> Self {
        unreachable!("types of the API can always be written: {why}")
    }
}

struct Writer;

/// A list that grows, and the variant that will hold it.
struct Items(Option<&'static str>, Vec<Value>);

/// A map that grows, and the variant that will hold it.
struct Fields {
    variant: Option<&'static str>,
    key: String,
    all: Map<String, Value>,
}

/// `value`, or a map from the variant's name to it.
fn held(variant: Option<&'static str>, value: Value) -> Value {
    let Some(name) = variant else {
        return value;
    };
    let mut map = Map::new();
    map.insert(name.to_owned(), value);
    Value::Object(map)
}

fn fields(variant: Option<&'static str>) -> Result<Fields, Never> {
    Ok(Fields {
        variant,
        key: String::new(),
        all: Map::new(),
    })
}

macro_rules! scalars {
    ($($method:ident $type:ty,)*) => {$(
        fn $method(self, value: $type) -> Result<Value, Never> {
            Ok(value.into())
        }
    )*};
}

impl Serializer for Writer {
    type Ok = Value;
    type Error = Never;
    type SerializeSeq = Items;
    type SerializeTuple = Items;
    type SerializeTupleStruct = Items;
    type SerializeTupleVariant = Items;
    type SerializeMap = Fields;
    type SerializeStruct = Fields;
    type SerializeStructVariant = Fields;

    scalars! {
        serialize_bool bool, serialize_i8 i8, serialize_i16 i16, serialize_i32 i32, serialize_i64 i64, serialize_u8 u8,
        serialize_u16 u16, serialize_u32 u32, serialize_u64 u64, serialize_str &str,
    }

    fn serialize_f32(self, value: f32) -> Result<Value, Never> {
        self.serialize_f64(value.into())
    }

    fn serialize_f64(self, value: f64) -> Result<Value, Never> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn serialize_char(self, value: char) -> Result<Value, Never> {
        Ok(value.to_string().into())
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<Value, Never> {
        Ok(value.iter().map(|b| Value::from(*b)).collect())
    }

    fn serialize_none(self) -> Result<Value, Never> {
        Ok(Value::Null)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Value, Never> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Value, Never> {
        Ok(Value::Null)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<Value, Never> {
        Ok(Value::Null)
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<Value, Never> {
        Ok(variant.into())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<Value, Never> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<Value, Never> {
        Ok(held(Some(variant), write(value)))
    }

    fn serialize_seq(self, len: Option<usize>) -> Result<Items, Never> {
        Ok(Items(None, Vec::with_capacity(len.unwrap_or_default())))
    }

    fn serialize_tuple(self, len: usize) -> Result<Items, Never> {
        self.serialize_seq(Some(len))
    }

    fn serialize_tuple_struct(self, _: &'static str, len: usize) -> Result<Items, Never> {
        self.serialize_seq(Some(len))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Items, Never> {
        Ok(Items(Some(variant), Vec::new()))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Fields, Never> {
        fields(None)
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Fields, Never> {
        fields(None)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Fields, Never> {
        fields(Some(variant))
    }
}

macro_rules! items {
    ($($kind:ident $method:ident,)*) => {$(
        impl ser::$kind for Items {
            type Ok = Value;
            type Error = Never;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Never> {
                self.1.push(write(value));
                Ok(())
            }

            fn end(self) -> Result<Value, Never> {
                Ok(held(self.0, Value::Array(self.1)))
            }
        }
    )*};
}

items! {
    SerializeSeq serialize_element, SerializeTuple serialize_element, SerializeTupleStruct serialize_field,
    SerializeTupleVariant serialize_field,
}

macro_rules! structs {
    ($($kind:ident,)*) => {$(
        impl ser::$kind for Fields {
            type Ok = Value;
            type Error = Never;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), Never> {
                self.all.insert(key.to_owned(), write(value));
                Ok(())
            }

            fn end(self) -> Result<Value, Never> {
                Ok(held(self.variant, Value::Object(self.all)))
            }
        }
    )*};
}

structs! { SerializeStruct, SerializeStructVariant, }

impl ser::SerializeMap for Fields {
    type Ok = Value;
    type Error = Never;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Never> {
        self.key = match write(key) {
            Value::String(text) => text,
            other => other.to_string(),
        };
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Never> {
        let key = std::mem::take(&mut self.key);
        self.all.insert(key, write(value));
        Ok(())
    }

    fn end(self) -> Result<Value, Never> {
        Ok(held(self.variant, Value::Object(self.all)))
    }
}
