//! Image pulls: one at a time on a node, as is upstream's default, and what a registry answers.
// upstream: pkg/kubelet/images/image_manager.go EnsureImageExists, puller.go serialImagePuller

use std::sync::Arc;

use podarium_api::meta::{Span, Str};

use super::Work;
use super::host::{Cx, Host, Pull};
use super::programs::{PullError, catalogue};
use super::reference::Reference;
use super::words::words;
use super::worker::{Step, Worker};

/// Begins the next pull, if none is under way.
pub(super) fn begin(host: &mut Host, cx: &mut Cx<'_>, workers: &[(u32, Arc<Worker>)]) {
    if host.pulling || !host.runs {
        return;
    }
    let now = cx.world.now();
    while let Some(pull) = host.pulls.front_mut() {
        pull.began = now;
        let (pod, container) = (pull.pod, pull.container);
        let worker = super::find(workers, pod).map(|at| &workers[at].1);
        let wanted = worker.filter(|w| w.token == pull.token && w.step == Step::Pull(container));
        let Some(Ok(reference)) = wanted.map(|w| &w.plan.containers[container].reference) else {
            host.pulls.pop_front();
            continue;
        };
        let name = reference.to_string();
        let time = match catalogue().pull(reference) {
            // What is there already is only compared with the registry.
            Ok(_) if host.images.contains_key(&*name) => Span::millis(280),
            Ok(image) => image.pull_time(),
            Err(_) => Span::millis(700),
        };
        let time = host.rng.jitter(time, 15);
        host.pulling = true;
        cx.world.at(now + time, Work::Pulled(host.index));
        return;
    }
}

impl Host {
    /// A pull has come to its end.
    pub fn pulled(&mut self, cx: &mut Cx<'_>, w: &mut Worker, pull: &Pull) {
        let now = cx.world.now();
        let i = pull.container;
        let plan = w.plan.clone();
        let container = &plan.containers[i];
        let Ok(reference) = &container.reference else {
            return;
        };
        w.step = Step::Idle;
        let image = &container.image;
        match catalogue().pull(reference) {
            Ok(entry) => {
                let known = self.images.insert(reference.to_string().into(), entry.size);
                if known.is_none() {
                    self.report_images(cx);
                }
                let (took, waited) = (go_duration(now - pull.began), go_duration(now - pull.asked));
                let text = format!(
                    "Successfully pulled image \"{image}\" in {took} ({waited} including waiting). Image size: {} bytes.",
                    entry.size
                );
                self.tell(cx, w, Some(i), false, "Pulled", text);
                if !self.create(cx, w, i) {
                    self.proceed(cx, w);
                }
            }
            Err(error) => {
                let error: Str = sentence(reference, &error).into();
                let text = format!("Failed to pull image \"{image}\": {error}");
                self.tell(cx, w, Some(i), true, "Failed", text);
                w.runs[i].pull_backoff.next(now, now);
                w.runs[i].pull_error = Some(error.clone());
                let reason = words().err_image_pull.clone();
                // The back-off is looked at soon, and shown.
                self.failed(cx, w, i, reason, error, Span::secs(2));
                self.proceed(cx, w);
            }
        }
    }

    /// The node's status names the images on its disk; it is written when ten seconds have passed.
    // upstream: pkg/kubelet/kubelet.go NodeStatusUpdateFrequency
    fn report_images(&mut self, cx: &mut Cx<'_>) {
        if !self.status_due {
            self.status_due = true;
            cx.world.after(Span::secs(10), Work::NodeStatus(self.index));
        }
    }
}

/// What containerd says of a failed pull.
fn sentence(reference: &Reference, error: &PullError) -> String {
    let (host, path) = (&reference.host, &reference.path);
    let start = |code: &str| {
        format!(
            "rpc error: code = {code} desc = failed to pull and unpack image \"{reference}\": failed to resolve image: "
        )
    };
    match error {
        PullError::Tag => format!("{}{reference}: not found", start("NotFound")),
        PullError::Repository => format!(
            "{}pull access denied, repository does not exist or may require authorization: server message: \
             insufficient_scope: authorization failed",
            start("Unknown")
        ),
        PullError::Host => {
            let tag = reference.tag.as_deref().unwrap_or("latest");
            format!(
                "{}failed to do request: Head \"https://{host}/v2/{path}/manifests/{tag}\": dial tcp: lookup {host}: no such host",
                start("Unknown")
            )
        }
    }
}

/// A length of time as Go prints it, cut to milliseconds: `812ms`, `1.5s`, `1m2.003s`.
fn go_duration(span: Span) -> String {
    let millis = span.as_millis();
    if millis < 1_000 {
        return format!("{millis}ms");
    }
    let seconds = |ms: u64| match ms % 1_000 {
        0 => format!("{}s", ms / 1_000),
        part => format!(
            "{}.{}s",
            ms / 1_000,
            format!("{part:03}").trim_end_matches('0')
        ),
    };
    match millis / 60_000 {
        0 => seconds(millis),
        minutes => format!("{minutes}m{}", seconds(millis % 60_000)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_as_go_prints_them() {
        for (millis, want) in [
            (0, "0ms"),
            (812, "812ms"),
            (1_000, "1s"),
            (1_500, "1.5s"),
            (2_003, "2.003s"),
            (62_010, "1m2.01s"),
        ] {
            assert_eq!(go_duration(Span::millis(millis)), want);
        }
    }
}
