//! The file of marks of a school and academic year.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use domain::Calendar;

use super::SchoolPlan;
use super::code::Code;
use super::days::{ClassDay, Days, class_days};
use super::files::File;
use super::habit::Habit;
use super::marks::Walk;
use super::placement::placement;
use super::rng::Key;
use super::roll::{Enrolment, Roll};
use super::table::Table;

/// The columns of a file of marks. `week` is a Monday; `marks` are ten codes from Monday morning to
/// Friday afternoon without anything between them: a digit belongs to the letter before it, `-` is
/// no mark.
const MARK_COLUMNS: [&str; 4] = ["urn", "upn", "week", "marks"];

/// Sessions from Monday to Friday.
const SESSIONS_A_WEEK: usize = 10;

/// The marks of a school and year, up to the day before `today`; `None` before its first school day is over, when there
/// are none. `number` is the school's place in the plan.
pub(super) fn marks_file(
    school: &SchoolPlan,
    number: usize,
    calendar: &Calendar,
    roll: &Roll,
    seed: Key,
    today: NaiveDate,
) -> Option<File> {
    let key = seed.about(&school.urn);
    let year = calendar.year().number();
    let days = Days::of(calendar, seed, key, today);
    let mondays: Vec<String> = days.mondays.iter().map(NaiveDate::to_string).collect();
    let mut classes: BTreeMap<String, Vec<ClassDay>> = BTreeMap::new();
    let mut table = Table::new(&MARK_COLUMNS);
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
        let group = (year, placement.year_group);
        let habit = Habit::of(pupil, enrolment.registration, &school.profile, seed, group);
        let weeks = pupil_weeks(&habit, &days, class, enrolment, today);
        for (monday, week) in mondays.iter().zip(&weeks) {
            if week.iter().any(|mark| *mark != Code::None) {
                let marks: String = week.iter().map(|mark| mark.text()).collect();
                table.row(&[&school.urn, &pupil.upn, monday, &marks]);
            }
        }
    }
    (!table.is_empty()).then(|| File {
        name: format!("marks-{}-{year}.csv", school.urn),
        kind: "marks",
        bytes: table.into_bytes(),
    })
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
