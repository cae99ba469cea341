//! Applies every real manifest of the shared material to a fresh cluster, twice, and shows what is refused and what does
//! not settle.

use std::collections::BTreeSet;
use std::fmt::Write;

use expect_test::expect;
use podarium_api::decode::{Manifest, decode};
use podarium_cluster::{Cluster, Config, Method, Request};
use podarium_kubectl::{Done, Options, Outcome, apply};
use serde_json::json;

use crate::decode::{files, manifests};

fn cluster() -> Cluster {
    Cluster::new(Config {
        nodes: 0,
        ..Config::default()
    })
}

/// Creates the namespaces that a text names without bringing them, as its reader is told to.
fn make_room(cluster: &mut Cluster, manifests: &[Manifest]) {
    let named: BTreeSet<&str> = manifests.iter().map(Manifest::namespace).collect();
    for name in named.into_iter().filter(|n| !n.is_empty()) {
        let brought = manifests
            .iter()
            .any(|m| m.kind.info().kind == "Namespace" && m.name() == name);
        if !brought {
            let body = json!({"metadata": {"name": name}});
            cluster.handle(Request::new(Method::Post, "/api/v1/namespaces").json(&body));
            // The controller manager makes it in a moment; here no moment passes.
            let path = format!("/api/v1/namespaces/{name}/serviceaccounts");
            let account = json!({"metadata": {"name": "default"}});
            cluster.handle(Request::new(Method::Post, &path).json(&account));
        }
    }
}

fn refusals(name: &str, outcomes: &[Outcome], out: &mut String) {
    for outcome in outcomes {
        if let Err(failure) = &outcome.result {
            let sentence = failure.sentence();
            let _ = writeln!(out, "{name}: {sentence}");
        }
    }
}

#[test]
fn real_manifests_apply_once_and_are_unchanged_after() {
    let Some(root) = manifests() else { return };
    let mut paths = Vec::new();
    files(&root, &mut paths);
    let (mut created, mut refused, mut configured) = (0, String::new(), String::new());
    for path in &paths {
        let text = std::fs::read_to_string(path).expect("a manifest is text");
        let name = path
            .strip_prefix(&root)
            .unwrap_or(path)
            .display()
            .to_string();
        let decoded = decode(&name, &text);
        let cluster = &mut cluster();
        make_room(cluster, &decoded.manifests);
        let options = Options::command(format!("kubectl apply -f {name}"));
        let first = apply(cluster, &decoded.manifests, &options);
        created += first
            .iter()
            .filter(|o| o.result == Ok(Done::Created))
            .count();
        refusals(&name, &first, &mut refused);
        for outcome in apply(cluster, &decoded.manifests, &options) {
            if outcome.result == Ok(Done::Configured) {
                let line = outcome.line().unwrap_or_default();
                let _ = writeln!(configured, "{name}: {line}");
            }
        }
    }
    expect![[r#"
        486 created
        website/content/en/examples/application/job/job-tmpl.yaml: error when creating "website/content/en/examples/application/job/job-tmpl.yaml": Job.batch "process-item-$ITEM" is invalid: [metadata.name: Invalid value: "process-item-$ITEM": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*'), spec.template.labels: Invalid value: "process-item-$ITEM": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')]
        website/content/en/examples/controllers/hpa-rs.yaml: error when creating "website/content/en/examples/controllers/hpa-rs.yaml": HorizontalPodAutoscaler.autoscaling "frontend-scaler" is invalid: spec.scaleTargetRef.apiVersion: Invalid value: "": apiVersion must specify API group
        website/content/en/examples/pods/pod-projected-svc-token.yaml: error when creating "website/content/en/examples/pods/pod-projected-svc-token.yaml": pods "nginx" is forbidden: error looking up service account default/build-robot: serviceaccount "build-robot" not found
        website/content/en/examples/service/networking/dual-stack-ipfamilies-ipv6.yaml: error when creating "website/content/en/examples/service/networking/dual-stack-ipfamilies-ipv6.yaml": Service "my-service" is invalid: spec.ipFamilies[0]: Invalid value: "IPv6": not configured on this cluster
        website/content/en/examples/service/networking/dual-stack-prefer-ipv6-lb-svc.yaml: error when creating "website/content/en/examples/service/networking/dual-stack-prefer-ipv6-lb-svc.yaml": Service "my-service" is invalid: spec.ipFamilies[0]: Invalid value: "IPv6": not configured on this cluster
        website/content/en/examples/service/networking/dual-stack-preferred-ipfamilies-svc.yaml: error when creating "website/content/en/examples/service/networking/dual-stack-preferred-ipfamilies-svc.yaml": Service "my-service" is invalid: spec.ipFamilies[0]: Invalid value: "IPv6": not configured on this cluster
    "#]].assert_eq(&format!("{created} created\n{refused}"));
    // kubectl patches these again and again: quantities that are not written as the API prints them, a strategy without
    // its numbers, and lists of a pod to which the token's volume or the tolerations of admission were added.
    expect![[r#"
        kubernetes-examples/AI/vllm-deployment/hpa/gpu-horizontal-pod-autoscaler.yaml: horizontalpodautoscaler.autoscaling/gemma-server-gpu-hpa configured
        kubernetes-examples/AI/vllm-deployment/hpa/horizontal-pod-autoscaler.yaml: horizontalpodautoscaler.autoscaling/gemma-server-hpa configured
        kubernetes-examples/databases/cassandra/cassandra-statefulset.yaml: statefulset.apps/cassandra configured
        kubernetes-examples/databases/mysql-cinder-pd/mysql.yaml: pod/mysql configured
        website/content/en/examples/admin/konnectivity/konnectivity-agent.yaml: daemonset.apps/konnectivity-agent configured
        website/content/en/examples/admin/konnectivity/konnectivity-server.yaml: pod/konnectivity-server configured
        website/content/en/examples/admin/logging/two-files-counter-pod-agent-sidecar.yaml: pod/counter configured
        website/content/en/examples/admin/logging/two-files-counter-pod-streaming-sidecar.yaml: pod/counter configured
        website/content/en/examples/admin/logging/two-files-counter-pod.yaml: pod/counter configured
        website/content/en/examples/admin/resource/cpu-constraints-pod-2.yaml: pod/constraints-cpu-demo-2 configured
        website/content/en/examples/admin/resource/cpu-constraints.yaml: limitrange/cpu-min-max-demo-lr configured
        website/content/en/examples/admin/resource/cpu-defaults-pod-3.yaml: pod/default-cpu-demo-3 configured
        website/content/en/examples/admin/resource/cpu-defaults.yaml: limitrange/cpu-limit-range configured
        website/content/en/examples/admin/resource/limit-memory-ratio-pod.yaml: limitrange/limit-memory-ratio-pod configured
        website/content/en/examples/admin/resource/memory-constraints-pod-2.yaml: pod/constraints-mem-demo-2 configured
        website/content/en/examples/admin/resource/memory-constraints.yaml: limitrange/mem-min-max-demo-lr configured
        website/content/en/examples/admin/sched/my-scheduler.yaml: deployment.apps/my-scheduler configured
        website/content/en/examples/application/cassandra/cassandra-statefulset.yaml: statefulset.apps/cassandra configured
        website/content/en/examples/application/deployment-retainkeys.yaml: deployment.apps/retainkeys-demo configured
        website/content/en/examples/application/job/indexed-job-vol.yaml: job.batch/indexed-job configured
        website/content/en/examples/application/mysql/mysql-statefulset.yaml: statefulset.apps/mysql configured
        website/content/en/examples/application/shell-demo.yaml: pod/shell-demo configured
        website/content/en/examples/application/web/web-parallel.yaml: statefulset.apps/web configured
        website/content/en/examples/application/web/web.yaml: statefulset.apps/web configured
        website/content/en/examples/application/zookeeper/zookeeper.yaml: statefulset.apps/zk configured
        website/content/en/examples/configmap/configure-pod.yaml: pod/configmap-demo-pod configured
        website/content/en/examples/controllers/job-pod-failure-policy-config-issue.yaml: job.batch/job-pod-failure-policy-config-issue configured
        website/content/en/examples/controllers/job-pod-failure-policy-example.yaml: job.batch/job-pod-failure-policy-example configured
        website/content/en/examples/controllers/job-pod-failure-policy-ignore.yaml: job.batch/job-pod-failure-policy-ignore configured
        website/content/en/examples/pods/config/redis-pod.yaml: pod/redis configured
        website/content/en/examples/pods/init-containers.yaml: pod/init-demo configured
        website/content/en/examples/pods/inject/dapi-volume-resources.yaml: pod/kubernetes-downwardapi-volume-example-2 configured
        website/content/en/examples/pods/inject/dapi-volume.yaml: pod/kubernetes-downwardapi-volume-example configured
        website/content/en/examples/pods/inject/secret-pod.yaml: pod/secret-test-pod configured
        website/content/en/examples/pods/pod-configmap-volume-specific-key.yaml: pod/dapi-test-pod configured
        website/content/en/examples/pods/pod-configmap-volume.yaml: pod/dapi-test-pod configured
        website/content/en/examples/pods/pod-with-toleration.yaml: pod/nginx configured
        website/content/en/examples/pods/resource/cpu-request-limit.yaml: pod/cpu-demo configured
        website/content/en/examples/pods/resource/extended-resource-pod-2.yaml: pod/extended-resource-demo-2 configured
        website/content/en/examples/pods/resource/extended-resource-pod.yaml: pod/extended-resource-demo configured
        website/content/en/examples/pods/security/security-context.yaml: pod/security-context-demo configured
        website/content/en/examples/pods/storage/projected-secret-downwardapi-configmap.yaml: pod/volume-test configured
        website/content/en/examples/pods/storage/projected-secrets-nondefault-permission-mode.yaml: pod/volume-test configured
        website/content/en/examples/pods/storage/projected-service-account-token.yaml: pod/sa-token-test configured
        website/content/en/examples/pods/storage/projected.yaml: pod/test-projected-volume configured
        website/content/en/examples/pods/storage/pv-duplicate.yaml: pod/test configured
        website/content/en/examples/pods/storage/pv-pod.yaml: pod/task-pv-pod configured
        website/content/en/examples/pods/storage/redis.yaml: pod/redis configured
        website/content/en/examples/pods/two-container-pod.yaml: pod/two-containers configured
        website/content/en/examples/windows/deploy-resource.yaml: deployment.apps/iis configured
        website/content/en/examples/windows/emptydir-pod.yaml: pod/my-empty-dir-pod configured
        website/content/en/examples/windows/hostpath-volume-pod.yaml: pod/hostpath-volume-pod configured
    "#]].assert_eq(&configured);
}
