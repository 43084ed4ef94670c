//! Targets: a rate to be reached over a number of school weeks.

use chrono::{Days as DayCount, NaiveDate};

use crate::year::monday_of;
use crate::{Calendar, Days, Percent, Rate};

/// How a running target stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// The rate so far is at the target; so many more sessions can be missed.
    Kept {
        /// Sessions that can still be missed.
        spare: u64,
    },
    /// The rate so far is below, and the target can still be reached.
    Reachable {
        /// Sessions that can still be missed.
        spare: u64,
    },
    /// Even full attendance from here on does not reach it. This alerts; it does not escalate.
    OutOfReach {
        /// How many sessions are missing.
        short: u64,
    },
    /// Nothing was possible yet.
    NoFigure,
}

/// The days of a target decided on a day: from the first Monday after it whose week has school,
/// over so many school weeks, to the last school day of the last of them. Weeks without school do not count: a holiday
/// pauses it.
///
/// `None` when the calendars, in order, do not reach to its end.
pub fn target_days(calendars: &[Calendar], decided: NaiveDate, school_weeks: u32) -> Option<Days> {
    let next = monday_of(decided) + DayCount::new(7);
    let mut weeks: Vec<NaiveDate> = calendars.iter().flat_map(Calendar::school_weeks).collect();
    weeks.sort();
    weeks.dedup();
    let mut weeks = weeks.into_iter().filter(|monday| *monday >= next);
    let from = weeks.clone().next()?;
    let last = weeks.nth(usize::try_from(school_weeks).ok()?.checked_sub(1)?)?;
    let is_school_day =
        |day: &NaiveDate| calendars.iter().any(|calendar| calendar.is_school_day(*day));
    let sunday = last + DayCount::new(6);
    let to = (0..7).map(|back| sunday - DayCount::new(back)).find(is_school_day)?;
    Some(Days { from, to })
}

/// How a target stands after `attended` of `possible` sessions with `remaining` still to come.
pub fn progress(target: Percent, attended: u64, possible: u64, remaining: u64) -> Progress {
    let Some(rate) = Rate::of(attended, possible) else {
        return Progress::NoFigure;
    };
    let whole = u128::from(possible) + u128::from(remaining);
    let needed = (whole * u128::from(target.thousandths())).div_ceil(100_000);
    let best = u128::from(attended) + u128::from(remaining);
    let count = |sessions: u128| u64::try_from(sessions).unwrap_or(u64::MAX);
    match best.checked_sub(needed) {
        None => Progress::OutOfReach { short: count(needed - best) },
        Some(spare) if rate.at_least(target) => Progress::Kept { spare: count(spare) },
        Some(spare) => Progress::Reachable { spare: count(spare) },
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_target_starts_on_the_next_monday_and_pauses_over_a_holiday() {
        let calendars = [crate::calendar::example()];
        let days = target_days(&calendars, date("2025-10-08"), 6).unwrap();
        assert_eq!((days.from, days.to), (date("2025-10-13"), date("2025-11-28")));
        assert_eq!(target_days(&calendars, date("2026-07-01"), 6), None);
        assert_eq!(target_days(&calendars, date("2025-10-08"), 0), None);
    }

    #[test]
    fn six_weeks_at_96_percent_leave_two_sessions_to_spare() {
        let target = "96%".parse().unwrap();
        assert_eq!(progress(target, 0, 0, 60), Progress::NoFigure);
        assert_eq!(progress(target, 10, 10, 50), Progress::Kept { spare: 2 });
        assert_eq!(progress(target, 8, 10, 50), Progress::Reachable { spare: 0 });
        assert_eq!(progress(target, 7, 10, 50), Progress::OutOfReach { short: 1 });
    }

    proptest! {
        #[test]
        fn the_sessions_to_spare_are_exactly_those_that_can_be_missed(
            attended in 0_u64..80, missed in 0_u64..80, remaining in 0_u64..80,
            thousandths in 0_u32..=1000,
        ) {
            prop_assume!(attended + missed > 0);
            let target = format!("{}.{}%", thousandths / 10, thousandths % 10).parse().unwrap();
            let possible = attended + missed;
            let ends = |absent: u64| {
                Rate::of(attended + remaining - absent, possible + remaining).unwrap().at_least(target)
            };
            match progress(target, attended, possible, remaining) {
                Progress::Kept { spare } | Progress::Reachable { spare } => {
                    prop_assert!(ends(spare.min(remaining)));
                    prop_assert!(spare >= remaining || !ends(spare + 1));
                }
                Progress::OutOfReach { .. } => prop_assert!(!ends(0)),
                Progress::NoFigure => prop_assert!(false),
            }
        }
    }
}
