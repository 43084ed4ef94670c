//! How the schools of a trust stand to children today, from every enrolment, whoever asks.

use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Date, Integer, Nullable, Text};

use super::destination::Destination;
use super::table::{Act, Standing};

use base::prelude::*;

/// How schools stand to a child.
pub(super) type Schools = BTreeMap<SchoolId, Standing>;

/// A record, with the record of the child whom it is about.
#[derive(QueryableByName)]
struct Record {
    #[diesel(sql_type = Integer)]
    pupil_id: PupilId,
    #[diesel(sql_type = Integer)]
    child: PupilId,
    #[diesel(sql_type = Array<Integer>)]
    known_to: Vec<SchoolId>,
}

/// A child's time at a school.
#[derive(QueryableByName)]
struct Time {
    #[diesel(sql_type = Integer)]
    pupil_id: PupilId,
    #[diesel(sql_type = Integer)]
    school_id: SchoolId,
    #[diesel(sql_type = Date)]
    first_day: NaiveDate,
    #[diesel(sql_type = Nullable<Date>)]
    last_day: Option<NaiveDate>,
    #[diesel(sql_type = Bool)]
    subsidiary: bool,
    /// Where the child went from there.
    #[diesel(sql_type = Nullable<Text>)]
    destination: Option<Destination>,
}

const TIMES: &str = "\
    SELECT e.pupil_id, e.school_id, d.first_day, d.last_day, coalesce(r.value = 'subsidiary', false) AS subsidiary, \
        z.destination \
    FROM enrolment e \
    JOIN LATERAL (SELECT first_day, last_day FROM enrolment_days \
         WHERE trust_id = $1 AND school_id = e.school_id AND enrolment_id = e.enrolment_id \
         ORDER BY recorded_at DESC LIMIT 1) d ON d.last_day IS NULL OR d.last_day >= d.first_day \
    LEFT JOIN LATERAL (SELECT value FROM characteristic \
         WHERE trust_id = $1 AND school_id = e.school_id AND enrolment_id = e.enrolment_id \
           AND kind = 'registration' AND from_day <= $3 \
         ORDER BY from_day DESC, recorded_at DESC LIMIT 1) r ON true \
    LEFT JOIN LATERAL (SELECT destination FROM leaver_destination \
         WHERE trust_id = $1 AND school_id = e.school_id AND enrolment_id = e.enrolment_id \
         ORDER BY recorded_at DESC LIMIT 1) z ON true \
    WHERE e.trust_id = $1 AND e.pupil_id = ANY ($2)";

/// How each school stands to these pupils, and to the records that were merged into theirs. The caller looks with the
/// eyes of the whole trust.
pub(super) fn standings(tx: &mut Tx, pupils: &[PupilId]) -> Result<BTreeMap<PupilId, Schools>> {
    let records: Vec<Record> = diesel::sql_query(
        "SELECT pupil_id, coalesce(merged_into, pupil_id) AS child, known_to FROM pupil \
         WHERE trust_id = $1 AND pupil_id = ANY ($2) \
         UNION ALL \
         SELECT pupil_id, merged_into, known_to FROM pupil \
         WHERE trust_id = $1 AND merged_into = ANY ($2) AND pupil_id <> ALL ($2)",
    )
    .bind::<Integer, _>(tx.trust())
    .bind::<Array<Integer>, _>(pupils)
    .load(tx.conn)?;
    let children: BTreeSet<PupilId> = records.iter().map(|record| record.child).collect();
    let today = tx.clock().today();
    let times: Vec<Time> = diesel::sql_query(TIMES)
        .bind::<Integer, _>(tx.trust())
        .bind::<Array<Integer>, _>(children.into_iter().collect::<Vec<_>>())
        .bind::<Date, _>(today)
        .load(tx.conn)?;
    let mut of: BTreeMap<PupilId, Vec<Time>> = BTreeMap::new();
    for time in times {
        of.entry(time.pupil_id).or_default().push(time);
    }
    let none = Vec::new();
    let stand = |record: Record| {
        let times = of.get(&record.child).unwrap_or(&none);
        (record.pupil_id, stand(times, &record.known_to, today))
    };
    Ok(records.into_iter().map(stand).collect())
}

/// How schools stand to a child who has had these times at schools, and whom these schools know.
fn stand(times: &[Time], known_to: &[SchoolId], today: NaiveDate) -> Schools {
    let here =
        |time: &&Time| time.first_day <= today && time.last_day.is_none_or(|last| today <= last);
    let there: Vec<&Time> = times.iter().filter(here).collect();
    let main =
        |school: SchoolId| there.iter().any(|time| !time.subsidiary && time.school_id != school);
    let last = last_times(times, today);
    // Whoever is said to go to another school is not there before the first day.
    let comes = times.iter().any(|time| today < time.first_day);
    let goes_on = |time: &Time| comes || !time.destination.is_some_and(Destination::takes_over);
    let of_one = |school: SchoolId| {
        let on_roll = there.iter().find(|time| time.school_id == school);
        let to_come = times.iter().any(|time| time.school_id == school && today < time.first_day);
        let was_last = last.iter().find(|time| time.school_id == school);
        let keeps = there.is_empty()
            && match was_last {
                Some(time) => goes_on(time),
                None => last.is_empty() && (to_come || times.is_empty()),
            };
        match on_roll {
            Some(time) if time.subsidiary && main(school) => Standing::Subsidiary,
            Some(_) => Standing::OnRoll,
            None if keeps => Standing::Keeping,
            None if to_come => Standing::Joining,
            None if was_last.is_some_and(|time| !time.subsidiary) => Standing::Previous,
            None => Standing::Former,
        }
    };
    let schools = times.iter().map(|time| time.school_id).chain(known_to.iter().copied());
    schools.map(|school| (school, of_one(school))).collect()
}

/// The times that ended last before today: at the main school, where another ended on the same day.
fn last_times(times: &[Time], today: NaiveDate) -> Vec<&Time> {
    let ended = || times.iter().filter(|time| time.last_day.is_some_and(|last| last < today));
    let latest = ended().map(|time| time.last_day).max();
    let of_that_day = || ended().filter(|time| Some(time.last_day) == latest);
    let any_main = of_that_day().any(|time| !time.subsidiary);
    of_that_day().filter(|time| !(any_main && time.subsidiary)).collect()
}

/// The schools that may do that, pupil by pupil.
pub(super) fn who_may(
    all: &BTreeMap<PupilId, Schools>,
    act: Act,
) -> BTreeMap<PupilId, Vec<SchoolId>> {
    let of = |schools: &Schools| {
        schools
            .iter()
            .filter(|(_, standing)| standing.may(act))
            .map(|(school, _)| *school)
            .collect()
    };
    all.iter().map(|(pupil, schools)| (*pupil, of(schools))).collect()
}

/// The schools that may do something about these pupils, in order.
pub fn schools_that_may(
    tx: &mut Tx,
    pupils: &[PupilId],
    act: Act,
) -> Result<BTreeMap<PupilId, Vec<SchoolId>>> {
    tx.whole_trust(|tx| Ok(who_may(&standings(tx, pupils)?, act)))
}

/// The schools that see what is recorded now of these pupils, in order.
pub fn readers_of_pupils(
    tx: &mut Tx,
    pupils: &[PupilId],
) -> Result<BTreeMap<PupilId, Vec<SchoolId>>> {
    schools_that_may(tx, pupils, Act::See)
}

/// The children of these parents, whoever sees them: parent and pupil. The caller looks with the eyes of the whole trust.
pub(super) fn children(tx: &mut Tx, parents: &[ParentId]) -> Result<Vec<(ParentId, PupilId)>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Integer)]
        parent_id: ParentId,
        #[diesel(sql_type = Integer)]
        pupil_id: PupilId,
    }
    let rows: Vec<Row> = diesel::sql_query(
        "SELECT parent_id, pupil_id FROM (SELECT DISTINCT ON (parent_id, pupil_id) parent_id, pupil_id, taken_back \
             FROM pupil_parent WHERE trust_id = $1 AND parent_id = ANY ($2) \
             ORDER BY parent_id, pupil_id, recorded_at DESC) latest WHERE NOT taken_back",
    )
    .bind::<Integer, _>(tx.trust())
    .bind::<Array<Integer>, _>(parents)
    .load(tx.conn)?;
    Ok(rows.into_iter().map(|row| (row.parent_id, row.pupil_id)).collect())
}

/// The schools that see what is recorded now of a parent: those of every child. `None` for nobody's parent.
pub fn readers_of_parent(tx: &mut Tx, parent_id: ParentId) -> Result<Option<Vec<SchoolId>>> {
    let of = tx.whole_trust(|tx| {
        let children = children(tx, &[parent_id])?;
        let pupils: Vec<PupilId> = children.into_iter().map(|(_, pupil)| pupil).collect();
        Ok(who_may(&standings(tx, &pupils)?, Act::See))
    })?;
    if of.is_empty() {
        return Ok(None);
    }
    let schools: BTreeSet<SchoolId> = of.into_values().flatten().collect();
    Ok(Some(schools.into_iter().collect()))
}
