# Why the API server wrote what somebody asked it to write. Of an update, fields names what differs, as "spec.replicas: 4 → 5".
why-api-create = Created, as asked
why-api-update = { $fields ->
    [none] Written, with nothing changed
   *[other] Changed { $fields }
  }
why-api-update-status = Its status was reported
why-api-delete = Deleted, as asked
why-api-bind = Bound to a node, as asked
why-api-evict = Evicted, as asked
