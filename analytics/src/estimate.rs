//! How sure a rate is, and what it would be elsewhere: estimates, not counts.
//!
//! Whole numbers all the way, with a square root of whole numbers; what comes out are millionths,
//! rounded to the nearest. Nothing that is counted goes through here.

use std::collections::BTreeMap;

/// Some of a whole: sessions absent of those possible, enrolments persistently absent of all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Share {
    /// Some of it.
    pub part: u64,
    /// All of it.
    pub whole: u64,
}

/// Where the rate behind a share lies with 95% confidence, in millionths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interval {
    /// Its lower end.
    pub lower: u32,
    /// Its upper end.
    pub upper: u32,
}

/// One, in the fixed point that is reckoned in.
const ONE: u128 = 1_000_000;

/// The square of the normal deviate of a 95% interval: 1.959964 squared.
const SQUARE: u128 = 3_841_459;

/// What parts of sessions are added up in.
const FINE: u128 = 1_000_000_000;

/// With fewer enrolments, how far pupils differ cannot be seen: each then weighs as one session.
const FEW: usize = 10;

impl Share {
    /// Adds another share of the same kind: pooled, never averaged.
    pub fn add(&mut self, other: Self) {
        self.part += other.part;
        self.whole += other.whole;
    }

    /// The share in millionths; `None` of nothing.
    pub fn millionths(self) -> Option<u32> {
        round(u128::from(self.part) * ONE, u128::from(self.whole))
    }

    /// So many of a whole as there are in this share.
    fn of(self, whole: u64) -> Option<u128> {
        (u128::from(whole) * u128::from(self.part) * FINE).checked_div(self.whole.into())
    }
}

/// The interval of the share that these enrolments have together, each with its own; `None` when
/// they have nothing.
///
/// Wilson's interval for a share of `n`, where `n` is how many independent sessions (or enrolments)
/// those at hand are worth. The sessions of one pupil hang together, so they are worth fewer: as
/// many as give the variance of the ratio between enrolments (a ratio estimate with the enrolment
/// as the cluster). Where each enrolment weighs the same, that is just their number.
pub fn interval(enrolments: &[Share]) -> Option<Interval> {
    let all = pooled(enrolments.iter().copied());
    let (part, whole) = (u128::from(all.part), u128::from(all.whole));
    let n = worth(enrolments, all)?;
    // Wilson's formula, both of its terms times n.
    let middle = part * n / whole + SQUARE / 2;
    let spread = part * (whole - part) * n / (whole * whole) + SQUARE / 4;
    let half = (SQUARE * spread).isqrt();
    let end = |at: u128| round(at * ONE, n + SQUARE);
    let upper = end(middle + half)?.min(1_000_000);
    Some(Interval { lower: end(middle.saturating_sub(half))?, upper })
}

/// How many independent sessions those of the enrolments are worth, in millionths; `None` without
/// any.
fn worth(enrolments: &[Share], all: Share) -> Option<u128> {
    let (part, whole) = (u128::from(all.part), u128::from(all.whole));
    let there = enrolments.iter().filter(|share| share.whole > 0);
    let count = there.clone().count();
    // How far each is from what it would have at the common rate, times the whole.
    let off =
        |share: &Share| (u128::from(share.part) * whole).abs_diff(part * u128::from(share.whole));
    let squares: u128 = there.map(|share| off(share) * off(share)).sum();
    let alone = u128::try_from(count).ok()? * ONE;
    if count < FEW || squares == 0 {
        return (count > 0).then_some(alone);
    }
    Some((part * (whole - part) * whole * whole * ONE / squares).clamp(ONE, whole * ONE))
}

/// The shares of some groups, by group.
pub(crate) type Shares<G> = BTreeMap<G, Share>;

/// What a school's rate would be if each of its groups had the rate that the group has everywhere:
/// indirect standardisation. `None` when it has nothing.
pub(crate) fn expected<G: Ord>(school: &Shares<G>, everywhere: &Shares<G>) -> Option<u32> {
    let whole: u64 = school.values().map(|share| share.whole).sum();
    let part = |(group, share): (&G, &Share)| everywhere.get(group)?.of(share.whole);
    let part: u128 = school.iter().filter_map(part).sum();
    round(part, u128::from(whole) * FINE / ONE)
}

/// What the rate would be everywhere if each group had the rate that it has in the school: direct
/// standardisation. `None` when the school has nothing of some group.
pub(crate) fn direct<G: Ord>(school: &Shares<G>, everywhere: &Shares<G>) -> Option<u32> {
    let present = everywhere.iter().filter(|(_, share)| share.whole > 0);
    let whole: u64 = present.clone().map(|(_, share)| share.whole).sum();
    let part = |(group, share): (&G, &Share)| school.get(group)?.of(share.whole);
    let part: Option<u128> = present.map(part).sum();
    round(part?, u128::from(whole) * FINE / ONE)
}

/// Shares added up.
pub(crate) fn pooled(shares: impl Iterator<Item = Share>) -> Share {
    let mut all = Share::default();
    shares.for_each(|share| all.add(share));
    all
}

/// A quotient, rounded to the nearest; `None` of nothing.
fn round(part: u128, whole: u128) -> Option<u32> {
    (part + whole / 2).checked_div(whole).and_then(|rounded| u32::try_from(rounded).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(part: u64, whole: u64) -> Share {
        Share { part, whole }
    }

    #[test]
    fn of_enrolments_it_is_wilsons_interval() {
        // 8 of 40: 20%, from 10.5% to 34.8% (Wilson 1927, as in any table of it).
        let enrolments: Vec<Share> = (0..40).map(|n| share(u64::from(n < 8), 1)).collect();
        assert_eq!(interval(&enrolments), Some(Interval { lower: 105_000, upper: 347_573 }));
    }

    #[test]
    fn the_sessions_of_few_pupils_say_less_than_as_many_of_many() {
        let width =
            |enrolments: &[Share]| interval(enrolments).map(|one| one.upper - one.lower).unwrap();
        // 10% of 4,000 sessions: one pupil in ten always absent, or everybody now and then.
        let lumped: Vec<Share> = (0..40).map(|n| share(if n < 4 { 100 } else { 0 }, 100)).collect();
        let spread: Vec<Share> = (0..40).map(|n| share(5 + 10 * (n % 2), 100)).collect();
        assert!(width(&lumped) > 5 * width(&spread));
        // And four pupils, however alike, say little.
        assert!(width(&[share(10, 100); 4]) > 400_000);
        assert_eq!(interval(&[]), None);
        assert_eq!(interval(&[share(0, 0)]), None);
    }

    #[test]
    fn standardised_rates_are_those_worked_out_by_hand() {
        let everywhere = Shares::from([("poor", share(20, 100)), ("rich", share(10, 200))]);
        let school = Shares::from([("poor", share(15, 60)), ("rich", share(2, 40))]);
        // 60 of 100 with 20% and 40 with 5%: 14 of 100 are expected; 17 were found.
        assert_eq!(expected(&school, &everywhere), Some(140_000));
        // A third poor with 25%, two thirds rich with 5%.
        assert_eq!(direct(&school, &everywhere), Some(116_667));
        let poor = Shares::from([("poor", share(15, 60))]);
        assert_eq!(
            (expected(&poor, &everywhere), direct(&poor, &everywhere)),
            (Some(200_000), None)
        );
        assert_eq!(expected(&Shares::new(), &everywhere), None);
    }
}
