//! What a school need not remember: reviews open by its own calendar and clock, and actions tell that they are overdue.

use serde_json::{Value, json};

use crate::support::build::{class, pupil, school, text};
use crate::support::office::Office;
use crate::support::weeks::send_marks;

/// The reviews in a part of the schedule: due, label and state.
fn reviews(office: &Office, query: &str) -> Vec<[String; 3]> {
    let path = format!("/v1/schedules?limit=500&school_id={}&{query}", office.school);
    let items = office.lead.get(&path).expect(200);
    let items = items["items"].as_array().unwrap().iter();
    let told = |item: &Value| ["due", "label", "state"].map(|name| text(item, name).to_owned());
    items.filter(|item| item["kind"] == "review").map(told).collect()
}

#[test]
fn h_lists_on_wednesday_chases_the_silent_on_friday_and_decides_with_the_digest() {
    let office = Office::by_the_clock(&json!({ "policy": "high-attendance" }), 2);
    let other = class(&office.lead, office.school, "6B");
    let second = pupil(&office.lead, office.school, other, 3);
    office.on("2026-10-20");
    let absent = |pupil, day: usize| (pupil > 1 && day.is_multiple_of(4)).then_some("I");
    let weeks = ("2026-09-02", "2026-10-20");
    send_marks(&office.lead, office.school, &[1, 2, 3], weeks, absent);

    // Nobody asked for a policy's days: they are the school's own. The clocks still show summer time.
    let label = "Achieving high attendance: review".to_owned();
    let due =
        |day: &str| [format!("2026-10-{day}T05:00:00Z"), label.clone(), "scheduled".to_owned()];
    assert_eq!(reviews(&office, "from=2026-10-12&to=2026-11-20"), [due("21"), due("23")]);

    // Wednesday, H-01 to H-03: the list, and both teachers are asked until Thursday.
    let wednesday = office.opens_at("2026-10-21T05:00:00Z");
    let refused =
        office.lead.post(&format!("/v1/schools/{}/reviews/2026-10-21", office.school), &json!({}));
    assert_eq!(refused.problem(409), "already-exists");
    let asked: Vec<String> =
        office.to_do().into_iter().filter(|says| says.contains("invites them")).collect();
    assert_eq!(asked.len(), 2, "{asked:?}");
    office.on("2026-10-22");
    let says = json!({ "pupil_id": second, "says": "Asthma; the nurse knows" });
    office.lead.post(&format!("/v1/reviews/{wednesday}/feedback"), &says).expect(201);

    // Friday, H-04 and H-05: exactly the silent teacher is chased, and the Head has the digest.
    let friday = office.opens_at("2026-10-23T05:00:00Z");
    let chased: Vec<String> =
        office.to_do().into_iter().filter(|says| says.contains("chase up")).collect();
    assert!(chased.len() == 1 && chased[0].contains("6A"), "{chased:?}");
    let items = office.lead.get(&format!("/v1/reviews/{friday}/items")).expect(200);
    let digest = |pupil: i32| {
        let items = items["items"].as_array().unwrap();
        let of = |item: &&Value| item["rule"] == "H-05" && item["pupil_id"] == pupil;
        items.iter().find(of).unwrap_or_else(|| panic!("no digest of {pupil}: {items:#?}"))["feedback"].clone()
    };
    assert_eq!(digest(second)[0]["says"], "Asthma; the nurse knows");
    assert_eq!(digest(office.pupil(2)), Value::Null);
    assert_eq!(office.proposed(friday).len(), 2);

    // What the office was to do by Thursday is overdue, once.
    assert_eq!(office.ran("deadlines", "2026-10-23"), "");
    let overdue = format!("/v1/actions?school_id={}&overdue=true", office.school);
    let overdue = office.lead.get(&overdue).expect(200)["items"].clone();
    let about = |says: &str| -> Vec<Value> {
        let all = overdue.as_array().unwrap().iter();
        all.filter(|one| one["says"].as_str().unwrap().contains(says)).cloned().collect()
    };
    // The e-mail was due the same day, what both teachers know on Thursday.
    assert_eq!(about("invites them").len(), 2, "{overdue:#}");
    let overdue = about("what is known");
    assert_eq!(overdue.len(), 2, "{overdue:#?}");
    let action = office.lead.get(&format!("/v1/actions/{}", overdue[0]["action_id"])).expect(200);
    let told: Vec<[String; 2]> = action["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| ["what", "on_day"].map(|name| text(event, name).to_owned()))
        .collect();
    let event = |what: &str, day: &str| [what.to_owned(), format!("2026-10-{day}")];
    assert_eq!(told, [event("due", "22"), event("breached", "23")]);
}

#[test]
fn w_looks_again_on_the_morning_after_a_target_has_ended() {
    let office = Office::by_the_clock(&json!({ "policy": "improvement-process" }), 2);
    office.on("2026-10-23");
    let absent = |pupil, day: usize| (pupil == 2 && day.is_multiple_of(3)).then_some("I");
    send_marks(&office.lead, office.school, &[1, 2], ("2026-09-02", "2026-10-23"), absent);
    let review = office.opens_at("2026-10-23T17:00:00Z");
    office.send_all(review);
    assert_eq!(office.case(2)["stage"], "Stage 1");
    office.on("2026-12-18");
    send_marks(&office.lead, office.school, &[1, 2], ("2026-11-02", "2026-12-18"), absent);
    let review = office.opens_at("2026-12-18T18:00:00Z");
    office.send_all(review);

    // Six school weeks from 4 January: the target ends on 12 February, the holiday follows, and the school is back on the
    // 22nd. Between the half-term review and that day nothing else falls due.
    let case = office.case(2);
    assert_eq!((&case["stage"], &case["target_to"]), (&json!("Stage 2"), &json!("2027-02-12")));
    let label = |rest: &str| format!("Attendance improvement process: review{rest}");
    let told = |due: &str, rest: &str| [due.to_owned(), label(rest), "scheduled".to_owned()];
    assert_eq!(
        reviews(&office, "from=2027-01-04&to=2027-03-26"),
        [
            told("2027-02-12T18:00:00Z", ""),
            told("2027-02-22T06:00:00Z", "; 1 case falls due"),
            told("2027-03-25T18:00:00Z", ""),
        ]
    );
    office.on("2027-02-11");
    send_marks(&office.lead, office.school, &[1, 2], ("2027-01-04", "2027-02-11"), |_, _| None);
    office.opens_at("2027-02-12T18:00:00Z");

    // The service was away for two days: the review opens then, and its run says so.
    let review = office.opens_at_late("2027-02-22", "2027-02-24T09:00:00Z");
    assert!(office.ran("review", "2027-02-22").starts_with("2 days and 3 hours late"));
    let [item] = office.proposed(review).try_into().expect("one proposal");
    assert_eq!((&item["rule"], &item["pupil_id"]), (&json!("W-05"), &json!(office.pupil(2))));
    let notices = office.lead.get(&format!("/v1/reviews/{review}")).expect(200)["notices"].clone();
    assert!(notices[0].as_str().unwrap().contains("2 days after its day"), "{notices}");
}

#[test]
fn a_school_that_follows_nothing_gets_nothing_and_one_without_a_calendar_is_told() {
    let office = Office::by_the_clock(&json!({ "policy": "one-page" }), 1);
    let admin = office.app.client("trust_admin", 1);
    let free = school(&admin, 2, "primary");
    let path = |school: i32| {
        format!("/v1/schedules?limit=500&school_id={school}&from=2027-07-01&to=2027-09-30")
    };
    let kinds = |school| {
        let items = admin.get(&path(school)).expect(200)["items"].clone();
        let kind = |item: &Value| text(item, "kind").to_owned();
        items.as_array().unwrap().iter().map(kind).collect::<Vec<_>>()
    };
    assert!(!kinds(free).iter().any(|kind| kind == "review" || kind == "calendar"));
    // The review of the summer term would open in September: until there is a calendar, that is what is said.
    let items = admin.get(&path(office.school)).expect(200);
    let missing =
        items["items"].as_array().unwrap().iter().find(|item| item["kind"] == "calendar").unwrap();
    assert_eq!((text(missing, "state"), text(missing, "due")), ("missing", "2027-07-21T17:00:00Z"));
    assert!(text(missing, "label").contains("none for 2027/28"), "{missing}");
    assert!(!kinds(office.school).contains(&"review".to_owned()));
    let next =
        json!({ "terms": [{ "name": "Autumn term", "from": "2027-09-02", "to": "2027-12-17" }] });
    admin.put(&format!("/v1/schools/{}/calendar/2027", office.school), &next).expect(200);
    assert!(!kinds(office.school).contains(&"calendar".to_owned()));
    assert!(kinds(office.school).contains(&"review".to_owned()));
    // By hand, too, nothing is counted without a calendar.
    let policy = format!("/v1/schools/{}/policy/pathway/2026-06-01", office.school);
    admin.put(&policy, &json!({ "policy": "one-page" })).expect(200);
    let by_hand = format!("/v1/schools/{}/reviews/2026-07-06", office.school);
    let refused = office.lead.post(&by_hand, &json!({}));
    assert_eq!(refused.problem(422), "no-calendar");
}
