//! Real kubectl against `podarium serve`: transcripts that are run again, and compared with what they say.
//!
//! A transcript (`cases/*.txt`) is what a person's terminal would show: `$ ` begins a command and `> ` goes on with one, what follows is
//! what was printed, a `## ` line is prose. The first command starts the server. `UPDATE_EXPECT=1` writes what was printed into
//! the files; times, ages, addresses and whatever else differs from run to run is masked (`mask.rs`).

mod manifests;
mod mask;
pub mod server;
pub mod shell;
mod transcript;

use std::path::Path;

/// One test per transcript; each has a server of its own.
macro_rules! cases {
    ($($name:ident: $file:literal,)*) => {
        const CASES: &[&str] = &[$($file),*];
        $(
            #[test]
            fn $name() {
                let path = concat!("cases/", $file, ".txt");
                transcript::check($file, include_str!(concat!("cases/", $file, ".txt")), &expect_test::expect_file![path]);
            }
        )*
    };
}

cases! {
    apply_merges_and_tells_what_it_did: "apply",
    auth_says_who_may_do_what: "auth",
    change_by_every_verb_that_changes: "change",
    create_makes_every_kind_it_knows: "create",
    custom_resources_are_like_any_other: "crd",
    delete_takes_along_what_it_should: "delete",
    describe_tells_of_every_kind: "describe",
    events_are_listed: "events",
    get_prints_in_every_form: "get",
    helm_installs_and_goes_back: "helm",
    learn_what_the_server_serves: "learn",
    nodes_are_cordoned_and_drained: "nodes",
    rollout_goes_forth_and_back: "rollout",
    tutorial_of_the_basics: "tutorials/basics",
    tutorial_of_config_maps: "tutorials/configmap",
    tutorial_of_stateful_sets: "tutorials/statefulset",
}

#[test]
fn every_transcript_is_run() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/native/kubectl/cases");
    let mut there = Vec::new();
    let mut folders = vec![folder.clone()];
    while let Some(inner) = folders.pop() {
        for entry in std::fs::read_dir(inner).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(&folder).unwrap().with_extension("");
                there.push(name.to_string_lossy().into_owned());
            }
        }
    }
    there.sort();
    let mut run = CASES.to_vec();
    run.sort_unstable();
    assert_eq!(there, run);
}
