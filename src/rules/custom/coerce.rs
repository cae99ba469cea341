//! A sent custom resource as the server takes it: without what its schema does not know, with its defaults.
// upstream: staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/customresource_handler.go unstructuredSchemaCoercer.apply

use podarium_api::decode::decode_json;
use serde_json::{Value, json};

use super::schema::keeps;
use super::{default, embedded, prune};

/// `{object, unknown}`, with sentences about unknown fields; or `{wrong}`, why it is no object.
pub fn coerce(object: &Value, described: &Value) -> Value {
    let mut object = object.clone();
    let mut unknown = match metadata(&mut object) {
        Ok(unknown) => unknown,
        Err(wrong) => return json!({"wrong": wrong}),
    };
    let schema = &described["schema"];
    if schema.is_object() {
        let fields = prune::prune(&mut object, schema, true);
        unknown.extend(fields.iter().map(|path| format!("unknown field {path:?}")));
        if let Err(wrong) = embedded::coerce(&mut object, schema, "", &mut unknown) {
            return json!({"wrong": wrong});
        }
        default::fill(&mut object, schema);
    } else if !keeps(schema)
        && let Value::Object(fields) = &mut object
    {
        fields.retain(|name, _| ["apiVersion", "kind", "metadata"].contains(&name.as_str()));
    }
    json!({"object": object, "unknown": unknown})
}

/// A stored object as it is to be seen: with the defaults of what is stored, without what the version does not know.
// upstream: customresource_handler.go unstructuredDefaulter.Default, schemaCoercingConverter.Convert
pub fn seen(object: &Value, described: &Value) -> Value {
    let mut object = object.clone();
    default::fill(&mut object, &described["kept"]);
    if described["schema"].is_object() {
        prune::prune(&mut object, &described["schema"], true);
    }
    object
}

/// Holds an object's metadata against its type. Gives sentences about unknown fields.
///
/// # Errors
/// The sentence for a wrong type.
// upstream: staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/schema/objectmeta/coerce.go GetObjectMetaWithOptions
pub fn metadata(object: &mut Value) -> Result<Vec<String>, String> {
    let Some(fields) = object.as_object_mut() else {
        return Ok(Vec::new());
    };
    // Any kind will do that has nothing but metadata.
    let mut bare = json!({"metadata": fields.remove("metadata").unwrap_or_default()});
    let unknown = decode_json("v1", "ConfigMap", &mut bare);
    let unknown = unknown.map_err(|text| text.replace("ObjectMeta.metadata.", "ObjectMeta."))?;
    if let Some(metadata) = bare.get_mut("metadata") {
        fields.insert("metadata".into(), metadata.take());
    }
    Ok(unknown)
}
