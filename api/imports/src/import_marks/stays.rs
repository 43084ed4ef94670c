//! A pupil's stays on roll, and the marks that belong to each: by position in the register year, since there are millions.

use std::ops::Range;

use domain::{HALF_DAYS, HalfDaySet, NO_MARK};

use super::check::YearPlan;
use crate::roll::Classes;
use base::prelude::*;
use roll::pupils::EnrolmentRow;

/// The position in a register year from which on half days lie after a day.
pub(super) fn first_after(year: AcademicYear, day: NaiveDate) -> usize {
    let days = (day - year.first_monday()).num_days() + 1;
    usize::try_from(2 * days).unwrap_or(0)
}

/// A pupil's stays on the roll of a school, as positions in a register year, with their enrolments.
pub(super) struct Stays(Vec<(Range<usize>, EnrolmentId)>);

impl Stays {
    pub fn of(year: AcademicYear, rows: &[EnrolmentRow]) -> Self {
        let stay = |row: &EnrolmentRow| {
            let first = row.first_day.pred_opt().map_or(0, |before| first_after(year, before));
            let after = row.last_day.map_or(HALF_DAYS, |last| first_after(year, last));
            (first..after, row.enrolment_id)
        };
        Self(rows.iter().map(stay).collect())
    }

    /// The enrolment that holds on a half day.
    pub fn at(&self, at: HalfDay) -> Option<EnrolmentId> {
        self.around(at, at)
    }

    /// The enrolment that holds from one half day to another.
    pub fn around(&self, first: HalfDay, last: HalfDay) -> Option<EnrolmentId> {
        let holds = |stay: &Range<usize>| {
            stay.contains(&first.position()) && stay.contains(&last.position())
        };
        self.0.iter().find(|(stay, _)| holds(stay)).map(|(_, id)| *id)
    }
}

/// Marks of one pupil on the way, while they are of one enrolment and class.
pub(super) struct Run {
    enrolment_id: Option<EnrolmentId>,
    marks: Box<[u8; HALF_DAYS]>,
    class: Option<ClassId>,
    /// The class holds up to this position.
    class_until: usize,
    taken: HalfDaySet,
}

impl Default for Run {
    fn default() -> Self {
        Self {
            enrolment_id: None,
            marks: Box::new([NO_MARK; HALF_DAYS]),
            class: None,
            class_until: 0,
            taken: HalfDaySet::new(),
        }
    }
}

impl Run {
    /// Adds a mark; the marks come in the order of days.
    pub fn add(
        &mut self,
        plan: &mut YearPlan,
        classes: &Classes,
        (enrolment_id, year): (EnrolmentId, AcademicYear),
        (at, mark, taken): (HalfDay, u8, bool),
    ) {
        if self.enrolment_id != Some(enrolment_id) || at.position() >= self.class_until {
            std::mem::take(self).end(plan);
            self.enrolment_id = Some(enrolment_id);
            let (class, next) = classes.held(enrolment_id, at.date(year));
            let until = next.and_then(|next| next.pred_opt());
            (self.class, self.class_until) =
                (class, until.map_or(HALF_DAYS, |until| first_after(year, until)));
        }
        if let Some(place) = self.marks.get_mut(at.position()) {
            *place = mark;
        }
        if taken {
            self.taken.insert(at);
        }
    }

    /// Puts the marks into the plan.
    pub fn end(self, plan: &mut YearPlan) {
        let Some(enrolment_id) = self.enrolment_id else { return };
        plan.say(enrolment_id, self.marks);
        if let Some(class) = self.class.filter(|_| !self.taken.is_empty()) {
            plan.take(class, &self.taken);
        }
    }
}
