//! Runs a parsed script: words, streams, pipes, branches, loops.

use std::collections::BTreeMap;

use podarium_api::shell::{BOTH, Node, Part, Stream, To, Word, parse};
use serde_json::{Value, json};

use super::files::absolute;
use super::{Files, answered, texts, tools};

/// How a command ends, beyond its exit code.
pub enum Stop {
    Exit(i32),
    /// It goes on after anybody looks.
    Never,
    /// The image's own program takes over.
    Serve,
    /// It waits for the network's answer to this.
    Ask(Value),
    Break,
    Continue,
}

pub type Flow = Result<i32, Stop>;

/// Where a stream leads.
#[derive(Clone)]
pub(super) enum Sink {
    /// To whoever looks.
    Out(u8),
    /// Into a pipe or `$(…)`.
    Buffer(usize),
    File(String),
    Nowhere,
}

/// A script that runs.
pub struct Run<'a> {
    pub given: &'a Value,
    /// Microseconds since it began.
    pub now: u64,
    pub vars: BTreeMap<String, String>,
    pub cwd: String,
    pub files: Files,
    /// What was printed: when, on which stream, what.
    pub out: Vec<(u64, u8, String)>,
    /// From when on the image's own program runs in the background.
    pub serves: Option<u64>,
    until: u64,
    pub(super) sinks: [Sink; 2],
    pub(super) buffers: Vec<String>,
    pub stdin: String,
    /// Whether more may come to be read.
    pub(super) open: bool,
    /// Why the command could not be begun at all.
    pub missing: Option<String>,
    asked: usize,
    steps: u64,
    most: u64,
    pub(super) status: i32,
    pub(super) name: &'static str,
    pub(super) strict: bool,
    asking: u32,
}

impl<'a> Run<'a> {
    /// More commands than anybody waits for.
    const STEPS: u64 = 50_000;
    /// A look is at the last of so many bytes at most.
    const MOST: usize = 4 << 20;

    pub fn new(given: &'a Value) -> Self {
        let text = |name: &str| given[name].as_str().unwrap_or_default().to_owned();
        Run {
            given,
            now: 0,
            vars: texts(&given["env"]),
            cwd: absolute("/", &text("cwd")),
            files: Files::new(&given["files"]),
            out: Vec::new(),
            serves: None,
            until: given["until"].as_u64().unwrap_or(u64::MAX),
            sinks: [Sink::Out(1), Sink::Out(2)],
            buffers: Vec::new(),
            stdin: text("stdin"),
            open: given["open"] == true,
            missing: None,
            most: given["steps"].as_u64().unwrap_or(Self::STEPS),
            asked: 0,
            steps: 0,
            status: 0,
            name: "sh",
            strict: false,
            asking: 0,
        }
    }

    /// The first process: a tool, or a shell with a script.
    pub fn first(&mut self, argv: &[String]) -> Flow {
        let Some(name) = argv.first() else {
            return Ok(0);
        };
        match self.shell_of(argv) {
            Some(Shell::Script(text)) => self.script(&text),
            // A shell without a script reads one.
            Some(Shell::Reads) => {
                let text = self.take_input()?;
                self.script(&text)
            }
            Some(Shell::Missing) => self.no_such_program(name),
            None => self.tool(argv, true),
        }
    }

    /// A line typed at a prompt.
    pub fn line(&mut self, text: &str) -> Flow {
        self.script(text)
    }

    // upstream: what runc says through containerd, as kubectl prints it
    pub(super) fn no_such_program(&mut self, name: &str) -> Flow {
        let path = if name.contains('/') {
            format!("stat {name}: no such file or directory")
        } else {
            "executable file not found in $PATH".into()
        };
        self.missing = Some(format!(
            "OCI runtime exec failed: exec failed: unable to start container process: exec: {name:?}: {path}"
        ));
        Err(Stop::Exit(127))
    }

    pub(super) fn script(&mut self, text: &str) -> Flow {
        match parse(text) {
            Some(node) => self.node(&node),
            None if text.trim().is_empty() => Ok(0),
            None => {
                let name = self.name;
                self.err(&format!("{name}: syntax error\n"));
                Ok(2)
            }
        }
    }

    fn shell_of(&mut self, argv: &[String]) -> Option<Shell> {
        let (name, rest) = argv.split_first()?;
        let base = name
            .rsplit_once('/')
            .map_or(name.as_str(), |(_, name)| name);
        let has = self.given["shell"].as_str();
        let known = match base {
            "sh" | "ash" | "dash" => "sh",
            "bash" => "bash",
            _ => return None,
        };
        if has.is_none() || (known == "bash" && has != Some("bash")) {
            return Some(Shell::Missing);
        }
        self.name = known;
        let mut script = None;
        let mut words = rest.iter();
        while let Some(word) = words.next() {
            match word.strip_prefix('-') {
                Some(options) if !options.starts_with('-') => {
                    self.strict |= options.contains('e');
                    if options.contains('c') {
                        script = words.next().cloned();
                        break;
                    }
                }
                Some(_) => {}
                // A script in a file.
                None => {
                    let path = absolute(&self.cwd, word);
                    script = self.files.read(&path).map(str::to_owned);
                    break;
                }
            }
        }
        Some(script.map_or(Shell::Reads, Shell::Script))
    }

    /// Everything that can be read.
    pub fn take_input(&mut self) -> Result<String, Stop> {
        match self.open {
            true => Err(Stop::Ask(json!({"kind": "stdin"}))),
            false => Ok(std::mem::take(&mut self.stdin)),
        }
    }

    /// Why a path cannot be written to, if it cannot.
    pub fn why_not(&self, path: &str) -> Option<&'static str> {
        let mut fixed = tools::list(&self.given["readOnly"]);
        let inside = |root: &str| {
            let rest = path.strip_prefix(root);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        fixed.any(inside).then_some("Read-only file system")
    }

    /// Does something with another text to read.
    fn reading(&mut self, input: Option<String>, act: impl FnOnce(&mut Self) -> Flow) -> Flow {
        let Some(text) = input else {
            return act(self);
        };
        let outer = (std::mem::replace(&mut self.stdin, text), self.open);
        self.open = false;
        let flow = act(self);
        (self.stdin, self.open) = outer;
        flow
    }

    /// Prints on the standard output.
    pub fn say(&mut self, text: &str) {
        self.print(0, text);
    }

    /// Prints on the standard error.
    pub fn err(&mut self, text: &str) {
        self.print(1, text);
    }

    fn print(&mut self, stream: usize, text: &str) {
        if text.is_empty() {
            return;
        }
        match self.sinks[stream].clone() {
            Sink::Out(stream) => self.out.push((self.now, stream, text.into())),
            Sink::Buffer(at) => {
                if self.buffers[at].len() < Self::MOST {
                    self.buffers[at].push_str(text);
                }
            }
            Sink::File(path) => self.files.write(&path, text, true),
            Sink::Nowhere => {}
        }
    }

    /// Whether the standard output is a terminal.
    pub fn is_terminal(&self) -> bool {
        self.given["tty"] == true && matches!(self.sinks[0], Sink::Out(_))
    }

    /// Lets time pass; nobody looks at what comes after the end of the look.
    pub fn pass(&mut self, micros: u64) -> Result<(), Stop> {
        self.now = self.now.saturating_add(micros);
        if self.now > self.until {
            return Err(Stop::Never);
        }
        Ok(())
    }

    /// Asks the network something; its answer when it has come.
    pub fn ask(&mut self, question: Value) -> Result<&'a Value, Stop> {
        let given = self.given;
        match answered(given, self.asked) {
            Some(answer) => {
                self.asked += 1;
                self.pass(answer["micros"].as_u64().unwrap_or(1_000))?;
                Ok(answer)
            }
            None => {
                let mut question = question;
                question["at"] = self.now.into();
                Err(Stop::Ask(question))
            }
        }
    }

    pub(super) fn node(&mut self, node: &Node) -> Flow {
        self.steps += 1;
        if self.steps > self.most {
            return Err(Stop::Never);
        }
        let flow = self.one(node);
        if let Ok(code) = flow {
            self.status = code;
        }
        flow
    }

    fn one(&mut self, node: &Node) -> Flow {
        match node {
            Node::Command {
                set,
                words,
                streams,
            } => {
                let before = self.sinks.clone();
                let input = self.redirect(streams)?;
                let flow = match input {
                    Ok(input) => self.reading(input, |run| run.simple(set, words)),
                    Err(code) => Ok(code),
                };
                self.sinks = before;
                flow
            }
            Node::Streams(inner, streams) => {
                let before = self.sinks.clone();
                let input = self.redirect(streams)?;
                let flow = match input {
                    Ok(input) => self.reading(input, |run| run.node(inner)),
                    Err(code) => Ok(code),
                };
                self.sinks = before;
                flow
            }
            Node::Pipe(all) => self.pipe(all),
            Node::And(a, b) => match self.asked_of(a)? {
                0 => self.node(b),
                code => Ok(code),
            },
            Node::Or(a, b) => match self.asked_of(a)? {
                0 => Ok(0),
                _ => self.node(b),
            },
            Node::Not(inner) => Ok(i32::from(self.asked_of(inner)? == 0)),
            Node::Sequence(all) => {
                let mut last = self.status;
                for node in all {
                    last = self.node(node)?;
                    let asked = matches!(node, Node::And(..) | Node::Not(_));
                    if last != 0 && self.strict && self.asking == 0 && !asked {
                        return Err(Stop::Exit(last));
                    }
                }
                Ok(last)
            }
            Node::Background(inner) => {
                let here = self.now;
                match self.node(inner) {
                    Err(Stop::Serve) => {
                        self.serves.get_or_insert(here);
                    }
                    Err(Stop::Ask(question)) => return Err(Stop::Ask(question)),
                    _ => {}
                }
                self.now = here;
                Ok(0)
            }
            Node::If(condition, then, other) => match (self.asked_of(condition)?, other) {
                (0, _) => self.node(then),
                (_, Some(other)) => self.node(other),
                (_, None) => Ok(0),
            },
            Node::Loop(condition, body, until) => loop {
                if (self.asked_of(condition)? == 0) == *until {
                    return Ok(0);
                }
                match self.node(body) {
                    Err(Stop::Break) => return Ok(0),
                    Err(Stop::Continue) | Ok(_) => {}
                    Err(stop) => return Err(stop),
                }
            },
            Node::For(name, words, body) => {
                let mut last = 0;
                for value in self.words(words)? {
                    self.vars.insert(name.clone(), value);
                    match self.node(body) {
                        Err(Stop::Break) => return Ok(0),
                        Err(Stop::Continue) => {}
                        other => last = other?,
                    }
                }
                Ok(last)
            }
        }
    }

    fn asked_of(&mut self, node: &Node) -> Flow {
        self.asking += 1;
        let flow = self.node(node);
        self.asking -= 1;
        flow
    }

    fn pipe(&mut self, all: &[Node]) -> Flow {
        let before = self.sinks.clone();
        let outer = (self.stdin.clone(), self.open);
        let mut last = Ok(0);
        for (i, node) in all.iter().enumerate() {
            let buffer = (i + 1 < all.len()).then(|| {
                self.buffers.push(String::new());
                self.buffers.len() - 1
            });
            self.sinks[0] = buffer.map_or(before[0].clone(), Sink::Buffer);
            last = match self.node(node) {
                Err(Stop::Exit(code)) => Ok(code),
                // What reads from it sees what was written so far.
                Err(Stop::Never) if buffer.is_some() && self.now <= self.until => Ok(0),
                other => other,
            };
            if let Some(at) = buffer {
                self.stdin = std::mem::take(&mut self.buffers[at]);
                self.open = false;
            }
            if last.is_err() {
                break;
            }
        }
        self.sinks = before;
        (self.stdin, self.open) = outer;
        last
    }

    /// Sends streams elsewhere; what is to be read instead, if anything, or the code of a file that is not there.
    fn redirect(&mut self, streams: &[Stream]) -> Result<Result<Option<String>, i32>, Stop> {
        let mut input = None;
        for stream in streams {
            let sink = match &stream.to {
                To::Stream(1) => self.sinks[0].clone(),
                To::Stream(_) => self.sinks[1].clone(),
                To::File(word) => {
                    let name = self.word(word)?;
                    let path = absolute(&self.cwd, &name);
                    if stream.number == 0 {
                        match self.files.read(&path) {
                            Some(text) => input = Some(text.to_owned()),
                            None if path == "/dev/null" => input = Some(String::new()),
                            None => {
                                let shell = self.name;
                                self.err(&format!("{shell}: can't open {name}: no such file\n"));
                                return Ok(Err(1));
                            }
                        }
                        continue;
                    }
                    match path.as_str() {
                        "/dev/null" => Sink::Nowhere,
                        "/dev/stdout" | "/proc/1/fd/1" => Sink::Out(1),
                        "/dev/stderr" | "/proc/1/fd/2" => Sink::Out(2),
                        _ if self.files.is_dir(&path) => {
                            let shell = self.name;
                            self.err(&format!("{shell}: can't create {name}: Is a directory\n"));
                            return Ok(Err(1));
                        }
                        _ if self.why_not(&path).is_some() => {
                            let (shell, why) = (self.name, self.why_not(&path).unwrap_or_default());
                            self.err(&format!("{shell}: can't create {name}: {why}\n"));
                            return Ok(Err(1));
                        }
                        _ => {
                            self.files.write(&path, "", stream.append);
                            Sink::File(path)
                        }
                    }
                }
            };
            match stream.number {
                1 => self.sinks[0] = sink,
                2 => self.sinks[1] = sink,
                BOTH => self.sinks = [sink.clone(), sink],
                _ => {}
            }
        }
        Ok(Ok(input))
    }

    fn simple(&mut self, set: &[(String, Word)], words: &[Word]) -> Flow {
        let argv = self.words(words)?;
        let mut before = Vec::new();
        for (name, value) in set {
            let value = self.word(value)?;
            let old = self.vars.insert(name.clone(), value);
            before.push((name.clone(), old));
        }
        if argv.is_empty() {
            return Ok(self.status_of_output(set));
        }
        let flow = match self.shell_of(&argv) {
            Some(Shell::Script(text)) => match self.script(&text) {
                Err(Stop::Exit(code)) => Ok(code),
                other => other,
            },
            Some(Shell::Reads) => {
                let text = self.take_input()?;
                self.script(&text)
            }
            Some(Shell::Missing) => {
                let (shell, name) = (self.name, &argv[0]);
                self.err(&format!("{shell}: {name}: not found\n"));
                Ok(127)
            }
            None => self.tool(&argv, false),
        };
        // Assignments before a command are the command's alone.
        for (name, old) in before {
            match old {
                Some(old) => self.vars.insert(name, old),
                None => self.vars.remove(&name),
            };
        }
        flow
    }

    fn status_of_output(&self, set: &[(String, Word)]) -> i32 {
        let output = |part: &Part| matches!(part, Part::Output(..));
        match set.iter().any(|(_, word)| word.iter().any(output)) {
            true => self.status,
            false => 0,
        }
    }
}

/// What a command that names a shell is to run.
enum Shell {
    Script(String),
    Reads,
    /// The image has no such shell.
    Missing,
}
