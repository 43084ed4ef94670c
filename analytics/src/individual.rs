//! What each enrolment has over some days: for questions that go enrolment by enrolment.

use std::collections::BTreeSet;
use std::ops::Range;

use chrono::NaiveDate;
use domain::{
    Calendar, Definition, HalfDay, NO_MARK, Rate, Session, Window, WindowKind, persistent, severe,
};

use crate::reckoning::{
    ABSENT, APPROVED, COUNTS, EXPECTED, LATE, MARKED, POSSIBLE, UNAUTHORISED, common,
};
use crate::{Block, By, EnrolmentYear, Value};

/// One enrolment and its sessions on some days.
#[derive(Debug, Clone, Copy)]
pub struct Individual<'a> {
    /// The enrolment.
    pub enrolment: &'a EnrolmentYear,
    /// Possible sessions.
    pub possible: u32,
    /// Sessions absent.
    pub absent: u32,
    /// Sessions absent without authorisation.
    pub unauthorised: u32,
    /// Sessions late, before the register closed or after it.
    pub late: u32,
    /// Sessions at an approved educational activity.
    pub approved: u32,
    /// Of the expected half days, those with any mark.
    pub marked: u32,
    /// Half days up to today that should have a mark.
    pub expected: u32,
}

impl Individual<'_> {
    /// Whether 10% or more of the possible sessions were missed.
    pub fn persistent(&self) -> bool {
        persistent(self.absent, self.possible)
    }

    /// Whether 50% or more were.
    pub fn severe(&self) -> bool {
        severe(self.absent, self.possible)
    }
}

impl Block {
    /// The school's window of a kind that has this key beside those of other schools.
    pub fn window(&self, kind: WindowKind, key: &str) -> Option<&Window> {
        self.windows_across_schools(kind).iter().find(|window| window.key == key)
    }

    /// The window of the same kind before it.
    pub fn window_before(&self, kind: WindowKind, key: &str) -> Option<&Window> {
        let windows = self.windows_across_schools(kind);
        let at = windows.iter().position(|window| window.key == key)?;
        windows.get(at.checked_sub(1)?)
    }

    /// The day whose groups count for a window that ends on `to`: its last, but not after the last
    /// register that was taken.
    pub fn status_day(&self, to: NaiveDate) -> NaiveDate {
        let cut = self.source.cut.map(|cut| cut.date(self.year()));
        to.min(cut.unwrap_or(self.source.today))
    }

    /// The school days from one day to another, both included, up to the last register that was
    /// taken.
    pub fn days_counted(&self, from: NaiveDate, to: NaiveDate) -> Vec<NaiveDate> {
        let Some(cut) = self.source.cut.map(|cut| cut.date(self.year())) else { return vec![] };
        let open = self.reckoning.dates().filter(|date| from <= *date && *date <= to.min(cut));
        let mut days: Vec<NaiveDate> = open.collect();
        days.dedup();
        days
    }

    /// The school days after a day, up to today.
    pub fn school_days_after(&self, day: NaiveDate) -> usize {
        let open = self.reckoning.dates().filter(|date| day < *date && *date <= self.today());
        open.collect::<BTreeSet<_>>().len()
    }

    /// What each enrolment has from one day to another, both included, as a definition counts it.
    /// Those with nothing are there too.
    pub fn individuals(
        &self,
        definition: Definition,
        from: NaiveDate,
        to: NaiveDate,
    ) -> impl Iterator<Item = Individual<'_>> {
        self.enrolments_counted(definition).map(move |(enrolment, last_day)| {
            let days = last_day.map_or(0..0, |last| self.reckoning.between(from, to.min(last)));
            let sums = self.sums(enrolment, days);
            Individual {
                enrolment,
                possible: sums[POSSIBLE],
                absent: sums[ABSENT],
                unauthorised: sums[UNAUTHORISED],
                late: sums[LATE],
                approved: sums[APPROVED],
                marked: sums[MARKED],
                expected: sums[EXPECTED],
            }
        })
    }

    /// The school's calendar.
    pub fn calendar(&self) -> &Calendar {
        &self.source.calendar
    }

    /// The marks of an enrolment that may count, from one day to another, both included, in order: of half days that
    /// are due of it, up to the last register that was taken. Each with its code's number.
    pub fn marks<'a>(
        &'a self,
        of: &'a EnrolmentYear,
        from: NaiveDate,
        to: NaiveDate,
    ) -> impl Iterator<Item = (NaiveDate, Session, u8)> + 'a {
        let days = self.reckoning.between(from, to);
        let due: Vec<HalfDay> = self.reckoning.half_days_due(of, &days).collect();
        let due =
            due.into_iter().filter(|half_day| self.source.cut.is_some_and(|cut| *half_day <= cut));
        due.filter_map(|half_day| {
            let mark = of.marks.get(half_day.position()).copied()?;
            (mark != NO_MARK).then(|| (half_day.date(self.year()), half_day.session(), mark))
        })
    }

    /// The enrolments of the year, in the order of the block.
    pub fn members(&self) -> impl Iterator<Item = &EnrolmentYear> {
        self.source.enrolments.iter()
    }

    /// Sessions attended of those possible, of one enrolment from one day to another, both included, whatever the
    /// pupil's age; `None` without a possible session.
    pub fn attendance(&self, of: &EnrolmentYear, from: NaiveDate, to: NaiveDate) -> Option<Rate> {
        let sums = self.sums(of, self.reckoning.between(from, to));
        Rate::attended(u64::from(sums[ABSENT]), u64::from(sums[POSSIBLE]))
    }

    /// Sessions of unauthorised absence among the same marks.
    pub fn unauthorised(&self, of: &EnrolmentYear, from: NaiveDate, to: NaiveDate) -> u64 {
        u64::from(self.sums(of, self.reckoning.between(from, to))[UNAUTHORISED])
    }

    /// Sessions for which the pupil came late, among the same marks.
    pub fn late(&self, of: &EnrolmentYear, from: NaiveDate, to: NaiveDate) -> u64 {
        u64::from(self.sums(of, self.reckoning.between(from, to))[LATE])
    }

    /// What an enrolment has on some open half days.
    fn sums(&self, enrolment: &EnrolmentYear, days: Range<usize>) -> [u32; COUNTS] {
        let due: Vec<_> =
            self.reckoning.due(enrolment).iter().map(|due| common(due, &days)).collect();
        let mut sums = [0; COUNTS];
        // A count has one byte.
        for start in days.clone().step_by(usize::from(u8::MAX)) {
            let some = start..(start + usize::from(u8::MAX)).min(days.end);
            let counts = self.reckoning.count(enrolment, &due, &some);
            sums.iter_mut().zip(counts).for_each(|(sum, count)| *sum += u32::from(count));
        }
        sums
    }
}

impl EnrolmentYear {
    /// What the enrolment is on a day; on a day before it begins, what it is when it does. `None`
    /// for a school or phase, which are not its own, and where it is nothing of the kind.
    pub fn value(&self, by: By, day: NaiveDate) -> Option<Value> {
        let day = day.max(self.first_day);
        self.history(by).take_while(|(from, _)| *from <= day).last().map(|(_, value)| value)
    }
}
