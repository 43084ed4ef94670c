//! What schools' years were counted from on an earlier instant: every fact as it was recorded by then, and every mark,
//! field and register with what came later undone.

use diesel::prelude::*;
use diesel::sql_types::{Array, Date, Integer, Timestamptz};
use domain::{HALF_DAYS, Sex, Word};

use super::facts::{Facts, PupilFacts, pupil_facts};
use base::clock::Clock;
use base::prelude::*;
use roll::pupils::{self, EnrolmentRow, PlacementRow};
use schema::{class_year_change, placement, pupil_change, register_session};
use school::calendars;

/// The instant that a question is asked as known on, which must have passed; to the microsecond, as Postgres keeps it.
/// Errors: an instant to come.
pub fn instant(clock: &Clock, asked: Option<DateTime<Utc>>) -> Result<Option<DateTime<Utc>>> {
    let asked = asked.and_then(|at| DateTime::from_timestamp_micros(at.timestamp_micros()));
    if asked.is_some_and(|at| at > clock.now()) {
        let expected = "an instant that has passed, such as 2026-11-18T09:00:00Z";
        return Err(Problem::at(Kind::BadQuery, "?as_known_on", expected));
    }
    Ok(asked)
}

/// Reads schools' years as they were known on an instant.
pub fn facts(
    tx: &mut Tx,
    schools: &[SchoolId],
    year: AcademicYear,
    at: DateTime<Utc>,
) -> Result<Facts> {
    let enrolments = enrolments(tx, schools, year, at)?;
    Ok(Facts {
        calendars: calendars::of_schools(tx, schools, year, Some(at))?,
        taken: taken(tx, schools, year, at)?,
        placements: placements(tx, schools, at)?,
        characteristics: pupils::characteristics_of(tx, schools, Some(at))?,
        pupils: pupils_as_known(tx, &enrolments, at)?,
        marks: marks::marks_as_known(tx, schools, year, at)?,
        enrolments,
    })
}

/// The enrolments recorded by then, with the days and the pupil that they had.
fn enrolments(
    tx: &mut Tx,
    schools: &[SchoolId],
    year: AcademicYear,
    at: DateTime<Utc>,
) -> Result<Vec<EnrolmentRow>> {
    let rows = diesel::sql_query(
        "SELECT e.enrolment_id, e.school_id, coalesce(c.old_pupil_id, e.pupil_id) AS pupil_id, \
                d.first_day, d.last_day \
         FROM enrolment e \
         JOIN LATERAL (SELECT first_day, last_day FROM enrolment_days \
              WHERE trust_id = $1 AND school_id = e.school_id AND enrolment_id = e.enrolment_id \
                AND recorded_at <= $3 ORDER BY recorded_at DESC LIMIT 1) d ON true \
         LEFT JOIN LATERAL (SELECT old_pupil_id FROM enrolment_pupil \
              WHERE trust_id = $1 AND school_id = e.school_id AND enrolment_id = e.enrolment_id \
                AND recorded_at > $3 ORDER BY recorded_at LIMIT 1) c ON true \
         WHERE e.trust_id = $1 AND e.school_id = ANY ($2) \
           AND d.first_day <= $5 AND (d.last_day IS NULL OR d.last_day >= $4) \
         ORDER BY e.school_id, e.enrolment_id",
    )
    .bind::<Integer, _>(tx.trust())
    .bind::<Array<Integer>, _>(schools)
    .bind::<Timestamptz, _>(at)
    .bind::<Date, _>(year.first_day())
    .bind::<Date, _>(year.last_day())
    .load(tx.conn)?;
    Ok(rows)
}

fn placements(tx: &mut Tx, schools: &[SchoolId], at: DateTime<Utc>) -> Result<Vec<PlacementRow>> {
    Ok(placement::table
        .filter(placement::trust_id.eq(tx.trust()).and(placement::school_id.eq_any(schools)))
        .filter(placement::recorded_at.le(at))
        .distinct_on((placement::enrolment_id, placement::from_day))
        .order((placement::enrolment_id, placement::from_day, placement::recorded_at.desc()))
        .select((
            placement::enrolment_id,
            placement::from_day,
            placement::class_id,
            placement::year_group,
        ))
        .load(tx.conn)?)
}

/// The pupils' fields, with later corrections undone: what stood there before the first of them.
fn pupils_as_known(
    tx: &mut Tx,
    enrolments: &[EnrolmentRow],
    at: DateTime<Utc>,
) -> Result<BTreeMap<PupilId, PupilFacts>> {
    let mut pupils = pupil_facts(tx, enrolments)?;
    let rows: Vec<(PupilId, String, Option<String>)> = pupil_change::table
        .filter(pupil_change::trust_id.eq(tx.trust()).and(pupil_change::recorded_at.gt(at)))
        .filter(pupil_change::field.eq_any(["birth_date", "sex"]))
        .distinct_on((pupil_change::pupil_id, pupil_change::field))
        .order((pupil_change::pupil_id, pupil_change::field, pupil_change::recorded_at))
        .select((pupil_change::pupil_id, pupil_change::field, pupil_change::old))
        .load(tx.conn)?;
    for (pupil_id, field, old) in rows {
        let Some(pupil) = pupils.get_mut(&pupil_id) else { continue };
        match (field.as_str(), old) {
            ("sex", old) => pupil.sex = old.as_deref().and_then(Sex::read).map(As),
            (_, Some(date)) => pupil.birth_date = date.parse().map_err(Problem::internal)?,
            (_, None) => return Err(Problem::internal("a pupil without a date of birth")),
        }
    }
    Ok(pupils)
}

/// The registers that had been taken: those of before the first later import, without the ones taken here later.
fn taken(
    tx: &mut Tx,
    schools: &[SchoolId],
    year: AcademicYear,
    at: DateTime<Utc>,
) -> Result<Vec<(SchoolId, ClassId, Vec<u8>)>> {
    let before: Vec<(ClassId, Vec<u8>)> = class_year_change::table
        .filter(class_year_change::trust_id.eq(tx.trust()))
        .filter(class_year_change::school_id.eq_any(schools))
        .filter(
            class_year_change::year.eq(year.number()).and(class_year_change::recorded_at.gt(at)),
        )
        .distinct_on(class_year_change::class_id)
        .order((class_year_change::class_id, class_year_change::recorded_at))
        .select((class_year_change::class_id, class_year_change::old))
        .load(tx.conn)?;
    let mut before: BTreeMap<ClassId, Vec<u8>> = before.into_iter().collect();
    let later: Vec<(ClassId, NaiveDate, i16)> = register_session::table
        .filter(register_session::trust_id.eq(tx.trust()))
        .filter(register_session::school_id.eq_any(schools))
        .filter(register_session::taken_at.gt(at))
        .filter(register_session::date.between(year.first_day(), year.last_day()))
        .select((register_session::class_id, register_session::date, register_session::session))
        .load(tx.conn)?;
    let mut here: BTreeMap<ClassId, Vec<usize>> = BTreeMap::new();
    for (class, date, session) in later {
        let session = if session == 0 { Session::Am } else { Session::Pm };
        if let Some(half_day) = HalfDay::of(year, date, session) {
            here.entry(class).or_default().push(half_day.position());
        }
    }
    let mut taken = marks::taken_of_schools(tx, schools, year.number())?;
    for (_, class, bytes) in &mut taken {
        if let Some(old) = before.remove(class).filter(|old| old.len() == HALF_DAYS) {
            *bytes = old;
        }
        for position in here.remove(class).unwrap_or_default() {
            if let Some(byte) = bytes.get_mut(position).filter(|byte| **byte == marks::TAKEN) {
                *byte = 0;
            }
        }
    }
    Ok(taken)
}
