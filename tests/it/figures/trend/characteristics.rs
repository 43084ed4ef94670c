//! By what is known of pupils: one characteristic or several crossed, and who is kept by them.

use serde_json::json;

use super::{Trust, counts};
use crate::support::facts::{characteristic, pupil_field};
use crate::support::sql::Sql;

/// Three pupils with a week of marks; the first two are girls, of whom the first has been eligible for free school meals
/// since the second Wednesday of November.
fn trust() -> Trust {
    let trust = Trust::new();
    trust.pupils(1..=3);
    trust.marks(&[
        (1, "2026-11-09", "II/\\/\\/\\/\\"),
        (2, "2026-11-09", "/\\/\\/\\/\\/\\"),
        (3, "2026-11-09", "OOOO/\\/\\/\\"),
    ]);
    let mut sql = Sql::of(&trust.app.database);
    let enrolments = sql.texts("SELECT enrolment_id FROM enrolment ORDER BY 1");
    let enrolments: Vec<i32> = enrolments.iter().map(|text| text.parse().unwrap()).collect();
    let (at, from) = (trust.app.clock.now(), "2026-11-11".parse().unwrap());
    characteristic(&mut sql, enrolments[0], "fsm", from, Some("yes"), at);
    for enrolment in &enrolments[..2] {
        pupil_field(&mut sql, *enrolment, "sex", "F", at);
    }
    trust
}

#[test]
fn groups_are_crossed_in_the_order_asked_and_those_without_a_pupil_are_left_out() {
    let trust = trust();
    let answer = trust.trend("window=year_to_date&by=fsm,sex");
    assert_eq!(answer["by"], "fsm,sex");
    let groups: Vec<_> = answer["series"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["group"]["key"].clone())
        .collect();
    assert_eq!(groups, ["yes,F", "unrecorded,F", "unrecorded,unrecorded"]);
    let group = json!({ "key": "yes,F", "label": "Eligible for free school meals, Female", "parts": [
        { "by": "fsm", "key": "yes", "label": "Eligible for free school meals" },
        { "by": "sex", "key": "F", "label": "Female" },
    ] });
    assert_eq!(answer["series"][0]["group"], group);
    let label = &answer["series"][1]["group"]["label"];
    assert_eq!(label, "Free school meals: not recorded, Female");
    let cell = trust.cell("window=year_to_date&by=fsm,sex", "yes,F", "year-to-date");
    assert_eq!(counts(&cell, ["possible", "absent"]), [10, 2]);
    assert!(
        answer["basis"]
            .as_str()
            .unwrap()
            .contains("characteristic: what holds at the window's end")
    );
}

#[test]
fn a_filter_keeps_who_has_one_of_the_values_at_the_windows_end() {
    let trust = trust();
    let absent = |question: &str| {
        let cell = trust.cell(&format!("window=half_term&{question}"), "trust", "half-term-2");
        counts(&cell, ["possible", "absent"])
    };
    assert_eq!(absent("fsm=yes"), [10, 2], "eligible only since Wednesday, and at the end of it");
    assert_eq!(absent("fsm=no"), [0, 0], "of nobody has it been said");
    assert_eq!(absent("fsm=unrecorded"), [20, 4]);
    assert_eq!(absent("fsm=yes,unrecorded"), [30, 6]);
    assert_eq!(absent("fsm=unrecorded&sex=F"), [10, 0]);
    assert_eq!(absent("sex=unrecorded&sen=unrecorded&eal=unrecorded"), [10, 4]);
    assert_eq!(absent("sen=support,ehcp"), [0, 0]);
}

#[test]
fn a_division_or_filter_that_makes_no_sense_is_told_what_would() {
    let trust = Trust::new();
    for (question, place, expected) in [
        ("by=height", "?by", "trust, or up to 3 of school, phase, year_group, class, sex, fsm"),
        ("by=fsm,trust", "?by", "trust, or up to 3 of"),
        ("by=fsm,sen,sex,school", "?by", "trust, or up to 3 of"),
        ("by=fsm,fsm", "?by", "fsm only once"),
        ("by=", "?by", "trust, or up to 3 of"),
        ("sen=yes", "?sen", "none or support or ehcp or unrecorded"),
        ("sex=X", "?sex", "F, M or unrecorded"),
    ] {
        let refused = trust.admin.get(&format!("/v1/analytics/trend?{question}"));
        assert_eq!(refused.problem(400), "bad-query", "{question}");
        let error = &refused.body["errors"][0];
        assert_eq!(error["pointer"], place, "{question}");
        assert!(error["expected"].as_str().unwrap().starts_with(expected), "{question}: {error}");
    }
}
