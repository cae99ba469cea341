//! Words that every pod's status repeats, kept once and shared.

use std::sync::LazyLock;

use podarium_api::meta::Str;
use podarium_api::pod::{Condition, ContainerState};

macro_rules! words {
    ($($field:ident: $text:literal,)*) => {
        /// One shared text each.
        pub(super) struct Words {
            $(pub $field: Str,)*
        }
        static WORDS: LazyLock<Words> = LazyLock::new(|| Words { $($field: $text.into(),)* });
    };
}

words! {
    ready_to_start: "PodReadyToStartContainers",
    initialized: "Initialized",
    ready: "Ready",
    containers_ready: "ContainersReady",
    not_initialized: "ContainersNotInitialized",
    not_ready: "ContainersNotReady",
    gates_not_ready: "ReadinessGatesNotReady",
    pod_completed: "PodCompleted",
    pod_failed: "PodFailed",
    container_creating: "ContainerCreating",
    pod_initializing: "PodInitializing",
    completed: "Completed",
    error: "Error",
    oom_killed: "OOMKilled",
    unknown: "Unknown",
    crash_loop: "CrashLoopBackOff",
    err_image_pull: "ErrImagePull",
    image_back_off: "ImagePullBackOff",
    never_pull: "ErrImageNeverPull",
    invalid_image: "InvalidImageName",
    config_error: "CreateContainerConfigError",
    container_created: "Container created",
    container_started: "Container started",
    empty: "",
}

/// The words.
pub(super) fn words() -> &'static Words {
    &WORDS
}

/// A condition without reason or message.
pub(super) fn plain(kind: &Str, status: bool) -> Condition {
    Condition {
        kind: kind.clone(),
        status: Some(status),
        reason: None,
        message: None,
        since: Default::default(),
    }
}

/// A condition with a reason, and a message if it has one.
pub(super) fn because(kind: &Str, status: bool, reason: &Str, message: Option<Str>) -> Condition {
    Condition {
        reason: Some(reason.clone()),
        message,
        ..plain(kind, status)
    }
}

/// A waiting state.
pub(super) fn waiting(reason: &Str, message: Option<Str>) -> ContainerState {
    ContainerState::Waiting {
        reason: reason.clone(),
        message,
    }
}
