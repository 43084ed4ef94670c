//! What schools know to be true, told with numbers worked out by hand.
//!
//! All are set in a school with the ordinary week and terms of 2025/26. It opens on Monday
//! 1 September 2025, and where nothing else is said the last register was taken on Friday
//! 12 September in the afternoon: 20 half days so far.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::{
    AcademicYear, Calendar, Characteristic, Days, Definition, HALF_DAYS, HalfDay, NO_MARK,
    SchoolWeek, Session, Term, WindowKind,
};

use super::{CODES, count};
use crate::{
    By, Cell, EnrolmentYear, Fact, Filter, Group, Level, Persistence, Placement, Query, SchoolYear,
    Sex, Split, Value,
};

pub(super) const TRUST: Split = [None; 3];
pub(super) const TRUST_GROUP: Group = [None; 3];

/// Split by one dimension alone.
pub(super) fn one(by: By) -> Split {
    [Some(by), None, None]
}

/// A group in one dimension alone.
pub(super) fn of(value: Value) -> Group {
    [Some(value), None, None]
}

pub(super) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn year() -> AcademicYear {
    AcademicYear::new(2025).unwrap()
}

pub(super) fn afternoon(date: &str) -> Option<HalfDay> {
    HalfDay::of(year(), day(date), Session::Pm)
}

/// The three terms, with the autumn's break on the given days.
fn calendar(autumn_break: (&str, &str)) -> Calendar {
    let days = |(from, to)| Days { from: day(from), to: day(to) };
    let term = |name: &str, from, to, half_term| {
        let half_term = Some(days(half_term));
        Term { name: format!("{name} term"), from: day(from), to: day(to), half_term }
    };
    let terms = vec![
        term("Autumn", "2025-09-01", "2025-12-19", autumn_break),
        term("Spring", "2026-01-05", "2026-03-27", ("2026-02-16", "2026-02-20")),
        term("Summer", "2026-04-13", "2026-07-21", ("2026-05-25", "2026-05-29")),
    ];
    Calendar::new(year(), terms, vec![], SchoolWeek::default()).unwrap()
}

pub(super) fn school(enrolments: Vec<EnrolmentYear>) -> SchoolYear {
    SchoolYear {
        school: 1,
        phase: 2,
        calendar: calendar(("2025-10-27", "2025-10-31")),
        cut: afternoon("2025-09-12"),
        registers: BTreeMap::new(),
        today: day("2025-09-12"),
        day_is_over: true,
        enrolments,
    }
}

/// A pupil of ten in class 51 who has been present whenever there was school.
pub(super) fn pupil() -> EnrolmentYear {
    let present = [number("/"), number("\\")];
    EnrolmentYear {
        enrolment: 1,
        pupil: 1,
        birth_date: day("2015-03-14"),
        sex: Sex::Unrecorded,
        first_day: day("2024-09-02"),
        last_day: None,
        placements: vec![Placement { from: day("2024-09-02"), class: 51, year_group: 5 }],
        facts: vec![],
        marks: (0..HALF_DAYS).map(|position| present[position % 2]).collect(),
    }
}

impl EnrolmentYear {
    /// The pupil with other marks on so many half days, weekends included, from the morning of a
    /// day on.
    pub(super) fn with(mut self, code: &str, from: &str, half_days: usize) -> Self {
        let first = HalfDay::of(year(), day(from), Session::Am).unwrap().position();
        self.marks[first..first + half_days].fill(number(code));
        self
    }
}

/// The number of a code, where no code stands for no mark.
fn number(code: &str) -> u8 {
    let mut periods = CODES.periods();
    periods.find(|period| period.code == code).map_or(NO_MARK, |period| period.number.get())
}

/// The cells of one group, everybody on roll.
fn cells(schools: &[SchoolYear], by: Split, window: WindowKind, group: Group) -> Vec<Cell> {
    cells_of(schools, Definition::OnRoll, by, window, group)
}

fn cells_of(
    schools: &[SchoolYear],
    definition: Definition,
    by: Split,
    window: WindowKind,
    group: Group,
) -> Vec<Cell> {
    let level = Level::Enrolment;
    let query = Query { definition, level, window, by, filter: Filter::default() };
    let series = count(schools, &query).series;
    series.into_iter().find(|one| one.group == group).map_or(vec![], |one| one.cells.to_vec())
}

/// The year to date of the whole trust.
fn to_date(schools: &[SchoolYear]) -> Cell {
    cells(schools, TRUST, WindowKind::YearToDate, TRUST_GROUP)[0]
}

pub(super) fn persistence(enrolments: u32, persistent: u32, severe: u32) -> Persistence {
    Persistence { enrolments, persistent, severe }
}

#[test]
fn ten_percent_exactly_is_persistent() {
    let two_of_twenty = pupil().with("I", "2025-09-03", 2);
    let one_of_twenty = pupil().with("I", "2025-09-03", 1);
    let cell = to_date(&[school(vec![two_of_twenty, one_of_twenty])]);
    assert_eq!((cell.absent, cell.possible), (3, 40));
    assert_eq!(cell.to_date, persistence(2, 1, 0));
    assert_eq!(cell.window, Some(cell.to_date), "the year to date is the window here");
}

#[test]
fn the_severely_absent_are_among_the_persistently_absent() {
    let ten_of_twenty = pupil().with("O", "2025-09-01", 10);
    let nine_of_twenty = pupil().with("O", "2025-09-01", 9);
    let cell = to_date(&[school(vec![ten_of_twenty, nine_of_twenty, pupil()])]);
    assert_eq!((cell.unauthorised, cell.authorised()), (19, 0));
    assert_eq!(cell.to_date, persistence(3, 2, 1));
}

#[test]
fn a_pupil_without_possible_sessions_is_in_no_count() {
    let elsewhere = pupil().with("D", "2025-09-01", 30);
    let cell = to_date(&[school(vec![elsewhere, pupil()])]);
    assert_eq!((cell.possible, cell.marked, cell.expected), (20, 40, 40));
    assert_eq!(cell.to_date, persistence(1, 0, 0));
}

#[test]
fn sessions_are_pooled_and_percentages_never_averaged() {
    // One pupil missed the one day there was, one missed nothing of ten: 2 sessions of 22, 9%.
    // Averaging 100% and 0% would give 50%.
    let newcomer = EnrolmentYear { first_day: day("2025-09-12"), ..pupil() };
    let cell = to_date(&[school(vec![newcomer.with("I", "2025-09-12", 2), pupil()])]);
    assert_eq!((cell.absent, cell.possible), (2, 22));
    assert_eq!(cell.to_date, persistence(2, 1, 1));
}

#[test]
fn a_leaver_stays_in_the_year_to_date() {
    let gone = EnrolmentYear { last_day: Some(day("2025-09-05")), ..pupil() };
    let schools = [school(vec![gone.with("O", "2025-09-01", 5), pupil()])];
    let weeks = cells(&schools, one(By::School), WindowKind::Week, of(Value::School(1)));
    assert_eq!((weeks[0].absent, weeks[0].possible, weeks[0].expected), (5, 20, 20));
    assert_eq!((weeks[1].absent, weeks[1].possible, weeks[1].expected), (0, 10, 10));
    assert_eq!(weeks[1].to_date, persistence(2, 1, 1));
    assert_eq!(weeks[1].window, None, "a week has no persistent absence of its own");
}

#[test]
fn a_missing_mark_is_neither_present_nor_absent() {
    let cell = to_date(&[school(vec![pupil().with("no mark", "2025-09-08", 3)])]);
    assert_eq!((cell.possible, cell.absent, cell.marked, cell.expected), (17, 0, 17, 20));
}

#[test]
fn marks_after_the_last_register_do_not_count_yet() {
    // The holiday of the week after was filled in ahead; on Monday evening two marks are missing.
    let mut school = school(vec![pupil().with("G", "2025-09-15", 10)]);
    school.today = day("2025-09-15");
    let weeks = cells(&[school], TRUST, WindowKind::Week, TRUST_GROUP);
    assert_eq!((weeks[2].possible, weeks[2].absent), (0, 0));
    assert_eq!((weeks[2].marked, weeks[2].expected), (0, 2));
    assert_eq!(weeks.len(), 3, "weeks that have not begun are not listed");
}

#[test]
fn without_a_register_nothing_counts() {
    let school = SchoolYear { cut: None, ..school(vec![pupil()]) };
    let cell = to_date(&[school]);
    assert_eq!((cell.possible, cell.marked, cell.expected), (0, 0, 20));
    assert_eq!(cell.to_date, persistence(0, 0, 0));
}

#[test]
fn late_and_away_pupils_attend_and_late_after_the_register_is_absence() {
    let late = pupil().with("L", "2025-09-01", 3).with("U", "2025-09-03", 2);
    let cell = to_date(&[school(vec![late.with("B", "2025-09-04", 4)])]);
    assert_eq!((cell.possible, cell.absent, cell.unauthorised), (20, 2, 2));
    assert_eq!((cell.late, cell.approved), (5, 4));
}

#[test]
fn sessions_follow_the_class_on_their_date_and_persistence_the_class_at_the_end() {
    // Moves on Wednesday of the second week: 14 half days in class 51, 6 in class 52.
    let mut mover = pupil().with("I", "2025-09-09", 4);
    mover.placements.push(Placement { from: day("2025-09-10"), class: 52, year_group: 5 });
    let schools = [school(vec![mover])];
    let week = WindowKind::Week;
    let before = cells(&schools, one(By::Class), week, of(Value::Class(51)));
    let after = cells(&schools, one(By::Class), week, of(Value::Class(52)));
    assert_eq!([before[0].possible, before[1].possible, before[1].absent], [10, 4, 2]);
    assert_eq!([after[0].possible, after[1].possible, after[1].absent], [0, 6, 2]);
    assert_eq!([before[0].to_date, after[0].to_date], [persistence(1, 0, 0), persistence(0, 0, 0)]);
    assert_eq!([before[1].to_date, after[1].to_date], [persistence(0, 0, 0), persistence(1, 1, 0)]);
}

#[test]
fn a_move_that_lies_ahead_changes_nothing_yet() {
    let mut pupil = pupil();
    pupil.placements.push(Placement { from: day("2026-07-20"), class: 61, year_group: 6 });
    let year_groups = |group| {
        let schools = [school(vec![pupil.clone()])];
        cells(&schools, one(By::YearGroup), WindowKind::YearToDate, of(Value::YearGroup(group)))
    };
    assert_eq!(year_groups(5)[0].possible, 20);
    assert_eq!(year_groups(6), vec![]);
}

#[test]
fn the_departments_definitions_go_by_age_and_the_census_leaves_out_the_end_of_the_year() {
    let reception = EnrolmentYear { birth_date: day("2020-09-01"), ..pupil() };
    let year_eleven = EnrolmentYear { birth_date: day("2009-09-01"), ..pupil() };
    let late_start = EnrolmentYear { first_day: day("2026-06-01"), ..pupil() };
    let mut school = school(vec![reception, year_eleven, late_start]);
    (school.cut, school.today) = (afternoon("2026-07-21"), day("2026-07-21"));
    let possible = |definition| {
        let kind = WindowKind::HalfTerm;
        let cells = cells_of(&[school.clone()], definition, TRUST, kind, TRUST_GROUP);
        cells.iter().map(|cell| cell.possible).collect::<Vec<_>>()
    };
    // Weeks of the half terms: 8, 7, 6, 5, 6 and seven and two days.
    assert_eq!(possible(Definition::OnRoll), [160, 140, 120, 100, 120, 3 * 74]);
    assert_eq!(possible(Definition::DfeDaily), [80, 70, 60, 50, 60, 2 * 74]);
    assert_eq!(possible(Definition::DfeCensus), [80, 70, 60, 50, 60, 0]);
}

#[test]
fn a_week_may_lie_in_two_half_terms() {
    // A break on one Wednesday only: two days of the week before it, two after it.
    let mut school = school(vec![pupil()]);
    school.calendar = calendar(("2025-10-22", "2025-10-22"));
    (school.cut, school.today) = (afternoon("2025-10-24"), day("2025-10-24"));
    let possible = |kind| {
        let cells = cells(&[school.clone()], TRUST, kind, TRUST_GROUP);
        cells.iter().map(|cell| cell.possible).collect::<Vec<_>>()
    };
    assert_eq!(possible(WindowKind::Week), [10, 10, 10, 10, 10, 10, 10, 8]);
    assert_eq!(possible(WindowKind::HalfTerm), [74, 4]);
}

#[test]
fn a_school_on_holiday_stays_in_the_trusts_year_to_date() {
    let absent = pupil().with("I", "2025-09-01", 10);
    let mut open = school(vec![pupil()]);
    open.calendar = calendar(("2025-11-03", "2025-11-07"));
    let mut away = SchoolYear { school: 2, ..school(vec![absent]) };
    for school in [&mut open, &mut away] {
        (school.cut, school.today) = (afternoon("2025-10-31"), day("2025-10-31"));
    }
    let schools = [open, away];
    let weeks = cells(&schools, one(By::School), WindowKind::Week, of(Value::School(2)));
    assert_eq!((weeks[8].expected, weeks[8].to_date), (0, persistence(1, 1, 0)));
    let weeks = cells(&schools, TRUST, WindowKind::Week, TRUST_GROUP);
    assert_eq!((weeks[8].possible, weeks[8].to_date), (10, persistence(2, 1, 0)));

    let query = Query {
        definition: Definition::OnRoll,
        level: Level::Enrolment,
        window: WindowKind::HalfTerm,
        by: TRUST,
        filter: Filter::default(),
    };
    let windows = count(&schools, &query).windows;
    assert_eq!(windows.len(), 1);
    assert_eq!((windows[0].from, windows[0].to), (day("2025-09-01"), day("2025-11-02")));
    assert!(windows[0].dates_differ);
}

#[test]
fn a_filter_by_date_keeps_whole_windows() {
    let schools = [school(vec![pupil()])];
    let query = Query {
        definition: Definition::OnRoll,
        level: Level::Enrolment,
        window: WindowKind::Week,
        by: one(By::School),
        filter: Filter { from: Some(day("2025-09-10")), ..Filter::default() },
    };
    let trend = count(&schools, &query);
    assert_eq!(trend.windows[0].key, "2025-W37");
    assert_eq!(trend.series[0].cells[0].possible, 10);
    assert_eq!(trend.series[0].cells[0].to_date, persistence(1, 0, 0));
    let none = Filter { to: Some(day("2025-08-31")), ..Filter::default() };
    assert_eq!(count(&schools, &Query { filter: none, ..query }).windows, vec![]);
}

#[test]
fn a_school_without_pupils_is_listed_and_a_trust_without_schools_is_one_empty_series() {
    let week = WindowKind::Week;
    let empty = cells(&[school(vec![])], one(By::School), week, of(Value::School(1)));
    assert_eq!(empty, vec![Cell::default(); 2]);
    let query = Query {
        definition: Definition::OnRoll,
        level: Level::Enrolment,
        window: week,
        by: TRUST,
        filter: Filter::default(),
    };
    let trend = count(&[], &query);
    assert_eq!((trend.windows.len(), trend.series.len()), (0, 1));
}

#[test]
fn a_group_is_what_its_pupils_are_at_the_windows_end() {
    let fsm = |from, value| Fact { kind: Characteristic::Fsm, from: day(from), value };
    // Eligible from the second week on: all sessions of both weeks stand with the eligible. Of the third nothing is
    // recorded.
    let facts = vec![fsm("2024-09-02", 0), fsm("2025-09-10", 1)];
    let eligible = EnrolmentYear { facts, ..pupil() };
    let other = EnrolmentYear { facts: vec![fsm("2024-09-02", 0)], ..pupil() };
    let unknown = pupil().with("I", "2025-09-01", 2);
    let schools = [school(vec![eligible.with("I", "2025-09-01", 4), other, unknown])];
    let by_fsm = one(By::Characteristic(Characteristic::Fsm));
    let group = |value| of(Value::Characteristic(Characteristic::Fsm, value));
    let to_date = |value| cells(&schools, by_fsm, WindowKind::YearToDate, group(value))[0];
    assert_eq!((to_date(1).possible, to_date(1).absent), (20, 4));
    assert_eq!((to_date(0).possible, to_date(0).absent), (20, 0));
    let unknown = to_date(Characteristic::UNRECORDED);
    assert_eq!((unknown.possible, unknown.absent), (20, 2));
    let weeks = |value| cells(&schools, by_fsm, WindowKind::Week, group(value));
    assert_eq!([weeks(0)[0].possible, weeks(0)[1].possible], [20, 10]);
    assert_eq!([weeks(1)[0].possible, weeks(1)[1].possible], [0, 10]);
}

#[test]
fn groups_are_crossed_and_those_without_a_pupil_are_left_out() {
    let fact = |kind, value| Fact { kind, from: day("2024-09-02"), value };
    let plan = fact(Characteristic::Sen, 2);
    let both = EnrolmentYear {
        facts: vec![fact(Characteristic::Fsm, 1), plan],
        sex: Sex::Female,
        ..pupil()
    };
    let schools = [school(vec![both, EnrolmentYear { facts: vec![plan], ..pupil() }])];
    let (fsm, sen) = (Characteristic::Fsm, Characteristic::Sen);
    let query = Query {
        definition: Definition::OnRoll,
        level: Level::Enrolment,
        window: WindowKind::YearToDate,
        by: [Some(By::Characteristic(fsm)), Some(By::Sex), Some(By::Characteristic(sen))],
        filter: Filter::default(),
    };
    let trend = count(&schools, &query);
    let group = |eligible, sex| {
        let eligible = Value::Characteristic(fsm, eligible);
        [Some(eligible), Some(Value::Sex(sex)), Some(Value::Characteristic(sen, 2))]
    };
    let groups: Vec<Group> = trend.series.iter().map(|series| series.group).collect();
    let unknown = group(Characteristic::UNRECORDED, Sex::Unrecorded);
    assert_eq!(groups, [group(1, Sex::Female), unknown]);
    assert!(trend.series.iter().all(|series| series.cells[0].possible == 20));
}

#[test]
fn a_boarders_half_days_are_not_expected_and_do_not_count() {
    let boards = |from, value| Fact { kind: Characteristic::Boarder, from: day(from), value };
    // Boards from the third day to the fifth.
    let facts = vec![boards("2025-09-03", 1), boards("2025-09-08", 0)];
    let cell = to_date(&[school(vec![EnrolmentYear { facts, ..pupil() }])]);
    assert_eq!((cell.possible, cell.marked, cell.expected), (14, 14, 14));
}
