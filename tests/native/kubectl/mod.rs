//! Real kubectl against `podarium serve`: transcripts that are run again, and compared with what they say.
//!
//! A transcript (`cases/*.txt`) is what a person's terminal would show: `$ ` begins a command and `> ` goes on with one, what follows is
//! what was printed, a `## ` line is prose. The first command starts the server. `UPDATE_EXPECT=1` writes what was printed into
//! the files; times, ages, addresses and whatever else differs from run to run is masked (`mask.rs`).

mod mask;
mod server;
mod shell;
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
    auth_says_who_may_do_what: "auth",
    create_makes_every_kind_it_knows: "create",
}

#[test]
fn every_transcript_is_run() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/native/kubectl/cases");
    let mut there: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            entry
                .unwrap()
                .path()
                .file_stem()
                .unwrap()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    there.sort();
    let mut run = CASES.to_vec();
    run.sort_unstable();
    assert_eq!(there, run);
}
