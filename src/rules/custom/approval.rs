//! Definitions in the groups of the community, which ask for its approval.
// upstream: staging/src/k8s.io/apiextensions-apiserver/pkg/apihelpers/helpers.go GetAPIApprovalState

/// Where the approval is said.
pub const ANNOTATION: &str = "api-approved.kubernetes.io";

/// How an approval stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// There is none.
    Missing,
    /// It is said that there is none.
    Bypassed,
    /// There is one.
    Approved,
    /// It is none.
    Invalid,
}

/// The state of what the annotation says, and a sentence about it; none for a group that needs no approval.
pub fn of(group: &str, annotation: &str) -> Option<(State, String)> {
    let protected = ["k8s.io", "kubernetes.io"].iter().any(|own| {
        let rest = group.strip_suffix(own);
        rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    });
    if !protected {
        return None;
    }
    let needs = format!("protected groups must have approval annotation {ANNOTATION:?}");
    let see = "see https://github.com/kubernetes/enhancements/pull/1111";
    let address = annotation.split_once("://");
    let address = address.is_some_and(|(scheme, rest)| {
        !scheme.is_empty() && rest.split('/').next().is_some_and(|host| !host.is_empty())
    });
    Some(match annotation {
        "" => (State::Missing, format!("{needs}, {see}")),
        text if text.starts_with("unapproved") => {
            (State::Bypassed, format!("not approved: {text:?}"))
        }
        text if address => (State::Approved, format!("approved in {text}")),
        _ => (
            State::Invalid,
            format!("{needs} with either a URL or a reason starting with \"unapproved\", {see}"),
        ),
    })
}
