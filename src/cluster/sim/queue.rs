//! The queue of due work, ordered by time and then by the order of asking.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use podarium_api::meta::Time;

use super::RecordId;

/// Work that is due at an instant.
#[derive(Clone, Debug)]
pub struct Due<W> {
    /// When.
    pub time: Time,
    /// The event that asked for it.
    pub cause: Option<RecordId>,
    /// What.
    pub work: W,
}

#[derive(Clone, Debug)]
struct Entry<W> {
    time: Time,
    sequence: u64,
    cause: Option<RecordId>,
    work: W,
}

impl<W> Entry<W> {
    fn order(&self) -> (Time, u64) {
        (self.time, self.sequence)
    }
}
impl<W> PartialEq for Entry<W> {
    fn eq(&self, other: &Self) -> bool {
        self.order() == other.order()
    }
}
impl<W> Eq for Entry<W> {}
impl<W> PartialOrd for Entry<W> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<W> Ord for Entry<W> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.order().cmp(&other.order())
    }
}

/// A priority queue of work.
#[derive(Clone, Debug)]
pub struct Queue<W> {
    heap: BinaryHeap<Reverse<Entry<W>>>,
    sequence: u64,
}

impl<W> Default for Queue<W> {
    fn default() -> Self {
        Queue {
            heap: BinaryHeap::new(),
            sequence: 0,
        }
    }
}

impl<W> Queue<W> {
    /// Adds work; among work for one instant, first asked is first done.
    pub fn push(&mut self, time: Time, cause: Option<RecordId>, work: W) {
        self.sequence += 1;
        self.heap.push(Reverse(Entry {
            time,
            sequence: self.sequence,
            cause,
            work,
        }));
    }

    /// When the next work is due.
    pub fn next_time(&self) -> Option<Time> {
        self.heap.peek().map(|Reverse(e)| e.time)
    }

    /// Takes the next work if it is due by `until`.
    pub fn pop(&mut self, until: Time) -> Option<Due<W>> {
        if self.next_time()? > until {
            return None;
        }
        let Reverse(Entry {
            time, cause, work, ..
        }) = self.heap.pop()?;
        Some(Due { time, cause, work })
    }

    /// How much work waits.
    pub fn len(&self) -> usize {
        self.heap.len()
    }

    /// Whether no work waits.
    pub fn is_empty(&self) -> bool {
        self.heap.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_comes_by_time_then_by_order_of_asking() {
        let mut queue = Queue::default();
        for (time, work) in [(5, "c"), (1, "a"), (5, "d"), (1, "b")] {
            queue.push(Time(time), None, work);
        }
        assert_eq!(queue.pop(Time(0)).map(|d| d.work), None);
        let all: Vec<_> = std::iter::from_fn(|| queue.pop(Time(9)).map(|d| d.work)).collect();
        assert_eq!(all, ["a", "b", "c", "d"]);
    }
}
