//! What `Accept` asks for: which form of the object, in which encoding.
// upstream: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/negotiation/negotiate.go NegotiateMediaTypeOptions

use serde_json::{Value, json};

/// The form that a header asks for: `{as, version, include, yaml}`, each only where it is asked for; `{refused, message}`
/// where nothing that is asked for can be given.
///
/// `asked`: `accept`, the header; `includeObject`, the parameter; `tables`, whether Tables may be had; `watch`, whether the
/// answer is a stream.
pub fn form(asked: &Value) -> Value {
    let text = |field: &str| asked[field].as_str().unwrap_or_default();
    let watch = asked["watch"] == true;
    let mut clauses: Vec<Clause> = text("accept").split(',').filter_map(Clause::read).collect();
    // Stable: of equal weight, the earlier counts more.
    clauses.sort_by(|a, b| b.weight().total_cmp(&a.weight()));
    let found = clauses
        .iter()
        .find_map(|clause| clause.form(asked["tables"] == true, watch));
    let Some(mut form) = found else {
        let accepted = match watch {
            true => "application/json;stream=watch",
            false => "application/json, application/yaml",
        };
        return json!({
            "refused": "NotAcceptable",
            "message": format!("only the following media types are accepted: {accepted}"),
        });
    };
    if form["as"] != "Table" {
        return form;
    }
    let include = text("includeObject");
    if !matches!(include, "" | "None" | "Metadata" | "Object") {
        // upstream: staging/src/k8s.io/apimachinery/pkg/apis/meta/v1beta1/validation/validation.go ValidateTableOptions
        return json!({
            "refused": "BadRequest",
            "message": format!(
                "Unable to convert to Table as requested: includeObject: Invalid value: {include:?}: must be 'Metadata', \
                 'Object', 'None', or empty"
            ),
        });
    }
    form["include"] = include.into();
    form
}

/// One media type of the header, and its parameters.
struct Clause<'a> {
    kind: &'a str,
    sub: &'a str,
    parameters: Vec<(&'a str, &'a str)>,
}

impl<'a> Clause<'a> {
    fn read(text: &'a str) -> Option<Clause<'a>> {
        let mut parts = text.split(';').map(str::trim);
        let (kind, sub) = parts.next()?.split_once('/')?;
        let parameters = parts.filter_map(|p| p.split_once('='));
        let parameters = parameters.map(|(k, v)| (k.trim(), v.trim().trim_matches('"')));
        Some(Clause {
            kind,
            sub,
            parameters: parameters.collect(),
        })
    }

    fn parameter(&self, name: &str) -> Option<&'a str> {
        self.parameters
            .iter()
            .find(|(k, _)| *k == name)
            .map(|(_, v)| *v)
    }

    fn weight(&self) -> f64 {
        let given = self.parameter("q").and_then(|q| q.parse().ok());
        given.unwrap_or(1.0)
    }

    /// The form that this clause asks for; none where it cannot be given.
    fn form(&self, tables: bool, watch: bool) -> Option<Value> {
        let yaml = match (self.kind, self.sub) {
            ("application", "json" | "*") | ("*", "*") => false,
            ("application", "yaml") if !watch => true,
            _ => return None,
        };
        if !matches!(self.parameter("stream"), None | Some("" | "watch"))
            || !matches!(self.parameter("sv"), None | Some("" | "v1"))
        {
            return None;
        }
        let mut form = json!({});
        if yaml {
            form["yaml"] = true.into();
        }
        let said = |name: &str| self.parameter(name).unwrap_or_default();
        if ["as", "g", "v"]
            .iter()
            .all(|name| self.parameter(name).is_none())
        {
            return Some(form);
        }
        if said("g") != "meta.k8s.io" || !matches!(said("v"), "v1" | "v1beta1") {
            return None;
        }
        match said("as") {
            "Table" if tables => {}
            "PartialObjectMetadata" | "PartialObjectMetadataList" => {}
            _ => return None,
        }
        form["as"] = said("as").into();
        form["version"] = ["meta.k8s.io/", said("v")].concat().into();
        Some(form)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KUBECTL: &str = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json";

    fn asks(accept: &str, more: Value) -> String {
        let mut asked = json!({"accept": accept, "tables": true});
        for (key, value) in more.as_object().unwrap() {
            asked[key] = value.clone();
        }
        form(&asked).to_string()
    }

    #[test]
    fn the_first_clause_that_can_be_given_counts() {
        let table = r#"{"as":"Table","include":"","version":"meta.k8s.io/v1"}"#;
        let old = r#"{"as":"Table","include":"","version":"meta.k8s.io/v1beta1"}"#;
        let metadata = r#"{"as":"PartialObjectMetadata","version":"meta.k8s.io/v1"}"#;
        let only = r#"{"message":"only the following media types are accepted: application/json, application/yaml","refused":"NotAcceptable"}"#;
        for (accept, form) in [
            (KUBECTL, table),
            (
                "application/json;as=Table;v=v2;g=meta.k8s.io, application/json;as=Table;v=v1beta1;g=meta.k8s.io",
                old,
            ),
            ("application/json", "{}"),
            ("*/*", "{}"),
            ("application/*", "{}"),
            ("text/html, application/xml;q=0.9, */*;q=0.8", "{}"),
            ("application/yaml", r#"{"yaml":true}"#),
            ("application/yaml;q=0.2, application/json;q=0.4", "{}"),
            ("application/vnd.kubernetes.protobuf,application/json", "{}"),
            (
                "application/vnd.kubernetes.protobuf;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json",
                metadata,
            ),
            ("application/vnd.kubernetes.protobuf", only),
            ("application/cbor", only),
            ("text/plain", only),
            ("application/json;as=Table;v=v1;g=example.com", only),
            ("application/json;as=Scroll;v=v1;g=meta.k8s.io", only),
            ("application/json;stream=watch", "{}"),
            ("application/json;stream=other", only),
            ("application/json;sv=v2", only),
            ("nonsense", only),
        ] {
            assert_eq!(asks(accept, json!({})), form, "{accept}");
        }
    }

    #[test]
    fn what_else_is_asked_counts_too() {
        let metadata = asks(KUBECTL, json!({"includeObject": "Object"}));
        assert_eq!(
            metadata,
            r#"{"as":"Table","include":"Object","version":"meta.k8s.io/v1"}"#
        );
        assert_eq!(asks(KUBECTL, json!({"tables": false})), "{}");
        assert_eq!(
            asks(KUBECTL, json!({"includeObject": "All"})),
            r#"{"message":"Unable to convert to Table as requested: includeObject: Invalid value: \"All\": must be 'Metadata', 'Object', 'None', or empty","refused":"BadRequest"}"#
        );
        assert_eq!(
            asks("application/yaml", json!({"watch": true})),
            r#"{"message":"only the following media types are accepted: application/json;stream=watch","refused":"NotAcceptable"}"#
        );
    }
}
