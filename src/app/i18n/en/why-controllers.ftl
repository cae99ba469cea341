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
