//! What differs from run to run, made equal: times and ages, chosen suffixes, addresses and ports, identifiers.

use std::sync::LazyLock;

use regex::Regex;

use super::server::Server;
use super::shell::manifests;

/// Columns that hold ages or durations.
const AGES: &[&str] = &[
    "AGE",
    "LAST SEEN",
    "FIRST SEEN",
    "DURATION",
    "LAST SCHEDULE",
    "Age",
];

/// What is put in the place of what. Suffixes that the API server chooses are of an alphabet without vowels.
static MASKS: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    [
        (
            r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)? \+0000 UTC",
            "<date>",
        ),
        (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "<time>"),
        (
            r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d \+0000",
            "<date>",
        ),
        (
            r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}",
            "<date>",
        ),
        // Helm lays its tables out by blanks and tabs.
        (r" +\t", "\t"),
        (r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", "<uid>"),
        (r#"("?resourceVersion"?): ?"\d+""#, r#"$1: "<n>""#),
        (r"(Resource Version:  )\d+", "$1<n>"),
        (r"-[bcdfghjklmnpqrstvwxz2456789]{5}\b", "-xxxxx"),
        (r"\.[0-9a-f]{15,16}\b", ".<id>"),
        (r"\b10\.244\.\d+\.\d+\b", "10.244.x.x"),
        (
            r"\b10\.(9[6-9]|10\d|11[01])\.\d{1,2}\d+\.\d+\b",
            "10.96.x.x",
        ),
        (r"\bkubectl-edit-\d+", "kubectl-edit-<n>"),
        (r"(containerd://)[0-9a-f]{64}", "$1<id>"),
        (r"\b3[0-2]\d{3}\b", "3xxxx"),
        (
            r"in \d+(\.\d+)?m?s \(\d+(\.\d+)?m?s including waiting\)",
            "in <duration> (<duration> including waiting)",
        ),
        (r"(?m)^(Duration: +)\S+$", "$1<duration>"),
        // Describers pad their last column as well.
        (r"(?m) +$", ""),
    ]
    .into_iter()
    .map(|(pattern, by)| (Regex::new(pattern).unwrap(), by))
    .collect()
});

static AGE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(\d+(s|m|h|d|y))+|<invalid>").unwrap());
/// The first line of a table: of kubectl's own, or of a describer's that tells ages.
static HEADER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^([A-Z][A-Z0-9()/:-]*( +[A-Z][A-Z0-9()/:-]*)+| +[A-Z].*  Age(  .*)?) *$").unwrap()
});
static GAP: LazyLock<Regex> = LazyLock::new(|| Regex::new(r" {2,}").unwrap());

/// Masks what a command printed.
pub fn mask(printed: &str, server: &Server) -> String {
    let printed = printed
        .replace(server.url(), "http://127.0.0.1:<port>")
        .replace(&server.home().display().to_string(), "~")
        .replace(&manifests().display().to_string(), "$MANIFESTS");
    tables(&rollouts(&printed))
}

const GIVEN_UP: &[&str] = &["very short watch", "context deadline exceeded"];

/// How often a rollout is looked at until it is done is a matter of time: only the last look counts.
fn rollouts(printed: &str) -> String {
    let mut lines: Vec<&str> = printed.lines().collect();
    if let Some(last) = lines.pop() {
        // kubectl's own log, where it gave up a watch as it was asked to.
        let given_up = |line: &str| {
            line.contains(" reflector.go:") && GIVEN_UP.iter().any(|why| line.contains(why))
        };
        lines.retain(|line| !line.starts_with("Waiting for ") && !given_up(line));
        lines.push(last);
    }
    lines.join("\n")
}

fn words(text: &str) -> String {
    MASKS.iter().fold(text.to_owned(), |text, (pattern, by)| {
        pattern.replace_all(&text, *by).into_owned()
    })
}

/// Masks text whose tables, being laid out by what their cells held, are laid out anew.
fn tables(printed: &str) -> String {
    let mut done = String::new();
    let mut plain = String::new();
    let lines: Vec<&str> = printed.lines().collect();
    let mut at = 0;
    while at < lines.len() {
        if HEADER.is_match(lines[at]) && GAP.is_match(lines[at].trim()) {
            let indent = indent(lines[at]);
            let end = lines[at..].iter().position(|line| {
                line.trim().is_empty() || self::indent(line) < indent || line.starts_with("(exit ")
            });
            let end = end.map_or(lines.len(), |rows| at + rows);
            done.push_str(&words(&plain));
            plain.clear();
            done.push_str(&table(&lines[at..end]));
            at = end;
        } else {
            plain.push_str(lines[at]);
            plain.push('\n');
            at += 1;
        }
    }
    done.push_str(&words(&plain));
    done.trim_end().to_owned()
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

fn table(lines: &[&str]) -> String {
    let header = lines[0];
    let indent = indent(header);
    // A describer's columns stand two blanks apart, a table's three.
    let gap = if indent > 0 { 2 } else { 3 };
    let starts: Vec<usize> = std::iter::once(indent)
        .chain(
            GAP.find_iter(header.trim_end())
                .map(|gap| gap.end())
                .filter(|start| *start > indent),
        )
        .collect();
    let cut = |line: &str, column: usize| -> String {
        let to = starts.get(column + 1).copied().unwrap_or(usize::MAX);
        let cell: String = line
            .chars()
            .skip(starts[column])
            .take(to - starts[column])
            .collect();
        cell.trim_end().to_owned()
    };
    let ages: Vec<bool> = (0..starts.len())
        .map(|column| AGES.contains(&cut(header, column).as_str()))
        .collect();
    let rows: Vec<Vec<String>> = lines
        .iter()
        .map(|line| {
            (0..starts.len())
                .map(|column| match cut(line, column) {
                    cell if ages[column] => AGE.replace_all(&cell, "<age>").into_owned(),
                    cell => words(&cell),
                })
                .collect()
        })
        .collect();
    let widths: Vec<usize> = (0..starts.len())
        .map(|column| {
            rows.iter()
                .map(|row| row[column].chars().count())
                .max()
                .unwrap_or(0)
        })
        .collect();
    let mut text = String::new();
    for row in &rows {
        let mut line = " ".repeat(indent);
        for (cell, width) in row.iter().zip(&widths) {
            line.push_str(&format!("{cell:width$}{:gap$}", ""));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

#[test]
fn tables_are_laid_out_by_what_is_masked() {
    let printed = "NAME           READY   AGE    IP\nweb-7c5dk      1/1     12s    10.244.1.12\nweb-x2-9xk4v   0/1     3m2s   <none>\n\nNAME\nx";
    expect_test::expect![[r#"
        NAME           READY   AGE     IP
        web-xxxxx      1/1     <age>   10.244.x.x
        web-x2-xxxxx   0/1     <age>   <none>

        NAME
        x"#]]
    .assert_eq(&tables(&rollouts(printed)));
}

#[test]
fn a_table_inside_a_description_ends_with_its_indentation() {
    let printed = "Pods:  (1 in total)\n  Name       Age\n  ----       ---\n  web-7c5dk  12s\nAllocated resources:\n  Total limits may be over 100 percent.";
    expect_test::expect![[r#"
        Pods:  (1 in total)
          Name       Age
          ----       ---
          web-xxxxx  <age>
        Allocated resources:
          Total limits may be over 100 percent."#]]
    .assert_eq(&tables(&rollouts(printed)));
}

#[test]
fn times_and_identifiers_are_masked() {
    let printed = "Name: web-7957885594-7tjbf\nStart Time: Thu, 01 Jan 2026 00:00:23 +0000\nresourceVersion: \"412\"\nuid: 0e5f6a0c-9b1c-4a55-8a6b-0123456789ab\nWaiting for deployment \"web\" rollout to finish: 0 of 1\nIP: 10.96.0.10, 10.101.12.7";
    expect_test::expect![[r#"
        Name: web-7957885594-xxxxx
        Start Time: <date>
        resourceVersion: "<n>"
        uid: <uid>
        IP: 10.96.0.10, 10.96.x.x"#]]
    .assert_eq(&tables(&rollouts(printed)));
}
