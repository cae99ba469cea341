//! apiextensions.k8s.io: definitions of custom resources.
// upstream: staging/src/k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go

use podarium_api::names::{dns1035_label_error, dns1123_subdomain_error};
use serde_json::Value;

use super::{schema, webhooks};
use crate::custom::{approval, is_established};
use crate::errors::Errors;
use crate::field::Field;

const MOST_SELECTABLE: usize = 8;
const COLUMN_TYPES: [&str; 5] = ["boolean", "date", "integer", "number", "string"];
const COLUMN_FORMATS: [&str; 8] = [
    "byte",
    "date",
    "date-time",
    "double",
    "float",
    "int32",
    "int64",
    "password",
];

/// upstream: ValidateCustomResourceDefinition
pub fn definition(object: &Field, errors: &mut Errors) {
    let name = object.at("metadata.name");
    let (plural, group) = (object.at("spec.names.plural"), object.at("spec.group"));
    if name.text() != [plural.text(), ".", group.text()].concat() {
        errors.invalid_text(&name, "must be spec.names.plural+\".\"+spec.group");
    }
    spec(&object.get("spec"), errors);
    names(&object.at("status.acceptedNames"), errors);
    stored_versions(object, errors);
    approved(object, None, errors);
    let keeps = object.at("spec.preserveUnknownFields");
    if keeps.truth() {
        errors.invalid(&keeps, "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead");
    }
}

/// upstream: ValidateCustomResourceDefinitionUpdate
pub fn definition_update(object: &Field, old: &Field, errors: &mut Errors) {
    let new = object.get("spec");
    spec(&new, errors);
    let mut fixed = Vec::new();
    if is_established(old.value) {
        fixed.extend(["scope", "names.kind"]);
    }
    fixed.extend(["group", "names.plural"]);
    for path in fixed {
        errors.immutable(&new.at(path), &old.get("spec").at(path));
    }
    names(&object.at("status.acceptedNames"), errors);
    stored_versions(object, errors);
    approved(object, Some(old), errors);
}

/// Groups of the community ask for its approval. upstream: validateAPIApproval
fn approved(object: &Field, old: Option<&Field>, errors: &mut Errors) {
    let group = object.at("spec.group");
    let annotations = object.at("metadata.annotations");
    let field = annotations.key(approval::ANNOTATION);
    let now = approval::of(group.text(), field.text());
    let before = old.map(|old| {
        let annotations = old.at("metadata.annotations");
        approval::of(group.text(), annotations.key(approval::ANNOTATION).text())
            .map(|(state, _)| state)
    });
    let Some((state, why)) = now else { return };
    if before == Some(Some(state)) {
        return;
    }
    match state {
        approval::State::Missing => errors.required(&field, &why),
        approval::State::Invalid => errors.invalid(&field, &why),
        _ => {}
    }
}

/// upstream: ValidateCustomResourceDefinitionStoredVersions
fn stored_versions(object: &Field, errors: &mut Errors) {
    let stored = object.at("status.storedVersions");
    if stored.is_empty() {
        return errors.invalid_as(
            &stored,
            Value::Array(Vec::new()),
            "must have at least one stored version",
        );
    }
    let versions = object.at("spec.versions");
    for version in versions.items().filter(|v| v.get("storage").truth()) {
        let name = version.get("name").text();
        if !stored.contains(name) {
            errors.invalid(&stored, &["must have the storage version ", name].concat());
        }
    }
    for name in stored.items() {
        let mut known = versions.items().map(|v| v.get("name").text());
        if !known.any(|known| known == name.text()) {
            let text = name.text();
            errors.invalid(
                &name,
                &format!("missing from spec.versions; {text} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in {text} and removes {text} from status.storedVersions"),
            );
        }
    }
}

/// A part of the versions: once for all where they have the same, as upstream keeps it, or each with its own.
///
/// upstream: pkg/apis/apiextensions/v1/conversion.go Convert_v1_CustomResourceDefinitionSpec_To_apiextensions_CustomResourceDefinitionSpec
fn shared<'a>(spec: &Field<'a>, own: &str, lifted: &str) -> Result<Field<'a>, Vec<Field<'a>>> {
    let each: Vec<Field> = spec.get("versions").items().map(|v| v.get(own)).collect();
    match each.split_first() {
        Some((first, rest)) if rest.iter().all(|other| other.value == first.value) => {
            Ok(first.called(&[&spec.path, ".", lifted].concat()))
        }
        _ => Err(each),
    }
}

/// upstream: validateCustomResourceDefinitionSpec
fn spec(spec: &Field, errors: &mut Errors) {
    let group = spec.get("group");
    if errors.needed(&group) {
        if let Some(why) = dns1123_subdomain_error(group.text()) {
            errors.invalid(&group, &why);
        } else if !group.text().contains('.') {
            errors.invalid(&group, "should be a domain with at least one dot");
        }
    }
    let scope = spec.get("scope");
    if errors.needed(&scope) {
        errors.one_of(&scope, &["Cluster", "Namespaced"]);
    }
    let versions = spec.get("versions");
    let schemas = shared(spec, "schema", "validation");
    if !schemas.as_ref().is_ok_and(|s| schema::is_there(s.value)) {
        for version in versions.items() {
            let own = version.at("schema.openAPIV3Schema");
            if !own.is_set() {
                errors.required(&own, "");
            }
        }
    }
    let parts = shared(spec, "subresources", "subresources");
    let columns = shared(spec, "additionalPrinterColumns", "additionalPrinterColumns");
    let selectable = shared(spec, "selectableFields", "selectableFields");
    let (mut seen, mut stored, mut unique) = (Vec::new(), 0, true);
    let with_status = |v: &Field| v.at("subresources.status").is_set();
    for (i, version) in versions.items().enumerate() {
        stored += usize::from(version.get("storage").truth());
        let name = version.get("name");
        unique &= !seen.contains(&name.text());
        seen.push(name.text());
        errors.named(&name, dns1035_label_error);
        deprecation(&version, errors);
        if let Err(each) = &schemas {
            schema::root(&each[i], with_status(&version), errors);
        }
        if let Err(each) = &parts {
            subresources(&each[i], errors);
        }
        if let Err(each) = &columns {
            each[i].items().for_each(|c| column(&c, errors));
        }
        if let Err(each) = &selectable {
            select(&each[i], &version.get("schema"), errors);
        }
    }
    if !unique {
        errors.invalid(&versions, "must contain unique version names");
    }
    if stored != 1 {
        errors.invalid(
            &versions,
            "must have exactly one version marked as storage version",
        );
    }
    for name in ["plural", "singular", "kind", "listKind"] {
        errors.needed(&spec.get("names").get(name));
    }
    names(&spec.get("names"), errors);
    if let Ok(validation) = &schemas {
        schema::root(
            validation,
            versions.items().any(|v| with_status(&v)),
            errors,
        );
    }
    if let Ok(parts) = &parts {
        subresources(parts, errors);
    }
    if let Ok(columns) = &columns {
        columns.items().for_each(|c| column(&c, errors));
    }
    if let Ok(fields) = &selectable {
        let first = versions.items().next().map(|v| v.get("schema"));
        select(fields, &first.unwrap_or(versions.clone()), errors);
    }
    conversion(&spec.get("conversion"), errors);
}

/// upstream: validateDeprecationWarning
fn deprecation(version: &Field, errors: &mut Errors) {
    let warning = version.get("deprecationWarning");
    if !warning.is_set() {
        return;
    }
    if !version.get("deprecated").truth() {
        return errors.invalid(&warning, "can only be set for deprecated versions");
    }
    if warning.text().len() > 256 {
        errors.invalid(&warning, "must be <= 256 characters long");
    }
    if warning.is_empty() {
        errors.invalid(&warning, "must not be an empty string");
    }
    let odd = |c: char| c.is_control() || c.is_whitespace() && c != ' ';
    if let Some(at) = warning.text().find(odd) {
        let why = format!(
            "must only contain printable UTF-8 characters; non-printable character found at index {at}"
        );
        errors.invalid(&warning, &why);
    }
}

/// upstream: ValidateCustomResourceDefinitionNames
fn names(names: &Field, errors: &mut Errors) {
    let given = |name: &str| Some(names.get(name)).filter(|field| !field.is_empty());
    for field in ["plural", "singular"].into_iter().filter_map(given) {
        errors.named(&field, dns1035_label_error);
    }
    for field in ["kind", "listKind"].into_iter().filter_map(given) {
        if let Some(why) = dns1035_label_error(&field.text().to_lowercase()) {
            let why = ["may have mixed case, but should otherwise match: ", &why].concat();
            errors.invalid(&field, &why);
        }
    }
    let labels = |list: &str, errors: &mut Errors| {
        for name in names.get(list).items() {
            errors.named(&name, dns1035_label_error);
        }
    };
    labels("shortNames", errors);
    let (kind, list) = (names.get("kind"), names.get("listKind"));
    if !kind.is_empty() && kind.text() == list.text() {
        errors.invalid(&list, "kind and listKind may not be the same");
    }
    labels("categories", errors);
}

/// upstream: ValidateCustomResourceDefinitionSubresources
fn subresources(parts: &Field, errors: &mut Errors) {
    let scale = parts.get("scale");
    if !scale.is_set() {
        return;
    }
    for (name, root) in [
        ("specReplicasPath", ".spec."),
        ("statusReplicasPath", ".status."),
    ] {
        let path = scale.get(name);
        if errors.needed(&path) && simple_path(&path, errors) && !path.text().starts_with(root) {
            let root = root.trim_end_matches('.');
            errors.invalid(&path, &["should be a json path under ", root].concat());
        }
    }
    let path = scale.get("labelSelectorPath");
    if !path.is_empty() && simple_path(&path, errors) {
        let known = [".spec.", ".status."];
        if !known.iter().any(|root| path.text().starts_with(root)) {
            errors.invalid(&path, "should be a json path under either .spec or .status");
        }
    }
}

/// upstream: validateSimpleJSONPath
fn simple_path(path: &Field, errors: &mut Errors) -> bool {
    let good = path.text().starts_with('.');
    if !good {
        errors.invalid(path, "must be a simple json path starting with .");
    }
    good
}

/// upstream: ValidateCustomResourceColumnDefinition
fn column(column: &Field, errors: &mut Errors) {
    errors.needed(&column.get("name"));
    let kind = column.get("type");
    let one_of = |known: &[&str]| ["must be one of ", &known.join(",")].concat();
    if kind.is_empty() {
        errors.required(&kind, &one_of(&COLUMN_TYPES));
    } else if !COLUMN_TYPES.contains(&kind.text()) {
        errors.invalid(&kind, &one_of(&COLUMN_TYPES));
    }
    let format = column.get("format");
    if !format.is_empty() && !COLUMN_FORMATS.contains(&format.text()) {
        errors.invalid(&format, &one_of(&COLUMN_FORMATS));
    }
    let path = column.get("jsonPath");
    // upstream spells it so.
    let path = path.called(&[&column.path, ".JSONPath"].concat());
    if errors.needed(&path) {
        simple_path(&path, errors);
    }
}

/// upstream: ValidateCustomResourceSelectableFields
fn select(fields: &Field, validation: &Field, errors: &mut Errors) {
    if fields.is_empty() {
        return;
    }
    let mut seen = Vec::new();
    for field in fields.items() {
        let path = field.get("jsonPath");
        if !errors.needed(&path) {
            continue;
        }
        let names = path.text().strip_prefix('.').unwrap_or_default().split('.');
        let mut here = &validation.value["openAPIV3Schema"];
        for name in names.clone() {
            here = crate::custom::schema::property(here, name).unwrap_or(&Value::Null);
        }
        if here.is_null() {
            let last = path.text().rsplit('.').next().unwrap_or_default();
            let why = format!("is an invalid path: does not refer to a valid field: {last}");
            errors.invalid(&path, &why);
            continue;
        }
        if names.clone().next() == Some("metadata") {
            errors.invalid(&path, "must not point to fields in metadata");
        }
        if !matches!(
            here["type"].as_str(),
            Some("string" | "boolean" | "integer")
        ) {
            errors.invalid(&path, "must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.");
        }
        if seen.contains(&path.text()) {
            errors.duplicate(&path);
        } else {
            seen.push(path.text());
        }
    }
    if seen.len() > MOST_SELECTABLE {
        errors.too_many(fields, MOST_SELECTABLE);
    }
}

/// upstream: validateCustomResourceConversion; the paths are those of upstream's own type
fn conversion(conversion: &Field, errors: &mut Errors) {
    if !conversion.is_set() {
        return;
    }
    let strategy = conversion.get("strategy");
    if errors.needed(&strategy) {
        errors.one_of(&strategy, &["None", "Webhook"]);
    }
    let own = |name: &str| [&conversion.path, ".", name].concat();
    let client = conversion.at("webhook.clientConfig");
    let client = client.called(&own("webhookClientConfig"));
    let versions = conversion.at("webhook.conversionReviewVersions");
    let versions = versions.called(&own("conversionReviewVersions"));
    if strategy.text() != "Webhook" {
        let why = "should not be set when strategy is not set to Webhook";
        if client.is_set() {
            errors.forbidden(&client, why);
        }
        if !versions.is_empty() {
            errors.forbidden(&versions, why);
        }
        return;
    }
    if !client.is_set() {
        errors.required(&client, "required when strategy is set to Webhook");
    } else {
        webhooks::client(&client, errors);
    }
    if versions.is_empty() {
        return errors.required(&versions, "");
    }
    webhooks::versions(&versions, errors);
}

#[cfg(test)]
mod tests {
    use crate::testing::{creates, defaulted, updates};
    use expect_test::expect;
    use serde_json::{Value, json};

    fn good() -> Value {
        json!({
            "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
            "metadata": {"name": "crontabs.stable.example.com"},
            "spec": {
                "group": "stable.example.com", "scope": "Namespaced",
                "names": {"plural": "crontabs", "kind": "CronTab", "shortNames": ["ct"]},
                "versions": [{
                    "name": "v1", "served": true, "storage": true,
                    "schema": {"openAPIV3Schema": {"type": "object", "properties": {"spec": {"type": "object", "properties": {
                        "cronSpec": {"type": "string"}, "replicas": {"type": "integer"},
                    }}}}},
                }],
            },
        })
    }

    #[test]
    fn names_follow_from_the_kind() {
        defaulted(
            &good(),
            "spec.names",
            expect![[
                r#"{"kind":"CronTab","listKind":"CronTabList","plural":"crontabs","shortNames":["ct"],"singular":"crontab"}"#
            ]],
        );
        defaulted(&good(), "status", expect![[r#"{"storedVersions":["v1"]}"#]]);
    }

    #[test]
    fn what_is_wrong_with_definitions() {
        let second = json!({"name": "v2", "served": true, "storage": false, "schema": {"openAPIV3Schema": {"type": "string"}}});
        creates(
            &good(),
            &[
                json!({}),
                json!({"spec.group": "example", "spec.scope": "World"}),
                json!({"metadata.name": "crontabs"}),
                json!({"spec.group": "x.k8s.io", "metadata.name": "crontabs.x.k8s.io"}),
                json!({"spec.group": "x.k8s.io", "metadata.name": "crontabs.x.k8s.io", "metadata.annotations.api-approved~kubernetes~io": "yes"}),
                json!({"spec.group": "x.k8s.io", "metadata.name": "crontabs.x.k8s.io", "metadata.annotations.api-approved~kubernetes~io": "https://github.com/x"}),
                json!({"spec.names.kind": "Cron_Tab", "spec.names.shortNames": ["CT"], "spec.names.listKind": "Cron_Tab"}),
                json!({"spec.preserveUnknownFields": true}),
                json!({"spec.versions.0.storage": false}),
                json!({"spec.versions.0.schema": null}),
                json!({"spec.versions.1": second}),
                json!({"spec.versions.0.deprecationWarning": "old"}),
                json!({"spec.versions.0.deprecated": true, "spec.versions.0.deprecationWarning": ""}),
                json!({"spec.versions.0.subresources": {"scale": {"specReplicasPath": "spec.n", "statusReplicasPath": ".spec.n", "labelSelectorPath": ".x"}}}),
                json!({"spec.versions.0.additionalPrinterColumns": [{"name": "A", "type": "text", "format": "x", "jsonPath": "spec"}, {}]}),
                json!({"spec.versions.0.selectableFields": [{"jsonPath": ".spec.cronSpec"}, {"jsonPath": ".spec.none"}, {"jsonPath": ".spec"}]}),
                json!({"spec.conversion": {"strategy": "Webhook"}}),
                json!({"spec.conversion": {"strategy": "None", "webhook": {"conversionReviewVersions": ["v1"]}}}),
                json!({"spec.conversion": {"strategy": "Webhook", "webhook": {"conversionReviewVersions": ["v7"], "clientConfig": {"service": {"name": "a", "namespace": "b"}}}}}),
            ],
            expect![[r#"
                {}
                {"spec.group":"example","spec.scope":"World"}
                  metadata.name: Invalid value: "crontabs.stable.example.com": must be spec.names.plural+"."+spec.group
                  spec.group: Invalid value: "example": should be a domain with at least one dot
                  spec.scope: Unsupported value: "World": supported values: "Cluster", "Namespaced"
                {"metadata.name":"crontabs"}
                  metadata.name: Invalid value: "crontabs": must be spec.names.plural+"."+spec.group
                {"metadata.name":"crontabs.x.k8s.io","spec.group":"x.k8s.io"}
                  metadata.annotations[api-approved.kubernetes.io]: Required value: protected groups must have approval annotation "api-approved.kubernetes.io", see https://github.com/kubernetes/enhancements/pull/1111
                {"metadata.annotations.api-approved~kubernetes~io":"yes","metadata.name":"crontabs.x.k8s.io","spec.group":"x.k8s.io"}
                  metadata.annotations[api-approved.kubernetes.io]: Invalid value: "yes": protected groups must have approval annotation "api-approved.kubernetes.io" with either a URL or a reason starting with "unapproved", see https://github.com/kubernetes/enhancements/pull/1111
                {"metadata.annotations.api-approved~kubernetes~io":"https://github.com/x","metadata.name":"crontabs.x.k8s.io","spec.group":"x.k8s.io"}
                {"spec.names.kind":"Cron_Tab","spec.names.listKind":"Cron_Tab","spec.names.shortNames":["CT"]}
                  spec.names.singular: Invalid value: "cron_tab": a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')
                  spec.names.kind: Invalid value: "Cron_Tab": may have mixed case, but should otherwise match: a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')
                  spec.names.listKind: Invalid value: "Cron_Tab": may have mixed case, but should otherwise match: a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')
                  spec.names.shortNames[0]: Invalid value: "CT": a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')
                  spec.names.listKind: Invalid value: "Cron_Tab": kind and listKind may not be the same
                {"spec.preserveUnknownFields":true}
                  spec.preserveUnknownFields: Invalid value: true: cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead
                {"spec.versions.0.storage":false}
                  spec.versions: Invalid value: [{"name":"v1","schema":{"openAPIV3Schema":{"properties":{"spec":{"properties":{"cronSpec":{"type":"string"},"replicas":{"type":"integer"}},"type":"object"}},"type":"object"}},"served":true,"storage":false}]: must have exactly one version marked as storage version
                  status.storedVersions: Invalid value: []: must have at least one stored version
                {"spec.versions.0.schema":null}
                  spec.versions[0].schema.openAPIV3Schema: Required value
                {"spec.versions.1":{"name":"v2","schema":{"openAPIV3Schema":{"type":"string"}},"served":true,"storage":false}}
                  spec.versions[1].schema.openAPIV3Schema.type: Invalid value: "string": must be object at the root
                {"spec.versions.0.deprecationWarning":"old"}
                  spec.versions[0].deprecationWarning: Invalid value: "old": can only be set for deprecated versions
                {"spec.versions.0.deprecated":true,"spec.versions.0.deprecationWarning":""}
                  spec.versions[0].deprecationWarning: Invalid value: "": must not be an empty string
                {"spec.versions.0.subresources":{"scale":{"labelSelectorPath":".x","specReplicasPath":"spec.n","statusReplicasPath":".spec.n"}}}
                  spec.subresources.scale.specReplicasPath: Invalid value: "spec.n": must be a simple json path starting with .
                  spec.subresources.scale.statusReplicasPath: Invalid value: ".spec.n": should be a json path under .status
                  spec.subresources.scale.labelSelectorPath: Invalid value: ".x": should be a json path under either .spec or .status
                {"spec.versions.0.additionalPrinterColumns":[{"format":"x","jsonPath":"spec","name":"A","type":"text"},{}]}
                  spec.additionalPrinterColumns[0].type: Invalid value: "text": must be one of boolean,date,integer,number,string
                  spec.additionalPrinterColumns[0].format: Invalid value: "x": must be one of byte,date,date-time,double,float,int32,int64,password
                  spec.additionalPrinterColumns[0].JSONPath: Invalid value: "spec": must be a simple json path starting with .
                  spec.additionalPrinterColumns[1].name: Required value
                  spec.additionalPrinterColumns[1].type: Required value: must be one of boolean,date,integer,number,string
                  spec.additionalPrinterColumns[1].JSONPath: Required value
                {"spec.versions.0.selectableFields":[{"jsonPath":".spec.cronSpec"},{"jsonPath":".spec.none"},{"jsonPath":".spec"}]}
                  spec.selectableFields[1].jsonPath: Invalid value: ".spec.none": is an invalid path: does not refer to a valid field: none
                  spec.selectableFields[2].jsonPath: Invalid value: ".spec": must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.
                {"spec.conversion":{"strategy":"Webhook"}}
                  spec.conversion.webhookClientConfig: Required value: required when strategy is set to Webhook
                  spec.conversion.conversionReviewVersions: Required value
                {"spec.conversion":{"strategy":"None","webhook":{"conversionReviewVersions":["v1"]}}}
                  spec.conversion.conversionReviewVersions: Forbidden: should not be set when strategy is not set to Webhook
                {"spec.conversion":{"strategy":"Webhook","webhook":{"clientConfig":{"service":{"name":"a","namespace":"b"}},"conversionReviewVersions":["v7"]}}}
                  spec.conversion.conversionReviewVersions: Invalid value: ["v7"]: must include at least one of v1, v1beta1"#]],
        );
    }

    #[test]
    fn what_is_wrong_with_schemas() {
        let at = |path: &str, value: Value| {
            let schema = "spec.versions.0.schema.openAPIV3Schema";
            json!({([schema, ".", path].concat()): value})
        };
        creates(
            &good(),
            &[
                at("type", json!("string")),
                at("type", Value::Null),
                at("nullable", json!(true)),
                at("additionalProperties", json!({"type": "string"})),
                at("properties.spec.properties.a", json!({})),
                at("properties.spec.properties.a", json!({"type": "array"})),
                at("properties.spec.properties.a", json!({"type": "text"})),
                at(
                    "properties.spec.properties.a",
                    json!({"type": "string", "pattern": "("}),
                ),
                at(
                    "properties.spec.properties.a",
                    json!({"type": "string", "uniqueItems": true, "$ref": "#/x"}),
                ),
                at(
                    "properties.spec.properties.a",
                    json!({"type": "integer", "default": "x"}),
                ),
                at(
                    "properties.spec.properties.a",
                    json!({"type": "object", "default": {"b": 1}}),
                ),
                at(
                    "properties.spec.properties.a",
                    json!({"type": "object", "properties": {}, "anyOf": [{"type": "string"}, {"properties": {"b": {}}}]}),
                ),
                at(
                    "properties.spec.properties.a",
                    json!({"x-kubernetes-int-or-string": true, "anyOf": [{"type": "integer"}, {"type": "string"}]}),
                ),
                at(
                    "properties.spec.properties.a",
                    json!({"type": "string", "x-kubernetes-list-type": "map", "x-kubernetes-map-type": "x"}),
                ),
                at(
                    "properties.spec.properties.a",
                    json!({"type": "array", "items": {"type": "object"}, "x-kubernetes-list-type": "set"}),
                ),
                at(
                    "properties.spec.properties.a",
                    json!({"type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["n", "m"],
                    "items": {"type": "object", "properties": {"n": {"type": "string"}}}}),
                ),
                at(
                    "properties.spec.properties.a",
                    json!({"type": "object", "x-kubernetes-preserve-unknown-fields": false, "x-kubernetes-embedded-resource": true}),
                ),
                at(
                    "properties.metadata",
                    json!({"type": "object", "properties": {"name": {"type": "string"}}}),
                ),
                at(
                    "properties.metadata",
                    json!({"type": "object", "properties": {"labels": {"type": "object"}}}),
                ),
                at(
                    "properties.spec.x-kubernetes-validations",
                    json!([{"rule": ""}, {"rule": "self.a\n", "reason": "Nope"}, {"rule": "a", "message": "b\nc"}]),
                ),
            ],
            expect![[r##"
                {"spec.versions.0.schema.openAPIV3Schema.type":"string"}
                  spec.validation.openAPIV3Schema.type: Invalid value: "string": must be object at the root
                {"spec.versions.0.schema.openAPIV3Schema.type":null}
                  spec.validation.openAPIV3Schema.type: Required value: must not be empty at the root
                {"spec.versions.0.schema.openAPIV3Schema.nullable":true}
                  spec.validation.openAPIV3Schema.nullable: Forbidden: nullable cannot be true at the root
                {"spec.versions.0.schema.openAPIV3Schema.additionalProperties":{"type":"string"}}
                  spec.validation.openAPIV3Schema.additionalProperties: Forbidden: must not be used at the root
                  spec.validation.openAPIV3Schema.additionalProperties: Forbidden: additionalProperties and properties are mutual exclusive
                {"spec.versions.0.schema.openAPIV3Schema.properties.spec.properties.a":{}}
                  spec.validation.openAPIV3Schema.properties[spec].properties[a].type: Required value: must not be empty for specified object fields
                {"spec.versions.0.schema.openAPIV3Schema.properties.spec.properties.a":{"type":"array"}}
                  spec.validation.openAPIV3Schema.properties[spec].properties[a].items: Required value: must be specified
                {"spec.versions.0.schema.openAPIV3Schema.properties.spec.properties.a":{"type":"text"}}
                  spec.validation.openAPIV3Schema.properties[spec].properties[a].type: Unsupported value: "text": supported values: "array", "boolean", "integer", "number", "object", "string"
                {"spec.versions.0.schema.openAPIV3Schema.properties.spec.properties.a":{"pattern":"(","type":"string"}}
                  spec.validation.openAPIV3Schema.properties[spec].properties[a].pattern: Invalid value: "(": must be a valid regular expression, but isn't: found open group without closing ')'
                {"spec.versions.0.schema.openAPIV3Schema.properties.spec.properties.a":{"$ref":"#/x","type":"string","uniqueItems":true}}
                  spec.validation.openAPIV3Schema.properties[spec].properties[a].$ref: Forbidden: $ref is not supported
                  spec.validation.openAPIV3Schema.properties[spec].properties[a].uniqueItems: Forbidden: uniqueItems cannot be set to true since the runtime complexity becomes quadratic
                {"spec.versions.0.schema.openAPIV3Schema.properties.spec.properties.a":{"default":"x","type":"integer"}}
                  spec.validation.openAPIV3Schema.properties[spec].properties[a].default: Invalid value: "string":  in body must be of type integer: "string"
                {"spec.versions.0.schema.openAPIV3Schema.properties.spec.properties.a":{"default":{"b":1},"type":"object"}}
                  spec.validation.openAPIV3Schema.properties[spec].properties[a].default: Invalid value: {"b":1}: must not have unknown fields
                {"spec.versions.0.schema.openAPIV3Schema.properties.spec.properties.a":{"anyOf":[{"type":"string"},{"properties":{"b":{}}}],"properties":{},"type":"object"}}
                  spec.validation.openAPIV3Schema.properties[spec].properties[a].anyOf[0].type: Forbidden: must be empty to be structural
                {"spec.versions.0.schema.openAPIV3Schema.properties.spec.properties.a":{"anyOf":[{"type":"integer"},{"type":"string"}],"x-kubernetes-int-or-string":true}}
                {"spec.versions.0.schema.openAPIV3Schema.properties.spec.properties.a":{"type":"string","x-kubernetes-list-type":"map","x-kubernetes-map-type":"x"}}
                  spec.validation.openAPIV3Schema.properties[spec].properties[a].type: Invalid value: "string": must be object if x-kubernetes-map-type is specified
                  spec.validation.openAPIV3Schema.properties[spec].properties[a].type: Invalid value: "string": must be array if x-kubernetes-list-type is specified
                  spec.validation.openAPIV3Schema.properties[spec].properties[a].x-kubernetes-map-type: Unsupported value: "x": supported values: "atomic", "granular"
                  spec.validation.openAPIV3Schema.properties[spec].properties[a].x-kubernetes-list-map-keys: Required value: must not be empty if x-kubernetes-list-type is map
                  spec.validation.openAPIV3Schema.properties[spec].properties[a].items: Required value: must have a schema if x-kubernetes-list-type is map
                {"spec.versions.0.schema.openAPIV3Schema.properties.spec.properties.a":{"items":{"type":"object"},"type":"array","x-kubernetes-list-type":"set"}}
                  spec.validation.openAPIV3Schema.properties[spec].properties[a].items.x-kubernetes-map-type: Invalid value: null: must be atomic as item of a list with x-kubernetes-list-type=set
                {"spec.versions.0.schema.openAPIV3Schema.properties.spec.properties.a":{"items":{"properties":{"n":{"type":"string"}},"type":"object"},"type":"array","x-kubernetes-list-map-keys":["n","m"],"x-kubernetes-list-type":"map"}}
                  spec.validation.openAPIV3Schema.properties[spec].properties[a].x-kubernetes-list-map-keys: Invalid value: ["n","m"]: entries must all be names of item properties
                  spec.validation.openAPIV3Schema.properties[spec].properties[a].items.properties[n].default: Required value: this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property
                {"spec.versions.0.schema.openAPIV3Schema.properties.spec.properties.a":{"type":"object","x-kubernetes-embedded-resource":true,"x-kubernetes-preserve-unknown-fields":false}}
                  spec.validation.openAPIV3Schema.properties[spec].properties[a].properties: Required value: must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields
                  spec.validation.openAPIV3Schema.properties[spec].properties[a].x-kubernetes-preserve-unknown-fields: Invalid value: false: must be true or undefined
                {"spec.versions.0.schema.openAPIV3Schema.properties.metadata":{"properties":{"name":{"type":"string"}},"type":"object"}}
                {"spec.versions.0.schema.openAPIV3Schema.properties.metadata":{"properties":{"labels":{"type":"object"}},"type":"object"}}
                  spec.validation.openAPIV3Schema.properties[metadata]: Forbidden: must not specify anything other than name and generateName, but metadata is implicitly specified
                {"spec.versions.0.schema.openAPIV3Schema.properties.spec.x-kubernetes-validations":[{"rule":""},{"reason":"Nope","rule":"self.a\n"},{"message":"b\nc","rule":"a"}]}
                  spec.validation.openAPIV3Schema.properties[spec].x-kubernetes-validations[0].rule: Required value: rule is not specified
                  spec.validation.openAPIV3Schema.properties[spec].x-kubernetes-validations[1].reason: Unsupported value: "Nope": supported values: "FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired"
                  spec.validation.openAPIV3Schema.properties[spec].x-kubernetes-validations[2].message: Invalid value: "b\nc": must not contain line breaks"##]],
        );
        creates(
            &crate::testing::edited(
                &good(),
                &json!({"spec.versions.0.subresources": {"status": {}}}),
            ),
            &[at("allOf", json!([])), at("type", json!("string"))],
            expect![[r#"
                {"spec.versions.0.schema.openAPIV3Schema.allOf":[]}
                {"spec.versions.0.schema.openAPIV3Schema.type":"string"}
                  spec.validation.openAPIV3Schema.type: Invalid value: "string": only "object" is allowed as the type at the root of the schema if the status subresource is enabled
                  spec.validation.openAPIV3Schema.type: Invalid value: "string": must be object at the root"#]],
        );
    }

    #[test]
    fn what_stays() {
        let established = json!([{"type": "Established", "status": "True"}]);
        let mut old = good();
        old["status"] = json!({});
        updates(
            &old,
            &[
                json!({"spec.names.plural": "tabs", "spec.scope": "Cluster"}),
                json!({"spec.versions.0.name": "v2"}),
                json!({"spec.names.kind": "Tab", "status.conditions": established}),
            ],
            expect![[r#"
                {"spec.names.plural":"tabs","spec.scope":"Cluster"}
                  spec.names.plural: Invalid value: "tabs": field is immutable
                {"spec.versions.0.name":"v2"}
                  status.storedVersions[0]: Invalid value: "v1": missing from spec.versions; v1 was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in v1 and removes v1 from status.storedVersions
                {"spec.names.kind":"Tab","status.conditions":[{"status":"True","type":"Established"}]}"#]],
        );
    }
}
