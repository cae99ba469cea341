//! What came of each object, and how kubectl tells it.

use podarium_api::kinds::KindId;

use crate::failure::{Failure, print};
use crate::resource::{printed_kind, printed_name};

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// It is new.
    Created,
    /// It was changed.
    Configured,
    /// It is as it was.
    Unchanged,
    /// It is gone, or going.
    Deleted,
    /// Its replicas were set.
    Scaled,
    /// Its pods are being replaced.
    Restarted,
}

/// What came of one object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Its kind.
    pub kind: KindId,
    /// Its namespace; empty for cluster-scoped kinds.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// The number of its document in the text that it came from.
    pub document: u32,
    /// What the server warned of.
    pub warnings: Vec<String>,
    /// Whether it was only tried.
    pub dry_run: bool,
    /// What was done, or why not.
    pub result: Result<Done, Failure>,
}

impl Outcome {
    /// `deployment.apps/web created`; `None` for a failure.
    pub fn line(&self) -> Option<String> {
        let info = self.kind.info();
        let word = match self.result.as_ref().ok()? {
            Done::Created => "created",
            Done::Configured => "configured",
            Done::Unchanged => "unchanged",
            Done::Scaled => "scaled",
            Done::Restarted => "restarted",
            Done::Deleted => {
                let kind = printed_kind(info);
                let place = if info.namespaced {
                    format!(" from {} namespace", self.namespace)
                } else {
                    String::new()
                };
                return Some(format!(
                    "{kind} {:?} deleted{place}{}",
                    self.name,
                    self.dry()
                ));
            }
        };
        let name = printed_name(info, &self.name);
        Some(format!("{name} {word}{}", self.dry()))
    }

    fn dry(&self) -> &'static str {
        if self.dry_run {
            " (server dry run)"
        } else {
            ""
        }
    }
}

/// What kubectl prints.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Lines for the standard output.
    pub out: Vec<String>,
    /// Lines for the standard error.
    pub err: Vec<String>,
}

/// What kubectl prints of all that it did.
pub fn report(outcomes: &[Outcome]) -> Report {
    let mut report = Report::default();
    for outcome in outcomes {
        let warnings = outcome.warnings.iter();
        report.err.extend(warnings.map(|w| format!("Warning: {w}")));
        report.out.extend(outcome.line());
    }
    let failures: Vec<&Failure> = outcomes
        .iter()
        .filter_map(|o| o.result.as_ref().err())
        .collect();
    report.err.extend(print(&failures));
    report
}
