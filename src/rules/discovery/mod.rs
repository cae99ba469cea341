//! What the server says of itself: its version and health, the groups, versions and resources that it serves.

mod aggregated;
mod health;
mod plain;
mod row;
#[cfg(test)]
mod tests;

use podarium_api::kinds::RELEASE;
use serde_json::{Value, json};

use row::Row;

pub use row::compare_versions;

/// A request for a document, as the core puts it.
struct Asked<'a>(&'a Value);

impl<'a> Asked<'a> {
    fn text(&self, field: &str) -> &'a str {
        self.0[field].as_str().unwrap_or_default()
    }

    /// The query's values of a parameter.
    fn params(&self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let pairs = self.0["query"].as_array().map_or(&[][..], Vec::as_slice);
        let named = pairs.iter().filter(move |pair| pair[0] == name);
        named.map(|pair| pair[1].as_str().unwrap_or_default())
    }
}

/// Answers `{path, accept, query}`: an object is a JSON document, a string plain text, null nothing at all. `definitions`
/// are the CustomResourceDefinitions of the cluster.
pub fn answer(asked: &Value, definitions: &Value) -> Value {
    let asked = Asked(asked);
    let path = asked.text("path");
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let rows = || row::all(definitions);
    match parts.as_slice() {
        [] => index(&rows()),
        ["version"] => version(),
        [name @ ("healthz" | "livez" | "readyz"), check @ ..] => {
            health::answer(name, &check.join("/"), &asked)
        }
        ["api"] => match aggregated::wanted(asked.text("accept")) {
            Some(version) => aggregated::list(&rows(), true, version),
            None => plain::core_versions(),
        },
        ["apis"] => match aggregated::wanted(asked.text("accept")) {
            Some(version) => aggregated::list(&rows(), false, version),
            None => plain::groups(&rows()),
        },
        ["apis", group] => plain::group(&rows(), group),
        ["api", version] => plain::resources(&rows(), "", version),
        ["apis", group, version] => plain::resources(&rows(), group, version),
        _ => Value::Null,
    }
}

/// upstream: staging/src/k8s.io/apimachinery/pkg/version/types.go Info
fn version() -> Value {
    let (major, minor) = RELEASE.split_once('.').unwrap_or((RELEASE, ""));
    let before = minor
        .parse::<u32>()
        .map_or(0, |minor| minor.saturating_sub(1));
    json!({
        "major": major, "minor": minor, "gitVersion": format!("v{RELEASE}.0"),
        "emulationMajor": major, "emulationMinor": minor,
        "minCompatibilityMajor": major, "minCompatibilityMinor": before.to_string(),
        "gitCommit": "", "gitTreeState": "clean", "buildDate": "2026-01-01T00:00:00Z",
        "goVersion": "", "compiler": "rustc", "platform": "linux/amd64",
    })
}

/// Every path that may be asked for.
///
/// upstream: staging/src/k8s.io/apiserver/pkg/server/routes/index.go
fn index(rows: &[Row]) -> Value {
    let mut paths: Vec<String> = ["/api", "/api/v1", "/apis", "/apis/", "/version"]
        .map(String::from)
        .into();
    let documents = [
        "/.well-known/openid-configuration",
        "/metrics",
        "/openapi/v2",
        "/openapi/v3",
        "/openapi/v3/",
        "/openid/v1/jwks",
    ];
    paths.extend(documents.map(String::from));
    for row in rows.iter().filter(|row| !row.group.is_empty()) {
        paths.push(["/apis/", &row.group].concat());
        paths.push(["/apis/", &row.group, "/", &row.version].concat());
    }
    for name in ["healthz", "livez", "readyz"] {
        paths.push(["/", name].concat());
        paths.extend(health::checks(name).map(|check| ["/", name, "/", check].concat()));
    }
    paths.sort();
    paths.dedup();
    json!({"paths": paths})
}
