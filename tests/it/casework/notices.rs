//! Penalty notices: the national limits beside a naive recomputation, and rule F-20.

use std::collections::BTreeSet;

use chrono::{Datelike, Days, NaiveDate};
use serde_json::{Value, json};

use crate::support::app::Answer;
use crate::support::build::{class, id, school, unenrolled};
use crate::support::dice::Dice;
use crate::support::office::{Office, flowchart, post};
use crate::support::weeks::{send_marks, story_calendar};

type Sessions = BTreeSet<(NaiveDate, String)>;

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// A notice as the test remembers it.
struct Known {
    place: String,
    parent: i32,
    state: &'static str,
    issued: bool,
    sessions: Sessions,
}

/// The unauthorised sessions of a pupil up to today, from the marks as they are read.
fn unauthorised(office: &Office, number: usize) -> Sessions {
    let marks = office.lead.get(&format!("/v1/pupils/{}/marks", office.pupil(number))).expect(200);
    let counts = |mark: &&Value| ["G", "N", "O", "U"].iter().any(|code| mark["mark"] == *code);
    let session = |mark: &Value| {
        (date(mark["date"].as_str().unwrap()), mark["session"].as_str().unwrap().to_owned())
    };
    marks["marks"].as_array().unwrap().iter().filter(counts).map(session).collect()
}

/// The most sessions in ten school weeks running, the latest such weeks when several have as many.
fn most(sessions: &Sessions, today: NaiveDate) -> Sessions {
    let calendar = story_calendar();
    let monday = |day: NaiveDate| day - Days::new(day.weekday().num_days_from_monday().into());
    let mut weeks: Vec<NaiveDate> = date("2026-09-01")
        .iter_days()
        .take_while(|day| monday(*day) <= today && *day <= date("2027-07-31"))
        .filter(|day| calendar.is_school_day(*day))
        .map(monday)
        .collect();
    weeks.dedup();
    let mut best = Sessions::new();
    for end in 0..weeks.len() {
        let ten = &weeks[end.saturating_sub(9)..=end];
        let inside: Sessions =
            sessions.iter().filter(|one| ten.contains(&monday(one.0))).cloned().collect();
        if inside.len() >= best.len() {
            best = inside;
        }
    }
    best
}

fn sessions_of(value: &Value) -> Sessions {
    let one = |one: &Value| {
        (date(one["date"].as_str().unwrap()), one["session"].as_str().unwrap().to_owned())
    };
    value.as_array().unwrap().iter().map(one).collect()
}

/// What the next notice to a parent would rest on, and how many count against the limit.
fn expected(known: &[Known], parent: i32, all: &Sessions, today: NaiveDate) -> (Sessions, usize) {
    let uses =
        |one: &&Known| one.parent == parent && ["pending", "issued", "paid"].contains(&one.state);
    let used: Sessions = known.iter().filter(uses).flat_map(|one| one.sessions.clone()).collect();
    let free: Sessions = all.difference(&used).cloned().collect();
    let counts = |one: &&Known| one.parent == parent && one.issued && one.state != "withdrawn";
    (most(&free, today), known.iter().filter(counts).count())
}

/// Through a year of random marks and random decisions the limits are those of a naive recomputation at every step.
#[test]
fn limits_and_used_sessions_are_right_through_a_random_year() {
    let mut refused = BTreeSet::new();
    for seed in 0..2 {
        let mut dice = Dice(seed);
        let policy = json!({ "policy": "flowchart", "answers": { "target": "95%" } });
        let office = Office::that_follows(&policy, 1);
        office.on("2027-07-21");
        let codes = [None, None, None, Some("O"), Some("G"), Some("I"), Some("U"), Some("N")];
        let chance: Vec<Option<&'static str>> = (0..250).map(|_| *dice.pick(&codes)).collect();
        let year = ("2026-09-02", "2027-07-21");
        send_marks(&office.lead, office.school, &[1], year, |_, day| chance[day]);
        let parents = [office.parent(1, "Ada"), office.parent(1, "Bo")];
        let path = format!("/v1/pupils/{}/notices", office.pupil(1));
        let mut known: Vec<Known> = Vec::new();
        let mut today = date("2026-09-08");
        while today < date("2027-07-20") {
            office.on(&today.to_string());
            let all = unauthorised(&office, 1);
            let told = office.lead.get(&path).expect(200);
            for row in told["parents"].as_array().unwrap() {
                let parent = i32::try_from(row["parent_id"].as_i64().unwrap()).unwrap();
                let (sessions, issued) = expected(&known, parent, &all, today);
                assert_eq!(sessions_of(&row["sessions"]), sessions, "{today}");
                assert_eq!(row["reached"], sessions.len() >= 10, "{today}");
                let next = [json!(1), json!(2), Value::Null][issued].clone();
                assert_eq!(*row.get("next").unwrap_or(&Value::Null), next, "{today}: {row}");
                let pence = row["amount"].get("early_pence").and_then(Value::as_u64);
                assert_eq!(pence, (issued == 0).then_some(8_000), "{row}");
            }
            let parent = *dice.pick(&parents);
            propose(&office, &path, parent, &mut known, (&all, today), &mut refused);
            if dice.below(3) > 0 {
                decide(&office, today, &mut known, &mut dice, &mut refused);
            }
            today = today + Days::new(3 + dice.below(9) as u64);
        }
        assert!(known.iter().any(|one| one.issued), "nothing was issued");
    }
    assert!(refused.contains("/reason") && refused.contains("/parent_id"), "{refused:?}");
}

/// Proposes a notice, and compares the answer with what is expected of it.
fn propose(
    office: &Office,
    path: &str,
    parent: i32,
    known: &mut Vec<Known>,
    (all, today): (&Sessions, NaiveDate),
    refused: &mut BTreeSet<String>,
) {
    let pending = known.iter().position(|one| one.parent == parent && one.state == "pending");
    let mut held = None;
    if let Some(at) = pending {
        held = Some(std::mem::replace(&mut known[at].state, "aside"));
    }
    let (sessions, issued) = expected(known, parent, all, today);
    if let (Some(at), Some(state)) = (pending, held) {
        known[at].state = state;
    }
    let body = json!({ "parent_id": parent, "school_id": office.school });
    let answer = office.lead.post(path, &body);
    if issued >= 2 || sessions.len() < 10 {
        let pointer = if issued >= 2 { "/parent_id" } else { "/reason" };
        let told = answer.expect(422);
        assert_eq!(told["errors"][0]["pointer"], pointer, "{today}: {told}");
        refused.insert(pointer.to_owned());
        return;
    }
    let place = answer.header("location").unwrap().to_owned();
    let told = answer.expect(if pending.is_some() { 200 } else { 201 });
    assert_eq!(sessions_of(&told["details"]["sessions"]), sessions, "{today}");
    assert_eq!(told["details"]["number"], issued + 1);
    match pending {
        Some(at) => known[at].sessions = sessions,
        None => known.push(Known { place, parent, state: "pending", issued: false, sessions }),
    }
}

/// Takes a random decision about a random notice, and compares the answer with what is expected of it.
fn decide(
    office: &Office,
    today: NaiveDate,
    known: &mut [Known],
    dice: &mut Dice,
    refused: &mut BTreeSet<String>,
) {
    if known.is_empty() {
        return;
    }
    let at = dice.below(known.len());
    let state = *dice.pick(&["issued", "issued", "waived", "withdrawn", "paid"]);
    let counts = |one: &Known| one.issued && one.state != "withdrawn";
    let others = known.iter().enumerate();
    let others =
        others.filter(|(other, one)| *other != at && one.parent == known[at].parent && counts(one));
    let others = others.count();
    let may = match (known[at].state, state) {
        ("pending", "issued" | "waived")
        | ("issued", "paid" | "withdrawn")
        | ("paid", "withdrawn") => true,
        (before, after) => before == after,
    };
    let mut body = json!({ "state": state, "day": today, "says": "Decided" });
    if state == "paid" {
        body["paid_pence"] = json!(16_000);
    }
    let answer = office.lead.post(&format!("{}/decision", known[at].place), &body);
    if !may || (state == "issued" && others >= 2) {
        let told = answer.expect(422);
        assert_eq!(told["errors"][0]["pointer"], "/state", "{told}");
        refused.insert("/state".to_owned());
        return;
    }
    assert_eq!(answer.expect(200)["notice"]["state"], state);
    known[at].state = state;
    known[at].issued |= state == "issued";
}

/// Records what the authority wrote about a notice.
fn answered(office: &Office, notice: &str, state: &str, more: Value) -> Answer {
    let mut body = json!({ "state": state, "day": "2026-10-05", "says": "As the authority wrote" });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    office.lead.post(&format!("{notice}/decision"), &body)
}

/// F-20: the limits are shown, and each session is used once for a parent and a child; an amended mark is seen.
#[test]
fn the_sessions_of_a_notice_are_used_and_an_amended_mark_is_seen() {
    let office = flowchart();
    let [mother, father] = ["Ada", "Bo"].map(|name| office.parent(2, name));
    office.put_at(2, "3: penalty notice");
    let path = format!("/v1/pupils/{}/notices", office.pupil(2));
    let limits = |parent: i32| {
        let told = office.lead.get(&path).expect(200);
        let rows = told["parents"].as_array().unwrap();
        rows.iter().find(|row| row["parent_id"] == parent).unwrap().clone()
    };
    let before = limits(mother);
    assert_eq!((&before["reached"], &before["next"]), (&json!(true), &json!(1)), "{before}");
    let case = office.case(2)["case_id"].clone();
    let body = json!({ "parent_id": mother, "school_id": office.school, "case_id": case });
    let notice = post(&office.lead, &path, &body);
    let first = office.lead.get(&notice).expect(200);
    let sessions = first["now"]["details"]["sessions"].as_array().unwrap().len();
    assert_eq!(
        (&first["now"]["state"], &first["still_supported"]),
        (&json!("pending"), &json!(sessions))
    );

    // No support is recorded: somebody is asked for it, by a day, once for the child.
    let to_do = |told: &Value| -> Vec<String> {
        let all = told["to_do"].as_array().unwrap().iter();
        let says = |one: &Value| {
            format!("{}: {}", one["role"].as_str().unwrap(), one["says"].as_str().unwrap())
        };
        let named = all.inspect(|one| assert!(one["due"].is_string(), "{one:#}"));
        named.map(says).collect()
    };
    assert_eq!(first["support"], json!([]));
    let [asked] = to_do(&first).try_into().unwrap();
    assert!(
        asked.starts_with("Attendance Lead: notice") && asked.contains("no support"),
        "{asked}"
    );

    // Used for her, free for him: the limit is one of a parent and a child.
    assert_eq!(limits(mother)["sessions"], json!([]));
    assert_eq!(limits(father)["sessions"], before["sessions"]);
    let again = json!({ "parent_id": father, "school_id": office.school });
    post(&office.lead, &path, &again);

    // A mark is amended: the notice says that one session less supports it.
    let session = first["now"]["details"]["sessions"][0].clone();
    let change = json!({ "date": session["date"], "session": session["session"], "mark": "I" });
    let amend = json!({ "reason": "A doctor's letter", "changes": [change] });
    let amendments = format!("/v1/pupils/{}/marks/amendments", office.pupil(2));
    office.lead.post(&amendments, &amend).expect(201);
    let told = office.lead.get(&notice).expect(200);
    assert_eq!(told["still_supported"], sessions - 1);
    let open = to_do(&told);
    assert_eq!(open.len(), 2, "{open:#?}");
    assert!(open[1].contains("still count"), "{open:#?}");
    assert_eq!(office.lead.get(&path).expect(200)["to_do"], told["to_do"]);
}

/// F-20: a person decides, and the authority's outcome is recorded and ends the case.
#[test]
fn a_notice_goes_from_pending_to_paid() {
    let office = flowchart();
    let mother = office.parent(2, "Ada");
    office.put_at(2, "3: penalty notice");
    let path = format!("/v1/pupils/{}/notices", office.pupil(2));
    let case = office.case(2)["case_id"].clone();
    let body = json!({ "parent_id": mother, "school_id": office.school, "case_id": case });
    let notice = post(&office.lead, &path, &body);
    let first = office.lead.get(&notice).expect(200);
    let decide = |state: &str, more: Value| answered(&office, &notice, state, more);

    // Who looked at an older state decides nothing; the clerk decides nothing at all.
    let clerk = office.colleague("school_office");
    let body = json!({ "state": "issued", "day": "2026-10-05", "says": "As the authority wrote" });
    assert_eq!(clerk.post(&format!("{notice}/decision"), &body).problem(403), "forbidden");
    assert_eq!(decide("paid", json!({ "paid_pence": 16_000 })).problem(422), "invalid");
    let told = decide("issued", json!({ "outcome": "issued" })).expect(200);
    assert_eq!((&told["case"]["moved"], told["case"].get("stage")), (&json!(true), None));
    let stale = [("if-match", first["now"]["etag"].as_str().unwrap())];
    let late = office.lead.json("POST", &format!("{notice}/decision"), &stale, &body);
    assert_eq!(late.problem(412), "precondition-failed");
    assert_eq!(decide("paid", json!({ "paid_pence": 5_000 })).problem(422), "invalid");
    let told = decide("paid", json!({ "paid_pence": 8_000 })).expect(200);
    assert_eq!(told["notice"]["details"]["paid_pence"], 8_000);

    // What is added later leaves the day and the amount; nothing is decided before what stands already.
    office.on("2026-10-06");
    let told = |day: &str| {
        let body = json!({ "state": "paid", "day": day, "says": "The receipt came" });
        office.lead.post(&format!("{notice}/decision"), &body)
    };
    assert_eq!(told("2026-10-04").expect(422)["errors"][0]["pointer"], "/day");
    let added = told("2026-10-06").expect(200)["notice"]["details"].clone();
    assert_eq!((&added["paid_on"], &added["paid_pence"]), (&json!("2026-10-05"), &json!(8_000)));
    let things = office.things(2);
    let states: Vec<&str> = things.iter().map(|(_, state)| state.as_str()).collect();
    assert_eq!(states, ["pending", "issued", "paid", "paid"]);
    let path = format!("/v1/notices?school_id={}&state=paid", office.school);
    assert_eq!(office.lead.get(&path).expect(200)["items"].as_array().unwrap().len(), 1);
}

/// A pending notice stays with the school that asked for it: no other school that teaches the child takes it over.
#[test]
fn a_pending_notice_stays_with_its_school_and_is_read_under_a_merged_record_too() {
    let office = flowchart();
    let father = office.parent(2, "Bo");
    let path = format!("/v1/pupils/{}/notices", office.pupil(2));
    post(&office.lead, &path, &json!({ "parent_id": father, "school_id": office.school }));
    let trust = id(&office.lead.get("/v1/trust").expect(200), "trust_id");
    let admin = office.app.client("trust_admin", trust);
    let other = school(&admin, 2, "primary");
    let class = class(&admin, other, "6B");
    let stay = json!({ "pupil_id": office.pupil(2), "class_id": class, "year_group": 6, "first_day": "2026-10-05" });
    admin.post("/v1/enrolments", &stay).expect(201);
    let both = office.app.school_client("school_lead", trust, &[office.school, other]);
    let theirs = json!({ "parent_id": father, "school_id": other });
    assert_eq!(both.post(&path, &theirs).problem(409), "already-exists");

    // Under a record that was merged into the child's own the same is read.
    let gone = unenrolled(&admin, office.school, 9, "2015-03-14");
    let merge = json!({ "into": office.pupil(2), "reason": "Entered twice" });
    admin.post(&format!("/v1/pupils/{gone}/merge"), &merge).expect(200);
    let read = |pupil: i32| both.get(&format!("/v1/pupils/{pupil}/notices")).expect(200);
    assert_eq!(read(gone), read(office.pupil(2)));
}
