//! What the catalogue says of an image: how big it is and what its program does.

use podarium_api::meta::{Span, Str};
use serde::{Deserialize, Deserializer};

use super::pattern;
use crate::network::Protocol;

/// An entry of `static/images.yaml`; the file's header explains each field.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Image {
    /// Repository names; the registry's host is not looked at.
    pub names: Vec<Str>,
    /// Patterns of tags that exist; empty for any.
    #[serde(default)]
    pub tags: Vec<Str>,
    /// Bytes to pull.
    #[serde(default = "defaults::size")]
    pub size: u64,
    /// What listens where.
    #[serde(default)]
    pub ports: Vec<Listen>,
    /// Whether it also serves the ports that the manifest declares or probes, and `$PORT`.
    #[serde(default)]
    pub serves_declared: bool,
    /// What kind of server answers on those.
    #[serde(default)]
    pub declared: Speaks,
    /// From the start of the container until it listens.
    #[serde(default = "defaults::start", deserialize_with = "span")]
    pub start_time: Span,
    /// From SIGTERM until it has stopped; `None` for a program that does not heed it.
    #[serde(default = "defaults::stop", deserialize_with = "maybe_span")]
    pub stop_time: Option<Span>,
    /// The exit code after SIGTERM.
    #[serde(default)]
    pub stop_code: i32,
    /// Working set in bytes once it runs.
    #[serde(default = "defaults::memory")]
    pub memory: u64,
    /// CPU in milli-cores while idle.
    #[serde(default = "defaults::cpu")]
    pub cpu: u64,
    /// From a request to its answer, without the calls in between.
    #[serde(default = "defaults::latency", deserialize_with = "span")]
    pub latency: Span,
    /// HTTP answers by path; the first that matches counts.
    #[serde(default)]
    pub paths: Vec<Path>,
    /// The HTTP answer for every other path.
    #[serde(default = "defaults::other")]
    pub other: u16,
    /// What the image does when no command is given.
    #[serde(default)]
    pub runs: Runs,
    /// Whom it calls to answer a request, or by itself.
    #[serde(default)]
    pub calls: Calls,
    /// How often it calls by itself; `None` for never.
    #[serde(default, deserialize_with = "maybe_span")]
    pub every: Option<Span>,
    /// Environment variables without which it ends with 1: one of each group is needed.
    #[serde(default)]
    pub requires: Vec<Vec<Str>>,
    /// Commands that start the image's own program, when a manifest gives a command.
    #[serde(default)]
    pub commands: Vec<Str>,
    /// The component whose stopping silences it.
    #[serde(default)]
    pub component: Option<Str>,
}

/// A port that a program listens on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listen {
    /// The number.
    pub port: u16,
    /// The transport.
    #[serde(default, deserialize_with = "protocol")]
    pub protocol: Protocol,
    /// What it speaks there.
    #[serde(default)]
    pub speaks: Speaks,
}

/// What a server speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Speaks {
    /// HTTP.
    #[default]
    Http,
    /// gRPC, with the health service.
    Grpc,
    /// A protocol of its own: only a TCP probe is answered well.
    Tcp,
    /// Whatever it is asked in: for images that nobody has described.
    Any,
}

/// An HTTP answer for a path.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Path {
    /// The path, with `*` for any text.
    pub path: Str,
    /// The status code.
    pub code: u16,
    /// Answers so only until this long after the start …
    #[serde(default, deserialize_with = "maybe_span")]
    pub until: Option<Span>,
    /// … or only from this long after it.
    #[serde(default, deserialize_with = "maybe_span")]
    pub from: Option<Span>,
    /// Only when one of the container's arguments is this.
    #[serde(default)]
    pub arg: Option<Str>,
}

/// What an image does without a command.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Runs {
    /// Serves until it is stopped.
    #[default]
    Serve,
    /// A shell without a terminal: ends at once with 0.
    Shell,
    /// Does its work in a second and ends with 0.
    Once,
    /// Does what its arguments say, as `stress` does.
    Stress,
}

/// Whom a program calls.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Calls {
    /// Nobody.
    #[default]
    None,
    /// Every address among its environment variables.
    Environment,
    /// These: an address, or `$NAME` of an environment variable that holds one; a `?` at the end for those it can do
    /// without.
    These(Vec<Str>),
}

impl Image {
    /// Whether an image of this tag exists.
    pub fn has_tag(&self, tag: &str) -> bool {
        self.tags.is_empty() || self.tags.iter().any(|p| pattern::tag(p, tag))
    }

    /// How long a pull takes: a look at the registry, then 40 MB a second.
    pub fn pull_time(&self) -> Span {
        Span::millis(450) + Span::micros(self.size / 40)
    }
}

mod defaults {
    use super::Span;
    pub fn size() -> u64 {
        38_000_000
    }
    pub fn start() -> Span {
        Span::millis(400)
    }
    pub fn stop() -> Option<Span> {
        Some(Span::millis(300))
    }
    pub fn memory() -> u64 {
        32 << 20
    }
    pub fn cpu() -> u64 {
        2
    }
    pub fn latency() -> Span {
        Span::millis(3)
    }
    pub fn other() -> u16 {
        404
    }
}

/// Reads `250ms`, `1.5s`, `10m`, `1h`, or bare seconds as `sleep` takes them; `None` for anything else.
pub fn parse_span(text: &str) -> Option<Span> {
    let (number, unit) = match text.find(|c: char| !c.is_ascii_digit() && c != '.') {
        Some(i) => text.split_at(i),
        None => (text, "s"),
    };
    let micros: u64 = match unit {
        "us" => 1,
        "ms" => 1_000,
        "s" => 1_000_000,
        "m" => 60_000_000,
        "h" => 3_600_000_000,
        "d" => 86_400_000_000,
        _ => return None,
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.len() + fraction.len() == 0 || fraction.contains('.') {
        return None;
    }
    // A sleep of ages is a sleep of ages.
    let add = |n: u64, digit: u8| n.saturating_mul(10).saturating_add((digit - b'0').into());
    let whole = whole.bytes().fold(0, add).saturating_mul(micros);
    let mut unit = micros;
    let parts = fraction.bytes().map(|digit| {
        unit /= 10;
        unit * u64::from(digit - b'0')
    });
    Some(Span(whole.saturating_add(parts.sum())))
}

fn span<'de, D: Deserializer<'de>>(d: D) -> Result<Span, D::Error> {
    let text = Str::deserialize(d)?;
    parse_span(&text).ok_or_else(|| serde::de::Error::custom("not a length of time"))
}

fn maybe_span<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Span>, D::Error> {
    let text = Str::deserialize(d)?;
    if &*text == "never" {
        return Ok(None);
    }
    parse_span(&text)
        .map(Some)
        .ok_or_else(|| serde::de::Error::custom("not a length of time"))
}

fn protocol<'de, D: Deserializer<'de>>(d: D) -> Result<Protocol, D::Error> {
    let text = Str::deserialize(d)?;
    Protocol::parse(&text).ok_or_else(|| serde::de::Error::custom("not a protocol"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_as_sleep_takes_them() {
        for (text, want) in [
            ("30", Some(Span::secs(30))),
            ("0.5", Some(Span::millis(500))),
            ("250ms", Some(Span::millis(250))),
            ("1h", Some(Span::secs(3_600))),
            ("infinity", None),
            ("", None),
            ("5x", None),
        ] {
            assert_eq!(parse_span(text), want, "{text:?}");
        }
    }
}
