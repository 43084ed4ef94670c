//! Owns: school_hours.

use chrono::NaiveTime;
use diesel::prelude::*;

use crate::calendars::term_dates::{HoursOverTime, SchoolHours};
use base::prelude::*;
use schema::school_hours;

/// When pupils come and go at a school, from a day on.
#[derive(Debug, Clone, Serialize, HasQuery, ToSchema)]
#[diesel(table_name = school_hours)]
pub struct HoursRow {
    /// From this day on.
    pub from_day: NaiveDate,
    /// The morning begins.
    #[schema(value_type = String, example = "08:45:00")]
    pub opens: NaiveTime,
    /// The afternoon ends.
    #[schema(value_type = String, example = "15:15:00")]
    pub closes: NaiveTime,
    /// When it was recorded (UTC).
    pub recorded_at: DateTime<Utc>,
    /// By whom.
    #[schema(example = "staff-17")]
    pub recorded_by: String,
}

/// All that were ever recorded for a school, latest day first, of one day the latest record first.
pub fn all(tx: &mut Tx, school_id: SchoolId) -> Result<Vec<HoursRow>> {
    Ok(tx
        .rows::<HoursRow>()
        .filter(school_hours::school_id.eq(school_id))
        .order((school_hours::from_day.desc(), school_hours::recorded_at.desc()))
        .load(tx.conn)?)
}

/// As [`all`], for somebody who is about to change them: nobody else does until this transaction has ended.
pub fn all_to_change(tx: &mut Tx, school_id: SchoolId) -> Result<Vec<HoursRow>> {
    tx.take_turns(&format!("school hours/{school_id}"))?;
    all(tx, school_id)
}

/// A school's hours, for whoever reads a calendar.
pub fn over_time(tx: &mut Tx, school_id: SchoolId) -> Result<HoursOverTime> {
    Ok(holding(&all(tx, school_id)?))
}

/// When the afternoon ends at each of these schools on its own day, as known on an instant (`None`: now).
pub fn closing_times(
    tx: &mut Tx,
    days: &BTreeMap<SchoolId, NaiveDate>,
    known: Option<DateTime<Utc>>,
) -> Result<BTreeMap<SchoolId, NaiveTime>> {
    let schools: Vec<SchoolId> = days.keys().copied().collect();
    let rows: Vec<(SchoolId, HoursRow)> = tx
        .of(school_hours::table)
        .filter(school_hours::school_id.eq_any(schools))
        .order((school_hours::from_day.desc(), school_hours::recorded_at.desc()))
        .select((school_hours::school_id, HoursRow::as_select()))
        .load(tx.conn)?;
    let mut of_schools: BTreeMap<SchoolId, Vec<HoursRow>> = BTreeMap::new();
    let by_then = |row: &HoursRow| known.is_none_or(|at| row.recorded_at <= at);
    for (school_id, row) in rows.into_iter().filter(|(_, row)| by_then(row)) {
        of_schools.entry(school_id).or_default().push(row);
    }
    let closes = |(school_id, day): (&SchoolId, &NaiveDate)| {
        let rows = of_schools.get(school_id).map_or(&[][..], Vec::as_slice);
        (*school_id, holding(rows).on(*day).closes)
    };
    Ok(days.iter().map(closes).collect())
}

/// The hours that these rows come to, which are in the order of [`all`].
pub fn holding(rows: &[HoursRow]) -> HoursOverTime {
    // Of one day the latest record comes last, and holds.
    let hours = |row: &HoursRow| Some((row.from_day, SchoolHours::new(row.opens, row.closes)?));
    HoursOverTime::new(rows.iter().rev().filter_map(hours).collect())
}

/// Records hours from a day on, later than what was recorded before.
pub fn add(
    tx: &mut Tx,
    school_id: SchoolId,
    (from_day, hours): (NaiveDate, SchoolHours),
    after: Option<DateTime<Utc>>,
    by: &str,
) -> Result<HoursRow> {
    let at = tx.after(after);
    Ok(diesel::insert_into(school_hours::table)
        .values((
            school_hours::trust_id.eq(tx.trust()),
            school_hours::school_id.eq(school_id),
            school_hours::from_day.eq(from_day),
            school_hours::opens.eq(hours.opens),
            school_hours::closes.eq(hours.closes),
            school_hours::recorded_at.eq(at),
            school_hours::recorded_by.eq(by),
        ))
        .returning(HoursRow::as_returning())
        .get_result(tx.conn)?)
}
