//! What is odd about pods, and about the templates of them.
// upstream: pkg/api/pod/warnings.go

use podarium_api::names::dns1123_label_error;

use super::{claim_spec, fractional, node_expressions, old_label};
use crate::field::Field;

const NULL_SELECTOR: &str = "a null labelSelector results in matching no pod";
const SECCOMP_POD: &str = "seccomp.security.alpha.kubernetes.io/pod";
const SECCOMP: &str = "container.seccomp.security.alpha.kubernetes.io/";
const APP_ARMOR: &str = "container.apparmor.security.beta.kubernetes.io/";
const ANNOTATIONS: [(&str, &str); 3] = [
    (
        "scheduler.alpha.kubernetes.io/critical-pod",
        "non-functional in v1.16+; use the \"priorityClassName\" field instead",
    ),
    (
        "security.alpha.kubernetes.io/sysctls",
        "non-functional in v1.11+; use the \"sysctls\" field instead",
    ),
    (
        "security.alpha.kubernetes.io/unsafe-sysctls",
        "non-functional in v1.11+; use the \"sysctls\" field instead",
    ),
];
const VOLUMES: [(&str, &str, &str); 9] = [
    (
        "photonPersistentDisk",
        "photonPersistentDisk",
        "in v1.11, non-functional in v1.16+",
    ),
    ("gitRepo", "gitRepo", "in v1.11"),
    ("scaleIO", "scaleIO", "in v1.16, non-functional in v1.22+"),
    ("flocker", "flocker", "in v1.22, non-functional in v1.25+"),
    (
        "storageos",
        "storageOS",
        "in v1.22, non-functional in v1.25+",
    ),
    ("quobyte", "quobyte", "in v1.22, non-functional in v1.25+"),
    (
        "glusterfs",
        "glusterfs",
        "in v1.25, non-functional in v1.26+",
    ),
    ("cephfs", "cephfs", "in v1.28, non-functional in v1.31+"),
    ("rbd", "rbd", "in v1.28, non-functional in v1.31+"),
];

/// upstream: pkg/registry/core/pod/strategy.go WarningsOnCreate, WarningsOnUpdate
pub fn pod(pod: &Field, old: Option<&Field>, out: &mut Vec<String>) {
    if old.is_some() {
        return;
    }
    if let Some(why) = dns1123_label_error(pod.at("metadata.name").text()) {
        out.push(format!(
            "metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended: [{why}]"
        ));
    }
    spec_and_meta(pod, false, out);
}

/// upstream: pkg/registry/apps/deployment/strategy.go, pkg/registry/apps/replicaset/strategy.go
pub fn workload(object: &Field, old: Option<&Field>, out: &mut Vec<String>) {
    super::named_pods(object, old, out);
    template(object, old, out);
}

/// upstream: pkg/registry/core/replicationcontroller/strategy.go
pub fn replication_controller(object: &Field, old: Option<&Field>, out: &mut Vec<String>) {
    super::named_pods(object, old, out);
    if changed(object, old) {
        spec_and_meta(&object.at("spec.template").called("template"), true, out);
    }
}

/// Of the template below a spec that is new or was changed.
pub fn template(object: &Field, old: Option<&Field>, out: &mut Vec<String>) {
    if changed(object, old) {
        spec_and_meta(&object.at("spec.template"), true, out);
    }
}

/// upstream: pkg/registry/core/podtemplate/strategy.go
pub fn pod_template(object: &Field, _: Option<&Field>, out: &mut Vec<String>) {
    spec_and_meta(&object.get("template"), true, out);
}

fn changed(object: &Field, old: Option<&Field>) -> bool {
    old.is_none_or(|old| old.get("spec").value != object.get("spec").value)
}

/// upstream: warningsForPodSpecAndMeta
pub fn spec_and_meta(pod: &Field, template: bool, out: &mut Vec<String>) {
    let (spec, annotations) = (pod.get("spec"), pod.at("metadata.annotations"));
    nodes(&spec, out);
    for (key, why) in ANNOTATIONS {
        let annotation = annotations.key(key);
        if annotation.is_set() {
            out.push(format!("{}: {why}", annotation.path));
        }
    }
    volumes(&spec, out);
    twice(&spec.get("hostAliases"), "ip", out);
    let secrets = spec.get("imagePullSecrets");
    twice(&secrets, "name", out);
    for secret in secrets.items() {
        if secret.get("name").is_empty() {
            out.push(format!(
                "{}: invalid empty name \"\"",
                secret.get("name").path
            ));
        }
    }
    fractions(&spec.get("overhead"), out);
    let context = spec.get("securityContext");
    let seccomp = annotations.key(SECCOMP_POD);
    if seccomp.is_set() && !context.get("seccompProfile").is_set() {
        out.push(format!("{}: {NO_SECCOMP}", seccomp.path));
    }
    let confined = context.get("appArmorProfile").is_set();
    for container in containers(&spec) {
        self::container(&container, &annotations, template && !confined, out);
    }
    ports(&spec, out);
    let grace = spec.get("terminationGracePeriodSeconds");
    if grace.int() < 0 {
        out.push(format!(
            "{}: must be >= 0; negative values are invalid and will be treated as 1",
            grace.path
        ));
    }
    for kind in ["podAffinity", "podAntiAffinity"] {
        let kind = spec.get("affinity").get(kind);
        let required = kind.get("requiredDuringSchedulingIgnoredDuringExecution");
        let preferred = kind.get("preferredDuringSchedulingIgnoredDuringExecution");
        let terms = required.items();
        let terms = terms.chain(preferred.items().map(|t| t.get("podAffinityTerm")));
        for selector in terms.map(|t| t.get("labelSelector")) {
            if !selector.is_set() {
                out.push(format!("{}: {NULL_SELECTOR}", selector.path));
            }
        }
    }
}

const NO_SECCOMP: &str = "non-functional in v1.27+; use the \"seccompProfile\" field instead";

fn containers<'a>(spec: &Field<'a>) -> impl Iterator<Item = Field<'a>> + use<'a> {
    let lists = ["initContainers", "containers", "ephemeralContainers"];
    let lists = lists.map(|list| spec.get(list));
    lists.into_iter().flat_map(|list| list.items())
}

fn nodes(spec: &Field, out: &mut Vec<String>) {
    for (label, field) in spec.get("nodeSelector").entries() {
        out.extend(old_label(label).map(|why| format!("{}: {why}", field.path)));
    }
    let affinity = spec.at("affinity.nodeAffinity");
    let required = affinity.at("requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms");
    let preferred = affinity.get("preferredDuringSchedulingIgnoredDuringExecution");
    let terms = required.items();
    for term in terms.chain(preferred.items().map(|t| t.get("preference"))) {
        node_expressions(&term.get("matchExpressions"), out);
    }
    for constraint in spec.get("topologySpreadConstraints").items() {
        let (key, selector) = (
            constraint.get("topologyKey"),
            constraint.get("labelSelector"),
        );
        if let Some(why) = old_label(key.text()) {
            out.push(format!("{}: {} is {why}", key.path, key.text()));
        }
        if !selector.is_set() {
            out.push(format!("{}: {NULL_SELECTOR}", selector.path));
        }
    }
}

fn volumes(spec: &Field, out: &mut Vec<String>) {
    let mut tokens = Vec::new();
    for volume in spec.get("volumes").items() {
        for (kind, shown, since) in VOLUMES {
            if volume.get(kind).is_set() {
                out.push(format!("{}: deprecated {since}", volume.get(shown).path));
            }
        }
        claim_spec(&volume.at("ephemeral.volumeClaimTemplate.spec"), out);
        for source in volume.at("projected.sources").items() {
            let token = source.get("serviceAccountToken");
            if token.is_set() {
                tokens.push(token.get("path").text());
            }
        }
    }
    for volume in spec.get("volumes").items() {
        let projected = volume.get("projected");
        let place = projected.at("sources");
        let mut taken = |path: &Field, place: String| {
            if tokens.contains(&path.text()) {
                let path = path.text();
                out.push(format!(
                    "{place}: has duplicated path with ServiceAccountToken {path:?}"
                ));
            }
        };
        for source in projected.get("sources").items() {
            for (kind, shown) in [
                ("configMap", "configMap"),
                ("secret", "secrets"),
                ("downwardAPI", "downwardAPI"),
            ] {
                for (i, item) in source.get(kind).get("items").items().enumerate() {
                    taken(&item.get("path"), format!("{}.{shown}[{i}]", place.path));
                }
            }
            let bundle = source.get("clusterTrustBundle");
            if bundle.is_set() {
                let shown = format!("{}.ClusterTrustBundle", place.path);
                taken(&bundle.get("path"), shown);
            }
        }
    }
}

fn twice(list: &Field, name: &str, out: &mut Vec<String>) {
    let mut seen = Vec::new();
    for field in list.items().map(|item| item.get(name)) {
        if seen.contains(&field.text()) {
            out.push(format!(
                "{}: duplicate {name} {:?}",
                field.path,
                field.text()
            ));
        } else {
            seen.push(field.text());
        }
    }
}

/// Of a list of quantities, those of bytes that are none.
fn fractions(list: &Field, out: &mut Vec<String>) {
    for name in ["memory", "ephemeral-storage"] {
        fractional(&list.key(name), out);
    }
}

fn container(container: &Field, annotations: &Field, confined: bool, out: &mut Vec<String>) {
    let name = container.get("name").text();
    let context = container.get("securityContext");
    let seccomp = annotations.key(&[SECCOMP, name].concat());
    if seccomp.is_set() && !context.get("seccompProfile").is_set() {
        out.push(format!("{}: {NO_SECCOMP}", seccomp.path));
    }
    let armor = annotations.key(&[APP_ARMOR, name].concat());
    if confined && armor.is_set() && !context.get("appArmorProfile").is_set() {
        out.push(format!(
            "{}: deprecated since v1.30; use the \"appArmorProfile\" field instead",
            armor.path
        ));
    }
    for name in ["memory", "ephemeral-storage"] {
        for list in ["limits", "requests"] {
            fractional(&container.get("resources").get(list).key(name), out);
        }
    }
    let mut seen = Vec::new();
    for variable in container.get("env").items() {
        let (name, value) = (variable.get("name").text(), variable.get("value").text());
        if !seen.contains(&name) {
            seen.push(name);
            continue;
        }
        let reference = format!("$({name})");
        let kept = value.contains(&reference) && value != reference;
        if variable.get("valueFrom").is_set() || !kept {
            out.push(format!(
                "{}: hides previous definition of {name:?}, which may be dropped when using apply",
                variable.path
            ));
        }
    }
}

fn ports(spec: &Field, out: &mut Vec<String>) {
    let mut all: Vec<Field> = Vec::new();
    for port in containers(spec).flat_map(|c| c.get("ports").items()) {
        let (ip, host) = (port.get("hostIP").text(), port.get("hostPort").int());
        if !ip.is_empty() && host == 0 {
            let text = |name: &str| port.get(name).text();
            out.push(format!(
                "{}: hostIP set without hostPort: {{Name:{} HostPort:0 ContainerPort:{} Protocol:{} HostIP:{ip}}}",
                port.path,
                text("name"),
                port.get("containerPort").int(),
                text("protocol"),
            ));
        }
        let same = |other: &&Field| {
            ["containerPort", "protocol"]
                .iter()
                .all(|name| other.get(name).value == port.get(name).value)
        };
        for other in all.iter().filter(same) {
            let (ip2, host2) = (other.get("hostIP").text(), other.get("hostPort").int());
            let how = if (ip, host) == (ip2, host2) {
                "duplicate"
            } else if host == 0 || host2 == 0 {
                "overlapping"
            } else if host == host2 && ip.is_empty() != ip2.is_empty() {
                "dangerously ambiguous"
            } else {
                continue;
            };
            out.push(format!(
                "{}: {how} port definition with {}",
                port.path, other.path
            ));
        }
        all.push(port);
    }
}
