//! apps: StatefulSets, DaemonSets and ControllerRevisions; and PodTemplates, which are nothing but a template.
// upstream: pkg/apis/apps/validation/validation.go

use podarium_api::names::dns1123_label_error;

use super::{claim, differs, pod};
use crate::errors::{Errors, compiled, printed, selects, selects_all};
use crate::field::Field;
use crate::text;

/// Fields of both kinds of strategy.
pub const STRATEGY: [(&str, &str); 2] = [("Type", "type"), ("RollingUpdate", "rollingUpdate")];
pub const NO_MATCH: &str = "`selector` does not match template `labels`";

/// upstream: ValidateStatefulSetSpec
pub fn stateful_set(set: &Field, errors: &mut Errors) {
    let spec = set.get("spec");
    let management = spec.get("podManagementPolicy");
    if errors.needed(&management) && !["OrderedReady", "Parallel"].contains(&management.text()) {
        errors.invalid(&management, "must be 'OrderedReady' or 'Parallel'");
    }
    let strategy = spec.get("updateStrategy");
    let rolling = strategy.get("rollingUpdate");
    match strategy.get("type").text() {
        "" => errors.required(&strategy, ""),
        "OnDelete" if rolling.is_set() => {
            let names = [
                ("Partition", "partition"),
                ("MaxUnavailable", "maxUnavailable"),
            ];
            let shown = printed(&rolling, &names);
            errors.invalid_raw(
                &rolling,
                &shown,
                "only allowed for updateStrategy 'RollingUpdate'",
            );
        }
        "OnDelete" => {}
        "RollingUpdate" => {
            errors.not_negative(&rolling.get("partition"));
            let most = rolling.get("maxUnavailable");
            if most.is_set() {
                errors.int_or_percent(&most);
                if is_none(&most) {
                    errors.invalid(&most, "cannot be 0");
                }
                errors.at_most_all(&most);
            }
        }
        _ => errors.invalid_raw(
            &strategy,
            &printed(&strategy, &STRATEGY),
            "must be 'RollingUpdate' or 'OnDelete'",
        ),
    }
    let retention = spec.get("persistentVolumeClaimRetentionPolicy");
    if retention.is_set() {
        errors.must_be(&retention.get("whenDeleted"), &["Retain", "Delete"]);
        errors.must_be(&retention.get("whenScaled"), &["Retain", "Delete"]);
    }
    errors.not_negative(&spec.get("replicas"));
    errors.not_negative(&spec.get("minReadySeconds"));
    errors.not_negative(&spec.at("ordinals.start"));
    let service = spec.get("serviceName");
    if !service.is_empty() {
        errors.named(&service, dns1123_label_error);
    }
    let selector = spec.get("selector");
    if selector.is_set() {
        errors.selector(&selector);
        if selects_all(&selector) {
            errors.invalid(&selector, "empty selector is invalid for statefulset");
        }
    } else {
        errors.required(&selector, "");
    }
    let template = spec.get("template");
    match compiled(&selector) {
        None => errors.invalid(&selector, ""),
        Some(wanted) => {
            let labels = template.at("metadata.labels");
            if !wanted.is_everything() && !selects(&wanted, &labels) {
                errors.invalid(&labels, NO_MATCH);
            }
        }
    }
    let claims = spec.get("volumeClaimTemplates");
    let names: Vec<_> = claims
        .items()
        .map(|c| c.at("metadata.name").text())
        .collect();
    pod::template(&template, &names, errors);
    always(&template, "StatefulSet", errors);
    for claim in spec.get("volumeClaimTemplates").items() {
        claim::template(&claim, errors);
    }
}

/// What a set of pods asks of its template beyond what every template must be.
pub fn always(template: &Field, kind: &str, errors: &mut Errors) {
    let policy = template.at("spec.restartPolicy");
    // That there is none is said of the template.
    if !policy.is_empty() {
        errors.must_be(&policy, &["Always"]);
    }
    let deadline = template.at("spec.activeDeadlineSeconds");
    if deadline.is_set() {
        errors.forbidden(
            &deadline,
            &format!("activeDeadlineSeconds in {kind} is not Supported"),
        );
    }
}

pub fn is_none(amount: &Field) -> bool {
    match amount.number() {
        Some(number) => number == 0,
        None => text::percent(amount.text()).is_none_or(|p| p == 0),
    }
}

/// upstream: ValidateStatefulSetUpdate
pub fn stateful_set_update(new: &Field, old: &Field, errors: &mut Errors) {
    stateful_set(new, errors);
    let free = [
        "replicas",
        "ordinals",
        "template",
        "updateStrategy",
        "revisionHistoryLimit",
        "persistentVolumeClaimRetentionPolicy",
        "minReadySeconds",
    ];
    let spec = new.get("spec");
    if differs(&spec, &old.get("spec"), &free) {
        errors.forbidden(
            &spec,
            "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', \
             'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
        );
    }
}

/// upstream: ValidateDaemonSetSpec
pub fn daemon_set(set: &Field, errors: &mut Errors) {
    let spec = set.get("spec");
    let (selector, template) = (spec.get("selector"), spec.get("template"));
    errors.selector(&selector);
    let labels = template.at("metadata.labels");
    if compiled(&selector).is_some_and(|wanted| !selects(&wanted, &labels)) {
        errors.invalid(&labels, NO_MATCH);
    }
    if selector.is_set() && selects_all(&selector) {
        errors.invalid(&selector, "empty selector is invalid for daemonset");
    }
    pod::template(&template, &[], errors);
    always(&template, "DaemonSet", errors);
    errors.not_negative(&spec.get("minReadySeconds"));
    let strategy = spec.get("updateStrategy");
    match strategy.get("type").text() {
        "OnDelete" => {}
        "RollingUpdate" => rolling(&strategy.get("rollingUpdate"), errors),
        _ => errors.unsupported_raw(
            &strategy,
            &printed(&strategy, &STRATEGY),
            &["RollingUpdate", "OnDelete"],
        ),
    }
    errors.not_negative(&spec.get("revisionHistoryLimit"));
}

/// upstream: ValidateRollingUpdateDaemonSet
fn rolling(rolling: &Field, errors: &mut Errors) {
    if !rolling.is_set() {
        return errors.required(rolling, "");
    }
    let (unavailable, surge) = (rolling.get("maxUnavailable"), rolling.get("maxSurge"));
    errors.int_or_percent(&unavailable);
    errors.int_or_percent(&surge);
    errors.at_most_all(&unavailable);
    errors.at_most_all(&surge);
    match (!is_none(&unavailable), !is_none(&surge)) {
        (true, true) => errors.invalid(&surge, "may not be set when maxUnavailable is non-zero"),
        (false, false) => errors.required(&unavailable, "cannot be 0 when maxSurge is 0"),
        _ => {}
    }
}

/// upstream: ValidateDaemonSetUpdate; pkg/registry/apps/daemonset/strategy.go ValidateUpdate
pub fn daemon_set_update(new: &Field, old: &Field, errors: &mut Errors) {
    daemon_set(new, errors);
    let (is, was) = (new.at("spec.selector"), old.at("spec.selector"));
    errors.immutable_own(&is, &was, "LabelSelector");
}

/// upstream: ValidateControllerRevision
pub fn controller_revision(revision: &Field, errors: &mut Errors) {
    let data = revision.get("data");
    if !data.is_set() {
        errors.required(&data, "data is mandatory");
    }
    errors.not_negative(&revision.get("revision"));
}

/// upstream: ValidateControllerRevisionUpdate
pub fn controller_revision_update(new: &Field, old: &Field, errors: &mut Errors) {
    controller_revision(new, errors);
    errors.immutable(&new.get("data"), &old.get("data"));
}

/// upstream: pkg/apis/core/validation/validation.go ValidatePodTemplate
pub fn pod_template(object: &Field, errors: &mut Errors) {
    pod::template(&object.get("template"), &[], errors);
}

#[cfg(test)]
mod tests {
    use crate::testing::{creates, updates};
    use expect_test::expect;
    use serde_json::{Value, json};

    fn set(kind: &str, spec: Value) -> Value {
        let template =
            json!({"metadata": {"labels": {"app": "a"}}, "spec": {"restartPolicy": "Always"}});
        let mut set = json!({
            "apiVersion": "apps/v1", "kind": kind, "metadata": {"name": "a", "namespace": "b"},
            "spec": {"selector": {"matchLabels": {"app": "a"}}, "template": template},
        });
        for (name, value) in spec.as_object().unwrap() {
            set["spec"][name] = value.clone();
        }
        set
    }

    fn stateful() -> Value {
        let claim = json!({"metadata": {"name": "data"}, "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}});
        set(
            "StatefulSet",
            json!({"serviceName": "a", "volumeClaimTemplates": [claim]}),
        )
    }

    // upstream: pkg/apis/apps/validation/validation_test.go TestValidateStatefulSet
    #[test]
    fn what_a_stateful_set_may_be() {
        creates(
            &stateful(),
            &[
                json!({}),
                json!({"spec.updateStrategy.type": "OnDelete"}),
                json!({"spec.podManagementPolicy": "foo"}),
                json!({"spec.updateStrategy.type": "foo"}),
                json!({"spec.updateStrategy": {"type": "OnDelete", "rollingUpdate": {"partition": 1}}}),
                json!({"spec.updateStrategy.rollingUpdate": {"partition": -1, "maxUnavailable": 0}}),
                json!({"spec.updateStrategy.rollingUpdate.maxUnavailable": "120%"}),
                json!({"spec.persistentVolumeClaimRetentionPolicy.whenScaled": "Keep"}),
                json!({"spec.replicas": -1, "spec.minReadySeconds": -2, "spec.ordinals.start": -3}),
                json!({"spec.serviceName": "A.b"}),
                json!({"spec.selector": null}),
                json!({"spec.selector": {}}),
                json!({"spec.template.metadata.labels": {"app": "b"}}),
                json!({"spec.template.spec.restartPolicy": "Never", "spec.template.spec.activeDeadlineSeconds": 3}),
                json!({"spec.volumeClaimTemplates.0.spec.accessModes": []}),
            ],
            expect![[r#"
                {}
                {"spec.updateStrategy.type":"OnDelete"}
                {"spec.podManagementPolicy":"foo"}
                  spec.podManagementPolicy: Invalid value: "foo": must be 'OrderedReady' or 'Parallel'
                {"spec.updateStrategy.type":"foo"}
                  spec.updateStrategy: Invalid value: {"Type":"foo","RollingUpdate":null}: must be 'RollingUpdate' or 'OnDelete'
                {"spec.updateStrategy":{"rollingUpdate":{"partition":1},"type":"OnDelete"}}
                  spec.updateStrategy.rollingUpdate: Invalid value: {"Partition":1,"MaxUnavailable":null}: only allowed for updateStrategy 'RollingUpdate'
                {"spec.updateStrategy.rollingUpdate":{"maxUnavailable":0,"partition":-1}}
                  spec.updateStrategy.rollingUpdate.partition: Invalid value: -1: must be greater than or equal to 0
                  spec.updateStrategy.rollingUpdate.maxUnavailable: Invalid value: 0: cannot be 0
                {"spec.updateStrategy.rollingUpdate.maxUnavailable":"120%"}
                  spec.updateStrategy.rollingUpdate.maxUnavailable: Invalid value: "120%": must not be greater than 100%
                {"spec.persistentVolumeClaimRetentionPolicy.whenScaled":"Keep"}
                  spec.persistentVolumeClaimRetentionPolicy.whenScaled: Unsupported value: "Keep": supported values: "Retain", "Delete"
                {"spec.minReadySeconds":-2,"spec.ordinals.start":-3,"spec.replicas":-1}
                  spec.replicas: Invalid value: -1: must be greater than or equal to 0
                  spec.minReadySeconds: Invalid value: -2: must be greater than or equal to 0
                  spec.ordinals.start: Invalid value: -3: must be greater than or equal to 0
                {"spec.serviceName":"A.b"}
                  spec.serviceName: Invalid value: "A.b": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')
                {"spec.selector":null}
                  spec.selector: Required value
                  spec.template.metadata.labels: Invalid value: {"app":"a"}: `selector` does not match template `labels`
                {"spec.selector":{}}
                  spec.selector: Invalid value: {}: empty selector is invalid for statefulset
                {"spec.template.metadata.labels":{"app":"b"}}
                  spec.template.metadata.labels: Invalid value: {"app":"b"}: `selector` does not match template `labels`
                {"spec.template.spec.activeDeadlineSeconds":3,"spec.template.spec.restartPolicy":"Never"}
                  spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"
                  spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in StatefulSet is not Supported
                {"spec.volumeClaimTemplates.0.spec.accessModes":[]}
                  spec.volumeClaimTemplates[0].spec.accessModes: Required value: at least 1 access mode is required"#]],
        );
    }

    // upstream: pkg/apis/apps/validation/validation_test.go TestValidateStatefulSetUpdate
    #[test]
    fn what_may_change_in_a_stateful_set() {
        updates(
            &stateful(),
            &[
                json!({"spec.replicas": 3, "spec.minReadySeconds": 1, "spec.revisionHistoryLimit": 2, "spec.ordinals.start": 1}),
                json!({"spec.template.metadata.labels.b": "c", "spec.persistentVolumeClaimRetentionPolicy.whenDeleted": "Delete"}),
                json!({"spec.serviceName": "b"}),
                json!({"spec.volumeClaimTemplates.0.spec.resources.requests.storage": "2Gi"}),
                json!({"spec.volumeClaimTemplates.0.spec.resources.requests.storage": "1024Mi"}),
                json!({"spec.podManagementPolicy": "Parallel", "spec.replicas": -1}),
            ],
            expect![[r#"
                {"spec.minReadySeconds":1,"spec.ordinals.start":1,"spec.replicas":3,"spec.revisionHistoryLimit":2}
                {"spec.persistentVolumeClaimRetentionPolicy.whenDeleted":"Delete","spec.template.metadata.labels.b":"c"}
                {"spec.serviceName":"b"}
                  spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden
                {"spec.volumeClaimTemplates.0.spec.resources.requests.storage":"2Gi"}
                  spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden
                {"spec.volumeClaimTemplates.0.spec.resources.requests.storage":"1024Mi"}
                {"spec.podManagementPolicy":"Parallel","spec.replicas":-1}
                  spec.replicas: Invalid value: -1: must be greater than or equal to 0
                  spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"#]],
        );
    }

    // upstream: pkg/apis/apps/validation/validation_test.go TestValidateDaemonSet, TestValidateDaemonSetUpdate
    #[test]
    fn what_a_daemon_set_may_be_and_become() {
        creates(
            &set("DaemonSet", json!({})),
            &[
                json!({"spec.updateStrategy.rollingUpdate": {"maxSurge": "10%", "maxUnavailable": 0}}),
                json!({"spec.selector": {}}),
                json!({"spec.selector.matchLabels": {"app": "b"}}),
                json!({"spec.template.spec.restartPolicy": "OnFailure"}),
                json!({"spec.updateStrategy": {"type": "Maybe"}}),
                json!({"spec.updateStrategy.rollingUpdate": {"maxSurge": 1, "maxUnavailable": 1}}),
                json!({"spec.updateStrategy.rollingUpdate": {"maxSurge": 0, "maxUnavailable": 0}}),
                json!({"spec.updateStrategy.rollingUpdate": {"maxSurge": "105%", "maxUnavailable": "x%"}}),
                json!({"spec.minReadySeconds": -1, "spec.revisionHistoryLimit": -1}),
            ],
            expect![[r#"
                {"spec.updateStrategy.rollingUpdate":{"maxSurge":"10%","maxUnavailable":0}}
                {"spec.selector":{}}
                  spec.selector: Invalid value: {}: empty selector is invalid for daemonset
                {"spec.selector.matchLabels":{"app":"b"}}
                  spec.template.metadata.labels: Invalid value: {"app":"a"}: `selector` does not match template `labels`
                {"spec.template.spec.restartPolicy":"OnFailure"}
                  spec.template.spec.restartPolicy: Unsupported value: "OnFailure": supported values: "Always"
                {"spec.updateStrategy":{"type":"Maybe"}}
                  spec.updateStrategy: Unsupported value: {"Type":"Maybe","RollingUpdate":null}: supported values: "RollingUpdate", "OnDelete"
                {"spec.updateStrategy.rollingUpdate":{"maxSurge":1,"maxUnavailable":1}}
                  spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: 1: may not be set when maxUnavailable is non-zero
                {"spec.updateStrategy.rollingUpdate":{"maxSurge":0,"maxUnavailable":0}}
                  spec.updateStrategy.rollingUpdate.maxUnavailable: Required value: cannot be 0 when maxSurge is 0
                {"spec.updateStrategy.rollingUpdate":{"maxSurge":"105%","maxUnavailable":"x%"}}
                  spec.updateStrategy.rollingUpdate.maxUnavailable: Invalid value: "x%": a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')
                  spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: "105%": must not be greater than 100%
                {"spec.minReadySeconds":-1,"spec.revisionHistoryLimit":-1}
                  spec.minReadySeconds: Invalid value: -1: must be greater than or equal to 0
                  spec.revisionHistoryLimit: Invalid value: -1: must be greater than or equal to 0"#]],
        );
        updates(
            &set("DaemonSet", json!({})),
            &[
                json!({"spec.template.spec.nodeName": "c"}),
                json!({"spec.selector.matchLabels": {"app": "a", "b": "c"}, "spec.template.metadata.labels.b": "c"}),
            ],
            expect![[r#"
                {"spec.template.spec.nodeName":"c"}
                {"spec.selector.matchLabels":{"app":"a","b":"c"},"spec.template.metadata.labels.b":"c"}
                  spec.selector: Invalid value: {"matchLabels":{"app":"a","b":"c"}}: field is immutable"#]],
        );
    }

    #[test]
    fn a_revision_keeps_its_data() {
        let revision = json!({"apiVersion": "apps/v1", "kind": "ControllerRevision", "metadata": {"name": "a"}, "data": {"a": 1}, "revision": 1});
        creates(
            &revision,
            &[json!({}), json!({"data": null, "revision": -1})],
            expect![[r#"
                {}
                {"data":null,"revision":-1}
                  data: Required value: data is mandatory
                  revision: Invalid value: -1: must be greater than or equal to 0"#]],
        );
        updates(
            &revision,
            &[json!({"revision": 2}), json!({"data": {"a": 2}})],
            expect![[r#"
                {"revision":2}
                {"data":{"a":2}}
                  data: Invalid value: {"a":2}: field is immutable"#]],
        );
    }
}
