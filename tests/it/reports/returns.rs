//! The returns to the local authority (School Attendance (Pupil Registration) (England) Regulations 2024, regulation 13).

use serde_json::{Value, json};

use super::Hall;
use crate::support::app::Client;
use crate::support::build::{id, unenrolled, upn};

/// The pupils of a return, by surname.
fn names(answer: &Value) -> Vec<&str> {
    let entries = answer["entries"].as_array().unwrap();
    entries.iter().map(|entry| entry["surname"].as_str().unwrap()).collect()
}

/// Adds a pupil with days of their own.
fn joins(
    hall: &Hall,
    number: u32,
    born: &str,
    (year_group, first, last): (i8, &str, Option<&str>),
) -> i32 {
    let pupil = unenrolled(&hall.admin, hall.school, number, born);
    let body = json!({
        "pupil_id": pupil, "class_id": hall.class, "year_group": year_group, "first_day": first, "last_day": last,
    });
    hall.admin.post("/v1/enrolments", &body).expect(201);
    pupil
}

#[test]
fn ten_school_days_running_are_reported_across_weekends_and_half_term() {
    let hall = Hall::of(5);
    // From Monday 19 October: five days before half term, five after it, to Friday 6 November.
    let run = ("2026-10-19", "2026-11-06");
    hall.marks(run, |pupil, day| match pupil {
        1 => Some(if day < 5 { "O" } else { "N" }),
        // Nine days and back.
        2 => (day != 4).then_some("O"),
        // Ill on one of them.
        3 => Some(if day == 4 { "I" } else { "O" }),
        // The school could not open for the pupil on one of them: the run goes on, and is nine days long.
        4 => Some(if day == 4 { "Y7" } else { "O" }),
        _ => None,
    });
    let found = hall.asked("returns/attendance").expect(200);
    let continuous = |answer: &Value| -> Vec<Value> {
        let entries = answer["entries"].as_array().unwrap().iter();
        let running = entries.filter(|entry| entry["reasons"][0]["kind"] == "continuous");
        running.map(|entry| json!([entry["surname"], entry["reasons"][0]["school_days"]])).collect()
    };
    assert_eq!(continuous(&found), [json!(["Surname1", 10])], "{found:#}");
    let first = &found["entries"][0]["reasons"][0];
    assert_eq!(
        (&first["first_day"], &first["last_day"]),
        (&json!("2026-10-19"), &json!("2026-11-06"))
    );
    assert_eq!((&first["sessions"], &first["codes"]), (&json!(20), &json!({ "N": 10, "O": 10 })));
    assert!(found["continuous"]["source"].as_str().unwrap().contains("regulation 13"));
    // All four have more than ten unauthorised sessions in ten school weeks, and do not attend regularly.
    assert_eq!(names(&found), ["Surname1", "Surname2", "Surname3", "Surname4"]);
    assert_eq!(found["entries"][0]["reasons"][1]["kind"], "irregular");

    // One more day makes it ten for the fourth; a reason found for the first takes the run away.
    hall.marks(("2026-11-09", "2026-11-09"), |pupil, _| (pupil == 4).then_some("O"));
    let change = json!({ "date": "2026-10-21", "session": "AM", "mark": "M" });
    let body = json!({ "reason": "Card seen", "school_id": hall.school, "changes": [change] });
    hall.lead.post(&format!("/v1/pupils/{}/marks/amendments", hall.pupil(1)), &body).expect(201);
    let found = hall.asked("returns/attendance").expect(200);
    assert_eq!(continuous(&found), [json!(["Surname4", 10])]);
    // What ended before the period is not reported again.
    let later = hall.asked("returns/attendance?from=2026-11-10").expect(200);
    assert_eq!(continuous(&later), Vec::<Value>::new());
}

#[test]
fn children_below_and_over_compulsory_age_are_in_neither_absence_return() {
    let hall = Hall::of(0);
    // Five in October: of compulsory age from 31 December. Sixteen last year: not since the last Friday in June.
    for (number, born) in [(1, "2021-10-01"), (2, "2010-03-14"), (3, "2015-03-14")] {
        joins(&hall, number, born, (6, "2026-09-02", None));
    }
    let away = |_: u32, day: usize| Some(if day < 12 { "O" } else { "I" });
    crate::support::weeks::send_marks(
        &hall.admin,
        hall.school,
        &[1, 2, 3],
        ("2026-09-02", "2026-11-13"),
        away,
    );
    let attendance = hall.asked("returns/attendance?from=2026-09-02").expect(200);
    assert_eq!(names(&attendance), ["Surname3"]);
    let sickness = hall.asked("returns/sickness").expect(200);
    assert_eq!(names(&sickness), ["Surname3"]);
}

#[test]
fn fifteen_days_of_illness_are_reported_once_they_are_reached_whether_running_or_not() {
    let hall = Hall::of(3);
    // The first: ten days running in September and five single days since; the second fourteen.
    hall.marks(("2026-09-02", "2026-11-13"), |pupil, day| {
        let single = [20, 25, 30, 35, 40];
        match pupil {
            1 if day < 10 || single.contains(&day) => Some("I"),
            2 if day < 10 || single[..4].contains(&day) => Some("I"),
            _ => None,
        }
    });
    let found = hall.asked("returns/sickness").expect(200);
    assert_eq!(names(&found), ["Surname1"]);
    insta::assert_snapshot!(Hall::readable(&found["entries"][0]));
    // The second is on the way there.
    let ahead = hall.asked("returns/sickness?days=14").expect(200);
    assert_eq!(names(&ahead), ["Surname1", "Surname2"]);
    assert_eq!(
        (&ahead["entries"][1]["reached"], &ahead["entries"][1]["sessions"]),
        (&json!(false), &json!(28))
    );
    // Reached on 4 November: not in a return for later days.
    let reached = found["entries"][0]["reached_on"].as_str().unwrap();
    let later = hall.asked("returns/sickness?from=2026-11-10").expect(200);
    assert!(names(&later).is_empty() && reached < "2026-11-10", "{reached}");
    let refused = hall.asked("returns/sickness?days=16");
    assert_eq!(refused.body["errors"][0]["pointer"], "?days");
}

/// Adds a mother with whom a pupil lives.
fn mother(client: &Client, pupil: i32) {
    let contacts = json!([
        { "kind": "address", "value": "1 Elm Road, Larkrise LR1 1AA" },
        { "kind": "mobile", "value": "07700 900123" },
        { "kind": "email", "value": "ngozi@example.org" },
    ]);
    let body = json!({
        "person": { "title": "Mrs", "forename": "Ngozi", "surname": "Okafor", "language": "en", "contacts": contacts },
        "link": { "relationship": "mother", "priority": 1, "lives_with": true },
    });
    client.post(&format!("/v1/pupils/{pupil}/parents"), &body).expect(201);
}

#[test]
fn a_new_pupil_is_reported_within_five_days_and_the_normal_intake_on_request() {
    let hall = Hall::of(0);
    joins(&hall, 1, "2022-03-14", (0, "2026-09-01", None));
    joins(&hall, 2, "2016-03-14", (5, "2026-09-01", None));
    joins(&hall, 3, "2022-04-14", (0, "2026-11-09", None));
    let late = joins(&hall, 4, "2015-03-14", (6, "2026-11-16", None));
    mother(&hall.admin, late);
    let found = hall.asked("returns/new-pupils?from=2026-09-01").expect(200);
    // Reception from the first day of the year is the normal intake; a new pupil in another year group is not, nor is
    // one who comes to reception later.
    assert_eq!(names(&found), ["Surname2", "Surname3", "Surname4"]);
    assert_eq!((&found["normal_intake"], &found["law"]["days"]), (&json!(1), &json!(5)));
    assert_eq!(found["entries"][2]["due"], "2026-11-21");
    let mrs = &found["entries"][2]["parents"][0];
    assert_eq!(
        (&mrs["name"], &mrs["addresses"][0]),
        (&json!("Mrs Ngozi Okafor"), &json!("1 Elm Road, Larkrise LR1 1AA"))
    );
    assert_eq!(mrs["telephones"], json!(["07700 900123"]));
    let all = hall.asked("returns/new-pupils?from=2026-09-01&intake=true").expect(200);
    assert_eq!(names(&all), ["Surname1", "Surname2", "Surname3", "Surname4"]);
    assert_eq!(all["entries"][0].get("due"), None, "the authority says by when");

    let csv = hall.asked("returns/new-pupils?format=csv");
    assert_eq!(csv.header("content-type"), Some("text/csv; charset=utf-8"));
    let (key, last) = csv.text.lines().last().unwrap().split_once(',').unwrap();
    let number = upn(4);
    let parent =
        "Mrs Ngozi Okafor (mother, lives with); 1 Elm Road, Larkrise LR1 1AA; 07700 900123";
    let expected = format!(
        "{number},Surname4,Forename4,2015-03-14,,6A,6,2026-11-16,,\"{parent}\",2026-11-21,false"
    );
    assert_eq!((key, last), (late.to_string().as_str(), expected.as_str()));
}

#[test]
fn a_name_is_reported_before_it_is_deleted_and_a_pupil_who_ends_the_final_year_on_request() {
    let hall = Hall::of(0);
    let mover = joins(&hall, 1, "2015-03-14", (6, "2026-09-02", None));
    joins(&hall, 2, "2016-03-14", (5, "2026-09-02", Some("2026-11-27")));
    joins(&hall, 3, "2016-03-14", (6, "2026-09-02", Some("2027-07-21")));
    joins(&hall, 4, "2017-03-14", (4, "2026-09-02", Some("2027-07-21")));
    let other = crate::support::build::school(&hall.admin, 2, "secondary");
    let class = crate::support::build::class(&hall.admin, other, "7A");
    let list = hall.admin.get(&format!("/v1/enrolments?pupil_id={mover}")).expect(200);
    let from = id(&list["items"][0], "enrolment_id");
    let body = json!({ "from_enrolment": from, "class_id": class, "first_day": "2026-11-16" });
    hall.admin.post(&format!("/v1/pupils/{mover}/move"), &body).expect(201);

    let path = format!("/v1/schools/{}/returns/deletions", hall.school);
    let month = hall.admin.get(&path).expect(200);
    assert_eq!(
        month["period"],
        json!({ "from": "2026-11-01", "to": "2026-11-30", "year": "2026/27" })
    );
    assert_eq!(names(&month), ["Surname1", "Surname2"]);
    assert_eq!(month["entries"][0]["next_school"]["school"], "School 2");
    assert_eq!(
        (&month["entries"][1]["due"], month["entries"][1].get("next_school")),
        (&json!("2026-11-27"), None)
    );
    // The school's own lead does not see where the pupil went.
    let own = hall.asked("returns/deletions").expect(200);
    assert_eq!(own["entries"][0].get("next_school"), None);

    let summer = hall.asked("returns/deletions?from=2027-07-01&to=2027-07-31").expect(200);
    assert_eq!((names(&summer), &summer["final_year"]), (vec!["Surname4"], &json!(1)));
    let asked =
        hall.asked("returns/deletions?from=2027-07-01&to=2027-07-31&final_year=true").expect(200);
    assert_eq!(names(&asked), ["Surname3", "Surname4"]);
}

#[test]
fn before_the_present_law_there_is_no_return_of_its_kind() {
    let hall = Hall::of(0);
    crate::support::roll::class_of_2023(&hall.admin, hall.school, "1A");
    for report in ["attendance", "sickness", "new-pupils", "deletions"] {
        let refused = hall.asked(&format!("returns/{report}?from=2024-05-01&to=2024-05-31"));
        assert_eq!(refused.problem(400), "bad-query", "{report}");
        assert_eq!(refused.body["errors"][0]["pointer"], "?to");
    }
}
