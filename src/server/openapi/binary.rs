//! The document of version 2 in the binary form in which kubectl asks for it.
// The message numbers are those of github.com/google/gnostic openapiv2/OpenAPIv2.proto.

use serde_json::{Map, Value};

/// A message of protocol buffers, field after field.
#[derive(Default)]
struct Message(Vec<u8>);

impl Message {
    fn number(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }

    fn bytes(&mut self, field: u64, bytes: &[u8]) {
        self.number(field << 3 | 2);
        self.number(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
    }

    fn message(&mut self, field: u64, message: Message) {
        self.bytes(field, &message.0);
    }

    /// A text, or each text of a list; nothing where there is none.
    fn texts(&mut self, field: u64, value: &Value) {
        match value {
            Value::String(text) => self.bytes(field, text.as_bytes()),
            Value::Array(items) => items.iter().for_each(|item| self.texts(field, item)),
            _ => {}
        }
    }

    fn truth(&mut self, field: u64, value: &Value) {
        if *value == true {
            self.number(field << 3);
            self.number(1);
        }
    }

    /// What begins with `x-`.
    fn extensions(&mut self, field: u64, of: &Value) {
        for (name, value) in entries(of).filter(|(name, _)| name.starts_with("x-")) {
            self.message(field, named(name, any(value)));
        }
    }
}

fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}

fn within(field: u64, message: Message) -> Message {
    let mut out = Message::default();
    out.message(field, message);
    out
}

fn named(name: &str, message: Message) -> Message {
    let mut out = Message::default();
    out.bytes(1, name.as_bytes());
    out.message(2, message);
    out
}

/// Any value travels as YAML, which JSON is.
fn any(value: &Value) -> Message {
    let mut out = Message::default();
    out.bytes(2, value.to_string().as_bytes());
    out
}

/// Encodes a document of version 2.
pub fn encoded(document: &Value) -> Vec<u8> {
    let mut out = Message::default();
    out.texts(1, &document["swagger"]);
    let mut info = Message::default();
    info.texts(1, &document["info"]["title"]);
    info.texts(2, &document["info"]["version"]);
    out.message(2, info);
    let mut paths = Message::default();
    for (path, item) in entries(&document["paths"]) {
        paths.message(2, named(path, path_item(item)));
    }
    out.message(8, paths);
    let mut definitions = Message::default();
    for (name, value) in entries(&document["definitions"]) {
        definitions.message(1, named(name, schema(value)));
    }
    out.message(9, definitions);
    out.0
}

fn path_item(item: &Value) -> Message {
    let mut out = Message::default();
    for (field, method) in [
        (2, "get"),
        (3, "put"),
        (4, "post"),
        (5, "delete"),
        (8, "patch"),
    ] {
        if item[method].is_object() {
            out.message(field, operation(&item[method]));
        }
    }
    parameters(&mut out, 9, &item["parameters"]);
    out.extensions(10, item);
    out
}

fn operation(given: &Value) -> Message {
    let mut out = Message::default();
    out.texts(1, &given["tags"]);
    out.texts(3, &given["description"]);
    out.texts(5, &given["operationId"]);
    out.texts(6, &given["produces"]);
    out.texts(7, &given["consumes"]);
    parameters(&mut out, 8, &given["parameters"]);
    let mut responses = Message::default();
    for (code, given) in entries(&given["responses"]) {
        let mut response = Message::default();
        response.texts(1, &given["description"]);
        if given["schema"].is_object() {
            response.message(2, within(1, schema(&given["schema"])));
        }
        responses.message(1, named(code, within(1, response)));
    }
    out.message(9, responses);
    out.texts(10, &given["schemes"]);
    out.extensions(13, given);
    out
}

fn parameters(out: &mut Message, field: u64, given: &Value) {
    for given in given.as_array().into_iter().flatten() {
        let mut one = Message::default();
        let parameter = match given["in"].as_str() {
            Some("body") => {
                one.texts(1, &given["description"]);
                one.texts(2, &given["name"]);
                one.texts(3, &given["in"]);
                one.truth(4, &given["required"]);
                one.message(5, schema(&given["schema"]));
                within(1, one)
            }
            place => {
                one.truth(1, &given["required"]);
                one.texts(2, &given["in"]);
                one.texts(3, &given["description"]);
                one.texts(4, &given["name"]);
                // Of the two, that of a query alone may be empty.
                let (kind, moved) = if place == Some("path") {
                    (4, 0)
                } else {
                    (3, 1)
                };
                one.texts(5 + moved, &given["type"]);
                one.truth(19 + moved, &given["uniqueItems"]);
                within(2, within(kind, one))
            }
        };
        out.message(field, within(1, parameter));
    }
}

fn schema(given: &Value) -> Message {
    let mut out = Message::default();
    out.texts(1, &given["$ref"]);
    out.texts(2, &given["format"]);
    out.texts(4, &given["description"]);
    out.texts(19, &given["required"]);
    for value in given["enum"].as_array().into_iter().flatten() {
        out.message(20, any(value));
    }
    if given["additionalProperties"].is_object() {
        out.message(21, within(1, schema(&given["additionalProperties"])));
    }
    if given["type"].is_string() {
        let mut kind = Message::default();
        kind.texts(1, &given["type"]);
        out.message(22, kind);
    }
    if given["items"].is_object() {
        out.message(23, within(1, schema(&given["items"])));
    }
    if given["properties"].is_object() {
        let mut properties = Message::default();
        for (name, value) in entries(&given["properties"]) {
            properties.message(1, named(name, schema(value)));
        }
        out.message(25, properties);
    }
    out.extensions(31, given);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn messages_are_laid_out_as_the_protocol_has_them() {
        let schema = schema(&json!({"type": "string", "format": "byte", "x-a": 1}));
        // 2: "byte"; 22: {1: "string"}; 31: {1: "x-a", 2: {2: "1"}}
        let want =
            b"\x12\x04byte\xb2\x01\x08\x0a\x06string\xfa\x01\x0a\x0a\x03x-a\x12\x03\x12\x011";
        assert_eq!(schema.0, want);
    }

    #[test]
    fn a_parameter_stands_where_its_place_is() {
        let mut out = Message::default();
        let of = json!([{"name": "n", "in": "path", "required": true, "type": "string", "uniqueItems": true}]);
        parameters(&mut out, 9, &of);
        let want = b"\x4a\x1c\x0a\x1a\x12\x18\x22\x16\x08\x01\x12\x04path\x22\x01n\x2a\x06string\x98\x01\x01";
        assert_eq!(out.0, want);
    }
}
