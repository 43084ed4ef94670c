//! Letters that no rule sends: leave that is refused, an appointment, a Notice to Improve, an apology.

use serde_json::{Value, json};

use super::{office, parent};
use crate::support::office::Office;
use crate::support::weeks::send_marks;

/// An office with a mother of each of its pupils.
fn with_mothers() -> (Office, i64) {
    let (office, review) = office();
    let mother = json!({ "relationship": "mother", "priority": 1, "responsibility": true });
    for number in 1..=4 {
        parent(&office, office.pupil(number), &format!("Mother{number}"), &mother);
    }
    (office, review)
}

/// The one letter of a name.
fn letter(office: &Office, name: &str) -> Value {
    let letters =
        office.lead.get(&format!("/v1/letters?school_id={}&limit=500", office.school)).expect(200);
    let mut of_name = letters["items"].as_array().unwrap().iter().filter(|one| one["name"] == name);
    let one = of_name.next().unwrap_or_else(|| panic!("{name} in {letters:#}")).clone();
    assert!(of_name.next().is_none(), "{letters:#}");
    one
}

#[test]
fn leave_that_is_refused_is_acknowledged_with_the_reason() {
    let (office, _) = with_mothers();
    let body = json!({ "pupil_id": office.pupil(2), "first_day": "2026-11-12", "last_day": "2026-11-13",
        "reason": "A wedding", "requested_by": "Mother" });
    let asked = office
        .lead
        .post(&format!("/v1/schools/{}/leave-requests", office.school), &body)
        .expect(201);
    let decision = json!({ "granted": false, "reason": "these are days of mock examinations." });
    let path = format!("/v1/leave-requests/{}/decision", asked["leave_id"]);
    for _ in 0..2 {
        office.lead.post(&path, &decision).expect(200);
    }
    let letter = letter(&office, "leave-refused");
    let page = letter["copies"][0]["body"].as_str().unwrap();
    for says in [
        "On 23 October 2026 we were asked for leave of absence for Forename2 from 12 November 2026 to 13 November 2026.",
        "The reason is: these are days of mock examinations.",
        "Sam Reed\nHeadteacher",
    ] {
        assert!(page.contains(says), "{says:?} in {page}");
    }
    assert_eq!(letter["state"], "waiting");
}

#[test]
fn a_meeting_is_confirmed_by_a_letter_where_that_is_asked_for() {
    let (office, _) = with_mothers();
    let about = json!({ "school_id": office.school, "pupil_id": office.pupil(2) });
    let offer = json!({ "day": "2026-11-05", "at": "09:00:00", "place": "the library" });
    let body = json!({ "about": about, "kind": "informal", "offer": offer, "letter": true });
    office.lead.post("/v1/meetings", &body).expect(201);
    let letter = letter(&office, "appointment");
    let page = letter["copies"][0]["body"].as_str().unwrap();
    assert!(
        page.contains("We have set aside Thursday 5 November 2026 at 9:00 am: the library."),
        "{page}"
    );
}

#[test]
fn a_notice_to_improve_says_what_the_framework_asks_for_and_is_never_for_a_holiday() {
    let (office, _) = with_mothers();
    let give = |number: usize, days: (&str, &str)| {
        let body = json!({ "school_id": office.school, "from": days.0, "to": days.1,
            "support_given": "We met on 1 October.", "enough": "No unauthorised absence in these four weeks.",
            "ends_early": "when there is a further unauthorised absence in the first week." });
        office.lead.post(&format!("/v1/pupils/{}/notices-to-improve", office.pupil(number)), &body)
    };
    let weeks = ("2026-11-02", "2026-11-29");
    // Ill, and never unauthorised.
    assert_eq!(give(2, weeks).problem(422), "invalid");
    let absent = |pupil, day: usize| (day < 10).then_some(if pupil == 3 { "G" } else { "O" });
    send_marks(&office.lead, office.school, &[3, 4], ("2026-09-02", "2026-10-23"), absent);
    let holiday = give(3, weeks);
    assert_eq!(holiday.problem(422), "invalid");
    assert!(holiday.text.contains("other than holidays"), "{}", holiday.text);
    assert_eq!(give(4, ("2026-11-02", "2026-11-15")).pointers(), ["/to"]);
    assert_eq!(give(4, ("2026-10-22", "2026-11-15")).pointers(), ["/from"]);
    let given = give(4, weeks).expect(201);
    let page = given["copies"][0]["body"].as_str().unwrap();
    for says in [
        "Forename4 Surname4 has attended 56 of 76 sessions this school year (73.6%, 2 September 2026 to 23 October 2026).",
        "20 sessions were missed and could not be authorised",
        "section 7 of the Education Act 1996",
        "What we have done to help so far: We met on 1 October.",
        "We can offer a place at our breakfast club",
        "The notice runs from 2 November 2026 to 29 November 2026.",
        "No unauthorised absence in these four weeks.",
        "\u{a3}80 if it is paid within 21 days",
        "The notice may end before that day: when there is a further",
    ] {
        assert!(page.contains(says), "{says:?} in {page}");
    }
    let body = json!({ "school_id": office.school, "from": "2026-10-23", "to": "2026-11-15",
        "support_given": "We met.", "enough": "None.", "ends_early": "with one more." });
    let path = format!("/v1/pupils/{}/notices-to-improve", office.pupil(4));
    let key = [("idempotency-key", "to improve")];
    let before = office.lead.json("POST", &path, &key, &body).expect(201);
    // Sent again after midnight it is answered alike, and for the first time it would be too late.
    office.on("2026-10-24");
    assert_eq!(office.lead.json("POST", &path, &key, &body).expect(201), before);
    assert_eq!(office.lead.post(&path, &body).pointers(), ["/from"]);
}

#[test]
fn a_letter_that_loses_its_support_is_followed_by_an_apology_that_a_person_decides_on() {
    let (office, review) = with_mothers();
    office.send_all(review);
    let letters =
        office.lead.get(&format!("/v1/letters?school_id={}&limit=500", office.school)).expect(200);
    let of = |one: &&Value| one["pupil_id"] == office.pupil(2);
    let first = letters["items"].as_array().unwrap().iter().find(of).unwrap()["letter_id"].clone();
    let sent = json!({ "on": "2026-10-23", "how": "by post" });
    office.lead.post(&format!("/v1/letters/{first}/sent"), &sent).expect(200);
    // The absences were wrong, every one of them.
    let present = |_, _: usize| None;
    send_marks(&office.lead, office.school, &[2], ("2026-09-02", "2026-10-23"), present);
    office.rests();
    let apology = letter(&office, "correction");
    assert_eq!(apology["state"], "held", "{apology:#}");
    let decision = format!("/v1/letters/{}/decision", apology["letter_id"]);
    let released = office
        .lead
        .post(&decision, &json!({ "decide": "release", "reason": "We were wrong" }))
        .expect(200);
    let page = released["copies"][0]["body"].as_str().unwrap();
    for says in [
        "On 23 October 2026 we wrote to you about this: How we can help with Forename2's attendance.",
        "We are sorry that it was sent",
    ] {
        assert!(page.contains(says), "{says:?} in {page}");
    }
}
