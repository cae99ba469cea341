//! A container's environment: literal values, ConfigMaps, Secrets, fields of the pod, and the Services of its namespace.
// upstream: pkg/kubelet/kubelet_pods.go makeEnvironmentVariables; pkg/kubelet/envvars/envvars.go FromServices

use std::net::IpAddr;

use k8s_openapi::api::core::v1 as core;
use podarium_api::meta::Time;
use podarium_api::object::{ConfigMapBody, SecretBody, Service, ServiceBody};
use podarium_api::pod::Pod;
use podarium_api::quantity::Quantity;
use serde_json::{Map, Value};

use crate::world::World;

/// Variables in order; a later one of a name counts.
pub(super) type Env = Vec<(String, String)>;

/// Where a container's environment comes from.
pub(super) struct Source<'a> {
    pub world: &'a World,
    pub pod: &'a Pod,
    pub spec: &'a core::Container,
    /// The pod's addresses as its kubelet knows them.
    pub ip: Option<IpAddr>,
    pub host_ip: IpAddr,
    pub node: &'a str,
    /// When the container was created: later Services are not in its environment.
    pub as_of: Time,
}

/// Whether objects that may change give a container's environment.
pub(super) fn refers(spec: &core::Container) -> bool {
    let keyed = |e: &core::EnvVar| {
        let from = e.value_from.as_ref();
        from.is_some_and(|f| f.config_map_key_ref.is_some() || f.secret_key_ref.is_some())
    };
    spec.env_from.is_some() || spec.env.iter().flatten().any(keyed)
}

impl Source<'_> {
    /// The whole environment; the error is what keeps the container from being created.
    pub fn environment(&self) -> Result<Env, String> {
        let mut env = self.services();
        env.push(("HOSTNAME".into(), self.hostname().into()));
        env.extend(self.declared(&env)?);
        Ok(env)
    }

    /// What the container's own `env` and `envFrom` come to, upon what the Services give.
    pub fn declared(&self, services: &Env) -> Result<Env, String> {
        let namespace = &*self.pod.meta.namespace;
        let mut env = Env::new();
        for from in self.spec.env_from.iter().flatten() {
            let prefix = from.prefix.as_deref().unwrap_or_default();
            let mut add = |data: &Map<String, Value>, secret: bool| {
                for (name, value) in data {
                    let value = text(value, secret);
                    env.push((format!("{prefix}{name}"), value));
                }
            };
            if let Some(c) = &from.config_map_ref {
                match self.world.store().find::<ConfigMapBody>(namespace, &c.name) {
                    Some(map) => add(&map.body.data, false),
                    None if c.optional == Some(true) => {}
                    None => return Err(format!("configmap \"{}\" not found", c.name)),
                }
            }
            if let Some(s) = &from.secret_ref {
                match self.world.store().find::<SecretBody>(namespace, &s.name) {
                    Some(map) => add(&map.body.data, true),
                    None if s.optional == Some(true) => {}
                    None => return Err(format!("secret \"{}\" not found", s.name)),
                }
            }
        }
        for var in self.spec.env.iter().flatten() {
            let value = match (&var.value, &var.value_from) {
                (Some(value), _) => Some(expand(value, &[&env, services])),
                (None, Some(source)) => self.value_from(source)?,
                (None, None) => Some(String::new()),
            };
            if let Some(value) = value {
                env.push((var.name.clone(), value));
            }
        }
        Ok(env)
    }

    fn value_from(&self, source: &core::EnvVarSource) -> Result<Option<String>, String> {
        let namespace = &*self.pod.meta.namespace;
        let store = self.world.store();
        if let Some(r) = &source.config_map_key_ref {
            let optional = r.optional == Some(true);
            let Some(map) = store.find::<ConfigMapBody>(namespace, &r.name) else {
                return absent(optional, || format!("configmap \"{}\" not found", r.name));
            };
            return match map.body.data.get(&r.key) {
                Some(value) => Ok(Some(text(value, false))),
                None => absent(optional, || {
                    let (key, name) = (&r.key, &r.name);
                    format!("couldn't find key {key} in ConfigMap {namespace}/{name}")
                }),
            };
        }
        if let Some(r) = &source.secret_key_ref {
            let optional = r.optional == Some(true);
            let Some(map) = store.find::<SecretBody>(namespace, &r.name) else {
                return absent(optional, || format!("secret \"{}\" not found", r.name));
            };
            return match map.body.data.get(&r.key) {
                Some(value) => Ok(Some(text(value, true))),
                None => absent(optional, || {
                    let (key, name) = (&r.key, &r.name);
                    format!("couldn't find key {key} in Secret {namespace}/{name}")
                }),
            };
        }
        if let Some(field) = &source.field_ref {
            return Ok(Some(self.field(&field.field_path)));
        }
        Ok(source.resource_field_ref.as_ref().map(|r| self.resource(r)))
    }

    /// upstream: pkg/fieldpath/fieldpath.go ExtractFieldPathAsString
    fn field(&self, path: &str) -> String {
        let meta = &self.pod.meta;
        let keyed = |prefix: &str| {
            let rest = path.strip_prefix(prefix)?.strip_prefix("['")?;
            rest.strip_suffix("']")
        };
        if let Some(key) = keyed("metadata.labels") {
            return meta.labels.get(key).unwrap_or_default().into();
        }
        if let Some(key) = keyed("metadata.annotations") {
            return meta.annotations.get(key).unwrap_or_default().into();
        }
        match path {
            "metadata.name" => meta.name.to_string(),
            "metadata.namespace" => meta.namespace.to_string(),
            "metadata.uid" => meta.uid.to_string(),
            "spec.nodeName" => self.node.into(),
            "spec.serviceAccountName" => {
                let name = self.pod.body.spec.service_account_name.as_deref();
                name.unwrap_or("default").into()
            }
            "status.hostIP" | "status.hostIPs" => self.host_ip.to_string(),
            "status.podIP" | "status.podIPs" => self.ip.map_or(String::new(), |ip| ip.to_string()),
            _ => String::new(),
        }
    }

    /// upstream: pkg/api/v1/resource/helpers.go ExtractContainerResourceValue
    fn resource(&self, field: &core::ResourceFieldSelector) -> String {
        let spec = self.container_named(field.container_name.as_deref());
        let resources = spec.resources.as_ref();
        let Some((list, resource)) = field.resource.split_once('.') else {
            return String::new();
        };
        let of = |limits: bool| {
            let map = match limits {
                true => resources?.limits.as_ref()?,
                false => resources?.requests.as_ref()?,
            };
            Quantity::parse(&map.get(resource)?.0).ok()
        };
        let cpu = resource == "cpu";
        let found = of(list == "limits").map(|q| if cpu { q.milli() } else { q.value() });
        // What has no limit may use the whole node.
        let config = &self.world.config;
        let whole = match (list, cpu) {
            ("limits", true) => config.node_cpu_milli,
            ("limits", false) => config.node_memory,
            _ => 0,
        };
        let amount = found.unwrap_or(whole as i64);
        let divisor = field
            .divisor
            .as_ref()
            .and_then(|d| Quantity::parse(&d.0).ok());
        let divisor = divisor.filter(|d| !d.is_zero());
        let divisor = match cpu {
            true => divisor.map_or(1_000, |d| d.milli()),
            false => divisor.map_or(1, |d| d.value()),
        };
        amount
            .saturating_add(divisor - 1)
            .div_euclid(divisor.max(1))
            .to_string()
    }

    fn container_named(&self, name: Option<&str>) -> &core::Container {
        let spec = &self.pod.body.spec;
        let mut all = spec
            .containers
            .iter()
            .chain(spec.init_containers.iter().flatten());
        name.filter(|n| !n.is_empty())
            .and_then(|name| all.find(|c| c.name == name))
            .unwrap_or(self.spec)
    }

    fn hostname(&self) -> &str {
        let spec = &self.pod.body.spec;
        if spec.host_network == Some(true) {
            return self.node;
        }
        spec.hostname
            .as_deref()
            .filter(|h| !h.is_empty())
            .unwrap_or(&self.pod.meta.name)
    }

    fn services(&self) -> Env {
        let mut env = Env::new();
        let links = self.pod.body.spec.enable_service_links != Some(false);
        let namespace = &*self.pod.meta.namespace;
        let store = self.world.store();
        if let Some(service) = store.find::<ServiceBody>("default", "kubernetes") {
            service_variables(service, &mut env);
        }
        if links {
            for service in store.all_in::<ServiceBody>(namespace) {
                let master = namespace == "default" && &*service.meta.name == "kubernetes";
                if !master && service.meta.created <= self.as_of {
                    service_variables(service, &mut env);
                }
            }
        }
        env
    }
}

fn service_variables(service: &Service, env: &mut Env) {
    let spec = &service.body.spec;
    let ip = spec.cluster_ip.as_deref().unwrap_or_default();
    let ports = spec.ports.as_deref().unwrap_or_default();
    let Some(first) = ports.first().filter(|_| !ip.is_empty() && ip != "None") else {
        return;
    };
    let upper = |text: &str| text.to_ascii_uppercase().replace('-', "_");
    let name = upper(&service.meta.name);
    env.push((format!("{name}_SERVICE_HOST"), ip.into()));
    env.push((format!("{name}_SERVICE_PORT"), first.port.to_string()));
    for port in ports {
        if let Some(label) = port.name.as_deref().filter(|n| !n.is_empty()) {
            let key = format!("{name}_SERVICE_PORT_{}", upper(label));
            env.push((key, port.port.to_string()));
        }
    }
    for (i, port) in ports.iter().enumerate() {
        let protocol = port.protocol.as_deref().unwrap_or("TCP");
        let number = port.port;
        let url = format!("{}://{ip}:{number}", protocol.to_ascii_lowercase());
        if i == 0 {
            env.push((format!("{name}_PORT"), url.clone()));
        }
        let stem = format!("{name}_PORT_{number}_{protocol}");
        env.push((stem.clone(), url));
        env.push((format!("{stem}_PROTO"), protocol.to_ascii_lowercase()));
        env.push((format!("{stem}_PORT"), number.to_string()));
        env.push((format!("{stem}_ADDR"), ip.into()));
    }
}

fn absent(optional: bool, error: impl Fn() -> String) -> Result<Option<String>, String> {
    if optional { Ok(None) } else { Err(error()) }
}

fn text(value: &Value, base64: bool) -> String {
    let text = value.as_str().unwrap_or_default();
    if base64 { decode(text) } else { text.into() }
}

/// Base64 to text; bytes that are no text become replacement characters.
fn decode(text: &str) -> String {
    let value = |b: u8| match b {
        b'A'..=b'Z' => Some(b - b'A'),
        b'a'..=b'z' => Some(b - b'a' + 26),
        b'0'..=b'9' => Some(b - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    let (mut bits, mut held, mut out) = (0u32, 0, Vec::new());
    for six in text.bytes().filter_map(value) {
        bits = bits << 6 | u32::from(six);
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push((bits >> held) as u8);
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Puts in `$(NAME)`; `$$` is a dollar, and what is not known stays as it is.
// upstream: third_party/forked/golang/expansion/expand.go Expand
pub(super) fn expand(text: &str, scopes: &[&Env]) -> String {
    if !text.contains('$') {
        return text.into();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(i) = rest.find('$') {
        out.push_str(&rest[..i]);
        rest = &rest[i + 1..];
        if let Some(after) = rest.strip_prefix('$') {
            out.push('$');
            rest = after;
        } else if let Some((name, after)) = rest
            .strip_prefix('(')
            .and_then(|inner| inner.split_once(')'))
        {
            let found = scopes
                .iter()
                .find_map(|env| env.iter().rev().find(|(n, _)| n == name));
            match found {
                Some((_, value)) => out.push_str(value),
                None => {
                    out.push_str("$(");
                    out.push_str(name);
                    out.push(')');
                }
            }
            rest = after;
        } else {
            out.push('$');
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_to_variables() {
        let env: Env = vec![("A".into(), "1".into()), ("A".into(), "2".into())];
        for (text, want) in [
            ("$(A)-$(B)", "2-$(B)"),
            ("$$(A) $A $", "$(A) $A $"),
            ("$(A", "$(A"),
            ("plain", "plain"),
        ] {
            assert_eq!(expand(text, &[&env]), want);
        }
    }

    #[test]
    fn secrets_are_base64() {
        assert_eq!(decode("cGFzc3dvcmQ="), "password");
        assert_eq!(decode(""), "");
    }
}
