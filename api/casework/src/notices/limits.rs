//! The national limits for a child and a parent, counted from the marks as they stand now.

use chrono::Days as DayCount;
use domain::national::{Mark, National, NextNotice, Notice as Issued, PenaltyNotice, Watch};
use domain::{Calendar, CodeTable, Days, NoticeState};

use crate::records::notices::{Missed, NoticeRow};
use base::prelude::*;
use roll::pupils;
use school::calendars;

/// What the limits for a child are counted from.
pub struct Counted {
    /// The law in force.
    pub law: PenaltyNotice,
    /// The day.
    pub day: NaiveDate,
    marks: Vec<Mark>,
    school_weeks: Vec<NaiveDate>,
}

impl Counted {
    /// Reads the child's marks of this academic year and the one before, at every school that the caller may see, as
    /// they were `known` on an instant (`None`: now). Errors: 404; 422 before the law was in force.
    pub fn read(
        tx: &mut Tx,
        codes: &CodeTable,
        pupil_id: PupilId,
        known: Option<DateTime<Utc>>,
    ) -> Result<Self> {
        let day = tx.clock().today();
        let law = National::built_in().map_err(Problem::internal)?;
        let none = || Problem::new(Kind::Invalid).detail("No national rule was in force then.");
        let law = law.penalty_notice(day).cloned().ok_or_else(none)?;
        let mut marks = Vec::new();
        let mut weeks: BTreeSet<NaiveDate> = BTreeSet::new();
        for stay in pupils::stays_of(tx, pupil_id)? {
            let calendars = calendars::around(tx, stay.school_id, day)?;
            weeks.extend(calendars.iter().flat_map(Calendar::school_weeks));
            for (year, mut bytes) in marks::years_of(tx, stay.school_id, stay.enrolment_id)? {
                let year = AcademicYear::new(year);
                let near = |one: &AcademicYear| calendars.iter().any(|this| this.year() == *one);
                let Some(year) = year.filter(near) else { continue };
                if let Some(at) = known {
                    let mut then = marks::marks_as_known(tx, &[stay.school_id], year, at)?;
                    bytes = then.remove(&stay.enrolment_id).unwrap_or_default();
                }
                marks.extend(marks_of(codes, year, &bytes, day));
            }
        }
        let school_weeks = weeks.into_iter().filter(|monday| *monday <= day).collect();
        Ok(Self { law, day, marks, school_weeks })
    }

    /// The days that a notice looks back over, up to today: so many school weeks as the law says.
    pub fn days(&self) -> Days {
        let weeks = u64::try_from(self.law.school_weeks).unwrap_or(0);
        let first = self.school_weeks.len().saturating_sub(self.law.school_weeks);
        let behind = self.school_weeks.get(first).copied();
        Days { from: behind.unwrap_or(self.day - DayCount::new(7 * weeks)), to: self.day }
    }

    /// How many sessions of unauthorised absence lie in these days, but for those with a code.
    pub fn missed_but(&self, code: &str) -> usize {
        let Days { from, to } = self.days();
        let counts =
            |mark: &&Mark| (from..=to).contains(&mark.date) && self.law.codes.contains(&mark.code);
        self.marks.iter().filter(counts).filter(|mark| mark.code != code).count()
    }

    /// How near the child is to the threshold, with the sessions that no notice to this parent rests on. `but` is left
    /// aside: the notice that is looked at again.
    pub fn watch(
        &self,
        notices: &[NoticeRow],
        parent_id: ParentId,
        but: Option<NoticeId>,
    ) -> Result<Option<Watch>> {
        let mut used = BTreeSet::new();
        for row in notices.iter().filter(|row| row.parent_id == parent_id) {
            if Some(row.notice_id) != but && row.state.uses_sessions() {
                let sessions = row.read()?.sessions;
                used.extend(sessions.iter().map(|missed| (missed.date, missed.session)));
            }
        }
        Ok(self.law.watch(&self.marks, &self.school_weeks, &used))
    }

    /// Which notice to this parent the next one would be, if it were issued on a day.
    pub fn next(
        &self,
        notices: &[NoticeRow],
        (parent_id, day): (ParentId, NaiveDate),
        but: Option<NoticeId>,
    ) -> Result<NextNotice> {
        let mut issued = Vec::new();
        for row in notices.iter().filter(|row| row.parent_id == parent_id) {
            if let (Some(on), true) = (row.read()?.issued_on, Some(row.notice_id) != but) {
                let withdrawn = row.state == NoticeState::Withdrawn;
                issued.push(Issued { issued: on, withdrawn });
            }
        }
        Ok(self.law.next_notice(&issued, day))
    }

    /// How many of these sessions still have a mark that counts.
    pub fn still_supported(&self, sessions: &[Missed]) -> usize {
        let counting: BTreeSet<(NaiveDate, Session)> = self
            .marks
            .iter()
            .filter(|mark| self.law.codes.contains(&mark.code))
            .map(|mark| (mark.date, mark.session))
            .collect();
        sessions.iter().filter(|one| counting.contains(&(one.date, one.session))).count()
    }
}

/// The marks of a year up to a day.
fn marks_of(codes: &CodeTable, year: AcademicYear, bytes: &[u8], day: NaiveDate) -> Vec<Mark> {
    let mut marks = Vec::new();
    let half_days = HalfDay::all().zip(bytes);
    for (half_day, number) in half_days {
        let (date, session) = (half_day.date(year), half_day.session());
        if let Some(code) = codes.text(*number).filter(|_| date <= day) {
            marks.push(Mark { date, session, code: code.to_owned() });
        }
    }
    marks
}
