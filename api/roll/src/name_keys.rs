//! Owns: pupil.name_key, pupil.given_key, pupil_copy.name_key, parent.name_key, parent_change.name_key.
//!
//! The keys by which people are found, folded anew. How a name is folded is the program's, and gets better; what was
//! recorded before has the key of its time until `rollcall migrate` comes by.

use std::collections::BTreeSet;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Integer, Nullable, Text};
use domain::folded_name_key;

use base::migrate::MigrateError;

/// People of one read.
const BATCH: usize = 10_000;

/// People with keys, and what reads and writes them: `$1` is the trust. `at` tells what was recorded of one person from
/// each other: the instant in microseconds, 0 of what stands once.
struct People {
    read: &'static str,
    /// The next of them in the order of their ids.
    after: &'static str,
    /// These, held until the transaction ends.
    held: &'static str,
    write: &'static str,
}

const PUPILS: People = People {
    read: "SELECT pupil_id AS id, 0::bigint AS at, surname, forename, name_key, given_key FROM pupil WHERE trust_id = $1",
    after: "AND (pupil_id, 0) > ($2, $3) ORDER BY pupil_id LIMIT $4",
    held: "AND pupil_id = ANY ($2) FOR UPDATE",
    write: "UPDATE pupil p SET name_key = n.name_key, given_key = n.given_key \
            FROM unnest($2, $3, $4, $5) AS n (id, at, name_key, given_key) \
            WHERE p.trust_id = $1 AND p.pupil_id = n.id",
};

const PARENTS: People = People {
    read: "SELECT parent_id AS id, 0::bigint AS at, surname, forename, name_key, NULL::text AS given_key FROM parent \
           WHERE trust_id = $1",
    after: "AND (parent_id, 0) > ($2, $3) ORDER BY parent_id LIMIT $4",
    held: "AND parent_id = ANY ($2) FOR UPDATE",
    write: "UPDATE parent p SET name_key = n.name_key FROM unnest($2, $3, $4, $5) AS n (id, at, name_key, given_key) \
            WHERE p.trust_id = $1 AND p.parent_id = n.id",
};

/// What schools that pupils have left go on knowing.
const COPIES: People = People {
    read: "SELECT pupil_id AS id, (extract(epoch FROM recorded_at) * 1000000)::bigint AS at, surname, forename, name_key, \
               given_key FROM pupil_copy WHERE trust_id = $1",
    after: "AND (pupil_id, (extract(epoch FROM recorded_at) * 1000000)::bigint) > ($2, $3) \
            ORDER BY pupil_id, recorded_at LIMIT $4",
    held: "AND pupil_id = ANY ($2) FOR UPDATE",
    write: "UPDATE pupil_copy p SET name_key = n.name_key, given_key = n.given_key \
            FROM unnest($2, $3, $4, $5) AS n (id, at, name_key, given_key) \
            WHERE p.trust_id = $1 AND p.pupil_id = n.id \
              AND (extract(epoch FROM p.recorded_at) * 1000000)::bigint = n.at",
};

/// What parents were found by until they were changed.
const FORMER_PARENTS: People = People {
    read: "SELECT parent_id AS id, (extract(epoch FROM recorded_at) * 1000000)::bigint AS at, old ->> 'surname' AS surname, \
               old ->> 'forename' AS forename, name_key, NULL::text AS given_key FROM parent_change \
           WHERE trust_id = $1 AND name_key IS NOT NULL",
    after: "AND (parent_id, (extract(epoch FROM recorded_at) * 1000000)::bigint) > ($2, $3) \
            ORDER BY parent_id, recorded_at LIMIT $4",
    held: "AND parent_id = ANY ($2) FOR UPDATE",
    write: "UPDATE parent_change p SET name_key = n.name_key \
            FROM unnest($2, $3, $4, $5) AS n (id, at, name_key, given_key) \
            WHERE p.trust_id = $1 AND p.parent_id = n.id \
              AND (extract(epoch FROM p.recorded_at) * 1000000)::bigint = n.at",
};

/// Somebody with the keys that are stored.
#[derive(QueryableByName)]
struct Somebody {
    #[diesel(sql_type = Integer)]
    id: i32,
    #[diesel(sql_type = BigInt)]
    at: i64,
    #[diesel(sql_type = Text)]
    surname: String,
    #[diesel(sql_type = Nullable<Text>)]
    forename: Option<String>,
    #[diesel(sql_type = Text)]
    name_key: String,
    #[diesel(sql_type = Nullable<Text>)]
    given_key: Option<String>,
}

impl Somebody {
    /// The keys as names are folded now: by surname, and by forename.
    fn keys(&self) -> (String, String) {
        let forename = self.forename.as_deref().unwrap_or_default();
        (folded_name_key(&self.surname, forename), folded_name_key(forename, &self.surname))
    }

    fn has_old_keys(&self) -> bool {
        let (name, given) = self.keys();
        self.name_key != name || self.given_key.as_ref().is_some_and(|key| *key != given)
    }
}

#[derive(QueryableByName)]
struct Trust {
    #[diesel(sql_type = Integer)]
    id: i32,
}

/// Folds the names of every trust anew where that makes another key, a trust at a time. The connection is the owner's.
///
/// # Errors
/// The database's, and when it changes another number of rows than it was told to.
pub fn fold_anew(owner_url: &str) -> Result<(), MigrateError> {
    let mut conn = PgConnection::establish(owner_url)?;
    // Every trust that there can be: row-level security hides the trusts themselves until one is named.
    let trusts: Vec<Trust> =
        diesel::sql_query("SELECT generate_series(1, last_value)::int AS id FROM trust_ids")
            .load(&mut conn)?;
    for trust in trusts {
        conn.transaction(|conn| {
            let bound =
                format!("SET LOCAL app.trust_id = '{}'; SET LOCAL app.schools = '*'", trust.id);
            conn.batch_execute(&bound)?;
            let all = [&PUPILS, &COPIES, &PARENTS, &FORMER_PARENTS];
            all.into_iter().try_for_each(|people| fold_people(conn, trust.id, people))
        })?;
    }
    Ok(())
}

fn fold_people(conn: &mut PgConnection, trust: i32, people: &People) -> Result<(), MigrateError> {
    let mut after = (0, 0);
    loop {
        let some: Vec<Somebody> = diesel::sql_query(format!("{} {}", people.read, people.after))
            .bind::<Integer, _>(trust)
            .bind::<Integer, _>(after.0)
            .bind::<BigInt, _>(after.1)
            .bind::<Integer, _>(i32::try_from(BATCH).unwrap_or(i32::MAX))
            .load(conn)?;
        let old: BTreeSet<(i32, i64)> =
            some.iter().filter(|one| one.has_old_keys()).map(|one| (one.id, one.at)).collect();
        if !old.is_empty() {
            write(conn, trust, people, &old)?;
        }
        match some.last() {
            Some(last) if some.len() == BATCH => after = (last.id, last.at),
            _ => return Ok(()),
        }
    }
}

/// Writes the keys of these people, by their names as they stand when nobody can change them any more.
fn write(
    conn: &mut PgConnection,
    trust: i32,
    people: &People,
    old: &BTreeSet<(i32, i64)>,
) -> Result<(), MigrateError> {
    let ids: BTreeSet<i32> = old.iter().map(|(id, _)| *id).collect();
    let mut held: Vec<Somebody> = diesel::sql_query(format!("{} {}", people.read, people.held))
        .bind::<Integer, _>(trust)
        .bind::<Array<Integer>, _>(ids.into_iter().collect::<Vec<_>>())
        .load(conn)?;
    held.retain(|one| old.contains(&(one.id, one.at)));
    let keys: Vec<(String, String)> = held.iter().map(Somebody::keys).collect();
    let (names, given): (Vec<String>, Vec<String>) = keys.into_iter().unzip();
    let written = diesel::sql_query(people.write)
        .bind::<Integer, _>(trust)
        .bind::<Array<Integer>, _>(held.iter().map(|one| one.id).collect::<Vec<_>>())
        .bind::<Array<BigInt>, _>(held.iter().map(|one| one.at).collect::<Vec<_>>())
        .bind::<Array<Text>, _>(names)
        .bind::<Array<Text>, _>(given)
        .execute(conn)?;
    if written == old.len() {
        Ok(())
    } else {
        Err(MigrateError::Rows { expected: old.len(), changed: written })
    }
}
