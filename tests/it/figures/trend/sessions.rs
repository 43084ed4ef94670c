//! Which sessions count as what.

use serde_json::{Value, json};

use super::{Trust, counts};
use crate::support::build::{self, marks};

const SESSIONS: [&str; 6] =
    ["possible", "absent", "authorised", "unauthorised", "late", "approved_activity"];

#[test]
fn absence_is_authorised_or_not_and_activities_elsewhere_are_attendance() {
    let trust = Trust::new();
    trust.pupils(1..=1);
    trust.marks(&[(1, "2026-11-09", "/\\I\\MGNBVK"), (1, "2026-11-02", "C1C2EJ1RSTOPW")]);
    assert_eq!(counts(&trust.year_to_date(), SESSIONS), [20, 12, 9, 3, 0, 5]);
}

#[test]
fn late_is_l_and_u_and_only_u_is_absence() {
    let trust = Trust::new();
    trust.pupils(1..=1);
    trust.marks(&[(1, "2026-11-09", "LLUU/\\/\\/\\")]);
    let cell = trust.year_to_date();
    assert_eq!(counts(&cell, SESSIONS), [10, 2, 0, 2, 4, 0]);
    assert_eq!(
        (&cell["late_percent"], &cell["attendance_percent"]),
        (&json!("40.0"), &json!("80.0"))
    );
}

#[test]
fn an_interview_was_attendance_in_2023_and_is_absence_since_august_2024() {
    let trust = Trust::new();
    let terms = json!([{ "name": "Autumn term", "from": "2023-09-04", "to": "2023-12-21" }]);
    let path = format!("/v1/schools/{}/calendar/2023", trust.school);
    trust.admin.put(&path, &json!({ "terms": terms })).expect(200);
    trust.roll(&[(1, "2015-03-14", "3", "3A", "2023-09-04")]);
    trust.marks(&[(1, "2023-11-13", "JJ/\\/\\/\\/\\"), (1, "2026-11-09", "J1J1/\\/\\/\\/\\")]);
    let then = trust.cell("year=2023&window=year_to_date", "trust", "year-to-date");
    assert_eq!(counts(&then, SESSIONS), [10, 0, 0, 0, 0, 2]);
    assert_eq!(counts(&trust.year_to_date(), SESSIONS), [10, 2, 2, 0, 0, 0]);
}

#[test]
fn sessions_that_nobody_could_attend_are_not_possible_and_give_no_figure() {
    let trust = Trust::new();
    trust.pupils(1..=1);
    trust.marks(&[(1, "2026-11-09", "XXDDY1Y7QQZ#")]);
    let cell = trust.cell("window=half_term", "trust", "half-term-2");
    assert_eq!(counts(&cell, SESSIONS), [0; 6]);
    for name in ["attendance", "absence", "authorised", "unauthorised", "late"] {
        assert_eq!(cell[format!("{name}_percent")], Value::Null, "neither 0% nor 100%");
    }
    for persistence in [&cell["persistence"], &cell["persistence_to_date"]] {
        assert_eq!(super::persistence(persistence), [0, 0, 0]);
        assert_eq!(persistence["persistent_percent"], Value::Null);
        assert_eq!(persistence["severe_percent"], Value::Null);
    }
    // The marks are there all the same.
    assert_eq!(cell["completeness"]["marked"], 10);
}

#[test]
fn a_missing_mark_is_neither_presence_nor_absence_and_shows_in_the_completeness() {
    let trust = Trust::new();
    trust.pupils(1..=2);
    trust.marks(&[(1, "2026-11-09", "/\\/I------"), (2, "2026-11-09", "/\\/\\/\\/\\/\\")]);
    let cell = trust.cell("window=week", "trust", "2026-W46");
    assert_eq!(counts(&cell, ["possible", "absent"]), [14, 1]);
    let complete = json!({ "expected": 20, "marked": 14, "percent": "70.0" });
    assert_eq!(cell["completeness"], complete);
}

#[test]
fn a_register_that_nobody_took_shows_in_its_class() {
    let trust = Trust::new();
    trust.pupils(1..=1);
    let other = build::class(&trust.admin, trust.school, "6B");
    build::pupil(&trust.admin, trust.school, other, 2);
    trust.marks(&[(1, "2026-11-09", "/\\/\\/\\/\\/\\")]);
    let classes = trust.trend("by=class&window=week&from=2026-11-09&to=2026-11-15");
    let taken = super::cell(&classes, &trust.class.to_string(), "2026-W46");
    let missing = super::cell(&classes, &other.to_string(), "2026-W46");
    let completeness = |cell: &Value| counts(&cell["completeness"], ["expected", "marked"]);
    assert_eq!((completeness(&taken), completeness(&missing)), ([10, 10], [10, 0]));
    assert_eq!(missing["completeness"]["percent"], "0.0");
    assert_eq!(missing["attendance_percent"], Value::Null, "no marks are no attendance");
    assert_eq!(classes["completeness"], json!({ "expected": 20, "marked": 10, "percent": "50.0" }));
}

#[test]
fn percentages_are_rounded_and_attendance_and_absence_make_100() {
    let trust = Trust::new();
    trust.pupils(1..=12);
    let present = "/\\/\\/\\/\\/\\";
    let mut weeks: Vec<(u32, &str, &str)> =
        (2..=11).map(|number| (number, "2026-11-09", present)).collect();
    weeks.extend([(1, "2026-11-09", "IIIIIIIIII"), (12, "2026-11-09", "/---------")]);
    trust.marks(&weeks);
    let cell = trust.year_to_date();
    assert_eq!(counts(&cell, ["possible", "absent"]), [111, 10]);
    // 9.009...%, and what is left of 100.0. Cut, they would be 9.0 and 90.9.
    assert_eq!(
        (&cell["attendance_percent"], &cell["absence_percent"]),
        (&json!("91.0"), &json!("9.0"))
    );
    // 1 of 12 enrolments.
    assert_eq!(cell["persistence_to_date"]["persistent_percent"], "8.3");
}

#[test]
fn leave_that_was_entered_beforehand_counts_once_the_registers_have_come_to_it() {
    let trust = Trust::new();
    let pupil = build::pupil(&trust.admin, trust.school, trust.class, 1);
    trust.marks(&[(1, "2026-11-16", "/\\/\\/-CCCC")]);
    assert_eq!(counts(&trust.year_to_date(), ["possible", "absent"]), [5, 0]);
    trust.app.clock.set("2026-11-20T09:00:00Z");
    let path = format!("/v1/classes/{}/registers/2026-11-20/AM", trust.class);
    trust.admin.put(&path, &marks(&[(pupil, "C")])).expect(200);
    assert_eq!(counts(&trust.year_to_date(), ["possible", "absent"]), [8, 3]);
}
