//! ConfigMaps, Secrets and other sources of a container's surroundings.

use expect_test::expect;

use super::super::env::Source;
use super::sim;

#[test]
fn a_missing_configmap_keeps_the_container_waiting() {
    let mut sim = sim(1);
    sim.apply(
        "
metadata: {name: web}
spec:
  containers:
  - name: web
    image: nginx:1.27
    env: [{name: GREETING, valueFrom: {configMapKeyRef: {name: settings, key: greeting}}}]
",
    );
    sim.run_for(30);
    expect![[r#"
        0.000s web Pending
        0.000s web Pending
        0.008s web Pending init web=ContainerCreating
        3.406s web Pending init web=CreateContainerConfigError
    "#]]
    .assert_eq(&sim.story());
    expect![[r#"
        0.565s Normal Pulling: Pulling image "nginx:1.27"
        2.753s Normal Pulled: Successfully pulled image "nginx:1.27" in 2.188s (2.188s including waiting). Image size: 72180980 bytes.
        2.753s Warning Failed: Error: configmap "settings" not found (x4)
        3.406s Normal Pulled: Container image "nginx:1.27" already present on machine and can be accessed by the pod (x3)
    "#]].assert_eq(&sim.events("web"));
    sim.apply("{apiVersion: v1, kind: ConfigMap, metadata: {name: settings, namespace: default}, data: {other: x}}");
    sim.run_for(15);
    expect![[r#"
        37.406s web Pending init web=CreateContainerConfigError
    "#]]
    .assert_eq(&sim.story());
    let waiting = &sim.pod("web").body.status.to_value()["containerStatuses"][0]["state"];
    expect!["couldn't find key greeting in ConfigMap default/settings"]
        .assert_eq(waiting["waiting"]["message"].as_str().unwrap());
    let mut map = sim
        .world
        .get::<podarium_api::object::ConfigMapBody>("default", "settings")
        .unwrap()
        .as_ref()
        .clone();
    map.body.data.insert("greeting".into(), "hello".into());
    let me = crate::sim::Actor::User("me".into());
    sim.world
        .update(&me, map, crate::sim::Why::new("test"))
        .unwrap();
    sim.run_for(15);
    expect![[r#"
        48.406s web Running init READY web=running
    "#]]
    .assert_eq(&sim.story());
}

#[test]
fn a_missing_volume_keeps_the_pod_creating() {
    let mut sim = sim(1);
    sim.apply(
        "
metadata: {name: web}
spec:
  containers: [{name: web, image: 'nginx:1.27', volumeMounts: [{name: conf, mountPath: /etc/nginx}]}]
  volumes:
  - {name: conf, configMap: {name: conf, items: [{key: nginx.conf, path: nginx.conf}]}}
  - {name: maybe, secret: {secretName: none, optional: true}}
",
    );
    sim.run_for(8);
    sim.apply("{apiVersion: v1, kind: ConfigMap, metadata: {name: conf, namespace: default}, data: {x: y}}");
    sim.run_for(10);
    sim.delete_config("conf");
    sim.apply("{apiVersion: v1, kind: ConfigMap, metadata: {name: conf, namespace: default}, data: {nginx.conf: y}}");
    sim.run_for(60);
    expect![[r#"
        0.000s web Pending
        0.000s web Pending
        0.008s web Pending init web=ContainerCreating
        34.406s web Running init READY web=running
    "#]]
    .assert_eq(&sim.story());
    expect![[r#"
        0.125s Warning FailedMount: MountVolume.SetUp failed for volume "conf" : configmap "conf" not found (x5)
        15.625s Warning FailedMount: MountVolume.SetUp failed for volume "conf" : references non-existent config key: nginx.conf
        32.065s Normal Pulling: Pulling image "nginx:1.27"
        34.253s Normal Pulled: Successfully pulled image "nginx:1.27" in 2.188s (2.188s including waiting). Image size: 72180980 bytes.
        34.332s Normal Created: Container created
        34.332s Normal Started: Container started
    "#]].assert_eq(&sim.events("web"));
}

#[test]
fn an_environment_from_everywhere() {
    let mut sim = sim(1);
    sim.apply(
        "
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: default}
data: {color: blue, size: big}
---
apiVersion: v1
kind: Secret
metadata: {name: keys, namespace: default}
data: {password: cGFzc3dvcmQ=}
---
apiVersion: v1
kind: Service
metadata: {name: redis-cart, namespace: default}
spec: {clusterIP: 10.96.200.1, ports: [{name: main, port: 6379}, {name: more, port: 53, protocol: UDP}]}
---
metadata: {name: web, labels: {app: shop}}
spec:
  containers:
  - name: web
    image: nginx:1.27
    resources: {limits: {cpu: 250m, memory: 64Mi}}
    envFrom: [{prefix: S_, configMapRef: {name: settings}}, {configMapRef: {name: none, optional: true}}]
    env:
    - {name: PASSWORD, valueFrom: {secretKeyRef: {name: keys, key: password}}}
    - {name: MAYBE, valueFrom: {secretKeyRef: {name: keys, key: none, optional: true}}}
    - {name: HOST, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}
    - {name: IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}
    - {name: APP, valueFrom: {fieldRef: {fieldPath: \"metadata.labels['app']\"}}}
    - {name: CPU, valueFrom: {resourceFieldRef: {resource: limits.cpu}}}
    - {name: MILLIS, valueFrom: {resourceFieldRef: {resource: limits.cpu, divisor: 1m}}}
    - {name: MIB, valueFrom: {resourceFieldRef: {resource: limits.memory, divisor: 1Mi}}}
    - {name: URL, value: 'http://$(REDIS_CART_SERVICE_HOST):$(REDIS_CART_SERVICE_PORT)/$(S_color)/$(LATER)/$$(APP)'}
    - {name: LATER, value: 'x'}
",
    );
    sim.run_for(10);
    let pod = sim.pod("web");
    let source = Source {
        world: &sim.world,
        pod: &pod,
        spec: &pod.body.spec.containers[0],
        ip: pod.ip(),
        host_ip: pod.body.status.host_ip.unwrap(),
        node: "node-1",
        as_of: sim.world.now(),
    };
    let env = source.environment().unwrap();
    let lines: Vec<_> = env.iter().map(|(n, v)| format!("{n}={v}\n")).collect();
    expect![[r#"
        KUBERNETES_SERVICE_HOST=10.96.0.1
        KUBERNETES_SERVICE_PORT=443
        KUBERNETES_SERVICE_PORT_HTTPS=443
        KUBERNETES_PORT=tcp://10.96.0.1:443
        KUBERNETES_PORT_443_TCP=tcp://10.96.0.1:443
        KUBERNETES_PORT_443_TCP_PROTO=tcp
        KUBERNETES_PORT_443_TCP_PORT=443
        KUBERNETES_PORT_443_TCP_ADDR=10.96.0.1
        REDIS_CART_SERVICE_HOST=10.96.200.1
        REDIS_CART_SERVICE_PORT=6379
        REDIS_CART_SERVICE_PORT_MAIN=6379
        REDIS_CART_SERVICE_PORT_MORE=53
        REDIS_CART_PORT=tcp://10.96.200.1:6379
        REDIS_CART_PORT_6379_TCP=tcp://10.96.200.1:6379
        REDIS_CART_PORT_6379_TCP_PROTO=tcp
        REDIS_CART_PORT_6379_TCP_PORT=6379
        REDIS_CART_PORT_6379_TCP_ADDR=10.96.200.1
        REDIS_CART_PORT_53_UDP=udp://10.96.200.1:53
        REDIS_CART_PORT_53_UDP_PROTO=udp
        REDIS_CART_PORT_53_UDP_PORT=53
        REDIS_CART_PORT_53_UDP_ADDR=10.96.200.1
        HOSTNAME=web
        S_color=blue
        S_size=big
        PASSWORD=password
        HOST=node-1
        IP=10.244.1.2
        APP=shop
        CPU=1
        MILLIS=250
        MIB=64
        URL=http://10.96.200.1:6379/blue/$(LATER)/$(APP)
        LATER=x
    "#]]
    .assert_eq(&lines.concat());
}

#[test]
fn what_does_not_fit_is_rejected() {
    let mut sim = sim(1);
    sim.apply(
        "
metadata: {name: big}
spec:
  containers: [{name: web, image: 'nginx:1.27', resources: {requests: {cpu: 3}}}]
---
metadata: {name: more}
spec:
  containers: [{name: web, image: 'nginx:1.27', resources: {requests: {cpu: 1500m}}}]
",
    );
    sim.run_for(10);
    expect![[r#"
        0.000s big Pending
        0.000s big Pending
        0.000s more Pending
        0.000s more Pending
        0.008s big Pending init web=ContainerCreating
        0.008s more Failed init
        3.406s big Running init READY web=running
    "#]]
    .assert_eq(&sim.story());
    expect![[r#"
        0.008s Warning OutOfcpu: Node didn't have enough resource: cpu, requested: 1500, used: 3000, capacity: 4000
    "#]].assert_eq(&sim.events("more"));
    let status = &sim.pod("more").body.status;
    expect![[r#"Some("OutOfcpu") Some("Pod was rejected: Node didn't have enough resource: cpu, requested: 1500, used: 3000, capacity: 4000")"#]].assert_eq(&format!("{:?} {:?}", status.reason, status.message));
}
