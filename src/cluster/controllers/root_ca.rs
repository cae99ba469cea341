//! The cluster's certificate authority, published to every namespace as the ConfigMap `kube-root-ca.crt`.
// upstream: pkg/controller/certificates/rootcacertpublisher/publisher.go

use podarium_api::kinds::KindId;
use podarium_api::object::{ConfigMapBody, Key};

use super::cache::Delta;
use super::ctx::{Ctx, Done, Feed, Outcome};
use super::queue::Weight;
use super::registry::Entry;
use super::serviceaccount::{enqueue_namespace, is_active, tolerate};
use crate::apiserver::admission::root_ca;
use crate::doc::Doc;
use crate::sim::Why;

const NAME: &str = "kube-root-ca.crt";

/// The registry's line.
pub const ENTRY: Entry = Entry {
    doc: Doc {
        name: "root-ca-certificate-publisher-controller",
        sentence: "Publishes the certificate authority of the API server to every namespace.",
        upstream: "pkg/controller/certificates/rootcacertpublisher/publisher.go",
        docs: "concepts/security/service-accounts/",
        acts_on: &[],
    },
    source: "root-ca-certificate-publisher-controller",
    workers: 1,
    enqueue,
    reconcile,
};

fn enqueue(feed: &mut Feed<'_>, delta: &Delta<'_>) {
    enqueue_namespace(feed, delta, KindId::CONFIG_MAP, NAME);
    // upstream: configMapUpdated: what somebody changed in it is put right.
    let changed = delta.key.kind == KindId::CONFIG_MAP && delta.old.is_some() && !delta.gone();
    if changed && *delta.key.name == *NAME {
        feed.add(
            Key::new(KindId::NAMESPACE, "", &delta.key.namespace),
            Weight::Medium,
        );
    }
}

fn reconcile(ctx: &mut Ctx<'_>, key: &Key) -> Outcome {
    if !is_active(ctx, key) {
        return Ok(Done::default());
    }
    let wanted = root_ca(&key.name);
    let known = ctx.cache.named::<ConfigMapBody>(&key.name, NAME).cloned();
    let actor = ctx.actor.clone();
    let why = Why::with("root-ca-publish", [("namespace", (&key.name).into())]);
    match known {
        None => tolerate(ctx.world.create(&actor, wanted, why)),
        Some(map) if map.body.data != wanted.body.data => {
            let mut map = map.as_ref().clone();
            map.body.data = wanted.body.data;
            map.meta.annotations = wanted.meta.annotations;
            ctx.world.update(&actor, map, why)?;
            Ok(Done::default())
        }
        Some(_) => Ok(Done::default()),
    }
}
