//! Kinds that definitions in a cluster describe: they have no row in the table, and get their number when they are first told
//! of.
//!
//! One table for the whole process holds them, by content: so a clone, a fork or a replay of a cluster has the same numbers for
//! the same descriptions. Which of them a cluster serves is its own to know.

use std::cmp::Ordering;
use std::sync::{Mutex, PoisonError};

use super::table::{SCALE, STATUS, STORED};
use super::{KINDS, KindId, KindInfo};

/// The version of the kind as which custom resources are kept, whatever version they come in.
// upstream: apimachinery/pkg/runtime/interfaces.go APIVersionInternal
pub const INTERNAL: &str = "__internal";

/// Subresources, by whether there is a status and a scale.
const PARTS: [&[&str]; 4] = [&[], STATUS, &["scale"], SCALE];

/// Never shorter than it was: numbers stay what they are.
static KNOWN: Mutex<Vec<&'static KindInfo>> = Mutex::new(Vec::new());

fn known<T>(read: impl FnOnce(&mut Vec<&'static KindInfo>) -> T) -> T {
    read(&mut KNOWN.lock().unwrap_or_else(PoisonError::into_inner))
}

/// What a definition says of one version of its kind.
#[derive(Clone, Copy, Debug, Default)]
pub struct Custom<'a> {
    /// API group.
    pub group: &'a str,
    /// Version inside the group.
    pub version: &'a str,
    /// Name in the field `kind`.
    pub kind: &'a str,
    /// Name of the kind that carries a list of these.
    pub list_kind: &'a str,
    /// Resource name in URLs.
    pub plural: &'a str,
    /// Resource name for one.
    pub singular: &'a str,
    /// Whether objects live inside a namespace.
    pub namespaced: bool,
    /// Whether there is a subresource `status`.
    pub status: bool,
    /// Whether there is a subresource `scale`.
    pub scale: bool,
}

impl Custom<'_> {
    /// The kind of this description.
    pub fn id(&self) -> KindId {
        let parts = PARTS[usize::from(self.status) + 2 * usize::from(self.scale)];
        let texts = [
            self.group,
            self.plural,
            self.version,
            self.kind,
            self.list_kind,
            self.singular,
        ];
        known(|all| {
            let mut had = all.iter();
            if let Some(row) = had.find(|row| row.content() == (texts, self.namespaced, parts)) {
                return row.id;
            }
            let id = KindId((KINDS.len() + all.len()) as u32);
            let [group, plural, version, kind, list_kind, singular] =
                texts.map(|text| -> &'static str { String::leak(text.into()) });
            all.push(Box::leak(Box::new(KindInfo {
                id,
                group,
                version,
                kind,
                list_kind,
                plural,
                singular,
                short_names: &[],
                namespaced: self.namespaced,
                categories: &[],
                verbs: STORED,
                subresources: parts,
            })));
            id
        })
    }
}

type Content<'a> = ([&'a str; 6], bool, &'static [&'static str]);

impl KindInfo {
    fn content(&self) -> Content<'static> {
        let texts = [
            self.group,
            self.plural,
            self.version,
            self.kind,
            self.list_kind,
            self.singular,
        ];
        (texts, self.namespaced, self.subresources)
    }

    /// The kind as which objects of a definition's kind are kept. What may change while there are objects is left out.
    pub(super) fn kept(&self) -> KindId {
        let kept = Custom {
            group: self.group,
            version: INTERNAL,
            kind: self.kind,
            plural: self.plural,
            namespaced: self.namespaced,
            ..Custom::default()
        };
        kept.id()
    }
}

/// The kind of a number beyond the table.
pub(super) fn info(number: usize) -> &'static KindInfo {
    known(|all| all[number - KINDS.len()])
}

impl Ord for KindId {
    /// Kinds of the table by their rows, then those of definitions by name: numbers of theirs are the process's, and say
    /// nothing of a cluster.
    fn cmp(&self, other: &Self) -> Ordering {
        if self == other || self.0.min(other.0) < KINDS.len() as u32 {
            return self.0.cmp(&other.0);
        }
        self.info().content().cmp(&other.info().content())
    }
}

impl PartialOrd for KindId {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn widgets(version: &'static str) -> Custom<'static> {
        Custom {
            group: "example.com",
            version,
            kind: "Widget",
            list_kind: "WidgetList",
            plural: "widgets",
            singular: "widget",
            namespaced: true,
            status: true,
            scale: false,
        }
    }

    #[test]
    fn equal_descriptions_are_one_kind() {
        let (late, early) = (widgets("v2").id(), widgets("v1").id());
        assert_eq!(late, widgets("v2").id());
        assert_ne!(late, early);
        let cluster = Custom {
            namespaced: false,
            ..widgets("v1")
        };
        assert_ne!(cluster.id(), early);
        let info = early.info();
        assert_eq!(
            (info.group_resource().as_str(), info.id, info.subresources),
            ("widgets.example.com", early, &["status"][..])
        );
        assert_eq!(format!("{late:?}"), "Widget");
        assert!(info.stored() && KindId::from_index(early.index()).is_none());
    }

    #[test]
    fn kinds_stand_in_an_order_that_no_process_decides() {
        let (late, early) = (widgets("v2").id(), widgets("v1").id());
        let other = Custom {
            group: "a.example.com",
            ..widgets("v9")
        };
        let mut all = [late, early, other.id(), KindId::POD, KindId::CONFIG_MAP];
        all.sort();
        assert_eq!(
            all,
            [KindId::CONFIG_MAP, KindId::POD, other.id(), early, late]
        );
    }

    #[test]
    fn all_versions_are_kept_as_one_kind() {
        let kept = widgets("v1").id().info().storage();
        let more = Custom {
            list_kind: "Widgets",
            scale: true,
            ..widgets("v2")
        };
        assert_eq!(more.id().info().storage(), kept);
        assert_eq!(kept.info().storage(), kept);
        let info = kept.info();
        assert_eq!((info.version, info.kind), (INTERNAL, "Widget"));
    }
}
