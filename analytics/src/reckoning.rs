//! How the marks of a school's year count: for every open half day a row of 256 answers, one for
//! each byte that may stand there.

use std::collections::BTreeSet;
use std::ops::Range;

use chrono::NaiveDate;
use domain::{Characteristic, CodeTable, Counts, HalfDay, NO_MARK};

use crate::{EnrolmentYear, SchoolYear};

/// How many counts are kept, and which: possible sessions, absences, unauthorised absences, lates,
/// approved activities, half days with a mark, half days on which one is expected.
pub(crate) const COUNTS: usize = 7;
pub(crate) const POSSIBLE: usize = 0;
pub(crate) const ABSENT: usize = 1;
pub(crate) const UNAUTHORISED: usize = 2;
pub(crate) const LATE: usize = 3;
pub(crate) const APPROVED: usize = 4;
pub(crate) const MARKED: usize = 5;
pub(crate) const EXPECTED: usize = 6;

/// The number of a boarder's value of [`Characteristic::Boarder`].
const BOARDS: u8 = 1;

/// The half days on which a school is open, with what each possible mark on them adds.
pub(crate) struct Reckoning {
    /// The open half days, in order.
    open: Vec<OpenHalfDay>,
    /// What a byte adds: a count of 0 or 1 in each byte of the word, so that one addition adds to
    /// all counts. Most half days share a row: one differs only where a code changes its meaning,
    /// after the last register, and where no mark is expected yet.
    rows: Vec<[u64; 256]>,
}

struct OpenHalfDay {
    date: NaiveDate,
    position: usize,
    row: usize,
    /// The year groups that are not due, as at a staggered start: none on most days.
    left_out: Vec<i8>,
}

/// Open half days that follow each other without a gap, count alike, and are due of every year group.
pub(crate) struct Run {
    positions: Range<usize>,
    row: usize,
}

impl OpenHalfDay {
    /// Whether an enrolment's year group is due.
    fn is_due(&self, enrolment: &EnrolmentYear) -> bool {
        self.left_out.is_empty()
            || enrolment
                .year_group_on(self.date)
                .is_none_or(|year_group| !self.left_out.contains(&year_group))
    }
}

impl Reckoning {
    /// Works out the open half days of a school's year.
    pub(crate) fn new(codes: &CodeTable, school: &SchoolYear) -> Self {
        let mut reckoning = Self { open: Vec::new(), rows: Vec::new() };
        // What a code means holds until the next day on which any code's meaning begins or ends.
        let changes: BTreeSet<NaiveDate> = codes
            .periods()
            .flat_map(|period| [period.from, period.to.and_then(|to| to.succ_opt())])
            .flatten()
            .collect();
        let mut same = None;
        for half_day in school.calendar.open_half_days().iter() {
            let date = half_day.date(school.calendar.year());
            let taken = school.cut.is_some_and(|cut| half_day <= cut);
            let expected = school.is_expected(date);
            let circumstances = Some((changes.range(..=date).next_back(), taken, expected));
            if same != circumstances {
                same = circumstances;
                reckoning.rows.push(row(&codes.counts_on(date), taken, expected));
            }
            let row = reckoning.rows.len() - 1;
            let left_out = school.calendar.year_groups_not_due(half_day);
            let position = half_day.position();
            reckoning.open.push(OpenHalfDay { date, position, row, left_out });
        }
        reckoning
    }

    /// The dates of the open half days, in order: a date for each session.
    pub(crate) fn dates(&self) -> impl Iterator<Item = NaiveDate> {
        self.open.iter().map(|half_day| half_day.date)
    }

    /// The date of an open half day, and its position in the year, by its number.
    pub(crate) fn half_day(&self, number: usize) -> Option<(NaiveDate, usize)> {
        self.open.get(number).map(|half_day| (half_day.date, half_day.position))
    }

    /// How many open half days there are.
    pub(crate) fn len(&self) -> usize {
        self.open.len()
    }

    /// Whether an enrolment's year group is due on an open half day.
    pub(crate) fn is_due(&self, enrolment: &EnrolmentYear, number: usize) -> bool {
        self.open.get(number).is_some_and(|half_day| half_day.is_due(enrolment))
    }

    /// Whether every year group is due on an open half day.
    pub(crate) fn is_due_for_all(&self, number: usize) -> bool {
        self.open.get(number).is_some_and(|half_day| half_day.left_out.is_empty())
    }

    /// The first open half day that is not before a day, by its number.
    pub(crate) fn from(&self, day: NaiveDate) -> usize {
        self.open.partition_point(|half_day| half_day.date < day)
    }

    /// The open half days of a stretch of days, both ends included, by their number.
    pub(crate) fn between(&self, from: NaiveDate, to: NaiveDate) -> Range<usize> {
        self.open.partition_point(|half_day| half_day.date < from)
            ..self.open.partition_point(|half_day| half_day.date <= to)
    }

    /// The open half days on which an enrolment is on roll and the pupil does not board: boarders
    /// are not in the attendance register.
    pub(crate) fn due(&self, enrolment: &EnrolmentYear) -> Vec<Range<usize>> {
        let last_day = enrolment.last_day.unwrap_or(NaiveDate::MAX);
        let on_roll = self.between(enrolment.first_day, last_day);
        let mut due = Vec::with_capacity(1);
        let mut start = Some(0);
        for fact in enrolment.facts.iter().filter(|fact| fact.kind == Characteristic::Boarder) {
            let at = self.open.partition_point(|half_day| half_day.date < fact.from);
            match start {
                Some(from) if fact.value == BOARDS => {
                    due.push(common(&on_roll, &(from..at)));
                    start = None;
                }
                None if fact.value != BOARDS => start = Some(at),
                _ => {}
            }
        }
        due.extend(start.map(|from| common(&on_roll, &(from..self.open.len()))));
        due
    }

    /// Those of some open half days that are due of an enrolment.
    pub(crate) fn half_days_due(
        &self,
        enrolment: &EnrolmentYear,
        half_days: &Range<usize>,
    ) -> impl Iterator<Item = HalfDay> {
        let due = self.due(enrolment).into_iter().map(|due| common(&due, half_days));
        let open = due.flat_map(|due| self.open.get(due).unwrap_or_default());
        let open = open.filter(|open| open.is_due(enrolment));
        open.filter_map(|open| HalfDay::at(u16::try_from(open.position).ok()?))
    }

    /// Counts an enrolment's marks on those of some open half days that are due: at most the 14 of
    /// a week, since each count has one byte. `due` is what [`Reckoning::due`] says of it.
    pub(crate) fn count(
        &self,
        enrolment: &EnrolmentYear,
        due: &[Range<usize>],
        half_days: &Range<usize>,
    ) -> [u8; COUNTS] {
        counts(self.row(enrolment, due, half_days))
    }

    /// Some open half days as runs; none when a year group is not due on one of them.
    pub(crate) fn runs(&self, half_days: &Range<usize>) -> Option<Vec<Run>> {
        let mut runs: Vec<Run> = Vec::new();
        for half_day in self.open.get(half_days.clone())? {
            let OpenHalfDay { position, row, .. } = *half_day;
            if !half_day.left_out.is_empty() {
                return None;
            }
            match runs.last_mut() {
                Some(run) if run.row == row && run.positions.end == position => {
                    run.positions.end += 1;
                }
                _ => runs.push(Run { positions: position..position + 1, row }),
            }
        }
        Some(runs)
    }

    /// What an enrolment's marks add up to on runs that are due from end to end; `None` when it has no such marks.
    pub(crate) fn row_of(&self, enrolment: &EnrolmentYear, runs: &[Run]) -> Option<u64> {
        let mut sum = 0;
        for Run { positions, row } in runs {
            let (marks, row) = (enrolment.marks.get(positions.clone())?, self.rows.get(*row)?);
            sum += marks.iter().map(|mark| row[usize::from(*mark)]).sum::<u64>();
        }
        Some(sum)
    }

    /// As [`Reckoning::count`], as a word with a count in each byte.
    pub(crate) fn row(
        &self,
        enrolment: &EnrolmentYear,
        due: &[Range<usize>],
        half_days: &Range<usize>,
    ) -> u64 {
        let mut row = 0;
        for due in due {
            let open = self.open.get(common(due, half_days)).unwrap_or_default();
            for half_day in open.iter().filter(|half_day| half_day.is_due(enrolment)) {
                let mark = enrolment.marks.get(half_day.position).copied().unwrap_or(NO_MARK);
                row += self.rows.get(half_day.row).map_or(0, |row| row[usize::from(mark)]);
            }
        }
        row
    }
}

/// The counts in the bytes of a word.
pub(crate) fn counts(row: u64) -> [u8; COUNTS] {
    let [counts @ .., _] = row.to_le_bytes();
    counts
}

/// What each byte adds on a half day: `taken` when its register has been, or might have been, and
/// `expected` when a mark should be there by now.
fn row(counts: &[Counts; 256], taken: bool, expected: bool) -> [u64; 256] {
    let mut row = [0; 256];
    for ((number, counts), word) in (NO_MARK..=u8::MAX).zip(counts).zip(&mut row) {
        let mut bytes = [false; 8];
        bytes[POSSIBLE] = taken && counts.possible();
        bytes[ABSENT] = taken && counts.absent();
        bytes[UNAUTHORISED] = taken && counts.unauthorised();
        bytes[LATE] = taken && counts.late();
        bytes[APPROVED] = taken && counts.approved();
        bytes[MARKED] = taken && expected && number != NO_MARK;
        bytes[EXPECTED] = expected;
        *word = u64::from_le_bytes(bytes.map(u8::from));
    }
    row
}

/// What two ranges have in common; empty when that is nothing.
pub(crate) fn common(a: &Range<usize>, b: &Range<usize>) -> Range<usize> {
    let start = a.start.max(b.start);
    start..a.end.min(b.end).max(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_boards_has_the_value_of_that_name() {
        assert_eq!(Characteristic::Boarder.number("yes"), Some(BOARDS));
    }
}
