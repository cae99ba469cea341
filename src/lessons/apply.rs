//! Applying a text: decoding, kubectl's apply, and every refusal led back to its place in the text.

use podarium_api::decode::{Decoded, Manifest, Problem, Severity, decode};
use podarium_api::sort;
use podarium_kubectl::{Api, Failure, Options, Outcome, apply};

/// What applying a text came to.
#[derive(Clone, Debug, Default)]
pub struct Applied {
    /// One for each object that could be decoded, in order.
    pub outcomes: Vec<Outcome>,
    /// What is wrong with the text, and what the API server refused or warned of, by place.
    pub problems: Vec<Problem>,
}

/// Does what `kubectl apply -f` does with a text of that name. Documents that are refused do not keep the others.
pub fn apply_text(api: &mut impl Api, name: &str, text: &str) -> Applied {
    let mut applying = Applying::new(name, text);
    while !applying.go_on(api) {}
    applying.finish()
}

/// A text that is being applied, object by object, for those who cannot wait for a long one. No virtual time should pass
/// meanwhile: then it is the same as [`apply_text`].
#[derive(Debug)]
pub struct Applying {
    manifests: Vec<Manifest>,
    /// How many of them are applied.
    done: usize,
    options: Options,
    applied: Applied,
}

impl Applying {
    /// Reads a text of that name; nothing of it is applied yet.
    pub fn new(name: &str, text: &str) -> Self {
        let Decoded {
            manifests,
            problems,
        } = decode(name, text);
        Applying {
            manifests,
            done: 0,
            options: Options::command(format!("kubectl apply -f {name}")),
            applied: Applied {
                outcomes: Vec::new(),
                problems,
            },
        }
    }

    /// Applies the next object; whether it was the last.
    pub fn go_on(&mut self, api: &mut impl Api) -> bool {
        let Some(manifest) = self.manifests.get(self.done) else {
            return true;
        };
        self.done += 1;
        let outcomes = apply(api, std::slice::from_ref(manifest), &self.options);
        let refused = outcomes.iter().flat_map(|o| refusals(manifest, o));
        self.applied.problems.extend(refused);
        self.applied.outcomes.extend(outcomes);
        self.done == self.manifests.len()
    }

    /// All objects of the text, in order.
    pub fn manifests(&self) -> &[Manifest] {
        &self.manifests
    }

    /// What it came to.
    pub fn finish(self) -> Applied {
        let mut applied = self.applied;
        sort::by_key(&mut applied.problems, |p| (p.line, p.column));
        applied
    }
}

/// The refusal of an object, cause by cause.
fn refusals(manifest: &Manifest, outcome: &Outcome) -> Vec<Problem> {
    match &outcome.result {
        Ok(_) => Vec::new(),
        Err(Failure::Server { error, .. }) if !error.causes.is_empty() => {
            let causes = error.causes.iter();
            causes
                .map(|(field, message)| problem(manifest, field, format!("{field}: {message}")))
                .collect()
        }
        Err(failure) => vec![problem(manifest, "metadata.name", failure.sentence())],
    }
}

/// A refusal at the place of a field, or of the nearest one above it.
fn problem(manifest: &Manifest, field: &str, message: String) -> Problem {
    let place = manifest.positions.place_of(field).unwrap_or_default();
    Problem {
        severity: Severity::Error,
        line: place.at.line.max(1),
        column: place.at.column.max(1),
        end_line: place.end.line.max(1),
        end_column: place.end.column.max(1),
        path: field.into(),
        message,
        suggestion: None,
        document: manifest.document,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use podarium_cluster::{Cluster, Config};

    const WEB: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: -1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: web}]}
---
apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  prots: []
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: greetings
";

    #[test]
    fn a_refusal_stands_at_its_line_and_stops_nothing() {
        let mut cluster = Cluster::new(Config::default());
        let applied = apply_text(&mut cluster, "web.yaml", WEB);
        let at: Vec<_> = applied
            .problems
            .iter()
            .map(|p| (p.line, p.path.as_str()))
            .collect();
        assert_eq!(at, [(6, "spec.replicas"), (17, "spec.prots")]);
        let lines: Vec<_> = applied.outcomes.iter().filter_map(Outcome::line).collect();
        assert_eq!(lines, ["configmap/greetings created"]);
    }
}
