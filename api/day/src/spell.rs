//! Marks read as absence: is somebody missing, since when, and how often this year?

use chrono::NaiveDate;
use domain::{AcademicYear, Calendar, CodeTable, Counts, HalfDay, HalfDaySet, NO_MARK, Session};

use super::span::Span;
use marks::DayMarks;

/// Where a pupil is on a day, as far as the marks say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whereabouts {
    /// Nothing says that the pupil is missing.
    NotMissing,
    /// Missing since the day began.
    Missing,
    /// Here in the morning, and missing in the afternoon.
    MissingSinceMorning,
}

/// Absent, and not only late: whoever came after the register closed counts as absent, and is there.
pub(super) fn is_missing(counts: Counts) -> bool {
    counts.absent() && !counts.late()
}

/// Where a pupil with these marks is.
pub(super) fn whereabouts([am, pm]: DayMarks, date: NaiveDate, codes: &CodeTable) -> Whereabouts {
    let [am, pm] = [am, pm].map(|mark| codes.counts(mark, date));
    match (is_missing(am), is_missing(pm)) {
        (true, _) => Whereabouts::Missing,
        (false, true) if am.possible() => Whereabouts::MissingSinceMorning,
        (false, true) => Whereabouts::Missing,
        (false, false) => Whereabouts::NotMissing,
    }
}

/// An unbroken absence up to a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Spell {
    /// The day on which it began.
    pub since: NaiveDate,
    /// Which day of the absence this is, from 1.
    pub day: u32,
}

/// The absence that a half day belongs to: back to the last session at which the pupil was there. Sessions without a mark,
/// and those at which the pupil was not expected, neither count nor break it.
pub(super) fn spell(marks: &[u8], year: AcademicYear, last: HalfDay, codes: &CodeTable) -> Spell {
    let mut spell = Spell { since: last.date(year), day: 1 };
    let before = HalfDay::all().take(last.position() + 1).collect::<Vec<_>>();
    for at in before.into_iter().rev() {
        let (date, mark) = (at.date(year), marks.get(at.position()).copied().unwrap_or(NO_MARK));
        let counts = codes.counts(mark, date);
        if is_missing(counts) {
            spell.day += u32::from(date != spell.since);
            spell.since = date;
        } else if counts.possible() {
            break;
        }
    }
    spell
}

/// Sessions missed, and possible ones.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Sessions {
    /// Absent of any kind.
    pub absent: u32,
    /// Possible.
    pub possible: u32,
}

/// How a pupil's marks on these days count, on the half days on which the school is open.
pub(super) fn sessions(
    marks: &[u8],
    calendar: &Calendar,
    days: Span,
    codes: &CodeTable,
) -> Sessions {
    let year = calendar.year();
    let from = HalfDay::of(year, days.from.max(year.first_day()), Session::Am);
    let to = HalfDay::of(year, days.to.min(year.last_day()), Session::Pm);
    let Some((from, to)) = from.zip(to).filter(|(from, to)| from <= to) else {
        return Sessions::default();
    };
    let open = calendar.open_half_days().intersection(&HalfDaySet::range(from, to));
    let mut sessions = Sessions::default();
    for at in open.iter() {
        let mark = marks.get(at.position()).copied().unwrap_or(NO_MARK);
        let counts = codes.counts(mark, at.date(year));
        sessions.possible += u32::from(counts.possible());
        sessions.absent += u32::from(counts.absent());
    }
    sessions
}
