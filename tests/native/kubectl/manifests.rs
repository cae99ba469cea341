//! Every real manifest of the shared material, applied by real kubectl: what is refused, what does not settle, and that nothing differs.
//!
//! Files that do not get into each other's way (no object of one is in another, nothing in one decides about the other's) are
//! applied by one command to one cluster, for a kubectl takes its time to start.
//!
//! What kubectl patches again is what it would patch again anywhere: lists without merge keys that got defaults (volume claims, limits,
//! rules), quantities that are not written as the API prints them, and a pod's volumes and tolerations beside those of admission.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use expect_test::expect_file;
use podarium_api::decode::{Manifest, decode};

use super::server::Server;
use super::shell::{Shell, tool};
use crate::decode::{files, manifests};

/// Kinds whose objects decide about other objects.
const DECIDING: &[&str] = &[
    "HorizontalPodAutoscaler",
    "LimitRange",
    "PriorityClass",
    "ResourceQuota",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding",
];
/// As many clusters at once.
const WORKERS: usize = 3;
/// As many files to a cluster: a kubectl that asks more than 300 times slows itself down.
const LIMIT: usize = 50;

/// One file.
struct Source {
    name: String,
    /// `kind.group/name` of its objects, as kubectl writes them.
    objects: BTreeSet<String>,
    namespaces: BTreeSet<String>,
    /// Whether its objects decide about others; `None` for some of them.
    decides: Option<bool>,
    /// Whether all of its documents are of kinds that are served.
    known: bool,
}

fn source(root: &Path, path: &Path) -> Source {
    let text = std::fs::read_to_string(path).unwrap();
    let name = path.strip_prefix(root).unwrap().display().to_string();
    let decoded = decode(&name, &text);
    let all = &decoded.manifests;
    let deciding = |m: &Manifest| DECIDING.contains(&m.kind.info().kind);
    let decides = match all.iter().filter(|m| deciding(m)).count() {
        0 => Some(false),
        some if some == all.len() => Some(true),
        _ => None,
    };
    let brought = |name: &str| {
        all.iter()
            .any(|m| m.kind.info().kind == "Namespace" && m.name() == name)
    };
    Source {
        objects: all.iter().map(reference).collect(),
        namespaces: all
            .iter()
            .map(Manifest::namespace)
            .filter(|name| !name.is_empty() && !brought(name))
            .map(str::to_owned)
            .collect(),
        decides,
        known: decoded.problems.is_empty(),
        name,
    }
}

fn reference(manifest: &Manifest) -> String {
    let info = manifest.kind.info();
    let kind = info.kind.to_lowercase();
    let group = if info.group.is_empty() { "" } else { "." };
    format!("{kind}{group}{}/{}", info.group, manifest.name())
}

/// Puts each file into the first group that it fits into.
fn groups(sources: Vec<Source>) -> Vec<Vec<Source>> {
    let mut groups: Vec<Vec<Source>> = Vec::new();
    for source in sources {
        let fits = |group: &&mut Vec<Source>| {
            let beside = |other: &Source| {
                other.decides.is_some()
                    && (other.decides, other.known) == (source.decides, source.known)
                    && other.objects.is_disjoint(&source.objects)
            };
            group.len() < LIMIT && group.iter().all(beside)
        };
        match groups.iter_mut().find(fits) {
            Some(group) => group.push(source),
            None => groups.push(vec![source]),
        }
    }
    groups
}

/// What a group's commands said.
#[derive(Default)]
struct Said {
    created: usize,
    refused: BTreeSet<String>,
    warnings: BTreeSet<String>,
    configured: BTreeSet<String>,
    different: String,
}

impl Said {
    fn differ(&mut self, line: &str) {
        if !line.starts_with("Warning: ") {
            writeln!(self.different, "{line}").unwrap();
        }
    }
}

/// The lines of a `kubectl apply`: `Ok` for an object and what was done, `Err` for anything else.
fn lines(printed: &str) -> impl Iterator<Item = Result<(&str, &str), &str>> {
    printed.lines().map(|line| match line.split_once(' ') {
        Some((object, done @ ("created" | "configured" | "unchanged" | "serverside-applied"))) => {
            Ok((object, done))
        }
        _ => Err(line),
    })
}

fn run(number: usize, group: &[Source], said: &mut Said) {
    let server = Server::start(&format!("manifests-{number}"), &[]);
    let mut shell = Shell::start(server.home()).unwrap();
    let namespaces: BTreeSet<&String> = group.iter().flat_map(|s| &s.namespaces).collect();
    for name in namespaces {
        shell.run(&format!(
            "kubectl create namespace {name}; kubectl wait --for=create --namespace {name} serviceaccount/default"
        ));
    }
    shell.run("cd $MANIFESTS");
    let chosen = |wanted: &dyn Fn(&Source) -> bool| {
        let names = group.iter().filter(|source| wanted(source));
        names.fold(String::new(), |all, source| all + " -f " + &source.name)
    };

    let first = shell.run(&format!("kubectl apply{}", chosen(&|_| true)));
    let mut created = BTreeSet::new();
    for line in lines(&first) {
        match line {
            Ok((object, "created")) => {
                created.insert(object);
            }
            Ok((object, done)) => {
                said.refused.insert(format!("{object} {done}"));
            }
            Err(line) if line.starts_with("Warning: accepted, not simulated") => {}
            Err(line) if line.starts_with("Warning: ") => {
                said.warnings.insert(line.to_owned());
            }
            Err("ensure CRDs are installed first" | "(exit 1)" | "") => {}
            // Several of these are told in one sentence.
            Err(line) => {
                let line = line.trim_start_matches("ensure CRDs are installed first, ");
                let line = line.trim_start_matches("error: ").trim_start_matches('[');
                if line != "ensure CRDs are installed first]" {
                    said.refused.insert(line.to_owned());
                }
            }
        }
    }
    said.created += created.len();
    let accepted = |source: &Source| {
        let all = |object: &String| created.contains(object.as_str());
        source.known && source.objects.iter().all(all)
    };

    let accepted = chosen(&accepted);
    if accepted.is_empty() {
        return;
    }
    for line in lines(&shell.run(&format!("kubectl apply{accepted}"))) {
        match line {
            Ok((_, "unchanged")) => {}
            Ok((object, _)) => {
                said.configured.insert(object.to_owned());
            }
            Err(line) => said.differ(line),
        }
    }
    for line in shell.run(&format!("kubectl diff{accepted}")).lines() {
        said.differ(line);
    }
    // What was written from the client's side belongs to another manager.
    let forced = "--server-side --force-conflicts";
    for line in lines(&shell.run(&format!("kubectl apply {forced}{accepted}"))) {
        match line {
            Ok((_, "serverside-applied")) => {}
            Ok((object, done)) => said.differ(&format!("{object} {done}")),
            Err(line) => said.differ(line),
        }
    }
    let differences = shell.run(&format!("kubectl diff --server-side{accepted}"));
    for line in differences.lines() {
        said.differ(line);
    }
}

#[test]
fn every_real_manifest_is_taken_as_it_should_be() {
    let Some(root) = manifests().filter(|_| tool("KUBECTL").is_some()) else {
        return;
    };
    let mut paths: Vec<PathBuf> = Vec::new();
    files(&root, &mut paths);
    let groups = groups(paths.iter().map(|path| source(&root, path)).collect());
    let said: Mutex<BTreeMap<usize, Said>> = Mutex::default();
    let next: Mutex<_> = Mutex::new(groups.iter().enumerate());
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                while let Some((number, group)) = { next.lock().unwrap().next() } {
                    let mut one = Said::default();
                    run(number, group, &mut one);
                    said.lock().unwrap().insert(number, one);
                }
            });
        }
    });
    let said = said.into_inner().unwrap();
    let list = |of: fn(&Said) -> &BTreeSet<String>| {
        let all: BTreeSet<&String> = said.values().flat_map(of).collect();
        all.into_iter()
            .fold(String::new(), |text, line| text + line + "\n")
    };
    let created: usize = said.values().map(|one| one.created).sum();
    let different: String = said.values().map(|one| one.different.as_str()).collect();
    let text = format!(
        "## Of {} files in {} clusters, {created} objects were created. Warnings:\n{}\n\
         ## Refused\n{}\n\
         ## Patched again by a second apply\n{}\n\
         ## Different afterwards\n{different}",
        paths.len(),
        groups.len(),
        list(|one| &one.warnings),
        list(|one| &one.refused),
        list(|one| &one.configured),
    );
    expect_file!["manifests.txt"].assert_eq(&text);
}
