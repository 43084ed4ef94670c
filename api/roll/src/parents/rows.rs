//! Owns: parent, parent_change, pupil_parent, parent_safeguard.
//!
//! The parents themselves; `ties.rs` has what they are to pupils.

use diesel::prelude::*;
use domain::folded_name_key;

use super::address;
use super::person::{Contact, MOST_CONTACTS, Person};
use crate::visibility::{self, Act};
use base::prelude::*;
use schema::{parent, parent_change};

/// A parent.
#[derive(Clone, Serialize, ToSchema)]
pub struct ParentRow {
    /// Rollcall's key.
    #[schema(example = 812)]
    pub parent_id: ParentId,
    /// Who they are and how to reach them.
    pub person: Person,
    /// When this was recorded (UTC).
    pub recorded_at: DateTime<Utc>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = parent)]
struct Stored {
    parent_id: ParentId,
    title: Option<String>,
    forename: Option<String>,
    surname: String,
    language: String,
    interpreter: bool,
    contacts: Value,
    recorded_at: DateTime<Utc>,
}

impl Stored {
    fn row(self) -> Result<ParentRow> {
        let Self { parent_id, title, forename, surname, language, interpreter, .. } = self;
        let contacts = serde_json::from_value(self.contacts).map_err(Problem::internal)?;
        let person = Person { title, forename, surname, language, interpreter, contacts };
        Ok(ParentRow { parent_id, person, recorded_at: self.recorded_at })
    }
}

/// One parent, if the caller may see them. Errors: 404.
pub fn parent(tx: &mut Tx, parent_id: ParentId) -> Result<ParentRow> {
    parents(tx, &[parent_id])?.pop().ok_or_else(Problem::not_found)
}

/// These parents, in no order: as they stand, or as the caller knew them.
pub(super) fn parents(tx: &mut Tx, ids: &[ParentId]) -> Result<Vec<ParentRow>> {
    let mut rows = present(tx, ids)?;
    let seen: BTreeSet<ParentId> = rows.iter().map(|row| row.parent_id).collect();
    let others: Vec<ParentId> = ids.iter().copied().filter(|id| !seen.contains(id)).collect();
    if !others.is_empty() {
        rows.extend(as_known(tx, &others)?);
    }
    address::hide(tx, &mut rows)?;
    Ok(rows)
}

/// Those of these parents of whom the caller sees what is recorded now.
pub(super) fn present(tx: &mut Tx, ids: &[ParentId]) -> Result<Vec<ParentRow>> {
    let found =
        parent::table.filter(parent::trust_id.eq(tx.trust()).and(parent::parent_id.eq_any(ids)));
    let rows = found.select(Stored::as_select()).load(tx.conn)?;
    rows.into_iter().map(Stored::row).collect()
}

/// Parents of children who have left the caller's schools, and who were changed since: the last that was known of them.
fn as_known(tx: &mut Tx, ids: &[ParentId]) -> Result<Vec<ParentRow>> {
    type Row = (ParentId, Value, DateTime<Utc>, Option<DateTime<Utc>>);
    let rows: Vec<Row> = parent_change::table
        .filter(parent_change::trust_id.eq(tx.trust()).and(parent_change::parent_id.eq_any(ids)))
        .distinct_on(parent_change::parent_id)
        .order((parent_change::parent_id, parent_change::recorded_at.desc()))
        .select((
            parent_change::parent_id,
            parent_change::old,
            parent_change::recorded_at,
            parent_change::since,
        ))
        .load(tx.conn)?;
    let known = |(parent_id, old, until, since): (_, _, _, Option<_>)| {
        let person = serde_json::from_value(old).map_err(Problem::internal)?;
        Ok(ParentRow { parent_id, person, recorded_at: since.unwrap_or(until) })
    };
    rows.into_iter().map(known).collect()
}

/// The parents with these names of whom the caller sees what is recorded now, in the order of their ids. A name is the key
/// of surname and forename.
pub fn parents_by_name(tx: &mut Tx, keys: &[String]) -> Result<Vec<ParentRow>> {
    let found = parent::table
        .filter(parent::trust_id.eq(tx.trust()).and(parent::name_key.eq_any(keys)))
        .order(parent::parent_id);
    let rows: Vec<Stored> = found.select(Stored::as_select()).load(tx.conn)?;
    let mut rows = rows.into_iter().map(Stored::row).collect::<Result<Vec<_>, _>>()?;
    let ids: Vec<ParentId> = rows.iter().map(|row| row.parent_id).collect();
    let seen = visibility::seen_parents(tx, &ids)?;
    rows.retain(|row| seen.contains(&row.parent_id));
    address::hide(tx, &mut rows)?;
    Ok(rows)
}

/// Adds a parent whom the schools that have a pupil may see.
pub(super) fn add(tx: &mut Tx, person: &Person, pupil_id: PupilId, by: &str) -> Result<ParentRow> {
    let readers = visibility::readers_of_pupils(tx, &[pupil_id])?.remove(&pupil_id);
    let keepers = visibility::schools_that_may(tx, &[pupil_id], Act::AddParents)?.remove(&pupil_id);
    diesel::insert_into(parent::table)
        .values((
            (parent::trust_id.eq(tx.trust()), values(person)?),
            parent::school_ids.eq(readers.unwrap_or_default()),
            parent::kept_by.eq(keepers.unwrap_or_default()),
            parent::recorded_at.eq(tx.now()),
            parent::recorded_by.eq(by),
        ))
        .returning(Stored::as_returning())
        .get_result(tx.conn)?
        .row()
}

pub(super) type Values<'a> = (
    diesel::dsl::Eq<parent::title, &'a Option<String>>,
    diesel::dsl::Eq<parent::forename, &'a Option<String>>,
    diesel::dsl::Eq<parent::surname, &'a String>,
    diesel::dsl::Eq<parent::name_key, String>,
    diesel::dsl::Eq<parent::language, &'a String>,
    diesel::dsl::Eq<parent::interpreter, bool>,
    diesel::dsl::Eq<parent::contacts, Value>,
);

pub(super) fn values(person: &Person) -> Result<Values<'_>> {
    let key = name_key(person);
    let contacts = serde_json::to_value(&person.contacts).map_err(Problem::internal)?;
    Ok((
        parent::title.eq(&person.title),
        parent::forename.eq(&person.forename),
        parent::surname.eq(&person.surname),
        parent::name_key.eq(key),
        parent::language.eq(&person.language),
        parent::interpreter.eq(person.interpreter),
        parent::contacts.eq(contacts),
    ))
}

/// What a parent is found by.
fn name_key(person: &Person) -> String {
    folded_name_key(&person.surname, person.forename.as_deref().unwrap_or_default())
}

/// Replaces who a parent is and how to reach them, and keeps what stood there. The same again changes nothing. Errors:
/// 404.
pub(super) fn replace(
    tx: &mut Tx,
    parent_id: ParentId,
    person: &Person,
    by: &str,
) -> Result<ParentRow> {
    replace_by(tx, parent_id, person, (by, None))
}

/// Adds ways to reach a parent after those there are, but for those that are known, as many as are kept. Errors: 404.
pub fn add_contacts(tx: &mut Tx, parent_id: ParentId, more: &[Contact], by: &str) -> Result<()> {
    let mut person = parent(tx, parent_id)?.person;
    for contact in more {
        if !person.contacts.contains(contact) && person.contacts.len() < MOST_CONTACTS {
            person.contacts.push(contact.clone());
        }
    }
    replace(tx, parent_id, &person, by).map(drop)
}

/// As [`replace`], by an import that can be taken back. Errors: 404.
pub(super) fn replace_by(
    tx: &mut Tx,
    parent_id: ParentId,
    person: &Person,
    (by, job_id): (&str, Option<JobId>),
) -> Result<ParentRow> {
    let trust = tx.trust();
    let one = parent::table.filter(parent::trust_id.eq(trust).and(parent::parent_id.eq(parent_id)));
    let (old, known_to): (Stored, Vec<SchoolId>) =
        one.select((Stored::as_select(), parent::school_ids)).for_update().first(tx.conn)?;
    let old = old.row()?;
    let person = &address::keep(tx, &old, person)?;
    let value = |person: &Person| serde_json::to_value(person).map_err(Problem::internal);
    let (before, after) = (value(&old.person)?, value(person)?);
    if before == after {
        return Ok(old);
    }
    let at = tx.after(Some(old.recorded_at));
    diesel::insert_into(parent_change::table)
        .values((
            parent_change::trust_id.eq(trust),
            parent_change::parent_id.eq(parent_id),
            parent_change::recorded_at.eq(at),
            parent_change::old.eq(before),
            parent_change::recorded_by.eq(by),
            parent_change::job_id.eq(job_id),
            parent_change::since.eq(old.recorded_at),
            parent_change::school_ids.eq(&known_to),
            parent_change::name_key.eq(name_key(&old.person)),
        ))
        .execute(tx.conn)?;
    // Whoever has had a child before and has none now goes on seeing what stood there; of nobody's parent all see all.
    let readers = visibility::readers_of_parent(tx, parent_id)?.unwrap_or(known_to);
    diesel::update(parent::table)
        .filter(parent::trust_id.eq(trust).and(parent::parent_id.eq(parent_id)))
        .set((
            values(person)?,
            parent::school_ids.eq(readers),
            parent::recorded_at.eq(at),
            parent::recorded_by.eq(by),
        ))
        .execute(tx.conn)?;
    self::parent(tx, parent_id)
}

/// Locks a parent's row, so that of two writes at once the second stands later. Errors: 404.
pub(super) fn lock(tx: &mut Tx, parent_id: ParentId) -> Result<()> {
    let found =
        tx.of(parent::table).filter(parent::parent_id.eq(parent_id)).select(parent::parent_id);
    found.for_update().first::<ParentId>(tx.conn)?;
    Ok(())
}
