//! certificates.k8s.io: requests for certificates, and bundles of trust. What is inside of them in ASN.1 is not read.
// upstream: pkg/apis/certificates/validation/validation.go

use podarium_api::names::dns1123_subdomain_error;

use crate::errors::Errors;
use crate::field::Field;
use crate::text::{base64, signer_name};

const USAGES: [&str; 23] = [
    "any",
    "cert sign",
    "client auth",
    "code signing",
    "content commitment",
    "crl sign",
    "data encipherment",
    "decipher only",
    "digital signature",
    "email protection",
    "encipher only",
    "ipsec end system",
    "ipsec tunnel",
    "ipsec user",
    "key agreement",
    "key encipherment",
    "microsoft sgc",
    "netscape sgc",
    "ocsp signing",
    "s/mime",
    "server auth",
    "signing",
    "timestamping",
];
const LARGEST_BUNDLE: usize = 1024 * 1024;

/// upstream: validateCertificateSigningRequest
pub fn signing_request(request: &Field, errors: &mut Errors) {
    let spec = request.get("spec");
    let (text, usages) = (spec.get("request"), spec.get("usages"));
    let blocks = pem(&String::from_utf8_lossy(&base64(text.text())));
    if blocks
        .first()
        .is_none_or(|(label, _)| label != "CERTIFICATE REQUEST")
    {
        errors.invalid(&text, "PEM block type must be CERTIFICATE REQUEST");
    }
    errors.needed(&usages);
    for usage in usages.items() {
        errors.must_be(&usage, &USAGES);
    }
    let mut seen = Vec::new();
    for usage in usages.items() {
        if seen.contains(&usage.text()) {
            errors.duplicate(&usage);
        }
        seen.push(usage.text());
    }
    let signer = spec.get("signerName");
    if signer.text() == "kubernetes.io/legacy-unknown" {
        errors.invalid(
            &signer,
            "the legacy signerName is not allowed via this API version",
        );
    } else {
        signer_name(&signer, errors);
    }
    let seconds = spec.get("expirationSeconds");
    if seconds.number().is_some_and(|n| n < 600) {
        errors.invalid(
            &seconds,
            "may not specify a duration less than 600 seconds (10 minutes)",
        );
    }
}

/// upstream: validateCertificateSigningRequestUpdate. The spec has been put back, and so has the status.
pub fn signing_request_update(new: &Field, _: &Field, errors: &mut Errors) {
    signing_request(new, errors);
}

/// upstream: ValidateClusterTrustBundle
pub fn trust_bundle(object: &Field, errors: &mut Errors) {
    signer(object, errors);
    bundle(&object.at("spec.trustBundle"), errors);
}

/// upstream: pkg/apis/core/validation/names.go ValidateClusterTrustBundleName
fn signer(object: &Field, errors: &mut Errors) {
    let (name, signer) = (object.at("metadata.name"), object.at("spec.signerName"));
    if signer.is_empty() {
        if name.text().contains(':') {
            errors.invalid(
                &name,
                "ClusterTrustBundle without signer name must not have \":\" in its name",
            );
        } else {
            errors.named(&name, dns1123_subdomain_error);
        }
        return;
    }
    let prefix = format!("{}:", signer.text().replace('/', ":"));
    match name.text().strip_prefix(&prefix) {
        None => {
            let signer = signer.text();
            let detail = format!(
                "ClusterTrustBundle for signerName {signer} must be named with prefix {prefix}"
            );
            errors.invalid(&name, &detail);
        }
        Some(rest) => {
            if let Some(why) = dns1123_subdomain_error(rest) {
                errors.invalid(&name, &why);
            }
        }
    }
    signer_name(&signer, errors);
}

/// Why there is no bundle of that name, whoever signs what is in it.
pub fn trust_bundle_name_error(name: &str) -> Option<String> {
    let last = name.rsplit(':').next().unwrap_or_default();
    dns1123_subdomain_error(last)
}

/// upstream: validateTrustBundle
fn bundle(text: &Field, errors: &mut Errors) {
    const OMITTED: &str = "<value omitted>";
    if text.text().len() > LARGEST_BUNDLE {
        return errors.too_long(text, LARGEST_BUNDLE);
    }
    let (blocks, before) = (pem(text.text()), errors.count());
    for (i, (label, body)) in blocks.iter().enumerate() {
        if label != "CERTIFICATE" {
            errors.invalid_as(
                text,
                OMITTED,
                &format!("entry {i} has bad block type: {label}"),
            );
        } else if body.first() != Some(&0x30) {
            errors.invalid_as(text, OMITTED, &format!("entry {i} does not parse as X.509"));
        }
    }
    if errors.count() > before {
        return;
    }
    if blocks.is_empty() {
        errors.invalid_as(text, OMITTED, "at least one trust anchor must be provided");
    }
    for (i, block) in blocks.iter().enumerate() {
        let same: Vec<_> = (0..blocks.len()).filter(|j| blocks[*j] == *block).collect();
        if same.len() > 1 && same[0] == i {
            let each: Vec<_> = same.iter().map(ToString::to_string).collect();
            let detail = format!("duplicate trust anchor (indices [{}])", each.join(" "));
            errors.invalid_as(text, OMITTED, &detail);
        }
    }
}

/// upstream: ValidateClusterTrustBundleUpdate
pub fn trust_bundle_update(new: &Field, old: &Field, errors: &mut Errors) {
    signer(new, errors);
    let text = new.at("spec.trustBundle");
    if text.value != old.at("spec.trustBundle").value {
        bundle(&text, errors);
    }
    errors.immutable(&new.at("spec.signerName"), &old.at("spec.signerName"));
}

/// The blocks of a PEM text: their labels, and what is in them.
fn pem(text: &str) -> Vec<(String, Vec<u8>)> {
    let mut blocks = Vec::new();
    let mut rest = text;
    while let Some((_, begun)) = rest.split_once("-----BEGIN ") {
        let Some((label, body)) = begun.split_once("-----") else {
            break;
        };
        let Some((body, after)) = body.split_once(&format!("-----END {label}-----")) else {
            break;
        };
        blocks.push((label.to_owned(), base64(body)));
        rest = after;
    }
    blocks
}

/// upstream: ValidatePodCertificateRequestCreate
pub fn pod_request(request: &Field, errors: &mut Errors) {
    let spec = request.get("spec");
    let signer = spec.get("signerName");
    signer_name(&signer, errors);
    for (name, uid) in [
        ("podName", "podUID"),
        ("serviceAccountName", "serviceAccountUID"),
        ("nodeName", "nodeUID"),
    ] {
        errors.named(&spec.get(name), dns1123_subdomain_error);
        let uid = spec.get(uid);
        if uid.is_empty() {
            errors.invalid_text(&uid, "must not be empty");
        }
        if uid.text().len() > 128 {
            errors.too_long(&uid, 128);
        }
    }
    let seconds = spec.get("maxExpirationSeconds");
    if !seconds.is_set() {
        return errors.required(&seconds, "must be set");
    }
    let own = signer.text().split('/').next().unwrap_or_default();
    let most = if own == "kubernetes.io" || own.ends_with(".kubernetes.io") {
        86_400
    } else {
        91 * 86_400
    };
    if !(3600..=most).contains(&seconds.int()) {
        errors.invalid(&seconds, &format!("must be in the range [3600, {most}]"));
    }
}

/// upstream: ValidatePodCertificateRequestUpdate
pub fn pod_request_update(new: &Field, old: &Field, errors: &mut Errors) {
    errors.immutable(&new.get("spec"), &old.get("spec"));
}

#[cfg(test)]
mod tests {
    use crate::testing::{creates, updates};
    use expect_test::expect;
    use serde_json::json;

    // "-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n-----END CERTIFICATE REQUEST-----\n"
    const REQUEST: &str = "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlJQgotLS0tLUVORCBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0K";

    // upstream: pkg/apis/certificates/validation/validation_test.go TestValidateCertificateSigningRequestCreate
    #[test]
    fn what_may_be_asked_of_a_signer() {
        let csr = json!({
            "apiVersion": "certificates.k8s.io/v1", "kind": "CertificateSigningRequest", "metadata": {"name": "a"},
            "spec": {"request": REQUEST, "signerName": "example.com/mine", "usages": ["client auth"]},
        });
        creates(
            &csr,
            &[
                json!({}),
                json!({"spec.request": "aGVsbG8=", "spec.usages": []}),
                json!({"spec.usages": ["client auth", "tea", "client auth"]}),
                json!({"spec.signerName": "kubernetes.io/legacy-unknown", "spec.expirationSeconds": 599}),
                json!({"spec.signerName": "mine"}),
            ],
            expect![[r#"
                {}
                {"spec.request":"aGVsbG8=","spec.usages":[]}
                  spec.request: Invalid value: "aGVsbG8=": PEM block type must be CERTIFICATE REQUEST
                  spec.usages: Required value
                {"spec.usages":["client auth","tea","client auth"]}
                  spec.usages[1]: Unsupported value: "tea": supported values: "any", "cert sign", "client auth", "code signing", "content commitment", "crl sign", "data encipherment", "decipher only", "digital signature", "email protection", "encipher only", "ipsec end system", "ipsec tunnel", "ipsec user", "key agreement", "key encipherment", "microsoft sgc", "netscape sgc", "ocsp signing", "s/mime", "server auth", "signing", "timestamping"
                  spec.usages[2]: Duplicate value: "client auth"
                {"spec.expirationSeconds":599,"spec.signerName":"kubernetes.io/legacy-unknown"}
                  spec.signerName: Invalid value: "kubernetes.io/legacy-unknown": the legacy signerName is not allowed via this API version
                  spec.expirationSeconds: Invalid value: 599: may not specify a duration less than 600 seconds (10 minutes)
                {"spec.signerName":"mine"}
                  spec.signerName: Invalid value: "mine": must be a fully qualified domain and path of the form 'example.com/signer-name'"#]],
        );
        updates(
            &csr,
            &[json!({"spec.usages": ["server auth"]})],
            expect![[r#"{"spec.usages":["server auth"]}"#]],
        );
    }

    // upstream: pkg/apis/certificates/validation/validation_test.go TestValidateClusterTrustBundle
    #[test]
    fn what_may_be_trusted() {
        let anchor = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
        let bundle = json!({"apiVersion": "certificates.k8s.io/v1", "kind": "ClusterTrustBundle", "metadata": {"name": "a"}, "spec": {"trustBundle": anchor}});
        creates(
            &bundle,
            &[
                json!({}),
                json!({"spec.trustBundle": "hello"}),
                json!({"spec.trustBundle": format!("{anchor}{anchor}")}),
                json!({"spec.trustBundle": "-----BEGIN KEY-----\nMIIB\n-----END KEY-----\n"}),
                json!({"spec.signerName": "example.com/mine"}),
                json!({"spec.signerName": "example.com/mine", "metadata.name": "example.com:mine:a"}),
                json!({"metadata.name": "a:b"}),
            ],
            expect![[r#"
                {}
                {"spec.trustBundle":"hello"}
                  spec.trustBundle: Invalid value: "<value omitted>": at least one trust anchor must be provided
                {"spec.trustBundle":"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"}
                  spec.trustBundle: Invalid value: "<value omitted>": duplicate trust anchor (indices [0 1])
                {"spec.trustBundle":"-----BEGIN KEY-----\nMIIB\n-----END KEY-----\n"}
                  spec.trustBundle: Invalid value: "<value omitted>": entry 0 has bad block type: KEY
                {"spec.signerName":"example.com/mine"}
                  metadata.name: Invalid value: "a": ClusterTrustBundle for signerName example.com/mine must be named with prefix example.com:mine:
                {"metadata.name":"example.com:mine:a","spec.signerName":"example.com/mine"}
                {"metadata.name":"a:b"}
                  metadata.name: Invalid value: "a:b": ClusterTrustBundle without signer name must not have ":" in its name"#]],
        );
        updates(
            &bundle,
            &[json!({"spec.signerName": "example.com/mine"})],
            expect![[r#"
                {"spec.signerName":"example.com/mine"}
                  metadata.name: Invalid value: "a": ClusterTrustBundle for signerName example.com/mine must be named with prefix example.com:mine:
                  spec.signerName: Invalid value: "example.com/mine": field is immutable"#]],
        );
    }

    #[test]
    fn what_a_pod_may_ask_of_a_signer() {
        let request = json!({
            "apiVersion": "certificates.k8s.io/v1", "kind": "PodCertificateRequest", "metadata": {"name": "a"},
            "spec": {"signerName": "kubernetes.io/kube-apiserver-client-pod", "podName": "p", "podUID": "1", "serviceAccountName": "s",
                "serviceAccountUID": "2", "nodeName": "n", "nodeUID": "3", "maxExpirationSeconds": 86_400},
        });
        creates(
            &request,
            &[
                json!({}),
                json!({"spec.podUID": "", "spec.nodeName": "N"}),
                json!({"spec.maxExpirationSeconds": null}),
                json!({"spec.maxExpirationSeconds": 86_401}),
                json!({"spec.maxExpirationSeconds": 86_401, "spec.signerName": "example.com/mine"}),
            ],
            expect![[r#"
                {}
                {"spec.nodeName":"N","spec.podUID":""}
                  spec.podUID: Invalid value: "": must not be empty
                  spec.nodeName: Invalid value: "N": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
                {"spec.maxExpirationSeconds":null}
                  spec.maxExpirationSeconds: Required value: must be set
                {"spec.maxExpirationSeconds":86401}
                  spec.maxExpirationSeconds: Invalid value: 86401: must be in the range [3600, 86400]
                {"spec.maxExpirationSeconds":86401,"spec.signerName":"example.com/mine"}"#]],
        );
        updates(
            &request,
            &[json!({"spec.podName": "q"})],
            expect![[r#"
            {"spec.podName":"q"}
              spec: Invalid value: {"maxExpirationSeconds":86400,"nodeName":"n","nodeUID":"3","podName":"q","podUID":"1","serviceAccountName":"s","serviceAccountUID":"2","signerName":"kubernetes.io/kube-apiserver-client-pod"}: field is immutable"#]],
        );
    }
}
