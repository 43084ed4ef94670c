//! Where enrolments stand at a window's end: who has a possible session, who is persistently, who is severely absent.
//! It is worked out when a block is built, so that a question only has to count.

use crate::window::Step;

/// Of 64 lanes, a bit for each that has a possible session, that is persistently absent, that is severely absent.
pub(crate) type Bits = [u64; 3];

/// The standings of one definition: of the lanes of a chunk, or counted over a school.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Standings<T> {
    /// From the start of the year: before the first slot, and after each.
    pub(crate) to_date: Vec<T>,
    /// Over each window alone, by kind.
    pub(crate) own: Vec<Vec<T>>,
}

impl<T: Copy> Standings<T> {
    /// From the start of the year to a step's end, and over its window alone, where the school has that window.
    #[inline(always)]
    pub(crate) fn at(&self, kind: usize, step: &Step) -> (Option<T>, Option<T>) {
        let own = self.own.get(kind).zip(step.place);
        let own = own.and_then(|(windows, place)| windows.get(place));
        (self.to_date.get(step.slots.end).copied(), own.copied())
    }
}

impl Standings<Bits> {
    /// How many bytes they are.
    pub(crate) fn bytes(&self) -> usize {
        size_of::<Bits>() * (self.to_date.len() + self.own.iter().map(Vec::len).sum::<usize>())
    }
}

impl Standings<[u32; 3]> {
    /// The sum of what chunks have.
    pub(crate) fn sum<'a>(of: impl Iterator<Item = &'a Standings<Bits>>) -> Self {
        let mut sum = Self { to_date: vec![], own: vec![] };
        for one in of {
            add(&mut sum.to_date, &one.to_date);
            sum.own.resize(one.own.len(), vec![]);
            sum.own.iter_mut().zip(&one.own).for_each(|(sum, one)| add(sum, one));
        }
        sum
    }
}

fn add(sums: &mut Vec<[u32; 3]>, bits: &[Bits]) {
    sums.resize(bits.len(), [0; 3]);
    for (sum, bits) in sums.iter_mut().zip(bits) {
        sum.iter_mut().zip(bits).for_each(|(sum, bits)| *sum += bits.count_ones());
    }
}
