//! The roles and bindings that every cluster begins with, as text: as literals of values they would be 60 KB.
//!
//! A line begins with what it is: `=` a role (labelled to aggregate to the first word, aggregated from what follows `<`), `@` a
//! controller's role with its binding, `>` a binding of a role (`.` is its own name) to subjects, a space a rule of the role
//! above, `:` the namespace of what follows, `!` the end of upstream's own and the beginning of kubeadm's. A rule has verbs as
//! letters, groups (`-` is the core's, `/` says that paths follow), resources, and names where it has any; `E` is the one
//! about events that nearly everybody has. Subjects are users, groups and service accounts of `kube-system`.
// upstream: plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go, controller_policy.go, namespace_policy.go;
// cmd/kubeadm/app/phases/{kubeconfig,addons/dns,addons/proxy,bootstraptoken,kubelet,uploadconfig}

use serde_json::{Map, Value, json};

use super::aggregation;

const TEXT: &str = include_str!("policy.txt");

const VERBS: [(char, &str); 15] = [
    ('*', "*"),
    ('a', "approve"),
    ('c', "create"),
    ('d', "delete"),
    ('e', "escalate"),
    ('g', "get"),
    ('i', "impersonate"),
    ('l', "list"),
    ('p', "patch"),
    ('s', "sign"),
    ('t', "attest"),
    ('u', "update"),
    ('w', "watch"),
    ('x', "deletecollection"),
    ('y', "proxy"),
];

/// The objects, each after what it refers to.
pub fn objects() -> Value {
    let mut all = read();
    for name in ["view", "edit", "admin"] {
        let roles = all.iter().filter(|object| object["kind"] == "ClusterRole");
        let policy = json!({"ClusterRole": roles.collect::<Vec<_>>()});
        let rules = aggregation::gathered(&policy, &name.into());
        let role = all.iter_mut().find(|o| o["metadata"]["name"] == name);
        role.expect("the policy has these roles")["rules"] = rules;
    }
    all.into()
}

fn read() -> Vec<Value> {
    let mut all: Vec<Value> = Vec::new();
    let (mut namespace, mut upstreams, mut role) = ("", true, 0);
    for line in TEXT.lines() {
        let (mark, rest) = line.split_at(1);
        let object = |kind: &str, name: &str| {
            let mut meta = json!({"name": name});
            let mut kind = kind.to_owned();
            if namespace.is_empty() {
                kind.insert_str(0, "Cluster");
            } else {
                meta["namespace"] = namespace.into();
            }
            if upstreams {
                meta["labels"] = json!({"kubernetes.io/bootstrapping": "rbac-defaults"});
                meta["annotations"] =
                    json!({"rbac.authorization.kubernetes.io/autoupdate": "true"});
            }
            json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": kind, "metadata": meta})
        };
        let binding = |name: &str, role: &str, subjects: Value| {
            let mut binding = object("RoleBinding", name);
            let kind = if namespace.is_empty() {
                "ClusterRole"
            } else {
                "Role"
            };
            binding["roleRef"] = json!({"apiGroup": super::GROUP, "kind": kind, "name": role});
            if subjects[0].is_object() {
                binding["subjects"] = subjects;
            }
            binding
        };
        match mark {
            " " => {
                let rules = &mut all[role]["rules"];
                if rules.is_null() {
                    *rules = Value::Array(Vec::new());
                }
                rules
                    .as_array_mut()
                    .expect("rules are a list")
                    .push(rule(rest));
            }
            "=" => {
                let (name, aggregated) = rest.split_once(' ').unwrap_or((rest, ""));
                let (to, from) = aggregated.split_once('<').unwrap_or((aggregated, ""));
                let mut made = object("Role", name);
                made["rules"] = Value::Null;
                let label = |to: &str| format!("rbac.authorization.k8s.io/aggregate-to-{to}");
                if !to.is_empty() {
                    made["metadata"]["labels"][label(to)] = "true".into();
                }
                if !from.is_empty() {
                    let mut labels = Map::new();
                    labels.insert(label(from), "true".into());
                    made["aggregationRule"] =
                        json!({"clusterRoleSelectors": [{"matchLabels": labels}]});
                }
                role = all.len();
                all.push(made);
            }
            "@" => {
                let name = ["system:controller:", rest].concat();
                role = all.len();
                all.push(object("Role", &name));
                let subject = ["S", rest].concat();
                all.push(binding(
                    &name,
                    &name,
                    Value::Array(vec![self::subject(&subject)]),
                ));
            }
            ">" => {
                let mut words = rest.split(' ');
                let name = words.next().unwrap_or_default();
                let role = words.next().filter(|role| *role != ".");
                let subjects = words.map(subject).collect();
                all.push(binding(name, role.unwrap_or(name), subjects));
            }
            ":" => namespace = rest,
            _ => upstreams = false,
        }
    }
    all
}

/// What the Node authorizer lets every kubelet do; the role of the same rules is bound to nobody.
pub fn node_rules() -> Vec<Value> {
    let mut lines = TEXT.lines().skip_while(|line| *line != "=system:node");
    lines.next();
    let rules = lines.map_while(|line| line.strip_prefix(' '));
    rules.map(rule).collect()
}

fn subject(word: &str) -> Value {
    let (kind, name) = word.split_at(1);
    let kind = match kind {
        "S" => {
            return json!({"kind": "ServiceAccount", "name": name, "namespace": "kube-system"});
        }
        "G" => "Group",
        _ => "User",
    };
    json!({"apiGroup": super::GROUP, "kind": kind, "name": name})
}

fn rule(text: &str) -> Value {
    let text = if text == "E" {
        "cpu -,events.k8s.io events"
    } else {
        text
    };
    let mut words = text.split(' ');
    let mut next = || words.next().unwrap_or_default();
    let letters = next();
    let verbs = letters.chars().filter_map(|letter| {
        let verb = VERBS.iter().find(|(known, _)| *known == letter);
        verb.map(|(_, verb)| Value::from(*verb))
    });
    let list = |words: &str| -> Value {
        let words = words
            .split(',')
            .map(|word| if word == "-" { "" } else { word });
        words.map(Value::from).collect()
    };
    let mut rule = json!({"verbs": verbs.collect::<Vec<_>>()});
    let (groups, resources, names) = (next(), next(), next());
    if groups == "/" {
        rule["nonResourceURLs"] = list(resources);
        return rule;
    }
    rule["apiGroups"] = list(groups);
    rule["resources"] = list(resources);
    if !names.is_empty() {
        rule["resourceNames"] = list(names);
    }
    rule
}

#[cfg(test)]
mod tests {
    use super::super::items;
    use super::*;
    use expect_test::expect;

    #[test]
    fn the_text_reads_as_upstreams_objects() {
        let all = objects();
        let mut text = String::new();
        for (kind, name) in [
            ("ClusterRole", "cluster-admin"),
            ("ClusterRole", "edit"),
            ("ClusterRole", "system:controller:ttl-controller"),
            ("ClusterRoleBinding", "system:controller:ttl-controller"),
            ("ClusterRoleBinding", "system:node"),
            ("RoleBinding", "system::leader-locking-kube-scheduler"),
            ("Role", "kubeadm:kubelet-config"),
            ("ClusterRoleBinding", "kubeadm:cluster-admins"),
        ] {
            let mut of = items(&all).iter();
            let found = of.find(|o| o["kind"] == kind && o["metadata"]["name"] == name);
            let mut object = found.unwrap().clone();
            let rules = object["rules"].take();
            text += &format!("{object}\n");
            let rules = items(&rules).iter().take(3);
            text.extend(rules.map(|rule| format!("  {rule}\n")));
        }
        expect![[r#"
            {"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRole","metadata":{"annotations":{"rbac.authorization.kubernetes.io/autoupdate":"true"},"labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"cluster-admin"},"rules":null}
              {"apiGroups":["*"],"resources":["*"],"verbs":["*"]}
              {"nonResourceURLs":["*"],"verbs":["*"]}
            {"aggregationRule":{"clusterRoleSelectors":[{"matchLabels":{"rbac.authorization.k8s.io/aggregate-to-edit":"true"}}]},"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRole","metadata":{"annotations":{"rbac.authorization.kubernetes.io/autoupdate":"true"},"labels":{"kubernetes.io/bootstrapping":"rbac-defaults","rbac.authorization.k8s.io/aggregate-to-admin":"true"},"name":"edit"},"rules":null}
              {"apiGroups":[""],"resources":["pods/attach","pods/exec","pods/portforward","pods/proxy","secrets","services/proxy"],"verbs":["get","list","watch"]}
              {"apiGroups":[""],"resources":["serviceaccounts"],"verbs":["impersonate"]}
              {"apiGroups":[""],"resources":["pods","pods/attach","pods/exec","pods/portforward","pods/proxy"],"verbs":["create","delete","deletecollection","patch","update"]}
            {"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRole","metadata":{"annotations":{"rbac.authorization.kubernetes.io/autoupdate":"true"},"labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:ttl-controller"},"rules":null}
              {"apiGroups":[""],"resources":["nodes"],"verbs":["list","patch","update","watch"]}
              {"apiGroups":["","events.k8s.io"],"resources":["events"],"verbs":["create","patch","update"]}
            {"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRoleBinding","metadata":{"annotations":{"rbac.authorization.kubernetes.io/autoupdate":"true"},"labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:controller:ttl-controller"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"system:controller:ttl-controller"},"rules":null,"subjects":[{"kind":"ServiceAccount","name":"ttl-controller","namespace":"kube-system"}]}
            {"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRoleBinding","metadata":{"annotations":{"rbac.authorization.kubernetes.io/autoupdate":"true"},"labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system:node"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"system:node"},"rules":null}
            {"apiVersion":"rbac.authorization.k8s.io/v1","kind":"RoleBinding","metadata":{"annotations":{"rbac.authorization.kubernetes.io/autoupdate":"true"},"labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"name":"system::leader-locking-kube-scheduler","namespace":"kube-system"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"Role","name":"system::leader-locking-kube-scheduler"},"rules":null,"subjects":[{"apiGroup":"rbac.authorization.k8s.io","kind":"User","name":"system:kube-scheduler"},{"kind":"ServiceAccount","name":"kube-scheduler","namespace":"kube-system"}]}
            {"apiVersion":"rbac.authorization.k8s.io/v1","kind":"Role","metadata":{"name":"kubeadm:kubelet-config","namespace":"kube-system"},"rules":null}
              {"apiGroups":[""],"resourceNames":["kubelet-config"],"resources":["configmaps"],"verbs":["get"]}
            {"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRoleBinding","metadata":{"name":"kubeadm:cluster-admins"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"cluster-admin"},"rules":null,"subjects":[{"apiGroup":"rbac.authorization.k8s.io","kind":"Group","name":"kubeadm:cluster-admins"}]}
        "#]].assert_eq(&text);
    }

    #[test]
    fn every_letter_is_a_verb_and_every_binding_has_its_role() {
        let all = objects();
        let all = all.as_array().unwrap();
        let name = |o: &Value| {
            (
                o["kind"].clone(),
                o["metadata"]["namespace"].clone(),
                o["metadata"]["name"].clone(),
            )
        };
        for object in all {
            for rule in object["rules"].as_array().into_iter().flatten() {
                let verbs = rule["verbs"].as_array().unwrap();
                let mut sorted = verbs.clone();
                sorted.sort_by_key(|verb| verb.as_str().unwrap().to_owned());
                assert_eq!(*verbs, sorted, "{object}");
                assert!(!verbs.is_empty(), "{object}");
            }
            if object["roleRef"].is_object() {
                let role = &object["roleRef"];
                let wanted = (
                    role["kind"].clone(),
                    object["metadata"]["namespace"].clone(),
                    role["name"].clone(),
                );
                assert!(all.iter().any(|o| name(o) == wanted), "{object}");
            }
            assert_eq!(
                all.iter().filter(|o| name(o) == name(object)).count(),
                1,
                "{object}"
            );
        }
        let letters: usize = TEXT
            .lines()
            .filter(|l| l.starts_with(' ') && *l != " E")
            .map(|l| l[1..].split(' ').next().unwrap().len())
            .sum();
        let all = read();
        let verbs: usize = all
            .iter()
            .flat_map(|o| o["rules"].as_array().into_iter().flatten())
            .map(|r| r["verbs"].as_array().unwrap().len())
            .sum();
        assert_eq!(
            letters + 3 * TEXT.lines().filter(|l| *l == " E").count(),
            verbs
        );
    }
}
