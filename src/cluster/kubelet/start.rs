//! Starting a container: its back-off, its image, its configuration, its process.
// upstream: pkg/kubelet/kuberuntime/kuberuntime_container.go startContainer

use std::sync::Arc;

use k8s_openapi::api::core::v1 as core;
use podarium_api::meta::{Span, Str, Time};

use super::Job;
use super::env::{Env, Source, expand, refers};
use super::host::{Cx, Host, Pull};
use super::plan::PullPolicy;
use super::probe::Kind;
use super::programs::{Program, Start, parse_span, shell};
use super::status::terminated;
use super::words::words;
use super::worker::{State, Step, Waiting, Worker};
use crate::sim::Why;
use crate::world::World;

impl Host {
    /// Begins to start a container; whether the synchronisation waits for it.
    pub fn start(&mut self, cx: &mut Cx<'_>, w: &mut Worker, i: usize) -> bool {
        let now = cx.world.now();
        if let State::Exited { at, .. } = w.runs[i].state {
            let backoff = w.runs[i].restart_backoff;
            if let Some(until) = backoff.until(at, now) {
                self.backed_off(cx, w, i, until);
                return false;
            }
            w.runs[i].restart_backoff.next(now, at);
        }
        let plan = w.plan.clone();
        let container = &plan.containers[i];
        let reference = match &container.reference {
            Ok(reference) => reference,
            Err(error) => {
                let (image, name) = (&container.image, words().invalid_image.clone());
                let text: Str = format!(
                    "Failed to apply default image tag \"{image}\": couldn't parse image name \"{image}\": {error}"
                )
                .into();
                self.tell(cx, w, Some(i), true, "InspectFailed", text.clone());
                self.failed(cx, w, i, name, text, Span::secs(12));
                return false;
            }
        };
        let name: Str = reference.to_string().into();
        let present = self.images.contains_key(&name);
        match container.pull {
            PullPolicy::Never if !present => {
                let text: Str = format!(
                    "Container image \"{}\" is not present with pull policy of Never",
                    container.image
                )
                .into();
                self.tell(cx, w, Some(i), true, "ErrImageNeverPull", text.clone());
                let reason = words().never_pull.clone();
                self.failed(cx, w, i, reason, text, Span::secs(12));
                false
            }
            PullPolicy::Always => self.ask_pull(cx, w, i),
            PullPolicy::IfNotPresent if !present => self.ask_pull(cx, w, i),
            _ => {
                let text = format!(
                    "Container image \"{}\" already present on machine and can be accessed by the pod",
                    container.image
                );
                self.tell(cx, w, Some(i), false, "Pulled", text);
                self.create(cx, w, i)
            }
        }
    }

    fn backed_off(&mut self, cx: &mut Cx<'_>, w: &mut Worker, i: usize, until: Time) {
        let now = cx.world.now();
        let (name, pod) = (w.plan.containers[i].name.clone(), full_name(w));
        let delay = w.runs[i].restart_backoff.delay().as_secs();
        let event = format!("Back-off restarting failed container {name} in pod {pod}");
        self.tell(cx, w, Some(i), true, "BackOff", event);
        let delay = match (delay / 60, delay % 60) {
            (0, s) => format!("{s}s"),
            (m, s) => format!("{m}m{s}s"),
        };
        let message =
            format!("back-off {delay} restarting failed container={name} pod={pod}").into();
        self.waits(w, i, words().crash_loop.clone(), message);
        // upstream: the worker comes back when the back-off is over, and a little later.
        let left = until - now;
        let after = left + Span(self.rng.below(left.0 / 5 + 1));
        self.again(cx, w, after);
    }

    /// A container waits, for a reason that people are shown.
    pub fn waits(&mut self, w: &mut Worker, i: usize, reason: Str, message: Str) {
        let waiting = Waiting {
            reason,
            message: Some(message),
        };
        if w.runs[i].waiting.as_ref() != Some(&waiting) {
            w.runs[i].waiting = Some(waiting);
            w.stale = true;
        }
    }

    /// A container cannot be started now: says so, and has it tried again.
    pub fn failed(
        &mut self,
        cx: &mut Cx<'_>,
        w: &mut Worker,
        i: usize,
        reason: Str,
        message: Str,
        again: Span,
    ) {
        let text = match *reason == *words().config_error {
            true => format!("Error: {message}"),
            false => format!("Error: {reason}"),
        };
        self.tell(cx, w, Some(i), true, "Failed", text);
        self.waits(w, i, reason, message);
        let after = again + Span(self.rng.below(again.0 / 4 + 1));
        self.again(cx, w, after);
    }

    fn ask_pull(&mut self, cx: &mut Cx<'_>, w: &mut Worker, i: usize) -> bool {
        let now = cx.world.now();
        let run = &w.runs[i];
        let image = w.plan.containers[i].image.clone();
        if let Some(until) = run.pull_backoff.until(run.pull_backoff.updated(), now) {
            let short = format!("Back-off pulling image \"{image}\"");
            let long = match &run.pull_error {
                Some(error) => format!("{short}: ErrImagePull: {error}").into(),
                None => short.as_str().into(),
            };
            self.tell(cx, w, Some(i), false, "BackOff", short);
            let left = until - now;
            self.failed(cx, w, i, words().image_back_off.clone(), long, left);
            return false;
        }
        self.tell(
            cx,
            w,
            Some(i),
            false,
            "Pulling",
            format!("Pulling image \"{image}\""),
        );
        w.step = Step::Pull(i);
        self.pulls.push_back(Pull {
            pod: w.id,
            token: w.token,
            container: i,
            asked: now,
            began: now,
        });
        true
    }

    /// The image is there: the container is created. Whether the synchronisation waits for it.
    pub fn create(&mut self, cx: &mut Cx<'_>, w: &mut Worker, i: usize) -> bool {
        match program(cx.world, self, w, i) {
            Ok((program, env)) => {
                let run = &mut w.runs[i];
                run.program = Some(program);
                run.env[1] = std::mem::replace(&mut run.env[0], env);
                let at = cx.world.now() + self.about(110);
                self.wait(cx, w, Step::Create(i), at);
                true
            }
            Err(error) => {
                let reason = words().config_error.clone();
                self.failed(cx, w, i, reason, error.into(), Span::secs(10));
                false
            }
        }
    }

    /// The container starts.
    pub fn run(&mut self, cx: &mut Cx<'_>, w: &mut Worker, i: usize) {
        let now = cx.world.now();
        let words = words();
        self.tell(
            cx,
            w,
            Some(i),
            false,
            "Created",
            words.container_created.clone(),
        );
        self.tell(
            cx,
            w,
            Some(i),
            false,
            "Started",
            words.container_started.clone(),
        );
        let id = cx.world.next_number();
        let delay = match &w.runs[i].program {
            Some(program) => program.opens.map(|at| self.rng.jitter(at, 15)),
            None => None,
        };
        let run = &mut w.runs[i];
        if let State::Exited { .. } = run.state {
            run.last = Some(Arc::new(terminated(&run.state)));
        }
        run.restarts += u32::from(run.id != 0);
        run.id = id;
        run.state = State::Running { since: now };
        run.opens = delay.map(|delay| now + delay);
        run.waiting = None;
        run.pull_error = None;
        run.stop = None;
        run.seen = false;
        run.ready = false;
        run.started = false;
        w.changed = true;
        self.follow(cx, w, i);
        self.caller(cx, w, i, true);
        let hook = w.plan.spec_of(i).lifecycle.as_ref();
        let hook = hook.and_then(|l| l.post_start.as_ref()).map(hook_time);
        let run = &mut w.runs[i];
        match hook {
            Some(time) => self.wait(cx, w, Step::Hook(i), now + time),
            None => {
                run.started = w.plan.containers[i].probes[Kind::Startup as usize].is_none();
                self.proceed(cx, w);
            }
        }
    }

    /// Asks for the moment at which a container's program ends or asks something by itself.
    pub fn follow(&mut self, cx: &mut Cx<'_>, w: &Worker, i: usize) {
        let run = &w.runs[i];
        let (Some(since), Some(program)) = (run.running(), &run.program) else {
            return;
        };
        let job = |run| Job::Course {
            container: i as u32,
            run,
        };
        // What takes more than the limit allows is killed as soon as it takes it.
        let limit = w.plan.containers[i].memory_limit;
        if limit.is_some_and(|limit| program.memory > limit) {
            let at = since + program.opens.unwrap_or(Span::millis(300));
            return self.later(cx, w, at, job(run.id));
        }
        match &program.end {
            shell::End::Never => {}
            shell::End::Exit(at, _) | shell::End::Asks(at, _) => {
                self.later(cx, w, since + *at, job(run.id));
            }
        }
    }

    /// A container's process has ended.
    pub fn exited(&mut self, cx: &mut Cx<'_>, w: &mut Worker, i: usize, code: i32, reason: &Str) {
        let Some(since) = w.runs[i].running() else {
            return;
        };
        let at = cx.world.now();
        self.caller(cx, w, i, false);
        let name = w.plan.containers[i].name.clone();
        let why = Why::with(
            "container-exited",
            [("container", (&name).into()), ("code", code.into())],
        );
        self.note(cx, w, why);
        let run = &mut w.runs[i];
        run.state = State::Exited {
            since,
            at,
            code,
            reason: reason.clone(),
        };
        run.ready = false;
        run.started = false;
        run.seen = false;
        run.stop = None;
        run.past = std::mem::take(&mut run.answers);
        w.changed = true;
        if self.runs {
            self.mark(cx, w);
        }
    }
}

/// `name_namespace(uid)`, as messages name pods.
// upstream: pkg/kubelet/util/format/pod.go Pod
fn full_name(w: &Worker) -> String {
    let meta = &w.pod.meta;
    format!("{}_{}({})", meta.name, meta.namespace, meta.uid)
}

/// How long a lifecycle handler takes.
pub(super) fn hook_time(handler: &core::LifecycleHandler) -> Span {
    if let Some(sleep) = &handler.sleep {
        return Span::secs(sleep.seconds.max(0) as u64);
    }
    let Some(argv) = handler.exec.as_ref().and_then(|e| e.command.as_ref()) else {
        return Span::millis(10);
    };
    // A hook of one sleep is the most usual; everything else is followed as a script.
    if let [sleep, time] = argv.as_slice()
        && sleep.ends_with("sleep")
        && let Some(span) = parse_span(time)
    {
        return span;
    }
    let answers = [Some(200); 16];
    let known = shell::Known {
        answers: &answers,
        ..shell::Known::default()
    };
    match shell::command(argv, known).end {
        shell::End::Exit(at, _) => at + Span::millis(60),
        // What waits for the server to have gone returns when it has.
        _ => Span::millis(500),
    }
}

/// The program of a container that is to be created, and its environment where objects give it; the error is what keeps it
/// from being created.
pub(super) fn program(
    world: &World,
    host: &Host,
    w: &Worker,
    i: usize,
) -> Result<(Arc<Program>, Option<Arc<Env>>), String> {
    let container = &w.plan.containers[i];
    if let Some(program) = container.program.get() {
        return Ok((program.clone(), None));
    }
    let spec = w.plan.spec_of(i);
    let source = Source {
        world,
        pod: &w.pod,
        spec,
        ip: w.ip,
        host_ip: host.ip,
        node: &host.name,
        as_of: world.now(),
    };
    let env = match container.fixed {
        true => source.declared(&Vec::new())?,
        false => source.environment()?,
    };
    let (command, args) = (put_in(&spec.command, &env), put_in(&spec.args, &env));
    let probed: Vec<u16> = container
        .probes
        .iter()
        .flatten()
        .filter_map(|p| p.port())
        .collect();
    let program = Arc::new(Program::new(Start {
        image: &container.entry,
        spec,
        command: &command,
        args: &args,
        env: &env,
        probed: &probed,
        answers: &w.runs[i].answers,
    }));
    if container.fixed {
        let program = container.program.get_or_init(|| program);
        return Ok((program.clone(), None));
    }
    Ok((program, refers(spec).then(|| Arc::new(env))))
}

/// A command or arguments with variables put in.
pub(super) fn put_in(list: &Option<Vec<String>>, env: &Env) -> Vec<String> {
    let words = list.iter().flatten();
    words.map(|word| expand(word, &[env])).collect()
}
