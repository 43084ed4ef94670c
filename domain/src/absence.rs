//! Persistent and severe absence, tested on whole sessions with no rounding.
//!
//! Both are facts of one enrolment over one period (Department for Education, guide to absence
//! statistics). There is no least number of possible sessions: one day missed of five is
//! persistent absence, so a caller who lists names should show the possible sessions too.

/// Whether an enrolment that missed `absent` of `possible` sessions is persistently absent:
/// 10% or more. False without possible sessions, since there is no figure then.
pub const fn persistent(absent: u32, possible: u32) -> bool {
    possible > 0 && 10 * absent as u64 >= possible as u64
}

/// Whether an enrolment that missed `absent` of `possible` sessions is severely absent: 50% or
/// more. The severely absent are among the persistently absent.
pub const fn severe(absent: u32, possible: u32) -> bool {
    possible > 0 && 2 * absent as u64 >= possible as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_thresholds_are_met_at_ten_and_fifty_percent_exactly() {
        assert!(persistent(38, 380) && !persistent(37, 380));
        assert!(persistent(38, 378) && !persistent(37, 378));
        assert!(persistent(4, 36) && !persistent(3, 36));
        assert!(severe(190, 380) && !severe(189, 380));
    }

    #[test]
    fn no_possible_session_is_no_figure() {
        assert!(!persistent(0, 0) && !severe(0, 0));
    }

    #[test]
    fn the_largest_counts_do_not_overflow() {
        assert!(persistent(u32::MAX, u32::MAX) && severe(u32::MAX, u32::MAX));
    }
}
