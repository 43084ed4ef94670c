//! Owns: school_calendar.

use diesel::prelude::*;
use domain::Calendar;

use super::body::{CalendarBody, calendar_of};
use crate::tenants::Version;
use base::prelude::*;
use schema::school_calendar;

/// A calendar that a school's year has or had.
#[derive(Debug, Serialize, ToSchema)]
pub struct CalendarVersion {
    /// The version of the school's year that it came with.
    #[schema(example = 12)]
    pub version: i64,
    /// When it was put (UTC).
    pub recorded_at: DateTime<Utc>,
    /// By whom.
    #[schema(example = "staff-17")]
    pub recorded_by: String,
    /// The calendar.
    pub calendar: CalendarBody,
}

/// The calendar that was put last: as it stands, or as it was known on an instant.
pub fn latest(
    tx: &mut Tx,
    school_id: SchoolId,
    year: AcademicYear,
    as_known_on: Option<DateTime<Utc>>,
) -> Result<Option<CalendarBody>> {
    let mut rows = school_calendar::table
        .filter(school_calendar::school_id.eq(school_id))
        .filter(school_calendar::year.eq(year.number()))
        .order(school_calendar::version.desc())
        .select(school_calendar::body)
        .into_boxed();
    rows = rows.narrow(as_known_on.map(|instant| school_calendar::recorded_at.le(instant)));
    let body: Option<Value> = rows.first(tx.conn).optional()?;
    body.map(|body| serde_json::from_value(body).map_err(Problem::internal)).transpose()
}

/// Every calendar of a school's year, oldest first.
pub(super) fn versions(
    tx: &mut Tx,
    school_id: SchoolId,
    year: AcademicYear,
) -> Result<Vec<CalendarVersion>> {
    let rows: Vec<(i64, DateTime<Utc>, String, Value)> = school_calendar::table
        .filter(school_calendar::school_id.eq(school_id))
        .filter(school_calendar::year.eq(year.number()))
        .order(school_calendar::version)
        .select((
            school_calendar::version,
            school_calendar::recorded_at,
            school_calendar::recorded_by,
            school_calendar::body,
        ))
        .load(tx.conn)?;
    rows.into_iter()
        .map(|(version, recorded_at, recorded_by, body)| {
            let calendar = serde_json::from_value(body).map_err(Problem::internal)?;
            Ok(CalendarVersion { version, recorded_at, recorded_by, calendar })
        })
        .collect()
}

/// Adds a calendar. The caller holds the lock of the school's version and has bumped it.
pub fn append(
    tx: &mut Tx,
    school_id: SchoolId,
    year: AcademicYear,
    version: Version,
    body: &CalendarBody,
    by: &str,
) -> Result<()> {
    diesel::insert_into(school_calendar::table)
        .values((
            school_calendar::trust_id.eq(tx.trust()),
            school_calendar::school_id.eq(school_id),
            school_calendar::year.eq(year.number()),
            school_calendar::version.eq(version.number),
            school_calendar::body.eq(serde_json::to_value(body).map_err(Problem::internal)?),
            school_calendar::recorded_at.eq(version.at),
            school_calendar::recorded_by.eq(by),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// The calendar of a school's year as it stands now. Errors: 422 when there is none, so that nothing is ever counted or
/// marked against a guess.
pub fn of_year(tx: &mut Tx, school_id: SchoolId, year: AcademicYear) -> Result<Calendar> {
    let body: Option<Value> = school_calendar::table
        .filter(
            school_calendar::school_id.eq(school_id).and(school_calendar::year.eq(year.number())),
        )
        .order(school_calendar::version.desc())
        .select(school_calendar::body)
        .first(tx.conn)
        .optional()?;
    match body {
        Some(body) => stored(year, body),
        None => Err(Problem::new(Kind::NoCalendar)
            .detail(format!("School {school_id} has no calendar for {}.", year.label()))
            .member("school_id", school_id)
            .member("year", year.number())),
    }
}

/// The calendars of these schools for a year as known on an instant (`None`: now), for those that have one.
pub fn of_schools(
    tx: &mut Tx,
    schools: &[SchoolId],
    year: AcademicYear,
    known: Option<DateTime<Utc>>,
) -> Result<BTreeMap<SchoolId, Calendar>> {
    let known = known.unwrap_or(DateTime::<Utc>::MAX_UTC);
    let rows: Vec<(SchoolId, Value)> = school_calendar::table
        .filter(school_calendar::recorded_at.le(known))
        .filter(
            school_calendar::school_id.eq_any(schools).and(school_calendar::year.eq(year.number())),
        )
        .distinct_on(school_calendar::school_id)
        .order((school_calendar::school_id, school_calendar::version.desc()))
        .select((school_calendar::school_id, school_calendar::body))
        .load(tx.conn)?;
    rows.into_iter().map(|(school, body)| Ok((school, stored(year, body)?))).collect()
}

/// A school's calendars of the year before a day's, of its year, and of the year after: those that there are, in order.
pub fn around(tx: &mut Tx, school_id: SchoolId, day: NaiveDate) -> Result<Vec<Calendar>> {
    let mut around = Vec::new();
    for step in -1..=1 {
        let year = AcademicYear::of(day).and_then(|year| AcademicYear::new(year.number() + step));
        if let Some(year) = year {
            around.extend(of_schools(tx, &[school_id], year, None)?.into_values());
        }
    }
    Ok(around)
}

fn stored(year: AcademicYear, body: Value) -> Result<Calendar> {
    let body: CalendarBody = serde_json::from_value(body).map_err(Problem::internal)?;
    calendar_of(year, &body)
}
