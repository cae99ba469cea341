"""What the Python client sees of `podarium serve`: creates, patches, watches, an informer, discovery."""

import json
import logging
import sys
import time

from kubernetes import client, config, dynamic, utils, watch
from kubernetes.client.exceptions import ApiException
from kubernetes.informer import SharedInformer

config.load_kube_config(sys.argv[1])
core, apps = client.CoreV1Api(), client.AppsV1Api()
auth = client.AuthorizationV1Api()


def refused(call, *args, **kwargs):
    """The Status that a call is answered with."""
    try:
        call(*args, **kwargs)
    except ApiException as error:
        status = json.loads(error.body)
        return f"{error.status} {status['reason']}: {status['message']}"
    raise SystemExit(f"{call.__name__} was not refused")


def until(what, wanted, patience=30):
    """Asks again until the answer is the wanted one."""
    end = time.monotonic() + patience
    while True:
        answer = what()
        if answer == wanted:
            return answer
        if time.monotonic() > end:
            raise SystemExit(f"never {wanted}, at last {answer}")
        time.sleep(0.05)


def config_map(name, **data):
    return client.V1ConfigMap(metadata=client.V1ObjectMeta(name=name, labels={"made": "here"}), data=data)


print("## Versions")
version = client.VersionApi().get_code()
print(version.major, version.minor, version.git_version)
print("apps:", [v.group_version for v in client.AppsApi().get_api_group().versions])
print("v1:", len(core.get_api_resources().resources), "resources")

print("## Create, read, replace, delete")
made = core.create_namespaced_config_map("default", config_map("one", a="1"))
print(made.metadata.name, made.data, made.metadata.generation, type(made.metadata.creation_timestamp).__name__)
print(refused(core.create_namespaced_config_map, "default", config_map("one", a="2")))
made.data["b"] = "2"
newer = core.replace_namespaced_config_map("one", "default", made)
print(newer.data, int(newer.metadata.resource_version) > int(made.metadata.resource_version))
print(refused(core.replace_namespaced_config_map, "one", "default", made))
print(refused(core.read_namespaced_config_map, "nothing", "default"))
print(refused(core.create_namespaced_config_map, "default", config_map("Not_A_Name")))
dry = core.create_namespaced_config_map("default", config_map("dry"), dry_run="All")
print(dry.metadata.name, refused(core.read_namespaced_config_map, "dry", "default"))
gone = core.delete_namespaced_config_map(
    "one", "default", body=client.V1DeleteOptions(preconditions=client.V1Preconditions(uid=made.metadata.uid))
)
print(gone["status"], gone["details"]["kind"], gone["details"]["name"], gone["details"]["uid"] == made.metadata.uid)

print("## Lists in chunks, and what a selector chooses")
for number in range(5):
    core.create_namespaced_config_map("default", config_map(f"many-{number}", number=str(number)))
names, more, asked = [], None, 0
while True:
    part = core.list_namespaced_config_map("default", label_selector="made=here", limit=2, _continue=more)
    names += [item.metadata.name for item in part.items]
    asked, more = asked + 1, part.metadata._continue
    if not more:
        break
print(asked, names)
chosen = core.list_namespaced_config_map("default", field_selector="metadata.name=many-3")
print([item.data for item in chosen.items])
print(refused(core.list_namespaced_config_map, "default", label_selector="a in b"))
print(refused(core.list_namespaced_config_map, "default", _continue="nonsense", limit=1).split(" valid:")[0])
collected = core.delete_collection_namespaced_config_map("default", label_selector="made=here")
print(collected.kind if hasattr(collected, "kind") else collected, len(core.list_namespaced_config_map("default").items))

print("## Patches")
labels = {"app": "web"}
container = client.V1Container(name="web", image="nginx:1.27", ports=[client.V1ContainerPort(container_port=80)])
template = client.V1PodTemplateSpec(metadata=client.V1ObjectMeta(labels=labels), spec=client.V1PodSpec(containers=[container]))
spec = client.V1DeploymentSpec(replicas=2, selector=client.V1LabelSelector(match_labels=labels), template=template)
web = client.V1Deployment(metadata=client.V1ObjectMeta(name="web"), spec=spec)
web = apps.create_namespaced_deployment("default", web, field_manager="flows")
print(web.spec.strategy.rolling_update.max_surge, web.spec.template.spec.restart_policy, web.metadata.generation)
env = {"spec": {"template": {"spec": {"containers": [{"name": "web", "env": [{"name": "A", "value": "1"}]}]}}}}
web = apps.patch_namespaced_deployment("web", "default", env)
print(web.spec.template.spec.containers[0].image, [e.name for e in web.spec.template.spec.containers[0].env])
web = apps.patch_namespaced_deployment("web", "default", [{"op": "replace", "path": "/spec/replicas", "value": 3}])
print(web.spec.replicas, web.metadata.generation)
web = apps.patch_namespaced_deployment(
    "web", "default", {"metadata": {"labels": {"tier": "front"}}}, _content_type="application/merge-patch+json"
)
print(web.metadata.labels, web.metadata.generation)
owned = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": {"replicas": 2}}
apply = {"_content_type": "application/apply-patch+yaml", "field_manager": "other"}
print(refused(apps.patch_namespaced_deployment, "web", "default", owned, **apply))
web = apps.patch_namespaced_deployment("web", "default", owned, force=True, **apply)
print(web.spec.replicas, sorted((m.manager, m.operation) for m in web.metadata.managed_fields if not m.subresource))


def scaled():
    """Reads and writes the scale; controllers may write the Deployment in between."""
    scale = apps.read_namespaced_deployment_scale("web", "default")
    scale.spec.replicas = 1
    try:
        return apps.replace_namespaced_deployment_scale("web", "default", scale).spec.replicas
    except ApiException as error:
        return error.reason


print(until(scaled, 1), "by its scale")
print(refused(apps.patch_namespaced_deployment, "web", "default", {"spec": {"replicas": -1}}))

print("## An informer keeps what is there")
seen = []
informer = SharedInformer(core.list_namespaced_pod, namespace="default", label_selector="app=web", resync_period=1)
informer.add_event_handler("DELETED", lambda pod: seen.append(pod.metadata.name))
informer.start()
until(lambda: [pod.status.phase for pod in informer.cache.list()], ["Running"])
apps.patch_namespaced_deployment_scale("web", "default", {"spec": {"replicas": 3}})
until(lambda: [pod.status.phase for pod in informer.cache.list()], ["Running"] * 3)
victim = informer.cache.list()[0].metadata.name
core.delete_namespaced_pod(victim, "default")
until(lambda: victim in seen, True)
until(lambda: [pod.status.phase for pod in informer.cache.list()], ["Running"] * 3)
listed = core.list_namespaced_pod("default", label_selector="app=web")
until(lambda: sorted(informer.cache.list_keys()), sorted(f"default/{pod.metadata.name}" for pod in listed.items))
print(len(listed.items), "pods, as listed")
# It is not silent about its own end.
logging.disable(logging.CRITICAL)
informer.stop()

print("## A watch from a list on, and a list that is not there yet")
start = core.list_namespaced_config_map("default").metadata.resource_version
core.create_namespaced_config_map("default", config_map("seen", a="1"))
core.patch_namespaced_config_map("seen", "default", {"data": {"a": "2"}})
core.delete_namespaced_config_map("seen", "default")
stream = watch.Watch()
for event in stream.stream(core.list_namespaced_config_map, "default", resource_version=start, timeout_seconds=20):
    print(event["type"], event["object"].kind, event["object"].data)
    if event["type"] == "DELETED":
        stream.stop()
print(refused(core.list_namespaced_config_map, "default", resource_version="99999999").split(",")[0])

print("## Pods: what they print, bindings and evictions")
talk = client.V1Container(name="talk", image="busybox:1.36", command=["echo", "hello"])
pod = client.V1Pod(
    metadata=client.V1ObjectMeta(generate_name="talk-"), spec=client.V1PodSpec(restart_policy="Never", containers=[talk])
)
pod = core.create_namespaced_pod("default", pod).metadata.name
until(lambda: core.read_namespaced_pod(pod, "default").status.phase, "Succeeded")
print(pod.startswith("talk-"), repr(core.read_namespaced_pod_log(pod, "default")))
eviction = client.V1Eviction(metadata=client.V1ObjectMeta(name=pod, namespace="default"))
core.create_namespaced_pod_eviction(pod, "default", eviction)
until(lambda: pod in [pod.metadata.name for pod in core.list_namespaced_pod("default").items], False)

print("## May I?")
review = client.V1SelfSubjectAccessReview(
    spec=client.V1SelfSubjectAccessReviewSpec(resource_attributes=client.V1ResourceAttributes(verb="get", resource="pods"))
)
print(auth.create_self_subject_access_review(review).status.allowed)

print("## Discovery")
found = dynamic.DynamicClient(client.ApiClient())
pods = found.resources.get(api_version="v1", kind="Pod")
print(pods.name, pods.namespaced, sorted(pods.verbs))
deployments = found.resources.get(api_version="apps/v1", kind="Deployment")
print(deployments.get(name="web", namespace="default").spec.template.spec.containers[0].image)
applied = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "dynamic"}, "data": {"a": "1"}}
print(found.resources.get(api_version="v1", kind="ConfigMap").server_side_apply(applied, namespace="default", field_manager="flows").data)
utils.create_from_dict(client.ApiClient(), applied | {"metadata": {"name": "from-dict"}})
print(core.read_namespaced_config_map("from-dict", "default").data)
print(refused(apps.delete_namespaced_deployment, "nothing", "default"))
apps.delete_namespaced_deployment("web", "default", propagation_policy="Foreground")
until(lambda: core.list_namespaced_pod("default", label_selector="app=web").items, [])
print("all gone:", refused(apps.read_namespaced_deployment, "web", "default"))
