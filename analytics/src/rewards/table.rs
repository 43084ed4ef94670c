//! What each mark is to a reward, on every open half day of a school's year.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use chrono::NaiveDate;
use domain::{CodeTable, HalfDay, NO_MARK, REASON_UNKNOWN};

use super::judge::Reckoned;
use crate::reckoning::common;
use crate::{Block, EnrolmentYear};

/// What a half day is to a reward.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// No possible session, or one that lies ahead.
    Nothing,
    Attended,
    Absent,
    /// A possible session that a neutral code leaves out.
    LeftOut,
    /// Absent, and nobody knows why yet.
    ReasonUnknown,
    /// There should be a mark.
    NoMark,
}

impl Kind {
    /// One half day, as four counts of 16 bits: a year has no more than 744.
    pub(crate) const fn word(self) -> u64 {
        match self {
            Self::Nothing => 0,
            Self::Attended => 1 | 1 << 16,
            Self::Absent => 1,
            Self::LeftOut => 1 << 32,
            Self::ReasonUnknown | Self::NoMark => 1 << 48,
        }
    }

    /// Whether it is not known.
    pub(crate) const fn is_unknown(self) -> bool {
        matches!(self, Self::ReasonUnknown | Self::NoMark)
    }

    /// Whether it stands for a session that another roll's may stand for too.
    pub(crate) const fn is_session(self) -> bool {
        matches!(self, Self::Attended | Self::Absent | Self::LeftOut | Self::ReasonUnknown)
    }
}

/// Four counts as one number each.
pub(crate) fn reckoned(word: u64) -> Reckoned {
    let [p0, p1, a0, a1, l0, l1, u0, u1] = word.to_le_bytes();
    let count = |low, high| u32::from(u16::from_le_bytes([low, high]));
    Reckoned {
        possible: count(p0, p1),
        attended: count(a0, a1),
        left_out: count(l0, l1),
        unknown: count(u0, u1),
    }
}

/// What each of the 256 bytes is, while codes keep their meaning; the same for all schools.
pub(crate) struct Legend {
    /// From which days on codes mean what, in order, with the place of the row.
    from: Vec<NaiveDate>,
    rows: Vec<Row>,
}

struct Row {
    kinds: [Kind; 256],
    words: [u64; 256],
}

impl Row {
    fn of(kinds: [Kind; 256]) -> Self {
        Self { kinds, words: kinds.map(Kind::word) }
    }
}

/// The places of the rows of half days that lie ahead, and of those without a register.
const AHEAD: usize = 0;
const NO_REGISTER: usize = 1;

impl Legend {
    /// The legend for the years of some blocks.
    pub(crate) fn new(codes: &CodeTable, blocks: &[Arc<Block>], neutral: &BTreeSet<u8>) -> Self {
        let mut from: BTreeSet<NaiveDate> = codes
            .periods()
            .flat_map(|period| [period.from, period.to.and_then(|to| to.succ_opt())])
            .flatten()
            .collect();
        let first = blocks.iter().map(|block| block.year().first_day()).min();
        let last = blocks.iter().map(|block| block.year().last_day()).max();
        let (first, last) = (first.unwrap_or_default(), last.unwrap_or_default());
        from.insert(first);
        from.retain(|day| first <= *day && *day <= last);
        let mut rows = vec![Row::of([Kind::Nothing; 256]), Row::of([Kind::NoMark; 256])];
        rows.extend(from.iter().map(|day| Row::of(kinds(codes, neutral, *day))));
        Self { from: from.into_iter().collect(), rows }
    }
}

/// By half day of a school's year, what each of the 256 bytes is.
pub(crate) struct Table<'a> {
    legend: &'a Legend,
    /// By open half day, the place of its row.
    row_of: Vec<usize>,
}

impl<'a> Table<'a> {
    pub(crate) fn new(legend: &'a Legend, block: &Block) -> Self {
        let cut = block.last_register().map(HalfDay::position);
        let mut changed = 0;
        let row = |number| {
            let (date, position) = block.reckoning.half_day(number)?;
            while legend.from.get(changed).is_some_and(|from| *from <= date) {
                changed += 1;
            }
            Some(if date > block.today() {
                AHEAD
            } else if cut.is_none_or(|cut| position > cut) {
                NO_REGISTER
            } else {
                NO_REGISTER + changed
            })
        };
        let row_of = (0..block.reckoning.len()).map_while(row).collect();
        Self { legend, row_of }
    }

    /// What a mark is on an open half day.
    pub(crate) fn kind(&self, number: usize, mark: u8) -> Kind {
        let row = self.row_of.get(number).and_then(|row| self.legend.rows.get(*row));
        row.map_or(Kind::Nothing, |row| row.kinds[usize::from(mark)])
    }

    /// The runs of open half days that follow one another with the same row, and for which every year group is due or
    /// not.
    pub(crate) fn runs(&self, block: &Block, half_days: &Range<usize>) -> Vec<Run> {
        let mut runs: Vec<Run> = Vec::new();
        for number in half_days.clone() {
            let Some((_, position)) = block.reckoning.half_day(number) else { continue };
            let row = self.row_of.get(number).copied().unwrap_or_default();
            let whole = block.reckoning.is_due_for_all(number);
            match runs.last_mut() {
                Some(last)
                    if last.row == row
                        && last.whole == whole
                        && last.position + last.numbers.len() == position =>
                {
                    last.numbers.end = number + 1;
                }
                _ => runs.push(Run { numbers: number..number + 1, position, row, whole }),
            }
        }
        runs
    }

    /// Counts an enrolment's marks of a run, as far as they are due.
    pub(crate) fn count(
        &self,
        block: &Block,
        enrolment: &EnrolmentYear,
        due: &[Range<usize>],
        run: &Run,
    ) -> u64 {
        let Some(Row { words, .. }) = self.legend.rows.get(run.row) else { return 0 };
        let mut sum = 0;
        for due in due {
            let part = common(due, &run.numbers);
            let first = run.position + part.start - run.numbers.start;
            let marks = enrolment.marks.get(first..first + part.len()).filter(|_| run.whole);
            if let Some(marks) = marks {
                sum += marks.iter().map(|mark| words[usize::from(*mark)]).sum::<u64>();
                continue;
            }
            for (number, position) in part.zip(first..) {
                if block.reckoning.is_due(enrolment, number) {
                    let mark = enrolment.marks.get(position).copied().unwrap_or(NO_MARK);
                    sum += words[usize::from(mark)];
                }
            }
        }
        sum
    }
}

/// Open half days whose marks stand next to each other.
pub(crate) struct Run {
    pub(crate) numbers: Range<usize>,
    position: usize,
    row: usize,
    whole: bool,
}

/// What each byte is on a day, once the register is taken.
fn kinds(codes: &CodeTable, neutral: &BTreeSet<u8>, day: NaiveDate) -> [Kind; 256] {
    let mut kinds = [Kind::NoMark; 256];
    let counts = codes.counts_on(day);
    for ((number, counts), kind) in (NO_MARK..=u8::MAX).zip(counts).zip(&mut kinds).skip(1) {
        *kind = if codes.text(number) == Some(REASON_UNKNOWN) {
            Kind::ReasonUnknown
        } else if !counts.possible() {
            Kind::Nothing
        } else if neutral.contains(&number) {
            Kind::LeftOut
        } else if counts.absent() {
            Kind::Absent
        } else {
            Kind::Attended
        };
    }
    kinds
}
