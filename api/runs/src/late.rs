//! How late a run is, and whether nobody was there when it fell due.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use utoipa::ToSchema;

/// Up to this long after it fell due a run is not called late: it may have waited for its turn.
const GRACE: TimeDelta = TimeDelta::minutes(15);

/// A run that does not run, or did not, when it fell due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Late {
    /// How many seconds after it fell due it began; so far, if it has not begun yet.
    #[schema(example = 93600)]
    pub seconds: i64,
    /// Whether nobody looked when it fell due: the service was not running, or a sandbox's clock leapt over it.
    pub missed: bool,
    /// In words.
    #[schema(example = "1 day and 2 hours late: the service was not running when it fell due")]
    pub says: String,
}

/// What decides how late a run is, and why.
#[derive(Debug, Clone, Copy)]
pub(super) struct Times {
    /// When it fell due.
    pub due: DateTime<Utc>,
    /// When the clockwork saw that.
    pub noticed: DateTime<Utc>,
    /// When this attempt began, or now.
    pub begun: DateTime<Utc>,
    /// Whether it is the first attempt.
    pub first: bool,
    /// Whether the trust is a sandbox that has moved its clock.
    pub moved: bool,
}

impl Times {
    /// `None` for a run that is in time.
    pub(super) fn late(self) -> Option<Late> {
        let by = self.begun - self.due;
        if by <= GRACE {
            return None;
        }
        let missed = self.noticed - self.due > GRACE;
        let why = match (missed, self.moved, self.first) {
            (true, true, _) => "the trust's clock was moved past it",
            (true, false, _) => "the service was not running when it fell due",
            (false, _, true) => "it waited for a worker",
            (false, _, false) => "an attempt before this one did not come to its end",
        };
        let says = format!("{} late: {why}", words(by));
        Some(Late { seconds: by.num_seconds(), missed, says })
    }
}

/// The two largest units of a stretch of time.
fn words(by: TimeDelta) -> String {
    let unit = |number: i64, name: &str| match number {
        0 => None,
        1 => Some(format!("1 {name}")),
        _ => Some(format!("{number} {name}s")),
    };
    let parts = [
        unit(by.num_days(), "day"),
        unit(by.num_hours() % 24, "hour"),
        unit(by.num_minutes() % 60, "minute"),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().take(2).collect();
    parts.join(" and ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn late(noticed: i64, begun: i64, first: bool) -> Option<(i64, bool, String)> {
        let due = DateTime::UNIX_EPOCH;
        let after = |minutes| due + TimeDelta::minutes(minutes);
        let (noticed, begun) = (after(noticed), after(begun));
        let times = Times { due, noticed, begun, first, moved: false };
        let moved = Times { moved: true, ..times }.late();
        assert_eq!(
            moved.is_some_and(|late| late.says.contains("clock was moved")),
            noticed - due > GRACE
        );
        times.late().map(|late| (late.seconds, late.missed, late.says))
    }

    #[test]
    fn a_quarter_of_an_hour_is_not_late() {
        assert_eq!(late(0, 15, true), None);
        let (seconds, missed, says) = late(1, 16, true).unwrap();
        assert_eq!((seconds, missed), (960, false));
        assert_eq!(says, "16 minutes late: it waited for a worker");
        assert!(late(1, 16, false).unwrap().2.contains("an attempt before this one"));
    }

    #[test]
    fn what_nobody_noticed_was_missed_and_the_two_largest_units_are_said() {
        let (_, missed, says) = late(26 * 60 + 5, 26 * 60 + 7, false).unwrap();
        assert!(missed);
        assert_eq!(says, "1 day and 2 hours late: the service was not running when it fell due");
        assert!(late(60, 3 * 24 * 60 + 1, true).unwrap().2.starts_with("3 days and 1 minute late"));
    }
}
