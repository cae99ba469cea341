//! The cluster's certificate authority, published to every namespace as the ConfigMap `kube-root-ca.crt`.
// upstream: pkg/controller/certificates/rootcacertpublisher/publisher.go

use podarium_api::kinds::KindId;
use podarium_api::meta::Meta;
use podarium_api::object::{ConfigMap, ConfigMapBody, Key};
use serde_json::{Map, Value};

use super::cache::Delta;
use super::ctx::{Ctx, Done, Feed, Outcome};
use super::queue::Weight;
use super::registry::Entry;
use super::serviceaccount::{enqueue_namespace, is_active, tolerate};
use crate::doc::Doc;
use crate::sim::Why;

const NAME: &str = "kube-root-ca.crt";
const ABOUT: &str = "kubernetes.io/description";
const DESCRIPTION: &str = "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.";

/// Nothing in the cluster verifies a certificate: the body says so to whoever decodes it.
const BUNDLE: &str = "-----BEGIN CERTIFICATE-----\nUG9kYXJpdW06IHRoaXMgY2x1c3RlciBpcyBzaW11bGF0ZWQsIGFuZCBzbyBpcyBp\ndHMgY2VydGlmaWNhdGUgYXV0aG9yaXR5Lg==\n-----END CERTIFICATE-----\n";

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
    let data: Map<String, Value> = [("ca.crt".into(), BUNDLE.into())].into_iter().collect();
    let known = ctx.cache.named::<ConfigMapBody>(&key.name, NAME).cloned();
    let actor = ctx.actor.clone();
    let why = Why::with("root-ca-publish", [("namespace", (&key.name).into())]);
    match known {
        None => {
            let mut meta = Meta::new(&key.name, NAME);
            meta.annotations.insert(ABOUT, DESCRIPTION);
            let body = ConfigMapBody {
                data,
                ..ConfigMapBody::default()
            };
            tolerate(ctx.world.create(&actor, ConfigMap::new(meta, body), why))
        }
        Some(map) if map.body.data != data => {
            let mut map = map.as_ref().clone();
            map.body.data = data;
            map.meta.annotations.insert(ABOUT, DESCRIPTION);
            ctx.world.update(&actor, map, why)?;
            Ok(Done::default())
        }
        Some(_) => Ok(Done::default()),
    }
}
