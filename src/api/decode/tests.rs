//! Tests of decoding: good manifests, every kind of mistake, and texts that are anything.

use expect_test::{Expect, expect};
use serde_json::json;

use super::*;

/// Checks what is said of a text: its objects, then its problems.
fn check(text: &str, want: Expect) {
    let decoded = decode("test.yaml", text);
    let mut out = String::new();
    for manifest in &decoded.manifests {
        out += &format!(
            "{} {:?} {}\n",
            manifest.document,
            manifest.kind,
            manifest.name()
        );
    }
    for problem in &decoded.problems {
        let Problem {
            line,
            column,
            end_line,
            end_column,
            path,
            message,
            document,
            ..
        } = problem;
        out += &format!("{document} {line}:{column}-{end_line}:{end_column} [{path}] {message}\n");
        if let Some(Suggestion { label, replacement }) = &problem.suggestion {
            out += &format!("    {label} -> {replacement}\n");
        }
    }
    want.assert_eq(&out);
}

const DEPLOYMENT: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
      - name: web
        image: nginx:1.27
        ports:
        - containerPort: 80
        resources:
          limits: {cpu: 500m, memory: 64Mi}
";

#[test]
fn a_good_manifest_has_positions_and_no_problems() {
    let decoded = decode("web.yaml", DEPLOYMENT);
    assert_eq!(decoded.problems, []);
    let manifest = &decoded.manifests[0];
    assert_eq!(
        (manifest.kind, manifest.name(), manifest.namespace()),
        (KindId::DEPLOYMENT, "web", "")
    );
    assert_eq!(&*manifest.source, "web.yaml");
    assert_eq!(manifest.positions.line_of(&["spec", "replicas"]), 6);
    assert_eq!(
        manifest
            .positions
            .place_of("spec.template.spec.containers[0].image")
            .map(|p| p.at.line),
        Some(14)
    );
    assert_eq!(manifest.value["spec"]["replicas"], json!(3));
}

#[test]
fn unknown_fields() {
    let text = DEPLOYMENT
        .replace("replicas", "replcas")
        .replace("image:", "imgae:")
        .replace("kind:", "extra: {a: 1}\nkind:");
    check(
        &text,
        expect![[r#"
        0 2:1-2:6 [extra] unknown field "extra"
        0 7:3-7:10 [spec.replcas] unknown field "spec.replcas"
            did you mean "replicas"? -> replicas
        0 15:9-15:14 [spec.template.spec.containers[0].imgae] unknown field "spec.template.spec.containers[0].imgae"
            did you mean "image"? -> image
    "#]],
    );
}

#[test]
fn wrong_types() {
    let text = DEPLOYMENT
        .replace("replicas: 3", "replicas: \"3\"")
        .replace("labels: {app: web}", "labels: {app: yes, mode: 0644}")
        .replace("containerPort: 80", "containerPort: 3000000000")
        .replace("64Mi", "64MB")
        .replace("- name: web", "- name: web\n        args: run\n        env: {A: b}\n        stdin: \"true\"\n        command: [sleep, 5]");
    check(
        &text,
        expect![[r#"
        0 6:13-6:16 [spec.replicas] json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32
            without quotes: 3 -> 3
        0 10:21-10:24 [spec.template.metadata.labels.app] json: cannot unmarshal bool into Go struct field ObjectMeta.spec.template.metadata.labels of type string
            quote it: "yes" -> "yes"
        0 10:32-10:36 [spec.template.metadata.labels.mode] json: cannot unmarshal number into Go struct field ObjectMeta.spec.template.metadata.labels of type string
            quote it: "0644" -> "0644"
        0 14:15-14:18 [spec.template.spec.containers[0].args] json: cannot unmarshal string into Go struct field Container.spec.template.spec.containers.args of type []string
        0 15:14-15:20 [spec.template.spec.containers[0].env] json: cannot unmarshal object into Go struct field Container.spec.template.spec.containers.env of type []v1.EnvVar
        0 16:16-16:22 [spec.template.spec.containers[0].stdin] json: cannot unmarshal string into Go struct field Container.spec.template.spec.containers.stdin of type bool
            without quotes: true -> true
        0 17:26-17:27 [spec.template.spec.containers[0].command[1]] json: cannot unmarshal number into Go struct field Container.spec.template.spec.containers.command of type string
            quote it: "5" -> "5"
        0 20:26-20:36 [spec.template.spec.containers[0].ports[0].containerPort] json: cannot unmarshal number 3000000000 into Go struct field ContainerPort.spec.template.spec.containers.ports.containerPort of type int32
        0 22:39-22:43 [spec.template.spec.containers[0].resources.limits.memory] quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'
    "#]],
    );
}

#[test]
fn missing_fields() {
    let text = DEPLOYMENT
        .replace("  selector: {matchLabels: {app: web}}\n", "")
        .replace("- name: web\n        image", "- image");
    check(
        &text,
        expect![[r#"
        0 Deployment web
        0 5:1-5:5 [spec.selector] spec.selector: Required value
        0 12:9-12:10 [spec.template.spec.containers[0].name] spec.template.spec.containers[0].name: Required value
    "#]],
    );
    check(
        "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  -\n",
        expect![[r#"
            0 Pod 
            0 1:1-1:9 [metadata.name] metadata.name: Required value: name or generateName is required
            0 5:4-5:5 [spec.containers[0].name] spec.containers[0].name: Required value
        "#]],
    );
    check(
        "apiVersion: v1\nkind: Pod\nmetadata: {generateName: a-}\nspec: {containers: [{name: a}]}\nstatus: {conditions: [{}]}\n",
        expect![[r#"
            0 Pod 
        "#]],
    );
}

#[test]
fn kinds_that_are_not_known() {
    check(
        &DEPLOYMENT.replace("apps/v1", "extensions/v1beta1"),
        expect![[r#"
            0 1:13-1:31 [apiVersion] no matches for kind "Deployment" in version "extensions/v1beta1"
                Deployment is in apps/v1 today -> apps/v1
        "#]],
    );
    check(
        &DEPLOYMENT.replace("Deployment", "Deploymnet"),
        expect![[r#"
            0 2:7-2:17 [kind] no matches for kind "Deploymnet" in version "apps/v1"
                did you mean "Deployment"? -> Deployment
        "#]],
    );
    check(
        "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: a}\n",
        expect![[r#"
            0 2:7-2:13 [kind] no matches for kind "Widget" in version "example.com/v1"
        "#]],
    );
    check(
        "services:\n  web: {image: nginx}\n",
        expect![[r#"
        0 1:1-1:1 [apiVersion] apiVersion not set
        0 1:1-1:1 [kind] kind not set
    "#]],
    );
    check(
        "kind: [Pod]\napiVersion: 1\n",
        expect![[r#"
        0 1:7-1:7 [kind] kind not set
        0 2:13-2:13 [apiVersion] apiVersion not set
    "#]],
    );
    check(
        "just text\n---\n- a\n- b\n---\n12\n",
        expect![[r#"
        0 1:1-1:10 [] json: cannot unmarshal string into Go value of type map[string]interface {}
        1 3:1-4:4 [] json: cannot unmarshal array into Go value of type map[string]interface {}
        2 6:1-6:3 [] json: cannot unmarshal number into Go value of type map[string]interface {}
    "#]],
    );
}

#[test]
fn values_with_a_reading_of_their_own() {
    check(
        "apiVersion: v1\nkind: Secret\nmetadata: {name: a, creationTimestamp: yesterday}\ndata: {good: aGk=, bad: 'a*b', short: aGk}\n",
        expect![[r#"
            0 3:40-3:49 [metadata.creationTimestamp] parsing time "yesterday" as "2006-01-02T15:04:05Z07:00": cannot parse "yesterday" as "2006"
            0 4:25-4:30 [data.bad] illegal base64 data at input byte 1
            0 4:39-4:42 [data.short] illegal base64 data at input byte 3
        "#]],
    );
    check(
        "apiVersion: v1\nkind: Service\nmetadata: {name: a, creationTimestamp: null}\nspec:\n  ports:\n  - {port: 80, targetPort: http}\n  - {port: 81, targetPort: 8080}\n  - {port: 82, targetPort: [1]}\n  - {port: 1.5}\n",
        expect![[r#"
            0 8:28-8:31 [spec.ports[2].targetPort] json: cannot unmarshal array into Go value of type int32
            0 9:12-9:15 [spec.ports[3].port] json: cannot unmarshal number 1.5 into Go struct field ServicePort.spec.ports.port of type int32
        "#]],
    );
}

#[test]
fn nulls_are_what_upstream_makes_of_them() {
    let decoded = decode(
        "a",
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  labels: {x: }\n  annotations:\nspec:\n  volumes: [{name: v, emptyDir: }]\n  containers:\n  - name: c\n    args: [a, ~]\n    env: [{name: E, value: }]\nstatus:\n",
    );
    assert_eq!(decoded.problems, []);
    assert_eq!(
        decoded.manifests[0].value,
        json!({
            "apiVersion": "v1", "kind": "Pod",
            "metadata": {"name": "a", "labels": {"x": ""}},
            "spec": {"volumes": [{"name": "v"}], "containers": [{"name": "c", "args": ["a", ""], "env": [{"name": "E"}]}]},
        })
    );
}

#[test]
fn lists_are_opened() {
    let text = "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: a}\n- apiVersion: v1\n  kind: PodList\n  items:\n  - metadata: {name: b}\n    spec: {containers: [{name: c, imag: x}]}\n  - metadata: {name: d}\n    spec: {containers: [{name: c}]}\n";
    check(
        text,
        expect![[r#"
        0 ConfigMap a
        0 Pod d
        0 11:35-11:39 [spec.containers[0].imag] unknown field "spec.containers[0].imag"
            did you mean "image"? -> image
    "#]],
    );
    let decoded = decode("a", text);
    assert_eq!(decoded.manifests[1].value["kind"], json!("Pod"));
    assert_eq!(decoded.manifests[1].positions.line_of(&["spec"]), 13);
    check(
        "apiVersion: v1\nkind: List\nitems: 3\n",
        expect![[r#"
        0 3:8-3:9 [items] items field of UnstructuredList must be an array
    "#]],
    );
    check("apiVersion: v1\nkind: List\n", expect![[""]]);
}

#[test]
fn one_broken_document_hides_no_other() {
    let text = format!(
        "{DEPLOYMENT}---\nkind: Pod\n  apiVersion: v1\n---\napiVersion: v1\nkind: Pod\nkind: Pod\n---\napiVersion: v1\nkind: Namespace\nmetadata:\n\tname: a\n---\n{}",
        DEPLOYMENT.replace("web", "other")
    );
    check(
        &text,
        expect![[r#"
        0 Deployment web
        4 Deployment other
        1 21:13-21:13 [] mapping values are not allowed in this context
        2 25:1-25:5 [] key "kind" already set in map (first at line 24, column 1)
        3 30:1-30:2 [] found character that cannot start any token: a tab indents this line, YAML takes only spaces
            use spaces ->   
    "#]],
    );
}

#[test]
fn request_bodies() {
    let body = || {
        json!({
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "a", "labels": null},
            "spec": {"replcas": 1, "template": {"spec": {"containers": [{"name": "a", "imag": "b"}]}}},
        })
    };
    let decode = |body: &mut Value| decode_json("apps/v1", "Deployment", body);
    let mut kept = body();
    assert_eq!(
        decode(&mut kept),
        Ok(vec![
            "unknown field \"spec.replcas\"".to_string(),
            "unknown field \"spec.template.spec.containers[0].imag\"".to_string()
        ])
    );
    assert_eq!(
        kept["spec"],
        json!({"template": {"spec": {"containers": [{"name": "a"}]}}})
    );
    assert_eq!(kept["metadata"], json!({"name": "a"}));
    let mut wrong = json!({"spec": {"replicas": "three"}});
    assert_eq!(
        decode(&mut wrong),
        Err("json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32".to_string())
    );
    assert_eq!(
        decode_json("apps/v1", "Pod", &mut json!({})),
        Err("no kind \"Pod\" is registered for version \"apps/v1\" in scheme \"pkg/api/legacyscheme/scheme.go:30\"".to_string())
    );
    let mut scale = json!({"spec": {"replicas": 2}});
    assert_eq!(
        decode_json("autoscaling/v1", "Scale", &mut scale),
        Ok(vec![])
    );
    assert_eq!(FieldValidation::parse(""), Some(FieldValidation::Warn));
    assert_eq!(FieldValidation::parse("strict"), None);
}

#[test]
fn problems_are_many_but_not_without_end() {
    let decoded = decode("a", &"a\n---\n".repeat(5000));
    assert_eq!(decoded.problems.len(), 1001);
    assert!(
        decoded.problems[1000]
            .message
            .starts_with("too many problems")
    );
    let fields: String = (0..5000).map(|n| format!("f{n}: 1\n")).collect();
    let decoded = decode(
        "a",
        &format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\n{fields}"),
    );
    assert_eq!(decoded.problems.len(), MAX_FINDINGS);
}

#[test]
fn no_text_panics_and_every_problem_has_a_place() {
    let mut state = 5u64;
    let mut below = |n: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((state >> 33) as usize) % n
    };
    let pieces = [
        "a",
        ":",
        "\n",
        "  ",
        "- ",
        "{",
        "}",
        "[",
        "]",
        "\"",
        "'",
        "#",
        "---\n",
        "kind: List\n",
        "items:\n",
        "null",
        "-1",
        "9999999999",
        "1.5",
        "&a ",
        "*a",
        "<<: ",
        "!!int ",
        "|\n",
        "é😀",
        "\t",
        "spec:",
        "status:",
        "\u{feff}",
        "\r\n",
        "true",
    ];
    for _ in 0..4000 {
        let mut text: Vec<char> = DEPLOYMENT.chars().collect();
        for _ in 0..=below(5) {
            let at = below(text.len() + 1);
            match below(3) {
                0 => {
                    text.splice(at..at, pieces[below(pieces.len())].chars());
                }
                1 => {
                    let end = (at + below(12)).min(text.len());
                    text.drain(at..end);
                }
                _ => {
                    let end = (at + below(200)).min(text.len());
                    let copy = text[at..end].to_vec();
                    let to = below(text.len() + 1);
                    text.splice(to..to, copy);
                }
            }
        }
        let text: String = text.into_iter().collect();
        let lines = text.lines().count() as u32 + 1;
        for problem in decode("a", &text).problems {
            assert!(
                (1..=lines).contains(&problem.line) && problem.column >= 1,
                "{problem:?}\n{text}"
            );
            assert!(
                (problem.line, problem.column) <= (problem.end_line, problem.end_column),
                "{problem:?}\n{text}"
            );
            assert!(!problem.message.is_empty());
        }
    }
}

#[test]
fn kinds_of_definitions_are_known_where_they_are_told_of() {
    let custom = crate::kinds::Custom {
        group: "stable.example.com",
        version: "v1",
        kind: "CronTab",
        plural: "crontabs",
        namespaced: true,
        ..Default::default()
    };
    let text = "apiVersion: stable.example.com/v1\nkind: CronTab\nmetadata: {name: a}\nspec: {anything: 1}\n";
    let known = super::decode_with("a.yaml", text, &[custom.id()]);
    assert_eq!(known.problems, []);
    assert_eq!(known.manifests[0].kind, custom.id());
    let unknown = super::decode("a.yaml", text);
    assert_eq!(
        unknown.problems[0].message,
        "no matches for kind \"CronTab\" in version \"stable.example.com/v1\""
    );
}
