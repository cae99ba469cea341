//! Seeded randomness: the only source of chance in the cluster.

/// A small deterministic generator (SplitMix64). Cloning it forks the future, not the past.
#[derive(Clone, Debug)]
pub struct Rng(u64);

impl Rng {
    /// A generator that is the same for the same seed everywhere.
    pub fn new(seed: u64) -> Self {
        Rng(seed)
    }

    /// An independent generator for the part of the cluster that `label` names, so that what one part draws never
    /// shifts what another draws.
    pub fn stream(seed: u64, label: &str) -> Self {
        let mixed = label.bytes().fold(seed ^ 0x9e37_79b9_7f4a_7c15, |h, b| {
            (h ^ u64::from(b)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        let mut rng = Rng(mixed);
        rng.next();
        rng
    }

    /// 64 fresh bits.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number in `0..n`; 0 when `n` is 0.
    pub fn below(&mut self, n: u64) -> u64 {
        // Multiply-shift: the bias for n far below 2^64 is far below anything that a simulation could show.
        ((u128::from(self.next()) * u128::from(n)) >> 64) as u64
    }

    /// A number in `0.0..1.0`.
    pub fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// `span` shortened or lengthened by up to `percent` per cent.
    pub fn jitter(
        &mut self,
        span: podarium_api::meta::Span,
        percent: u64,
    ) -> podarium_api::meta::Span {
        let width = span.0 * percent / 100;
        podarium_api::meta::Span(span.0 - width + self.below(2 * width + 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use podarium_api::meta::Span;

    #[test]
    fn the_same_seed_draws_the_same_numbers_everywhere() {
        let mut rng = Rng::new(7);
        let drawn: Vec<_> = (0..3).map(|_| rng.next()).collect();
        assert_eq!(
            drawn,
            [
                7_191_089_600_892_374_487,
                309_689_372_594_955_804,
                16_616_101_746_815_609_346
            ]
        );
    }

    #[test]
    fn streams_do_not_follow_each_other() {
        let (mut a, mut b) = (Rng::stream(7, "a"), Rng::stream(7, "b"));
        assert_ne!(a.next(), b.next());
    }

    #[test]
    fn draws_stay_in_their_range() {
        let mut rng = Rng::new(1);
        assert_eq!(rng.below(0), 0);
        for _ in 0..1_000 {
            assert!(rng.below(3) < 3);
            assert!((0.0..1.0).contains(&rng.unit()));
            let s = rng.jitter(Span::millis(10), 20);
            assert!((8_000..=12_000).contains(&s.0));
        }
    }
}
