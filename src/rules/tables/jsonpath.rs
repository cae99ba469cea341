//! JSONPath as far as printer columns go: fields, indexes, wildcards, filters by comparison.
// upstream: staging/src/k8s.io/client-go/util/jsonpath/jsonpath.go, parser.go

use serde_json::Value;

/// A path, read.
pub struct Path(Vec<Step>);

enum Step {
    /// `.name`, `['name']`
    Field(String),
    /// `[2]`, `[-1]`
    Index(i64),
    /// `[*]`, `.*`
    All,
    /// `..name`
    Deep(String),
    /// `[?(@.type=="Ready")]`
    Filter {
        left: Path,
        compare: String,
        right: Value,
    },
}

impl Path {
    /// Reads a path as `.status.conditions[?(@.type=="Ready")].status`; none where it is no path.
    pub fn read(text: &str) -> Option<Path> {
        let mut steps = Vec::new();
        let mut rest = text.strip_prefix('$').unwrap_or(text);
        while !rest.is_empty() {
            let step;
            (step, rest) = if let Some(after) = rest.strip_prefix("..") {
                let (name, rest) = name(after);
                (Step::Deep(name), rest)
            } else if let Some(after) = rest.strip_prefix('.') {
                match name(after) {
                    (name, rest) if name == "*" => (Step::All, rest),
                    (name, rest) if !name.is_empty() => (Step::Field(name), rest),
                    _ => return None,
                }
            } else {
                let (inside, rest) = bracket(rest.strip_prefix('[')?)?;
                (subscript(inside.trim())?, rest)
            };
            steps.push(step);
        }
        (!text.is_empty()).then_some(Path(steps))
    }

    /// The first value that the path leads to.
    pub fn first<'a>(&self, value: &'a Value) -> Option<&'a Value> {
        self.all(value).into_iter().next()
    }

    fn all<'a>(&self, value: &'a Value) -> Vec<&'a Value> {
        let mut here = vec![value];
        for step in &self.0 {
            here = here.into_iter().flat_map(|v| step.from(v)).collect();
        }
        here
    }
}

impl Step {
    fn from<'a>(&self, value: &'a Value) -> Vec<&'a Value> {
        let list = || value.as_array().map_or(&[][..], Vec::as_slice);
        match self {
            Step::Field(name) => value.get(name).into_iter().collect(),
            Step::Index(n) => {
                let from_end = |n: i64| list().len().checked_sub(n.unsigned_abs() as usize);
                let at = if *n < 0 {
                    from_end(*n)
                } else {
                    usize::try_from(*n).ok()
                };
                at.and_then(|at| list().get(at)).into_iter().collect()
            }
            Step::All => children(value),
            Step::Deep(name) => {
                let mut found: Vec<_> = value.get(name).into_iter().collect();
                found.extend(children(value).into_iter().flat_map(|v| self.from(v)));
                found
            }
            Step::Filter {
                left,
                compare,
                right,
            } => {
                let holds = |item: &&Value| {
                    let left = left.first(item);
                    match compare.as_str() {
                        "" => left.is_some(),
                        _ => left.is_some_and(|left| compared(left, compare, right)),
                    }
                };
                list().iter().filter(holds).collect()
            }
        }
    }
}

fn children(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(items) => items.iter().collect(),
        Value::Object(map) => map.values().collect(),
        _ => Vec::new(),
    }
}

fn compared(left: &Value, compare: &str, right: &Value) -> bool {
    use std::cmp::Ordering::{Equal, Greater, Less};
    let order = match (left, right) {
        (Value::String(a), Value::String(b)) => Some(a.cmp(b)),
        (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(b)),
        (Value::Number(a), Value::Number(b)) => {
            let (a, b) = (a.as_f64(), b.as_f64());
            a.zip(b).and_then(|(a, b)| a.partial_cmp(&b))
        }
        _ => None,
    };
    match (compare, order) {
        ("==", Some(Equal)) | ("<", Some(Less)) | (">", Some(Greater)) => true,
        ("<=", Some(Less | Equal)) | (">=", Some(Greater | Equal)) => true,
        ("!=", Some(order)) => order != Equal,
        _ => false,
    }
}

/// A field's name up to the next step; a backslash takes the next character as it is.
fn name(text: &str) -> (String, &str) {
    let mut name = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => name.extend(chars.next().map(|(_, c)| c)),
            '.' | '[' => return (name, &text[at..]),
            _ => name.push(c),
        }
    }
    (name, "")
}

/// What stands up to the bracket that closes, and what follows it.
fn bracket(text: &str) -> Option<(&str, &str)> {
    let (mut depth, mut quote) = (0, None);
    for (at, c) in text.char_indices() {
        match (c, quote) {
            (c, Some(q)) if c == q => quote = None,
            (_, Some(_)) => {}
            ('\'' | '"', None) => quote = Some(c),
            ('[', None) => depth += 1,
            (']', None) if depth == 0 => return Some((&text[..at], &text[at + 1..])),
            (']', None) => depth -= 1,
            _ => {}
        }
    }
    None
}

fn quoted(text: &str) -> Option<&str> {
    let with = |q: char| text.strip_prefix(q)?.strip_suffix(q);
    with('\'').or_else(|| with('"'))
}

fn subscript(text: &str) -> Option<Step> {
    if text == "*" {
        return Some(Step::All);
    }
    if let Some(name) = quoted(text) {
        return Some(Step::Field(name.replace("\\.", ".")));
    }
    if let Some(filter) = text.strip_prefix("?(").and_then(|t| t.strip_suffix(')')) {
        let compare = ["==", "!=", "<=", ">=", "<", ">"];
        let found = compare
            .iter()
            .filter_map(|c| Some((filter.find(c)?, *c)))
            .min_by_key(|f| f.0);
        let (left, compare, right) = match found {
            Some((at, c)) => (&filter[..at], c, filter[at + c.len()..].trim()),
            None => (filter, "", "null"),
        };
        return Some(Step::Filter {
            left: Path::read(left.trim().strip_prefix('@')?)?,
            compare: compare.into(),
            right: match quoted(right) {
                Some(text) => text.into(),
                None => serde_json::from_str(right).ok()?,
            },
        });
    }
    text.parse().ok().map(Step::Index)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn paths_lead_where_upstream_s_lead() {
        let value = json!({
            "spec": {"size": 3, "a.b": "dotted", "names": ["x", "y", "z"]},
            "metadata": {"annotations": {"example.com/owner": "me"}},
            "status": {"conditions": [
                {"type": "Synced", "status": "False", "n": 1},
                {"type": "Ready", "status": "True", "n": 2},
            ]},
        });
        for (path, leads) in [
            (".spec.size", json!([3])),
            ("$.spec.size", json!([3])),
            (".spec.none", json!([])),
            (".spec.none.deeper", json!([])),
            (".spec['a.b']", json!(["dotted"])),
            (".spec.a\\.b", json!(["dotted"])),
            (".metadata.annotations.example\\.com/owner", json!(["me"])),
            (
                ".metadata.annotations['example\\.com/owner']",
                json!(["me"]),
            ),
            (".spec.names", json!([["x", "y", "z"]])),
            (".spec.names[0]", json!(["x"])),
            (".spec.names[-1]", json!(["z"])),
            (".spec.names[7]", json!([])),
            (".spec.names[*]", json!(["x", "y", "z"])),
            (
                r#".status.conditions[?(@.type=="Ready")].status"#,
                json!(["True"]),
            ),
            (
                ".status.conditions[?(@.type == 'Ready')].status",
                json!(["True"]),
            ),
            (".status.conditions[?(@.n>1)].type", json!(["Ready"])),
            (
                ".status.conditions[?(@.type!='Ready')].type",
                json!(["Synced"]),
            ),
            (
                ".status.conditions[?(@.n)].type",
                json!(["Synced", "Ready"]),
            ),
            (".status.conditions[*].type", json!(["Synced", "Ready"])),
            ("..type", json!(["Synced", "Ready"])),
        ] {
            let read = Path::read(path).unwrap_or_else(|| panic!("{path} is a path"));
            assert_eq!(json!(read.all(&value)), leads, "{path}");
        }
        for no in ["", "spec", ".spec[", ".spec[x]", ".spec.", ".spec[?(size)]"] {
            assert!(Path::read(no).is_none(), "{no:?}");
        }
    }
}
