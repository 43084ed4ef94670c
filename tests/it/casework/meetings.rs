//! Meetings: who comes moves the case, and nobody says it twice.

mod concurrency;

use serde_json::{Value, json};

use crate::support::office::{Office, at_a_meeting, missed, post};
use crate::support::weeks::send_marks;

/// An offer of a meeting.
pub(super) fn offer(day: &str, parents: &[i32], agreed: bool) -> Value {
    json!({ "day": day, "at": "15:30:00", "place": "Room 3", "parents": parents, "others": ["Attendance Lead"],
        "agreed": agreed })
}

/// Records that nobody came on the day of a meeting; what became of the case.
pub(super) fn nobody(office: &Office, day: &str, meeting: &str) -> Value {
    office.on(day);
    let none = json!({ "others": ["Attendance Lead"] });
    office.lead.post(&format!("{meeting}/attendance"), &none).expect(200)["case"].clone()
}

fn calls(office: &Office) -> usize {
    office.to_do().iter().filter(|says| says.starts_with("call: agree a date")).count()
}

/// W-06, W-07: the parents do not come, nor to the additional time; the plan is sent anyway, and the target starts.
#[test]
fn parents_who_do_not_come_are_offered_another_time_and_then_the_plan_goes_out() {
    let office = at_a_meeting();
    assert_eq!(office.case(2)["stage"], "Stage 3, meeting");
    let mother = office.parent(2, "Ada");
    let meeting = offered_and_re_arranged(&office, mother);
    nobody_comes_twice(&office, &meeting, mother);
    the_plan_goes_out(&office);

    // The first meeting is corrected, which takes nothing back.
    office.app.clock.set("2027-03-08T11:00:00Z");
    let came = office.lead.post(&format!("{meeting}/attendance"), &json!({ "parents": [mother] }));
    let came = came.expect(200);
    assert_eq!(
        (&came["meeting"]["state"], &came["case"]["moved"]),
        (&json!("attended"), &json!(false))
    );
    assert_eq!(office.case(2)["stage"], "Stage 3");

    let told: Vec<String> =
        office.things(2).into_iter().map(|(thing, state)| format!("{thing} {state}")).collect();
    let missed = ["meeting offered", "meeting not attended"];
    let expected = [
        &["meeting offered", "meeting re-arranged", "meeting not attended"][..],
        &missed,
        &missed,
        &["plan sent anyway", "plan sent anyway", "meeting attended"],
    ]
    .concat();
    assert_eq!(told, expected);
}

/// A meeting without an agreed date opens a call; when the date is agreed the call falls away.
fn offered_and_re_arranged(office: &Office, mother: i32) -> String {
    let about = office.about(2, Some(("W-06", "meeting")));
    let body = json!({ "about": about, "offer": offer("2027-02-25", &[mother], false) });
    let key = [("idempotency-key", "meeting-1")];
    let offered = office.lead.json("POST", "/v1/meetings", &key, &body).expect(201);
    let again = office.lead.json("POST", "/v1/meetings", &key, &body).expect(201);
    assert_eq!(offered, again, "one key, one meeting");
    let kind = offered["meeting"]["details"]["kind"].as_str().unwrap();
    assert!(kind.starts_with("agree an action plan"), "{kind}");
    assert_eq!(calls(office), 1);
    let meeting = format!("/v1/meetings/{}", offered["meeting"]["record_id"]);
    let early = office.lead.post(&format!("{meeting}/attendance"), &json!({}));
    assert_eq!(early.problem(422), "invalid", "nobody can have missed it yet");
    let other = another_time(mother);
    office.lead.post(&format!("{meeting}/arrangement"), &other).expect(200);
    assert_eq!(calls(office), 0);
    let stale = [("if-match", offered["meeting"]["etag"].as_str().unwrap())];
    let late = office.lead.json("POST", &format!("{meeting}/arrangement"), &stale, &other);
    assert_eq!(late.problem(412), "precondition-failed");
    meeting
}

fn another_time(mother: i32) -> Value {
    json!({ "offer": offer("2027-02-26", &[mother], true), "reason": "She works on Thursdays" })
}

/// The policy itself offers another time, so the case goes there at once.
fn nobody_comes_twice(office: &Office, meeting: &str, mother: i32) {
    let case = nobody(office, "2027-02-26", meeting);
    assert_eq!((&case["moved"], &case["stage"]), (&json!(true), &json!("Stage 3, second meeting")));
    let arrangement = format!("{meeting}/arrangement");
    let over = office.lead.post(&arrangement, &another_time(mother)).expect(422);
    assert_eq!(over["errors"][0]["pointer"], "/offer", "it was missed: another is offered");
    // Two school days later is too soon to count; a week later counts.
    let second = |day| {
        let about = office.about(2, Some(("W-07", "meeting")));
        let body = json!({ "about": about, "offer": offer(day, &[mother], true) });
        let place = post(&office.lead, "/v1/meetings", &body);
        nobody(office, day, &place)
    };
    let case = second("2027-03-02");
    assert_eq!(
        (&case["moved"], &case["stage"]),
        (&json!(false), &json!("Stage 3, second meeting"))
    );
    assert!(case["says"].as_str().unwrap().contains("2027-03-05"), "{case}");
    let case = second("2027-03-08");
    assert_eq!((&case["moved"], &case["stage"]), (&json!(true), &json!("Stage 3")));
    assert!(office.letters().contains(&("action-plan".to_owned(), "held".to_owned())));
}

/// The plan is sent without the parents, and reviewed.
fn the_plan_goes_out(office: &Office) {
    let items = json!([{ "what": "Met at the side entrance", "who": "Learning mentor", "by_day": "2027-03-15" }]);
    let plan = json!({ "about": office.about(2, None), "kind": "action_plan", "basis": { "sent_anyway": true }, "items": items });
    let plan = post(&office.lead, "/v1/plans", &plan);
    assert!(office.letters().contains(&("action-plan".to_owned(), "waiting".to_owned())));
    let found = json!({ "says": "He is on time", "done": [0] });
    let plan = office.lead.post(&format!("{plan}/reviews"), &found).expect(200);
    assert_eq!(
        (&plan["state"], &plan["details"]["items"][0]["done_on"]),
        (&json!("sent anyway"), &json!("2027-03-08"))
    );
}

/// W-06 and O-11 in one: who came, the support agreed, the advice given; the plan is agreed and the target starts.
#[test]
fn a_mother_who_comes_moves_the_case_in_the_same_request() {
    let office = at_a_meeting();
    let (mother, stranger) = (office.parent(2, "Ada"), office.parent(1, "Eve"));
    let about = office.about(2, Some(("W-06", "meeting")));
    let wrong = json!({ "about": about, "offer": offer("2027-02-24", &[stranger], true) });
    assert_eq!(office.lead.post("/v1/meetings", &wrong).problem(422), "invalid");
    let twice = json!({ "about": about, "offer": offer("2027-02-24", &[mother, mother], true) });
    let twice = office.lead.post("/v1/meetings", &twice).expect(422);
    assert_eq!(twice["errors"][0]["pointer"], "/offer/parents");
    let body = json!({ "about": about, "offer": offer("2027-02-24", &[mother], true) });
    let meeting = post(&office.lead, "/v1/meetings", &body);
    office.on("2027-02-24");
    let said =
        json!({ "support": "Breakfast club", "advice": "A fine may follow if nothing improves" });
    let body = json!({ "parents": [mother], "others": ["Attendance Lead"], "said": said });
    let told = office.lead.post(&format!("{meeting}/attendance"), &body).expect(200);
    assert_eq!((&told["case"]["moved"], &told["case"]["stage"]), (&json!(true), &json!("Stage 3")));
    assert_eq!(told["meeting"]["details"]["support"], "Breakfast club");
    let plan = json!({ "about": office.about(2, Some(("W-06", "plan"))), "kind": "action_plan",
        "basis": { "agreed_with": [mother] }, "items": [{ "what": "Bus pass", "who": "Office" }] });
    post(&office.lead, "/v1/plans", &plan);
    assert!(
        !office.to_do().iter().any(|says| says.contains("action plan")),
        "{:?}",
        office.to_do()
    );
    let nobody = json!({ "about": office.about(2, None), "kind": "action_plan", "basis": { "agreed_with": [] },
        "items": [{ "what": "Bus pass", "who": "Office" }] });
    assert_eq!(office.lead.post("/v1/plans", &nobody).problem(422), "invalid");
}

/// H-08: the attendance clinic with the Head of School; the date that is agreed ends the call, and a policy that waits
/// for a review is not moved by who comes.
#[test]
fn an_attendance_clinic_with_an_agreed_date_ends_the_call_and_moves_nothing() {
    let office = Office::that_follows(&json!({ "policy": "high-attendance" }), 2);
    office.on("2027-07-21");
    let absent = |pupil, day: usize| (pupil == 2 && missed(day)).then_some("I");
    let year = ("2026-09-02", "2027-07-21");
    send_marks(&office.lead, office.school, &[1, 2], year, absent);
    for day in ["2026-10-23", "2026-12-18", "2027-02-12"] {
        let review = office.review(day);
        office.send_all(review);
    }
    let clinic = "agree a date for the attendance clinic";
    assert!(office.to_do().iter().any(|says| says.contains(clinic)));
    let mother = office.parent(2, "Ada");
    let body = json!({ "about": office.about(2, Some(("H-08", "meeting"))),
        "offer": offer("2027-02-23", &[mother], true) });
    let meeting = post(&office.lead, "/v1/meetings", &body);
    let kind = office.lead.get(&meeting).expect(200)["now"]["details"]["kind"].clone();
    assert!(kind.as_str().unwrap().starts_with("attendance clinic"), "{kind}");
    assert!(!office.to_do().iter().any(|says| says.contains(clinic)), "the date is agreed");
    let case = nobody(&office, "2027-02-23", &meeting);
    assert_eq!((&case["moved"], &case["stage"]), (&json!(false), &json!("after letter 3")));
}
