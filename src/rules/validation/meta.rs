//! The metadata of objects of all kinds.
// upstream: staging/src/k8s.io/apimachinery/pkg/api/validation/objectmeta.go; pkg/apis/core/validation/validation.go

use podarium_api::kinds;
use podarium_api::names::{dns1123_label_error, dns1123_subdomain_error, qualified_name_error};
use serde_json::Value;

use crate::errors::{Errors, printed};
use crate::field::Field;
use crate::text::{masked, path_segment};

const NO_UID: &str = "00000000-0000-0000-0000-000000000000";
const ORPHAN: &str = "orphan";
const FOREGROUND: &str = "foregroundDeletion";

/// upstream: ValidateObjectMeta
pub fn create(object: &Field, errors: &mut Errors) {
    let meta = object.get("metadata");
    let kind = object.get("kind");
    let (name, prefix) = (meta.get("name"), meta.get("generateName"));
    if !prefix.is_empty() {
        errors.named(&prefix, |prefix| name_error(kind.text(), &masked(prefix)));
    }
    if name.is_empty() {
        errors.required(&name, "name or generateName is required");
    } else {
        errors.named(&name, |name| name_error(kind.text(), name));
    }
    let namespace = meta.get("namespace");
    if !namespace.is_empty() {
        errors.named(&namespace, dns1123_label_error);
    }
    parts(object, &meta, errors);
}

/// Why an object of that kind cannot have this name.
///
/// upstream: the functions that strategies give to ValidateObjectMeta
fn name_error(kind: &str, name: &str) -> Option<String> {
    match kind {
        "Namespace" | "Service" | "StatefulSet" => dns1123_label_error(name),
        // Of the last three their own rules know more.
        "Role"
        | "RoleBinding"
        | "ClusterRole"
        | "ClusterRoleBinding"
        | "CertificateSigningRequest"
        | "APIService"
        | "ClusterTrustBundle"
        | "IPAddress" => path_segment(name),
        _ => dns1123_subdomain_error(name),
    }
}

/// What is judged of new and of changed objects. upstream: validateObjectMetaAccessorWithOptsCommon
fn parts(object: &Field, meta: &Field, errors: &mut Errors) {
    errors.labels(&meta.get("labels"));
    errors.annotations(&meta.get("annotations"));
    owners(&meta.get("ownerReferences"), errors);
    let finalizers = meta.get("finalizers");
    for finalizer in finalizers.items() {
        errors.named(&finalizer.called(&finalizers.path), qualified_name_error);
    }
    if [ORPHAN, FOREGROUND].iter().all(|f| finalizers.contains(f)) {
        let detail = format!("finalizer {ORPHAN} and {FOREGROUND} cannot be both set");
        errors.invalid(&finalizers, &detail);
    }
    let text = |name: &str| object.get(name).text();
    if kinds::by_gvk(text("apiVersion"), text("kind")).is_ok() {
        for finalizer in finalizers.items() {
            known_finalizer(&finalizer, errors);
        }
    }
}

/// upstream: validateKubeFinalizerName
pub fn known_finalizer(finalizer: &Field, errors: &mut Errors) {
    let text = finalizer.text();
    if !text.contains('/') && !["kubernetes", ORPHAN, FOREGROUND].contains(&text) {
        errors.invalid_text(
            finalizer,
            "name is neither a standard finalizer name nor is it fully qualified",
        );
    }
}

/// upstream: ValidateOwnerReferences, validateOwnerReference
fn owners(list: &Field, errors: &mut Errors) {
    let mut controller: Option<String> = None;
    for owner in list.items() {
        let get = |name: &str| owner.get(name).called(&format!("{}.{name}", list.path));
        let (version, kind) = (get("apiVersion"), get("kind"));
        let last = version.text().rsplit('/').next();
        if last.is_none_or(str::is_empty) {
            errors.invalid_text(&version, "version must not be empty");
        }
        for name in ["kind", "name"] {
            if get(name).is_empty() {
                errors.invalid_text(&get(name), "must not be empty");
            }
        }
        if ["", NO_UID].contains(&get("uid").text()) {
            errors.invalid_as(&get("uid"), "", "must not be empty");
        }
        if (version.text(), kind.text()) == ("v1", "Event") {
            let shown = printed(&owner, &OWNER);
            errors.invalid_raw(
                list,
                &shown,
                "/v1, Kind=Event is disallowed from being an owner",
            );
        }
        if owner.get("controller").truth() {
            let this = format!("{}/{}", kind.text(), get("name").text());
            match &controller {
                Some(first) => {
                    let each: Vec<_> = list.items().map(|o| printed(&o, &OWNER)).collect();
                    let detail = format!(
                        "Only one reference can have Controller set to true. Found \"true\" in references for {first} and {this}"
                    );
                    errors.invalid_raw(list, &format!("[{}]", each.join(",")), &detail);
                }
                None => controller = Some(this),
            }
        }
    }
}

/// The fields of an owner reference, in upstream's order.
const OWNER: [(&str, &str); 6] = [
    ("apiVersion", "apiVersion"),
    ("kind", "kind"),
    ("name", "name"),
    ("uid", "uid"),
    ("controller", "controller?"),
    ("blockOwnerDeletion", "blockOwnerDeletion?"),
];

/// upstream: ValidateObjectMetaUpdate; what else it holds against the old object, the server sets itself
pub fn update(new: &Field, old: &Field, errors: &mut Errors) {
    let (meta, had) = (new.get("metadata"), old.get("metadata"));
    if had.get("deletionTimestamp").is_set() {
        let (is, was) = (meta.get("finalizers"), had.get("finalizers"));
        let mut extra: Vec<_> = is.texts().filter(|f| !was.contains(f)).collect();
        extra.sort_unstable();
        extra.dedup();
        if !extra.is_empty() {
            let each: Vec<_> = extra.iter().map(|f| Value::from(*f).to_string()).collect();
            let detail = format!(
                "no new finalizers can be added if the object is being deleted, found new finalizers []string{{{}}}",
                each.join(", ")
            );
            errors.forbidden(&is, &detail);
        }
    }
    parts(new, &meta, errors);
}
