//! A letter is a page that one would post: whose it is, when, to whom and where, about whom, and who signs. What nobody has
//! recorded is named before it leaves.

use serde_json::{Value, json};

use super::{office, parent};
use crate::support::build::{address, letterhead, policy};
use crate::support::office::{Office, improvement, post};
use crate::support::weeks::send_marks;

fn mother() -> Value {
    json!({ "relationship": "mother", "priority": 1, "responsibility": true })
}

/// The letter of that name about a pupil.
fn letter(office: &Office, pupil: i32, name: &str) -> Value {
    let letters =
        office.lead.get(&format!("/v1/letters?school_id={}&limit=500", office.school)).expect(200);
    let of = |one: &&Value| one["pupil_id"] == pupil && one["name"] == name;
    letters["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(of)
        .unwrap_or_else(|| panic!("{name} in {letters}"))
        .clone()
}

/// The page of the first parent.
fn page(letter: &Value) -> String {
    letter["copies"][0]["body"]
        .as_str()
        .unwrap_or_else(|| panic!("a page in {letter:#}"))
        .to_owned()
}

#[test]
fn a_page_has_the_school_the_day_the_parent_the_child_and_who_signs() {
    let (office, review) = office();
    let child = office.pupil(2);
    parent(&office, child, "First", &mother());
    office.send_all(review);
    let letter = letter(&office, child, "stage-1");
    let page = page(&letter);
    let head = "School 1\nElm Bank Road\nLarkrise\nZZ99 9AA\nTelephone 01632 960001\noffice@example.org\n\n\
        23 October 2026\n\n\
        Mx First\n12 Mill Lane, Larkrise, ZZ99 1AA\n\n\
        Forename2 Surname2, class 6A\nHow we can help with Forename2's attendance\n\n\
        Dear Mx First,\n\n";
    assert!(page.starts_with(head), "{page}");
    assert!(page.ends_with("Yours sincerely,\n\nJo Field\nAttendance Lead"), "{page}");
    for says in [
        "From 2 September 2026 to 23 October 2026 Forename2 has attended 56 of 76 sessions (73.6%).",
        "We can offer a place at our breakfast club and a talk with our family support worker.",
        "01632 960001 or office@example.org",
    ] {
        assert!(page.contains(says), "{says:?} in {page}");
    }
    let copy = &letter["copies"][0];
    assert_eq!(
        (&copy["dated"], &copy["letterhead"], &copy["language"], &copy["written_in"]),
        (&json!("2026-10-23"), &json!(1), &json!("en"), &json!("en"))
    );
}

/// The texts of that name of a list.
fn each(list: &Value, name: &str) -> Vec<String> {
    list.as_array().unwrap().iter().map(|one| one[name].as_str().unwrap().to_owned()).collect()
}

#[test]
fn what_is_not_recorded_is_named_and_the_letter_waits_for_it() {
    let (office, review) = office();
    let child = office.pupil(2);
    let path = format!("/v1/schools/{}/letterhead", office.school);
    office
        .lead
        .put(&path, &json!({ "name": "School 1", "email": "office@example.org" }))
        .expect(200);
    let person = json!({ "title": "Mrs", "surname": "Okafor", "language": "en" });
    let body = json!({ "person": person, "link": mother() });
    let added = office.lead.post(&format!("/v1/pupils/{child}/parents"), &body).expect(201);
    let who = &added["parent_id"];
    office.send_all(review);
    let held = letter(&office, child, "stage-1");
    let lacks = each(&held["lacks"], "pointer");
    let address_of = format!("/parents/{who}/address");
    let expected = [
        "/letterhead/address",
        "/letterhead/telephone",
        "/letterhead/signatories",
        "/letterhead/support",
        &address_of,
    ];
    assert_eq!(
        (&held["state"], &lacks[..]),
        (&json!("held"), &expected.map(str::to_owned)[..]),
        "{held:#}"
    );
    assert!(held.get("copies").is_none(), "{held:#}");

    let decision = format!("/v1/letters/{}/decision", held["letter_id"]);
    let release = json!({ "decide": "release", "reason": "It is due" });
    let refused = office.lead.post(&decision, &release);
    assert_eq!(refused.problem(422), "letter-incomplete");
    assert_eq!(
        each(&refused.body["errors"], "expected"),
        [
            "the school's postal address, on the school's letterhead",
            "the school's telephone number, on the school's letterhead",
            "who signs the letter, on the school's letterhead",
            "what help the school offers, on the school's letterhead",
            "a parent's postal address",
        ]
    );
    // A parent without an address keeps no other parent's letter back.
    office.lead.put(&path, &letterhead(1)).expect(200);
    let refused = office.lead.post(&decision, &release);
    assert_eq!(each(&refused.body["errors"], "expected"), ["a parent's postal address"]);
    parent(
        &office,
        child,
        "Second",
        &json!({ "relationship": "father", "priority": 2, "responsibility": true }),
    );
    let released = office.lead.post(&decision, &release).expect(200);
    assert_eq!(
        (&released["state"], &released["why"], &released["lacks"]),
        (&json!("waiting"), &Value::Null, &Value::Null)
    );
    assert_eq!(released["copies"][0]["why_not"], "no postal address is recorded for them");
    assert!(
        released["copies"][1]["body"].as_str().unwrap().contains("Dear Mx Second"),
        "{released:#}"
    );
}

#[test]
fn a_parent_is_written_to_in_their_language_or_offered_help_in_it() {
    let office = Office::that_follows(&json!({ "policy": "improvement-process" }), 4);
    let admin = office.app.client("trust_admin", 1);
    let mut folder = policy("improvement-process");
    folder["letters"]["stage-1.bn"] = json!(
        "Subject: {pupil}\n\n\u{9aa}\u{9cd}\u{9b0}\u{9bf}\u{9df} {parent}, {rate}%\n\n{signed}"
    );
    admin.put("/v1/policies/ours", &folder).expect(200);
    let place = format!("/v1/schools/{}/policy/pathway/2026-09-01", office.school);
    admin.put(&place, &json!({ "policy": "ours" })).expect(200);
    for (number, language) in [(2, "bn-Beng"), (3, "pl"), (4, "xx")] {
        let person = json!({ "surname": "A", "language": language, "contacts": address() });
        let body = json!({ "person": person, "link": mother() });
        office
            .lead
            .post(&format!("/v1/pupils/{}/parents", office.pupil(number)), &body)
            .expect(201);
    }
    office.on("2026-10-23");
    let absent = |_, day: usize| day.is_multiple_of(4).then_some("I");
    send_marks(&office.lead, office.school, &[2, 3, 4], ("2026-09-02", "2026-10-23"), absent);
    let review = office.review("2026-10-23");
    office.send_all(review);
    let of = |number: usize| letter(&office, office.pupil(number), "stage-1")["copies"][0].clone();
    let (bengali, polish, other) = (of(2), of(3), of(4));
    assert_eq!((&bengali["language"], &bengali["written_in"]), (&json!("bn-Beng"), &json!("bn")));
    assert!(bengali["body"].as_str().unwrap().contains("\u{9aa}\u{9cd}\u{9b0}"), "{bengali:#}");
    assert_eq!((&polish["language"], &polish["written_in"]), (&json!("pl"), &json!("en")));
    let page = polish["body"].as_str().unwrap();
    assert!(
        page.contains("Dear A") && page.lines().last().unwrap().contains("po polsku"),
        "{page}"
    );
    assert!(other["body"].as_str().unwrap().ends_with("Attendance Lead"), "{other:#}");
}

#[test]
fn an_invitation_carries_the_meeting_and_an_action_plan_waits_for_the_plan() {
    let office = improvement();
    office.parent(2, "Ada");
    let who = office.pupil(2);
    let path = format!("/v1/pupils/{who}/parents");
    let parents = office.lead.get(&path).expect(200);
    let link = json!({ "relationship": "mother", "priority": 1, "responsibility": true });
    let mother = &parents["parents"][0]["parent"]["parent_id"];
    office.lead.put(&format!("{path}/{mother}"), &link).expect(200);
    for day in ["2026-10-23", "2026-12-18", "2027-02-22"] {
        let review = office.review(day);
        office.send_all(review);
    }
    let invitation = page(&letter(&office, who, "stage-3"));
    for says in [
        "We invite you to meet Jo Field, Attendance Lead, who will listen",
        "to agree a day and a time that suit you. We meet in the meeting room beside the main entrance.",
    ] {
        assert!(invitation.contains(says), "{says:?} in {invitation}");
    }
    let offer = |day: &str| json!({ "day": day, "at": "15:30:00", "place": "Room 3" });
    let about = office.about(2, Some(("W-06", "meeting")));
    let body = json!({ "about": about, "offer": offer("2027-02-25") });
    let meeting = post(&office.lead, "/v1/meetings", &body);
    let invitation = page(&letter(&office, who, "stage-3"));
    assert!(
        invitation.contains("We have set aside Thursday 25 February 2027 at 3:30 pm: Room 3."),
        "{invitation}"
    );

    // Nobody comes, twice: the invitation is not sent any more, and the plan's letter waits for the plan.
    office.on("2027-02-26");
    office.lead.post(&format!("{meeting}/attendance"), &json!({})).expect(200);
    let stale = letter(&office, who, "stage-3")["letter_id"].clone();
    let sent = |on: &str| {
        office
            .lead
            .post(&format!("/v1/letters/{stale}/sent"), &json!({ "on": on, "how": "by post" }))
    };
    assert_eq!(sent("2027-02-26").problem(412), "precondition-failed");
    sent("2027-02-23").expect(200);
    office.record(2, "not attended");
    let held = letter(&office, who, "action-plan");
    assert_eq!(
        (&held["state"], &held["lacks"][0]["pointer"]),
        (&json!("held"), &json!("/fields/plan")),
        "{held:#}"
    );
    let items = json!([{ "what": "Ada is met at the side entrance", "who": "Learning mentor", "by_day": "2027-03-05" }]);
    let plan = json!({ "about": office.about(2, None), "kind": "action_plan", "basis": { "sent_anyway": true }, "items": items });
    post(&office.lead, "/v1/plans", &plan);
    let written = letter(&office, who, "action-plan");
    assert_eq!(written["state"], "waiting", "{written:#}");
    let says = "- Ada is met at the side entrance (Learning mentor, by 5 March 2027)";
    assert!(page(&written).contains(says), "{written:#}");
}
