//! A terminal's line discipline: keys become lines, and what is typed is seen.

/// What a key comes to, beside what is shown of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A line is whole.
    Line(String),
    /// Ctrl-C.
    Interrupt,
    /// Ctrl-D on an empty line.
    End,
}

/// A line that is being typed.
#[derive(Debug, Default)]
pub struct Terminal {
    line: Vec<char>,
    /// Bytes of a character, or of an escape sequence, that is not whole yet.
    partial: Vec<u8>,
    history: Vec<String>,
    /// Which line of the history is shown; its length for the new one.
    at: usize,
}

impl Terminal {
    /// Takes a byte; what is to be shown is added to `echo`.
    pub fn key(&mut self, byte: u8, echo: &mut String) -> Option<Event> {
        if self.partial.first() == Some(&0x1b) {
            self.partial.push(byte);
            match (self.partial.len(), byte) {
                (2, b'[' | b'O') => {}
                (_, b'A') => self.recall(self.at.saturating_sub(1), echo),
                (_, b'B') => self.recall(self.at + 1, echo),
                // Numbers before the letter of a sequence.
                (3.., b'0'..=b'9' | b';') => {}
                _ => self.partial.clear(),
            }
            return None;
        }
        match byte {
            b'\r' | b'\n' => {
                echo.push_str("\r\n");
                let line: String = self.line.drain(..).collect();
                if !line.trim().is_empty() && self.history.last() != Some(&line) {
                    self.history.push(line.clone());
                }
                self.at = self.history.len();
                return Some(Event::Line(line));
            }
            0x03 => {
                echo.push_str("^C\r\n");
                self.line.clear();
                return Some(Event::Interrupt);
            }
            0x04 if self.line.is_empty() => return Some(Event::End),
            0x7f | 0x08 => {
                if self.line.pop().is_some() {
                    echo.push_str("\u{8} \u{8}");
                }
            }
            // Ctrl-U
            0x15 => self.erase(echo),
            0x1b => self.partial.push(byte),
            0x00..=0x1f => {}
            _ => {
                self.partial.push(byte);
                if let Ok(text) = std::str::from_utf8(&self.partial) {
                    echo.push_str(text);
                    self.line.extend(text.chars());
                    self.partial.clear();
                } else if self.partial.len() == 4 {
                    self.partial.clear();
                }
            }
        }
        None
    }

    fn erase(&mut self, echo: &mut String) {
        for _ in self.line.drain(..) {
            echo.push_str("\u{8} \u{8}");
        }
    }

    fn recall(&mut self, at: usize, echo: &mut String) {
        self.partial.clear();
        self.at = at.min(self.history.len());
        self.erase(echo);
        let line = self.history.get(self.at).cloned().unwrap_or_default();
        echo.push_str(&line);
        self.line = line.chars().collect();
    }
}

/// Text as a terminal wants it.
pub fn cooked(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\n', "\r\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(text: &str) -> (Vec<Event>, String) {
        let (mut terminal, mut echo) = (Terminal::default(), String::new());
        let events = text.bytes();
        let events = events.filter_map(|b| terminal.key(b, &mut echo)).collect();
        (events, echo)
    }

    fn line(text: &str) -> Event {
        Event::Line(text.into())
    }

    #[test]
    fn keys_become_lines() {
        assert_eq!(typed("ls\r"), (vec![line("ls")], "ls\r\n".into()));
        assert_eq!(
            typed("lx\u{7f}s é\r"),
            (vec![line("ls é")], "lx\u{8} \u{8}s é\r\n".into())
        );
        assert_eq!(typed("ab\u{3}").0, [Event::Interrupt]);
        assert_eq!(typed("a\u{4}\r\u{4}").0, [line("a"), Event::End]);
        assert_eq!(typed("\u{7f}\u{15}\t\r").0, [line("")]);
    }

    #[test]
    fn earlier_lines_come_back() {
        let up = "\u{1b}[A";
        assert_eq!(typed(&format!("a\rb\r{up}\r")).0[2], line("b"));
        assert_eq!(typed(&format!("a\rb\r{up}{up}c\r")).0[2], line("ac"));
        assert_eq!(typed(&format!("a\r{up}\u{1b}[Bd\r")).0[1], line("d"));
        assert_eq!(typed("\u{1b}[1;5Cx\r").0, [line("x")]);
    }
}
