# Why kubelets wrote what they wrote: one sentence for every reason that they record.

why-kubelet-accepted = The node's kubelet took the pod on
why-kubelet-started = The kubelet saw the pod's containers running
why-kubelet-ready = All containers of the pod are ready
why-kubelet-not-ready = A container of the pod is not ready any more
why-kubelet-waiting = A container of the pod waits: { $reason }
why-kubelet-exited = The kubelet saw that a container of the pod had ended
why-kubelet-succeeded = All containers of the pod ended well and will not start again
why-kubelet-failed = The pod ended, and not all of its containers ended well
why-kubelet-status = The kubelet saw something new of the pod
why-kubelet-removed = All containers of the deleted pod have stopped: its object may go

why-container-exited = Container { $container } ended with exit code { $code }
why-container-unready = Container { $container } failed its readiness probe

why-node-registered = The node's kubelet registered it in { $zone }
why-node-reports = The node's kubelet told how the node fares
