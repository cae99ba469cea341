//! Flow control: which requests wait for which, as every API server begins.
// upstream: staging/src/k8s.io/apiserver/pkg/apis/flowcontrol/bootstrap/default.go

use serde_json::{Value, json};

pub const VERSION: &str = "flowcontrol.apiserver.k8s.io/v1";

/// Name, shares, how much of them may be lent, queues, and of how many a flow may use: without queues, what finds no seat is
/// refused.
const LEVELS: [(&str, i64, i64, i64, i64); 7] = [
    ("catch-all", 5, 0, 0, 0),
    ("global-default", 20, 50, 128, 6),
    ("leader-election", 10, 0, 16, 4),
    ("node-high", 40, 25, 64, 6),
    ("system", 30, 33, 64, 6),
    ("workload-high", 40, 50, 128, 6),
    ("workload-low", 100, 90, 128, 6),
];

fn object(name: &str, spec: Value, status: Value) -> Value {
    json!({
        "metadata": {"name": name, "annotations": {"apf.kubernetes.io/autoupdate-spec": "true"}},
        "spec": spec, "status": status,
    })
}

pub fn levels() -> Vec<Value> {
    let exempt =
        json!({"type": "Exempt", "exempt": {"nominalConcurrencyShares": 0, "lendablePercent": 0}});
    let mut all = vec![object("exempt", exempt, json!({}))];
    for (name, shares, lendable, queues, hand) in LEVELS {
        let response = match queues {
            0 => json!({"type": "Reject"}),
            _ => {
                json!({"type": "Queue", "queuing": {"queues": queues, "handSize": hand, "queueLengthLimit": 50}})
            }
        };
        let limited = json!({
            "nominalConcurrencyShares": shares, "lendablePercent": lendable, "limitResponse": response,
        });
        let spec = json!({"type": "Limited", "limited": limited});
        all.push(object(name, spec, json!({})));
    }
    all
}

fn group(name: &str) -> Value {
    json!({"kind": "Group", "group": {"name": name}})
}

fn user(name: &str) -> Value {
    json!({"kind": "User", "user": {"name": name}})
}

/// A service account of kube-system.
fn account(name: &str) -> Value {
    json!({"kind": "ServiceAccount", "serviceAccount": {"name": name, "namespace": "kube-system"}})
}

/// Whatever is asked of a resource, by all who are meant.
fn resource(verbs: &[&str], group: &str, resources: &[&str], cluster: bool) -> Value {
    let mut rule = json!({
        "verbs": verbs, "apiGroups": [group], "resources": resources, "namespaces": ["*"],
    });
    if cluster {
        rule["clusterScope"] = true.into();
    }
    rule
}

fn paths(verb: &str, paths: &[&str]) -> Value {
    json!({"verbs": [verb], "nonResourceURLs": paths})
}

pub fn schemas(start: &str) -> Vec<Value> {
    const LOCK: [&str; 3] = ["get", "create", "update"];
    const MANAGER: &str = "system:kube-controller-manager";
    const SCHEDULER: &str = "system:kube-scheduler";
    let everybody = || {
        json!([
            group("system:unauthenticated"),
            group("system:authenticated")
        ])
    };
    let anything = || {
        (
            json!([resource(&["*"], "*", &["*"], true)]),
            json!([paths("*", &["*"])]),
        )
    };
    let rules = |rules: Value| (rules, Value::Null);
    let leases = || resource(&LOCK, "coordination.k8s.io", &["leases"], false);
    let health = (
        Value::Null,
        json!([paths("get", &["/healthz", "/readyz", "/livez"])]),
    );
    let nodes = json!([
        resource(&["*"], "", &["nodes", "nodes/status"], true),
        resource(&["*"], "coordination.k8s.io", &["leases"], false),
    ]);
    let schema = |name: &str,
                  level: &str,
                  precedence: i64,
                  by: &str,
                  subjects: Value,
                  (resources, paths): (Value, Value)| {
        let mut rule = json!({"subjects": subjects});
        for (field, rules) in [("resourceRules", resources), ("nonResourceRules", paths)] {
            if !rules.is_null() {
                rule[field] = rules;
            }
        }
        let mut spec = json!({
            "priorityLevelConfiguration": {"name": level}, "matchingPrecedence": precedence, "rules": [rule],
        });
        if !by.is_empty() {
            spec["distinguisherMethod"] = json!({"type": by});
        }
        // upstream: apiserver/pkg/util/flowcontrol/apf_controller.go syncOneFlowSchema
        let message = format!(
            "This FlowSchema references the PriorityLevelConfiguration object named {level:?} and it exists"
        );
        let condition = json!({
            "type": "Dangling", "status": "False", "reason": "Found", "message": message, "lastTransitionTime": start,
        });
        object(name, spec, json!({"conditions": [condition]}))
    };
    let (by_user, by_namespace) = ("ByUser", "ByNamespace");
    let elected = json!([user(MANAGER), user(SCHEDULER), account("*")]);
    let endpoints = json!([
        user(MANAGER),
        account("endpoint-controller"),
        account("endpointslicemirroring-controller"),
    ]);
    let endpoint_rules = rules(json!([resource(&LOCK, "", &["endpoints"], false)]));
    let masters = json!([group("system:masters")]);
    let kubelets = || json!([group("system:nodes")]);
    let accounts = json!([group("system:serviceaccounts")]);
    let (high, election) = ("workload-high", "leader-election");
    vec![
        schema("exempt", "exempt", 1, "", masters, anything()),
        schema("probes", "exempt", 2, "", everybody(), health),
        schema(
            "system-leader-election",
            election,
            100,
            by_user,
            elected,
            rules(json!([leases()])),
        ),
        schema(
            "endpoint-controller",
            high,
            150,
            by_user,
            endpoints,
            endpoint_rules,
        ),
        schema(
            "workload-leader-election",
            election,
            200,
            by_user,
            json!([account("*")]),
            rules(json!([leases()])),
        ),
        schema(
            "system-node-high",
            "node-high",
            400,
            by_user,
            kubelets(),
            rules(nodes),
        ),
        schema(
            "system-nodes",
            "system",
            500,
            by_user,
            kubelets(),
            anything(),
        ),
        schema(
            "kube-controller-manager",
            high,
            800,
            by_namespace,
            json!([user(MANAGER)]),
            anything(),
        ),
        schema(
            "kube-scheduler",
            high,
            800,
            by_namespace,
            json!([user(SCHEDULER)]),
            anything(),
        ),
        schema(
            "kube-system-service-accounts",
            high,
            900,
            by_namespace,
            json!([account("*")]),
            anything(),
        ),
        schema(
            "service-accounts",
            "workload-low",
            9_000,
            by_user,
            accounts,
            anything(),
        ),
        schema(
            "global-default",
            "global-default",
            9_900,
            by_user,
            everybody(),
            anything(),
        ),
        schema(
            "catch-all",
            "catch-all",
            10_000,
            by_user,
            everybody(),
            anything(),
        ),
    ]
}
