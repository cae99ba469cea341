# Why controllers did what they did: one sentence for every reason that they record.

why-controller-error = The attempt failed and will be made again: { $message }

why-replicaset-create = ReplicaSet { $name } wanted { $wanted } pods and had { $had }
why-replicaset-delete = ReplicaSet { $name } wanted { $wanted } pods and had { $had }
why-replicaset-adopt = ReplicaSet { $name } selects pod { $pod }, which nobody managed
why-replicaset-release = ReplicaSet { $name } no longer selects pod { $pod }
why-replicaset-status = ReplicaSet { $name } has { $replicas } pods, { $ready } of them ready

why-deployment-new-replicaset = Deployment { $deployment } got a new template, revision { $revision }: ReplicaSet { $name } starts with { $replicas } pods
why-deployment-scale = Deployment { $deployment } scaled ReplicaSet { $name } from { $from } to { $to }
why-deployment-revision = ReplicaSet { $name } holds revision { $revision } of Deployment { $deployment }
why-deployment-revised = Deployment { $name } is at revision { $revision }
why-deployment-status = Deployment { $name } has { $updated } pods of its newest template and { $available } available ones
why-deployment-progress = The rollout of Deployment { $name } came to: { $reason }
why-deployment-paused = Deployment { $name } was paused
why-deployment-resumed = Deployment { $name } was resumed
why-deployment-adopt = Deployment { $deployment } selects ReplicaSet { $name }, which nobody managed
why-deployment-release = Deployment { $deployment } no longer selects ReplicaSet { $name }
why-deployment-collision = Another template of Deployment { $name } has the same hash; collision { $count }
why-deployment-history = Deployment { $deployment } keeps { $limit } old ReplicaSets, and { $name } was the oldest

why-serviceaccount-default = Namespace { $namespace } had no service account "default"
why-root-ca-publish = Namespace { $namespace } did not hold the certificate authority of the API server

why-endpointslice-create = Service { $service } needed a new slice, for { $endpoints } pods, { $ready } of them ready
why-endpointslice-update = The pods of Service { $service } changed: this slice has { $endpoints }, { $ready } of them ready
why-endpointslice-delete = Service { $service } no longer needs this slice
why-endpoints-write = The pods of Service { $service } changed: { $addresses } addresses
why-endpoints-delete = Service { $service } is gone

why-gc-owner-gone = Its owner, { $kind } { $owner }, is gone
why-gc-owner-waits = Its owner, { $kind } { $owner }, is being deleted and waits for it
why-gc-finalized = Nothing that { $name } owned is left, so it may go
why-gc-orphaned = What { $name } owned stays without it
why-gc-unlink = An owner of { $name } is gone

why-namespace-delete = Namespace { $name } is being deleted, with everything in it
why-namespace-status = Namespace { $name } is being emptied
why-namespace-empty = Nothing is left in namespace { $name }

why-lb-finalizer = Service { $name } gets a load balancer, which must be cleaned up before the Service goes
why-lb-address = The load balancer of Service { $name } is ready at { $ip }
why-lb-release = Service { $name } no longer needs a load balancer
why-lb-unfinalize = The load balancer of Service { $name } is cleaned up

why-node-silent = The kubelet of node { $name } has been silent for longer than 50 seconds
why-node-failed-pod = Node { $node } is not ready
why-node-taints = The state of node { $name } changed its taints: added { $added }; removed { $removed }
why-taint-disrupts = Pod { $pod } does not tolerate the taint { $taint } of node { $node }, or no longer
why-taint-evict = Pod { $pod } does not tolerate the taint { $taint } of node { $node }, or no longer
why-podgc-node-gone = Node { $node } no longer exists
why-podgc-out-of-service = Node { $node } was declared out of service
why-podgc-too-many = There were more than { $limit } ended pods

why-disruption-status = Of the pods of PodDisruptionBudget { $name }, { $allowed } may be evicted
