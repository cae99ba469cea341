//! Decodes every real manifest of the shared material and shows what is said against which of them.

use std::path::{Path, PathBuf};

use expect_test::expect;
use podarium_api::decode::decode;

/// The shared manifests, or `None` with a line that says so.
pub fn manifests() -> Option<PathBuf> {
    let shared = std::env::var_os("PODARIUM_SHARED")
        .map_or_else(|| PathBuf::from("../shared"), PathBuf::from);
    let found = Some(shared.join("manifests")).filter(|path| path.is_dir());
    if found.is_none() {
        eprintln!("skipped: no shared manifests (set PODARIUM_SHARED)");
    }
    found
}

pub fn files(folder: &Path, out: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> = std::fs::read_dir(folder)
        .expect("the folder can be read")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            files(&path, out);
        } else if path
            .extension()
            .is_some_and(|end| end == "yaml" || end == "yml" || end == "json")
        {
            out.push(path);
        }
    }
}

#[test]
fn real_manifests_decode() {
    let Some(root) = manifests() else { return };
    let mut paths = Vec::new();
    files(&root, &mut paths);
    let (mut objects, mut out) = (0, String::new());
    for path in &paths {
        let text = std::fs::read_to_string(path).expect("a manifest is text");
        let name = path
            .strip_prefix(&root)
            .unwrap_or(path)
            .display()
            .to_string();
        let decoded = decode(&name, &text);
        objects += decoded.manifests.len();
        if let Some(first) = decoded.problems.first() {
            out += &format!("{name}: {first} [{} in all]\n", decoded.problems.len());
        }
    }
    let summary = format!("{} files, {objects} objects\n{out}", paths.len());
    expect![[r#"
        413 files, 493 objects
        kubernetes-examples/AI/vllm-deployment/hpa/gpu-service-monitor-generic.yaml: 5:7: no matches for kind "ServiceMonitor" in version "monitoring.coreos.com/v1" [1 in all]
        kubernetes-examples/AI/vllm-deployment/hpa/gpu-service-monitor-gke.yaml: 6:7: no matches for kind "ServiceMonitor" in version "monitoring.coreos.com/v1" [1 in all]
        kubernetes-examples/AI/vllm-deployment/hpa/prometheus-rule.yaml: 14:7: no matches for kind "PrometheusRule" in version "monitoring.coreos.com/v1" [1 in all]
        kubernetes-examples/AI/vllm-deployment/hpa/vllm-service-monitor.yaml: 6:7: no matches for kind "ServiceMonitor" in version "monitoring.coreos.com/v1" [1 in all]
        microservices-demo/kubernetes-manifests/kustomization.yaml: 16:7: no matches for kind "Kustomization" in version "kustomize.config.k8s.io/v1beta1" [1 in all]
        microservices-demo/kustomize/base/kustomization.yaml: 16:7: no matches for kind "Kustomization" in version "kustomize.config.k8s.io/v1beta1" [1 in all]
        microservices-demo/kustomize/components/alloydb/kustomization.yaml: 16:7: no matches for kind "Component" in version "kustomize.config.k8s.io/v1alpha1" [1 in all]
        microservices-demo/kustomize/components/container-images-registry/kustomization.yaml: 16:7: no matches for kind "Component" in version "kustomize.config.k8s.io/v1alpha1" [1 in all]
        microservices-demo/kustomize/components/container-images-tag/kustomization.yaml: 16:7: no matches for kind "Component" in version "kustomize.config.k8s.io/v1alpha1" [1 in all]
        microservices-demo/kustomize/components/container-images-tag-suffix/kustomization.yaml: 16:7: no matches for kind "Component" in version "kustomize.config.k8s.io/v1alpha1" [1 in all]
        microservices-demo/kustomize/components/custom-base-url/kustomization.yaml: 16:7: no matches for kind "Component" in version "kustomize.config.k8s.io/v1alpha1" [1 in all]
        microservices-demo/kustomize/components/cymbal-branding/kustomization.yaml: 16:7: no matches for kind "Component" in version "kustomize.config.k8s.io/v1alpha1" [1 in all]
        microservices-demo/kustomize/components/google-cloud-operations/kustomization.yaml: 16:7: no matches for kind "Component" in version "kustomize.config.k8s.io/v1alpha1" [1 in all]
        microservices-demo/kustomize/components/memorystore/kustomization.yaml: 16:7: no matches for kind "Component" in version "kustomize.config.k8s.io/v1alpha1" [1 in all]
        microservices-demo/kustomize/components/network-policies/kustomization.yaml: 16:7: no matches for kind "Component" in version "kustomize.config.k8s.io/v1alpha1" [1 in all]
        microservices-demo/kustomize/components/non-public-frontend/kustomization.yaml: 16:7: no matches for kind "Component" in version "kustomize.config.k8s.io/v1alpha1" [1 in all]
        microservices-demo/kustomize/components/service-mesh-istio/allow-egress-googleapis.yaml: 16:7: no matches for kind "ServiceEntry" in version "networking.istio.io/v1alpha3" [2 in all]
        microservices-demo/kustomize/components/service-mesh-istio/frontend-gateway.yaml: 16:7: no matches for kind "Gateway" in version "gateway.networking.k8s.io/v1beta1" [2 in all]
        microservices-demo/kustomize/components/service-mesh-istio/frontend.yaml: 16:7: no matches for kind "VirtualService" in version "networking.istio.io/v1alpha3" [1 in all]
        microservices-demo/kustomize/components/service-mesh-istio/kustomization.yaml: 16:7: no matches for kind "Component" in version "kustomize.config.k8s.io/v1alpha1" [1 in all]
        microservices-demo/kustomize/components/shopping-assistant/kustomization.yaml: 16:7: no matches for kind "Component" in version "kustomize.config.k8s.io/v1alpha1" [1 in all]
        microservices-demo/kustomize/components/single-shared-session/kustomization.yaml: 16:7: no matches for kind "Component" in version "kustomize.config.k8s.io/v1alpha1" [1 in all]
        microservices-demo/kustomize/components/spanner/kustomization.yaml: 16:7: no matches for kind "Component" in version "kustomize.config.k8s.io/v1alpha1" [1 in all]
        microservices-demo/kustomize/components/without-loadgenerator/delete-loadgenerator.patch.yaml: 1:1: spec: Required value [2 in all]
        microservices-demo/kustomize/components/without-loadgenerator/kustomization.yaml: 16:7: no matches for kind "Component" in version "kustomize.config.k8s.io/v1alpha1" [1 in all]
        microservices-demo/kustomize/kustomization.yaml: 16:7: no matches for kind "Kustomization" in version "kustomize.config.k8s.io/v1beta1" [1 in all]
        microservices-demo/kustomize/tests/memorystore-with-all-components/kustomization.yaml: 16:7: no matches for kind "Kustomization" in version "kustomize.config.k8s.io/v1beta1" [1 in all]
        microservices-demo/kustomize/tests/service-mesh-istio-with-all-components/kustomization.yaml: 16:7: no matches for kind "Kustomization" in version "kustomize.config.k8s.io/v1beta1" [1 in all]
        microservices-demo/kustomize/tests/spanner-with-all-components/kustomization.yaml: 16:7: no matches for kind "Kustomization" in version "kustomize.config.k8s.io/v1beta1" [1 in all]
        microservices-demo/release/istio-manifests.yaml: 22:7: no matches for kind "VirtualService" in version "networking.istio.io/v1alpha3" [5 in all]
        website/content/en/examples/access/deployment-replicas-policy.yaml: 1:13: no matches for kind "ValidatingAdmissionPolicy" in version "admissionregistration.k8s.io/v1alpha1" (ValidatingAdmissionPolicy is in admissionregistration.k8s.io/v1 today) [1 in all]
        website/content/en/examples/access/image-matches-namespace-environment.policy.yaml: 5:13: no matches for kind "ValidatingAdmissionPolicy" in version "admissionregistration.k8s.io/v1beta1" (ValidatingAdmissionPolicy is in admissionregistration.k8s.io/v1 today) [1 in all]
        website/content/en/examples/access/validating-admission-policy-audit-annotation.yaml: 1:13: no matches for kind "ValidatingAdmissionPolicy" in version "admissionregistration.k8s.io/v1alpha1" (ValidatingAdmissionPolicy is in admissionregistration.k8s.io/v1 today) [1 in all]
        website/content/en/examples/access/validating-admission-policy-match-conditions.yaml: 1:13: no matches for kind "ValidatingAdmissionPolicy" in version "admissionregistration.k8s.io/v1alpha1" (ValidatingAdmissionPolicy is in admissionregistration.k8s.io/v1 today) [1 in all]
        website/content/en/examples/admin/konnectivity/egress-selector-configuration.yaml: 2:7: no matches for kind "EgressSelectorConfiguration" in version "apiserver.k8s.io/v1beta1" [1 in all]
        website/content/en/examples/audit/audit-policy.yaml: 2:7: no matches for kind "Policy" in version "audit.k8s.io/v1" [1 in all]
        website/content/en/examples/pods/security/seccomp/kind-seccompdefault.yaml: 1:7: no matches for kind "Cluster" in version "kind.x-k8s.io/v1alpha4" [1 in all]
        website/content/en/examples/pods/security/seccomp/kind.yaml: 3:7: no matches for kind "Cluster" in version "kind.x-k8s.io/v1alpha4" [1 in all]
        website/content/en/examples/policy/baseline-psp.yaml: 2:7: no matches for kind "PodSecurityPolicy" in version "policy/v1beta1" [1 in all]
        website/content/en/examples/policy/example-psp.yaml: 2:7: no matches for kind "PodSecurityPolicy" in version "policy/v1beta1" [1 in all]
        website/content/en/examples/policy/privileged-psp.yaml: 2:7: no matches for kind "PodSecurityPolicy" in version "policy/v1beta1" [1 in all]
        website/content/en/examples/policy/restricted-psp.yaml: 2:7: no matches for kind "PodSecurityPolicy" in version "policy/v1beta1" [1 in all]
        website/content/en/examples/priority-and-fairness/health-for-strangers.yaml: 1:13: no matches for kind "FlowSchema" in version "flowcontrol.apiserver.k8s.io/v1beta3" (FlowSchema is in flowcontrol.apiserver.k8s.io/v1 today) [1 in all]
        website/content/en/examples/priority-and-fairness/list-events-default-service-account.yaml: 1:13: no matches for kind "FlowSchema" in version "flowcontrol.apiserver.k8s.io/v1beta3" (FlowSchema is in flowcontrol.apiserver.k8s.io/v1 today) [1 in all]
        website/content/en/examples/service/networking/dual-stack-ipv6-svc.yaml: 6:3: unknown field "spec.ipFamily" [1 in all]
        website/content/en/examples/validatingadmissionpolicy/basic-example-binding.yaml: 1:13: no matches for kind "ValidatingAdmissionPolicyBinding" in version "admissionregistration.k8s.io/v1beta1" (ValidatingAdmissionPolicyBinding is in admissionregistration.k8s.io/v1 today) [1 in all]
        website/content/en/examples/validatingadmissionpolicy/basic-example-policy.yaml: 1:13: no matches for kind "ValidatingAdmissionPolicy" in version "admissionregistration.k8s.io/v1beta1" (ValidatingAdmissionPolicy is in admissionregistration.k8s.io/v1 today) [1 in all]
        website/content/en/examples/validatingadmissionpolicy/binding-with-param-prod.yaml: 1:13: no matches for kind "ValidatingAdmissionPolicyBinding" in version "admissionregistration.k8s.io/v1beta1" (ValidatingAdmissionPolicyBinding is in admissionregistration.k8s.io/v1 today) [1 in all]
        website/content/en/examples/validatingadmissionpolicy/binding-with-param.yaml: 1:13: no matches for kind "ValidatingAdmissionPolicyBinding" in version "admissionregistration.k8s.io/v1beta1" (ValidatingAdmissionPolicyBinding is in admissionregistration.k8s.io/v1 today) [1 in all]
        website/content/en/examples/validatingadmissionpolicy/failure-policy-ignore.yaml: 1:13: no matches for kind "ValidatingAdmissionPolicy" in version "admissionregistration.k8s.io/v1beta1" (ValidatingAdmissionPolicy is in admissionregistration.k8s.io/v1 today) [2 in all]
        website/content/en/examples/validatingadmissionpolicy/policy-with-param.yaml: 1:13: no matches for kind "ValidatingAdmissionPolicy" in version "admissionregistration.k8s.io/v1beta1" (ValidatingAdmissionPolicy is in admissionregistration.k8s.io/v1 today) [1 in all]
        website/content/en/examples/validatingadmissionpolicy/replicalimit-param-prod.yaml: 2:7: no matches for kind "ReplicaLimit" in version "rules.example.com/v1" [1 in all]
        website/content/en/examples/validatingadmissionpolicy/replicalimit-param.yaml: 2:7: no matches for kind "ReplicaLimit" in version "rules.example.com/v1" [1 in all]
        website/content/en/examples/validatingadmissionpolicy/typechecking-multiple-match.yaml: 1:13: no matches for kind "ValidatingAdmissionPolicy" in version "admissionregistration.k8s.io/v1beta1" (ValidatingAdmissionPolicy is in admissionregistration.k8s.io/v1 today) [1 in all]
        website/content/en/examples/validatingadmissionpolicy/typechecking.yaml: 1:13: no matches for kind "ValidatingAdmissionPolicy" in version "admissionregistration.k8s.io/v1beta1" (ValidatingAdmissionPolicy is in admissionregistration.k8s.io/v1 today) [1 in all]
    "#]].assert_eq(&summary);
}
