//! Every reason that a controller records has its sentence, and every sentence its reason.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn sources(folder: &Path, out: &mut String) {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    entries.sort();
    for path in entries {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            sources(&path, out);
        } else if !name.contains("test") {
            // The tests of a file stand at its end and have reasons of their own.
            let text = fs::read_to_string(&path).unwrap();
            out.push_str(text.split("#[cfg(test)]\nmod tests {").next().unwrap());
        }
    }
}

#[test]
fn reasons_and_sentences_are_one_to_one() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut code = String::new();
    sources(&root.join("controllers"), &mut code);
    let ftl = fs::read_to_string(root.join("../app/i18n/en/why-controllers.ftl")).unwrap();
    let sentences: BTreeSet<&str> = ftl
        .lines()
        .filter_map(|l| l.strip_prefix("why-")?.split_once(" =").map(|(id, _)| id))
        .collect();
    let unsaid: Vec<_> = sentences
        .iter()
        .filter(|id| !code.contains(&format!("\"{id}\"")))
        .collect();
    assert_eq!(unsaid, [&""; 0], "sentences that nobody says");
    let mut reasons = BTreeSet::new();
    for start in ["Why::with(", "Why::new("] {
        for part in code.split(start).skip(1) {
            if let Some(id) = part.trim_start().strip_prefix('"') {
                reasons.insert(id.split('"').next().unwrap());
            }
        }
    }
    assert!(reasons.len() > 30);
    let mute: Vec<_> = reasons.difference(&sentences).collect();
    assert_eq!(mute, [&""; 0], "reasons without a sentence");
}
