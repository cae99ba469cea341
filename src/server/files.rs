//! From what is named on the command line to texts of manifests.
// upstream: staging/src/k8s.io/cli-runtime/pkg/resource/visitor.go ExpandPathsToFileVisitors

use std::fs;
use std::io::{self, Read};
use std::path::Path;

/// A text and what it is called.
#[derive(Debug, PartialEq, Eq)]
pub struct Text {
    /// The path, or `STDIN`.
    pub name: String,
    /// What is in it.
    pub text: String,
}

/// Reads a file, every manifest in a directory (by name, not below it), or with `-` the standard input.
///
/// # Errors
/// A sentence that names the path.
pub fn read(path: &str, input: &mut impl Read) -> Result<Vec<Text>, String> {
    if path == "-" {
        let mut bytes = Vec::new();
        input
            .read_to_end(&mut bytes)
            .map_err(|e| format!("error reading STDIN: {e}"))?;
        return Ok(vec![text("STDIN", bytes)?]);
    }
    let failed = |e: io::Error| match e.kind() {
        io::ErrorKind::NotFound => format!("the path {path:?} does not exist"),
        _ => format!("error reading {path}: {e}"),
    };
    if !fs::metadata(path).map_err(failed)?.is_dir() {
        return Ok(vec![text(path, fs::read(path).map_err(failed)?)?]);
    }
    let mut inside = Vec::new();
    for entry in fs::read_dir(path).map_err(failed)? {
        let file = entry.map_err(failed)?.path();
        if file.is_file() && is_manifest(&file) {
            inside.push(file);
        }
    }
    inside.sort();
    if inside.is_empty() {
        return Err(format!(
            "error reading [{path}]: recognized file extensions are [.json .yaml .yml]"
        ));
    }
    inside
        .iter()
        .map(|file| text(&file.to_string_lossy(), fs::read(file).map_err(failed)?))
        .collect()
}

fn is_manifest(path: &Path) -> bool {
    let ending = path.extension().and_then(|e| e.to_str());
    matches!(ending, Some("json" | "yaml" | "yml"))
}

fn text(name: &str, bytes: Vec<u8>) -> Result<Text, String> {
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Text {
            name: name.into(),
            text,
        }),
        Err(_) => Err(format!("error parsing {name}: it is not UTF-8 text")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_directories_and_the_standard_input() {
        let folder = std::env::temp_dir().join(format!("podarium-files-{}", std::process::id()));
        fs::create_dir_all(folder.join("below")).unwrap();
        for (name, text) in [
            ("b.yaml", "b"),
            ("a.json", "a"),
            ("c.txt", "c"),
            ("below/d.yaml", "d"),
        ] {
            fs::write(folder.join(name), text).unwrap();
        }
        let path = folder.to_string_lossy().into_owned();
        let none = &mut io::empty();
        let all: Vec<_> = read(&path, none)
            .unwrap()
            .into_iter()
            .map(|t| t.text)
            .collect();
        assert_eq!(all, ["a", "b"]);
        let below = read(&format!("{path}/below/d.yaml"), none).unwrap();
        assert_eq!(below[0].text, "d");
        let missing = read(&format!("{path}/none"), none).unwrap_err();
        assert_eq!(
            missing,
            format!("the path {:?} does not exist", format!("{path}/none"))
        );
        let input = read("-", &mut "hello".as_bytes()).unwrap();
        assert_eq!(
            (input[0].name.as_str(), input[0].text.as_str()),
            ("STDIN", "hello")
        );
        assert!(
            read("-", &mut &[0xff_u8][..])
                .unwrap_err()
                .contains("UTF-8")
        );
        fs::remove_dir_all(folder).unwrap();
    }
}
