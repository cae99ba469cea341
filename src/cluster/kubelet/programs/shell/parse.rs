//! Shell text to a tree.

/// A piece of a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Text as it stands; whether it was quoted.
    Text(String, bool),
    /// `$NAME`; whether it was quoted.
    Variable(String, bool),
    /// `$(…)`; whether it was quoted.
    Output(Box<Node>, bool),
    /// `$((…))`.
    Sum(String),
}

pub(super) type Word = Vec<Part>;

/// A command or several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Node {
    /// Assignments, words, and files that output goes to.
    Command {
        set: Vec<(String, Word)>,
        words: Vec<Word>,
        into: Vec<Word>,
    },
    Pipe(Vec<Node>),
    And(Box<Node>, Box<Node>),
    Or(Box<Node>, Box<Node>),
    Not(Box<Node>),
    Sequence(Vec<Node>),
    Background(Box<Node>),
    If(Box<Node>, Box<Node>, Option<Box<Node>>),
    /// Condition, body, and whether it goes on while the condition fails (`until`).
    Loop(Box<Node>, Box<Node>, bool),
    For(String, Vec<Word>, Box<Node>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Word(Word),
    /// `;`, `&`, `|`, `&&`, `||`, `(`, `)`, a newline.
    Sign(&'static str),
    /// `>` or `>>`: the next word is a file that is written. `<`: one that is read.
    Into,
    From,
}

/// Reads a script; `None` for what this shell does not know.
pub(super) fn parse(text: &str) -> Option<Node> {
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
            '&' if next == Some('>') => {
                out.push(Token::Into);
                i += 2;
            }
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
            '>' | '<' => i = redirect(&chars, i, &mut out)?,
            d if d.is_ascii_digit() && matches!(next, Some('>' | '<')) => {
                i = redirect(&chars, i + 1, &mut out)?;
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

fn redirect(chars: &[char], at: usize, out: &mut Vec<Token>) -> Option<usize> {
    let writes = chars[at] == '>';
    let mut i = at + 1;
    match chars.get(i) {
        // `2>&1`: output joins output, no file is touched.
        Some('&') => {
            i += 1;
            while chars
                .get(i)
                .is_some_and(|c| c.is_ascii_digit() || *c == '-')
            {
                i += 1;
            }
            return Some(i);
        }
        Some('>') if writes => i += 1,
        Some('<') => return None,
        _ => {}
    }
    out.push(if writes { Token::Into } else { Token::From });
    Some(i)
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
            // Where the output of a compound goes changes nothing that anybody sees.
            while matches!(self.tokens.get(self.at), Some(Token::Into | Token::From)) {
                self.at += 2;
            }
            return Some(node);
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
        let (mut set, mut words, mut into) = (Vec::new(), Vec::new(), Vec::new());
        loop {
            match self.tokens.get(self.at) {
                Some(Token::Word(word)) => {
                    self.at += 1;
                    match assignment(word).filter(|_| words.is_empty()) {
                        Some(pair) => set.push(pair),
                        None => words.push(word.clone()),
                    }
                }
                Some(token @ (Token::Into | Token::From)) => {
                    let Some(Token::Word(file)) = self.tokens.get(self.at + 1) else {
                        return None;
                    };
                    if *token == Token::Into {
                        into.push(file.clone());
                    }
                    self.at += 2;
                }
                _ => break,
            }
        }
        let empty = set.is_empty() && words.is_empty() && into.is_empty();
        (!empty).then_some(Node::Command { set, words, into })
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
