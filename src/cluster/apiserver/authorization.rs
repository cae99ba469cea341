//! Authorization: whether somebody may do what they ask for. The rules know how roles and bindings are read
//! (`src/rules/authorization`); here is when they are asked, and with which objects.
//!
//! The roles and bindings of a fresh cluster come from the rules ([`super::given`]). What they say of the administrator is
//! known without them.

use std::borrow::Cow;
use std::sync::Arc;

use podarium_api::kinds::{self, KindId};
use podarium_api::meta::Str;
use podarium_api::object::{Key, Object};
use podarium_api::status::Status;
use serde_json::{Value, json};

use super::handle::Place;
use super::{Method, Request, given, rules};
use crate::sim::{AUTHENTICATED, Actor, Component, Identity, User};
use crate::store::Change;
use crate::world::World;

/// The kinds that say who may do what.
const KINDS: [KindId; 4] = [
    KindId::CLUSTER_ROLE,
    KindId::CLUSTER_ROLE_BINDING,
    KindId::ROLE,
    KindId::ROLE_BINDING,
];

/// The roles and bindings, as far as the API server need not look.
#[derive(Clone, Debug, Default)]
pub(crate) struct Policy {
    /// Whether there are any: a world that did not begin as a cluster refuses nothing.
    enforced: bool,
    /// Whether something was taken from what the administrator and the components may do.
    touched: bool,
    /// All of them, for the rules, since they changed last.
    known: Option<Arc<Value>>,
}

impl Policy {
    /// There is a policy from now on.
    pub fn enforce(&mut self) {
        self.enforced = true;
    }

    /// Takes note of a change in the store.
    pub fn changed(&mut self, change: &Change) {
        if KINDS.contains(&change.key.kind) {
            self.known = None;
            // Roles only ever add up: what is new takes nothing away.
            let of = ["system:", "kubeadm:", "cluster-admin"];
            self.touched |=
                change.old.is_some() && of.iter().any(|p| change.key.name.starts_with(p));
        }
    }

    /// Whether a user may do everything, which is seen without looking.
    fn lets(&self, user: &User) -> bool {
        // upstream: staging/src/k8s.io/apiserver/pkg/authentication/user/user.go SystemPrivilegedGroup
        !self.enforced
            || user.is_in("system:masters")
            || !self.touched && user.is_in("kubeadm:cluster-admins")
    }
}

/// Lets a request in, or refuses it; returns it as the user that it is made for.
///
/// # Errors
/// `Forbidden`; `BadRequest` for who speaks for nobody.
pub fn enter<'a>(world: &mut World, request: &'a Request) -> Result<Cow<'a, Request>, Status> {
    given::seed(world);
    let Some(wanted) = &request.impersonate else {
        if !world.api.policy.lets(&request.user) {
            ask(world, request, None)?;
        }
        return Ok(Cow::Borrowed(request));
    };
    let answer = ask(world, request, Some(wanted))?;
    let mut assumed = request.clone();
    assumed.user = User::from(Identity {
        groups: texts(&answer["groups"]),
        ..Identity::clone(wanted)
    });
    assumed.impersonate = None;
    Ok(Cow::Owned(assumed))
}

fn ask(world: &mut World, request: &Request, wanted: Option<&User>) -> Result<Value, Status> {
    let user = wanted.unwrap_or(&request.user);
    let asked = json!({
        "user": info(&request.user), "impersonate": wanted.map(info), "method": request.method.as_str(),
        "path": request.path, "watch": request.param("watch"), "fields": request.param("fieldSelector"),
        "pods": pods(world, &user.name),
    });
    rules::authorize(&known(world), &asked)
}

/// Refuses what a component may not write by the roles that it is bound to: they are looked at once something was taken from them.
///
/// # Errors
/// `Forbidden`.
pub fn component(
    world: &mut World,
    actor: &Actor,
    verb: &str,
    key: &Key,
    sub: &str,
) -> Result<(), Status> {
    if !world.api.policy.touched || matches!(actor, Actor::User(_)) {
        return Ok(());
    }
    let info = key.kind.info();
    let asked = json!({
        "actor": actor.to_string(), "verb": verb, "group": info.group, "resource": info.plural, "sub": sub,
        "namespace": &*key.namespace, "name": &*key.name,
    });
    rules::authorize(&known(world), &asked).map(|_| ())
}

/// Refuses a role or binding that gives away what its writer does not hold. `old` is what it is to take the place of.
///
/// # Errors
/// `Forbidden`; `NotFound` where the role of a binding is not there.
pub fn escalation(
    world: &mut World,
    actor: &Actor,
    object: &Object,
    old: Option<&Object>,
) -> Result<(), Status> {
    match actor {
        Actor::User(user) if KINDS.contains(&object.kind()) && !world.api.policy.lets(user) => {
            let old = old.map(Object::to_value).unwrap_or_default();
            rules::escalation(&known(world), &info(user), &object.to_value(), &old)
        }
        _ => Ok(()),
    }
}

/// Somebody changed a role, or the controller of roles begins: it looks soon.
pub fn aggregates(world: &mut World) {
    world.after(super::custom::SOON, super::Work::Aggregate);
}

/// What the controller of roles does, by itself a client like any other: its role lets it give away what it does not hold.
///
/// upstream: pkg/controller/clusterroleaggregation/clusterroleaggregation_controller.go applyClusterRole
pub fn aggregate(world: &mut World) {
    if !world.faults.runs(&Component::ControllerManager) {
        return;
    }
    let stale = rules::aggregated(&known(world));
    for role in stale.as_array().into_iter().flatten() {
        let name = role["metadata"]["name"].as_str().unwrap_or_default();
        let path = "/apis/rbac.authorization.k8s.io/v1/clusterroles/";
        let how = "?force=true&fieldManager=clusterrole-aggregation-controller";
        let request = Request::new(Method::Patch, &[path, name, how].concat());
        let request = request.content_type("application/apply-patch+yaml");
        // What is refused is tried again when the next role changes.
        super::handle(
            world,
            &request.json(role).user(User::new(
                "system:serviceaccount:kube-system:clusterrole-aggregation-controller",
                &[
                    "system:serviceaccounts",
                    "system:serviceaccounts:kube-system",
                    AUTHENTICATED,
                ],
            )),
        );
    }
}

/// A review with its answer, or a request for a token with the token.
///
/// # Errors
/// What the rules refuse.
pub fn review(
    world: &mut World,
    user: &User,
    place: &Place,
    object: Value,
) -> Result<Value, Status> {
    let kind = object["kind"].as_str().unwrap_or_default().to_owned();
    let kind = kind.as_str();
    let about = match kind {
        "SelfSubjectAccessReview" => &user.name,
        _ => object["spec"]["user"].as_str().unwrap_or_default(),
    };
    let mut asked = json!({
        "kind": kind, "user": info(user), "namespace": place.namespace, "name": place.name,
        "time": world.now().to_rfc3339(), "pods": pods(world, about), "object": object,
    });
    let mut answer = match kind {
        "TokenRequest" => {
            asked["uid"] = world.next_uid().to_string().into();
            looked_up(world, asked)?
        }
        "TokenReview" => looked_up(world, asked)?,
        _ => rules::review(&known(world), &asked)?,
    };
    Ok(answer["object"].take())
}

/// Whose token it is.
///
/// # Errors
/// `Unauthorized`.
pub fn authenticate(world: &World, token: &str) -> Result<User, Status> {
    let answer = looked_up(world, json!({"token": token}))?;
    let user = &answer["user"];
    let text = |field: &str| Str::from(user[field].as_str().unwrap_or_default());
    let extra = user["extra"].as_object().into_iter().flatten();
    Ok(User::from(Identity {
        name: text("username"),
        uid: text("uid"),
        groups: texts(&user["groups"]),
        extra: extra
            .map(|(key, values)| (key.as_str().into(), texts(values)))
            .collect(),
    }))
}

/// Asks about tokens; the answer may depend on what there is.
fn looked_up(world: &World, mut asked: Value) -> Result<Value, Status> {
    let config = &world.config;
    asked["key"] = match &*config.token_key {
        "" => config.seed.to_string().into(),
        key => key.into(),
    };
    asked["micros"] = world.now().0.into();
    loop {
        let answer = rules::accounts(&asked)?;
        let Some(wants) = answer["wants"].as_array() else {
            return Ok(answer);
        };
        let found = wants.iter().map(|want| {
            let [kind, namespace, name] = [0, 1, 2].map(|i| want[i].as_str().unwrap_or_default());
            let kind = kinds::by_gvk("v1", kind).ok()?.id;
            let found = world.store.get(&Key::new(kind, namespace, name));
            found.map(Object::to_value)
        });
        asked["found"] = found.map(Option::unwrap_or_default).collect();
    }
}

fn texts(list: &Value) -> Vec<Str> {
    let list = list.as_array().into_iter().flatten();
    list.filter_map(Value::as_str).map(Into::into).collect()
}

/// The pods on the node that a user is, if it is one.
fn pods(world: &World, user: &str) -> Value {
    let node = user.strip_prefix("system:node:").into_iter();
    let pods = node.flat_map(|node| world.store.pods_on(node));
    pods.map(Object::to_value).collect()
}

/// A user in the form that reviews have.
pub fn info(user: &User) -> Value {
    let list = |all: &[Str]| {
        all.iter()
            .map(|text| Value::from(&**text))
            .collect::<Value>()
    };
    let mut info = json!({"username": &*user.name, "groups": list(&user.groups)});
    if !user.uid.is_empty() {
        info["uid"] = (&*user.uid).into();
    }
    for (key, values) in &user.extra {
        info["extra"][&**key] = list(values);
    }
    info
}

fn known(world: &mut World) -> Arc<Value> {
    let store = &world.store;
    let all = || {
        let mut all = json!({});
        for kind in KINDS {
            all[kind.info().kind] = store.list(kind).map(Object::to_value).collect();
        }
        Arc::new(all)
    };
    world.api.policy.known.get_or_insert_with(all).clone()
}
