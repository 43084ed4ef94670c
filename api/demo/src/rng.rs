//! Chance that repeats: the same draw for the same question, on every machine and in every version.
//!
//! Deliberately our own. A published generator may change its stream with its version, and a stream
//! must be read in order; here a draw is a pure function of *what* is drawn (seed, pupil, day), so
//! that tomorrow's demonstration is today's with one more day. It is no source of secrets.

/// What is being drawn, as a number that is already well mixed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Key(u64);

/// 2^64 divided by the golden ratio, made odd: multiples of it spread evenly over all numbers.
pub(super) const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

impl Key {
    /// Where every draw of a demonstration starts.
    pub(super) const fn new(seed: u64) -> Self {
        Self(0).with(seed)
    }

    /// The key of one of the things under this one.
    pub(super) const fn with(self, number: u64) -> Self {
        Self(mix(self.0 ^ number.wrapping_add(1).wrapping_mul(GOLDEN)))
    }

    /// The key of an academic year under this one.
    pub(super) fn year(self, year: i16) -> Self {
        self.with(u64::from(year.unsigned_abs()))
    }

    /// The key of a named thing under this one.
    pub(super) fn about(self, name: &str) -> Self {
        name.bytes().fold(self, |key, byte| key.with(u64::from(byte)))
    }

    /// All 64 bits of the draw.
    pub(super) const fn bits(self) -> u64 {
        self.0
    }

    /// A number below `end`, which must be below 2^32.
    pub(super) const fn below(self, end: u64) -> u64 {
        ((self.0 >> 32) * end) >> 32
    }

    /// Whether something happens that happens `part` times out of `whole`.
    pub(super) const fn happens(self, part: u64, whole: u64) -> bool {
        self.below(whole) < part
    }

    /// One of the choices; `None` when there is none.
    pub(super) fn pick<T: Copy>(self, choices: &[T]) -> Option<T> {
        let place = usize::try_from(self.below(choices.len() as u64)).ok()?;
        choices.get(place).copied()
    }

    /// One of the choices, each as often as the weight beside it says.
    pub(super) fn weighted<T: Copy>(self, choices: &[(u64, T)]) -> Option<T> {
        let mut left = self.below(choices.iter().map(|(weight, _)| weight).sum());
        for (weight, choice) in choices {
            if left < *weight {
                return Some(*choice);
            }
            left -= weight;
        }
        None
    }
}

/// The finishing step of splitmix64 (Steele, Lea and Flood, 2014): every bit depends on every bit.
const fn mix(n: u64) -> u64 {
    let n = (n ^ (n >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let n = (n ^ (n >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    n ^ (n >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draw_is_the_same_for_ever() {
        assert_eq!(Key::new(1).about("marks").with(7).bits(), 499_571_773_594_057_849);
        assert_eq!(Key::new(1).with(2).below(1000), 138);
    }

    #[test]
    fn draws_are_spread_evenly() {
        let hits = (0..100_000).filter(|n| Key::new(42).with(*n).happens(137, 1000)).count();
        assert!((13_300..14_100).contains(&hits), "{hits} of 13,700");
    }
}
