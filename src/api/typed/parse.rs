//! JSON text to its value, by serde_json: the one place that calls its parser, which comes anew with every type and source.

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Error, Map, Number, Value};

/// Parses a text.
///
/// # Errors
/// The text is no JSON; the error says where.
pub fn parse(text: &[u8]) -> Result<Value, Error> {
    noting(text).map(|(value, _)| value)
}

/// Parses a text and notes the paths of fields that are there twice; the last one counts.
///
/// # Errors
/// The text is no JSON; the error says where.
// upstream: sigs.k8s.io/json internal/golang/encoding/json/kubernetes_patch.go saveStrictError
pub fn noting(text: &[u8]) -> Result<(Value, Vec<String>), Error> {
    let mut notes = Notes::default();
    let mut source = serde_json::Deserializer::from_slice(text);
    let value = Noting(&mut notes).deserialize(&mut source)?;
    source.end()?;
    Ok((value, notes.twice))
}

#[derive(Default)]
struct Notes {
    /// The way to what is being read, as `spec.containers[0]`.
    path: String,
    twice: Vec<String>,
}

struct Noting<'a>(&'a mut Notes);

impl<'de> DeserializeSeed<'de> for Noting<'_> {
    type Value = Value;
    fn deserialize<D: Deserializer<'de>>(self, source: D) -> Result<Value, D::Error> {
        source.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Noting<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("any valid JSON value")
    }
    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }
    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }
    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }
    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }
    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.into()))
    }
    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }
    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        let notes = self.0;
        let above = notes.path.len();
        loop {
            notes.path.push('[');
            notes.path.push_str(&list.len().to_string());
            notes.path.push(']');
            let item = items.next_element_seed(Noting(&mut *notes))?;
            notes.path.truncate(above);
            match item {
                Some(item) => list.push(item),
                None => return Ok(Value::Array(list)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        let notes = self.0;
        let above = notes.path.len();
        while let Some(name) = fields.next_key::<String>()? {
            if above > 0 {
                notes.path.push('.');
            }
            notes.path.push_str(&name);
            if map.contains_key(&name) && !notes.twice.contains(&notes.path) {
                notes.twice.push(notes.path.clone());
            }
            let value = fields.next_value_seed(Noting(&mut *notes))?;
            notes.path.truncate(above);
            map.insert(name, value);
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_serde_jsons_own() {
        for text in [
            r#"{"a": [1, -2, 3.5, 1e300, "é\u00e9\n", null, true], "b": {}, "c": []}"#,
            "18446744073709551615",
            "\"text\"",
        ] {
            let theirs: Value = serde_json::from_str(text).unwrap();
            assert_eq!(parse(text.as_bytes()).unwrap(), theirs);
        }
        for text in ["", "{", "[1,]", "{} x", "nul"] {
            let theirs = serde_json::from_str::<Value>(text).unwrap_err();
            assert_eq!(
                parse(text.as_bytes()).unwrap_err().to_string(),
                theirs.to_string()
            );
        }
        assert!(parse("[".repeat(100_000).as_bytes()).is_err());
    }

    #[test]
    fn what_is_there_twice_is_noted_by_path() {
        let text = br#"{"a": 1, "a": 2, "spec": {"list": [{"x": 1}, {"x": 1, "x": 2, "x": 3}], "n": {"a": 1}}}"#;
        let (value, twice) = noting(text).unwrap();
        assert_eq!(twice, ["a", "spec.list[1].x"]);
        assert_eq!(
            (&value["a"], &value["spec"]["list"][1]["x"]),
            (&2.into(), &3.into())
        );
    }
}
