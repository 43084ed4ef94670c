//! Turns what enrolments add up to into what pupils do: takes the enrolments of each pupil with
//! several out of their groups, and puts the pupil in once.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::NaiveDate;
use domain::{persistent, severe};

use crate::linked::{Place, Pupil, Roll, Together, each_pupil, several};
use crate::tally::Tallies;
use crate::window::{Step, steps};
use crate::{Block, By, Cell, Group, Pool, PoolError, Query, TrendWindow};

/// Enrolments that one thread takes at a time, give or take those of a pupil.
const ENROLMENTS_AT_A_TIME: usize = 512;

/// The difference between what the enrolments of some blocks add up to and what their pupils do.
pub(crate) fn correct(
    pool: &Pool,
    blocks: &[Arc<Block>],
    windows: &[TrendWindow],
    query: &Query,
) -> Result<Vec<Tallies>, PoolError> {
    let steps: Vec<Vec<Step>> = blocks.iter().map(|block| steps(block, windows, query)).collect();
    // The part of the group that all pupils of a school have in common; none for a school that is left out.
    let homes = blocks.iter().map(|block| {
        let kept = query.filter.keeps_school(block.school(), block.phase());
        kept.then(|| query.of_school(block.school(), block.phase()))
    });
    let homes: Vec<Option<Group>> = homes.collect();
    let several = several(blocks);
    let mut rest = several.as_slice();
    let mut shares: Vec<&[Place]> = Vec::new();
    while !rest.is_empty() {
        let last = rest.get(ENROLMENTS_AT_A_TIME).map_or(i32::MAX, |(pupil, ..)| *pupil);
        let (share, others) = rest.split_at(rest.partition_point(|(pupil, ..)| *pupil <= last));
        shares.push(share);
        rest = others;
    }
    pool.map(&shares, |share| {
        let sum = Tallies::new(query, windows.len());
        let mut correction = Correction { query, homes: &homes, asked: query.asks_for(), sum };
        each_pupil(share, blocks, &steps, query.definition, |pupil| {
            (0..windows.len()).for_each(|window| correction.pupil_in(window, pupil));
        });
        correction.sum
    })
}

struct Correction<'a> {
    query: &'a Query,
    homes: &'a [Option<Group>],
    /// What the query asks for of the pupils.
    asked: BTreeSet<By>,
    sum: Tallies,
}

impl Correction<'_> {
    /// Takes a pupil's enrolments out of a window and puts the pupil in.
    fn pupil_in(&mut self, window: usize, pupil: &Pupil<'_>) {
        if pupil.doubled.is_empty() && pupil.begun(window).nth(1).is_none() {
            return;
        }
        for roll in &pupil.rolls {
            let Some(step) = roll.steps.get(window) else { continue };
            if let Some(cell) = self.cell(roll, step.status, window) {
                cell.to_date.take(standing(roll.sessions(&(0..step.slots.end))));
                let own = standing(roll.sessions(&step.slots));
                cell.window.iter_mut().for_each(|window| window.take(own));
            }
        }
        for session in &pupil.doubled {
            let Some(roll) = pupil.rolls.get(session.roll) else { continue };
            let inside = roll.steps.get(window).is_some_and(|s| s.slots.contains(&session.slot));
            if inside && let Some(cell) = self.cell(roll, session.date, window) {
                cell.leave_out(session.counts);
            }
        }
        let Some(Together { to_date, own, answering }) = pupil.together(window) else { return };
        let Some(step) = answering.steps.get(window) else { return };
        if let Some(cell) = self.cell(answering, step.status, window) {
            cell.to_date.add(standing(to_date));
            cell.window.iter_mut().for_each(|window| window.add(standing(own)));
        }
    }

    /// The cell in which something of a roll is counted that goes by the class of one day, and by
    /// everything else at the window's end; `None` when it is left out.
    fn cell(&mut self, roll: &Roll<'_>, class_day: NaiveDate, window: usize) -> Option<&mut Cell> {
        let mut group = (*self.homes.get(roll.place)?)?;
        let status = roll.steps.get(window)?.status;
        for by in &self.asked {
            let day = if *by == By::Class { class_day } else { status };
            let value =
                roll.enrolment.value(*by, day).filter(|value| self.query.filter.keeps(*value))?;
            group = self.query.with(group, value);
        }
        self.sum.cells_of(group, window..window + 1).first_mut()
    }
}

/// Whether there is a possible session, and whether so many sessions are persistent and severe
/// absence.
fn standing([possible, absent]: [u32; 2]) -> [u32; 3] {
    [possible > 0, persistent(absent, possible), severe(absent, possible)].map(u32::from)
}
