//! Owns: log_entered.
//!
//! Which entries of the log were entered in the school's safeguarding system, and when.

use diesel::prelude::*;

use super::entry::{Entries, Place};
use base::prelude::*;
use schema::log_entered;

words! {
    /// Where a school keeps its safeguarding record.
    SafeguardingSystem {
        MyConcern = "my_concern": "My Concern",
        Cpoms = "cpoms": "CPOMS",
        Other = "other": "another system, or paper",
    }
}

/// That an entry was entered in a safeguarding system.
#[derive(Debug, Clone, Serialize, HasQuery, ToSchema)]
#[diesel(table_name = log_entered)]
pub struct LogEntered {
    /// The entry's key in the log.
    #[schema(example = "1795082400000000-9-93-0")]
    pub entry: String,
    /// Where it was entered.
    pub system: SafeguardingSystem,
    /// When it was entered (UTC).
    pub entered_at: DateTime<Utc>,
    /// Who said so.
    pub recorded_by: String,
}

/// The key of an entry: its place.
pub(super) fn key((at, source, a, b): &Place) -> String {
    format!("{}-{source}-{a}-{b}", at.timestamp_micros())
}

/// Adds to entries where they were entered.
pub(super) fn mark(tx: &mut Tx, school_id: SchoolId, all: &mut Entries) -> Result<()> {
    for (place, entry) in all.iter_mut() {
        entry.entry = key(place);
    }
    let keys: Vec<&str> = all.iter().map(|(_, entry)| entry.entry.as_str()).collect();
    let rows = of(tx, school_id, &keys)?;
    let mut found: BTreeMap<String, Vec<LogEntered>> = BTreeMap::new();
    for row in rows {
        found.entry(row.entry.clone()).or_default().push(row);
    }
    for (_, entry) in all.iter_mut() {
        entry.entered = found.remove(&entry.entry).unwrap_or_default();
    }
    Ok(())
}

/// Where some entries were entered, by their keys.
pub(super) fn of(tx: &mut Tx, school_id: SchoolId, keys: &[&str]) -> Result<Vec<LogEntered>> {
    Ok(tx
        .rows::<LogEntered>()
        .filter(log_entered::school_id.eq(school_id).and(log_entered::entry.eq_any(keys)))
        .order((log_entered::entry, log_entered::system))
        .load(tx.conn)?)
}

/// Records that entries were entered in a system; what was said first of an entry and a system stays.
pub(super) fn add(
    tx: &mut Tx,
    school_id: SchoolId,
    (entries, system, at): (&[String], SafeguardingSystem, DateTime<Utc>),
    by: &str,
) -> Result<()> {
    let (trust, now) = (tx.trust(), tx.now());
    let rows: Vec<_> = entries
        .iter()
        .map(|entry| {
            (
                log_entered::trust_id.eq(trust),
                log_entered::school_id.eq(school_id),
                log_entered::entry.eq(entry),
                log_entered::system.eq(system),
                log_entered::entered_at.eq(at),
                log_entered::recorded_at.eq(now),
                log_entered::recorded_by.eq(by),
            )
        })
        .collect();
    diesel::insert_into(log_entered::table)
        .values(rows)
        .on_conflict_do_nothing()
        .execute(tx.conn)?;
    Ok(())
}
