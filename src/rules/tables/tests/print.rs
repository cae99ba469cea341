//! A Table as kubectl prints it.
// upstream: staging/src/k8s.io/cli-runtime/pkg/printers/tableprinter.go printTable; Go's text/tabwriter

use serde_json::Value;

/// The Table's columns in capitals and its rows, padded.
pub fn print(table: &Value, wide: bool) -> String {
    let columns = table["columnDefinitions"].as_array().expect("columns");
    let shown = |i: usize| columns.get(i).is_some_and(|c| wide || c["priority"] == 0);
    let head = columns
        .iter()
        .map(|c| c["name"].as_str().expect("a name").to_uppercase());
    let mut lines = vec![
        head.enumerate()
            .filter(|(i, _)| shown(*i))
            .map(|(_, name)| name)
            .collect(),
    ];
    for row in table["rows"].as_array().expect("rows") {
        let cells = row["cells"].as_array().expect("cells").iter();
        let shown = cells.enumerate().filter(|(i, _)| shown(*i));
        lines.push(shown.map(|(_, cell)| text(cell)).collect::<Vec<String>>());
    }
    let width = |i: usize| {
        let longest = lines.iter().map(|line| line[i].chars().count()).max();
        (longest.unwrap_or(0) + 3).max(6)
    };
    let mut out = String::new();
    for line in &lines {
        for (i, cell) in line.iter().enumerate() {
            out.push_str(cell);
            if i + 1 < line.len() {
                out.extend(std::iter::repeat_n(' ', width(i) - cell.chars().count()));
            }
        }
        out.push('\n');
    }
    out
}

fn text(cell: &Value) -> String {
    match cell {
        Value::Null => String::new(),
        Value::String(text) => match text.split_once(['\n', '\r', '\x0c']) {
            Some((line, _)) => format!("{line}..."),
            None => text.clone(),
        },
        other => other.to_string(),
    }
}
