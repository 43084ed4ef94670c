//! What an answer says about itself, and whom it answers.

use serde_json::{Value, json};

use super::{Trust, cell, counts};
use crate::support::app::Client;
use crate::support::build::{self, calendar, class, marks, pupil, school};

const PRESENT: &str = "/\\/\\/\\/\\/\\";

#[test]
fn an_answer_names_its_definition_period_basis_versions_and_completeness() {
    let trust = Trust::new();
    trust.pupils(1..=1);
    trust.marks(&[(1, "2026-11-09", PRESENT)]);
    let answer = trust.trend("by=school");
    let definition = &answer["definition"];
    assert_eq!((&definition["name"], &definition["version"]), (&json!("dfe-daily"), &json!(1)));
    assert!(definition["text"].as_str().unwrap().contains("5 to 15 years old on 31 August"));
    assert!(definition["reference"].as_str().unwrap().contains("Department for Education"));
    assert!(definition["codes"].as_u64().unwrap() >= 1);
    assert_eq!(answer["period"], json!({ "year": 2026, "label": "2026/27" }));
    assert_eq!((&answer["by"], &answer["window"]), (&json!("school"), &json!("half_term")));
    assert!(answer["basis"].as_str().unwrap().contains("Enrolments, not pupils"));
    assert_eq!(answer["as_known_on"], "2026-11-18T10:00:00Z");
    assert_eq!(answer["versions"][0]["school_id"], trust.school);
    assert_eq!(
        answer["windows"],
        json!([
            { "key": "half-term-1", "label": "Autumn term, first half",
              "from": "2026-09-02", "to": "2026-10-25", "dates_differ": false, "schools": 1 },
            { "key": "half-term-2", "label": "Autumn term, second half",
              "from": "2026-10-31", "to": "2026-12-18", "dates_differ": false, "schools": 1 },
        ])
    );
    let (key, label) = (trust.school.to_string(), "School 1");
    let group = json!({ "key": key, "label": label, "school_id": trust.school,
        "parts": [{ "by": "school", "key": key, "label": label }] });
    assert_eq!(answer["series"][0]["group"], group);
    // Open from Wednesday 2 September, but for half term: 50 days before today, which is not over yet.
    assert_eq!(answer["completeness"], json!({ "expected": 100, "marked": 10, "percent": "10.0" }));
}

#[test]
fn every_write_that_figures_are_counted_from_moves_the_version_and_is_in_the_next_answer() {
    let trust = Trust::new();
    let version = || trust.trend("")["versions"][0]["version"].as_i64().unwrap();
    let mut last = version();
    let mut moved = |what: &str| {
        let now = version();
        assert!(now > last, "{what}: {now} is not after {last}");
        last = now;
    };
    let ann = pupil(&trust.admin, trust.school, trust.class, 1);
    moved("an enrolment");
    let place = format!("/v1/classes/{}/registers/2026-11-18/AM", trust.class);
    trust.admin.put(&place, &marks(&[(ann, "/")])).expect(200);
    moved("a register");
    let amendment = json!({ "reason": "Seen at the gate",
        "changes": [{ "date": "2026-11-18", "session": "AM", "mark": "L" }] });
    trust.admin.post(&format!("/v1/pupils/{ann}/marks/amendments"), &amendment).expect(201);
    moved("an amendment");
    assert_eq!(counts(&trust.year_to_date(), ["possible", "late"]), [1, 1]);
    trust.marks(&[(1, "2026-11-09", "IIIIIIIIII")]);
    moved("an import of marks");
    trust.roll(&[(2, "2015-03-14", "6", "6A", "2026-09-02")]);
    moved("an import of pupils");
    let mut shorter = calendar();
    shorter["closures"] = json!([{ "from": "2026-11-09", "to": "2026-11-13", "kind": "closure" }]);
    trust.admin.put(&format!("/v1/schools/{}/calendar/2026", trust.school), &shorter).expect(200);
    moved("a calendar");
    assert_eq!(counts(&trust.year_to_date(), ["possible", "absent"]), [1, 0], "closed after all");
    trust.admin.put(&place, &marks(&[(ann, "L"), (trust_pupil(&trust, 2), "/")])).expect(200);
    moved("a register saved again");
    assert_eq!(counts(&trust.year_to_date(), ["possible", "late"]), [2, 1]);
}

/// The pupil with a UPN number.
fn trust_pupil(trust: &Trust, number: u32) -> i32 {
    let found = trust.admin.get(&format!("/v1/pupils?upn={}", build::upn(number))).expect(200);
    build::id(&found["items"][0], "pupil_id")
}

#[test]
fn a_school_without_a_calendar_is_listed_as_such() {
    let trust = Trust::new();
    let body = json!({ "urn": "900002", "name": "New", "phase": "primary" });
    let new = build::id(&trust.admin.post("/v1/schools", &body).expect(201), "school_id");
    let answer = trust.trend("by=school");
    assert_eq!(answer["schools_without_calendar"], json!([new]));
    let groups = answer["series"].as_array().unwrap().iter().map(|one| one["group"]["key"].clone());
    assert_eq!(groups.collect::<Vec<_>>(), [trust.school.to_string()]);
    // In another year neither has one.
    let answer = trust.trend("by=school&year=2025");
    assert_eq!(answer["schools_without_calendar"], json!([trust.school, new]));
    assert_eq!((&answer["windows"], &answer["series"]), (&json!([]), &json!([])));
}

/// A second school, secondary, whose class 7A has UPN 7 in Year 7 with a week of absence.
fn second_school(trust: &Trust) -> (i32, i32) {
    let other = school(&trust.admin, 2, "secondary");
    let class = class(&trust.admin, other, "7A");
    let pupil = build::unenrolled(&trust.admin, other, 7, "2014-03-14");
    let enrolment =
        json!({ "pupil_id": pupil, "class_id": class, "year_group": 7, "first_day": "2026-09-02" });
    trust.admin.post("/v1/enrolments", &enrolment).expect(201);
    let file = format!("upn,week,marks\n{},2026-11-09,IIIIIIIII\\\n", build::upn(7));
    trust.admin.import(&format!("kind=marks&school_id={other}"), file.as_bytes());
    (other, class)
}

#[test]
fn an_answer_is_divided_and_filtered_by_school_phase_year_group_class_and_dates() {
    let trust = Trust::new();
    trust.pupils(1..=1);
    trust.marks(&[(1, "2026-11-09", "/I/\\/\\/\\/\\"), (1, "2026-09-07", PRESENT)]);
    let (other, class) = second_school(&trust);
    let absent = |question: &str| -> Vec<(Value, Value)> {
        let answer = trust.trend(&format!("window=year_to_date&{question}"));
        let series = answer["series"].as_array().unwrap().iter();
        series
            .map(|one| (one["group"]["label"].clone(), one["cells"][0]["absent"].clone()))
            .collect()
    };
    let both =
        |first: &str, second: &str| vec![(json!(first), json!(1)), (json!(second), json!(9))];
    assert_eq!(absent("by=trust"), [(json!("The trust"), json!(10))]);
    assert_eq!(absent("by=school"), both("School 1", "School 2"));
    assert_eq!(absent("by=phase"), both("primary", "secondary"));
    assert_eq!(absent("by=year_group"), both("Year 6", "Year 7"));
    assert_eq!(absent("by=class"), both("6A, School 1", "7A, School 2"));
    for filter in [
        format!("schools={other}"),
        "phases=secondary,special".to_owned(),
        "year_groups=7,8".to_owned(),
        format!("classes={class}"),
        format!("schools={other},{}&year_groups=7", trust.school),
    ] {
        assert_eq!(absent(&filter), [(json!("The trust"), json!(9))], "{filter}");
    }
    assert_eq!(absent("year_groups=8"), [(json!("The trust"), json!(0))]);
    let weeks = trust.trend("window=week&from=2026-11-10&to=2026-11-16");
    let keys = weeks["windows"].as_array().unwrap().iter().map(|one| one["key"].clone());
    assert_eq!(
        keys.collect::<Vec<_>>(),
        ["2026-W46", "2026-W47"],
        "every week that overlaps, whole"
    );
    assert_eq!(cell(&weeks, "trust", "2026-W46")["possible"], 20);
}

#[test]
fn what_another_trust_or_school_has_cannot_be_asked_about() {
    let trust = Trust::new();
    let elsewhere = trust.app.client("trust_admin", trust.app.trust("Elsewhere"));
    let theirs = school(&elsewhere, 1, "primary");
    let their_class = class(&elsewhere, theirs, "6A");
    let (other, other_class) = second_school(&trust);
    let refused = |client: &Client, filter: String| {
        let path = format!("/v1/analytics/trend?{filter}");
        assert_eq!(client.get(&path).problem(404), "not-found", "{filter}");
    };
    for (school, class) in [(theirs, their_class), (99_999, 99_999)] {
        refused(&trust.admin, format!("schools={school}"));
        refused(&trust.admin, format!("schools={},{school}", trust.school));
        refused(&trust.admin, format!("classes={class}"));
        refused(&trust.admin, format!("classes={},{class}", trust.class));
    }
    let office = trust.app.school_client("school_office", trust.id, &[trust.school]);
    refused(&office, format!("schools={other}"));
    refused(&office, format!("classes={other_class}"));
    let answer = office.get("/v1/analytics/trend?by=school&window=year_to_date").expect(200);
    assert_eq!(answer["series"].as_array().unwrap().len(), 1);
    assert_eq!(answer["versions"].as_array().unwrap().len(), 1);
    let whole = office.get("/v1/analytics/trend?window=year_to_date").expect(200);
    assert_eq!(cell(&whole, "trust", "year-to-date")["absent"], 0, "none of the other school's");
}

#[test]
fn a_question_that_makes_no_sense_is_refused_with_what_would() {
    let trust = Trust::new();
    for (question, pointer) in [
        ("by=colour", "?by"),
        ("phases=nursery", "?phases"),
        ("schools=1,,2", "?schools"),
        ("year_groups=seven", "?year_groups"),
        ("classes=", "?classes"),
    ] {
        let refused = trust.admin.get(&format!("/v1/analytics/trend?{question}"));
        assert_eq!(refused.problem(400), "bad-query", "{question}");
        assert_eq!(refused.body["errors"][0]["pointer"], pointer);
        assert_ne!(refused.body["errors"][0]["expected"], "");
    }
    for question in ["window=day", "definition=census", "year=1066", "from=today", "colour=red"] {
        let refused = trust.admin.get(&format!("/v1/analytics/trend?{question}"));
        assert_eq!(refused.problem(400), "bad-query", "{question}");
    }
}
