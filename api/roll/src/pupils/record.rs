//! Writing the roll: pupils, classes, enrolments, their days and placements.
//!
//! Writes come in sets, so that one pupil and an import of sixty thousand go the same way. Whoever writes facts of the
//! roll has locked the schools' versions first and records them at the bumped version's instant.

use std::cmp::Ordering;

use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error};
use diesel::sql_types::{Array, Date, Integer, Nullable, SmallInt, Text, Timestamptz};
use domain::{class_key, folded_name_key};

use super::details::Details;
use super::rows::ClassRow;
use crate::visibility;
use base::prelude::*;
use schema::{class, enrolment, pupil};

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
    /// The sex; `None` when it is not recorded.
    pub sex: Option<words::Sex>,
    /// The schools that may see the pupil.
    pub schools: Vec<SchoolId>,
}

impl NewPupil {
    /// The pupil with these details, whom these schools may see.
    pub(super) fn of(details: Details, schools: Vec<SchoolId>) -> Self {
        let sex = details.sex();
        let Details { upn, surname, forename, birth_date, .. } = details;
        Self { upn, surname, forename, birth_date, sex, schools }
    }
}

/// A class to be added. Two names that differ only by case, form or what cannot be seen are the same class.
#[derive(Debug, Clone)]
pub struct NewClass {
    /// Its school.
    pub school_id: SchoolId,
    /// Its academic year.
    pub year: i16,
    /// Its name.
    pub name: String,
    /// What its name is compared by.
    key: String,
}

impl NewClass {
    /// A class of this name.
    pub fn new(school_id: SchoolId, year: i16, name: String) -> Self {
        let key = class_key(&name);
        Self { school_id, year, name, key }
    }
}

impl Ord for NewClass {
    fn cmp(&self, other: &Self) -> Ordering {
        let places = |class: &Self| (class.school_id, class.year);
        places(self).cmp(&places(other)).then_with(|| self.key.cmp(&other.key))
    }
}

impl PartialOrd for NewClass {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for NewClass {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for NewClass {}

/// The days of an enrolment, to be recorded.
#[derive(Debug, Clone, Copy)]
pub struct NewStay {
    /// The enrolment.
    pub enrolment_id: EnrolmentId,
    /// Its school.
    pub school_id: SchoolId,
    /// First day on roll.
    pub first_day: NaiveDate,
    /// Last day on roll.
    pub last_day: Option<NaiveDate>,
}

/// A placement, to be recorded.
#[derive(Debug, Clone, Copy)]
pub struct NewPlacement {
    /// The enrolment.
    pub enrolment_id: EnrolmentId,
    /// Its school.
    pub school_id: SchoolId,
    /// From this day on.
    pub from_day: NaiveDate,
    /// In this class.
    pub class_id: ClassId,
    /// In this year group.
    pub year_group: i16,
}

/// A pupil who goes on a school's roll.
pub(super) struct NewEnrolment<'a> {
    pub pupil_id: PupilId,
    /// The class from the first day on; it says which school.
    pub class: &'a ClassRow,
    pub year_group: i16,
    pub first_day: NaiveDate,
    pub last_day: Option<NaiveDate>,
}

/// Adds pupils and returns their ids by UPN. One whose UPN the trust already has is left out.
pub fn add_pupils(tx: &mut Tx, new: &[NewPupil], by: &str) -> Result<BTreeMap<String, PupilId>> {
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
                    pupil::sex.eq(p.sex),
                    pupil::school_ids.eq(&p.schools),
                    pupil::kept_by.eq(&p.schools),
                    pupil::created_at.eq(now),
                    pupil::created_by.eq(by),
                )
            })
            .collect();
        let added: Vec<(String, PupilId)> = diesel::insert_into(pupil::table)
            .values(rows)
            .on_conflict_do_nothing()
            .returning((pupil::upn, pupil::pupil_id))
            .get_results(tx.conn)?;
        ids.extend(added);
    }
    Ok(ids)
}

/// Adds classes and returns them in the order given. Errors: a class of that name in that school and year.
pub fn add_classes(tx: &mut Tx, new: &[NewClass], by: &str) -> Result<Vec<ClassRow>> {
    refuse_taken_names(tx, new)?;
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
            Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => name_taken(),
            other => other.into(),
        })
}

/// Refuses a class whose name one of the school has that year. Whoever adds classes there at the same time waits.
fn refuse_taken_names(tx: &mut Tx, new: &[NewClass]) -> Result<()> {
    let places: BTreeSet<(SchoolId, i16)> = new.iter().map(|c| (c.school_id, c.year)).collect();
    for (school_id, year) in places {
        tx.take_turns(&format!("classes/{school_id}/{year}"))?;
        let standing = super::classes_of(tx, &[school_id], &[year])?;
        let standing: BTreeSet<String> = standing.iter().map(|c| class_key(&c.name)).collect();
        let mut here = new.iter().filter(|c| (c.school_id, c.year) == (school_id, year));
        if here.any(|class| standing.contains(&class.key)) {
            return Err(name_taken());
        }
    }
    Ok(())
}

fn name_taken() -> Problem {
    Problem::at(Kind::Taken, "/name", "a name that no class of the school has that year")
}

/// Adds enrolments of (school, pupil) and returns their ids in the order given.
pub fn add_enrolments(
    tx: &mut Tx,
    new: &[(SchoolId, PupilId)],
    by: &str,
) -> Result<Vec<EnrolmentId>> {
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
        let added: Vec<EnrolmentId> = diesel::insert_into(enrolment::table)
            .values(rows)
            .returning(enrolment::enrolment_id)
            .get_results(tx.conn)?;
        ids.extend(added);
    }
    Ok(ids)
}

/// Puts a pupil on the roll of a class's school: the enrolment, its days, its first placement. The caller has locked
/// the school's versions and bumped them to `at`.
pub(super) fn open_enrolment(
    tx: &mut Tx,
    new: &NewEnrolment<'_>,
    at: DateTime<Utc>,
    by: &str,
) -> Result<EnrolmentId> {
    let NewEnrolment { pupil_id, class, year_group, first_day, last_day } = *new;
    let (school_id, class_id) = (class.school_id, class.class_id);
    let ids = add_enrolments(tx, &[(school_id, pupil_id)], by)?;
    let enrolment_id =
        ids.first().copied().ok_or_else(|| Problem::internal("no enrolment was added"))?;
    visibility::let_see(tx, &[(pupil_id, school_id)])?;
    add_days(tx, &[NewStay { enrolment_id, school_id, first_day, last_day }], at, by)?;
    let placement =
        NewPlacement { enrolment_id, school_id, from_day: first_day, class_id, year_group };
    add_placements(tx, &[placement], at, by)?;
    Ok(enrolment_id)
}

/// Records the days of enrolments; who may see and write about the pupils follows from them.
pub fn add_days(tx: &mut Tx, new: &[NewStay], at: DateTime<Utc>, by: &str) -> Result<()> {
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
    visibility::settle_enrolments(tx, &new.iter().map(|s| s.enrolment_id).collect::<Vec<_>>())
}

/// Records placements.
pub fn add_placements(
    tx: &mut Tx,
    new: &[NewPlacement],
    at: DateTime<Utc>,
    by: &str,
) -> Result<()> {
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
