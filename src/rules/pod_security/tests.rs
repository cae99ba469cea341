//! Pods, and what each standard has to say of them.

use expect_test::{Expect, expect};
use serde_json::{Value, json};

use super::*;

fn standard(text: &str) -> Standard {
    let (level, version) = text.split_once(':').unwrap();
    let labels = json!({
        "pod-security.kubernetes.io/enforce": level,
        "pod-security.kubernetes.io/enforce-version": version,
    });
    let (policy, errors) = Policy::read(&labels);
    assert_eq!(errors, []);
    policy.enforce
}

/// What is wrong with a pod of this spec.
fn check(at: &str, spec: Value, expect: Expect) {
    check_annotated(at, Value::Null, spec, expect);
}

fn check_annotated(at: &str, annotations: Value, spec: Value, expect: Expect) {
    let pod = json!({"metadata": {"annotations": annotations}, "spec": spec});
    let found = violations(standard(at), Pod::of(&pod));
    let lines: Vec<_> = found
        .iter()
        .map(|v| format!("{}: {}", v.reason, v.detail))
        .collect();
    expect.assert_eq(&lines.join("\n"));
}

/// A pod that nobody minds.
fn harmless() -> Value {
    json!({
        "securityContext": {"runAsNonRoot": true, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [{
            "name": "a",
            "securityContext": {"allowPrivilegeEscalation": false, "capabilities": {"drop": ["ALL"]}},
        }],
    })
}

fn with(path: &str, value: Value) -> Value {
    let mut spec = harmless();
    let (parent, field) = path.rsplit_once('/').unwrap();
    let mut at = &mut spec;
    for part in parent.split('/').skip(1) {
        at = match part.parse::<usize>() {
            Ok(index) => &mut at[index],
            Err(_) => &mut at[part],
        };
    }
    at[field] = value;
    spec
}

#[test]
fn a_plain_pod_is_baseline_but_not_restricted() {
    let plain =
        || json!({"containers": [{"name": "a"}, {"name": "b"}], "initContainers": [{"name": "i"}]});
    check("privileged:latest", plain(), expect![""]);
    check("baseline:latest", plain(), expect![""]);
    check(
        "restricted:latest",
        plain(),
        expect![[r#"
            allowPrivilegeEscalation != false: containers "i", "a", "b" must set securityContext.allowPrivilegeEscalation=false
            unrestricted capabilities: containers "i", "a", "b" must set securityContext.capabilities.drop=["ALL"]
            runAsNonRoot != true: pod or containers "i", "a", "b" must set securityContext.runAsNonRoot=true
            seccompProfile: pod or containers "i", "a", "b" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost""#]],
    );
    check("restricted:latest", harmless(), expect![""]);
}

#[test]
fn older_versions_ask_less() {
    let plain = || json!({"containers": [{"name": "a"}]});
    check(
        "restricted:v1.7",
        plain(),
        expect![[
            r#"runAsNonRoot != true: pod or container "a" must set securityContext.runAsNonRoot=true"#
        ]],
    );
    check(
        "restricted:v1.19",
        plain(),
        expect![[r#"
            allowPrivilegeEscalation != false: container "a" must set securityContext.allowPrivilegeEscalation=false
            runAsNonRoot != true: pod or container "a" must set securityContext.runAsNonRoot=true
            seccompProfile: pod or container "a" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost""#]],
    );
    let windows = with("/os", json!({"name": "windows"}));
    let mut windows = windows;
    windows["containers"][0]["securityContext"] = json!({});
    check("restricted:v1.25", windows.clone(), expect![""]);
    check(
        "restricted:v1.24",
        windows,
        expect![[r#"
            allowPrivilegeEscalation != false: container "a" must set securityContext.allowPrivilegeEscalation=false
            unrestricted capabilities: container "a" must set securityContext.capabilities.drop=["ALL"]"#]],
    );
}

#[test]
fn every_check_of_baseline_has_its_words() {
    let at = "baseline:latest";
    let container = |field: &str, value: Value| with(&format!("/containers/0/{field}"), value);
    let context =
        |field: &str, value: Value| with(&format!("/containers/0/securityContext/{field}"), value);
    check(
        at,
        context("appArmorProfile", json!({"type": "Unconfined"})),
        expect![[
            r#"forbidden AppArmor profile: container "a" must not set AppArmor profile type to "Unconfined""#
        ]],
    );
    check_annotated(
        at,
        json!({"container.apparmor.security.beta.kubernetes.io/a": "unconfined"}),
        harmless(),
        expect![[
            r#"forbidden AppArmor profile: annotation must not set AppArmor profile type to "container.apparmor.security.beta.kubernetes.io/a=\"unconfined\"""#
        ]],
    );
    check(
        at,
        context(
            "capabilities",
            json!({"add": ["SYS_ADMIN", "CHOWN", "NET_RAW"]}),
        ),
        expect![[
            r#"non-default capabilities: container "a" must not include "NET_RAW", "SYS_ADMIN" in securityContext.capabilities.add"#
        ]],
    );
    check(
        at,
        with("/hostNetwork", json!(true)),
        expect!["host namespaces: hostNetwork=true"],
    );
    check(
        at,
        with(
            "/volumes",
            json!([{"name": "v", "hostPath": {"path": "/"}}, {"name": "w", "nfs": {}}]),
        ),
        expect![[r#"hostPath volumes: volume "v""#]],
    );
    check(
        at,
        container(
            "ports",
            json!([{"hostPort": 80}, {"hostPort": 443}, {"hostPort": 0}]),
        ),
        expect![[r#"hostPort: container "a" uses hostPorts 443, 80"#]],
    );
    check(
        at,
        container("livenessProbe", json!({"httpGet": {"host": "10.0.0.1"}})),
        expect![[
            r#"probe or lifecycle host: container "a" uses probe or lifecycle host "10.0.0.1""#
        ]],
    );
    check(
        "baseline:v1.33",
        container("livenessProbe", json!({"httpGet": {"host": "10.0.0.1"}})),
        expect![""],
    );
    check(
        at,
        context("privileged", json!(true)),
        expect![[r#"privileged: container "a" must not set securityContext.privileged=true"#]],
    );
    check(
        at,
        context("procMount", json!("Unmasked")),
        expect![[
            r#"procMount: container "a" must not set securityContext.procMount to "Unmasked""#
        ]],
    );
    check(
        at,
        with(
            "/securityContext/seLinuxOptions",
            json!({"type": "foo", "user": "u"}),
        ),
        expect![[
            r#"seLinuxOptions: pod set forbidden securityContext.seLinuxOptions: type "foo"; user may not be set"#
        ]],
    );
    check(
        "baseline:v1.30",
        with(
            "/securityContext/seLinuxOptions",
            json!({"type": "container_engine_t"}),
        ),
        expect![[
            r#"seLinuxOptions: pod set forbidden securityContext.seLinuxOptions: type "container_engine_t""#
        ]],
    );
    check(
        at,
        with(
            "/securityContext/seccompProfile",
            json!({"type": "Unconfined"}),
        ),
        expect![[
            r#"seccompProfile: pod must not set securityContext.seccompProfile.type to "Unconfined""#
        ]],
    );
    check_annotated(
        "baseline:v1.18",
        json!({"seccomp.security.alpha.kubernetes.io/pod": "unconfined"}),
        harmless(),
        expect![[
            r#"seccompProfile: forbidden annotation seccomp.security.alpha.kubernetes.io/pod="unconfined""#
        ]],
    );
    let sysctls = || {
        with(
            "/securityContext/sysctls",
            json!([{"name": "net.ipv4.tcp_rmem"}, {"name": "kernel.x"}]),
        )
    };
    check(at, sysctls(), expect!["forbidden sysctls: kernel.x"]);
    check(
        "baseline:v1.31",
        sysctls(),
        expect!["forbidden sysctls: net.ipv4.tcp_rmem, kernel.x"],
    );
    check(
        at,
        with(
            "/securityContext/windowsOptions",
            json!({"hostProcess": true}),
        ),
        expect!["hostProcess: pod must not set securityContext.windowsOptions.hostProcess=true"],
    );
}

#[test]
fn every_check_of_restricted_has_its_words() {
    let at = "restricted:latest";
    let context =
        |field: &str, value: Value| with(&format!("/containers/0/securityContext/{field}"), value);
    check(
        at,
        context(
            "capabilities",
            json!({"drop": ["ALL"], "add": ["NET_BIND_SERVICE", "CHOWN"]}),
        ),
        expect![[
            r#"unrestricted capabilities: container "a" must not include "CHOWN" in securityContext.capabilities.add"#
        ]],
    );
    check(
        at,
        with(
            "/volumes",
            json!([
                {"name": "c", "configMap": {}}, {"name": "h", "hostPath": {}}, {"name": "n", "nfs": {}}, {"name": "x", "new": {}},
            ]),
        ),
        expect![[
            r#"restricted volume types: volumes "h", "n", "x" use restricted volume types "hostPath", "nfs", "unknown""#
        ]],
    );
    check(
        at,
        context("runAsNonRoot", json!(false)),
        expect![[
            r#"runAsNonRoot != true: container "a" must not set securityContext.runAsNonRoot=false"#
        ]],
    );
    check(
        at,
        with("/securityContext/runAsUser", json!(0)),
        expect!["runAsUser=0: pod must not set runAsUser=0"],
    );
    let mut own_users = with("/securityContext/runAsUser", json!(0));
    own_users["hostUsers"] = json!(false);
    check(at, own_users, expect![""]);
    check(
        at,
        with(
            "/securityContext/seccompProfile",
            json!({"type": "Unconfined"}),
        ),
        expect![[
            r#"seccompProfile: pod must not set securityContext.seccompProfile.type to "Unconfined""#
        ]],
    );
}

#[test]
fn labels_are_read_as_upstream_reads_them() {
    let read = |labels: &[(&str, &str)]| {
        let labels = labels
            .iter()
            .map(|(key, value)| (format!("pod-security.kubernetes.io/{key}"), json!(value)));
        let (policy, errors) = Policy::read(&Value::Object(labels.collect()));
        let errors: Vec<_> = errors
            .iter()
            .map(|e| format!(" {}: {}", e.field, e.message))
            .collect();
        format!(
            "{} {} {}{}",
            policy.enforce,
            policy.audit,
            policy.warn,
            errors.concat()
        )
    };
    for (labels, policy) in [
        (
            &[][..],
            "privileged:latest privileged:latest privileged:latest",
        ),
        (
            &[("enforce", "baseline")],
            "baseline:latest privileged:latest baseline:latest",
        ),
        (
            &[
                ("enforce", "baseline"),
                ("enforce-version", "v1.25"),
                ("warn", "restricted"),
            ],
            "baseline:v1.25 privileged:latest restricted:latest",
        ),
        (
            &[("audit", "restricted"), ("audit-version", "latest")],
            "privileged:latest restricted:latest privileged:latest",
        ),
        (
            &[("enforce", "strict"), ("warn-version", "v1.01")],
            "restricted:latest privileged:latest privileged:latest \
             metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value: \"strict\": must be one of privileged, \
             baseline, restricted \
             metadata.labels[pod-security.kubernetes.io/warn-version]: Invalid value: \"v1.01\": must be \"latest\" or \"v1.x\"",
        ),
    ] {
        assert_eq!(read(labels), policy);
    }
}
