//! What schools' years were counted from on an earlier instant: every fact as it was recorded by then, and every mark,
//! field and register with what came later undone.

use diesel::prelude::*;
use diesel::sql_types::{Array, Bytea, Date, Integer, Nullable, SmallInt, Text, Timestamptz};
use domain::{HALF_DAYS, Sex, Word};

use super::facts::{Facts, PupilFacts, pupil_facts};
use crate::base::clock::Clock;
use crate::base::prelude::*;
use crate::marks;
use crate::roll::pupils::{self, EnrolmentRow, PlacementRow};
use crate::school::calendars;

/// The instant that a question is asked as known on, which must have passed; to the microsecond, as Postgres keeps it.
///
/// # Errors
/// An instant to come.
pub fn instant(
    clock: &Clock,
    asked: Option<DateTime<Utc>>,
) -> Result<Option<DateTime<Utc>>, Problem> {
    let asked = asked.and_then(|at| DateTime::from_timestamp_micros(at.timestamp_micros()));
    if asked.is_some_and(|at| at > clock.now()) {
        let expected = "an instant that has passed, such as 2026-11-18T09:00:00Z";
        return Err(Problem::at(Kind::BadQuery, "?as_known_on", expected));
    }
    Ok(asked)
}

/// Reads schools' years as they were known on an instant.
pub fn facts(
    tx: &mut Tx<'_>,
    schools: &[SchoolId],
    year: AcademicYear,
    at: DateTime<Utc>,
) -> Result<Facts, Problem> {
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
    tx: &mut Tx<'_>,
    schools: &[SchoolId],
    year: AcademicYear,
    at: DateTime<Utc>,
) -> Result<Vec<EnrolmentRow>, Problem> {
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

fn placements(
    tx: &mut Tx<'_>,
    schools: &[SchoolId],
    at: DateTime<Utc>,
) -> Result<Vec<PlacementRow>, Problem> {
    let rows = diesel::sql_query(
        "SELECT DISTINCT ON (enrolment_id, from_day) enrolment_id, from_day, class_id, year_group \
         FROM placement WHERE trust_id = $1 AND school_id = ANY ($2) AND recorded_at <= $3 \
         ORDER BY enrolment_id, from_day, recorded_at DESC",
    )
    .bind::<Integer, _>(tx.trust())
    .bind::<Array<Integer>, _>(schools)
    .bind::<Timestamptz, _>(at)
    .load(tx.conn)?;
    Ok(rows)
}

/// The pupils' fields, with later corrections undone: what stood there before the first of them.
fn pupils_as_known(
    tx: &mut Tx<'_>,
    enrolments: &[EnrolmentRow],
    at: DateTime<Utc>,
) -> Result<BTreeMap<PupilId, PupilFacts>, Problem> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Integer)]
        pupil_id: PupilId,
        #[diesel(sql_type = Text)]
        field: String,
        #[diesel(sql_type = Nullable<Text>)]
        old: Option<String>,
    }
    let mut pupils = pupil_facts(tx, enrolments)?;
    let rows: Vec<Row> = diesel::sql_query(
        "SELECT DISTINCT ON (pupil_id, field) pupil_id, field, old FROM pupil_change \
         WHERE trust_id = $1 AND field IN ('birth_date', 'sex') AND recorded_at > $2 \
         ORDER BY pupil_id, field, recorded_at",
    )
    .bind::<Integer, _>(tx.trust())
    .bind::<Timestamptz, _>(at)
    .load(tx.conn)?;
    for row in rows {
        let Some(pupil) = pupils.get_mut(&row.pupil_id) else { continue };
        match (row.field.as_str(), row.old) {
            ("sex", old) => pupil.sex = old.as_deref().and_then(Sex::read).map(As),
            (_, Some(date)) => pupil.birth_date = date.parse().map_err(Problem::internal)?,
            (_, None) => return Err(Problem::internal("a pupil without a date of birth")),
        }
    }
    Ok(pupils)
}

/// The registers that had been taken: those of before the first later import, without the ones taken here later.
fn taken(
    tx: &mut Tx<'_>,
    schools: &[SchoolId],
    year: AcademicYear,
    at: DateTime<Utc>,
) -> Result<Vec<(SchoolId, ClassId, Vec<u8>)>, Problem> {
    #[derive(QueryableByName)]
    struct Before {
        #[diesel(sql_type = Integer)]
        class_id: ClassId,
        #[diesel(sql_type = Bytea)]
        old: Vec<u8>,
    }
    #[derive(QueryableByName)]
    struct Later {
        #[diesel(sql_type = Integer)]
        class_id: ClassId,
        #[diesel(sql_type = Date)]
        date: NaiveDate,
        #[diesel(sql_type = SmallInt)]
        session: i16,
    }
    let before: Vec<Before> = diesel::sql_query(
        "SELECT DISTINCT ON (class_id) class_id, old FROM class_year_change \
         WHERE trust_id = $1 AND school_id = ANY ($2) AND year = $3 AND recorded_at > $4 \
         ORDER BY class_id, recorded_at",
    )
    .bind::<Integer, _>(tx.trust())
    .bind::<Array<Integer>, _>(schools)
    .bind::<SmallInt, _>(year.number())
    .bind::<Timestamptz, _>(at)
    .load(tx.conn)?;
    let later: Vec<Later> = diesel::sql_query(
        "SELECT class_id, date, session FROM register_session \
         WHERE trust_id = $1 AND school_id = ANY ($2) AND taken_at > $3 AND date BETWEEN $4 AND $5",
    )
    .bind::<Integer, _>(tx.trust())
    .bind::<Array<Integer>, _>(schools)
    .bind::<Timestamptz, _>(at)
    .bind::<Date, _>(year.first_day())
    .bind::<Date, _>(year.last_day())
    .load(tx.conn)?;
    let mut before: BTreeMap<ClassId, Vec<u8>> =
        before.into_iter().map(|row| (row.class_id, row.old)).collect();
    let mut here: BTreeMap<ClassId, Vec<usize>> = BTreeMap::new();
    for row in later {
        let session = if row.session == 0 { Session::Am } else { Session::Pm };
        if let Some(half_day) = HalfDay::of(year, row.date, session) {
            here.entry(row.class_id).or_default().push(half_day.position());
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
