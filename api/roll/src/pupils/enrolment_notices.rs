//! What is allowed on a roll but may be a mistake: marks outside the days, two schools at once.

use domain::{Characteristic, NO_MARK};

use super::characteristics::characteristics_of_enrolment;
use super::{EnrolmentRow, Stay, stays_of};
use base::prelude::*;

/// Something that is allowed but may be a mistake: nothing was refused because of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct EnrolmentNotice {
    /// What it is about.
    kind: EnrolmentNoticeKind,
    /// What it is, in plain English.
    text: String,
    /// The first day that it is about.
    from: NaiveDate,
    /// The last day that it is about; absent when there is no end yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<NaiveDate>,
    /// How many marks it is about, where it is about marks.
    #[serde(skip_serializing_if = "Option::is_none")]
    marks: Option<usize>,
    /// The other enrolment, where it is about two.
    #[serde(skip_serializing_if = "Option::is_none")]
    enrolment_id: Option<EnrolmentId>,
}

words! {
    /// What a notice of an enrolment is about.
    EnrolmentNoticeKind {
        MarksOutside = "marks-outside": "marks on days that the enrolment does not cover",
        TwoSchools = "two-schools": "another school's roll that the pupil is on at the same time",
    }
}

/// The notices of an enrolment.
pub(super) fn notices_of(tx: &mut Tx, enrolment: &EnrolmentRow) -> Result<Vec<EnrolmentNotice>> {
    let mut notices: Vec<EnrolmentNotice> = marks_outside(tx, enrolment)?.into_iter().collect();
    notices.extend(two_schools(tx, enrolment)?);
    Ok(notices)
}

/// Marks on days that the enrolment does not cover: they stay where they are and count nowhere.
fn marks_outside(tx: &mut Tx, enrolment: &EnrolmentRow) -> Result<Option<EnrolmentNotice>> {
    let EnrolmentRow { school_id, enrolment_id, first_day, last_day, .. } = *enrolment;
    let mut outside = Vec::new();
    for (year, marks) in marks::years_of(tx, school_id, enrolment_id)? {
        let Some(year) = AcademicYear::new(year) else { continue };
        let marked = HalfDay::all().zip(marks).filter(|(_, mark)| *mark != NO_MARK);
        let days = marked.map(|(half_day, _)| half_day.date(year));
        outside.extend(days.filter(|day| *day < first_day || last_day.is_some_and(|l| *day > l)));
    }
    let Some((from, to)) = outside.iter().min().copied().zip(outside.iter().max().copied()) else {
        return Ok(None);
    };
    let marks = outside.len();
    let text = format!(
        "{marks} marks from {from} to {to} lie outside the days on roll. They stay in the register and count nowhere."
    );
    let (to, marks) = (Some(to), Some(marks));
    Ok(Some(EnrolmentNotice {
        kind: EnrolmentNoticeKind::MarksOutside,
        text,
        from,
        to,
        marks,
        enrolment_id: None,
    }))
}

/// Other schools' rolls that the pupil is on at the same time, unless one is recorded as the main school and the other
/// as the subsidiary one: two schools that each expect the pupil count them twice.
fn two_schools(tx: &mut Tx, enrolment: &EnrolmentRow) -> Result<Vec<EnrolmentNotice>> {
    let EnrolmentRow { school_id, enrolment_id, pupil_id, first_day, last_day } = *enrolment;
    let mut notices = Vec::new();
    for other in stays_of(tx, pupil_id)? {
        if other.school_id == school_id || !other.overlaps(first_day, last_day) {
            continue;
        }
        let from = first_day.max(other.first_day);
        let here = registration(tx, school_id, enrolment_id, from)?;
        let there = registration(tx, other.school_id, other.enrolment_id, from)?;
        if matches!(
            (here.as_str(), there.as_str()),
            ("main", "subsidiary") | ("subsidiary", "main")
        ) {
            continue;
        }
        notices.push(doubled(&other, from, last_day, (&here, &there)));
    }
    Ok(notices)
}

fn doubled(
    other: &Stay,
    from: NaiveDate,
    last_day: Option<NaiveDate>,
    (here, there): (&str, &str),
) -> EnrolmentNotice {
    let to = [last_day, other.last_day].into_iter().flatten().min();
    let text = format!(
        "The pupil is on the roll of school {} too, and the registrations are {here} here and {there} there. If the \
         pupil goes to both, record one as main and one as subsidiary; if the pupil moved, record the last day.",
        other.school_id
    );
    let enrolment_id = Some(other.enrolment_id);
    EnrolmentNotice {
        kind: EnrolmentNoticeKind::TwoSchools,
        text,
        from,
        to,
        marks: None,
        enrolment_id,
    }
}

/// How an enrolment is registered on a day: `single`, `main` or `subsidiary`.
fn registration(
    tx: &mut Tx,
    school_id: SchoolId,
    enrolment_id: EnrolmentId,
    on: NaiveDate,
) -> Result<String> {
    let kind = Characteristic::Registration;
    let facts = characteristics_of_enrolment(tx, school_id, enrolment_id, None)?;
    let last = facts.into_iter().rfind(|fact| fact.kind == kind.text() && fact.from_day <= on);
    let value = last.map(|fact| fact.value);
    Ok(value.or_else(|| kind.value(0).map(|value| value.name.to_owned())).unwrap_or_default())
}
