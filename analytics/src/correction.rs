//! Turns what enrolments add up to into what pupils do: takes the enrolments of each pupil with
//! several out of their groups, and puts the pupil in once.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::NaiveDate;
use domain::{persistent, severe};

use crate::linked::{Pupil, Roll, Together, each_pupil};
use crate::tally::Tallies;
use crate::window::{Step, steps};
use crate::{Block, By, CROSSED, Cell, Group, Query, TrendWindow, Value};

/// Corrects what the enrolments of some blocks add up to into what their pupils do.
pub(crate) fn correct(
    blocks: &[Arc<Block>],
    windows: &[TrendWindow],
    query: &Query,
    sum: &mut Tallies,
) {
    let nothing = vec![Cell::nothing(query.window); windows.len()];
    let mut correction = Correction { query, asked: query.asks_for(), nothing, sum };
    let steps: Vec<Vec<Step>> = blocks.iter().map(|block| steps(block, windows, query)).collect();
    each_pupil(blocks, &steps, query.definition, |pupil| correction.pupil(pupil));
}

struct Correction<'a> {
    query: &'a Query,
    /// What the query asks for of the pupils.
    asked: BTreeSet<By>,
    nothing: Vec<Cell>,
    sum: &'a mut Tallies,
}

impl Correction<'_> {
    fn pupil(&mut self, pupil: &Pupil<'_>) {
        for window in 0..self.nothing.len() {
            self.pupil_in(window, pupil);
        }
    }

    /// Takes a pupil's enrolments out of a window and puts the pupil in.
    fn pupil_in(&mut self, window: usize, pupil: &Pupil<'_>) {
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
