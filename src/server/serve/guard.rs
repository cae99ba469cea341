//! Whose browser may ask: a page on some site must not reach a cluster that listens on its reader's own machine.

use std::net::{IpAddr, SocketAddr};

use axum::http::HeaderMap;

/// Knows under which names the server is asked for.
pub struct Guard {
    ip: IpAddr,
    /// Where everybody must show a token, a foreign page has none to show, and any name may be the server's.
    any_host: bool,
}

impl Guard {
    /// For a server at that address.
    pub fn new(address: SocketAddr, tokens: bool) -> Self {
        Guard {
            ip: address.ip(),
            any_host: tokens,
        }
    }

    /// Whether a request may come in; otherwise why not.
    pub fn admit(&self, headers: &HeaderMap) -> Result<(), String> {
        let text = |name: &str| headers.get(name).map(|v| v.to_str().unwrap_or("?"));
        let host = text("host").unwrap_or_default();
        if !self.any_host && !self.is_ours(name_of(host)) {
            return Err(format!(
                "host {host:?} is not this server's name: use localhost or its address"
            ));
        }
        if text("sec-fetch-site") == Some("cross-site") {
            return Err("requests from pages of other sites are refused".into());
        }
        match text("origin") {
            Some(origin) if origin.split_once("://").map(|(_, host)| host) != Some(host) => {
                Err(format!("requests from pages of {origin} are refused"))
            }
            _ => Ok(()),
        }
    }

    fn is_ours(&self, name: &str) -> bool {
        let address = name
            .trim_start_matches('[')
            .trim_end_matches(']')
            .parse::<IpAddr>();
        name.eq_ignore_ascii_case("localhost")
            || address.is_ok_and(|ip| ip == self.ip || (self.ip.is_loopback() && ip.is_loopback()))
    }
}

/// A host without its port.
fn name_of(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_its_own_pages_come_in() {
        let guard = Guard::new(([127, 0, 0, 1], 8001).into(), false);
        for (headers, good) in [
            (&[("host", "127.0.0.1:8001")][..], true),
            (&[("host", "localhost:8001")], true),
            (&[("host", "[::1]:8001")], true),
            (&[("host", "evil.example")], false),
            (&[], false),
            (
                &[
                    ("host", "127.0.0.1:8001"),
                    ("origin", "http://127.0.0.1:8001"),
                ],
                true,
            ),
            (
                &[
                    ("host", "127.0.0.1:8001"),
                    ("origin", "http://evil.example"),
                ],
                false,
            ),
            (&[("host", "127.0.0.1:8001"), ("origin", "null")], false),
            (
                &[("host", "127.0.0.1:8001"), ("sec-fetch-site", "cross-site")],
                false,
            ),
            (
                &[
                    ("host", "127.0.0.1:8001"),
                    ("sec-fetch-site", "same-origin"),
                ],
                true,
            ),
        ] {
            let mut map = HeaderMap::new();
            for (name, value) in headers {
                map.insert(*name, value.parse().unwrap());
            }
            assert_eq!(guard.admit(&map).is_ok(), good, "{headers:?}");
        }
        let open = Guard::new(([0, 0, 0, 0], 8001).into(), true);
        let map =
            HeaderMap::from_iter([(axum::http::header::HOST, "class.example".parse().unwrap())]);
        assert_eq!(open.admit(&map), Ok(()));
    }
}
