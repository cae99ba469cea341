//! Follows a parsed script through its own time.

use podarium_api::meta::{Span, Str};
use podarium_api::ordered::OrdMap;
use podarium_api::shell::{Node, Part, Stream, To, Word, parse};
use std::collections::BTreeMap;

use super::tools::{CLIENTS, QUICK, query, stress_memory};
use super::{Course, End, Query};
use crate::kubelet::programs::image::parse_span;

/// What a script finds around it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Known<'a> {
    /// The environment.
    pub env: &'a [(String, String)],
    /// Answers of the network to its queries, in order: a status code, or `None` for no answer.
    pub answers: &'a [Option<u16>],
    /// Files that are there (`true`) or known to be absent, beside those that the script makes.
    pub files: &'a [(Str, bool)],
    /// Commands that start the image's own program.
    pub own: &'a [Str],
    /// Whether nothing but a script runs there: what it has not made below /tmp is not there.
    pub bare: bool,
}

/// How a command ends, beyond its exit code.
enum Stop {
    Exit(i32),
    Never,
    /// The image's own program takes over.
    Serve {
        replaces: bool,
    },
    Ask(Query),
    Break,
    Continue,
}

type Flow = Result<i32, Stop>;

struct Run<'a> {
    known: Known<'a>,
    now: Span,
    asked: usize,
    vars: BTreeMap<String, String>,
    files: OrdMap<String, bool>,
    course: Course,
    steps: u32,
    trapped: bool,
    background: bool,
    /// `set -e`: a command that fails ends the script …
    strict: bool,
    /// … but not where its code is asked for, so many times over.
    asking: u32,
}

/// What a list of arguments does when it is a container's first process; a shell's `-c` is followed.
pub fn command(argv: &[String], known: Known<'_>) -> Course {
    let mut run = Run::new(known);
    let flow = match shell_script(argv) {
        Some(text) => match parse(text) {
            Some(node) => {
                run.strict = argv
                    .get(1)
                    .is_some_and(|o| o.starts_with('-') && o.contains('e'));
                run.node(&node)
            }
            None => Err(Stop::Serve { replaces: false }),
        },
        None => run.external(argv, true),
    };
    run.end(flow)
}

/// The script of `sh -c …`.
fn shell_script(argv: &[String]) -> Option<&str> {
    let (shell, rest) = argv.split_first()?;
    if !matches!(base(shell), "sh" | "bash" | "ash" | "dash" | "zsh") {
        return None;
    }
    let option = rest
        .iter()
        .position(|a| a.starts_with('-') && !a.starts_with("--") && a.ends_with('c'))?;
    rest.get(option + 1).map(String::as_str)
}

fn base(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

impl<'a> Run<'a> {
    fn new(known: Known<'a>) -> Self {
        Run {
            known,
            now: Span(0),
            asked: 0,
            vars: BTreeMap::new(),
            files: OrdMap::new(),
            course: Course {
                files: Vec::new(),
                serves: None,
                end: End::Never,
                heeds_term: false,
                memory: 0,
                complaint: "".into(),
            },
            steps: 0,
            trapped: false,
            background: false,
            strict: false,
            asking: 0,
        }
    }

    fn end(mut self, flow: Flow) -> Course {
        let heeded = self.trapped;
        self.course.end = match flow {
            Ok(code) | Err(Stop::Exit(code)) => End::Exit(self.now, code),
            Err(Stop::Never | Stop::Break | Stop::Continue) => End::Never,
            Err(Stop::Serve { replaces }) => {
                self.course.serves.get_or_insert(self.now);
                self.course.heeds_term = replaces;
                End::Never
            }
            Err(Stop::Ask(query)) => End::Asks(self.now, query),
        };
        self.course.heeds_term |= heeded;
        self.course
    }

    fn node(&mut self, node: &Node) -> Flow {
        self.steps += 1;
        if self.steps > 20_000 {
            return Err(Stop::Never);
        }
        match node {
            Node::Command {
                set,
                words,
                streams,
            } => self.simple(set, words, streams),
            // Where the output of a compound goes changes nothing that anybody sees.
            Node::Streams(inner, _) => self.node(inner),
            Node::Pipe(all) => {
                let mut last = 0;
                for node in all {
                    last = self.node(node)?;
                }
                Ok(last)
            }
            Node::And(a, b) => match self.ask(a)? {
                0 => self.node(b),
                code => Ok(code),
            },
            Node::Or(a, b) => match self.ask(a)? {
                0 => Ok(0),
                _ => self.node(b),
            },
            Node::Not(inner) => Ok(i32::from(self.ask(inner)? == 0)),
            Node::Sequence(all) => {
                let mut last = 0;
                for node in all {
                    last = self.node(node)?;
                    self.vars.insert("?".into(), last.to_string());
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
                    Err(Stop::Serve { .. }) => {
                        self.course.serves.get_or_insert(self.now);
                        self.background = true;
                    }
                    Err(Stop::Never) => self.background = true,
                    Err(Stop::Ask(query)) => return Err(Stop::Ask(query)),
                    _ => {}
                }
                self.now = here;
                Ok(0)
            }
            Node::If(condition, then, other) => match (self.ask(condition)?, other) {
                (0, _) => self.node(then),
                (_, Some(other)) => self.node(other),
                (_, None) => Ok(0),
            },
            Node::Loop(condition, body, until) => {
                // A loop that has gone round so often without asking anybody anything goes on for ever.
                let (mut rounds, mut asked) = (0, self.asked);
                loop {
                    if (self.ask(condition)? == 0) == *until {
                        return Ok(0);
                    }
                    match self.node(body) {
                        Err(Stop::Break) => return Ok(0),
                        Err(Stop::Continue) | Ok(_) => {}
                        Err(stop) => return Err(stop),
                    }
                    rounds = if self.asked > asked { 0 } else { rounds + 1 };
                    asked = self.asked;
                    if rounds > 500 {
                        return Err(Stop::Never);
                    }
                }
            }
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

    /// A command whose exit code is a question.
    fn ask(&mut self, node: &Node) -> Flow {
        self.asking += 1;
        let flow = self.node(node);
        self.asking -= 1;
        flow
    }

    fn simple(&mut self, set: &[(String, Word)], words: &[Word], streams: &[Stream]) -> Flow {
        let mut code = 0;
        for (name, value) in set {
            let value = self.word(value)?;
            self.vars.insert(name.clone(), value);
        }
        let argv = self.words(words)?;
        for stream in streams.iter().filter(|s| s.number != 0) {
            if let To::File(file) = &stream.to {
                let file = self.word(file)?;
                if !file.starts_with("/dev/") {
                    self.make(&file, true);
                }
            }
        }
        if !argv.is_empty() {
            code = match shell_script(&argv).map(parse) {
                Some(Some(inner)) => match self.node(&inner) {
                    Err(Stop::Exit(code)) => code,
                    other => other?,
                },
                Some(None) => return Err(Stop::Serve { replaces: false }),
                None => self.external(&argv, false)?,
            };
        }
        Ok(code)
    }

    fn make(&mut self, file: &str, there: bool) {
        if self.files.insert(file.into(), there) != Some(there) {
            self.course.files.push((self.now, file.into(), there));
        }
    }

    /// Whether a file is there: as the script left it, else as it was known before. What nobody has spoken of is there,
    /// because images and volumes are full of files.
    fn has(&self, file: &str) -> bool {
        let known = || self.known.files.iter().rev().find(|(f, _)| **f == *file);
        match self.files.get(file) {
            Some(there) => *there,
            None => match known() {
                Some((_, there)) => *there,
                None => !(self.known.bare && file.starts_with("/tmp/")),
            },
        }
    }

    /// One command; `first` when it is the container's first process.
    fn external(&mut self, argv: &[String], first: bool) -> Flow {
        let (name, args) = match argv.split_first() {
            Some((name, args)) => (base(name), args),
            None => return Ok(0),
        };
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        if self.known.own.iter().any(|own| **own == *name) {
            return Err(Stop::Serve { replaces: first });
        }
        match name {
            "sleep" => self.sleep(&args),
            "exit" | "return" => Err(Stop::Exit(args.first().map_or_else(
                || self.variable("?").parse().unwrap_or(0),
                |a| a.parse::<i32>().unwrap_or(2) & 0xff,
            ))),
            "false" => Ok(1),
            "break" => Err(Stop::Break),
            "continue" => Err(Stop::Continue),
            "exec" if args.is_empty() => Ok(0),
            "exec" | "nohup" | "command" | "sudo" | "tini" | "dumb-init" => {
                let rest: Vec<String> = argv[1..]
                    .iter()
                    .skip_while(|a| a.starts_with('-'))
                    .cloned()
                    .collect();
                match self.external(&rest, first || name == "exec") {
                    // What replaces the shell also ends the script.
                    Ok(code) if name == "exec" => Err(Stop::Exit(code)),
                    other => other,
                }
            }
            "time" | "timeout" => {
                let from = 1 + usize::from(name == "timeout");
                self.external(argv.get(from..).unwrap_or_default(), false)
            }
            "set" => {
                let short = |a: &&&str| a.starts_with('-') && !a.starts_with("--");
                self.strict |= args.iter().filter(short).any(|a| a.contains('e'));
                Ok(0)
            }
            "trap" => {
                self.trapped |= args.iter().any(|a| matches!(*a, "TERM" | "SIGTERM" | "15"));
                Ok(0)
            }
            "eval" => match parse(&args.join(" ")) {
                Some(node) => self.node(&node),
                None => Ok(1),
            },
            "touch" => {
                for file in args.iter().filter(|a| !a.starts_with('-')) {
                    self.make(file, true);
                }
                Ok(0)
            }
            "rm" => {
                for file in args.iter().filter(|a| !a.starts_with('-')) {
                    self.make(file, false);
                }
                Ok(0)
            }
            "cat" | "ls" | "head" | "stat" => {
                for file in args.iter().filter(|a| a.starts_with('/')) {
                    if !self.has(file) {
                        let text = match name {
                            "cat" | "head" => format!("{name}: can't open '{file}'"),
                            _ => format!("{name}: {file}"),
                        };
                        self.course.complaint = format!("{text}: No such file or directory").into();
                        return Ok(1);
                    }
                }
                Ok(0)
            }
            "[" | "[[" | "test" => {
                let args = match args.split_last() {
                    Some((&("]" | "]]"), rest)) => rest,
                    _ => &args[..],
                };
                Ok(i32::from(!self.test(args)))
            }
            "tail"
                if args.iter().any(|a| {
                    a.starts_with('-') && !a.starts_with("--") && a.contains(['f', 'F'])
                }) =>
            {
                Err(Stop::Never)
            }
            "ping" if !args.iter().any(|a| a.starts_with("-c")) => Err(Stop::Never),
            "yes" | "watch" | "top" | "vi" => Err(Stop::Never),
            "wait" if self.background => Err(Stop::Never),
            "stress" | "stress-ng" => {
                self.course.memory = stress_memory(&args);
                Err(Stop::Never)
            }
            name if CLIENTS.contains(&name) => self.client(name, &args),
            name if QUICK.contains(&name) => Ok(0),
            // Whatever it is, somebody made a container to run it: the image's own program.
            _ => Err(Stop::Serve { replaces: first }),
        }
    }

    fn sleep(&mut self, args: &[&str]) -> Flow {
        let mut total = Span(0);
        for arg in args {
            match parse_span(arg) {
                Some(span) => total = total + span,
                None if *arg == "infinity" || *arg == "inf" => return Err(Stop::Never),
                None => {
                    self.course.complaint = format!("sleep: invalid number '{arg}'").into();
                    return Ok(1);
                }
            }
        }
        self.now = self.now + total;
        Ok(i32::from(args.is_empty()))
    }

    fn client(&mut self, name: &str, args: &[&str]) -> Flow {
        let query = query(name, args);
        match self.known.answers.get(self.asked) {
            None => Err(Stop::Ask(query)),
            Some(answer) => {
                self.asked += 1;
                // curl -w writes 000 where there was no answer.
                let none = if name == "curl" { "000" } else { "" };
                let text = answer.map_or(none.to_owned(), |code| code.to_string());
                self.vars.insert(CODE.into(), text);
                let fails_on_error = name == "wget" || args.iter().any(|a| a.contains("-f"));
                let complaint = match (answer, name) {
                    (Some(code), _) if *code < 400 || !fails_on_error => return Ok(0),
                    (Some(code), "curl") => {
                        format!("curl: (22) The requested URL returned error: {code}")
                    }
                    (Some(code), _) => format!("{name}: server returned error: HTTP/1.1 {code}"),
                    (None, "curl") => "curl: (7) Failed to connect: Connection refused".into(),
                    (None, "grpc_health_probe") => {
                        "timeout: failed to connect service within 1s".into()
                    }
                    (None, "pg_isready") => "no response".into(),
                    (None, _) => format!("{name}: Connection refused"),
                };
                self.course.complaint = complaint.into();
                Ok(if answer.is_some() { 22 } else { 1 })
            }
        }
    }

    fn test(&self, args: &[&str]) -> bool {
        if let Some(i) = args.iter().position(|a| *a == "-o" || *a == "||") {
            return self.test(&args[..i]) || self.test(&args[i + 1..]);
        }
        if let Some(i) = args.iter().position(|a| *a == "-a" || *a == "&&") {
            return self.test(&args[..i]) && self.test(&args[i + 1..]);
        }
        let number = |text: &str| text.parse::<i64>().unwrap_or(0);
        match args {
            ["!", rest @ ..] => !self.test(rest),
            ["-z", text] => text.is_empty(),
            ["-n", text] => !text.is_empty(),
            ["-e" | "-f" | "-s" | "-d" | "-r" | "-x" | "-w" | "-L", file] => self.has(file),
            [a, "=" | "==", b] => a == b,
            [a, "!=", b] => a != b,
            [a, "-eq", b] => !a.is_empty() && number(a) == number(b),
            [a, "-ne", b] => number(a) != number(b),
            [a, "-lt", b] => number(a) < number(b),
            [a, "-le", b] => number(a) <= number(b),
            [a, "-gt", b] => number(a) > number(b),
            [a, "-ge", b] => number(a) >= number(b),
            [text] => !text.is_empty(),
            _ => false,
        }
    }

    fn variable(&self, name: &str) -> String {
        let (name, default) = match name.split_once(":-") {
            Some((name, default)) => (name, default),
            None => (name, ""),
        };
        if let Some(value) = self.vars.get(name).filter(|v| !v.is_empty()) {
            return value.clone();
        }
        let env = self.known.env.iter().rev().find(|(n, _)| n == name);
        env.map_or(default.into(), |(_, value)| value.clone())
    }

    /// Words with variables and outputs put in; unquoted ones fall apart at spaces.
    fn words(&mut self, words: &[Word]) -> Result<Vec<String>, Stop> {
        let mut out = Vec::new();
        for word in words {
            let plain = matches!(
                word.as_slice(),
                [Part::Variable(_, false) | Part::Output(_, false)]
            );
            let text = self.word(word)?;
            if plain {
                out.extend(text.split_whitespace().map(String::from));
            } else {
                out.push(text);
            }
        }
        Ok(out)
    }

    fn word(&mut self, word: &Word) -> Result<String, Stop> {
        let mut out = String::new();
        for part in word {
            match part {
                Part::Text(text, _) => out.push_str(text),
                Part::Variable(name, _) => out.push_str(&self.variable(name)),
                Part::Sum(text) => out.push_str(&self.sum(text).to_string()),
                Part::Output(node, _) => out.push_str(&self.output(node)?),
            }
        }
        Ok(out)
    }

    /// What `$(…)` prints, where that matters: numbers counted, texts echoed, the status code that a client met.
    fn output(&mut self, node: &Node) -> Result<String, Stop> {
        let node = match node {
            Node::Sequence(all) if all.len() == 1 => &all[0],
            other => other,
        };
        if let Node::Command { words, .. } = node {
            let argv = self.words(words)?;
            let args = argv.get(1..).unwrap_or_default();
            match argv.first().map(|n| base(n)) {
                Some("seq") => {
                    let numbers: Vec<i64> = args.iter().filter_map(|a| a.parse().ok()).collect();
                    let (from, to) = match numbers.as_slice() {
                        [to] => (1, *to),
                        [from, to] => (*from, *to),
                        [from, _, to] => (*from, *to),
                        _ => (1, 0),
                    };
                    let all: Vec<_> = (from..=to.min(from + 10_000))
                        .map(|n| n.to_string())
                        .collect();
                    return Ok(all.join(" "));
                }
                Some("echo") => return Ok(args.join(" ")),
                Some("hostname") => return Ok(self.variable("HOSTNAME")),
                _ => {}
            }
        }
        self.vars.remove(CODE);
        match self.node(node) {
            Ok(_) | Err(Stop::Exit(_)) => Ok(self.vars.remove(CODE).unwrap_or_default()),
            Err(stop) => Err(stop),
        }
    }

    /// Sums and differences, left to right.
    fn sum(&self, text: &str) -> i64 {
        let (mut total, mut sign, mut word) = (0i64, '+', String::new());
        for c in text.chars().chain(['+']) {
            match c {
                '+' | '-' | '*' | '/' | '%' => {
                    let name = word.trim().trim_start_matches('$');
                    let value = match name.parse::<i64>() {
                        Ok(n) => n,
                        Err(_) => self.variable(name).parse().unwrap_or(0),
                    };
                    total = match sign {
                        '+' => total.wrapping_add(value),
                        '-' => total.wrapping_sub(value),
                        '*' => total.wrapping_mul(value),
                        '/' => total.checked_div(value).unwrap_or(0),
                        _ => total.checked_rem(value).unwrap_or(0),
                    };
                    sign = c;
                    word.clear();
                }
                c => word.push(c),
            }
        }
        total
    }
}

/// The variable that keeps the status code that a client met last; no script can name it.
const CODE: &str = " code";
