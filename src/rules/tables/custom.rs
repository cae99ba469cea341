//! Tables of custom resources: the columns that their definition names.
// upstream: staging/src/k8s.io/apiextensions-apiserver/pkg/registry/customresource/tableconvertor/tableconvertor.go

use serde_json::{Value, json};

use super::column::{CREATED, NAME};
use super::jsonpath::Path;
use super::seen::{Seen, ago, text};

/// `additionalPrinterColumns`, their paths read.
pub struct Columns<'a>(Vec<(&'a Value, Option<Path>)>);

impl<'a> Columns<'a> {
    /// The columns of a version; without any, the age is one.
    pub fn new(columns: &'a Value) -> Self {
        let given = super::seen::items(columns);
        Columns(
            given
                .iter()
                .map(|c| (c, Path::read(text(c, "jsonPath"))))
                .collect(),
        )
    }

    /// What the Table says of its columns.
    pub fn definitions(&self) -> Value {
        let mut all = vec![
            json!({"name": "Name", "type": "string", "format": "name", "description": NAME, "priority": 0}),
        ];
        if self.0.is_empty() {
            // upstream: staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/helpers.go getColumnsForVersion
            all.push(json!({"name": "Age", "type": "date", "format": "", "description": CREATED, "priority": 0}));
        }
        all.extend(self.0.iter().map(|(column, _)| {
            let path = text(column, "jsonPath");
            let description = match text(column, "description") {
                "" => format!("Custom resource definition column (in JSONPath format): {path}"),
                said => said.into(),
            };
            json!({
                "name": column["name"], "type": column["type"], "format": text(column, "format"),
                "description": description, "priority": column["priority"].as_i64().unwrap_or_default(),
            })
        }));
        all.into()
    }

    /// A row's cells.
    pub fn cells(&self, seen: &Seen) -> Vec<Value> {
        let mut cells = vec![seen.at("metadata.name").clone()];
        if self.0.is_empty() {
            cells.push(cell(
                "date",
                seen.at("metadata.creationTimestamp"),
                seen.now,
            ));
        }
        cells.extend(self.0.iter().map(|(column, path)| {
            // A path that leads to several values means the first.
            let found = path.as_ref().and_then(|path| path.first(seen.object));
            found.map_or(Value::Null, |value| {
                cell(text(column, "type"), value, seen.now)
            })
        }));
        cells
    }
}

/// upstream: tableconvertor.go cellForJSONValue
fn cell(kind: &str, value: &Value, now: i64) -> Value {
    match (kind, value) {
        ("string", Value::String(_)) => value.clone(),
        ("string", Value::Null) => "<no value>".into(),
        ("string", value) => value.to_string().into(),
        ("integer", Value::Number(n)) => {
            let whole = n.as_i64().or(n.as_f64().map(|f| f as i64));
            whole.map_or(Value::Null, Value::from)
        }
        ("number", Value::Number(_)) | ("boolean", Value::Bool(_)) => value.clone(),
        ("date", Value::String(text)) => match podarium_api::time::parse_rfc3339(text) {
            Some(then) => ago(now, then).into(),
            None => "<invalid>".into(),
        },
        _ => Value::Null,
    }
}
