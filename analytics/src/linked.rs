//! Pupils with several enrolments in a year: who moved to another school, who left and came back,
//! who is on two rolls. What enrolments add up to is corrected for them, so that each counts as one
//! pupil with the sessions of all enrolments together.
//!
//! Sessions stay where they were. Whether the pupil is persistently absent is said once, by the
//! enrolment that *answers* for the pupil at the window's end; and of two marks for one half day,
//! that of the enrolment which answers on that day counts.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use chrono::NaiveDate;
use domain::{Characteristic, Definition, persistent, severe};

use crate::reckoning::{ABSENT, PLANES, POSSIBLE};
use crate::tally::Tallies;
use crate::window::{Step, steps};
use crate::{Block, By, CROSSED, Cell, EnrolmentYear, Group, Query, TrendWindow, Value};

/// The number of the value of [`Characteristic::Registration`] that the second of two schools has.
const SUBSIDIARY: u8 = 2;

/// Corrects what the enrolments of some blocks add up to into what their pupils do.
pub(crate) fn correct(
    blocks: &[Arc<Block>],
    windows: &[TrendWindow],
    query: &Query,
    sum: &mut Tallies,
) {
    let steps: Vec<Vec<Step>> = blocks.iter().map(|block| steps(block, windows, query)).collect();
    let nothing = vec![Cell::nothing(query.window); windows.len()];
    let mut correction = Correction { query, asked: query.asks_for(), nothing, sum };
    let enrolments = blocks.iter().enumerate().flat_map(|(place, block)| {
        let pupils = block.members().map(|enrolment| enrolment.pupil);
        pupils.enumerate().map(move |(number, pupil)| (pupil, place, number))
    });
    let mut enrolments: Vec<(i32, usize, usize)> = enrolments.collect();
    enrolments.sort_unstable();
    for several in enrolments.chunk_by(|a, b| a.0 == b.0).filter(|several| several.len() > 1) {
        let rolls = several.iter().filter_map(|(_, place, number)| {
            Roll::of(blocks.get(*place)?, steps.get(*place)?, *number, query.definition)
        });
        let rolls: Vec<Roll<'_>> = rolls.collect();
        if rolls.len() > 1 {
            correction.pupil(&rolls);
        }
    }
}

/// One of a pupil's enrolments that a definition counts.
struct Roll<'a> {
    block: &'a Block,
    steps: &'a [Step],
    enrolment: &'a EnrolmentYear,
    /// The last day that counts.
    last_day: NaiveDate,
    /// Possible sessions and absences before each slot, and after the last.
    before: Vec<[u32; 2]>,
}

/// A session that is left out, since the pupil has one on another roll for the same half day.
struct Doubled {
    /// The roll's place among the pupil's.
    roll: usize,
    date: NaiveDate,
    slot: usize,
    counts: [u8; PLANES],
}

impl<'a> Roll<'a> {
    fn of(
        block: &'a Block,
        steps: &'a [Step],
        number: usize,
        definition: Definition,
    ) -> Option<Self> {
        let (enrolment, counted_until) = block.enrolment_counted(number, definition)?;
        let last_day = counted_until.min(enrolment.last_day.unwrap_or(NaiveDate::MAX));
        let mut before = vec![[0; 2]];
        let [mut possible, mut absent] = [0; 2];
        for (place, slot) in block.slots.iter().enumerate() {
            if slot.to <= counted_until {
                let counts = block.counts_of(number, place);
                possible += u32::from(counts[POSSIBLE]);
                absent += u32::from(counts[ABSENT]);
            }
            before.push([possible, absent]);
        }
        Some(Self { block, steps, enrolment, last_day, before })
    }

    /// Possible sessions and absences in some slots.
    fn sessions(&self, slots: &Range<usize>) -> [u32; 2] {
        let until = |slot: usize| self.before.get(slot).copied().unwrap_or_default();
        let (before, after) = (until(slots.start), until(slots.end));
        [after[0] - before[0], after[1] - before[1]]
    }

    /// The greatest of a pupil's rolls answers for the pupil on a day: one that the pupil is still
    /// on before one that was left, a main school before a subsidiary one, a later one before an
    /// earlier one.
    fn answers(&self, day: NaiveDate) -> (bool, bool, NaiveDate, i32) {
        let EnrolmentYear { enrolment, first_day, last_day, .. } = *self.enrolment;
        let on_roll = first_day <= day && last_day.is_none_or(|last| day <= last);
        let registration = By::Characteristic(Characteristic::Registration);
        let subsidiary = Value::Characteristic(Characteristic::Registration, SUBSIDIARY);
        let main = self.enrolment.value(registration, day) != Some(subsidiary);
        (on_roll, main, first_day, enrolment)
    }

    fn overlaps(&self, other: &Self) -> bool {
        self.enrolment.first_day <= other.last_day && other.enrolment.first_day <= self.last_day
    }

    /// The possible sessions, by the position of their half day in the year.
    fn possible(&self, roll: usize) -> impl Iterator<Item = (usize, Doubled)> {
        let reckoning = &self.block.reckoning;
        let due = reckoning.due(self.enrolment);
        let days = reckoning.between(self.enrolment.first_day, self.last_day);
        days.filter_map(move |number| {
            let counts = reckoning.count(self.enrolment, &due, &(number..number + 1));
            let (date, position) = reckoning.half_day(number)?;
            let slot = self.block.slots.partition_point(|slot| slot.half_days.end <= number);
            (counts[POSSIBLE] > 0).then_some((position, Doubled { roll, date, slot, counts }))
        })
    }
}

/// The sessions of a pupil that are left out.
fn doubled(rolls: &[Roll<'_>]) -> Vec<Doubled> {
    let mut by_half_day: BTreeMap<usize, Vec<Doubled>> = BTreeMap::new();
    for (place, roll) in rolls.iter().enumerate() {
        let mut others = rolls.iter().enumerate().filter(|(other, _)| *other != place);
        if others.any(|(_, other)| roll.overlaps(other)) {
            for (position, session) in roll.possible(place) {
                by_half_day.entry(position).or_default().push(session);
            }
        }
    }
    let mut left_out = Vec::new();
    for mut sessions in by_half_day.into_values() {
        sessions.sort_by_key(|one| rolls.get(one.roll).map(|roll| roll.answers(one.date)));
        sessions.pop();
        left_out.extend(sessions);
    }
    left_out
}

struct Correction<'a> {
    query: &'a Query,
    /// What the query asks for of the pupils.
    asked: BTreeSet<By>,
    nothing: Vec<Cell>,
    sum: &'a mut Tallies,
}

impl Correction<'_> {
    fn pupil(&mut self, rolls: &[Roll<'_>]) {
        let doubled = doubled(rolls);
        for window in 0..self.nothing.len() {
            self.pupil_in(window, rolls, &doubled);
        }
    }

    /// Takes a pupil's enrolments out of a window and puts the pupil in.
    fn pupil_in(&mut self, window: usize, rolls: &[Roll<'_>], doubled: &[Doubled]) {
        let (mut to_date, mut own) = ([0; 2], [0; 2]);
        let mut answering: Option<(&Roll<'_>, NaiveDate)> = None;
        for roll in rolls {
            let Some(step) = roll.steps.get(window) else { continue };
            let (alone, alone_own) =
                (roll.sessions(&(0..step.slots.end)), roll.sessions(&step.slots));
            if alone[0] == 0 {
                continue;
            }
            if let Some(cell) = self.cell(roll, step.status, window) {
                cell.to_date.take(standing(alone));
                cell.window.iter_mut().for_each(|window| window.take(standing(alone_own)));
            }
            to_date = add(to_date, alone);
            own = add(own, alone_own);
            if answering.is_none_or(|(other, day)| other.answers(day) < roll.answers(step.status)) {
                answering = Some((roll, step.status));
            }
        }
        for session in doubled {
            let Some(roll) = rolls.get(session.roll) else { continue };
            let Some(step) = roll.steps.get(window) else { continue };
            let left_out = [u32::from(session.counts[POSSIBLE]), u32::from(session.counts[ABSENT])];
            if session.slot < step.slots.end {
                to_date = less(to_date, left_out);
            }
            if step.slots.contains(&session.slot) {
                own = less(own, left_out);
                if let Some(cell) = self.cell(roll, session.date, window) {
                    cell.leave_out(session.counts);
                }
            }
        }
        if let Some((roll, status)) = answering
            && let Some(cell) = self.cell(roll, status, window)
        {
            cell.to_date.add(standing(to_date));
            cell.window.iter_mut().for_each(|window| window.add(standing(own)));
        }
    }

    /// The cell in which something of a roll is counted that goes by the class of one day, and by
    /// everything else at the window's end; `None` when it is left out.
    fn cell(&mut self, roll: &Roll<'_>, class_day: NaiveDate, window: usize) -> Option<&mut Cell> {
        let (block, query) = (roll.block, self.query);
        if !query.filter.keeps_school(block.school(), block.phase()) {
            return None;
        }
        let status = roll.steps.get(window)?.status;
        let school = [Value::School(block.school()), Value::Phase(block.phase())];
        let mut group: Group =
            school.into_iter().fold([None; CROSSED], |group, value| query.with(group, value));
        for by in &self.asked {
            let day = if *by == By::Class { class_day } else { status };
            let value =
                roll.enrolment.value(*by, day).filter(|value| query.filter.keeps(*value))?;
            group = query.with(group, value);
        }
        let cells = self.sum.entry(group).or_insert_with(|| self.nothing.clone());
        cells.get_mut(window)
    }
}

/// Whether there is a possible session, and whether so many sessions are persistent and severe
/// absence.
fn standing([possible, absent]: [u32; 2]) -> [u32; 3] {
    [possible > 0, persistent(absent, possible), severe(absent, possible)].map(u32::from)
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
