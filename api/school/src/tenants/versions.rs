//! The version of a school's year: what cursors, cached figures and "as known on" resolve to.
//!
//! Every write that a figure is counted from locks the rows of its schools and years first, always in the same order
//! (so two registers never wait for each other), and bumps them. The version and its instant are taken under that
//! lock: within a school's year neither ever runs backwards.

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Integer, SmallInt, Timestamptz};

use schema::school_version;

use base::prelude::*;

/// A version of a school's year, and the instant it was recorded at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Version {
    /// Counts up by one a write.
    pub number: i64,
    /// When, in UTC; never earlier than the version before.
    pub at: DateTime<Utc>,
}

/// The locked rows of some schools' years: proof that a write may go ahead.
#[derive(Debug)]
#[must_use = "a lock without a bump hides the write from every figure"]
pub struct Locked {
    rows: BTreeMap<(SchoolId, i16), Version>,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Integer)]
    school_id: SchoolId,
    #[diesel(sql_type = SmallInt)]
    year: i16,
    #[diesel(sql_type = BigInt)]
    version: i64,
    #[diesel(sql_type = Timestamptz)]
    at: DateTime<Utc>,
}

/// Locks these (school, academic year) pairs, for marks and calendars.
pub fn lock(tx: &mut Tx, keys: &[(SchoolId, i16)]) -> Result<Locked> {
    // A register's way: one key, and it is there.
    if let [_] = keys {
        let rows = select(tx, keys)?;
        if !rows.is_empty() {
            return Ok(Locked { rows });
        }
    }
    let there = years_of(tx, keys.iter().map(|key| key.0).collect())?;
    let missing: Vec<(SchoolId, i16)> =
        keys.iter().copied().filter(|key| !there.contains(key)).collect();
    begin_years(tx, &missing)?;
    Ok(Locked { rows: select(tx, keys)? })
}

/// Locks these schools in every academic year that is counted, and in the years given: for facts of the roll, which
/// hold over years.
pub fn lock_schools(tx: &mut Tx, schools: &[SchoolId], years: &[i16]) -> Result<Locked> {
    hold_years(tx, schools)?;
    let mut keys = years_of(tx, schools.to_vec())?;
    let wanted = schools.iter().flat_map(|school| years.iter().map(|year| (*school, *year)));
    let missing: Vec<(SchoolId, i16)> = wanted.filter(|key| !keys.contains(key)).collect();
    insert(tx, &missing)?;
    keys.extend(missing);
    let keys: Vec<(SchoolId, i16)> = keys.into_iter().collect();
    Ok(Locked { rows: select(tx, &keys)? })
}

/// The years of these schools that are counted.
fn years_of(tx: &mut Tx, schools: Vec<SchoolId>) -> Result<BTreeSet<(SchoolId, i16)>> {
    let rows: Vec<(SchoolId, i16)> = school_version::table
        .filter(school_version::school_id.eq_any(schools))
        .select((school_version::school_id, school_version::year))
        .load(tx.conn)?;
    Ok(rows.into_iter().collect())
}

/// Begins to count years of schools.
fn begin_years(tx: &mut Tx, keys: &[(SchoolId, i16)]) -> Result<()> {
    let schools: Vec<SchoolId> = keys.iter().map(|key| key.0).collect();
    hold_years(tx, &schools)?;
    insert(tx, keys)
}

/// Until this transaction ends no other begins a year of these schools, or records a fact that holds over their years:
/// otherwise a fact could miss the year that begins at the same moment. Taken before any row is locked, in order.
fn hold_years(tx: &mut Tx, schools: &[SchoolId]) -> Result<()> {
    for school in schools.iter().collect::<BTreeSet<_>>() {
        diesel::sql_query("SELECT pg_advisory_xact_lock($1, $2)")
            .bind::<Integer, _>(tx.trust())
            .bind::<Integer, _>(school)
            .execute(tx.conn)?;
    }
    Ok(())
}

/// The versions of these schools' years as they stand in this transaction.
pub fn current(
    tx: &mut Tx,
    schools: &[SchoolId],
    year: i16,
) -> Result<BTreeMap<SchoolId, Version>> {
    let rows: Vec<(SchoolId, i64, DateTime<Utc>)> = school_version::table
        .filter(school_version::school_id.eq_any(schools).and(school_version::year.eq(year)))
        .select((school_version::school_id, school_version::version, school_version::at))
        .load(tx.conn)?;
    Ok(rows.into_iter().map(|(school, number, at)| (school, Version { number, at })).collect())
}

impl Locked {
    /// The locked rows, with the numbers of their versions before the bump.
    pub fn versions(&self) -> impl Iterator<Item = ((SchoolId, i16), i64)> + '_ {
        self.rows.iter().map(|(key, version)| (*key, version.number))
    }

    /// As [`Locked::bump`], for facts of the roll: the instant that they are recorded at.
    pub fn bump_at(self, tx: &mut Tx) -> Result<DateTime<Utc>> {
        let versions = self.bump(tx)?;
        Ok(versions.into_values().map(|version| version.at).max().unwrap_or_else(|| tx.now()))
    }

    /// Bumps every locked row, all to the same instant, and returns their new versions.
    pub fn bump(self, tx: &mut Tx) -> Result<BTreeMap<(SchoolId, i16), Version>> {
        let at = tx.after(self.rows.values().map(|version| version.at).max());
        let (schools, years): (Vec<SchoolId>, Vec<i16>) = self.rows.keys().copied().unzip();
        diesel::sql_query(
            "UPDATE school_version v SET version = v.version + 1, at = $3 \
             FROM unnest($1, $2) AS k (school_id, year) \
             WHERE v.school_id = k.school_id AND v.year = k.year",
        )
        .bind::<Array<Integer>, _>(schools)
        .bind::<Array<SmallInt>, _>(years)
        .bind::<Timestamptz, _>(at)
        .execute(tx.conn)?;
        Ok(self
            .rows
            .into_iter()
            .map(|(key, v)| (key, Version { number: v.number + 1, at }))
            .collect())
    }
}

fn select(tx: &mut Tx, keys: &[(SchoolId, i16)]) -> Result<BTreeMap<(SchoolId, i16), Version>> {
    let (schools, years): (Vec<SchoolId>, Vec<i16>) = keys.iter().copied().unzip();
    let rows: Vec<Row> = diesel::sql_query(
        "SELECT v.school_id, v.year, v.version, v.at FROM school_version v \
         JOIN unnest($1, $2) AS k (school_id, year) ON v.school_id = k.school_id AND v.year = k.year \
         ORDER BY v.school_id, v.year FOR UPDATE OF v",
    )
    .bind::<Array<Integer>, _>(schools)
    .bind::<Array<SmallInt>, _>(years)
    .load(tx.conn)?;
    Ok(rows
        .into_iter()
        .map(|r| ((r.school_id, r.year), Version { number: r.version, at: r.at }))
        .collect())
}

fn insert(tx: &mut Tx, keys: &[(SchoolId, i16)]) -> Result<()> {
    let rows: Vec<_> = keys
        .iter()
        .map(|(school, year)| {
            (
                school_version::trust_id.eq(tx.trust()),
                school_version::school_id.eq(school),
                school_version::year.eq(year),
                school_version::version.eq(0_i64),
                school_version::at.eq(DateTime::UNIX_EPOCH),
            )
        })
        .collect();
    diesel::insert_into(school_version::table)
        .values(rows)
        .on_conflict_do_nothing()
        .execute(tx.conn)?;
    Ok(())
}
