//! Owns: pupil, class, enrolment, enrolment_days, placement.
//!
//! Writes come in sets, so that one pupil and an import of sixty thousand go the same way. Whoever writes facts of the
//! roll has locked the schools' versions first and records them at the bumped version's instant.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error};
use diesel::sql_types::{Array, Date, Integer, Nullable, SmallInt, Text, Timestamptz};
use domain::AcademicYear;
use serde::Serialize;
use utoipa::ToSchema;

use super::name_key::folded_name_key;
use crate::db::Tx;
use crate::http::problem::{Kind, Problem};
use crate::schema::{class, enrolment, enrolment_now, placement_now, pupil};

/// A pupil.
#[derive(Clone, Serialize, Queryable, QueryableByName, Selectable, ToSchema)]
#[diesel(table_name = pupil)]
pub struct PupilRow {
    /// Rollcall's key. UPNs can change, be missing elsewhere or clash: they are never used as one.
    #[schema(example = 4711)]
    pub pupil_id: i32,
    /// Unique pupil number.
    #[schema(example = "H801200001001")]
    pub upn: String,
    /// Legal surname.
    #[schema(example = "Okafor-Lind")]
    pub surname: String,
    /// Legal forename.
    #[schema(example = "Zoë")]
    pub forename: String,
    /// Date of birth.
    pub birth_date: NaiveDate,
    /// `F` or `M`, as the school census has it; absent when not recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sex: Option<String>,
}

/// A class (tutor group, registration group) of one academic year.
#[derive(Debug, Clone, Serialize, Queryable, Selectable, ToSchema)]
#[diesel(table_name = class)]
pub struct ClassRow {
    /// Rollcall's key.
    #[schema(example = 31)]
    pub class_id: i32,
    /// Its school.
    #[schema(example = 7)]
    pub school_id: i32,
    /// Its academic year: 2026 for 2026/27.
    #[schema(example = 2026)]
    pub year: i16,
    /// Name.
    #[schema(example = "7H1")]
    pub name: String,
}

/// A pupil's time on a school's roll.
#[derive(Debug, Clone, Serialize, Queryable, Selectable, ToSchema)]
#[diesel(table_name = enrolment_now)]
pub struct EnrolmentRow {
    /// Rollcall's key. A pupil who leaves and returns has two.
    #[schema(example = 5120)]
    pub enrolment_id: i32,
    /// The school.
    #[schema(example = 7)]
    pub school_id: i32,
    /// The pupil.
    #[schema(example = 4711)]
    pub pupil_id: i32,
    /// First day on roll.
    pub first_day: NaiveDate,
    /// Last day on roll; absent while on roll.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_day: Option<NaiveDate>,
}

/// Class and year group of an enrolment from a day on.
#[derive(Debug, Clone, Serialize, Queryable, Selectable, ToSchema)]
#[diesel(table_name = placement_now)]
pub struct PlacementRow {
    /// The enrolment.
    #[serde(skip)]
    pub enrolment_id: i32,
    /// From this day on.
    pub from_day: NaiveDate,
    /// In this class.
    #[schema(example = 31)]
    pub class_id: i32,
    /// In this year group: 7 for Year 7, 0 for reception, -1 for nursery.
    #[schema(example = 7)]
    pub year_group: i16,
}

/// A pupil to be added.
pub struct NewPupil {
    /// Unique pupil number, checked.
    pub upn: String,
    /// Legal surname.
    pub surname: String,
    /// Legal forename.
    pub forename: String,
    /// Date of birth.
    pub birth_date: NaiveDate,
    /// `F`, `M` or not recorded.
    pub sex: Option<String>,
    /// The schools that may see the pupil.
    pub schools: Vec<i32>,
}

/// A class to be added.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct NewClass {
    /// Its school.
    pub school_id: i32,
    /// Its academic year.
    pub year: i16,
    /// Its name.
    pub name: String,
}

/// The days of an enrolment, to be recorded.
#[derive(Debug, Clone, Copy)]
pub struct NewStay {
    /// The enrolment.
    pub enrolment_id: i32,
    /// Its school.
    pub school_id: i32,
    /// First day on roll.
    pub first_day: NaiveDate,
    /// Last day on roll.
    pub last_day: Option<NaiveDate>,
}

/// A placement, to be recorded.
#[derive(Debug, Clone, Copy)]
pub struct NewPlacement {
    /// The enrolment.
    pub enrolment_id: i32,
    /// Its school.
    pub school_id: i32,
    /// From this day on.
    pub from_day: NaiveDate,
    /// In this class.
    pub class_id: i32,
    /// In this year group.
    pub year_group: i16,
}

/// One pupil, if the caller may see it.
///
/// # Errors
/// 404.
pub fn pupil(tx: &mut Tx<'_>, pupil_id: i32) -> Result<PupilRow, Problem> {
    Ok(pupil::table
        .filter(pupil::pupil_id.eq(pupil_id))
        .select(PupilRow::as_select())
        .first(tx.conn)?)
}

/// Whether the caller may know of this pupil.
///
/// # Errors
/// The database's.
pub fn pupil_is_visible(tx: &mut Tx<'_>, pupil_id: i32) -> Result<bool, Problem> {
    let found = pupil::table.filter(pupil::pupil_id.eq(pupil_id)).select(pupil::pupil_id);
    Ok(found.first::<i32>(tx.conn).optional()?.is_some())
}

/// The pupils with these UPNs.
///
/// # Errors
/// The database's.
pub fn pupils_by_upn(
    tx: &mut Tx<'_>,
    upns: &[String],
) -> Result<BTreeMap<String, PupilRow>, Problem> {
    let trust = tx.trust();
    let mut found = BTreeMap::new();
    for some in upns.chunks(20_000) {
        // Written out, because such a statement is planned anew every time. The query builder's are prepared once and
        // from the sixth time on keep one plan for all values: one that was made when the table was nearly empty
        // compares every pupil of the trust with every UPN of the file.
        let rows: Vec<PupilRow> = diesel::sql_query(
            "SELECT pupil_id, upn, surname, forename, birth_date, sex FROM pupil \
             WHERE trust_id = $1 AND upn = ANY ($2)",
        )
        .bind::<Integer, _>(trust)
        .bind::<Array<Text>, _>(some)
        .load(tx.conn)?;
        found.extend(rows.into_iter().map(|row| (row.upn.clone(), row)));
    }
    Ok(found)
}

/// One class, if the caller may see it.
///
/// # Errors
/// 404.
pub fn class(tx: &mut Tx<'_>, class_id: i32) -> Result<ClassRow, Problem> {
    Ok(class::table
        .filter(class::class_id.eq(class_id))
        .select(ClassRow::as_select())
        .first(tx.conn)?)
}

/// The classes of these schools in these academic years.
///
/// # Errors
/// The database's.
pub fn classes_of(
    tx: &mut Tx<'_>,
    schools: &[i32],
    years: &[i16],
) -> Result<Vec<ClassRow>, Problem> {
    let wanted = class::school_id.eq_any(schools).and(class::year.eq_any(years));
    Ok(class::table
        .filter(wanted)
        .order(class::class_id)
        .select(ClassRow::as_select())
        .load(tx.conn)?)
}

/// Every class of these schools.
///
/// # Errors
/// The database's.
pub fn classes_of_schools(tx: &mut Tx<'_>, schools: &[i32]) -> Result<Vec<ClassRow>, Problem> {
    let rows = class::table.filter(class::school_id.eq_any(schools)).order(class::class_id);
    Ok(rows.select(ClassRow::as_select()).load(tx.conn)?)
}

/// The enrolments of these schools that touch an academic year, or all of them.
///
/// # Errors
/// The database's.
pub fn enrolments_of(
    tx: &mut Tx<'_>,
    schools: &[i32],
    year: Option<AcademicYear>,
) -> Result<Vec<EnrolmentRow>, Problem> {
    let mut rows =
        enrolment_now::table.filter(enrolment_now::school_id.eq_any(schools)).into_boxed();
    if let Some(year) = year {
        let open_end =
            enrolment_now::last_day.is_null().or(enrolment_now::last_day.ge(year.first_day()));
        rows = rows
            .filter(enrolment_now::first_day.le(year.last_day()))
            .filter(open_end.assume_not_null());
    }
    Ok(rows
        .order((enrolment_now::school_id, enrolment_now::enrolment_id))
        .select(EnrolmentRow::as_select())
        .load(tx.conn)?)
}

/// Every placement of these schools, in the order of enrolment and day.
///
/// # Errors
/// The database's.
pub fn placements_of(tx: &mut Tx<'_>, schools: &[i32]) -> Result<Vec<PlacementRow>, Problem> {
    Ok(placement_now::table
        .filter(placement_now::school_id.eq_any(schools))
        .order((placement_now::enrolment_id, placement_now::from_day))
        .select(PlacementRow::as_select())
        .load(tx.conn)?)
}

/// Adds pupils and returns their ids by UPN. One whose UPN the trust already has is left out.
///
/// # Errors
/// The database's.
pub fn add_pupils(
    tx: &mut Tx<'_>,
    new: &[NewPupil],
    by: &str,
) -> Result<BTreeMap<String, i32>, Problem> {
    let (trust, now) = (tx.trust(), tx.now());
    let mut ids = BTreeMap::new();
    for some in new.chunks(4_000) {
        let rows: Vec<_> = some
            .iter()
            .map(|p| {
                (
                    pupil::trust_id.eq(trust),
                    pupil::upn.eq(&p.upn),
                    pupil::surname.eq(&p.surname),
                    pupil::forename.eq(&p.forename),
                    pupil::name_key.eq(folded_name_key(&p.surname, &p.forename)),
                    pupil::given_key.eq(folded_name_key(&p.forename, &p.surname)),
                    pupil::birth_date.eq(p.birth_date),
                    pupil::sex.eq(&p.sex),
                    pupil::school_ids.eq(&p.schools),
                    pupil::created_at.eq(now),
                    pupil::created_by.eq(by),
                )
            })
            .collect();
        let added: Vec<(String, i32)> = diesel::insert_into(pupil::table)
            .values(rows)
            .on_conflict_do_nothing()
            .returning((pupil::upn, pupil::pupil_id))
            .get_results(tx.conn)?;
        ids.extend(added);
    }
    Ok(ids)
}

/// Lets a school see a pupil whom it enrols.
///
/// # Errors
/// The database's.
pub fn widen_schools(tx: &mut Tx<'_>, pairs: &[(i32, i32)]) -> Result<(), Problem> {
    let (pupils, schools): (Vec<i32>, Vec<i32>) = pairs.iter().copied().unzip();
    diesel::sql_query(
        "UPDATE pupil p SET school_ids = p.school_ids || w.schools \
         FROM (SELECT pupil_id, array_agg(DISTINCT school_id) AS schools \
               FROM unnest($1, $2) AS u (pupil_id, school_id) GROUP BY pupil_id) w \
         WHERE p.trust_id = $3 AND p.pupil_id = w.pupil_id AND NOT p.school_ids @> w.schools",
    )
    .bind::<Array<Integer>, _>(pupils)
    .bind::<Array<Integer>, _>(schools)
    .bind::<Integer, _>(tx.trust())
    .execute(tx.conn)?;
    Ok(())
}

/// Adds classes and returns them in the order given.
///
/// # Errors
/// A class of that name in that school and year.
pub fn add_classes(tx: &mut Tx<'_>, new: &[NewClass], by: &str) -> Result<Vec<ClassRow>, Problem> {
    let (trust, now) = (tx.trust(), tx.now());
    let rows: Vec<_> = new
        .iter()
        .map(|c| {
            (
                class::trust_id.eq(trust),
                class::school_id.eq(c.school_id),
                class::year.eq(c.year),
                class::name.eq(&c.name),
                class::created_at.eq(now),
                class::created_by.eq(by),
            )
        })
        .collect();
    diesel::insert_into(class::table)
        .values(rows)
        .returning(ClassRow::as_returning())
        .get_results(tx.conn)
        .map_err(|error| match error {
            Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => Problem::at(
                Kind::Taken,
                "/name",
                "a name that no class of the school has that year",
            ),
            other => other.into(),
        })
}

/// Adds enrolments of (school, pupil) and returns their ids in the order given.
///
/// # Errors
/// The database's.
pub fn add_enrolments(tx: &mut Tx<'_>, new: &[(i32, i32)], by: &str) -> Result<Vec<i32>, Problem> {
    let (trust, now) = (tx.trust(), tx.now());
    let mut ids = Vec::with_capacity(new.len());
    for some in new.chunks(8_000) {
        let rows: Vec<_> = some
            .iter()
            .map(|(school, pupil)| {
                (
                    enrolment::trust_id.eq(trust),
                    enrolment::school_id.eq(school),
                    enrolment::pupil_id.eq(pupil),
                    enrolment::created_at.eq(now),
                    enrolment::created_by.eq(by),
                )
            })
            .collect();
        let added: Vec<i32> = diesel::insert_into(enrolment::table)
            .values(rows)
            .returning(enrolment::enrolment_id)
            .get_results(tx.conn)?;
        ids.extend(added);
    }
    Ok(ids)
}

/// Records the days of enrolments.
///
/// # Errors
/// The database's.
pub fn add_days(
    tx: &mut Tx<'_>,
    new: &[NewStay],
    at: DateTime<Utc>,
    by: &str,
) -> Result<(), Problem> {
    diesel::sql_query(
        "INSERT INTO enrolment_days (trust_id, school_id, enrolment_id, first_day, last_day, recorded_at, recorded_by) \
         SELECT $5, u.school_id, u.enrolment_id, u.first_day, u.last_day, $6, $7 \
         FROM unnest($1, $2, $3, $4) AS u (school_id, enrolment_id, first_day, last_day)",
    )
    .bind::<Array<Integer>, _>(new.iter().map(|s| s.school_id).collect::<Vec<_>>())
    .bind::<Array<Integer>, _>(new.iter().map(|s| s.enrolment_id).collect::<Vec<_>>())
    .bind::<Array<Date>, _>(new.iter().map(|s| s.first_day).collect::<Vec<_>>())
    .bind::<Array<Nullable<Date>>, _>(new.iter().map(|s| s.last_day).collect::<Vec<_>>())
    .bind::<Integer, _>(tx.trust())
    .bind::<Timestamptz, _>(at)
    .bind::<Text, _>(by)
    .execute(tx.conn)?;
    Ok(())
}

/// Records placements.
///
/// # Errors
/// The database's.
pub fn add_placements(
    tx: &mut Tx<'_>,
    new: &[NewPlacement],
    at: DateTime<Utc>,
    by: &str,
) -> Result<(), Problem> {
    diesel::sql_query(
        "INSERT INTO placement \
             (trust_id, school_id, enrolment_id, from_day, class_id, year_group, recorded_at, recorded_by) \
         SELECT $6, u.school_id, u.enrolment_id, u.from_day, u.class_id, u.year_group, $7, $8 \
         FROM unnest($1, $2, $3, $4, $5) AS u (school_id, enrolment_id, from_day, class_id, year_group)",
    )
    .bind::<Array<Integer>, _>(new.iter().map(|p| p.school_id).collect::<Vec<_>>())
    .bind::<Array<Integer>, _>(new.iter().map(|p| p.enrolment_id).collect::<Vec<_>>())
    .bind::<Array<Date>, _>(new.iter().map(|p| p.from_day).collect::<Vec<_>>())
    .bind::<Array<Integer>, _>(new.iter().map(|p| p.class_id).collect::<Vec<_>>())
    .bind::<Array<SmallInt>, _>(new.iter().map(|p| p.year_group).collect::<Vec<_>>())
    .bind::<Integer, _>(tx.trust())
    .bind::<Timestamptz, _>(at)
    .bind::<Text, _>(by)
    .execute(tx.conn)?;
    Ok(())
}

/// These pupils, in this order.
///
/// # Errors
/// The database's.
pub(super) fn in_order(tx: &mut Tx<'_>, ids: &[i32]) -> Result<Vec<PupilRow>, Problem> {
    let trust = tx.trust();
    let rows: Vec<PupilRow> = pupil::table
        .filter(pupil::trust_id.eq(trust).and(pupil::pupil_id.eq_any(ids)))
        .select(PupilRow::as_select())
        .load(tx.conn)?;
    let mut by_id: BTreeMap<i32, PupilRow> =
        rows.into_iter().map(|row| (row.pupil_id, row)).collect();
    Ok(ids.iter().filter_map(|id| by_id.remove(id)).collect())
}
