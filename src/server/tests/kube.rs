//! The Rust client against `podarium serve`: creates, patches, watches and a reflector, as controllers are written with them.
#![allow(clippy::unwrap_used)]

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use expect_test::expect;
use futures_util::{Stream, StreamExt, TryStreamExt};
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::{ConfigMap, Pod};
use kube::api::{
    DeleteParams, ListParams, Patch, PatchParams, PostParams, WatchEvent, WatchParams,
};
use kube::core::Expression;
use kube::runtime::{WatchStreamExt, conditions, reflector, wait::await_condition, watcher};
use kube::{Api, Client, Config, Error, ResourceExt};
use serde_json::{Value, json};

/// A running server, ended with its handle.
struct Server(Child);

impl Server {
    /// Starts one, and a client of it.
    fn start() -> (Server, Client) {
        let mut child = Command::new(env!("CARGO_BIN_EXE_podarium"))
            .args([
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--speed",
                "50",
                "--dist",
                "/nowhere",
            ])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut said = lines.map_while(Result::ok);
        let url = said.find_map(|line| Some(line.split_once(" nodes at ")?.1.to_owned()));
        // It goes on to speak, and must not find its listener gone.
        std::thread::spawn(move || said.for_each(|line| eprintln!("{line}")));
        let config = Config::new(url.unwrap().parse().unwrap());
        (Server(child), Client::try_from(config).unwrap())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What comes within a test's patience.
async fn soon<T>(what: impl Future<Output = T>) -> T {
    let end = tokio::time::timeout(Duration::from_secs(30), what).await;
    end.expect("it takes no half minute")
}

fn made<K: serde::de::DeserializeOwned>(value: Value) -> K {
    serde_json::from_value(value).unwrap()
}

fn refusal<T: std::fmt::Debug>(answer: kube::Result<T>) -> String {
    match answer.unwrap_err() {
        Error::Api(status) => format!("{} {}: {}", status.code, status.reason, status.message),
        other => panic!("{other}"),
    }
}

fn web(replicas: u32) -> Deployment {
    made(json!({
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web"},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": {"app": "web"}},
            "template": {
                "metadata": {"labels": {"app": "web"}},
                "spec": {"containers": [{"name": "web", "image": "nginx:1.27"}]},
            },
        },
    }))
}

fn config_map(name: &str, value: &str) -> ConfigMap {
    made(json!({"metadata": {"name": name, "labels": {"made": "here"}}, "data": {"a": value}}))
}

#[tokio::test]
async fn objects_are_made_and_patched() {
    let (_server, client) = Server::start();
    let version = client.apiserver_version().await.unwrap();
    assert_eq!((version.major, version.minor), ("1".into(), "37".into()));

    let maps: Api<ConfigMap> = Api::default_namespaced(client.clone());
    let post = PostParams::default();
    let one = maps.create(&post, &config_map("one", "1")).await.unwrap();
    expect![[r#"409 AlreadyExists: configmaps "one" already exists"#]]
        .assert_eq(&refusal(maps.create(&post, &config_map("one", "2")).await));
    let merged = Patch::Merge(json!({"data": {"b": "2"}}));
    let newer = maps
        .patch("one", &PatchParams::default(), &merged)
        .await
        .unwrap();
    assert_eq!(newer.data.as_ref().unwrap().len(), 2);
    expect![[r#"409 Conflict: Operation cannot be fulfilled on configmaps "one": the object has been modified; please apply your changes to the latest version and try again"#]]
        .assert_eq(&refusal(maps.replace("one", &post, &one).await));
    assert!(maps.get_opt("nothing").await.unwrap().is_none());

    let deployments: Api<Deployment> = Api::default_namespaced(client);
    let ours = PatchParams::apply("ours");
    let first = deployments
        .patch("web", &ours, &Patch::Apply(web(2)))
        .await
        .unwrap();
    let again = deployments
        .patch("web", &ours, &Patch::Apply(web(2)))
        .await
        .unwrap();
    assert_eq!(first.metadata.generation, again.metadata.generation);
    let other = PatchParams::apply("other");
    let three = json!({"apiVersion": "apps/v1", "kind": "Deployment", "spec": {"replicas": 3}});
    let three = Patch::Apply(three);
    expect![[
        r#"409 Conflict: Apply failed with 1 conflict: conflict with "ours": .spec.replicas"#
    ]]
    .assert_eq(&refusal(deployments.patch("web", &other, &three).await));
    let forced = deployments
        .patch("web", &other.force(), &three)
        .await
        .unwrap();
    let managers = forced.managed_fields().iter();
    let mut managers: Vec<_> = managers
        .filter_map(|entry| entry.manager.as_deref())
        .collect();
    managers.retain(|manager| *manager != "kube-controller-manager");
    // They are in the order of their times, in seconds.
    managers.sort_unstable();
    assert_eq!(managers, ["other", "ours"]);
    let env = Patch::Strategic(json!({"spec": {"template": {"spec": {"containers": [
        {"name": "web", "env": [{"name": "A", "value": "1"}]}
    ]}}}}));
    let patched = deployments
        .patch("web", &PatchParams::default(), &env)
        .await
        .unwrap();
    let containers = patched.spec.template.spec.unwrap().containers;
    assert_eq!(containers[0].image.as_deref(), Some("nginx:1.27"));
    let scaled = Patch::Merge(json!({"spec": {"replicas": 1}}));
    let scale = deployments
        .patch_scale("web", &PatchParams::default(), &scaled)
        .await
        .unwrap();
    assert_eq!(scale.spec.unwrap().replicas, Some(1));
    let wrong = Patch::Merge(json!({"spec": {"replicas": "many"}}));
    assert!(
        refusal(
            deployments
                .patch("web", &PatchParams::default(), &wrong)
                .await
        )
        .starts_with("4")
    );
    deployments.restart("web").await.unwrap();
}

#[tokio::test]
async fn a_watch_goes_on_where_a_list_ended() {
    let (_server, client) = Server::start();
    let maps: Api<ConfigMap> = Api::default_namespaced(client);
    for number in 0..3 {
        maps.create(
            &PostParams::default(),
            &config_map(&format!("map-{number}"), "1"),
        )
        .await
        .unwrap();
    }
    let ours = ListParams::default().labels("made=here").limit(2);
    let part = maps.list(&ours).await.unwrap();
    let rest = maps
        .list(
            &ours
                .clone()
                .continue_token(part.metadata.continue_.as_ref().unwrap()),
        )
        .await
        .unwrap();
    assert_eq!((part.items.len(), rest.items.len()), (2, 1));
    let none = Expression::NotIn("made".into(), ["here".into()].into());
    let others = maps
        .list(&ListParams::default().labels_from(&none.into()))
        .await
        .unwrap();
    assert_eq!(
        others
            .items
            .iter()
            .map(ResourceExt::name_any)
            .collect::<Vec<_>>(),
        ["kube-root-ca.crt"]
    );

    let from = part.metadata.resource_version.unwrap();
    maps.patch(
        "map-0",
        &PatchParams::default(),
        &Patch::Merge(json!({"data": {"a": "2"}})),
    )
    .await
    .unwrap();
    maps.delete("map-1", &DeleteParams::default())
        .await
        .unwrap();
    let mut seen = Vec::new();
    let stream = maps
        .watch(&WatchParams::default().labels("made=here"), &from)
        .await
        .unwrap();
    soon(stream.take(2).for_each(|event| {
        seen.push(match event.unwrap() {
            WatchEvent::Added(map) => format!("added {}", map.name_any()),
            WatchEvent::Modified(map) => {
                format!("modified {} {:?}", map.name_any(), map.data.unwrap())
            }
            WatchEvent::Deleted(map) => format!("deleted {}", map.name_any()),
            other => format!("{other:?}"),
        });
        std::future::ready(())
    }))
    .await;
    assert_eq!(seen, [r#"modified map-0 {"a": "2"}"#, "deleted map-1"]);
}

/// Waits until a store is as wanted, which its reflector fills.
async fn reflect(
    mut events: impl Stream<Item = Result<watcher::Event<Pod>, watcher::Error>> + Unpin,
    wanted: impl Fn() -> bool,
) {
    while !wanted() {
        soon(events.try_next())
            .await
            .unwrap()
            .expect("a watcher does not end");
    }
}

#[tokio::test]
async fn a_reflector_holds_what_is_there() {
    let (_server, client) = Server::start();
    let deployments: Api<Deployment> = Api::default_namespaced(client.clone());
    deployments
        .create(&PostParams::default(), &web(2))
        .await
        .unwrap();
    let pods: Api<Pod> = Api::default_namespaced(client);
    for how in [
        watcher::Config::default(),
        watcher::Config::default().streaming_lists(),
    ] {
        let (store, writer) = reflector::store();
        let events = watcher(pods.clone(), how.labels("app=web"));
        let events = reflector(writer, events.default_backoff());
        let mut events = Box::pin(events);
        let running =
            |pod: &Pod| pod.status.as_ref().and_then(|s| s.phase.as_deref()) == Some("Running");
        let all = || store.state().iter().filter(|pod| running(pod)).count() == store.len();
        reflect(&mut events, || store.len() == 2 && all()).await;
        let gone = store.state()[0].name_any();
        pods.delete(&gone, &DeleteParams::default()).await.unwrap();
        let there = || store.state().iter().any(|pod| pod.name_any() == gone);
        reflect(&mut events, || store.len() == 2 && all() && !there()).await;
    }
    let one = pods.list(&ListParams::default()).await.unwrap().items[0].clone();
    soon(await_condition(
        pods.clone(),
        &one.name_any(),
        conditions::is_pod_running(),
    ))
    .await
    .unwrap();
    let uid = one.uid().unwrap();
    pods.delete(&one.name_any(), &DeleteParams::default())
        .await
        .unwrap();
    soon(await_condition(
        pods,
        &one.name_any(),
        conditions::is_deleted(&uid),
    ))
    .await
    .unwrap();
}
