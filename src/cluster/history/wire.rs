//! A life on its way to somebody else: what it began with, and its input, as JSON. Who lives the same sees the same.
//!
//! The page only reads it, so only that is compiled for it.

use std::sync::Arc;

use podarium_api::meta::{Span, Str, Time};
use serde_json::Value;

use super::{Input, Point};
use crate::apiserver::{Method, Origin as Cause, Request};
use crate::command::Command;
use crate::config::Config;
use crate::network::{Destination, Origin, TrafficSource};
use crate::sim::{Component, Identity, User};

impl Config {
    /// Reads what [`Config::to_wire`] wrote; none where it is something else.
    pub fn from_wire(wire: &Value) -> Option<Config> {
        let number = |at| wire.get(at).and_then(Value::as_u64);
        let small = |at| number(at).and_then(|n| u32::try_from(n).ok());
        Some(Config {
            seed: number(0)?,
            start: Time(number(1)?),
            nodes: small(2)?,
            zones: small(3)?,
            node_cpu_milli: number(4)?,
            node_memory: number(5)?,
            node_pods: small(6)?,
            watch_lag: Span(number(7)?),
            proxy_lag: Span(number(8)?),
            ..Config::default()
        })
    }
}

impl Point {
    /// Reads what [`Point::to_wire`] wrote; none where it is something else.
    pub fn from_wire(wire: &Value) -> Option<Point> {
        Some(Point {
            steps: wire.get(0)?.as_u64()?,
            time: Time(wire.get(1)?.as_u64()?),
        })
    }
}

impl Input {
    /// Reads what [`Input::to_wire`] wrote; none where it is something else.
    pub fn from_wire(wire: &Value) -> Option<Input> {
        Some(Input {
            at: Point::from_wire(wire.get("at")?)?,
            command: command(wire)?,
        })
    }
}

fn command(wire: &Value) -> Option<Command> {
    let what = wire.get("do")?.as_str()?;
    let with = wire.get("with")?;
    let word = |at: usize| str(with.get(at)?);
    Some(match what {
        "request" => Command::Request(Arc::new(request(with)?)),
        "stop" => Command::Stop(component(with)?),
        "start" => Command::Start(component(with)?),
        "cut" => Command::Cut(word(0)?, word(1)?),
        "mend" => Command::Mend(word(0)?, word(1)?),
        "kill" => Command::Kill {
            namespace: word(0)?,
            pod: word(1)?,
            container: word(2)?,
        },
        "leave" => Command::Leave {
            user: user(with.get(0)?)?,
            text: word(1)?,
            files: Arc::new(with.get(2)?.clone()),
        },
        "addNode" => Command::AddNode,
        "traffic" => Command::Traffic(TrafficSource {
            name: word(0)?,
            per_second_milli: with.get(1)?.as_u64()?,
            from: match with.get(2)?.as_array()?.as_slice() {
                [namespace, name] => Origin::Pod {
                    namespace: str(namespace)?,
                    name: str(name)?,
                },
                _ => Origin::Internet,
            },
            to: word(3).map_or(Destination::EveryLoadBalancer, Destination::Url),
        }),
        "stopTraffic" => Command::StopTraffic(str(with)?),
        _ => return None,
    })
}

fn request(wire: &Value) -> Option<Request> {
    let text = |name: &str| wire.get(name).and_then(Value::as_str).unwrap_or_default();
    let method = text("method");
    let mut request = Request::new(Method::parse(method)?, text("path"));
    request.query = pairs(wire.get("query"));
    request.content_type = text("contentType").into();
    request.accept = text("accept").into();
    request.user_agent = text("userAgent").into();
    request.body = match wire.get("bytes").and_then(Value::as_array) {
        Some(bytes) => bytes
            .iter()
            .map(|b| b.as_u64().map_or(0, |b| b as u8))
            .collect(),
        None => text("body").into(),
    };
    request.user = user(wire.get("user")?)?;
    request.impersonate = wire.get("impersonate").and_then(user);
    request.origin = wire.get("origin").map(|origin| {
        let lines = origin
            .get(2)
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        let line =
            |line: &Value| Some((line.get(0)?.as_str()?.into(), line.get(1)?.as_u64()? as u32));
        Arc::new(Cause {
            command: origin.get(0).and_then(str).unwrap_or_default(),
            source: origin.get(1).and_then(str).unwrap_or_default(),
            lines: lines.filter_map(line).collect(),
        })
    });
    Some(request)
}

fn pairs(list: Option<&Value>) -> Vec<(String, String)> {
    let pair = |pair: &Value| Some((pair.get(0)?.as_str()?.into(), pair.get(1)?.as_str()?.into()));
    let list = list.and_then(Value::as_array).into_iter().flatten();
    list.filter_map(pair).collect()
}

fn user(wire: &Value) -> Option<User> {
    let extra = wire.get(3).and_then(Value::as_array).into_iter().flatten();
    Some(User::from(Identity {
        name: str(wire.get(0)?)?,
        uid: str(wire.get(1)?)?,
        groups: strs(wire.get(2)?),
        extra: extra
            .filter_map(|e| Some((str(e.get(0)?)?, strs(e.get(1)?))))
            .collect(),
    }))
}

fn component(wire: &Value) -> Option<Component> {
    let text = wire.as_str()?;
    Some(match text.split_once('/') {
        Some(("node", name)) => Component::Node(name.into()),
        Some(("kubelet", name)) => Component::Kubelet(name.into()),
        Some(("kube-proxy", name)) => Component::KubeProxy(name.into()),
        _ => [
            Component::Scheduler,
            Component::ControllerManager,
            Component::CoreDns,
        ]
        .into_iter()
        .find(|component| component.to_string() == text)?,
    })
}

fn str(wire: &Value) -> Option<Str> {
    wire.as_str().map(Into::into)
}

fn strs(wire: &Value) -> Vec<Str> {
    wire.as_array()
        .into_iter()
        .flatten()
        .filter_map(str)
        .collect()
}

#[cfg(not(target_arch = "wasm32"))]
mod write {
    use serde_json::json;

    use super::*;

    impl Config {
        /// As a list of numbers. The key of tokens stays where it is: whoever follows asks nobody in.
        pub fn to_wire(&self) -> Value {
            json!([
                self.seed,
                self.start.0,
                self.nodes,
                self.zones,
                self.node_cpu_milli,
                self.node_memory,
                self.node_pods,
                self.watch_lag.0,
                self.proxy_lag.0
            ])
        }
    }

    impl Point {
        /// As a list of work done and microseconds.
        pub fn to_wire(&self) -> Value {
            json!([self.steps, self.time.0])
        }
    }

    impl Input {
        /// As an object: `at`, what to `do`, and `with` what.
        pub fn to_wire(&self) -> Value {
            let (what, with) = match &self.command {
                Command::Request(request) => ("request", self::request(request)),
                Command::Stop(component) => ("stop", component.to_string().into()),
                Command::Start(component) => ("start", component.to_string().into()),
                Command::Cut(a, b) => ("cut", json!([&**a, &**b])),
                Command::Mend(a, b) => ("mend", json!([&**a, &**b])),
                Command::Kill {
                    namespace,
                    pod,
                    container,
                } => ("kill", json!([&**namespace, &**pod, &**container])),
                Command::Leave { user, text, files } => {
                    ("leave", json!([self::user(user), &**text, **files]))
                }
                Command::AddNode => ("addNode", Value::Null),
                Command::Traffic(source) => {
                    let from = match &source.from {
                        Origin::Internet => json!([]),
                        Origin::Pod { namespace, name } => json!([&**namespace, &**name]),
                    };
                    let to = match &source.to {
                        Destination::EveryLoadBalancer => Value::Null,
                        Destination::Url(url) => (&**url).into(),
                    };
                    let rate = source.per_second_milli;
                    ("traffic", json!([&*source.name, rate, from, to]))
                }
                Command::StopTraffic(name) => ("stopTraffic", (&**name).into()),
            };
            json!({"at": self.at.to_wire(), "do": what, "with": with})
        }
    }

    fn request(request: &Request) -> Value {
        let mut wire = json!({
            "method": request.method.as_str(),
            "path": request.path,
            "query": request.query,
            "contentType": request.content_type,
            "accept": request.accept,
            "userAgent": &*request.user_agent,
            "user": user(&request.user),
        });
        // What is no text is refused for that, and so must it be everywhere.
        match std::str::from_utf8(&request.body) {
            Ok(text) => wire["body"] = text.into(),
            Err(_) => wire["bytes"] = json!(request.body),
        }
        if let Some(whom) = &request.impersonate {
            wire["impersonate"] = user(whom);
        }
        if let Some(cause) = &request.origin {
            wire["origin"] = json!([&*cause.command, &*cause.source, cause.lines]);
        }
        wire
    }

    fn user(user: &User) -> Value {
        let list = |all: &[Str]| all.iter().map(|s| Value::from(&**s)).collect::<Value>();
        let extra = user.extra.iter();
        let extra: Value = extra
            .map(|(key, values)| json!([&**key, list(values)]))
            .collect();
        json!([&*user.name, &*user.uid, list(&user.groups), extra])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Cluster;

    fn inputs() -> Vec<Command> {
        let mut request =
            Request::new(Method::Patch, "/api/v1/nodes/node-1?dryRun=All&force=a%26b")
                .content_type("application/merge-patch+json")
                .user(User::from(Identity {
                    name: "jane".into(),
                    uid: "7".into(),
                    groups: vec!["a".into(), "b".into()],
                    extra: vec![("k".into(), vec!["v".into(), "w".into()])],
                }))
                .impersonate(User::new("joe", &[]));
        request.accept = "application/json;as=Table".into();
        request.user_agent = "kubectl/v1.37.1".into();
        request.body = r#"{"a": "ü\n"}"#.into();
        request.origin = Some(Arc::new(Cause {
            command: "kubectl apply -f web.yaml".into(),
            source: "web.yaml".into(),
            lines: vec![("spec.replicas".into(), 7)],
        }));
        let mut broken = Request::new(Method::Post, "/api/v1/namespaces");
        broken.body = vec![0xff, 0x00, b'{'];
        let pod = Origin::Pod {
            namespace: "shop".into(),
            name: "cart".into(),
        };
        let source = |from, to| {
            Command::Traffic(TrafficSource {
                name: "shoppers".into(),
                from,
                to,
                per_second_milli: 2_500,
            })
        };
        vec![
            Command::Request(Arc::new(request)),
            Command::Request(Arc::new(broken)),
            Command::Stop(Component::Scheduler),
            Command::Stop(Component::ControllerManager),
            Command::Start(Component::CoreDns),
            Command::Stop(Component::Node("node-1".into())),
            Command::Stop(Component::Kubelet("node-1".into())),
            Command::Start(Component::KubeProxy("node-1".into())),
            Command::Cut("node-1".into(), "control-plane".into()),
            Command::Mend("node-1".into(), "node-2".into()),
            Command::Kill {
                namespace: "default".into(),
                pod: "web".into(),
                container: "".into(),
            },
            Command::Leave {
                user: User::admin(),
                text: "kubectl exec web -- touch /data/x".into(),
                files: Arc::new(serde_json::json!({"data": {"/x": "", "/y": null}})),
            },
            Command::AddNode,
            source(Origin::Internet, Destination::EveryLoadBalancer),
            source(pod, Destination::Url("http://redis:6379".into())),
            Command::StopTraffic("shoppers".into()),
        ]
    }

    #[test]
    fn every_command_arrives_as_it_was_sent() {
        for (n, command) in (0..).zip(inputs()) {
            let at = Point {
                steps: n,
                time: Time(u64::MAX - n),
            };
            let input = Input { at, command };
            let text = input.to_wire().to_string();
            let wire = podarium_api::typed::parse(text.as_bytes()).unwrap();
            assert_eq!(Input::from_wire(&wire).as_ref(), Some(&input), "{text}");
        }
    }

    #[test]
    fn a_config_arrives_as_it_was_sent() {
        let config = Config {
            seed: u64::MAX,
            start: Time(1_000_000_000_000),
            nodes: 5,
            zones: 4,
            node_cpu_milli: 3,
            node_memory: 1 << 40,
            node_pods: 2,
            watch_lag: Span(6),
            proxy_lag: Span(7),
            ..Config::default()
        };
        assert_eq!(Config::from_wire(&config.to_wire()), Some(config));
    }

    #[test]
    fn what_is_of_another_make_is_not_guessed_at() {
        for text in [
            r#"{}"#,
            r#"{"at": [1, 2], "do": "dance", "with": null}"#,
            r#"{"at": [1], "do": "addNode", "with": null}"#,
            r#"{"at": [1, 2], "do": "stop", "with": "etcd"}"#,
            r#"{"at": [1, 2], "do": "request", "with": {"method": "GRAB", "user": ["a", "", [], []]}}"#,
        ] {
            let wire = podarium_api::typed::parse(text.as_bytes()).unwrap();
            assert_eq!(Input::from_wire(&wire), None, "{text}");
        }
        assert_eq!(Config::from_wire(&serde_json::json!([1, 2])), None);
    }

    /// One lives, by uneven slices and with commands between them; the other hears of it piece by piece.
    #[test]
    fn who_follows_lives_the_same_life() {
        let config = Config {
            start: Time(5_000_000_000),
            ..Config::default()
        };
        let mut live = Cluster::new(config.clone());
        let mut follower = Cluster::new(Config::from_wire(&config.to_wire()).unwrap());
        let deployment = serde_json::json!({
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"},
            "spec": {"replicas": 3, "selector": {"matchLabels": {"a": "b"}}, "template": {
                "metadata": {"labels": {"a": "b"}},
                "spec": {"containers": [{"name": "web", "image": "nginx"}]}}},
        });
        let commands = [
            Command::Request(Arc::new(
                Request::new(Method::Post, "/apis/apps/v1/namespaces/default/deployments")
                    .json(&deployment),
            )),
            Command::Stop(Component::Node("node-1".into())),
            Command::AddNode,
            Command::Start(Component::Node("node-1".into())),
        ];
        let mut told = 0;
        for (n, command) in (1_u64..).zip(commands) {
            live.advance(live.now() + Span::millis(1_337 * n), 40 * n);
            live.command(command);
            for slice in 1..12 {
                live.advance(live.now() + Span::millis(701), 3 * slice);
                for input in &live.inputs()[told..] {
                    follower.foretell(Input::from_wire(&input.to_wire()).unwrap());
                }
                told = live.inputs().len();
                let here = Point::from_wire(&live.point().to_wire()).unwrap();
                while !follower.follow(here, 7) {}
                assert_eq!(follower.point(), here);
            }
        }
        let text = |cluster: &Cluster| cluster.world().log().to_text();
        assert_eq!(text(&follower), text(&live));
        assert!(text(&live).contains("AddNode") || live.point().steps > 100);
    }
}
