//! The built page at /, where it was built.

use std::path::{Component, Path, PathBuf};

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};

/// First parts of the API's own paths.
const API: [&str; 9] = [
    "api", "apis", "version", "healthz", "livez", "readyz", "openapi", "metrics", "podarium",
];

/// Whether a path is the API's and no file's.
pub fn is_api(path: &str) -> bool {
    let first = path
        .trim_start_matches('/')
        .split('/')
        .next()
        .unwrap_or_default();
    API.contains(&first)
}

/// Answers with a file of the built page, or says what this is.
pub async fn answer(dist: &Path, path: &str) -> Response<Body> {
    let file = file(dist, path);
    match file.as_ref().map(std::fs::read) {
        Some(Ok(mut bytes)) => {
            let kind = file.as_deref().map_or("", media_type);
            if kind.starts_with("text/html") {
                bytes = joined(&bytes);
            }
            respond(StatusCode::OK, kind, bytes)
        }
        _ if path == "/" => {
            let text = "A Podarium cluster. Ask it with kubectl; the page is here once it is built (script/build --site).\n";
            respond(StatusCode::OK, "text/plain; charset=utf-8", text.into())
        }
        _ => respond(
            StatusCode::NOT_FOUND,
            "text/plain; charset=utf-8",
            "404 page not found\n".into(),
        ),
    }
}

/// The page with a mark by which it follows this very cluster.
fn joined(page: &[u8]) -> Vec<u8> {
    let page = String::from_utf8_lossy(page);
    let life = super::life::PATH.trim_start_matches('/');
    let mark = format!("<meta name=\"podarium-life\" content=\"{life}\">");
    page.replacen("<meta", &format!("{mark}<meta"), 1)
        .into_bytes()
}

/// The file that a path means; nothing outside of the folder.
fn file(dist: &Path, path: &str) -> Option<PathBuf> {
    let path = path.trim_start_matches('/');
    let path = Path::new(if path.is_empty() { "index.html" } else { path });
    let inside = path
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    inside.then(|| dist.join(path))
}

fn media_type(file: &Path) -> &'static str {
    match file
        .extension()
        .and_then(|e| e.to_str())
        .unwrap_or_default()
    {
        "css" => "text/css; charset=utf-8",
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "json" => "application/json; charset=utf-8",
        "png" => "image/png",
        "svg" => "image/svg+xml",
        "wasm" => "application/wasm",
        "woff2" => "font/woff2",
        "yaml" => "text/yaml; charset=utf-8",
        _ => "text/plain; charset=utf-8",
    }
}

fn respond(status: StatusCode, kind: &'static str, bytes: Vec<u8>) -> Response<Body> {
    let mut answer = Response::new(Body::from(bytes));
    *answer.status_mut() = status;
    answer
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_told_where_the_life_is() {
        let page = joined(b"<head><meta charset=\"utf-8\"><meta></head>");
        let mark = "<head><meta name=\"podarium-life\" content=\"podarium/life\"><meta charset=\"utf-8\"><meta></head>";
        assert_eq!(String::from_utf8(page).unwrap(), mark);
    }

    #[test]
    fn paths_stay_inside() {
        let dist = Path::new("dist");
        assert_eq!(file(dist, "/"), Some("dist/index.html".into()));
        assert_eq!(
            file(dist, "/fonts/a.woff2"),
            Some("dist/fonts/a.woff2".into())
        );
        for path in ["/../Cargo.toml", "/a/../../b", "//etc/passwd/.."] {
            assert_eq!(file(dist, path), None, "{path}");
        }
        assert!(is_api("/api/v1/pods") && is_api("/version") && !is_api("/apiary") && !is_api("/"));
    }
}
