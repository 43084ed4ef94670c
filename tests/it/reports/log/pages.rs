//! The log page by page: ten kinds of record, all of one instant, none twice and none left out.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::reports::Hall;
use crate::support::app::Client;
use crate::support::build::id;
use crate::support::sql::Sql;

/// A school on whose last day of term everything happens at once that a log tells of.
fn hall() -> Hall {
    let hall = Hall::by_hand(4).follows("strategy");
    let follows = json!({ "policy": "strategy", "answers": { "target": "96%" } });
    let rewards = format!("/v1/schools/{}/policy/rewards/2026-09-01", hall.school);
    hall.admin.put(&rewards, &follows).expect(200);
    hall.app.clock.set("2026-12-18T15:00:00Z");
    // The first is never absent; the others miss every third day, without leave.
    hall.marks(("2026-09-02", "2026-12-18"), |pupil, day| {
        (pupil > 1 && day.is_multiple_of(3)).then_some("O")
    });
    let stop = |number: usize, stopped: bool| {
        let body = json!({ "stopped": stopped, "reason": "Ask the lead" });
        let path = format!("/v1/pupils/{}/letters/stop", hall.pupil(number));
        hall.lead.post(&path, &body).expect(200);
    };
    stop(3, true);
    let review = format!("/v1/schools/{}/reviews/2026-12-18", hall.school);
    let review = hall.lead.post(&review, &json!({})).expect(201)["review_id"].clone();
    let says = json!({ "pupil_id": hall.pupil(2), "says": "He is tired" });
    hall.lead.post(&format!("/v1/reviews/{review}/feedback"), &says).expect(201);
    let items = format!("/v1/reviews/{review}/items?state=proposed&limit=500");
    let items = hall.lead.get(&items).expect(200)["items"].clone();
    let decisions = items.as_array().unwrap().iter().map(|item| {
        let mitigate = item["pupil_id"] == hall.pupil(4);
        let decide = if mitigate { "mitigate" } else { "send" };
        json!({ "item": item["item"], "decide": decide, "reason": "Long illness" })
    });
    let body = json!({ "decisions": decisions.collect::<Vec<_>>() });
    hall.lead.post(&format!("/v1/reviews/{review}/decisions"), &body).expect(207);
    withdraw_what_is_held(&hall);
    stop(3, false);
    refuse_leave(&hall);
    beside_the_case(&hall);
    hall
}

/// Leave for somebody without a case, which is refused by letter.
fn refuse_leave(hall: &Hall) {
    let asked = json!({ "pupil_id": hall.pupil(1), "first_day": "2027-01-11", "last_day": "2027-01-12",
        "reason": "A wedding", "requested_by": "Mother" });
    let leave = hall.lead.post(&format!("/v1/schools/{}/leave-requests", hall.school), &asked);
    let path = format!("/v1/leave-requests/{}/decision", leave.expect(201)["leave_id"]);
    let refused = json!({ "granted": false, "reason": "these are school days." });
    hall.lead.post(&path, &refused).expect(200);
}

fn withdraw_what_is_held(hall: &Hall) {
    let held = format!("/v1/letters?school_id={}&state=held&limit=500", hall.school);
    for letter in hall.lead.get(&held).expect(200)["items"].as_array().unwrap() {
        let body = json!({ "decide": "withdraw", "reason": "Not now" });
        let path = format!("/v1/letters/{}/decision", letter["letter_id"]);
        hall.lead.post(&path, &body).expect(200);
    }
}

/// Evidence, a meeting, a notice, and attempts to reach two parents of whom one must not be contacted.
fn beside_the_case(hall: &Hall) {
    let actions = format!("/v1/actions?school_id={}&open=true&limit=3", hall.school);
    for action in hall.lead.get(&actions).expect(200)["items"].as_array().unwrap() {
        let body = json!({ "says": "Tried", "done": false });
        let path = format!("/v1/actions/{}/evidence", action["action_id"]);
        hall.lead.post(&path, &body).expect(200);
    }
    let parents = format!("/v1/pupils/{}/parents", hall.pupil(2));
    let parent = |surname: &str, priority: i32| {
        let person = json!({ "surname": surname, "language": "en" });
        let link = json!({ "relationship": "mother", "priority": priority });
        let body = json!({ "person": person, "link": link });
        id(&hall.lead.post(&parents, &body).expect(201), "parent_id")
    };
    let (mother, barred) = (parent("A", 1), parent("B", 2));
    let attempts = format!("/v1/schools/{}/contacts/2026-12-18/attempts", hall.school);
    for parent in [mother, barred, mother] {
        let body = json!({ "pupil_ids": [hall.pupil(2)], "parent_id": parent, "kind": "call", "reached": false });
        hall.lead.post(&attempts, &body).expect(201);
    }
    let order = json!({ "no_contact": { "text": "Family court", "from": "2026-09-02" } });
    hall.lead.put(&format!("{parents}/{barred}/safeguards"), &order).expect(200);
    let about = json!({ "school_id": hall.school, "pupil_id": hall.pupil(2) });
    let offer =
        json!({ "day": "2027-01-06", "at": "15:30:00", "place": "Room 3", "parents": [mother] });
    let body = json!({ "about": about, "kind": "clinic", "offer": offer });
    hall.lead.post("/v1/meetings", &body).expect(201);
    let body = json!({ "parent_id": mother, "school_id": hall.school });
    let notices = format!("/v1/pupils/{}/notices", hall.pupil(2));
    hall.lead.post(&notices, &body).expect(201);
}

/// The whole log, so many entries at a time.
fn paged(hall: &Hall, who: &Client, limit: u32) -> Vec<Value> {
    let path = format!("/v1/schools/{}/reports/log?from=2026-12-01&limit={limit}", hall.school);
    let pages = who.pages(&path, "/entries").into_iter();
    let items = pages.map(|page| page["items"].as_array().unwrap().clone());
    items.inspect(|items| assert!(items.len() <= limit as usize)).flatten().collect()
}

#[test]
fn no_entry_of_one_instant_is_lost_between_two_pages_or_told_twice() {
    let hall = hall();
    let mut sql = Sql::of(&hall.app.database);
    let mut rows = |table: &str| sql.number(&format!("SELECT count(*) FROM {table}"));
    let each = [
        "case_event",
        "letter WHERE case_id IS NULL",
        "evidence",
        "feedback",
        "mitigation",
        "letter_stop",
        "case_record",
        "penalty_notice",
        "letter_decision",
        "contact_attempt",
    ];
    let each = each.map(|table| (table, rows(table)));
    assert!(each.iter().all(|(_, rows)| *rows > 0), "nothing of one kind: {each:?}");
    let all: i64 = each.iter().map(|(_, rows)| rows).sum();
    let clerk = hall.app.school_client("school_office", hall.trust, &[hall.school]);
    for (who, hidden) in [(&hall.lead, 0), (&clerk, 1)] {
        let whole = paged(&hall, who, 500);
        assert_eq!(whole.len(), usize::try_from(all - hidden).unwrap());
        for limit in [1, 3, 7] {
            assert_eq!(paged(&hall, who, limit), whole, "{limit} at a time");
        }
        // In the order of their instants, those of one instant by their kind.
        let instant = |entry: &Value| entry["at"].as_str().unwrap().parse().unwrap();
        let at: Vec<DateTime<Utc>> = whole.iter().map(instant).collect();
        assert!(at.is_sorted(), "{at:?}");
        // Each step says where the case stood then.
        let steps = whole.iter().filter(|entry| entry["kind"] == "step");
        for step in steps {
            let stage = format!("{:?}", step["stage"].as_str().unwrap());
            assert!(step["what"].as_str().unwrap().contains(&stage), "{step}");
        }
        let csv = format!("/v1/schools/{}/reports/log?from=2026-12-01&format=csv", hall.school);
        let table = who.get(&csv).text;
        let mut table = csv::Reader::from_reader(table.as_bytes());
        assert_eq!(table.records().count(), whole.len());
    }
}
