//! Counts one block: what each group has in each window.

use std::collections::BTreeMap;

use domain::WindowKind;

use crate::groups::{Broken, Grouping, Part};
use crate::kernel::{Standings, add_sessions, add_standings, stand};
use crate::window::{Step, steps};
use crate::{Block, Cell, EnrolmentYear, Group, Query, TrendWindow};

/// By group, what it has in each window.
pub(crate) type Tallies = BTreeMap<Group, Vec<Cell>>;

/// Adds what is counted in a block. A group that nobody belongs to is not there.
pub(crate) fn tally(block: &Block, windows: &[TrendWindow], query: &Query, tallies: &mut Tallies) {
    let steps = steps(block, windows, query);
    let grouping = Grouping { block, query, steps: &steps, asked: query.asks_for() };
    let nothing = vec![Cell::nothing(query.window); steps.len()];
    let mut standings = vec![Standings::ZERO; steps.len()];
    for (chunk, enrolments) in block.chunks() {
        let (whole, broken) = grouping.sessions(chunk);
        for (part, slots) in whole {
            let cells = cells_of(tallies, &part, &nothing);
            add_sessions(&chunk.counts, part.lanes, &slots, &steps[part.steps], cells);
        }
        for broken in broken {
            let cells = cells_of(tallies, &broken.part, &nothing);
            add_broken(block, enrolments, &broken, &steps[broken.part.steps.clone()], cells);
        }
        let own = query.window != WindowKind::Week;
        stand(&chunk.counts, chunk.counted(query.definition), &steps, own, &mut standings);
        for part in grouping.enrolments(chunk) {
            let cells = cells_of(tallies, &part, &nothing);
            add_standings(&standings[part.steps], part.lanes, cells);
        }
    }
}

/// What the group of a part has so far, in the windows of the part.
fn cells_of<'a>(tallies: &'a mut Tallies, part: &Part, nothing: &[Cell]) -> &'a mut [Cell] {
    let cells = tallies.entry(part.group).or_insert_with(|| nothing.to_vec());
    &mut cells[part.steps.clone()]
}

/// Adds the sessions of a slot within which lanes change class, from the codes.
fn add_broken(
    block: &Block,
    enrolments: &[EnrolmentYear],
    broken: &Broken,
    steps: &[Step],
    cells: &mut [Cell],
) {
    for (lane, enrolment) in enrolments.iter().enumerate() {
        if broken.part.lanes >> lane & 1 == 0 {
            continue;
        }
        let due = block.reckoning.due(enrolment);
        let sums = block.reckoning.count(enrolment, &due, &broken.half_days).map(u32::from);
        for (step, cell) in steps.iter().zip(&mut *cells) {
            if step.slots.contains(&broken.slot) {
                cell.add_sessions(sums);
            }
        }
    }
}
