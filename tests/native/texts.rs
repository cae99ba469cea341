//! Checks of the page's texts: every message that is asked for exists, with the variables that it is given.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Messages whose ids are put together: the prefix in the code, and what may follow it.
const MADE: &[(&str, &[&str])] = &[
    ("pane-", &["manifests", "stage", "inspector"]),
    (
        "legend-",
        &[
            "ready",
            "starting",
            "not-ready",
            "crash",
            "leaving",
            "pending",
        ],
    ),
    ("tab-", &["what", "why", "yaml", "events"]),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, ending, found);
        } else if path.to_string_lossy().ends_with(ending)
            && !is_test(path.strip_prefix(root()).unwrap())
        {
            found.push(path);
        }
    }
}

/// Whether only tests use the file.
fn is_test(path: &Path) -> bool {
    let of_tests =
        |part: &str| part.ends_with("tests.rs") || ["testing.rs", "tests"].contains(&part);
    path.iter().any(|part| part.to_str().is_some_and(of_tests))
}

/// All files of that ending under the folder, joined, without comments and without what only tests hold.
fn text(folder: &str, ending: &str) -> String {
    let mut found = Vec::new();
    files(&root().join(folder), ending, &mut found);
    let mut whole = String::new();
    for path in found {
        let text = fs::read_to_string(path).unwrap();
        let code = text.split("#[cfg(test)]\n").next().unwrap_or("");
        for line in code
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
        {
            whole.push_str(line);
            whole.push('\n');
        }
    }
    whole
}

/// English messages (attributes as `message.attribute`), each with the variables that it uses.
fn messages() -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut message = String::new();
    let mut current = String::new();
    let mut twice = Vec::new();
    for line in text("src/app/i18n/en", ".ftl").lines() {
        if line.starts_with('#') {
            continue;
        }
        if let Some((id, _)) = line.split_once('=') {
            let id = id.trim_end();
            if let Some(attribute) = id.trim_start().strip_prefix('.') {
                current = format!("{message}.{attribute}");
                found.entry(current.clone()).or_default();
            } else if !id.is_empty() && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
                message = id.to_owned();
                current = message.clone();
                if found.insert(current.clone(), BTreeSet::new()).is_some() {
                    twice.push(current.clone());
                }
            }
        }
        for rest in line.split('$').skip(1) {
            let name = rest
                .split(|c: char| !c.is_ascii_alphanumeric())
                .next()
                .unwrap_or("");
            found
                .entry(current.clone())
                .or_default()
                .insert(name.to_owned());
        }
    }
    assert!(twice.is_empty(), "messages that stand twice: {twice:?}");
    found
}

/// What stands between the quotes that follow every `start`, white space aside.
fn quoted<'a>(code: &'a str, start: &str) -> Vec<(&'a str, &'a str)> {
    let after = code.split(start).skip(1);
    let found = after.filter_map(|rest| rest.trim_start().strip_prefix('"')?.split_once('"'));
    found.collect()
}

/// Fails with every id of `used` that no message has.
fn all_exist(used: impl IntoIterator<Item = String>) {
    let messages = messages();
    let missing: BTreeSet<String> = used
        .into_iter()
        .filter(|id| !messages.contains_key(id))
        .collect();
    assert!(
        missing.is_empty(),
        "no message in src/app/i18n/en: {missing:#?}"
    );
}

#[test]
fn every_text_of_the_page_exists() {
    let code = text("src/app", ".rs");
    let mut used: Vec<String> = Vec::new();
    for start in ["t!(", "texts::format(", " format("] {
        let ids = quoted(&code, start).into_iter().map(|(id, _)| id);
        used.extend(ids.filter(|id| !id.contains('{')).map(str::to_owned));
    }
    for (prefix, endings) in MADE {
        assert!(
            code.contains(&format!("\"{prefix}{{")),
            "nothing makes messages from {prefix}"
        );
        used.extend(endings.iter().map(|ending| format!("{prefix}{ending}")));
    }
    // Keys of the help, and CodeMirror's phrases.
    used.extend(code.split("\", \"").filter_map(|rest| {
        let id = rest.split('"').next()?;
        (id.starts_with("key-") || id.starts_with("editor-")).then(|| id.to_owned())
    }));
    assert!(
        used.len() > 100,
        "only {} texts found in the code",
        used.len()
    );
    all_exist(used);
}

#[test]
fn every_text_is_given_its_variables() {
    let code = text("src/app", ".rs");
    let messages = messages();
    let mut wrong = Vec::new();
    for (id, rest) in quoted(&code, "t!(") {
        // Up to the closing bracket of the macro.
        let mut depth = 1;
        let end = rest.find(|c| {
            depth += match c {
                '(' | '[' | '{' => 1,
                ')' | ']' | '}' => -1,
                _ => 0,
            };
            depth == 0
        });
        let arguments = &rest[..end.unwrap_or(rest.len())];
        let given = arguments.split([',', '\n']).filter_map(|part| {
            let (name, value) = part.trim().split_once(" = ")?;
            (!value.is_empty() && name.chars().all(|c| c.is_ascii_lowercase()))
                .then(|| name.to_owned())
        });
        let given: BTreeSet<String> = given.collect();
        let wanted = messages.get(id).cloned().unwrap_or_default();
        if given != wanted {
            wrong.push(format!("{id}: given {given:?}, uses {wanted:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_reason_of_the_cluster_has_a_sentence() {
    let code = text("src/cluster", ".rs");
    let made = ["Why::new(", "Why::with(", " why("]
        .into_iter()
        .flat_map(|start| quoted(&code, start));
    let name = |id: &str| {
        id.chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    };
    let used: Vec<String> = made
        .filter(|(id, _)| name(id))
        .map(|(id, _)| format!("why-{id}"))
        .collect();
    assert!(
        used.len() > 20,
        "only {} reasons found in the code",
        used.len()
    );
    all_exist(used);
}

#[test]
fn every_word_of_the_stage_exists() {
    let code = text("src/scene", ".rs");
    let ids = code
        .split('"')
        .filter(|part| part.starts_with("scene-") && !part.contains(' '));
    all_exist(ids.map(str::to_owned));
}

#[test]
fn every_example_has_a_title_and_a_sentence() {
    let index = fs::read_to_string(root().join("static/examples/index.json")).unwrap();
    let examples = podarium_lessons::Example::list(&index).unwrap();
    all_exist(examples.iter().flat_map(|example| {
        [
            format!("example-{}", example.id),
            format!("example-{}.watch", example.id),
        ]
    }));
}
