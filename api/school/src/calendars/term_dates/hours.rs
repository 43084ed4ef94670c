//! The hours of a school, and which half days an event at certain times takes from it.

use chrono::{NaiveDate, NaiveTime, TimeDelta};
use domain::Session;

/// When pupils come and go on an ordinary day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SchoolHours {
    /// The morning begins.
    pub opens: NaiveTime,
    /// The afternoon ends.
    pub closes: NaiveTime,
}

/// What an event takes of one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// All of it.
    Day,
    /// Half of it.
    Half(Session),
    /// Less than half of a session: whether the school closes, only the school can say.
    Little,
    /// Nothing: it is over before pupils come, or begins when they are gone.
    Nothing,
}

/// The morning is over, as far as an event is concerned.
const NOON: NaiveTime = time(12, 0);
/// The afternoon begins.
const AFTER_LUNCH: NaiveTime = time(13, 0);

const fn time(hour: u32, minute: u32) -> NaiveTime {
    match NaiveTime::from_hms_opt(hour, minute, 0) {
        Some(time) => time,
        None => NaiveTime::MIN,
    }
}

/// What schools have that have not said otherwise: 32.5 hours a week, as the Department for Education expects.
impl Default for SchoolHours {
    fn default() -> Self {
        Self { opens: time(8, 45), closes: time(15, 15) }
    }
}

/// The hours of a school over the years: each from its first day on.
#[derive(Debug, Clone, Default)]
pub struct HoursOverTime(Vec<(NaiveDate, SchoolHours)>);

impl HoursOverTime {
    /// With these, in the order of their days.
    pub fn new(from: Vec<(NaiveDate, SchoolHours)>) -> Self {
        Self(from)
    }

    /// The hours of a day.
    pub fn on(&self, day: NaiveDate) -> SchoolHours {
        let holding = self.0.iter().rfind(|(from, _)| *from <= day);
        holding.map_or_else(SchoolHours::default, |(_, hours)| *hours)
    }
}

impl SchoolHours {
    /// The hours from a morning to an afternoon; none when the morning begins at noon or later, or the afternoon ends by
    /// one o'clock.
    pub fn new(opens: NaiveTime, closes: NaiveTime) -> Option<Self> {
        (opens < NOON && AFTER_LUNCH < closes).then_some(Self { opens, closes })
    }

    /// What an event from one time to another of the same day takes.
    pub fn taken(&self, from: NaiveTime, to: NaiveTime) -> Taken {
        let (morning, afternoon) =
            (share(from, to, self.opens, NOON), share(from, to, AFTER_LUNCH, self.closes));
        match (morning, afternoon) {
            (Share::Most, Share::Most) => Taken::Day,
            (Share::Most, _) => Taken::Half(Session::Am),
            (_, Share::Most) => Taken::Half(Session::Pm),
            (Share::None, Share::None) if to <= self.opens || self.closes <= from => Taken::Nothing,
            _ => Taken::Little,
        }
    }

    /// Whether pupils are in school then.
    pub fn has(&self, time: NaiveTime) -> bool {
        self.opens <= time && time < self.closes
    }
}

/// How much of a session an event takes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Share {
    None,
    Some,
    Most,
}

fn share(from: NaiveTime, to: NaiveTime, begins: NaiveTime, ends: NaiveTime) -> Share {
    let taken = to.min(ends) - from.max(begins);
    if taken <= TimeDelta::zero() {
        Share::None
    } else if taken * 2 < ends - begins {
        Share::Some
    } else {
        Share::Most
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_hold_from_their_day_on_and_a_day_has_a_morning_and_an_afternoon() {
        let day = |day| NaiveDate::from_ymd_opt(2026, 9, day).unwrap();
        let early = SchoolHours::new(time(8, 0), time(14, 30)).unwrap();
        let hours = HoursOverTime::new(vec![(day(7), early)]);
        assert_eq!(hours.on(day(6)), SchoolHours::default());
        assert_eq!((hours.on(day(7)), hours.on(day(30))), (early, early));
        assert_eq!(early.taken(time(14, 30), time(16, 0)), Taken::Nothing);
        assert_eq!(SchoolHours::new(time(12, 0), time(15, 0)), None);
        assert_eq!(SchoolHours::new(time(8, 0), time(13, 0)), None);
    }

    #[test]
    fn an_event_closes_the_halves_of_which_it_takes_most_and_none_when_pupils_are_gone() {
        let hours = SchoolHours::default();
        for (from, to, taken) in [
            (time(9, 0), time(15, 30), Taken::Day),
            (time(9, 0), time(12, 0), Taken::Half(Session::Am)),
            (time(13, 0), time(15, 0), Taken::Half(Session::Pm)),
            (time(16, 0), time(18, 0), Taken::Nothing),
            (time(7, 45), time(8, 45), Taken::Nothing),
            (time(7, 45), time(9, 0), Taken::Little),
            (time(14, 45), time(17, 0), Taken::Little),
            (time(12, 0), time(13, 0), Taken::Little),
        ] {
            assert_eq!(hours.taken(from, to), taken, "{from} {to}");
        }
    }
}
