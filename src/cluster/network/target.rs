//! What a program is asked to reach: a URL or `host:port`, read as its client library would.

use std::net::IpAddr;

use podarium_api::meta::Str;

use super::Protocol;

/// A place to reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// A name, or an address as text.
    pub host: Str,
    /// The port: as written, or the scheme's own.
    pub port: u16,
    /// The transport protocol.
    pub protocol: Protocol,
    /// The path with its query, from `/` on.
    pub path: Str,
}

/// Schemes with their ports and protocols; anything else is taken for `http`.
const SCHEMES: &[(&str, u16, Protocol)] = &[
    ("http", 80, Protocol::Tcp),
    ("https", 443, Protocol::Tcp),
    ("grpc", 80, Protocol::Tcp),
    ("tcp", 80, Protocol::Tcp),
    ("udp", 53, Protocol::Udp),
    ("dns", 53, Protocol::Udp),
    ("sctp", 80, Protocol::Sctp),
    ("redis", 6_379, Protocol::Tcp),
    ("rediss", 6_379, Protocol::Tcp),
    ("postgres", 5_432, Protocol::Tcp),
    ("postgresql", 5_432, Protocol::Tcp),
    ("mysql", 3_306, Protocol::Tcp),
    ("mongodb", 27_017, Protocol::Tcp),
    ("amqp", 5_672, Protocol::Tcp),
    ("nats", 4_222, Protocol::Tcp),
];

impl Target {
    /// Reads a URL or `host:port`; `None` when it is neither.
    pub fn parse(text: &str) -> Option<Target> {
        let (scheme, rest) = text.split_once("://").unwrap_or(("http", text));
        let (_, default_port, protocol) = *SCHEMES
            .iter()
            .find(|(s, ..)| s.eq_ignore_ascii_case(scheme))?;
        let (authority, path) = match rest.find(['/', '?', '#']) {
            Some(at) => rest.split_at(at),
            None => (rest, "/"),
        };
        let authority = authority
            .rsplit_once('@')
            .map_or(authority, |(_, host)| host);
        let (host, port) = match authority.strip_prefix('[') {
            Some(v6) => {
                let (host, rest) = v6.split_once(']')?;
                host.parse::<std::net::Ipv6Addr>().ok()?;
                (
                    host,
                    rest.strip_prefix(':').or(rest.is_empty().then_some("")),
                )
            }
            None => match authority.rsplit_once(':') {
                Some((host, port)) => (host, Some(port)),
                None => (authority, Some("")),
            },
        };
        let port = match port? {
            "" => default_port,
            digits => digits.parse().ok().filter(|p| *p != 0)?,
        };
        let is_name = |c: char| c.is_ascii_alphanumeric() || "-._:".contains(c);
        if host.is_empty() || host.len() > 253 || !host.chars().all(is_name) {
            return None;
        }
        let path = path.split('#').next().unwrap_or_default();
        let path = if path.starts_with('/') {
            path.into()
        } else {
            format!("/{path}").into()
        };
        Some(Target {
            host: host.to_ascii_lowercase().into(),
            port,
            protocol,
            path,
        })
    }

    /// The address, if the host is one.
    pub fn ip(&self) -> Option<IpAddr> {
        self.host.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_read_as_clients_read_them() {
        for (text, expected) in [
            ("http://web.shop/", "web.shop 80 TCP /"),
            ("http://Web:8080/a/b?c=d#e", "web 8080 TCP /a/b?c=d"),
            ("https://api.example.com", "api.example.com 443 TCP /"),
            ("redis-cart:6379", "redis-cart 6379 TCP /"),
            ("web", "web 80 TCP /"),
            ("10.96.0.7:80", "10.96.0.7 80 TCP /"),
            ("redis://user:secret@cache", "cache 6379 TCP /"),
            ("udp://10.96.0.10", "10.96.0.10 53 UDP /"),
            ("http://[fd00::1]:8080/x", "fd00::1 8080 TCP /x"),
            ("http://web?x", "web 80 TCP /?x"),
        ] {
            let t = Target::parse(text).unwrap_or_else(|| panic!("{text} is a target"));
            let read = format!("{} {} {} {}", t.host, t.port, t.protocol, t.path);
            assert_eq!(read, expected);
        }
        for text in [
            "",
            "http://",
            "ftp://x",
            "web:0",
            "web:http",
            "web:70000",
            "a b",
            "http://[x]:1",
            ":80",
        ] {
            assert_eq!(Target::parse(text), None, "{text:?}");
        }
    }
}
