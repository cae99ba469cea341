//! A range of numbers of which some are taken; unasked-for ones come from its upper part first.

use podarium_api::ordered::OrdSet;

use crate::sim::Rng;

/// Why a wanted number is not to be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Somebody has it.
    Taken,
    /// It is no number of the range.
    OutOfRange,
    /// There is none left.
    Full,
}

/// The range.
#[derive(Clone, Debug)]
pub struct Pool {
    first: u32,
    last: u32,
    /// How many numbers from `first` on are left for people who ask for them.
    reserved: u32,
    taken: OrdSet<u32>,
    rng: Rng,
}

impl Pool {
    /// The numbers from `first` to `last`, of which the lowest `reserved` are given unasked only when the others are gone.
    pub fn new(first: u32, last: u32, reserved: u32, rng: Rng) -> Self {
        Pool {
            first,
            last,
            reserved,
            taken: OrdSet::new(),
            rng,
        }
    }

    /// Takes this number.
    pub fn take(&mut self, number: u32) -> Result<(), Refusal> {
        if !(self.first..=self.last).contains(&number) {
            return Err(Refusal::OutOfRange);
        }
        match self.taken.insert(number) {
            true => Ok(()),
            false => Err(Refusal::Taken),
        }
    }

    /// Takes any number: the next free one after a random start in the upper band, else of the lower.
    ///
    /// upstream: pkg/registry/core/service/ipallocator/ipallocator.go allocateFromRange
    pub fn take_any(&mut self) -> Result<u32, Refusal> {
        let upper = self.first + self.reserved;
        for (from, to) in [(upper, self.last), (self.first, upper - 1)] {
            let width = to - from + 1;
            let start = self.rng.below(width.into()) as u32;
            let free = (0..width)
                .map(|i| from + (start + i) % width)
                .find(|n| !self.taken.contains(n));
            if let Some(number) = free {
                self.taken.insert(number);
                return Ok(number);
            }
        }
        Err(Refusal::Full)
    }

    /// Gives a number back.
    pub fn release(&mut self, number: u32) {
        self.taken.remove(&number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_upper_band_goes_first_and_the_lower_when_it_is_gone() {
        let mut pool = Pool::new(10, 19, 4, Rng::new(7));
        assert_eq!(pool.take(11), Ok(()));
        assert_eq!(pool.take(11), Err(Refusal::Taken));
        assert_eq!(pool.take(20), Err(Refusal::OutOfRange));
        let mut upper: Vec<_> = (0..6).map(|_| pool.take_any().unwrap()).collect();
        upper.sort_unstable();
        assert_eq!(upper, [14, 15, 16, 17, 18, 19]);
        let mut lower: Vec<_> = (0..3).map(|_| pool.take_any().unwrap()).collect();
        lower.sort_unstable();
        assert_eq!(lower, [10, 12, 13]);
        assert_eq!(pool.take_any(), Err(Refusal::Full));
        pool.release(16);
        assert_eq!(pool.take_any(), Ok(16));
    }
}
