//! Taking back what an import recorded of parents: by appended rows, as all else.
//!
//! What was changed since is left as it is. Parents who were new stay, and are nobody's.

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Integer, Nullable, Text, Timestamptz};

use super::rows::{self, replace};
use crate::visibility::{self, Act};
use base::prelude::*;
use schema::parent_change;

/// What taking back came to.
#[derive(Default)]
pub struct TakenBack {
    /// Parents whose names and contacts are again what they were.
    pub persons: usize,
    /// Links between parents and pupils that are again what they were, or not there.
    pub links: usize,
    /// Pupils of whom something was left, with what and why.
    pub left: Vec<(Option<PupilId>, &'static str, &'static str)>,
}

const CHANGED: &str = "it was changed since";
const ANOTHER_SCHOOLS: &str = "the pupil is another school's by now";
const LIFTED: &str = "only the safeguarding lead of the pupil's main school lifts it, and says why";

/// Takes back what an import recorded, but for what has to be respected.
pub fn take_back(tx: &mut Tx, job_id: JobId, by: &str) -> Result<TakenBack> {
    let mut back = TakenBack::default();
    super::hold(tx)?;
    let at = after(tx, job_id)?;
    let pupils = about(tx, job_id)?;
    visibility::settle(tx, &pupils)?;
    let ours = visibility::permitted(tx, &pupils, Act::ChangeParents)?;
    let others = pupils.into_iter().filter(|pupil| !ours.contains(pupil));
    back.left.extend(others.map(|pupil| (Some(pupil), "parent", ANOTHER_SCHOOLS)));
    let orders = pupils_left(tx, "parent_safeguard", job_id, false)?;
    let stay = |pupil| (Some(pupil), "court order or no contact", LIFTED);
    back.left.extend(orders.into_iter().map(stay));
    let changed = pupils_left(tx, "pupil_parent", job_id, true)?;
    back.left.extend(changed.into_iter().map(|pupil| (Some(pupil), "parent", CHANGED)));
    back.links = diesel::sql_query(LINKS)
        .bind::<Integer, _>(tx.trust())
        .bind::<BigInt, _>(job_id)
        .bind::<Timestamptz, _>(at)
        .bind::<Text, _>(by)
        .bind::<Array<Integer>, _>(&ours)
        .execute(tx.conn)?;
    let changes: Vec<(ParentId, DateTime<Utc>, Value)> = tx
        .of(parent_change::table)
        .filter(parent_change::job_id.eq(job_id))
        .order(parent_change::parent_id)
        .select((parent_change::parent_id, parent_change::recorded_at, parent_change::old))
        .load(tx.conn)?;
    for (parent_id, recorded_at, old) in changes {
        let later = tx
            .of(parent_change::table)
            .filter(parent_change::parent_id.eq(parent_id))
            .filter(parent_change::recorded_at.gt(recorded_at));
        if diesel::select(diesel::dsl::exists(later)).get_result(tx.conn)? {
            back.left.push((None, "name or contacts of a parent", CHANGED));
            continue;
        }
        if rows::present(tx, &[parent_id])?.is_empty()
            || visibility::check_parent(tx, parent_id).is_err()
        {
            back.left.push((None, "name or contacts of a parent", ANOTHER_SCHOOLS));
            continue;
        }
        let person = serde_json::from_value(old).map_err(Problem::internal)?;
        replace(tx, parent_id, &person, by)?;
        back.persons += 1;
    }
    Ok(back)
}

/// The latest row of the import stands for the pair, and what stood before it is recorded again.
const LINKS: &str = "\
    INSERT INTO pupil_parent (trust_id, pupil_id, parent_id, relationship, priority, responsibility, lives_with, \
        last_day, taken_back, recorded_at, recorded_by, school_ids) \
    SELECT l.trust_id, l.pupil_id, l.parent_id, coalesce(b.relationship, l.relationship), \
        coalesce(b.priority, l.priority), coalesce(b.responsibility, l.responsibility), \
        coalesce(b.lives_with, l.lives_with), b.last_day, coalesce(b.taken_back, true), $3, $4, l.school_ids \
    FROM pupil_parent l \
    LEFT JOIN LATERAL (SELECT * FROM pupil_parent b WHERE b.trust_id = $1 AND b.pupil_id = l.pupil_id \
        AND b.parent_id = l.parent_id AND b.recorded_at < l.recorded_at ORDER BY b.recorded_at DESC LIMIT 1) b ON true \
    WHERE l.trust_id = $1 AND l.job_id = $2 AND l.pupil_id = ANY ($5) \
      AND NOT EXISTS (SELECT FROM pupil_parent n WHERE n.trust_id = $1 AND n.pupil_id = l.pupil_id \
          AND n.parent_id = l.parent_id AND n.recorded_at > l.recorded_at)";

/// The pupils of whose parents an import recorded something.
fn about(tx: &mut Tx, job_id: JobId) -> Result<Vec<PupilId>> {
    let mut pupils = pupils_left(tx, "pupil_parent", job_id, false)?;
    pupils.extend(pupils_left(tx, "parent_safeguard", job_id, false)?);
    pupils.sort_unstable();
    pupils.dedup();
    Ok(pupils)
}

/// Later than everything that was recorded about the pairs of an import.
fn after(tx: &mut Tx, job_id: JobId) -> Result<DateTime<Utc>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Nullable<Timestamptz>)]
        last: Option<DateTime<Utc>>,
    }
    let row: Row = diesel::sql_query(
        "SELECT max(n.recorded_at) AS last FROM pupil_parent l \
         JOIN pupil_parent n USING (trust_id, pupil_id, parent_id) WHERE l.trust_id = $1 AND l.job_id = $2",
    )
    .bind::<Integer, _>(tx.trust())
    .bind::<BigInt, _>(job_id)
    .get_result(tx.conn)?;
    Ok(tx.after(row.last))
}

/// The pupils of rows that an import recorded: all of them, or those of which something was changed since.
fn pupils_left(tx: &mut Tx, table: &str, job_id: JobId, changed: bool) -> Result<Vec<PupilId>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Integer)]
        pupil_id: PupilId,
    }
    let later = format!(
        "AND EXISTS (SELECT FROM {table} n WHERE n.trust_id = $1 AND n.pupil_id = l.pupil_id \
             AND n.parent_id = l.parent_id AND n.recorded_at > l.recorded_at)"
    );
    let statement = format!(
        "SELECT DISTINCT l.pupil_id FROM {table} l WHERE l.trust_id = $1 AND l.job_id = $2 {} ORDER BY 1",
        if changed { later.as_str() } else { "" }
    );
    let rows: Vec<Row> = diesel::sql_query(statement)
        .bind::<Integer, _>(tx.trust())
        .bind::<BigInt, _>(job_id)
        .load(tx.conn)?;
    Ok(rows.into_iter().map(|row| row.pupil_id).collect())
}
