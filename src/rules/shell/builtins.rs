//! One command of a script: what the shell does itself, else a tool.

use super::run::{Flow, Run, Stop};
use super::tools;

impl Run<'_> {
    /// One tool; `first` when it is what was asked to run.
    pub fn tool(&mut self, argv: &[String], first: bool) -> Flow {
        let (name, args) = argv.split_first().expect("a command has a name");
        let base = name
            .rsplit_once('/')
            .map_or(name.as_str(), |(_, name)| name);
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        if tools::list(&self.given["own"]).any(|own| own == base) {
            return Err(Stop::Serve);
        }
        // Builtins of the shell.
        match base {
            "exit" | "return" => {
                let code = args.first().and_then(|a| a.parse().ok());
                return Err(Stop::Exit(code.unwrap_or(self.status) & 0xff));
            }
            "break" => return Err(Stop::Break),
            "continue" => return Err(Stop::Continue),
            ":" | "true" | "trap" | "wait" | "ulimit" | "umask" | "shift" | "local" => {
                return Ok(0);
            }
            "false" => return Ok(1),
            "set" => {
                self.strict |= args.iter().any(|a| a.starts_with('-') && a.contains('e'));
                return Ok(0);
            }
            "exec" | "nohup" | "command" | "tini" | "dumb-init" | "time" | "nice" => {
                let rest: Vec<String> = argv[1..]
                    .iter()
                    .skip_while(|a| a.starts_with('-'))
                    .cloned()
                    .collect();
                return match rest.is_empty() {
                    true => Ok(0),
                    false => match self.first(&rest) {
                        Ok(code) if base == "exec" => Err(Stop::Exit(code)),
                        other => other,
                    },
                };
            }
            "timeout" => {
                let rest: Vec<String> = argv.iter().skip(2).cloned().collect();
                return self.first(&rest);
            }
            "eval" => return self.script(&args.join(" ")),
            "export" | "readonly" | "declare" => {
                for arg in &args {
                    if let Some((name, value)) = arg.split_once('=') {
                        self.vars.insert(name.into(), value.into());
                    }
                }
                return Ok(0);
            }
            "unset" => {
                for arg in &args {
                    self.vars.remove(*arg);
                }
                return Ok(0);
            }
            "read" => return self.read(&args),
            "xargs" => {
                let mut rest: Vec<String> = argv[1..]
                    .iter()
                    .skip_while(|a| a.starts_with('-'))
                    .cloned()
                    .collect();
                if rest.is_empty() {
                    rest.push("echo".into());
                }
                rest.extend(self.stdin.split_whitespace().map(str::to_owned));
                return self.tool(&rest, false);
            }
            _ => {}
        }
        match tools::run(self, base, &args) {
            Some(flow) => flow,
            None if first => self.no_such_program(name),
            None => {
                let text = match self.name {
                    "bash" if self.given["line"].is_string() => {
                        format!("bash: {name}: command not found\n")
                    }
                    "bash" => format!("bash: line 1: {name}: command not found\n"),
                    shell => format!("{shell}: {name}: not found\n"),
                };
                self.err(&text);
                Ok(127)
            }
        }
    }

    /// Takes one line of what can be read.
    fn read(&mut self, args: &[&str]) -> Flow {
        let names: Vec<&&str> = args.iter().filter(|a| !a.starts_with('-')).collect();
        if self.stdin.is_empty() && !self.open {
            return Ok(1);
        }
        let text = self.take_input()?;
        let (line, rest) = text.split_once('\n').unwrap_or((&text, ""));
        self.stdin = rest.into();
        let mut words = line.split_whitespace();
        for (i, name) in names.iter().enumerate() {
            let value = match i + 1 == names.len() {
                true => words.by_ref().collect::<Vec<_>>().join(" "),
                false => words.next().unwrap_or_default().to_owned(),
            };
            self.vars.insert((**name).into(), value);
        }
        Ok(0)
    }
}
