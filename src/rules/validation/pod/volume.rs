//! The volumes of pods.
// upstream: pkg/apis/core/validation/validation.go ValidateVolumes, validateVolumeSource

use std::sync::LazyLock;

use podarium_api::names::{dns1123_label_error, dns1123_subdomain_error};
use podarium_api::quantity::Quantity;
use serde_json::{Value, json};

use super::super::{claim, volume_sources};
use super::container::PULL_POLICIES;
use super::spec::chosen;
use super::{Of, projected};
use crate::errors::Errors;
use crate::field::Field;
use crate::text;

/// The sources, in the order in which upstream looks at them, each with its name when it is one too many.
const SOURCES: [(&str, &str); 30] = [
    ("emptyDir", "emptyDir"),
    ("hostPath", "hostPath"),
    ("gitRepo", "gitRepo"),
    ("gcePersistentDisk", "gcePersistentDisk"),
    ("awsElasticBlockStore", "awsElasticBlockStore"),
    ("secret", "secret"),
    ("nfs", "nfs"),
    ("iscsi", "iscsi"),
    ("glusterfs", "glusterfs"),
    ("flocker", "flocker"),
    ("persistentVolumeClaim", "persistentVolumeClaim"),
    ("rbd", "rbd"),
    ("cinder", "cinder"),
    ("cephfs", "cephFS"),
    ("quobyte", "quobyte"),
    ("downwardAPI", "downwarAPI"),
    ("fc", "fc"),
    ("flexVolume", "flexVolume"),
    ("configMap", "configMap"),
    ("azureFile", "azureFile"),
    ("vsphereVolume", "vsphereVolume"),
    ("photonPersistentDisk", "photonPersistentDisk"),
    ("portworxVolume", "portworxVolume"),
    ("azureDisk", "azureDisk"),
    ("storageos", "storageos"),
    ("projected", "projected"),
    ("scaleIO", "scaleIO"),
    ("csi", "csi"),
    ("ephemeral", "ephemeral"),
    ("image", "image"),
];

/// What a claim of a StatefulSet is to its pods.
static CLAIM: LazyLock<Value> = LazyLock::new(|| json!({"persistentVolumeClaim": {}}));

/// The volumes that are good, by name; those with something wrong are as if they were not there.
pub(super) fn volumes<'a>(
    list: &Field<'a>,
    of: Of<'a>,
    errors: &mut Errors,
) -> Vec<(&'a str, &'a Value)> {
    let pod = match of {
        Of::Pod(name) => name,
        Of::Template(_) => "",
    };
    let made = |volume: &Field| format!("{pod}-{}", volume.get("name").text());
    let ephemeral = list.items().filter(|v| v.get("ephemeral").is_set());
    let ephemeral: Vec<_> = ephemeral.filter(|_| !pod.is_empty()).collect();
    let mut good: Vec<(&str, &Value)> = Vec::new();
    for volume in list.items() {
        let before = errors.count();
        source(&volume, of, errors);
        let name = volume.get("name");
        errors.needed_as(&name, dns1123_label_error);
        if good.iter().any(|(n, _)| *n == name.text()) {
            errors.duplicate(&name);
        }
        if errors.count() == before {
            good.push((name.text(), volume.value));
        }
        let claim = volume.at("persistentVolumeClaim.claimName");
        if ephemeral.iter().any(|e| made(e) == claim.text()) {
            errors.invalid(
                &claim,
                "must not reference a PVC that gets created for an ephemeral volume",
            );
        }
    }
    if let Of::Template(claims) = of {
        good.extend(claims.iter().map(|name| (*name, &*CLAIM)));
    }
    good
}

/// upstream: validateVolumeSource
fn source(volume: &Field, of: Of, errors: &mut Errors) {
    let mut any = false;
    for (kind, again) in SOURCES {
        let source = volume.get(kind);
        if !source.is_set() {
            continue;
        }
        if any {
            errors.forbidden(
                &volume.get(again),
                "may not specify more than 1 volume type",
            );
            continue;
        }
        any = true;
        one(volume, kind, &source, of, errors);
    }
    if !any {
        errors.required(volume, "must specify a volume type");
    }
}

fn one(volume: &Field, kind: &str, source: &Field, of: Of, errors: &mut Errors) {
    match kind {
        "emptyDir" => {
            let limit = source.get("sizeLimit");
            if limit.quantity().is_some_and(|q| q < Quantity::ZERO) {
                errors.forbidden(&limit, "SizeLimit field must be a valid resource quantity");
            }
        }
        "gitRepo" => {
            errors.needed(&source.get("repository"));
            text::descending_path(&source.get("directory"), errors);
        }
        "secret" => {
            errors.needed(&source.get("secretName"));
            files(source, errors);
        }
        "configMap" => {
            errors.needed(&source.get("name"));
            files(source, errors);
        }
        "persistentVolumeClaim" => drop(errors.needed(&source.get("claimName"))),
        "downwardAPI" => {
            mode(&source.get("defaultMode"), errors);
            for file in source.get("items").items() {
                projected::downward_file(&file.called(&source.path), errors);
            }
        }
        "projected" => projected::projected(source, errors),
        "csi" => {
            text::csi_driver_name(&source.get("driver"), errors);
            let secret = source.get("nodePublishSecretRef");
            let name = secret.get("name");
            if secret.is_set() && errors.needed(&name) {
                errors.named(
                    &name.called(&source.get("name").path),
                    dns1123_subdomain_error,
                );
            }
        }
        "ephemeral" => ephemeral(volume, source, of, errors),
        "image" => {
            let reference = source.get("reference");
            if matches!(of, Of::Pod(_)) {
                errors.needed(&reference);
            }
            chosen(&source.get("pullPolicy"), &PULL_POLICIES, errors);
        }
        "cinder" => {
            errors.needed(&source.get("volumeID"));
            let secret = source.get("secretRef");
            if secret.is_set() {
                errors.needed(&secret.get("name"));
            }
        }
        "iscsi" => {
            volume_sources::source(kind, source, errors);
            let (name, portal) = (volume.get("name"), source.get("targetPortal"));
            let long = name.text().len() + 1 + portal.text().len() > 64;
            if source.get("initiatorName").is_set() && long {
                errors.invalid_text(&name, volume_sources::LONG_PORTAL);
            }
        }
        // A volume's own source of this kind has no namespace to be looked at.
        _ => volume_sources::source(kind, source, errors),
    }
}

/// upstream: validateEphemeralVolumeSource
fn ephemeral(volume: &Field, source: &Field, of: Of, errors: &mut Errors) {
    const KNOWN: [&str; 3] = ["annotations", "labels", "creationTimestamp"];
    let template = source.get("volumeClaimTemplate");
    if !template.is_set() {
        errors.required(&template, "");
    } else {
        let meta = template.get("metadata");
        errors.annotations(&meta.get("annotations"));
        errors.labels(&meta.get("labels"));
        let fields = meta.value.as_object().into_iter().flatten();
        for (name, value) in fields.filter(|(name, _)| !KNOWN.contains(&name.as_str())) {
            if !value.is_null() {
                errors.forbidden(&meta.get(name), "cannot be set");
            }
        }
        claim::spec(&template.get("spec"), errors);
    }
    let name = volume.get("name");
    if let Of::Pod(pod) = of
        && !pod.is_empty()
        && !name.is_empty()
    {
        let claim = format!("{pod}-{}", name.text());
        if let Some(why) = dns1123_subdomain_error(&claim) {
            errors.invalid(&name, &format!("PVC name {claim:?}: {why}"));
        }
    }
}

/// What is made into files, and with which rights.
fn files(source: &Field, errors: &mut Errors) {
    mode(&source.get("defaultMode"), errors);
    for item in source.get("items").items() {
        key_to_path(&item, errors);
    }
}

/// upstream: validateKeyToPath
pub(super) fn key_to_path(item: &Field, errors: &mut Errors) {
    errors.needed(&item.get("key"));
    errors.needed(&item.get("path"));
    text::local_path(&item.get("path"), errors);
    mode(&item.get("mode"), errors);
}

pub(super) fn mode(mode: &Field, errors: &mut Errors) {
    if mode.number().is_some_and(|m| !(0..=0o777).contains(&m)) {
        errors.invalid(
            mode,
            "must be a number between 0 and 0777 (octal), both inclusive",
        );
    }
}
