//! Broken weeks: printed on Wednesday with the list, read on Thursday with the family (rule H-02).

use serde_json::{Value, json};

use super::Hall;

/// The first is away on the Mondays of four weeks; the second never; the third is late on Fridays.
fn hall() -> Hall {
    let hall = Hall::of(3).follows("high-attendance");
    // The first school day is Wednesday 2 September: Mondays are the school days 3, 8, 13, ...
    hall.marks(("2026-09-02", "2026-10-23"), |pupil, day| match pupil {
        1 if day % 5 == 3 && day < 20 => Some("O"),
        3 if day % 5 == 2 => Some("L"),
        _ => None,
    });
    hall
}

#[test]
fn a_pupils_weeks_stand_day_by_day_with_what_stands_out_and_what_was_said() {
    let hall = hall();
    hall.app.clock.set("2026-10-21T10:00:00Z");
    let review = format!("/v1/schools/{}/reviews/2026-10-21", hall.school);
    let review = hall.lead.post(&review, &json!({})).expect(201)["review_id"].clone();
    let said = json!({ "pupil_id": hall.pupil(1), "says": "He helps his father at the market on Mondays" });
    hall.lead.post(&format!("/v1/reviews/{review}/feedback"), &said).expect(201);
    hall.app.clock.set("2026-11-18T10:00:00Z");

    let path = format!("/v1/pupils/{}/broken-weeks?from=2026-09-14&to=2026-10-02", hall.pupil(1));
    let one = hall.lead.get(&path).expect(200);
    insta::assert_snapshot!(Hall::readable(&one));

    let path = format!("/v1/pupils/{}/broken-weeks", hall.pupil(1));
    let whole = hall.lead.get(&path).expect(200);
    assert_eq!(whole["discussed"][0]["says"], said["says"]);
    let patterns: Vec<&Value> =
        whole["stays"][0]["patterns"].as_array().unwrap().iter().map(|one| &one["says"]).collect();
    assert_eq!(patterns, ["8 of 8 missed sessions fall on a Monday"]);

    // All of the school who missed anything, or those on the list of the review: the second was there every day.
    let list = hall.asked("reports/broken-weeks").expect(200);
    assert_eq!(hall.numbers(&list["pupils"]["items"]), [1], "{list:#}");
    assert_eq!(list["pupils"]["items"][0]["weeks"], whole["stays"][0]["weeks"]);
    let listed = hall.asked(&format!("reports/broken-weeks?review_id={review}")).expect(200);
    let on_list: Vec<usize> = hall.numbers(&listed["pupils"]["items"]);
    assert_eq!(on_list, [1]);
    let late = format!("/v1/pupils/{}/broken-weeks", hall.pupil(3));
    let late = hall.lead.get(&late).expect(200);
    assert_eq!(late["stays"][0]["patterns"][0]["kind"], "late");
    assert_eq!(late["stays"][0]["broken"], 0, "late is not absent");
}

#[test]
fn a_pupil_who_moved_has_weeks_at_both_schools_and_nobody_else_sees_them() {
    let hall = hall();
    let elsewhere = crate::support::build::school(&hall.admin, 3, "primary");
    let stranger = hall.app.school_client("school_lead", hall.trust, &[elsewhere]);
    let path = format!("/v1/pupils/{}/broken-weeks", hall.pupil(1));
    assert_eq!(stranger.get(&path).problem(404), "not-found");
    let wrong = hall.lead.get(&format!("{path}?from=2026-10-02&to=2026-09-14"));
    assert_eq!(wrong.problem(400), "bad-query");
    assert_eq!(wrong.body["errors"][0]["pointer"], "?from");
    let ahead = hall.lead.get(&format!("{path}?to=2026-11-19"));
    assert_eq!(ahead.body["errors"][0]["pointer"], "?to");
    let other = hall.asked("reports/broken-weeks?review_id=999999");
    assert_eq!(other.problem(404), "not-found");

    // From November the pupil is at another school of the trust.
    let other = crate::support::build::school(&hall.admin, 2, "primary");
    let class = crate::support::build::class(&hall.admin, other, "6B");
    let list = hall.admin.get(&format!("/v1/enrolments?pupil_id={}", hall.pupil(1))).expect(200);
    let from = &list["items"][0]["enrolment_id"];
    let body = json!({ "from_enrolment": from, "class_id": class, "first_day": "2026-11-02" });
    hall.admin.post(&format!("/v1/pupils/{}/move", hall.pupil(1)), &body).expect(201);
    let schools = |client: &crate::support::app::Client| -> Vec<Value> {
        let stays = client.get(&path).expect(200)["stays"].clone();
        stays.as_array().unwrap().iter().map(|stay| stay["school"].clone()).collect()
    };
    assert_eq!(schools(&hall.admin), ["School 1", "School 2"]);
    assert_eq!(schools(&hall.lead), ["School 1"], "a school sees its own");
}
