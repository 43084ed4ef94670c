//! Many parents at once, as an import brings them.

use diesel::prelude::*;

use super::link::Link;
use super::person::Person;
use super::rows::{replace_by, values};
use super::safeguards::Safeguards;
use crate::visibility::{self, Act};
use base::prelude::*;
use schema::{parent, parent_safeguard, pupil_parent};

/// The schools that see what is recorded now, pupil by pupil.
type Readers = BTreeMap<PupilId, Vec<SchoolId>>;

/// Rows of one statement.
const BATCH: usize = 2_000;

/// What becomes of one parent.
pub struct Change {
    /// The parent; `None`: somebody new.
    pub parent_id: Option<ParentId>,
    /// Who they are and how to reach them, when they are new or that has changed.
    pub person: Option<Person>,
    /// What they are to pupils, where that is new or has changed.
    pub links: Vec<(PupilId, Link)>,
    /// What has to be respected about them and pupils, where that is new or has changed.
    pub safeguards: Vec<(PupilId, Safeguards)>,
}

/// What an import adds and changes.
pub struct Changes<'a> {
    /// Parent by parent.
    pub all: &'a [Change],
    /// Who imports.
    pub by: &'a str,
    /// The import.
    pub job_id: JobId,
}

/// Until this transaction ends no other import adds parents of the trust: otherwise two files could both add somebody.
pub fn hold(tx: &mut Tx) -> Result<()> {
    tx.take_turns("parents")
}

/// Records what an import adds and changes; the caller [`hold`]s. Nothing is overwritten without a history.
pub fn record(tx: &mut Tx, changes: &Changes<'_>) -> Result<()> {
    let known: Vec<ParentId> = changes.all.iter().filter_map(|change| change.parent_id).collect();
    lock(tx, &known)?;
    visibility::settle_people(tx, &known)?;
    let mut added = add(tx, changes)?.into_iter();
    let (mut links, mut safeguards) = (Vec::new(), Vec::new());
    for change in changes.all {
        let parent_id = match (change.parent_id, &change.person) {
            (Some(parent_id), person) => {
                if let Some(person) = person {
                    replace_by(tx, parent_id, person, (changes.by, Some(changes.job_id)))?;
                }
                parent_id
            }
            (None, _) => added.next().ok_or_else(|| Problem::internal("a parent was not added"))?,
        };
        links.extend(change.links.iter().map(|(pupil, link)| (*pupil, parent_id, link)));
        safeguards.extend(change.safeguards.iter().map(|(pupil, all)| (*pupil, parent_id, all)));
    }
    let at = instant(tx, &links, &safeguards)?;
    let mut about: Vec<PupilId> = links.iter().map(|(pupil, ..)| *pupil).collect();
    about.extend(safeguards.iter().map(|(pupil, ..)| *pupil));
    about.sort_unstable();
    about.dedup();
    let readers = visibility::readers_of_pupils(tx, &about)?;
    add_links(tx, changes, &links, (&readers, at))?;
    let protectors = visibility::schools_that_may(tx, &about, Act::Protect)?;
    add_safeguards(tx, changes, &safeguards, (&protectors, at))?;
    visibility::settle(tx, &about)
}

fn lock(tx: &mut Tx, parents: &[ParentId]) -> Result<()> {
    let found = tx.of(parent::table).filter(parent::parent_id.eq_any(parents));
    let found = found.order(parent::parent_id).select(parent::parent_id).for_update();
    found.load::<ParentId>(tx.conn)?;
    Ok(())
}

/// Adds those who are new, whom the schools of their children may see; their ids in the order given.
fn add(tx: &mut Tx, changes: &Changes<'_>) -> Result<Vec<ParentId>> {
    let (trust, now) = (tx.trust(), tx.now());
    let new: Vec<(&Change, &Person)> = changes
        .all
        .iter()
        .filter(|change| change.parent_id.is_none())
        .filter_map(|change| Some((change, change.person.as_ref()?)))
        .collect();
    let pupils: Vec<PupilId> =
        new.iter().flat_map(|(change, _)| change.links.iter().map(|(pupil, _)| *pupil)).collect();
    let readers = visibility::readers_of_pupils(tx, &pupils)?;
    let keepers = visibility::schools_that_may(tx, &pupils, Act::AddParents)?;
    let mut ids = Vec::with_capacity(new.len());
    for some in new.chunks(BATCH) {
        let mut rows = Vec::with_capacity(some.len());
        for (change, person) in some {
            let of = |schools: &Readers| -> Vec<SchoolId> {
                let of = change.links.iter().filter_map(|(pupil, _)| schools.get(pupil));
                of.flatten().copied().collect::<BTreeSet<_>>().into_iter().collect()
            };
            rows.push((
                (parent::trust_id.eq(trust), values(person)?),
                parent::school_ids.eq(of(&readers)),
                parent::kept_by.eq(of(&keepers)),
                parent::recorded_at.eq(now),
                parent::recorded_by.eq(changes.by),
            ));
        }
        let added: Vec<ParentId> = diesel::insert_into(parent::table)
            .values(rows)
            .returning(parent::parent_id)
            .get_results(tx.conn)?;
        ids.extend(added);
    }
    Ok(ids)
}

/// Later than everything that was recorded about these pupils.
fn instant(
    tx: &mut Tx,
    links: &[(PupilId, ParentId, &Link)],
    safeguards: &[(PupilId, ParentId, &Safeguards)],
) -> Result<DateTime<Utc>> {
    let trust = tx.trust();
    let mut pupils: Vec<PupilId> = links.iter().map(|(pupil, ..)| *pupil).collect();
    pupils.extend(safeguards.iter().map(|(pupil, ..)| *pupil));
    let linked: Option<DateTime<Utc>> = pupil_parent::table
        .filter(pupil_parent::trust_id.eq(trust).and(pupil_parent::pupil_id.eq_any(&pupils)))
        .select(diesel::dsl::max(pupil_parent::recorded_at))
        .first(tx.conn)?;
    let ordered: Option<DateTime<Utc>> = parent_safeguard::table
        .filter(
            parent_safeguard::trust_id.eq(trust).and(parent_safeguard::pupil_id.eq_any(&pupils)),
        )
        .select(diesel::dsl::max(parent_safeguard::recorded_at))
        .first(tx.conn)?;
    Ok(tx.after(linked.max(ordered)))
}

fn add_links(
    tx: &mut Tx,
    changes: &Changes<'_>,
    links: &[(PupilId, ParentId, &Link)],
    (readers, at): (&Readers, DateTime<Utc>),
) -> Result<()> {
    for some in links.chunks(BATCH) {
        let rows: Vec<_> = some
            .iter()
            .map(|(pupil, parent, link)| {
                (
                    pupil_parent::trust_id.eq(tx.trust()),
                    pupil_parent::pupil_id.eq(pupil),
                    pupil_parent::parent_id.eq(parent),
                    pupil_parent::relationship.eq(As(link.relationship)),
                    pupil_parent::priority.eq(link.priority),
                    pupil_parent::responsibility.eq(link.responsibility),
                    pupil_parent::lives_with.eq(link.lives_with),
                    pupil_parent::last_day.eq(link.last_day),
                    pupil_parent::recorded_at.eq(at),
                    pupil_parent::recorded_by.eq(changes.by),
                    pupil_parent::job_id.eq(changes.job_id),
                    pupil_parent::school_ids.eq(readers.get(pupil).cloned().unwrap_or_default()),
                )
            })
            .collect();
        diesel::insert_into(pupil_parent::table).values(rows).execute(tx.conn)?;
    }
    Ok(())
}

fn add_safeguards(
    tx: &mut Tx,
    changes: &Changes<'_>,
    safeguards: &[(PupilId, ParentId, &Safeguards)],
    (protectors, at): (&Readers, DateTime<Utc>),
) -> Result<()> {
    for some in safeguards.chunks(BATCH) {
        let rows: Vec<_> = some
            .iter()
            .map(|(pupil, parent, all)| {
                let (order, contact) = (all.court_order.as_ref(), all.no_contact.as_ref());
                (
                    parent_safeguard::trust_id.eq(tx.trust()),
                    parent_safeguard::pupil_id.eq(pupil),
                    parent_safeguard::parent_id.eq(parent),
                    parent_safeguard::court_order.eq(order.map(|o| &o.text)),
                    parent_safeguard::court_order_from.eq(order.map(|o| o.from)),
                    parent_safeguard::court_order_to.eq(order.and_then(|o| o.to)),
                    parent_safeguard::no_contact.eq(contact.map(|o| &o.text)),
                    parent_safeguard::no_contact_from.eq(contact.map(|o| o.from)),
                    parent_safeguard::no_contact_to.eq(contact.and_then(|o| o.to)),
                    parent_safeguard::court_order_effects
                        .eq(order.map_or(Vec::new(), |o| o.effects.clone())),
                    parent_safeguard::letters_in_care.eq(all.letters_in_care),
                    parent_safeguard::recorded_at.eq(at),
                    parent_safeguard::recorded_by.eq(changes.by),
                    parent_safeguard::job_id.eq(changes.job_id),
                    parent_safeguard::school_ids
                        .eq(protectors.get(pupil).cloned().unwrap_or_default()),
                )
            })
            .collect();
        diesel::insert_into(parent_safeguard::table).values(rows).execute(tx.conn)?;
    }
    Ok(())
}
