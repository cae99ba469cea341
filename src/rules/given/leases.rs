//! Leases of the control plane: who leads, and that the API server is there.
// upstream: staging/src/k8s.io/client-go/tools/leaderelection/leaderelection.go; pkg/controlplane/apiserver/server.go

use podarium_api::sha256::sha256;
use serde_json::{Value, json};

/// The name of the machine that the control plane runs on.
const HOST: &str = "control-plane";

pub fn leases(start: &str) -> Vec<Value> {
    let micros = start.replace('Z', ".000000Z");
    let leader = |name: &str| {
        json!({
            "metadata": {"name": name, "namespace": "kube-system"},
            "spec": {
                "holderIdentity": holder(HOST, name), "leaseDurationSeconds": 15, "acquireTime": micros,
                "renewTime": micros, "leaseTransitions": 0,
            },
        })
    };
    let name = ["apiserver-", &base32(&sha256(HOST.as_bytes()))[..26]].concat();
    let server = json!({
        "metadata": {"name": name, "namespace": "kube-system", "labels": {
            "apiserver.kubernetes.io/identity": "kube-apiserver", "kubernetes.io/hostname": HOST,
        }},
        "spec": {"holderIdentity": holder(&name, "kube-apiserver"), "leaseDurationSeconds": 3600, "renewTime": micros},
    });
    vec![
        server,
        leader("kube-controller-manager"),
        leader("kube-scheduler"),
    ]
}

/// A name with what tells one process from the next.
fn holder(name: &str, process: &str) -> String {
    let hex: String = sha256(process.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!(
        "{name}_{}-{}-4{}-8{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[12..15],
        &hex[15..18],
        &hex[18..30]
    )
}

/// upstream: pkg/controlplane/apiserver/server.go hashes the host's name so
fn base32(bytes: &[u8]) -> String {
    let mut text = String::new();
    for five in bytes.chunks(5) {
        let bits = five
            .iter()
            .fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
        let bits = bits << (8 * (5 - five.len()));
        for place in (0..8).rev() {
            let digit = (bits >> (5 * place) & 31) as u8;
            text.push(char::from(if digit < 26 {
                b'a' + digit
            } else {
                b'2' + digit - 26
            }));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_and_digits_are_those_of_rfc_4648() {
        for (bytes, text) in [("foobar", "mzxw6ytboi"), ("fooba", "mzxw6ytb")] {
            assert_eq!(&base32(bytes.as_bytes())[..text.len()], text);
        }
        let holder = holder("a", "b");
        assert_eq!(holder.len(), "a_".len() + 36);
    }
}
