//! Words with variables, sums and outputs put in.

use podarium_api::shell::{Node, Part, Word};

use super::run::{Run, Sink, Stop};

impl Run<'_> {
    pub(super) fn variable(&self, name: &str) -> String {
        let (name, default) = match name.split_once(":-") {
            Some((name, default)) => (name, default),
            None => (name, ""),
        };
        match name {
            "?" => self.status.to_string(),
            "$" => "1".into(),
            "0" => self.name.into(),
            "PWD" => self.cwd.clone(),
            // Anything with a beginning, so that scripts that wait for chance go on the same way every time.
            "RANDOM" => (12_345 + self.now % 7_919).to_string(),
            name => match self.vars.get(name) {
                Some(value) if !value.is_empty() => value.clone(),
                _ => default.into(),
            },
        }
    }

    /// Words with variables and outputs put in; unquoted ones fall apart at spaces.
    pub(super) fn words(&mut self, words: &[Word]) -> Result<Vec<String>, Stop> {
        let mut out = Vec::new();
        for word in words {
            let loose = word
                .iter()
                .any(|part| matches!(part, Part::Variable(_, false) | Part::Output(_, false)));
            let quoted = word.iter().any(|part| {
                matches!(
                    part,
                    Part::Text(_, true) | Part::Variable(_, true) | Part::Output(_, true)
                )
            });
            let text = self.word(word)?;
            if loose && !quoted {
                out.extend(text.split_whitespace().map(String::from));
            } else {
                out.push(text);
            }
        }
        Ok(out)
    }

    pub(super) fn word(&mut self, word: &Word) -> Result<String, Stop> {
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

    pub(super) fn output(&mut self, node: &Node) -> Result<String, Stop> {
        let before = self.sinks.clone();
        self.buffers.push(String::new());
        let at = self.buffers.len() - 1;
        self.sinks[0] = Sink::Buffer(at);
        let flow = self.node(node);
        self.sinks = before;
        let text = std::mem::take(&mut self.buffers[at]);
        match flow {
            Ok(code) | Err(Stop::Exit(code)) => self.status = code,
            Err(stop) => return Err(stop),
        }
        Ok(text.trim_end_matches('\n').into())
    }

    /// Whole numbers with `+ - * / %`, left to right.
    pub(super) fn sum(&self, text: &str) -> i64 {
        let (mut total, mut sign, mut word) = (0i64, '+', String::new());
        for c in text.chars().chain(['+']) {
            if !"+-*/%".contains(c) {
                word.push(c);
                continue;
            }
            let name = word.trim().trim_start_matches('$');
            let value = name
                .parse::<i64>()
                .unwrap_or_else(|_| self.variable(name).parse().unwrap_or(0));
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
        total
    }
}
