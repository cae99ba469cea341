//! Which container is looked into, and whether it can be: what the API server and the kubelet refuse.

use podarium_api::status::{Cause, Status};
use serde_json::{Map, Value, json};

/// Answers the question `connect` for a pod and `{sub, query: [[name, value]…]}`: `{container, run, options}`, where `run` is
/// `current`, `previous`, or null for a pod that is nowhere yet; or `{refused}`.
pub fn connect(pod: &Value, asked: &Value) -> Value {
    match read(pod, asked) {
        Ok(answer) => answer,
        Err(refused) => json!({"refused": refused}),
    }
}

fn read(pod: &Value, asked: &Value) -> Result<Value, Value> {
    let log = asked["sub"] == "log";
    let name = pod["metadata"]["name"].as_str().unwrap_or_default();
    let options = options(&asked["query"])?;
    if log {
        check(name, &options)?;
    }
    let chosen = match asked["sub"].as_str() {
        Some("portforward") => String::new(),
        _ => container(pod, name, options["container"].as_str().unwrap_or_default())?,
    };
    let mut run = json!("current");
    if pod["spec"]["nodeName"].as_str().unwrap_or_default() == "" {
        if !log {
            return Err(bad(format!("pod {name} does not have a host assigned")));
        }
        run = Value::Null;
    } else if log {
        run = which_run(pod, name, &chosen, options["previous"] == true)?.into();
    }
    Ok(json!({"container": chosen, "run": run, "options": options}))
}

fn bad(message: String) -> Value {
    json!({"reason": "BadRequest", "message": message})
}

/// Options as they are meant: numbers, truths, and the command's words.
fn options(query: &Value) -> Result<Value, Value> {
    let mut options = Map::new();
    let mut command = Vec::new();
    for pair in query.as_array().into_iter().flatten() {
        let (name, value) = (
            pair[0].as_str().unwrap_or_default(),
            pair[1].as_str().unwrap_or_default(),
        );
        let value = match name {
            "command" => {
                command.push(Value::from(value));
                continue;
            }
            "follow" | "previous" | "timestamps" | "stdin" | "stdout" | "stderr" | "tty" => {
                crate::list::truth(value).into()
            }
            "tailLines" | "sinceSeconds" | "limitBytes" => {
                let number = value.parse::<i64>();
                number
                    .map_err(|_| bad(crate::list::number(value, "Int")))?
                    .into()
            }
            "sinceTime" if podarium_api::time::parse_rfc3339(value).is_none() => {
                return Err(bad(format!(
                    "parsing time {value:?} as \"2006-01-02T15:04:05Z07:00\": cannot parse {value:?} as \"2006\""
                )));
            }
            _ => value.into(),
        };
        options.entry(name).or_insert(value);
    }
    options.insert("command".into(), command.into());
    Ok(options.into())
}

/// upstream: pkg/apis/core/validation/validation.go ValidatePodLogOptions
fn check(name: &str, options: &Value) -> Result<(), Value> {
    let mut causes = Vec::new();
    let number = |field: &str| options[field].as_i64();
    if let Some(n) = number("tailLines").filter(|n| *n < 0) {
        let text = "must be greater than or equal to 0";
        causes.push(Cause::invalid("tailLines", n, text));
    }
    if let Some(n) = number("limitBytes").filter(|n| *n < 1) {
        causes.push(Cause::invalid("limitBytes", n, "must be greater than 0"));
    }
    match number("sinceSeconds") {
        Some(_) if options["sinceTime"].is_string() => {
            let text = "at most one of `sinceTime` or `sinceSeconds` may be specified";
            causes.push(Cause::forbidden("", text));
        }
        Some(n) if n < 1 => {
            causes.push(Cause::invalid("sinceSeconds", n, "must be greater than 0"));
        }
        _ => {}
    }
    if causes.is_empty() {
        return Ok(());
    }
    let status = Status::invalid("", "PodLogOptions", name, causes);
    let each = status.causes.iter();
    let causes: Vec<Value> = each
        .map(|c| json!({"reason": c.reason, "field": c.field, "message": c.message}))
        .collect();
    Err(json!({"reason": "Invalid", "message": status.message, "causes": causes}))
}

/// upstream: pkg/registry/core/pod/strategy.go validateContainer
fn container(pod: &Value, name: &str, asked: &str) -> Result<String, Value> {
    let lists = ["initContainers", "containers", "ephemeralContainers"];
    let all = lists
        .iter()
        .filter_map(|list| pod["spec"][*list].as_array());
    let all: Vec<&str> = all.flatten().filter_map(|c| c["name"].as_str()).collect();
    if !asked.is_empty() {
        return match all.contains(&asked) {
            true => Ok(asked.into()),
            false => Err(bad(format!(
                "container {asked} is not valid for pod {name}"
            ))),
        };
    }
    match pod["spec"]["containers"].as_array().map(Vec::as_slice) {
        Some([one]) => Ok(one["name"].as_str().unwrap_or_default().into()),
        _ => Err(bad(format!(
            "a container name must be specified for pod {name}, choose one of: [{}]",
            all.join(" ")
        ))),
    }
}

/// upstream: pkg/kubelet/kubelet_pods.go validateContainerLogStatus
fn which_run(
    pod: &Value,
    name: &str,
    container: &str,
    previous: bool,
) -> Result<&'static str, Value> {
    let lists = [
        "containerStatuses",
        "initContainerStatuses",
        "ephemeralContainerStatuses",
    ];
    let all = lists
        .iter()
        .filter_map(|list| pod["status"][*list].as_array());
    let status = all.flatten().find(|s| s["name"] == container);
    let (state, last) = match status {
        Some(status) => (&status["state"], &status["lastState"]),
        None => (&Value::Null, &Value::Null),
    };
    let ended_before = last["terminated"].is_object();
    if previous {
        return match ended_before {
            // While it waits to be started again, the last that ended is the one that is known.
            true if state["waiting"].is_object() => Ok("current"),
            true => Ok("previous"),
            false => Err(bad(format!(
                "previous terminated container {container:?} in pod {name:?} not found"
            ))),
        };
    }
    if state["running"].is_object() || state["terminated"].is_object() || ended_before {
        return Ok("current");
    }
    let inits = pod["spec"]["initContainers"].as_array();
    let why = match state["waiting"]["reason"].as_str() {
        Some("ErrImagePull") => "image can't be pulled",
        Some("ImagePullBackOff") => "trying and failing to pull image",
        Some(reason) => reason,
        None if inits.is_some_and(|all| !all.is_empty()) => "PodInitializing",
        None => "ContainerCreating",
    };
    Err(bad(format!(
        "container {container:?} in pod {name:?} is waiting to start: {why}"
    )))
}
