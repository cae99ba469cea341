//! Service accounts: every namespace has one named `default`.
// upstream: pkg/controller/serviceaccount/serviceaccounts_controller.go

use podarium_api::kinds::KindId;
use podarium_api::meta::Meta;
use podarium_api::object::{Key, NamespaceBody, ServiceAccount, ServiceAccountBody};
use podarium_api::status::{Reason, Status};

use super::cache::Delta;
use super::ctx::{Ctx, Done, Feed, Outcome};
use super::queue::Weight;
use super::registry::Entry;
use crate::doc::Doc;
use crate::sim::Why;

const DEFAULT: &str = "default";

/// The registry's line.
pub const ENTRY: Entry = Entry {
    doc: Doc {
        name: "serviceaccount-controller",
        sentence: "Makes the service account `default` in every namespace.",
        upstream: "pkg/controller/serviceaccount/serviceaccounts_controller.go",
        docs: "concepts/security/service-accounts/",
        acts_on: &[],
    },
    source: "serviceaccount-controller",
    workers: 1,
    enqueue,
    reconcile,
};

/// Notes the namespace when it is made or changed, and when its object of that kind and name is deleted.
pub(super) fn enqueue_namespace(feed: &mut Feed<'_>, delta: &Delta<'_>, kind: KindId, name: &str) {
    let key = |namespace: &podarium_api::meta::Str| Key {
        kind: KindId::NAMESPACE,
        namespace: "".into(),
        name: namespace.clone(),
    };
    if delta.key.kind == KindId::NAMESPACE && !delta.gone() {
        feed.add(delta.key.clone(), Weight::Light);
    } else if delta.key.kind == kind && delta.gone() && *delta.key.name == *name {
        feed.add(key(&delta.key.namespace), Weight::Medium);
    }
}

/// Whether the namespace is there and not on its way out.
pub(super) fn is_active(ctx: &Ctx<'_>, namespace: &Key) -> bool {
    ctx.cache
        .find::<NamespaceBody>(namespace)
        .is_some_and(|n| !n.meta.is_terminating())
}

/// A creation that another one came before, or that a vanishing namespace refuses, is no error.
pub(super) fn tolerate<T>(result: Result<T, Status>) -> Outcome {
    match result {
        Err(status) if status.reason == Reason::AlreadyExists => Ok(Done::default()),
        Err(status) if status.message.contains("because it is being terminated") => {
            Ok(Done::default())
        }
        Err(status) => Err(status),
        Ok(_) => Ok(Done::default()),
    }
}

fn enqueue(feed: &mut Feed<'_>, delta: &Delta<'_>) {
    enqueue_namespace(feed, delta, KindId::SERVICE_ACCOUNT, DEFAULT);
}

fn reconcile(ctx: &mut Ctx<'_>, key: &Key) -> Outcome {
    let known = ctx.cache.named::<ServiceAccountBody>(&key.name, DEFAULT);
    if known.is_some() || !is_active(ctx, key) {
        return Ok(Done::default());
    }
    let account = ServiceAccount::new(Meta::new(&key.name, DEFAULT), ServiceAccountBody::default());
    let why = Why::with(
        "serviceaccount-default",
        [("namespace", (&key.name).into())],
    );
    let actor = ctx.actor.clone();
    tolerate(ctx.world.create(&actor, account, why))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apiserver::DeleteOptions;
    use crate::controllers::testing::Rig;
    use podarium_api::meta::{Span, Uid};
    use podarium_api::object::ConfigMapBody;

    #[test]
    fn the_defaults_of_a_namespace_come_back() {
        let mut rig = Rig::new();
        let uid = |rig: &Rig| rig.get::<ServiceAccountBody>(DEFAULT).meta.uid;
        let first = uid(&rig);
        rig.delete(KindId::SERVICE_ACCOUNT, DEFAULT, DeleteOptions::default());
        rig.delete(
            KindId::CONFIG_MAP,
            "kube-root-ca.crt",
            DeleteOptions::default(),
        );
        rig.run(Span::secs(1));
        assert!(uid(&rig) != first && uid(&rig) != Uid::default());
        let bundle = rig.get::<ConfigMapBody>("kube-root-ca.crt");
        assert!(
            bundle.body.data["ca.crt"]
                .as_str()
                .unwrap()
                .starts_with("-----BEGIN CERTIFICATE-----\n")
        );
        rig.edit::<ConfigMapBody>("kube-root-ca.crt", |map| map.body.data.clear());
        rig.run(Span::secs(1));
        assert_eq!(
            rig.get::<ConfigMapBody>("kube-root-ca.crt").body.data,
            bundle.body.data
        );
    }
}
