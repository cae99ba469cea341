# What the stage says. Names, numbers and addresses come from the cluster itself.

## Headings
scene-control-plane = Control plane
scene-controllers = Controllers
scene-internet = Internet
scene-services = Services
scene-internet-services = Internet and services
scene-waiting = Waiting for a node
scene-no-zone = no zone

## The way in
scene-visitors = visitors
scene-visits = { $rate } req/s · { $failed } failed
scene-visits-short = { $rate }/s
scene-visits-none = no requests
scene-headless = headless

## Control plane and nodes
scene-revision = rev { $revision }
scene-queue = queue { $count }
scene-cpu = cpu
scene-memory = mem

## What is left out
scene-omitted-nodes = showing { $shown } of { $total } nodes
scene-omitted-pods = showing { $shown } of { $total }
scene-omitted-here = { $shown } of { $total }
scene-omitted-services = showing { $shown } of { $total }

## The tree of things, as it is spoken
scene-zone = zone
scene-node = node
scene-node-ready = ready
scene-node-not-ready = not ready
scene-node-unknown = not heard from
scene-node-off = switched off
scene-node-cordoned = takes no new pods
scene-node-cut = link to { $name } is cut
scene-pods = { $count } pods
scene-service = service
scene-service-headless = headless service
scene-service-node-port = service on a port of every node
scene-service-load-balancer = service behind a load balancer
scene-service-external-name = name for another name
scene-endpoints = { $ready } of { $total } endpoints ready
scene-stopped = stopped
scene-status = { $status }
scene-restarts = restarted { $count } times

## How a pod is
scene-state-pending = waiting for a node
scene-state-starting = starting
scene-state-ready = ready
scene-state-not-ready = not ready
scene-state-crash-loop = crash loop, waiting to restart
scene-state-trouble = cannot start
scene-state-leaving = terminating
scene-state-completed = completed
scene-state-failed = failed
scene-state-unknown = not heard from

## Why a request failed, and where
scene-fail-no-such-name = No such name: { $name }
scene-fail-no-dns = No DNS server answered
scene-fail-no-endpoints = Service { $service } has no endpoints: refused
scene-fail-no-local-endpoints = Service { $service } has no endpoint on this node: dropped
scene-fail-no-route = Nothing has the address { $ip }: timed out
scene-fail-refused = Connection refused by { $ip }:{ $port }
scene-fail-unreachable = No answer from { $ip }: timed out
scene-fail-link-cut = The link between { $a } and { $b } is cut
scene-fail-error = Answered with status { $code }
scene-fail-upstream = Its own call to { $target } failed
scene-fail-loop = Calls went round in a circle
scene-fail-no-healthy-nodes = The load balancer of { $service } has no healthy node
scene-fail-no-source = It has nowhere to set out from
scene-fail-bad-target = The target is no URL and no host:port
scene-fail-at = on the way to { $target }
scene-fail-at-proxy = decided by kube-proxy on { $name }, on the way to { $target }
scene-fail-at-node = on { $name }, on the way to { $target }
scene-fail-at-pod = at { $name }, asked for { $target }
scene-fail-at-balancer = at the load balancer of { $name }, on the way to { $target }
