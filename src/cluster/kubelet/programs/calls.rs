//! Whom a program calls: addresses found in its environment.

use std::sync::Arc;

use super::image::Calls;
use crate::network::Call;

/// Words in a variable's name that say that its address is for telling how things are, not for getting them done.
const BESIDE: [&str; 10] = [
    "OTEL",
    "COLLECTOR",
    "JAEGER",
    "ZIPKIN",
    "METRIC",
    "STATSD",
    "SENTRY",
    "PROFIL",
    "TRACE",
    "LOG",
];

/// The calls that an image makes with this environment.
pub(super) fn calls(rule: &Calls, env: &[(String, String)]) -> Arc<[Call]> {
    let mut out: Vec<Call> = Vec::new();
    let mut add = |target: &str, required| {
        if !out.iter().any(|c| &*c.target == target) {
            let target = target.into();
            out.push(Call { target, required });
        }
    };
    match rule {
        Calls::None => {}
        Calls::Environment => {
            for (name, value) in env {
                let required = !BESIDE.iter().any(|word| name.contains(word));
                for part in value.split(',').map(str::trim) {
                    if is_address(part) {
                        add(part, required);
                    }
                }
                if let Some(stem) = name.strip_suffix("_HOST")
                    && is_host(value)
                    && let Some((_, port)) = env
                        .iter()
                        .find(|(n, _)| n.strip_prefix(stem) == Some("_PORT"))
                    && port.parse::<u16>().is_ok()
                {
                    add(&format!("{value}:{port}"), required);
                }
            }
        }
        Calls::These(list) => {
            for entry in list {
                let (text, required) = match entry.strip_suffix('?') {
                    Some(text) => (text, false),
                    None => (&**entry, true),
                };
                match text.strip_prefix('$') {
                    Some(name) => {
                        let found = env.iter().rev().find(|(n, _)| n == name);
                        if let Some((_, value)) = found.filter(|(_, v)| !v.is_empty()) {
                            add(value, required);
                        }
                    }
                    None => add(text, required),
                }
            }
        }
    }
    out.into()
}

/// Whether a value is `host:port` or a URL of a host that a cluster may know.
fn is_address(value: &str) -> bool {
    let (is_url, rest) = match value.split_once("://") {
        Some((_, rest)) => (true, rest),
        None => (false, value),
    };
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let authority = authority.rsplit_once('@').map_or(authority, |(_, a)| a);
    match authority.rsplit_once(':') {
        Some((host, port)) => is_host(host) && port.parse::<u16>().is_ok_and(|p| p > 0),
        None => is_url && is_host(authority),
    }
}

/// Whether a host may be a Service: a name, perhaps with its namespace, perhaps in full; no address, not itself, and
/// nothing of the wide world.
fn is_host(host: &str) -> bool {
    let label = |l: &str| {
        !l.is_empty()
            && l.bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    let labels: Vec<&str> = host.split('.').collect();
    let outside = ["com", "org", "net", "io", "dev", "ai", "internal"];
    let inside = labels.get(2) == Some(&"svc")
        || labels.len() <= 2 && !labels[1..].iter().any(|l| outside.contains(l));
    host != "localhost"
        && host.starts_with(|c: char| c.is_ascii_lowercase())
        && labels.iter().all(|l| label(l))
        && inside
}

#[cfg(test)]
mod tests {
    use podarium_api::meta::Str;

    use super::*;

    #[test]
    fn addresses_in_the_environment() {
        for (value, want) in [
            ("cartservice:7070", true),
            ("http://cart", true),
            ("http://cart.shop:80/x", true),
            ("redis://user:pw@redis-cart:6379/0", true),
            ("cart.shop.svc.cluster.local:80", true),
            ("https://api.example.com/v1", false),
            ("10.0.0.1:80", false),
            ("localhost:80", false),
            ("0.0.0.0:80", false),
            ("cartservice", false),
            ("warn:yes", false),
            ("8080", false),
            ("", false),
        ] {
            assert_eq!(is_address(value), want, "{value:?}");
        }
    }

    #[test]
    fn calls_by_rule() {
        let env: Vec<(String, String)> = [
            ("CART_ADDR", "cart:7070"),
            ("DB_HOST", "db"),
            ("DB_PORT", "5432"),
            ("COLLECTOR_SERVICE_ADDR", "otel:4317"),
            ("BROKERS", "k-0.k:9092, k-1.k:9092"),
            ("EMPTY", ""),
        ]
        .map(|(n, v)| (n.into(), v.into()))
        .into();
        let told = |rule: &Calls| -> Vec<String> {
            let all = calls(rule, &env);
            let text = |c: &Call| format!("{}{}", c.target, if c.required { "" } else { "?" });
            all.iter().map(text).collect()
        };
        assert_eq!(told(&Calls::None), [""; 0]);
        assert_eq!(
            told(&Calls::Environment),
            [
                "cart:7070",
                "db:5432",
                "otel:4317?",
                "k-0.k:9092",
                "k-1.k:9092"
            ]
        );
        let these = ["redis:6379", "$CART_ADDR?", "$EMPTY", "$ABSENT"].map(Str::from);
        assert_eq!(
            told(&Calls::These(these.into())),
            ["redis:6379", "cart:7070?"]
        );
    }
}
