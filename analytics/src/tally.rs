//! Counts one block: what each group has in each window.

use std::ops::Range;

use crate::block::Chunk;
use crate::groups::{Broken, Grouping};
use crate::kernel::{add_sessions, add_standings};
use crate::window::{Step, steps};
use crate::{Block, Cell, EnrolmentYear, Group, Query, TrendWindow};

/// By group, what it has in each window: all cells in one place, those of a group beside each other.
pub(crate) struct Tallies {
    nothing: Cell,
    windows: usize,
    groups: Vec<Group>,
    cells: Vec<Cell>,
}

impl Tallies {
    pub(crate) fn new(query: &Query, windows: usize) -> Self {
        let nothing = Cell::nothing(query.window);
        Self { nothing, windows, groups: Vec::new(), cells: Vec::new() }
    }

    /// What a group has so far, in some windows. Most often it is one of those that were asked for last.
    pub(crate) fn cells_of(&mut self, group: Group, windows: Range<usize>) -> &mut [Cell] {
        let place = self.groups.iter().rposition(|known| *known == group).unwrap_or_else(|| {
            self.groups.push(group);
            self.cells.resize(self.groups.len() * self.windows, self.nothing);
            self.groups.len() - 1
        });
        let start = place * self.windows;
        self.cells.get_mut(start + windows.start..start + windows.end).unwrap_or_default()
    }

    /// The groups, and the cells of one after the other.
    pub(crate) fn into_parts(self) -> (Vec<Group>, Vec<Cell>) {
        (self.groups, self.cells)
    }
}

/// Adds what is counted in a block. A group that nobody belongs to is not there.
pub(crate) fn tally(block: &Block, windows: &[TrendWindow], query: &Query, tallies: &mut Tallies) {
    let steps = steps(block, windows, query);
    let grouping = Grouping::new(block, query, &steps);
    let kind = query.window as usize;
    if grouping.asked.is_empty() {
        let cells = tallies.cells_of(grouping.everybody().group, 0..steps.len());
        return add_totals(block, query, &steps, cells);
    }
    for (chunk, enrolments) in block.chunks() {
        let (whole, broken) = grouping.sessions(chunk);
        for (part, slots) in whole {
            let cells = tallies.cells_of(part.group, part.steps.clone());
            add_sessions(&chunk.rows, part.lanes, &slots, &steps[part.steps], cells);
        }
        for broken in broken {
            let cells = tallies.cells_of(broken.part.group, broken.part.steps.clone());
            add_broken(block, chunk, enrolments, &broken, &steps[broken.part.steps.clone()], cells);
        }
        let standings = chunk.standings(query.definition);
        for part in grouping.enrolments(chunk) {
            let cells = tallies.cells_of(part.group, part.steps.clone());
            add_standings(standings, kind, part.lanes, &steps[part.steps], cells);
        }
    }
}

/// Adds everybody, from what is kept with the block.
fn add_totals(block: &Block, query: &Query, steps: &[Step], cells: &mut [Cell]) {
    let totals = block.totals(query.definition);
    for (step, cell) in steps.iter().zip(cells) {
        for sessions in totals.sessions.get(step.slots.clone()).unwrap_or_default() {
            cell.add_sessions(*sessions);
        }
        cell.add_standings(totals.standings.at(query.window as usize, step), |counts| counts);
    }
}

/// Adds the sessions of a slot within which lanes change class, from the codes.
fn add_broken(
    block: &Block,
    chunk: &Chunk,
    enrolments: &[EnrolmentYear],
    broken: &Broken,
    steps: &[Step],
    cells: &mut [Cell],
) {
    let window = steps.iter().position(|step| step.slots.contains(&broken.slot));
    let Some(cell) = window.and_then(|window| cells.get_mut(window)) else { return };
    for (lane, (enrolment, due)) in enrolments.iter().zip(&chunk.due).enumerate() {
        if broken.part.lanes >> lane & 1 == 1 {
            let counts = block.reckoning.count(enrolment, due, &broken.half_days);
            cell.add_sessions(counts.map(u32::from));
        }
    }
}
