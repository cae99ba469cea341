//! Transcripts: which commands they hold, and what they look like after a run.

use std::time::{Duration, Instant};

use expect_test::ExpectFile;

use super::mask::mask;
use super::server::Server;
use super::shell::{Shell, tool};
use crate::common::shared_folder;

/// Ends a command that is repeated until what it prints contains the rest of the line.
const UNTIL: &str = " # until: ";
const PATIENCE: Duration = Duration::from_secs(15);

/// A piece of a transcript.
#[derive(Debug, PartialEq)]
enum Piece<'a> {
    Prose(&'a str),
    /// A command's lines, without their prompts.
    Command(Vec<&'a str>),
}

/// The pieces of a transcript; what was printed is left out.
fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut open = false;
    for line in text.lines() {
        let more = line.strip_prefix("> ").or((line == ">").then_some(""));
        match (line.strip_prefix("$ "), more, pieces.last_mut()) {
            (Some(command), ..) => {
                pieces.push(Piece::Command(vec![command]));
                open = true;
                continue;
            }
            (None, Some(more), Some(Piece::Command(lines))) if open => {
                lines.push(more);
                continue;
            }
            _ => open = false,
        }
        if line.starts_with("## ") {
            pieces.push(Piece::Prose(line));
        }
    }
    pieces
}

/// Runs a transcript and compares.
pub fn check(name: &str, text: &str, expected: &ExpectFile) {
    if text.contains("$MANIFESTS") && shared_folder().is_none() {
        println!("skipped: the folder of shared manifests is not there");
    } else if text.contains("\n$ helm ") && tool("HELM").is_none() {
        // It has said so.
    } else if tool("KUBECTL").is_some() {
        expected.assert_eq(&run(name, text));
    }
}

fn run(name: &str, text: &str) -> String {
    let mut printed = String::new();
    let mut running: Option<(Shell, Server)> = None;
    for piece in pieces(text) {
        match (piece, &mut running) {
            (Piece::Prose(line), _) => {
                printed.push_str(line);
                printed.push('\n');
            }
            (Piece::Command(lines), None) => {
                let serve = lines[0]
                    .strip_prefix("podarium serve")
                    .expect("the first command serves");
                let server = Server::start(name, &serve.split_whitespace().collect::<Vec<_>>());
                let shell = Shell::start(server.home()).expect("kubectl was there");
                running = Some((shell, server));
                printed.push_str(&format!("$ {}\n\n", lines[0]));
            }
            (Piece::Command(lines), Some((shell, server))) => {
                let answer = mask(&answer(shell, &lines.join("\n")), server);
                printed.push_str(&format!("$ {}\n", lines.join("\n> ")).replace("> \n", ">\n"));
                printed.push_str(&answer);
                printed.push_str(if answer.is_empty() { "\n" } else { "\n\n" });
            }
        }
    }
    printed
}

fn answer(shell: &mut Shell, command: &str) -> String {
    let begun = Instant::now();
    loop {
        let answer = shell.run(command);
        match command.split_once(UNTIL) {
            Some((_, wanted)) if !answer.contains(wanted) => {
                if begun.elapsed() > PATIENCE {
                    return format!("{answer}\n(never {wanted:?})");
                }
                std::thread::sleep(Duration::from_millis(50));
            }
            _ => return answer,
        }
    }
}

#[test]
fn a_transcript_falls_into_pieces() {
    let text = "## Why\n$ podarium serve\n\n$ cat <<EOF\n> a\n>\n> EOF\na\n\n> not more\n$ true\n";
    assert_eq!(
        pieces(text),
        [
            Piece::Prose("## Why"),
            Piece::Command(vec!["podarium serve"]),
            Piece::Command(vec!["cat <<EOF", "a", "", "EOF"]),
            Piece::Command(vec!["true"]),
        ]
    );
}
