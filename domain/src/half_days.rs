//! A set of half days of one register year, as 744 bits.

use crate::{HALF_DAYS, HalfDay};

/// Words of 64 bits that hold 744.
const WORDS: usize = HALF_DAYS.div_ceil(64);

/// A set of half days of a register year. Two sets may only be combined when they are of the same
/// year: a position means another date in another year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct HalfDaySet([u64; WORDS]);

impl HalfDaySet {
    /// The empty set.
    pub const fn new() -> Self {
        Self([0; WORDS])
    }

    /// All half days from `from` to `to`, both included; empty when `to` comes first.
    pub fn range(from: HalfDay, to: HalfDay) -> Self {
        HalfDay::all().filter(|half_day| from <= *half_day && *half_day <= to).collect()
    }

    /// Whether the half day is in the set.
    pub const fn contains(&self, half_day: HalfDay) -> bool {
        let (word, bit) = place(half_day);
        self.0[word] & bit != 0
    }

    /// Puts the half day in.
    pub const fn insert(&mut self, half_day: HalfDay) {
        let (word, bit) = place(half_day);
        self.0[word] |= bit;
    }

    /// Takes the half day out.
    pub const fn remove(&mut self, half_day: HalfDay) {
        let (word, bit) = place(half_day);
        self.0[word] &= !bit;
    }

    /// How many half days are in the set.
    pub fn count(&self) -> u32 {
        self.0.iter().map(|word| word.count_ones()).sum()
    }

    /// Whether the set is empty.
    pub fn is_empty(&self) -> bool {
        *self == Self::new()
    }

    /// The earliest half day of the set.
    pub fn first(&self) -> Option<HalfDay> {
        let (word, bits) = (0_u16..).zip(&self.0).find(|(_, bits)| **bits != 0)?;
        HalfDay::at(word * 64 + u16::try_from(bits.trailing_zeros()).ok()?)
    }

    /// The latest half day of the set.
    pub fn last(&self) -> Option<HalfDay> {
        let (word, bits) = (0_u16..).zip(&self.0).filter(|(_, bits)| **bits != 0).last()?;
        HalfDay::at(word * 64 + u16::try_from(bits.ilog2()).ok()?)
    }

    /// The half days in order.
    pub fn iter(&self) -> impl Iterator<Item = HalfDay> + '_ {
        HalfDay::all().filter(|half_day| self.contains(*half_day))
    }

    /// The half days that are in both sets.
    pub fn intersection(&self, other: &Self) -> Self {
        self.combine(other, |a, b| a & b)
    }

    /// The half days that are in either set.
    pub fn union(&self, other: &Self) -> Self {
        self.combine(other, |a, b| a | b)
    }

    /// The half days of this set that are not in the other.
    pub fn without(&self, other: &Self) -> Self {
        self.combine(other, |a, b| a & !b)
    }

    fn combine(&self, other: &Self, word: impl Fn(u64, u64) -> u64) -> Self {
        Self(std::array::from_fn(|i| word(self.0[i], other.0[i])))
    }
}

impl FromIterator<HalfDay> for HalfDaySet {
    fn from_iter<I: IntoIterator<Item = HalfDay>>(half_days: I) -> Self {
        let mut set = Self::new();
        half_days.into_iter().for_each(|half_day| set.insert(half_day));
        set
    }
}

/// The word and the bit of a half day. A position is below 744, so the word always exists.
const fn place(half_day: HalfDay) -> (usize, u64) {
    (half_day.position() / 64, 1 << (half_day.position() % 64))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::collection::{btree_set, vec};
    use proptest::prelude::*;

    use super::*;

    fn any_half_day() -> impl Strategy<Value = HalfDay> {
        (0..744_u16).prop_map(|position| HalfDay::at(position).unwrap())
    }

    fn model(set: &HalfDaySet) -> BTreeSet<HalfDay> {
        set.iter().collect()
    }

    proptest! {
        #[test]
        fn inserting_and_removing_agree_with_a_plain_set(
            changes in vec((any_half_day(), any::<bool>()), 0..100),
        ) {
            let (mut set, mut expected) = (HalfDaySet::new(), BTreeSet::new());
            for (half_day, put_in) in changes {
                if put_in {
                    set.insert(half_day);
                    expected.insert(half_day);
                } else {
                    set.remove(half_day);
                    expected.remove(&half_day);
                }
                prop_assert_eq!(set.contains(half_day), put_in);
            }
            prop_assert_eq!(set.count() as usize, expected.len());
            prop_assert_eq!(set.is_empty(), expected.is_empty());
            prop_assert_eq!(set.first(), expected.first().copied());
            prop_assert_eq!(set.last(), expected.last().copied());
            prop_assert!(set.iter().eq(expected));
        }

        #[test]
        fn combining_agrees_with_plain_sets(
            a in btree_set(any_half_day(), 0..100),
            b in btree_set(any_half_day(), 0..100),
        ) {
            let (set, other): (HalfDaySet, HalfDaySet) =
                (a.iter().copied().collect(), b.iter().copied().collect());
            prop_assert_eq!(model(&set.union(&other)), &a | &b);
            prop_assert_eq!(model(&set.intersection(&other)), &a & &b);
            prop_assert_eq!(model(&set.without(&other)), &a - &b);
        }

        #[test]
        fn a_range_holds_both_ends_and_all_between(from in any_half_day(), to in any_half_day()) {
            let range = HalfDaySet::range(from, to);
            let expected = (to.position() + 1).saturating_sub(from.position());
            prop_assert_eq!(range.count() as usize, expected);
            prop_assert!(range.iter().all(|half_day| from <= half_day && half_day <= to));
        }
    }
}
