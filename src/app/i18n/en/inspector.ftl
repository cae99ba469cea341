# The inspector
inspector-nothing = Select something in the picture.
tab-what = What
tab-why = Why
tab-yaml = YAML
tab-events = Events
actions = Actions
kind-control-plane = Control plane
kind-controller = Controller
kind-internet = Outside the cluster
kind-zone = Zone
internet = Internet

fact-node = Node
fact-none = none yet
fact-address = Address
fact-owner = Owner
fact-phase = Phase
fact-created = Created
fact-gone-by = Gone by
fact-zone = Zone
fact-type = Type
fact-cluster-ip = Cluster IP
fact-load-balancer = Load balancer
fact-port = Port
fact-selector = Selector
fact-requests = Requests of late
fact-strategy = Strategy
fact-image = Image
fact-replicas = Replicas wanted
fact-updated = Of the newest template
fact-revision = Revision
fact-objects = Objects
requests-of-late = { $all }, { $failed } failed

section-init-containers = Init containers
section-containers = Containers
section-conditions = Conditions
section-asked = Requested of this node
section-taints = Taints
section-pods = Pods
section-owned = Owns
section-endpoints = Endpoints · share of late requests
section-doings = What it did last
section-nodes = Nodes
section-not-simulated = Accepted, not simulated

capacity-cpu = CPU
capacity-memory = Memory
capacity-pods = Pods

state-ready = Ready
state-not-ready = Not ready
state-starting = Starting
state-pending = Pending
state-terminating = Terminating
state-succeeded = Succeeded
state-failed = Failed
state-cordoned = Ready, cordoned
state-unknown = Not heard of
state-running = Running
state-stopped = Stopped
state-gone = Gone
container-running = running since { $since }
container-ended = ended: { $reason }, exit code { $code }
restarts = { $count ->
    [one] 1 restart
   *[other] { $count } restarts
  }
workload-ready = { $ready } of { $wanted } ready
service-no-endpoints = No endpoints
service-none-ready = None ready
service-endpoints = { $ready } of { $all } ready
service-selects-nothing = No pod has the labels { $selector }, so there is nobody to send requests to.
node-off = The machine is switched off. The cluster finds out when its kubelet stops reporting.

act-kill = Kill { $container }
act-delete-pod = Delete pod
act-delete-service = Delete Service
act-delete = Delete { $kind }
act-scale = Scale to { $count }
act-power-off = Power off
act-power-on = Power on
act-cordon = Cordon
act-uncordon = Uncordon
act-stop-kubelet = Stop kubelet
act-start-kubelet = Start kubelet
act-stop-kube-proxy = Stop kube-proxy
act-start-kube-proxy = Start kube-proxy
act-stop-scheduler = Stop scheduler
act-start-scheduler = Start scheduler
act-stop-manager = Stop controller manager
act-start-manager = Start controller manager

what-etcd = Keeps every object of the cluster, with a revision for every write.
what-apiserver = The one way in: checks, completes and stores every write, and tells those who watch.
what-scheduler = Chooses a node for every pod that has none.
what-controller = Watches objects, and writes others until the world is as it should be.
what-kubelet = Starts and stops this node's containers, probes them, and reports.
what-kube-proxy = Turns Services and their endpoints into this node's rules. It hears of changes a little late, as every watcher does.
what-internet = Where visitors come from.
what-zone = Nodes that fail together.

why-here = Why is it here?
why-changed = Why did it change last?
why-nothing = Nothing in the log is about this.
why-you = You: { $command }
why-you-wrote = { $kind } { $name }: { $what }
why-typed = you typed { $command }
why-line-link = { $file } line { $line }
why-bootstrap = It is there from the beginning
actor-you = you
actor-kubelet = kubelet on { $node }
actor-kube-proxy = kube-proxy on { $node }
actor-bootstrap = when the cluster was made

yaml-nothing = Nothing in the API stands for this, or it is gone.
events-nothing = No events.
events-time = Time
events-what = What
