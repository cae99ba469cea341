//! A command in a container, as somebody watches it.

use std::sync::Arc;

use podarium_api::meta::{Span, Time};
use podarium_api::object::Key;
use podarium_api::status::Status;
use serde_json::{Value, json};

use super::View;
use crate::apiserver::rules;
use crate::command::Command;
use crate::sim::User;

/// How many questions to the network one command may ask.
const MOST: usize = 2_000;

/// What is to be run.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// The command and its arguments.
    pub argv: Vec<String>,
    /// A line for the shell that `argv` names, instead of the command itself.
    pub line: Option<String>,
    /// What can be read so far; and whether more may come.
    pub stdin: (String, bool),
    /// Whether a terminal looks.
    pub tty: bool,
    /// Variables and working directory that earlier lines have left.
    pub env: Value,
    /// The same.
    pub cwd: Option<String>,
}

/// What is to be seen since the last look.
#[derive(Clone, Debug, Default)]
pub struct Shown {
    /// Pieces of text, on the standard output (1) or error (2).
    pub out: Vec<(u8, String)>,
    /// The exit code, once it has ended.
    pub code: Option<i32>,
    /// Whether it waits for more to read.
    pub reads: bool,
    /// Why it could not be begun at all.
    pub missing: Option<String>,
}

/// A command that runs in a container.
#[derive(Clone, Debug)]
pub struct Session {
    pod: Key,
    asked: Asked,
    facts: Value,
    run: Value,
    begun: Time,
    answers: Vec<Value>,
    seen: usize,
    last: Value,
    /// Up to when `last` is known.
    until: Option<Span>,
    ended: bool,
}

impl Session {
    /// Begins a command.
    ///
    /// # Errors
    /// What the kubelet says against it.
    pub fn new(
        view: View<'_>,
        pod: &Key,
        container: &str,
        asked: Asked,
    ) -> Result<Session, Status> {
        let path = format!("exec/{}/{}/{container}", pod.namespace, pod.name);
        view.reach(pod, &path)?;
        let facts = view.facts(pod, container, false);
        let facts = facts.filter(|f| f["containers"][container]["running"] == true);
        // upstream: pkg/kubelet/kubelet_pods.go GetExec, as the API server passes it on
        let facts = facts.ok_or_else(|| {
            Status::internal(&format!(
                "unable to upgrade connection: container not found ({container:?})"
            ))
        })?;
        Ok(Session {
            pod: pod.clone(),
            asked,
            run: facts["containers"][container]["run"].clone(),
            facts,
            begun: view.world.now(),
            answers: Vec::new(),
            seen: 0,
            last: Value::Null,
            until: None,
            ended: false,
        })
    }

    /// More to read, and whether still more may come.
    pub fn feed(&mut self, text: &str, open: bool) {
        self.asked.stdin.0.push_str(text);
        self.asked.stdin.1 = open;
        self.until = None;
    }

    /// What has come since the last look.
    pub fn look(&mut self, view: View<'_>) -> Shown {
        let age = view.world.now() - self.begun;
        let mut shown = Shown::default();
        if self.ended {
            return shown;
        }
        let container = self.facts["container"].as_str().unwrap_or_default();
        let now = view
            .kubelets
            .containers(view.world, &self.pod, (container, false));
        let alive = now.is_some_and(|all| {
            all[container]["running"] == true && all[container]["run"] == self.run
        });
        self.follow(view, age);
        let out = self.last["out"]
            .as_array()
            .map_or(&[] as &[Value], Vec::as_slice);
        while let Some(piece) = out.get(self.seen) {
            if piece[0].as_u64().is_none_or(|at| at > age.0) {
                break;
            }
            let stream = if piece[1] == 2 { 2 } else { 1 };
            let text = piece[2].as_str().unwrap_or_default();
            shown.out.push((stream, text.into()));
            self.seen += 1;
        }
        shown.missing = self.last["missing"].as_str().map(Into::into);
        shown.reads = self.last["asks"]["kind"] == "stdin";
        if self.last["at"].as_u64().is_some_and(|at| at <= age.0) {
            shown.code = self.last["code"].as_i64().map(|code| code as i32);
        } else if !alive {
            // What runs in a container ends with it.
            shown.code = Some(137);
        }
        self.ended = shown.code.is_some();
        shown
    }

    fn follow(&mut self, view: View<'_>, age: Span) {
        if self.until.is_some_and(|until| age <= until) {
            return;
        }
        let until = age + Span::secs(60);
        loop {
            let asked = &self.asked;
            let mut given = json!({
                "argv": asked.argv, "stdin": asked.stdin.0, "open": asked.stdin.1, "tty": asked.tty, "env": asked.env,
                "until": until.0, "answers": self.answers,
            });
            if let Some(line) = &asked.line {
                given["line"] = line.as_str().into();
            }
            if let Some(cwd) = &asked.cwd {
                given["cwd"] = cwd.as_str().into();
            }
            if asked.tty {
                given["env"]["TERM"] = "xterm".into();
            }
            self.last = rules::ask("inside", &[&self.facts, &given]).unwrap_or_default();
            let question = &self.last["asks"];
            let due = question["at"].as_u64().is_some_and(|at| at <= age.0);
            if !due || question["kind"] == "stdin" || self.answers.len() >= MOST {
                self.until = Some(if question.is_null() { until } else { age });
                return;
            }
            self.answers.push(view.ask(&self.pod, question));
        }
    }

    /// Variables and working directory as the command leaves them, for the next line.
    pub fn leaves(&self) -> (Value, Option<String>) {
        let cwd = self.last["cwd"].as_str().map(Into::into);
        (self.last["env"].clone(), cwd)
    }

    /// Whether the command has ended the shell that it was typed in.
    pub fn exits(&self) -> bool {
        self.last["exits"] == true
    }

    /// What a shell says before it reads the next line.
    pub fn prompt(&self) -> &str {
        self.last["prompt"].as_str().unwrap_or_default()
    }

    /// What the command has written, as a command for history; `None` for nothing.
    pub fn left(&self, user: &User) -> Option<Command> {
        let files = &self.last["left"];
        let some = files.as_object().is_some_and(|all| !all.is_empty());
        let container = self.facts["container"].as_str().unwrap_or_default();
        let words = match &self.asked.line {
            Some(line) => line.clone(),
            None => self.asked.argv.join(" "),
        };
        let (namespace, pod) = (&self.pod.namespace, &self.pod.name);
        let text = format!("kubectl exec -n {namespace} {pod} -c {container} -- {words}");
        some.then(|| Command::Leave {
            user: user.clone(),
            text: text.into(),
            files: Arc::new(files.clone()),
        })
    }
}
