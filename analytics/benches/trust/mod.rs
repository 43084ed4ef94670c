//! The invented trust that the benches count.

#![expect(clippy::unwrap_used, reason = "a bench that cannot start has nothing to say")]

use std::collections::BTreeMap;

use analytics::{EnrolmentYear, Fact, Placement, SchoolYear, Sex};
use chrono::{Days as DayCount, NaiveDate};
use domain::{
    AcademicYear, Calendar, Characteristic, Days, HALF_DAYS, HalfDay, SchoolWeek, Session, Term,
};

/// Schools of a large trust.
pub const SCHOOLS: i32 = 150;
/// Pupils in each of them: 60,000 in all.
pub const PUPILS: i32 = 400;
/// Pupils in a class.
const CLASS: i32 = 30;

/// A school of 400 pupils whose half terms begin within a week; the year is over.
pub fn school(number: i32) -> SchoolYear {
    let year = AcademicYear::new(2025).unwrap();
    let last = HalfDay::of(year, day(2026, 7, 21), Session::Pm);
    SchoolYear {
        school: number,
        phase: u8::try_from(number % 3).unwrap(),
        calendar: calendar(year),
        cut: last,
        registers: BTreeMap::new(),
        today: day(2026, 7, 31),
        day_is_over: true,
        enrolments: (0..PUPILS).map(|pupil| enrolment(year, number, pupil)).collect(),
    }
}

fn calendar(year: AcademicYear) -> Calendar {
    let term = |name: &str, from, to, half_term| Term {
        name: name.to_owned(),
        from,
        to,
        half_term: Some(half_term),
    };
    let days = |from, to| Days { from, to };
    let terms = vec![
        term(
            "Autumn term",
            day(2025, 9, 2),
            day(2025, 12, 19),
            days(day(2025, 10, 25), day(2025, 11, 4)),
        ),
        term(
            "Spring term",
            day(2026, 1, 5),
            day(2026, 3, 27),
            days(day(2026, 2, 14), day(2026, 2, 22)),
        ),
        term(
            "Summer term",
            day(2026, 4, 13),
            day(2026, 7, 21),
            days(day(2026, 5, 23), day(2026, 5, 31)),
        ),
    ];
    Calendar::new(year, terms, vec![], SchoolWeek::default()).unwrap()
}

/// A pupil of 4 to 15 who misses about one session in fifteen, and one pupil in fifty who changes
/// class in the middle of a week. One in four is eligible for free school meals.
fn enrolment(year: AcademicYear, school: i32, pupil: i32) -> EnrolmentYear {
    let year_group = pupil * 12 / PUPILS;
    let age = u64::try_from(year_group + 4).unwrap();
    let class = school * 100 + pupil / CLASS;
    let placement = |from, class| Placement { from, class, year_group: year_group as i8 };
    let mut placements = vec![placement(day(2025, 9, 1), class)];
    if pupil % 50 == 0 {
        placements.push(placement(day(2026, 1, 14), class + 1));
    }
    let eligible = Fact { kind: Characteristic::Fsm, from: day(2024, 9, 1), value: 1 };
    let facts = if pupil % 4 == 0 { vec![eligible] } else { vec![] };
    let mut state = u64::from((school * PUPILS + pupil).unsigned_abs());
    let mut chance = |of: u64| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % of == 0
    };
    let mark = |position: usize| if chance(15) { 16 } else { 1 + (position % 2) as u8 };
    // Of the pupils of every other school one in twelve came from the school before.
    let (number, moves) = (school * PUPILS + pupil, pupil % 12 == 0);
    let (came, left) = (moves && school % 2 == 1, moves && school % 2 == 0);
    EnrolmentYear {
        enrolment: number,
        pupil: if came { number - PUPILS } else { number },
        birth_date: year.age_day() - DayCount::new(age * 366),
        sex: [Sex::Female, Sex::Male][usize::from(pupil % 2 == 0)],
        first_day: if came { day(2026, 1, 12) } else { day(2025, 9, 1) },
        last_day: left.then(|| day(2026, 1, 9)),
        placements,
        facts,
        marks: (0..HALF_DAYS).map(mark).collect(),
    }
}

pub fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}
