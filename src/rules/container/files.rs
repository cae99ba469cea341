//! The files of a container: the image's, those of its volumes, and what was written since.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::image::Image;
use super::{own, spec};
use crate::{shell, text};

/// A volume in a container.
struct Mount<'a> {
    /// Where, without a slash at the end.
    path: &'a str,
    /// Below which path of the volume; empty for all of it.
    sub: String,
    volume: &'a Value,
    read_only: bool,
}

/// What a path without a volume belongs to.
fn root(facts: &Value) -> String {
    format!("run/{}", own(facts)["run"])
}

/// Where what is written to a volume is kept; none for one that cannot be written to.
fn place(facts: &Value, volume: &Value) -> Option<String> {
    let meta = &facts["pod"]["metadata"];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    for kind in ["configMap", "secret", "projected", "downwardAPI", "image"] {
        if !volume[kind].is_null() {
            return None;
        }
    }
    if let Some(claim) = volume["persistentVolumeClaim"]["claimName"].as_str() {
        let object = &facts["objects"][format!("PersistentVolumeClaim/{claim}")];
        return Some(format!("claim/{}", text(&object["metadata"]["uid"])));
    }
    if let Some(path) = volume["hostPath"]["path"].as_str() {
        return Some(format!("node/{}{path}", text(&facts["node"])));
    }
    Some(format!(
        "pod/{}/{}",
        text(&meta["uid"]),
        text(&volume["name"])
    ))
}

/// The volumes of the container, the deepest first.
fn mounts<'a>(facts: &'a Value, container: &'a Value) -> Vec<Mount<'a>> {
    let pod = &facts["pod"]["spec"];
    let volumes = pod["volumes"].as_array();
    let all = container["volumeMounts"].as_array().into_iter().flatten();
    let mut mounts: Vec<Mount> = all
        .filter_map(|mount| {
            let mut volumes = volumes.into_iter().flatten();
            Some(Mount {
                path: mount["mountPath"].as_str()?.trim_end_matches('/'),
                sub: mount["subPath"]
                    .as_str()
                    .unwrap_or_default()
                    .trim_matches('/')
                    .into(),
                volume: volumes.find(|volume| volume["name"] == mount["name"])?,
                read_only: mount["readOnly"] == true,
            })
        })
        .collect();
    mounts.sort_by_key(|mount| std::cmp::Reverse(mount.path.len()));
    mounts
}

/// What of a path lies below a mount: empty for the mount itself.
fn below<'a>(path: &'a str, mount: &str) -> Option<&'a str> {
    let rest = path.strip_prefix(mount)?;
    match rest.strip_prefix('/') {
        Some(rest) => Some(rest),
        None => rest.is_empty().then_some(""),
    }
}

/// The files of the container, as the shell takes them: texts by path, null for a directory.
pub fn known(facts: &Value, image: &Image) -> Value {
    let container = spec(
        &facts["pod"],
        facts["container"].as_str().unwrap_or_default(),
    );
    let mounts = mounts(facts, container);
    let mut all: BTreeMap<String, Value> = BTreeMap::new();
    for (path, text) in image.files().into_iter().chain(usual(facts)) {
        if !mounts.iter().any(|mount| below(path, mount.path).is_some()) {
            all.insert(path.into(), text.into());
        }
    }
    overlay(&mut all, "", &facts["left"][root(facts)], "");
    // The outermost first, so that what is mounted inside it comes on top.
    for mount in mounts.iter().rev() {
        let files = volume_files(facts, mount.volume);
        all.retain(|path, _| below(path, mount.path).is_none());
        match files.get(&mount.sub).filter(|_| !mount.sub.is_empty()) {
            // A single file of the volume.
            Some(text) => drop(all.insert(mount.path.into(), text.clone())),
            None => {
                all.insert(mount.path.into(), Value::Null);
                for (name, text) in &files {
                    if let Some(rest) = inside(name, &mount.sub) {
                        all.insert(format!("{}/{rest}", mount.path), text.clone());
                    }
                }
            }
        }
        if let Some(place) = place(facts, mount.volume) {
            overlay(&mut all, mount.path, &facts["left"][place], &mount.sub);
        }
    }
    Value::Object(all.into_iter().collect())
}

/// What of a volume's path lies below a sub-path.
fn inside<'a>(name: &'a str, sub: &str) -> Option<&'a str> {
    match sub {
        "" => Some(name),
        sub => below(name, sub).filter(|rest| !rest.is_empty()),
    }
}

/// Puts what was written on top.
fn overlay(all: &mut BTreeMap<String, Value>, mount: &str, left: &Value, sub: &str) {
    for (name, now) in left.as_object().into_iter().flatten() {
        let Some(rest) = inside(name.trim_start_matches('/'), sub) else {
            continue;
        };
        let path = format!("{mount}/{rest}");
        match now {
            Value::Null => drop(all.remove(&path)),
            Value::Object(_) => drop(all.insert(path, Value::Null)),
            text => drop(all.insert(path, text.clone())),
        }
    }
}

/// The files that a kubelet writes for every container.
fn usual(facts: &Value) -> [(&'static str, String); 3] {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (meta, ip) = (&facts["pod"]["metadata"], text(&facts["ip"]));
    let host = text(&own(facts)["env"]["HOSTNAME"]);
    let namespace = text(&meta["namespace"]);
    let spec = &facts["pod"]["spec"];
    let mut hosts = String::from(
        "# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\nfe00::0\tip6-localnet\n\
         fe00::0\tip6-mcastprefix\nfe00::1\tip6-allnodes\nfe00::2\tip6-allrouters\n",
    );
    let domain = match spec["subdomain"].as_str().filter(|d| !d.is_empty()) {
        Some(domain) => format!("{host}.{domain}.{namespace}.svc.cluster.local\t"),
        None => String::new(),
    };
    hosts += &format!("{ip}\t{domain}{host}\n");
    let aliases = spec["hostAliases"].as_array();
    if let Some(aliases) = aliases.filter(|all| !all.is_empty()) {
        hosts += "\n# Entries added by HostAliases.\n";
        for alias in aliases {
            let names = alias["hostnames"].as_array().into_iter().flatten();
            let names: Vec<&str> = names.filter_map(Value::as_str).collect();
            hosts += &format!("{}\t{}\n", text(&alias["ip"]), names.join("\t"));
        }
    }
    [
        ("/etc/hostname", format!("{host}\n")),
        ("/etc/hosts", hosts),
        ("/etc/resolv.conf", resolv_conf(spec, &namespace)),
    ]
}

/// upstream: pkg/kubelet/network/dns/dns.go GetPodDNS
fn resolv_conf(spec: &Value, namespace: &str) -> String {
    let policy = spec["dnsPolicy"].as_str().unwrap_or("ClusterFirst");
    let outside = policy == "Default" || (policy == "ClusterFirst" && spec["hostNetwork"] == true);
    let (mut servers, mut search, mut options) = match policy {
        "None" => (Vec::new(), Vec::new(), Vec::new()),
        _ if outside => (vec!["192.0.2.53".to_owned()], Vec::new(), Vec::new()),
        _ => (
            vec!["10.96.0.10".to_owned()],
            vec![
                format!("{namespace}.svc.cluster.local"),
                "svc.cluster.local".into(),
                "cluster.local".into(),
            ],
            vec!["ndots:5".to_owned()],
        ),
    };
    let more = &spec["dnsConfig"];
    let list = |name: &str| {
        let all = more[name].as_array().into_iter().flatten();
        all.filter_map(Value::as_str).map(String::from).collect()
    };
    let (more_servers, more_search): (Vec<String>, Vec<String>) =
        (list("nameservers"), list("searches"));
    servers.extend(more_servers);
    search.extend(more_search);
    for option in more["options"].as_array().into_iter().flatten() {
        let name = option["name"].as_str().unwrap_or_default();
        options.retain(|known| known.split(':').next() != Some(name));
        options.push(match option["value"].as_str() {
            Some(value) => format!("{name}:{value}"),
            None => name.into(),
        });
    }
    let mut out = String::new();
    if !search.is_empty() {
        out += &format!("search {}\n", search.join(" "));
    }
    for server in servers {
        out += &format!("nameserver {server}\n");
    }
    if !options.is_empty() {
        out += &format!("options {}\n", options.join(" "));
    }
    out
}

/// The files of a volume that objects or the pod itself give, by their path in it.
fn volume_files(facts: &Value, volume: &Value) -> BTreeMap<String, Value> {
    let mut files = BTreeMap::new();
    if volume["configMap"].is_object() {
        let name = &volume["configMap"]["name"];
        data(
            facts,
            "ConfigMap",
            name,
            &volume["configMap"]["items"],
            &mut files,
        );
    }
    if volume["secret"].is_object() {
        let name = &volume["secret"]["secretName"];
        data(
            facts,
            "Secret",
            name,
            &volume["secret"]["items"],
            &mut files,
        );
    }
    if volume["downwardAPI"].is_object() {
        downward(facts, &volume["downwardAPI"]["items"], &mut files);
    }
    let sources = volume["projected"]["sources"].as_array();
    for source in sources.into_iter().flatten() {
        for (field, kind) in [("configMap", "ConfigMap"), ("secret", "Secret")] {
            if source[field].is_object() {
                let (name, items) = (&source[field]["name"], &source[field]["items"]);
                data(facts, kind, name, items, &mut files);
            }
        }
        downward(facts, &source["downwardAPI"]["items"], &mut files);
        if let Some(path) = source["serviceAccountToken"]["path"].as_str() {
            files.insert(path.into(), token(facts).into());
        }
    }
    files
}

/// A token that says whose it is and that nobody takes for a good one.
fn token(facts: &Value) -> String {
    let pod = &facts["pod"];
    let (namespace, account) = (
        pod["metadata"]["namespace"].as_str().unwrap_or_default(),
        pod["spec"]["serviceAccountName"]
            .as_str()
            .unwrap_or("default"),
    );
    let part = |value: Value| {
        let text = shell::to_base64(value.to_string().as_bytes());
        text.trim_end_matches('=')
            .replace('+', "-")
            .replace('/', "_")
    };
    let head = part(json!({"alg": "RS256", "kid": "podarium"}));
    let body = part(json!({
        "iss": "https://kubernetes.default.svc.cluster.local",
        "sub": format!("system:serviceaccount:{namespace}:{account}"),
    }));
    format!("{head}.{body}.simulated")
}

fn data(
    facts: &Value,
    kind: &str,
    name: &Value,
    items: &Value,
    files: &mut BTreeMap<String, Value>,
) {
    let object = &facts["objects"][format!("{kind}/{}", name.as_str().unwrap_or_default())];
    let decoded = |value: &Value| {
        let bytes = text::base64(value.as_str().unwrap_or_default());
        Value::from(String::from_utf8_lossy(&bytes).into_owned())
    };
    let mut all: BTreeMap<&str, Value> = BTreeMap::new();
    for (key, value) in object["data"].as_object().into_iter().flatten() {
        let value = match kind {
            "Secret" => decoded(value),
            _ => value.clone(),
        };
        all.insert(key, value);
    }
    for (key, value) in object["binaryData"].as_object().into_iter().flatten() {
        all.insert(key, decoded(value));
    }
    match items.as_array() {
        Some(items) => {
            for item in items {
                let key = item["key"].as_str().unwrap_or_default();
                if let (Some(value), Some(path)) = (all.get(key), item["path"].as_str()) {
                    files.insert(path.into(), value.clone());
                }
            }
        }
        None => files.extend(all.into_iter().map(|(key, value)| (key.to_owned(), value))),
    }
}

/// upstream: pkg/fieldpath/fieldpath.go ExtractFieldPathAsString
fn downward(facts: &Value, items: &Value, files: &mut BTreeMap<String, Value>) {
    let pod = &facts["pod"];
    for item in items.as_array().into_iter().flatten() {
        let Some(path) = item["path"].as_str() else {
            continue;
        };
        let field = item["fieldRef"]["fieldPath"].as_str().unwrap_or_default();
        let mut parts = field.splitn(2, "['");
        let (whole, key) = (parts.next().unwrap_or_default(), parts.next());
        let mut value = pod;
        for part in whole.split('.').filter(|part| !part.is_empty()) {
            value = &value[part];
        }
        let text = match (value, key) {
            (Value::Object(map), Some(key)) => {
                let key = key.trim_end_matches("']");
                map.get(key).and_then(Value::as_str).unwrap_or("").into()
            }
            (Value::Object(map), None) => {
                let pairs = map.iter().map(|(name, value)| format!("{name}={value}\n"));
                pairs.collect::<String>().trim_end().to_owned()
            }
            (Value::String(text), _) => text.clone(),
            _ => resource(facts, &item["resourceFieldRef"]),
        };
        files.insert(path.into(), text.into());
    }
}

/// A container's own request or limit, as it is written.
fn resource(facts: &Value, field: &Value) -> String {
    let name = field["containerName"].as_str().unwrap_or_default();
    let (list, resource) = field["resource"]
        .as_str()
        .and_then(|r| r.split_once('.'))
        .unwrap_or_default();
    let amount = &spec(&facts["pod"], name)["resources"][list][resource];
    let quantity = amount
        .as_str()
        .and_then(|a| podarium_api::quantity::Quantity::parse(a).ok());
    quantity.map_or_else(String::new, |q| q.value().to_string())
}

/// What was written, by where it is kept: `{volume: {path: text, {dir}, or null}}`.
pub fn by_volume(facts: &Value, written: &Value) -> Value {
    let container = spec(
        &facts["pod"],
        facts["container"].as_str().unwrap_or_default(),
    );
    let mounts = mounts(facts, container);
    let mut all = json!({});
    for (path, now) in written.as_object().into_iter().flatten() {
        let found = mounts
            .iter()
            .find_map(|mount| Some((mount, below(path, mount.path)?)));
        let (place, name) = match found {
            Some((mount, rest)) => match place(facts, mount.volume).filter(|_| !mount.read_only) {
                Some(place) if mount.sub.is_empty() => (place, rest.to_owned()),
                Some(place) => (
                    place,
                    format!("{}/{rest}", mount.sub).trim_end_matches('/').into(),
                ),
                None => continue,
            },
            None => (root(facts), path.trim_start_matches('/').to_owned()),
        };
        all[place][name] = now.clone();
    }
    all
}

/// Paths that cannot be written to.
pub fn read_only(facts: &Value) -> Vec<String> {
    let container = spec(
        &facts["pod"],
        facts["container"].as_str().unwrap_or_default(),
    );
    let mounts = mounts(facts, container);
    let fixed = mounts
        .iter()
        .filter(|mount| mount.read_only || place(facts, mount.volume).is_none());
    fixed.map(|mount| mount.path.to_owned()).collect()
}
