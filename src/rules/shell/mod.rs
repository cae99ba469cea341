//! A shell that speaks: what a command prints, and what it leaves behind.
//!
//! The core follows scripts by when they do what (`cluster/kubelet/programs/shell`); this one is asked when somebody looks:
//! by `kubectl exec`, or for the logs of a container whose process is a script. It knows the tools that small images have.

mod builtins;
mod files;
mod run;
mod tools;
mod words;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde_json::{Value, json};

pub use tools::{date_at as date, to_base64};

use files::Files;
use run::{Run, Stop};

/// Answers the question `shell`. Given is an object:
///
/// | field | what it is |
/// | --- | --- |
/// | `argv` | the command and its arguments; or |
/// | `line` | a line that was typed at a prompt |
/// | `env` | variables by name |
/// | `cwd` | the working directory |
/// | `stdin` | what can be read |
/// | `open` | whether more may come to be read: who reads then asks `{"kind": "stdin"}` |
/// | `steps` | how many commands it is followed through |
/// | `lacks` | tools that are not there |
/// | `readOnly` | paths that cannot be written to |
/// | `now` | microseconds since 1970 when it begins |
/// | `until` | microseconds after which nobody looks any more; null for to its end |
/// | `files` | texts by path; null for a directory |
/// | `processes` | command lines, from process 1 on |
/// | `own` | commands that start the image's own program |
/// | `shell` | `sh`, `bash`, or null where the image has none |
/// | `tty` | whether a terminal looks |
/// | `ip` | the pod's address |
/// | `busybox` | whether its tools are busybox's |
/// | `answers` | what the network said to each question so far |
///
/// The answer: `out`, a list of `[microseconds since the beginning, 1 or 2, text]`; `code` and `at` of its end, or null for one
/// that does not end; `asks`, a question to the network that it waits for, or null; `serves`, from when on the image's own
/// program runs; `files` that it wrote (null for removed ones), `env` and `cwd` as it leaves them; `missing`, why the command
/// could not be begun at all; `exits`, whether the shell itself has ended by that.
pub fn answer(given: &Value) -> Value {
    let mut run = Run::new(given);
    let flow = match given["line"].as_str() {
        Some(line) => {
            let shell = given["argv"][0].as_str().unwrap_or_default();
            if shell.ends_with("bash") {
                run.name = "bash";
            }
            run.line(line)
        }
        None => {
            let argv = given["argv"].as_array().into_iter().flatten();
            let argv: Vec<String> = argv.filter_map(|a| a.as_str().map(Into::into)).collect();
            run.first(&argv)
        }
    };
    run.finish(flow)
}

/// What the network said to a question.
fn answered(given: &Value, at: usize) -> Option<&Value> {
    given["answers"].get(at)
}

fn texts(value: &Value) -> BTreeMap<String, String> {
    let pairs = value.as_object().into_iter().flatten();
    pairs
        .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
        .collect()
}

impl Run<'_> {
    fn finish(mut self, flow: Result<i32, Stop>) -> Value {
        let (mut code, mut at, mut asks) = (Value::Null, Value::Null, Value::Null);
        let exits = matches!(flow, Err(Stop::Exit(_)));
        match flow {
            Ok(n) | Err(Stop::Exit(n)) => {
                code = n.into();
                at = self.now.into();
            }
            Err(Stop::Break | Stop::Continue) => {
                code = 0.into();
                at = self.now.into();
            }
            Err(Stop::Ask(question)) => asks = question,
            Err(Stop::Serve) => {
                self.serves.get_or_insert(self.now);
            }
            Err(Stop::Never) => {}
        }
        let out = std::mem::take(&mut self.out).into_iter();
        let out: Vec<Value> = out
            .map(|(at, stream, text)| json!([at, stream, text]))
            .collect();
        json!({
            "out": out, "code": code, "at": at, "asks": asks, "serves": self.serves, "files": self.files.written(),
            "env": self.vars, "cwd": self.cwd, "missing": self.missing,
            "exits": exits,
        })
    }
}
