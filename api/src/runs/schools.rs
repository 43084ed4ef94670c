//! When each school's calendars say that something falls due.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use diesel::dsl::{count_star, min};
use diesel::prelude::*;
use domain::{AcademicYear, Calendar};

use crate::db::Tx;
use crate::http::problem::Problem;
use crate::schema::{school, school_calendar};
use crate::tenants;

/// A school's time: its zone and its calendars.
pub(super) struct SchoolTime {
    /// The school.
    pub school_id: i32,
    /// Its time zone.
    pub zone: Tz,
    /// Its calendars, in order.
    pub calendars: Vec<Calendar>,
    /// When a calendar for each of these years was first recorded.
    pub known_from: Vec<DateTime<Utc>>,
}

/// How many calendars have ever been recorded. They are append-only, so the same number means that none has changed.
pub(super) fn recorded(tx: &mut Tx<'_>) -> Result<i64, Problem> {
    Ok(school_calendar::table.select(count_star()).first(tx.conn)?)
}

/// Every school that the caller may see and that has a calendar, or only one, in the order of their ids.
pub(super) fn of(tx: &mut Tx<'_>, only: Option<i32>) -> Result<Vec<SchoolTime>, Problem> {
    let mut zones = school::table.select((school::school_id, school::time_zone)).into_boxed();
    let mut first = school_calendar::table
        .group_by((school_calendar::school_id, school_calendar::year))
        .select((
            school_calendar::school_id,
            school_calendar::year,
            min(school_calendar::recorded_at),
        ))
        .into_boxed();
    if let Some(school_id) = only {
        zones = zones.filter(school::school_id.eq(school_id));
        first = first.filter(school_calendar::school_id.eq(school_id));
    }
    let zones: BTreeMap<i32, String> = zones.load::<(i32, String)>(tx.conn)?.into_iter().collect();
    let first: Vec<(i32, i16, Option<DateTime<Utc>>)> = first.load(tx.conn)?;
    let mut by_year: BTreeMap<i16, BTreeMap<i32, DateTime<Utc>>> = BTreeMap::new();
    for (school_id, year, at) in first {
        by_year.entry(year).or_default().insert(school_id, at.unwrap_or_default());
    }
    let mut found: BTreeMap<i32, SchoolTime> = BTreeMap::new();
    for (year, known) in by_year {
        let Some(year) = AcademicYear::new(year) else { continue };
        let ids: Vec<i32> = known.keys().copied().collect();
        for (school_id, calendar) in tenants::calendars(tx, &ids, year)? {
            let (Some(zone), Some(known_from)) = (zones.get(&school_id), known.get(&school_id))
            else {
                continue;
            };
            let zone = zone.parse().map_err(Problem::internal)?;
            let time = found.entry(school_id).or_insert_with(|| SchoolTime {
                school_id,
                zone,
                calendars: Vec::new(),
                known_from: Vec::new(),
            });
            time.calendars.push(calendar);
            time.known_from.push(*known_from);
        }
    }
    Ok(found.into_values().collect())
}

impl SchoolTime {
    /// Its calendars, each with the instant from which on it counts.
    pub(super) fn years(&self) -> impl Iterator<Item = (&Calendar, DateTime<Utc>)> {
        self.calendars.iter().zip(self.known_from.iter().copied())
    }
}
