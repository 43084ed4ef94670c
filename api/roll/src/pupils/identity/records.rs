//! What a correction, a merge and a split share: records locked with their schools, changes and their history.

use diesel::prelude::*;
use diesel::sql_types::{Array, Integer, Text, Timestamptz};

use crate::visibility;
use base::prelude::*;
use schema::{pupil, pupil_change};
use school::tenants::{self, Locked};

/// A record of a pupil, locked.
#[derive(HasQuery)]
#[diesel(table_name = pupil)]
pub(super) struct Record {
    pub pupil_id: PupilId,
    /// Every school that has ever enrolled the pupil.
    pub school_ids: Vec<SchoolId>,
    pub merged_into: Option<PupilId>,
}

/// Records and the versions of all their schools, locked until the transaction ends.
pub(super) struct Held {
    /// In the order asked for.
    pub records: Vec<Record>,
    pub locked: Locked,
}

/// Locks these records, and their schools so far as the caller may reach them. Errors: 404; 503 when a school enrolled
/// one of them at the same moment.
pub(super) fn hold(tx: &mut Tx, pupils: &[PupilId]) -> Result<Held> {
    let schools = schools(&read(tx, pupils)?);
    let reached: Vec<SchoolId> =
        schools.iter().copied().filter(|school| tx.scope().covers(*school)).collect();
    // This year too, so that there is always a version whose instant runs forwards.
    let year = tenants::today_year(tx.clock())?.number();
    let locked = tenants::lock_schools(tx, &reached, &[year])?;
    let wanted = pupil::trust_id.eq(tx.trust()).and(pupil::pupil_id.eq_any(pupils));
    let rows: Vec<PupilId> = pupil::table
        .filter(wanted)
        .order(pupil::pupil_id)
        .select(pupil::pupil_id)
        .for_update()
        .load(tx.conn)?;
    let records = read(tx, pupils)?;
    if rows.len() != pupils.iter().collect::<BTreeSet<_>>().len()
        || self::schools(&records) != schools
    {
        return Err(Problem::unavailable(1, "a school enrolled the pupil at the same moment"));
    }
    Ok(Held { records, locked })
}

fn read(tx: &mut Tx, pupils: &[PupilId]) -> Result<Vec<Record>> {
    let one = |id: &PupilId| {
        let row = Record::query().filter(pupil::pupil_id.eq(*id));
        Ok(row.first(tx.conn)?)
    };
    pupils.iter().map(one).collect()
}

fn schools(records: &[Record]) -> BTreeSet<SchoolId> {
    records.iter().flat_map(|record| record.school_ids.iter().copied()).collect()
}

impl Held {
    /// Refuses what changes figures of a school that the caller's token does not cover. Errors: 403.
    pub fn check_reach(&self, tx: &Tx) -> Result<()> {
        if schools(&self.records).iter().all(|school| tx.scope().covers(*school)) {
            return Ok(());
        }
        Err(Problem::new(Kind::Forbidden).detail(
            "The pupil is or was on the roll of a school that your token does not cover, and its figures would \
             change. Ask the trust to do it.",
        ))
    }
}

words! {
    /// A field of a pupil's record.
    PupilField {
        Upn = "upn": "the unique pupil number",
        Surname = "surname": "the legal surname",
        Forename = "forename": "the legal forename",
        BirthDate = "birth_date": "the date of birth",
        Sex = "sex": "the sex",
        MergedInto = "merged_into": "the record of which this one is part since",
    }
}

/// A change of one field.
pub(super) struct Change<'a> {
    pub field: PupilField,
    pub old: Option<String>,
    pub new: Option<String>,
    pub reason: &'a str,
}

/// Keeps what stood in a pupil's fields until now.
pub(super) fn keep(
    tx: &mut Tx,
    pupil_id: PupilId,
    changes: &[Change<'_>],
    at: DateTime<Utc>,
    by: &str,
) -> Result<()> {
    let trust = tx.trust();
    let readers = visibility::readers_of_pupils(tx, &[pupil_id])?.remove(&pupil_id);
    let readers = readers.unwrap_or_default();
    // Date of birth and sex decide figures of every school that the pupil was at, and a merge is for all of them.
    let everybody: Vec<SchoolId> = pupil::table
        .filter(pupil::trust_id.eq(trust).and(pupil::pupil_id.eq(pupil_id)))
        .select(pupil::school_ids)
        .first(tx.conn)?;
    let rows: Vec<_> = changes
        .iter()
        .map(|change| {
            (
                pupil_change::trust_id.eq(trust),
                pupil_change::pupil_id.eq(pupil_id),
                pupil_change::recorded_at.eq(at),
                pupil_change::field.eq(change.field),
                pupil_change::old.eq(&change.old),
                pupil_change::new.eq(&change.new),
                pupil_change::reason.eq(change.reason),
                pupil_change::recorded_by.eq(by),
                pupil_change::school_ids.eq(match change.field {
                    PupilField::Upn | PupilField::Surname | PupilField::Forename => &readers,
                    PupilField::BirthDate | PupilField::Sex | PupilField::MergedInto => &everybody,
                }),
            )
        })
        .collect();
    diesel::insert_into(pupil_change::table).values(rows).execute(tx.conn)?;
    Ok(())
}

/// Says which record a pupil's record is merged into, or that it stands for itself again, and keeps what it said before.
pub(super) fn point(
    tx: &mut Tx,
    record: &Record,
    into: Option<PupilId>,
    (reason, at, by): (&str, DateTime<Utc>, &str),
) -> Result<()> {
    diesel::update(pupil::table)
        .filter(pupil::trust_id.eq(tx.trust()).and(pupil::pupil_id.eq(record.pupil_id)))
        .set(pupil::merged_into.eq(into))
        .execute(tx.conn)?;
    let text = |id: Option<PupilId>| id.map(|id| id.to_string());
    let (old, new) = (text(record.merged_into), text(into));
    keep(tx, record.pupil_id, &[Change { field: PupilField::MergedInto, old, new, reason }], at, by)
}

/// Makes these enrolments another pupil's, and keeps whose they were.
pub(super) fn hand_over(
    tx: &mut Tx,
    enrolments: &[(EnrolmentId, SchoolId)],
    to: PupilId,
    (reason, at, by): (&str, DateTime<Utc>, &str),
) -> Result<()> {
    let (ids, schools): (Vec<EnrolmentId>, Vec<SchoolId>) = enrolments.iter().copied().unzip();
    diesel::sql_query(
        "INSERT INTO enrolment_pupil \
             (trust_id, school_id, enrolment_id, recorded_at, old_pupil_id, new_pupil_id, reason, recorded_by) \
         SELECT $1, school_id, enrolment_id, $2, pupil_id, $3, $4, $5 \
         FROM enrolment WHERE trust_id = $1 AND enrolment_id = ANY ($6)",
    )
    .bind::<Integer, _>(tx.trust())
    .bind::<Timestamptz, _>(at)
    .bind::<Integer, _>(to)
    .bind::<Text, _>(reason)
    .bind::<Text, _>(by)
    .bind::<Array<Integer>, _>(&ids)
    .execute(tx.conn)?;
    diesel::sql_query(
        "UPDATE enrolment SET pupil_id = $1 WHERE trust_id = $2 AND enrolment_id = ANY ($3)",
    )
    .bind::<Integer, _>(to)
    .bind::<Integer, _>(tx.trust())
    .bind::<Array<Integer>, _>(&ids)
    .execute(tx.conn)?;
    let seen: Vec<(PupilId, SchoolId)> = schools.into_iter().map(|school| (to, school)).collect();
    visibility::let_see(tx, &seen)?;
    visibility::settle_enrolments(tx, &ids)
}
