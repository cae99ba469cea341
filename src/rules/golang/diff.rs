//! How two values differ, line by line, as upstream's server tells it.
// upstream: staging/src/k8s.io/apimachinery/pkg/util/diff/diff.go Diff; github.com/pmezard/go-difflib

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::Value;

/// So many lines stand around what differs.
const CONTEXT: usize = 10;
/// From so many lines on, those that are there too often begin no run of equal ones.
const MANY: usize = 200;

/// How `got` differs from `expected`; both are of that one of upstream's own types.
pub fn diff(type_: &str, expected: &Value, got: &Value) -> String {
    let (a, b) = (
        indented(&super::shown(type_, expected)),
        indented(&super::shown(type_, got)),
    );
    let (a, b): (Vec<&str>, Vec<&str>) = (a.lines().collect(), b.lines().collect());
    let mut out = String::from("--- expected\n+++ got\n");
    for group in groups(&runs(&a, &b), a.len(), b.len()) {
        let (first, last) = (&group[0], &group[group.len() - 1]);
        let (from, to) = (range(first.a.0, last.a.1), range(first.b.0, last.b.1));
        writeln!(out, "@@ -{from} +{to} @@").expect("text takes all");
        for Edit {
            same,
            a: (a0, a1),
            b: (b0, b1),
        } in group
        {
            let mut say = |sign: char, lines: &[&str]| {
                for line in lines {
                    writeln!(out, "{sign}{line}").expect("text takes all");
                }
            };
            if same {
                say(' ', &a[a0..a1]);
            } else {
                say('-', &a[a0..a1]);
                say('+', &b[b0..b1]);
            }
        }
    }
    out
}

/// JSON of one line, on many. upstream: encoding/json Indent
fn indented(json: &str) -> String {
    let mut out = String::new();
    let (mut depth, mut quoted, mut escaped) = (0, false, false);
    let mut chars = json.chars().peekable();
    let line = |out: &mut String, depth: usize| {
        out.push('\n');
        out.push_str(&"  ".repeat(depth));
    };
    while let Some(c) = chars.next() {
        if quoted {
            out.push(c);
            quoted = escaped || c != '"';
            escaped = !escaped && c == '\\';
            continue;
        }
        match c {
            '{' | '[' => {
                out.push(c);
                if let Some(end) = chars.next_if(|c| ['}', ']'].contains(c)) {
                    out.push(end);
                } else {
                    depth += 1;
                    line(&mut out, depth);
                }
            }
            '}' | ']' => {
                depth -= 1;
                line(&mut out, depth);
                out.push(c);
            }
            ',' => {
                out.push(c);
                line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            c => {
                quoted = c == '"';
                out.push(c);
            }
        }
    }
    out
}

/// Lines that are equal, or that stand for each other: from and to, before and after.
#[derive(Clone, Copy)]
struct Edit {
    same: bool,
    a: (usize, usize),
    b: (usize, usize),
}

/// The longest runs of equal lines, in order: where they begin in both, and how long they are.
///
/// upstream: SequenceMatcher.GetMatchingBlocks
fn runs(a: &[&str], b: &[&str]) -> Vec<(usize, usize, usize)> {
    let mut places: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (j, line) in b.iter().enumerate() {
        places.entry(line).or_default().push(j);
    }
    if b.len() >= MANY {
        places.retain(|_, all| all.len() <= b.len() / 100 + 1);
    }
    let mut found = Vec::new();
    let mut left = vec![(0, a.len(), 0, b.len())];
    while let Some((a0, a1, b0, b1)) = left.pop() {
        let (i, j, n) = longest(a, b, &places, (a0, a1, b0, b1));
        if n > 0 {
            found.push((i, j, n));
            left.push((a0, i, b0, j));
            left.push((i + n, a1, j + n, b1));
        }
    }
    found.sort_unstable();
    let mut out: Vec<(usize, usize, usize)> = Vec::new();
    for (i, j, n) in found {
        match out.last_mut() {
            Some((i0, j0, n0)) if *i0 + *n0 == i && *j0 + *n0 == j => *n0 += n,
            _ => out.push((i, j, n)),
        }
    }
    out
}

/// upstream: SequenceMatcher.findLongestMatch
fn longest(
    a: &[&str],
    b: &[&str],
    places: &BTreeMap<&str, Vec<usize>>,
    (a0, a1, b0, b1): (usize, usize, usize, usize),
) -> (usize, usize, usize) {
    let (mut i, mut j, mut n) = (a0, b0, 0);
    let mut before: BTreeMap<usize, usize> = BTreeMap::new();
    for (at, line) in a.iter().enumerate().take(a1).skip(a0) {
        let mut now = BTreeMap::new();
        let all = places.get(line).into_iter().flatten();
        for &to in all.filter(|to| (b0..b1).contains(*to)) {
            let above = to.checked_sub(1).and_then(|above| before.get(&above));
            let length = above.copied().unwrap_or(0) + 1;
            now.insert(to, length);
            if length > n {
                (i, j, n) = (at + 1 - length, to + 1 - length, length);
            }
        }
        before = now;
    }
    while i > a0 && j > b0 && a[i - 1] == b[j - 1] {
        (i, j, n) = (i - 1, j - 1, n + 1);
    }
    while i + n < a1 && j + n < b1 && a[i + n] == b[j + n] {
        n += 1;
    }
    (i, j, n)
}

/// What differs with what stands around it, in groups that are far from each other.
///
/// upstream: SequenceMatcher.GetOpCodes, GetGroupedOpCodes
fn groups(runs: &[(usize, usize, usize)], a: usize, b: usize) -> Vec<Vec<Edit>> {
    let mut edits = Vec::new();
    let (mut i, mut j) = (0, 0);
    for &(to_i, to_j, n) in runs.iter().chain([&(a, b, 0)]) {
        if i < to_i || j < to_j {
            let (a, b) = ((i, to_i), (j, to_j));
            edits.push(Edit { same: false, a, b });
        }
        (i, j) = (to_i + n, to_j + n);
        if n > 0 {
            let (a, b) = ((to_i, i), (to_j, j));
            edits.push(Edit { same: true, a, b });
        }
    }
    if let Some(first) = edits.first_mut().filter(|e| e.same) {
        first.a.0 = first.a.0.max(first.a.1.saturating_sub(CONTEXT));
        first.b.0 = first.b.0.max(first.b.1.saturating_sub(CONTEXT));
    }
    if let Some(last) = edits.last_mut().filter(|e| e.same) {
        last.a.1 = last.a.1.min(last.a.0 + CONTEXT);
        last.b.1 = last.b.1.min(last.b.0 + CONTEXT);
    }
    let mut groups: Vec<Vec<Edit>> = vec![Vec::new()];
    for mut edit in edits {
        let group = groups.last_mut().expect("there is always one");
        if edit.same && edit.a.1 - edit.a.0 > 2 * CONTEXT {
            let (mut end, a, b) = (edit, edit.a.0 + CONTEXT, edit.b.0 + CONTEXT);
            (end.a.1, end.b.1) = (end.a.1.min(a), end.b.1.min(b));
            group.push(end);
            groups.push(Vec::new());
            edit.a.0 = edit.a.1 - CONTEXT;
            edit.b.0 = edit.b.1 - CONTEXT;
        }
        groups.last_mut().expect("there is always one").push(edit);
    }
    groups.retain(|group| group.iter().any(|edit| !edit.same));
    groups
}

/// upstream: formatRangeUnified
fn range(from: usize, to: usize) -> String {
    match to - from {
        0 => format!("{from},0"),
        1 => (from + 1).to_string(),
        length => format!("{},{length}", from + 1),
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_claim_that_wants_another_class() {
        let of = |class: &str| {
            json!({
                "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}, "storageClassName": class,
                "selector": {"matchLabels": {"a": "{\"b\": [1,2]}"}},
            })
        };
        expect![[r#"
            --- expected
            +++ got
            @@ -7,16 +7,16 @@
                   "a": "{\"b\": [1,2]}"
                 }
               },
               "Resources": {
                 "Limits": null,
                 "Requests": {
                   "storage": "1Gi"
                 }
               },
               "VolumeName": "",
            -  "StorageClassName": "fast",
            +  "StorageClassName": "slow",
               "VolumeMode": null,
               "DataSource": null,
               "DataSourceRef": null,
               "VolumeAttributesClassName": null
             }
        "#]]
        .assert_eq(&diff("PersistentVolumeClaimSpec", &of("fast"), &of("slow")));
    }

    #[test]
    fn what_is_far_apart_is_told_apart() {
        let pod = |command: &str, host: &str| {
            json!({
                "containers": [{"name": "a", "image": "b", "command": [command]}], "hostname": host,
            })
        };
        let text = diff("PodSpec", &pod("x", ""), &pod("y", "z"));
        let of_interest = |line: &&str| ['@', '-', '+'].iter().any(|c| line.starts_with(*c));
        let lines: Vec<&str> = text.lines().filter(of_interest).collect();
        expect![[r#"
            --- expected
            +++ got
            @@ -1,19 +1,19 @@
            -        "x"
            +        "y"
            @@ -40,21 +40,21 @@
            -  "Hostname": "",
            +  "Hostname": "z","#]]
        .assert_eq(&lines.join("\n"));
    }

    #[test]
    fn ranges_are_counted_from_one() {
        assert_eq!(range(0, 0), "0,0");
        assert_eq!(range(3, 4), "4");
        assert_eq!(range(3, 6), "4,3");
    }
}
