//! Owns: pupil.name_key, pupil.given_key, parent.name_key.
//!
//! The keys by which people are found, folded anew. How a name is folded is the program's, and gets better; what was
//! recorded before has the key of its time until `rollcall migrate` comes by.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, Integer, Nullable, Text};
use domain::folded_name_key;

use base::migrate::MigrateError;

/// People of one read.
const BATCH: usize = 10_000;

/// People with keys, and what reads and writes them: `$1` is the trust.
struct People {
    read: &'static str,
    /// The next of them in the order of their ids.
    after: &'static str,
    /// These, held until the transaction ends.
    held: &'static str,
    write: &'static str,
}

const PUPILS: People = People {
    read: "SELECT pupil_id AS id, surname, forename, name_key, given_key FROM pupil WHERE trust_id = $1",
    after: "AND pupil_id > $2 ORDER BY pupil_id LIMIT $3",
    held: "AND pupil_id = ANY ($2) FOR UPDATE",
    write: "UPDATE pupil p SET name_key = n.name_key, given_key = n.given_key \
            FROM unnest($2, $3, $4) AS n (id, name_key, given_key) \
            WHERE p.trust_id = $1 AND p.pupil_id = n.id",
};

const PARENTS: People = People {
    read: "SELECT parent_id AS id, surname, forename, name_key, NULL::text AS given_key FROM parent \
           WHERE trust_id = $1",
    after: "AND parent_id > $2 ORDER BY parent_id LIMIT $3",
    held: "AND parent_id = ANY ($2) FOR UPDATE",
    write: "UPDATE parent p SET name_key = n.name_key FROM unnest($2, $3, $4) AS n (id, name_key, given_key) \
            WHERE p.trust_id = $1 AND p.parent_id = n.id",
};

/// Somebody with the keys that are stored.
#[derive(QueryableByName)]
struct Somebody {
    #[diesel(sql_type = Integer)]
    id: i32,
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
            fold_people(conn, trust.id, &PUPILS)?;
            fold_people(conn, trust.id, &PARENTS)
        })?;
    }
    Ok(())
}

fn fold_people(conn: &mut PgConnection, trust: i32, people: &People) -> Result<(), MigrateError> {
    let mut after = 0;
    loop {
        let some: Vec<Somebody> = diesel::sql_query(format!("{} {}", people.read, people.after))
            .bind::<Integer, _>(trust)
            .bind::<Integer, _>(after)
            .bind::<Integer, _>(i32::try_from(BATCH).unwrap_or(i32::MAX))
            .load(conn)?;
        let old: Vec<i32> =
            some.iter().filter(|one| one.has_old_keys()).map(|one| one.id).collect();
        if !old.is_empty() {
            write(conn, trust, people, &old)?;
        }
        match some.last() {
            Some(last) if some.len() == BATCH => after = last.id,
            _ => return Ok(()),
        }
    }
}

/// Writes the keys of these people, by their names as they stand when nobody can change them any more.
fn write(
    conn: &mut PgConnection,
    trust: i32,
    people: &People,
    ids: &[i32],
) -> Result<(), MigrateError> {
    let held: Vec<Somebody> = diesel::sql_query(format!("{} {}", people.read, people.held))
        .bind::<Integer, _>(trust)
        .bind::<Array<Integer>, _>(ids)
        .load(conn)?;
    let keys: Vec<(String, String)> = held.iter().map(Somebody::keys).collect();
    let (names, given): (Vec<String>, Vec<String>) = keys.into_iter().unzip();
    let written = diesel::sql_query(people.write)
        .bind::<Integer, _>(trust)
        .bind::<Array<Integer>, _>(held.iter().map(|one| one.id).collect::<Vec<_>>())
        .bind::<Array<Text>, _>(names)
        .bind::<Array<Text>, _>(given)
        .execute(conn)?;
    if written == ids.len() {
        Ok(())
    } else {
        Err(MigrateError::Rows { expected: ids.len(), changed: written })
    }
}
