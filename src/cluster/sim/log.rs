//! The record of what happened, who did it, why, and which earlier record caused it.

use std::fmt;
use std::fmt::Write as _;

use podarium_api::meta::{Str, Time};
use podarium_api::object::Key;

use super::User;

/// A record's place in the log; stable under replay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordId(pub u32);

/// Who does something.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Actor {
    /// A person or client outside the cluster.
    User(User),
    /// A part of the control plane, by upstream's component or controller name, as `replicaset-controller`.
    Control(&'static str),
    /// The kubelet of a node.
    Kubelet(Str),
    /// The kube-proxy of a node.
    KubeProxy(Str),
    /// What made the cluster: its first objects.
    Bootstrap,
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Actor::User(name) => write!(f, "user {name}"),
            Actor::Control(name) => f.write_str(name),
            Actor::Kubelet(node) => write!(f, "kubelet {node}"),
            Actor::KubeProxy(node) => write!(f, "kube-proxy {node}"),
            Actor::Bootstrap => f.write_str("bootstrap"),
        }
    }
}

/// What a write did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verb {
    /// A new object.
    Create,
    /// A changed object.
    Update,
    /// A changed status.
    UpdateStatus,
    /// Deletion asked for: the object waits for its finalizers or grace period.
    MarkDeleted,
    /// The object is gone.
    Delete,
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// Something from outside: a command, a fault, a change of traffic. The text is what a person would type for it.
    Command(Str),
    /// A committed write.
    Write {
        /// Which.
        verb: Verb,
        /// Of what.
        key: Key,
        /// The revision that it made.
        revision: u64,
    },
    /// Something decided or observed that wrote nothing: a probe's result, a container's exit, a failed attempt.
    Note(Option<Key>),
}

/// A value in a reason.
#[derive(Clone, Debug, PartialEq)]
pub enum Arg {
    /// A number.
    Int(i64),
    /// A text.
    Text(Str),
}

impl From<i64> for Arg {
    fn from(n: i64) -> Self {
        Arg::Int(n)
    }
}
impl From<i32> for Arg {
    fn from(n: i32) -> Self {
        Arg::Int(n.into())
    }
}
impl From<usize> for Arg {
    fn from(n: usize) -> Self {
        Arg::Int(n as i64)
    }
}
impl From<&str> for Arg {
    fn from(text: &str) -> Self {
        Arg::Text(text.into())
    }
}
impl From<&Str> for Arg {
    fn from(text: &Str) -> Self {
        Arg::Text(text.clone())
    }
}
impl From<String> for Arg {
    fn from(text: String) -> Self {
        Arg::Text(text.into())
    }
}

/// A reason as a message id and its values; the page turns it into a sentence in the reader's language.
///
/// The id is the Fluent message `why-<id>`; the argument names are its variables.
#[derive(Clone, Debug, PartialEq)]
pub struct Why {
    /// The message.
    pub id: &'static str,
    /// Its variables.
    pub args: Option<Box<[(&'static str, Arg)]>>,
}

impl Why {
    /// A reason without values.
    pub const fn new(id: &'static str) -> Self {
        Why { id, args: None }
    }

    /// A reason with values.
    pub fn with<const N: usize>(id: &'static str, args: [(&'static str, Arg); N]) -> Self {
        Why {
            id,
            args: Some(Box::new(args)),
        }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id)?;
        for (name, value) in self.args.as_deref().unwrap_or_default() {
            match value {
                Arg::Int(n) => write!(f, " {name}={n}")?,
                Arg::Text(t) => write!(f, " {name}={t:?}")?,
            }
        }
        Ok(())
    }
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// When.
    pub time: Time,
    /// The record that led to it.
    pub cause: Option<RecordId>,
    /// Who.
    pub actor: Actor,
    /// What.
    pub what: What,
    /// Why.
    pub why: Why,
}

/// Everything that happened, in order.
#[derive(Clone, Debug, Default)]
pub struct Log {
    /// Full chunks and one that fills: a log of a million records never moves, and never holds room for a second million.
    chunks: Vec<Vec<Record>>,
}

/// Records in a chunk.
const CHUNK: usize = 1_024;

impl Log {
    /// Appends a record.
    pub fn push(&mut self, record: Record) -> RecordId {
        let id = RecordId(u32::try_from(self.len()).unwrap_or(u32::MAX));
        match self.chunks.last_mut().filter(|chunk| chunk.len() < CHUNK) {
            Some(chunk) => chunk.push(record),
            None => {
                let mut chunk = Vec::with_capacity(CHUNK);
                chunk.push(record);
                self.chunks.push(chunk);
            }
        }
        id
    }

    /// The record of that id.
    pub fn get(&self, id: RecordId) -> Option<&Record> {
        let place = id.0 as usize;
        self.chunks.get(place / CHUNK)?.get(place % CHUNK)
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        let full = self.chunks.len().saturating_sub(1) * CHUNK;
        full + self.chunks.last().map_or(0, Vec::len)
    }

    /// Whether nothing has happened.
    pub fn is_empty(&self) -> bool {
        self.chunks.is_empty()
    }

    /// All records from `first` on, with their ids.
    pub fn since(
        &self,
        first: RecordId,
    ) -> impl DoubleEndedIterator<Item = (RecordId, &Record)> + ExactSizeIterator {
        let from = (first.0 as usize).min(self.len());
        (from..self.len()).map(|i| (RecordId(i as u32), &self.chunks[i / CHUNK][i % CHUNK]))
    }

    /// Forgets everything from the `len`-th record on: what a seek into the past begins with.
    pub fn truncate(&mut self, len: usize) {
        self.chunks.truncate(len.div_ceil(CHUNK));
        if let Some(last) = self.chunks.last_mut()
            && !len.is_multiple_of(CHUNK)
        {
            last.truncate(len % CHUNK);
        }
    }

    /// The chain of causes of a record, itself first, the command that began it last.
    pub fn why(&self, id: RecordId) -> Vec<(RecordId, &Record)> {
        let mut chain = Vec::new();
        let mut next = Some(id);
        while let Some((id, record)) = next.and_then(|id| Some((id, self.get(id)?))) {
            chain.push((id, record));
            // A cause is always older, so the walk ends.
            next = record.cause.filter(|c| *c < id);
        }
        chain
    }

    /// The log as text, one line a record: equal for equal seeds and commands, natively and in Wasm.
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        for (id, record) in self.since(RecordId(0)) {
            let _ = writeln!(out, "{} {}", id.0, record);
        }
        out
    }
}

impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.time.0)?;
        match self.cause {
            Some(cause) => write!(f, "<{} ", cause.0)?,
            None => f.write_str("- ")?,
        }
        write!(f, "[{}] ", self.actor)?;
        match &self.what {
            What::Command(text) => write!(f, "command {text:?}")?,
            What::Write {
                verb,
                key,
                revision,
            } => write!(f, "{verb:?} {key} @{revision}")?,
            What::Note(Some(key)) => write!(f, "note {key}")?,
            What::Note(None) => f.write_str("note")?,
        }
        write!(f, ": {}", self.why)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use podarium_api::kinds::KindId;

    #[test]
    fn a_long_log_is_read_and_cut_anywhere() {
        let mut log = Log::default();
        let note = |n: u64| Record {
            time: Time(n),
            cause: None,
            actor: Actor::Bootstrap,
            what: What::Note(None),
            why: Why::new("test"),
        };
        for len in [0, 1, CHUNK, CHUNK + 1, 2 * CHUNK + 5] {
            while log.len() < len {
                let id = log.push(note(log.len() as u64));
                assert_eq!(log.get(id).map(|r| r.time.0), Some(id.0.into()));
            }
        }
        assert_eq!(log.since(RecordId(CHUNK as u32 - 1)).len(), CHUNK + 6);
        for len in [2 * CHUNK, CHUNK + 1, CHUNK, 3, 0, 0] {
            log.truncate(len);
            assert_eq!((log.len(), log.is_empty()), (len, len == 0));
            assert_eq!(log.get(RecordId(len as u32)), None);
            let last = log.since(RecordId(0)).next_back();
            assert_eq!(
                last.map(|(id, r)| (id.0, r.time.0)),
                len.checked_sub(1).map(|n| (n as u32, n as u64))
            );
        }
        assert_eq!(log.push(note(0)), RecordId(0));
    }

    #[test]
    fn causes_lead_back_to_the_command() {
        let mut log = Log::default();
        let record = |cause, what| Record {
            time: Time(4),
            cause,
            actor: Actor::Control("replicaset-controller"),
            what,
            why: Why::with("replicas", [("wanted", 4.into()), ("name", "web".into())]),
        };
        let first = log.push(record(None, What::Command("kubectl scale".into())));
        log.push(record(None, What::Note(None)));
        let key = Key::new(KindId::POD, "default", "web-1");
        let last = log.push(record(
            Some(first),
            What::Write {
                verb: Verb::Create,
                key,
                revision: 9,
            },
        ));
        let chain: Vec<_> = log.why(last).into_iter().map(|(id, _)| id).collect();
        assert_eq!(chain, [last, first]);
        assert_eq!(
            log.to_text().lines().last(),
            Some(
                r#"2 4 <0 [replicaset-controller] Create pods/default/web-1 @9: replicas wanted=4 name="web""#
            ),
        );
    }
}
