//! Tools that scripts call: which end at once, which ask somebody something, and what.

use super::Query;

/// Commands after which one only waits for the next.
#[rustfmt::skip]
pub(super) const QUICK: &[&str] = &[
    ":", "alias", "apk", "apt", "apt-get", "awk", "base64", "basename", "bc", "cd", "chgrp", "chmod", "chown", "cp",
    "curl-config", "cut", "date", "dd", "declare", "df", "diff", "dirname", "du", "echo", "env", "export", "expr",
    "file", "find", "free", "git", "grep", "gunzip", "gzip", "head", "hostname", "id", "ip", "jq", "kill", "killall",
    "let", "ln", "local", "ls", "md5sum", "mkdir", "mktemp", "mount", "mv", "nproc", "openssl", "perl", "pip",
    "pip3", "pkill", "printenv", "printf", "ps", "pwd", "read", "readonly", "sed", "seq", "sha256sum",
    "shift", "sort", "source", "stat", "stty", "sync", "sysctl", "tail", "tar", "tee", "tr", "true", "ulimit",
    "umask", "uname", "uniq", "unset", "unzip", "uptime", "wait", "wc", "which", "whoami", "xargs",
];

/// Clients that ask something at an address that they are given, or in their own container.
#[rustfmt::skip]
pub(super) const CLIENTS: &[&str] = &[
    "curl", "wget", "nc", "ncat", "telnet", "nslookup", "dig", "host", "getent", "grpc_health_probe", "redis-cli",
    "valkey-cli", "pg_isready", "psql", "mysql", "mysqladmin", "mariadb", "mariadb-admin", "mongo", "mongosh",
    "rabbitmq-diagnostics", "rabbitmqctl", "cqlsh", "nodetool", "etcdctl",
];

/// Bytes that `stress` takes with these arguments.
pub(super) fn stress_memory(args: &[&str]) -> u64 {
    let after = |names: &[&str]| {
        let i = args.iter().position(|a| names.contains(a))?;
        args.get(i + 1).copied()
    };
    let workers: u64 = after(&["--vm", "-m"])
        .and_then(|n| n.parse().ok())
        .unwrap_or(0);
    let bytes = after(&["--vm-bytes"]).unwrap_or("256M");
    let digits = bytes.trim_end_matches(|c: char| !c.is_ascii_digit());
    let unit = match bytes[digits.len()..].chars().next() {
        Some('K' | 'k') => 1 << 10,
        Some('M' | 'm') => 1 << 20,
        Some('G' | 'g') => 1 << 30,
        _ => 1,
    };
    workers.saturating_mul(digits.parse::<u64>().unwrap_or(0).saturating_mul(unit))
}

/// What a client's arguments ask for.
pub(super) fn query(name: &str, args: &[&str]) -> Query {
    let after = |names: &[&str]| {
        let i = args.iter().position(|a| names.contains(a))?;
        args.get(i + 1).copied()
    };
    let plain: Vec<&str> = args
        .iter()
        .copied()
        .filter(|a| !a.starts_with('-'))
        .collect();
    match name {
        "nslookup" | "dig" | "host" => match plain.first() {
            Some(name) => Query::Name((*name).into()),
            None => Query::Own("".into()),
        },
        "getent" => plain
            .get(1)
            .map_or_else(|| Query::Own("".into()), |n| Query::Name((*n).into())),
        "curl" | "wget" => {
            let url = plain.iter().find(|a| a.contains("://"));
            // Options take words of their own; an address has a dot, a colon or is the last word.
            let word = url.or_else(|| plain.iter().rev().find(|a| !a.starts_with('/')));
            word.map_or_else(|| Query::Own("".into()), |w| request(w))
        }
        "nc" | "ncat" | "telnet" => match plain.as_slice() {
            [.., host, port] if port.bytes().all(|b| b.is_ascii_digit()) => {
                request(&format!("tcp://{host}:{port}"))
            }
            _ => Query::Own("".into()),
        },
        _ => {
            let host = after(&["-h", "--host"])
                .or_else(|| args.iter().find_map(|a| a.strip_prefix("--host=")));
            let port = after(&["-p", "-P", "--port"]).unwrap_or(match name {
                "redis-cli" | "valkey-cli" => "6379",
                "pg_isready" | "psql" => "5432",
                "mongo" | "mongosh" => "27017",
                "cqlsh" => "9042",
                _ => "3306",
            });
            match host {
                Some(host) => request(&format!("tcp://{host}:{port}")),
                None => Query::Own("".into()),
            }
        }
    }
}

fn request(target: &str) -> Query {
    let rest = target.split_once("://").map_or(target, |(_, rest)| rest);
    let host = rest.split(['/', ':']).next().unwrap_or_default();
    match host {
        "localhost" | "127.0.0.1" | "" | "0.0.0.0" | "[" => Query::Own(target.into()),
        _ => Query::Request(target.into()),
    }
}
