//! An enrolment as it is shown: days, classes, characteristics, and what is allowed but may be a mistake.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Date, Integer, Nullable, SmallInt, Timestamptz};
use domain::{AcademicYear, Characteristic, HalfDay, NO_MARK};
use serde::Serialize;
use utoipa::ToSchema;

use super::characteristics::characteristics_of_enrolment;
use super::{CharacteristicRow, EnrolmentRow, PlacementRow, Stay, stays_of};
use crate::db::Tx;
use crate::http::problem::Problem;
use crate::register;

/// An enrolment with everything that is known of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct EnrolmentPage {
    /// The enrolment.
    #[serde(flatten)]
    pub(super) enrolment: EnrolmentRow,
    /// Class and year group, from each day on.
    pub(super) placements: Vec<PlacementRow>,
    /// Characteristics, from each day on.
    characteristics: Vec<CharacteristicFact>,
    /// What is allowed but may be a mistake.
    notices: Vec<EnrolmentNotice>,
}

impl EnrolmentPage {
    /// Where it can be read.
    pub(super) fn place(&self) -> String {
        format!("/v1/enrolments/{}", self.enrolment.enrolment_id)
    }
}

/// A characteristic of an enrolment from a day on.
#[derive(Debug, Serialize, ToSchema)]
pub struct CharacteristicFact {
    /// `fsm`, `sen`, `eal`, `looked_after`, `child_in_need`, `service_child`, `boarder` or `registration`.
    #[schema(example = "sen")]
    kind: String,
    /// From this day on.
    from_day: NaiveDate,
    /// One of the kind's values.
    #[schema(example = "support")]
    value: String,
}

impl From<CharacteristicRow> for CharacteristicFact {
    fn from(row: CharacteristicRow) -> Self {
        Self { kind: row.kind, from_day: row.from_day, value: row.value }
    }
}

/// Something that is allowed but may be a mistake: nothing was refused because of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct EnrolmentNotice {
    /// `marks-outside` or `two-schools`.
    #[schema(example = "marks-outside")]
    kind: &'static str,
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
    enrolment_id: Option<i32>,
}

/// An enrolment as it stands now.
///
/// # Errors
/// 404.
pub(super) fn enrolment_page(tx: &mut Tx<'_>, enrolment_id: i32) -> Result<EnrolmentPage, Problem> {
    let mut page = enrolment_page_known(tx, enrolment_id, None)?;
    page.notices.extend(marks_outside(tx, &page.enrolment)?);
    page.notices.extend(two_schools(tx, &page.enrolment)?);
    Ok(page)
}

/// An enrolment as it was known on an instant (`None`: now), without notices.
///
/// # Errors
/// 404, also when it was not known then.
pub(super) fn enrolment_page_known(
    tx: &mut Tx<'_>,
    enrolment_id: i32,
    known: Option<DateTime<Utc>>,
) -> Result<EnrolmentPage, Problem> {
    let days: Days = diesel::sql_query(
        "SELECT e.school_id, d.first_day, d.last_day, coalesce(moved.old_pupil_id, e.pupil_id) AS pupil_id \
         FROM enrolment e \
         JOIN LATERAL (SELECT first_day, last_day FROM enrolment_days \
              WHERE trust_id = $1 AND school_id = e.school_id AND enrolment_id = $2 \
                AND ($3 IS NULL OR recorded_at <= $3) ORDER BY recorded_at DESC LIMIT 1) d ON true \
         LEFT JOIN LATERAL (SELECT old_pupil_id FROM enrolment_pupil \
              WHERE trust_id = $1 AND school_id = e.school_id AND enrolment_id = $2 \
                AND recorded_at > $3 ORDER BY recorded_at LIMIT 1) moved ON true \
         WHERE e.trust_id = $1 AND e.enrolment_id = $2",
    )
    .bind::<Integer, _>(tx.trust())
    .bind::<Integer, _>(enrolment_id)
    .bind::<Nullable<Timestamptz>, _>(known)
    .get_result(tx.conn)?;
    let Days { school_id, pupil_id, first_day, last_day } = days;
    let characteristics = characteristics_of_enrolment(tx, school_id, enrolment_id, known)?;
    Ok(EnrolmentPage {
        enrolment: EnrolmentRow { enrolment_id, school_id, pupil_id, first_day, last_day },
        placements: placements(tx, school_id, enrolment_id, known)?,
        characteristics: characteristics.into_iter().map(Into::into).collect(),
        notices: Vec::new(),
    })
}

#[derive(QueryableByName)]
struct Days {
    #[diesel(sql_type = Integer)]
    school_id: i32,
    #[diesel(sql_type = Integer)]
    pupil_id: i32,
    #[diesel(sql_type = Date)]
    first_day: NaiveDate,
    #[diesel(sql_type = Nullable<Date>)]
    last_day: Option<NaiveDate>,
}

#[derive(QueryableByName)]
struct Placed {
    #[diesel(sql_type = Date)]
    from_day: NaiveDate,
    #[diesel(sql_type = Integer)]
    class_id: i32,
    #[diesel(sql_type = SmallInt)]
    year_group: i16,
}

fn placements(
    tx: &mut Tx<'_>,
    school_id: i32,
    enrolment_id: i32,
    known: Option<DateTime<Utc>>,
) -> Result<Vec<PlacementRow>, Problem> {
    let rows: Vec<Placed> = diesel::sql_query(
        "SELECT DISTINCT ON (from_day) from_day, class_id, year_group FROM placement \
         WHERE trust_id = $1 AND school_id = $2 AND enrolment_id = $3 AND ($4 IS NULL OR recorded_at <= $4) \
         ORDER BY from_day, recorded_at DESC",
    )
    .bind::<Integer, _>(tx.trust())
    .bind::<Integer, _>(school_id)
    .bind::<Integer, _>(enrolment_id)
    .bind::<Nullable<Timestamptz>, _>(known)
    .load(tx.conn)?;
    let placement = |Placed { from_day, class_id, year_group }| PlacementRow {
        enrolment_id,
        from_day,
        class_id,
        year_group,
    };
    Ok(rows.into_iter().map(placement).collect())
}

/// Marks on days that the enrolment does not cover: they stay where they are and count nowhere.
fn marks_outside(
    tx: &mut Tx<'_>,
    enrolment: &EnrolmentRow,
) -> Result<Option<EnrolmentNotice>, Problem> {
    let EnrolmentRow { school_id, enrolment_id, first_day, last_day, .. } = *enrolment;
    let mut outside = Vec::new();
    for (year, marks) in register::years_of(tx, school_id, enrolment_id)? {
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
    Ok(Some(EnrolmentNotice { kind: "marks-outside", text, from, to, marks, enrolment_id: None }))
}

/// Other schools' rolls that the pupil is on at the same time, unless one is recorded as the main school and the other
/// as the subsidiary one: two schools that each expect the pupil count them twice.
fn two_schools(tx: &mut Tx<'_>, enrolment: &EnrolmentRow) -> Result<Vec<EnrolmentNotice>, Problem> {
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
    EnrolmentNotice { kind: "two-schools", text, from, to, marks: None, enrolment_id }
}

/// How an enrolment is registered on a day: `single`, `main` or `subsidiary`.
fn registration(
    tx: &mut Tx<'_>,
    school_id: i32,
    enrolment_id: i32,
    on: NaiveDate,
) -> Result<String, Problem> {
    let kind = Characteristic::Registration;
    let facts = characteristics_of_enrolment(tx, school_id, enrolment_id, None)?;
    let last = facts.into_iter().rfind(|fact| fact.kind == kind.name() && fact.from_day <= on);
    let value = last.map(|fact| fact.value);
    Ok(value.or_else(|| kind.value(0).map(|value| value.name.to_owned())).unwrap_or_default())
}
