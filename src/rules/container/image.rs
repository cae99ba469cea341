//! What images have inside: a shell, tools, processes.

use serde_json::Value;

/// `PATH`, as nearly every image sets it.
pub const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// An image, as somebody sees it who is inside.
#[derive(Clone, Copy)]
pub struct Image<'a> {
    /// The last part of its name.
    pub name: &'a str,
    pub tag: &'a str,
    /// Its best shell.
    pub shell: Option<&'static str>,
    /// Whether its tools are busybox's.
    pub busybox: bool,
    /// Tools that it does not have.
    pub lacks: &'static [&'static str],
    /// What runs when its own program does.
    pub processes: &'static [&'static str],
    /// Where its processes begin.
    pub cwd: &'static str,
}

/// What Debian's slim images leave out.
const SLIM: &[&str] = &[
    "curl",
    "dig",
    "getent",
    "host",
    "ip",
    "killall",
    "less",
    "nc",
    "ncat",
    "nslookup",
    "ping",
    "pkill",
    "ps",
    "redis-cli",
    "telnet",
    "top",
    "valkey-cli",
    "vi",
    "watch",
    "wget",
];
/// The same, where curl is there.
const SLIM_CURL: &[&str] = &[
    "dig",
    "host",
    "ip",
    "killall",
    "less",
    "nc",
    "ncat",
    "nslookup",
    "ping",
    "pkill",
    "ps",
    "redis-cli",
    "telnet",
    "top",
    "valkey-cli",
    "vi",
    "watch",
    "wget",
];
const SLIM_REDIS: &[&str] = &[
    "curl", "dig", "host", "ip", "killall", "less", "nc", "nslookup", "ping", "pkill", "ps",
    "telnet", "top", "vi", "watch", "wget",
];
const BUSYBOX: &[&str] = &[
    "bash",
    "curl",
    "dig",
    "file",
    "getent",
    "host",
    "redis-cli",
    "valkey-cli",
];
const BUSYBOX_CURL: &[&str] = &["bash", "dig", "file", "host", "redis-cli", "valkey-cli"];
const BUSYBOX_REDIS: &[&str] = &["bash", "curl", "dig", "file", "host"];
const NGINX: &[&str] = &[
    "nginx: master process nginx -g daemon off;",
    "nginx: worker process",
    "nginx: worker process",
];

impl<'a> Image<'a> {
    /// The image of a container that the core knows of.
    pub fn of(own: &'a Value) -> Self {
        let image = &own["image"];
        let path = image["path"].as_str().unwrap_or_default();
        let name = path.rsplit('/').next().unwrap_or_default();
        Image::named(name, image["tag"].as_str().unwrap_or_default())
    }

    pub fn named(name: &'a str, tag: &'a str) -> Self {
        let small = tag.contains("alpine");
        let debian = |lacks, processes| (Some("bash"), false, lacks, processes);
        let bare: (Option<&str>, bool, &[&str], &[&str]) = (None, false, &[], &[]);
        let (shell, busybox, lacks, processes) = match name {
            "busybox" => (Some("sh"), true, BUSYBOX, &["sh"] as &[&str]),
            "alpine" => (Some("sh"), true, BUSYBOX, &["/bin/sh"] as &[&str]),
            "curl" => (Some("sh"), true, BUSYBOX_CURL, &["/bin/sh"] as &[&str]),
            "agnhost" => (Some("bash"), true, BUSYBOX_CURL, &["/agnhost"] as &[&str]),
            "nginx" | "nginx-slim" | "nginx-unprivileged" | "nginxhttps" => match small {
                true => (Some("sh"), true, BUSYBOX_CURL, NGINX),
                false => debian(SLIM_CURL, NGINX),
            },
            "redis" | "valkey" => match small {
                true => (
                    Some("sh"),
                    true,
                    BUSYBOX_REDIS,
                    &["redis-server *:6379"] as &[&str],
                ),
                false => debian(SLIM_REDIS, &["redis-server *:6379"]),
            },
            "httpd" => debian(if small { BUSYBOX } else { SLIM }, &["httpd -DFOREGROUND"]),
            "postgres" => debian(if small { BUSYBOX } else { SLIM }, &["postgres"]),
            "mysql" | "mariadb" => debian(SLIM, &["mysqld"]),
            "mongo" => debian(SLIM, &["mongod --bind_ip_all"]),
            "kubernetes-bootcamp" | "node-hello" | "hello-node" => {
                debian(&[], &["/bin/sh -c node server.js", "node server.js"])
            }
            "php-apache" | "hpa-example" | "wordpress" => {
                debian(SLIM_CURL, &["apache2 -DFOREGROUND"])
            }
            "pause" | "coredns" | "etcd" | "hello-app" | "http-echo" | "whoami"
            | "metrics-server" | "serve_hostname" | "kube-proxy" | "kube-state-metrics"
            | "static" | "hello-world" => bare,
            name if name.contains("distroless") => bare,
            _ if small => (Some("sh"), true, BUSYBOX, &[] as &[&str]),
            // Of what nobody has described, it is supposed that it has what one looks for.
            _ => debian(&[], &[]),
        };
        let cwd = match name {
            "redis" | "valkey" => "/data",
            "httpd" => "/usr/local/apache2",
            "tomcat" => "/usr/local/tomcat",
            "wordpress" | "php-apache" | "hpa-example" => "/var/www/html",
            _ => "/",
        };
        let shell = shell.map(|shell| {
            if busybox && name != "agnhost" {
                "sh"
            } else {
                shell
            }
        });
        Image {
            name,
            tag,
            shell,
            busybox,
            lacks,
            processes,
            cwd,
        }
    }

    /// Its version as programs tell it: three numbers, made up where the tag says none.
    pub fn version(&self) -> String {
        let text = self.tag.trim_start_matches('v');
        let digits: String = text
            .chars()
            .take_while(|c| c.is_ascii_digit() || *c == '.')
            .collect();
        let digits = digits.trim_matches('.');
        match (digits.is_empty(), digits.matches('.').count()) {
            (true, _) => match self.name {
                "redis" => "8.2.2",
                "httpd" => "2.4.65",
                "postgres" => "18.0",
                "coredns" => "1.12.1",
                "hello-app" => "1.0.0",
                _ => "1.29.2",
            }
            .into(),
            (_, 0) => format!("{digits}.0.0"),
            (_, 1) => format!("{digits}.0"),
            _ => digits.into(),
        }
    }

    /// The files that it is known for.
    pub fn files(&self) -> Vec<(&'static str, String)> {
        let mut files = Vec::new();
        match self.name {
            "nginx" | "nginx-slim" | "nginx-unprivileged" => {
                files.push((
                    "/usr/share/nginx/html/index.html",
                    super::page::WELCOME.into(),
                ));
                files.push(("/usr/share/nginx/html/50x.html", super::page::SORRY.into()));
                files.push(("/etc/nginx/conf.d/default.conf", NGINX_CONF.into()));
            }
            "httpd" => files.push((
                "/usr/local/apache2/htdocs/index.html",
                super::page::WORKS.into(),
            )),
            _ => {}
        }
        let (id, name, pretty) = match self.busybox {
            true => ("alpine", "Alpine Linux", "Alpine Linux v3.22"),
            false => ("debian", "Debian GNU/Linux", "Debian GNU/Linux 13 (trixie)"),
        };
        if self.shell.is_some() && self.name != "busybox" {
            let text = format!("PRETTY_NAME=\"{pretty}\"\nNAME=\"{name}\"\nID={id}\n");
            files.push(("/etc/os-release", text));
        }
        files.push(("/etc/passwd", "root:x:0:0:root:/root:/bin/sh\n".into()));
        files
    }
}

const NGINX_CONF: &str = "server {
    listen       80;
    listen  [::]:80;
    server_name  localhost;

    location / {
        root   /usr/share/nginx/html;
        index  index.html index.htm;
    }

    error_page   500 502 503 504  /50x.html;
    location = /50x.html {
        root   /usr/share/nginx/html;
    }
}
";
