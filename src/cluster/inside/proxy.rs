//! Requests that go through the API server to a pod, a Service's pod or a node's kubelet.

use podarium_api::kinds::KindId;
use podarium_api::object::{Key, Object};
use podarium_api::pod::PodBody;
use podarium_api::status::{Reason, Status};
use serde_json::{Value, json};

use super::View;
use crate::apiserver::{Body, Connect, Response};
use crate::network::{Ground, PATIENCE, Place, Target};

/// Content types that servers here answer with.
const TYPES: [&str; 4] = ["text/plain", "text/html", "text/css", "application/json"];

/// upstream: staging/src/k8s.io/apimachinery/pkg/util/net/port_split.go SplitSchemeNamePort
fn split(id: &str) -> Option<(&str, &str, &str)> {
    let parts: Vec<&str> = id.split(':').collect();
    let found = match parts.as_slice() {
        [name] => ("", *name, ""),
        [name, port] => ("", *name, *port),
        [scheme @ ("" | "http" | "https"), name, port] => (*scheme, *name, *port),
        _ => return None,
    };
    (!found.1.is_empty()).then_some(found)
}

fn unavailable(text: String) -> Status {
    Status::new(Reason::ServiceUnavailable, text)
}

impl View<'_> {
    /// Goes where a request to a `proxy` leads, and brings the answer.
    ///
    /// # Errors
    /// What the API server says where nobody answers.
    pub(super) fn proxied(&self, to: &Connect) -> Result<Response, Status> {
        let text = |name: &str| to.options[name].as_str().unwrap_or_default();
        let (method, path) = (text("method"), text("path"));
        let (namespace, id) = (&*to.pod.namespace, &*to.pod.name);
        match to.pod.kind {
            KindId::POD => {
                let (ip, port) = self.pod_address(namespace, id)?;
                self.fetch(&ip, port, path, method)
            }
            KindId::SERVICE => {
                let (ip, port) = self.service_address(namespace, id)?;
                self.fetch(&ip, port, path, method)
            }
            _ => self.node(id, path),
        }
    }

    /// upstream: pkg/registry/core/pod/strategy.go ResourceLocation
    fn pod_address(&self, namespace: &str, id: &str) -> Result<(String, String), Status> {
        let bad = |text: &str| Status::new(Reason::BadRequest, text);
        let (_, name, port) =
            split(id).ok_or_else(|| bad(&format!("invalid pod request {id:?}")))?;
        let pod = self.world.store().find::<PodBody>(namespace, name);
        let pod = pod.ok_or_else(|| Status::not_found("", "pods", name))?;
        let mut ports = pod.body.spec.containers.iter();
        let first = ports.find_map(|c| c.ports.iter().flatten().next());
        let port = match (port, first) {
            ("", Some(port)) => port.container_port.to_string(),
            ("", None) => "80".into(),
            (port, _) => port.into(),
        };
        let ip = pod.ip().ok_or_else(|| bad("address not allowed"))?;
        Ok((ip.to_string(), port))
    }

    /// upstream: pkg/registry/core/service/storage/storage.go ResourceLocation
    fn service_address(&self, namespace: &str, id: &str) -> Result<(String, String), Status> {
        let bad = || {
            Status::new(
                Reason::BadRequest,
                format!("invalid service request {id:?}"),
            )
        };
        let (_, name, port) = split(id).ok_or_else(bad)?;
        let stored = |kind| {
            let object = self.world.store().get(&Key::new(kind, namespace, name));
            object.map(Object::to_value)
        };
        let service = stored(KindId::SERVICE);
        let mut wanted = port.to_owned();
        if let Ok(number) = port.parse::<i64>() {
            let service = service.ok_or_else(|| Status::not_found("", "services", name))?;
            let ports = service["spec"]["ports"].as_array().into_iter().flatten();
            let mut ports = ports.filter(|p| p["port"] == number);
            let found = ports.next().ok_or_else(|| {
                unavailable(format!(
                    "no service port {number} found for service {name:?}"
                ))
            })?;
            wanted = found["name"].as_str().unwrap_or_default().into();
        }
        let endpoints = stored(KindId::ENDPOINTS);
        let endpoints = endpoints.ok_or_else(|| Status::not_found("", "endpoints", name))?;
        let subsets = endpoints["subsets"].as_array().into_iter().flatten();
        let mut all: Vec<(String, String)> = Vec::new();
        for subset in subsets {
            let ports = subset["ports"].as_array().into_iter().flatten();
            for port in ports.filter(|p| p["name"].as_str().unwrap_or_default() == wanted) {
                for address in subset["addresses"].as_array().into_iter().flatten() {
                    let ip = address["ip"].as_str().unwrap_or_default();
                    all.push((ip.into(), port["port"].to_string()));
                }
            }
        }
        // Any of them, by the time: who looks throws no dice.
        let at = self.world.now().0 / 1_009 % all.len().max(1) as u64;
        let none = || unavailable(format!("no endpoints available for service {id:?}"));
        all.into_iter().nth(at as usize).ok_or_else(none)
    }

    fn fetch(&self, ip: &str, port: String, path: &str, method: &str) -> Result<Response, Status> {
        let failed = |why: String| unavailable(format!("error trying to reach service: {why}"));
        let address = match ip.contains(':') {
            true => format!("[{ip}]:{port}"),
            false => format!("{ip}:{port}"),
        };
        let target = Target::parse(&format!("http://{address}{path}"));
        let target =
            target.ok_or_else(|| failed(format!("dial tcp: lookup tcp/{port}: unknown port")))?;
        let timeout = || failed(format!("dial tcp {address}: i/o timeout"));
        // The API server's way leads to the pod's node, and on from there.
        let node = ip
            .parse()
            .ok()
            .and_then(|ip| self.kubelets.pod_at(ip))
            .map(|(_, node)| node.clone());
        let node = node.ok_or_else(timeout)?;
        if !self
            .world
            .faults
            .linked(&node, crate::sim::faults::CONTROL_PLANE)
        {
            return Err(timeout());
        }
        let url = format!("http://{address}{path}");
        let place = Place::Node(node);
        let traces = self.network.trace(self.world, self.kubelets, &place, &url);
        let trace = traces.first().ok_or_else(timeout)?;
        let answer = self.answered(trace, Some(&target), method);
        match answer["error"].as_str() {
            None => Ok(page(&answer)),
            Some("refused") => Err(failed(format!(
                "dial tcp {address}: connect: connection refused"
            ))),
            Some(_) if trace.waited() < PATIENCE => Err(failed(format!(
                "dial tcp {address}: connect: no route to host"
            ))),
            Some(_) => Err(timeout()),
        }
    }

    /// What a kubelet answers itself.
    fn node(&self, id: &str, path: &str) -> Result<Response, Status> {
        let bad = || Status::new(Reason::BadRequest, format!("invalid node request {id:?}"));
        let (_, name, _) = split(id).ok_or_else(bad)?;
        let key = Key::new(KindId::NODE, "", name);
        if self.world.store().get(&key).is_none() {
            return Err(Status::not_found("", "nodes", name));
        }
        self.reach_node(name, path.trim_start_matches('/'))?;
        let answer = match path.split('?').next().unwrap_or_default() {
            "/healthz" => json!({"code": 200, "body": "ok"}),
            "/pods" | "/pods/" => {
                let pods = self.world.store().pods_on(name).map(Object::to_value);
                let list = json!({
                    "kind": "PodList", "apiVersion": "v1", "metadata": {}, "items": pods.collect::<Vec<_>>(),
                });
                return Ok(Response::json(200, list));
            }
            _ => json!({"code": 404, "body": "404 page not found\n"}),
        };
        Ok(page(&answer))
    }
}

fn page(answer: &Value) -> Response {
    let kind = answer["headers"]["Content-Type"].as_str();
    let known = TYPES.into_iter().find(|known| Some(*known) == kind);
    let body = answer["body"].as_str().unwrap_or_default();
    Response {
        code: answer["code"].as_u64().map_or(200, |code| code as u16),
        body: Body::Bytes(known.unwrap_or(TYPES[0]), body.as_bytes().to_vec()),
        ..Response::empty()
    }
}
