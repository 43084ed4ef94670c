//! The files of a demonstration: the pupils of the trust, and a file of marks for every school and
//! academic year.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use domain::Calendar;

use super::calendar::date;
use super::code::Code;
use super::days::{ClassDay, Days, class_days};
use super::habit::Habit;
use super::marks::Walk;
use super::pupil::Pupil;
use super::rng::Key;
use super::roll::{Enrolment, Roll};
use super::{Plan, SchoolPlan, csv, schools, years_shown};

/// The columns of the file of pupils. A pupil has a row for every enrolment and academic year:
/// `from` is the day on which class and year group begin, `last_day` is empty while on roll.
const PUPIL_COLUMNS: [&str; 11] = [
    "urn",
    "upn",
    "surname",
    "forename",
    "birth_date",
    "sex",
    "first_day",
    "last_day",
    "from",
    "class",
    "year_group",
];

/// The columns of a file of marks. `week` is a Monday; `marks` are ten codes from Monday morning to
/// Friday afternoon without anything between them: a digit belongs to the letter before it, `-` is
/// no mark.
const MARK_COLUMNS: [&str; 4] = ["urn", "upn", "week", "marks"];

/// Sessions from Monday to Friday.
const SESSIONS_A_WEEK: usize = 10;

/// One file, in UTF-8.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its name, such as `marks-990001-2025.csv`.
    pub name: String,
    /// `pupils` or `marks`.
    pub kind: &'static str,
    /// What is in it: comma-separated text with a row of column names.
    pub bytes: Vec<u8>,
}

/// The files of the demonstration: one of pupils, then one of marks for each school and year.
///
/// Marks go up to the day before `today`. Weeks in which a pupil has no mark have no row.
#[must_use]
pub fn files(plan: &Plan, seed: u64, today: NaiveDate) -> Vec<File> {
    let seed = Key::new(seed);
    let years = years_shown(today);
    let roll = Roll::grow(&plan.schools, seed, years).known_on(today);
    let mut files = vec![pupils_file(plan, &roll, years, today)];
    for (number, school) in plan.schools.iter().enumerate() {
        for calendar in &school.calendars {
            files.push(marks_file(school, number, calendar, &roll, seed, today));
        }
    }
    files
}

/// Where a pupil stands in one academic year of an enrolment.
struct Placement {
    from: NaiveDate,
    year_group: i16,
    class: String,
}

/// The placement of an enrolment in an academic year; `None` when the two have no day in common.
fn placement(school: &SchoolPlan, enrolment: &Enrolment, year: i16) -> Option<Placement> {
    let from = date(i32::from(year), 9, 1).max(enrolment.first_day);
    let to = enrolment.last_day.unwrap_or(NaiveDate::MAX).min(date(i32::from(year) + 1, 7, 31));
    let year_group = year - enrolment.cohort;
    let class = || schools::class_name(school.profile, year_group, enrolment.place);
    (from <= to).then(|| Placement { from, year_group, class: class() })
}

fn pupils_file(plan: &Plan, roll: &Roll, years: (i16, i16), today: NaiveDate) -> File {
    let mut text = String::new();
    csv::row(&mut text, &PUPIL_COLUMNS);
    for enrolment in &roll.enrolments {
        let (Some(school), Some(pupil)) =
            (plan.schools.get(enrolment.school), roll.pupils.get(enrolment.pupil))
        else {
            continue;
        };
        for year in years.0..=years.1 {
            if let Some(placement) = placement(school, enrolment, year)
                && placement.from <= today
            {
                pupil_row(&mut text, school, pupil, enrolment, &placement);
            }
        }
    }
    File { name: "pupils.csv".to_owned(), kind: "pupils", bytes: text.into_bytes() }
}

fn pupil_row(
    text: &mut String,
    school: &SchoolPlan,
    pupil: &Pupil,
    enrolment: &Enrolment,
    placement: &Placement,
) {
    let year_group = match placement.year_group {
        0 => "R".to_owned(),
        number => number.to_string(),
    };
    let row = [
        &school.urn,
        &pupil.upn,
        pupil.surname,
        pupil.forename,
        &pupil.birth_date.to_string(),
        pupil.sex,
        &enrolment.first_day.to_string(),
        &enrolment.last_day.map(|day| day.to_string()).unwrap_or_default(),
        &placement.from.to_string(),
        &placement.class,
        &year_group,
    ];
    csv::row(text, &row);
}

fn marks_file(
    school: &SchoolPlan,
    number: usize,
    calendar: &Calendar,
    roll: &Roll,
    seed: Key,
    today: NaiveDate,
) -> File {
    let key = seed.about(&school.urn);
    let year = calendar.year().number();
    let days = Days::of(calendar, seed, key, today);
    let mondays: Vec<String> = days.mondays.iter().map(NaiveDate::to_string).collect();
    let mut classes: BTreeMap<String, Vec<ClassDay>> = BTreeMap::new();
    let mut text = String::new();
    csv::row(&mut text, &MARK_COLUMNS);
    for enrolment in roll.enrolments.iter().filter(|one| one.school == number) {
        let (Some(placement), Some(pupil)) =
            (placement(school, enrolment, year), roll.pupils.get(enrolment.pupil))
        else {
            continue;
        };
        let phase = school.profile.phase;
        let class_key = key.about(&placement.class);
        let class = classes
            .entry(placement.class)
            .or_insert_with(|| class_days(&days.days, class_key, phase));
        let habit = Habit::of(pupil, school.profile, seed, year, placement.year_group);
        let weeks = pupil_weeks(&habit, &days, class, enrolment, today);
        for (monday, week) in mondays.iter().zip(&weeks) {
            if week.iter().any(|mark| *mark != Code::None) {
                let marks: String = week.iter().map(|mark| mark.text()).collect();
                csv::row(&mut text, &[&school.urn, &pupil.upn, monday, &marks]);
            }
        }
    }
    let name = format!("marks-{}-{year}.csv", school.urn);
    File { name, kind: "marks", bytes: text.into_bytes() }
}

/// The marks of an enrolment for each week of the year.
fn pupil_weeks(
    habit: &Habit,
    days: &Days,
    class: &[ClassDay],
    enrolment: &Enrolment,
    today: NaiveDate,
) -> Vec<[Code; SESSIONS_A_WEEK]> {
    let today = u64::try_from(today.num_days_from_ce()).unwrap_or(0);
    let mut weeks = vec![[Code::None; SESSIONS_A_WEEK]; days.mondays.len()];
    let mut walk = Walk::new(habit, today);
    let first = enrolment.first_day;
    let last = enrolment.last_day.unwrap_or(NaiveDate::MAX);
    let start = days.days.partition_point(|day| day.date < first);
    let days = days.days.iter().zip(class).skip(start).take_while(|(day, _)| day.date <= last);
    for (day, class) in days {
        let [am, pm] = walk.day(day, *class);
        let places = weeks.get_mut(day.week).and_then(|week| week.get_mut(2 * day.weekday..));
        if let Some([morning, afternoon, ..]) = places {
            (*morning, *afternoon) = (am, pm);
        }
    }
    weeks
}
