//! What is known of a pupil beside class and year group: recorded with dates, read as it holds now.

use diesel::prelude::*;
use diesel::sql_types::{Array, Date, Integer, Nullable, Text, Timestamptz};
use domain::Characteristic;

use super::roll::on_roll;
use crate::visibility::{self, Act};
use base::prelude::*;

words! {
    /// A value of a characteristic.
    CharacteristicWord as "CharacteristicValue" {
        No = "no": "it does not hold",
        Yes = "yes": "it holds",
        None = "none": "of `sen`: no special educational needs",
        Support = "support": "of `sen`: SEN support",
        Ehcp = "ehcp": "of `sen`: an education, health and care plan",
        Single = "single": "of `registration`: at this school alone",
        Main = "main": "of `registration`: at two schools, this is the main one",
        Subsidiary = "subsidiary": "of `registration`: at two schools, this is the subsidiary one",
    }
}

/// A characteristic of an enrolment from a day on, to be recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCharacteristic {
    /// The enrolment.
    pub enrolment_id: EnrolmentId,
    /// Its school.
    pub school_id: SchoolId,
    /// What it is.
    pub kind: Characteristic,
    /// From this day on.
    pub from_day: NaiveDate,
    /// One of the kind's values; `None` takes back what was recorded for that day.
    pub value: Option<&'static str>,
}

/// A characteristic as it stands in the table.
#[derive(Debug, Clone, QueryableByName)]
pub struct CharacteristicRow {
    /// The enrolment.
    #[diesel(sql_type = Integer)]
    pub enrolment_id: EnrolmentId,
    /// What it is.
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// From this day on.
    #[diesel(sql_type = Date)]
    pub from_day: NaiveDate,
    /// One of the kind's values.
    #[diesel(sql_type = Text)]
    pub value: String,
}

/// Records characteristics. The caller has locked the schools' versions and bumped them to `at`.
pub fn add_characteristics(
    tx: &mut Tx,
    new: &[NewCharacteristic],
    at: DateTime<Utc>,
    by: &str,
) -> Result<()> {
    diesel::sql_query(
        "INSERT INTO characteristic \
             (trust_id, school_id, enrolment_id, kind, from_day, value, recorded_at, recorded_by) \
         SELECT t.trust_id, u.school_id, u.enrolment_id, u.kind, u.from_day, u.value, $7, $8 \
         FROM trust t, unnest($1, $2, $3, $4, $5) AS u (school_id, enrolment_id, kind, from_day, value) \
         WHERE t.trust_id = $6",
    )
    .bind::<Array<Integer>, _>(new.iter().map(|c| c.school_id).collect::<Vec<_>>())
    .bind::<Array<Integer>, _>(new.iter().map(|c| c.enrolment_id).collect::<Vec<_>>())
    .bind::<Array<Text>, _>(new.iter().map(|c| c.kind.text()).collect::<Vec<_>>())
    .bind::<Array<Date>, _>(new.iter().map(|c| c.from_day).collect::<Vec<_>>())
    .bind::<Array<Nullable<Text>>, _>(new.iter().map(|c| c.value).collect::<Vec<_>>())
    .bind::<Integer, _>(tx.trust())
    .bind::<Timestamptz, _>(at)
    .bind::<Text, _>(by)
    .execute(tx.conn)?;
    Ok(())
}

/// The enrolments at a subsidiary school that one of these facts would make the main one, where the caller's school may
/// not say so.
pub fn main_elsewhere(tx: &mut Tx, new: &[NewCharacteristic]) -> Result<BTreeSet<EnrolmentId>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Integer)]
        enrolment_id: EnrolmentId,
        #[diesel(sql_type = Integer)]
        pupil_id: PupilId,
    }
    let subsidiary = CharacteristicWord::Subsidiary.text();
    let other = |fact: &&NewCharacteristic| {
        fact.kind == Characteristic::Registration && fact.value != Some(subsidiary)
    };
    let enrolments: Vec<EnrolmentId> =
        new.iter().filter(other).map(|fact| fact.enrolment_id).collect();
    if enrolments.is_empty() {
        return Ok(BTreeSet::new());
    }
    let rows: Vec<Row> = diesel::sql_query(
        "SELECT e.enrolment_id, e.pupil_id FROM enrolment e \
         WHERE e.trust_id = $1 AND e.enrolment_id = ANY ($2) AND EXISTS (SELECT FROM characteristic c \
             WHERE c.trust_id = $1 AND c.school_id = e.school_id AND c.enrolment_id = e.enrolment_id \
               AND c.kind = $3 AND c.value = $4)",
    )
    .bind::<Integer, _>(tx.trust())
    .bind::<Array<Integer>, _>(enrolments)
    .bind::<Text, _>(Characteristic::Registration.text())
    .bind::<Text, _>(subsidiary)
    .load(tx.conn)?;
    let pupils: Vec<PupilId> = rows.iter().map(|row| row.pupil_id).collect();
    let may = visibility::permitted(tx, &pupils, Act::BeMain)?;
    let others = rows.into_iter().filter(|row| !may.contains(&row.pupil_id));
    Ok(others.map(|row| row.enrolment_id).collect())
}

/// Every characteristic of the enrolments of these schools as known on an instant (`None`: now), in the order of
/// enrolment, kind and day.
pub fn characteristics_of(
    tx: &mut Tx,
    schools: &[SchoolId],
    known: Option<DateTime<Utc>>,
) -> Result<Vec<CharacteristicRow>> {
    load(tx, schools, None, known)
}

/// The same of one enrolment.
pub fn characteristics_of_enrolment(
    tx: &mut Tx,
    school_id: SchoolId,
    enrolment_id: EnrolmentId,
    known: Option<DateTime<Utc>>,
) -> Result<Vec<CharacteristicRow>> {
    load(tx, &[school_id], Some(enrolment_id), known)
}

/// What holds on a day of these kinds, for the enrolments of a school; kinds of which nothing is recorded are left out.
pub fn characteristics_on(
    tx: &mut Tx,
    school_id: SchoolId,
    kinds: &[Characteristic],
    date: NaiveDate,
) -> Result<Vec<CharacteristicRow>> {
    let rows = diesel::sql_query(
        "SELECT DISTINCT ON (enrolment_id, kind) enrolment_id, kind, from_day, value FROM ( \
             SELECT DISTINCT ON (enrolment_id, kind, from_day) enrolment_id, kind, from_day, value \
             FROM characteristic \
             WHERE trust_id = $1 AND school_id = $2 AND kind = ANY ($3) AND from_day <= $4 \
             ORDER BY enrolment_id, kind, from_day, recorded_at DESC) latest \
         WHERE value IS NOT NULL ORDER BY enrolment_id, kind, from_day DESC",
    )
    .bind::<Integer, _>(tx.trust())
    .bind::<Integer, _>(school_id)
    .bind::<Array<Text>, _>(kinds.iter().map(|kind| kind.text()).collect::<Vec<_>>())
    .bind::<Date, _>(date)
    .load(tx.conn)?;
    Ok(rows)
}

/// Whether one of the kinds that hold or do not is recorded to hold of a pupil of a school on a day.
pub fn has_on(
    tx: &mut Tx,
    (school_id, pupil_id): (SchoolId, PupilId),
    kind: Characteristic,
    day: NaiveDate,
) -> Result<bool> {
    for on_roll in on_roll(tx, Some(school_id), day, Some(&[pupil_id]))? {
        let all = characteristics_of_enrolment(tx, school_id, on_roll.enrolment_id, None)?;
        let mut own = all.iter().filter(|row| row.kind == kind.text() && row.from_day <= day);
        if own.next_back().is_some_and(|row| row.value == CharacteristicWord::Yes.text()) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn load(
    tx: &mut Tx,
    schools: &[SchoolId],
    enrolment: Option<EnrolmentId>,
    known: Option<DateTime<Utc>>,
) -> Result<Vec<CharacteristicRow>> {
    let rows = diesel::sql_query(
        "SELECT enrolment_id, kind, from_day, value FROM ( \
             SELECT DISTINCT ON (school_id, enrolment_id, kind, from_day) enrolment_id, kind, from_day, value \
             FROM characteristic \
             WHERE trust_id = $1 AND school_id = ANY ($2) AND ($3 IS NULL OR recorded_at <= $3) \
               AND ($4 IS NULL OR enrolment_id = $4) \
             ORDER BY school_id, enrolment_id, kind, from_day, recorded_at DESC) latest \
         WHERE value IS NOT NULL ORDER BY enrolment_id, kind, from_day",
    )
    .bind::<Integer, _>(tx.trust())
    .bind::<Array<Integer>, _>(schools)
    .bind::<Nullable<Timestamptz>, _>(known)
    .bind::<Nullable<Integer>, _>(enrolment)
    .load(tx.conn)?;
    Ok(rows)
}
