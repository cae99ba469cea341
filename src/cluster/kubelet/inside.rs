//! What a kubelet tells of its containers to those who look inside.

use podarium_api::object::Key;
use podarium_api::pod::ContainerState;
use serde_json::{Value, json};

use super::env::Source;
use super::programs::{Start, script};
use super::start::put_in;
use super::worker::{State, Worker};
use super::{Kubelets, find};
use crate::inside::unix;
use crate::network::Protocol;
use crate::world::World;

impl Kubelets {
    /// The containers of a pod by name, as they are now; the one that is named, where it says so, as it was before its last
    /// start. Those that never ran are left out; `None` for a pod that is not here.
    pub(crate) fn containers(
        &self,
        world: &World,
        pod: &Key,
        (named, previous): (&str, bool),
    ) -> Option<Value> {
        let (node, id) = *self.shared.places.get(pod)?;
        let kubelet = self.nodes.get(node as usize)?;
        let w = &kubelet.workers[find(&kubelet.workers, id)?].1;
        let mut all = json!({});
        for (i, plan) in w.plan.containers.iter().enumerate() {
            let previous = previous && *plan.name == *named;
            if let Some(told) = told(world, w, i, previous, kubelet) {
                all[&*plan.name] = told;
            }
        }
        Some(all)
    }

    /// The container that listens on a TCP port of a pod.
    pub(crate) fn listener(&self, world: &World, pod: &Key, port: u16) -> Option<String> {
        let (node, id) = *self.shared.places.get(pod)?;
        let w = self.worker(node, id)?;
        let (found, ..) = w.listening(port, Protocol::Tcp, world.now(), &world.faults)?;
        let at = w.runs.iter().position(|run| std::ptr::eq(run, found))?;
        Some(w.plan.containers[at].name.to_string())
    }

    /// The status code with which a pod answers itself.
    pub(crate) fn own_code(&self, world: &World, pod: &Key, port: u16, path: &str) -> Option<u16> {
        let (node, id) = *self.shared.places.get(pod)?;
        let url = format!("http://localhost:{port}{path}");
        let w = self.worker(node, id)?;
        w.own_answer(&url, world.now(), &world.faults, true)
    }

    /// What was written by hand, by volume and path.
    pub(crate) fn left(&self) -> &Value {
        &self.shared.left
    }
}

/// When a run began, and when it ended.
fn span(w: &Worker, i: usize, previous: bool) -> Option<(u64, Option<u64>)> {
    let run = &w.runs[i];
    let (since, at) = match (&run.state, run.last.as_deref()) {
        (State::Running { since }, _) if !previous => (*since, None),
        (State::Exited { since, at, .. }, _) if !previous => (*since, Some(*at)),
        (
            _,
            Some(ContainerState::Terminated {
                started, finished, ..
            }),
        ) => (*started, Some(*finished)),
        _ => return None,
    };
    Some((unix(since), at.map(unix)))
}

fn told(
    world: &World,
    w: &Worker,
    i: usize,
    previous: bool,
    kubelet: &super::Kubelet,
) -> Option<Value> {
    let (since, at) = span(w, i, previous)?;
    let (plan, run) = w.both(i);
    let spec = w.plan.spec_of(i);
    let begun = podarium_api::meta::Time(since - unix(podarium_api::meta::Time(0)));
    let env = match &run.env[usize::from(previous)] {
        Some(env) => (**env).clone(),
        None => {
            let source = Source {
                world,
                pod: &w.pod,
                spec,
                ip: w.ip,
                host_ip: kubelet.host.ip,
                node: &kubelet.host.name,
                as_of: begun,
            };
            source.environment().unwrap_or_default()
        }
    };
    let (command, args) = (put_in(&spec.command, &env), put_in(&spec.args, &env));
    let argv = script(Start {
        image: &plan.entry,
        spec,
        command: &command,
        args: &args,
        env: &env,
        probed: &[],
        answers: &[],
    });
    let answers = match previous || run.running().is_none() {
        true => &run.past,
        false => &run.answers,
    };
    let answers = answers.iter().map(|answer| match answer {
        Some(code) => json!({"code": code}),
        None => json!({"error": "refused"}),
    });
    let (path, tag) = match &plan.reference {
        Ok(reference) => (&*reference.path, reference.tag.as_deref()),
        Err(_) => ("", None),
    };
    let own: Vec<&str> = plan.entry.commands.iter().map(|c| &**c).collect();
    let env: serde_json::Map<String, Value> = env
        .into_iter()
        .map(|(name, value)| (name, value.into()))
        .collect();
    let serves = run.program.as_ref().is_some_and(|p| p.opens.is_some());
    Some(json!({
        "run": run.id, "since": since, "at": at, "serves": serves, "argv": argv, "args": args, "own": own,
        "image": {"path": path, "tag": tag}, "env": env, "answers": answers.collect::<Vec<_>>(),
        "running": at.is_none(),
    }))
}
