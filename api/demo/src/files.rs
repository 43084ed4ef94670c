//! The files of a demonstration: the pupils of the trust, and a file of marks for every school and
//! academic year.

use chrono::NaiveDate;

use super::marks_file::marks_file;
use super::pupils_file::pupils_file;
use super::rng::Key;
use super::roll::Roll;
use super::{Plan, years_shown};

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

/// The files of the demonstration: one of pupils, then one of marks for each school and year that has any, each made when
/// it is asked for.
///
/// Marks go up to the day before `today`. Weeks in which a pupil has no mark have no row.
pub fn files(plan: &Plan, seed: u64, today: NaiveDate) -> impl Iterator<Item = File> {
    let seed = Key::new(seed);
    let years = years_shown(today);
    let roll = Roll::grow(&plan.schools, seed, years).known_on(today);
    let pupils = pupils_file(plan, &roll, years, today);
    let schools = plan.schools.iter().enumerate();
    let calendars = schools.flat_map(|(number, school)| {
        school.calendars.iter().map(move |calendar| (number, school, calendar))
    });
    let marks = calendars.filter_map(move |(number, school, calendar)| {
        marks_file(school, number, calendar, &roll, seed, today)
    });
    std::iter::once(pupils).chain(marks)
}
