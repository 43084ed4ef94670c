//! Pupils with several enrolments, counted once, with numbers worked out by hand.

use domain::{Characteristic, Definition, WindowKind};

use super::count;
use super::stories::{TRUST, TRUST_GROUP, afternoon, day, of, one, persistence, pupil, school};
use crate::{By, Cell, EnrolmentYear, Fact, Filter, Group, Level, Query, SchoolYear, Split, Value};

/// The cells of a group, everybody on roll.
fn cells(
    schools: &[SchoolYear],
    level: Level,
    by: Split,
    window: WindowKind,
    group: Group,
) -> Vec<Cell> {
    let (definition, filter) = (Definition::OnRoll, Filter::default());
    let series = count(schools, &Query { definition, level, window, by, filter }).series;
    series.into_iter().find(|one| one.group == group).map_or(vec![], |one| one.cells.to_vec())
}

/// The year to date of the whole trust.
fn to_date(schools: &[SchoolYear], level: Level) -> Cell {
    cells(schools, level, TRUST, WindowKind::YearToDate, TRUST_GROUP)[0]
}

/// The second school, where everybody has another enrolment.
fn second(mut enrolments: Vec<EnrolmentYear>) -> SchoolYear {
    enrolments.iter_mut().for_each(|enrolment| enrolment.enrolment += 100);
    SchoolYear { school: 2, ..school(enrolments) }
}

/// A pupil who is at one school from the first week on, and from the second at another.
fn mover(before: EnrolmentYear, after: EnrolmentYear) -> [SchoolYear; 2] {
    let before = EnrolmentYear { last_day: Some(day("2025-09-05")), ..before };
    let after = EnrolmentYear { first_day: day("2025-09-08"), ..after };
    [school(vec![before]), second(vec![after])]
}

#[test]
fn a_transfer_does_not_reset_the_year_as_it_did_at_kipp() {
    // Attended 30 of 55 sessions at the first school and 38 of 41 at the second, with a mark
    // missing at each: 92.7% there, 70.8% for the year.
    let before = pupil().with("I", "2025-09-01", 10).with("I", "2025-09-08", 10);
    let before = before.with("I", "2025-09-15", 5).with("no mark", "2025-10-08", 1);
    let after = pupil().with("I", "2025-10-13", 3).with("no mark", "2025-11-10", 1);
    let before = EnrolmentYear { last_day: Some(day("2025-10-08")), ..before };
    let after = EnrolmentYear { first_day: day("2025-10-09"), ..after };
    let mut schools = [school(vec![before]), second(vec![after])];
    for school in &mut schools {
        (school.cut, school.today) = (afternoon("2025-11-13"), day("2025-11-13"));
    }
    let trust = to_date(&schools, Level::Pupil);
    assert_eq!((trust.possible, trust.absent), (96, 28));
    assert_eq!(trust.to_date, persistence(1, 1, 0), "persistently absent over the year");
    assert_eq!(to_date(&schools, Level::Enrolment).to_date, persistence(2, 1, 0));
    let at = |level, number| {
        let group = of(Value::School(number));
        cells(&schools, level, one(By::School), WindowKind::YearToDate, group)[0]
    };
    let there = at(Level::Enrolment, 2);
    assert_eq!((there.possible, there.absent, there.to_date), (41, 3, persistence(1, 0, 0)));
    let there = at(Level::Pupil, 2);
    assert_eq!((there.possible, there.absent, there.to_date), (41, 3, persistence(1, 1, 0)));
    let left = at(Level::Pupil, 1);
    assert_eq!((left.possible, left.absent, left.to_date), (55, 25, persistence(0, 0, 0)));
}

#[test]
fn the_school_that_a_pupil_is_at_answers_for_the_pupil() {
    let schools = mover(pupil().with("I", "2025-09-01", 6), pupil());
    let weeks = |number| {
        let group = of(Value::School(number));
        let weeks = cells(&schools, Level::Pupil, one(By::School), WindowKind::Week, group);
        weeks.into_iter().map(|week| week.to_date).collect::<Vec<_>>()
    };
    assert_eq!(weeks(1), [persistence(1, 1, 1), persistence(0, 0, 0)]);
    assert_eq!(weeks(2), [persistence(0, 0, 0), persistence(1, 1, 0)]);
    let asked = |number| Query {
        definition: Definition::OnRoll,
        level: Level::Pupil,
        window: WindowKind::YearToDate,
        by: TRUST,
        filter: Filter {
            values: [(By::School, [Value::School(number)].into())].into(),
            ..Filter::default()
        },
    };
    let of_school = |number| count(&schools, &asked(number)).series[0].cells[0];
    assert_eq!(of_school(2).to_date, persistence(1, 1, 0), "with what was before");
    assert_eq!((of_school(1).possible, of_school(1).to_date), (10, persistence(0, 0, 0)));
}

#[test]
fn who_leaves_and_comes_back_to_one_school_is_one_pupil() {
    let before = EnrolmentYear { last_day: Some(day("2025-09-03")), ..pupil() };
    let back = EnrolmentYear { enrolment: 2, first_day: day("2025-09-11"), ..pupil() };
    let schools = [school(vec![before.with("I", "2025-09-01", 1), back])];
    assert_eq!(to_date(&schools, Level::Enrolment).to_date, persistence(2, 1, 0));
    let cell = to_date(&schools, Level::Pupil);
    assert_eq!((cell.possible, cell.absent, cell.to_date), (10, 1, persistence(1, 1, 0)));
}

#[test]
fn a_half_day_with_marks_at_two_schools_counts_once_and_is_told() {
    let registered =
        |value| vec![Fact { kind: Characteristic::Registration, from: day("2024-09-02"), value }];
    let main = EnrolmentYear { facts: registered(1), ..pupil() };
    // D where the pupil is not due, but on Tuesday morning both schools say something real.
    let main = main.with("D", "2025-09-10", 4);
    let other = EnrolmentYear { facts: registered(2), ..pupil() }.with("D", "2025-09-01", 24);
    let other = other.with("I", "2025-09-02", 1).with("/", "2025-09-10", 4);
    let schools = [school(vec![main]), second(vec![other])];
    let twice = to_date(&schools, Level::Enrolment);
    assert_eq!((twice.possible, twice.absent, twice.doubled), (21, 1, 0));
    let once = to_date(&schools, Level::Pupil);
    assert_eq!((once.possible, once.absent, once.doubled), (20, 0, 1), "the main school's counts");
    assert_eq!(once.to_date, persistence(1, 0, 0));
    assert_eq!((once.marked, once.expected), (40, 40), "both registers were due");
}
