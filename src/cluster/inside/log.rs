//! The log of a container.

use podarium_api::meta::{Span, Time};
use podarium_api::status::{Reason, Status};
use serde_json::Value;

use super::{View, unix};
use crate::apiserver::{Connect, rules};

/// How far a log is known ahead of the time: a script that asks nobody anything prints what it will print.
const AHEAD: Span = Span::secs(60);

/// A log that is read, perhaps for as long as the container runs.
#[derive(Clone, Debug)]
pub struct Log {
    connect: Connect,
    /// Lines that were made out and not read yet.
    lines: Vec<Value>,
    /// Up to when they are.
    until: Time,
    /// Which of them were read: those up to this time, in microseconds since 1970.
    read: Option<u64>,
    /// The run that is read.
    run: Option<u64>,
    over: bool,
}

impl Log {
    /// The log that a request asks for.
    pub fn new(connect: &Connect) -> Log {
        Log {
            connect: connect.clone(),
            lines: Vec::new(),
            until: Time(0),
            read: None,
            run: None,
            over: false,
        }
    }

    /// A log that begins now, as somebody sees it who attaches.
    pub fn attached(connect: &Connect, now: Time) -> Log {
        Log {
            read: Some(unix(now)),
            ..Log::new(connect)
        }
    }

    /// Whether nothing more will come.
    pub fn is_over(&self) -> bool {
        self.over
    }

    /// The lines since the last look: `[microseconds since 1970, 1 or 2, text]`.
    ///
    /// # Errors
    /// Where the kubelet cannot be asked, or has no such container.
    pub fn more(&mut self, view: View<'_>) -> Result<Vec<Value>, Status> {
        let now = view.world.now();
        let Some(previous) = self.connect.previous.filter(|_| !self.over) else {
            self.over = true;
            return Ok(Vec::new());
        };
        let (pod, container) = (&self.connect.pod, &self.connect.container);
        let path = format!("containerLogs/{}/{}/{container}", pod.namespace, pod.name);
        view.reach(pod, &path)?;
        let facts = view.facts(pod, container, previous);
        let facts = facts.filter(|facts| facts["containers"][container.as_str()].is_object());
        let Some(mut facts) = facts else {
            self.over = true;
            // Whose pod is gone meanwhile has read everything.
            return match self.run {
                Some(_) => Ok(Vec::new()),
                None => Err(Status::new(
                    Reason::BadRequest,
                    format!(
                        "container {container:?} in pod {:?} is not available",
                        &*pod.name
                    ),
                )),
            };
        };
        let own = &facts["containers"][container.as_str()];
        let (run, ended) = (own["since"].as_u64(), own["at"].as_u64());
        // A follower sees one run to its end, and not the next.
        if self.run.is_some_and(|seen| Some(seen) != run) {
            self.over = true;
            return Ok(Vec::new());
        }
        self.run = run;
        if ended.is_some() || now > self.until || self.until == Time(0) {
            self.made_out(view, &mut facts);
        }
        self.over = ended.is_some();
        let here = unix(now);
        let at = |line: &Value| line[0].as_u64().unwrap_or_default();
        let (from, to) = (self.read, ended.map_or(here, |end| end.min(here)));
        let lines = self.lines.iter();
        let new = lines.filter(|line| at(line) <= to && from.is_none_or(|from| at(line) > from));
        let new = new.cloned().collect();
        self.read = Some(here);
        Ok(new)
    }

    /// Makes out what is printed up to a while from now, or to the next question that only the future can answer.
    fn made_out(&mut self, view: View<'_>, facts: &mut Value) {
        let container = self.connect.container.clone();
        let now = view.world.now();
        self.until = now + AHEAD;
        loop {
            let until = unix(self.until).into();
            let mut answer = rules::ask("log", &[facts, &until]).unwrap_or_default();
            let question = answer["asks"].take();
            let own = &mut facts["containers"][container.as_str()];
            let since = own["since"].as_u64().unwrap_or_default();
            let at = question["at"].as_u64().map(|at| at + since);
            let answers = own["answers"].as_array_mut();
            match (at, answers) {
                // What was asked in the past is answered as it would be now: nobody has kept it.
                (Some(at), Some(answers)) if at <= unix(now) && answers.len() < MOST => {
                    answers.push(view.ask(&self.connect.pod, &question));
                }
                (at, _) => {
                    if at.is_some() {
                        self.until = now;
                    }
                    if let Value::Array(lines) = answer["lines"].take() {
                        self.lines = lines;
                    }
                    return;
                }
            }
        }
    }
}

/// How many questions of a script are answered for its log.
const MOST: usize = 200;

impl View<'_> {
    /// The text of a log, as it was asked for.
    ///
    /// # Errors
    /// Where the kubelet cannot be asked.
    pub fn log(&self, connect: &Connect) -> Result<String, Status> {
        let lines = Log::new(connect).more(*self)?;
        Ok(self.text(lines, &connect.options))
    }

    /// Lines as text.
    pub fn text(&self, lines: Vec<Value>, options: &Value) -> String {
        let now = unix(self.world.now()).into();
        let text = rules::ask("logText", &[&Value::Array(lines), options, &now]);
        match text {
            Some(Value::String(text)) => text,
            _ => String::new(),
        }
    }
}
