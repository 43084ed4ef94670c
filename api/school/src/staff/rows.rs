//! Owns: staff, staff_change, staff_duty.

use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error};
use diesel::sql_types::{Array, Date, Integer, Nullable, Text, Timestamptz};

use super::person::StaffPerson;
use schema::{staff, staff_change, staff_duty};

use base::prelude::*;

/// A member of staff.
#[derive(Debug, Serialize, ToSchema)]
pub struct StaffRow {
    /// Rollcall's key.
    #[schema(example = 41)]
    pub staff_id: StaffId,
    /// Who they are.
    pub person: StaffPerson,
    /// Their duties at schools that you may see, by school, then by day.
    pub duties: Vec<Duty>,
}

/// A duty at a school.
#[derive(Debug, Serialize, QueryableByName, ToSchema)]
pub struct Duty {
    /// Whose.
    #[serde(skip)]
    #[diesel(sql_type = Integer)]
    pub staff_id: StaffId,
    /// The school.
    #[diesel(sql_type = Integer)]
    #[schema(example = 7)]
    pub school_id: SchoolId,
    /// The duty in the school's own words.
    #[diesel(sql_type = Text)]
    #[schema(example = "Attendance Lead")]
    pub duty: String,
    /// The role of the product that it maps to.
    #[diesel(sql_type = Text)]
    #[schema(example = "school_lead")]
    pub role: String,
    /// From this day on.
    #[diesel(sql_type = Date)]
    pub from_day: NaiveDate,
    /// To this day; absent while there is no end.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[diesel(sql_type = Nullable<Date>)]
    pub to_day: Option<NaiveDate>,
}

/// Somebody's row.
#[derive(HasQuery)]
#[diesel(table_name = staff)]
pub(super) struct Stored {
    staff_id: StaffId,
    name: String,
    email: Option<String>,
    subject: Option<String>,
    school_ids: Vec<SchoolId>,
    recorded_at: DateTime<Utc>,
}

impl Stored {
    /// Who they are.
    pub(super) fn person(&self) -> StaffPerson {
        let Self { name, email, subject, .. } = self;
        StaffPerson { name: name.clone(), email: email.clone(), subject: subject.clone() }
    }
}

/// These members of staff with their duties, in this order.
pub(super) fn in_order(tx: &mut Tx, ids: &[StaffId]) -> Result<Vec<StaffRow>> {
    let rows: Vec<Stored> = Stored::query()
        .filter(staff::trust_id.eq(tx.trust()).and(staff::staff_id.eq_any(ids)))
        .load(tx.conn)?;
    let mut people: BTreeMap<StaffId, Stored> =
        rows.into_iter().map(|row| (row.staff_id, row)).collect();
    let mut duties: BTreeMap<StaffId, Vec<Duty>> = BTreeMap::new();
    for duty in duties_of(tx, ids)? {
        duties.entry(duty.staff_id).or_default().push(duty);
    }
    let whole = |id: &StaffId| {
        let person = people.remove(id)?.person();
        Some(StaffRow { staff_id: *id, person, duties: duties.remove(id).unwrap_or_default() })
    };
    Ok(ids.iter().filter_map(whole).collect())
}

/// One member of staff, if the caller may see them. Errors: 404.
pub(super) fn member(tx: &mut Tx, staff_id: StaffId) -> Result<StaffRow> {
    in_order(tx, &[staff_id])?.pop().ok_or_else(Problem::not_found)
}

/// The duties of these members of staff as they stand, by school, day and words.
fn duties_of(tx: &mut Tx, ids: &[StaffId]) -> Result<Vec<Duty>> {
    let rows = diesel::sql_query(
        "SELECT staff_id, school_id, duty, role, from_day, to_day FROM ( \
             SELECT DISTINCT ON (school_id, staff_id, duty, from_day) * FROM staff_duty \
             WHERE trust_id = $1 AND staff_id = ANY ($2) \
             ORDER BY school_id, staff_id, duty, from_day, recorded_at DESC) latest \
         WHERE role IS NOT NULL ORDER BY school_id, from_day, duty",
    )
    .bind::<Integer, _>(tx.trust())
    .bind::<Array<Integer>, _>(ids)
    .load(tx.conn)?;
    Ok(rows)
}

/// The duties that a member of staff has on a day, at schools that the caller may see.
pub(super) fn duties_on(tx: &mut Tx, staff_id: StaffId, day: NaiveDate) -> Result<Vec<Duty>> {
    let mut duties = duties_of(tx, &[staff_id])?;
    duties.retain(|duty| duty.from_day <= day && duty.to_day.is_none_or(|to| day <= to));
    Ok(duties)
}

/// What somebody may do today.
pub struct Standing {
    /// The subject of their tokens.
    pub subject: String,
    /// Their duties of today, wherever they have them.
    pub duties: Vec<Duty>,
}

/// What a member of staff may do today. Errors: 404.
pub fn standing(tx: &mut Tx, staff_id: StaffId) -> Result<Standing> {
    let found = tx.rows::<Stored>().filter(staff::staff_id.eq(staff_id)).first(tx.conn)?;
    let subject = found.subject.unwrap_or_else(|| format!("staff-{staff_id}"));
    let today = tx.clock().today();
    Ok(Standing { subject, duties: duties_on(tx, staff_id, today)? })
}

/// The member of staff with this subject, if the caller may see them.
pub(super) fn by_subject(tx: &mut Tx, subject: &str) -> Result<Option<StaffId>> {
    let found = tx.of(staff::table).filter(staff::subject.eq(subject)).select(staff::staff_id);
    Ok(found.first(tx.conn).optional()?)
}

/// Somebody who has a duty at a school.
#[derive(Debug, Clone, QueryableByName)]
pub struct Holder {
    /// Who.
    #[diesel(sql_type = Integer)]
    pub staff_id: StaffId,
    /// Their name.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// The subject of their tokens.
    #[diesel(sql_type = Nullable<Text>)]
    pub subject: Option<String>,
    /// The duty in the school's own words.
    #[diesel(sql_type = Text)]
    pub duty: String,
    /// The role of the product that it maps to.
    #[diesel(sql_type = Text)]
    pub role: String,
}

/// Who has which duty at a school on a day, by name.
pub fn holders(tx: &mut Tx, school_id: SchoolId, day: NaiveDate) -> Result<Vec<Holder>> {
    Ok(diesel::sql_query(
        "SELECT s.staff_id, s.name, s.subject, latest.duty, latest.role FROM ( \
             SELECT DISTINCT ON (staff_id, duty, from_day) * FROM staff_duty \
             WHERE trust_id = $1 AND school_id = $2 \
             ORDER BY staff_id, duty, from_day, recorded_at DESC) latest \
         JOIN staff s ON s.trust_id = $1 AND s.staff_id = latest.staff_id \
         WHERE latest.role IS NOT NULL AND latest.from_day <= $3 AND (latest.to_day IS NULL OR latest.to_day >= $3) \
         ORDER BY s.name, s.staff_id, latest.duty",
    )
    .bind::<Integer, _>(tx.trust())
    .bind::<Integer, _>(school_id)
    .bind::<Date, _>(day)
    .load(tx.conn)?)
}

/// Whether there is such a member of staff whom the caller may see.
pub fn is_member(tx: &mut Tx, staff_id: StaffId) -> Result<bool> {
    let found = staff::table
        .filter(staff::trust_id.eq(tx.trust()).and(staff::staff_id.eq(staff_id)))
        .select(staff::staff_id);
    Ok(found.first::<StaffId>(tx.conn).optional()?.is_some())
}

/// Adds a member of staff whom these schools may see. Errors: 409 when another has the subject.
pub(super) fn add(
    tx: &mut Tx,
    person: &StaffPerson,
    schools: &[SchoolId],
    by: &str,
) -> Result<StaffId> {
    diesel::insert_into(staff::table)
        .values((
            staff::trust_id.eq(tx.trust()),
            staff::name.eq(&person.name),
            staff::email.eq(&person.email),
            staff::subject.eq(&person.subject),
            staff::school_ids.eq(schools),
            staff::recorded_at.eq(tx.now()),
            staff::recorded_by.eq(by),
        ))
        .returning(staff::staff_id)
        .get_result(tx.conn)
        .map_err(|error| taken(error, "/person/subject"))
}

fn taken(error: Error, pointer: &str) -> Problem {
    match error {
        Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => {
            Problem::at(Kind::Taken, pointer, "a subject that no other member of staff has")
        }
        other => other.into(),
    }
}

/// Whether somebody works for the caller's schools alone: for none besides, and with no duty in one of these roles.
pub(super) fn is_ours_alone(tx: &mut Tx, stored: &Stored, roles: &[String]) -> Result<bool> {
    if !stored.school_ids.iter().all(|school| tx.scope().covers(*school)) {
        return Ok(false);
    }
    let duties = duties_of(tx, &[stored.staff_id])?;
    Ok(!duties.iter().any(|duty| roles.contains(&duty.role)))
}

/// The place among these duties of the first that stands for somebody at that school from that day with one of these
/// roles.
pub(super) fn first_held(
    tx: &mut Tx,
    staff_id: StaffId,
    new: &[NewDuty],
    roles: &[String],
) -> Result<Option<usize>> {
    let stand = duties_of(tx, &[staff_id])?;
    let held = |one: &NewDuty| {
        stand.iter().any(|duty| {
            (duty.school_id, duty.from_day) == (one.school_id, one.from_day)
                && duty.duty == one.duty
                && roles.contains(&duty.role)
        })
    };
    Ok(new.iter().position(held))
}

/// Replaces who a member of staff is, whose row is held, and keeps what stood there. The same again changes nothing.
/// Errors: 409 when another has the subject.
pub(super) fn replace(tx: &mut Tx, old: &Stored, person: &StaffPerson, by: &str) -> Result<()> {
    let (trust, staff_id) = (tx.trust(), old.staff_id);
    let value = |person: &StaffPerson| serde_json::to_value(person).map_err(Problem::internal);
    let (before, after) = (value(&old.person())?, value(person)?);
    if before == after {
        return Ok(());
    }
    let at = tx.after(Some(old.recorded_at));
    diesel::insert_into(staff_change::table)
        .values((
            staff_change::trust_id.eq(trust),
            staff_change::staff_id.eq(staff_id),
            staff_change::school_ids.eq(&old.school_ids),
            staff_change::recorded_at.eq(at),
            staff_change::old.eq(before),
            staff_change::recorded_by.eq(by),
        ))
        .execute(tx.conn)?;
    diesel::update(staff::table)
        .filter(staff::trust_id.eq(trust).and(staff::staff_id.eq(staff_id)))
        .set((
            staff::name.eq(&person.name),
            staff::email.eq(&person.email),
            staff::subject.eq(&person.subject),
            staff::recorded_at.eq(at),
            staff::recorded_by.eq(by),
        ))
        .execute(tx.conn)
        .map_err(|error| taken(error, "/subject"))?;
    Ok(())
}

/// Locks somebody's row, so that of two writes at once the second stands later. Errors: 404.
pub(super) fn hold(tx: &mut Tx, staff_id: StaffId) -> Result<Stored> {
    let found =
        Stored::query().filter(staff::trust_id.eq(tx.trust()).and(staff::staff_id.eq(staff_id)));
    Ok(found.for_update().first(tx.conn)?)
}

/// A duty to be recorded.
pub(super) struct NewDuty {
    pub school_id: SchoolId,
    pub duty: String,
    /// `None` takes back what was recorded for that day.
    pub role: Option<String>,
    pub from_day: NaiveDate,
    pub to_day: Option<NaiveDate>,
}

/// Records duties of a member of staff, whom their schools may then see. Errors: 404.
pub(super) fn add_duties(tx: &mut Tx, staff_id: StaffId, new: &[NewDuty], by: &str) -> Result<()> {
    let trust = tx.trust();
    hold(tx, staff_id)?;
    let last = staff_duty::table
        .filter(staff_duty::trust_id.eq(trust).and(staff_duty::staff_id.eq(staff_id)))
        .select(diesel::dsl::max(staff_duty::recorded_at))
        .first(tx.conn)?;
    diesel::sql_query(
        "INSERT INTO staff_duty (trust_id, school_id, staff_id, duty, from_day, to_day, role, recorded_at, recorded_by) \
         SELECT t.trust_id, u.school_id, $2, u.duty, u.from_day, u.to_day, u.role, $3, $4 \
         FROM trust t, unnest($5, $6, $7, $8, $9) AS u (school_id, duty, from_day, to_day, role) WHERE t.trust_id = $1",
    )
    .bind::<Integer, _>(trust)
    .bind::<Integer, _>(staff_id)
    .bind::<Timestamptz, _>(tx.after(last))
    .bind::<Text, _>(by)
    .bind::<Array<Integer>, _>(new.iter().map(|duty| duty.school_id).collect::<Vec<_>>())
    .bind::<Array<Text>, _>(new.iter().map(|duty| &duty.duty).collect::<Vec<_>>())
    .bind::<Array<Date>, _>(new.iter().map(|duty| duty.from_day).collect::<Vec<_>>())
    .bind::<Array<Nullable<Date>>, _>(new.iter().map(|duty| duty.to_day).collect::<Vec<_>>())
    .bind::<Array<Nullable<Text>>, _>(new.iter().map(|duty| duty.role.as_ref()).collect::<Vec<_>>())
    .execute(tx.conn)?;
    diesel::sql_query(
        "UPDATE staff SET school_ids = school_ids || $1 \
         WHERE trust_id = $2 AND staff_id = $3 AND NOT school_ids @> $1",
    )
    .bind::<Array<Integer>, _>(new.iter().map(|duty| duty.school_id).collect::<Vec<_>>())
    .bind::<Integer, _>(trust)
    .bind::<Integer, _>(staff_id)
    .execute(tx.conn)?;
    Ok(())
}
