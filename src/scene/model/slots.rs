//! Which pod sits where on its node: a pod keeps its slot for life, and a freed slot goes to the next that comes.

use podarium_api::meta::Str;
use podarium_api::object::Key;
use podarium_api::ordered::OrdMap;

/// Slots by node; those of the waiting row are kept under no node.
#[derive(Clone, Debug, Default)]
pub struct Slots {
    by_node: OrdMap<Option<Str>, Vec<Option<Key>>>,
    of_pod: OrdMap<Key, usize>,
}

impl Slots {
    /// Gives a pod the first free slot.
    pub fn take(&mut self, node: Option<&Str>, pod: &Key) -> usize {
        let slots = self.by_node.entry(node.cloned()).or_default();
        let index = slots
            .iter()
            .position(Option::is_none)
            .unwrap_or(slots.len());
        if index == slots.len() {
            slots.push(None);
        }
        slots[index] = Some(pod.clone());
        self.of_pod.insert(pod.clone(), index);
        index
    }

    /// Frees a pod's slot.
    pub fn free(&mut self, node: Option<&Str>, pod: &Key) {
        let Some(index) = self.of_pod.remove(pod) else {
            return;
        };
        if let Some(slots) = self.by_node.get_mut(&node.cloned()) {
            slots[index] = None;
            // Gaps at the end are no slots: the layout may grow large again.
            while slots.last().is_some_and(Option::is_none) {
                slots.pop();
            }
            if slots.is_empty() {
                self.by_node.remove(&node.cloned());
            }
        }
    }

    /// The slots of a node, up to the last that is taken.
    pub fn of(&self, node: Option<&Str>) -> &[Option<Key>] {
        self.by_node.get(&node.cloned()).map_or(&[], Vec::as_slice)
    }

    /// The slot of a pod that sits on `node`.
    pub fn find(&self, node: Option<&Str>, pod: &Key) -> Option<usize> {
        let index = *self.of_pod.get(pod)?;
        (self.of(node).get(index)?.as_ref() == Some(pod)).then_some(index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use podarium_api::kinds::KindId;

    #[test]
    fn freed_slots_are_used_again_and_nobody_moves() {
        let node: Str = "n".into();
        let pod = |name: &str| Key::new(KindId::POD, "default", name);
        let mut slots = Slots::default();
        for (i, name) in ["a", "b", "c"].into_iter().enumerate() {
            assert_eq!(slots.take(Some(&node), &pod(name)), i);
        }
        slots.free(Some(&node), &pod("b"));
        assert_eq!(slots.find(Some(&node), &pod("c")), Some(2));
        assert_eq!(slots.take(Some(&node), &pod("d")), 1);
        slots.free(Some(&node), &pod("c"));
        assert_eq!(slots.of(Some(&node)).len(), 2);
        assert_eq!(slots.take(None, &pod("w")), 0);
        assert_eq!(slots.find(Some(&node), &pod("w")), None);
    }
}
