//! The demonstration trust: invented schools, pupils and marks, as the files a trust would import.
//!
//! Twelve invented schools with about 7,000 invented pupils (or as many as asked for), last academic year and this year
//! up to yesterday. Absence, persistent absence and the codes follow the national figures of each phase
//! (see `figures.rs`). The same seed and day give the same bytes on every machine, and a later day
//! of the same year adds to them: only an N is replaced once its reason is known.
//!
//! Nothing here knows a database, a clock or the API: it needs `domain` and dates, and makes text. The API loads it with
//! `rollcall demo`.

mod calendar;
mod code;
mod days;
mod facts;
mod figures;
mod files;
mod habit;
mod home;
mod letterhead;
mod levels;
mod marks;
mod marks_file;
mod names;
mod parents_file;
mod placement;
mod pupil;
mod pupils_file;
mod rng;
mod roll;
mod schools;
mod season;
mod staff;
mod table;
#[cfg(test)]
mod tests;

use chrono::{Datelike, NaiveDate};
use domain::{Calendar, SchoolWeek};

use rng::Key;
use schools::{Phase, Profile, TRUST};

pub use files::{File, files};
pub use letterhead::letterhead;
pub use parents_file::{ParentsFiles, parents_files};
pub use schools::Size;
pub use staff::{StaffPlan, staff};

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
    /// The calendar of the year after them: schools publish it long before, and targets and reviews look ahead.
    pub coming: Option<Calendar>,
    profile: Profile,
}

/// Plans the trust: its schools, and their calendars of the two years shown on `today`.
pub fn plan(seed: u64, size: Size, today: NaiveDate) -> Plan {
    let (first, last) = years_shown(today);
    let years = [first, last, last + 1].map(|year| (year, calendar::Dates::of(year)));
    let school_plan = |profile: Profile| {
        let key = Key::new(seed).about(&profile.urn);
        let week = match profile.phase {
            Phase::Special => calendar::short_week(),
            _ => SchoolWeek::default(),
        };
        let mut calendars: Vec<Calendar> =
            years.iter().filter_map(|(year, dates)| dates.calendar(*year, key, week)).collect();
        SchoolPlan {
            urn: profile.urn.clone(),
            name: profile.name.clone(),
            phase: profile.phase.name(),
            la_code: profile.la_code,
            coming: calendars.pop_if(|calendar| calendar.year().number() > last),
            calendars,
            profile,
        }
    };
    let schools = size.profiles(Key::new(seed)).into_iter().map(school_plan).collect();
    Plan { trust_name: TRUST.to_owned(), schools }
}

/// The academic years shown: last year and this year; in August, when the new year has no school
/// days yet, the last two.
fn years_shown(today: NaiveDate) -> (i16, i16) {
    let this = if today.month() > 8 { today.year() } else { today.year() - 1 };
    let this = i16::try_from(this).unwrap_or(i16::MAX).clamp(2000, 2190);
    (this - 1, this)
}
