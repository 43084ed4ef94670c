//! In which class and year group an enrolment is in one academic year.

use chrono::NaiveDate;

use super::calendar::date;
use super::roll::Enrolment;
use super::{SchoolPlan, schools};

/// Where a pupil stands in one academic year of an enrolment.
pub(super) struct Placement {
    pub(super) from: NaiveDate,
    pub(super) to: NaiveDate,
    pub(super) year_group: i16,
    pub(super) class: String,
}

/// The placement of an enrolment in an academic year; `None` when the two have no day in common.
pub(super) fn placement(
    school: &SchoolPlan,
    enrolment: &Enrolment,
    year: i16,
) -> Option<Placement> {
    let from = date(i32::from(year), 9, 1).max(enrolment.first_day);
    let to = enrolment.last_day.unwrap_or(NaiveDate::MAX).min(date(i32::from(year) + 1, 7, 31));
    let year_group = year - enrolment.cohort;
    let class = || schools::class_name(&school.profile, year_group, enrolment.place);
    (from <= to).then(|| Placement { from, to, year_group, class: class() })
}
