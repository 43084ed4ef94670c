//! When each school's calendars say that something falls due.

use std::ops::RangeInclusive;

use chrono_tz::{ParseError, Tz};
use diesel::dsl::{count_star, min};
use diesel::prelude::*;
use domain::Calendar;

use base::prelude::*;
use schema::{joining_draft, school_calendar, school_policy};
use school::calendars;
use school::tenants::SchoolRow;

/// A school's time: its zone and its calendars.
pub(super) struct SchoolTime {
    /// The school.
    pub school_id: SchoolId,
    /// Its time zone.
    pub zone: Tz,
    /// Its calendars, in order.
    pub calendars: Vec<Calendar>,
    /// When a calendar for each of these years was first recorded.
    pub known_from: Vec<DateTime<Utc>>,
}

/// How many calendars, drafts of joining schools and events of draws there are, and how many decisions on what a school
/// follows. They are append-only, so that the same numbers mean that none has changed.
pub(super) fn recorded(tx: &mut Tx) -> Result<(i64, i64)> {
    let calendars: i64 = tx.of(school_calendar::table).select(count_star()).first(tx.conn)?;
    let drafts: i64 = tx.of(joining_draft::table).select(count_star()).first(tx.conn)?;
    let draws = rewards::draws::recorded(tx)?;
    Ok((
        calendars + drafts + draws,
        tx.of(school_policy::table).select(count_star()).first(tx.conn)?,
    ))
}

/// The time of these schools in these academic years.
pub(super) fn times(
    tx: &mut Tx,
    schools: Vec<SchoolRow>,
    years: RangeInclusive<i16>,
) -> Result<Vec<SchoolTime>> {
    let zone = |row: SchoolRow| Ok((row.school_id, row.time_zone.parse()?));
    let zones: Result<BTreeMap<SchoolId, Tz>, ParseError> = schools.into_iter().map(zone).collect();
    let zones = zones.map_err(Problem::internal)?;
    let time = |(school_id, zone): (&SchoolId, &Tz)| {
        let (calendars, known_from) = (Vec::new(), Vec::new());
        (*school_id, SchoolTime { school_id: *school_id, zone: *zone, calendars, known_from })
    };
    let mut found: BTreeMap<SchoolId, SchoolTime> = zones.iter().map(time).collect();
    for (year, known) in known_from(tx, zones.keys().copied().collect(), years)? {
        let ids: Vec<SchoolId> = known.keys().copied().collect();
        for (school_id, calendar) in calendars::of_schools(tx, &ids, year, None)? {
            let (Some(time), Some(at)) = (found.get_mut(&school_id), known.get(&school_id)) else {
                continue;
            };
            time.calendars.push(calendar);
            time.known_from.push(*at);
        }
    }
    Ok(found.into_values().collect())
}

/// When each school's calendar for a year was first recorded.
fn known_from(
    tx: &mut Tx,
    schools: Vec<SchoolId>,
    years: RangeInclusive<i16>,
) -> Result<BTreeMap<AcademicYear, BTreeMap<SchoolId, DateTime<Utc>>>> {
    let rows: Vec<(i16, SchoolId, Option<DateTime<Utc>>)> = tx
        .of(school_calendar::table)
        .filter(school_calendar::school_id.eq_any(schools))
        .filter(school_calendar::year.between(*years.start(), *years.end()))
        .group_by((school_calendar::year, school_calendar::school_id))
        .select((
            school_calendar::year,
            school_calendar::school_id,
            min(school_calendar::recorded_at),
        ))
        .load(tx.conn)?;
    let mut known: BTreeMap<AcademicYear, BTreeMap<SchoolId, DateTime<Utc>>> = BTreeMap::new();
    for (year, school_id, at) in rows {
        if let (Some(year), Some(at)) = (AcademicYear::new(year), at) {
            known.entry(year).or_default().insert(school_id, at);
        }
    }
    Ok(known)
}

impl SchoolTime {
    /// The instant at which the calendar of a day's year was first recorded; of a day of no calendar, the beginning.
    pub(super) fn known_from(&self, day: NaiveDate) -> DateTime<Utc> {
        let year = AcademicYear::of(day);
        let mut years = self.years();
        let found = years.find(|(calendar, _)| Some(calendar.year()) == year);
        found.map_or(DateTime::<Utc>::MIN_UTC, |(_, at)| at)
    }

    /// Its calendars, each with the instant from which on it counts.
    pub(super) fn years(&self) -> impl Iterator<Item = (&Calendar, DateTime<Utc>)> {
        self.calendars.iter().zip(self.known_from.iter().copied())
    }
}
