//! Ordered maps and sets whose clones share what they have in common: history keeps a checkpoint of every index.
//!
//! Sorted chunks behind `Arc`s. A general B-tree does the same in ten times the code for every pair of key and value,
//! and the page is downloaded before it runs: with two dozen such pairs that was a fifth of the orchestrator.

mod set;

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::ops::RangeFrom;
use std::slice;
use std::sync::Arc;

pub use set::OrdSet;

/// The most entries in a chunk: what is moved by an insertion, and copied by the first write after a clone.
const MOST: usize = 32;

type Chunk<K, V> = Arc<Vec<(K, V)>>;

/// A map ordered by key. A clone costs one count for every 32 entries, and the first write to a chunk after it copies that
/// chunk; look-ups are two binary searches.
pub struct OrdMap<K, V> {
    /// Between chunk n and chunk n + 1 stands fence n: greater than the keys before it, no greater than those after it. A
    /// search reads these alone, which lie together in memory, until it has its chunk.
    fences: Arc<Vec<K>>,
    /// None is empty.
    chunks: Vec<Chunk<K, V>>,
    len: usize,
}

impl<K, V> OrdMap<K, V> {
    /// An empty map.
    pub fn new() -> Self {
        OrdMap {
            fences: Arc::default(),
            chunks: Vec::new(),
            len: 0,
        }
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// All entries in the order of their keys.
    pub fn iter(&self) -> Iter<'_, K, V> {
        Iter {
            now: [].iter(),
            rest: self.chunks.iter(),
        }
    }

    /// All keys in order.
    pub fn keys(&self) -> impl Iterator<Item = &K> {
        self.iter().map(|(key, _)| key)
    }

    /// All values in the order of their keys.
    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.iter().map(|(_, value)| value)
    }

    /// The entry with the least key.
    pub fn first(&self) -> Option<(&K, &V)> {
        self.iter().next()
    }
}

impl<K: Ord, V> OrdMap<K, V> {
    /// The chunk where `key` belongs, and its place in there: `Ok` where it is, `Err` where it would be.
    fn find<Q: Ord + ?Sized>(&self, key: &Q) -> (usize, Result<usize, usize>)
    where
        K: Borrow<Q>,
    {
        let before = |fence: &K| fence.borrow().cmp(key) != Ordering::Greater;
        let at = self.fences.partition_point(before);
        let place = self.chunks.get(at).map_or(Err(0), |chunk| {
            chunk.binary_search_by(|(k, _)| k.borrow().cmp(key))
        });
        (at, place)
    }

    /// The entry of `key`, with the key as the map keeps it.
    pub fn get_key_value<Q: Ord + ?Sized>(&self, key: &Q) -> Option<(&K, &V)>
    where
        K: Borrow<Q>,
    {
        let (at, place) = self.find(key);
        let (key, value) = &self.chunks.get(at)?[place.ok()?];
        Some((key, value))
    }

    /// The value of `key`.
    pub fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.get_key_value(key).map(|(_, value)| value)
    }

    /// Whether `key` has a value.
    pub fn contains_key<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.find(key).1.is_ok()
    }

    /// The entries from that key on, itself included.
    pub fn range<Q: Ord>(&self, from: RangeFrom<Q>) -> Iter<'_, K, V>
    where
        K: Borrow<Q>,
    {
        let (at, place) = self.find(&from.start);
        let (Ok(place) | Err(place)) = place;
        let mut rest = self.chunks.get(at..).unwrap_or_default().iter();
        let now = rest.next().map_or([].iter(), |c| c[place..].iter());
        Iter { now, rest }
    }
}

impl<K: Ord + Clone, V: Clone> OrdMap<K, V> {
    fn chunk(&mut self, at: usize) -> &mut Vec<(K, V)> {
        Arc::make_mut(&mut self.chunks[at])
    }

    /// Puts in an entry that is not there, where `find` said; where it came to be.
    fn place(&mut self, mut at: usize, mut place: usize, key: K, value: V) -> (usize, usize) {
        if self.chunks.is_empty() {
            self.chunks.push(Arc::default());
        }
        if self.chunks[at].len() == MOST {
            // Keys often come in order, and then chunks stay full.
            let left = if place == MOST { MOST } else { MOST / 2 };
            let rest = self.chunk(at).split_off(left);
            let fence = rest.first().map_or(&key, |(first, _)| first);
            Arc::make_mut(&mut self.fences).insert(at, fence.clone());
            // What comes right before the fence belongs to the left of it.
            let goes_right = rest.is_empty() || place > left;
            self.chunks.insert(at + 1, Arc::new(rest));
            if goes_right {
                (at, place) = (at + 1, place - left);
            }
        }
        self.chunk(at).insert(place, (key, value));
        self.len += 1;
        (at, place)
    }

    /// Sets the value of `key`, and gives the one before.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        match self.find(&key) {
            (at, Ok(place)) => Some(std::mem::replace(&mut self.chunk(at)[place].1, value)),
            (at, Err(place)) => {
                self.place(at, place, key, value);
                None
            }
        }
    }

    /// Takes out the value of `key`.
    pub fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let (at, Ok(place)) = self.find(key) else {
            return None;
        };
        let chunk = self.chunk(at);
        let (_, value) = chunk.remove(place);
        let left = chunk.len();
        self.len -= 1;
        if left == 0 {
            self.drop_chunk(at);
        } else if left < MOST / 4
            && let Some(next) = self.chunks.get(at + 1)
            && next.len() <= MOST / 2
        {
            let next = Arc::unwrap_or_clone(self.drop_chunk(at + 1));
            self.chunk(at).extend(next);
        }
        Some(value)
    }

    /// Takes out a chunk and the fence before it, or behind it where it is the first.
    fn drop_chunk(&mut self, at: usize) -> Chunk<K, V> {
        if !self.fences.is_empty() {
            Arc::make_mut(&mut self.fences).remove(at.saturating_sub(1));
        }
        self.chunks.remove(at)
    }

    /// The value of `key`, to change.
    pub fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        let (at, place) = self.find(key);
        let place = place.ok()?;
        Some(&mut self.chunk(at)[place].1)
    }

    /// All entries, their values to change. Unshares everything.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&K, &mut V)> {
        let chunks = self.chunks.iter_mut();
        chunks.flat_map(|c| Arc::make_mut(c).iter_mut().map(|(k, v)| (&*k, v)))
    }

    /// All values, to change. Unshares everything.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.iter_mut().map(|(_, value)| value)
    }

    /// The place of `key`, to be filled if it is empty.
    pub fn entry(&mut self, key: K) -> Entry<'_, K, V> {
        Entry { map: self, key }
    }

    /// Keeps the entries for which `keep` is true. Asks for each once, in no promised order.
    pub fn retain(&mut self, mut keep: impl FnMut(&K, &V) -> bool) {
        for at in (0..self.chunks.len()).rev() {
            let chunk = &mut self.chunks[at];
            // Reading does not unshare; most passes remove nothing.
            if let Some(first) = chunk.iter().position(|(k, v)| !keep(k, v)) {
                let mut place = 0;
                Arc::make_mut(chunk).retain(|(k, v)| {
                    place += 1;
                    // What was asked above is not asked again.
                    match (place - 1).cmp(&first) {
                        Ordering::Less => true,
                        Ordering::Equal => false,
                        Ordering::Greater => keep(k, v),
                    }
                });
                if chunk.is_empty() {
                    self.drop_chunk(at);
                }
            }
        }
        self.len = self.chunks.iter().map(|c| c.len()).sum();
    }
}

/// A key's place in a map, there or not yet.
pub struct Entry<'a, K, V> {
    map: &'a mut OrdMap<K, V>,
    key: K,
}

impl<'a, K: Ord + Clone, V: Clone> Entry<'a, K, V> {
    /// The value, set to `new()` first if there is none.
    pub fn or_insert_with(self, new: impl FnOnce() -> V) -> &'a mut V {
        let (at, place) = match self.map.find(&self.key) {
            (at, Ok(place)) => (at, place),
            (at, Err(place)) => self.map.place(at, place, self.key, new()),
        };
        &mut self.map.chunk(at)[place].1
    }

    /// The value, set to `value` first if there is none.
    pub fn or_insert(self, value: V) -> &'a mut V {
        self.or_insert_with(|| value)
    }

    /// The value, set to the default first if there is none.
    pub fn or_default(self) -> &'a mut V
    where
        V: Default,
    {
        self.or_insert_with(V::default)
    }
}

/// The entries of a map, in order.
pub struct Iter<'a, K, V> {
    now: slice::Iter<'a, (K, V)>,
    rest: slice::Iter<'a, Chunk<K, V>>,
}

impl<'a, K, V> Iterator for Iter<'a, K, V> {
    type Item = (&'a K, &'a V);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some((key, value)) = self.now.next() {
                return Some((key, value));
            }
            self.now = self.rest.next()?.iter();
        }
    }
}

impl<K, V> Clone for Iter<'_, K, V> {
    fn clone(&self) -> Self {
        Iter {
            now: self.now.clone(),
            rest: self.rest.clone(),
        }
    }
}

impl<'a, K, V> IntoIterator for &'a OrdMap<K, V> {
    type Item = (&'a K, &'a V);
    type IntoIter = Iter<'a, K, V>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<K: Ord + Clone, V: Clone> IntoIterator for OrdMap<K, V> {
    type Item = (K, V);
    type IntoIter = std::vec::IntoIter<(K, V)>;

    fn into_iter(self) -> Self::IntoIter {
        let mut all = Vec::with_capacity(self.len);
        for chunk in self.chunks {
            all.extend(Arc::unwrap_or_clone(chunk));
        }
        all.into_iter()
    }
}

impl<K: Ord + Borrow<Q>, V, Q: Ord + ?Sized> std::ops::Index<&Q> for OrdMap<K, V> {
    type Output = V;

    /// The value of a key that is there.
    fn index(&self, key: &Q) -> &V {
        self.get(key)
            .expect("who indexes knows the key to be there")
    }
}

impl<K: Ord + Clone, V: Clone> Extend<(K, V)> for OrdMap<K, V> {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, entries: I) {
        for (key, value) in entries {
            self.insert(key, value);
        }
    }
}

impl<K: Ord + Clone, V: Clone> FromIterator<(K, V)> for OrdMap<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let mut map = OrdMap::new();
        map.extend(entries);
        map
    }
}

impl<K, V> Clone for OrdMap<K, V> {
    fn clone(&self) -> Self {
        OrdMap {
            fences: self.fences.clone(),
            chunks: self.chunks.clone(),
            len: self.len,
        }
    }
}

impl<K, V> Default for OrdMap<K, V> {
    fn default() -> Self {
        OrdMap::new()
    }
}

impl<K: PartialEq, V: PartialEq> PartialEq for OrdMap<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.len == other.len && self.iter().eq(other.iter())
    }
}

impl<K: std::fmt::Debug, V: std::fmt::Debug> std::fmt::Debug for OrdMap<K, V> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_map().entries(self).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    /// Numbers that look random and are the same every time.
    fn numbers(mut seed: u64) -> impl FnMut(u64) -> u64 {
        move |below| {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            seed % below
        }
    }

    fn same(map: &OrdMap<u64, u64>, model: &BTreeMap<u64, u64>) {
        assert_eq!(map.len(), model.len());
        assert!(map.iter().eq(model.iter()));
        assert!(map.chunks.iter().all(|c| (1..=MOST).contains(&c.len())));
        assert_eq!(map.fences.len(), map.chunks.len().saturating_sub(1));
        for (fence, pair) in map.fences.iter().zip(map.chunks.windows(2)) {
            assert!(pair[0].iter().all(|(key, _)| key < fence));
            assert!(pair[1].iter().all(|(key, _)| key >= fence));
        }
    }

    #[test]
    fn does_what_the_standard_map_does() {
        for (seed, keys) in [(1, 20), (2, 200), (3, 2_000), (4, 100_000)] {
            let mut any = numbers(seed);
            let (mut map, mut model) = (OrdMap::new(), BTreeMap::new());
            for step in 0..6_000 {
                // Growing first, then shrinking, so that chunks split and join.
                let (key, grow) = (any(keys), any(10) < if step < 3_000 { 8 } else { 2 });
                match (grow, any(4)) {
                    (true, 0) => *map.entry(key).or_insert(7) += 1,
                    (true, _) => assert_eq!(map.insert(key, step), model.insert(key, step)),
                    (false, _) => assert_eq!(map.remove(&key), model.remove(&key)),
                }
                if grow && map.get(&key) != model.get(&key) {
                    *model.entry(key).or_insert(7) += 1;
                }
                assert_eq!(map.get(&key), model.get(&key));
                assert_eq!(map.contains_key(&key), model.contains_key(&key));
                let from = any(keys);
                assert!(map.range(from..).take(40).eq(model.range(from..).take(40)));
                assert_eq!(map.first(), model.first_key_value());
            }
            same(&map, &model);
            map.retain(|key, value| (key + value) % 3 == 0);
            model.retain(|key, value| (*key + *value) % 3 == 0);
            same(&map, &model);
            map.values_mut().for_each(|v| *v *= 2);
            model.values_mut().for_each(|v| *v *= 2);
            same(&map, &model);
            assert!(map.into_iter().eq(model));
        }
    }

    #[test]
    fn a_clone_is_not_changed_by_what_happens_to_the_other() {
        let mut map: OrdMap<u64, u64> = (0..500).map(|n| (n * 7 % 500, n)).collect();
        let (kept, before) = (map.clone(), map.iter().map(|(k, v)| (*k, *v)).collect());
        for n in (0..500).step_by(3) {
            map.remove(&n);
            map.insert(600 + n, n);
        }
        *map.get_mut(&1).unwrap() = 0;
        map.retain(|key, _| key % 2 == 1);
        same(&kept, &before);
        assert_ne!(kept, map);
    }

    #[test]
    fn a_pass_that_removes_nothing_shares_everything_still() {
        let mut map: OrdMap<u64, u64> = (0..500).map(|n| (n, n)).collect();
        let kept = map.clone();
        map.retain(|_, _| true);
        let shared = |(a, b): (&Chunk<_, _>, &Chunk<_, _>)| Arc::ptr_eq(a, b);
        assert!(map.chunks.iter().zip(&kept.chunks).all(shared));
    }

    #[test]
    fn keys_that_come_in_order_fill_their_chunks() {
        let map: OrdMap<u64, ()> = (0..MOST as u64 * 10).map(|n| (n, ())).collect();
        assert_eq!(map.chunks.len(), 10);
    }
}
