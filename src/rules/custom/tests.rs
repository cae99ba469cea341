//! Tables of what schemas allow, drop and fill in, and of what becomes of definitions.

use expect_test::{Expect, expect};
use serde_json::{Value, json};

/// Each schema of `spec` and value on a line, and what is found below.
fn found(cases: &[(Value, Value)], expected: Expect) {
    let mut text = String::new();
    for (schema, spec) in cases {
        let described = json!({"schema": {"type": "object", "properties": {"spec": schema}}});
        let object =
            json!({"apiVersion": "x.io/v1", "kind": "X", "metadata": {"name": "x"}, "spec": spec});
        text += &format!("{schema} {spec}\n");
        let coerced = super::coerce(&object, &described);
        if !coerced["wrong"].is_null() {
            text += &format!("  wrong: {}\n", coerced["wrong"]);
            continue;
        }
        if coerced["object"] != object {
            text += &format!("  becomes {}\n", coerced["object"]["spec"]);
        }
        for unknown in super::items(&coerced["unknown"]) {
            text += &format!("  {}\n", unknown.as_str().unwrap());
        }
        let causes = super::valid(&coerced["object"], &Value::Null, &described);
        for cause in super::items(&causes) {
            let part = |name: &str| cause[name].as_str().unwrap();
            text += &format!("  {}: {}\n", part("field"), part("message"));
        }
    }
    expected.assert_eq(text.trim_end());
}

#[test]
fn values_that_do_not_fit() {
    let within = |inner: Value| json!({"type": "object", "properties": {"a": inner}});
    let of = |inner: Value, a: Value| (within(inner), json!({"a": a}));
    found(
        &[
            of(json!({"type": "string"}), json!(1)),
            of(json!({"type": "integer"}), json!(1.5)),
            of(json!({"type": "integer"}), json!(2.0)),
            of(json!({"type": "number"}), json!(2)),
            of(json!({"type": "boolean"}), json!("x")),
            of(
                json!({"type": "array", "items": {"type": "string"}}),
                json!({"x": 1}),
            ),
            of(
                json!({"type": "array", "items": {"type": "string"}}),
                json!(["x", 1]),
            ),
            of(json!({"x-kubernetes-int-or-string": true}), json!(true)),
            of(json!({"x-kubernetes-int-or-string": true}), json!("50%")),
            of(json!({"type": "string", "enum": ["x", "y"]}), json!("z")),
            of(json!({"type": "integer", "enum": [1, 2]}), json!(3)),
            of(
                json!({"type": "string", "pattern": "^(\\d+|\\*)(/\\d+)?(\\s+(\\d+|\\*)(/\\d+)?){4}$"}),
                json!("* * * *"),
            ),
            of(json!({"type": "string", "maxLength": 2}), json!("abc")),
            of(json!({"type": "string", "minLength": 2}), json!("a")),
            of(
                json!({"type": "integer", "minimum": 1, "maximum": 10}),
                json!(15),
            ),
            of(
                json!({"type": "integer", "minimum": 1, "exclusiveMinimum": true}),
                json!(1),
            ),
            of(
                json!({"type": "number", "maximum": 1.5, "exclusiveMaximum": true}),
                json!(1.5),
            ),
            of(json!({"type": "integer", "multipleOf": 5}), json!(7)),
            of(
                json!({"type": "array", "items": {"type": "integer"}, "minItems": 1}),
                json!([]),
            ),
            of(
                json!({"type": "array", "items": {"type": "integer"}, "maxItems": 1}),
                json!([1, 2]),
            ),
            of(
                json!({"type": "object", "additionalProperties": {"type": "integer"}, "maxProperties": 1}),
                json!({"x": 1, "y": 2}),
            ),
            of(
                json!({"type": "object", "additionalProperties": {"type": "integer"}, "minProperties": 1}),
                json!({}),
            ),
            of(
                json!({"type": "object", "additionalProperties": {"type": "integer"}}),
                json!({"x": "y"}),
            ),
            of(
                json!({"type": "object", "required": ["b", "c"], "properties": {"b": {"type": "string"}, "c": {"type": "string"}}}),
                json!({"b": "x"}),
            ),
            of(
                json!({"type": "string", "format": "date-time"}),
                json!("yesterday"),
            ),
            of(json!({"type": "string", "format": "ipv4"}), json!("1.2.3")),
            of(json!({"type": "string", "format": "made-up"}), json!("x")),
            of(
                json!({"type": "integer", "anyOf": [{"minimum": 5}, {"maximum": 1}]}),
                json!(3),
            ),
            of(
                json!({"type": "integer", "oneOf": [{"minimum": 1}, {"maximum": 5}]}),
                json!(3),
            ),
            of(
                json!({"type": "integer", "oneOf": [{"minimum": 5}, {"maximum": 1}]}),
                json!(3),
            ),
            of(
                json!({"type": "integer", "allOf": [{"minimum": 5}, {"maximum": 9}]}),
                json!(3),
            ),
            of(json!({"type": "integer", "not": {"enum": [3]}}), json!(3)),
            of(
                json!({"type": "array", "x-kubernetes-list-type": "set", "items": {"type": "string"}}),
                json!(["x", "y", "x", "x"]),
            ),
            of(
                json!({"type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["n"],
                "items": {"type": "object", "properties": {"n": {"type": "string"}, "v": {"type": "string"}}}}),
                json!([{"n": "x", "v": "1"}, {"n": "x", "v": "2"}]),
            ),
            of(
                json!({"type": "object", "x-kubernetes-embedded-resource": true, "x-kubernetes-preserve-unknown-fields": true}),
                json!({"kind": "Pod_", "metadata": {"labels": {"-": "x"}, "nmae": "y"}}),
            ),
        ],
        expect![[r#"
            {"properties":{"a":{"type":"string"}},"type":"object"} {"a":1}
              spec.a: Invalid value: "integer": spec.a in body must be of type string: "integer"
            {"properties":{"a":{"type":"integer"}},"type":"object"} {"a":1.5}
              spec.a: Invalid value: "number": spec.a in body must be of type integer: "number"
            {"properties":{"a":{"type":"integer"}},"type":"object"} {"a":2.0}
            {"properties":{"a":{"type":"number"}},"type":"object"} {"a":2}
            {"properties":{"a":{"type":"boolean"}},"type":"object"} {"a":"x"}
              spec.a: Invalid value: "string": spec.a in body must be of type boolean: "string"
            {"properties":{"a":{"items":{"type":"string"},"type":"array"}},"type":"object"} {"a":{"x":1}}
              becomes {"a":{}}
              unknown field "spec.a.x"
              spec.a: Invalid value: "object": spec.a in body must be of type array: "object"
            {"properties":{"a":{"items":{"type":"string"},"type":"array"}},"type":"object"} {"a":["x",1]}
              spec.a[1]: Invalid value: "integer": spec.a[1] in body must be of type string: "integer"
            {"properties":{"a":{"x-kubernetes-int-or-string":true}},"type":"object"} {"a":true}
              spec.a: Invalid value: "boolean": spec.a in body must be of type integer,string: "boolean"
            {"properties":{"a":{"x-kubernetes-int-or-string":true}},"type":"object"} {"a":"50%"}
            {"properties":{"a":{"enum":["x","y"],"type":"string"}},"type":"object"} {"a":"z"}
              spec.a: Unsupported value: "z": supported values: "x", "y"
            {"properties":{"a":{"enum":[1,2],"type":"integer"}},"type":"object"} {"a":3}
              spec.a: Unsupported value: 3: supported values: "1", "2"
            {"properties":{"a":{"pattern":"^(\\d+|\\*)(/\\d+)?(\\s+(\\d+|\\*)(/\\d+)?){4}$","type":"string"}},"type":"object"} {"a":"* * * *"}
              spec.a: Invalid value: "* * * *": spec.a in body should match '^(\d+|\*)(/\d+)?(\s+(\d+|\*)(/\d+)?){4}$'
            {"properties":{"a":{"maxLength":2,"type":"string"}},"type":"object"} {"a":"abc"}
              spec.a: Too long: may not be more than 2 bytes
            {"properties":{"a":{"minLength":2,"type":"string"}},"type":"object"} {"a":"a"}
              spec.a: Invalid value: "a": spec.a in body should be at least 2 chars long
            {"properties":{"a":{"maximum":10,"minimum":1,"type":"integer"}},"type":"object"} {"a":15}
              spec.a: Invalid value: 15: spec.a in body should be less than or equal to 10
            {"properties":{"a":{"exclusiveMinimum":true,"minimum":1,"type":"integer"}},"type":"object"} {"a":1}
              spec.a: Invalid value: 1: spec.a in body should be greater than 1
            {"properties":{"a":{"exclusiveMaximum":true,"maximum":1.5,"type":"number"}},"type":"object"} {"a":1.5}
              spec.a: Invalid value: 1.5: spec.a in body should be less than 1.5
            {"properties":{"a":{"multipleOf":5,"type":"integer"}},"type":"object"} {"a":7}
              spec.a: Invalid value: 7: spec.a in body should be a multiple of 5
            {"properties":{"a":{"items":{"type":"integer"},"minItems":1,"type":"array"}},"type":"object"} {"a":[]}
              spec.a: Invalid value: 0: spec.a in body should have at least 1 items
            {"properties":{"a":{"items":{"type":"integer"},"maxItems":1,"type":"array"}},"type":"object"} {"a":[1,2]}
              spec.a: Too many: 2: must have at most 1 item
            {"properties":{"a":{"additionalProperties":{"type":"integer"},"maxProperties":1,"type":"object"}},"type":"object"} {"a":{"x":1,"y":2}}
              spec.a: Too many: 2: must have at most 1 item
            {"properties":{"a":{"additionalProperties":{"type":"integer"},"minProperties":1,"type":"object"}},"type":"object"} {"a":{}}
              spec.a: Invalid value: 1: spec.a in body should have at least 1 properties
            {"properties":{"a":{"additionalProperties":{"type":"integer"},"type":"object"}},"type":"object"} {"a":{"x":"y"}}
              spec.a.x: Invalid value: "string": spec.a.x in body must be of type integer: "string"
            {"properties":{"a":{"properties":{"b":{"type":"string"},"c":{"type":"string"}},"required":["b","c"],"type":"object"}},"type":"object"} {"a":{"b":"x"}}
              spec.a.c: Required value
            {"properties":{"a":{"format":"date-time","type":"string"}},"type":"object"} {"a":"yesterday"}
              spec.a: Invalid value: "yesterday": spec.a in body must be of type date-time: "yesterday"
            {"properties":{"a":{"format":"ipv4","type":"string"}},"type":"object"} {"a":"1.2.3"}
              spec.a: Invalid value: "1.2.3": spec.a in body must be of type ipv4: "1.2.3"
            {"properties":{"a":{"format":"made-up","type":"string"}},"type":"object"} {"a":"x"}
            {"properties":{"a":{"anyOf":[{"minimum":5},{"maximum":1}],"type":"integer"}},"type":"object"} {"a":3}
              <nil>: Invalid value: "": "spec.a" must validate at least one schema (anyOf)
              spec.a: Invalid value: 3: spec.a in body should be greater than or equal to 5
            {"properties":{"a":{"oneOf":[{"minimum":1},{"maximum":5}],"type":"integer"}},"type":"object"} {"a":3}
              <nil>: Invalid value: "": "spec.a" must validate one and only one schema (oneOf). Found 2 valid alternatives
            {"properties":{"a":{"oneOf":[{"minimum":5},{"maximum":1}],"type":"integer"}},"type":"object"} {"a":3}
              <nil>: Invalid value: "": "spec.a" must validate one and only one schema (oneOf). Found none valid
              spec.a: Invalid value: 3: spec.a in body should be greater than or equal to 5
            {"properties":{"a":{"allOf":[{"minimum":5},{"maximum":9}],"type":"integer"}},"type":"object"} {"a":3}
              spec.a: Invalid value: 3: spec.a in body should be greater than or equal to 5
              <nil>: Invalid value: "": "spec.a" must validate all the schemas (allOf)
            {"properties":{"a":{"not":{"enum":[3]},"type":"integer"}},"type":"object"} {"a":3}
              <nil>: Invalid value: "": "spec.a" must not validate the schema (not)
            {"properties":{"a":{"items":{"type":"string"},"type":"array","x-kubernetes-list-type":"set"}},"type":"object"} {"a":["x","y","x","x"]}
              spec.a[2]: Duplicate value: "x"
            {"properties":{"a":{"items":{"properties":{"n":{"type":"string"},"v":{"type":"string"}},"type":"object"},"type":"array","x-kubernetes-list-map-keys":["n"],"x-kubernetes-list-type":"map"}},"type":"object"} {"a":[{"n":"x","v":"1"},{"n":"x","v":"2"}]}
              spec.a[1]: Duplicate value: {"n":"x"}
            {"properties":{"a":{"type":"object","x-kubernetes-embedded-resource":true,"x-kubernetes-preserve-unknown-fields":true}},"type":"object"} {"a":{"kind":"Pod_","metadata":{"labels":{"-":"x"},"nmae":"y"}}}
              becomes {"a":{"kind":"Pod_","metadata":{"labels":{"-":"x"}}}}
              unknown field "spec.a.metadata.nmae"
              spec.a.apiVersion: Required value
              spec.a.kind: Invalid value: "Pod_": may have mixed case, but should otherwise match: a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')
              spec.a.metadata.labels: Invalid value: "-": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"#]],
    );
}

#[test]
fn unknown_fields_go_and_defaults_come() {
    let schema = json!({"type": "object", "properties": {
        "replicas": {"type": "integer", "default": 1},
        "note": {"type": "string", "nullable": true, "default": "n"},
        "plain": {"type": "string"},
        "list": {"type": "array", "items": {"type": "object", "properties": {"p": {"type": "string", "default": "TCP"}}}},
        "map": {"type": "object", "additionalProperties": {"type": "object", "properties": {"x": {"type": "integer", "default": 7}}}},
        "open": {"type": "object", "x-kubernetes-preserve-unknown-fields": true, "properties": {"known": {"type": "object"}}},
        "inner": {"type": "object", "default": {}, "properties": {"deep": {"type": "string", "default": "d"}}},
    }});
    let of = |spec: Value| (schema.clone(), spec);
    found(
        &[
            of(json!({})),
            of(json!({"replicas": null, "note": null, "plain": null})),
            of(
                json!({"typo": 1, "list": [{"q": 1}], "map": {"k": {"y": 1}}, "open": {"any": 1, "known": {"lost": 1}}}),
            ),
        ],
        expect![[r#"
            {"properties":{"inner":{"default":{},"properties":{"deep":{"default":"d","type":"string"}},"type":"object"},"list":{"items":{"properties":{"p":{"default":"TCP","type":"string"}},"type":"object"},"type":"array"},"map":{"additionalProperties":{"properties":{"x":{"default":7,"type":"integer"}},"type":"object"},"type":"object"},"note":{"default":"n","nullable":true,"type":"string"},"open":{"properties":{"known":{"type":"object"}},"type":"object","x-kubernetes-preserve-unknown-fields":true},"plain":{"type":"string"},"replicas":{"default":1,"type":"integer"}},"type":"object"} {}
              becomes {"inner":{"deep":"d"},"note":"n","replicas":1}
            {"properties":{"inner":{"default":{},"properties":{"deep":{"default":"d","type":"string"}},"type":"object"},"list":{"items":{"properties":{"p":{"default":"TCP","type":"string"}},"type":"object"},"type":"array"},"map":{"additionalProperties":{"properties":{"x":{"default":7,"type":"integer"}},"type":"object"},"type":"object"},"note":{"default":"n","nullable":true,"type":"string"},"open":{"properties":{"known":{"type":"object"}},"type":"object","x-kubernetes-preserve-unknown-fields":true},"plain":{"type":"string"},"replicas":{"default":1,"type":"integer"}},"type":"object"} {"note":null,"plain":null,"replicas":null}
              becomes {"inner":{"deep":"d"},"note":null,"replicas":1}
            {"properties":{"inner":{"default":{},"properties":{"deep":{"default":"d","type":"string"}},"type":"object"},"list":{"items":{"properties":{"p":{"default":"TCP","type":"string"}},"type":"object"},"type":"array"},"map":{"additionalProperties":{"properties":{"x":{"default":7,"type":"integer"}},"type":"object"},"type":"object"},"note":{"default":"n","nullable":true,"type":"string"},"open":{"properties":{"known":{"type":"object"}},"type":"object","x-kubernetes-preserve-unknown-fields":true},"plain":{"type":"string"},"replicas":{"default":1,"type":"integer"}},"type":"object"} {"list":[{"q":1}],"map":{"k":{"y":1}},"open":{"any":1,"known":{"lost":1}},"typo":1}
              becomes {"inner":{"deep":"d"},"list":[{"p":"TCP"}],"map":{"k":{"x":7}},"note":"n","open":{"any":1,"known":{}},"replicas":1}
              unknown field "spec.list[0].q"
              unknown field "spec.map.k.y"
              unknown field "spec.open.known.lost"
              unknown field "spec.typo""#]],
    );
}

#[test]
fn metadata_is_as_everywhere() {
    let described = json!({"schema": {"type": "object"}});
    let told = |metadata: Value| {
        super::coerce(
            &json!({"apiVersion": "x.io/v1", "kind": "X", "metadata": metadata}),
            &described,
        )
        .to_string()
    };
    let text = [
        told(json!({"name": "a", "labels": {"b": 1}})),
        told(json!({"name": "a", "lables": {}})),
    ];
    expect![[r#"
        {"wrong":"json: cannot unmarshal number into Go struct field ObjectMeta.labels of type string"}
        {"object":{"apiVersion":"x.io/v1","kind":"X","metadata":{"name":"a"}},"unknown":["unknown field \"metadata.lables\""]}"#]].assert_eq(&text.join("\n"));
}

#[test]
fn what_is_as_it_was_is_not_judged_again() {
    let described = json!({"schema": {"type": "object", "properties": {"spec": {"type": "object", "properties": {
        "a": {"type": "integer", "maximum": 1}, "b": {"type": "integer", "maximum": 1},
    }}}}});
    let object = |a: i64, b: i64| json!({"spec": {"a": a, "b": b}});
    let causes = super::valid(&object(5, 2), &object(5, 1), &described);
    assert_eq!(super::items(&causes).len(), 1, "{causes}");
    assert_eq!(causes[0]["field"], "spec.b");
}

fn definition(plural: &str, kind: &str) -> Value {
    json!({
        "metadata": {"name": format!("{plural}.x.io")},
        "spec": {"group": "x.io", "scope": "Namespaced", "names": {
            "plural": plural, "singular": kind.to_lowercase(), "kind": kind, "listKind": format!("{kind}List"), "shortNames": ["s"],
        }, "versions": [
            {"name": "v1alpha1", "served": true, "deprecated": true},
            {"name": "v1", "served": true, "storage": true, "subresources": {"status": {}}},
            {"name": "v2", "served": false},
        ]},
        "status": {"acceptedNames": {"plural": "", "kind": ""}, "storedVersions": ["v1"]},
    })
}

/// Does what there is to do until nothing is, and tells each step.
fn settle(mut definition: Value, others: &[Value], left: i64) -> (Value, String) {
    let mut text = String::new();
    for _ in 0..9 {
        let mut all = others.to_vec();
        all.push(definition.clone());
        let todo = super::define(&json!({"now": "T", "left": left}), &definition, &all.into());
        if todo.is_null() {
            return (definition, text);
        }
        let conditions = super::items(&todo["status"]["conditions"]).iter();
        let conditions = conditions.map(|c| {
            let part = |name: &str| c[name].as_str().unwrap();
            let (kind, holds) = (part("type"), part("status"));
            format!("{kind} {holds} {}: {}", part("reason"), part("message"))
        });
        text += &conditions.collect::<Vec<_>>().join("; ");
        for mark in ["delete", "again", "others", "finalizers"] {
            if !todo[mark].is_null() {
                text += &format!(" [{mark} {}]", todo[mark]);
            }
        }
        text += "\n";
        if todo["finalizers"].is_array() || todo["again"] == true {
            break;
        }
        definition["status"] = todo["status"].clone();
    }
    (definition, text)
}

#[test]
fn definitions_are_accepted_established_and_finalized() {
    let (first, steps) = settle(definition("widgets", "Widget"), &[], 0);
    expect![[r#"
        NamesAccepted True NoConflicts: no conflicts found; Established False Installing: the initial names have been accepted [others true]
        NamesAccepted True NoConflicts: no conflicts found; Established True InitialNamesAccepted: the initial names have been accepted [others false]
    "#]].assert_eq(&steps);
    let (_, steps) = settle(
        definition("gadgets", "Widget"),
        std::slice::from_ref(&first),
        0,
    );
    expect![[r#"
        NamesAccepted False ListKindConflict: "WidgetList" is already in use; Established False NotAccepted: not all names are accepted [others true]
    "#]].assert_eq(&steps);
    let told = |version: &str| super::describe(&first, &version.into());
    assert_eq!(told("v2"), Value::Null);
    assert_eq!(told("v1")["status"], true);
    assert_eq!(
        told("v1alpha1")["deprecated"],
        "x.io/v1alpha1 Widget is deprecated; use x.io/v1 Widget"
    );
    let mut deleted = first.clone();
    deleted["metadata"]["deletionTimestamp"] = "T".into();
    deleted["metadata"]["finalizers"] =
        json!(["other", "customresourcecleanup.apiextensions.k8s.io"]);
    for left in [0, 1] {
        let (_, steps) = settle(deleted.clone(), &[], left);
        match left {
            0 => expect![[r#"
                NamesAccepted True NoConflicts: no conflicts found; Established True InitialNamesAccepted: the initial names have been accepted; Terminating True InstanceDeletionPending: CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon
                NamesAccepted True NoConflicts: no conflicts found; Established True InitialNamesAccepted: the initial names have been accepted; Terminating True InstanceDeletionInProgress: CustomResource deletion is in progress [delete true]
                NamesAccepted True NoConflicts: no conflicts found; Established True InitialNamesAccepted: the initial names have been accepted; Terminating False InstanceDeletionCompleted: removed all instances [finalizers ["other"]]
            "#]].assert_eq(&steps),
            _ => expect![[r#"
                NamesAccepted True NoConflicts: no conflicts found; Established True InitialNamesAccepted: the initial names have been accepted; Terminating True InstanceDeletionPending: CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon
                NamesAccepted True NoConflicts: no conflicts found; Established True InitialNamesAccepted: the initial names have been accepted; Terminating True InstanceDeletionInProgress: CustomResource deletion is in progress [delete true]
                 [again true]
            "#]].assert_eq(&steps),
        }
    }
}

#[test]
fn a_scale_is_where_the_definition_says() {
    let paths = json!({"specReplicasPath": ".spec.size.n", "statusReplicasPath": ".status.n", "labelSelectorPath": ".status.sel"});
    let object = json!({"metadata": {"name": "a"}, "spec": {"size": {"n": 3}}, "status": {"n": 2, "sel": "app=x"}});
    expect![[r#"{"apiVersion":"autoscaling/v1","kind":"Scale","metadata":{"name":"a"},"spec":{"replicas":3},"status":{"replicas":2,"selector":"app=x"}}"#]].assert_eq(&super::scale(&object, &paths, &Value::Null).to_string());
    expect![[
        r#"{"metadata":{"name":"a"},"spec":{"size":{"n":5}},"status":{"n":2,"sel":"app=x"}}"#
    ]]
    .assert_eq(&super::scale(&object, &paths, &5.into()).to_string());
    assert_eq!(super::scale(&json!({}), &paths, &Value::Null), Value::Null);
}
