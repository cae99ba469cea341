//! Sorting once for all types: the standard library's sort is some 4 KiB of Wasm for every type and order.

use std::cmp::Ordering;

/// Sorts `list` by `order`, keeping the order of equals. Takes n log n comparisons, and one number per element besides.
pub fn by<T>(list: &mut [T], mut order: impl FnMut(&T, &T) -> Ordering) {
    if list.is_sorted_by(|a, b| order(a, b) != Ordering::Greater) {
        return;
    }
    let mut from: Vec<u32> = (0..list.len() as u32).collect();
    merge(&mut from, &mut |a, b| {
        order(&list[a as usize], &list[b as usize]) != Ordering::Greater
    });
    // `from[i]` says what belongs at i; what is done says that it is its own.
    for start in 0..from.len() {
        let mut place = start;
        loop {
            let source = std::mem::replace(&mut from[place], place as u32) as usize;
            if source == start {
                break;
            }
            list.swap(place, source);
            place = source;
        }
    }
}

/// Sorts `list` by what `key` gives for each element, keeping the order of equals.
pub fn by_key<T, K: Ord>(list: &mut [T], mut key: impl FnMut(&T) -> K) {
    by(list, |a, b| key(a).cmp(&key(b)));
}

/// Sorts `list` by its elements' own order.
pub fn natural<T: Ord>(list: &mut [T]) {
    by(list, T::cmp);
}

/// Sorts numbers with `fits(a, b)` as "a may stand before b".
fn merge(list: &mut [u32], fits: &mut dyn FnMut(u32, u32) -> bool) {
    let (mut from, mut to) = (list.to_vec(), list.to_vec());
    let mut width = 1;
    while width < list.len() {
        for (block, out) in from.chunks(width * 2).zip(to.chunks_mut(width * 2)) {
            let (mut left, mut right) = block.split_at(width.min(block.len()));
            for place in out {
                let takes_left = match (left.first(), right.first()) {
                    (Some(a), Some(b)) => fits(*a, *b),
                    (a, _) => a.is_some(),
                };
                let side = if takes_left { &mut left } else { &mut right };
                *place = side[0];
                *side = &side[1..];
            }
        }
        std::mem::swap(&mut from, &mut to);
        width *= 2;
    }
    list.copy_from_slice(&from);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorts_as_the_standard_library_does_and_keeps_equals_in_order() {
        let mut seed = 7_u64;
        for len in (0..70).chain([255, 256, 257, 1_000]) {
            let mut list: Vec<(u64, usize)> = (0..len)
                .map(|i| {
                    seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    (seed >> 33 & 15, i)
                })
                .collect();
            let mut expected = list.clone();
            expected.sort_by_key(|(n, _)| *n);
            by_key(&mut list, |(n, _)| *n);
            assert_eq!(list, expected);
            natural(&mut list);
            assert!(list.is_sorted());
        }
    }

    #[test]
    fn moves_what_cannot_be_copied() {
        let mut words: Vec<String> = ["pod", "node", "service", "a"].map(String::from).into();
        by(&mut words, |a, b| b.cmp(a));
        assert_eq!(words, ["service", "pod", "node", "a"]);
    }
}
