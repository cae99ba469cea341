//! Validation of the kinds that the core has types for, in upstream's words. One file per kind or part of one.

mod affinity;
mod config;
mod container;
mod meta;
mod pod;
mod probe;
mod resources;
mod service;
mod template;
mod volume;
mod workload;

use k8s_openapi::api::core::v1::PodSpec;
use podarium_api::kinds;
use podarium_api::object::Object;
use podarium_api::status::Cause;
use serde_json::{Value, json};

use crate::validation;

/// What is wrong with a new object of any kind: every field at fault.
pub fn create(object: &Object) -> Vec<Cause> {
    let mut errors = Errors::default();
    meta::create(object, &mut errors);
    match object {
        Object::Deployment(o) => workload::deployment(&o.body.spec, &mut errors),
        Object::ReplicaSet(o) => workload::replica_set(&o.body.spec, &mut errors),
        Object::ReplicationController(o) => {
            workload::replication_controller(&o.body.spec, &mut errors);
        }
        Object::Service(o) => service::service(&o.body.spec, &mut errors),
        Object::ConfigMap(o) => config::config_map(&o.body, &mut errors),
        Object::Secret(o) => config::secret(&o.body, &mut errors),
        Object::Other(_, o) => {
            let template = |path: &str| template::causes(&o.body, path);
            let found = validation::create(&object.to_value());
            errors.0.extend(found.into_causes(template));
        }
        _ => {}
    }
    errors.0
}

/// What is wrong with an object that is to take the place of `old`.
pub fn update(object: &Object, old: &Object) -> Vec<Cause> {
    let mut errors = Errors::default();
    if object.meta().labels != old.meta().labels
        || object.meta().annotations != old.meta().annotations
    {
        meta::maps(object.meta(), "metadata", &mut errors);
    }
    match (object, old) {
        // What is as it was has been found valid before.
        (a, b) if a.spec_eq(b) => {}
        (Object::Pod(a), Object::Pod(b)) => pod::update(&a.body, &b.body, &mut errors),
        (Object::Deployment(a), Object::Deployment(b)) => {
            workload::deployment(&a.body.spec, &mut errors);
            workload::same_selector(&a.body.spec.selector, &b.body.spec.selector, &mut errors);
        }
        (Object::ReplicaSet(a), Object::ReplicaSet(b)) => {
            workload::replica_set(&a.body.spec, &mut errors);
            workload::same_selector(&a.body.spec.selector, &b.body.spec.selector, &mut errors);
        }
        (Object::ReplicationController(a), Object::ReplicationController(_)) => {
            workload::replication_controller(&a.body.spec, &mut errors);
        }
        (Object::Service(a), Object::Service(b)) => {
            service::update(&a.body.spec, &b.body.spec, &mut errors);
            service::service(&a.body.spec, &mut errors);
        }
        (Object::ConfigMap(a), Object::ConfigMap(b)) => {
            config::config_map_update(&a.body, &b.body, &mut errors);
            config::config_map(&a.body, &mut errors);
        }
        (Object::Secret(a), Object::Secret(b)) => {
            config::secret_update(&a.body, &b.body, &mut errors);
            config::secret(&a.body, &mut errors);
        }
        (Object::Other(_, o), Object::Other(..)) => {
            let template = |path: &str| template::causes(&o.body, path);
            let found = validation::update(&object.to_value(), &old.to_value());
            errors.0.extend(found.into_causes(template));
        }
        _ => {}
    }
    errors.0
}

/// What is wrong with the spec of a pod.
pub fn pod_spec(spec: &PodSpec) -> Vec<Cause> {
    let mut errors = Errors::default();
    pod::spec(spec, "spec", &mut errors);
    errors.0
}

/// [`create`] and [`update`] of values that carry their `apiVersion` and `kind`, and [`pod_spec`] of one: causes as the core
/// reads them.
pub fn check(object: &Value, old: Option<&Value>) -> Value {
    let found = match (read(object), old.map(read)) {
        (Ok(object), None) => create(&object),
        (Ok(object), Some(Ok(old))) => update(&object, &old),
        (Err(why), _) | (_, Some(Err(why))) => vec![Cause::invalid("", Value::Null, &why)],
    };
    printed(found)
}

/// [`pod_spec`] of a value.
pub fn check_pod_spec(spec: &Value) -> Value {
    printed(match podarium_api::typed::read(spec) {
        Ok(spec) => pod_spec(&spec),
        Err(why) => vec![Cause::invalid("spec", spec.clone(), &why.to_string())],
    })
}

fn read(value: &Value) -> Result<Object, String> {
    let text = |field: &str| value[field].as_str().unwrap_or_default();
    let (version, kind) = (text("apiVersion"), text("kind"));
    let known = kinds::by_gvk(version, kind).map(|info| info.id);
    // Of what a definition describes, only the metadata is judged here.
    let custom = || kinds::Custom {
        group: kinds::split_api_version(version).0,
        kind,
        ..Default::default()
    };
    let kind = known.unwrap_or_else(|_| custom().id());
    Object::from_value(kind, value.clone())
}

fn printed(causes: Vec<Cause>) -> Value {
    let causes = causes.into_iter();
    causes
        .map(|c| json!({"reason": c.reason, "field": c.field, "message": c.message}))
        .collect()
}

/// What is wrong so far.
#[derive(Default)]
struct Errors(Vec<Cause>);

impl Errors {
    fn invalid(&mut self, path: &str, value: impl Into<Value>, detail: &str) {
        self.0.push(Cause::invalid(path, value, detail));
    }

    fn required(&mut self, path: &str, detail: &str) {
        self.0.push(Cause::required(path, detail));
    }

    fn forbidden(&mut self, path: &str, detail: &str) {
        self.0.push(Cause::forbidden(path, detail));
    }

    fn duplicate(&mut self, path: &str, value: impl Into<Value>) {
        self.0.push(Cause::duplicate(path, value));
    }

    /// upstream: staging/src/k8s.io/apimachinery/pkg/util/validation/field/errors.go NotFound
    fn not_found(&mut self, path: &str, value: &str) {
        self.0.push(Cause {
            reason: "FieldValueNotFound",
            field: path.into(),
            message: format!("Not found: {value:?}"),
        });
    }

    /// upstream: staging/src/k8s.io/apimachinery/pkg/util/validation/field/errors.go TooLong
    fn too_long(&mut self, path: &str, most: usize) {
        self.0.push(Cause {
            reason: "FieldValueTooLong",
            field: path.into(),
            message: format!("Too long: may not be more than {most} bytes"),
        });
    }

    /// A text must be one of a few; nothing is said of a missing one.
    fn one_of(&mut self, path: &str, value: Option<&str>, supported: &[&str]) {
        if let Some(value) = value
            && !supported.contains(&value)
        {
            self.0.push(Cause::not_supported(path, value, supported));
        }
    }

    /// upstream: staging/src/k8s.io/apimachinery/pkg/api/validation/generic.go ValidateNonnegativeField
    fn not_negative(&mut self, path: &str, value: Option<i64>) {
        if let Some(value) = value.filter(|v| *v < 0) {
            self.invalid(path, value, "must be greater than or equal to 0");
        }
    }

    /// A number that may stand for a port.
    fn port(&mut self, path: &str, value: i32) {
        if !(1..=65_535).contains(&value) {
            self.invalid(path, value, "must be between 1 and 65535, inclusive");
        }
    }

    /// A text must fit; `why` says why it does not.
    fn named(&mut self, path: &str, value: &str, why: impl Fn(&str) -> Option<String>) {
        if let Some(why) = why(value) {
            self.invalid(path, value, &why);
        }
    }
}
