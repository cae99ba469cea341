//! Follows a cluster: what was taken in already, and whether the cluster is still the one that it was taken from.

use podarium_cluster::Cluster;
use podarium_cluster::sim::{Component, Record, RecordId};

use crate::model::Model;

/// How many records of the past may still have a pulse on its way.
const RECENT: usize = 64;

/// How far a cluster was followed.
#[derive(Clone, Debug, Default)]
pub struct Watch {
    revision: u64,
    /// The log's length and last record: another last record means another past.
    log: usize,
    last: Option<Record>,
    stopped: Vec<Component>,
    cuts: usize,
}

impl Watch {
    /// Takes in what is new; whether everything was, because time leapt or the cluster is another one. Records are told to
    /// `tell`, after the objects that they speak of are in the model.
    pub fn sync(
        &mut self,
        model: &mut Model,
        cluster: &Cluster,
        mut tell: impl FnMut(&Model, &Record),
    ) -> bool {
        let world = cluster.world();
        let (store, log) = (world.store(), world.log());
        let same = self.log > 0
            && log.len() >= self.log
            && store.revision() >= self.revision
            && log.get(RecordId((self.log - 1) as u32)) == self.last.as_ref();
        if same && log.len() == self.log && store.revision() == self.revision {
            return false;
        }
        if same {
            model.read_since(world, self.revision);
        } else {
            model.read_all(world);
        }
        let stopped = || world.faults.stopped().map(|(c, _)| c.clone());
        let cuts = world.faults.cuts().count();
        if !same || self.cuts != cuts || !stopped().eq(self.stopped.iter().cloned()) {
            model.read_faults(world);
            self.stopped = stopped().collect();
            self.cuts = cuts;
        }
        // After a leap only what has just happened can still be seen.
        let first = if same {
            self.log
        } else {
            log.len().saturating_sub(RECENT)
        };
        for (_, record) in log.since(RecordId(first as u32)) {
            tell(model, record);
        }
        self.revision = store.revision();
        self.log = log.len();
        self.last = log
            .get(RecordId(self.log.saturating_sub(1) as u32))
            .cloned();
        !same
    }
}
