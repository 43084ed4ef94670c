//! Broken weeks as they go over the wire: a pupil's marks week by week, and the patterns in them (rule H-02).

use ::analytics::{Block, EnrolmentYear};
use chrono::{Datelike, Days as DayCount};
use domain::policy::{Pattern, Presence, broken_weeks};
use domain::{CodeTable, Days, Rate};

use super::attendance::Attended;

use base::prelude::*;

/// What the report holds.
pub const BASIS: &str = "Week by week the marks of every half day on which the school was open and the pupil was due, \
    up to the last register that was taken. A week with any absence is broken. A pattern is a question to ask the \
    family, never an accusation: a weekday with at least half of at least 4 missed sessions; mornings or afternoons \
    with at least three quarters of them; at least 2 absences on the first or last school day beside a holiday or half \
    term; late at least 4 times; more missed in the last 4 school weeks than in the 4 before.";

/// A pupil's weeks, and the patterns in them.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BrokenWeeks {
    /// Attendance over the period; absent without a possible session.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attendance: Option<Attended>,
    /// Sessions missed.
    #[schema(example = 8)]
    pub absent: usize,
    /// Sessions late, before the register closed.
    #[schema(example = 2)]
    pub late: usize,
    /// Weeks in which something was missed.
    #[schema(example = 5)]
    pub broken: usize,
    /// What stands out.
    pub patterns: Vec<PatternAnswer>,
    /// Every week with a mark, in order.
    pub weeks: Vec<WeekAnswer>,
}

/// A week of marks.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WeekAnswer {
    /// Its Monday.
    pub monday: NaiveDate,
    /// Whether anything was missed.
    pub broken: bool,
    /// Possible sessions.
    pub possible: usize,
    /// Those missed.
    pub absent: usize,
    /// The days with a mark, in order.
    pub days: Vec<DayMarks>,
}

/// A day's marks.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DayMarks {
    /// The day.
    pub date: NaiveDate,
    /// The morning's code; absent where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "/")]
    pub am: Option<String>,
    /// The afternoon's.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "I")]
    pub pm: Option<String>,
}

/// A pattern of absence.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PatternAnswer {
    /// What stands out.
    pub kind: PatternKind,
    /// In plain English, with the counts behind it.
    #[schema(example = "6 of 8 missed sessions fall on a Monday")]
    pub says: String,
}

words! {
    /// What stands out in a pupil's weeks.
    PatternKind {
        Weekday = "weekday": "at least half of at least 4 missed sessions fall on one weekday",
        HalfDay = "half_day": "at least three quarters of at least 4 missed sessions are mornings, or afternoons",
        NextToHoliday = "next_to_holiday": "at least 2 absences on the first or last school day beside a holiday or half term",
        Late = "late": "late at least 4 times",
        Growing = "growing": "more was missed in the last 4 school weeks than in the 4 before",
    }
}

/// The broken weeks of an enrolment over some days of its block's year.
pub fn of(codes: &CodeTable, block: &Block, of: &EnrolmentYear, days: Days) -> BrokenWeeks {
    let mut presences: BTreeMap<(NaiveDate, Session), Presence> = BTreeMap::new();
    let mut weeks: BTreeMap<NaiveDate, BTreeMap<NaiveDate, DayMarks>> = BTreeMap::new();
    for (date, session, mark) in block.marks(of, days.from, days.to) {
        let counts = codes.counts(mark, date);
        if counts.possible() {
            let presence = match (counts.absent(), counts.late()) {
                (true, _) => Presence::Absent,
                (false, true) => Presence::Late,
                (false, false) => Presence::Present,
            };
            presences.insert((date, session), presence);
        }
        let blank = DayMarks { date, am: None, pm: None };
        let day = weeks.entry(monday_of(date)).or_default().entry(date).or_insert(blank);
        let text = codes.text(mark).map(str::to_owned);
        match session {
            Session::Am => day.am = text,
            Session::Pm => day.pm = text,
        }
    }
    let (broken, patterns) = broken_weeks(&presences, block.calendar());
    let many = |wanted| presences.values().filter(|presence| **presence == wanted).count();
    let absent = many(Presence::Absent);
    let wide = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    let rate = Rate::attended(wide(absent), wide(presences.len()));
    let week = |(monday, days): (NaiveDate, BTreeMap<NaiveDate, DayMarks>)| WeekAnswer {
        monday,
        broken: broken.iter().any(|week| week.monday == monday),
        possible: presences.keys().filter(|(date, _)| monday_of(*date) == monday).count(),
        absent: broken.iter().find(|week| week.monday == monday).map_or(0, |week| week.absent),
        days: days.into_values().collect(),
    };
    BrokenWeeks {
        attendance: rate.map(Into::into),
        absent,
        late: many(Presence::Late),
        broken: broken.len(),
        patterns: patterns.iter().map(|pattern| say(pattern, absent)).collect(),
        weeks: weeks.into_iter().map(week).collect(),
    }
}

fn say(pattern: &Pattern, absent: usize) -> PatternAnswer {
    let (kind, says) = match pattern {
        Pattern::Weekday(day, count) => (
            PatternKind::Weekday,
            format!("{count} of {absent} missed sessions fall on a {}", weekday(*day)),
        ),
        Pattern::HalfDay(session, count) => {
            let half = if *session == Session::Am { "mornings" } else { "afternoons" };
            (PatternKind::HalfDay, format!("{count} of {absent} missed sessions are {half}"))
        }
        Pattern::NextToHoliday(days) => (
            PatternKind::NextToHoliday,
            format!("absent on {days} first or last school days beside a holiday or half term"),
        ),
        Pattern::Late(times) => (PatternKind::Late, format!("late {times} times")),
        Pattern::Growing => (
            PatternKind::Growing,
            "more missed in the last 4 school weeks than in the 4 before".to_owned(),
        ),
    };
    PatternAnswer { kind, says }
}

const fn weekday(day: chrono::Weekday) -> &'static str {
    match day {
        chrono::Weekday::Mon => "Monday",
        chrono::Weekday::Tue => "Tuesday",
        chrono::Weekday::Wed => "Wednesday",
        chrono::Weekday::Thu => "Thursday",
        chrono::Weekday::Fri => "Friday",
        chrono::Weekday::Sat => "Saturday",
        chrono::Weekday::Sun => "Sunday",
    }
}

/// The Monday of a day's week.
pub fn monday_of(date: NaiveDate) -> NaiveDate {
    date - DayCount::new(u64::from(date.weekday().num_days_from_monday()))
}
