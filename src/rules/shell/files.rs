//! Files as a container sees them: those that are known, those that were written, and the usual directories.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// Directories of any image.
const USUAL: [&str; 16] = [
    "/bin", "/dev", "/etc", "/home", "/lib", "/media", "/mnt", "/opt", "/proc", "/root", "/run",
    "/sbin", "/srv", "/sys", "/tmp", "/usr",
];

/// Files by absolute path.
pub struct Files {
    /// `None` is a directory.
    known: BTreeMap<String, Option<String>>,
    /// What was written since: a text, a directory (`Some(None)`), or gone (`None`).
    written: BTreeMap<String, Option<Option<String>>>,
}

impl Files {
    /// Files that are there when it begins: texts by path, null for a directory.
    pub fn new(given: &Value) -> Self {
        let known = given.as_object().into_iter().flatten();
        Files {
            known: known
                .map(|(path, text)| (path.clone(), text.as_str().map(Into::into)))
                .collect(),
            written: BTreeMap::new(),
        }
    }

    /// The text of a file; `None` where there is none of that name.
    pub fn read(&self, path: &str) -> Option<&str> {
        match self.written.get(path) {
            Some(written) => written.as_ref()?.as_deref(),
            None => self.known.get(path)?.as_deref(),
        }
    }

    /// Whether it is a directory.
    pub fn is_dir(&self, path: &str) -> bool {
        let written = self.written.get(path);
        if written == Some(&None) {
            return false;
        }
        path == "/"
            || USUAL.contains(&path)
            || written == Some(&Some(None))
            || self.known.get(path) == Some(&None)
            || !self.children(path).is_empty()
    }

    /// Names of what is in a directory, sorted.
    pub fn children(&self, dir: &str) -> Vec<String> {
        let dir = dir.trim_end_matches('/');
        let below = |path: &str| {
            let rest = path.strip_prefix(dir)?.strip_prefix('/')?;
            let name = rest.split('/').next()?;
            (!name.is_empty()).then(|| name.to_owned())
        };
        let gone = |path: &str| self.written.get(path) == Some(&None);
        let known = self.known.keys().filter(|path| !gone(path));
        let written = self.written.iter().filter(|(_, now)| now.is_some());
        let usual = USUAL.iter().filter(|path| dir.is_empty() && !gone(path));
        let mut names: Vec<String> = known
            .filter_map(|path| below(path))
            .chain(written.filter_map(|(path, _)| below(path)))
            .chain(usual.filter_map(|path| below(path)))
            .collect();
        names.sort();
        names.dedup();
        names
    }

    /// Writes a text, whole or behind what is there.
    pub fn write(&mut self, path: &str, text: &str, append: bool) {
        let mut all = match append {
            true => self.read(path).unwrap_or_default().to_owned(),
            false => String::new(),
        };
        all.push_str(text);
        self.written.insert(path.into(), Some(Some(all)));
    }

    /// Makes a directory.
    pub fn make_dir(&mut self, path: &str) {
        self.written.insert(path.into(), Some(None));
    }

    /// Removes a file, or a directory with what is in it.
    pub fn remove(&mut self, path: &str) {
        let inside = format!("{}/", path.trim_end_matches('/'));
        let known = self.known.keys().chain(self.written.keys());
        let all: Vec<String> = known
            .filter(|p| *p == path || p.starts_with(&inside))
            .cloned()
            .collect();
        for path in all.into_iter().chain([path.into()]) {
            self.written.insert(path, None);
        }
    }

    /// What was written, for the next time: texts by path, `{"dir": true}` for a directory, null for what is gone.
    pub fn written(&self) -> Value {
        let each = self.written.iter().map(|(path, now)| {
            let now = match now {
                None => Value::Null,
                Some(None) => json!({"dir": true}),
                Some(Some(text)) => text.as_str().into(),
            };
            (path.clone(), now)
        });
        Value::Object(each.collect())
    }
}

/// An absolute path without `.` and `..`.
pub fn absolute(cwd: &str, path: &str) -> String {
    let whole = match path.strip_prefix('/') {
        Some(_) => path.to_owned(),
        None => format!("{cwd}/{path}"),
    };
    let mut parts: Vec<&str> = Vec::new();
    for part in whole.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}
