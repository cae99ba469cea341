//! Checks of the tree itself: layering, purity, first lines and versions that must agree.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What each member may depend on among the members: the arrows of the design, and no others.
const LAYERS: &[(&str, &[&str])] = &[
    ("api", &[]),
    ("rules", &["api"]),
    ("cluster", &["api", "rules"]),
    ("kubectl", &["api", "cluster"]),
    ("scene", &["api", "cluster"]),
    ("lessons", &["api", "cluster", "kubectl", "scene"]),
    ("app", &["api", "cluster", "kubectl", "scene", "lessons"]),
    ("server", &["api", "cluster", "kubectl", "lessons"]),
];

/// Members that compute the same thing for the same input, always and everywhere.
const PURE: &[&str] = &["api", "rules", "cluster", "kubectl", "scene", "lessons"];

/// What makes a pure member depend on when, where or in which process it runs.
const IMPURE: &[(&str, &str)] = &[
    ("Instant", "virtual time comes from the cluster's clock"),
    ("SystemTime", "virtual time comes from the cluster's clock"),
    ("Utc::now", "virtual time comes from the cluster's clock"),
    (
        "HashMap",
        "its order differs from run to run: BTreeMap or imbl::OrdMap",
    ),
    (
        "HashSet",
        "its order differs from run to run: BTreeSet or imbl::OrdSet",
    ),
    ("RandomState", "randomness comes from the cluster's seed"),
    ("thread_rng", "randomness comes from the cluster's seed"),
    ("getrandom", "randomness comes from the cluster's seed"),
    ("thread::", "the core is synchronous"),
    ("async fn", "the core is synchronous"),
    ("std::env", "the core reads nothing of its surroundings"),
    ("std::fs", "the core reads nothing of its surroundings"),
    ("TcpStream", "the core opens no connection"),
    ("TcpListener", "the core opens no connection"),
    ("UdpSocket", "the core opens no connection"),
    ("web_sys", "the core knows no browser"),
    ("js_sys", "the core knows no browser"),
    ("wasm_bindgen", "the core knows no browser"),
];

const MOST_LINES_OF_A_PURE_FILE: usize = 600;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every file under `folder` with this ending, in order, as paths from the root.
fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().ends_with(ending) {
                found.push(path.strip_prefix(root()).unwrap().to_path_buf());
            }
        }
    }
    found.sort();
    found
}

/// The files of a member's library or binary: not what Cargo takes for programs beside it, its examples and integration tests.
fn sources(folder: &str) -> impl Iterator<Item = PathBuf> {
    files(folder, ".rs").into_iter().filter(|path| {
        let parts: Vec<_> = path
            .components()
            .map(|part| part.as_os_str().to_string_lossy())
            .collect();
        match parts.as_slice() {
            [_, _, beside, ..] if beside == "tests" => false,
            [_, member, beside, ..] if beside == "examples" => {
                read(format!("src/{member}/Cargo.toml")).contains("autoexamples = false")
            }
            _ => true,
        }
    })
}

/// Whether the file is all tests, by its name or by its folder's.
fn is_tests(path: &Path) -> bool {
    let tests = |name: &str| name == "tests" || name == "testing" || name.ends_with("_tests");
    path.with_extension("")
        .components()
        .any(|part| tests(&part.as_os_str().to_string_lossy()))
}

/// A file without its own tests, which lie at its end.
fn without_tests(path: &Path) -> String {
    let mut text = read(path);
    if let Some(at) = text.find("#[cfg(test)]\nmod tests {") {
        text.truncate(at);
    }
    text
}

/// The code of a line: what stands before a comment.
fn code(line: &str) -> &str {
    line.split("//").next().unwrap_or("")
}

/// Whether `word` stands in `text` by itself and not inside a longer name.
fn names(text: &str, word: &str) -> bool {
    let part_of_name = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        let open_end = word.ends_with(':');
        !before.is_some_and(part_of_name) && (open_end || !after.is_some_and(part_of_name))
    })
}

/// Fails with every finding on a line of its own.
fn none(findings: Vec<String>) {
    assert!(findings.is_empty(), "\n{}", findings.join("\n"));
}

#[test]
fn members_depend_downwards_only() {
    let allowed: BTreeMap<&str, &[&str]> = LAYERS.iter().copied().collect();
    let members: BTreeSet<String> = fs::read_dir(root().join("src"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.join("Cargo.toml").exists())
        .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    assert_eq!(
        members,
        allowed.keys().map(|name| (*name).to_owned()).collect(),
        "members of the workspace"
    );

    let mut wrong = Vec::new();
    for member in &members {
        for line in read(format!("src/{member}/Cargo.toml")).lines() {
            let Some(rest) = line.strip_prefix("podarium-") else {
                continue;
            };
            let other = rest
                .split(|c: char| !c.is_ascii_alphanumeric())
                .next()
                .unwrap_or("");
            if !allowed[member.as_str()].contains(&other) {
                wrong.push(format!(
                    "src/{member}/Cargo.toml: podarium-{member} must not depend on podarium-{other}"
                ));
            }
        }
    }
    none(wrong);
}

#[test]
fn every_file_says_first_what_it_is_for() {
    let files = files("src", ".rs").into_iter().chain(files("tests", ".rs"));
    none(
        files
            .filter(|path| !read(path).starts_with("//! "))
            .map(|path| {
                format!(
                    "{}: the first line does not begin with `//! `",
                    path.display()
                )
            })
            .collect(),
    );
}

#[test]
fn pure_members_know_no_clock_no_thread_and_no_chance() {
    let mut wrong = Vec::new();
    for member in PURE {
        // What only the Rust client of tests is built with knows the time.
        let of_tests = |path: &Path| is_tests(path) || path.ends_with("src/api/jiff/now.rs");
        for path in sources(&format!("src/{member}")).filter(|path| !of_tests(path)) {
            for (number, line) in without_tests(&path).lines().enumerate() {
                for (word, reason) in IMPURE {
                    if names(code(line), word) {
                        wrong.push(format!(
                            "{}:{}: {word}: {reason}",
                            path.display(),
                            number + 1
                        ));
                    }
                }
            }
        }
    }
    none(wrong);
}

#[test]
fn names_are_found_whole() {
    assert!(names("use std::collections::HashMap;", "HashMap"));
    assert!(names("std::thread::spawn(run)", "thread::"));
    assert!(!names("let instants = Instants::new()", "Instant"));
    assert!(!names("pthread::spawn", "thread::"));
    assert_eq!(code("let a = 1; // not a HashMap"), "let a = 1; ");
}

#[test]
fn files_of_pure_members_stay_short() {
    let mut wrong = Vec::new();
    for member in PURE {
        for path in sources(&format!("src/{member}")) {
            let lines = without_tests(&path).lines().count();
            if !is_tests(&path) && lines > MOST_LINES_OF_A_PURE_FILE {
                wrong.push(format!(
                    "{}: {lines} lines are more than one idea",
                    path.display()
                ));
            }
        }
    }
    none(wrong);
}

#[test]
fn every_file_is_compiled() {
    let parent = |path: &Path| {
        let folder = path.parent().unwrap();
        let (folder, name) = if path.ends_with("mod.rs") {
            (folder.parent().unwrap(), folder.file_name().unwrap())
        } else {
            (folder, path.file_stem().unwrap())
        };
        let module = ["mod.rs", "lib.rs", "main.rs"]
            .map(|file| folder.join(file))
            .into_iter();
        let module = module
            .chain([folder.with_extension("rs")])
            .find(|file| root().join(file).exists());
        (module, format!("mod {};", name.to_string_lossy()))
    };
    none(
        sources("src")
            .filter(|path| {
                let cargo_s = ["lib.rs", "main.rs", "build.rs"];
                !cargo_s.iter().any(|file| path.ends_with(file))
            })
            .filter(|path| {
                let (module, line) = parent(path);
                !module.is_some_and(|module| read(module).contains(&line))
            })
            .map(|path| {
                format!(
                    "{}: no module names it, so it is not compiled",
                    path.display()
                )
            })
            .collect(),
    );
}

#[test]
fn registries_are_complete() {
    let entry = |line: &str| {
        [
            "doc: Doc {",
            "Doc = Doc {",
            "fn doc(&self) -> &'static Doc {",
        ]
        .iter()
        .any(|form| line.contains(form))
    };
    let lists = |text: &str| -> String {
        let starts = text.match_indices("ALL: &[").map(|(at, _)| at);
        starts
            .filter_map(|at| text[at..].split("];").next())
            .collect()
    };
    let files = files("src/cluster", ".rs");
    let registered: String = files.iter().map(|path| lists(&read(path))).collect();
    let entries: Vec<&PathBuf> = files
        .iter()
        // A file with a list of its own (several entries in one room) is complete by its constants being used.
        .filter(|path| read(path).lines().any(entry) && !read(path).contains("&[&Doc]"))
        .collect();
    assert!(
        !entries.is_empty(),
        "no file describes an entry: the forms above are not the code's any more"
    );
    none(
        entries
            .into_iter()
            .filter(|path| {
                let named = if path.ends_with("mod.rs") {
                    path.parent().unwrap()
                } else {
                    path.as_path()
                };
                !names(
                    &registered,
                    &format!("{}::", named.file_stem().unwrap().to_string_lossy()),
                )
            })
            .map(|path| format!("{}: describes an entry that no ALL lists", path.display()))
            .collect(),
    );
}

#[test]
fn clippy_knows_what_the_pure_members_must_not_use() {
    let first = read("src/api/clippy.toml");
    assert!(first.contains("disallowed-types") && first.contains("disallowed-methods"));
    for member in PURE {
        assert_eq!(
            read(format!("src/{member}/clippy.toml")),
            first,
            "src/{member}/clippy.toml"
        );
    }
}

#[test]
fn tools_and_crates_agree_on_versions() {
    let versions = read("script/versions");
    let tool = versions
        .lines()
        .find_map(|line| line.strip_prefix("WASM_BINDGEN_VERSION="))
        .expect("script/versions names wasm-bindgen's version");
    let lock = read("Cargo.lock");
    assert!(
        lock.contains(&format!("name = \"wasm-bindgen\"\nversion = \"{tool}\"\n")),
        "Cargo.lock"
    );
    assert!(
        read("Trunk.toml").contains(&format!("wasm_bindgen = \"{tool}\"")),
        "Trunk.toml"
    );
}

#[test]
fn what_users_notice_is_written_down() {
    let log = read("CHANGELOG.md");
    assert!(
        log.contains("## [Unreleased]"),
        "CHANGELOG.md has no section for what comes next"
    );
    for page in ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "LICENSE"] {
        assert!(!read(page).trim().is_empty(), "{page} is empty");
    }
}

#[test]
fn nothing_generated_is_tracked() {
    let listed = Command::new("git")
        .args(["ls-files"])
        .current_dir(root())
        .output();
    let Some(listed) = listed.ok().filter(|output| output.status.success()) else {
        println!("not in a git checkout: nothing to look at");
        return;
    };
    let generated = [
        "target/",
        "dist/",
        "node_modules/",
        "test-results/",
        "playwright-report/",
    ];
    none(
        String::from_utf8(listed.stdout)
            .unwrap()
            .lines()
            .filter(|path| {
                generated.iter().any(|folder| path.starts_with(folder))
                    || path.ends_with(".wasm")
                    || path.ends_with(".log")
            })
            .map(|path| format!("{path}: generated, and tracked all the same"))
            .collect(),
    );
}

#[test]
fn the_lock_file_names_no_registry_of_one_machine() {
    let foreign: Vec<String> = read("package-lock.json")
        .lines()
        .filter(|line| {
            line.contains("\"resolved\"") && !line.contains("https://registry.npmjs.org/")
        })
        .map(str::to_owned)
        .collect();
    none(foreign);
}
