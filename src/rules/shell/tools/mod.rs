//! The tools that small images have.

mod disk;
mod net;
mod system;
mod text;

use serde_json::Value;

pub use system::date_at;
pub use text::to_base64;

use super::run::{Flow, Run};

/// What `which` finds.
#[rustfmt::skip]
const NAMES: [&str; 40] = [
    "awk", "basename", "cat", "cp", "curl", "cut", "date", "dig", "dirname", "echo", "env", "grep", "head", "hostname", "id",
    "kill", "ls", "mkdir", "mv", "nc", "nslookup", "ping", "printenv", "printf", "ps", "pwd", "redis-cli", "rm", "sed", "seq",
    "sh", "sleep", "sort", "tail", "tee", "touch", "tr", "uniq", "wc", "wget",
];

/// Runs a tool; `None` where there is none of that name.
pub fn run(shell: &mut Run, name: &str, args: &[&str]) -> Option<Flow> {
    if list(&shell.given["lacks"]).any(|lacking| lacking == name) {
        return None;
    }
    disk::run(shell, name, args)
        .or_else(|| text::run(shell, name, args))
        .or_else(|| system::run(shell, name, args))
        .or_else(|| net::run(shell, name, args))
}

/// The texts of a list.
pub fn list(value: &Value) -> impl Iterator<Item = &str> {
    value
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
}

/// The word after an option, as `-n 5` or `-n5`.
fn option<'a>(args: &[&'a str], name: &str) -> Option<&'a str> {
    let at = args
        .iter()
        .position(|a| a.starts_with(name) && !a.starts_with("--"))?;
    match &args[at][name.len()..] {
        "" => args.get(at + 1).copied(),
        rest => Some(rest),
    }
}

/// Words that are no options; `takes` are the options that take a word.
fn operands<'a>(args: &[&'a str], takes: &[&str]) -> Vec<&'a str> {
    let mut out = Vec::new();
    let mut skip = false;
    for arg in args {
        if std::mem::take(&mut skip) {
            continue;
        }
        if takes.contains(arg) {
            skip = true;
        } else if !arg.starts_with('-') || *arg == "-" {
            out.push(*arg);
        }
    }
    out
}

/// Whether one of the short options is given, alone or among others: `-la`.
fn has(args: &[&str], letter: char) -> bool {
    args.iter()
        .any(|a| a.starts_with('-') && !a.starts_with("--") && a.contains(letter))
}
