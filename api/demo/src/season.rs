//! When in the year and in the week pupils are absent.
//!
//! Seasons: DfE, Pupil attendance in schools, the weeks of 2024/25. Weekdays: Clifton-Sprigg and James (British
//! Educational Research Journal, 2024): a fifth more absence on Fridays than from Monday to Thursday.

use chrono::{Datelike, NaiveDate};
use domain::Calendar;

use super::calendar::monday_of;

/// How likely an absence begins on a weekday, Monday first, per thousand of an ordinary day.
/// Spells go on, so a weekday differs less than its beginnings do. Fitted.
pub(super) const BEGINS: [u64; 5] = [1065, 930, 840, 865, 1440];

/// How likely absence is in a week against the year's, per thousand: the ISO week from which it holds. Fitted.
const WEEKS: [(u32, u64); 27] = [
    (1, 860),
    (3, 861),
    (4, 864),
    (5, 957),
    (6, 953),
    (8, 924),
    (10, 937),
    (12, 958),
    (15, 990),
    (18, 1000),
    (20, 1010),
    (22, 1050),
    (24, 1060),
    (26, 1100),
    (28, 1200),
    (36, 600),
    (37, 548),
    (38, 764),
    (39, 783),
    (40, 813),
    (41, 774),
    (42, 880),
    (44, 815),
    (46, 852),
    (47, 1092),
    (48, 1033),
    (49, 1158),
];

/// The same for the last week of each half term, before pupils go away: Christmas and Easter above all. Fitted.
const LAST_WEEKS: [u64; 6] = [931, 1424, 1088, 1561, 1060, 1250];

/// The seasons of a school's year.
pub(super) struct Seasons {
    /// The Mondays of the last weeks of the half terms.
    last_weeks: Vec<NaiveDate>,
}

impl Seasons {
    /// Those of a calendar.
    pub(super) fn of(calendar: &Calendar) -> Self {
        let ends = calendar.terms().iter().flat_map(|term| {
            let before_break = term.half_term.map(|half| half.from.pred_opt().unwrap_or(half.from));
            [before_break.unwrap_or(term.to), term.to]
        });
        Self { last_weeks: ends.map(monday_of).collect() }
    }

    /// The absence of a day's week against the year's, per thousand.
    pub(super) fn on(&self, day: NaiveDate) -> u64 {
        let monday = monday_of(day);
        if let Some(place) = self.last_weeks.iter().position(|last| *last == monday) {
            return LAST_WEEKS.get(place).copied().unwrap_or(1000);
        }
        let week = day.iso_week().week();
        WEEKS.iter().rev().find(|(from, _)| *from <= week).map_or(1000, |(_, level)| *level)
    }
}
