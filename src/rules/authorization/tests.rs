//! Who may do what under the policy of a fresh cluster and a few roles of one's own.

use expect_test::expect;
use serde_json::{Value, json};

use super::{authorize, bootstrap};

/// A fresh cluster's policy, and some objects more.
pub fn policy(more: Value) -> Value {
    let (mut policy, all) = (json!({}), [bootstrap(), more]);
    for object in all.iter().flat_map(super::items) {
        let kind = super::text(&object["kind"]);
        match &mut policy[kind] {
            Value::Array(list) => list.push(object.clone()),
            list => *list = json!([object]),
        }
    }
    policy
}

fn more() -> Value {
    let bind = |kind: &str, role: &str, to: Value| json!({"kind": kind, "name": role, "to": to});
    let binding = |kind: &str, name: &str, namespace: Option<&str>, role: Value| {
        json!({
            "kind": kind, "metadata": {"name": name, "namespace": namespace},
            "roleRef": {"kind": role["kind"], "name": role["name"]}, "subjects": [role["to"]],
        })
    };
    let user = |name: &str| json!({"kind": "User", "name": name});
    json!([
        {"kind": "Role", "metadata": {"name": "reader", "namespace": "shop"}, "rules": [
            {"verbs": ["get", "list"], "apiGroups": [""], "resources": ["pods", "pods/log"]},
            {"verbs": ["get"], "apiGroups": ["apps"], "resources": ["deployments"], "resourceNames": ["web"]},
        ]},
        binding("RoleBinding", "read", Some("shop"), bind("Role", "reader", user("jane"))),
        binding("RoleBinding", "edit", Some("shop"), bind("ClusterRole", "edit", json!({"kind": "ServiceAccount", "name": "builder"}))),
        binding("ClusterRoleBinding", "look", None, bind("ClusterRole", "view", json!({"kind": "Group", "name": "dev"}))),
        binding("RoleBinding", "lost", Some("shop"), bind("Role", "gone", user("lost"))),
        binding("ClusterRoleBinding", "lost", None, bind("ClusterRole", "gone", user("lost"))),
        binding("RoleBinding", "speak", Some("shop"), bind("ClusterRole", "speaker", user("pat"))),
        binding("ClusterRoleBinding", "speak", None, bind("ClusterRole", "speaker", user("sam"))),
        {"kind": "ClusterRole", "metadata": {"name": "speaker"}, "rules": [
            {"verbs": ["impersonate"], "apiGroups": [""], "resources": ["users", "serviceaccounts"]},
            {"verbs": ["impersonate"], "apiGroups": [""], "resources": ["groups"], "resourceNames": ["dev", "system:unauthenticated"]},
            {"verbs": ["impersonate"], "apiGroups": ["authentication.k8s.io"], "resources": ["userextras/scopes"]},
        ]},
    ])
}

/// `user[,group…] METHOD path`, as what the user wants to be.
fn say(policy: &Value, text: &str, wanted: &Value) -> String {
    let words: Vec<_> = text.split(' ').collect();
    let mut user = words[0].split(',');
    let request = json!({
        "user": {"username": user.next(), "groups": user.collect::<Vec<_>>()}, "impersonate": wanted,
        "method": words[1], "path": words[2], "watch": words.get(3), "pods": [],
    });
    let answer = authorize(policy, &request);
    let refused = &answer["refused"];
    match refused["message"].as_str() {
        Some(text) => format!("{} {text}", super::text(&refused["reason"])),
        None => format!("yes {}", answer["groups"]).replace(" null", ""),
    }
}

#[test]
fn roles_and_bindings_say_who_may_do_what() {
    let policy = policy(more());
    let mut text = String::new();
    for asked in [
        "kubernetes-admin,kubeadm:cluster-admins DELETE /api/v1/nodes/n1",
        "root,system:masters GET /anything",
        "system:anonymous,system:unauthenticated GET /livez",
        "system:anonymous,system:unauthenticated GET /",
        "x,system:authenticated GET /apis/apps/v1",
        "x,system:authenticated GET /apis/apps/v1/deployments",
        "x,system:authenticated POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
        "jane GET /api/v1/namespaces/shop/pods",
        "jane GET /api/v1/namespaces/shop/pods/web/log",
        "jane GET /api/v1/namespaces/shop/pods true",
        "jane GET /api/v1/namespaces/other/pods/web",
        "jane GET /api/v1/pods",
        "jane GET /api/v1/nodes/n1",
        "jane GET /apis/apps/v1/namespaces/shop/deployments/web",
        "jane GET /apis/apps/v1/namespaces/shop/deployments/db",
        "jane PATCH /apis/apps/v1/namespaces/shop/deployments/web/scale",
        "system:serviceaccount:shop:builder POST /apis/apps/v1/namespaces/shop/deployments",
        "system:serviceaccount:shop:builder DELETE /api/v1/namespaces/shop/secrets",
        "system:serviceaccount:shop:builder POST /apis/rbac.authorization.k8s.io/v1/namespaces/shop/roles",
        "system:serviceaccount:other:builder POST /apis/apps/v1/namespaces/shop/deployments",
        "x,dev GET /api/v1/pods",
        "x,dev GET /api/v1/secrets",
        "lost GET /api/v1/namespaces/shop/pods",
        "lost GET /api/v1/pods",
        "system:kube-scheduler POST /api/v1/namespaces/shop/pods/web/binding",
        "system:node:n1,system:nodes GET /api/v1/nodes/n2",
        "system:node:n1,system:nodes PATCH /api/v1/nodes/n1/status",
        "system:node:n1 PATCH /api/v1/nodes/n1/status",
    ] {
        text += &format!("{asked}\n  {}\n", say(&policy, asked, &Value::Null));
    }
    expect![[r#"
        kubernetes-admin,kubeadm:cluster-admins DELETE /api/v1/nodes/n1
          yes
        root,system:masters GET /anything
          yes
        system:anonymous,system:unauthenticated GET /livez
          yes
        system:anonymous,system:unauthenticated GET /
          Forbidden forbidden: User "system:anonymous" cannot get path "/"
        x,system:authenticated GET /apis/apps/v1
          yes
        x,system:authenticated GET /apis/apps/v1/deployments
          Forbidden deployments.apps is forbidden: User "x" cannot list resource "deployments" in API group "apps" at the cluster scope
        x,system:authenticated POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews
          yes
        jane GET /api/v1/namespaces/shop/pods
          yes
        jane GET /api/v1/namespaces/shop/pods/web/log
          yes
        jane GET /api/v1/namespaces/shop/pods true
          Forbidden pods is forbidden: User "jane" cannot watch resource "pods" in API group "" in the namespace "shop"
        jane GET /api/v1/namespaces/other/pods/web
          Forbidden pods "web" is forbidden: User "jane" cannot get resource "pods" in API group "" in the namespace "other"
        jane GET /api/v1/pods
          Forbidden pods is forbidden: User "jane" cannot list resource "pods" in API group "" at the cluster scope
        jane GET /api/v1/nodes/n1
          Forbidden nodes "n1" is forbidden: User "jane" cannot get resource "nodes" in API group "" at the cluster scope
        jane GET /apis/apps/v1/namespaces/shop/deployments/web
          yes
        jane GET /apis/apps/v1/namespaces/shop/deployments/db
          Forbidden deployments.apps "db" is forbidden: User "jane" cannot get resource "deployments" in API group "apps" in the namespace "shop"
        jane PATCH /apis/apps/v1/namespaces/shop/deployments/web/scale
          Forbidden deployments.apps "web" is forbidden: User "jane" cannot patch resource "deployments/scale" in API group "apps" in the namespace "shop"
        system:serviceaccount:shop:builder POST /apis/apps/v1/namespaces/shop/deployments
          yes
        system:serviceaccount:shop:builder DELETE /api/v1/namespaces/shop/secrets
          yes
        system:serviceaccount:shop:builder POST /apis/rbac.authorization.k8s.io/v1/namespaces/shop/roles
          Forbidden roles.rbac.authorization.k8s.io is forbidden: User "system:serviceaccount:shop:builder" cannot create resource "roles" in API group "rbac.authorization.k8s.io" in the namespace "shop"
        system:serviceaccount:other:builder POST /apis/apps/v1/namespaces/shop/deployments
          Forbidden deployments.apps is forbidden: User "system:serviceaccount:other:builder" cannot create resource "deployments" in API group "apps" in the namespace "shop"
        x,dev GET /api/v1/pods
          yes
        x,dev GET /api/v1/secrets
          Forbidden secrets is forbidden: User "x" cannot list resource "secrets" in API group "" at the cluster scope
        lost GET /api/v1/namespaces/shop/pods
          Forbidden pods is forbidden: User "lost" cannot list resource "pods" in API group "" in the namespace "shop": RBAC: [clusterrole.rbac.authorization.k8s.io "gone" not found, role.rbac.authorization.k8s.io "gone" not found]
        lost GET /api/v1/pods
          Forbidden pods is forbidden: User "lost" cannot list resource "pods" in API group "" at the cluster scope: RBAC: clusterrole.rbac.authorization.k8s.io "gone" not found
        system:kube-scheduler POST /api/v1/namespaces/shop/pods/web/binding
          yes
        system:node:n1,system:nodes GET /api/v1/nodes/n2
          Forbidden nodes "n2" is forbidden: User "system:node:n1" cannot get resource "nodes" in API group "" at the cluster scope: node 'n1' cannot read 'n2', only its own Node object
        system:node:n1,system:nodes PATCH /api/v1/nodes/n1/status
          yes
        system:node:n1 PATCH /api/v1/nodes/n1/status
          Forbidden nodes "n1" is forbidden: User "system:node:n1" cannot patch resource "nodes/status" in API group "" at the cluster scope
    "#]].assert_eq(&text);
}

#[test]
fn speaking_for_others_is_a_right_of_its_own() {
    let policy = policy(more());
    let mut text = String::new();
    let who = |name: &str, groups: &[&str]| json!({"username": name, "groups": groups});
    for (asked, wanted) in [
        ("sam GET /version", who("jane", &[])),
        ("sam GET /version", who("jane", &["dev"])),
        (
            "sam GET /version",
            who("jane", &["dev", "system:unauthenticated"]),
        ),
        ("sam GET /version", who("jane", &["system:masters"])),
        ("sam GET /version", who("system:anonymous", &[])),
        (
            "sam GET /version",
            who("system:serviceaccount:shop:builder", &[]),
        ),
        (
            "pat GET /version",
            who("system:serviceaccount:shop:builder", &["dev"]),
        ),
        (
            "pat GET /version",
            who("system:serviceaccount:other:builder", &[]),
        ),
        ("pat GET /version", who("jane", &[])),
        ("sam GET /api/v1/nodes", who("jane", &[])),
        ("sam GET /version", who("", &["dev", "ops"])),
        (
            "sam GET /version",
            json!({"uid": "7", "extra": {"scopes": ["a"]}}),
        ),
        (
            "sam GET /version",
            json!({"username": "jane", "extra": {"scopes": ["a"]}}),
        ),
        (
            "sam GET /version",
            json!({"username": "jane", "extra": {"other": ["a"]}}),
        ),
        ("sam GET /version", json!({"username": "jane", "uid": "7"})),
    ] {
        text += &format!("{asked} as {wanted}\n  {}\n", say(&policy, asked, &wanted));
    }
    expect![[r#"
        sam GET /version as {"groups":[],"username":"jane"}
          yes ["system:authenticated"]
        sam GET /version as {"groups":["dev"],"username":"jane"}
          yes ["dev","system:authenticated"]
        sam GET /version as {"groups":["dev","system:unauthenticated"],"username":"jane"}
          yes ["dev","system:unauthenticated"]
        sam GET /version as {"groups":["system:masters"],"username":"jane"}
          Forbidden groups "system:masters" is forbidden: User "sam" cannot impersonate resource "groups" in API group "" at the cluster scope
        sam GET /version as {"groups":[],"username":"system:anonymous"}
          yes ["system:unauthenticated"]
        sam GET /version as {"groups":[],"username":"system:serviceaccount:shop:builder"}
          yes ["system:serviceaccounts","system:serviceaccounts:shop","system:authenticated"]
        pat GET /version as {"groups":["dev"],"username":"system:serviceaccount:shop:builder"}
          Forbidden groups "dev" is forbidden: User "pat" cannot impersonate resource "groups" in API group "" at the cluster scope
        pat GET /version as {"groups":[],"username":"system:serviceaccount:other:builder"}
          Forbidden serviceaccounts "builder" is forbidden: User "pat" cannot impersonate resource "serviceaccounts" in API group "" in the namespace "other"
        pat GET /version as {"groups":[],"username":"jane"}
          Forbidden users "jane" is forbidden: User "pat" cannot impersonate resource "users" in API group "" at the cluster scope
        sam GET /api/v1/nodes as {"groups":[],"username":"jane"}
          Forbidden nodes is forbidden: User "jane" cannot list resource "nodes" in API group "" at the cluster scope
        sam GET /version as {"groups":["dev","ops"],"username":""}
          BadRequest requested [{Group  dev    } {Group  ops    }] without impersonating a user
        sam GET /version as {"extra":{"scopes":["a"]},"uid":"7"}
          BadRequest requested [{UserExtra  a  authentication.k8s.io/v1  scopes} {UID  7  authentication.k8s.io/v1  }] without impersonating a user
        sam GET /version as {"extra":{"scopes":["a"]},"username":"jane"}
          yes ["system:authenticated"]
        sam GET /version as {"extra":{"other":["a"]},"username":"jane"}
          Forbidden userextras.authentication.k8s.io "a" is forbidden: User "sam" cannot impersonate resource "userextras/other" in API group "authentication.k8s.io" at the cluster scope
        sam GET /version as {"uid":"7","username":"jane"}
          Forbidden uids.authentication.k8s.io "7" is forbidden: User "sam" cannot impersonate resource "uids" in API group "authentication.k8s.io" at the cluster scope
    "#]].assert_eq(&text);
}

#[test]
fn reviews_say_what_somebody_may() {
    let policy = policy(more());
    let mut text = String::new();
    let resource = |verb: &str, resource: &str, namespace: &str| {
        let (resource, group) = resource.split_once('.').unwrap_or((resource, ""));
        json!({"resourceAttributes": {"verb": verb, "group": group, "resource": resource, "namespace": namespace}})
    };
    let of = |user: &str, mut spec: Value| {
        spec["user"] = user.into();
        spec
    };
    let path =
        |verb: &str, path: &str| json!({"nonResourceAttributes": {"verb": verb, "path": path}});
    for (kind, spec) in [
        ("SelfSubjectAccessReview", resource("list", "pods", "shop")),
        (
            "SelfSubjectAccessReview",
            resource("delete", "pods", "shop"),
        ),
        ("SelfSubjectAccessReview", resource("*", "*.*", "")),
        ("SelfSubjectAccessReview", path("get", "/api")),
        ("SelfSubjectAccessReview", path("get", "/logs")),
        ("SelfSubjectAccessReview", json!({})),
        (
            "SubjectAccessReview",
            of("kubernetes-admin", resource("*", "*.*", "")),
        ),
        (
            "SubjectAccessReview",
            of(
                "root",
                json!({"groups": ["system:masters"], "nonResourceAttributes": {"verb": "get", "path": "/x"}}),
            ),
        ),
        (
            "SubjectAccessReview",
            of("lost", resource("get", "pods", "shop")),
        ),
        (
            "SubjectAccessReview",
            of(
                "system:serviceaccount:shop:builder",
                resource("create", "deployments.apps", "shop"),
            ),
        ),
        ("SubjectAccessReview", resource("get", "pods", "")),
        (
            "LocalSubjectAccessReview",
            of("jane", resource("list", "pods", "shop")),
        ),
        (
            "LocalSubjectAccessReview",
            of("jane", resource("list", "pods", "other")),
        ),
        ("LocalSubjectAccessReview", of("jane", path("get", "/api"))),
    ] {
        let object = json!({"kind": kind, "metadata": {"namespace": kind.starts_with('L').then_some("shop")}, "spec": spec});
        let asked = json!({"user": {"username": "jane", "groups": ["system:authenticated"]}, "namespace": "shop", "object": object});
        let answer = super::review(&policy, &asked);
        let said = match &answer["refused"] {
            Value::Null => answer["object"]["status"].to_string(),
            refused => super::text(&refused["message"]).into(),
        };
        text += &format!("{kind} {spec}\n  {said}\n");
    }
    expect![[r#"
        SelfSubjectAccessReview {"resourceAttributes":{"group":"","namespace":"shop","resource":"pods","verb":"list"}}
          {"allowed":true,"reason":"RBAC: allowed by RoleBinding \"read/shop\" of Role \"reader\" to User \"jane\""}
        SelfSubjectAccessReview {"resourceAttributes":{"group":"","namespace":"shop","resource":"pods","verb":"delete"}}
          {"allowed":false}
        SelfSubjectAccessReview {"resourceAttributes":{"group":"*","namespace":"","resource":"*","verb":"*"}}
          {"allowed":false}
        SelfSubjectAccessReview {"nonResourceAttributes":{"path":"/api","verb":"get"}}
          {"allowed":true,"reason":"RBAC: allowed by ClusterRoleBinding \"system:discovery\" of ClusterRole \"system:discovery\" to Group \"system:authenticated\""}
        SelfSubjectAccessReview {"nonResourceAttributes":{"path":"/logs","verb":"get"}}
          {"allowed":false}
        SelfSubjectAccessReview {}
          .authorization.k8s.io "" is invalid: spec.resourceAttributes: Invalid value: "null": exactly one of nonResourceAttributes or resourceAttributes must be specified
        SubjectAccessReview {"resourceAttributes":{"group":"*","namespace":"","resource":"*","verb":"*"},"user":"kubernetes-admin"}
          {"allowed":false}
        SubjectAccessReview {"groups":["system:masters"],"nonResourceAttributes":{"path":"/x","verb":"get"},"user":"root"}
          {"allowed":true}
        SubjectAccessReview {"resourceAttributes":{"group":"","namespace":"shop","resource":"pods","verb":"get"},"user":"lost"}
          {"allowed":false,"reason":"RBAC: [clusterrole.rbac.authorization.k8s.io \"gone\" not found, role.rbac.authorization.k8s.io \"gone\" not found]"}
        SubjectAccessReview {"resourceAttributes":{"group":"apps","namespace":"shop","resource":"deployments","verb":"create"},"user":"system:serviceaccount:shop:builder"}
          {"allowed":true,"reason":"RBAC: allowed by RoleBinding \"edit/shop\" of ClusterRole \"edit\" to ServiceAccount \"builder/shop\""}
        SubjectAccessReview {"resourceAttributes":{"group":"","namespace":"","resource":"pods","verb":"get"}}
          .authorization.k8s.io "" is invalid: spec.user: Invalid value: "": at least one of user or group must be specified
        LocalSubjectAccessReview {"resourceAttributes":{"group":"","namespace":"shop","resource":"pods","verb":"list"},"user":"jane"}
          {"allowed":true,"reason":"RBAC: allowed by RoleBinding \"read/shop\" of Role \"reader\" to User \"jane\""}
        LocalSubjectAccessReview {"resourceAttributes":{"group":"","namespace":"other","resource":"pods","verb":"list"},"user":"jane"}
          .authorization.k8s.io "" is invalid: spec.resourceAttributes.namespace: Invalid value: "other": must match metadata.namespace
        LocalSubjectAccessReview {"nonResourceAttributes":{"path":"/api","verb":"get"},"user":"jane"}
          .authorization.k8s.io "" is invalid: spec.nonResourceAttributes: Invalid value: {"Path":"/api","Verb":"get"}: disallowed on this kind of request
    "#]].assert_eq(&text);
}

#[test]
fn rules_and_names_can_be_asked_for() {
    let policy = policy(more());
    let say = |user: Value, object: Value| {
        let asked = json!({"user": user, "object": object, "time": "2026-01-01T00:00:00Z"});
        super::review(&policy, &asked).to_string()
    };
    let rules = |namespace: &str| json!({"kind": "SelfSubjectRulesReview", "metadata": {}, "spec": {"namespace": namespace}});
    let who = |name: &str, group: &str| json!({"username": name, "groups": [group]});
    let said = [
        say(who("jane", ""), rules("shop")),
        say(who("lost", ""), rules("shop")),
        say(who("x", "system:authenticated"), rules("other")),
        say(who("system:node:n1", "system:nodes"), rules("shop")),
        say(who("jane", ""), rules("")),
        say(
            json!({"username": "jane", "groups": ["a"], "uid": "7"}),
            json!({"kind": "SelfSubjectReview", "metadata": {}}),
        ),
    ];
    expect![[r#"
        {"object":{"kind":"SelfSubjectRulesReview","metadata":{},"spec":{},"status":{"incomplete":false,"nonResourceRules":[],"resourceRules":[{"apiGroups":[""],"resources":["pods","pods/log"],"verbs":["get","list"]},{"apiGroups":["apps"],"resourceNames":["web"],"resources":["deployments"],"verbs":["get"]}]}}}
        {"object":{"kind":"SelfSubjectRulesReview","metadata":{},"spec":{},"status":{"evaluationError":"[clusterrole.rbac.authorization.k8s.io \"gone\" not found, role.rbac.authorization.k8s.io \"gone\" not found]","incomplete":false,"nonResourceRules":[],"resourceRules":[]}}}
        {"object":{"kind":"SelfSubjectRulesReview","metadata":{},"spec":{},"status":{"incomplete":false,"nonResourceRules":[{"nonResourceURLs":["/api","/api/*","/apis","/apis/*","/healthz","/livez","/openapi","/openapi/*","/readyz","/version","/version/"],"verbs":["get"]},{"nonResourceURLs":["/healthz","/livez","/readyz","/version","/version/"],"verbs":["get"]}],"resourceRules":[{"apiGroups":["authorization.k8s.io"],"resources":["selfsubjectaccessreviews","selfsubjectrulesreviews"],"verbs":["create"]},{"apiGroups":["authentication.k8s.io"],"resources":["selfsubjectreviews"],"verbs":["create"]}]}}}
        {"object":{"kind":"SelfSubjectRulesReview","metadata":{},"spec":{},"status":{"evaluationError":"node authorizer does not support user rule resolution","incomplete":true,"nonResourceRules":[],"resourceRules":[{"apiGroups":["certificates.k8s.io"],"resources":["certificatesigningrequests/selfnodeclient"],"verbs":["create"]}]}}}
        {"refused":{"message":"no namespace on request","reason":"BadRequest"}}
        {"object":{"kind":"SelfSubjectReview","metadata":{"creationTimestamp":"2026-01-01T00:00:00Z"},"status":{"userInfo":{"groups":["a"],"uid":"7","username":"jane"}}}}"#]].assert_eq(&said.join("\n"));
}

#[test]
fn components_are_held_to_their_roles_by_who_they_are() {
    let policy = policy(json!([]));
    let mut said = String::new();
    for (actor, verb, group, resource, sub) in [
        ("deployment-controller", "create", "apps", "replicasets", ""),
        ("deployment-controller", "create", "", "pods", ""),
        ("replicaset-controller", "create", "", "pods", ""),
        ("replicaset-controller", "update", "", "pods", ""),
        (
            "replicationcontroller-controller",
            "update",
            "",
            "replicationcontrollers",
            "status",
        ),
        (
            "garbage-collector-controller",
            "delete",
            "apps",
            "replicasets",
            "",
        ),
        (
            "namespace-controller",
            "update",
            "",
            "namespaces",
            "finalize",
        ),
        (
            "serviceaccount-controller",
            "create",
            "",
            "serviceaccounts",
            "",
        ),
        (
            "root-ca-certificate-publisher-controller",
            "create",
            "",
            "configmaps",
            "",
        ),
        ("service-lb-controller", "update", "", "services", "status"),
        ("node-lifecycle-controller", "update", "", "nodes", ""),
        ("taint-eviction-controller", "delete", "", "pods", ""),
        (
            "pod-garbage-collector-controller",
            "update",
            "",
            "pods",
            "status",
        ),
        (
            "disruption-controller",
            "update",
            "policy",
            "poddisruptionbudgets",
            "status",
        ),
        ("endpoints-controller", "create", "", "endpoints", ""),
        (
            "endpointslice-controller",
            "delete",
            "discovery.k8s.io",
            "endpointslices",
            "",
        ),
        ("default-scheduler", "create", "", "pods", "binding"),
        ("default-scheduler", "delete", "", "nodes", ""),
        (
            "kube-controller-manager",
            "update",
            "coordination.k8s.io",
            "leases",
            "",
        ),
        ("kubelet node-1", "update", "", "pods", "status"),
        ("kubelet node-1", "delete", "", "nodes", ""),
        ("kube-proxy node-1", "delete", "", "pods", ""),
        ("kube-apiserver", "create", "x.io", "anything", ""),
    ] {
        let name = if resource == "leases" { actor } else { "web" };
        let asked = json!({
            "actor": actor, "verb": verb, "group": group, "resource": resource, "sub": sub, "namespace": "kube-system",
            "name": name,
        });
        let answer = authorize(&policy, &asked);
        if let Some(text) = answer["refused"]["message"].as_str() {
            said += &format!("{text}\n");
        }
    }
    expect![[r#"
        pods is forbidden: User "system:serviceaccount:kube-system:deployment-controller" cannot create resource "pods" in API group "" in the namespace "kube-system"
        nodes "web" is forbidden: User "system:kube-scheduler" cannot delete resource "nodes" in API group "" in the namespace "kube-system"
        nodes "web" is forbidden: User "system:node:node-1" cannot delete resource "nodes" in API group "" in the namespace "kube-system"
        pods "web" is forbidden: User "system:serviceaccount:kube-system:kube-proxy" cannot delete resource "pods" in API group "" in the namespace "kube-system"
    "#]].assert_eq(&said);
}
