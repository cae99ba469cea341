//! What servers print when they start, by image.

use serde_json::{Value, json};

use super::image::Image;
use crate::shell;

/// Lines: milliseconds after the start, 1 or 2 for the stream, and the text. In it `{…%…}` is the time, `{host}`, `{ip}`,
/// `{version}` and `{port}` what they say.
type Lines = &'static [(u64, u8, &'static str)];

#[rustfmt::skip]
const ENTRYPOINT: Lines = &[
    (2, 1, "/docker-entrypoint.sh: /docker-entrypoint.d/ is not empty, will attempt to perform configuration"),
    (2, 1, "/docker-entrypoint.sh: Looking for shell scripts in /docker-entrypoint.d/"),
    (4, 1, "/docker-entrypoint.sh: Launching /docker-entrypoint.d/10-listen-on-ipv6-by-default.sh"),
    (9, 1, "10-listen-on-ipv6-by-default.sh: info: Getting the checksum of /etc/nginx/conf.d/default.conf"),
    (14, 1, "10-listen-on-ipv6-by-default.sh: info: Enabled listen on IPv6 in /etc/nginx/conf.d/default.conf"),
    (15, 1, "/docker-entrypoint.sh: Sourcing /docker-entrypoint.d/15-local-resolvers.envsh"),
    (16, 1, "/docker-entrypoint.sh: Launching /docker-entrypoint.d/20-envsubst-on-templates.sh"),
    (19, 1, "/docker-entrypoint.sh: Launching /docker-entrypoint.d/30-tune-worker-processes.sh"),
    (21, 1, "/docker-entrypoint.sh: Configuration complete; ready for start up"),
];

#[rustfmt::skip]
const NGINX: Lines = &[
    (40, 2, "{%Y/%m/%d %H:%M:%S} [notice] 1#1: using the \"epoll\" event method"),
    (40, 2, "{%Y/%m/%d %H:%M:%S} [notice] 1#1: nginx/{version}"),
    (40, 2, "{%Y/%m/%d %H:%M:%S} [notice] 1#1: built by gcc 14.2.0 (Debian 14.2.0-19) "),
    (40, 2, "{%Y/%m/%d %H:%M:%S} [notice] 1#1: OS: Linux 6.12.0"),
    (40, 2, "{%Y/%m/%d %H:%M:%S} [notice] 1#1: getrlimit(RLIMIT_NOFILE): 1048576:1048576"),
    (41, 2, "{%Y/%m/%d %H:%M:%S} [notice] 1#1: start worker processes"),
    (41, 2, "{%Y/%m/%d %H:%M:%S} [notice] 1#1: start worker process 29"),
    (41, 2, "{%Y/%m/%d %H:%M:%S} [notice] 1#1: start worker process 30"),
];

#[rustfmt::skip]
const REDIS: Lines = &[
    (10, 1, "1:C {%d %b %Y %H:%M:%S}.010 * oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo"),
    (10, 1, "1:C {%d %b %Y %H:%M:%S}.010 * Redis version={version}, bits=64, commit=00000000, modified=0, pid=1, just started"),
    (10, 1, "1:C {%d %b %Y %H:%M:%S}.010 # Warning: no config file specified, using the default config. In order to specify a config file use redis-server /path/to/redis.conf"),
    (11, 1, "1:M {%d %b %Y %H:%M:%S}.011 * monotonic clock: POSIX clock_gettime"),
    (12, 1, "1:M {%d %b %Y %H:%M:%S}.012 * Running mode=standalone, port=6379."),
    (12, 1, "1:M {%d %b %Y %H:%M:%S}.012 * Server initialized"),
    (13, 1, "1:M {%d %b %Y %H:%M:%S}.013 * Ready to accept connections tcp"),
];

#[rustfmt::skip]
const HTTPD: Lines = &[
    (60, 2, "AH00558: httpd: Could not reliably determine the server's fully qualified domain name, using {ip}. Set the 'ServerName' directive globally to suppress this message"),
    (70, 2, "AH00558: httpd: Could not reliably determine the server's fully qualified domain name, using {ip}. Set the 'ServerName' directive globally to suppress this message"),
    (90, 2, "[{%a %b %d %H:%M:%S}.090000 {%Y}] [mpm_event:notice] [pid 1:tid 1] AH00489: Apache/{version} (Unix) configured -- resuming normal operations"),
    (90, 2, "[{%a %b %d %H:%M:%S}.090000 {%Y}] [core:notice] [pid 1:tid 1] AH00094: Command line: 'httpd -D FOREGROUND'"),
];

#[rustfmt::skip]
const POSTGRES: Lines = &[
    (40, 1, "The files belonging to this database system will be owned by user \"postgres\"."),
    (40, 1, "This user must also own the server process."),
    (40, 1, ""),
    (900, 1, "PostgreSQL init process complete; ready for start up."),
    (900, 1, ""),
    (950, 2, "{%Y-%m-%d %H:%M:%S}.950 UTC [1] LOG:  starting PostgreSQL {version} on x86_64-pc-linux-gnu, compiled by gcc, 64-bit"),
    (951, 2, "{%Y-%m-%d %H:%M:%S}.951 UTC [1] LOG:  listening on IPv4 address \"0.0.0.0\", port 5432"),
    (951, 2, "{%Y-%m-%d %H:%M:%S}.951 UTC [1] LOG:  listening on IPv6 address \"::\", port 5432"),
    (953, 2, "{%Y-%m-%d %H:%M:%S}.953 UTC [1] LOG:  listening on Unix socket \"/var/run/postgresql/.s.PGSQL.5432\""),
    (980, 2, "{%Y-%m-%d %H:%M:%S}.980 UTC [1] LOG:  database system is ready to accept connections"),
];

#[rustfmt::skip]
const POSTGRES_FAILS: Lines = &[
    (300, 2, "Error: Database is uninitialized and superuser password is not specified."),
    (300, 2, "       You must specify POSTGRES_PASSWORD to a non-empty value for the"),
    (300, 2, "       superuser. For example, \"-e POSTGRES_PASSWORD=password\" on \"docker run\"."),
    (300, 2, ""),
    (300, 2, "       You may also use \"POSTGRES_HOST_AUTH_METHOD=trust\" to allow all"),
    (300, 2, "       connections without a password. This is *not* recommended."),
];

#[rustfmt::skip]
const MYSQL: Lines = &[
    (100, 1, "{%Y-%m-%d %H:%M:%S}+00:00 [Note] [Entrypoint]: Entrypoint script for MySQL Server {version} started."),
    (900, 2, "{%Y-%m-%dT%H:%M:%S}.900000Z 0 [System] [MY-010931] [Server] /usr/sbin/mysqld: ready for connections. Version: '{version}'  socket: '/var/run/mysqld/mysqld.sock'  port: 3306  MySQL Community Server - GPL."),
];

#[rustfmt::skip]
const MYSQL_FAILS: Lines = &[
    (100, 1, "{%Y-%m-%d %H:%M:%S}+00:00 [Note] [Entrypoint]: Entrypoint script for MySQL Server {version} started."),
    (300, 2, "{%Y-%m-%d %H:%M:%S}+00:00 [ERROR] [Entrypoint]: Database is uninitialized and password option is not specified"),
    (300, 2, "    You need to specify one of the following as an environment variable:"),
    (300, 2, "    - MYSQL_ROOT_PASSWORD"),
    (300, 2, "    - MYSQL_ALLOW_EMPTY_PASSWORD"),
    (300, 2, "    - MYSQL_RANDOM_ROOT_PASSWORD"),
];

#[rustfmt::skip]
const OTHERS: &[(&[&str], Lines)] = &[
    (&["kubernetes-bootcamp"], &[(90, 1, "Kubernetes Bootcamp App Started At: {%Y-%m-%dT%H:%M:%S}.090Z | Running On:  {host} \n")]),
    (&["coredns"], &[
        (30, 1, ".:53"),
        (30, 1, "[INFO] plugin/reload: Running configuration SHA512 = 591cf328cccc12bc490481273e738df59329c62c0b729d94e8b61db9961c2fa5f046dd37f1cf888b953814040d180f52594972691cd6ff41be96639138a43908"),
        (30, 1, "CoreDNS-{version}"),
        (30, 1, "linux/amd64, go1.24.1, 707c7c1"),
    ]),
    (&["hello-app"], &[(20, 2, "{%Y/%m/%d %H:%M:%S} Server listening on port 8080")]),
    (&["http-echo"], &[(10, 1, "{%Y/%m/%d %H:%M:%S} [INFO] server is listening on :5678")]),
    (&["whoami"], &[(10, 2, "{%Y/%m/%d %H:%M:%S} Starting up on port 80")]),
    (&["hello-world"], &[(5, 1, "\nHello from Docker!\nThis message shows that your installation appears to be working correctly.\n")]),
    (&["php-apache", "hpa-example"], &[
        (60, 2, "AH00558: apache2: Could not reliably determine the server's fully qualified domain name, using {ip}. Set the 'ServerName' directive globally to suppress this message"),
        (80, 2, "[{%a %b %d %H:%M:%S}.080000 {%Y}] [mpm_prefork:notice] [pid 1] AH00163: Apache/2.4.10 (Debian) PHP/5.6.14 configured -- resuming normal operations"),
        (80, 2, "[{%a %b %d %H:%M:%S}.080000 {%Y}] [core:notice] [pid 1] AH00094: Command line: 'apache2 -D FOREGROUND'"),
    ]),
];

/// What the image's own program prints that has started at `at`, in microseconds since 1970: `[microseconds, stream, text]`.
pub fn of(facts: &Value, own: &Value, at: u64) -> Vec<Value> {
    let image = Image::of(own);
    let fails = own["serves"] == false;
    let mut lines: Vec<(u64, u8, &str)> = Vec::new();
    match image.name {
        "nginx" | "nginx-unprivileged" | "nginx-slim" if speaks(&image) => {
            // A command in the manifest takes the place of the entry point.
            if own["argv"].is_null() {
                lines.extend(ENTRYPOINT);
            }
            lines.extend(NGINX);
        }
        "nginx" | "nginx-unprivileged" | "nginx-slim" => {}
        "redis" => lines.extend(REDIS),
        "httpd" => lines.extend(HTTPD),
        "postgres" => lines.extend(if fails { POSTGRES_FAILS } else { POSTGRES }),
        "mysql" | "mariadb" => lines.extend(if fails { MYSQL_FAILS } else { MYSQL }),
        name => {
            let known = OTHERS.iter().find(|(names, _)| names.contains(&name));
            lines.extend(known.into_iter().flat_map(|(_, lines)| *lines));
        }
    }
    let made = lines.into_iter().map(|(millis, stream, text)| {
        let at = at + millis * 1_000;
        json!([at, stream, filled(text, facts, own, &image, at) + "\n"])
    });
    made.collect()
}

/// nginx tells of its start since 1.19.
fn speaks(image: &Image) -> bool {
    let version = image.version();
    let mut numbers = version.split('.').map(|n| n.parse::<u32>().unwrap_or(0));
    (numbers.next(), numbers.next()) >= (Some(1), Some(19))
}

fn filled(text: &str, facts: &Value, own: &Value, image: &Image, at: u64) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out += before;
        let (word, after) = after.split_once('}').unwrap_or((after, ""));
        match word {
            "host" => out += own["env"]["HOSTNAME"].as_str().unwrap_or_default(),
            "ip" => out += facts["ip"].as_str().unwrap_or_default(),
            "version" => out += &image.version(),
            format => out += &shell::date(at, format),
        }
        rest = after;
    }
    out + rest
}
