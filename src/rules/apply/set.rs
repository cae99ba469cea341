//! Sets of fields, in the form in which the API prints them as `fieldsV1`: a tree by path element.
//!
//! A node without anything below it is a member; one with something below it is a member if it holds `.`. The root is no
//! path and so no member: an empty root is the empty set.
// upstream: structured-merge-diff fieldpath/set.go Set, serialize.go

use serde_json::{Map, Value};

use super::shape::Spot;

/// A set of fields, or the part of one below a path element.
pub type Set = Map<String, Value>;

/// Marks a node with something below it as a member.
const SELF: &str = ".";

/// Whether a node is a member itself.
pub fn member(node: &Set) -> bool {
    node.is_empty() || node.contains_key(SELF)
}

/// A node of its parts; none where nothing would be in it.
pub fn node(member: bool, mut below: Set) -> Option<Set> {
    if below.is_empty() {
        return member.then_some(below);
    }
    if member {
        below.insert(SELF.into(), Value::Object(Set::new()));
    }
    Some(below)
}

/// Puts what may be there below an element.
pub fn put(below: &mut Set, element: String, part: Option<Set>) {
    if let Some(part) = part {
        below.insert(element, Value::Object(part));
    }
}

/// The elements of a node with what is below each.
pub fn below(node: &Set) -> impl Iterator<Item = (&String, &Set)> {
    let children = node.iter().filter(|(element, _)| *element != SELF);
    children.filter_map(|(element, part)| Some((element, part.as_object()?)))
}

/// What is below an element.
pub fn at<'a>(node: &'a Set, element: &str) -> Option<&'a Set> {
    node.get(element)?.as_object()
}

/// What is in either.
pub fn union(a: &Set, b: &Set) -> Set {
    let mut all = Set::new();
    for (element, mine) in below(a) {
        let part = at(b, element).map_or_else(|| mine.clone(), |theirs| join(mine, theirs));
        put(&mut all, element.clone(), Some(part));
    }
    for (element, theirs) in below(b).filter(|(element, _)| !a.contains_key(*element)) {
        put(&mut all, element.clone(), Some(theirs.clone()));
    }
    all
}

fn join(a: &Set, b: &Set) -> Set {
    node(member(a) || member(b), union(a, b)).unwrap_or_default()
}

/// What is in the first and not in the second.
pub fn difference(a: &Set, b: &Set) -> Set {
    let mut left = Set::new();
    for (element, mine) in below(a) {
        let part = match at(b, element) {
            None => Some(mine.clone()),
            Some(theirs) => node(member(mine) && !member(theirs), difference(mine, theirs)),
        };
        put(&mut left, element.clone(), part);
    }
    left
}

/// What is in the first and neither in the second nor below something in it.
pub fn without(a: &Set, b: &Set) -> Set {
    let mut left = Set::new();
    for (element, mine) in below(a) {
        let part = match at(b, element) {
            None => Some(mine.clone()),
            Some(theirs) if member(theirs) => None,
            Some(theirs) => node(member(mine), without(mine, theirs)),
        };
        put(&mut left, element.clone(), part);
    }
    left
}

/// What is in both.
pub fn intersection(a: &Set, b: &Set) -> Set {
    let mut both = Set::new();
    for (element, mine) in below(a) {
        if let Some(theirs) = at(b, element) {
            let part = node(member(mine) && member(theirs), intersection(mine, theirs));
            put(&mut both, element.clone(), part);
        }
    }
    both
}

/// The set with every field of an object type that has members below it.
// upstream: fieldpath/set.go EnsureNamedFieldsAreMembers
pub fn with_named_fields(set: &Set, spot: Spot) -> Set {
    let mut all = Set::new();
    for (element, part) in below(set) {
        let (inner, named) = spot.inside(element);
        let deeper = with_named_fields(part, inner);
        let part = node(member(part) || named && !deeper.is_empty(), deeper);
        put(&mut all, element.clone(), part);
    }
    all
}

/// The paths of the set, as upstream prints them: at each level first its members, then what is below.
// upstream: fieldpath/set.go Set.Iterate
pub fn paths(set: &Set) -> Vec<String> {
    let mut out = Vec::new();
    walk(set, "", &mut out);
    out
}

fn walk(set: &Set, above: &str, out: &mut Vec<String>) {
    let path = |element: &str| [above, &super::element::spelled(element)].concat();
    out.extend(
        below(set)
            .filter(|(_, part)| member(part))
            .map(|(element, _)| path(element)),
    );
    for (element, part) in below(set) {
        walk(part, &path(element), out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn set(value: Value) -> Set {
        value.as_object().cloned().unwrap_or_default()
    }

    #[test]
    fn sets_are_joined_and_parted_by_path() {
        let a = set(json!({"f:a": {".": {}, "f:x": {}}, "f:b": {"f:y": {}}}));
        let b = set(json!({"f:a": {"f:x": {}, "f:z": {}}, "f:b": {}}));
        for (name, got, want) in [
            (
                "union",
                union(&a, &b),
                json!({"f:a": {".": {}, "f:x": {}, "f:z": {}}, "f:b": {".": {}, "f:y": {}}}),
            ),
            (
                "difference",
                difference(&a, &b),
                json!({"f:a": {}, "f:b": {"f:y": {}}}),
            ),
            ("without", without(&a, &b), json!({"f:a": {}})),
            (
                "intersection",
                intersection(&a, &b),
                json!({"f:a": {"f:x": {}}}),
            ),
        ] {
            assert_eq!(Value::Object(got), want, "{name}");
        }
    }

    #[test]
    fn paths_print_members_before_what_is_below() {
        let all = set(json!({
            "f:spec": {"f:replicas": {}, "f:containers": {"k:{\"name\":\"a\"}": {".": {}, "f:image": {}}}},
            "f:metadata": {"f:finalizers": {"v:\"x\"": {}}},
        }));
        assert_eq!(
            paths(&all),
            [
                ".metadata.finalizers[=\"x\"]",
                ".spec.replicas",
                ".spec.containers[name=\"a\"]",
                ".spec.containers[name=\"a\"].image",
            ]
        );
    }
}
