//! What is inside a container: what it has printed, what its files are, what its server answers.
//!
//! None of it is kept anywhere. The core knows which program ran from when to when, with which environment; what of it people
//! see is made here when they look.
//!
//! `facts` are what the core knows of a pod:
//!
//! | field | what it is |
//! | --- | --- |
//! | `pod` | the object |
//! | `container` | the name of the container that is looked into |
//! | `ip`, `node` | the pod's address, its node's name |
//! | `now` | microseconds since 1970 |
//! | `containers` | by name: `{run, since, at, opens, serves, argv, args, own, image: {path, tag}, env, answers}`, as it is now or was before; `argv` is null where the image's own program runs, `at` where it has not ended |
//! | `objects` | what volumes refer to, by `ConfigMap/name` and the like |
//! | `left` | what was written by hand, by volume and path |

mod files;
mod image;
mod log;
mod page;
mod prints;
#[cfg(test)]
mod tests;
mod which;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::shell;
use image::Image;

pub use log::{cut, lines};
pub use page::answer as page;
pub use which::connect;

/// Answers the question `inside`: runs a command in the container, `{argv, line, stdin, open, env, cwd, tty, until, answers}`.
/// The answer is the shell's, with `prompt`, and `left` instead of `files`: what was written by volume and path.
pub fn inside(facts: &Value, asked: &Value) -> Value {
    let mut given = given(facts);
    for (name, value) in asked.as_object().into_iter().flatten() {
        match name.as_str() {
            // What a session has set comes on top of what the container began with.
            "env" => merge(&mut given["env"], value),
            name => given[name] = value.clone(),
        }
    }
    let mut answer = shell::answer(&given);
    answer["left"] = files::by_volume(facts, &answer["files"]);
    let cwd = answer["cwd"].as_str().unwrap_or("/");
    answer["prompt"] = prompt(facts, &given, cwd).into();
    answer
}

/// What a shell says when it waits for a line.
fn prompt(facts: &Value, given: &Value, cwd: &str) -> String {
    let root = facts["pod"]["spec"]["securityContext"]["runAsUser"]
        .as_i64()
        .is_none_or(|user| user == 0);
    let sign = if root { '#' } else { '$' };
    let host = given["env"]["HOSTNAME"].as_str().unwrap_or_default();
    let bash = given["argv"][0]
        .as_str()
        .is_some_and(|shell| shell.ends_with("bash"));
    match (bash, given["busybox"] == true) {
        (true, _) => format!("root@{host}:{cwd}{sign} "),
        (_, true) => format!("{cwd} {sign} "),
        _ => format!("{sign} "),
    }
}

fn merge(into: &mut Value, from: &Value) {
    for (name, value) in from.as_object().into_iter().flatten() {
        into[name.as_str()] = value.clone();
    }
}

/// A container's spec, of whichever list it is in.
fn spec<'a>(pod: &'a Value, name: &str) -> &'a Value {
    let lists = ["containers", "initContainers", "ephemeralContainers"];
    let all = lists
        .iter()
        .filter_map(|list| pod["spec"][*list].as_array());
    let mut all = all.flatten();
    all.find(|c| c["name"] == name).unwrap_or(&Value::Null)
}

/// What the core knows of the container that is looked into.
fn own(facts: &Value) -> &Value {
    &facts["containers"][facts["container"].as_str().unwrap_or_default()]
}

/// What a shell in the container is given, without a command.
fn given(facts: &Value) -> Value {
    let (name, own) = (facts["container"].as_str().unwrap_or_default(), own(facts));
    let image = Image::of(own);
    let spec = spec(&facts["pod"], name);
    let mut env: BTreeMap<String, Value> = BTreeMap::new();
    env.insert("PATH".into(), image::PATH.into());
    env.insert("HOME".into(), "/root".into());
    for (name, value) in own["env"].as_object().into_iter().flatten() {
        env.insert(name.clone(), value.clone());
    }
    let first = match own["argv"].as_array() {
        Some(argv) => words(argv),
        None => image.processes.first().copied().unwrap_or("app").to_owned(),
    };
    let more = image.processes.iter().skip(1).map(|p| (*p).to_owned());
    let more = more.filter(|_| own["argv"].is_null());
    let processes: Vec<String> = std::iter::once(first).chain(more).collect();
    json!({
        "env": env, "cwd": spec["workingDir"].as_str().unwrap_or(image.cwd), "now": facts["now"], "ip": facts["ip"],
        "files": files::known(facts, &image), "processes": processes, "own": own["own"], "shell": image.shell,
        "busybox": image.busybox, "lacks": image.lacks, "readOnly": files::read_only(facts),
    })
}

fn words(argv: &[Value]) -> String {
    let words: Vec<&str> = argv.iter().filter_map(Value::as_str).collect();
    words.join(" ")
}
