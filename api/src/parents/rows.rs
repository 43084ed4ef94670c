//! Owns: parent, parent_change, pupil_parent, parent_safeguard.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Date, Integer, Nullable, SmallInt, Text};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::link::{Link, Relationship};
use super::person::Person;
use super::safeguards::{Order, Safeguards};
use crate::db::Tx;
use crate::http::problem::Problem;
use crate::pupils::{folded_name_key, merged_records};
use crate::schema::{parent, parent_change, parent_safeguard, pupil, pupil_parent};

/// A parent.
#[derive(Clone, Serialize, ToSchema)]
pub struct ParentRow {
    /// Rollcall's key.
    #[schema(example = 812)]
    pub parent_id: i32,
    /// Who they are and how to reach them.
    pub person: Person,
    /// When this was recorded (UTC).
    pub recorded_at: DateTime<Utc>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = parent)]
struct Stored {
    parent_id: i32,
    title: Option<String>,
    forename: Option<String>,
    surname: String,
    language: String,
    interpreter: bool,
    contacts: Value,
    recorded_at: DateTime<Utc>,
}

impl Stored {
    fn row(self) -> Result<ParentRow, Problem> {
        let Self { parent_id, title, forename, surname, language, interpreter, .. } = self;
        let contacts = serde_json::from_value(self.contacts).map_err(Problem::internal)?;
        let person = Person { title, forename, surname, language, interpreter, contacts };
        Ok(ParentRow { parent_id, person, recorded_at: self.recorded_at })
    }
}

/// One parent, if the caller may see them.
///
/// # Errors
/// 404.
pub(super) fn parent(tx: &mut Tx<'_>, parent_id: i32) -> Result<ParentRow, Problem> {
    let found = parent::table.filter(parent::parent_id.eq(parent_id));
    found.select(Stored::as_select()).first(tx.conn)?.row()
}

/// These parents, in no order.
///
/// # Errors
/// The database's.
pub(super) fn parents(tx: &mut Tx<'_>, ids: &[i32]) -> Result<Vec<ParentRow>, Problem> {
    let trust = tx.trust();
    let found = parent::table.filter(parent::trust_id.eq(trust).and(parent::parent_id.eq_any(ids)));
    let rows = found.select(Stored::as_select()).load(tx.conn)?;
    rows.into_iter().map(Stored::row).collect()
}

/// Adds a parent whom the schools of a pupil may see.
///
/// # Errors
/// The database's.
pub(super) fn add(
    tx: &mut Tx<'_>,
    person: &Person,
    pupil_id: i32,
    by: &str,
) -> Result<ParentRow, Problem> {
    let schools: Vec<i32> = schools_of(tx, pupil_id)?;
    diesel::insert_into(parent::table)
        .values((
            (parent::trust_id.eq(tx.trust()), values(person)?),
            parent::school_ids.eq(schools),
            parent::recorded_at.eq(tx.now()),
            parent::recorded_by.eq(by),
        ))
        .returning(Stored::as_returning())
        .get_result(tx.conn)?
        .row()
}

fn schools_of(tx: &mut Tx<'_>, pupil_id: i32) -> Result<Vec<i32>, Problem> {
    let found = pupil::table.filter(pupil::pupil_id.eq(pupil_id)).select(pupil::school_ids);
    Ok(found.first(tx.conn)?)
}

type Values<'a> = (
    diesel::dsl::Eq<parent::title, &'a Option<String>>,
    diesel::dsl::Eq<parent::forename, &'a Option<String>>,
    diesel::dsl::Eq<parent::surname, &'a String>,
    diesel::dsl::Eq<parent::name_key, String>,
    diesel::dsl::Eq<parent::language, &'a String>,
    diesel::dsl::Eq<parent::interpreter, bool>,
    diesel::dsl::Eq<parent::contacts, Value>,
);

fn values(person: &Person) -> Result<Values<'_>, Problem> {
    let key = folded_name_key(&person.surname, person.forename.as_deref().unwrap_or_default());
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

/// Replaces who a parent is and how to reach them, and keeps what stood there. The same again changes nothing.
///
/// # Errors
/// 404.
pub(super) fn replace(
    tx: &mut Tx<'_>,
    parent_id: i32,
    person: &Person,
    by: &str,
) -> Result<ParentRow, Problem> {
    let trust = tx.trust();
    let one = parent::table.filter(parent::trust_id.eq(trust).and(parent::parent_id.eq(parent_id)));
    let old = one.select(Stored::as_select()).for_update().first(tx.conn)?.row()?;
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
        ))
        .execute(tx.conn)?;
    diesel::update(parent::table)
        .filter(parent::trust_id.eq(trust).and(parent::parent_id.eq(parent_id)))
        .set((values(person)?, parent::recorded_at.eq(at), parent::recorded_by.eq(by)))
        .returning(Stored::as_returning())
        .get_result(tx.conn)?
        .row()
}

/// Records what a parent is to a pupil. The parent's row is locked, so that of two at once the second stands later.
///
/// # Errors
/// 404.
pub(super) fn put_link(
    tx: &mut Tx<'_>,
    (pupil_id, parent_id): (i32, i32),
    link: &Link,
    by: &str,
) -> Result<(), Problem> {
    lock(tx, parent_id)?;
    let trust = tx.trust();
    let pair = pupil_parent::pupil_id.eq(pupil_id).and(pupil_parent::parent_id.eq(parent_id));
    let last = pupil_parent::table
        .filter(pupil_parent::trust_id.eq(trust).and(pair))
        .select(diesel::dsl::max(pupil_parent::recorded_at))
        .first(tx.conn)?;
    diesel::insert_into(pupil_parent::table)
        .values((
            pupil_parent::trust_id.eq(trust),
            pupil_parent::pupil_id.eq(pupil_id),
            pupil_parent::parent_id.eq(parent_id),
            pupil_parent::relationship.eq(link.relationship.name()),
            pupil_parent::priority.eq(link.priority),
            pupil_parent::responsibility.eq(link.responsibility),
            pupil_parent::lives_with.eq(link.lives_with),
            pupil_parent::last_day.eq(link.last_day),
            pupil_parent::recorded_at.eq(tx.after(last)),
            pupil_parent::recorded_by.eq(by),
        ))
        .execute(tx.conn)?;
    let schools = schools_of(tx, pupil_id)?;
    let pairs: Vec<(i32, i32)> = schools.into_iter().map(|school| (pupil_id, school)).collect();
    widen_schools(tx, &pairs)
}

fn lock(tx: &mut Tx<'_>, parent_id: i32) -> Result<(), Problem> {
    let found = parent::table.filter(parent::parent_id.eq(parent_id)).select(parent::parent_id);
    found.for_update().first::<i32>(tx.conn)?;
    Ok(())
}

/// Records what has to be respected about a parent and a pupil, in place of what was recorded before.
///
/// # Errors
/// 404.
pub(super) fn put_safeguards(
    tx: &mut Tx<'_>,
    (pupil_id, parent_id): (i32, i32),
    safeguards: &Safeguards,
    by: &str,
) -> Result<(), Problem> {
    lock(tx, parent_id)?;
    let trust = tx.trust();
    let pair =
        parent_safeguard::pupil_id.eq(pupil_id).and(parent_safeguard::parent_id.eq(parent_id));
    let last = parent_safeguard::table
        .filter(parent_safeguard::trust_id.eq(trust).and(pair))
        .select(diesel::dsl::max(parent_safeguard::recorded_at))
        .first(tx.conn)?;
    let (order, contact) = (safeguards.court_order.as_ref(), safeguards.no_contact.as_ref());
    diesel::insert_into(parent_safeguard::table)
        .values((
            parent_safeguard::trust_id.eq(trust),
            parent_safeguard::pupil_id.eq(pupil_id),
            parent_safeguard::parent_id.eq(parent_id),
            parent_safeguard::court_order.eq(order.map(|o| &o.text)),
            parent_safeguard::court_order_from.eq(order.map(|o| o.from)),
            parent_safeguard::court_order_to.eq(order.and_then(|o| o.to)),
            parent_safeguard::no_contact.eq(contact.map(|o| &o.text)),
            parent_safeguard::no_contact_from.eq(contact.map(|o| o.from)),
            parent_safeguard::no_contact_to.eq(contact.and_then(|o| o.to)),
            parent_safeguard::recorded_at.eq(tx.after(last)),
            parent_safeguard::recorded_by.eq(by),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// Lets a school see the parents of a pupil whom it enrols, those of records that were merged into the pupil's too.
///
/// # Errors
/// The database's.
pub fn widen_schools(tx: &mut Tx<'_>, pairs: &[(i32, i32)]) -> Result<(), Problem> {
    let (pupils, schools): (Vec<i32>, Vec<i32>) = pairs.iter().copied().unzip();
    diesel::sql_query(
        "WITH enrolled AS (SELECT * FROM unnest($1, $2) AS u (pupil_id, school_id)), \
              seen AS (SELECT pupil_id, school_id FROM enrolled UNION ALL \
                       SELECT p.pupil_id, e.school_id FROM enrolled e \
                       JOIN pupil p ON p.trust_id = $3 AND p.merged_into = e.pupil_id) \
         UPDATE parent a SET school_ids = a.school_ids || w.schools \
         FROM (SELECT l.parent_id, array_agg(DISTINCT s.school_id) AS schools FROM seen s \
               JOIN pupil_parent l ON l.trust_id = $3 AND l.pupil_id = s.pupil_id GROUP BY l.parent_id) w \
         WHERE a.trust_id = $3 AND a.parent_id = w.parent_id AND NOT a.school_ids @> w.schools",
    )
    .bind::<Array<Integer>, _>(pupils)
    .bind::<Array<Integer>, _>(schools)
    .bind::<Integer, _>(tx.trust())
    .execute(tx.conn)?;
    Ok(())
}

/// What a parent is to a pupil, and what has to be respected.
#[derive(QueryableByName)]
struct StoredLink {
    #[diesel(sql_type = Integer)]
    pupil_id: i32,
    #[diesel(sql_type = Integer)]
    parent_id: i32,
    #[diesel(sql_type = Text)]
    relationship: String,
    #[diesel(sql_type = SmallInt)]
    priority: i16,
    #[diesel(sql_type = Bool)]
    responsibility: bool,
    #[diesel(sql_type = Bool)]
    lives_with: bool,
    #[diesel(sql_type = Nullable<Date>)]
    last_day: Option<NaiveDate>,
    #[diesel(sql_type = Nullable<Text>)]
    court_order: Option<String>,
    #[diesel(sql_type = Nullable<Date>)]
    court_order_from: Option<NaiveDate>,
    #[diesel(sql_type = Nullable<Date>)]
    court_order_to: Option<NaiveDate>,
    #[diesel(sql_type = Nullable<Text>)]
    no_contact: Option<String>,
    #[diesel(sql_type = Nullable<Date>)]
    no_contact_from: Option<NaiveDate>,
    #[diesel(sql_type = Nullable<Date>)]
    no_contact_to: Option<NaiveDate>,
}

/// A parent and a pupil.
pub(super) struct Tie {
    pub pupil_id: i32,
    pub parent_id: i32,
    pub link: Link,
    pub safeguards: Safeguards,
}

impl From<StoredLink> for Tie {
    fn from(row: StoredLink) -> Self {
        let order = |text: Option<String>, from: Option<NaiveDate>, to| {
            text.zip(from).map(|(text, from)| Order { text, from, to })
        };
        Self {
            pupil_id: row.pupil_id,
            parent_id: row.parent_id,
            link: Link {
                relationship: Relationship::named(&row.relationship),
                priority: row.priority,
                responsibility: row.responsibility,
                lives_with: row.lives_with,
                last_day: row.last_day,
            },
            safeguards: Safeguards {
                court_order: order(row.court_order, row.court_order_from, row.court_order_to),
                no_contact: order(row.no_contact, row.no_contact_from, row.no_contact_to),
            },
        }
    }
}

/// The latest of each pair. A pupil is seen by what was recorded of the records that were merged into theirs, too.
const TIES: &str = "\
    SELECT DISTINCT ON (coalesce(p.merged_into, p.pupil_id), l.parent_id) \
        coalesce(p.merged_into, p.pupil_id) AS pupil_id, l.parent_id, relationship, priority, responsibility, \
        lives_with, last_day, court_order, court_order_from, court_order_to, no_contact, no_contact_from, \
        no_contact_to \
    FROM pupil_parent l \
    JOIN pupil p ON p.trust_id = $1 AND p.pupil_id = l.pupil_id \
    LEFT JOIN LATERAL (SELECT s.* FROM parent_safeguard s \
        JOIN pupil q ON q.trust_id = $1 AND q.pupil_id = s.pupil_id \
        WHERE s.trust_id = $1 AND s.parent_id = l.parent_id \
          AND coalesce(q.merged_into, q.pupil_id) = coalesce(p.merged_into, p.pupil_id) \
        ORDER BY s.recorded_at DESC LIMIT 1) g ON true \
    WHERE l.trust_id = $1 AND ($2 IS NULL OR l.pupil_id = ANY ($2)) AND ($3 IS NULL OR l.parent_id = $3) \
    ORDER BY 1, l.parent_id, l.recorded_at DESC";

/// Everybody who is or was a parent of a pupil, in the order in which they are called.
///
/// # Errors
/// The database's.
pub(super) fn ties_of_pupil(tx: &mut Tx<'_>, pupil_id: i32) -> Result<Vec<Tie>, Problem> {
    let mut ids = merged_records(tx, pupil_id)?;
    ids.push(pupil_id);
    let mut ties = ties(tx, Some(ids), None)?;
    ties.sort_by_key(|tie| (tie.link.priority, tie.parent_id));
    Ok(ties)
}

/// The pupils of a parent whom the caller may see.
///
/// # Errors
/// The database's.
pub(super) fn ties_of_parent(tx: &mut Tx<'_>, parent_id: i32) -> Result<Vec<Tie>, Problem> {
    ties(tx, None, Some(parent_id))
}

fn ties(
    tx: &mut Tx<'_>,
    pupils: Option<Vec<i32>>,
    parent: Option<i32>,
) -> Result<Vec<Tie>, Problem> {
    let rows: Vec<StoredLink> = diesel::sql_query(TIES)
        .bind::<Integer, _>(tx.trust())
        .bind::<Nullable<Array<Integer>>, _>(pupils)
        .bind::<Nullable<Integer>, _>(parent)
        .load(tx.conn)?;
    Ok(rows.into_iter().map(Into::into).collect())
}
