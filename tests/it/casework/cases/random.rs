//! After any story, however long, the row of a case says what its events come to.

use domain::policy::{Event, Place, fold};
use serde_json::{Value, json};

use crate::support::office::Office;
use crate::support::sql::Sql;
use crate::support::weeks::send_marks;

/// A sequence of numbers that is the same for the same seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % most
    }
}

/// Compares every case's row with the fold of its events; how many cases there are, and how many events.
fn every_case_is_its_events(office: &Office) -> (usize, usize) {
    let mut sql = Sql::of(&office.app.database);
    let cases = sql.texts(
        "SELECT json_build_object('id', case_id, 'stage', stage, 'since', since, 'steps', steps, 'target_to', target_to, \
         'events', (SELECT json_agg(body ORDER BY seq) FROM case_event e WHERE e.case_id = c.case_id), 'seq', seq) \
         FROM case_state c ORDER BY case_id",
    );
    let mut events = 0;
    for text in &cases {
        let row: Value = serde_json::from_str(text).unwrap();
        let told: Vec<Event> = serde_json::from_value(row["events"].clone()).unwrap();
        let case = fold(&told).unwrap();
        let stage = match &case.place {
            Place::At(stage) => json!(stage),
            Place::Closed => Value::Null,
        };
        let folded = json!({
            "id": row["id"], "stage": stage, "since": case.since, "steps": case.steps,
            "target_to": case.target.map(|target| target.to), "events": row["events"], "seq": told.len(),
        });
        assert_eq!(row, folded);
        events += told.len();
    }
    (cases.len(), events)
}

/// One step of somebody: decides something that waits, records what became of a case, or accepts evidence.
fn a_step(office: &Office, dice: &mut Dice, reviews: &[i64]) {
    let review = reviews[dice.below(reviews.len())];
    let waiting = office.proposed(review);
    if !waiting.is_empty() && dice.below(4) > 0 {
        let item = &waiting[dice.below(waiting.len())]["item"];
        let decision = match dice.below(8) {
            0 => json!({ "item": item, "decide": "hold", "reason": "Later" }),
            1 => json!({ "item": item, "decide": "mitigate", "reason": "Illness" }),
            2 => json!({ "item": item, "decide": "otherwise", "reason": "Known", "to": "Stage 2" }),
            _ => json!({ "item": item, "decide": "send" }),
        };
        office.decide(review, &decision);
        return;
    }
    let cases =
        office.lead.get(&format!("/v1/cases?school_id={}&open=true", office.school)).expect(200);
    let cases = cases["items"].as_array().unwrap();
    if cases.is_empty() {
        return;
    }
    let case = &cases[dice.below(cases.len())];
    let outcomes = [
        "attended",
        "not attended",
        "refused",
        "support",
        "declines",
        "a person decides otherwise",
    ];
    let stages = ["Stage 1", "Stage 2", "Stage 3", "Stage 4", "Stage 3, meeting", "closed"];
    let body = match outcomes[dice.below(outcomes.len())] {
        "a person decides otherwise" => json!({
            "outcome": "a person decides otherwise", "to": stages[dice.below(stages.len())], "reason": "Known",
        }),
        outcome => json!({ "outcome": outcome, "steps": case["steps"] }),
    };
    // Most of them do not fit the stage, and are refused.
    let answer = office.lead.post(&format!("/v1/cases/{}/outcomes", case["case_id"]), &body);
    assert!(matches!(answer.status, 200 | 412 | 422), "{}", answer.text);
}

#[test]
fn after_a_long_random_story_every_case_is_what_its_events_come_to() {
    let office = Office::by_the_clock(&json!({ "policy": "improvement-process" }), 12);
    let mut dice = Dice(20_261_122);
    let mut reviews = Vec::new();
    let periods = [
        ("2026-09-02", "2026-10-23", "2026-10-23T17:00:00Z"),
        ("2026-11-02", "2026-12-18", "2026-12-18T18:00:00Z"),
        ("2027-01-04", "2027-02-12", "2027-02-12T18:00:00Z"),
        ("2027-02-22", "2027-03-25", "2027-03-25T18:00:00Z"),
    ];
    for (from, to, review) in periods {
        office.on(to);
        let rhythm: Vec<usize> = (0..=12).map(|_| 2 + dice.below(12)).collect();
        let absent =
            |pupil: u32, day: usize| day.is_multiple_of(rhythm[pupil as usize]).then_some("O");
        let pupils: Vec<u32> = (1..=12).collect();
        send_marks(&office.lead, office.school, &pupils, (from, to), absent);
        reviews.push(office.opens_at(review));
        for _ in 0..40 {
            a_step(&office, &mut dice, &reviews);
        }
        every_case_is_its_events(&office);
    }
    let (cases, events) = every_case_is_its_events(&office);
    assert!(cases >= 10 && events >= 100, "{cases} cases, {events} events: too little happened");
}
