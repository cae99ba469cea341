//! Values as Go prints those of upstream's own types, which know nothing of the names in JSON.
// upstream: staging/src/k8s.io/apimachinery/pkg/util/validation/field/errors.go ErrorBody

mod diff;

use std::fmt::Write;

use serde_json::{Map, Value};

pub use diff::diff;

/// What the types are called and made of, see there.
const TYPES: &str = include_str!("types.txt");

/// Fields that stand beside the security context, and in upstream's own type within it.
const HOST: [&str; 5] = [
    "hostNetwork",
    "hostPID",
    "hostIPC",
    "shareProcessNamespace",
    "hostUsers",
];

/// A value of that type, or each of a list of such.
pub fn shown(type_: &str, value: &Value) -> String {
    let mut out = String::new();
    print(type_, value, &mut out);
    // upstream: encoding/json HTMLEscape
    for (mark, escaped) in [('<', "\\u003c"), ('>', "\\u003e"), ('&', "\\u0026")] {
        if out.contains(mark) {
            out = out.replace(mark, escaped);
        }
    }
    out
}

fn print(type_: &str, value: &Value, out: &mut String) {
    match value {
        Value::Array(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                out.push_str(if i > 0 { "," } else { "" });
                print(type_, item, out);
            }
            out.push(']');
        }
        Value::Object(fields) if type_ == "PodSpec" => object(type_, &own_spec(fields), out),
        Value::Object(fields) if !type_.is_empty() => object(type_, fields, out),
        value => write!(out, "{value}").expect("text takes all"),
    }
}

/// A pod's spec as upstream's own type has it.
fn own_spec(fields: &Map<String, Value>) -> Map<String, Value> {
    let mut spec = fields.clone();
    let moved = HOST.map(|name| (name, spec.remove(name)));
    let moved: Vec<_> = moved
        .into_iter()
        .filter_map(|(name, v)| Some((name, v?)))
        .collect();
    if !moved.is_empty() || spec.contains_key("securityContext") {
        let context = spec
            .entry("securityContext")
            .or_insert(Value::Object(Map::new()));
        for (name, value) in moved {
            context[name] = value;
        }
    }
    spec
}

fn object(type_: &str, fields: &Map<String, Value>, out: &mut String) {
    out.push('{');
    let start = out.len();
    members(type_, fields, start, out);
    out.push('}');
}

fn members(type_: &str, fields: &Map<String, Value>, start: usize, out: &mut String) {
    for field in members_of(type_) {
        if field.mark == Some('+') {
            // In JSON the metadata stands by itself.
            let own = fields.get("metadata").and_then(Value::as_object);
            let own = own.filter(|_| field.type_ == "ObjectMeta");
            members(field.type_, own.unwrap_or(fields), start, out);
            continue;
        }
        let value = fields.get(&field.json).filter(|v| !v.is_null());
        let left_out = field.name.starts_with(|c: char| c.is_ascii_lowercase());
        if left_out && value.is_none() {
            continue;
        }
        if out.len() > start {
            out.push(',');
        }
        write!(out, "{:?}:", field.name).expect("text takes all");
        match (value, field.mark) {
            (Some(value), _) => print(field.type_, value, out),
            (None, Some('#')) => out.push('0'),
            (None, Some('?')) => out.push_str("false"),
            (None, Some('$')) => out.push_str("\"0\""),
            (None, Some('*')) => out.push_str("null"),
            (None, Some('=')) => object(field.type_, &Map::new(), out),
            (None, _) => out.push_str("\"\""),
        }
    }
}

/// One field of a type.
struct Member {
    /// In Go, or in JSON where upstream's type has that.
    name: &'static str,
    json: String,
    /// What it is where it is not there.
    mark: Option<char>,
    /// The type of the value; empty where it is plain.
    type_: &'static str,
}

fn members_of(type_: &str) -> impl Iterator<Item = Member> {
    let mut lines = TYPES.lines().filter(|line| !line.starts_with('#'));
    let line = lines.find(|line| line.split(' ').next() == Some(type_));
    let fields = line.expect("the table has every type that it names");
    fields.split(' ').skip(1).map(member)
}

fn member(text: &'static str) -> Member {
    if let Some(type_) = text.strip_prefix('+') {
        let (name, json) = ("", String::new());
        let mark = Some('+');
        return Member {
            name,
            json,
            mark,
            type_,
        };
    }
    let end = text.find(['#', '?', '$', '*', '=']).unwrap_or(text.len());
    let (called, rest) = text.split_at(end);
    let (name, json) = match called.split_once('/') {
        Some((name, json)) => (name, json.to_owned()),
        None => (called, in_json(called)),
    };
    Member {
        name,
        json,
        mark: rest.chars().next(),
        type_: rest.get(1..).unwrap_or_default(),
    }
}

/// How a field is called in JSON, where nothing else is said: `FSGroup` is `fsGroup`.
fn in_json(name: &str) -> String {
    let upper = name.bytes().take_while(u8::is_ascii_uppercase).count();
    let small = match upper {
        all if all == name.len() => all,
        0 | 1 => upper,
        more => more - 1,
    };
    [&name[..small].to_ascii_lowercase(), &name[small..]].concat()
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use podarium_api::schema::{Shape, Wrap, schema};
    use serde_json::json;

    use super::*;

    #[test]
    fn the_table_has_the_fields_of_its_types_and_no_others() {
        let mut wrong = Vec::new();
        for line in TYPES.lines().filter(|line| !line.starts_with('#')) {
            let type_ = line.split(' ').next().unwrap();
            let (parts, mut members): (Vec<Member>, Vec<Member>) =
                members_of(type_).partition(|member| member.mark == Some('+'));
            let parts = parts.iter().filter(|part| part.type_ != "ObjectMeta");
            members.extend(parts.flat_map(|part| members_of(part.type_)));
            let Some(known) = schema().named(type_) else {
                // A part of its spec in JSON.
                assert_eq!(type_, "PersistentVolumeSource");
                continue;
            };
            let fields = &known.fields;
            let elsewhere = |name: &str| {
                HOST.contains(&name) || ["metadata", "selfLink", "serviceAccount"].contains(&name)
            };
            for field in fields.iter().filter(|field| !elsewhere(field.name)) {
                let member = members.iter().find(|m| m.json == field.name);
                let in_go = member.is_some_and(|m| m.name.starts_with(char::is_uppercase));
                let mark = member.and_then(|m| m.mark);
                let fits = match field.shape {
                    _ if !in_go => member.is_some(),
                    _ if field.wrap != Wrap::One && mark != Some('*') => false,
                    Shape::Object(id) => member.unwrap().type_ == schema().get(id).name,
                    Shape::Bool => matches!(mark, Some('?' | '*')),
                    Shape::String => matches!(mark, None | Some('*')),
                    Shape::Quantity => matches!(mark, Some('$' | '*')),
                    _ => matches!(mark, Some('#' | '*')),
                };
                if !fits {
                    wrong.push(format!("{type_} {}", field.name));
                }
            }
            let known = |name: &str| HOST.contains(&name) || fields.iter().any(|f| f.name == name);
            let extra = members.iter().filter(|member| !known(&member.json));
            wrong.extend(extra.map(|member| format!("{type_} {} is not there", member.json)));
        }
        assert_eq!(wrong, Vec::<String>::new());
    }

    #[test]
    fn names_in_json_follow_from_those_in_go() {
        for (go, json) in [
            ("FSGroup", "fsGroup"),
            ("SELinuxOptions", "seLinuxOptions"),
            ("DownwardAPI", "downwardAPI"),
            ("TTY", "tty"),
            ("DNSPolicy", "dnsPolicy"),
            ("Name", "name"),
        ] {
            assert_eq!(in_json(go), json);
        }
    }

    #[test]
    fn a_template_as_upstreams_server_prints_it() {
        let template = json!({
            "metadata": {"labels": {"job-name": "pi"}},
            "spec": {
                "containers": [{"name": "pi", "image": "perl", "resources": {}, "env": [{"name": "A", "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "spec.nodeName"}}}]}],
                "restartPolicy": "Never", "securityContext": {}, "hostPID": true, "serviceAccount": "x", "serviceAccountName": "x",
                "volumes": [{"name": "v", "configMap": {"name": "c", "defaultMode": 420}}],
                "tolerations": [{"operator": "Exists"}],
            },
        });
        expect![[r#"{"labels":{"job-name":"pi"},"Spec":{"Volumes":[{"Name":"v","HostPath":null,"EmptyDir":null,"GCEPersistentDisk":null,"AWSElasticBlockStore":null,"GitRepo":null,"Secret":null,"NFS":null,"ISCSI":null,"Glusterfs":null,"PersistentVolumeClaim":null,"RBD":null,"Quobyte":null,"FlexVolume":null,"Cinder":null,"CephFS":null,"Flocker":null,"DownwardAPI":null,"FC":null,"AzureFile":null,"ConfigMap":{"Name":"c","Items":null,"DefaultMode":420,"Optional":null,"DefaultUser":null},"VsphereVolume":null,"AzureDisk":null,"PhotonPersistentDisk":null,"Projected":null,"PortworxVolume":null,"ScaleIO":null,"StorageOS":null,"CSI":null,"Ephemeral":null,"Image":null}],"InitContainers":null,"Containers":[{"Name":"pi","Image":"perl","Command":null,"Args":null,"WorkingDir":"","Ports":null,"EnvFrom":null,"Env":[{"Name":"A","Value":"","ValueFrom":{"FieldRef":{"APIVersion":"v1","FieldPath":"spec.nodeName"},"ResourceFieldRef":null,"ConfigMapKeyRef":null,"SecretKeyRef":null,"FileKeyRef":null}}],"Resources":{"Limits":null,"Requests":null,"Claims":null},"ResizePolicy":null,"RestartPolicy":null,"RestartPolicyRules":null,"VolumeMounts":null,"VolumeDevices":null,"LivenessProbe":null,"ReadinessProbe":null,"StartupProbe":null,"Lifecycle":null,"TerminationMessagePath":"","TerminationMessagePolicy":"","ImagePullPolicy":"","SecurityContext":null,"Stdin":false,"StdinOnce":false,"TTY":false}],"EphemeralContainers":null,"RestartPolicy":"Never","TerminationGracePeriodSeconds":null,"ActiveDeadlineSeconds":null,"DNSPolicy":"","NodeSelector":null,"ServiceAccountName":"x","AutomountServiceAccountToken":null,"NodeName":"","SecurityContext":{"HostNetwork":false,"HostPID":true,"HostIPC":false,"ShareProcessNamespace":null,"HostUsers":null,"SELinuxOptions":null,"WindowsOptions":null,"RunAsUser":null,"RunAsGroup":null,"RunAsNonRoot":null,"SupplementalGroups":null,"SupplementalGroupsPolicy":null,"FSGroup":null,"FSGroupChangePolicy":null,"Sysctls":null,"SeccompProfile":null,"AppArmorProfile":null,"SELinuxChangePolicy":null},"ImagePullSecrets":null,"Hostname":"","Subdomain":"","SetHostnameAsFQDN":null,"Affinity":null,"SchedulerName":"","Tolerations":[{"Key":"","Operator":"Exists","Value":"","Effect":"","TolerationSeconds":null}],"HostAliases":null,"PriorityClassName":"","Priority":null,"PreemptionPolicy":null,"DNSConfig":null,"ReadinessGates":null,"RuntimeClassName":null,"Overhead":null,"EnableServiceLinks":null,"TopologySpreadConstraints":null,"OS":null,"SchedulingGates":null,"ResourceClaims":null,"Resources":null,"HostnameOverride":null,"SchedulingGroup":null,"EvictionResponders":null}}"#]].assert_eq(&shown("PodTemplateSpec", &template));
    }
}
