//! A shell with kubectl on its path and nothing of the machine's own settings, which runs one command after another.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use crate::common::shared_folder;

/// No command of a test takes longer.
const PATIENCE: Duration = Duration::from_secs(60);
/// Begins the line that tells that a command has ended, and how.
const END: char = '\u{1e}';

/// A shell, in the home of a server's clients.
pub struct Shell {
    child: Child,
    input: ChildStdin,
    lines: Receiver<String>,
}

/// What `script/setup` brought, or `None` with a line that says so.
pub fn tool(variable: &str) -> Option<PathBuf> {
    let path = std::env::var_os(variable)
        .map(PathBuf::from)
        .filter(|path| path.exists());
    if path.is_none() {
        println!(
            "skipped: {variable} names no program (script/setup brings it, script/env names it)"
        );
    }
    path
}

/// The folder that transcripts call `$MANIFESTS`.
pub fn manifests() -> PathBuf {
    shared_folder().unwrap_or_default().join("manifests")
}

impl Shell {
    /// A shell in `home`; `None` without a kubectl.
    pub fn start(home: &Path) -> Option<Self> {
        let bin = home.join("bin");
        std::fs::create_dir_all(&bin).unwrap();
        std::os::unix::fs::symlink(tool("KUBECTL")?, bin.join("kubectl")).unwrap();
        // Only some transcripts ask for it, and those ask before whether it is there.
        if let Some(helm) = std::env::var_os("HELM") {
            std::os::unix::fs::symlink(helm, bin.join("helm")).unwrap();
        }
        let mut child = Command::new("sh")
            .current_dir(home)
            .env_clear()
            .env(
                "PATH",
                format!("{}:/usr/local/bin:/usr/bin:/bin", bin.display()),
            )
            .env("HOME", home)
            .env("TMPDIR", home)
            .env("MANIFESTS", manifests())
            .env("KUBECONFIG", home.join("kubeconfig"))
            .envs([
                ("LC_ALL", "C"),
                ("TZ", "UTC"),
                ("TERM", "dumb"),
                ("EDITOR", "true"),
            ])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let (send, lines) = channel();
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                if send.send(line).is_err() {
                    break;
                }
            }
        });
        let input = child.stdin.take().unwrap();
        Some(Shell {
            child,
            input,
            lines,
        })
    }

    /// Runs a command; what it printed on both streams, and a last line where it failed.
    pub fn run(&mut self, command: &str) -> String {
        writeln!(
            self.input,
            "{{ {command}\n}} 2>&1 </dev/null\nprintf '\\n\\036%d\\n' $?"
        )
        .unwrap();
        self.input.flush().unwrap();
        let mut printed = String::new();
        loop {
            let line = self
                .lines
                .recv_timeout(PATIENCE)
                .unwrap_or_else(|error| panic!("{command}: {error}\n{printed}"));
            match line.strip_prefix(END) {
                Some("0") => break,
                Some(code) => {
                    printed.truncate(printed.trim_end().len());
                    printed.push_str(&format!("\n(exit {code})"));
                    break;
                }
                None => {
                    printed.push_str(&line);
                    printed.push('\n');
                }
            }
        }
        printed.trim_end().trim_start_matches('\n').to_owned()
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
