//! Label selectors as people type them: `a=b,c!=d,e in (x,y),f notin (z),g,!h`.
// upstream: apimachinery/pkg/labels/selector.go Parse, Lexer, Parser

use super::{Operator, Requirement, Selector};

/// Reads a label selector; the empty text selects everything.
///
/// # Errors
/// Upstream's text, as kubectl prints it after `unable to parse`.
pub fn parse_labels(text: &str) -> Result<Selector, String> {
    let mut parser = Parser {
        tokens: lex(text),
        next: 0,
    };
    let mut requirements = Vec::new();
    loop {
        let token = parser.peek();
        match token.kind {
            Kind::End => break,
            Kind::Word | Kind::Not => {
                let requirement = parser
                    .requirement()
                    .map_err(|why| format!("unable to parse requirement: {why}"))?;
                requirements.push(requirement);
            }
            _ => {
                return Err(format!(
                    "found '{}', expected: !, identifier, or 'end of string'",
                    token.text
                ));
            }
        }
        let token = parser.take();
        match token.kind {
            Kind::End => break,
            Kind::Comma => {
                let next = parser.peek();
                if !matches!(next.kind, Kind::Word | Kind::Not) {
                    return Err(format!(
                        "found '{}', expected: identifier after ','",
                        next.text
                    ));
                }
            }
            _ => {
                return Err(format!(
                    "found '{}', expected: ',' or 'end of string'",
                    token.text
                ));
            }
        }
    }
    Ok(Selector::new(requirements))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    End,
    Word,
    Not,
    Comma,
    Open,
    Close,
    Equal,
    NotEqual,
    Greater,
    Less,
    Unknown,
}

#[derive(Clone, Copy, Debug)]
struct Token<'a> {
    kind: Kind,
    text: &'a str,
}

fn lex(text: &str) -> Vec<Token<'_>> {
    let special = |c: char| "=!(),><".contains(c);
    let space = |c: char| " \t\r\n".contains(c);
    let mut tokens = Vec::new();
    let mut rest = text.trim_start_matches(space);
    while let Some(first) = rest.chars().next() {
        let length = if special(first) {
            // Operators are one or two signs; a run such as "=!" is neither.
            let two = rest.get(..2).is_some_and(|two| two == "==" || two == "!=");
            if two { 2 } else { 1 }
        } else {
            rest.find(|c| special(c) || space(c)).unwrap_or(rest.len())
        };
        let (text, after) = rest.split_at(length);
        let kind = match text {
            "!" => Kind::Not,
            "," => Kind::Comma,
            "(" => Kind::Open,
            ")" => Kind::Close,
            "=" | "==" => Kind::Equal,
            "!=" => Kind::NotEqual,
            ">" => Kind::Greater,
            "<" => Kind::Less,
            _ if special(first) => Kind::Unknown,
            _ => Kind::Word,
        };
        tokens.push(Token { kind, text });
        rest = after.trim_start_matches(space);
    }
    tokens
}

struct Parser<'a> {
    tokens: Vec<Token<'a>>,
    next: usize,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Token<'a> {
        self.tokens.get(self.next).copied().unwrap_or(Token {
            kind: Kind::End,
            text: "",
        })
    }

    fn take(&mut self) -> Token<'a> {
        let token = self.peek();
        self.next += 1;
        token
    }

    fn requirement(&mut self) -> Result<Requirement, String> {
        let mut token = self.take();
        let not = token.kind == Kind::Not;
        if not {
            token = self.take();
        }
        if token.kind != Kind::Word {
            return Err(format!("found '{}', expected: identifier", token.text));
        }
        let key = token.text;
        if not {
            return Requirement::new(key, Operator::DoesNotExist, Vec::new());
        }
        if matches!(self.peek().kind, Kind::End | Kind::Comma) {
            return Requirement::new(key, Operator::Exists, Vec::new());
        }
        if let Some(why) = crate::names::qualified_name_error(key) {
            return Err(format!("key: Invalid value: {key:?}: {why}"));
        }
        let token = self.take();
        let (operator, plain) = match (token.kind, token.text) {
            (Kind::Word, "in") => (Operator::In, false),
            (Kind::Word, "notin") => (Operator::NotIn, false),
            (Kind::Equal, _) => (Operator::In, true),
            (Kind::NotEqual, _) => (Operator::NotIn, true),
            (Kind::Greater, _) => (Operator::Gt, false),
            (Kind::Less, _) => (Operator::Lt, false),
            _ => {
                return Err(format!(
                    "found '{}', expected: in, notin, =, ==, !=, gt, lt",
                    token.text
                ));
            }
        };
        let listed = matches!(operator, Operator::In | Operator::NotIn) && !plain;
        let values = if listed {
            self.values()?
        } else {
            vec![self.value()?]
        };
        let mut requirement = Requirement::new(key, operator, values)?;
        requirement.plain = plain;
        Ok(requirement)
    }

    fn value(&mut self) -> Result<String, String> {
        if matches!(self.peek().kind, Kind::End | Kind::Comma) {
            return Ok(String::new());
        }
        let token = self.take();
        if token.kind != Kind::Word {
            return Err(format!("found '{}', expected: identifier", token.text));
        }
        Ok(token.text.to_string())
    }

    /// `(x, y)`; an empty place between commas is the empty value.
    fn values(&mut self) -> Result<Vec<String>, String> {
        let open = self.take();
        if open.kind != Kind::Open {
            return Err(format!("found '{}' expected: '('", open.text));
        }
        let mut values = Vec::new();
        if self.peek().kind == Kind::Close {
            self.take();
            return Ok(values);
        }
        loop {
            let token = self.peek();
            match token.kind {
                Kind::Word => {
                    self.take();
                    values.push(token.text.to_string());
                }
                Kind::Comma | Kind::Close => values.push(String::new()),
                _ => {
                    return Err(format!(
                        "found '{}', expected: ',', ')' or identifier",
                        token.text
                    ));
                }
            }
            let token = self.take();
            match token.kind {
                Kind::Comma => {}
                Kind::Close => return Ok(values),
                _ => return Err(format!("found '{}', expected: ',' or ')'", token.text)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[rustfmt::skip]
    fn good_selectors_print_as_upstream_prints_them() {
        for (text, want) in [
            ("", ""),
            ("  ", ""),
            ("a=b", "a=b"),
            ("a==b", "a=b"),
            ("a = b , c != d", "a=b,c!=d"),
            ("x in (foo,baz,foo), y notin (k)", "x in (baz,foo),y notin (k)"),
            ("b,!a", "!a,b"),
            ("a=", "a="),
            ("a=,b", "a=,b"),
            ("a in (,)", "a in ()"),
            ("a in (x,)", "a in (,x)"),
            ("n>5,m<3", "m<3,n>5"),
            ("in in (in)", "in in (in)"),
            ("app.kubernetes.io/name=web", "app.kubernetes.io/name=web"),
        ] {
            assert_eq!(parse_labels(text).map(|s| s.to_string()), Ok(want.to_string()), "{text:?}");
        }
    }

    #[test]
    #[rustfmt::skip]
    fn bad_selectors_in_upstream_s_words() {
        for (text, want) in [
            ("=b", "found '=', expected: !, identifier, or 'end of string'"),
            ("a b", "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"),
            ("a=b c", "found 'c', expected: ',' or 'end of string'"),
            ("a=b,", "found '', expected: identifier after ','"),
            ("a=b,,c", "found ',', expected: identifier after ','"),
            ("!", "unable to parse requirement: found '', expected: identifier"),
            ("a in b", "unable to parse requirement: found 'b' expected: '('"),
            ("a in (b", "unable to parse requirement: found '', expected: ',' or ')'"),
            ("a in ()", "unable to parse requirement: values: Invalid value: []: for 'in', 'notin' operators, values set can't be empty"),
            ("a=(b)", "unable to parse requirement: found '(', expected: identifier"),
            ("a>b", "unable to parse requirement: values[0]: Invalid value: \"b\": for 'Gt', 'Lt' operators, the value must be an integer"),
        ] {
            assert_eq!(parse_labels(text).map(|s| s.to_string()), Err(want.to_string()), "{text:?}");
        }
    }
}
