//! Verbs against a whole cluster, as a person types them.

use expect_test::{Expect, expect};
use podarium_api::decode::{Manifest, decode};
use podarium_api::kinds::KindId;
use podarium_cluster::{Cluster, Config, Method, Request};
use serde_json::{Value, json};

use crate::{LAST_APPLIED, Options, Output, apply, delete, get, report, restart, scale};

const SHOP: &str = "
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
  labels: {app: web}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  strategy:
    type: RollingUpdate
    rollingUpdate: {maxSurge: 1, maxUnavailable: 0}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: nginx:1
        env:
        - {name: A, value: '1'}
        - {name: B, value: '2'}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec:
  selector: {app: web}
  ports: [{port: 80}]
";

fn cluster() -> Cluster {
    Cluster::new(Config {
        nodes: 0,
        ..Config::default()
    })
}

fn manifests(text: &str) -> Vec<Manifest> {
    let decoded = decode("shop.yaml", text);
    assert_eq!(decoded.problems, []);
    decoded.manifests
}

fn options() -> Options {
    Options::command("kubectl apply -f shop.yaml")
}

fn applied(cluster: &mut Cluster, text: &str, expected: Expect) {
    let report = report(&apply(cluster, &manifests(text), &options()));
    let lines = report.out.into_iter().chain(report.err);
    // What is simulated grows; that is told elsewhere.
    let lines = lines.filter(|line| !line.contains("not simulated"));
    expected.assert_eq(&lines.collect::<Vec<_>>().join("\n"));
}

fn read(cluster: &mut Cluster, path: &str) -> Value {
    cluster.handle(Request::get(path)).into_value()
}

const WEB: &str = "/apis/apps/v1/namespaces/shop/deployments/web";

#[test]
fn applying_again_changes_only_what_changed() {
    let c = &mut cluster();
    applied(
        c,
        SHOP,
        expect![[r#"
            namespace/shop created
            deployment.apps/web created
            service/web created"#]],
    );
    applied(
        c,
        SHOP,
        expect![[r#"
        namespace/shop unchanged
        deployment.apps/web unchanged
        service/web unchanged"#]],
    );
    let scaled = Options {
        namespace: Some("shop".into()),
        ..Options::command("kubectl scale deployment web --replicas=9 -n shop")
    };
    let outcome = scale(c, KindId::DEPLOYMENT, "web", 9, &scaled);
    assert_eq!(
        outcome.line().as_deref(),
        Some("deployment.apps/web scaled")
    );
    assert_eq!(read(c, WEB)["spec"]["replicas"], 9);
    applied(
        c,
        SHOP,
        expect![[r#"
            namespace/shop unchanged
            deployment.apps/web configured
            service/web unchanged"#]],
    );
    assert_eq!(read(c, WEB)["spec"]["replicas"], 3);
}

#[test]
fn what_a_manifest_no_longer_says_goes_and_what_others_said_stays() {
    let c = &mut cluster();
    apply(c, &manifests(SHOP), &options());
    let label = Request::new(Method::Patch, WEB).content_type("application/merge-patch+json");
    c.handle(label.json(&json!({"metadata": {"labels": {"other": "x"}}})));
    let fewer = SHOP
        .replace("  replicas: 3\n", "")
        .replace(
            "        - {name: A, value: '1'}\n",
            "        - {name: C, value: '3'}\n",
        )
        .replace(
            "type: RollingUpdate\n    rollingUpdate: {maxSurge: 1, maxUnavailable: 0}",
            "type: Recreate",
        )
        .replace(
            "  labels: {app: web}\nspec",
            "  labels: {tier: front}\nspec",
        );
    let report = report(&apply(c, &manifests(&fewer), &options()));
    assert_eq!(
        report.out[1], "deployment.apps/web configured",
        "{:?}",
        report.err
    );
    let web = read(c, WEB);
    assert_eq!(
        web["metadata"]["labels"],
        json!({"other": "x", "tier": "front"})
    );
    assert_eq!(
        web["spec"]["replicas"], 1,
        "a field that is no longer said gets its default"
    );
    assert_eq!(web["spec"]["strategy"], json!({"type": "Recreate"}));
    let env = &web["spec"]["template"]["spec"]["containers"][0]["env"];
    assert_eq!(
        env,
        &json!([{"name": "C", "value": "3"}, {"name": "B", "value": "2"}])
    );
    let log = c.world().log().to_text();
    let last = log
        .lines()
        .rev()
        .find(|l| l.contains("Update deployments/shop/web"))
        .unwrap();
    let why = &last[last.find("api-update").unwrap()..];
    expect![[r#"api-update fields="spec.replicas: 3 → unset, spec.strategy.rollingUpdate: {\"maxSurge\":1,\"maxUnavailable\":0} → unset, spec.strategy.type: RollingUpdate → Recreate, and 4 more" line=12 source="shop.yaml""#]].assert_eq(why);
}

#[test]
fn what_was_made_otherwise_is_adopted_with_a_warning() {
    let c = &mut cluster();
    let map = json!({"metadata": {"name": "a"}, "data": {"x": "1"}});
    c.handle(Request::new(Method::Post, "/api/v1/namespaces/default/configmaps").json(&map));
    let text = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {z: '2'}}";
    applied(
        c,
        text,
        expect![[r#"
            configmap/a configured
            Warning: resource configmaps/a is missing the kubectl.kubernetes.io/last-applied-configuration annotation which is required by kubectl apply. kubectl apply should only be used on resources created declaratively by either kubectl create --save-config or kubectl apply. The missing annotation will be patched automatically."#]],
    );
    applied(c, text, expect!["configmap/a unchanged"]);
    let map = read(c, "/api/v1/namespaces/default/configmaps/a");
    assert_eq!(map["data"], json!({"x": "1", "z": "2"}));
    assert!(map["metadata"]["annotations"][LAST_APPLIED].is_string());
}

#[test]
fn refusals_are_told_and_the_others_are_applied() {
    let c = &mut cluster();
    let text = "
apiVersion: v1
kind: ConfigMap
metadata: {name: a, namespace: nowhere}
---
apiVersion: v1
kind: ConfigMap
metadata: {generateName: b-}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: c}
";
    applied(
        c,
        text,
        expect![[r#"
        configmap/c created
        Error from server (NotFound): error when creating "shop.yaml": namespaces "nowhere" not found
        error: from b-: cannot use generate name with apply"#]],
    );
    let elsewhere = Options {
        namespace: Some("shop".into()),
        ..options()
    };
    let refused = report(&apply(c, &manifests(text)[..1], &elsewhere));
    expect![[r#"error: the namespace from the provided object "nowhere" does not match the namespace "shop". You must pass '--namespace=nowhere' to perform this operation."#]]
        .assert_eq(&refused.err.join("\n"));
}

#[test]
fn a_dry_run_only_tells() {
    let c = &mut cluster();
    let before = c.world().store().revision();
    let dry = Options {
        dry_run: true,
        ..options()
    };
    let text = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}";
    let report = report(&apply(c, &manifests(text), &dry));
    assert_eq!(report.out, ["configmap/a created (server dry run)"]);
    assert_eq!(c.world().store().revision(), before);
}

#[test]
fn deleting_getting_and_restarting() {
    let c = &mut cluster();
    apply(c, &manifests(SHOP), &options());
    let in_shop = Options {
        namespace: Some("shop".into()),
        ..Options::default()
    };
    let web = KindId::DEPLOYMENT.info();
    assert_eq!(
        get(c, web, "", Output::Name, &in_shop).unwrap(),
        "deployment.apps/web\n"
    );
    let service = get(c, KindId::SERVICE.info(), "web", Output::Yaml, &in_shop).unwrap();
    assert!(
        service.contains("\n  selector:\n    app: web\n"),
        "{service}"
    );
    let all = get(c, web, "", Output::Json, &in_shop).unwrap();
    assert!(
        all.starts_with("{\n    \"apiVersion\": \"v1\",\n    \"items\": [\n"),
        "{all}"
    );

    let outcome = restart(c, KindId::DEPLOYMENT, "web", &in_shop);
    assert_eq!(
        outcome.line().as_deref(),
        Some("deployment.apps/web restarted")
    );
    let annotations = &read(c, WEB)["spec"]["template"]["metadata"]["annotations"];
    assert_eq!(
        annotations["kubectl.kubernetes.io/restartedAt"],
        "2026-01-01T00:00:00Z"
    );
    let missing = restart(c, KindId::DEPLOYMENT, "none", &in_shop);
    expect![[r#"Error from server (NotFound): deployments.apps "none" not found"#]]
        .assert_eq(&report(&[missing]).err.join("\n"));

    let all = manifests(SHOP);
    let gone = report(&delete(c, &all[1..], &options()));
    expect![[r#"
        deployment.apps "web" deleted from shop namespace
        service "web" deleted from shop namespace"#]]
    .assert_eq(&gone.out.join("\n"));
    let again = report(&delete(c, &all[1..2], &options()));
    expect![[r#"Error from server (NotFound): error when deleting "shop.yaml": deployments.apps "web" not found"#]]
        .assert_eq(&again.err.join("\n"));
}
