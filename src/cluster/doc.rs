//! What every registry entry says of itself; the page's panels, help and docs are generated from it.

/// The description of a controller, admission plugin, scheduler plugin or program.
#[derive(Clone, Copy, Debug)]
pub struct Doc {
    /// Upstream's name.
    pub name: &'static str,
    /// One sentence: what it does.
    pub sentence: &'static str,
    /// Where upstream does it.
    pub upstream: &'static str,
    /// The page of kubernetes.io that explains it, below `https://kubernetes.io/docs/`.
    pub docs: &'static str,
    /// The fields that it reads and acts on, as `Kind.path.to.field`; `Kind.path.**` means everything below. Fields that
    /// no entry of any registry names are reported to people as accepted, not simulated.
    pub acts_on: &'static [&'static str],
}

/// Every entry of every registry of the cluster.
pub fn all() -> impl Iterator<Item = &'static Doc> {
    let lists: [&[&Doc]; 4] = [
        crate::apiserver::DOCS,
        crate::apiserver::admission::ALL,
        crate::network::docs::ALL,
        crate::kubelet::DOCS,
    ];
    lists.into_iter().flatten().copied()
}
