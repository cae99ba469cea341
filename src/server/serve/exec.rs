//! `exec` and `attach`: commands in containers, and what containers print from now on.

use std::sync::Arc;

use podarium_api::meta::Time;
use podarium_api::status::Status;
use podarium_cluster::apiserver::Connect;
use podarium_cluster::inside::{Asked, Log, Session};
use podarium_cluster::sim::User;
use serde_json::{Value, json};

use super::Server;
use super::channel::{Channel, Heard, exited};
use super::follow::LOOK;
use super::terminal::{Event, Terminal, cooked};

/// Exit code of what Ctrl-C has ended.
const INTERRUPTED: i32 = 130;

/// Somebody at the other end of a channel.
struct Client {
    channel: Channel,
    tty: bool,
    terminal: Terminal,
    /// What was typed while a command ran.
    ahead: Vec<u8>,
    /// Whether nothing more will be typed.
    ended: bool,
}

/// Why a command is not waited for any more.
enum Over {
    Exit(i32),
    /// It could not be begun.
    Missing(String),
    Gone,
}

impl Client {
    async fn show(&mut self, stream: u8, text: &str) -> bool {
        match self.tty {
            // A terminal has one stream.
            true => self.channel.send(1, &cooked(text)).await,
            false => self.channel.send(stream, text).await,
        }
    }

    /// Takes what was typed, or waits for it; `None` when the client is gone.
    async fn bytes(&mut self) -> Option<Vec<u8>> {
        if !self.ahead.is_empty() {
            return Some(std::mem::take(&mut self.ahead));
        }
        match self.channel.hear().await {
            Heard::Input(bytes) => Some(bytes),
            Heard::InputEnds => {
                self.ended = true;
                Some(vec![0x04])
            }
            Heard::Gone => None,
        }
    }

    /// Waits for a line, or another end of typing; `None` when the client is gone.
    async fn line(&mut self) -> Option<Event> {
        loop {
            let bytes = self.bytes().await?;
            let mut echo = String::new();
            for (i, byte) in bytes.iter().enumerate() {
                if let Some(event) = self.terminal.key(*byte, &mut echo) {
                    self.ahead = bytes[i + 1..].to_vec();
                    self.channel.send(1, &echo).await;
                    return Some(event);
                }
            }
            self.channel.send(1, &echo).await;
        }
    }
}

/// Runs a command, or a shell whose lines come from a terminal.
pub async fn run(server: &Arc<Server>, channel: Channel, connect: &Connect, user: &User) {
    let options = &connect.options;
    let words = options["command"].as_array().into_iter().flatten();
    let argv: Vec<String> = words.filter_map(|w| w.as_str().map(Into::into)).collect();
    let mut client = Client {
        channel,
        tty: options["tty"] == true,
        terminal: Terminal::default(),
        ahead: Vec::new(),
        ended: options["stdin"] != true,
    };
    let prompts = client.tty && !client.ended && waits_for_lines(&argv);
    let over = match prompts {
        true => prompt(server, &mut client, connect, user, &argv).await,
        false => {
            let asked = Asked {
                argv,
                stdin: (String::new(), !client.ended),
                tty: client.tty,
                ..Asked::default()
            };
            let begun = begin(server, connect, asked);
            match begun {
                Ok(session) => Ok(watch(server, &mut client, session, user).await.0),
                Err(status) => Err(status),
            }
        }
    };
    finish(client, now(server), over).await;
}

async fn finish(client: Client, at: Time, over: Result<Over, Status>) {
    let how = match over {
        Ok(Over::Exit(code)) => exited(code),
        Ok(Over::Missing(text)) => {
            // Each try has an id of its own.
            let id = u128::from(at.0).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
            Status::internal(&format!(
                "Internal error occurred: error executing command in container: failed to exec in container: failed to start \
                 exec \"{id:032x}{:032x}\": {text}: unknown",
                id.wrapping_mul(id)
            ))
            .to_value()
        }
        Ok(Over::Gone) => return,
        Err(status) => status.to_value(),
    };
    client.channel.end(&how).await;
}

fn now(server: &Arc<Server>) -> Time {
    server.live.read(podarium_cluster::Cluster::now)
}

fn begin(server: &Arc<Server>, connect: &Connect, asked: Asked) -> Result<Session, Status> {
    let read = |cluster: &podarium_cluster::Cluster| {
        Session::new(cluster.inside(), &connect.pod, &connect.container, asked)
    };
    server.live.read(read)
}

/// Whether a command is a shell, or the like, without anything to do.
fn waits_for_lines(argv: &[String]) -> bool {
    let Some((name, rest)) = argv.split_first() else {
        return false;
    };
    let name = name.rsplit('/').next().unwrap_or_default();
    let shell = ["sh", "ash", "bash", "dash"].contains(&name);
    let options = rest
        .iter()
        .all(|word| word.starts_with('-') && !word.contains('c'));
    (shell && options) || (name == "redis-cli" && rest.is_empty())
}

/// Watches a command to its end; what it leaves is left in the cluster.
async fn watch(
    server: &Arc<Server>,
    client: &mut Client,
    mut session: Session,
    user: &User,
) -> (Over, Session) {
    let over = loop {
        let shown = server.live.read(|cluster| session.look(cluster.inside()));
        if let Some(text) = shown.missing {
            break Over::Missing(text);
        }
        let mut there = true;
        for (stream, text) in &shown.out {
            there &= client.show(*stream, text).await;
        }
        if !there {
            break Over::Gone;
        }
        if let Some(code) = shown.code {
            break Over::Exit(code);
        }
        if shown.reads && client.tty {
            match client.line().await {
                Some(Event::Line(line)) => session.feed(&(line + "\n"), true),
                Some(Event::End) => session.feed("", false),
                Some(Event::Interrupt) => break Over::Exit(INTERRUPTED),
                None => break Over::Gone,
            }
            continue;
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            heard = client.channel.hear() => match heard {
                Heard::Input(bytes) if client.tty => {
                    if bytes.contains(&0x03) {
                        client.channel.send(1, "^C\r\n").await;
                        break Over::Exit(INTERRUPTED);
                    }
                    client.ahead.extend(bytes);
                }
                Heard::Input(bytes) => session.feed(&String::from_utf8_lossy(&bytes), true),
                Heard::InputEnds => {
                    client.ended = true;
                    session.feed("", false);
                }
                Heard::Gone => break Over::Gone,
            },
        }
    };
    if let Some(left) = session.left(user) {
        server.live.command(left);
    }
    (over, session)
}

/// A shell at a terminal: line after line.
async fn prompt(
    server: &Arc<Server>,
    client: &mut Client,
    connect: &Connect,
    user: &User,
    argv: &[String],
) -> Result<Over, Status> {
    let redis = argv[0].ends_with("redis-cli");
    let bash = argv[0].ends_with("bash");
    let asked = |line: Option<String>, env: &Value, cwd: &Option<String>| Asked {
        argv: match (&line, redis) {
            (Some(line), true) => {
                let words = line
                    .split_whitespace()
                    .map(|w| w.trim_matches('"').to_owned());
                argv.iter().cloned().chain(words).collect()
            }
            (None, true) => vec!["redis-cli".into(), "ping".into()],
            _ => argv.to_vec(),
        },
        line: line.filter(|_| !redis),
        stdin: (String::new(), false),
        tty: true,
        env: env.clone(),
        cwd: cwd.clone(),
    };
    // A shell without anything to do tells whether it is there, and what it says when it waits.
    let (mut env, mut cwd, mut last) = (json!({}), None, 0);
    let mut first = begin(server, connect, asked(None, &env, &cwd))?;
    let shown = server.live.read(|cluster| first.look(cluster.inside()));
    if let Some(text) = shown.missing {
        return Ok(Over::Missing(text));
    }
    let mut sign = first.prompt().to_owned();
    loop {
        if redis {
            sign = "127.0.0.1:6379> ".into();
        }
        if !client.channel.send(1, &sign).await {
            return Ok(Over::Gone);
        }
        let line = match client.line().await {
            Some(Event::Line(line)) => line,
            Some(Event::Interrupt) => continue,
            Some(Event::End) => {
                if bash {
                    client.show(1, "exit\n").await;
                }
                return Ok(Over::Exit(last));
            }
            None => return Ok(Over::Gone),
        };
        if line.trim().is_empty() {
            continue;
        }
        if redis && matches!(line.trim(), "exit" | "quit") {
            return Ok(Over::Exit(0));
        }
        let session = match begin(server, connect, asked(Some(line), &env, &cwd)) {
            Ok(session) => session,
            // The container has ended meanwhile, and the shell with it.
            Err(_) => return Ok(Over::Exit(137)),
        };
        let (over, session) = watch(server, client, session, user).await;
        last = match over {
            Over::Exit(code) => code,
            Over::Missing(text) => {
                client.show(2, &format!("{text}\n")).await;
                127
            }
            Over::Gone => return Ok(Over::Gone),
        };
        if session.exits() {
            if bash {
                client.show(1, "exit\n").await;
            }
            return Ok(Over::Exit(last));
        }
        (env, cwd) = session.leaves();
        sign = session.prompt().to_owned();
    }
}

/// What the container prints from now on, to its end.
pub async fn attach(server: &Arc<Server>, channel: Channel, connect: &Connect, user: &User) {
    let mut client = Client {
        channel,
        tty: connect.options["tty"] == true,
        terminal: Terminal::default(),
        ahead: Vec::new(),
        ended: true,
    };
    let begun = begin(server, connect, Asked::default());
    if let Err(status) = begun {
        return finish(client, now(server), Err(status)).await;
    }
    let mut log = Log::attached(connect, now(server));
    let _ = user;
    let over = loop {
        let lines = server.live.read(|cluster| log.more(cluster.inside()));
        let lines = match lines {
            Ok(lines) => lines,
            Err(status) => break Err(status),
        };
        let mut there = true;
        for line in &lines {
            let stream = if line[1] == 2 { 2 } else { 1 };
            there &= client
                .show(stream, line[2].as_str().unwrap_or_default())
                .await;
        }
        if !there {
            break Ok(Over::Gone);
        }
        if log.is_over() {
            break Ok(Over::Exit(0));
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            heard = client.channel.hear() => match heard {
                Heard::Input(bytes) if client.tty && bytes.contains(&0x03) => break Ok(Over::Exit(0)),
                Heard::Gone => break Ok(Over::Gone),
                _ => {}
            },
        }
    };
    finish(client, now(server), over).await;
}
