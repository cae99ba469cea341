//! Where each value of a document stands in its text, in one flat list.

use super::Mark;

/// Where one value stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The key of a field, or the value of a list's item.
    pub at: Mark,
    /// The value's first character.
    pub value: Mark,
    /// Behind the value's last character.
    pub end: Mark,
}

/// One value, followed in the list by the values inside it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    /// Number of entries of this value, itself included.
    pub size: u32,
    /// The field's name in the pool of names; meaningless for items of a list.
    pub name: u32,
    pub name_len: u32,
    pub place: Place,
}

/// The places of all values of one object.
#[derive(Clone, Debug, Default)]
pub struct Positions {
    pub(super) entries: Vec<Entry>,
    pub(super) names: String,
}

impl Positions {
    /// The place of a path such as `["spec", "containers", "0", "image"]`, or of the nearest value above it that stands
    /// in the text (for fields that were defaulted, or that are missing). `None` for an object that came from no text.
    pub fn place(&self, path: &[&str]) -> Option<Place> {
        self.nearest(path).map(|(place, _)| place)
    }

    /// The place of a path in the API server's spelling: `spec.containers[0].image`, `metadata.labels[a.b/c]`.
    pub fn place_of(&self, path: &str) -> Option<Place> {
        self.place(&split_path(path))
    }

    /// The line, from 1, of a path or of the nearest value above it; 0 for an object that came from no text.
    pub fn line_of(&self, path: &[&str]) -> u32 {
        self.place(path).map_or(0, |place| place.at.line)
    }

    /// The place of exactly this path, if the text has it.
    pub fn exact(&self, path: &[&str]) -> Option<Place> {
        self.nearest(path)
            .filter(|(_, depth)| *depth == path.len())
            .map(|(place, _)| place)
    }

    fn nearest(&self, path: &[&str]) -> Option<(Place, usize)> {
        let mut here = 0;
        let mut place = self.entries.first()?.place;
        for (depth, segment) in path.iter().enumerate() {
            match self.child(here, segment) {
                Some(child) => here = child,
                None => return Some((place, depth)),
            }
            place = self.entries[here].place;
        }
        Some((place, path.len()))
    }

    /// The entry of a field's name or an item's number.
    pub(super) fn child(&self, parent: usize, segment: &str) -> Option<usize> {
        let end = parent + self.entries[parent].size as usize;
        let wanted: Option<usize> = segment.parse().ok();
        let (mut at, mut number) = (parent + 1, 0usize);
        while at < end {
            let entry = &self.entries[at];
            let item = entry.name_len == ITEM;
            if if item {
                wanted == Some(number)
            } else {
                self.name(entry) == segment
            } {
                return Some(at);
            }
            number += 1;
            at += entry.size as usize;
        }
        None
    }

    fn name(&self, entry: &Entry) -> &str {
        let from = entry.name as usize;
        &self.names[from..from + entry.name_len as usize]
    }

    /// The places of each item of a list field, each as an object of its own.
    pub fn items(&self, field: &str) -> Vec<Positions> {
        let list = self.entries.first().and_then(|_| self.child(0, field));
        let Some(list) = list else { return Vec::new() };
        let (mut at, end) = (list + 1, list + self.entries[list].size as usize);
        let mut items = Vec::new();
        while at < end {
            items.push(self.cut(at));
            at += self.entries[at].size as usize;
        }
        items
    }

    /// One value and everything inside it.
    fn cut(&self, here: usize) -> Positions {
        let entry = &self.entries[here];
        let mut inner = Positions::default();
        for entry in &self.entries[here..here + entry.size as usize] {
            let mut entry = *entry;
            if entry.name_len != ITEM {
                let name = self.name(&entry);
                entry.name = inner.names.len() as u32;
                inner.names.push_str(name);
            }
            inner.entries.push(entry);
        }
        inner
    }
}

/// Marks an entry as an item of a list.
pub(super) const ITEM: u32 = u32::MAX;

/// Splits `spec.containers[0].image` or `metadata.labels[a.b/c]` into its segments.
pub(crate) fn split_path(path: &str) -> Vec<&str> {
    let mut segments = Vec::new();
    let mut rest = path;
    while !rest.is_empty() {
        if let Some(inner) = rest.strip_prefix('[') {
            let (segment, after) = inner.split_once(']').unwrap_or((inner, ""));
            segments.push(segment);
            rest = after.strip_prefix('.').unwrap_or(after);
        } else {
            let end = rest.find(['.', '[']).unwrap_or(rest.len());
            segments.push(&rest[..end]);
            rest = &rest[end..];
            rest = rest.strip_prefix('.').unwrap_or(rest);
        }
    }
    segments
}
