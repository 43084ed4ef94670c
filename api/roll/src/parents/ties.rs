//! What parents are to pupils, and what has to be respected: recorded, and read as it stands.

use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Date, Integer, Nullable, SmallInt, Text};

use super::link::Link;
use super::rows::lock;
use super::safeguards::{Order, OrderEffect, Safeguards};
use crate::pupils::merged_records;
use crate::visibility::{self, Act};
use base::prelude::*;
use schema::{parent_safeguard, pupil_parent};

/// Records what a parent is to a pupil, in place of what was recorded before. Errors: 404.
pub(super) fn put_link(
    tx: &mut Tx,
    (pupil_id, parent_id): (PupilId, ParentId),
    link: &Link,
    by: &str,
) -> Result<()> {
    lock(tx, parent_id)?;
    let trust = tx.trust();
    let pair = pupil_parent::pupil_id.eq(pupil_id).and(pupil_parent::parent_id.eq(parent_id));
    let last = pupil_parent::table
        .filter(pupil_parent::trust_id.eq(trust).and(pair))
        .select(diesel::dsl::max(pupil_parent::recorded_at))
        .first(tx.conn)?;
    let readers = readers(tx, pupil_id)?;
    diesel::insert_into(pupil_parent::table)
        .values((
            pupil_parent::trust_id.eq(trust),
            pupil_parent::pupil_id.eq(pupil_id),
            pupil_parent::parent_id.eq(parent_id),
            pupil_parent::relationship.eq(As(link.relationship)),
            pupil_parent::priority.eq(link.priority),
            pupil_parent::responsibility.eq(link.responsibility),
            pupil_parent::lives_with.eq(link.lives_with),
            pupil_parent::last_day.eq(link.last_day),
            pupil_parent::recorded_at.eq(tx.after(last)),
            pupil_parent::recorded_by.eq(by),
            pupil_parent::school_ids.eq(readers),
        ))
        .execute(tx.conn)?;
    visibility::settle(tx, &[pupil_id])
}

/// The schools that see what is recorded now of a pupil.
fn readers(tx: &mut Tx, pupil_id: PupilId) -> Result<Vec<SchoolId>> {
    let mut readers = visibility::readers_of_pupils(tx, &[pupil_id])?;
    readers.remove(&pupil_id).ok_or_else(Problem::not_found)
}

/// Records what has to be respected about a parent and a pupil, in place of what was recorded before. Errors: 404.
pub fn put_safeguards(
    tx: &mut Tx,
    (pupil_id, parent_id): (PupilId, ParentId),
    safeguards: &Safeguards,
    (reason, by): (Option<&str>, &str),
) -> Result<()> {
    lock(tx, parent_id)?;
    let trust = tx.trust();
    let pair =
        parent_safeguard::pupil_id.eq(pupil_id).and(parent_safeguard::parent_id.eq(parent_id));
    let last = parent_safeguard::table
        .filter(parent_safeguard::trust_id.eq(trust).and(pair))
        .select(diesel::dsl::max(parent_safeguard::recorded_at))
        .first(tx.conn)?;
    let protectors = visibility::schools_that_may(tx, &[pupil_id], Act::Protect)?.remove(&pupil_id);
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
            parent_safeguard::reason.eq(reason),
            parent_safeguard::court_order_effects
                .eq(order.map_or(Vec::new(), |o| o.effects.clone())),
            parent_safeguard::letters_in_care.eq(safeguards.letters_in_care),
            parent_safeguard::school_ids.eq(protectors.unwrap_or_default()),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// What a parent is to a pupil, and what has to be respected.
#[derive(QueryableByName)]
struct StoredLink {
    #[diesel(sql_type = Integer)]
    pupil_id: PupilId,
    #[diesel(sql_type = Integer)]
    parent_id: ParentId,
    #[diesel(sql_type = Text)]
    relationship: words::Relationship,
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
    #[diesel(sql_type = Nullable<Array<Text>>)]
    court_order_effects: Option<Vec<OrderEffect>>,
    #[diesel(sql_type = Nullable<Bool>)]
    letters_in_care: Option<bool>,
}

/// A parent and a pupil.
#[derive(Clone)]
pub struct Tie {
    /// The pupil.
    pub pupil_id: PupilId,
    /// The parent.
    pub parent_id: ParentId,
    /// What the parent is to the pupil.
    pub link: Link,
    /// What has to be respected.
    pub safeguards: Safeguards,
}

impl From<StoredLink> for Tie {
    fn from(row: StoredLink) -> Self {
        let order = Order::of(row.court_order, row.court_order_from, row.court_order_to);
        Self {
            pupil_id: row.pupil_id,
            parent_id: row.parent_id,
            link: Link {
                relationship: *row.relationship,
                priority: row.priority,
                responsibility: row.responsibility,
                lives_with: row.lives_with,
                last_day: row.last_day,
            },
            safeguards: Safeguards {
                court_order: order
                    .map(|order| order.with(row.court_order_effects.unwrap_or_default())),
                no_contact: Order::of(row.no_contact, row.no_contact_from, row.no_contact_to),
                letters_in_care: row.letters_in_care,
            },
        }
    }
}

/// The latest of each pair, unless it was taken back. A pupil is seen by what was recorded of the records that were
/// merged into theirs, too.
const TIES: &str = "\
    SELECT * FROM (SELECT DISTINCT ON (coalesce(p.merged_into, p.pupil_id), l.parent_id) \
        coalesce(p.merged_into, p.pupil_id) AS pupil_id, l.parent_id, relationship, priority, responsibility, \
        lives_with, last_day, court_order, court_order_from, court_order_to, no_contact, no_contact_from, \
        no_contact_to, court_order_effects, letters_in_care, l.taken_back \
    FROM pupil_parent l \
    JOIN LATERAL (SELECT pupil_id, merged_into FROM pupil_known \
        WHERE trust_id = $1 AND pupil_id = l.pupil_id LIMIT 1) p ON true \
    LEFT JOIN LATERAL (SELECT s.* FROM parent_safeguard s \
        JOIN LATERAL (SELECT pupil_id, merged_into FROM pupil_known \
            WHERE trust_id = $1 AND pupil_id = s.pupil_id LIMIT 1) q ON true \
        WHERE s.trust_id = $1 AND s.parent_id = l.parent_id \
          AND coalesce(q.merged_into, q.pupil_id) = coalesce(p.merged_into, p.pupil_id) \
        ORDER BY s.recorded_at DESC LIMIT 1) g ON true \
    WHERE l.trust_id = $1 AND ($2 IS NULL OR l.pupil_id = ANY ($2)) AND ($3 IS NULL OR l.parent_id = ANY ($3)) \
    ORDER BY 1, l.parent_id, l.recorded_at DESC) latest WHERE NOT taken_back";

/// Everybody who is or was a parent of a pupil, in the order in which they are called.
pub fn ties_of_pupil(tx: &mut Tx, pupil_id: PupilId) -> Result<Vec<Tie>> {
    ties_of_pupils(tx, &[pupil_id])
}

/// As [`ties_of_pupil`], of many.
pub fn ties_of_pupils(tx: &mut Tx, pupils: &[PupilId]) -> Result<Vec<Tie>> {
    let mut ids = merged_records(tx, pupils)?;
    ids.extend(pupils);
    let mut ties = ties(tx, Some(ids), None)?;
    ties.sort_by_key(|tie| (tie.pupil_id, tie.link.priority, tie.parent_id));
    Ok(ties)
}

/// The pupils of these parents whom the caller may see.
pub(super) fn ties_of_parents(tx: &mut Tx, parents: &[ParentId]) -> Result<Vec<Tie>> {
    ties(tx, None, Some(parents))
}

fn ties(
    tx: &mut Tx,
    pupils: Option<Vec<PupilId>>,
    parents: Option<&[ParentId]>,
) -> Result<Vec<Tie>> {
    let mut ties = stored(tx, pupils, parents)?;
    respect(tx, &mut ties)?;
    Ok(ties)
}

/// What has to be respected is known from the first minute of the first day on, and that there is something before: the
/// rows themselves say only later that a school sees them.
fn respect(tx: &mut Tx, ties: &mut [Tie]) -> Result<()> {
    let pupils: BTreeSet<PupilId> = ties.iter().map(|tie| tie.pupil_id).collect();
    let to_come = visibility::unsettled(tx, &pupils.into_iter().collect::<Vec<_>>())?;
    if to_come.is_empty() {
        return Ok(());
    }
    let mut records = merged_records(tx, &to_come)?;
    records.extend(&to_come);
    let stand = tx.whole_trust(|tx| stored(tx, Some(records), None))?;
    let mut stand: BTreeMap<(PupilId, ParentId), Safeguards> =
        stand.into_iter().map(|tie| ((tie.pupil_id, tie.parent_id), tie.safeguards)).collect();
    for tie in ties.iter_mut().filter(|tie| to_come.contains(&tie.pupil_id)) {
        tie.safeguards = stand.remove(&(tie.pupil_id, tie.parent_id)).unwrap_or_default();
    }
    Ok(())
}

fn stored(
    tx: &mut Tx,
    pupils: Option<Vec<PupilId>>,
    parents: Option<&[ParentId]>,
) -> Result<Vec<Tie>> {
    let rows: Vec<StoredLink> = diesel::sql_query(TIES)
        .bind::<Integer, _>(tx.trust())
        .bind::<Nullable<Array<Integer>>, _>(pupils)
        .bind::<Nullable<Array<Integer>>, _>(parents)
        .load(tx.conn)?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// Everybody who is a parent of a pupil, each with whether to ask first, before they are contacted, those who lead on
/// safeguarding.
pub fn whom_to_ask(tx: &mut Tx, pupil_id: PupilId) -> Result<BTreeMap<ParentId, bool>> {
    let today = tx.clock().today();
    let ties = ties_of_pupil(tx, pupil_id)?.into_iter();
    let present = ties.filter(|tie| {
        tie.link.relationship.is_parent() && tie.link.last_day.is_none_or(|last| today <= last)
    });
    Ok(present.map(|tie| (tie.parent_id, tie.safeguards.silence(today))).collect())
}

/// The parents of a pupil who, as a court has ordered, do not meet the other parent.
pub fn kept_apart(tx: &mut Tx, pupil_id: PupilId) -> Result<BTreeSet<ParentId>> {
    let today = tx.clock().today();
    let ties = ties_of_pupil(tx, pupil_id)?.into_iter();
    Ok(ties.filter(|tie| tie.safeguards.keep_apart(today)).map(|tie| tie.parent_id).collect())
}
