//! What web servers answer, by image.

use serde_json::{Value, json};

use super::image::Image;
use super::{files, own};
use crate::shell;

pub const WELCOME: &str = "<!DOCTYPE html>
<html>
<head>
<title>Welcome to nginx!</title>
<style>
html { color-scheme: light dark; }
body { width: 35em; margin: 0 auto;
font-family: Tahoma, Verdana, Arial, sans-serif; }
</style>
</head>
<body>
<h1>Welcome to nginx!</h1>
<p>If you see this page, the nginx web server is successfully installed and
working. Further configuration is required.</p>

<p>For online documentation and support please refer to
<a href=\"http://nginx.org/\">nginx.org</a>.<br/>
Commercial support is available at
<a href=\"http://nginx.com/\">nginx.com</a>.</p>

<p><em>Thank you for using nginx.</em></p>
</body>
</html>
";

pub const SORRY: &str = "<!DOCTYPE html>
<html>
<head>
<title>Error</title>
</head>
<body>
<h1>An error occurred.</h1>
<p>Sorry, the page you are looking for is currently unavailable.</p>
</body>
</html>
";

pub const WORKS: &str = "<html><body><h1>It works!</h1></body></html>\n";

/// Answers the question `page`: `{code, body, headers}` for a request `{path, host, method, code, from}` that a container's
/// server answers; `code` is the core's own word, which the files of the server may know better.
pub fn answer(facts: &Value, asked: &Value) -> Value {
    let own = own(facts);
    let image = Image::of(own);
    let text = |name: &str| asked[name].as_str().unwrap_or_default();
    let path = text("path").split(['?', '#']).next().unwrap_or_default();
    let code = asked["code"].as_u64().unwrap_or(200);
    let host = own["env"]["HOSTNAME"].as_str().unwrap_or_default();
    let version = image.version();
    let plain = |body: String| (code, body, "text/plain");
    let (code, body, kind) = match image.name {
        "nginx" | "nginx-slim" | "nginx-unprivileged" => {
            let server = format!("nginx/{version}");
            file(facts, &image, "/usr/share/nginx/html", path, &server)
        }
        "httpd" => file(facts, &image, "/usr/local/apache2/htdocs", path, "Apache"),
        "kubernetes-bootcamp" => {
            let number = version.split('.').next().unwrap_or("1");
            plain(format!(
                "Hello Kubernetes bootcamp! | Running on: {host} | v={number}\n"
            ))
        }
        "hello-app" => plain(format!(
            "Hello, world!\nVersion: {version}\nHostname: {host}\n"
        )),
        "node-hello" | "hello-node" => plain("Hello Kubernetes!".into()),
        "php-apache" | "hpa-example" => plain("OK!".into()),
        "serve_hostname" => plain(host.into()),
        "http-echo" => {
            let args = own["args"].as_array().into_iter().flatten();
            let mut args = args.filter_map(Value::as_str);
            let text = args.find_map(|a| a.trim_start_matches('-').strip_prefix("text="));
            plain(format!("{}\n", text.unwrap_or("hello-world")))
        }
        "whoami" => plain(format!(
            "Hostname: {host}\nIP: 127.0.0.1\nIP: {}\nRemoteAddr: {}:43210\nGET {path} HTTP/1.1\nHost: {}\nUser-Agent: curl\n\n",
            facts["ip"].as_str().unwrap_or_default(),
            text("from"),
            text("host"),
        )),
        "echoserver" | "echo-server" => plain(format!(
            "\n\nHostname: {host}\n\nPod Information:\n\t-no pod information available-\n\nRequest Information:\n\tclient_address={}\n\tmethod={}\n\treal path={path}\n\n",
            text("from"),
            text("method"),
        )),
        "podinfo" => (
            code,
            format!(
                "{{\n  \"hostname\": \"{host}\",\n  \"version\": \"{version}\",\n  \"message\": \"greetings from podinfo v{version}\"\n}}"
            ),
            "application/json",
        ),
        "agnhost" => agnhost(facts, own, asked, path, host, code),
        _ if code < 400 => plain("OK\n".into()),
        _ => plain(format!("{code}\n")),
    };
    let server = match image.name {
        "nginx" | "nginx-slim" | "nginx-unprivileged" => format!("nginx/{version}"),
        "httpd" => format!("Apache/{version} (Unix)"),
        _ => String::new(),
    };
    let now = facts["now"].as_u64().unwrap_or_default();
    let mut headers = json!({
        "Content-Type": kind, "Date": shell::date(now, "%a, %d %b %Y %H:%M:%S GMT"),
    });
    if !server.is_empty() {
        headers["Server"] = server.into();
    }
    json!({"code": code, "body": body, "headers": headers})
}

fn agnhost(
    facts: &Value,
    own: &Value,
    asked: &Value,
    path: &str,
    host: &str,
    code: u64,
) -> (u64, String, &'static str) {
    let serves_hostname = own["args"][0] == "serve-hostname";
    let query = asked["path"].as_str().and_then(|p| p.split_once('?'));
    let body = match path {
        _ if serves_hostname => host.into(),
        "/hostname" | "/hostName" => host.into(),
        "/clientip" => format!("{}:43210", asked["from"].as_str().unwrap_or_default()),
        "/echo" => query
            .and_then(|(_, query)| query.strip_prefix("msg="))
            .unwrap_or_default()
            .into(),
        "/healthz" => "ok".into(),
        _ => {
            let now = facts["now"].as_u64().unwrap_or_default();
            format!(
                "NOW: {} UTC",
                shell::date(now, "%Y-%m-%d %H:%M:%S.%N +0000")
            )
        }
    };
    (code, body, "text/plain")
}

/// A file below the server's root, or why there is none.
fn file(
    facts: &Value,
    image: &Image,
    root: &str,
    path: &str,
    server: &str,
) -> (u64, String, &'static str) {
    let known = files::known(facts, image);
    let whole = format!("{root}{path}");
    let name = match whole.ends_with('/') {
        true => format!("{whole}index.html"),
        false => whole.clone(),
    };
    if let Some(text) = known[&name].as_str() {
        let kind = match name.rsplit('.').next() {
            Some("html" | "htm") => "text/html",
            Some("json") => "application/json",
            Some("css") => "text/css",
            _ => "text/plain",
        };
        return (200, text.into(), kind);
    }
    let (code, phrase) = match whole.ends_with('/') && known[whole.trim_end_matches('/')].is_null()
    {
        true if whole.trim_end_matches('/') == root => (403, "Forbidden"),
        _ => (404, "Not Found"),
    };
    let body = format!(
        "<html>\r\n<head><title>{code} {phrase}</title></head>\r\n<body>\r\n<center><h1>{code} {phrase}</h1></center>\r\n<hr><center>{server}</center>\r\n</body>\r\n</html>\r\n"
    );
    (code, body, "text/html")
}
