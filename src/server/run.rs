//! `podarium run`: manifests in, a cluster's life, and what came of it out.

use std::io::{self, Read, Write};

use clap::{Args, ValueEnum};
use podarium_api::decode::decode;
use podarium_api::kinds::KindId;
use podarium_api::meta::Span;
use podarium_api::yaml::to_yaml;
use podarium_cluster::{Cluster, Config};
use podarium_kubectl::{Options, apply, refused, report};
use serde_json::{Value, json};

use crate::{MEMORY, cpu, duration, events, files, settle, summary};

/// What `podarium run` may be told.
#[derive(Args, Debug)]
pub struct Arguments {
    /// How many nodes the cluster has.
    #[arg(long, default_value_t = 3)]
    nodes: u32,
    /// Over how many zones they are spread.
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..))]
    zones: u32,
    /// The seed of all chance.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How long to run, in virtual time: 90s, 5m.
    #[arg(long = "for", value_name = "DURATION", value_parser = duration::parse, conflicts_with = "until_settled")]
    duration: Option<Span>,
    /// Run until nothing changes any more, at most 10 virtual minutes. This is what happens without --for.
    #[arg(long)]
    until_settled: bool,
    /// What to print at the end. `summary` counts the pods of the manifests, not those of the cluster's own DNS.
    #[arg(short, long, value_enum, default_value_t = Output::Summary)]
    output: Output,
    /// Manifests: files, directories, or - for the standard input. Applied in this order.
    #[arg(value_name = "FILE", required = true)]
    files: Vec<String>,
}

/// What to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Output {
    /// One line of JSON: nodes, pods, ready, virtualMs, cpuMs, events, peakBytes.
    Summary,
    /// Every object as a JSON List.
    Json,
    /// Every object as a YAML List.
    Yaml,
    /// The table of events.
    Events,
}

/// Runs; whether everything was accepted. What is accepted and what is refused is told on `err`.
pub fn run(
    arguments: &Arguments,
    input: &mut impl Read,
    out: &mut impl Write,
    err: &mut impl Write,
) -> io::Result<bool> {
    let mut cluster = Cluster::new(Config {
        seed: arguments.seed,
        nodes: arguments.nodes,
        zones: arguments.zones,
        ..Config::default()
    });
    let mut accepted = true;
    for path in &arguments.files {
        let texts = match files::read(path, input) {
            Ok(texts) => texts,
            Err(sentence) => {
                writeln!(err, "error: {sentence}")?;
                accepted = false;
                continue;
            }
        };
        for text in texts {
            let decoded = decode(&text.name, &text.text);
            let options = Options::command(format!("kubectl apply -f {path}"));
            let report = report(&apply(&mut cluster, &decoded.manifests, &options));
            let refused = refused(&text.name, &decoded);
            let failed = |line: &&String| !line.starts_with("Warning: ");
            accepted &= refused.is_empty() && report.err.iter().filter(failed).count() == 0;
            for line in report.out.iter().chain(&report.err).chain(&refused) {
                writeln!(err, "{line}")?;
            }
        }
    }
    match arguments.duration {
        Some(span) => {
            let end = cluster.now() + span;
            cluster.advance(end, u64::MAX);
        }
        None => {
            if !settle::until_settled(&mut cluster) {
                let minutes = settle::MOST.as_secs() / 60;
                writeln!(
                    err,
                    "Warning: still changing after {minutes} virtual minutes"
                )?;
            }
        }
    }
    match arguments.output {
        Output::Summary => {
            let peak = MEMORY.peak_usage();
            let cpu_ms = cpu::nanos() / 1_000_000;
            let summary = summary::summary(&cluster, cpu_ms, peak);
            writeln!(out, "{}", serde_json::to_string(&summary)?)?;
        }
        Output::Json => writeln!(out, "{:#}", objects(&cluster))?,
        Output::Yaml => write!(out, "{}", to_yaml(&objects(&cluster)))?,
        Output::Events => write!(out, "{}", events::table(cluster.world()))?,
    }
    out.flush()?;
    Ok(accepted)
}

/// Every object but the events, which have an output of their own.
fn objects(cluster: &Cluster) -> Value {
    let store = cluster.world().store();
    let items: Vec<Value> = store
        .everything()
        .filter(|object| object.kind() != KindId::EVENT)
        .map(|object| object.to_value())
        .collect();
    json!({"apiVersion": "v1", "kind": "List", "metadata": {"resourceVersion": ""}, "items": items})
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;
    use expect_test::expect;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        run: Arguments,
    }

    fn ran(flags: &[&str], text: &str) -> (bool, String, String) {
        let line = Line::parse_from(["run"].iter().chain(flags).chain(&["-"]));
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let good = run(&line.run, &mut text.as_bytes(), &mut out, &mut err).unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (good, text(out), text(err))
    }

    const MIXED: &str = "
apiVersion: v1
kind: ConfigMap
metadata: {name: a}
data: {k: v}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: b}
dota: {k: v}
---
apiVersion: extensions/v1beta1
kind: Deployment
metadata: {name: c}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: d}
spec:
  replicas: -1
  selector: {matchLabels: {app: d}}
  template:
    metadata: {labels: {app: d}}
    spec: {containers: [{name: d, image: x}]}
";

    #[test]
    fn what_is_refused_is_told_and_the_rest_is_applied() {
        let (good, out, err) = ran(&["--nodes", "0", "--for", "1s", "-o", "json"], MIXED);
        assert!(!good);
        let err: String = err
            .split_inclusive('\n')
            .filter(|l| !l.contains("not simulated"))
            .collect();
        expect![[r#"
            configmap/a created
            The Deployment "d" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0
            error: STDIN:10:1: unknown field "dota"
            error: STDIN:12:13: no matches for kind "Deployment" in version "extensions/v1beta1"
            ensure CRDs are installed first
        "#]].assert_eq(&err);
        let list: Value = serde_json::from_str(&out).unwrap();
        let items = list["items"].as_array().unwrap();
        assert!(
            items
                .iter()
                .any(|i| i["kind"] == "ConfigMap" && i["metadata"]["name"] == "a")
        );
        assert!(items.iter().all(|i| i["metadata"]["name"] != "d"));
    }

    #[test]
    fn a_summary_is_one_line_of_json() {
        let (good, out, _) = ran(&["--nodes=0", "--for=90s"], "");
        assert!(good);
        let summary: Value = serde_json::from_str(out.trim_end()).unwrap();
        assert_eq!(out.lines().count(), 1);
        assert_eq!(summary["nodes"], 0);
        assert_eq!(summary["pods"], 0);
        assert_eq!(summary["virtualMs"], 90_000);
        assert!(summary["peakBytes"].as_u64().unwrap() > 1_000);
        for field in ["ready", "cpuMs", "events"] {
            assert!(summary[field].is_u64(), "{field}");
        }
    }

    #[test]
    fn an_empty_cluster_settles_and_yaml_can_be_applied_again() {
        let (good, out, _) = ran(&["--nodes=0", "-o=yaml"], "");
        assert!(good);
        let again = decode("again", &out);
        assert_eq!(again.problems, []);
        assert!(again.manifests.len() > 10);
        let (_, table, _) = ran(&["--nodes=0", "-o=events"], "");
        assert!(table.starts_with("NAMESPACE"), "{table}");
    }

    const WEB: &str = "
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 10
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: 'nginx:1.27', ports: [{containerPort: 80}]}]}
";

    #[test]
    fn pods_become_ready_and_events_tell_of_it() {
        let (good, out, err) = ran(&["--nodes=2"], WEB);
        assert!(good, "{err}");
        let summary: Value = serde_json::from_str(out.trim_end()).unwrap();
        assert_eq!(
            (&summary["pods"], &summary["ready"]),
            (&json!(10), &json!(10))
        );
        assert!(summary["virtualMs"].as_u64().unwrap() < 120_000);
        let (_, table, _) = ran(&["--nodes=2", "-o=events"], WEB);
        assert!(table.contains("Scaled up replica set"), "{table}");
    }

    #[test]
    fn a_real_shop_comes_up() {
        let shared = std::env::var_os("PODARIUM_SHARED").map_or_else(
            || std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
            std::path::PathBuf::from,
        );
        let path = shared.join("manifests/microservices-demo/release/kubernetes-manifests.yaml");
        let Ok(text) = std::fs::read_to_string(&path) else {
            eprintln!("skipped: no shared manifests (set PODARIUM_SHARED)");
            return;
        };
        let (good, out, err) = ran(&[], &text);
        assert!(good, "{err}");
        let summary: Value = serde_json::from_str(out.trim_end()).unwrap();
        assert_eq!(
            (&summary["pods"], &summary["ready"]),
            (&json!(12), &json!(12))
        );
    }

    #[test]
    fn flags_that_make_no_sense_are_refused() {
        for flags in [
            &["--for=1s", "--until-settled", "-"][..],
            &["--zones=0", "-"],
            &["--for=soon", "-"],
            &["--nodes=-1", "-"],
            &[],
        ] {
            let line = ["run"].iter().chain(flags);
            assert!(Line::try_parse_from(line).is_err(), "{flags:?}");
        }
    }
}
