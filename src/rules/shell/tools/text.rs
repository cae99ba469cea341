//! Texts in, texts out.

use super::super::files::absolute;
use super::super::run::{Flow, Run, Stop};
use super::{has, operands, option};

pub fn run(shell: &mut Run, name: &str, args: &[&str]) -> Option<Flow> {
    Some(match name {
        "echo" => {
            let plain = args
                .iter()
                .skip_while(|a| matches!(**a, "-n" | "-e" | "-ne" | "-en" | "-E"));
            let mut text = plain.copied().collect::<Vec<_>>().join(" ");
            let options = args
                .iter()
                .take_while(|a| matches!(**a, "-n" | "-e" | "-ne" | "-en" | "-E"));
            let options: String = options.copied().collect();
            if options.contains('e') {
                text = escapes(&text);
            }
            if !options.contains('n') {
                text.push('\n');
            }
            shell.say(&text);
            Ok(0)
        }
        "printf" => {
            let text = printf(args);
            shell.say(&text);
            Ok(0)
        }
        "seq" => {
            let numbers: Vec<i64> = args.iter().filter_map(|a| a.parse().ok()).collect();
            let (from, step, to) = match numbers.as_slice() {
                [to] => (1, 1, *to),
                [from, to] => (*from, 1, *to),
                [from, step, to] => (*from, *step, *to),
                _ => (1, 1, 0),
            };
            let all = (0..10_000)
                .map(|i| from + i * step)
                .take_while(|n| step > 0 && *n <= to);
            let text: String = all.map(|n| format!("{n}\n")).collect();
            shell.say(&text);
            Ok(0)
        }
        "basename" => {
            let word = args.first().copied().unwrap_or_default();
            let text = word
                .trim_end_matches('/')
                .rsplit('/')
                .next()
                .unwrap_or_default();
            shell.say(&format!("{text}\n"));
            Ok(0)
        }
        "dirname" => {
            let word = args.first().copied().unwrap_or_default();
            let text = word
                .rsplit_once('/')
                .map_or(".", |(dir, _)| if dir.is_empty() { "/" } else { dir });
            shell.say(&format!("{text}\n"));
            Ok(0)
        }
        "grep" | "egrep" | "fgrep" => return Some(grep(shell, args)),
        "tail" if has(args, 'f') || has(args, 'F') => {
            let flow = lines(shell, "tail", args);
            return Some(flow.and(Err(Stop::Never)));
        }
        "head" | "tail" | "wc" | "sort" | "uniq" | "cut" | "tr" | "sed" | "awk" | "rev" | "tac" => {
            return Some(lines(shell, name, args));
        }
        "base64" => {
            let text = match shell.take_input() {
                Ok(text) => text,
                Err(stop) => return Some(Err(stop)),
            };
            let out = match has(args, 'd') {
                true => from_base64(&text),
                false => format!("{}\n", to_base64(text.as_bytes())),
            };
            shell.say(&out);
            Ok(0)
        }
        _ => return None,
    })
}

fn escapes(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (c, c == '\\') {
            (_, true) => match chars.next() {
                Some('n') => out.push('\n'),
                Some('t') => out.push('\t'),
                Some('r') => out.push('\r'),
                Some('\\') | None => out.push('\\'),
                Some(other) => out.extend(['\\', other]),
            },
            (c, _) => out.push(c),
        }
    }
    out
}

fn printf(args: &[&str]) -> String {
    let Some((format, rest)) = args.split_first() else {
        return String::new();
    };
    let format = escapes(format);
    let mut values = rest.iter();
    let mut out = String::new();
    loop {
        let mut used = false;
        let mut chars = format.chars();
        while let Some(c) = chars.next() {
            if c != '%' {
                out.push(c);
                continue;
            }
            match chars.find(|c| !c.is_ascii_digit() && !"-.".contains(*c)) {
                Some('%') => out.push('%'),
                Some(_) => {
                    used = true;
                    out.push_str(values.next().copied().unwrap_or_default());
                }
                None => {}
            }
        }
        if !used || values.len() == 0 {
            return out;
        }
    }
}

/// What a text tool reads: its files, or else what is piped in.
fn input(shell: &mut Run, files: &[&str]) -> Result<Result<String, String>, Stop> {
    if files.is_empty() {
        return Ok(Ok(shell.take_input()?));
    }
    let mut all = String::new();
    for file in files {
        let path = absolute(&shell.cwd, file);
        match shell.files.read(&path) {
            Some(text) => all.push_str(text),
            None => return Ok(Err(format!("{file}: No such file or directory\n"))),
        }
    }
    Ok(Ok(all))
}

fn grep(shell: &mut Run, args: &[&str]) -> Flow {
    let mut words = operands(args, &["-e", "-A", "-B", "-C", "-m"]);
    let pattern = match option(args, "-e") {
        Some(pattern) => pattern.to_owned(),
        None if words.is_empty() => return Ok(2),
        None => words.remove(0).to_owned(),
    };
    let text = match input(shell, &words)? {
        Ok(text) => text,
        Err(why) => {
            shell.err(&format!("grep: {why}"));
            return Ok(2);
        }
    };
    let ignore = has(args, 'i');
    let lower = |text: &str| {
        if ignore {
            text.to_lowercase()
        } else {
            text.to_owned()
        }
    };
    let found: Vec<&str> = text
        .lines()
        .filter(|line| matches(&lower(&pattern), &lower(line)) != has(args, 'v'))
        .collect();
    if has(args, 'c') {
        shell.say(&format!("{}\n", found.len()));
    } else if !has(args, 'q') {
        for line in &found {
            shell.say(&format!("{line}\n"));
        }
    }
    Ok(i32::from(found.is_empty()))
}

/// Whether a line has one of a pattern's alternatives: plain text, with `^`, `$`, `.` and `.*`.
fn matches(pattern: &str, line: &str) -> bool {
    pattern.split("\\|").flat_map(|p| p.split('|')).any(|one| {
        let (start, one) = one
            .strip_prefix('^')
            .map_or((false, one), |rest| (true, rest));
        let (end, one) = one
            .strip_suffix('$')
            .map_or((false, one), |rest| (true, rest));
        let atoms = atoms(one);
        let chars: Vec<char> = line.chars().collect();
        let begins = if start { 0..1 } else { 0..chars.len() + 1 };
        begins
            .into_iter()
            .any(|at| here(&atoms, &chars[at.min(chars.len())..], end))
    })
}

/// A character (`None` for any), and whether any number of it.
fn atoms(pattern: &str) -> Vec<(Option<char>, bool)> {
    let mut out: Vec<(Option<char>, bool)> = Vec::new();
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => out.extend(chars.next().map(|c| (Some(c), false))),
            '.' => out.push((None, false)),
            '*' => {
                if let Some(last) = out.last_mut() {
                    last.1 = true;
                }
            }
            c => out.push((Some(c), false)),
        }
    }
    out
}

fn here(atoms: &[(Option<char>, bool)], text: &[char], end: bool) -> bool {
    let Some(((what, many), rest)) = atoms.split_first() else {
        return !end || text.is_empty();
    };
    let fits = |c: &char| what.is_none_or(|w| w == *c);
    if *many {
        let longest = text.iter().take_while(|c| fits(c)).count();
        return (0..=longest).any(|n| here(rest, &text[n..], end));
    }
    text.first().is_some_and(fits) && here(rest, &text[1..], end)
}

fn lines(shell: &mut Run, name: &str, args: &[&str]) -> Flow {
    let takes: &[&str] = match name {
        "cut" => &["-d", "-f", "-c"],
        "sort" => &["-k", "-t"],
        "awk" => &["-F"],
        _ => &["-n", "-c"],
    };
    let mut words = operands(args, takes);
    let script = match name {
        "sed" | "awk" if !words.is_empty() => words.remove(0),
        _ => "",
    };
    let sets: Vec<&str> = if name == "tr" {
        std::mem::take(&mut words)
    } else {
        Vec::new()
    };
    let text = match input(shell, &words)? {
        Ok(text) => text,
        Err(why) => {
            shell.err(&format!("{name}: {why}"));
            return Ok(1);
        }
    };
    let all: Vec<&str> = text.lines().collect();
    let count = || {
        let bare = args
            .iter()
            .find_map(|a| a.strip_prefix('-')?.parse::<usize>().ok());
        let given = option(args, "-n").and_then(|n| n.trim_start_matches(['+', '-']).parse().ok());
        bare.or(given).unwrap_or(10)
    };
    let joined = |lines: &mut dyn Iterator<Item = String>| -> String {
        lines.map(|line| line + "\n").collect()
    };
    let out = match name {
        "head" => match option(args, "-c").and_then(|n| n.parse::<usize>().ok()) {
            Some(bytes) => text[..text.floor_char_boundary(bytes)].to_owned(),
            None => joined(&mut all.iter().take(count()).map(|l| (*l).into())),
        },
        "tail" => joined(
            &mut all
                .iter()
                .skip(all.len().saturating_sub(count()))
                .map(|l| (*l).into()),
        ),
        "tac" => joined(&mut all.iter().rev().map(|l| (*l).into())),
        "rev" => joined(&mut all.iter().map(|l| l.chars().rev().collect())),
        "wc" => {
            let words_in = text.split_whitespace().count();
            match (has(args, 'l'), has(args, 'w'), has(args, 'c')) {
                (true, ..) => format!("{}\n", text.matches('\n').count()),
                (_, true, _) => format!("{words_in}\n"),
                (_, _, true) => format!("{}\n", text.len()),
                _ => format!(
                    "{:>9} {words_in:>9} {:>9}\n",
                    text.matches('\n').count(),
                    text.len()
                ),
            }
        }
        "sort" => {
            let mut sorted = all.clone();
            if has(args, 'n') {
                sorted.sort_by_key(|l| {
                    l.trim()
                        .split(' ')
                        .next()
                        .and_then(|n| n.parse::<i64>().ok())
                        .unwrap_or(0)
                });
            } else {
                sorted.sort_unstable();
            }
            if has(args, 'u') {
                sorted.dedup();
            }
            if has(args, 'r') {
                sorted.reverse();
            }
            joined(&mut sorted.iter().map(|l| (*l).into()))
        }
        "uniq" => {
            let mut runs: Vec<(usize, &str)> = Vec::new();
            for line in &all {
                match runs.last_mut() {
                    Some((n, last)) if last == line => *n += 1,
                    _ => runs.push((1, line)),
                }
            }
            joined(&mut runs.iter().map(|(n, line)| match has(args, 'c') {
                true => format!("{n:>7} {line}"),
                false => (*line).into(),
            }))
        }
        "cut" => {
            let by = option(args, "-d").unwrap_or("\t");
            let field = option(args, "-f").and_then(|n| n.parse::<usize>().ok());
            joined(&mut all.iter().map(|line| match field {
                Some(n) if line.contains(by) => {
                    line.split(by).nth(n.max(1) - 1).unwrap_or_default().into()
                }
                _ => (*line).into(),
            }))
        }
        "awk" => {
            let by = option(args, "-F");
            let field = script.split('$').nth(1).and_then(|rest| {
                let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
                digits.parse::<usize>().ok()
            });
            joined(&mut all.iter().map(|line| {
                match (field, by) {
                    (Some(0) | None, _) => (*line).into(),
                    (Some(n), Some(by)) => line.split(by).nth(n - 1).unwrap_or_default().into(),
                    (Some(n), None) => line
                        .split_whitespace()
                        .nth(n - 1)
                        .unwrap_or_default()
                        .into(),
                }
            }))
        }
        "tr" => {
            let set = |text: &str| -> Vec<char> {
                escapes(text)
                    .replace("a-z", &('a'..='z').collect::<String>())
                    .replace("A-Z", &('A'..='Z').collect::<String>())
                    .chars()
                    .collect()
            };
            let from = sets.first().map(|s| set(s)).unwrap_or_default();
            let to = sets.get(1).map(|s| set(s)).unwrap_or_default();
            let delete = has(args, 'd');
            text.chars()
                .filter_map(|c| match from.iter().position(|f| *f == c) {
                    None => Some(c),
                    Some(_) if delete => None,
                    Some(i) => to.get(i).or(to.last()).copied().or(Some(c)),
                })
                .collect()
        }
        // sed: one `s` command, which is what one-liners have.
        _ => {
            let parts: Vec<&str> = match script
                .strip_prefix('s')
                .and_then(|s| Some((s.chars().next()?, s)))
            {
                Some((by, rest)) => rest.split(by).skip(1).collect(),
                None => Vec::new(),
            };
            match parts.as_slice() {
                [from, to, flags, ..] => {
                    joined(&mut all.iter().map(|line| match flags.contains('g') {
                        true => line.replace(from, to),
                        false => line.replacen(from, to, 1),
                    }))
                }
                _ => text.clone(),
            }
        }
    };
    shell.say(&out);
    Ok(0)
}

/// Bytes in base64.
pub fn to_base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for three in bytes.chunks(3) {
        let mut bits = [0u8; 3];
        bits[..three.len()].copy_from_slice(three);
        let bits = u32::from_be_bytes([0, bits[0], bits[1], bits[2]]);
        for i in 0..4 {
            match i <= three.len() {
                true => out.push(char::from(LETTERS[(bits >> (18 - 6 * i)) as usize & 63])),
                false => out.push('='),
            }
        }
    }
    out
}

fn from_base64(text: &str) -> String {
    let value = |b: u8| match b {
        b'A'..=b'Z' => Some(b - b'A'),
        b'a'..=b'z' => Some(b - b'a' + 26),
        b'0'..=b'9' => Some(b - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    let (mut bits, mut held, mut out) = (0u32, 0, Vec::new());
    for six in text.bytes().filter_map(value) {
        bits = bits << 6 | u32::from(six);
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push((bits >> held) as u8);
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}
