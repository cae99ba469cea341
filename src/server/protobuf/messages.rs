//! Which number means which field: the table that script/protobuf.py writes, read on first use.

use std::collections::BTreeMap;
use std::sync::OnceLock;

/// What a value may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Text.
    String,
    /// An integer.
    Int,
    /// `true` or `false`.
    Bool,
    /// A floating-point number.
    Double,
    /// Bytes, in JSON as base64.
    Bytes,
    /// A resource quantity.
    Quantity,
    /// An integer or text.
    IntOrString,
    /// A moment in whole seconds.
    Time,
    /// A moment in microseconds.
    MicroTime,
    /// JSON.
    Raw,
    /// A message that is a list of texts in JSON.
    Items,
    /// A message of that number.
    Message(usize),
}

/// What stands around the values of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrap {
    /// One value.
    One,
    /// A list.
    List,
    /// A map from text.
    Map,
}

/// One field.
#[derive(Debug)]
pub struct Field {
    number: u32,
    /// As JSON has it; `-` for a part whose fields belong to the message around it.
    pub name: &'static str,
    /// Type of the value, or of those in the list or map.
    pub shape: Shape,
    /// Whether it is a list or a map.
    pub wrap: Wrap,
    /// Whether zero is something other than nothing.
    pub pointer: bool,
    /// Whether JSON has it though it is zero.
    pub always: bool,
}

/// One message.
#[derive(Debug, Default)]
pub struct Message(Vec<Field>);

impl Message {
    /// The field of that number.
    pub fn field(&self, number: u32) -> Option<&Field> {
        self.0.iter().find(|field| field.number == number)
    }
}

/// All messages, and which kind has which.
pub struct Messages {
    messages: Vec<Message>,
    kinds: Vec<(&'static str, &'static str, usize)>,
}

impl Messages {
    /// The message of a kind.
    pub fn of_kind(&self, version: &str, kind: &str) -> Option<&Message> {
        // Some requests have one kind in all groups.
        let fits = |known: &str| known == version || known == "*";
        let mut all = self.kinds.iter();
        let (_, _, number) = all.find(|(v, k, _)| *k == kind && fits(v))?;
        Some(self.get(*number))
    }

    /// A message by its number.
    pub fn get(&self, number: usize) -> &Message {
        &self.messages[number]
    }
}

/// The table.
pub fn messages() -> &'static Messages {
    static MESSAGES: OnceLock<Messages> = OnceLock::new();
    MESSAGES.get_or_init(|| parse(include_str!("messages.txt")))
}

fn parse(text: &'static str) -> Messages {
    let lines = || text.lines().filter(|line| !line.starts_with('#'));
    let heads = lines().filter(|line| !line.starts_with([' ', '=']));
    let numbers: BTreeMap<&str, usize> = heads.zip(0..).collect();
    let mut table = Messages {
        messages: Vec::new(),
        kinds: Vec::new(),
    };
    for line in lines() {
        let words: Vec<&'static str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["=", version, kind, message] => {
                table.kinds.push((version, kind, numbers[message]));
            }
            [name, number, kind] => {
                let field = field(name, number, kind, &numbers);
                let message = table.messages.last_mut();
                message
                    .expect("a field stands below a message")
                    .0
                    .push(field);
            }
            _ => table.messages.push(Message::default()),
        }
    }
    table
}

fn field(name: &'static str, number: &str, kind: &str, numbers: &BTreeMap<&str, usize>) -> Field {
    let (kind, always) = kind
        .strip_suffix('!')
        .map_or((kind, false), |kind| (kind, true));
    let (kind, pointer) = kind
        .strip_prefix('*')
        .map_or((kind, false), |kind| (kind, true));
    let (wrap, kind) = match (kind.strip_prefix("[]"), kind.strip_prefix("{}")) {
        (Some(kind), _) => (Wrap::List, kind),
        (_, Some(kind)) => (Wrap::Map, kind),
        _ => (Wrap::One, kind),
    };
    let shape = match kind.trim_start_matches('*') {
        "string" => Shape::String,
        "int" => Shape::Int,
        "bool" => Shape::Bool,
        "double" => Shape::Double,
        "bytes" => Shape::Bytes,
        "quantity" => Shape::Quantity,
        "intstr" => Shape::IntOrString,
        "time" => Shape::Time,
        "microtime" => Shape::MicroTime,
        "raw" => Shape::Raw,
        "items" => Shape::Items,
        message => Shape::Message(numbers[message]),
    };
    Field {
        number: number.parse().expect("fields have numbers"),
        name,
        shape,
        wrap,
        pointer,
        always,
    }
}
