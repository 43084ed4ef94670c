//! Owns: reward_judged.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date, Integer, SmallInt};
use domain::Days;

use super::Judging;
use base::prelude::*;
use schema::reward_judged;

/// What a run has judged.
pub struct JudgedRow {
    /// The row of the policy.
    pub policy_row: String,
    /// The period.
    pub period: String,
    /// The days that the rate was taken over.
    pub days: Days,
    /// How many school days before its last it was judged.
    pub cut_off: i32,
    /// How many have earned it.
    pub earned: i32,
    /// How many are held.
    pub held: i32,
}

/// Records that a run has judged a period.
pub(super) fn add(tx: &mut Tx, judging: &Judging<'_>, row: &JudgedRow) -> Result<()> {
    diesel::insert_into(reward_judged::table)
        .values((
            reward_judged::trust_id.eq(tx.trust()),
            reward_judged::school_id.eq(judging.asked.school_id),
            reward_judged::run_id.eq(judging.run_id),
            reward_judged::policy_row.eq(&row.policy_row),
            reward_judged::period.eq(&row.period),
            reward_judged::year.eq(judging.block.year().number()),
            reward_judged::from_day.eq(row.days.from),
            reward_judged::to_day.eq(row.days.to),
            reward_judged::cut_off.eq(row.cut_off),
            reward_judged::earned.eq(row.earned),
            reward_judged::held.eq(row.held),
            reward_judged::marks_version.eq(judging.version),
            reward_judged::recorded_at.eq(tx.now()),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// Whether any run has judged a row's period.
pub(super) fn was_judged(
    tx: &mut Tx,
    school_id: SchoolId,
    policy_row: &str,
    period: &str,
) -> Result<bool> {
    let rows = tx.of(reward_judged::table).filter(reward_judged::school_id.eq(school_id));
    let rows = rows.filter(reward_judged::policy_row.eq(policy_row));
    let found = rows.filter(reward_judged::period.eq(period)).select(reward_judged::run_id);
    Ok(found.first::<RunId>(tx.conn).optional()?.is_some())
}

/// The rows and periods of a school's year that were ever judged.
pub fn judged_periods(
    tx: &mut Tx,
    school_id: SchoolId,
    year: AcademicYear,
) -> Result<BTreeSet<(String, String)>> {
    let rows: Vec<(String, String)> = tx
        .of(reward_judged::table)
        .filter(reward_judged::school_id.eq(school_id))
        .filter(reward_judged::year.eq(year.number()))
        .select((reward_judged::policy_row, reward_judged::period))
        .load(tx.conn)?;
    Ok(rows.into_iter().collect())
}

/// A school whose marks have changed on days that were judged, since they were judged last.
#[derive(Debug, Clone, QueryableByName)]
pub struct Moved {
    /// The school.
    #[diesel(sql_type = Integer)]
    pub school_id: SchoolId,
    /// The year.
    #[diesel(sql_type = SmallInt)]
    pub year: i16,
    /// The version of the school's year that was judged last.
    #[diesel(sql_type = BigInt)]
    pub version: i64,
    /// The last day that was judged.
    #[diesel(sql_type = Date)]
    pub to_day: NaiveDate,
}

/// The schools whose marks have changed on days that were judged, since they were judged last: a register that came in late,
/// an amendment, a file.
pub fn moved(tx: &mut Tx) -> Result<Vec<Moved>> {
    let rows: Vec<Moved> = diesel::sql_query(
        "SELECT j.school_id, j.year, max(j.marks_version) AS version, max(j.to_day) AS to_day \
         FROM reward_judged j WHERE j.trust_id = $1 GROUP BY j.school_id, j.year \
         ORDER BY j.year, j.school_id",
    )
    .bind::<Integer, _>(tx.trust())
    .load(tx.conn)?;
    let mut found = Vec::new();
    for row in rows {
        if has_changed(tx, &row)? {
            found.push(row);
        }
    }
    Ok(found)
}

fn has_changed(tx: &mut Tx, judged: &Moved) -> Result<bool> {
    use schema::mark_event;
    let Some(year) = AcademicYear::new(judged.year) else { return Ok(false) };
    let upto = judged.to_day.min(year.last_day());
    let Some(last) = HalfDay::of(year, upto, Session::Pm) else { return Ok(false) };
    let last = i16::try_from(last.position()).unwrap_or(i16::MAX);
    let events = tx.of(mark_event::table).filter(mark_event::school_id.eq(judged.school_id));
    let events = events.filter(mark_event::year.eq(judged.year));
    let events = events.filter(mark_event::version.gt(judged.version));
    let events = events.filter(mark_event::first_half_day.le(last));
    Ok(events.select(mark_event::version).first::<i64>(tx.conn).optional()?.is_some())
}
