//! The machine as a process sees it: who, where, when, what runs.

use super::super::run::{Flow, Run, Stop};
use super::{has, list, operands};

pub fn run(shell: &mut Run, name: &str, args: &[&str]) -> Option<Flow> {
    let text = match name {
        "hostname" => {
            let host = shell.vars.get("HOSTNAME").cloned().unwrap_or_default();
            match has(args, 'i') {
                true => shell.given["ip"].as_str().unwrap_or_default().to_owned() + "\n",
                false => host + "\n",
            }
        }
        "env" | "printenv" => match operands(args, &[]).first() {
            Some(name) => match shell.vars.get(*name) {
                Some(value) => format!("{value}\n"),
                None => return Some(Ok(1)),
            },
            None => {
                let pairs = shell.vars.iter();
                pairs
                    .map(|(name, value)| format!("{name}={value}\n"))
                    .collect()
            }
        },
        "id" => match has(args, 'u') {
            true => "0\n".into(),
            false => "uid=0(root) gid=0(root) groups=0(root)\n".into(),
        },
        "whoami" => "root\n".into(),
        "uname" => match has(args, 'a') {
            true => {
                let host = shell.vars.get("HOSTNAME").cloned().unwrap_or_default();
                format!("Linux {host} 6.12.0 #1 SMP x86_64 GNU/Linux\n")
            }
            false if has(args, 'n') => {
                shell.vars.get("HOSTNAME").cloned().unwrap_or_default() + "\n"
            }
            false if has(args, 'r') => "6.12.0\n".into(),
            false if has(args, 'm') => "x86_64\n".into(),
            false => "Linux\n".into(),
        },
        "nproc" => "4\n".into(),
        "date" => {
            let format = args.iter().find(|a| a.starts_with('+'));
            date(shell, format.unwrap_or(&"+%a %b %e %H:%M:%S UTC %Y")) + "\n"
        }
        "ps" => ps(shell),
        "which" => match args.first() {
            Some(tool) if super::NAMES.contains(tool) => format!("/bin/{tool}\n"),
            _ => return Some(Ok(1)),
        },
        "sleep" => {
            let mut micros = 0u64;
            for arg in args {
                match seconds(arg) {
                    Some(span) => micros = micros.saturating_add(span),
                    None if matches!(*arg, "infinity" | "inf") => return Some(Err(Stop::Never)),
                    None => {
                        shell.err(&format!("sleep: invalid number '{arg}'\n"));
                        return Some(Ok(1));
                    }
                }
            }
            return Some(shell.pass(micros).map(|()| 0));
        }
        "kill" | "pkill" | "killall" => return Some(Ok(0)),
        "yes" | "watch" | "top" | "vi" | "less" => return Some(Err(Stop::Never)),
        _ => return None,
    };
    shell.say(&text);
    Some(Ok(0))
}

fn ps(shell: &Run) -> String {
    let mut out = String::from("PID   USER     TIME  COMMAND\n");
    let processes: Vec<&str> = list(&shell.given["processes"]).collect();
    for (i, command) in processes.iter().chain([&"ps"]).enumerate() {
        out += &format!("{:>5} root      0:00 {command}\n", i + 1);
    }
    out
}

/// `30`, `0.5`, `1m`: microseconds.
fn seconds(text: &str) -> Option<u64> {
    let (number, unit) = match text.find(|c: char| !c.is_ascii_digit() && c != '.') {
        Some(i) => text.split_at(i),
        None => (text, "s"),
    };
    let unit = match unit {
        "s" => 1e6,
        "m" => 60e6,
        "h" => 3_600e6,
        "d" => 86_400e6,
        _ => return None,
    };
    Some((number.parse::<f64>().ok()? * unit) as u64)
}

/// Year, month and day of a day since 1970.
// http://howardhinnant.github.io/date_algorithms.html civil_from_days
fn civil(days: i64) -> (i64, u8, u8) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    (
        year + era * 400 + i64::from(month <= 2),
        month as u8,
        day as u8,
    )
}

/// The time as `date` prints it.
pub fn date(shell: &Run, format: &str) -> String {
    date_at(
        shell.given["now"].as_u64().unwrap_or_default() + shell.now,
        format,
    )
}

/// A time, in microseconds since 1970, as `date` prints it.
pub fn date_at(micros: u64, format: &str) -> String {
    let (total, nanos) = ((micros / 1_000_000) as i64, micros % 1_000_000 * 1_000);
    let days = total.div_euclid(86_400);
    let (year, month, day) = civil(days);
    let second = total.rem_euclid(86_400);
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let name = DAYS[days.rem_euclid(7) as usize];
    let month_name = MONTHS[usize::from(month).clamp(1, 12) - 1];
    let mut out = String::new();
    let mut chars = format.trim_start_matches('+').chars();
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('a') => out += name,
            Some('b') => out += month_name,
            Some('d') => out += &format!("{day:02}"),
            Some('e') => out += &format!("{day:>2}"),
            Some('F') => out += &format!("{year}-{month:02}-{day:02}"),
            Some('H') => out += &format!("{hour:02}"),
            Some('M') => out += &format!("{minute:02}"),
            Some('m') => out += &format!("{month:02}"),
            Some('N') => out += &format!("{nanos:09}"),
            Some('S') => out += &format!("{second:02}"),
            Some('s') => out += &total.to_string(),
            Some('T') => out += &format!("{hour:02}:{minute:02}:{second:02}"),
            Some('Y') => out += &year.to_string(),
            Some('Z') => out += "UTC",
            Some('z') => out += "+0000",
            Some(other) => out.extend(['%', other]),
            None => out.push('%'),
        }
    }
    out
}
