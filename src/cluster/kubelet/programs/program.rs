//! A program: what an image does with a container's command, arguments, ports and environment.

use std::sync::Arc;

use k8s_openapi::api::core::v1 as core;
use podarium_api::meta::{Span, Str};

use super::calls::calls;
use super::image::{Calls, Image, Listen, Runs, Speaks};
use super::shell::{self, Course, End, Known};
use crate::network::{Call, Protocol};

/// What a container that starts gives its program.
#[derive(Clone, Copy, Debug)]
pub struct Start<'a> {
    /// The catalogue's entry.
    pub image: &'a Arc<Image>,
    /// The container.
    pub spec: &'a core::Container,
    /// Its command, variables put in; empty for the image's own.
    pub command: &'a [String],
    /// Its arguments, variables put in.
    pub args: &'a [String],
    /// Its environment.
    pub env: &'a [(String, String)],
    /// Ports that are probed.
    pub probed: &'a [u16],
    /// What the network has answered to its script so far.
    pub answers: &'a [Option<u16>],
}

/// What a container's processes do. All times count from the start of the container.
#[derive(Clone, Debug)]
pub struct Program {
    /// The catalogue's entry.
    pub image: Arc<Image>,
    /// What listens where, once it serves.
    pub listens: Box<[Listen]>,
    /// Its arguments.
    pub args: Box<[Str]>,
    /// Whom it calls.
    pub calls: Arc<[Call]>,
    /// How often it calls by itself.
    pub every: Option<Span>,
    /// From when on it listens, if it ever does.
    pub opens: Option<Span>,
    /// How it ends by itself.
    pub end: End,
    /// From SIGTERM to its end; `None` if it does not heed it.
    pub stop_time: Option<Span>,
    /// Bytes.
    pub memory: u64,
    /// Files that its script makes and removes.
    pub files: Box<[(Span, Str, bool)]>,
}

impl Program {
    /// What a container will do.
    pub fn new(start: Start<'_>) -> Program {
        let image = start.image;
        let course = course(start);
        let course = match missing_variable(image, start.env) {
            true if course.serves.is_some() => Course {
                serves: None,
                end: End::Exit(Span::millis(400), 1),
                ..course
            },
            _ => course,
        };
        let serves = course.serves.is_some();
        let listens = if serves { listens(start) } else { Vec::new() };
        let own_calls = if serves {
            calls(&image.calls, start.env)
        } else {
            calls(&Calls::None, start.env)
        };
        // Who neither listens nor is described must be there to call others.
        let restless = listens.is_empty() && image.serves_declared && !own_calls.is_empty();
        let every = image
            .every
            .or(restless.then_some(Span::secs(1)))
            .filter(|_| serves);
        Program {
            listens: listens.into(),
            args: start.args.iter().map(|a| a.as_str().into()).collect(),
            calls: own_calls,
            every,
            opens: course.serves.map(|at| at + image.start_time),
            stop_time: match course.heeds_term {
                true => Some(image.stop_time.unwrap_or(Span::millis(100))),
                false => None,
            },
            memory: match course.memory {
                0 if serves => image.memory,
                0 => 1 << 20,
                bytes => bytes,
            },
            end: course.end,
            files: course.files.into(),
            image: image.clone(),
        }
    }

    /// What listens on a port.
    pub fn listener(&self, port: u16, protocol: Protocol) -> Option<&Listen> {
        self.listens
            .iter()
            .find(|l| l.port == port && l.protocol == protocol)
    }

    /// The status code for a path, this long after the start.
    pub fn code(&self, path: &str, age: Span) -> u16 {
        let path = path.split(['?', '#']).next().unwrap_or_default();
        let matching = self.image.paths.iter().find(|p| {
            super::pattern::glob(&p.path, path)
                && p.until.is_none_or(|until| age < until)
                && p.from.is_none_or(|from| age >= from)
                && p.arg
                    .as_ref()
                    .is_none_or(|arg| self.args.iter().any(|a| a == arg))
        });
        matching.map_or(self.image.other, |p| p.code)
    }

    /// When, after `age`, answers may next become others by themselves.
    pub fn next_turn(&self, age: Span) -> Option<Span> {
        let paths = self.image.paths.iter().flat_map(|p| [p.until, p.from]);
        let files = self.files.iter().map(|(at, ..)| Some(*at));
        paths
            .chain(files)
            .chain([self.opens])
            .flatten()
            .filter(|at| *at > age)
            .min()
    }

    /// Files as they are this long after the start: the last word on each.
    pub fn files_at(&self, age: Span) -> Vec<(Str, bool)> {
        let mut all: Vec<(Str, bool)> = Vec::new();
        for (at, file, there) in &self.files {
            match *at <= age {
                true => all.push((file.clone(), *there)),
                // What the script has yet to make is not there yet.
                false if !all.iter().any(|(f, _)| f == file) => all.push((file.clone(), false)),
                false => {}
            }
        }
        all
    }
}

fn course(start: Start<'_>) -> Course {
    let known = Known {
        env: start.env,
        answers: start.answers,
        files: &[],
        own: &start.image.commands,
        bare: false,
    };
    let own = |serves: bool, end| Course {
        files: Vec::new(),
        serves: serves.then_some(Span(0)),
        end,
        heeds_term: start.image.stop_time.is_some(),
        memory: 0,
        complaint: "".into(),
    };
    match (script(start), start.image.runs) {
        (Some(argv), _) => shell::command(&argv, known),
        (None, Runs::Serve) => own(true, End::Never),
        (None, Runs::Once) => own(false, End::Exit(Span::secs(1), 0)),
        (None, Runs::Shell | Runs::Stress) => own(false, End::Exit(Span::millis(20), 0)),
    }
}

/// The command line that is followed as a script; `None` where the image's own program runs as it is.
pub fn script(start: Start<'_>) -> Option<Vec<String>> {
    let mut argv: Vec<String> = start.command.to_vec();
    argv.extend(start.args.iter().cloned());
    // Entry points of the official images run a shell or a tool that is given as the first argument.
    let tool = start.args.first().is_some_and(|a| {
        let name = a.rsplit_once('/').map_or(a.as_str(), |(_, n)| n);
        ["sh", "bash", "ash", "sleep", "tail", "echo", "env"].contains(&name)
    });
    let runs = start.image.runs;
    if runs == Runs::Stress && start.command.is_empty() && !tool {
        argv.insert(0, "stress".into());
        return Some(argv);
    }
    let followed = !start.command.is_empty() || tool || runs == Runs::Shell;
    (followed && !argv.is_empty()).then_some(argv)
}

fn missing_variable(image: &Image, env: &[(String, String)]) -> bool {
    let set = |name: &Str| env.iter().any(|(n, v)| **n == **name && !v.is_empty());
    !image.requires.iter().all(|group| group.iter().any(set))
}

fn listens(start: Start<'_>) -> Vec<Listen> {
    let mut all = start.image.ports.clone();
    if !start.image.serves_declared {
        return all;
    }
    let speaks = start.image.declared;
    let mut add = |port: u16, protocol| {
        if port > 0 && !all.iter().any(|l| l.port == port && l.protocol == protocol) {
            all.push(Listen {
                port,
                protocol,
                speaks,
            });
        }
    };
    for port in start.spec.ports.iter().flatten() {
        let protocol = Protocol::parse(port.protocol.as_deref().unwrap_or_default());
        add(
            u16::try_from(port.container_port).unwrap_or_default(),
            protocol.unwrap_or_default(),
        );
    }
    for port in start.probed {
        add(*port, Protocol::Tcp);
    }
    if let Some((_, port)) = start.env.iter().find(|(n, _)| n == "PORT") {
        add(port.parse().unwrap_or_default(), Protocol::Tcp);
    }
    all
}

impl Speaks {
    /// Whether a probe of `other`'s kind gets its answer from this server.
    pub fn answers(self, other: Speaks) -> bool {
        self == Speaks::Any || other == Speaks::Tcp || self == other
    }
}
