//! A pupil leaves, or moves inside the trust: the case closes, or goes on at the next school with what ran beside it.

use serde_json::{Value, json};

use crate::support::app::Client;
use crate::support::build::{class, id, school, text};
use crate::support::office::{Office, post};
use crate::support::run::wait_until;
use crate::support::weeks::send_marks;

const SECRET: &str = "Section 47 enquiry";

/// Stage 2 since December with a target from January, and beside the case a visit that was made, a plan, a meeting to come
/// and a monitoring period that was asked for.
fn in_mid_target() -> Office {
    let office = Office::by_the_clock(&json!({ "policy": "improvement-process" }), 2);
    let absent = |pupil, day: usize| (pupil > 1 && day.is_multiple_of(3)).then_some("I");
    for (from, to, closes) in [
        ("2026-09-02", "2026-10-23", "2026-10-23T17:00:00Z"),
        ("2026-11-02", "2026-12-18", "2026-12-18T18:00:00Z"),
    ] {
        office.on(to);
        send_marks(&office.lead, office.school, &[1, 2], (from, to), absent);
        let review = office.opens_at(closes);
        office.send_all(review);
    }
    assert_eq!(office.case(2)["stage"], "Stage 2");
    office.on("2027-01-18");
    let about = office.about(2, None);
    let visit = json!({ "made": false, "says": "Nobody at home" });
    let visit = json!({ "about": about, "day": "2027-01-15", "visit": visit });
    post(&office.lead, "/v1/visits", &visit);
    let items = json!([{ "what": "Later start", "who": "Tutor" }]);
    let basis = json!({ "sent_anyway": true });
    let plan = json!({ "about": about, "kind": "action_plan", "basis": basis, "items": items });
    post(&office.lead, "/v1/plans", &plan);
    let offer = json!({ "day": "2027-01-25", "at": "09:00:00", "place": "Room 3" });
    let meeting = json!({ "about": about, "kind": "clinic", "offer": offer });
    let meeting = post(&office.lead, "/v1/meetings", &meeting);
    let secret = json!({ "said": { "confidential": { "child_protection": SECRET } } });
    office.lead.post(&format!("{meeting}/notes"), &secret).expect(200);
    let period = json!({ "about": about, "asked": "LAAO", "why": "Two invitations, no answer" });
    post(&office.lead, "/v1/monitoring-periods", &period);
    office
}

/// The pupil goes to another school of the trust on 20 January; that school, and who leads there.
fn moves(office: &Office) -> (i32, Client) {
    let trust = id(&office.lead.get("/v1/trust").expect(200), "trust_id");
    let admin = office.app.client("trust_admin", trust);
    let next = school(&admin, 2, "primary");
    let there = class(&admin, next, "6X");
    let enrolments = admin.get(&format!("/v1/enrolments?pupil_id={}", office.pupil(2))).expect(200);
    let from = id(&enrolments["items"][0], "enrolment_id");
    let moved = json!({ "from_enrolment": from, "class_id": there, "first_day": "2027-01-20" });
    admin.post(&format!("/v1/pupils/{}/move", office.pupil(2)), &moved).expect(201);
    office.app.clock.set("2027-01-20T06:00:00Z");
    let lead = office.app.school_client("school_lead", trust, &[next]);
    wait_until("the case goes on there", || {
        let cases = lead.get(&format!("/v1/cases?school_id={next}")).expect(200);
        cases["items"].as_array().is_some_and(|cases| cases.len() == 1)
    });
    (next, lead)
}

fn items(client: &Client, path: &str) -> Vec<Value> {
    client.get(path).expect(200)["items"].as_array().unwrap().clone()
}

#[test]
fn the_school_that_goes_on_sees_what_ran_and_is_told_all_of_it_once() {
    let office = in_mid_target();
    let before = office.case(2);
    let (next, lead) = moves(&office);
    let case = items(&lead, &format!("/v1/cases?school_id={next}"))[0]["case_id"].clone();
    let told = lead.get(&format!("/v1/cases/{case}")).expect(200);
    assert_eq!((&told["predecessor"], &told["stage"]), (&before["case_id"], &json!("Stage 2")));
    let lines = told["timeline"].as_array().unwrap();
    let things: Vec<&str> = lines.iter().filter_map(|line| line["thing"].as_str()).collect();
    assert_eq!(things, ["visit", "plan", "meeting", "meeting", "monitoring"]);
    // What was done there step by step stands with the event that carries it on.
    let carried = lines.iter().find(|line| line["body"]["what"].get("carried").is_some()).unwrap();
    let because: Vec<&str> =
        carried["because"].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect();
    assert!(because[0].contains("School 1"), "{because:?}");
    assert!(because.iter().any(|line| line.contains("W-02")), "{because:?}");
    assert!(because.iter().any(|line| line.contains("letter \"stage-1\"")), "{because:?}");

    // One item tells what runs, with where it is; the visit is over.
    let actions = items(&lead, &format!("/v1/actions?school_id={next}&open=true"));
    let goes_on: Vec<&str> = actions
        .iter()
        .map(|action| action["says"].as_str().unwrap())
        .filter(|says| says.starts_with("goes on here from School 1"))
        .collect();
    let [says] = goes_on.as_slice() else { panic!("{actions:#?}") };
    for part in
        ["\"Stage 2\"", "target of 96%", "/v1/plans/", "/v1/meetings/", "/v1/monitoring-periods/"]
    {
        assert!(says.contains(part), "{part} in {says}");
    }
    assert!(!says.contains("/v1/visits/"), "{says}");

    // The school goes on with the plan as its own; at the school before it stands as it stood.
    let plan = items(&lead, &format!("/v1/plans?case_id={case}")).remove(0);
    let review = json!({ "says": "He is met at the gate here, too", "done": [0] });
    lead.post(&format!("/v1/plans/{}/reviews", plan["record_id"]), &review).expect(200);
    let old = items(&office.lead, &format!("/v1/plans?case_id={}", before["case_id"])).remove(0);
    assert_eq!(plan["carried_from"], old["record_id"]);
    assert_eq!(old["details"]["reviews"], json!([]));
    assert_eq!(office.lead.get(&format!("/v1/plans/{}", plan["record_id"])).status, 404);
    // Who sees both schools sees the pupil's plan once.
    let admin =
        office.app.client("trust_admin", id(&lead.get("/v1/trust").expect(200), "trust_id"));
    let both = items(&admin, &format!("/v1/plans?pupil_id={}", office.pupil(2)));
    assert_eq!(both.len(), 1, "{both:#?}");
    assert_eq!(both[0]["record_id"], plan["record_id"]);
    // What was done at the school before is in its own log, and not in this one's.
    let log = lead.get(&format!("/v1/schools/{next}/reports/log?from=2026-09-01&to=2027-01-20"));
    assert!(!log.text.contains("Nobody at home"), "{}", log.text);
}

#[test]
fn what_is_confidential_comes_along_for_those_alone_who_lead_on_safeguarding() {
    let office = in_mid_target();
    let (next, lead) = moves(&office);
    let meetings = format!("/v1/meetings?school_id={next}");
    let told = items(&lead, &meetings).remove(0);
    assert_eq!(told["confidential"]["child_protection"], SECRET);
    let trust = id(&lead.get("/v1/trust").expect(200), "trust_id");
    let teacher = office.app.school_client("teacher", trust, &[next]);
    let seen = teacher.get(&meetings);
    assert!(seen.text.contains("\"has_confidential\":true"), "{}", seen.text);
    assert!(!seen.text.contains(SECRET), "{}", seen.text);
}

#[test]
fn a_case_closes_with_its_pupil_or_goes_on_at_the_next_school() {
    let office = Office::by_the_clock(&json!({ "policy": "improvement-process" }), 3);
    let admin = office.app.client("trust_admin", 1);
    let next = school(&admin, 2, "primary");
    let there = class(&admin, next, "6X");
    office.on("2026-10-23");
    let absent = |pupil, day: usize| (pupil > 1 && day.is_multiple_of(3)).then_some("I");
    send_marks(&office.lead, office.school, &[1, 2, 3], ("2026-09-02", "2026-10-23"), absent);
    let review = office.opens_at("2026-10-23T17:00:00Z");
    office.send_all(review);
    office.on("2026-12-18");
    send_marks(&office.lead, office.school, &[1, 2, 3], ("2026-11-02", "2026-12-18"), absent);
    let review = office.opens_at("2026-12-18T18:00:00Z");
    office.send_all(review);
    let before = office.case(2);
    assert_eq!(before["stage"], "Stage 2");

    // In mid-target one moves inside the trust, and the other leaves it.
    office.on("2027-01-18");
    let enrolment = |pupil: i32| {
        let found = admin.get(&format!("/v1/enrolments?pupil_id={pupil}")).expect(200);
        id(&found["items"][0], "enrolment_id")
    };
    let moved = json!({ "from_enrolment": enrolment(office.pupil(2)), "class_id": there, "first_day": "2027-01-20" });
    admin.post(&format!("/v1/pupils/{}/move", office.pupil(2)), &moved).expect(201);
    let days = json!({ "first_day": "2026-09-02", "last_day": "2027-01-19" });
    admin.put(&format!("/v1/enrolments/{}/days", enrolment(office.pupil(3))), &days).expect(200);
    office.app.clock.set("2027-01-20T06:00:00Z");
    office.ran("leavers", "2027-01-20");

    let left = office.case(3);
    assert_eq!(left.get("stage"), None, "{left:#}");
    let last = left["timeline"]
        .as_array()
        .unwrap()
        .iter()
        .find(|event| event["body"]["rule"] == "W-left-roll")
        .unwrap();
    assert_eq!(last["body"]["what"]["moved"]["outcome"], "left the roll");
    assert_eq!((&last["recorded_by"], &last["role"]), (&json!("clockwork"), &json!("runner")));
    assert!(office.to_do().iter().any(|says| says.contains("where the pupil went")));

    let closed = office.case(2);
    assert_eq!(closed.get("stage"), None);
    let cases = admin.get(&format!("/v1/cases?school_id={next}")).expect(200);
    let [case] = cases["items"].as_array().unwrap().as_slice() else { panic!("{cases}") };
    let successor = admin.get(&format!("/v1/cases/{}", case["case_id"])).expect(200);
    for name in ["stage", "since", "steps", "target_to", "policy", "version"] {
        assert_eq!(successor[name], before[name], "{name}");
    }
    let carried = &successor["timeline"][0]["body"]["what"]["carried"];
    assert_eq!(
        (&carried["from"], &carried["state"]["flags"][0]),
        (&before["case_id"], &json!("medical evidence required"))
    );

    // The target goes on there, although that school follows nothing itself.
    let days = format!("/v1/schedules?limit=500&school_id={next}&from=2027-02-22&to=2027-02-22");
    let due = admin.get(&days).expect(200)["items"].clone();
    assert!(text(&due[0], "label").contains("1 case falls due"), "{due:#}");
}

/// A target of 96% from 4 January to 12 February: present at the old school until the move, and then at the next.
#[test]
fn a_target_counts_the_sessions_at_both_schools_each_as_it_has_them() {
    let office = in_mid_target();
    let here = |_, _| None;
    send_marks(&office.lead, office.school, &[2], ("2027-01-04", "2027-01-15"), here);
    let (next, lead) = moves(&office);
    let case = items(&lead, &format!("/v1/cases?school_id={next}"))[0]["case_id"].clone();
    let admin = office.app.client("trust_admin", 1);
    let read = || lead.get(&format!("/v1/cases/{case}/target")).expect(200);
    let sum = |told: &Value| ["attended", "possible"].map(|name| told[name].as_u64().unwrap());
    let told = read();
    assert_eq!((sum(&told), &told["standing"]), ([20, 20], &json!("kept")), "{told:#}");
    assert_eq!(
        (&told["schools"][0]["school_id"], sum(&told["schools"][0])),
        (&json!(office.school), [20, 20])
    );

    // Two days here, of which one is missed; the school before corrects one of its own.
    office.app.clock.set("2027-01-21T16:00:00Z");
    let absent = |_, day| (day == 1).then_some("I");
    send_marks(&lead, next, &[2], ("2027-01-20", "2027-01-21"), absent);
    let told = read();
    assert_eq!((sum(&told), sum(&told["schools"][1])), ([22, 24], [2, 4]), "{told:#}");
    send_marks(&office.lead, office.school, &[2], ("2027-01-05", "2027-01-05"), |_, _| Some("I"));
    let told = read();
    assert_eq!((sum(&told), sum(&told["schools"][0])), ([20, 24], [18, 20]), "{told:#}");
    let listed = items(&lead, &format!("/v1/targets?school_id={next}"));
    assert_eq!(listed, [told]);

    // When it is over, what is judged is both.
    let follow = format!("/v1/schools/{next}/policy/pathway/2026-09-01");
    admin.put(&follow, &json!({ "policy": "improvement-process" })).expect(200);
    office.app.clock.set("2027-02-22T18:00:00Z");
    send_marks(&lead, next, &[2], ("2027-01-22", "2027-02-22"), here);
    let review = {
        let mut found = None;
        wait_until("the review of the target's end", || {
            let reviews = items(&lead, &format!("/v1/reviews?school_id={next}"));
            let of_its_day = |one: &&Value| one["day"] == "2027-02-22";
            found = reviews.iter().find(of_its_day).map(|one| one["review_id"].clone());
            found.is_some()
        });
        found.unwrap()
    };
    let path = format!("/v1/reviews/{review}/items?pupil_id={}", office.pupil(2));
    let because = items(&lead, &path)[0]["because"].to_string();
    assert!(
        because.contains("for the target of 96% from 2027-01-04 to 2027-02-12: 52 of 56"),
        "{because}"
    );
}
