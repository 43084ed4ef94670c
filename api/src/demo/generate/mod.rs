//! The demonstration trust: invented schools, pupils and marks, as the files a trust would import.
//!
//! Twelve invented schools with about 7,000 invented pupils, last academic year and this year up to
//! yesterday. Absence, persistent absence and the codes follow the national figures of each phase
//! (see `figures.rs`). The same seed and day give the same bytes on every machine, and a later day
//! of the same year adds to them: only an N is replaced once its reason is known.
//!
//! Nothing here knows a database, a clock or the API: it needs `domain` and dates, and makes text.

mod calendar;
mod code;
mod csv;
mod days;
mod figures;
mod files;
mod habit;
mod marks;
mod names;
mod pupil;
mod rng;
mod roll;
mod schools;
#[cfg(test)]
mod tests;

use chrono::{Datelike, NaiveDate};
use domain::{Calendar, SchoolWeek};

use rng::Key;
use schools::{Phase, Profile, SCHOOLS, TRUST};

pub use files::{File, files};

/// A demonstration trust, before its pupils are drawn.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The trust's name.
    pub trust_name: String,
    /// Its schools: primary, secondary, special.
    pub schools: Vec<SchoolPlan>,
}

/// One school of a demonstration trust.
#[derive(Debug, Clone)]
pub struct SchoolPlan {
    /// Its unique reference number: six digits, from 990001, which no real school has.
    pub urn: String,
    /// Its name.
    pub name: String,
    /// `primary`, `secondary` or `special`.
    pub phase: &'static str,
    /// The number of its local authority, which no real authority has.
    pub la_code: u16,
    /// Its calendars: last academic year's and this year's; in August those of the last two years.
    pub calendars: Vec<Calendar>,
    profile: &'static Profile,
}

/// Plans the trust: its schools, and their calendars of the two years shown on `today`.
#[must_use]
pub fn plan(seed: u64, today: NaiveDate) -> Plan {
    let (first, last) = years_shown(today);
    let years = [first, last].map(|year| (year, calendar::Dates::of(year)));
    let school_plan = |profile: &'static Profile| {
        let key = Key::new(seed).about(profile.urn);
        let week = match profile.phase {
            Phase::Special => calendar::short_week(),
            _ => SchoolWeek::default(),
        };
        SchoolPlan {
            urn: profile.urn.to_owned(),
            name: profile.name.to_owned(),
            phase: profile.phase.name(),
            la_code: profile.la_code,
            calendars: years
                .iter()
                .filter_map(|(year, dates)| dates.calendar(*year, key, week))
                .collect(),
            profile,
        }
    };
    Plan { trust_name: TRUST.to_owned(), schools: SCHOOLS.iter().map(school_plan).collect() }
}

/// The academic years shown: last year and this year; in August, when the new year has no school
/// days yet, the last two.
fn years_shown(today: NaiveDate) -> (i16, i16) {
    let this = if today.month() > 8 { today.year() } else { today.year() - 1 };
    let this = i16::try_from(this).unwrap_or(i16::MAX).clamp(2000, 2190);
    (this - 1, this)
}
