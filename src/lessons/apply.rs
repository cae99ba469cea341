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
    let Decoded {
        manifests,
        mut problems,
    } = decode(name, text);
    let options = Options::command(format!("kubectl apply -f {name}"));
    let outcomes = apply(api, &manifests, &options);
    for (manifest, outcome) in manifests.iter().zip(&outcomes) {
        problems.extend(refusals(manifest, outcome));
    }
    sort::by_key(&mut problems, |p| (p.line, p.column));
    Applied { outcomes, problems }
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
