//! What is compared, in words.

use ::analytics::{Measure, Share};
use domain::Rate;

/// Tenths of a percent in the whole, and millionths.
const TENTHS: u32 = 1000;
const MILLIONTHS: u32 = 1_000_000;

/// In words.
pub fn label(measure: Measure) -> &'static str {
    match measure {
        Measure::Attendance => "attendance",
        Measure::Absence => "absence",
        Measure::Unauthorised => "unauthorised absence",
        Measure::Late => "lateness",
        Measure::Persistent => "persistent absence",
        Measure::Severe => "severe absence",
    }
}

/// What the whole is that it is a share of.
pub fn whole(measure: Measure) -> &'static str {
    if is_over_time(measure) { "enrolments" } else { "possible sessions" }
}

/// Whether it is a measure over time, of enrolments: the Department for Education gives none for a week.
pub fn is_over_time(measure: Measure) -> bool {
    matches!(measure, Measure::Persistent | Measure::Severe)
}

/// Whether more of it is better.
pub fn more_is_better(measure: Measure) -> bool {
    measure == Measure::Attendance
}

/// A share as it is shown, in tenths of a percent; `None` of nothing. Attendance is 100.0 less the absence that is shown,
/// so that the two always add up.
pub fn shown(measure: Measure, share: Share) -> Option<u32> {
    let rate = Rate::of(share.part, share.whole)?;
    Some(match measure {
        Measure::Attendance => TENTHS - rate.complement().tenths(),
        _ => rate.tenths(),
    })
}

/// Millionths as they are shown, in tenths of a percent, in the same way.
pub fn tenths(measure: Measure, millionths: u32) -> u32 {
    let rounded = |millionths: u32| (millionths + 500) / 1000;
    match measure {
        Measure::Attendance => TENTHS - rounded(MILLIONTHS.saturating_sub(millionths)),
        _ => rounded(millionths),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attendance_is_what_the_absence_that_is_shown_leaves() {
        // 13 of 2,000 missed: 0.65%, shown as 0.7%, and 99.35% attended, which would round to 99.4%.
        let share = |part| Share { part, whole: 2000 };
        let (absent, attended) = (share(13), share(1987));
        assert_eq!(shown(Measure::Absence, absent), Some(7));
        assert_eq!(shown(Measure::Attendance, attended), Some(993));
        assert_eq!(tenths(Measure::Absence, 6_500), 7);
        assert_eq!(tenths(Measure::Attendance, 993_500), 993);
        assert_eq!(shown(Measure::Attendance, Share::default()), None);
    }
}
