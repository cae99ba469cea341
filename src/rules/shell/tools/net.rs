//! Clients: they ask the network, which the core answers, and print what came.
//!
//! A question is `{"kind": "request", "target", "method"}` or `{"kind": "name", "target"}`. The answer to a request:
//! `{code, body, headers, ip, port, micros}` or `{error, …}` with `name` (no such name), `dns` (nobody answers), `refused`,
//! `timeout` or `own` where something failed; to a name: `{addresses: [[name, ip]…], server}` or `{error}`.

use serde_json::{Value, json};

use super::super::files::absolute;
use super::super::run::{Flow, Run, Stop};
use super::{has, operands, option};

pub fn run(shell: &mut Run, name: &str, args: &[&str]) -> Option<Flow> {
    Some(match name {
        "curl" => curl(shell, args),
        "wget" => wget(shell, args),
        "nslookup" => nslookup(shell, args),
        "dig" | "host" => dig(shell, name, args),
        "getent" => getent(shell, args),
        "ping" => ping(shell, args),
        "nc" | "ncat" | "telnet" => connect(shell, name, args),
        "redis-cli" | "valkey-cli" => redis(shell, args),
        _ => return None,
    })
}

fn request(shell: &mut Run, target: &str, method: &str) -> Result<Value, Stop> {
    shell
        .ask(json!({"kind": "request", "target": target, "method": method}))
        .cloned()
}

fn host_of(target: &str) -> (&str, &str) {
    let rest = target.split_once("://").map_or(target, |(_, rest)| rest);
    let authority = rest.split('/').next().unwrap_or_default();
    let tls = target.starts_with("https://");
    match authority.rsplit_once(':') {
        Some((host, port)) if !host.ends_with(':') => (host, port),
        _ => (authority, if tls { "443" } else { "80" }),
    }
}

fn curl(shell: &mut Run, args: &[&str]) -> Flow {
    const TAKES: [&str; 18] = [
        "-o",
        "-w",
        "-H",
        "-d",
        "-X",
        "-m",
        "-u",
        "-A",
        "--max-time",
        "--connect-timeout",
        "--retry",
        "--data",
        "--header",
        "--request",
        "--output",
        "--write-out",
        "--resolve",
        "--cacert",
    ];
    let words = operands(args, &TAKES);
    let Some(url) = words.first() else {
        shell.err("curl: try 'curl --help' or 'curl --manual' for more information\n");
        return Ok(2);
    };
    let after = |names: &[&str]| {
        let at = args.iter().position(|a| names.contains(a))?;
        args.get(at + 1).copied()
    };
    let head = has(args, 'I') || args.contains(&"--head");
    let posts = after(&["-d", "--data"]).is_some();
    let method = after(&["-X", "--request"]).unwrap_or(if head {
        "HEAD"
    } else if posts {
        "POST"
    } else {
        "GET"
    });
    let begun = shell.now;
    let answer = request(shell, url, method)?;
    let (host, port) = host_of(url);
    let (quiet, shows) = (has(args, 's') || args.contains(&"--silent"), has(args, 'S'));
    let limit = after(&["-m", "--max-time", "--connect-timeout"]);
    let spent = (shell.now - begun) / 1_000;
    let failed = match answer["error"].as_str() {
        Some("name" | "dns") => Some((6, format!("Could not resolve host: {host}"))),
        Some("timeout") => {
            let waited = limit
                .and_then(|l| l.parse::<f64>().ok())
                .map_or(spent, |s| (s * 1_000.0) as u64);
            Some((
                28,
                match limit {
                    Some(_) => format!("Connection timed out after {waited} milliseconds"),
                    None => format!(
                        "Failed to connect to {host} port {port} after {waited} ms: Could not connect to server"
                    ),
                },
            ))
        }
        Some(_) => Some((
            7,
            format!(
                "Failed to connect to {host} port {port} after {spent} ms: Could not connect to server"
            ),
        )),
        None => None,
    };
    let code = answer["code"].as_u64().unwrap_or_default();
    let body = answer["body"].as_str().unwrap_or_default();
    let format = after(&["-w", "--write-out"]);
    let write_out = |shell: &mut Run| {
        if let Some(format) = format {
            let text = format
                .replace("%{http_code}", &format!("{code:03}"))
                .replace("%{response_code}", &format!("{code:03}"))
                .replace("%{time_total}", &format!("{:.6}", spent as f64 / 1_000.0))
                .replace("\\n", "\n");
            shell.say(&text);
        }
    };
    if !quiet && !shell.is_terminal() && failed.is_none() {
        let (size, speed) = (body.len(), body.len() as u64 * 1_000 / spent.max(1));
        shell.err(&format!(
            "  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n                                 \
             Dload  Upload   Total   Spent    Left  Speed\n100 {size:>5}  100 {size:>5}    0     0 {speed:>6}      0 --:--:-- \
             --:--:-- --:--:-- {speed:>5}\n"
        ));
    }
    if let Some((number, why)) = failed {
        write_out(shell);
        if !quiet || shows {
            shell.err(&format!("curl: ({number}) {why}\n"));
        }
        return Ok(number);
    }
    if has(args, 'f') && code >= 400 {
        write_out(shell);
        if !quiet || shows {
            shell.err(&format!(
                "curl: (22) The requested URL returned error: {code}\n"
            ));
        }
        return Ok(22);
    }
    let mut text = String::new();
    if head || has(args, 'i') {
        text += &headers(&answer, code, body.len());
    }
    if !head {
        text += body;
    }
    match after(&["-o", "--output"]) {
        Some("/dev/null") => {}
        Some(file) => {
            let path = absolute(&shell.cwd, file);
            shell.files.write(&path, &text, false);
        }
        None => shell.say(&text),
    }
    write_out(shell);
    Ok(0)
}

fn headers(answer: &Value, code: u64, length: usize) -> String {
    let mut out = format!("HTTP/1.1 {code} {}\r\n", phrase(code));
    for (name, value) in answer["headers"].as_object().into_iter().flatten() {
        out += &format!("{name}: {}\r\n", value.as_str().unwrap_or_default());
    }
    out + &format!("Content-Length: {length}\r\n\r\n")
}

fn phrase(code: u64) -> &'static str {
    match code {
        200 => "OK",
        201 => "Created",
        204 => "No Content",
        301 => "Moved Permanently",
        302 => "Found",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "",
    }
}

fn wget(shell: &mut Run, args: &[&str]) -> Flow {
    let words = operands(args, &["-O", "-T", "-t", "-U", "--header", "-o"]);
    let Some(url) = words.first() else {
        shell.err("wget: missing URL\n");
        return Ok(1);
    };
    let answer = request(shell, url, "GET")?;
    let (host, port) = host_of(url);
    let ip = answer["ip"].as_str().unwrap_or(host).to_owned();
    let quiet = has(args, 'q');
    let why = match answer["error"].as_str() {
        Some("name" | "dns") => Some(format!("wget: bad address '{host}'\n")),
        Some("timeout") => Some("wget: download timed out\n".to_owned()),
        Some(_) => Some(format!(
            "wget: can't connect to remote host ({ip}): Connection refused\n"
        )),
        None => None,
    };
    if !quiet && !matches!(answer["error"].as_str(), Some("name" | "dns")) {
        shell.err(&format!("Connecting to {host} ({ip}:{port})\n"));
    }
    if let Some(why) = why {
        shell.err(&why);
        return Ok(1);
    }
    let code = answer["code"].as_u64().unwrap_or_default();
    if code >= 400 {
        shell.err(&format!(
            "wget: server returned error: HTTP/1.1 {code} {}\n",
            phrase(code)
        ));
        return Ok(1);
    }
    let body = answer["body"].as_str().unwrap_or_default();
    // `-O file`, `-O-`, `-qO-`
    let at = args
        .iter()
        .position(|a| a.starts_with('-') && !a.starts_with("--") && a.contains('O'));
    let target = at.and_then(|at| match args[at].split_once('O') {
        Some((_, "")) | None => args.get(at + 1).copied(),
        Some((_, rest)) => Some(rest),
    });
    match target {
        Some("-") => {
            if !quiet {
                shell.err("writing to stdout\n");
            }
            shell.say(body);
            if !quiet {
                shell.err("written to stdout\n");
            }
        }
        target => {
            let name = target.unwrap_or_else(|| {
                match url
                    .split_once("://")
                    .and_then(|(_, rest)| rest.split_once('/'))
                {
                    Some((_, path)) if !path.is_empty() => {
                        path.rsplit('/').next().unwrap_or("index.html")
                    }
                    _ => "index.html",
                }
            });
            let path = absolute(&shell.cwd, name);
            if path != "/dev/null" {
                shell.files.write(&path, body, false);
            }
            if !quiet {
                shell.err(&format!("saving to '{name}'\n'{name}' saved\n"));
            }
        }
    }
    Ok(0)
}

fn resolve(shell: &mut Run, name: &str) -> Result<Value, Stop> {
    shell.ask(json!({"kind": "name", "target": name})).cloned()
}

fn addresses(answer: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let pairs = answer["addresses"].as_array().into_iter().flatten();
    pairs.map(|pair| (text(&pair[0]), text(&pair[1]))).collect()
}

fn nslookup(shell: &mut Run, args: &[&str]) -> Flow {
    let words = operands(args, &[]);
    let Some(name) = words.first() else {
        return Ok(1);
    };
    let answer = resolve(shell, name)?;
    let server = answer["server"].as_str().unwrap_or("10.96.0.10").to_owned();
    if answer["error"] == "dns" {
        shell.say(";; connection timed out; no servers could be reached\n\n");
        return Ok(1);
    }
    let found = addresses(&answer);
    if shell.given["busybox"] == true {
        let dns = "kube-dns.kube-system.svc.cluster.local";
        shell.say(&format!(
            "Server:    {server}\nAddress 1: {server} {dns}\n\n"
        ));
        if found.is_empty() {
            shell.err(&format!("nslookup: can't resolve '{name}'\n"));
            return Ok(1);
        }
        shell.say(&format!("Name:      {name}\n"));
        for (i, (whole, ip)) in found.iter().enumerate() {
            shell.say(&format!("Address {}: {ip} {whole}\n", i + 1));
        }
        return Ok(0);
    }
    shell.say(&format!("Server:\t\t{server}\nAddress:\t{server}#53\n\n"));
    if found.is_empty() {
        shell.say(&format!("** server can't find {name}: NXDOMAIN\n\n"));
        return Ok(1);
    }
    for (whole, ip) in &found {
        shell.say(&format!("Name:\t{whole}\nAddress: {ip}\n"));
    }
    shell.say("\n");
    Ok(0)
}

fn dig(shell: &mut Run, tool: &str, args: &[&str]) -> Flow {
    let types = ["A", "AAAA", "SRV", "PTR", "TXT", "CNAME", "ANY"];
    let name = operands(args, &["-t", "-p"])
        .into_iter()
        .find(|word| !word.starts_with(['+', '@']) && !types.contains(word));
    let Some(name) = name else {
        return Ok(1);
    };
    let answer = resolve(shell, name)?;
    if answer["error"] == "dns" {
        shell.say(";; connection timed out; no servers could be reached\n");
        return Ok(9);
    }
    let found = addresses(&answer);
    if tool == "host" {
        for (whole, ip) in &found {
            shell.say(&format!("{whole} has address {ip}\n"));
        }
        if found.is_empty() {
            shell.say(&format!("Host {name} not found: 3(NXDOMAIN)\n"));
        }
        return Ok(i32::from(found.is_empty()));
    }
    let short = args.contains(&"+short");
    if !short {
        let status = if found.is_empty() {
            "NXDOMAIN"
        } else {
            "NOERROR"
        };
        shell.say(&format!(
            ";; ->>HEADER<<- opcode: QUERY, status: {status}, id: 1\n;; QUESTION SECTION:\n;{name}.\t\t\tIN\tA\n\n"
        ));
        if !found.is_empty() {
            shell.say(";; ANSWER SECTION:\n");
        }
    }
    for (whole, ip) in &found {
        match short {
            true => shell.say(&format!("{ip}\n")),
            false => shell.say(&format!("{whole}.\t30\tIN\tA\t{ip}\n")),
        }
    }
    Ok(0)
}

fn getent(shell: &mut Run, args: &[&str]) -> Flow {
    let Some(name) = operands(args, &[]).get(1).copied() else {
        return Ok(2);
    };
    let found = addresses(&resolve(shell, name)?);
    for (whole, ip) in &found {
        shell.say(&format!("{ip:<15} {whole}\n"));
    }
    Ok(if found.is_empty() { 2 } else { 0 })
}

fn ping(shell: &mut Run, args: &[&str]) -> Flow {
    let Some(name) = operands(args, &["-c", "-W", "-w", "-i"]).first().copied() else {
        return Ok(1);
    };
    let answer = resolve(shell, name)?;
    let Some((_, ip)) = addresses(&answer).into_iter().next() else {
        shell.err(&format!("ping: bad address '{name}'\n"));
        return Ok(1);
    };
    shell.say(&format!("PING {name} ({ip}): 56 data bytes\n"));
    let count = option(args, "-c").and_then(|n| n.parse::<u32>().ok());
    let (mut sent, mut back) = (0, 0);
    let pings = answer["pings"] == true;
    while count.is_none_or(|count| sent < count) {
        if pings {
            shell.say(&format!(
                "64 bytes from {ip}: seq={sent} ttl=62 time=0.4 ms\n"
            ));
            back += 1;
        }
        sent += 1;
        shell.pass(1_000_000)?;
    }
    let lost = if back == sent { 0 } else { 100 };
    shell.say(&format!(
        "\n--- {name} ping statistics ---\n{sent} packets transmitted, {back} packets received, {lost}% packet loss\n"
    ));
    Ok(i32::from(back == 0))
}

fn connect(shell: &mut Run, name: &str, args: &[&str]) -> Flow {
    let words = operands(args, &["-w", "-p"]);
    let [.., host, port] = words.as_slice() else {
        return Err(Stop::Never);
    };
    let answer = request(shell, &format!("tcp://{host}:{port}"), "GET")?;
    let ip = answer["ip"].as_str().unwrap_or(host).to_owned();
    match answer["error"].as_str() {
        Some("name" | "dns") => {
            shell.err(&format!("{name}: bad address '{host}'\n"));
            Ok(1)
        }
        Some("timeout") => {
            shell.err(&format!(
                "{name}: {host} ({ip}:{port}): Connection timed out\n"
            ));
            Ok(1)
        }
        Some(_) => {
            if has(args, 'v') || name == "telnet" {
                shell.err(&format!(
                    "{name}: {host} ({ip}:{port}): Connection refused\n"
                ));
            }
            Ok(1)
        }
        None => {
            if has(args, 'v') {
                shell.err(&format!("{host} ({ip}:{port}) open\n"));
            }
            Ok(0)
        }
    }
}

/// Keys are kept where the core keeps the files of the container that answers.
fn redis(shell: &mut Run, args: &[&str]) -> Flow {
    let words = operands(args, &["-h", "-p", "-a", "-n"]);
    let host = option(args, "-h").unwrap_or("127.0.0.1");
    let port = option(args, "-p").unwrap_or("6379");
    let answer = request(shell, &format!("tcp://{host}:{port}"), "GET")?;
    if answer["error"].is_string() {
        shell.err(&format!(
            "Could not connect to Redis at {host}:{port}: Connection refused\n"
        ));
        return Ok(1);
    }
    let lower: Vec<String> = words.iter().map(|w| w.to_lowercase()).collect();
    let path = |key: &str| format!("/data/.keys/{key}");
    let typed: Vec<&str> = lower.iter().map(String::as_str).collect();
    let line = match (typed.as_slice(), words.as_slice()) {
        (["ping"], _) => "PONG".to_owned(),
        (["set", ..], [_, key, value, ..]) => {
            shell.files.write(&path(key), value, false);
            "OK".into()
        }
        (["get", ..], [_, key]) => match shell.files.read(&path(key)) {
            Some(value) => format!("{value:?}"),
            None => "(nil)".into(),
        },
        (["config", "get", ..], [_, _, name]) => {
            let argv = super::list(&shell.given["processes"])
                .next()
                .unwrap_or_default();
            let conf = shell
                .files
                .read("/redis-master/redis.conf")
                .unwrap_or_default();
            let set = conf
                .lines()
                .chain([argv])
                .find_map(|line| line.trim().strip_prefix(name));
            let value = set.map(str::trim).unwrap_or(match *name {
                "maxmemory" => "0",
                "maxmemory-policy" => "noeviction",
                _ => "",
            });
            let value = match value.strip_suffix("mb").and_then(|n| n.parse::<u64>().ok()) {
                Some(megabytes) => (megabytes << 20).to_string(),
                None => value.to_owned(),
            };
            format!("1) {name:?}\n2) {value:?}")
        }
        (["info", ..], _) => "# Server\nredis_mode:standalone\nrole:master".into(),
        ([], _) => return Err(Stop::Never),
        _ => format!(
            "(error) ERR unknown command '{}'",
            words.first().copied().unwrap_or_default()
        ),
    };
    shell.say(&format!("{line}\n"));
    Ok(0)
}
