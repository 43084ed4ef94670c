//! A school's year as columns of counts, laid out in the order in which they are read:
//! `[chunk of 64 enrolments][slot][lane][count]`, one byte each.
//!
//! A *slot* is a week of the school, split where a half term or a term begins inside the week, so
//! that every window is a range of slots. A *lane* is an enrolment's place among the 64 of its
//! chunk. Enrolments are put in order of year group and class, so that most chunks hold few.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use chrono::NaiveDate;
use domain::{AcademicYear, Characteristic, CodeTable, Definition, HalfDay, Window, WindowKind};

use crate::kernel::{LANES, Rows, add_up, stand, sum};
use crate::reckoning::{COUNTS, Reckoning, Run, counts};
use crate::span::{Span, spans};
use crate::standing::{Bits, Standings};
use crate::window::slots_of;
use crate::{By, EnrolmentYear, SchoolYear};

/// A school's academic year, ready to be counted. It never changes: when a mark does, it is built
/// anew.
pub struct Block {
    /// What it was built from, enrolments in the order of the lanes. The codes stay, for what the
    /// counts of whole slots cannot say.
    pub(crate) source: SchoolYear,
    pub(crate) reckoning: Reckoning,
    pub(crate) slots: Vec<Slot>,
    chunks: Vec<Chunk>,
    /// By enrolment, in the order of the lanes.
    last_days: Vec<LastDays>,
    /// By kind, in the order of [`WindowKind::ALL`].
    windows: [Vec<Window>; WindowKind::ALL.len()],
    /// The same as they stand beside those of other schools.
    across_schools: [Vec<Window>; WindowKind::ALL.len()],
    /// The slots of each of the latter.
    slots_of: Vec<Vec<Range<usize>>>,
    /// By definition, in the order of [`Definition::ALL`].
    totals: [Totals; Definition::ALL.len()],
    /// By enrolment, in the order of the lanes: the pupils.
    pupils: Vec<i32>,
}

/// What all enrolments of a school have together, as one definition counts them.
pub(crate) struct Totals {
    /// By slot.
    pub(crate) sessions: Vec<[u32; COUNTS]>,
    pub(crate) standings: Standings<[u32; 3]>,
}

/// Open half days that are always counted together, from the first day to the last.
pub(crate) struct Slot {
    pub(crate) from: NaiveDate,
    pub(crate) to: NaiveDate,
    /// As numbered by the reckoning.
    pub(crate) half_days: Range<usize>,
    /// The same as runs; none when some year group is not due on all of them.
    runs: Option<Vec<Run>>,
}

/// Up to 64 enrolments.
pub(crate) struct Chunk {
    pub(crate) rows: Rows,
    /// By lane, the half days that are due.
    pub(crate) due: Vec<Vec<Range<usize>>>,
    /// For each characteristic that pupils can be grouped by, who had which value when.
    statuses: Vec<(By, Vec<Span>)>,
    /// By definition, in the order of [`Definition::ALL`].
    counted: [Vec<Counted>; Definition::ALL.len()],
    /// By definition; those that count the same lanes in the same slots share theirs.
    standings: [Arc<Standings<Bits>>; Definition::ALL.len()],
}

/// In these slots a definition counts these lanes. The slots of one chunk and definition do not
/// overlap, and come in order.
#[derive(PartialEq, Eq)]
pub(crate) struct Counted {
    pub(crate) lanes: u64,
    pub(crate) slots: Range<usize>,
}

impl Block {
    /// Counts a school's year. The marks that count are those of sessions for which the school is
    /// open and the enrolment is on roll and due, up to the last register that was taken.
    pub fn build(codes: &CodeTable, mut source: SchoolYear) -> Self {
        source.enrolments.sort_by_key(|enrolment| {
            enrolment.placements.last().map(|last| (last.year_group, last.class))
        });
        let reckoning = Reckoning::new(codes, &source);
        let windows = WindowKind::ALL.map(|kind| source.calendar.windows(kind));
        let across_schools =
            WindowKind::ALL.map(|kind| source.calendar.windows_across_schools(kind));
        let last_days = last_days(&source);
        let slots = slots(&reckoning, &windows, &last_days);
        let slots_of: Vec<Vec<Range<usize>>> = across_schools
            .iter()
            .map(|kind| kind.iter().map(|one| slots_of(one, &slots)).collect())
            .collect();
        // Nobody says of a week alone who was persistently absent.
        let alone = WindowKind::ALL.map(|kind| match slots_of.get(kind as usize) {
            Some(windows) if kind != WindowKind::Week => windows.as_slice(),
            _ => &[],
        });
        let chunks = source.enrolments.chunks(LANES).zip(last_days.chunks(LANES));
        let chunks = chunks.map(|(enrolments, last_days)| {
            Chunk::build(&reckoning, &slots, &alone, enrolments, last_days)
        });
        let chunks: Vec<Chunk> = chunks.collect();
        let totals = Definition::ALL.map(|definition| Totals::of(&chunks, definition, slots.len()));
        let pupils = source.enrolments.iter().map(|enrolment| enrolment.pupil).collect();
        Self {
            source,
            reckoning,
            slots,
            chunks,
            last_days,
            windows,
            across_schools,
            slots_of,
            totals,
            pupils,
        }
    }

    /// The school.
    pub fn school(&self) -> i32 {
        self.source.school
    }

    /// The school's phase of education, as the caller numbered it.
    pub fn phase(&self) -> u8 {
        self.source.phase
    }

    /// The academic year.
    pub fn year(&self) -> AcademicYear {
        self.source.calendar.year()
    }

    /// How many enrolments the school has in the year.
    pub fn enrolments(&self) -> usize {
        self.source.enrolments.len()
    }

    /// The most that can be counted in it: every half day of every enrolment; `None` when that is too much.
    pub(crate) fn most(&self) -> Option<u32> {
        u32::try_from(self.enrolments().checked_mul(self.reckoning.len())?).ok()
    }

    /// Whether the school is open on a half day.
    pub(crate) fn is_open(&self, half_day: HalfDay) -> bool {
        self.source.calendar.open_half_days().contains(half_day)
    }

    /// Whether the school is open on a half day for an enrolment's year group.
    pub(crate) fn is_due(
        &self,
        enrolment: &EnrolmentYear,
        half_day: HalfDay,
        date: NaiveDate,
    ) -> bool {
        let year_group = enrolment.year_group_on(date);
        self.source.calendar.is_due(year_group, date, half_day.session())
    }

    /// The day up to which registers are expected.
    pub fn today(&self) -> NaiveDate {
        self.source.today
    }

    /// Whether that day is over at the school.
    pub fn day_is_over(&self) -> bool {
        self.source.day_is_over
    }

    /// The enrolments in the order of the lanes, with the last day that a definition counts of
    /// each; `None` when it counts none.
    pub(crate) fn enrolments_counted(
        &self,
        definition: Definition,
    ) -> impl Iterator<Item = (&EnrolmentYear, Option<NaiveDate>)> {
        let last_days = self.last_days.iter().map(move |last_days| last_days[definition as usize]);
        self.source.enrolments.iter().zip(last_days)
    }

    /// An enrolment by its number in the order of the lanes, with the last day that a definition
    /// counts of it; `None` when it counts none.
    pub(crate) fn enrolment_counted(
        &self,
        number: usize,
        definition: Definition,
    ) -> Option<(&EnrolmentYear, NaiveDate)> {
        let last_day = self.last_days.get(number)?[definition as usize]?;
        Some((self.source.enrolments.get(number)?, last_day))
    }

    /// What an enrolment has in each slot, in order, whatever the definition.
    pub(crate) fn counts_of(&self, number: usize) -> impl Iterator<Item = [u8; COUNTS]> {
        let chunk = self.chunks.get(number / LANES).into_iter();
        chunk.flat_map(move |chunk| chunk.rows.lane(number % LANES)).map(counts)
    }

    /// Reads all counts and does next to nothing with them: the bar that the benches hold the
    /// trend against.
    #[doc(hidden)]
    pub fn add_up(&self) -> u64 {
        self.chunks.iter().fold(0, |sum, chunk| sum.wrapping_add(add_up(&chunk.rows)))
    }

    /// How many bytes the counts take, and where everybody stands.
    #[doc(hidden)]
    pub fn bytes(&self) -> usize {
        self.chunks.iter().map(Chunk::bytes).sum()
    }

    /// The pupils, in the order of the enrolments.
    pub(crate) fn pupils(&self) -> &[i32] {
        &self.pupils
    }

    /// What all enrolments have together.
    pub(crate) fn totals(&self, definition: Definition) -> &Totals {
        &self.totals[definition as usize]
    }

    /// The slots of each window of a kind as they stand beside those of other schools.
    pub(crate) fn slots_of(&self, kind: WindowKind) -> &[Range<usize>] {
        self.slots_of.get(kind as usize).map_or(&[], Vec::as_slice)
    }

    /// The windows of a kind as they stand beside those of other schools, in order.
    pub(crate) fn windows_across_schools(&self, kind: WindowKind) -> &[Window] {
        &self.across_schools[kind as usize]
    }

    /// The school's own windows of a kind, in order.
    pub(crate) fn windows(&self, kind: WindowKind) -> &[Window] {
        &self.windows[kind as usize]
    }

    /// The chunks, with their enrolments in the order of the lanes.
    pub(crate) fn chunks(&self) -> impl Iterator<Item = (&Chunk, &[EnrolmentYear])> {
        self.chunks.iter().zip(self.source.enrolments.chunks(LANES))
    }
}

impl Chunk {
    fn build(
        reckoning: &Reckoning,
        slots: &[Slot],
        windows: &[&[Range<usize>]],
        enrolments: &[EnrolmentYear],
        last_days: &[LastDays],
    ) -> Self {
        let due: Vec<_> = enrolments.iter().map(|one| reckoning.due(one)).collect();
        let rows = rows(reckoning, slots, enrolments, &due);
        let counted = Definition::ALL.map(|definition| {
            counted(last_days.iter().map(|last_days| last_days[definition as usize]), slots)
        });
        let mut known: Vec<(&[Counted], Arc<Standings<Bits>>)> = Vec::new();
        let standings = counted.each_ref().map(|counted| {
            if let Some((_, same)) = known.iter().find(|(known, _)| known == counted) {
                return Arc::clone(same);
            }
            let standings = Arc::new(stand(&rows, counted, slots.len(), windows));
            known.push((counted, Arc::clone(&standings)));
            standings
        });
        Self { statuses: statuses(enrolments), rows, due, counted, standings }
    }

    /// Where the lanes stand that a definition counts.
    pub(crate) fn standings(&self, definition: Definition) -> &Standings<Bits> {
        &self.standings[definition as usize]
    }

    /// For each of these characteristics that pupils can be grouped by, who had which value when.
    pub(crate) fn statuses(&self, asked: &BTreeSet<By>) -> impl Iterator<Item = &(By, Vec<Span>)> {
        asked.iter().filter_map(|by| self.statuses.iter().find(|(one, _)| one == by))
    }

    fn bytes(&self) -> usize {
        let distinct = self.standings.iter().enumerate();
        let distinct = distinct.filter(|(at, one)| {
            !self.standings.iter().take(*at).any(|before| Arc::ptr_eq(before, one))
        });
        self.rows.bytes() + distinct.map(|(_, one)| one.bytes()).sum::<usize>()
    }

    /// Which lanes a definition counts in which slots.
    pub(crate) fn counted(&self, definition: Definition) -> &[Counted] {
        &self.counted[definition as usize]
    }
}

/// By definition, the last day of an enrolment's sessions that is counted; `None` when none is.
type LastDays = [Option<NaiveDate>; Definition::ALL.len()];

fn last_days(school: &SchoolYear) -> Vec<LastDays> {
    let calendar = &school.calendar;
    // Most enrolments start on the same few days.
    let mut left_out: BTreeMap<(Definition, NaiveDate), bool> = BTreeMap::new();
    let mut last_day = |definition: Definition, enrolment: &EnrolmentYear| {
        let left_out = left_out
            .entry((definition, enrolment.first_day))
            .or_insert_with(|| definition.leaves_out_start(enrolment.first_day, calendar));
        if *left_out || !definition.counts_pupil(enrolment.birth_date, calendar.year()) {
            return None;
        }
        Some(definition.last_day(enrolment.birth_date, calendar).unwrap_or(NaiveDate::MAX))
    };
    let enrolments = school.enrolments.iter();
    enrolments.map(|one| Definition::ALL.map(|definition| last_day(definition, one))).collect()
}

/// Cuts the open half days into slots: after the last day of every window, and after every day on
/// which a definition stops counting some pupils. Nothing is open between two windows of a kind,
/// so that no slot begins before a window and ends inside it either.
fn slots(reckoning: &Reckoning, windows: &[Vec<Window>], last_days: &[LastDays]) -> Vec<Slot> {
    let ends = windows.iter().flatten().map(|window| window.to);
    let ends: BTreeSet<NaiveDate> =
        ends.chain(last_days.iter().flatten().flatten().copied()).collect();
    let mut slots: Vec<Slot> = Vec::new();
    let mut end = None;
    for (number, date) in reckoning.dates().enumerate() {
        let next = ends.range(date..).next();
        match slots.last_mut() {
            Some(slot) if end == next => {
                slot.to = date;
                slot.half_days.end = number + 1;
            }
            _ => {
                slots.push(Slot { from: date, to: date, half_days: number..number + 1, runs: None })
            }
        }
        end = next;
    }
    for slot in &mut slots {
        slot.runs = reckoning.runs(&slot.half_days);
    }
    slots
}

/// Which lanes are counted in which slots, from each lane's last day that is counted.
fn counted(last_days: impl Iterator<Item = Option<NaiveDate>>, slots: &[Slot]) -> Vec<Counted> {
    let mut leaving: BTreeMap<usize, u64> = BTreeMap::new();
    for (lane, last_day) in last_days.enumerate() {
        if let Some(last_day) = last_day {
            let end = slots.partition_point(|slot| slot.to <= last_day);
            *leaving.entry(end).or_default() |= 1 << lane;
        }
    }
    let mut lanes = leaving.values().fold(0, |all, lanes| all | lanes);
    let mut start = 0;
    let mut counted = Vec::new();
    for (end, leaving) in leaving {
        counted.push(Counted { lanes, slots: start..end });
        lanes &= !leaving;
        start = end;
    }
    counted
}

/// Who was what when, for everything but the school and its phase.
fn statuses(enrolments: &[EnrolmentYear]) -> Vec<(By, Vec<Span>)> {
    let own = [By::YearGroup, By::Class, By::Sex];
    let all = own.into_iter().chain(Characteristic::ALL.map(By::Characteristic));
    all.map(|by| (by, spans(enrolments, by))).collect()
}

/// Counts the marks of up to 64 enrolments, by slot.
fn rows(
    reckoning: &Reckoning,
    slots: &[Slot],
    enrolments: &[EnrolmentYear],
    due: &[Vec<Range<usize>>],
) -> Rows {
    let mut rows = Rows::new(enrolments.len(), slots.len());
    for (lane, (enrolment, due)) in enrolments.iter().zip(due).enumerate() {
        for (row, slot) in rows.lane_mut(lane).zip(slots) {
            let Range { start, end } = slot.half_days;
            let whole = due.iter().any(|due| due.start <= start && end <= due.end);
            let runs = slot.runs.as_ref().filter(|_| whole);
            let whole = runs.and_then(|runs| reckoning.row_of(enrolment, runs));
            *row = whole.unwrap_or_else(|| reckoning.row(enrolment, due, &slot.half_days));
        }
    }
    rows
}

impl Totals {
    fn of(chunks: &[Chunk], definition: Definition, slots: usize) -> Self {
        let mut sessions = vec![[0; COUNTS]; slots];
        for chunk in chunks {
            for Counted { lanes, slots } in chunk.counted(definition) {
                for slot in slots.clone() {
                    let counts = sum(&chunk.rows, *lanes, slot..slot + 1);
                    let sums = sessions.get_mut(slot).into_iter().flatten();
                    sums.zip(counts).for_each(|(sum, count)| *sum += count);
                }
            }
        }
        let standings = Standings::sum(chunks.iter().map(|chunk| chunk.standings(definition)));
        Self { sessions, standings }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn definitions_and_kinds_of_windows_are_numbered_in_the_order_of_their_lists() {
        assert_eq!(Definition::ALL.map(|definition| definition as usize), [0, 1, 2]);
        assert_eq!(WindowKind::ALL.map(|kind| kind as usize), [0, 1, 2, 3]);
    }
}
