//! `window.podarium`: headless clusters for embedding, tests and benchmarks, on the page's own Wasm.
//!
//! `www/podarium.d.ts` describes it for TypeScript. Every handle is a cluster of its own, apart from the one on the stage.

use std::net::IpAddr;

use js_sys::{Array, Object, Reflect};
use podarium_api::kinds::KindId;
use podarium_api::meta::Span;
use podarium_api::pod::PodBody;
use podarium_cluster::apiserver::Body;
use podarium_cluster::network::{Protocol, Sender, SenderKind};
use podarium_cluster::{Cluster, Config, Method, Request};
use podarium_kubectl::report;
use podarium_lessons::apply_text;
use wasm_bindgen::prelude::*;

/// A headless cluster. `free()` gives its memory back.
#[wasm_bindgen(js_name = PodariumCluster)]
pub struct Handle {
    cluster: Cluster,
}

fn set(object: &Object, name: &str, value: impl Into<JsValue>) {
    // Setting a property of a plain object cannot fail.
    let _ = Reflect::set(object, &name.into(), &value.into());
}

fn number(options: &JsValue, name: &str) -> Option<f64> {
    Reflect::get(options, &name.into())
        .ok()?
        .as_f64()
        .filter(|n| *n >= 0.0)
}

fn text(options: &JsValue, name: &str) -> String {
    Reflect::get(options, &name.into())
        .ok()
        .and_then(|v| v.as_string())
        .unwrap_or_default()
}

/// Makes a headless cluster: `{ nodes: 3, zones: 2, seed: 1 }`, each of which may be left out.
#[wasm_bindgen(js_name = podariumCreate)]
pub fn create(options: &JsValue) -> Handle {
    let usual = Config::default();
    Handle {
        cluster: Cluster::new(Config {
            nodes: number(options, "nodes").map_or(usual.nodes, |n| n as u32),
            zones: number(options, "zones").map_or(usual.zones, |n| (n as u32).max(1)),
            seed: number(options, "seed").map_or(usual.seed, |n| n as u64),
            ..usual
        }),
    }
}

#[wasm_bindgen(js_class = PodariumCluster)]
impl Handle {
    /// Applies manifests as `kubectl apply -f` does: `{ lines: string[], problems: { line, column, message }[] }`.
    pub fn apply(&mut self, text: &str) -> Object {
        let applied = apply_text(&mut self.cluster, "manifest.yaml", text);
        let problems = applied.problems.iter().map(|problem| {
            let each = Object::new();
            set(&each, "line", problem.line);
            set(&each, "column", problem.column);
            set(&each, "message", problem.message.as_str());
            each
        });
        let report = report(&applied.outcomes);
        let out = Object::new();
        let lines = report.out.iter().chain(&report.err);
        set(
            &out,
            "lines",
            lines.map(|line| JsValue::from_str(line)).collect::<Array>(),
        );
        set(&out, "problems", problems.collect::<Array>());
        out
    }

    /// Lives on by virtual milliseconds.
    pub fn advance(&mut self, ms: f64) {
        let until = self.cluster.now() + Span::micros((ms.max(0.0) * 1_000.0) as u64);
        self.cluster.advance(until, u64::MAX);
    }

    /// Answers an API request `{ method, path, body, contentType }`: `{ code, body }`, the body parsed.
    ///
    /// # Errors
    /// Throws on a method that is none of HTTP's.
    pub fn handle(&mut self, request: &JsValue) -> Result<Object, JsError> {
        let method = match text(request, "method").to_ascii_uppercase() {
            none if none.is_empty() => Method::Get,
            named => Method::parse(&named)
                .ok_or_else(|| JsError::new(&["no such method: ", &named].concat()))?,
        };
        let mut asked = Request::new(method, &text(request, "path"))
            .content_type(&text(request, "contentType"));
        let body = Reflect::get(request, &"body".into()).unwrap_or_default();
        asked.body = match body.as_string() {
            Some(text) => text.into_bytes(),
            None if body.is_object() => {
                let text = js_sys::JSON::stringify(&body)
                    .ok()
                    .and_then(|text| text.as_string());
                text.unwrap_or_default().into_bytes()
            }
            None => Vec::new(),
        };
        let response = self.cluster.handle(asked);
        let out = Object::new();
        set(&out, "code", u32::from(response.code));
        set(
            &out,
            "body",
            match &response.body {
                Body::Json(value) => js_sys::JSON::parse(&value.to_string()).unwrap_or_default(),
                Body::Bytes(_, bytes) => String::from_utf8_lossy(bytes).as_ref().into(),
                Body::Text(text) => text.as_str().into(),
                _ => JsValue::NULL,
            },
        );
        Ok(out)
    }

    /// Asks the first node's kube-proxy where so many first packets to an address and port would go, and answers how many
    /// would reach an endpoint. Nothing of it happens.
    ///
    /// # Errors
    /// Throws if the address is none, or if there is no node.
    pub fn decide(&self, address: &str, port: u16, packets: u32) -> Result<u32, JsError> {
        let address: IpAddr = address.parse().map_err(|_| JsError::new("no IP address"))?;
        let world = self.cluster.world();
        let node = world.store().list(KindId::NODE).next();
        let node = node.ok_or_else(|| JsError::new("there is no node"))?;
        let from = Sender {
            ip: [10, 244, 1, 1].into(),
            kind: SenderKind::Pod,
        };
        let to = (address, port);
        let (network, node) = (self.cluster.network(), &node.meta().name);
        Ok(network.would_reach(world, node, from, to, Protocol::Tcp, packets))
    }

    /// `{ nodes, pods, ready, virtualMs, events, peakBytes }`; `peakBytes` is the Wasm memory of the whole page.
    pub fn summary(&self) -> Object {
        let world = self.cluster.world();
        let store = world.store();
        let ready = store.all::<PodBody>().filter(|pod| pod.is_ready()).count();
        let out = Object::new();
        set(&out, "nodes", store.count(KindId::NODE) as u32);
        set(&out, "pods", store.count(KindId::POD) as u32);
        set(&out, "ready", ready as u32);
        set(&out, "virtualMs", self.cluster.now().as_millis() as f64);
        set(&out, "events", world.log().len() as f64);
        set(&out, "peakBytes", memory_bytes());
        out
    }

    /// The log, one line a record: equal for equal seeds and commands, here and natively.
    pub fn log(&self) -> String {
        self.cluster.world().log().to_text()
    }
}

/// The size of the module's memory; it never shrinks, so it is the peak as well.
fn memory_bytes() -> f64 {
    let memory: js_sys::WebAssembly::Memory = wasm_bindgen::memory().unchecked_into();
    Reflect::get(&memory.buffer(), &"byteLength".into())
        .ok()
        .and_then(|n| n.as_f64())
        .unwrap_or(0.0)
}

/// Panics, for tests of what a panic looks like.
#[wasm_bindgen(js_name = podariumPanic)]
pub fn panic() {
    panic!("asked for by podarium.__panic()");
}
