# Why requests got no good answer: one sentence for every failure that the network records. The first of its kind is
# recorded, then the tenth, the hundredth …: that is { $count }.

why-request-no-such-name = Request { $count } from { $from } to { $target } failed: no such name as { $detail }
why-request-no-dns = Request { $count } from { $from } to { $target } failed: no DNS server answered
why-request-no-endpoints = Request { $count } from { $from } to { $target } was refused: Service { $detail } has no endpoints
why-request-no-local-endpoints = Request { $count } from { $from } to { $target } was dropped: Service { $detail } wants an endpoint on the node itself, and there is none
why-request-no-route = Request { $count } from { $from } to { $target } got lost: nothing has the address { $detail }
why-request-refused = Request { $count } from { $from } to { $target } was refused: nothing listens at { $detail }
why-request-unreachable = Request { $count } from { $from } to { $target } got lost: what had the address { $detail } is gone, or its node is down
why-request-link-cut = Request { $count } from { $from } to { $target } got lost: the link { $detail } is cut
why-request-error = Request { $count } from { $from } to { $target } was answered with { $detail }
why-request-upstream = Request { $count } from { $from } to { $target } failed: answering it needs { $detail }, which failed
why-request-loop = Request { $count } from { $from } to { $target } failed: calls go round in a circle
why-request-no-healthy-nodes = Request { $count } from { $from } to { $target } got lost: no node passes the health check of the load balancer of { $detail }
why-request-no-source = Request { $count } from { $from } to { $target } did not set out: where it begins does not run
why-request-bad-target = Request { $count } from { $from } did not set out: { $target } is neither a URL nor host:port
