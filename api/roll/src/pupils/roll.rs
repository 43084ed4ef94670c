//! Who is on roll when: the members of a class on a day, and a pupil's stays at schools.

use diesel::prelude::*;
use diesel::sql_types::{Array, Date, Integer, Nullable, SmallInt, Text};

use super::known::Known;
use schema::placement;

use base::prelude::*;

/// A pupil who is in a class on a day.
#[derive(Clone, QueryableByName)]
pub struct Member {
    /// The enrolment that the mark belongs to.
    #[diesel(sql_type = Integer)]
    pub enrolment_id: EnrolmentId,
    /// The pupil.
    #[diesel(sql_type = Integer)]
    pub pupil_id: PupilId,
    /// Legal surname.
    #[diesel(sql_type = Text)]
    pub surname: String,
    /// Legal forename.
    #[diesel(sql_type = Text)]
    pub forename: String,
    /// The year group that day.
    #[diesel(sql_type = SmallInt)]
    pub year_group: i16,
    /// The schools that write about the pupil today.
    #[diesel(sql_type = Array<Integer>)]
    kept_by: Vec<SchoolId>,
}

/// A pupil's time at a school, with the class on a given day.
#[derive(Debug, Clone, QueryableByName)]
pub struct Stay {
    /// The enrolment.
    #[diesel(sql_type = Integer)]
    pub enrolment_id: EnrolmentId,
    /// The pupil.
    #[diesel(sql_type = Integer)]
    pub pupil_id: PupilId,
    /// The school.
    #[diesel(sql_type = Integer)]
    pub school_id: SchoolId,
    /// First day on roll.
    #[diesel(sql_type = Date)]
    pub first_day: NaiveDate,
    /// Last day on roll.
    #[diesel(sql_type = Nullable<Date>)]
    pub last_day: Option<NaiveDate>,
}

impl Stay {
    /// Whether the pupil is on roll on that day.
    pub fn covers(&self, date: NaiveDate) -> bool {
        self.first_day <= date && self.last_day.is_none_or(|last| date <= last)
    }

    /// Whether the pupil is on roll on some of these days.
    pub fn overlaps(&self, first_day: NaiveDate, last_day: Option<NaiveDate>) -> bool {
        self.last_day.is_none_or(|last| first_day <= last)
            && last_day.is_none_or(|last| self.first_day <= last)
    }
}

/// The pupils of a class on a day, by name: on roll, and placed in this class by the latest record for that day.
pub fn members(
    tx: &mut Tx,
    school_id: SchoolId,
    class_id: ClassId,
    date: NaiveDate,
) -> Result<Vec<Member>> {
    let mut rows: Vec<Member> = diesel::sql_query(
        "SELECT e.enrolment_id, e.pupil_id, p.surname, p.forename, x.year_group, p.kept_by \
         FROM (SELECT DISTINCT enrolment_id FROM placement WHERE trust_id = $1 AND class_id = $3) c \
         JOIN enrolment e ON e.trust_id = $1 AND e.enrolment_id = c.enrolment_id \
         JOIN LATERAL (SELECT first_day, last_day FROM enrolment_days \
              WHERE trust_id = $1 AND school_id = $2 AND enrolment_id = c.enrolment_id \
              ORDER BY recorded_at DESC LIMIT 1) d ON d.first_day <= $4 AND (d.last_day IS NULL OR d.last_day >= $4) \
         JOIN LATERAL (SELECT class_id, year_group FROM placement \
              WHERE trust_id = $1 AND school_id = $2 AND enrolment_id = c.enrolment_id AND from_day <= $4 \
              ORDER BY from_day DESC, recorded_at DESC LIMIT 1) x ON x.class_id = $3 \
         JOIN pupil p ON p.trust_id = $1 AND p.pupil_id = e.pupil_id \
         ORDER BY p.name_key COLLATE \"C\", e.enrolment_id",
    )
    .bind::<Integer, _>(tx.trust())
    .bind::<Integer, _>(school_id)
    .bind::<Integer, _>(class_id)
    .bind::<Date, _>(date)
    .load(tx.conn)?;
    let known = Known::read(tx, rows.iter().map(|row| (row.pupil_id, &row.kept_by)))?;
    for row in &mut rows {
        known.names(row.pupil_id, (&mut row.surname, &mut row.forename));
    }
    Ok(rows)
}

/// A pupil who is on a school's roll on a day.
#[derive(Debug, Clone, QueryableByName)]
pub struct OnRoll {
    /// The enrolment that the marks belong to.
    #[diesel(sql_type = Integer)]
    pub enrolment_id: EnrolmentId,
    /// The pupil.
    #[diesel(sql_type = Integer)]
    pub pupil_id: PupilId,
    /// The school.
    #[diesel(sql_type = Integer)]
    pub school_id: SchoolId,
    /// First day on roll.
    #[diesel(sql_type = Date)]
    pub first_day: NaiveDate,
    /// The class that day.
    #[diesel(sql_type = Integer)]
    pub class_id: ClassId,
    /// The year group that day.
    #[diesel(sql_type = SmallInt)]
    pub year_group: i16,
}

/// Who is on the roll of a school on a day, or of every school that the caller may see: everybody, or of these pupils.
pub fn on_roll(
    tx: &mut Tx,
    school_id: Option<SchoolId>,
    date: NaiveDate,
    pupils: Option<&[PupilId]>,
) -> Result<Vec<OnRoll>> {
    let rows = diesel::sql_query(
        "SELECT e.enrolment_id, e.pupil_id, e.school_id, d.first_day, x.class_id, x.year_group \
         FROM enrolment e \
         JOIN LATERAL (SELECT first_day, last_day FROM enrolment_days \
              WHERE trust_id = $1 AND school_id = e.school_id AND enrolment_id = e.enrolment_id \
              ORDER BY recorded_at DESC LIMIT 1) d ON d.first_day <= $3 AND (d.last_day IS NULL OR d.last_day >= $3) \
         JOIN LATERAL (SELECT class_id, year_group FROM placement \
              WHERE trust_id = $1 AND school_id = e.school_id AND enrolment_id = e.enrolment_id AND from_day <= $3 \
              ORDER BY from_day DESC, recorded_at DESC LIMIT 1) x ON true \
         WHERE e.trust_id = $1 AND ($2 IS NULL OR e.school_id = $2) AND ($4 IS NULL OR e.pupil_id = ANY ($4)) \
         ORDER BY e.enrolment_id",
    )
    .bind::<Integer, _>(tx.trust())
    .bind::<Nullable<Integer>, _>(school_id)
    .bind::<Date, _>(date)
    .bind::<Nullable<Array<Integer>>, _>(pupils)
    .load(tx.conn)?;
    Ok(rows)
}

/// Every stay of a pupil that the caller may see, earliest first.
pub fn stays_of(tx: &mut Tx, pupil_id: PupilId) -> Result<Vec<Stay>> {
    stays_of_pupils(tx, &[pupil_id])
}

/// Every stay of these pupils that the caller may see, earliest first.
pub fn stays_of_pupils(tx: &mut Tx, pupils: &[PupilId]) -> Result<Vec<Stay>> {
    let rows = diesel::sql_query(
        "SELECT e.enrolment_id, e.pupil_id, e.school_id, d.first_day, d.last_day \
         FROM enrolment e \
         JOIN LATERAL (SELECT first_day, last_day FROM enrolment_days \
              WHERE trust_id = $1 AND school_id = e.school_id AND enrolment_id = e.enrolment_id \
              ORDER BY recorded_at DESC LIMIT 1) d ON true \
         WHERE e.trust_id = $1 AND e.pupil_id = ANY ($2) \
         ORDER BY d.first_day, e.enrolment_id",
    )
    .bind::<Integer, _>(tx.trust())
    .bind::<Array<Integer>, _>(pupils)
    .load(tx.conn)?;
    Ok(rows)
}

/// The year group of an enrolment on a day; `None` before its first placement.
pub fn year_group_on(
    tx: &mut Tx,
    school_id: SchoolId,
    enrolment_id: EnrolmentId,
    date: NaiveDate,
) -> Result<Option<i16>> {
    Ok(placement::table
        .filter(placement::trust_id.eq(tx.trust()).and(placement::school_id.eq(school_id)))
        .filter(placement::enrolment_id.eq(enrolment_id).and(placement::from_day.le(date)))
        .order((placement::from_day.desc(), placement::recorded_at.desc()))
        .select(placement::year_group)
        .first(tx.conn)
        .optional()?)
}

/// Refuses days on which the pupil is on that school's roll already, by another enrolment than `own`. Errors: 409, with
/// the enrolment that has the days.
pub(super) fn check_free(
    tx: &mut Tx,
    pupil_id: PupilId,
    school_id: SchoolId,
    own: Option<EnrolmentId>,
    (first_day, last_day): (NaiveDate, Option<NaiveDate>),
) -> Result<()> {
    let taken = stays_of(tx, pupil_id)?.into_iter().find(|stay| {
        stay.school_id == school_id
            && Some(stay.enrolment_id) != own
            && stay.overlaps(first_day, last_day)
    });
    match taken {
        None => Ok(()),
        Some(stay) => Err(Problem::new(Kind::Taken)
            .detail("The pupil is on that school's roll on some of these days.")
            .member("enrolment_id", stay.enrolment_id)),
    }
}
