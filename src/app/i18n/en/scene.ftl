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
