//! What is broken just now: stopped components and cut links.

use podarium_api::meta::{Str, Time};
use podarium_api::ordered::{OrdMap, OrdSet};

/// A part of the cluster that can be stopped by itself.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Component {
    /// kube-scheduler.
    Scheduler,
    /// kube-controller-manager.
    ControllerManager,
    /// The CoreDNS processes in all its pods.
    CoreDns,
    /// A machine with everything on it.
    Node(Str),
    /// The kubelet of a node; its containers go on.
    Kubelet(Str),
    /// The kube-proxy of a node; its rules stay as they are.
    KubeProxy(Str),
}

impl std::fmt::Display for Component {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Component::Scheduler => f.write_str("scheduler"),
            Component::ControllerManager => f.write_str("controller-manager"),
            Component::CoreDns => f.write_str("coredns"),
            Component::Node(n) => write!(f, "node/{n}"),
            Component::Kubelet(n) => write!(f, "kubelet/{n}"),
            Component::KubeProxy(n) => write!(f, "kube-proxy/{n}"),
        }
    }
}

/// The end of a link that is not a node.
pub const CONTROL_PLANE: &str = "control-plane";

/// What is broken.
#[derive(Clone, Debug, Default)]
pub struct Faults {
    stopped: OrdMap<Component, Time>,
    cut: OrdSet<(Str, Str)>,
    /// Since when the API server hears nothing of a component: until it has started, or is linked, again.
    silent: OrdMap<Component, Time>,
}

impl Faults {
    /// Since when the component is stopped, by itself or with its node.
    pub fn stopped_since(&self, component: &Component) -> Option<Time> {
        let own = self.stopped.get(component).copied();
        let node = match component {
            Component::Kubelet(n) | Component::KubeProxy(n) => {
                self.stopped.get(&Component::Node(n.clone())).copied()
            }
            _ => None,
        };
        match (own, node) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        }
    }

    /// Whether the component runs.
    pub fn runs(&self, component: &Component) -> bool {
        self.stopped.is_empty() || self.stopped_since(component).is_none()
    }

    /// Whether two ends (nodes, or [`CONTROL_PLANE`]) can talk.
    pub fn linked(&self, a: &str, b: &str) -> bool {
        self.cut.is_empty() || !self.cut.contains(&pair(a, b))
    }

    /// Stops a component; whether it ran.
    pub fn stop(&mut self, now: Time, component: Component) -> bool {
        let ran = !self.stopped.contains_key(&component);
        self.hush(
            now,
            match &component {
                Component::Node(node) => Component::Kubelet(node.clone()),
                other => other.clone(),
            },
        );
        self.stopped.entry(component).or_insert(now);
        ran
    }

    /// Starts a component; whether it was stopped.
    pub fn start(&mut self, component: &Component) -> bool {
        // A kubelet is not heard before it has begun its work.
        if !matches!(component, Component::Node(_) | Component::Kubelet(_)) {
            self.hear(component);
        }
        self.stopped.remove(component).is_some()
    }

    /// Cuts a link; whether it was whole.
    pub fn cut(&mut self, now: Time, a: &str, b: &str) -> bool {
        for (end, node) in [(a, b), (b, a)] {
            if end == CONTROL_PLANE {
                self.hush(now, Component::Kubelet(node.into()));
            }
        }
        self.cut.insert(pair(a, b))
    }

    fn hush(&mut self, now: Time, component: Component) {
        self.silent.entry(component).or_insert(now);
    }

    /// A component is heard again.
    pub fn hear(&mut self, component: &Component) {
        self.silent.remove(component);
    }

    /// Until when a component was heard, up to now.
    pub fn heard(&self, component: &Component, now: Time) -> Time {
        self.silent.get(component).copied().unwrap_or(now)
    }

    /// Mends a link; whether it was cut.
    pub fn mend(&mut self, a: &str, b: &str) -> bool {
        self.cut.remove(&pair(a, b))
    }

    /// All stopped components, in order.
    pub fn stopped(&self) -> impl Iterator<Item = (&Component, Time)> {
        self.stopped.iter().map(|(c, t)| (c, *t))
    }

    /// All cut links.
    pub fn cuts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.cut.iter().map(|(a, b)| (&**a, &**b))
    }
}

fn pair(a: &str, b: &str) -> (Str, Str) {
    if a <= b {
        (a.into(), b.into())
    } else {
        (b.into(), a.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_takes_its_processes_with_it() {
        let mut faults = Faults::default();
        assert!(faults.stop(Time(5), Component::Node("a".into())));
        assert_eq!(
            faults.stopped_since(&Component::Kubelet("a".into())),
            Some(Time(5))
        );
        assert!(faults.runs(&Component::Kubelet("b".into())));
        assert!(faults.start(&Component::Node("a".into())));
        assert!(faults.runs(&Component::Kubelet("a".into())));
    }

    #[test]
    fn links_have_no_direction() {
        let mut faults = Faults::default();
        faults.cut(Time(7), "b", "a");
        assert!(!faults.linked("a", "b") && faults.linked("a", "c"));
        assert!(faults.mend("a", "b") && faults.linked("a", "b"));
    }

    #[test]
    fn a_component_is_silent_until_it_is_heard_again() {
        let mut faults = Faults::default();
        let kubelet = Component::Kubelet("a".into());
        faults.cut(Time(7), CONTROL_PLANE, "a");
        faults.stop(Time(9), Component::Node("a".into()));
        faults.start(&Component::Node("a".into()));
        faults.mend("a", CONTROL_PLANE);
        assert_eq!(faults.heard(&kubelet, Time(20)), Time(7));
        faults.hear(&kubelet);
        assert_eq!(faults.heard(&kubelet, Time(20)), Time(20));
    }
}
