//! Files and directories.

use super::super::files::absolute;
use super::super::run::{Flow, Run};
use super::{has, operands};

pub fn run(shell: &mut Run, name: &str, args: &[&str]) -> Option<Flow> {
    Some(match name {
        "pwd" => {
            let cwd = format!("{}\n", shell.cwd);
            shell.say(&cwd);
            Ok(0)
        }
        "cd" => cd(shell, args),
        "ls" => ls(shell, args),
        "cat" => cat(shell, args),
        "touch" => each(shell, name, args, |shell, path, _| {
            shell.files.write(path, "", true);
            0
        }),
        "mkdir" => each(shell, name, args, |shell, path, _| {
            shell.files.make_dir(path);
            0
        }),
        "rm" | "rmdir" | "unlink" => {
            let forced = has(args, 'f');
            each(shell, name, args, |shell, path, word| {
                let there = shell.files.read(path).is_some() || shell.files.is_dir(path);
                if !there && !forced {
                    shell.err(&format!(
                        "rm: can't remove '{word}': No such file or directory\n"
                    ));
                    return 1;
                }
                shell.files.remove(path);
                0
            })
        }
        "cp" | "mv" => copy(shell, name, args),
        "tee" => {
            let text = match shell.take_input() {
                Ok(text) => text,
                Err(stop) => return Some(Err(stop)),
            };
            let append = has(args, 'a');
            for word in operands(args, &[]) {
                let path = absolute(&shell.cwd, word);
                match shell.why_not(&path) {
                    None => shell.files.write(&path, &text, append),
                    Some(why) => shell.err(&format!("tee: {word}: {why}\n")),
                }
            }
            shell.say(&text);
            Ok(0)
        }
        "test" | "[" | "[[" => {
            let args = match args.split_last() {
                Some((&("]" | "]]"), rest)) => rest,
                _ => args,
            };
            Ok(i32::from(!test(shell, args)))
        }
        "chmod" | "chown" | "chgrp" | "ln" | "sync" | "mount" => Ok(0),
        "stat" | "file" => each(shell, name, args, |shell, path, word| {
            if shell.files.read(path).is_none() && !shell.files.is_dir(path) {
                shell.err(&format!(
                    "stat: can't stat '{word}': No such file or directory\n"
                ));
                return 1;
            }
            shell.say(&format!("  File: {word}\n"));
            0
        }),
        _ => return None,
    })
}

fn each(
    shell: &mut Run,
    name: &str,
    args: &[&str],
    mut act: impl FnMut(&mut Run, &str, &str) -> i32,
) -> Flow {
    let changes = !matches!(name, "stat" | "file");
    let mut worst = 0;
    for word in operands(args, &["-m"]) {
        let path = absolute(&shell.cwd, word);
        if let Some(why) = shell.why_not(&path).filter(|_| changes) {
            shell.err(&format!("{name}: {word}: {why}\n"));
            worst = 1;
            continue;
        }
        worst = worst.max(act(shell, &path, word));
    }
    Ok(worst)
}

fn cd(shell: &mut Run, args: &[&str]) -> Flow {
    let home = shell
        .vars
        .get("HOME")
        .cloned()
        .unwrap_or_else(|| "/root".into());
    let word = args.first().copied().unwrap_or(&home);
    let path = absolute(&shell.cwd, word);
    if !shell.files.is_dir(&path) {
        let text = format!("sh: cd: can't cd to {word}: No such file or directory\n");
        shell.err(&text);
        return Ok(2);
    }
    shell.cwd = path;
    Ok(0)
}

fn ls(shell: &mut Run, args: &[&str]) -> Flow {
    let mut words = operands(args, &[]);
    if words.is_empty() {
        words.push(".");
    }
    let several = words.len() > 1;
    let long = has(args, 'l');
    let mut code = 0;
    for (i, word) in words.into_iter().enumerate() {
        let path = absolute(&shell.cwd, word);
        if shell.files.is_dir(&path) && !has(args, 'd') {
            if several {
                shell.say(&format!("{}{word}:\n", if i > 0 { "\n" } else { "" }));
            }
            if long {
                shell.say("total 0\n");
            }
            for child in shell.files.children(&path) {
                if !child.starts_with('.') || has(args, 'a') {
                    let whole = absolute(&path, &child);
                    entry(shell, &whole, &child, long);
                }
            }
        } else if shell.files.read(&path).is_some() || shell.files.is_dir(&path) {
            entry(shell, &path, word, long);
        } else {
            shell.err(&format!("ls: {word}: No such file or directory\n"));
            code = 1;
        }
    }
    Ok(code)
}

fn entry(shell: &mut Run, path: &str, name: &str, long: bool) {
    if !long {
        return shell.say(&format!("{name}\n"));
    }
    let kind = match shell.files.is_dir(path) {
        true => "drwxr-xr-x    2",
        false => "-rw-r--r--    1",
    };
    let size = shell.files.read(path).map_or(4_096, str::len);
    let now = super::system::date(shell, "+%b %e %H:%M");
    shell.say(&format!(
        "{kind} root     root     {size:>9} {now} {name}\n"
    ));
}

fn cat(shell: &mut Run, args: &[&str]) -> Flow {
    let words = operands(args, &[]);
    if words.is_empty() {
        let text = shell.take_input()?;
        shell.say(&text);
        return Ok(0);
    }
    let mut code = 0;
    for word in words {
        let path = absolute(&shell.cwd, word);
        match shell.files.read(&path).map(str::to_owned) {
            Some(text) => shell.say(&text),
            None if word == "-" => {
                let text = shell.take_input()?;
                shell.say(&text);
            }
            None => {
                let why = match shell.files.is_dir(&path) {
                    true => "cat: read error: Is a directory\n".to_owned(),
                    false if shell.given["busybox"] == true => {
                        format!("cat: can't open '{word}': No such file or directory\n")
                    }
                    false => format!("cat: {word}: No such file or directory\n"),
                };
                shell.err(&why);
                code = 1;
            }
        }
    }
    Ok(code)
}

fn copy(shell: &mut Run, name: &str, args: &[&str]) -> Flow {
    let words = operands(args, &[]);
    let Some((to, from)) = words.split_last().filter(|(_, from)| !from.is_empty()) else {
        shell.err(&format!("{name}: missing file operand\n"));
        return Ok(1);
    };
    let target = absolute(&shell.cwd, to);
    for word in from {
        let path = absolute(&shell.cwd, word);
        let Some(text) = shell.files.read(&path).map(str::to_owned) else {
            shell.err(&format!(
                "{name}: can't stat '{word}': No such file or directory\n"
            ));
            return Ok(1);
        };
        let place = match shell.files.is_dir(&target) {
            true => absolute(&target, path.rsplit('/').next().unwrap_or_default()),
            false => target.clone(),
        };
        if let Some(why) = shell.why_not(&place) {
            shell.err(&format!("{name}: can't create '{to}': {why}\n"));
            return Ok(1);
        }
        shell.files.write(&place, &text, false);
        if name == "mv" {
            shell.files.remove(&path);
        }
    }
    Ok(0)
}

fn test(shell: &Run, args: &[&str]) -> bool {
    if let Some(i) = args.iter().position(|a| matches!(*a, "-o" | "||")) {
        return test(shell, &args[..i]) || test(shell, &args[i + 1..]);
    }
    if let Some(i) = args.iter().position(|a| matches!(*a, "-a" | "&&")) {
        return test(shell, &args[..i]) && test(shell, &args[i + 1..]);
    }
    let number = |text: &str| text.parse::<i64>().unwrap_or(0);
    let path = |word: &str| absolute(&shell.cwd, word);
    match args {
        ["!", rest @ ..] => !test(shell, rest),
        ["-z", text] => text.is_empty(),
        ["-n", text] => !text.is_empty(),
        ["-d", word] => shell.files.is_dir(&path(word)),
        ["-f" | "-r" | "-w" | "-x", word] => shell.files.read(&path(word)).is_some(),
        ["-s", word] => shell
            .files
            .read(&path(word))
            .is_some_and(|text| !text.is_empty()),
        ["-e" | "-L", word] => {
            shell.files.read(&path(word)).is_some() || shell.files.is_dir(&path(word))
        }
        [a, "=" | "==", b] => a == b,
        [a, "!=", b] => a != b,
        [a, "-eq", b] => number(a) == number(b),
        [a, "-ne", b] => number(a) != number(b),
        [a, "-lt", b] => number(a) < number(b),
        [a, "-le", b] => number(a) <= number(b),
        [a, "-gt", b] => number(a) > number(b),
        [a, "-ge", b] => number(a) >= number(b),
        [text] => !text.is_empty(),
        _ => false,
    }
}
