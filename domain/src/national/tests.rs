//! The law in `national.toml` as situations: what is flagged, and what a person then decides.

use super::*;
use crate::policy::example_calendars;

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn law() -> National {
    National::built_in().unwrap()
}

fn weeks() -> Vec<NaiveDate> {
    example_calendars().iter().flat_map(|calendar| calendar.school_weeks()).collect()
}

fn marks(days: &[&str], code: &str) -> Vec<Mark> {
    days.iter()
        .flat_map(|day| {
            let mark = |session| Mark { date: date(day), session, code: code.to_owned() };
            Session::ALL.map(mark)
        })
        .collect()
}

fn watch(marks: &[Mark]) -> Watch {
    let law = law();
    law.penalty_notice(date("2026-01-01"))
        .unwrap()
        .watch(marks, &weeks(), &BTreeSet::new())
        .unwrap()
}

#[test]
fn ten_sessions_in_ten_school_weeks_are_flagged_and_nine_are_not() {
    let mut ten = marks(&["2025-09-02", "2025-09-16", "2025-10-01", "2025-10-14"], "U");
    ten.extend(marks(&["2025-11-12"], "G"));
    assert!(watch(&ten).reached, "the half-term week does not count as one of the ten");
    assert_eq!(watch(&ten).window.to, date("2025-11-16"));
    let nine = &ten[..9];
    assert!(!watch(nine).reached);
    assert_eq!(watch(nine).sessions.len(), 9);
}

#[test]
fn the_eleventh_week_does_not_count() {
    let mut far = marks(&["2025-09-02", "2025-09-16", "2025-10-01", "2025-10-14"], "U");
    far.extend(marks(&["2025-11-19"], "G"));
    assert!(!watch(&far).reached);
}

#[test]
fn the_weeks_roll_across_the_summer() {
    let across =
        marks(&["2026-07-20", "2026-07-21", "2026-07-22", "2026-09-02", "2026-09-03"], "O");
    assert!(watch(&across).reached);
}

#[test]
fn an_amended_mark_takes_the_flag_away_and_illness_never_counts() {
    let mut ten =
        marks(&["2025-09-02", "2025-09-03", "2025-09-04", "2025-09-05", "2025-09-08"], "N");
    assert!(watch(&ten).reached);
    ten[0].code = "I".to_owned();
    assert!(!watch(&ten).reached);
}

#[test]
fn sessions_are_used_once_and_marks_before_the_law_do_not_count() {
    let ten = marks(&["2025-09-02", "2025-09-03", "2025-09-04", "2025-09-05", "2025-09-08"], "N");
    let used: BTreeSet<_> = ten.iter().map(|mark| (mark.date, mark.session)).collect();
    let law = law();
    let rule = law.penalty_notice(date("2026-01-01")).unwrap();
    assert_eq!(rule.watch(&ten, &weeks(), &used).unwrap().sessions, vec![]);
    assert_eq!(law.penalty_notice(date("2024-08-18")), None);
    assert_eq!(rule.watch(&ten, &[], &used), None);
}

#[test]
fn there_is_no_third_notice_in_three_years() {
    let law = law();
    let rule = law.penalty_notice(date("2026-01-01")).unwrap();
    let notice = |issued, withdrawn| Notice { issued: date(issued), withdrawn };
    let on = |earlier: &[Notice], day| rule.next_notice(earlier, date(day));
    let [first, second] = [notice("2024-10-01", false), notice("2025-10-01", false)];
    assert_eq!(on(&[], "2026-01-01"), NextNotice::First);
    assert_eq!(on(&[notice("2024-08-01", false)], "2026-01-01"), NextNotice::First);
    assert_eq!(on(&[notice("2024-10-01", true)], "2026-01-01"), NextNotice::First);
    assert_eq!(on(&[first], "2026-01-01"), NextNotice::Second);
    let none = NextNotice::NoneBefore(date("2027-10-01"));
    assert_eq!(on(&[first, second], "2026-01-01"), none);
    assert_eq!(on(&[first, second], "2027-10-01"), NextNotice::Second);
}

#[test]
fn a_notice_to_improve_runs_three_to_six_weeks() {
    let law = law();
    let rule = law.notice_to_improve(date("2026-01-01")).unwrap();
    let period = |to| Days { from: date("2026-01-05"), to: date(to) };
    assert!(!rule.fits(period("2026-01-24")) && rule.fits(period("2026-01-25")));
    assert!(rule.fits(period("2026-02-15")) && !rule.fits(period("2026-02-16")));
}

#[test]
fn ten_school_days_running_are_reported_and_a_session_in_school_breaks_the_run() {
    let law = law();
    let rule = law.attendance_return(date("2026-01-01")).unwrap();
    let days: Vec<String> =
        (8..=12).chain(15..=19).map(|day| format!("2025-09-{day:02}")).collect();
    let days: Vec<&str> = days.iter().map(String::as_str).collect();
    let mut all = marks(&days, "O");
    let run = Days { from: date("2025-09-08"), to: date("2025-09-19") };
    assert_eq!(rule.running(&all), Some(run));
    assert_eq!(rule.spells(&all), [Spell { days: run, school_days: 10, sessions: 20 }]);
    all[9].code = "\\".to_owned();
    assert_eq!(rule.running(&all), None);
    let spells: Vec<usize> = rule.spells(&all).iter().map(|spell| spell.school_days).collect();
    assert_eq!(spells, [4, 5], "the day on which the pupil came back is in neither");
}

#[test]
fn fifteen_days_of_illness_count_whether_running_or_not() {
    let law = law();
    let rule = law.sickness_return(date("2026-01-01")).unwrap();
    let days: Vec<String> = (1..=15).map(|day| format!("2025-10-{day:02}")).collect();
    let days: Vec<&str> = days.iter().map(String::as_str).collect();
    let mut all = marks(&days, "I");
    assert_eq!(rule.in_all(&all), (30, true));
    assert_eq!(rule.completed_on(&all), Some(date("2025-10-15")));
    all.pop();
    assert_eq!(rule.in_all(&all), (29, false));
    assert_eq!(rule.completed_on(&all), None);
}

#[test]
fn a_new_pupil_is_reported_in_five_days_and_the_normal_intake_is_not() {
    let law = law();
    let rule = law.new_pupil_return(date("2026-01-01")).unwrap();
    assert_eq!(rule.due(date("2026-01-05"), false), Some(date("2026-01-10")));
    assert_eq!(rule.due(date("2026-09-01"), true), None);
}

#[test]
fn a_deleted_name_is_reported_but_not_at_the_end_of_the_final_year() {
    let law = law();
    assert!(law.deletion_return(date("2024-08-18")).is_none());
    assert!(!law.deletion_return(date("2024-08-19")).unwrap().final_year);
}
