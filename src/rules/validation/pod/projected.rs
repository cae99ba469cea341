//! Volumes made of several sources, and files that tell of the pod itself.
// upstream: pkg/apis/core/validation/validation.go

use super::super::certificates::trust_bundle_name_error;
use super::env::{field_ref, resource_ref};
use super::volume::{key_to_path, mode};
use crate::errors::{Errors, printed};
use crate::field::Field;
use crate::text;

/// upstream: validVolumeDownwardAPIFieldPathExpressions
const FIELDS: [&str; 5] = [
    "metadata.annotations",
    "metadata.labels",
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
];
const KEY_TYPES: [&str; 6] = [
    "ECDSAP256",
    "ECDSAP384",
    "ECDSAP521",
    "ED25519",
    "RSA3072",
    "RSA4096",
];

/// upstream: validateDownwardAPIVolumeFile
pub(super) fn downward_file(file: &Field, errors: &mut Errors) {
    errors.needed(&file.get("path"));
    text::local_path(&file.get("path"), errors);
    let (field, resource) = (file.get("fieldRef"), file.get("resourceFieldRef"));
    if field.is_set() {
        field_ref(&field, &FIELDS, errors);
        if resource.is_set() {
            let detail = "fieldRef and resourceFieldRef can not be specified simultaneously";
            errors.invalid_as(file, "resource", detail);
        }
    } else if resource.is_set() {
        resource_ref(&resource, true, errors);
    } else {
        errors.required(file, "one of fieldRef and resourceFieldRef is required");
    }
    mode(&file.get("mode"), errors);
}

/// Paths in a volume, each of which may be there once.
struct Paths<'a> {
    seen: Vec<&'a str>,
    volume: &'a Field<'a>,
}

impl<'a> Paths<'a> {
    /// `shown` is what upstream prints of the one too many.
    fn take(&mut self, path: &'a str, shown: &str, errors: &mut Errors) {
        if self.seen.contains(&path) {
            errors.invalid_as(self.volume, shown, "conflicting duplicate paths");
        } else {
            self.seen.push(path);
        }
    }
}

/// upstream: validateProjectedVolumeSource, validateProjectionSources
pub(super) fn projected(volume: &Field, errors: &mut Errors) {
    mode(&volume.get("defaultMode"), errors);
    let mut paths = Paths {
        seen: Vec::new(),
        volume,
    };
    for source in volume.get("sources").items() {
        let mut count = 0;
        let mut given = |name: &str| {
            let given = source.get(name);
            count += usize::from(given.is_set());
            given.is_set().then_some(given)
        };
        for name in ["secret", "configMap"] {
            let Some(given) = given(name) else { continue };
            errors.needed(&given.get("name"));
            for item in given.get("items").items() {
                key_to_path(&item, errors);
                let path = item.get("path");
                if !path.is_empty() {
                    paths.take(path.text(), given.get("name").text(), errors);
                }
            }
        }
        if let Some(given) = given("downwardAPI") {
            for file in given.get("items").items() {
                downward_file(&file.called(&given.path), errors);
                let path = file.get("path");
                if !path.is_empty() {
                    paths.take(path.text(), path.text(), errors);
                }
            }
        }
        if let Some(given) = given("serviceAccountToken") {
            token(volume, &given, errors);
        }
        if let Some(given) = given("clusterTrustBundle") {
            trust_bundle(&given, errors);
            let path = given.get("path").text();
            paths.take(path, path, errors);
        }
        if let Some(given) = given("podCertificate") {
            certificate(&given, &mut paths, errors);
        }
        if count > 1 {
            errors.forbidden(
                &source,
                "may not specify more than 1 volume type per source",
            );
        }
    }
}

fn token(volume: &Field, token: &Field, errors: &mut Errors) {
    let (seconds, path) = (token.get("expirationSeconds"), token.get("path"));
    if seconds.int() < 600 {
        errors.invalid_int(&seconds, "may not specify a duration less than 10 minutes");
    }
    if seconds.int() > 1 << 32 {
        errors.invalid(
            &seconds,
            "may not specify a duration larger than 2^32 seconds",
        );
    }
    // upstream says this of the volume.
    let path = path.called(&volume.get("path").path);
    if errors.needed(&path) {
        text::local_path(&path, errors);
    }
}

fn trust_bundle(bundle: &Field, errors: &mut Errors) {
    let (name, signer, selector) = (
        bundle.get("name"),
        bundle.get("signerName"),
        bundle.get("labelSelector"),
    );
    match (name.is_set(), signer.is_set()) {
        (true, true) => {
            let names = [
                ("Name", "name"),
                ("SignerName", "signerName"),
                ("LabelSelector", "labelSelector"),
                ("Optional", "optional"),
                ("Path", "path"),
            ];
            errors.invalid_raw(
                bundle,
                &printed(bundle, &names),
                "only one of name and signerName may be used",
            );
        }
        (true, false) => {
            if name.is_empty() {
                errors.required(&name, "must be a valid object name");
            }
            if let Some(why) = trust_bundle_name_error(name.text()) {
                errors.invalid(&name, &format!("not a valid clustertrustbundlename: {why}"));
            }
            if selector.is_set() {
                errors.invalid(
                    &selector,
                    "labelSelector must be unset if name is specified",
                );
            }
        }
        (false, true) => {
            if signer.is_empty() {
                errors.required(&signer, "must be a valid signer name");
            }
            text::signer_name(&signer, errors);
            errors.selector(&selector);
        }
        (false, false) => errors.required(bundle, "either name or signerName must be specified"),
    }
    errors.needed(&bundle.get("path"));
    text::local_path(&bundle.get("path"), errors);
}

/// upstream: staging/src/k8s.io/api/core/v1/types.go PodCertificateProjection says the rules
fn certificate<'a>(certificate: &Field<'a>, paths: &mut Paths<'a>, errors: &mut Errors) {
    text::signer_name(&certificate.get("signerName"), errors);
    errors.must_be(&certificate.get("keyType"), &KEY_TYPES);
    let seconds = certificate.get("maxExpirationSeconds");
    errors.between(&seconds, 3600, 7_862_400);
    let mut any = false;
    for name in ["credentialBundlePath", "keyPath", "certificateChainPath"] {
        let path = certificate.get(name);
        if path.is_empty() {
            continue;
        }
        any = true;
        text::local_path(&path, errors);
        paths.take(path.text(), path.text(), errors);
    }
    if !any {
        errors.required(
            certificate,
            "specify at least one of credentialBundlePath, keyPath, and certificateChainPath",
        );
    }
}
