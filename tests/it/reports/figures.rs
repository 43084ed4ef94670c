//! Figures for people who see no child: the governors' summary and the assembly (rules H-13, S-05, S-09, S-10, S-14).

use serde_json::{Value, json};

use super::Hall;
use crate::support::build::{class, pupil};
use crate::support::facts::characteristic;
use crate::support::sql::Sql;
use crate::support::weeks::send_marks;

/// Twenty pupils, of whom seven miss every fourth day and three more are eligible for free school meals.
fn hall() -> Hall {
    let hall = Hall::of(20).follows("high-attendance");
    hall.marks(("2026-09-02", "2026-11-13"), |pupil, day| {
        (pupil <= 7 && day % 4 == 0).then_some("I")
    });
    let mut sql = Sql::of(&hall.app.database);
    let fsm = |sql: &mut Sql, pupil: i32| {
        let enrolment =
            sql.number(&format!("SELECT enrolment_id FROM enrolment WHERE pupil_id = {pupil}"));
        let (from, at) = ("2026-09-02".parse().unwrap(), hall.app.clock.now());
        characteristic(sql, enrolment.try_into().unwrap(), "fsm", from, Some("yes"), at);
    };
    for number in 1..=10 {
        fsm(&mut sql, hall.pupil(number));
    }
    hall
}

#[test]
fn governors_read_a_summary_with_no_child_in_it() {
    let hall = hall();
    // Neither the scheduler nor anybody else who sees no pupil is refused it.
    let runner = hall.app.client("runner", hall.trust);
    let path = format!("/v1/schools/{}/reports/governors", hall.school);
    let summary = runner.get(&path).expect(200);
    insta::assert_snapshot!(Hall::readable(&summary));
    assert_eq!(summary, hall.asked("reports/governors").expect(200).clone());
    assert!(!summary.to_string().contains("Surname") && !summary.to_string().contains("pupil_id"));
    assert_eq!(summary["rules"], json!(["H-councillors"]));

    // Seven of ten pupils with free school meals are persistently absent, and none of the others has missed anything:
    // with the total of seven each group would tell the other, so neither is shown.
    let fsm = summary["groups"].as_array().unwrap().iter().find(|one| one["by"] == "fsm").unwrap();
    for cell in fsm["cells"].as_array().unwrap() {
        assert_eq!((cell.get("pupils"), cell.get("persistent")), (None, None), "{cell}");
    }
    assert_eq!(summary["this_half_term"]["persistent"], 7);

    // One half term is not over yet, another is not of this year.
    for half_term in ["half-term-2", "half-term-9"] {
        let refused = hall.asked(&format!("reports/governors?half_term={half_term}"));
        assert_eq!(refused.body["errors"][0]["pointer"], "?half_term");
    }
}

#[test]
fn a_group_of_four_is_left_out_with_the_next_smallest_and_a_school_of_four_altogether() {
    let hall = hall();
    let mut sql = Sql::of(&hall.app.database);
    for number in 17..=20 {
        let pupil = hall.pupil(number);
        let enrolment =
            sql.number(&format!("SELECT enrolment_id FROM enrolment WHERE pupil_id = {pupil}"));
        let (from, at) = ("2026-09-02".parse().unwrap(), hall.app.clock.now());
        characteristic(&mut sql, enrolment.try_into().unwrap(), "sen", from, Some("ehcp"), at);
    }
    let summary = hall.asked("reports/governors").expect(200);
    let sen = summary["groups"].as_array().unwrap().iter().find(|one| one["by"] == "sen").unwrap();
    let keys: Vec<(&Value, bool)> = sen["cells"]
        .as_array()
        .unwrap()
        .iter()
        .map(|cell| (&cell["key"], cell.get("pupils").is_some()))
        .collect();
    assert_eq!(keys, [(&json!("ehcp"), false), (&json!("unrecorded"), false)]);

    let small = Hall::of(4);
    small.marks(("2026-09-02", "2026-11-13"), |_, _| None);
    let summary = small.asked("reports/governors").expect(200);
    assert_eq!((&summary["this_half_term"], &summary["text"]), (&json!({}), &json!([])));
}

#[test]
fn the_trophy_goes_to_the_class_with_the_highest_attendance_and_ties_share_it() {
    let hall = Hall::of(5);
    let others = ["6B", "6C", "6D"].map(|name| class(&hall.admin, hall.school, name));
    let mut number = 100;
    for (class, pupils) in others.into_iter().zip([5, 5, 4]) {
        for _ in 0..pupils {
            number += 1;
            pupil(&hall.admin, hall.school, class, number);
        }
    }
    let all: Vec<u32> = (1..=5).chain(101..=number).collect();
    // 6A and 6B miss a day each, 6C two; 6D is always there, and too small to be named.
    let week = ("2026-11-09", "2026-11-13");
    send_marks(&hall.admin, hall.school, &all, week, |pupil, day| match (pupil, day) {
        (1, 0) | (101, 3) | (106 | 107, 2) => Some("I"),
        _ => None,
    });
    let report = hall.asked("reports/classes").expect(200);
    assert_eq!((&report["window"], &report["trophy"]), (&json!("2026-W46"), &json!(["6A", "6B"])));
    assert_eq!(
        report["text"],
        "In the week of 9 November 2026 6A and 6B shared the highest attendance of all classes: 96.0%."
    );
    let places: Vec<(&str, Option<u64>)> = report["classes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["class"].as_str().unwrap(), one["place"].as_u64()))
        .collect();
    assert_eq!(places, [("6A", Some(1)), ("6B", Some(1)), ("6C", Some(3)), ("6D", None)]);
    assert!(!report.to_string().contains("Surname"));
    // The term so far is the same week; one that is not of the year is refused, one without a register has no words.
    let term = hall.asked("reports/classes?window=term-1").expect(200);
    assert_eq!(term["classes"], report["classes"]);
    let refused = hall.asked("reports/classes?window=2026-W44");
    assert_eq!(refused.body["errors"][0]["pointer"], "?window", "half term is no school week");
    let empty = hall.asked("reports/classes?window=2026-W40").expect(200);
    assert_eq!((&empty["trophy"], empty.get("text")), (&json!([]), None));
}
