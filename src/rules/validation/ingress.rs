//! networking.k8s.io: Ingresses and their classes.
// upstream: pkg/apis/networking/validation/validation.go

use podarium_api::names::{dns1035_label_error, dns1123_label_error, dns1123_subdomain_error};

use crate::address;
use crate::errors::Errors;
use crate::field::Field;
use crate::text::{domain_prefixed_path, path_segment, wildcard_subdomain};

/// Where the class stood before there was a field for it.
pub const CLASS_ANNOTATION: &str = "kubernetes.io/ingress.class";
const LONGEST_CONTROLLER: usize = 250;

/// upstream: ValidateIngressCreate
pub fn ingress(object: &Field, errors: &mut Errors) {
    ingress_update(object, object, errors);
    let said = object.at("metadata.annotations").get(CLASS_ANNOTATION);
    let class = object.at("spec.ingressClassName");
    if said.is_set() && class.is_set() && said.text() != class.text() {
        errors.invalid(
            &said.called(&format!("annotations.{CLASS_ANNOTATION}")),
            "must match `ingressClassName` when both are specified",
        );
    }
}

/// upstream: ValidateIngressUpdate, ValidateIngressSpec
pub fn ingress_update(object: &Field, _: &Field, errors: &mut Errors) {
    let spec = object.get("spec");
    let (rules, default) = (spec.get("rules"), spec.get("defaultBackend"));
    if rules.is_empty() && !default.is_set() {
        errors.invalid_as(
            &spec,
            rules.value.clone(),
            "either `defaultBackend` or `rules` must be specified",
        );
    }
    if default.is_set() {
        backend(&default, errors);
    }
    for rule in rules.items() {
        let name = rule.get("host");
        if address::ip(name.text()).is_some() {
            errors.invalid(&name, "must be a DNS name, not an IP address");
        }
        if !name.is_empty() {
            host(&name, errors);
        }
        let http = rule.get("http");
        if http.is_set() {
            errors.needed(&http.get("paths"));
            for path in http.get("paths").items() {
                self::path(&path, errors);
            }
        }
    }
    for tls in spec.get("tls").items() {
        for name in tls.get("hosts").items() {
            host(&name, errors);
        }
        let secret = tls.get("secretName");
        if !secret.is_empty() {
            errors.named(&secret, dns1123_subdomain_error);
        }
    }
    let class = spec.get("ingressClassName");
    if class.is_set() {
        errors.named(&class, dns1123_subdomain_error);
    }
}

fn host(name: &Field, errors: &mut Errors) {
    if name.text().contains('*') {
        errors.named(name, wildcard_subdomain);
    } else {
        errors.named(name, dns1123_subdomain_error);
    }
}

/// upstream: validateHTTPIngressPath
fn path(item: &Field, errors: &mut Errors) {
    let (type_, path) = (item.get("pathType"), item.get("path"));
    if !type_.is_set() {
        return errors.required(&type_, "pathType must be specified");
    }
    let absolute = path.text().starts_with('/');
    match type_.text() {
        "Exact" | "Prefix" => {
            if !absolute {
                errors.invalid_text(&path, "must be an absolute path");
            }
            for part in ["//", "/./", "/../", "%2f", "%2F"] {
                if path.text().contains(part) {
                    errors.invalid(&path, &format!("must not contain '{part}'"));
                }
            }
            for end in ["/..", "/."] {
                if path.text().ends_with(end) {
                    errors.invalid(&path, &format!("cannot end with '{end}'"));
                }
            }
        }
        "ImplementationSpecific" => {
            if !path.is_empty() && !absolute {
                errors.invalid(&path, "must be an absolute path");
            }
        }
        _ => errors.must_be(&type_, &["Exact", "ImplementationSpecific", "Prefix"]),
    }
    backend(&item.get("backend"), errors);
}

/// upstream: validateIngressBackend
fn backend(backend: &Field, errors: &mut Errors) {
    let (service, resource) = (backend.get("service"), backend.get("resource"));
    match (service.is_set(), resource.is_set()) {
        (true, true) => {
            errors.invalid_as(backend, "", "cannot set both resource and service backends")
        }
        (false, true) => typed_reference(&resource, errors),
        (false, false) => errors.invalid_as(backend, "", "resource or service backend is required"),
        (true, false) => {
            errors.needed_as(&service.get("name"), dns1035_label_error);
            let (name, number) = (service.at("port.name"), service.at("port.number"));
            match (!name.is_empty(), number.int() != 0) {
                (true, true) => {
                    errors.invalid_as(backend, "", "cannot set both port name & port number")
                }
                (true, false) => errors.port_name(&name),
                (false, true) => errors.port_number(&number),
                (false, false) => errors.required(backend, "port name or number is required"),
            }
        }
    }
}

/// upstream: validateIngressTypedLocalObjectReference
fn typed_reference(reference: &Field, errors: &mut Errors) {
    let group = reference.get("apiGroup");
    if group.is_set() {
        errors.named(&group, dns1123_subdomain_error);
    }
    errors.needed_as(&reference.get("kind"), path_segment);
    errors.needed_as(&reference.get("name"), path_segment);
}

/// upstream: ValidateIngressClass
pub fn class(class: &Field, errors: &mut Errors) {
    let spec = class.get("spec");
    let controller = spec.get("controller");
    if controller.text().len() > LONGEST_CONTROLLER {
        errors.too_long(&controller, LONGEST_CONTROLLER);
    }
    domain_prefixed_path(&controller, errors);
    let parameters = spec.get("parameters");
    if !parameters.is_set() {
        return;
    }
    typed_reference(&parameters, errors);
    let (scope, namespace) = (parameters.get("scope"), parameters.get("namespace"));
    errors.must_be(&scope, &["Cluster", "Namespace"]);
    match scope.text() {
        "Namespace" if !namespace.is_set() => {
            errors.required(&namespace, "`parameters.scope` is set to 'Namespace'");
        }
        "Namespace" => errors.named(&namespace, dns1123_label_error),
        "Cluster" if namespace.is_set() => {
            errors.forbidden(&namespace, "`parameters.scope` is set to 'Cluster'");
        }
        _ => {}
    }
}

/// upstream: ValidateIngressClassUpdate
pub fn class_update(new: &Field, old: &Field, errors: &mut Errors) {
    errors.immutable(&new.at("spec.controller"), &old.at("spec.controller"));
    class(new, errors);
}

#[cfg(test)]
mod tests {
    use crate::testing::{creates, updates, warned};
    use expect_test::expect;
    use serde_json::{Value, json};

    fn ingress() -> Value {
        let backend = json!({"service": {"name": "web", "port": {"number": 80}}});
        let path = json!({"path": "/foo", "pathType": "Prefix", "backend": backend});
        json!({
            "apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": "a", "namespace": "b"},
            "spec": {"rules": [{"host": "foo.bar.com", "http": {"paths": [path]}}]},
        })
    }

    // upstream: pkg/apis/networking/validation/validation_test.go TestValidateIngress, TestValidateIngressCreate
    #[test]
    fn what_an_ingress_may_be() {
        let path = |name: &str, value: Value| json!({(format!("spec.rules.0.http.paths.0.{name}")): value});
        let prefix = |text: &str| path("path", json!(text));
        creates(
            &ingress(),
            &[
                json!({}),
                json!({"spec.rules": []}),
                json!({"spec.rules": [], "spec.defaultBackend": {"resource": {"apiGroup": "a.b", "kind": "C", "name": "d"}}}),
                json!({"spec.rules.0.host": "*.bar.com"}),
                json!({"spec.rules.0.host": "foo.*.com"}),
                json!({"spec.rules.0.host": "10.0.0.1"}),
                json!({"spec.rules.0.host": "Foo"}),
                json!({"spec.rules.0.http.paths": []}),
                path("pathType", json!(null)),
                path("pathType", json!("Maybe")),
                json!({"spec.rules.0.http.paths.0.pathType": "ImplementationSpecific", "spec.rules.0.http.paths.0.path": "foo*"}),
                json!({"spec.rules.0.http.paths.0.pathType": "ImplementationSpecific", "spec.rules.0.http.paths.0.path": "/.*"}),
                path("path", json!(null)),
                prefix("/foo//bar"),
                prefix("/foo/./%2Fbar/.."),
                path("backend", json!({})),
                path("backend", json!({"service": {"name": "web"}})),
                path(
                    "backend",
                    json!({"service": {"name": "", "port": {"name": "http", "number": 80}}}),
                ),
                path(
                    "backend",
                    json!({"service": {"name": "web", "port": {"name": "-"}}}),
                ),
                path(
                    "backend",
                    json!({"service": {"name": "web", "port": {"number": 70_000}}}),
                ),
                path(
                    "backend",
                    json!({"service": {"name": "a", "port": {"number": 1}}, "resource": {"kind": "", "name": "a/b"}}),
                ),
                path("backend", json!({"resource": {"kind": "", "name": "a/b"}})),
                json!({"spec.tls": [{"hosts": ["*.a.b", "a_b"], "secretName": "A"}]}),
                json!({"spec.ingressClassName": "A", "metadata.annotations": {"kubernetes.io/ingress.class": "b"}}),
            ],
            expect![[r#"
                {}
                {"spec.rules":[]}
                  spec: Invalid value: null: either `defaultBackend` or `rules` must be specified
                {"spec.defaultBackend":{"resource":{"apiGroup":"a.b","kind":"C","name":"d"}},"spec.rules":[]}
                {"spec.rules.0.host":"*.bar.com"}
                {"spec.rules.0.host":"foo.*.com"}
                  spec.rules[0].host: Invalid value: "foo.*.com": a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. '*.example.com', regex used for validation is '\*\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
                {"spec.rules.0.host":"10.0.0.1"}
                  spec.rules[0].host: Invalid value: "10.0.0.1": must be a DNS name, not an IP address
                {"spec.rules.0.host":"Foo"}
                  spec.rules[0].host: Invalid value: "Foo": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
                {"spec.rules.0.http.paths":[]}
                  spec.rules[0].http.paths: Required value
                {"spec.rules.0.http.paths.0.pathType":null}
                  spec.rules[0].http.paths[0].pathType: Required value: pathType must be specified
                {"spec.rules.0.http.paths.0.pathType":"Maybe"}
                  spec.rules[0].http.paths[0].pathType: Unsupported value: "Maybe": supported values: "Exact", "ImplementationSpecific", "Prefix"
                {"spec.rules.0.http.paths.0.path":"foo*","spec.rules.0.http.paths.0.pathType":"ImplementationSpecific"}
                  spec.rules[0].http.paths[0].path: Invalid value: "foo*": must be an absolute path
                {"spec.rules.0.http.paths.0.path":"/.*","spec.rules.0.http.paths.0.pathType":"ImplementationSpecific"}
                {"spec.rules.0.http.paths.0.path":null}
                  spec.rules[0].http.paths[0].path: Invalid value: "": must be an absolute path
                {"spec.rules.0.http.paths.0.path":"/foo//bar"}
                  spec.rules[0].http.paths[0].path: Invalid value: "/foo//bar": must not contain '//'
                {"spec.rules.0.http.paths.0.path":"/foo/./%2Fbar/.."}
                  spec.rules[0].http.paths[0].path: Invalid value: "/foo/./%2Fbar/..": must not contain '/./'
                  spec.rules[0].http.paths[0].path: Invalid value: "/foo/./%2Fbar/..": must not contain '%2F'
                  spec.rules[0].http.paths[0].path: Invalid value: "/foo/./%2Fbar/..": cannot end with '/..'
                {"spec.rules.0.http.paths.0.backend":{}}
                  spec.rules[0].http.paths[0].backend: Invalid value: "": resource or service backend is required
                {"spec.rules.0.http.paths.0.backend":{"service":{"name":"web"}}}
                  spec.rules[0].http.paths[0].backend: Required value: port name or number is required
                {"spec.rules.0.http.paths.0.backend":{"service":{"name":"","port":{"name":"http","number":80}}}}
                  spec.rules[0].http.paths[0].backend.service.name: Required value
                  spec.rules[0].http.paths[0].backend: Invalid value: "": cannot set both port name & port number
                {"spec.rules.0.http.paths.0.backend":{"service":{"name":"web","port":{"name":"-"}}}}
                  spec.rules[0].http.paths[0].backend.service.port.name: Invalid value: "-": must contain at least one letter (a-z)
                  spec.rules[0].http.paths[0].backend.service.port.name: Invalid value: "-": must not begin or end with a hyphen
                {"spec.rules.0.http.paths.0.backend":{"service":{"name":"web","port":{"number":70000}}}}
                  spec.rules[0].http.paths[0].backend.service.port.number: Invalid value: 70000: must be between 1 and 65535, inclusive
                {"spec.rules.0.http.paths.0.backend":{"resource":{"kind":"","name":"a/b"},"service":{"name":"a","port":{"number":1}}}}
                  spec.rules[0].http.paths[0].backend: Invalid value: "": cannot set both resource and service backends
                {"spec.rules.0.http.paths.0.backend":{"resource":{"kind":"","name":"a/b"}}}
                  spec.rules[0].http.paths[0].backend.resource.kind: Required value
                  spec.rules[0].http.paths[0].backend.resource.name: Invalid value: "a/b": may not contain '/'
                {"spec.tls":[{"hosts":["*.a.b","a_b"],"secretName":"A"}]}
                  spec.tls[0].hosts[1]: Invalid value: "a_b": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
                  spec.tls[0].secretName: Invalid value: "A": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
                {"metadata.annotations":{"kubernetes.io/ingress.class":"b"},"spec.ingressClassName":"A"}
                  spec.ingressClassName: Invalid value: "A": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
                  annotations.kubernetes.io/ingress.class: Invalid value: "b": must match `ingressClassName` when both are specified"#]],
        );
        warned(
            &ingress(),
            &[
                json!({}),
                json!({"metadata.annotations": {"kubernetes.io/ingress.class": "nginx"}}),
            ],
            expect![[r#"
                {}
                {"metadata.annotations":{"kubernetes.io/ingress.class":"nginx"}}
                  annotation "kubernetes.io/ingress.class" is deprecated, please use 'spec.ingressClassName' instead"#]],
        );
    }

    // upstream: pkg/apis/networking/validation/validation_test.go TestValidateIngressClass, TestValidateIngressClassUpdate
    #[test]
    fn what_a_class_may_be_and_become() {
        let class = json!({"apiVersion": "networking.k8s.io/v1", "kind": "IngressClass", "metadata": {"name": "a"}, "spec": {"controller": "foo.co/bar"}});
        let parameters = |scope: &str, namespace: Value| json!({"spec.parameters": {"kind": "a", "name": "b", "scope": scope, "namespace": namespace}});
        creates(
            &class,
            &[
                json!({}),
                json!({"spec.controller": ""}),
                json!({"spec.controller": "foo.co"}),
                json!({"spec.parameters": {"kind": "", "name": ""}}),
                parameters("Namespace", json!("default")),
                parameters("Namespace", json!(null)),
                parameters("Cluster", json!("default")),
                parameters("Other", json!(null)),
            ],
            expect![[r#"
                {}
                {"spec.controller":""}
                  spec.controller: Required value
                {"spec.controller":"foo.co"}
                  spec.controller: Invalid value: "foo.co": must be a domain-prefixed path (such as "acme.io/foo")
                {"spec.parameters":{"kind":"","name":""}}
                  spec.parameters.kind: Required value
                  spec.parameters.name: Required value
                {"spec.parameters":{"kind":"a","name":"b","namespace":"default","scope":"Namespace"}}
                {"spec.parameters":{"kind":"a","name":"b","namespace":null,"scope":"Namespace"}}
                  spec.parameters.namespace: Required value: `parameters.scope` is set to 'Namespace'
                {"spec.parameters":{"kind":"a","name":"b","namespace":"default","scope":"Cluster"}}
                  spec.parameters.namespace: Forbidden: `parameters.scope` is set to 'Cluster'
                {"spec.parameters":{"kind":"a","name":"b","namespace":null,"scope":"Other"}}
                  spec.parameters.scope: Unsupported value: "Other": supported values: "Cluster", "Namespace""#]],
        );
        updates(
            &class,
            &[json!({"spec.controller": "foo.co/baz"})],
            expect![[r#"
                {"spec.controller":"foo.co/baz"}
                  spec.controller: Invalid value: "foo.co/baz": field is immutable"#]],
        );
    }
}
