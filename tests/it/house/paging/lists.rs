//! How each list of the document is filled, and what may happen to the row on which a page ended.

use chrono::{Datelike, Days, NaiveDate};
use serde_json::{Value, json};

use super::stage::{Stage, pupil_of};
use crate::support::build::{class, id, unenrolled};
use crate::support::run::a_run;
use crate::support::sql::Sql;

/// A list of the document.
pub struct List {
    pub operation: &'static str,
    /// Its path, with filters where they make rows come and go.
    pub path: fn(&Stage) -> String,
    /// Where the page stands in the answer.
    pub at: &'static str,
    /// What tells a row from every other.
    pub key: &'static [&'static str],
    /// Adds a row, unless the stage has made enough of them.
    pub add: fn(&Stage),
    /// Renames, decides or ends the row on which a page ended.
    pub take: fn(&Stage, &Value),
    /// Whether rows stand in an order that such work changes: by name, or by attendance.
    pub moves: bool,
}

impl List {
    const fn new(
        operation: &'static str,
        path: fn(&Stage) -> String,
        key: &'static [&'static str],
    ) -> Self {
        Self { operation, path, at: "", key, add: |_| {}, take: |_, _| {}, moves: false }
    }

    const fn inside(self, at: &'static str) -> Self {
        Self { at, ..self }
    }

    const fn add(self, add: fn(&Stage)) -> Self {
        Self { add, ..self }
    }

    const fn take(self, take: fn(&Stage, &Value)) -> Self {
        Self { take, ..self }
    }

    const fn moves(self) -> Self {
        Self { moves: true, ..self }
    }
}

/// What tells an entry of the log from every other.
const ENTRY: &[&str] = &["at", "kind", "what", "case_id", "pupil_id", "rule", "role", "who"];

pub const LISTS: &[List] = &[
    List::new("list_actions", |s| of_elm(s, "actions", "&open=true"), &["action_id"]).take(
        |s, row| {
            s.admin.post(
                &format!("/v1/actions/{}/evidence", row["action_id"]),
                &json!({ "says": "Rang", "done": true }),
            );
        },
    ),
    List::new("list_cases", |s| of_elm(s, "cases", ""), &["case_id"])
        .add(|s| s.decide_next(s.review, &json!({ "decide": "hold", "reason": "Later" }))),
    List::new("list_letters", |s| of_elm(s, "letters", "&state=waiting"), &["letter_id"]).take(
        |s, row| {
            let sent = json!({ "on": "2026-11-18", "how": "By post" });
            s.admin.post(&format!("/v1/letters/{}/sent", row["letter_id"]), &sent);
        },
    ),
    List::new("list_targets", |s| of_elm(s, "targets", ""), &["case_id"]),
    List::new("list_items", |s| format!("/v1/reviews/{}/items", s.review), &["item"])
        .add(|s| s.decide_next(s.review, &json!({ "decide": "hold", "reason": "Later" }))),
    List::new("list_reviews", |s| of_elm(s, "reviews", ""), &["review_id"]).add(|s| {
        // Before the last one and after the first, by turns.
        let day =
            NaiveDate::from_ymd_opt(2026, 9, 3).unwrap() + Days::new(u64::from(s.fresh() * 7 % 60));
        s.admin.post(&format!("/v1/schools/{}/reviews/{day}", s.elm), &json!({}));
    }),
    List::new(
        "completeness",
        |s| format!("/v1/analytics/completeness?schools={}", s.elm),
        &["date", "session", "class_id"],
    )
    .inside("/missing")
    .take(take_register),
    List::new("explain", explained, &["enrolment_id"]).inside("/pupils"),
    List::new("list_classes", |s| of_elm(s, "classes", ""), &["class_id"]).add(|s| {
        class(&s.admin, s.elm, &format!("{}C", s.fresh()));
    }),
    List::new("list_imports", |_| "/v1/imports".to_owned(), &["import_id"]).add(|s| {
        s.admin.import(&format!("kind=pupils&school_id={}&dry_run=true", s.elm), b"UPN\n");
    }),
    List::new("list_meetings", |s| of_elm(s, "meetings", ""), &["record_id"]).add(|s| {
        let offer = json!({ "day": "2026-11-18", "at": "15:30:00", "place": "Hall" });
        record(s, "meetings", json!({ "kind": "informal", "offer": offer }));
    }),
    List::new("list_plans", |s| of_elm(s, "plans", ""), &["record_id"]).add(|s| {
        let items = json!([{ "what": "Bus", "who": "Jo" }]);
        record(
            s,
            "plans",
            json!({ "kind": "action_plan", "basis": { "sent_anyway": true }, "items": items }),
        );
    }),
    List::new("list_visits", |s| of_elm(s, "visits", ""), &["record_id"]).add(|s| {
        let visit = json!({ "made": false, "says": "They moved" });
        record(s, "visits", json!({ "day": "2026-11-18", "visit": visit }));
    }),
    List::new("list_conversations", |s| of_elm(s, "conversations", ""), &["record_id"]).add(|s| {
        let said = json!({ "who": ["Jo"], "pupil_said": "The bus" });
        record(s, "conversations", json!({ "day": "2026-11-18", "conversation": said }));
    }),
    List::new("list_received", |s| of_elm(s, "received", ""), &["record_id"]).add(|s| {
        let paper = json!({ "what": "advisory_letter", "from": "LAAO", "dated": "2026-11-17", "says": "Advice" });
        record(s, "received", json!({ "day": "2026-11-18", "paper": paper }));
    }),
    List::new("list_case_files", |s| of_elm(s, "case-files", ""), &["record_id"])
        .add(|s| record(s, "case-files", json!({ "says": "In the event of a referral" }))),
    List::new("list_messages", |s| of_elm(s, "messages", "&state=waiting"), &["message_id"])
        .add(|s| {
            let visit = json!({ "pupil_ids": [s.next_pupil()], "whom": "Aunt", "kind": "visit", "reached": false });
            let place = format!("/v1/schools/{}/contacts/2026-11-18/attempts", s.elm);
            s.admin.post(&place, &visit).expect(201);
        })
        .take(|s, row| {
            let sent = format!("/v1/messages/{}/sent", row["message_id"]);
            s.admin.post(&sent, &json!({ "how": "by e-mail" })).expect(200);
        }),
    List::new(
        "few_contacts",
        |s| format!("/v1/schools/{}/few-contacts", s.elm),
        &["pupil_id"],
    )
    .add(|s| pupil_of(s, s.elm, s.class)),
    List::new("list_monitoring_periods", |s| of_elm(s, "monitoring-periods", ""), &["record_id"])
        .add(|s| record(s, "monitoring-periods", json!({ "asked": "LAAO", "why": "Agreed" }))),
    List::new("list_referrals", |s| of_elm(s, "referrals", ""), &["record_id"]).add(|s| {
        record(s, "referrals", json!({ "to": "ewo", "name": "Mrs Day", "why": "Agreed" }))
    }),
    List::new("list_notices", |s| of_elm(s, "notices", "&state=pending"), &["notice_id"])
        .add(|s| {
            let pupil = s.next_pupil();
            let notice =
                json!({ "parent_id": parent(s, pupil), "school_id": s.elm, "reason": "Known" });
            s.admin.post(&format!("/v1/pupils/{pupil}/notices"), &notice).expect(201);
        })
        .take(|s, row| {
            let waived = json!({ "state": "waived", "day": "2026-11-18", "says": "Support first" });
            s.admin.post(&format!("/v1/notices/{}/decision", row["notice_id"]), &waived);
        }),
    List::new("list_parents", |_| "/v1/parents".to_owned(), &["parent_id"])
        .add(|s| {
            parent(s, s.pupils[0]);
        })
        .take(|s, row| {
            let person = json!({ "surname": s.surname(), "language": "en" });
            s.admin.put(&format!("/v1/parents/{}", row["parent_id"]), &person).expect(200);
        })
        .moves(),
    List::new("list_pupils", |s| of_elm(s, "pupils", ""), &["pupil_id"])
        .add(|s| {
            unenrolled(&s.admin, s.elm, s.fresh(), "2015-03-14");
        })
        .moves(),
    List::new(
        "list_tickets",
        |s| of_elm(s, "tickets", ""),
        &["pupil_id", "school_id", "policy_row", "period"],
    )
    .add(a_ticket),
    List::new("list_awards", |s| of_elm(s, "awards", ""), &["award_id"]).add(an_award),
    List::new("list_draws", |s| of_elm(s, "draws", ""), &["draw_id"]).add(a_draw),
    List::new("list_slips", |s| format!("/v1/draws/{}/slips", frozen_draw(s)), &["pupil_id"]),
    List::new("list_runs", |_| "/v1/runs".to_owned(), &["run_id"]).add(|s| {
        let school = school(s);
        a_run(&s.app.database, s.trust, school, "done");
    }),
    List::new(
        "list_schedules",
        |s| of_elm(s, "schedules", "&from=2026-11-01&to=2026-12-31"),
        &["school_id", "kind", "period"],
    ),
    List::new("list_schools", |_| "/v1/schools".to_owned(), &["school_id"]).add(|s| {
        school(s);
    }),
    List::new("list_staff", |_| "/v1/staff".to_owned(), &["staff_id"])
        .add(|s| {
            let person =
                json!({ "person": { "name": format!("Jo {}", s.fresh()) }, "school_ids": [s.elm] });
            s.admin.post("/v1/staff", &person).expect(201);
        })
        .take(|s, row| {
            let name = json!({ "name": format!("Al {}", s.fresh()) });
            s.admin.put(&format!("/v1/staff/{}", row["staff_id"]), &name).expect(200);
        }),
    List::new("list_clients", |_| "/v1/clients".to_owned(), &["client_id"])
        .add(|s| {
            let client = json!({ "name": format!("App {}", s.fresh()), "purpose": "Registers",
                "acts": "itself", "role": "teacher", "school_ids": [s.elm],
                "expires_at": "2027-01-01T00:00:00Z" });
            s.admin.post("/v1/clients", &client).expect(201);
        })
        .take(|s, row| {
            let path = format!("/v1/clients/{}/revoke", row["client_id"]);
            s.admin.send("POST", &path, &[], None).expect(200);
        }),
    List::new(
        "list_leave",
        |s| format!("/v1/schools/{}/leave-requests?open=true", s.elm),
        &["leave_id"],
    )
    .add(|s| {
        let day =
            NaiveDate::from_ymd_opt(2026, 11, 19).unwrap() + Days::new(u64::from(s.fresh() % 20));
        let leave = json!({
            "pupil_id": s.next_pupil(), "first_day": day, "last_day": day, "reason": "A wedding",
            "requested_by": "Father",
        });
        s.admin.post(&format!("/v1/schools/{}/leave-requests", s.elm), &leave).expect(201);
    })
    .take(|s, row| {
        let granted = json!({ "granted": true, "code": "C" });
        s.admin.post(&format!("/v1/leave-requests/{}/decision", row["leave_id"]), &granted);
    }),
    List::new("list_closures", |s| format!("/v1/schools/{}/closures", s.elm), &["closure_id"])
        .add(close),
    List::new("log_export", |s| format!("/v1/schools/{}/reports/log", s.elm), ENTRY)
        .inside("/entries"),
    report("at_risk", |s| format!("/v1/schools/{}/reports/at-risk?sessions=10", s.oak)),
    report("school_broken_weeks", |s| format!("/v1/schools/{}/reports/broken-weeks", s.oak)),
    report("declined", |s| format!("/v1/schools/{}/reports/declined", s.oak)),
    report("safeguarding_list", |s| format!("/v1/schools/{}/reports/safeguarding", s.oak)),
    report("slt_list", |s| format!("/v1/schools/{}/reports/slt", s.oak)),
    // Last, for it takes pupils off the roll.
    List::new("list_enrolments", |s| of_elm(s, "enrolments", "&on=2026-10-23"), &["enrolment_id"])
        .add(|s| pupil_of(s, s.elm, s.class))
        .take(|s, row| {
            let days = json!({ "first_day": row["first_day"], "last_day": "2026-10-16" });
            s.admin.put(&format!("/v1/enrolments/{}/days", row["enrolment_id"]), &days);
        }),
];

/// A list of pupils by their attendance.
const fn report(operation: &'static str, path: fn(&Stage) -> String) -> List {
    List::new(operation, path, &["pupil_id"]).inside("/pupils").moves()
}

fn explained(stage: &Stage) -> String {
    format!("/v1/analytics/explain?definition=on-roll&level=pupil&schools={}", stage.oak)
}

fn of_elm(stage: &Stage, list: &str, more: &str) -> String {
    format!("/v1/{list}?school_id={}{more}", stage.elm)
}

/// Records something about a pupil of Elm.
fn record(stage: &Stage, list: &str, mut body: Value) {
    body["about"] = json!({ "school_id": stage.elm, "pupil_id": stage.next_pupil() });
    stage.admin.post(&format!("/v1/{list}"), &body).expect(201);
}

fn parent(stage: &Stage, pupil: i32) -> i32 {
    let person = json!({ "surname": format!("Name{}", stage.fresh()), "language": "en" });
    let body = json!({ "person": person, "link": { "relationship": "mother", "priority": 1 } });
    id(&stage.admin.post(&format!("/v1/pupils/{pupil}/parents"), &body).expect(201), "parent_id")
}

fn school(stage: &Stage) -> i32 {
    let urn = format!("8{:05}", stage.fresh());
    let body = json!({ "urn": urn, "name": "New", "phase": "primary" });
    id(&stage.admin.post("/v1/schools", &body).expect(201), "school_id")
}

/// Elm closes on a school day of the first half term.
fn close(stage: &Stage) {
    let days = NaiveDate::from_ymd_opt(2026, 9, 2).unwrap().iter_days();
    let mut days = days.filter(|day| day.weekday().num_days_from_monday() < 5);
    let day = days.nth(stage.fresh() as usize % 36).unwrap();
    let snow = json!({ "from": day, "to": day, "reason": "Snow" });
    stage.admin.post(&format!("/v1/schools/{}/closures", stage.elm), &snow);
}

/// The register that a row says is missing is taken.
fn take_register(stage: &Stage, row: &Value) {
    let text = |name: &str| row[name].as_str().unwrap();
    let place =
        format!("/v1/classes/{}/registers/{}/{}", row["class_id"], text("date"), text("session"));
    let here = if text("session") == "AM" { "/" } else { "\\" };
    let page = stage.admin.get(&place).expect(200);
    let pupils = page["marks"].as_array().unwrap().iter().map(|mark| &mark["pupil_id"]);
    let marks: Vec<Value> =
        pupils.map(|pupil| json!({ "pupil_id": pupil, "mark": here })).collect();
    stage.admin.put(&place, &json!({ "marks": marks })).expect(200);
}

/// A ticket, of any of Elm's pupils.
fn a_ticket(s: &Stage) {
    let (number, trust, elm) = (s.fresh(), s.trust, s.elm);
    let pupil = s.pupils[number as usize % s.pupils.len()];
    Sql::of(&s.app.database).run(&format!(
        "INSERT INTO ticket_event VALUES ({trust}, {elm}, {pupil}, 'S-06', '2026/{number}', 1, 'earned', 'the prize', \
             '2026/term-1', NULL, NULL, 'run', '2026-11-18T09:00:00Z', 'clockwork')"
    ));
}

/// An award, of any of Elm's pupils.
fn an_award(s: &Stage) {
    let (number, trust, elm) = (s.fresh(), s.trust, s.elm);
    let pupil = s.pupils[number as usize % s.pupils.len()];
    Sql::of(&s.app.database).run(&format!(
        "INSERT INTO award (trust_id, school_id, policy, policy_version, policy_row, rule, part, period, from_day, to_day, \
             kind, what, pupil_id, attended, possible, recorded_at) \
             VALUES ({trust}, {elm}, 'strategy', 1, 'S-13', 'S-13', 0, '2026/{number}', '2026-09-02', '2026-12-15', \
             'sticker', 'sticker', {pupil}, 9, 10, '2026-11-18T09:00:00Z'); \
         INSERT INTO award_event (trust_id, school_id, award_id, seq, state, recorded_at, recorded_by) \
             SELECT trust_id, school_id, award_id, 1, 'earned', recorded_at, 'clockwork' FROM award \
             WHERE trust_id = {trust} AND period = '2026/{number}'"
    ));
}
/// A draw of Elm's, of which nothing is published.
fn a_draw(s: &Stage) {
    let (number, trust, elm) = (s.fresh(), s.trust, s.elm);
    Sql::of(&s.app.database).run(&format!(
        "INSERT INTO draw VALUES ({trust}, {elm}, nextval('draw_ids'), 'an id {number}', 'prize {number}', '2026/term-1', \
             'beacon', 'Draw', 'strategy', 1, 'S-15', '[]', 1, 86400, '2026-12-01', '2026-12-15', 'a link', NULL, \
             '2026-11-18T09:00:00Z', 'clockwork')"
    ));
}

/// Elm's draw that is frozen today, with all of its pupils.
fn frozen_draw(s: &Stage) -> i32 {
    let there = s.admin.get(&format!("/v1/draws?limit=500&school_id={}", s.elm)).expect(200);
    let frozen = there["items"].as_array().unwrap().iter().find(|draw| draw["state"] == "frozen");
    if let Some(draw) = frozen {
        return id(draw, "draw_id");
    }
    let (trust, elm) = (s.trust, s.elm);
    let rewards = format!("/v1/schools/{elm}/policy/rewards/2026-09-01");
    s.admin
        .put(&rewards, &json!({ "policy": "strategy", "answers": { "target": "96%" } }))
        .expect(200);
    for pupil in &s.pupils {
        Sql::of(&s.app.database).run(&format!(
            "INSERT INTO ticket_event VALUES ({trust}, {elm}, {pupil}, 'S-15', '2026/term-1', 1, 'earned', \
                 'the termly prize', '2026/term-1', NULL, NULL, 'run', '2026-11-18T09:00:00Z', 'clockwork')"
        ));
    }
    let new = json!({
        "school_id": elm, "prize": "the termly prize", "period": "2026/term-1", "opens_on": "2026-11-18",
        "freezes_on": "2026-11-18",
    });
    let draw = id(&s.admin.post("/v1/draws", &new).expect(201), "draw_id");
    for step in ["opening", "freeze"] {
        s.admin.post(&format!("/v1/draws/{draw}/{step}"), &json!({})).expect(200);
    }
    draw
}
