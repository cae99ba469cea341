//! Finding a kind by what a manifest, a URL or a person at kubectl calls it.

use super::{KINDS, KindInfo, split_api_version};

/// No built-in kind has that name. Its text is the one kubectl and the API server print.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoMatch {
    /// A manifest names a kind that the version does not have.
    Kind {
        /// As written in `kind`.
        kind: String,
        /// As written in `apiVersion`.
        api_version: String,
    },
    /// A command names a resource that the server does not have.
    Resource {
        /// As typed.
        name: String,
    },
}

impl std::fmt::Display for NoMatch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            // upstream: apimachinery/pkg/api/meta/errors.go NoKindMatchError
            NoMatch::Kind { kind, api_version } => {
                write!(f, "no matches for kind {kind:?} in version {api_version:?}")
            }
            // upstream: cli-runtime/pkg/resource/builder.go mappingFor
            NoMatch::Resource { name } => {
                write!(f, "the server doesn't have a resource type {name:?}")
            }
        }
    }
}

impl std::error::Error for NoMatch {}

/// The row of an object's `apiVersion` and `kind`.
///
/// # Errors
/// [`NoMatch::Kind`], worded as kubectl does.
pub fn by_gvk(api_version: &str, kind: &str) -> Result<&'static KindInfo, NoMatch> {
    let (group, version) = split_api_version(api_version);
    KINDS
        .iter()
        .find(|row| row.kind == kind && row.group == group && row.version == version)
        .ok_or_else(|| NoMatch::Kind {
            kind: kind.to_string(),
            api_version: api_version.to_string(),
        })
}

/// The row whose list kind this is: `PodList` of `v1` gives `Pod`.
pub fn by_list_gvk(api_version: &str, list_kind: &str) -> Option<&'static KindInfo> {
    let kind = list_kind.strip_suffix("List")?;
    by_gvk(api_version, kind).ok()
}

/// The row of a URL's group, version and resource.
pub fn by_resource(group: &str, version: &str, plural: &str) -> Option<&'static KindInfo> {
    KINDS
        .iter()
        .find(|row| row.plural == plural && row.group == group && row.version == version)
}

/// Every row of a kind's name, whatever its group and version.
pub fn kind_matches(kind: &str) -> impl Iterator<Item = &'static KindInfo> {
    KINDS.iter().filter(move |row| row.kind == kind)
}

/// The rows that a category such as `all` stands for, the preferred version of each resource only.
pub fn by_category(category: &str) -> Vec<&'static KindInfo> {
    let mut rows: Vec<&'static KindInfo> = Vec::new();
    for row in KINDS
        .iter()
        .filter(|row| row.categories.contains(&category))
    {
        if !rows
            .iter()
            .any(|had| had.group == row.group && had.plural == row.plural)
        {
            rows.push(row);
        }
    }
    rows
}

/// What a person types after `kubectl get`: plural, singular, kind or short name in any case, optionally followed by
/// `.group` or `.version.group` (`deploy`, `Deployment`, `deployments.apps`, `hpa.v1.autoscaling`).
///
/// # Errors
/// [`NoMatch::Resource`], worded as kubectl does.
pub fn find(name: &str) -> Result<&'static KindInfo, NoMatch> {
    let lower = name.to_ascii_lowercase();
    let (resource, rest) = lower.split_once('.').unwrap_or((&lower, ""));
    let (version, group) = rest.split_once('.').unwrap_or((rest, ""));
    KINDS
        .iter()
        .filter(|row| {
            row.plural == resource
                || row.singular == resource
                || row.short_names.contains(&resource)
        })
        .find(|row| {
            rest.is_empty() || row.group == rest || (row.version == version && row.group == group)
            // kubectl takes a prefix of the group too: `ingresses.networking`.
            || (row.group.starts_with(rest) && row.group[rest.len()..].starts_with('.'))
        })
        .ok_or_else(|| NoMatch::Resource {
            name: name.to_string(),
        })
}

/// What a person probably meant by an unknown `apiVersion` and `kind`: the version where the kind lives today, or the
/// kind with the nearest name.
pub fn suggestion(api_version: &str, kind: &str) -> Option<(String, &'static str)> {
    let (group, _) = split_api_version(api_version);
    let named = kind_matches(kind)
        .find(|row| row.group == group)
        .or_else(|| kind_matches(kind).next());
    if let Some(row) = named {
        return Some((row.api_version(), row.kind));
    }
    let names = KINDS.iter().map(|row| row.kind);
    let near = crate::suggest::nearest(kind, names)?;
    let row = kind_matches(near)
        .find(|row| row.group == group)
        .or_else(|| kind_matches(near).next())?;
    Some((row.api_version(), row.kind))
}

#[cfg(test)]
mod tests {
    use super::super::KindId;
    use super::*;

    #[test]
    fn what_kubectl_accepts() {
        for (typed, want) in [
            ("po", KindId::POD),
            ("pod", KindId::POD),
            ("pods", KindId::POD),
            ("Pod", KindId::POD),
            ("PODS", KindId::POD),
            ("deploy", KindId::DEPLOYMENT),
            ("deployments.apps", KindId::DEPLOYMENT),
            ("deployment.v1.apps", KindId::DEPLOYMENT),
            ("events", KindId::EVENT),
            ("events.events.k8s.io", KindId::EVENTS_EVENT),
            ("events.v1.events.k8s.io", KindId::EVENTS_EVENT),
            ("events.v1.", KindId::EVENT),
            ("ingresses.networking", KindId::INGRESS),
            ("hpa", KindId::HORIZONTAL_POD_AUTOSCALER),
            ("hpa.v1.autoscaling", KindId::HORIZONTAL_POD_AUTOSCALER_V1),
            ("endpoints", KindId::ENDPOINTS),
            ("crds", KindId::CUSTOM_RESOURCE_DEFINITION),
            ("pods.", KindId::POD),
        ] {
            assert_eq!(find(typed).map(|row| row.id), Ok(want), "{typed}");
        }
        for typed in [
            "",
            ".",
            "podz",
            "pods.apps",
            "deployments.v1beta1.apps",
            "deployments.app",
            "all",
        ] {
            let want = format!("the server doesn't have a resource type {typed:?}");
            let got = find(typed).map(|row| row.kind).map_err(|e| e.to_string());
            assert_eq!(got, Err(want));
        }
    }

    #[test]
    fn what_manifests_and_urls_say() {
        assert_eq!(
            by_gvk("apps/v1", "Deployment").map(|row| row.id),
            Ok(KindId::DEPLOYMENT)
        );
        assert_eq!(
            by_gvk("extensions/v1beta1", "Deployment")
                .map(|row| row.id)
                .map_err(|e| e.to_string()),
            Err("no matches for kind \"Deployment\" in version \"extensions/v1beta1\"".to_string())
        );
        assert_eq!(
            by_list_gvk("v1", "PodList").map(|row| row.id),
            Some(KindId::POD)
        );
        assert!(by_list_gvk("v1", "List").is_none() && by_list_gvk("v1", "Pod").is_none());
        assert_eq!(
            by_resource("apps", "v1", "deployments").map(|row| row.id),
            Some(KindId::DEPLOYMENT)
        );
        assert!(by_resource("", "v1", "deployments").is_none());
    }

    #[test]
    fn all_is_what_get_all_lists() {
        let names: Vec<_> = by_category("all")
            .into_iter()
            .map(|row| row.plural)
            .collect();
        assert_eq!(
            names.join(" "),
            "pods replicationcontrollers services daemonsets deployments replicasets statefulsets \
             horizontalpodautoscalers cronjobs jobs"
        );
        assert!(by_category("none").is_empty());
    }

    #[test]
    fn what_was_probably_meant() {
        let meant = |v, k| suggestion(v, k).map(|(v, k)| format!("{v} {k}"));
        assert_eq!(
            meant("extensions/v1beta1", "Deployment").as_deref(),
            Some("apps/v1 Deployment")
        );
        assert_eq!(
            meant("autoscaling/v2beta2", "HorizontalPodAutoscaler").as_deref(),
            Some("autoscaling/v2 HorizontalPodAutoscaler")
        );
        assert_eq!(
            meant("apps/v1", "Deploymnet").as_deref(),
            Some("apps/v1 Deployment")
        );
        assert_eq!(
            meant("apps/v1", "deployment").as_deref(),
            Some("apps/v1 Deployment")
        );
        assert_eq!(meant("example.com/v1", "Widget"), None);
    }
}
