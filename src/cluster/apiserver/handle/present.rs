//! Answers in the form that `Accept` asks for: Tables, metadata alone, YAML. The rules say what they look like.

use std::sync::Arc;

use podarium_api::meta::Time;
use podarium_api::object::Object;
use podarium_api::status::{Reason, Status};
use serde_json::{Value, json};

use super::super::request::Body;
use super::super::{Request, Response, rules};
use super::router::Place;
use super::{Answer, options};

/// What was asked for instead of the object itself as JSON, if anything.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Form(Option<Arc<Value>>);

/// The form that a request asks for.
///
/// # Errors
/// `NotAcceptable` where nothing that is asked for can be given, `BadRequest` where its parameters are wrong.
pub fn form(request: &Request, place: &Place) -> Result<Form, Status> {
    let parts = ["attach", "exec", "log", "portforward", "proxy"];
    if matches!(&*request.accept, "" | "*/*" | "application/json") || parts.contains(&&*place.sub) {
        return Ok(Form::default());
    }
    // upstream: TableConvertor of the stores below pkg/registry
    let tables = place.info.verbs.contains(&"get")
        && !["binding", "eviction", "token"].contains(&&*place.sub);
    let form = rules::accept(&json!({
        "accept": request.accept, "includeObject": request.param("includeObject"), "tables": tables,
        "watch": options::watches(request),
    }));
    let form = form.map(refused).transpose()?;
    let mut form = form.filter(|form| form != &json!({}));
    if let (Some(form), Some(described)) = (&mut form, &place.custom)
        && place.sub != "scale"
    {
        form["columns"] = described["columns"].clone();
    }
    Ok(Form(form.map(Arc::new)))
}

/// An answer of the rules, unless it says no.
fn refused(answer: Value) -> Result<Value, Status> {
    let reason = match answer["refused"].as_str() {
        None => return Ok(answer),
        Some("NotAcceptable") => Reason::NotAcceptable,
        Some(_) => Reason::BadRequest,
    };
    Err(Status::new(
        reason,
        answer["message"].as_str().unwrap_or_default(),
    ))
}

impl Form {
    /// The answer in this form.
    pub fn answer(&self, now: Time, mut response: Response) -> Answer {
        let Some(form) = &self.0 else {
            return Ok(response);
        };
        match &mut response.body {
            Body::Watch(watch) => watch.form = self.clone(),
            Body::Json(value) => {
                if form.get("as").is_some()
                    && let Some(shaped) = rules::present(value, &at(form, now))
                {
                    *value = refused(shaped)?;
                }
                if form["yaml"] == true {
                    let text = podarium_api::yaml::to_yaml(value);
                    response.body = Body::Bytes("application/yaml", text.into_bytes());
                }
            }
            _ => {}
        }
        Ok(response)
    }

    /// Whether the events that come next are in the same form as those after them.
    pub fn is_settled(&self) -> bool {
        let form = self.0.as_ref();
        form.is_none_or(|form| form["noHeaders"] == true)
    }

    /// The object of a watch's event in this form. Only the first Table has columns.
    pub fn event(&mut self, now: Time, value: Value) -> Value {
        let Some(form) = &mut self.0 else {
            return value;
        };
        // upstream: response.go watchEmbeddedEncoder doEncode: what has no such form is told as it is
        let shaped = rules::present(&value, &at(form, now)).map(refused);
        let Some(Ok(shaped)) = shaped else {
            return value;
        };
        if form["noHeaders"] != true {
            Arc::make_mut(form)["noHeaders"] = true.into();
        }
        shaped
    }

    /// In the browser every list goes by the rules: nobody there lists ten thousand pods as text.
    #[cfg(target_arch = "wasm32")]
    pub fn pods<'a>(
        &self,
        _: Time,
        _: &Value,
        _: impl Iterator<Item = &'a Object>,
    ) -> Option<Response> {
        None
    }

    /// The rows of a list of pods, which are too many to become values first; none where something else was asked for.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn pods<'a>(
        &self,
        now: Time,
        list: &Value,
        pods: impl Iterator<Item = &'a Object>,
    ) -> Option<Response> {
        let form = self.0.as_ref()?;
        let version = match (form["as"].as_str()?, form["include"].as_str()?) {
            ("Table", "" | "Metadata") => form["version"].as_str(),
            ("Table", "None") => None,
            _ => return None,
        };
        if form["yaml"] == true {
            return None;
        }
        // The Table without rows ends where they begin.
        let mut bytes = rules::present(list, &at(form, now))?
            .to_string()
            .into_bytes();
        let end = bytes.len().checked_sub("]}".len())?;
        bytes.truncate(end);
        let pods = pods.filter_map(|pod| Some(&**pod.as_pod()?));
        rules::pod_rows(&mut bytes, pods, now, version);
        bytes.extend(b"]}");
        Some(Response {
            body: Body::Bytes("application/json", bytes),
            ..Response::empty()
        })
    }
}

/// The form at an instant, for ages are told in Tables.
fn at(form: &Value, now: Time) -> Value {
    let mut form = form.clone();
    form["now"] = now.0.into();
    form
}

#[cfg(test)]
#[path = "../../../rules/tables/tests/print.rs"]
mod print;

#[cfg(test)]
mod tests {
    use super::print::print;
    use super::*;
    use crate::{Cluster, Config, Method};
    use expect_test::{Expect, expect};
    use podarium_api::meta::Span;

    const KUBECTL: &str = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json";

    fn ask(
        cluster: &mut Cluster,
        method: Method,
        path: &str,
        accept: &str,
        body: Value,
    ) -> Response {
        let kind = match method {
            Method::Patch => "application/merge-patch+json",
            _ => "application/json",
        };
        let mut request = Request::new(method, path).content_type(kind);
        request.accept = accept.into();
        if !body.is_null() {
            request = request.json(&body);
        }
        cluster.handle(request)
    }

    /// The JSON of an answer, whether it came as a value or as bytes.
    fn value(response: &Response) -> Value {
        match &response.body {
            Body::Bytes("application/json", bytes) => serde_json::from_slice(bytes).unwrap(),
            _ => response.value().clone(),
        }
    }

    fn table(cluster: &mut Cluster, path: &str) -> Value {
        let response = ask(cluster, Method::Get, path, KUBECTL, Value::Null);
        assert!(response.is_success(), "{path}: {}", response.message());
        value(&response)
    }

    const PODS: &str = "/api/v1/namespaces/default/pods";
    const MAPS: &str = "/api/v1/namespaces/default/configmaps";

    /// Ten minutes old, with pods that run, crash, wait and have ended.
    fn town() -> Cluster {
        let mut cluster = Cluster::new(Config {
            nodes: 2,
            ..Config::default()
        });
        let pod = |name: &str, more: Value| {
            let mut spec = json!({"containers": [{"name": "c", "image": "busybox", "command": ["sh", "-c", "sleep 1d"]}]});
            for (key, value) in more.as_object().unwrap() {
                spec[key] = value.clone();
            }
            json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "annotations": {"note": "a \"quoted\"\nline"}}, "spec": spec})
        };
        let container = |script: &str| json!([{"name": "c", "image": "busybox", "command": ["sh", "-c", script]}]);
        for body in [
            pod("runs", json!({})),
            pod(
                "crashes",
                json!({"containers": container("sleep 5; exit 3")}),
            ),
            pod(
                "ends",
                json!({"restartPolicy": "Never", "containers": container("exit 0")}),
            ),
            pod(
                "fails",
                json!({"restartPolicy": "Never", "containers": container("exit 2")}),
            ),
            pod(
                "homeless",
                json!({"nodeSelector": {"no": "where"}, "readinessGates": [{"conditionType": "example.com/fed"}]}),
            ),
            pod(
                "begins",
                json!({"initContainers": [{"name": "i", "image": "busybox", "command": ["sh", "-c", "sleep 1d"]}]}),
            ),
            pod(
                "gated",
                json!({"schedulingGates": [{"name": "example.com/wait"}]}),
            ),
            pod(
                "beside",
                json!({"initContainers": [{"name": "s", "image": "busybox", "command": ["sh", "-c", "sleep 1d"], "restartPolicy": "Always"}]}),
            ),
        ] {
            let made = ask(&mut cluster, Method::Post, PODS, "", body);
            assert!(made.is_success(), "{}", made.message());
        }
        let deployment = json!({
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"},
            "spec": {
                "replicas": 2, "selector": {"matchLabels": {"app": "web"}},
                "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "web", "image": "nginx:1"}]}},
            },
        });
        let path = "/apis/apps/v1/namespaces/default/deployments";
        let made = ask(&mut cluster, Method::Post, path, "", deployment);
        assert!(made.is_success(), "{}", made.message());
        cluster.advance(Time(0) + Span::secs(600), u64::MAX);
        cluster
    }

    #[test]
    fn rows_of_pods_say_what_the_way_through_values_says() {
        let mut cluster = town();
        let leaving = [PODS, "/runs"].concat();
        ask(&mut cluster, Method::Delete, &leaving, "", Value::Null);
        for (include, path) in [
            ("", "/api/v1/pods?"),
            ("Metadata", "/api/v1/pods?"),
            (
                "None",
                "/api/v1/namespaces/default/pods?labelSelector=app%3Dweb&",
            ),
        ] {
            let path = format!("{path}includeObject={include}");
            let plain = ask(&mut cluster, Method::Get, &path, "", Value::Null);
            let mut request = Request::get(&path);
            request.accept = KUBECTL.into();
            let form = rules::accept(
                &json!({"accept": KUBECTL, "includeObject": include, "tables": true}),
            )
            .unwrap();
            let now = cluster.world().now();
            let slow = rules::present(plain.value(), &at(&form, now)).unwrap();
            let response = cluster.handle(request);
            assert!(matches!(response.body, Body::Bytes(..)), "{path}");
            assert_eq!(value(&response), slow, "{path}");
        }
        let whole = ask(
            &mut cluster,
            Method::Get,
            "/api/v1/pods?includeObject=Object",
            KUBECTL,
            Value::Null,
        );
        assert_eq!(whole.value()["rows"][0]["object"]["kind"], "Pod");
    }

    fn printed(cluster: &mut Cluster, path: &str, wide: bool, expected: Expect) {
        expected.assert_eq(&print(&table(cluster, path), wide));
    }

    #[test]
    fn a_living_cluster_prints_as_kubectl_shows_it() {
        let c = &mut town();
        printed(
            c,
            PODS,
            false,
            expect![[r#"
            NAME                  READY   STATUS             RESTARTS        AGE
            begins                0/1     Init:0/1           0               10m
            beside                2/2     Running            0               10m
            crashes               0/1     CrashLoopBackOff   6 (3m39s ago)   10m
            ends                  0/1     Completed          0               10m
            fails                 0/1     Error              0               10m
            gated                 0/1     SchedulingGated    0               10m
            homeless              0/1     Pending            0               10m
            runs                  1/1     Running            0               10m
            web-fb574f495-7tjbf   1/1     Running            0               10m
            web-fb574f495-rs5cq   1/1     Running            0               10m
        "#]],
        );
        printed(
            c,
            "/api/v1/namespaces/default/pods/homeless",
            true,
            expect![[r#"
                NAME       READY   STATUS    RESTARTS   AGE   IP       NODE     NOMINATED NODE   READINESS GATES
                homeless   0/1     Pending   0          10m   <none>   <none>   <none>           0/1
            "#]],
        );
        printed(
            c,
            "/api/v1/nodes",
            true,
            expect![[r#"
            NAME     STATUS   ROLES    AGE   VERSION   INTERNAL-IP   EXTERNAL-IP   OS-IMAGE         KERNEL-VERSION   CONTAINER-RUNTIME
            node-1   Ready    <none>   10m   v1.37.0   10.0.1.11     <none>        Podarium Linux   6.12.0           containerd://2.2.0
            node-2   Ready    <none>   10m   v1.37.0   10.0.2.11     <none>        Podarium Linux   6.12.0           containerd://2.2.0
        "#]],
        );
        printed(
            c,
            "/apis/apps/v1/deployments",
            true,
            expect![[r#"
            NAME      READY   UP-TO-DATE   AVAILABLE   AGE   CONTAINERS   IMAGES                                    SELECTOR
            web       2/2     2            2           10m   web          nginx:1                                   app=web
            coredns   2/2     2            2           10m   coredns      registry.k8s.io/coredns/coredns:v1.12.1   k8s-app=kube-dns
        "#]],
        );
        printed(
            c,
            "/apis/apps/v1/namespaces/default/replicasets",
            false,
            expect![[r#"
                NAME            DESIRED   CURRENT   READY   AGE
                web-fb574f495   2         2         2       10m
            "#]],
        );
        printed(
            c,
            "/api/v1/services",
            true,
            expect![[r#"
            NAME         TYPE        CLUSTER-IP   EXTERNAL-IP   PORT(S)                  AGE   SELECTOR
            kubernetes   ClusterIP   10.96.0.1    <none>        443/TCP                  10m   <none>
            kube-dns     ClusterIP   10.96.0.10   <none>        53/UDP,53/TCP,9153/TCP   10m   k8s-app=kube-dns
        "#]],
        );
        printed(
            c,
            "/api/v1/namespaces/default/endpoints",
            false,
            expect![[r#"
                NAME         ENDPOINTS        AGE
                kubernetes   10.0.0.10:6443   10m
            "#]],
        );
        printed(
            c,
            "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices",
            false,
            expect![[r#"
                NAME         ADDRESSTYPE   PORTS   ENDPOINTS   AGE
                kubernetes   IPv4          6443    10.0.0.10   10m
            "#]],
        );
        printed(
            c,
            "/api/v1/namespaces",
            false,
            expect![[r#"
            NAME              STATUS   AGE
            default           Active   10m
            kube-node-lease   Active   10m
            kube-public       Active   10m
            kube-system       Active   10m
        "#]],
        );
        printed(
            c,
            "/api/v1/namespaces/default/events?fieldSelector=involvedObject.name%3Dhomeless",
            true,
            expect![[r#"
                LAST SEEN   TYPE      REASON             OBJECT         SUBOBJECT   SOURCE                                               MESSAGE                                                                                                                                                                                       FIRST SEEN   COUNT   NAME
                9m59s       Warning   FailedScheduling   pod/homeless               default-scheduler, default-scheduler-control-plane   0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector. no new claims to deallocate, preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.   9m59s        1       homeless.18867251eeb9ae50
                9m56s       Warning   FailedScheduling   pod/homeless               default-scheduler, default-scheduler-control-plane   0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector. no new claims to deallocate, preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.   9m58s        2       homeless.188672525545fc28
            "#]],
        );
        printed(
            c,
            "/apis/apps/v1/namespaces/default/deployments/web/scale",
            false,
            expect![[r#"
                NAME   DESIRED   AVAILABLE   AGE
                web    2         2           10m
            "#]],
        );
    }

    #[test]
    fn writes_answer_with_tables_too() {
        let c = &mut town();
        let map = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "m"}, "data": {"a": "1"}});
        let one = [MAPS, "/m"].concat();
        let made = ask(c, Method::Post, MAPS, KUBECTL, map);
        assert_eq!((made.code, &made.value()["kind"]), (201, &json!("Table")));
        let patched = ask(c, Method::Patch, &one, KUBECTL, json!({"data": {"b": "2"}}));
        assert_eq!(patched.value()["rows"][0]["cells"], json!(["m", 2, "0s"]));
        let dry = ask(
            c,
            Method::Patch,
            &[&one, "?dryRun=All"].concat(),
            KUBECTL,
            json!({"data": {"b": null}}),
        );
        assert_eq!(dry.value()["rows"][0]["cells"], json!(["m", 1, "0s"]));
        // A Status is no object, and no Table is made of it.
        let deleted = ask(c, Method::Delete, &one, KUBECTL, Value::Null);
        assert_eq!(deleted.value()["kind"], "Status");
        let missing = ask(c, Method::Get, &one, KUBECTL, Value::Null);
        assert_eq!(
            (missing.code, &missing.value()["kind"]),
            (404, &json!("Status"))
        );
        let all = ask(c, Method::Delete, MAPS, KUBECTL, Value::Null);
        assert_eq!(all.value()["kind"], "Table");
    }

    #[test]
    fn the_first_event_of_a_watch_carries_the_columns() {
        let c = &mut town();
        let response = ask(
            c,
            Method::Get,
            &[MAPS, "?watch=1"].concat(),
            KUBECTL,
            Value::Null,
        );
        let Body::Watch(mut watch) = response.body else {
            panic!("a watch");
        };
        let first = c.world().poll_watch(&mut watch);
        assert_eq!(first.len(), 1);
        assert_eq!(first[0].1["columnDefinitions"].as_array().unwrap().len(), 3);
        assert_eq!(
            first[0].1["rows"][0]["object"]["kind"],
            "PartialObjectMetadata"
        );
        let map = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "m"}});
        let made = ask(c, Method::Post, MAPS, "", map);
        let next = c.world().poll_watch(&mut watch);
        let (event, table) = &next[0];
        assert_eq!(
            (*event, &table["columnDefinitions"]),
            ("ADDED", &Value::Null)
        );
        assert_eq!(
            table["metadata"]["resourceVersion"],
            made.value()["metadata"]["resourceVersion"]
        );
        assert_eq!(table["rows"][0]["cells"], json!(["m", 0, "0s"]));
    }

    #[test]
    fn what_cannot_be_given_is_refused() {
        let c = &mut town();
        let check = |c: &mut Cluster, path: &str, accept: &str, answer: Expect| {
            let response = ask(c, Method::Get, path, accept, Value::Null);
            let reason = response.value()["reason"].as_str().unwrap_or_default();
            answer.assert_eq(&format!(
                "{} {reason} {}",
                response.code,
                response.message()
            ));
        };
        check(
            c,
            PODS,
            "application/vnd.kubernetes.protobuf",
            expect![
                "406 NotAcceptable only the following media types are accepted: application/json, application/yaml"
            ],
        );
        check(
            c,
            &[PODS, "?includeObject=All"].concat(),
            KUBECTL,
            expect![[
                r#"400 BadRequest Unable to convert to Table as requested: includeObject: Invalid value: "All": must be 'Metadata', 'Object', 'None', or empty"#
            ]],
        );
        check(
            c,
            PODS,
            "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1",
            expect![
                "406 NotAcceptable you requested PartialObjectMetadata, but the requested object is a list (*core.PodList)"
            ],
        );
        check(
            c,
            &[PODS, "?watch=1"].concat(),
            "application/yaml",
            expect![
                "406 NotAcceptable only the following media types are accepted: application/json;stream=watch"
            ],
        );
    }

    #[test]
    fn metadata_alone_and_yaml_may_be_asked_for() {
        let c = &mut town();
        let accept = "application/vnd.kubernetes.protobuf;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";
        let list = ask(c, Method::Get, PODS, accept, Value::Null);
        assert_eq!(list.value()["kind"], "PartialObjectMetadataList");
        assert_eq!(list.value()["items"][0]["metadata"]["name"], "begins");
        assert_eq!(list.value()["items"][0].get("spec"), None);
        let yaml = ask(
            c,
            Method::Get,
            "/api/v1/namespaces/default",
            "application/yaml",
            Value::Null,
        );
        let Body::Bytes("application/yaml", bytes) = &yaml.body else {
            panic!("YAML");
        };
        assert!(String::from_utf8_lossy(bytes).starts_with("apiVersion: v1\nkind: Namespace\n"));
    }
}
