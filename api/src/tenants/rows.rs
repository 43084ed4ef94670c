//! Owns: trust, trust_clock, school, former_urn, school_version.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use chrono_tz::Tz;
use diesel::prelude::*;
use domain::{AcademicYear, Calendar};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::calendars::{CalendarBody, calendar_of};
use crate::clock::Clock;
use crate::db::Tx;
use crate::http::problem::{Kind, Problem};
use crate::schema::{school, school_calendar};

/// A school of the trust.
#[derive(Debug, Clone, Serialize, Queryable, Selectable, ToSchema)]
#[diesel(table_name = school)]
pub struct SchoolRow {
    /// Rollcall's key. It stays when the URN changes.
    #[schema(example = 7)]
    pub school_id: i32,
    /// Unique reference number, six digits (Get Information About Schools).
    #[schema(example = "912345")]
    pub urn: String,
    /// Name.
    #[schema(example = "Elm Bank Primary School")]
    pub name: String,
    /// `primary`, `secondary`, `special`, `all_through` or `alternative_provision`.
    #[schema(example = "primary")]
    pub phase: String,
    /// When it was added (UTC).
    pub created_at: DateTime<Utc>,
    /// The IANA time zone of its calendar.
    #[schema(example = "Europe/London")]
    pub time_zone: String,
}

impl SchoolRow {
    /// The date on the school's wall at an instant.
    ///
    /// # Errors
    /// A time zone that this program does not know.
    pub fn date(&self, at: DateTime<Utc>) -> Result<NaiveDate, Problem> {
        Ok(self.wall(at)?.date())
    }

    /// Date and time on the school's wall at an instant.
    ///
    /// # Errors
    /// A time zone that this program does not know.
    pub fn wall(&self, at: DateTime<Utc>) -> Result<NaiveDateTime, Problem> {
        Ok(at.with_timezone(&self.zone()?).naive_local())
    }

    /// The first instant at which the school's wall shows a date and time; none where clocks go forward over it.
    ///
    /// # Errors
    /// A time zone that this program does not know.
    pub fn instant(&self, wall: NaiveDateTime) -> Result<Option<DateTime<Utc>>, Problem> {
        let local = wall.and_local_timezone(self.zone()?);
        Ok(local.earliest().map(|instant| instant.with_timezone(&Utc)))
    }

    /// The instant at which a day begins on the school's wall: at midnight, or where clocks go forward over it at the
    /// first hour that there is.
    ///
    /// # Errors
    /// A time zone that this program does not know.
    pub fn begins(&self, day: NaiveDate) -> Result<DateTime<Utc>, Problem> {
        for hour in (0..24).filter_map(|hour| day.and_hms_opt(hour, 0, 0)) {
            if let Some(at) = self.instant(hour)? {
                return Ok(at);
            }
        }
        Err(Problem::internal("a day without an hour"))
    }

    fn zone(&self) -> Result<Tz, Problem> {
        self.time_zone.parse().map_err(Problem::internal)
    }
}

/// Today on a school's wall.
///
/// # Errors
/// 404.
pub fn today(tx: &mut Tx<'_>, school_id: i32) -> Result<NaiveDate, Problem> {
    school(tx, school_id)?.date(tx.clock().now())
}

/// One school, if the caller may see it.
///
/// # Errors
/// 404.
pub fn school(tx: &mut Tx<'_>, school_id: i32) -> Result<SchoolRow, Problem> {
    Ok(school::table
        .filter(school::school_id.eq(school_id))
        .select(SchoolRow::as_select())
        .first(tx.conn)?)
}

/// Every school that the caller may see, in the order of their ids.
///
/// # Errors
/// The database's.
pub fn schools(tx: &mut Tx<'_>) -> Result<Vec<SchoolRow>, Problem> {
    Ok(school::table.order(school::school_id).select(SchoolRow::as_select()).load(tx.conn)?)
}

/// The ids of the schools that the caller may see, by URN.
///
/// # Errors
/// The database's.
pub fn schools_by_urn(tx: &mut Tx<'_>) -> Result<BTreeMap<String, i32>, Problem> {
    Ok(school::table.select((school::urn, school::school_id)).load(tx.conn)?.into_iter().collect())
}

/// The calendar of a school's year as it stands now.
///
/// # Errors
/// 422 when there is none, so that nothing is ever counted or marked against a guess.
pub fn calendar(tx: &mut Tx<'_>, school_id: i32, year: AcademicYear) -> Result<Calendar, Problem> {
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
///
/// # Errors
/// The database's.
pub fn calendars(
    tx: &mut Tx<'_>,
    schools: &[i32],
    year: AcademicYear,
    known: Option<DateTime<Utc>>,
) -> Result<BTreeMap<i32, Calendar>, Problem> {
    let known = known.unwrap_or(DateTime::<Utc>::MAX_UTC);
    let rows: Vec<(i32, Value)> = school_calendar::table
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
///
/// # Errors
/// The database's.
pub fn calendars_around(
    tx: &mut Tx<'_>,
    school_id: i32,
    day: NaiveDate,
) -> Result<Vec<Calendar>, Problem> {
    let mut around = Vec::new();
    for step in -1..=1 {
        let year = AcademicYear::of(day).and_then(|year| AcademicYear::new(year.number() + step));
        if let Some(year) = year {
            around.extend(calendars(tx, &[school_id], year, None)?.into_values());
        }
    }
    Ok(around)
}

fn stored(year: AcademicYear, body: Value) -> Result<Calendar, Problem> {
    let body: CalendarBody = serde_json::from_value(body).map_err(Problem::internal)?;
    calendar_of(year, &body)
}

/// The academic year that a request means when it names none: the one that today lies in.
///
/// # Errors
/// The clock stands outside the years that can be recorded.
pub fn today_year(clock: &Clock) -> Result<AcademicYear, Problem> {
    AcademicYear::of(clock.today())
        .ok_or_else(|| Problem::internal("the clock stands outside 1990 to 2199"))
}
