//! Volumes of pods.
// upstream: pkg/apis/core/validation/validation_test.go TestValidateVolumes

use expect_test::{Expect, expect};
use serde_json::{Value, json};

use super::{creates, pod};

/// Pods with one volume, of which this is the source.
fn source(sources: &[Value], expected: Expect) {
    let of = |source: &Value| {
        let mut volume = source.clone();
        volume["name"] = "v".into();
        json!({ "spec.volumes": [volume] })
    };
    creates(
        &pod(),
        &sources.iter().map(of).collect::<Vec<_>>(),
        expected,
    );
}

#[test]
fn names() {
    creates(
        &pod(),
        &[
            json!({"spec.volumes": [{"name": "a"}, {"name": "a"}, {"name": "B"}, {"name": ""}]}),
            json!({"spec.volumes": [{"name": "a", "ephemeral": {"volumeClaimTemplate": {"spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}}}, {"name": "b", "persistentVolumeClaim": {"claimName": "p-a"}}]}),
            json!({"metadata.name": "p.q", "spec.volumes": [{"name": "a", "ephemeral": {"volumeClaimTemplate": {"metadata": {"name": "x", "labels": {"a b": "c"}}, "spec": {"accessModes": [], "resources": {"requests": {"storage": "0"}}}}}}]}),
        ],
        expect![[r#"
            {"spec.volumes":[{"name":"a"},{"name":"a"},{"name":"B"},{"name":""}]}
              spec.volumes[1].name: Duplicate value: "a"
              spec.volumes[2].name: Invalid value: "B": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')
              spec.volumes[3].name: Required value
            {"spec.volumes":[{"ephemeral":{"volumeClaimTemplate":{"spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"}}}}},"name":"a"},{"name":"b","persistentVolumeClaim":{"claimName":"p-a"}}]}
              spec.volumes[1].persistentVolumeClaim.claimName: Invalid value: "p-a": must not reference a PVC that gets created for an ephemeral volume
            {"metadata.name":"p.q","spec.volumes":[{"ephemeral":{"volumeClaimTemplate":{"metadata":{"labels":{"a b":"c"},"name":"x"},"spec":{"accessModes":[],"resources":{"requests":{"storage":"0"}}}}},"name":"a"}]}
              spec.volumes[0].ephemeral.volumeClaimTemplate.metadata.labels: Invalid value: "a b": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')
              spec.volumes[0].ephemeral.volumeClaimTemplate.metadata.name: Forbidden: cannot be set
              spec.volumes[0].ephemeral.volumeClaimTemplate.spec.accessModes: Required value: at least 1 access mode is required
              spec.volumes[0].ephemeral.volumeClaimTemplate.spec.resources[storage]: Invalid value: "0": must be greater than zero"#]],
    );
}

#[test]
fn files() {
    source(
        &[
            json!({"emptyDir": {"sizeLimit": "-1"}}),
            json!({"emptyDir": {}, "configMap": {"name": ""}, "downwardAPI": {}, "cephfs": {"monitors": []}}),
            json!({"secret": {"secretName": "", "defaultMode": 644}}),
            json!({"configMap": {"name": "", "items": [{"key": "", "path": "/a"}, {"key": "b", "path": "..b", "mode": 888}]}}),
            json!({"downwardAPI": {"items": [{"path": "a", "fieldRef": {"fieldPath": "metadata.labels"}}, {"path": "../b", "fieldRef": {"fieldPath": "status.podIP"}}, {"path": "c"}, {"path": "d", "resourceFieldRef": {"resource": "limits.cpu"}}]}}),
            json!({"hostPath": {"path": "/a/../b", "type": "Sometimes"}}),
            json!({"persistentVolumeClaim": {"claimName": ""}}),
            json!({"image": {"pullPolicy": "Maybe"}}),
            json!({"gitRepo": {"repository": "", "directory": "/a"}}),
        ],
        expect![[r#"
            {"spec.volumes":[{"emptyDir":{"sizeLimit":"-1"},"name":"v"}]}
              spec.volumes[0].emptyDir.sizeLimit: Forbidden: SizeLimit field must be a valid resource quantity
            {"spec.volumes":[{"cephfs":{"monitors":[]},"configMap":{"name":""},"downwardAPI":{},"emptyDir":{},"name":"v"}]}
              spec.volumes[0].cephFS: Forbidden: may not specify more than 1 volume type
              spec.volumes[0].downwarAPI: Forbidden: may not specify more than 1 volume type
              spec.volumes[0].configMap: Forbidden: may not specify more than 1 volume type
            {"spec.volumes":[{"name":"v","secret":{"defaultMode":644,"secretName":""}}]}
              spec.volumes[0].secret.secretName: Required value
              spec.volumes[0].secret.defaultMode: Invalid value: 644: must be a number between 0 and 0777 (octal), both inclusive
            {"spec.volumes":[{"configMap":{"items":[{"key":"","path":"/a"},{"key":"b","mode":888,"path":"..b"}],"name":""},"name":"v"}]}
              spec.volumes[0].configMap.name: Required value
              spec.volumes[0].configMap.items[0].key: Required value
              spec.volumes[0].configMap.items[0].path: Invalid value: "/a": must be a relative path
              spec.volumes[0].configMap.items[1].path: Invalid value: "..b": must not start with '..'
              spec.volumes[0].configMap.items[1].mode: Invalid value: 888: must be a number between 0 and 0777 (octal), both inclusive
            {"spec.volumes":[{"downwardAPI":{"items":[{"fieldRef":{"fieldPath":"metadata.labels"},"path":"a"},{"fieldRef":{"fieldPath":"status.podIP"},"path":"../b"},{"path":"c"},{"path":"d","resourceFieldRef":{"resource":"limits.cpu"}}]},"name":"v"}]}
              spec.volumes[0].downwardAPI.path: Invalid value: "../b": must not contain '..'
              spec.volumes[0].downwardAPI.fieldRef.fieldPath: Unsupported value: "status.podIP": supported values: "metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid"
              spec.volumes[0].downwardAPI: Required value: one of fieldRef and resourceFieldRef is required
              spec.volumes[0].downwardAPI.resourceFieldRef.containerName: Required value
            {"spec.volumes":[{"hostPath":{"path":"/a/../b","type":"Sometimes"},"name":"v"}]}
              spec.volumes[0].hostPath.path: Invalid value: "/a/../b": must not contain '..'
              spec.volumes[0].hostPath.type: Unsupported value: "Sometimes": supported values: "", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"
            {"spec.volumes":[{"name":"v","persistentVolumeClaim":{"claimName":""}}]}
              spec.volumes[0].persistentVolumeClaim.claimName: Required value
            {"spec.volumes":[{"image":{"pullPolicy":"Maybe"},"name":"v"}]}
              spec.volumes[0].image.reference: Required value
              spec.volumes[0].image.pullPolicy: Unsupported value: "Maybe": supported values: "Always", "IfNotPresent", "Never"
            {"spec.volumes":[{"gitRepo":{"directory":"/a","repository":""},"name":"v"}]}
              spec.volumes[0].gitRepo.repository: Required value
              spec.volumes[0].gitRepo.directory: Invalid value: "/a": must be a relative path"#]],
    );
}

#[test]
fn projections() {
    let of = |sources: Value| json!({"projected": {"sources": sources}});
    source(
        &[
            json!({"projected": {"defaultMode": 777}}),
            of(
                json!([{"secret": {"name": "a", "items": [{"key": "k", "path": "p"}]}}, {"configMap": {"name": "b", "items": [{"key": "k", "path": "p"}]}}]),
            ),
            of(json!([{"secret": {"name": ""}, "configMap": {"name": "b"}}])),
            of(json!([{"serviceAccountToken": {"path": "", "expirationSeconds": 5}}])),
            of(
                json!([{"clusterTrustBundle": {"path": "a"}}, {"clusterTrustBundle": {"name": "A", "path": "b", "labelSelector": {}}}, {"clusterTrustBundle": {"name": "a", "signerName": "b.c/d", "path": "c"}}]),
            ),
            of(json!([{"clusterTrustBundle": {"signerName": "x", "path": "../a"}}])),
            of(
                json!([{"podCertificate": {"signerName": "example.com/a", "keyType": "ED25519", "credentialBundlePath": "a"}}, {"podCertificate": {"signerName": "", "keyType": "DSA", "maxExpirationSeconds": 60}}]),
            ),
        ],
        expect![[r#"
            {"spec.volumes":[{"name":"v","projected":{"defaultMode":777}}]}
              spec.volumes[0].projected.defaultMode: Invalid value: 777: must be a number between 0 and 0777 (octal), both inclusive
            {"spec.volumes":[{"name":"v","projected":{"sources":[{"secret":{"items":[{"key":"k","path":"p"}],"name":"a"}},{"configMap":{"items":[{"key":"k","path":"p"}],"name":"b"}}]}}]}
              spec.volumes[0].projected: Invalid value: "b": conflicting duplicate paths
            {"spec.volumes":[{"name":"v","projected":{"sources":[{"configMap":{"name":"b"},"secret":{"name":""}}]}}]}
              spec.volumes[0].projected.sources[0].secret.name: Required value
              spec.volumes[0].projected.sources[0]: Forbidden: may not specify more than 1 volume type per source
            {"spec.volumes":[{"name":"v","projected":{"sources":[{"serviceAccountToken":{"expirationSeconds":5,"path":""}}]}}]}
              spec.volumes[0].projected.sources[0].serviceAccountToken.expirationSeconds: Invalid value: 5: may not specify a duration less than 10 minutes
              spec.volumes[0].projected.path: Required value
              spec.volumes[0].projected.sources[0].serviceAccountToken: Forbidden: must not be specified when serviceAccountName is not set
            {"spec.volumes":[{"name":"v","projected":{"sources":[{"clusterTrustBundle":{"path":"a"}},{"clusterTrustBundle":{"labelSelector":{},"name":"A","path":"b"}},{"clusterTrustBundle":{"name":"a","path":"c","signerName":"b.c/d"}}]}}]}
              spec.volumes[0].projected.sources[0].clusterTrustBundle: Required value: either name or signerName must be specified
              spec.volumes[0].projected.sources[1].clusterTrustBundle.name: Invalid value: "A": not a valid clustertrustbundlename: a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
              spec.volumes[0].projected.sources[1].clusterTrustBundle.labelSelector: Invalid value: {}: labelSelector must be unset if name is specified
              spec.volumes[0].projected.sources[2].clusterTrustBundle: Invalid value: {"Name":"a","SignerName":"b.c/d","LabelSelector":null,"Optional":null,"Path":"c"}: only one of name and signerName may be used
            {"spec.volumes":[{"name":"v","projected":{"sources":[{"clusterTrustBundle":{"path":"../a","signerName":"x"}}]}}]}
              spec.volumes[0].projected.sources[0].clusterTrustBundle.signerName: Invalid value: "x": must be a fully qualified domain and path of the form 'example.com/signer-name'
              spec.volumes[0].projected.sources[0].clusterTrustBundle.path: Invalid value: "../a": must not contain '..'
            {"spec.volumes":[{"name":"v","projected":{"sources":[{"podCertificate":{"credentialBundlePath":"a","keyType":"ED25519","signerName":"example.com/a"}},{"podCertificate":{"keyType":"DSA","maxExpirationSeconds":60,"signerName":""}}]}}]}
              spec.volumes[0].projected.sources[1].podCertificate.signerName: Required value
              spec.volumes[0].projected.sources[1].podCertificate.keyType: Unsupported value: "DSA": supported values: "ECDSAP256", "ECDSAP384", "ECDSAP521", "ED25519", "RSA3072", "RSA4096"
              spec.volumes[0].projected.sources[1].podCertificate.maxExpirationSeconds: Invalid value: 60: must be between 3600 and 7862400, inclusive
              spec.volumes[0].projected.sources[1].podCertificate: Required value: specify at least one of credentialBundlePath, keyPath, and certificateChainPath"#]],
    );
}

#[test]
fn storage() {
    source(
        &[
            json!({"nfs": {"server": "", "path": ""}}),
            json!({"csi": {"driver": "", "nodePublishSecretRef": {"name": "A"}}}),
            json!({"iscsi": {"targetPortal": "", "iqn": "iqn.x", "lun": 256, "chapAuthSession": true, "initiatorName": "abc"}}),
            json!({"iscsi": {"targetPortal": "1.2.3.4", "iqn": "iqn.2015-02.example.com:storage.kube:sys1.xyz", "lun": 1, "initiatorName": "eui.0123456789abcdef"}}),
            json!({"gcePersistentDisk": {"pdName": "", "partition": -1}}),
            json!({"quobyte": {"registry": "nowhere", "volume": ""}}),
            json!({"azureDisk": {"diskName": "a", "diskURI": "b", "kind": "Managed"}}),
            json!({"storageos": {"volumeName": "A"}}),
            json!({"scaleIO": {"gateway": "", "system": "a", "secretRef": {}}}),
            json!({"flexVolume": {"driver": "a", "options": {"k8s.io/x": "y"}}}),
            json!({"cinder": {"volumeID": "", "secretRef": {"name": ""}}}),
        ],
        expect![[r#"
            {"spec.volumes":[{"name":"v","nfs":{"path":"","server":""}}]}
              spec.volumes[0].nfs.server: Required value
              spec.volumes[0].nfs.path: Required value
              spec.volumes[0].nfs.path: Invalid value: "": must be an absolute path
            {"spec.volumes":[{"csi":{"driver":"","nodePublishSecretRef":{"name":"A"}},"name":"v"}]}
              spec.volumes[0].csi.driver: Required value
              spec.volumes[0].csi.name: Invalid value: "A": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
            {"spec.volumes":[{"iscsi":{"chapAuthSession":true,"initiatorName":"abc","iqn":"iqn.x","lun":256,"targetPortal":""},"name":"v"}]}
              spec.volumes[0].iscsi.targetPortal: Required value
              spec.volumes[0].iscsi.iqn: Invalid value: "iqn.x": must be valid format
              spec.volumes[0].iscsi.lun: Invalid value: 256: must be between 0 and 255, inclusive
              spec.volumes[0].iscsi.secretRef: Required value
              spec.volumes[0].iscsi.initiatorname: Invalid value: "abc": must be valid format starting with iqn, eui, or naa
            {"spec.volumes":[{"iscsi":{"initiatorName":"eui.0123456789abcdef","iqn":"iqn.2015-02.example.com:storage.kube:sys1.xyz","lun":1,"targetPortal":"1.2.3.4"},"name":"v"}]}
            {"spec.volumes":[{"gcePersistentDisk":{"partition":-1,"pdName":""},"name":"v"}]}
              spec.volumes[0].persistentDisk.pdName: Required value
              spec.volumes[0].persistentDisk.partition: Invalid value: -1: must be between 1 and 255, inclusive
            {"spec.volumes":[{"name":"v","quobyte":{"registry":"nowhere","volume":""}}]}
              spec.volumes[0].quobyte.volume: Required value
              spec.volumes[0].quobyte.registry: Invalid value: "nowhere": must be a host:port pair or multiple pairs separated by commas
            {"spec.volumes":[{"azureDisk":{"diskName":"a","diskURI":"b","kind":"Managed"},"name":"v"}]}
              spec.volumes[0].azureDisk.diskURI: Unsupported value: "b": supported values: "/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}"
            {"spec.volumes":[{"name":"v","storageos":{"volumeName":"A"}}]}
              spec.volumes[0].storageos.volumeName: Invalid value: "A": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')
            {"spec.volumes":[{"name":"v","scaleIO":{"gateway":"","secretRef":{},"system":"a"}}]}
              spec.volumes[0].scaleIO.gateway: Required value
              spec.volumes[0].scaleIO.volumeName: Required value
            {"spec.volumes":[{"flexVolume":{"driver":"a","options":{"k8s.io/x":"y"}},"name":"v"}]}
              spec.volumes[0].flexVolume.options[k8s.io/x]: Invalid value: "k8s.io/x": kubernetes.io and k8s.io namespaces are reserved
            {"spec.volumes":[{"cinder":{"secretRef":{"name":""},"volumeID":""},"name":"v"}]}
              spec.volumes[0].cinder.volumeID: Required value
              spec.volumes[0].cinder.secretRef.name: Required value"#]],
    );
}
