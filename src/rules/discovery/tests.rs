//! Tests of the documents: the table as clients see it, and the forms.

use expect_test::{Expect, expect};
use serde_json::{Value, json};

fn get(path: &str, accept: &str, definitions: &Value) -> Value {
    super::answer(&json!({"path": path, "accept": accept}), definitions)
}

fn words(list: &Value) -> String {
    let items = list.as_array().map_or(&[][..], Vec::as_slice);
    let texts: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
    texts.join(",")
}

/// The lines of a list of resources: name, short names, scope, kind, verbs (a count for the usual eight), categories, hash.
fn lines(list: &Value) -> String {
    let mut out = String::new();
    for r in list["resources"].as_array().expect("resources") {
        let verbs = words(&r["verbs"]);
        let usual = "create,delete,deletecollection,get,list,patch,update,watch";
        let line = [
            r["name"].as_str().unwrap_or_default(),
            &words(&r["shortNames"]),
            if r["namespaced"] == true {
                "ns"
            } else {
                "cluster"
            },
            r["kind"].as_str().unwrap_or_default(),
            r["version"].as_str().map_or("", |_| "elsewhere"),
            if verbs == usual { "ALL" } else { &verbs },
            &words(&r["categories"]),
            r["storageVersionHash"].as_str().unwrap_or_default(),
        ];
        let line: Vec<&str> = line.into_iter().filter(|w| !w.is_empty()).collect();
        out += &line.join(" ");
        out += "\n";
    }
    out
}

fn check(path: &str, want: Expect) {
    want.assert_eq(&lines(&get(path, "", &Value::Null)));
}

#[test]
fn every_resource_as_upstream_lists_it() {
    check(
        "/api/v1",
        expect![[r#"
        bindings ns Binding create
        componentstatuses cs cluster ComponentStatus get,list
        configmaps cm ns ConfigMap ALL qFsyl6wFWjQ=
        endpoints ep ns Endpoints ALL fWeeMqaN/OA=
        events ev ns Event ALL r2yiGXH7wu8=
        limitranges limits ns LimitRange ALL EBKMFVe6cwo=
        namespaces ns cluster Namespace create,delete,get,list,patch,update,watch Q3oi5N2YM8M=
        namespaces/finalize cluster Namespace update
        namespaces/status cluster Namespace get,patch,update
        nodes no cluster Node ALL XwShjMxG9Fs=
        nodes/proxy cluster NodeProxyOptions create,delete,get,patch,update
        nodes/status cluster Node get,patch,update
        persistentvolumeclaims pvc ns PersistentVolumeClaim ALL QWTyNDq0dC4=
        persistentvolumeclaims/status ns PersistentVolumeClaim get,patch,update
        persistentvolumes pv cluster PersistentVolume ALL HN/zwEC+JgM=
        persistentvolumes/status cluster PersistentVolume get,patch,update
        pods po ns Pod ALL all xPOwRZ+Yhw8=
        pods/attach ns PodAttachOptions create,get
        pods/binding ns Binding create
        pods/ephemeralcontainers ns Pod get,patch,update
        pods/eviction ns Eviction elsewhere create
        pods/exec ns PodExecOptions create,get
        pods/log ns Pod get
        pods/portforward ns PodPortForwardOptions create,get
        pods/proxy ns PodProxyOptions create,delete,get,patch,update
        pods/resize ns Pod get,patch,update
        pods/status ns Pod get,patch,update
        podtemplates ns PodTemplate ALL LIXB2x4IFpk=
        replicationcontrollers rc ns ReplicationController ALL all Jond2If31h0=
        replicationcontrollers/scale ns Scale elsewhere get,patch,update
        replicationcontrollers/status ns ReplicationController get,patch,update
        resourcequotas quota ns ResourceQuota ALL 8uhSgffRX6w=
        resourcequotas/status ns ResourceQuota get,patch,update
        secrets ns Secret ALL S6u1pOWzb84=
        serviceaccounts sa ns ServiceAccount ALL pbx9ZvyFpBE=
        serviceaccounts/token ns TokenRequest elsewhere create
        services svc ns Service ALL all 0/CO1lhkEBI=
        services/proxy ns ServiceProxyOptions create,delete,get,patch,update
        services/status ns Service get,patch,update
    "#]],
    );
    let groups = get("/apis", "", &Value::Null);
    let mut all = String::new();
    for group in groups["groups"].as_array().expect("groups") {
        for version in group["versions"].as_array().expect("versions") {
            let name = version["groupVersion"].as_str().unwrap_or_default();
            all += &format!("# {name}\n");
            all += &lines(&get(&format!("/apis/{name}"), "", &Value::Null));
        }
    }
    expect![[r#"
        # apiregistration.k8s.io/v1
        apiservices cluster APIService ALL api-extensions InPBPD7+PqM=
        apiservices/status cluster APIService get,patch,update
        # apps/v1
        controllerrevisions ns ControllerRevision ALL 85nkx63pcBU=
        daemonsets ds ns DaemonSet ALL all dd7pWHUlMKQ=
        daemonsets/status ns DaemonSet get,patch,update
        deployments deploy ns Deployment ALL all 8aSe+NMegvE=
        deployments/scale ns Scale elsewhere get,patch,update
        deployments/status ns Deployment get,patch,update
        replicasets rs ns ReplicaSet ALL all P1RzHs8/mWQ=
        replicasets/scale ns Scale elsewhere get,patch,update
        replicasets/status ns ReplicaSet get,patch,update
        statefulsets sts ns StatefulSet ALL all H+vl74LkKdo=
        statefulsets/scale ns Scale elsewhere get,patch,update
        statefulsets/status ns StatefulSet get,patch,update
        # events.k8s.io/v1
        events ev ns Event ALL r2yiGXH7wu8=
        # authentication.k8s.io/v1
        selfsubjectreviews cluster SelfSubjectReview create
        tokenreviews cluster TokenReview create
        # authorization.k8s.io/v1
        localsubjectaccessreviews ns LocalSubjectAccessReview create
        selfsubjectaccessreviews cluster SelfSubjectAccessReview create
        selfsubjectrulesreviews cluster SelfSubjectRulesReview create
        subjectaccessreviews cluster SubjectAccessReview create
        # autoscaling/v2
        horizontalpodautoscalers hpa ns HorizontalPodAutoscaler ALL all qwQve8ut294=
        horizontalpodautoscalers/status ns HorizontalPodAutoscaler get,patch,update
        # autoscaling/v1
        horizontalpodautoscalers hpa ns HorizontalPodAutoscaler ALL all qwQve8ut294=
        horizontalpodautoscalers/status ns HorizontalPodAutoscaler get,patch,update
        # batch/v1
        cronjobs cj ns CronJob ALL all sd5LIXh4Fjs=
        cronjobs/status ns CronJob get,patch,update
        jobs ns Job ALL all mudhfqk/qZY=
        jobs/status ns Job get,patch,update
        # certificates.k8s.io/v1
        certificatesigningrequests csr cluster CertificateSigningRequest ALL 95fRKMXA+00=
        certificatesigningrequests/approval cluster CertificateSigningRequest get,patch,update
        certificatesigningrequests/status cluster CertificateSigningRequest get,patch,update
        clustertrustbundles cluster ClusterTrustBundle ALL v5yhuVertL4=
        podcertificaterequests ns PodCertificateRequest ALL wYA9yXQH8fg=
        podcertificaterequests/status ns PodCertificateRequest get,patch,update
        # networking.k8s.io/v1
        ingressclasses cluster IngressClass ALL l/iqIbDgFyQ=
        ingresses ing ns Ingress ALL 39NQlfNR+bo=
        ingresses/status ns Ingress get,patch,update
        ipaddresses ip cluster IPAddress ALL 3f/plJFChNE=
        networkpolicies netpol ns NetworkPolicy ALL YpfwF18m1G8=
        servicecidrs cluster ServiceCIDR ALL gNLvruQhW2g=
        servicecidrs/status cluster ServiceCIDR get,patch,update
        # policy/v1
        poddisruptionbudgets pdb ns PodDisruptionBudget ALL EVWiDmWqyJw=
        poddisruptionbudgets/status ns PodDisruptionBudget get,patch,update
        # rbac.authorization.k8s.io/v1
        clusterrolebindings cluster ClusterRoleBinding ALL 48tpQ8gZHFc=
        clusterroles cluster ClusterRole ALL bYE5ZWDrJ44=
        rolebindings ns RoleBinding ALL eGsCzGH6b1g=
        roles ns Role ALL 7FuwZcIIItM=
        # storage.k8s.io/v1
        csidrivers cluster CSIDriver ALL hL6j/rwBV5w=
        csinodes cluster CSINode ALL Pe62DkZtjuo=
        csistoragecapacities ns CSIStorageCapacity ALL xeVl+2Ly1kE=
        storageclasses sc cluster StorageClass ALL K+m6uJwbjGY=
        volumeattachments cluster VolumeAttachment ALL tJx/ezt6UDU=
        volumeattachments/status cluster VolumeAttachment get,patch,update
        volumeattributesclasses vac cluster VolumeAttributesClass ALL tIjydgKBC5w=
        # admissionregistration.k8s.io/v1
        mutatingadmissionpolicies cluster MutatingAdmissionPolicy ALL api-extensions mHCkTKpUTrE=
        mutatingadmissionpolicybindings cluster MutatingAdmissionPolicyBinding ALL api-extensions ZKgZT1uTmZ0=
        mutatingwebhookconfigurations cluster MutatingWebhookConfiguration ALL api-extensions Sqi0GUgDaX0=
        validatingadmissionpolicies cluster ValidatingAdmissionPolicy ALL api-extensions 6OxvlMmQ6is=
        validatingadmissionpolicies/status cluster ValidatingAdmissionPolicy get,patch,update
        validatingadmissionpolicybindings cluster ValidatingAdmissionPolicyBinding ALL api-extensions v9715VZqakg=
        validatingwebhookconfigurations cluster ValidatingWebhookConfiguration ALL api-extensions B0wHjQmsGNk=
        # apiextensions.k8s.io/v1
        customresourcedefinitions crd,crds cluster CustomResourceDefinition ALL api-extensions jfWCUB31mvA=
        customresourcedefinitions/status cluster CustomResourceDefinition get,patch,update
        # scheduling.k8s.io/v1
        priorityclasses pc cluster PriorityClass ALL 1QwjyaZjj3Y=
        # coordination.k8s.io/v1
        leases ns Lease ALL gqkMMb/YqFM=
        # node.k8s.io/v1
        runtimeclasses cluster RuntimeClass ALL WQTu1GL3T2Q=
        # discovery.k8s.io/v1
        endpointslices ns EndpointSlice ALL Nx3SIv6I0mE=
        # flowcontrol.apiserver.k8s.io/v1
        flowschemas cluster FlowSchema ALL GJVAJZSZBIw=
        flowschemas/status cluster FlowSchema get,patch,update
        prioritylevelconfigurations cluster PriorityLevelConfiguration ALL Kir5PVfvNeI=
        prioritylevelconfigurations/status cluster PriorityLevelConfiguration get,patch,update
        # resource.k8s.io/v1
        deviceclasses cluster DeviceClass ALL Yk2PTc1Ybxk=
        devicetaintrules cluster DeviceTaintRule ALL i+85+TcIKpA=
        devicetaintrules/status cluster DeviceTaintRule get,patch,update
        resourceclaims ns ResourceClaim ALL wgAZaHcZxUg=
        resourceclaims/status ns ResourceClaim get,patch,update
        resourceclaimtemplates ns ResourceClaimTemplate ALL TuzjC49aUfM=
        resourceslices cluster ResourceSlice ALL KsC072WgaEY=
        # storagemigration.k8s.io/v1
        storageversionmigrations cluster StorageVersionMigration ALL pCjmmKOkLy4=
        storageversionmigrations/status cluster StorageVersionMigration get,patch,update
    "#]].assert_eq(&all);
}

#[test]
fn the_forms_of_plain_discovery() {
    let shown = |path: &str| serde_json::to_string_pretty(&get(path, "", &Value::Null)).unwrap();
    expect![[r#"
        {
          "kind": "APIVersions",
          "serverAddressByClientCIDRs": [
            {
              "clientCIDR": "0.0.0.0/0",
              "serverAddress": "10.0.0.10:6443"
            }
          ],
          "versions": [
            "v1"
          ]
        }"#]]
    .assert_eq(&shown("/api"));
    expect![[r#"
        {
          "apiVersion": "v1",
          "kind": "APIGroup",
          "name": "autoscaling",
          "preferredVersion": {
            "groupVersion": "autoscaling/v2",
            "version": "v2"
          },
          "versions": [
            {
              "groupVersion": "autoscaling/v2",
              "version": "v2"
            },
            {
              "groupVersion": "autoscaling/v1",
              "version": "v1"
            }
          ]
        }"#]]
    .assert_eq(&shown("/apis/autoscaling"));
    expect![[r#"
        {
          "apiVersion": "v1",
          "groupVersion": "policy/v1",
          "kind": "APIResourceList",
          "resources": [
            {
              "kind": "PodDisruptionBudget",
              "name": "poddisruptionbudgets",
              "namespaced": true,
              "shortNames": [
                "pdb"
              ],
              "singularName": "poddisruptionbudget",
              "storageVersionHash": "EVWiDmWqyJw=",
              "verbs": [
                "create",
                "delete",
                "deletecollection",
                "get",
                "list",
                "patch",
                "update",
                "watch"
              ]
            },
            {
              "kind": "PodDisruptionBudget",
              "name": "poddisruptionbudgets/status",
              "namespaced": true,
              "singularName": "",
              "verbs": [
                "get",
                "patch",
                "update"
              ]
            }
          ]
        }"#]]
    .assert_eq(&shown("/apis/policy/v1"));
    expect![[r#"
        {
          "buildDate": "2026-01-01T00:00:00Z",
          "compiler": "rustc",
          "emulationMajor": "1",
          "emulationMinor": "37",
          "gitCommit": "",
          "gitTreeState": "clean",
          "gitVersion": "v1.37.0",
          "goVersion": "",
          "major": "1",
          "minCompatibilityMajor": "1",
          "minCompatibilityMinor": "36",
          "minor": "37",
          "platform": "linux/amd64"
        }"#]]
    .assert_eq(&shown("/version"));
    for nowhere in [
        "/api/v2",
        "/apis/none",
        "/apis/apps/v1beta1",
        "/livez/none",
        "/api/v1/pods",
    ] {
        assert_eq!(get(nowhere, "", &Value::Null), Value::Null, "{nowhere}");
    }
}

const AGGREGATED: &str = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,\
    application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json";

#[test]
fn aggregated_discovery_is_for_who_asks_for_it() {
    let kind = |accept: &str| {
        let got = get("/apis", accept, &Value::Null);
        format!("{} {}", got["apiVersion"], got["kind"]).replace('"', "")
    };
    for (accept, want) in [
        ("", "v1 APIGroupList"),
        ("*/*", "v1 APIGroupList"),
        ("application/json", "v1 APIGroupList"),
        (AGGREGATED, "apidiscovery.k8s.io/v2 APIGroupDiscoveryList"),
        (
            "application/json; as=APIGroupDiscoveryList; g=apidiscovery.k8s.io; v=v2beta1, application/json",
            "apidiscovery.k8s.io/v2beta1 APIGroupDiscoveryList",
        ),
        (
            "application/vnd.kubernetes.protobuf;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json",
            "v1 APIGroupList",
        ),
        (
            "application/json;g=apidiscovery.k8s.io;v=v3;as=APIGroupDiscoveryList,application/json",
            "v1 APIGroupList",
        ),
    ] {
        assert_eq!(kind(accept), want, "{accept}");
    }
    let core = get("/api", AGGREGATED, &Value::Null);
    assert_eq!(core["items"][0]["metadata"], json!({}));
    let groups = get("/apis", AGGREGATED, &Value::Null);
    let named = |name: &str| {
        let items = groups["items"].as_array().expect("items");
        let found = items.iter().find(|item| item["metadata"]["name"] == name);
        serde_json::to_string_pretty(found.expect("a group")).unwrap()
    };
    expect![[r#"
        {
          "metadata": {
            "name": "certificates.k8s.io"
          },
          "versions": [
            {
              "freshness": "Current",
              "resources": [
                {
                  "resource": "certificatesigningrequests",
                  "responseKind": {
                    "group": "",
                    "kind": "CertificateSigningRequest",
                    "version": ""
                  },
                  "scope": "Cluster",
                  "shortNames": [
                    "csr"
                  ],
                  "singularResource": "certificatesigningrequest",
                  "subresources": [
                    {
                      "responseKind": {
                        "group": "",
                        "kind": "CertificateSigningRequest",
                        "version": ""
                      },
                      "subresource": "approval",
                      "verbs": [
                        "get",
                        "patch",
                        "update"
                      ]
                    },
                    {
                      "responseKind": {
                        "group": "",
                        "kind": "CertificateSigningRequest",
                        "version": ""
                      },
                      "subresource": "status",
                      "verbs": [
                        "get",
                        "patch",
                        "update"
                      ]
                    }
                  ],
                  "verbs": [
                    "create",
                    "delete",
                    "deletecollection",
                    "get",
                    "list",
                    "patch",
                    "update",
                    "watch"
                  ]
                },
                {
                  "resource": "clustertrustbundles",
                  "responseKind": {
                    "group": "",
                    "kind": "ClusterTrustBundle",
                    "version": ""
                  },
                  "scope": "Cluster",
                  "singularResource": "clustertrustbundle",
                  "verbs": [
                    "create",
                    "delete",
                    "deletecollection",
                    "get",
                    "list",
                    "patch",
                    "update",
                    "watch"
                  ]
                },
                {
                  "resource": "podcertificaterequests",
                  "responseKind": {
                    "group": "",
                    "kind": "PodCertificateRequest",
                    "version": ""
                  },
                  "scope": "Namespaced",
                  "singularResource": "podcertificaterequest",
                  "subresources": [
                    {
                      "responseKind": {
                        "group": "",
                        "kind": "PodCertificateRequest",
                        "version": ""
                      },
                      "subresource": "status",
                      "verbs": [
                        "get",
                        "patch",
                        "update"
                      ]
                    }
                  ],
                  "verbs": [
                    "create",
                    "delete",
                    "deletecollection",
                    "get",
                    "list",
                    "patch",
                    "update",
                    "watch"
                  ]
                }
              ],
              "version": "v1"
            }
          ]
        }"#]]
    .assert_eq(&named("certificates.k8s.io"));
}

#[test]
fn plain_and_aggregated_discovery_agree() {
    let groups = get("/apis", AGGREGATED, &Value::Null);
    let core = get("/api", AGGREGATED, &Value::Null);
    let items = |list: &Value| list["items"].as_array().cloned().expect("items");
    for group in items(&groups).into_iter().chain(items(&core)) {
        for version in group["versions"].as_array().expect("versions") {
            let name = group["metadata"]["name"].as_str();
            let version_name = version["version"].as_str().expect("a name");
            let path = match name {
                Some(name) => format!("/apis/{name}/{version_name}"),
                None => format!("/api/{version_name}"),
            };
            let mut names = Vec::new();
            for r in version["resources"].as_array().expect("resources") {
                let plural = r["resource"].as_str().expect("a plural");
                names.push(plural.to_string());
                for sub in r["subresources"].as_array().into_iter().flatten() {
                    names.push(format!(
                        "{plural}/{}",
                        sub["subresource"].as_str().expect("a name")
                    ));
                }
            }
            let plain = get(&path, "", &Value::Null);
            let plain: Vec<&str> = plain["resources"]
                .as_array()
                .expect("resources")
                .iter()
                .filter_map(|r| r["name"].as_str())
                .collect();
            assert_eq!(names, plain, "{path}");
        }
    }
}

#[test]
fn definitions_stand_behind_the_built_in_groups() {
    let definition = |group: &str, established: &str| {
        json!({
            "spec": {
                "group": group, "scope": "Cluster",
                "versions": [
                    {"name": "v1beta1", "served": true, "storage": false},
                    {"name": "v1", "served": true, "storage": true, "subresources": {"status": {}, "scale": {}}},
                    {"name": "v2", "served": false, "storage": false},
                ],
            },
            "status": {
                "acceptedNames": {
                    "kind": "Widget", "plural": "widgets", "singular": "widget", "shortNames": ["wd"], "categories": ["all"],
                },
                "conditions": [{"type": "Established", "status": established}],
            },
        })
    };
    let definitions = json!([
        definition("z.example.com", "True"),
        definition("a.example.com", "True"),
        definition("no.example.com", "False")
    ]);
    let groups = get("/apis", "", &definitions);
    let all = groups["groups"].as_array().expect("groups");
    let last: Vec<_> = all[all.len() - 2..].iter().map(|g| &g["name"]).collect();
    assert_eq!(last, ["a.example.com", "z.example.com"]);
    let versions = get("/apis/a.example.com", "", &definitions);
    assert_eq!(versions["preferredVersion"]["version"], "v1");
    assert_eq!(versions["versions"][1]["version"], "v1beta1");
    expect![[r#"
        widgets wd cluster Widget delete,deletecollection,get,list,patch,create,update,watch all XuF+BhWChv4=
        widgets/scale cluster Scale elsewhere get,patch,update
        widgets/status cluster Widget get,patch,update
    "#]].assert_eq(&lines(&get("/apis/a.example.com/v1", "", &definitions)));
    expect![[r#"
        widgets wd cluster Widget delete,deletecollection,get,list,patch,create,update,watch all XuF+BhWChv4=
    "#]].assert_eq(&lines(&get(
        "/apis/a.example.com/v1beta1",
        "",
        &definitions,
    )));
    let aggregated = get("/apis", AGGREGATED, &definitions);
    let items = aggregated["items"].as_array().expect("items");
    let shown = &items.last().expect("an item")["versions"][0]["resources"];
    expect![[r#"
        [
          {
            "categories": [
              "all"
            ],
            "resource": "widgets",
            "responseKind": {
              "group": "z.example.com",
              "kind": "Widget",
              "version": "v1"
            },
            "scope": "Cluster",
            "shortNames": [
              "wd"
            ],
            "singularResource": "widget",
            "subresources": [
              {
                "responseKind": {
                  "group": "z.example.com",
                  "kind": "Widget",
                  "version": "v1"
                },
                "subresource": "status",
                "verbs": [
                  "get",
                  "patch",
                  "update"
                ]
              },
              {
                "responseKind": {
                  "group": "autoscaling",
                  "kind": "Scale",
                  "version": "v1"
                },
                "subresource": "scale",
                "verbs": [
                  "get",
                  "patch",
                  "update"
                ]
              }
            ],
            "verbs": [
              "delete",
              "deletecollection",
              "get",
              "list",
              "patch",
              "create",
              "update",
              "watch"
            ]
          }
        ]"#]]
    .assert_eq(&serde_json::to_string_pretty(shown).unwrap());
}

#[test]
fn health_is_told_check_by_check() {
    let get = |path: &str, query: Value| {
        let asked = json!({"path": path, "query": query});
        let answer = super::answer(&asked, &Value::Null);
        answer.as_str().unwrap_or("nothing").to_string()
    };
    assert_eq!(get("/healthz", json!([])), "ok");
    assert_eq!(get("/readyz/ping", json!([])), "ok");
    assert_eq!(
        get("/livez/poststarthook/rbac/bootstrap-roles", json!([])),
        "ok"
    );
    assert_eq!(get("/livez/informer-sync", json!([])), "nothing");
    assert_eq!(get("/readyz", json!([["exclude", "etcd"]])), "ok");
    let verbose = get(
        "/readyz",
        json!([
            ["verbose", ""],
            ["exclude", "etcd"],
            ["exclude", "none"],
            ["exclude", "moon"]
        ]),
    );
    let lines: Vec<&str> = verbose.lines().collect();
    assert_eq!(
        &lines[..5],
        [
            "[+]ping ok",
            "[+]log ok",
            "[+]etcd excluded: ok",
            "[+]etcd-readiness ok",
            "[+]informer-sync ok",
        ]
    );
    assert_eq!(
        &lines[lines.len() - 3..],
        [
            "[+]shutdown ok",
            "warn: some health checks cannot be excluded: no matches for \"moon\",\"none\"",
            "readyz check passed",
        ]
    );
    assert!(
        get("/livez", json!([["verbose", ""]]))
            .ends_with("openapiv3-controller ok\nlivez check passed\n")
    );
}

#[test]
fn the_root_lists_what_may_be_asked_for() {
    let index = get("/", "", &Value::Null);
    let paths: Vec<&str> = index["paths"]
        .as_array()
        .expect("paths")
        .iter()
        .filter_map(Value::as_str)
        .collect();
    assert!(paths.is_sorted());
    for path in [
        "/api/v1",
        "/apis/apps",
        "/apis/apps/v1",
        "/readyz/shutdown",
        "/openapi/v3",
    ] {
        assert!(paths.contains(&path), "{path}");
    }
}
