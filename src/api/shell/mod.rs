//! Shell text to a tree: for those who follow what a script does in time, and for those who print what it prints.

/// A piece of a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Text as it stands; whether it was quoted.
    Text(String, bool),
    /// `$NAME`; whether it was quoted.
    Variable(String, bool),
    /// `$(…)`; whether it was quoted.
    Output(Box<Node>, bool),
    /// `$((…))`.
    Sum(String),
}

/// A word: its pieces, one after another.
pub type Word = Vec<Part>;

/// A command or several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    /// A command of one word or more, or assignments alone.
    Command {
        /// `NAME=word` before the command.
        set: Vec<(String, Word)>,
        /// The command and its arguments.
        words: Vec<Word>,
        /// Where its input comes from and its output goes to, in order.
        streams: Vec<Stream>,
    },
    /// A compound whose input or output is sent elsewhere.
    Streams(Box<Node>, Vec<Stream>),
    /// `a | b`
    Pipe(Vec<Node>),
    /// `a && b`
    And(Box<Node>, Box<Node>),
    /// `a || b`
    Or(Box<Node>, Box<Node>),
    /// `! a`
    Not(Box<Node>),
    /// `a; b`
    Sequence(Vec<Node>),
    /// `a &`
    Background(Box<Node>),
    /// Condition, then, else.
    If(Box<Node>, Box<Node>, Option<Box<Node>>),
    /// Condition, body, and whether it goes on while the condition fails (`until`).
    Loop(Box<Node>, Box<Node>, bool),
    /// Variable, words, body.
    For(String, Vec<Word>, Box<Node>),
}

/// One redirection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stream {
    /// Which stream: 0 is read, 1 and 2 are written; [`BOTH`] is both of these.
    pub number: u8,
    /// Whether what is in the file stays before it.
    pub append: bool,
    /// Where it leads.
    pub to: To,
}

/// Standard output and standard error together: `&>`.
pub const BOTH: u8 = 12;

/// Where a stream leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum To {
    /// To or from a file.
    File(Word),
    /// To where that stream leads: `2>&1`.
    Stream(u8),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Word(Word),
    /// `;`, `&`, `|`, `&&`, `||`, `(`, `)`, a newline.
    Sign(&'static str),
    /// A redirection; its file is the next word.
    File(u8, bool),
    /// A redirection to where another stream leads.
    Stream(u8, u8),
}

/// Reads a script; `None` for what this shell does not know.
pub fn parse(text: &str) -> Option<Node> {
    if text.len() > LENGTH || text.matches("$(").count() > DEPTH {
        return None;
    }
    let tokens = tokens(text)?;
    let mut parser = Parser {
        tokens: &tokens,
        at: 0,
        depth: 0,
    };
    let node = parser.sequence(&[])?;
    (parser.at == tokens.len()).then_some(node)
}

/// Nesting and length beyond what anybody writes into a manifest.
const DEPTH: usize = 40;
const LENGTH: usize = 32_768;

fn tokens(text: &str) -> Option<Vec<Token>> {
    let chars: Vec<char> = text.chars().collect();
    let (mut out, mut i) = (Vec::new(), 0);
    while let Some(&c) = chars.get(i) {
        let next = chars.get(i + 1).copied();
        match c {
            ' ' | '\t' | '\r' => i += 1,
            '\\' if next == Some('\n') => i += 2,
            '#' => {
                while chars.get(i).is_some_and(|c| *c != '\n') {
                    i += 1;
                }
            }
            '\n' => {
                out.push(Token::Sign(";"));
                i += 1;
            }
            ';' => {
                out.push(Token::Sign(";"));
                i += 1;
            }
            '&' if next == Some('&') => {
                out.push(Token::Sign("&&"));
                i += 2;
            }
            '|' if next == Some('|') => {
                out.push(Token::Sign("||"));
                i += 2;
            }
            '&' if next == Some('>') => i = redirect(&chars, i + 1, BOTH, &mut out)?,
            '&' => {
                out.push(Token::Sign("&"));
                i += 1;
            }
            '|' => {
                out.push(Token::Sign("|"));
                i += 1;
            }
            '(' => {
                out.push(Token::Sign("("));
                i += 1;
            }
            ')' => {
                out.push(Token::Sign(")"));
                i += 1;
            }
            '>' => i = redirect(&chars, i, 1, &mut out)?,
            '<' => i = redirect(&chars, i, 0, &mut out)?,
            d if d.is_ascii_digit() && matches!(next, Some('>' | '<')) => {
                i = redirect(&chars, i + 1, d as u8 - b'0', &mut out)?;
            }
            _ => {
                let (word, end) = word(&chars, i)?;
                out.push(Token::Word(word));
                i = end;
            }
        }
    }
    Some(out)
}

/// A redirection of the stream `number` whose sign stands at `at`; where it ends.
fn redirect(chars: &[char], at: usize, number: u8, out: &mut Vec<Token>) -> Option<usize> {
    let writes = chars[at] == '>';
    match chars.get(at + 1) {
        // `2>&1`: output joins output, no file is touched.
        Some('&') => {
            let digits = chars[at + 2..].iter().take_while(|c| c.is_ascii_digit());
            let text: String = digits.collect();
            let dash = chars.get(at + 2) == Some(&'-');
            if let Ok(other) = text.parse() {
                out.push(Token::Stream(number, other));
            }
            Some(at + 2 + text.len() + usize::from(dash))
        }
        Some('>') if writes => {
            out.push(Token::File(number, true));
            Some(at + 2)
        }
        Some('<') => None,
        _ => {
            out.push(Token::File(number, false));
            Some(at + 1)
        }
    }
}

fn word(chars: &[char], mut i: usize) -> Option<(Word, usize)> {
    let mut parts: Word = Vec::new();
    let text = |parts: &mut Word, c: char, quoted: bool| match parts.last_mut() {
        Some(Part::Text(t, q)) if *q == quoted => t.push(c),
        _ => parts.push(Part::Text(c.into(), quoted)),
    };
    while let Some(&c) = chars.get(i) {
        match c {
            ' ' | '\t' | '\r' | '\n' | ';' | '&' | '|' | '(' | ')' | '<' | '>' => break,
            '\'' => {
                let end = i + 1 + chars[i + 1..].iter().position(|c| *c == '\'')?;
                parts.push(Part::Text(chars[i + 1..end].iter().collect(), true));
                i = end + 1;
            }
            '"' => {
                parts.push(Part::Text(String::new(), true));
                i += 1;
                loop {
                    match *chars.get(i)? {
                        '"' => break,
                        '\\' if matches!(chars.get(i + 1), Some('"' | '\\' | '$' | '`')) => {
                            text(&mut parts, chars[i + 1], true);
                            i += 2;
                        }
                        '$' => {
                            let (part, end) = dollar(chars, i, true)?;
                            parts.push(part);
                            i = end;
                        }
                        '`' => {
                            let (part, end) = backticks(chars, i, true)?;
                            parts.push(part);
                            i = end;
                        }
                        c => {
                            text(&mut parts, c, true);
                            i += 1;
                        }
                    }
                }
                i += 1;
            }
            '\\' => {
                text(&mut parts, *chars.get(i + 1)?, true);
                i += 2;
            }
            '$' => {
                let (part, end) = dollar(chars, i, false)?;
                parts.push(part);
                i = end;
            }
            '`' => {
                let (part, end) = backticks(chars, i, false)?;
                parts.push(part);
                i = end;
            }
            c => {
                text(&mut parts, c, false);
                i += 1;
            }
        }
    }
    Some((parts, i))
}

fn backticks(chars: &[char], at: usize, quoted: bool) -> Option<(Part, usize)> {
    let end = at + 1 + chars[at + 1..].iter().position(|c| *c == '`')?;
    let inner: String = chars[at + 1..end].iter().collect();
    Some((Part::Output(Box::new(parse(&inner)?), quoted), end + 1))
}

/// What stands at a dollar sign, and where it ends.
fn dollar(chars: &[char], at: usize, quoted: bool) -> Option<(Part, usize)> {
    let rest = &chars[at + 1..];
    match rest.first() {
        Some('(') => {
            let close = closing(rest)?;
            let inner: String = rest[1..close].iter().collect();
            let end = at + 2 + close;
            match inner.strip_prefix('(').and_then(|s| s.strip_suffix(')')) {
                Some(sum) => Some((Part::Sum(sum.into()), end)),
                None => Some((Part::Output(Box::new(parse(&inner)?), quoted), end)),
            }
        }
        Some('{') => {
            let close = rest.iter().position(|c| *c == '}')?;
            let inner: String = rest[1..close].iter().collect();
            Some((Part::Variable(inner, quoted), at + 2 + close))
        }
        Some(c) if c.is_ascii_alphabetic() || *c == '_' => {
            let name: String = rest
                .iter()
                .take_while(|c| c.is_ascii_alphanumeric() || **c == '_')
                .collect();
            let end = at + 1 + name.len();
            Some((Part::Variable(name, quoted), end))
        }
        Some(c) if c.is_ascii_digit() || "?!#@*$".contains(*c) => {
            Some((Part::Variable((*c).into(), quoted), at + 2))
        }
        _ => Some((Part::Text("$".into(), quoted), at + 1)),
    }
}

/// Where the bracket that `chars` begins with is closed, quotes left aside.
fn closing(chars: &[char]) -> Option<usize> {
    let (mut depth, mut quote) = (0usize, None);
    for (i, c) in chars.iter().enumerate() {
        match (quote, c) {
            (Some(q), c) if q == *c => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(*c),
            (None, '(') => depth += 1,
            (None, ')') => {
                depth -= 1;
                if depth == 0 {
                    return Some(i);
                }
            }
            _ => {}
        }
    }
    None
}

struct Parser<'a> {
    tokens: &'a [Token],
    at: usize,
    depth: usize,
}

const KEYWORDS: [&str; 12] = [
    "if", "then", "elif", "else", "fi", "for", "while", "until", "do", "done", "{", "}",
];

impl Parser<'_> {
    fn keyword(&self) -> Option<&str> {
        match self.tokens.get(self.at)? {
            Token::Word(word) => match word.as_slice() {
                [Part::Text(text, false)] if KEYWORDS.contains(&text.as_str()) => Some(text),
                _ => None,
            },
            _ => None,
        }
    }

    fn sign(&mut self, sign: &str) -> bool {
        let here = matches!(self.tokens.get(self.at), Some(Token::Sign(s)) if *s == sign);
        self.at += usize::from(here);
        here
    }

    fn expect(&mut self, keyword: &str) -> Option<()> {
        (self.keyword() == Some(keyword)).then(|| self.at += 1)
    }

    /// Commands up to one of the `ends`, or to the end of the text.
    fn sequence(&mut self, ends: &[&str]) -> Option<Node> {
        self.depth += 1;
        if self.depth > DEPTH {
            return None;
        }
        let mut all = Vec::new();
        loop {
            while self.sign(";") {}
            let ended = self.keyword().is_some_and(|k| ends.contains(&k))
                || self.tokens.get(self.at) == Some(&Token::Sign(")"));
            if ended || self.at == self.tokens.len() {
                break;
            }
            let node = self.list()?;
            if self.sign("&") {
                all.push(Node::Background(Box::new(node)));
            } else {
                all.push(node);
                let more = self.sign(";");
                let ended = self.keyword().is_some_and(|k| ends.contains(&k))
                    || self.tokens.get(self.at) == Some(&Token::Sign(")"))
                    || self.at == self.tokens.len();
                if !more && !ended {
                    return None;
                }
            }
        }
        self.depth -= 1;
        Some(Node::Sequence(all))
    }

    fn list(&mut self) -> Option<Node> {
        let mut left = self.pipe()?;
        loop {
            let (and, or) = (self.sign("&&"), false);
            let or = or || (!and && self.sign("||"));
            if !and && !or {
                return Some(left);
            }
            while self.sign(";") {}
            let right = Box::new(self.pipe()?);
            left = if and {
                Node::And(Box::new(left), right)
            } else {
                Node::Or(Box::new(left), right)
            };
        }
    }

    fn pipe(&mut self) -> Option<Node> {
        if let Some(Token::Word(word)) = self.tokens.get(self.at)
            && *word == [Part::Text("!".into(), false)]
        {
            self.at += 1;
            self.depth += 1;
            let inner = (self.depth <= DEPTH).then(|| self.pipe())??;
            self.depth -= 1;
            return Some(Node::Not(Box::new(inner)));
        }
        let mut all = vec![self.command()?];
        while self.sign("|") {
            while self.sign(";") {}
            all.push(self.command()?);
        }
        if all.len() == 1 {
            return all.pop();
        }
        Some(Node::Pipe(all))
    }

    fn command(&mut self) -> Option<Node> {
        if self.sign("(") {
            let inner = self.sequence(&[])?;
            return self.sign(")").then_some(inner);
        }
        let compound = match self.keyword() {
            Some("{") => {
                self.at += 1;
                let inner = self.sequence(&["}"])?;
                self.expect("}")?;
                Some(inner)
            }
            Some("if") => {
                self.at += 1;
                Some(self.branch()?)
            }
            Some(word @ ("while" | "until")) => {
                let until = word == "until";
                self.at += 1;
                let condition = self.sequence(&["do"])?;
                Some(Node::Loop(Box::new(condition), self.body()?, until))
            }
            Some("for") => {
                self.at += 1;
                let name = self.name()?;
                let mut words = Vec::new();
                let Some(Token::Word(word)) = self.tokens.get(self.at) else {
                    return None;
                };
                if *word != [Part::Text("in".into(), false)] {
                    return None;
                }
                self.at += 1;
                while let Some(Token::Word(word)) = self.tokens.get(self.at) {
                    words.push(word.clone());
                    self.at += 1;
                }
                while self.sign(";") {}
                Some(Node::For(name, words, self.body()?))
            }
            Some(_) => return None,
            None => None,
        };
        if let Some(node) = compound {
            let mut streams = Vec::new();
            while let Some(stream) = self.stream() {
                streams.push(stream);
            }
            return Some(match streams.is_empty() {
                true => node,
                false => Node::Streams(Box::new(node), streams),
            });
        }
        self.simple()
    }

    fn name(&mut self) -> Option<String> {
        let Some(Token::Word(word)) = self.tokens.get(self.at) else {
            return None;
        };
        self.at += 1;
        match word.as_slice() {
            [Part::Text(name, false)] => Some(name.clone()),
            _ => None,
        }
    }

    fn body(&mut self) -> Option<Box<Node>> {
        self.expect("do")?;
        let body = self.sequence(&["done"])?;
        self.expect("done")?;
        Some(Box::new(body))
    }

    fn branch(&mut self) -> Option<Node> {
        let condition = self.sequence(&["then"])?;
        self.expect("then")?;
        let then = self.sequence(&["elif", "else", "fi"])?;
        let other = match self.keyword()? {
            "elif" => {
                self.at += 1;
                self.depth += 1;
                let branch = (self.depth <= DEPTH).then(|| self.branch())??;
                self.depth -= 1;
                Some(Box::new(branch))
            }
            "else" => {
                self.at += 1;
                let other = self.sequence(&["fi"])?;
                self.expect("fi")?;
                Some(Box::new(other))
            }
            _ => {
                self.expect("fi")?;
                None
            }
        };
        Some(Node::If(Box::new(condition), Box::new(then), other))
    }

    fn simple(&mut self) -> Option<Node> {
        let (mut set, mut words, mut streams) = (Vec::new(), Vec::new(), Vec::new());
        loop {
            if let Some(stream) = self.stream() {
                streams.push(stream);
                continue;
            }
            let Some(Token::Word(word)) = self.tokens.get(self.at) else {
                break;
            };
            self.at += 1;
            match assignment(word).filter(|_| words.is_empty()) {
                Some(pair) => set.push(pair),
                None => words.push(word.clone()),
            }
        }
        let empty = set.is_empty() && words.is_empty() && streams.is_empty();
        (!empty).then_some(Node::Command {
            set,
            words,
            streams,
        })
    }

    /// A redirection, if one stands here and is whole.
    fn stream(&mut self) -> Option<Stream> {
        let (number, append, to) = match self.tokens.get(self.at)? {
            Token::Stream(number, other) => (*number, false, To::Stream(*other)),
            Token::File(number, append) => {
                let Token::Word(file) = self.tokens.get(self.at + 1)? else {
                    return None;
                };
                self.at += 1;
                (*number, *append, To::File(file.clone()))
            }
            _ => return None,
        };
        self.at += 1;
        Some(Stream { number, append, to })
    }
}

fn assignment(word: &Word) -> Option<(String, Word)> {
    let Some(Part::Text(first, false)) = word.first() else {
        return None;
    };
    let (name, value) = first.split_once('=')?;
    let good = !name.is_empty()
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let mut rest: Word = vec![Part::Text(value.into(), false)];
    rest.extend(word[1..].iter().cloned());
    good.then(|| (name.into(), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_are_read_in_order() {
        let streams = |text: &str| -> Vec<String> {
            let streams = match parse(text) {
                Some(Node::Sequence(all)) => match all.into_iter().next() {
                    Some(Node::Command { streams, .. } | Node::Streams(_, streams)) => streams,
                    other => panic!("{text}: {other:?}"),
                },
                other => panic!("{text}: {other:?}"),
            };
            let told = streams.into_iter().map(|s| match s.to {
                To::File(word) => {
                    let [Part::Text(name, _)] = word.as_slice() else {
                        panic!("{text}: {word:?}")
                    };
                    format!("{}{}{name}", s.number, if s.append { ">>" } else { ">" })
                }
                To::Stream(other) => format!("{}&{other}", s.number),
            });
            told.collect()
        };
        for (text, want) in [
            ("echo a > b", &["1>b"][..]),
            ("echo a >> b 2>&1", &["1>>b", "2&1"]),
            ("cat < in &> out", &["0>in", "12>out"]),
            ("ls /x 2>/dev/null >&2", &["2>/dev/null", "1&2"]),
            ("for i in 1 2; do echo $i; done > all", &["1>all"]),
        ] {
            assert_eq!(streams(text), want, "{text}");
        }
        assert_eq!(parse("cat >"), None);
        assert_eq!(parse("cat << END"), None);
    }
}
