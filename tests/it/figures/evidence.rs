//! Whether the register is whole: an authority asks for it before a referral and before a notice, and so does whoever
//! prepares one.

use serde_json::{Value, json};

use crate::support::build::id;
use crate::support::office::{Office, flowchart, post};

/// What the registers leave open about the second pupil, each as item, light and words.
fn open(office: &Office) -> [(String, String, String); 3] {
    let case = office.case(2)["case_id"].clone();
    let readiness = office.lead.get(&format!("/v1/cases/{case}/readiness")).expect(200);
    let checks = &readiness["checks"].as_array().unwrap()[..3];
    // Before a notice the same is asked.
    let notices = format!("/v1/pupils/{}/notices", office.pupil(2));
    assert_eq!(office.lead.get(&notices).expect(200)["registers"], json!(checks));
    let text = |check: &Value, name: &str| check[name].as_str().unwrap().to_owned();
    let told = |check: &Value| (text(check, "item"), text(check, "light"), text(check, "says"));
    [&checks[0], &checks[1], &checks[2]].map(told)
}

fn lights(office: &Office) -> [String; 3] {
    open(office).map(|(_, light, _)| light)
}

/// Amends the second pupil's mark of a morning.
fn amend(office: &Office, date: &str, mark: &str) {
    let change = json!({ "date": date, "session": "AM", "mark": mark });
    let body = json!({ "reason": "The register was wrong", "changes": [change] });
    let path = format!("/v1/pupils/{}/marks/amendments", office.pupil(2));
    office.lead.post(&path, &body).expect(201);
}

#[test]
fn marks_that_are_missing_are_named_once_their_day_is_over() {
    // From 2 September to 2 October every fourth of 23 school days is missed, 12 sessions with O.
    let office = flowchart();
    let [marks, reasons, others] = open(&office);
    assert_eq!((marks.0.as_str(), marks.1.as_str()), ("marks", "green"));
    assert_eq!(marks.2, "46 of 46 sessions from 2026-08-31 to 2026-10-05 have a mark");
    assert_eq!((reasons.0.as_str(), reasons.1.as_str()), ("reasons", "green"));
    assert_eq!((others.0.as_str(), others.1.as_str()), ("unexplained absence", "red"));
    assert!(others.2.starts_with("for 0 of 12 sessions with O"), "{}", others.2);
    assert!(
        others.2.contains("missing: 2026-09-02 AM, 2026-09-02 PM, 2026-09-08 AM"),
        "{}",
        others.2
    );

    // The morning's register of Monday is taken without a mark for the pupil, the afternoon's not at all.
    let class = office.lead.get(&format!("/v1/classes?school_id={}", office.school)).expect(200);
    let class = id(&class["items"][0], "class_id");
    let register = json!({ "marks": [
        { "pupil_id": office.pupil(1), "mark": "/" },
        { "pupil_id": office.pupil(2), "mark": null },
    ] });
    office.lead.put(&format!("/v1/classes/{class}/registers/2026-10-05/AM"), &register).expect(200);
    assert_eq!(lights(&office)[0], "green", "today's registers may still be taken");
    office.on("2026-10-06");
    let [marks, ..] = open(&office);
    let missing = "46 of 48 sessions from 2026-08-31 to 2026-10-06 have a mark; missing: 2026-10-05 AM, 2026-10-05 PM \
                   (register not taken)";
    assert_eq!((marks.1.as_str(), marks.2.as_str()), ("amber", missing));
}

/// A reason that waits is amber until it should have been established, five school days on, and red from then on.
#[test]
fn reasons_that_are_not_established_in_time_are_named() {
    let office = flowchart();
    office.on("2026-10-06");
    amend(&office, "2026-10-02", "N");
    let [_, reasons, _] = open(&office);
    assert_eq!(reasons.1, "amber");
    assert!(
        reasons.2.ends_with("wait for their reason (N); not established: 2026-10-02 AM"),
        "{}",
        reasons.2
    );
    amend(&office, "2026-09-18", "N");
    let [_, reasons, _] = open(&office);
    assert_eq!(reasons.1, "red");
    assert!(reasons.2.contains("2026-09-18 AM (more than 5 school days ago)"), "{}", reasons.2);
    office.on("2026-10-09");
    assert!(!open(&office)[1].2.contains("2026-10-02 AM (more"), "the fifth school day is in time");
    office.on("2026-10-12");
    assert!(open(&office)[1].2.contains("2026-10-02 AM (more"));
}

/// The flowchart on 12 October, with two reasons to be established.
fn with_open_reasons() -> Office {
    let office = flowchart();
    office.on("2026-10-06");
    amend(&office, "2026-10-02", "N");
    amend(&office, "2026-09-18", "N");
    office.on("2026-10-12");
    office
}

/// Somebody tells the school why the second pupil was away.
fn reason(office: &Office, day: &str, code: &str, reason: &str) {
    let why = json!({ "pupil_ids": [office.pupil(2)], "code": code, "reason": reason });
    let place = format!("/v1/schools/{}/contacts/{day}/reasons", office.school);
    post(&office.lead, &place, &why);
}

/// O is explained by what a parent reported, by leave that was refused, by a conversation, by a reason that was given.
#[test]
fn absences_that_nobody_explained_are_counted() {
    let office = with_open_reasons();
    let pupil = office.pupil(2);
    let reported = json!({ "pupil_id": pupil, "first_day": "2026-09-02", "reason": "A birthday", "reported_by": "Mother" });
    post(&office.lead, &format!("/v1/schools/{}/reported-absences", office.school), &reported);
    let leave = json!({ "pupil_id": pupil, "first_day": "2026-09-08", "last_day": "2026-09-08", "reason": "A wedding", "requested_by": "Father" });
    let leave = office.lead.post(&format!("/v1/schools/{}/leave-requests", office.school), &leave);
    let leave = id(&leave.expect(201), "leave_id");
    let left = |office: &Office| {
        let [.., others] = open(office);
        let (found, _) = others.2.strip_prefix("for ").unwrap().split_once(" sessions").unwrap();
        (others.1, found.to_owned())
    };
    assert_eq!(left(&office), ("amber".to_owned(), "2 of 11".to_owned()), "it was only asked for");
    let refused = json!({ "granted": false, "reason": "No exceptional circumstances" });
    office.lead.post(&format!("/v1/leave-requests/{leave}/decision"), &refused).expect(200);
    let call =
        json!({ "pupil_ids": [pupil], "whom": "Grandmother", "kind": "call", "reached": true });
    let attempts = format!("/v1/schools/{}/contacts/2026-09-14/attempts", office.school);
    post(&office.lead, &attempts, &call);
    assert_eq!(left(&office).1, "6 of 11");
    reason(&office, "2026-09-18", "O", "Mother: he would not get up");
    let [_, reasons, others] = open(&office);
    assert!(!reasons.2.contains("2026-09-18"), "{}", reasons.2);
    assert!(others.2.starts_with("for 7 of 12 sessions with O"), "{}", others.2);
}

/// A referral keeps what was open when it was prepared, and settled afterwards it stays so.
#[test]
fn a_referral_keeps_what_was_open_when_it_was_prepared() {
    let office = with_open_reasons();
    let body = json!({ "about": office.about(2, None), "to": "ewo", "name": "EWO", "why": "Irregular attendance" });
    let referral = post(&office.lead, "/v1/referrals", &body);
    for day in ["2026-09-18", "2026-10-02"] {
        reason(&office, day, "I", "Mother: a cold");
    }
    assert_eq!(lights(&office)[1], "green");
    let kept = office.lead.get(&referral).expect(200)["now"]["details"]["evidence"].clone();
    assert_eq!((&kept[1]["item"], &kept[1]["light"]), (&json!("reasons"), &json!("red")));
}

/// Nobody can tell which sessions were due in a year whose calendar is missing.
#[test]
fn without_a_calendar_the_register_cannot_be_whole() {
    let office = flowchart();
    office.app.clock.set("2027-11-01T10:00:00Z");
    let notices = format!("/v1/pupils/{}/notices", office.pupil(2));
    let registers = office.lead.get(&notices).expect(200)["registers"].clone();
    assert_eq!((&registers[0]["item"], &registers[0]["light"]), (&json!("marks"), &json!("red")));
    let says = registers[0]["says"].as_str().unwrap();
    assert!(says.contains("no calendar for 2027/28"), "{says}");
}
