//! Owns: pupil.school_ids, pupil.known_to, pupil.kept_by, parent.school_ids, parent.kept_by, pupil_change.school_ids, parent_change.school_ids, pupil_parent.school_ids, parent_safeguard.school_ids, penalty_notice.school_ids, letter_stop.school_ids.
//!
//! Writing who may see and who may write, where row-level security reads it.

use chrono::TimeDelta;
use diesel::prelude::*;
use diesel::sql_types::{Array, Date, Integer, Text};

use super::check::mine;
use super::standing::{children, schools_that_may, standings, who_may};
use super::table::Act;

use base::db::Schools;
use base::prelude::*;

/// What is recorded of a pupil and holds wherever the pupil is taught: a school that comes to have the pupil sees it.
const OF_A_PUPIL: [(Act, &str); 6] = [
    (Act::See, "UPDATE pupil r"),
    (Act::See, "UPDATE pupil_change r"),
    (Act::See, "UPDATE pupil_parent r"),
    (Act::See, "UPDATE letter_stop r"),
    (Act::Protect, "UPDATE parent_safeguard r"),
    (Act::Protect, "UPDATE penalty_notice r"),
];

/// For so many days after a child's first or last day it is looked whether the database says who has the child.
const LOOK_BACK: i64 = 14;

/// Lets a school know of a pupil whom it enrols, and of the records that were merged into the pupil's. What it may see of
/// them follows from the days on roll: [`settle`].
pub fn let_see(tx: &mut Tx, pairs: &[(PupilId, SchoolId)]) -> Result<()> {
    tx.whole_trust(|tx| {
        let (pupils, schools): (Vec<PupilId>, Vec<SchoolId>) = pairs.iter().copied().unzip();
        diesel::sql_query(
            "WITH enrolled AS (SELECT * FROM unnest($1, $2) AS u (pupil_id, school_id)), \
                  seen AS (SELECT pupil_id, school_id FROM enrolled UNION ALL \
                           SELECT p.pupil_id, e.school_id FROM enrolled e \
                           JOIN pupil p ON p.trust_id = $3 AND p.merged_into = e.pupil_id) \
             UPDATE pupil p SET known_to = p.known_to || w.schools, school_ids = p.school_ids || w.schools \
             FROM (SELECT n.pupil_id, array_agg(DISTINCT n.school_id) AS schools FROM seen n \
                   JOIN pupil k ON k.trust_id = $3 AND k.pupil_id = n.pupil_id AND n.school_id <> ALL (k.known_to) \
                   GROUP BY n.pupil_id) w \
             WHERE p.trust_id = $3 AND p.pupil_id = w.pupil_id",
        )
        .bind::<Array<Integer>, _>(pupils)
        .bind::<Array<Integer>, _>(schools)
        .bind::<Integer, _>(tx.trust())
        .execute(tx.conn)?;
        Ok(())
    })
}

/// As [`settle`], of the pupils of these enrolments.
pub fn settle_enrolments(tx: &mut Tx, enrolments: &[EnrolmentId]) -> Result<()> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Integer)]
        pupil_id: PupilId,
    }
    let rows: Vec<Row> = diesel::sql_query(
        "SELECT DISTINCT pupil_id FROM enrolment WHERE trust_id = $1 AND enrolment_id = ANY ($2)",
    )
    .bind::<Integer, _>(tx.trust())
    .bind::<Array<Integer>, _>(enrolments)
    .load(tx.conn)?;
    settle(tx, &rows.into_iter().map(|row| row.pupil_id).collect::<Vec<_>>())
}

/// Writes who may see and who may write about these pupils and their parents today. Who has come to have a child sees
/// what was recorded before; what nobody may see any more from now on stays with those who saw it.
pub fn settle(tx: &mut Tx, pupils: &[PupilId]) -> Result<()> {
    if pupils.is_empty() {
        return Ok(());
    }
    tx.whole_trust(|tx| {
        let all = standings(tx, pupils)?;
        let keepers = who_may(&all, Act::AddParents);
        keep(tx, "UPDATE pupil r", "pupil_id", keepers, PupilId::number)?;
        for (act, update) in OF_A_PUPIL {
            widen(tx, update, "pupil_id", &pairs(who_may(&all, act), PupilId::number))?;
        }
        let records: Vec<PupilId> = all.into_keys().collect();
        let parents = parents_of(tx, &records)?;
        settle_parents(tx, &parents)
    })
}

/// The pupils whose first or last day has passed and of whom the database does not say yet who has them: for whoever lets
/// it follow the clock.
pub fn to_settle(tx: &mut Tx) -> Result<Vec<PupilId>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Integer)]
        pupil_id: PupilId,
        #[diesel(sql_type = Array<Integer>)]
        kept_by: Vec<SchoolId>,
    }
    let today = tx.clock().today();
    let since = today - TimeDelta::days(LOOK_BACK);
    let rows: Vec<Row> = diesel::sql_query(
        "SELECT DISTINCT p.pupil_id, p.kept_by \
         FROM (SELECT DISTINCT enrolment_id, first_day >= $2 AND first_day <= $3 AS begun FROM enrolment_days \
               WHERE trust_id = $1 AND (first_day BETWEEN $2 AND $3 OR last_day >= $2 AND last_day < $3)) d \
         JOIN enrolment e ON e.trust_id = $1 AND e.enrolment_id = d.enrolment_id \
         JOIN pupil p ON p.trust_id = $1 AND p.pupil_id = e.pupil_id \
         WHERE d.begun AND NOT p.kept_by @> ARRAY[e.school_id] \
            OR EXISTS (SELECT FROM enrolment o WHERE o.trust_id = $1 AND o.pupil_id = e.pupil_id \
                   AND o.enrolment_id <> e.enrolment_id) \
            OR EXISTS (SELECT FROM leaver_destination z WHERE z.trust_id = $1 AND z.school_id = e.school_id \
                   AND z.enrolment_id = e.enrolment_id) \
         ORDER BY p.pupil_id",
    )
    .bind::<Integer, _>(tx.trust())
    .bind::<Date, _>(since)
    .bind::<Date, _>(today)
    .load(tx.conn)?;
    let pupils: Vec<PupilId> = rows.iter().map(|row| row.pupil_id).collect();
    let keepers = schools_that_may(tx, &pupils, Act::AddParents)?;
    let differs = |row: &Row| keepers.get(&row.pupil_id) != Some(&row.kept_by);
    Ok(rows.into_iter().filter(differs).map(|row| row.pupil_id).collect())
}

/// Of these pupils those whom the caller's schools see although the database does not say that they have them: they are
/// yet to come, or have come and nothing has been written since.
pub fn unsettled(tx: &mut Tx, pupils: &[PupilId]) -> Result<Vec<PupilId>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Integer)]
        pupil_id: PupilId,
    }
    let Schools::Only(own) = tx.scope().schools().clone() else { return Ok(Vec::new()) };
    let rows: Vec<Row> = diesel::sql_query(
        "SELECT pupil_id FROM pupil WHERE trust_id = $1 AND pupil_id = ANY ($2) AND NOT kept_by && $3",
    )
    .bind::<Integer, _>(tx.trust())
    .bind::<Array<Integer>, _>(pupils)
    .bind::<Array<Integer>, _>(own)
    .load(tx.conn)?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let others: Vec<PupilId> = rows.into_iter().map(|row| row.pupil_id).collect();
    let seen = mine(tx, &others)?.into_iter().filter(|(_, standing)| standing.may(Act::See));
    Ok(seen.map(|(pupil, _)| pupil).collect())
}

/// As [`settle`], of parents alone.
pub fn settle_people(tx: &mut Tx, parents: &[ParentId]) -> Result<()> {
    tx.whole_trust(|tx| settle_parents(tx, parents))
}

fn parents_of(tx: &mut Tx, pupils: &[PupilId]) -> Result<Vec<ParentId>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Integer)]
        parent_id: ParentId,
    }
    let parents: Vec<Row> = diesel::sql_query(
        "SELECT DISTINCT parent_id FROM pupil_parent WHERE trust_id = $1 AND pupil_id = ANY ($2)",
    )
    .bind::<Integer, _>(tx.trust())
    .bind::<Array<Integer>, _>(pupils)
    .load(tx.conn)?;
    Ok(parents.into_iter().map(|row| row.parent_id).collect())
}

/// The same of parents: a parent is seen and written about as each of the children is. The caller looks with the eyes of
/// the whole trust.
fn settle_parents(tx: &mut Tx, parents: &[ParentId]) -> Result<()> {
    if parents.is_empty() {
        return Ok(());
    }
    let children = children(tx, parents)?;
    let pupils: BTreeSet<PupilId> = children.iter().map(|(_, pupil)| *pupil).collect();
    let all = standings(tx, &pupils.into_iter().collect::<Vec<_>>())?;
    let (keepers, readers) = (who_may(&all, Act::AddParents), who_may(&all, Act::See));
    let of = |schools: &BTreeMap<PupilId, Vec<SchoolId>>| {
        let mut of: BTreeMap<ParentId, BTreeSet<SchoolId>> = BTreeMap::new();
        for (parent, pupil) in &children {
            of.entry(*parent).or_default().extend(schools.get(pupil).into_iter().flatten());
        }
        of
    };
    keep(tx, "UPDATE parent r", "parent_id", of(&keepers), ParentId::number)?;
    let readers = pairs(of(&readers), ParentId::number);
    widen(tx, "UPDATE parent r", "parent_id", &readers)?;
    widen(tx, "UPDATE parent_change r", "parent_id", &readers)
}

/// Somebody, and a school: each pair once, in order.
type Pairs = (Vec<i32>, Vec<SchoolId>);

fn pairs<K: Copy, S: IntoIterator<Item = SchoolId>>(
    of: BTreeMap<K, S>,
    number: impl Fn(K) -> i32,
) -> Pairs {
    let mut pairs = Pairs::default();
    for (key, schools) in of {
        for school in schools {
            pairs.0.push(number(key));
            pairs.1.push(school);
        }
    }
    pairs
}

/// Says by which schools somebody is kept; by none, once it is confirmed that somebody else looks after a child.
fn keep<K: Copy, S: IntoIterator<Item = SchoolId>>(
    tx: &mut Tx,
    update: &str,
    key: &str,
    keepers: BTreeMap<K, S>,
    number: impl Fn(K) -> i32,
) -> Result<()> {
    // An array of arrays would have to be a rectangle, so each list of schools is written out.
    let list = |schools: S| {
        let schools: Vec<String> = schools.into_iter().map(|school| school.to_string()).collect();
        format!("{{{}}}", schools.join(","))
    };
    let lists = keepers.into_iter().map(|(one, schools)| (number(one), list(schools)));
    let (keys, lists): (Vec<i32>, Vec<String>) = lists.unzip();
    diesel::sql_query(format!(
        "{update} SET kept_by = w.schools::int[] FROM unnest($2, $3) AS w (key, schools) \
         WHERE r.trust_id = $1 AND r.{key} = w.key AND r.kept_by <> w.schools::int[]"
    ))
    .bind::<Integer, _>(tx.trust())
    .bind::<Array<Integer>, _>(keys)
    .bind::<Array<Text>, _>(lists)
    .execute(tx.conn)?;
    Ok(())
}

/// Lets schools see the rows of a table that are about somebody.
fn widen(tx: &mut Tx, update: &str, key: &str, (keys, schools): &Pairs) -> Result<()> {
    diesel::sql_query(format!(
        "{update} SET school_ids = \
             ARRAY(SELECT DISTINCT s FROM unnest(r.school_ids || w.schools) AS s ORDER BY s) \
         FROM (SELECT u.key, array_agg(u.school_id ORDER BY u.school_id) AS schools \
             FROM unnest($2, $3) AS u (key, school_id) GROUP BY u.key) w \
         WHERE r.trust_id = $1 AND r.{key} = w.key AND NOT r.school_ids @> w.schools"
    ))
    .bind::<Integer, _>(tx.trust())
    .bind::<Array<Integer>, _>(keys)
    .bind::<Array<Integer>, _>(schools)
    .execute(tx.conn)?;
    Ok(())
}
