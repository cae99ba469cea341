//! Objects as clients in Go send them, in binary, to the JSON that everybody else sends.
//!
//! kubectl makes what it has a command for (`kubectl create deployment`) in this form, and asks for JSON back.
// upstream: staging/src/k8s.io/apimachinery/pkg/runtime/serializer/protobuf/protobuf.go Serializer

mod messages;
#[cfg(test)]
mod tests;
mod wire;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use podarium_api::time::{EPOCH_UNIX_MS, timestamp};
use serde_json::{Map, Number, Value, json};

use messages::{Field, Message, Messages, Shape, Wrap};
use wire::{Raw, Reader};

/// How the media type is called.
pub const MEDIA_TYPE: &str = "application/vnd.kubernetes.protobuf";

/// What every body begins with.
// No message of the table holds itself, however deep, so reading one is bounded.
const MAGIC: &[u8] = b"k8s\0";

/// Reads a body.
///
/// # Errors
/// A sentence: it is no such body, or of a kind that has no such form.
pub fn decode(body: &[u8]) -> Result<Value, String> {
    let Some(body) = body.strip_prefix(MAGIC) else {
        return Err("provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]".into());
    };
    let (mut version, mut kind, mut object) = (String::new(), String::new(), &[][..]);
    let mut reader = Reader::new(body);
    while let Some((number, raw)) = reader.next()? {
        match (number, raw) {
            (1, Raw::Bytes(bytes)) => {
                let mut meta = Reader::new(bytes);
                while let Some((number, raw)) = meta.next()? {
                    match number {
                        1 => version = raw.text()?,
                        2 => kind = raw.text()?,
                        _ => {}
                    }
                }
            }
            (2, Raw::Bytes(bytes)) => object = bytes,
            _ => {}
        }
    }
    let messages = messages::messages();
    let Some(message) = messages.of_kind(&version, &kind) else {
        return Err(format!(
            "no kind {kind:?} is registered for version {version:?}"
        ));
    };
    let mut fields = Map::new();
    fields.insert("apiVersion".into(), version.into());
    fields.insert("kind".into(), kind.into());
    read(messages, message, object, &mut fields)?;
    Ok(Value::Object(fields))
}

/// Reads a message's fields into an object.
fn read(
    messages: &Messages,
    message: &Message,
    bytes: &[u8],
    into: &mut Map<String, Value>,
) -> Result<(), String> {
    let mut reader = Reader::new(bytes);
    while let Some((number, raw)) = reader.next()? {
        // A newer client's field is nothing here, as upstream skips it.
        let Some(field) = message.field(number) else {
            continue;
        };
        if field.name == "-" {
            if let (Shape::Message(part), Raw::Bytes(bytes)) = (field.shape, raw) {
                read(messages, messages.get(part), bytes, into)?;
            }
            continue;
        }
        take(messages, field, raw, into)?;
    }
    Ok(())
}

fn take(
    messages: &Messages,
    field: &Field,
    raw: Raw<'_>,
    into: &mut Map<String, Value>,
) -> Result<(), String> {
    let one = |raw| value(messages, field.shape, raw);
    match field.wrap {
        Wrap::One => {
            let value = one(raw)?;
            // What is no pointer is always sent; zero is what Go's JSON leaves out.
            if field.pointer || field.always || !is_zero(&value) {
                into.insert(field.name.into(), value);
            }
        }
        Wrap::List => {
            let list = into.entry(field.name).or_insert_with(|| json!([]));
            let Value::Array(list) = list else {
                return Ok(());
            };
            match raw {
                // Numbers may come in one piece.
                Raw::Bytes(bytes) if matches!(field.shape, Shape::Int | Shape::Bool) => {
                    let mut reader = Reader::new(bytes);
                    while !reader.is_empty() {
                        list.push(one(Raw::Varint(reader.varint()?))?);
                    }
                }
                raw => list.push(one(raw)?),
            }
        }
        Wrap::Map => {
            let (mut key, mut value) = (String::new(), None);
            let mut reader = Reader::new(raw.bytes()?);
            while let Some((number, raw)) = reader.next()? {
                match number {
                    1 => key = raw.text()?,
                    2 => value = Some(one(raw)?),
                    _ => {}
                }
            }
            let value = value.map_or_else(|| one(Raw::nothing(field.shape)), Ok)?;
            let map = into.entry(field.name).or_insert_with(|| json!({}));
            map[key] = value;
        }
    }
    Ok(())
}

/// Whether Go's JSON leaves a value out that is no pointer. Structs are always there, as `strategy: {}`.
fn is_zero(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        _ => false,
    }
}

fn value(messages: &Messages, shape: Shape, raw: Raw<'_>) -> Result<Value, String> {
    Ok(match shape {
        Shape::String => raw.text()?.into(),
        Shape::Int => (raw.varint()? as i64).into(),
        Shape::Bool => (raw.varint()? != 0).into(),
        Shape::Double => Number::from_f64(raw.double()?).map_or(Value::Null, Value::Number),
        Shape::Bytes => STANDARD.encode(raw.bytes()?).into(),
        Shape::Quantity => part(raw.bytes()?, 1)?
            .map_or(Ok("0".into()), |raw| raw.text())?
            .into(),
        Shape::IntOrString => {
            let bytes = raw.bytes()?;
            let kind = part(bytes, 1)?.map_or(Ok(0), |raw| raw.varint())?;
            match kind {
                0 => {
                    let number = part(bytes, 2)?.map_or(Ok(0), |raw| raw.varint())?;
                    (number as i64).into()
                }
                _ => part(bytes, 3)?
                    .map_or(Ok(String::new()), |raw| raw.text())?
                    .into(),
            }
        }
        Shape::Time | Shape::MicroTime => moment(raw.bytes()?, shape == Shape::MicroTime)?,
        Shape::Raw => match part(raw.bytes()?, 1)? {
            Some(raw) => serde_json::from_slice(raw.bytes()?).map_err(|e| e.to_string())?,
            None => Value::Null,
        },
        Shape::Items => {
            let mut items = Vec::new();
            let mut reader = Reader::new(raw.bytes()?);
            while let Some((number, raw)) = reader.next()? {
                if number == 1 {
                    items.push(raw.text()?.into());
                }
            }
            Value::Array(items)
        }
        Shape::Message(message) => {
            let mut fields = Map::new();
            read(messages, messages.get(message), raw.bytes()?, &mut fields)?;
            Value::Object(fields)
        }
    })
}

/// The last field of that number in a small message.
fn part(bytes: &[u8], wanted: u32) -> Result<Option<Raw<'_>>, String> {
    let mut reader = Reader::new(bytes);
    let mut found = None;
    while let Some((number, raw)) = reader.next()? {
        if number == wanted {
            found = Some(raw);
        }
    }
    Ok(found)
}

/// Seconds and nanoseconds; nothing at all is no moment.
fn moment(bytes: &[u8], with_micros: bool) -> Result<Value, String> {
    if bytes.is_empty() {
        return Ok(Value::Null);
    }
    let number = |wanted| part(bytes, wanted)?.map_or(Ok(0), |raw| raw.varint());
    let (seconds, nanos) = (number(1)? as i64, number(2)? as i64);
    let micros = seconds.saturating_mul(1_000_000);
    let mut text = timestamp(micros.saturating_sub(EPOCH_UNIX_MS * 1_000)).to_string();
    if with_micros {
        text.truncate(text.len() - 1);
        text += &format!(".{:06}Z", nanos / 1_000);
    }
    Ok(text.into())
}
