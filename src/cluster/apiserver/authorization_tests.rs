//! Who gets in, from outside.

use podarium_api::kinds::KindId;
use serde_json::{Value, json};

use super::Method::{Delete, Get, Patch, Post, Put};
use super::{Method, Request};
use crate::sim::User;
use crate::{Cluster, Config};
use expect_test::expect;

const RBAC: &str = "/apis/rbac.authorization.k8s.io/v1";

fn cluster() -> Cluster {
    Cluster::new(Config {
        nodes: 0,
        ..Config::default()
    })
}

fn ask(cluster: &mut Cluster, user: &str, method: Method, path: &str, body: &Value) -> String {
    let mut request = Request::new(method, path).user(User::from(user));
    if !body.is_null() {
        request = request.json(body);
    }
    if method == Patch {
        request = request.content_type("application/merge-patch+json");
    }
    let response = cluster.handle(request);
    [&response.code.to_string(), response.message()].join(" ")
}

fn admin(cluster: &mut Cluster, method: Method, path: &str, body: Value) -> Value {
    let mut request = Request::new(method, path);
    if !body.is_null() {
        request = request.json(&body);
    }
    if method == Patch {
        request = request.content_type("application/merge-patch+json");
    }
    let response = cluster.handle(request);
    assert!(response.is_success(), "{path}: {}", response.message());
    response.into_value()
}

fn role(name: &str, rules: Value) -> Value {
    json!({"metadata": {"name": name}, "rules": rules})
}

fn binding(name: &str, kind: &str, role: &str, user: &str) -> Value {
    json!({
        "metadata": {"name": name}, "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": role},
        "subjects": [{"kind": "User", "name": user}],
    })
}

#[test]
fn a_fresh_cluster_has_upstreams_roles_since_its_beginning() {
    let mut cluster = cluster();
    let before = cluster.world().store().revision();
    let roles = admin(
        &mut cluster,
        Get,
        &format!("{RBAC}/clusterroles"),
        Value::Null,
    );
    let names = roles["items"].as_array().unwrap();
    let names: Vec<_> = names
        .iter()
        .map(|o| o["metadata"]["name"].as_str().unwrap())
        .collect();
    for name in [
        "admin",
        "cluster-admin",
        "edit",
        "system:controller:deployment-controller",
        "view",
    ] {
        assert!(names.contains(&name), "{name}");
    }
    let path = format!("{RBAC}/clusterrolebindings/cluster-admin");
    let one = admin(&mut cluster, Get, &path, Value::Null);
    expect![[r#"{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRoleBinding","metadata":{"annotations":{"rbac.authorization.kubernetes.io/autoupdate":"true"},"creationTimestamp":"2026-01-01T00:00:00Z","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"managedFields":[{"apiVersion":"rbac.authorization.k8s.io/v1","fieldsType":"FieldsV1","fieldsV1":{"f:metadata":{"f:annotations":{".":{},"f:rbac.authorization.kubernetes.io/autoupdate":{}},"f:labels":{".":{},"f:kubernetes.io/bootstrapping":{}}},"f:roleRef":{},"f:subjects":{}},"manager":"kube-apiserver","operation":"Update","time":"2026-01-01T00:00:00Z"}],"name":"cluster-admin","resourceVersion":"1","uid":"b5e1df07-adab-4daf-aa5b-a6a1fb4bfb38"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"cluster-admin"},"subjects":[{"apiGroup":"rbac.authorization.k8s.io","kind":"Group","name":"system:masters"}]}"#]].assert_eq(&one.to_string());
    assert_eq!(
        cluster.world().store().revision(),
        before,
        "looking writes nothing"
    );
    // They can be changed and deleted as anything else.
    let label = json!({"metadata": {"labels": {"a": "b"}}});
    let patched = admin(
        &mut cluster,
        Patch,
        &format!("{RBAC}/clusterroles/view"),
        label,
    );
    assert_eq!(patched["metadata"]["uid"], names_uid(&roles, "view"));
    admin(
        &mut cluster,
        Delete,
        &format!("{RBAC}/clusterroles/edit"),
        Value::Null,
    );
    let gone = cluster.handle(Request::get(&format!("{RBAC}/clusterroles/edit")));
    assert_eq!(
        gone.message(),
        r#"clusterroles.rbac.authorization.k8s.io "edit" not found"#
    );
    let store = cluster.world().store();
    assert_eq!(
        store.count(KindId::CLUSTER_ROLE),
        store.list(KindId::CLUSTER_ROLE).count()
    );
    assert_eq!(store.count(KindId::CLUSTER_ROLE), names.len() - 1);
}

fn names_uid(list: &Value, name: &str) -> Value {
    let mut all = list["items"].as_array().unwrap().iter();
    all.find(|o| o["metadata"]["name"] == name).unwrap()["metadata"]["uid"].clone()
}

#[test]
fn whether_somebody_looked_early_or_late_makes_no_difference() {
    let change = |cluster: &mut Cluster| {
        let map = json!({"metadata": {"name": "a"}});
        admin(cluster, Post, "/api/v1/namespaces/default/configmaps", map);
        admin(cluster, Get, &format!("{RBAC}/roles"), Value::Null)
    };
    let (mut early, mut late) = (cluster(), cluster());
    early.handle(Request::get(&format!("{RBAC}/roles")));
    late.advance(podarium_api::meta::Time(1_000_000), u64::MAX);
    early.advance(podarium_api::meta::Time(1_000_000), u64::MAX);
    assert_eq!(change(&mut early), change(&mut late));
}

#[test]
fn people_may_what_their_roles_say() {
    let mut c = cluster();
    let pods = "/api/v1/namespaces/default/pods";
    let mut said = Vec::new();
    said.push(ask(&mut c, "jane", Get, pods, &Value::Null));
    let roles = format!("{RBAC}/namespaces/default/roles");
    let rules = json!([{"verbs": ["list"], "apiGroups": [""], "resources": ["pods"]}]);
    admin(&mut c, Post, &roles, role("reader", rules));
    let bindings = format!("{RBAC}/namespaces/default/rolebindings");
    admin(
        &mut c,
        Post,
        &bindings,
        binding("read", "Role", "reader", "jane"),
    );
    said.push(ask(&mut c, "jane", Get, pods, &Value::Null));
    said.push(ask(
        &mut c,
        "jane",
        Get,
        &format!("{pods}/web"),
        &Value::Null,
    ));
    said.push(ask(
        &mut c,
        "jane",
        Get,
        "/apis/none/v1/things",
        &Value::Null,
    ));
    said.push(ask(
        &mut c,
        "system:anonymous",
        Get,
        "/metrics",
        &Value::Null,
    ));
    admin(&mut c, Delete, &format!("{roles}/reader"), Value::Null);
    said.push(ask(&mut c, "jane", Get, pods, &Value::Null));
    admin(&mut c, Delete, &format!("{bindings}/read"), Value::Null);
    said.push(ask(&mut c, "jane", Get, pods, &Value::Null));
    expect![[r#"
        403 pods is forbidden: User "jane" cannot list resource "pods" in API group "" in the namespace "default"
        200 
        403 pods "web" is forbidden: User "jane" cannot get resource "pods" in API group "" in the namespace "default"
        403 things.none is forbidden: User "jane" cannot list resource "things" in API group "none" at the cluster scope
        403 forbidden: User "system:anonymous" cannot get path "/metrics"
        403 pods is forbidden: User "jane" cannot list resource "pods" in API group "" in the namespace "default": RBAC: role.rbac.authorization.k8s.io "reader" not found
        403 pods is forbidden: User "jane" cannot list resource "pods" in API group "" in the namespace "default""#]].assert_eq(&said.join("\n"));
    let refused = c.handle(Request::get("/metrics").user(User::anonymous()));
    expect![[r#"{"apiVersion":"v1","code":403,"details":{},"kind":"Status","message":"forbidden: User \"system:anonymous\" cannot get path \"/metrics\"","metadata":{},"reason":"Forbidden","status":"Failure"}"#]].assert_eq(&refused.value().to_string());
    let refused = c.handle(Request::get(pods).user(User::from("jane")));
    expect![[r#"{"apiVersion":"v1","code":403,"details":{"kind":"pods"},"kind":"Status","message":"pods is forbidden: User \"jane\" cannot list resource \"pods\" in API group \"\" in the namespace \"default\"","metadata":{},"reason":"Forbidden","status":"Failure"}"#]].assert_eq(&refused.value().to_string());
}

#[test]
fn who_speaks_for_somebody_is_them() {
    let mut c = cluster();
    let get = |who: &str| Request::get("/api/v1/pods").impersonate(User::new(who, &[]));
    let say = |c: &mut Cluster, request: Request| c.handle(request).message().to_owned();
    let said = [
        say(&mut c, get("jane")),
        say(&mut c, get("jane").user(User::from("joe"))),
        say(
            &mut c,
            Request::get("/api/v1/pods").impersonate(User::new("jane", &["system:masters"])),
        ),
    ];
    expect![[r#"
        pods is forbidden: User "jane" cannot list resource "pods" in API group "" at the cluster scope
        users "jane" is forbidden: User "joe" cannot impersonate resource "users" in API group "" at the cluster scope
    "#]].assert_eq(&said.join("\n"));
    // What they write is theirs.
    let edit = format!("{RBAC}/clusterrolebindings");
    admin(
        &mut c,
        Post,
        &edit,
        binding("edit", "ClusterRole", "edit", "jane"),
    );
    let map = json!({"metadata": {"name": "a"}});
    let request = Request::new(Post, "/api/v1/namespaces/default/configmaps").json(&map);
    assert_eq!(
        c.handle(request.impersonate(User::new("jane", &[]))).code,
        201
    );
    let records = c.world().log().since(crate::sim::RecordId(0));
    let last = records.last().unwrap().1;
    assert_eq!(last.actor.to_string(), "user jane");
}

#[test]
fn nobody_gives_away_what_they_do_not_hold() {
    let mut c = cluster();
    let own = format!("{RBAC}/clusterrolebindings");
    admin(
        &mut c,
        Post,
        &own,
        binding("admin", "ClusterRole", "admin", "jane"),
    );
    let (roles, bindings) = (
        format!("{RBAC}/namespaces/default/roles"),
        format!("{RBAC}/namespaces/default/rolebindings"),
    );
    let rules = |resource: &str| json!([{"verbs": ["get", "list"], "apiGroups": [""], "resources": [resource]}]);
    let mut said = Vec::new();
    for (method, path, body) in [
        (Post, roles.clone(), role("pods", rules("pods"))),
        (Post, roles.clone(), role("nodes", rules("nodes"))),
        (Put, format!("{roles}/pods"), role("pods", rules("nodes"))),
        (
            Patch,
            format!("{roles}/pods"),
            json!({"metadata": {"finalizers": ["a.b/c"]}}),
        ),
        (Post, bindings.clone(), binding("b", "Role", "pods", "joe")),
        (
            Post,
            bindings.clone(),
            binding("c", "ClusterRole", "cluster-admin", "joe"),
        ),
        (
            Post,
            bindings.clone(),
            binding("d", "ClusterRole", "none", "joe"),
        ),
        (
            Post,
            format!("{RBAC}/clusterroles"),
            role("x", rules("pods")),
        ),
    ] {
        said.push(ask(&mut c, "jane", method, &path, &body));
    }
    // Those who may bind a role may, whatever it says.
    let rules = json!([{"verbs": ["bind"], "apiGroups": ["rbac.authorization.k8s.io"], "resources": ["clusterroles"]}]);
    admin(
        &mut c,
        Post,
        &format!("{RBAC}/clusterroles"),
        role("binder", rules),
    );
    admin(
        &mut c,
        Post,
        &own,
        binding("binder", "ClusterRole", "binder", "jane"),
    );
    said.push(ask(
        &mut c,
        "jane",
        Post,
        &bindings,
        &binding("c", "ClusterRole", "cluster-admin", "joe"),
    ));
    expect![[r#"
        201 
        403 roles.rbac.authorization.k8s.io "nodes" is forbidden: user "jane" (groups=["system:authenticated"]) is attempting to grant RBAC permissions not currently held:
        {APIGroups:[""], Resources:["nodes"], Verbs:["get" "list"]}
        403 roles.rbac.authorization.k8s.io "pods" is forbidden: user "jane" (groups=["system:authenticated"]) is attempting to grant RBAC permissions not currently held:
        {APIGroups:[""], Resources:["nodes"], Verbs:["get" "list"]}
        200 
        201 
        403 rolebindings.rbac.authorization.k8s.io "c" is forbidden: user "jane" (groups=["system:authenticated"]) is attempting to grant RBAC permissions not currently held:
        {APIGroups:["*"], Resources:["*"], Verbs:["*"]}
        {NonResourceURLs:["*"], Verbs:["*"]}
        404 clusterroles.rbac.authorization.k8s.io "none" not found
        403 clusterroles.rbac.authorization.k8s.io is forbidden: User "jane" cannot create resource "clusterroles" in API group "rbac.authorization.k8s.io" at the cluster scope
        201 "#]].assert_eq(&said.join("\n"));
}

#[test]
fn who_they_are_and_what_they_may_can_be_asked() {
    let mut c = cluster();
    let mut post = |path: &str, body: Value, user: &User| {
        let request = Request::new(Post, path).json(&body).user(user.clone());
        c.handle(request).into_value()
    };
    let jane = &User::from("jane");
    let own = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
    let spec = json!({"resourceAttributes": {"verb": "list", "resource": "pods"}});
    let review = json!({"spec": spec});
    expect![[r#"{"apiVersion":"authorization.k8s.io/v1","kind":"SelfSubjectAccessReview","metadata":{},"spec":{"resourceAttributes":{"resource":"pods","verb":"list"}},"status":{"allowed":false}}"#]].assert_eq(&post(own, review.clone(), jane).to_string());
    let yes = post(own, review.clone(), &User::admin());
    expect![[r#"{"apiVersion":"authorization.k8s.io/v1","kind":"SelfSubjectAccessReview","metadata":{},"spec":{"resourceAttributes":{"resource":"pods","verb":"list"}},"status":{"allowed":true,"reason":"RBAC: allowed by ClusterRoleBinding \"kubeadm:cluster-admins\" of ClusterRole \"cluster-admin\" to Group \"kubeadm:cluster-admins\""}}"#]].assert_eq(&yes.to_string());
    let others = "/apis/authorization.k8s.io/v1/subjectaccessreviews";
    let refused = post(others, review, jane);
    expect![[r#"subjectaccessreviews.authorization.k8s.io is forbidden: User "jane" cannot create resource "subjectaccessreviews" in API group "authorization.k8s.io" at the cluster scope"#]].assert_eq(refused["message"].as_str().unwrap());
    let own = "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews";
    let rules = post(own, json!({"spec": {"namespace": "default"}}), jane);
    assert_eq!(
        rules["status"]["resourceRules"].as_array().unwrap().len(),
        2
    );
    let me = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
    let me = post(me, json!({}), jane);
    expect![[r#"{"apiVersion":"authentication.k8s.io/v1","kind":"SelfSubjectReview","metadata":{"creationTimestamp":"2026-01-01T00:00:00Z"},"status":{"userInfo":{"groups":["system:authenticated"],"username":"jane"}}}"#]].assert_eq(&me.to_string());
}

#[test]
fn a_service_account_comes_in_with_its_token() {
    let mut c = cluster();
    let path = "/api/v1/namespaces/default/serviceaccounts/default/token";
    let made = admin(
        &mut c,
        Post,
        path,
        json!({"spec": {"expirationSeconds": 600}}),
    );
    let token = made["status"]["token"].as_str().unwrap().to_owned();
    let user = c.authenticate(&token).unwrap();
    assert_eq!(user.to_string(), "system:serviceaccount:default:default");
    assert!(user.is_in("system:serviceaccounts:default"));
    let review = "/apis/authentication.k8s.io/v1/tokenreviews";
    let said = admin(&mut c, Post, review, json!({"spec": {"token": token}}));
    assert_eq!(said["status"]["authenticated"], true);
    let status = c.authenticate("wrong").unwrap_err();
    assert_eq!(
        (status.reason.code(), status.message.as_str()),
        (401, "invalid bearer token")
    );
    let again = admin(&mut c, Post, path, json!({}));
    assert_ne!(again["status"]["token"].as_str(), Some(&*token));
    let none = c.handle(
        Request::new(Post, "/api/v1/namespaces/default/serviceaccounts/x/token").json(&json!({})),
    );
    assert_eq!(none.message(), r#"serviceaccounts "x" not found"#);
    c.advance(podarium_api::meta::Time(700_000_000), u64::MAX);
    assert!(c.authenticate(&token).is_err());
    // Another cluster's tokens are nothing here, whatever its seed.
    let mut other = Cluster::new(Config {
        token_key: "secret".into(),
        nodes: 0,
        ..Config::default()
    });
    let made = admin(&mut other, Post, path, json!({}));
    assert!(
        c.authenticate(made["status"]["token"].as_str().unwrap())
            .is_err()
    );
}

#[test]
fn the_administrator_is_one_by_a_binding_as_everybody_is() {
    let mut c = cluster();
    admin(
        &mut c,
        Delete,
        &format!("{RBAC}/clusterrolebindings/kubeadm:cluster-admins"),
        Value::Null,
    );
    let refused = c.handle(Request::get("/api/v1/nodes"));
    expect![[r#"nodes is forbidden: User "kubernetes-admin" cannot list resource "nodes" in API group "" at the cluster scope"#]].assert_eq(refused.message());
    let master = Request::get("/api/v1/nodes").user(User::new("root", &["system:masters"]));
    assert_eq!(c.handle(master).code, 200);
}

#[test]
fn a_component_may_what_its_roles_say() {
    let mut c = cluster();
    let own = format!("{RBAC}/clusterrolebindings/system:controller:deployment-controller");
    let kept = admin(&mut c, Get, &own, Value::Null);
    admin(&mut c, Delete, &own, Value::Null);
    let deployment = json!({
        "metadata": {"name": "web"},
        "spec": {
            "selector": {"matchLabels": {"app": "web"}},
            "template": {
                "metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "web", "image": "nginx"}]},
            },
        },
    });
    admin(
        &mut c,
        Post,
        "/apis/apps/v1/namespaces/default/deployments",
        deployment,
    );
    let made = |c: &mut Cluster| {
        c.advance(c.now() + podarium_api::meta::Span::secs(60), u64::MAX);
        let sets = c.world().store().list(KindId::REPLICA_SET);
        sets.filter(|set| &*set.meta().namespace == "default")
            .count()
    };
    assert_eq!(made(&mut c), 0);
    let binding = json!({
        "metadata": {"name": kept["metadata"]["name"]}, "roleRef": kept["roleRef"], "subjects": kept["subjects"],
    });
    admin(
        &mut c,
        Post,
        &format!("{RBAC}/clusterrolebindings"),
        binding,
    );
    // Its turns come ever more seldom, but they come.
    made(&mut c);
    assert_eq!(made(&mut c), 1);
}

#[test]
fn roles_gather_the_rules_of_roles_that_carry_their_label() {
    let mut c = cluster();
    let rules =
        json!([{"verbs": ["get", "list"], "apiGroups": ["shop.io"], "resources": ["carts"]}]);
    let mut made = role("carts", rules);
    made["metadata"]["labels"] = json!({"rbac.authorization.k8s.io/aggregate-to-view": "true"});
    admin(&mut c, Post, &format!("{RBAC}/clusterroles"), made);
    admin(
        &mut c,
        Post,
        &format!("{RBAC}/clusterrolebindings"),
        binding("editors", "ClusterRole", "admin", "jane"),
    );
    let carts = "/apis/shop.io/v1/namespaces/default/carts";
    let seen = |c: &mut Cluster| ask(c, "jane", Get, carts, &Value::Null);
    assert!(seen(&mut c).starts_with("403"));
    // From the label to view, from view to edit, from edit to admin.
    c.advance(c.now() + podarium_api::meta::Span::secs(1), u64::MAX);
    assert!(seen(&mut c).starts_with("404"));
    let view = format!("{RBAC}/clusterroles/view");
    let view = admin(&mut c, Get, &view, Value::Null);
    let book = view["metadata"]["managedFields"].as_array().unwrap();
    let by = book.iter().find(|by| by["operation"] == "Apply").unwrap();
    assert_eq!(by["manager"], "clusterrole-aggregation-controller");
    // While nobody looks after roles, what was given stays.
    c.command(crate::Command::Stop(
        crate::sim::Component::ControllerManager,
    ));
    admin(
        &mut c,
        Delete,
        &format!("{RBAC}/clusterroles/carts"),
        Value::Null,
    );
    c.advance(c.now() + podarium_api::meta::Span::secs(1), u64::MAX);
    assert!(seen(&mut c).starts_with("404"));
    c.command(crate::Command::Start(
        crate::sim::Component::ControllerManager,
    ));
    c.advance(c.now() + podarium_api::meta::Span::secs(1), u64::MAX);
    assert!(seen(&mut c).starts_with("403"));
}
