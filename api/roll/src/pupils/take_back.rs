//! Taking back what one write recorded on the roll: by appended facts, as all else.
//!
//! A write is known by its instant: within a school no other has the same. What was changed since is left as it is.

use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Date, Integer, Nullable, SmallInt, Text, Timestamptz};
use domain::{Characteristic, HALF_DAYS, NO_MARK, Word};

use super::{NewCharacteristic, NewPlacement, NewStay, main_elsewhere};
use crate::visibility::{self, Act};

use base::prelude::*;

/// Why a fact of the roll was left as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Left {
    /// Somebody changed it since.
    ChangedSince,
    /// The enrolment has marks, which would have no roll to stand on.
    HasMarks,
    /// There is nothing before it to go back to.
    NothingBefore,
    /// The pupil has left for another school since, or is the main pupil of another.
    AnotherSchools,
}

/// What is to be recorded to take a write back, and what stays.
#[derive(Debug, Default)]
pub struct TakeBack {
    /// Days of enrolments, those of before; enrolments that were new get days without a day in them.
    pub days: Vec<NewStay>,
    /// How many of them were new enrolments.
    pub enrolments: usize,
    /// Placements, those of before.
    pub placements: Vec<NewPlacement>,
    /// Characteristics, those of before.
    pub characteristics: Vec<NewCharacteristic>,
    /// Enrolments of which something was left, with what and why.
    pub left: BTreeSet<(EnrolmentId, &'static str, Left)>,
}

/// The schools in which a write of that instant recorded facts of the roll.
pub fn schools_recorded_at(tx: &mut Tx, at: DateTime<Utc>) -> Result<Vec<SchoolId>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Integer)]
        school_id: SchoolId,
    }
    let rows: Vec<Row> = diesel::sql_query(
        "SELECT school_id FROM enrolment_days WHERE trust_id = $1 AND recorded_at = $2 \
         UNION SELECT school_id FROM placement WHERE trust_id = $1 AND recorded_at = $2 \
         UNION SELECT school_id FROM characteristic WHERE trust_id = $1 AND recorded_at = $2 ORDER BY 1",
    )
    .bind::<Integer, _>(tx.trust())
    .bind::<Timestamptz, _>(at)
    .load(tx.conn)?;
    Ok(rows.into_iter().map(|row| row.school_id).collect())
}

/// What takes back the write of that instant in these schools. The caller has locked them, and records it.
pub fn take_back(tx: &mut Tx, schools: &[SchoolId], at: DateTime<Utc>) -> Result<TakeBack> {
    let mut back = TakeBack::default();
    let mut new = BTreeSet::new();
    let marked = enrolments_with_marks(tx, schools, at)?;
    let rows = days_of(tx, schools, at)?;
    let longer: Vec<PupilId> = rows.iter().filter(|r| r.longer).map(|r| r.pupil_id).collect();
    let may = visibility::permitted(tx, &longer, Act::Enrol)?;
    for row in rows {
        let enrolment_id = row.enrolment_id;
        if row.before.is_none() {
            new.insert(enrolment_id);
        }
        if row.changed {
            back.left.insert((enrolment_id, "days on roll", Left::ChangedSince));
        } else if row.longer && !may.contains(&row.pupil_id) {
            back.left.insert((enrolment_id, "days on roll", Left::AnotherSchools));
        } else if row.before.is_none() && marked.contains(&enrolment_id) {
            back.left.insert((enrolment_id, "enrolment", Left::HasMarks));
        } else {
            back.enrolments += usize::from(row.before.is_none());
            let (first_day, last_day) = match row.before {
                Some(first_day) => (first_day, row.before_last),
                None => (row.first_day, row.first_day.pred_opt()),
            };
            let school_id = row.school_id;
            back.days.push(NewStay { enrolment_id, school_id, first_day, last_day });
        }
    }
    // What is known of a new enrolment goes with it, or stays with it.
    for row in
        placements_of(tx, schools, at)?.into_iter().filter(|r| !new.contains(&r.enrolment_id))
    {
        match (row.changed, row.class_id.zip(row.year_group)) {
            (true, _) => {
                back.left.insert((row.enrolment_id, "placement", Left::ChangedSince));
            }
            (false, None) => {
                back.left.insert((row.enrolment_id, "placement", Left::NothingBefore));
            }
            (false, Some((class_id, year_group))) => back.placements.push(NewPlacement {
                enrolment_id: row.enrolment_id,
                school_id: row.school_id,
                from_day: row.from_day,
                class_id,
                year_group,
            }),
        }
    }
    let known = known_of(tx, schools, at)?;
    characteristics(tx, &mut back, known, &new)?;
    Ok(back)
}

/// The characteristics of before. What is known of a new enrolment goes with it, or stays with it.
fn characteristics(
    tx: &mut Tx,
    back: &mut TakeBack,
    known: Vec<KnownBefore>,
    new: &BTreeSet<EnrolmentId>,
) -> Result<()> {
    for row in known.into_iter().filter(|row| !new.contains(&row.enrolment_id)) {
        if row.changed {
            back.left.insert((row.enrolment_id, "characteristic", Left::ChangedSince));
            continue;
        }
        let unknown = || Problem::internal(format!("no such characteristic: {}", row.kind));
        let kind = Characteristic::read(&row.kind).ok_or_else(unknown)?;
        let value = row.value.and_then(|value| kind.value(kind.number(&value)?));
        back.characteristics.push(NewCharacteristic {
            enrolment_id: row.enrolment_id,
            school_id: row.school_id,
            kind,
            from_day: row.from_day,
            value: value.map(|value| value.name),
        });
    }
    let others = main_elsewhere(tx, &back.characteristics)?;
    back.characteristics.retain(|fact| {
        !(fact.kind == Characteristic::Registration && others.contains(&fact.enrolment_id))
    });
    let left = others.into_iter().map(|one| (one, "characteristic", Left::AnotherSchools));
    back.left.extend(left);
    Ok(())
}

#[derive(QueryableByName)]
struct DaysRow {
    #[diesel(sql_type = Integer)]
    school_id: SchoolId,
    #[diesel(sql_type = Integer)]
    enrolment_id: EnrolmentId,
    #[diesel(sql_type = Date)]
    first_day: NaiveDate,
    #[diesel(sql_type = Nullable<Date>)]
    before: Option<NaiveDate>,
    #[diesel(sql_type = Nullable<Date>)]
    before_last: Option<NaiveDate>,
    #[diesel(sql_type = Bool)]
    changed: bool,
    #[diesel(sql_type = Integer)]
    pupil_id: PupilId,
    /// Whether the pupil stays on the roll for longer by what stood before.
    #[diesel(sql_type = Bool)]
    longer: bool,
}

fn days_of(tx: &mut Tx, schools: &[SchoolId], at: DateTime<Utc>) -> Result<Vec<DaysRow>> {
    Ok(diesel::sql_query(
        "SELECT d.school_id, d.enrolment_id, d.first_day, b.first_day AS before, b.last_day AS before_last, \
             EXISTS (SELECT FROM enrolment_days l WHERE l.trust_id = $1 AND l.school_id = d.school_id \
                 AND l.enrolment_id = d.enrolment_id AND l.recorded_at > $3) AS changed, e.pupil_id, \
             b.first_day IS NOT NULL AND coalesce(b.last_day, 'infinity') > coalesce(d.last_day, 'infinity') AS longer \
         FROM enrolment_days d \
         JOIN enrolment e ON e.trust_id = $1 AND e.enrolment_id = d.enrolment_id \
         LEFT JOIN LATERAL (SELECT first_day, last_day FROM enrolment_days b WHERE b.trust_id = $1 \
             AND b.school_id = d.school_id AND b.enrolment_id = d.enrolment_id AND b.recorded_at < $3 \
             ORDER BY b.recorded_at DESC LIMIT 1) b ON true \
         WHERE d.trust_id = $1 AND d.school_id = ANY ($2) AND d.recorded_at = $3 ORDER BY d.enrolment_id",
    )
    .bind::<Integer, _>(tx.trust())
    .bind::<Array<Integer>, _>(schools)
    .bind::<Timestamptz, _>(at)
    .load(tx.conn)?)
}

#[derive(QueryableByName)]
struct PlacementBefore {
    #[diesel(sql_type = Integer)]
    school_id: SchoolId,
    #[diesel(sql_type = Integer)]
    enrolment_id: EnrolmentId,
    #[diesel(sql_type = Date)]
    from_day: NaiveDate,
    #[diesel(sql_type = Nullable<Integer>)]
    class_id: Option<ClassId>,
    #[diesel(sql_type = Nullable<SmallInt>)]
    year_group: Option<i16>,
    #[diesel(sql_type = Bool)]
    changed: bool,
}

/// A placement cannot be taken away, but the one that held on its first day before can be put in its place.
fn placements_of(
    tx: &mut Tx,
    schools: &[SchoolId],
    at: DateTime<Utc>,
) -> Result<Vec<PlacementBefore>> {
    Ok(diesel::sql_query(
        "SELECT p.school_id, p.enrolment_id, p.from_day, b.class_id, b.year_group, \
             EXISTS (SELECT FROM placement l WHERE l.trust_id = $1 AND l.school_id = p.school_id \
                 AND l.enrolment_id = p.enrolment_id AND l.from_day = p.from_day AND l.recorded_at > $3) AS changed \
         FROM placement p \
         LEFT JOIN LATERAL (SELECT class_id, year_group FROM placement b WHERE b.trust_id = $1 \
             AND b.school_id = p.school_id AND b.enrolment_id = p.enrolment_id AND b.from_day <= p.from_day \
             AND b.recorded_at < $3 ORDER BY b.from_day DESC, b.recorded_at DESC LIMIT 1) b ON true \
         WHERE p.trust_id = $1 AND p.school_id = ANY ($2) AND p.recorded_at = $3 ORDER BY p.enrolment_id, p.from_day",
    )
    .bind::<Integer, _>(tx.trust())
    .bind::<Array<Integer>, _>(schools)
    .bind::<Timestamptz, _>(at)
    .load(tx.conn)?)
}

#[derive(QueryableByName)]
struct KnownBefore {
    #[diesel(sql_type = Integer)]
    school_id: SchoolId,
    #[diesel(sql_type = Integer)]
    enrolment_id: EnrolmentId,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Date)]
    from_day: NaiveDate,
    #[diesel(sql_type = Nullable<Text>)]
    value: Option<String>,
    #[diesel(sql_type = Bool)]
    changed: bool,
}

fn known_of(tx: &mut Tx, schools: &[SchoolId], at: DateTime<Utc>) -> Result<Vec<KnownBefore>> {
    Ok(diesel::sql_query(
        "SELECT c.school_id, c.enrolment_id, c.kind, c.from_day, b.value, \
             EXISTS (SELECT FROM characteristic l WHERE l.trust_id = $1 AND l.school_id = c.school_id \
                 AND l.enrolment_id = c.enrolment_id AND l.kind = c.kind AND l.from_day = c.from_day \
                 AND l.recorded_at > $3) AS changed \
         FROM characteristic c \
         LEFT JOIN LATERAL (SELECT value FROM characteristic b WHERE b.trust_id = $1 \
             AND b.school_id = c.school_id AND b.enrolment_id = c.enrolment_id AND b.kind = c.kind \
             AND b.from_day = c.from_day AND b.recorded_at < $3 ORDER BY b.recorded_at DESC LIMIT 1) b ON true \
         WHERE c.trust_id = $1 AND c.school_id = ANY ($2) AND c.recorded_at = $3 \
         ORDER BY c.enrolment_id, c.kind, c.from_day",
    )
    .bind::<Integer, _>(tx.trust())
    .bind::<Array<Integer>, _>(schools)
    .bind::<Timestamptz, _>(at)
    .load(tx.conn)?)
}

/// Of the enrolments that the write touched, those with any mark.
fn enrolments_with_marks(
    tx: &mut Tx,
    schools: &[SchoolId],
    at: DateTime<Utc>,
) -> Result<BTreeSet<EnrolmentId>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Integer)]
        enrolment_id: EnrolmentId,
    }
    let rows: Vec<Row> = diesel::sql_query(
        "SELECT DISTINCT r.enrolment_id FROM register_year r \
         JOIN enrolment_days d ON d.trust_id = $1 AND d.school_id = r.school_id \
             AND d.enrolment_id = r.enrolment_id AND d.recorded_at = $3 \
         WHERE r.trust_id = $1 AND r.school_id = ANY ($2) AND r.marks <> $4",
    )
    .bind::<Integer, _>(tx.trust())
    .bind::<Array<Integer>, _>(schools)
    .bind::<Timestamptz, _>(at)
    .bind::<diesel::sql_types::Bytea, _>(vec![NO_MARK; HALF_DAYS])
    .load(tx.conn)?;
    Ok(rows.into_iter().map(|row| row.enrolment_id).collect())
}
