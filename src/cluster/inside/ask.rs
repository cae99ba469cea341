//! What the network answers to somebody inside a pod.

use std::net::IpAddr;

use podarium_api::object::Key;
use serde_json::{Value, json};

use super::View;
use crate::apiserver::rules;
use crate::network::{CLUSTER_DNS, Failure, Ground, Outcome, PATIENCE, Place, Step, Target, Trace};

impl View<'_> {
    /// Answers a question that a shell in a pod asks, see `rules::shell::tools::net`.
    pub fn ask(&self, pod: &Key, question: &Value) -> Value {
        let text = |name: &str| question[name].as_str().unwrap_or_default();
        match text("kind") {
            "name" => self.name(pod, text("target")),
            _ => self.request(pod, text("target"), text("method")),
        }
    }

    fn trace(&self, pod: &Key, target: &str) -> Option<Trace> {
        let from = Place::Pod(pod.clone());
        let mut traces = self.network.trace(self.world, self.kubelets, &from, target);
        (!traces.is_empty()).then(|| traces.swap_remove(0))
    }

    fn name(&self, pod: &Key, name: &str) -> Value {
        if let Ok(ip) = name.parse::<IpAddr>() {
            let pings = self.kubelets.pod_at(ip).is_some();
            return json!({"addresses": [[name, name]], "server": CLUSTER_DNS.to_string(), "pings": pings, "micros": 1_000});
        }
        let Some(trace) = self.trace(pod, name) else {
            return json!({"error": "dns"});
        };
        let server = CLUSTER_DNS.to_string();
        let found = trace.hops.iter().find_map(|hop| match &hop.step {
            Step::Resolve {
                full_name, answers, ..
            } if !answers.is_empty() => Some((hop.at, full_name, answers)),
            _ => None,
        });
        match (found, &trace.outcome) {
            (Some((at, full_name, answers)), _) => {
                let first = answers[0];
                let pings = self.kubelets.pod_at(first).is_some();
                let all = answers
                    .iter()
                    .map(|ip| json!([&**full_name, ip.to_string()]));
                json!({"addresses": all.collect::<Vec<_>>(), "server": server, "pings": pings, "micros": at.0})
            }
            (None, Outcome::Failed(Failure::NoDns)) => {
                json!({"error": "dns", "micros": trace.waited().0})
            }
            // The pod's own name stands in its hosts file: nobody is asked.
            (None, _) => match self.kubelets.pod_ip(pod).filter(|_| *pod.name == *name) {
                Some(ip) => {
                    json!({"addresses": [[name, ip.to_string()]], "server": server, "pings": true})
                }
                None => json!({"error": "name", "server": server, "micros": trace.duration().0}),
            },
        }
    }

    /// What the pod answers itself on its loopback.
    fn own(&self, pod: &Key, target: &Target, method: &str) -> Value {
        let asked = json!({
            "path": &*target.path, "host": &*target.host, "method": method, "from": "127.0.0.1",
            "code": self.kubelets.own_code(self.world, pod, target.port, &target.path),
        });
        let mut answer = match asked["code"].is_null() {
            true => json!({"error": "refused"}),
            false => self.page(pod, target.port, &asked).unwrap_or_default(),
        };
        answer["micros"] = 900.into();
        answer["ip"] = "127.0.0.1".into();
        answer
    }

    fn request(&self, pod: &Key, url: &str, method: &str) -> Value {
        if let Some(target) = Target::parse(url) {
            let loopback = target.ip().is_some_and(|ip| ip.is_loopback());
            if loopback || &*target.host == "localhost" {
                return self.own(pod, &target, method);
            }
        }
        let Some(trace) = self.trace(pod, url) else {
            return json!({"error": "name"});
        };
        let target = Target::parse(url);
        let resolved = trace.hops.iter().find_map(|hop| match &hop.step {
            Step::Resolve { answers, .. } => answers.first().copied(),
            _ => None,
        });
        let ip = target.as_ref().and_then(Target::ip).or(resolved);
        let mut answer = self.answered(&trace, target.as_ref(), method);
        answer["micros"] = trace.waited().0.into();
        answer["ip"] = ip.map(|ip| ip.to_string()).into();
        answer
    }

    /// What comes back of a request whose way is known.
    pub(super) fn answered(&self, trace: &Trace, target: Option<&Target>, method: &str) -> Value {
        let code = match &trace.outcome {
            Outcome::Success => 200,
            Outcome::Failed(Failure::Error(code)) => *code,
            Outcome::Failed(Failure::Upstream(_) | Failure::Loop) => 500,
            Outcome::Failed(Failure::NoSuchName(_) | Failure::BadTarget | Failure::NoSource) => {
                return json!({"error": "name"});
            }
            Outcome::Failed(Failure::NoDns) => return json!({"error": "dns"}),
            Outcome::Failed(failure) if failure.is_time_out() => {
                return json!({"error": "timeout", "after": PATIENCE.0});
            }
            Outcome::Failed(_) => return json!({"error": "refused"}),
        };
        let told = trace.hops.iter().rev().find_map(|hop| match hop.step {
            Step::Answer { code } => Some(code),
            _ => None,
        });
        let code = told.filter(|_| trace.is_success()).unwrap_or(code);
        let (Some(endpoint), Some(target)) = (&trace.endpoint, target) else {
            return json!({"code": code, "body": "", "headers": {}});
        };
        let from = match &trace.from {
            Place::Pod(pod) => self.kubelets.pod_ip(pod),
            Place::Node(node) => self.kubelets.node_ip(node),
            _ => None,
        };
        let port = trace.hops.iter().rev().find_map(|hop| match hop.step {
            Step::Translate { to, .. } => Some(to.1),
            _ => None,
        });
        let asked = json!({
            "path": &*target.path, "host": &*target.host, "method": method, "code": code,
            "from": from.map(|ip| ip.to_string()),
        });
        self.page(endpoint, port.unwrap_or(target.port), &asked)
            .unwrap_or_else(|| json!({"code": code, "body": "", "headers": {}}))
    }

    /// What the container answers that listens on a port of a pod.
    pub(super) fn page(&self, pod: &Key, port: u16, asked: &Value) -> Option<Value> {
        let container = self.kubelets.listener(self.world, pod, port)?;
        let facts = self.facts(pod, &container, false)?;
        rules::ask("page", &[&facts, asked])
    }
}
