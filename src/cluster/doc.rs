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
    use crate::{apiserver, controllers, kubelet, network, scheduler};
    let lists: [&[&Doc]; 3] = [apiserver::DOCS, network::docs::ALL, kubelet::DOCS];
    let admission = apiserver::admission::ALL.iter().map(|plugin| &plugin.doc);
    let plugins = scheduler::plugins::ALL.iter().map(|plugin| plugin.doc());
    let controllers = controllers::ALL.iter().map(|entry| &entry.doc);
    lists
        .into_iter()
        .flatten()
        .copied()
        .chain(admission)
        .chain([&scheduler::DOC])
        .chain(plugins)
        .chain(controllers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_that_is_acted_on_is_one() {
        use podarium_api::schema::{Wrap, schema};
        for doc in all() {
            for pattern in doc.acts_on {
                let path = pattern.strip_suffix(".**").unwrap_or(pattern);
                let mut names = path.split('.');
                let kind = names.next().unwrap_or_default();
                let kind = podarium_api::kinds::kind_matches(kind).next();
                let kind = kind.unwrap_or_else(|| panic!("{}: {pattern}: no such kind", doc.name));
                let mut owner = schema().of_kind(kind.id);
                let mut in_map = false;
                for name in names {
                    if in_map {
                        // A key of a map that has no fixed fields.
                        in_map = false;
                        continue;
                    }
                    let field = owner.and_then(|t| t.field(name));
                    let field =
                        field.unwrap_or_else(|| panic!("{}: {pattern}: no field {name}", doc.name));
                    in_map = field.wrap == Wrap::Map;
                    owner = schema().object_of(field);
                }
            }
        }
    }
}
