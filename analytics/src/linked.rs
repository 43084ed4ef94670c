//! Pupils with several enrolments in a year: who moved to another school, who left and came back,
//! who is on two rolls. Counted by pupil they are one each, with the sessions of all enrolments
//! together.
//!
//! Sessions stay where they were. Whether the pupil is persistently absent is said once, by the
//! enrolment that *answers* for the pupil at the window's end; and of two marks for one half day,
//! that of the enrolment which answers on that day counts.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use chrono::NaiveDate;
use domain::{Characteristic, Definition};

use crate::reckoning::{ABSENT, COUNTS, POSSIBLE};
use crate::window::{Step, line_up, steps};
use crate::{Block, EnrolmentYear, Query};

/// The number of the value of [`Characteristic::Registration`] that the second of two schools has.
const SUBSIDIARY: u8 = 2;

/// What pupils with several enrolments have in one window.
#[derive(Default)]
pub(crate) struct InWindow {
    /// School, enrolment and position in the year of the half days that are left out.
    pub(crate) doubled: BTreeSet<(i32, i32, usize)>,
    /// By pupil, all rolls together.
    pub(crate) together: BTreeMap<i32, AllRolls>,
}

/// What a pupil has on several rolls together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AllRolls {
    /// Possible sessions.
    pub possible: u32,
    /// Those of them that were missed.
    pub absent: u32,
    /// The enrolment that answers for the pupil: where the pupil is counted as persistently absent.
    pub answering: i32,
}

/// Looks at the window of a key, for a query over windows of its kind.
pub(crate) fn in_window(blocks: &[Arc<Block>], key: &str, query: &Query) -> InWindow {
    let all: Vec<&Block> = blocks.iter().map(Arc::as_ref).collect();
    let mut windows = line_up(&all, query);
    windows.retain(|window| window.key == key);
    let steps: Vec<Vec<Step>> = blocks.iter().map(|block| steps(block, &windows, query)).collect();
    let mut found = InWindow::default();
    each_pupil(&several(blocks), blocks, &steps, query.definition, |pupil| {
        for session in &pupil.doubled {
            let place = |roll: &Roll<'_>| (roll.block.school(), roll.enrolment.enrolment);
            let place = pupil.rolls.get(session.roll).map(place);
            found
                .doubled
                .extend(place.map(|(school, enrolment)| (school, enrolment, session.position)));
        }
        if let Some(Together { own: [possible, absent], answering, .. }) = pupil.together(0) {
            let answering = answering.enrolment;
            let all = AllRolls { possible, absent, answering: answering.enrolment };
            found.together.insert(answering.pupil, all);
        }
    });
    found
}

/// An enrolment: its pupil, the place of its block among those that were asked about, its number in the block.
pub(crate) type Place = (i32, usize, usize);

/// The enrolments of pupils who have several, in the order of the pupils.
pub(crate) fn several(blocks: &[Arc<Block>]) -> Vec<Place> {
    let all = || {
        blocks.iter().enumerate().flat_map(|(place, block)| {
            block.pupils().iter().enumerate().map(move |(number, pupil)| (*pupil, place, number))
        })
    };
    // Two pupils may share a bit. That costs a look at them and no more: few are left to be sorted.
    let bits = all().count().next_power_of_two() * 8;
    let bit = |pupil: i32| (pupil as usize & (bits - 1)) / 64;
    let mask = |pupil: i32| 1u64 << (pupil & 63);
    let (mut once, mut again) = (vec![0; bits / 64 + 1], vec![0; bits / 64 + 1]);
    for (pupil, ..) in all() {
        if let (Some(once), Some(again)) = (once.get_mut(bit(pupil)), again.get_mut(bit(pupil))) {
            *again |= *once & mask(pupil);
            *once |= mask(pupil);
        }
    }
    let likely =
        |(pupil, ..): &Place| again.get(bit(*pupil)).is_some_and(|b| b & mask(*pupil) != 0);
    let mut enrolments: Vec<Place> = all().filter(likely).collect();
    enrolments.sort_unstable();
    let several = enrolments.chunk_by(|a, b| a.0 == b.0).filter(|same| same.len() > 1);
    several.flatten().copied().collect()
}

/// Every pupil among some enrolments, those of a pupil beside each other, of whom a definition counts several.
pub(crate) fn each_pupil<'a>(
    enrolments: &[Place],
    blocks: &'a [Arc<Block>],
    steps: &'a [Vec<Step>],
    definition: Definition,
    mut take: impl FnMut(&Pupil<'a>),
) {
    for several in enrolments.chunk_by(|a, b| a.0 == b.0) {
        let rolls = several
            .iter()
            .filter_map(|(_, place, number)| Roll::of(blocks, steps, *place, *number, definition));
        let rolls: Vec<Roll<'a>> = rolls.collect();
        if rolls.len() > 1 {
            take(&Pupil { doubled: doubled(&rolls), rolls });
        }
    }
}

/// A pupil with several enrolments.
pub(crate) struct Pupil<'a> {
    pub(crate) rolls: Vec<Roll<'a>>,
    /// The sessions that are left out.
    pub(crate) doubled: Vec<Doubled>,
}

/// What a pupil's enrolments have together at the end of a window: possible sessions and absences.
pub(crate) struct Together<'a> {
    /// From the start of the year.
    pub(crate) to_date: [u32; 2],
    /// In the window alone.
    pub(crate) own: [u32; 2],
    /// Which of them answers for the pupil.
    pub(crate) answering: &'a Roll<'a>,
}

impl Pupil<'_> {
    /// The enrolments that have a possible session by a window's end.
    pub(crate) fn begun(&self, window: usize) -> impl Iterator<Item = &Roll<'_>> {
        self.rolls.iter().filter(move |roll| {
            roll.steps.get(window).is_some_and(|step| roll.begins < step.slots.end)
        })
    }

    /// `None` when there is no possible session by the window's end.
    pub(crate) fn together(&self, window: usize) -> Option<Together<'_>> {
        let answers = |roll: &&Roll<'_>| {
            roll.steps.get(window).map(|step| roll.enrolment.answers(step.status))
        };
        let answering = self.begun(window).max_by_key(answers)?;
        let (mut to_date, mut own) = ([0; 2], [0; 2]);
        for roll in self.begun(window) {
            let Some(step) = roll.steps.get(window) else { continue };
            to_date = add(to_date, roll.sessions(&(0..step.slots.end)));
            own = add(own, roll.sessions(&step.slots));
        }
        for session in &self.doubled {
            let step = self.rolls.get(session.roll).and_then(|roll| roll.steps.get(window));
            let left_out = [session.counts[POSSIBLE], session.counts[ABSENT]].map(u32::from);
            if step.is_some_and(|step| session.slot < step.slots.end) {
                to_date = less(to_date, left_out);
            }
            if step.is_some_and(|step| step.slots.contains(&session.slot)) {
                own = less(own, left_out);
            }
        }
        Some(Together { to_date, own, answering })
    }
}

/// One of a pupil's enrolments that a definition counts.
pub(crate) struct Roll<'a> {
    pub(crate) block: &'a Block,
    /// The place of the block among those that were asked about.
    pub(crate) place: usize,
    pub(crate) steps: &'a [Step],
    pub(crate) enrolment: &'a EnrolmentYear,
    /// The last day that counts.
    last_day: NaiveDate,
    /// The slot of the first possible session.
    begins: usize,
    /// Possible sessions and absences before each slot, and after the last.
    before: Vec<[u32; 2]>,
}

/// A session that is left out, since the pupil has one on another roll for the same half day.
pub(crate) struct Doubled {
    /// The roll's place among the pupil's.
    pub(crate) roll: usize,
    pub(crate) date: NaiveDate,
    position: usize,
    pub(crate) slot: usize,
    pub(crate) counts: [u8; COUNTS],
}

impl<'a> Roll<'a> {
    fn of(
        blocks: &'a [Arc<Block>],
        steps: &'a [Vec<Step>],
        place: usize,
        number: usize,
        definition: Definition,
    ) -> Option<Self> {
        let (block, steps) = (blocks.get(place)?, steps.get(place)?);
        let (enrolment, counted_until) = block.enrolment_counted(number, definition)?;
        let last_day = counted_until.min(enrolment.last_day.unwrap_or(NaiveDate::MAX));
        let slots = block.slots.iter().take_while(|slot| slot.to <= counted_until).count();
        let mut before = Vec::with_capacity(slots + 1);
        let (mut sum, mut begins) = ([0; 2], usize::MAX);
        before.push(sum);
        for (slot, counts) in block.counts_of(number).take(slots).enumerate() {
            sum = add(sum, [counts[POSSIBLE], counts[ABSENT]].map(u32::from));
            if sum[0] > 0 {
                begins = begins.min(slot);
            }
            before.push(sum);
        }
        Some(Self { block, place, steps, enrolment, last_day, begins, before })
    }

    /// Possible sessions and absences in some slots.
    pub(crate) fn sessions(&self, slots: &Range<usize>) -> [u32; 2] {
        let until =
            |slot: usize| self.before.get(slot).or(self.before.last()).copied().unwrap_or_default();
        let (before, after) = (until(slots.start), until(slots.end));
        [after[0] - before[0], after[1] - before[1]]
    }

    fn overlaps(&self, other: &Self) -> bool {
        self.enrolment.first_day <= other.last_day && other.enrolment.first_day <= self.last_day
    }

    /// The possible sessions.
    fn possible(&self, roll: usize) -> impl Iterator<Item = Doubled> {
        let reckoning = &self.block.reckoning;
        let due = reckoning.due(self.enrolment);
        let days = reckoning.between(self.enrolment.first_day, self.last_day);
        days.filter_map(move |number| {
            let counts = reckoning.count(self.enrolment, &due, &(number..number + 1));
            let (date, position) = reckoning.half_day(number)?;
            let slot = self.block.slots.partition_point(|slot| slot.half_days.end <= number);
            (counts[POSSIBLE] > 0).then_some(Doubled { roll, date, position, slot, counts })
        })
    }
}

/// By which of a pupil's rolls is answered: the last day on it, whether it is a main one, its first day, its number.
type Answers = (NaiveDate, bool, NaiveDate, i32);

impl EnrolmentYear {
    /// The greatest of a pupil's rolls answers for the pupil on a day: one that the pupil is still
    /// on before one that was left, or the one that was left last; a main school before a
    /// subsidiary one, a later one before an earlier one.
    pub(crate) fn answers(&self, day: NaiveDate) -> Answers {
        let EnrolmentYear { enrolment, first_day, last_day, .. } = *self;
        let left = last_day.filter(|last| *last < day).unwrap_or(NaiveDate::MAX);
        let registration = self.facts.iter().rfind(|fact| {
            fact.kind == Characteristic::Registration && fact.from <= day.max(first_day)
        });
        let main = registration.is_none_or(|fact| fact.value != SUBSIDIARY);
        (left, main, first_day, enrolment)
    }
}

/// The sessions of a pupil that are left out.
fn doubled(rolls: &[Roll<'_>]) -> Vec<Doubled> {
    let mut by_half_day: BTreeMap<usize, Vec<Doubled>> = BTreeMap::new();
    for (place, roll) in rolls.iter().enumerate() {
        let mut others = rolls.iter().enumerate().filter(|(other, _)| *other != place);
        if others.any(|(_, other)| roll.overlaps(other)) {
            for session in roll.possible(place) {
                by_half_day.entry(session.position).or_default().push(session);
            }
        }
    }
    let mut left_out = Vec::new();
    for mut sessions in by_half_day.into_values() {
        sessions
            .sort_by_key(|one| rolls.get(one.roll).map(|roll| roll.enrolment.answers(one.date)));
        sessions.pop();
        left_out.extend(sessions);
    }
    left_out
}

fn add(a: [u32; 2], b: [u32; 2]) -> [u32; 2] {
    [a[0] + b[0], a[1] + b[1]]
}

fn less(a: [u32; 2], b: [u32; 2]) -> [u32; 2] {
    [a[0] - b[0], a[1] - b[1]]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_of_two_schools_has_the_value_of_that_name() {
        assert_eq!(Characteristic::Registration.number("subsidiary"), Some(SUBSIDIARY));
    }
}
