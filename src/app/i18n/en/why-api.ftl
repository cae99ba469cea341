# Why the API server wrote what somebody asked it to write. Of an update, fields names what differs, as "spec.replicas: 4 → 5".
why-api-create = created, as asked
why-api-update = { $fields ->
    [none] written, with nothing changed
   *[other] changed { $fields }
  }
why-api-update-status = Its status was reported
why-api-delete = Deleted, as asked
why-api-bind = Bound to a node, as asked
why-api-evict = Evicted, as asked
why-pdb-spent = Pod { $pod } is evicted, and its disruption budget allows one less
why-audit = On the record: { $text }
why-definition-delete = Their definition { $name } is being deleted
why-definition-end = All objects of the definition { $name } are gone
why-definition-status = The names of the definition { $name } were looked at
why-quota-charge = What is written along with it was counted against its quota
why-lease = Whoever holds a lease renews it while they live
why-ip-address = Every cluster IP has an object that says whose it is
