# The examples: a title, and what to watch for.
example-shop = A small shop
  .watch = Four services call each other. Change the number of replicas and apply, or select a pod and ask why it is there.
example-rolling-update = A rolling update
  .watch = Change the image to 2.0 and apply: new pods come before old ones go, and visitors notice nothing.
example-lost-service = A Service that selects nothing
  .watch = Visitors are refused although every pod is ready. Compare the Service's selector with the pods' labels.
example-not-ready = Readiness that fails
  .watch = The pods run but never become ready, so no request reaches them. The probe asks for the wrong port.
example-crash-loop = A crash loop
  .watch = The container ends as soon as it starts. Watch the wait before each restart double.
example-missing-config = A missing ConfigMap
  .watch = The pod waits for a ConfigMap that is not there. Take the # from the last lines, apply, and it starts by itself.
example-pending = A pod that fits nowhere
  .watch = One pod asks for more CPU than any node has. Read the scheduler's sentence, then lower the request.
example-node-failure = A node fails
  .watch = Select node-2 and power it off. It takes most of a minute until the cluster believes it, and five more until pods move.
