//! Security contexts and operating systems.
// upstream: pkg/apis/core/validation/validation_test.go TestValidateSecurityContext, TestValidateWindowsPodSpecOptions

use expect_test::expect;
use serde_json::json;

use super::{creates, pod};

#[test]
fn contexts_of_pods() {
    creates(
        &pod(),
        &[
            json!({"spec.securityContext": {"fsGroup": -1, "runAsUser": -1, "runAsGroup": 1, "supplementalGroups": [-2]}}),
            json!({"spec.securityContext": {"fsGroupChangePolicy": "Maybe", "supplementalGroupsPolicy": "Loose", "seLinuxChangePolicy": "Never"}}),
            json!({"spec.securityContext": {"sysctls": [{"name": "net.ipv4.tcp_syncookies", "value": "1"}, {"name": "", "value": ""}, {"name": "A", "value": ""}, {"name": "kernel.sem", "value": ""}, {"name": "kernel.sem", "value": ""}]}, "spec.hostNetwork": true, "spec.hostIPC": true}),
            json!({"spec.shareProcessNamespace": true, "spec.hostPID": true}),
            json!({"spec.securityContext": {"seccompProfile": {"type": "Localhost"}, "appArmorProfile": {"type": "Localhost", "localhostProfile": " a"}}}),
            json!({"spec.securityContext": {"seccompProfile": {"type": "Unconfined", "localhostProfile": "a"}, "appArmorProfile": {"type": "Unconfined", "localhostProfile": "a"}}}),
            json!({"spec.securityContext": {"seccompProfile": {"type": "Some"}, "appArmorProfile": {"type": ""}}}),
        ],
        expect![[r#"
            {"spec.securityContext":{"fsGroup":-1,"runAsGroup":1,"runAsUser":-1,"supplementalGroups":[-2]}}
              spec.securityContext.fsGroup: Invalid value: -1: must be between 0 and 2147483647, inclusive
              spec.securityContext.runAsUser: Invalid value: -1: must be between 0 and 2147483647, inclusive
              spec.securityContext.supplementalGroups[0]: Invalid value: -2: must be between 0 and 2147483647, inclusive
            {"spec.securityContext":{"fsGroupChangePolicy":"Maybe","seLinuxChangePolicy":"Never","supplementalGroupsPolicy":"Loose"}}
              spec.securityContext.fsGroupChangePolicy: Unsupported value: "Maybe": supported values: "Always", "OnRootMismatch"
              spec.securityContext.supplementalGroupsPolicy: Unsupported value: "Loose": supported values: "Merge", "Strict"
              spec.securityContext.seLinuxChangePolicy: Unsupported value: "Never": supported values: "MountOption", "Recursive"
            {"spec.hostIPC":true,"spec.hostNetwork":true,"spec.securityContext":{"sysctls":[{"name":"net.ipv4.tcp_syncookies","value":"1"},{"name":"","value":""},{"name":"A","value":""},{"name":"kernel.sem","value":""},{"name":"kernel.sem","value":""}]}}
              spec.securityContext.sysctls[0].name: Invalid value: "net.ipv4.tcp_syncookies": may not be specified when 'hostNetwork' is true
              spec.securityContext.sysctls[1].name: Required value
              spec.securityContext.sysctls[2].name: Invalid value: "A": must have at most 253 characters and match regex ^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$
              spec.securityContext.sysctls[3].name: Invalid value: "kernel.sem": may not be specified when 'hostIPC' is true
              spec.securityContext.sysctls[4].name: Duplicate value: "kernel.sem"
              spec.securityContext.sysctls[4].name: Invalid value: "kernel.sem": may not be specified when 'hostIPC' is true
            {"spec.hostPID":true,"spec.shareProcessNamespace":true}
              spec.securityContext.shareProcessNamespace: Invalid value: true: ShareProcessNamespace and HostPID cannot both be enabled
            {"spec.securityContext":{"appArmorProfile":{"localhostProfile":" a","type":"Localhost"},"seccompProfile":{"type":"Localhost"}}}
              spec.securityContext.seccompProfile.localhostProfile: Required value: must be set when seccomp type is Localhost
              spec.securityContext.appArmorProfile.localhostProfile: Invalid value: " a": must not be padded with whitespace
            {"spec.securityContext":{"appArmorProfile":{"localhostProfile":"a","type":"Unconfined"},"seccompProfile":{"localhostProfile":"a","type":"Unconfined"}}}
              spec.securityContext.seccompProfile.localhostProfile: Invalid value: {"Type":"Unconfined","LocalhostProfile":"a"}: can only be set when seccomp type is Localhost
              spec.securityContext.appArmorProfile.localhostProfile: Invalid value: "a": can only be set when AppArmor type is Localhost
            {"spec.securityContext":{"appArmorProfile":{"type":""},"seccompProfile":{"type":"Some"}}}
              spec.securityContext.seccompProfile.type: Unsupported value: "Some": supported values: "Localhost", "RuntimeDefault", "Unconfined"
              spec.securityContext.appArmorProfile.type: Required value: type is required when appArmorProfile is set"#]],
    );
}

#[test]
fn contexts_of_containers() {
    let of = |context: serde_json::Value| json!({"spec.containers.0.securityContext": context});
    creates(
        &pod(),
        &[
            of(json!({"privileged": true, "runAsUser": 0})),
            of(json!({"privileged": true, "allowPrivilegeEscalation": false})),
            of(
                json!({"allowPrivilegeEscalation": false, "capabilities": {"add": ["CAP_SYS_ADMIN"]}}),
            ),
            of(json!({"runAsUser": -1, "procMount": "Some"})),
            of(json!({"procMount": "Unmasked"})),
            of(json!({"seccompProfile": {"type": "Localhost", "localhostProfile": "../a"}})),
        ],
        expect![[r#"
            {"spec.containers.0.securityContext":{"privileged":true,"runAsUser":0}}
            {"spec.containers.0.securityContext":{"allowPrivilegeEscalation":false,"privileged":true}}
              spec.containers[0].securityContext: Invalid value: {"Capabilities":null,"Privileged":true,"SELinuxOptions":null,"WindowsOptions":null,"RunAsUser":null,"RunAsGroup":null,"RunAsNonRoot":null,"ReadOnlyRootFilesystem":null,"AllowPrivilegeEscalation":false,"ProcMount":null,"SeccompProfile":null,"AppArmorProfile":null}: cannot set `allowPrivilegeEscalation` to false and `privileged` to true
            {"spec.containers.0.securityContext":{"allowPrivilegeEscalation":false,"capabilities":{"add":["CAP_SYS_ADMIN"]}}}
              spec.containers[0].securityContext: Invalid value: {"Capabilities":{"add":["CAP_SYS_ADMIN"]},"Privileged":null,"SELinuxOptions":null,"WindowsOptions":null,"RunAsUser":null,"RunAsGroup":null,"RunAsNonRoot":null,"ReadOnlyRootFilesystem":null,"AllowPrivilegeEscalation":false,"ProcMount":null,"SeccompProfile":null,"AppArmorProfile":null}: cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN
            {"spec.containers.0.securityContext":{"procMount":"Some","runAsUser":-1}}
              spec.containers[0].securityContext.runAsUser: Invalid value: -1: must be between 0 and 2147483647, inclusive
              spec.containers[0].securityContext.procMount: Unsupported value: "Some": supported values: "Default", "Unmasked"
            {"spec.containers.0.securityContext":{"procMount":"Unmasked"}}
              spec.containers[0].securityContext.procMount: Invalid value: "Unmasked": `hostUsers` must be false to use `Unmasked`
            {"spec.containers.0.securityContext":{"seccompProfile":{"localhostProfile":"../a","type":"Localhost"}}}
              spec.containers[0].securityContext.seccompProfile.localhostProfile: Invalid value: "../a": must not contain '..'"#]],
    );
}

#[test]
fn operating_systems() {
    let options = |options: serde_json::Value| json!({"spec.containers.0.securityContext.windowsOptions": options});
    creates(
        &pod(),
        &[
            json!({"spec.os.name": "linux", "spec.securityContext.windowsOptions": {}}),
            json!({"spec.os.name": "windows", "spec.hostPID": true, "spec.securityContext": {"runAsUser": 1, "sysctls": []}, "spec.containers.0.securityContext": {"privileged": false, "capabilities": {}}}),
            json!({"spec.os.name": "plan9"}),
            json!({"spec.os.name": ""}),
            options(json!({"hostProcess": true})),
            options(json!({"runAsUserName": "a\\b\\c"})),
            options(json!({"runAsUserName": "bad_domain!and.much.more\\"})),
            options(
                json!({"runAsUserName": "..", "gmsaCredentialSpec": "", "gmsaCredentialSpecName": "A"}),
            ),
            options(json!({"runAsUserName": "a@b"})),
            json!({"spec.securityContext.windowsOptions.hostProcess": true, "spec.hostNetwork": true, "spec.containers.0.securityContext.windowsOptions.hostProcess": false}),
        ],
        expect![[r#"
            {"spec.os.name":"linux","spec.securityContext.windowsOptions":{}}
              spec.securityContext.windowsOptions: Forbidden: windows options cannot be set for a linux pod
            {"spec.containers.0.securityContext":{"capabilities":{},"privileged":false},"spec.hostPID":true,"spec.os.name":"windows","spec.securityContext":{"runAsUser":1,"sysctls":[]}}
              spec.hostPID: Forbidden: cannot be set for a windows pod
              spec.securityContext.runAsUser: Forbidden: cannot be set for a windows pod
              spec.containers[0].securityContext.capabilities: Forbidden: cannot be set for a windows pod
              spec.containers[0].securityContext.privileged: Forbidden: cannot be set for a windows pod
            {"spec.os.name":"plan9"}
              spec.os: Unsupported value: "plan9": supported values: "linux", "windows"
            {"spec.os.name":""}
              spec.os.name: Required value: cannot be empty
            {"spec.containers.0.securityContext.windowsOptions":{"hostProcess":true}}
              spec.hostNetwork: Invalid value: false: hostNetwork must be true if pod contains any hostProcess containers
            {"spec.containers.0.securityContext.windowsOptions":{"runAsUserName":"a\\b\\c"}}
              spec.containers[0].securityContext.windowsOptions.runAsUserName: Invalid value: "a\\b\\c": runAsUserName cannot contain more than one backslash
            {"spec.containers.0.securityContext.windowsOptions":{"runAsUserName":"bad_domain!and.much.more\\"}}
              spec.containers[0].securityContext.windowsOptions.runAsUserName: Invalid value: "bad_domain!and.much.more\\": runAsUserName's Domain doesn't match the NetBios nor the DNS format
              spec.containers[0].securityContext.windowsOptions.runAsUserName: Invalid value: "bad_domain!and.much.more\\": runAsUserName's User cannot be empty
            {"spec.containers.0.securityContext.windowsOptions":{"gmsaCredentialSpec":"","gmsaCredentialSpecName":"A","runAsUserName":".."}}
              spec.containers[0].securityContext.windowsOptions.gmsaCredentialSpecName: Invalid value: "A": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
              spec.containers[0].securityContext.windowsOptions.gmsaCredentialSpec: Invalid value: "": gmsaCredentialSpec cannot be an empty string
              spec.containers[0].securityContext.windowsOptions.runAsUserName: Invalid value: "..": runAsUserName's User cannot contain only periods or spaces
            {"spec.containers.0.securityContext.windowsOptions":{"runAsUserName":"a@b"}}
              spec.containers[0].securityContext.windowsOptions.runAsUserName: Invalid value: "a@b": runAsUserName's User cannot contain the following characters: "/\:;|=,+*?<>@[]
            {"spec.containers.0.securityContext.windowsOptions.hostProcess":false,"spec.hostNetwork":true,"spec.securityContext.windowsOptions.hostProcess":true}
              spec.containers[0].securityContext.windowsOptions.hostProcess: Invalid value: false: pod hostProcess value must be identical if both are specified, was true"#]],
    );
}
