//! A sandbox moves its own clock: forward, for itself alone, and in any steps to the same end.

use serde_json::{Value, json};

use crate::support::app::{Client, TestApp};
use crate::support::build::{class, id, marks, pupil, school, text};
use crate::support::run::{done_runs, schedule, wait_until};

#[track_caller]
fn move_to(client: &Client, instant: &str) -> Value {
    client.put("/v1/trust/clock", &json!({ "now": instant })).expect(200)
}

/// Waits until nothing is left that has fallen due.
#[track_caller]
fn settle(client: &Client) {
    wait_until("everything that is due is done", || {
        let items = schedule(client, "from=2026-11-18&to=2027-08-31");
        items.iter().all(|item| matches!(text(item, "state"), "done" | "scheduled" | "skipped"))
    });
}

#[test]
fn small_steps_and_one_leap_run_the_same_and_no_other_trust_is_moved() {
    let app = TestApp::start();
    let trusts = [app.sandbox("Steps"), app.sandbox("Leap"), app.trust("Real")];
    let admins = trusts.map(|trust| app.client("trust_admin", trust));
    for admin in &admins {
        let school = school(admin, 1, "primary");
        let class = class(admin, school, "6A");
        pupil(admin, school, class, 1);
    }
    let [steps, leap, real] = &admins;
    let days = ["2026-11-20", "2026-12-10", "2026-12-18", "2027-02-01", "2027-03-28", "2027-06-30"];
    for day in days {
        move_to(steps, &format!("{day}T18:00:00Z"));
        settle(steps);
    }
    for client in [steps, leap] {
        let moved = move_to(client, "2027-07-25T09:00:00Z");
        assert_eq!(moved["today"], "2027-07-25");
        settle(client);
    }
    let key = |run: &Value| (run["kind"].clone(), run["period"].clone(), run["attempt"].clone());
    let ran = |client: &Client, number| -> Vec<_> {
        done_runs(client, "", number).iter().map(key).collect()
    };
    // 30 weeks from 18 November on, five half terms, three terms and the year.
    let in_steps = ran(steps, 39);
    assert_eq!(ran(leap, 39), in_steps);
    let leapt = &done_runs(leap, "", 39)[0]["late"];
    assert!(
        leapt["says"].as_str().unwrap().ends_with("the trust's clock was moved past it"),
        "{leapt}"
    );
    let half_terms = in_steps.iter().filter(|(kind, _, _)| kind == "end_of_half_term");
    let half_terms: Vec<&str> = half_terms.map(|(_, period, _)| period.as_str().unwrap()).collect();
    let five = [2, 3, 4, 5, 6].map(|number| format!("2026/half-term-{number}"));
    assert_eq!(half_terms, five);

    assert_eq!(ran(real, 0), []);
    let clock = real.get("/v1/trust/clock").expect(200);
    let still = json!({ "now": "2026-11-18T10:00:00Z", "today": "2026-11-18", "ahead_seconds": 0 });
    assert_eq!(clock, still);
}

#[test]
fn everything_in_a_sandbox_goes_by_its_clock_but_tokens() {
    let app = TestApp::start();
    let trust = app.sandbox("Larkrise");
    let admin = app.client("trust_admin", trust);
    assert_eq!(admin.get("/v1/trust").expect(200)["sandbox"], true);
    let school = school(&admin, 1, "primary");
    let class = class(&admin, school, "6A");
    let pupil = pupil(&admin, school, class, 1);
    let register = format!("/v1/classes/{class}/registers/2026-11-24/AM");
    let taken = marks(&[(pupil, "/")]);
    assert_eq!(admin.put(&register, &taken).problem(422), "future-mark");

    let moved = move_to(&admin, "2026-11-24T09:30:00Z");
    assert_eq!(moved["ahead_seconds"], 6 * 86_400 - 1800);
    let page = admin.put(&register, &taken).expect(200);
    assert_eq!(page["taken_at"], "2026-11-24T09:30:00Z", "{page}");
    assert_eq!(admin.get(&format!("/v1/classes/{class}")).expect(200)["on"], "2026-11-24");
    assert_eq!(admin.get(&format!("/v1/pupils/{pupil}/marks")).expect(200)["to"], "2026-11-24");
    let trend = admin.get("/v1/analytics/trend").expect(200);
    assert_eq!(trend["as_known_on"], "2026-11-24T09:30:00Z");
    // A job is done at once, although it was asked for in the future.
    let import = admin.import(&format!("kind=pupils&school_id={school}"), b"UPN\n");
    assert_eq!(import["job"]["requested_at"], "2026-11-24T09:30:00Z");
    // The machine's own clock goes on, and the sandbox's with it.
    app.clock.set("2026-11-18T11:00:00Z");
    assert_eq!(admin.get("/v1/trust/clock").expect(200)["now"], "2026-11-24T10:30:00Z");
    // Tokens are the machine's: this one is for 700 days.
    move_to(&admin, "2036-01-07T09:00:00Z");
    assert_eq!(admin.get("/v1/trust/clock").expect(200)["today"], "2036-01-07");
    assert_eq!(id(&admin.get("/v1/trust").expect(200), "trust_id"), trust);
}

#[test]
fn a_clock_that_may_not_be_moved_stays() {
    let app = TestApp::start();
    let (sandbox, real) = (app.sandbox("Larkrise"), app.trust("Candleford"));
    let admin = app.client("trust_admin", sandbox);
    move_to(&admin, "2026-12-01T09:00:00Z");
    // Where it stands already it may be put.
    move_to(&admin, "2026-12-01T09:00:00Z");
    for (instant, expected) in [
        ("2026-12-01T08:59:59Z", "2026-12-01T09:00:00.000000Z or later"),
        ("2199-08-01T00:00:00Z", "an instant before August 2199"),
        ("+200000-01-01T00:00:00Z", "a date from 1900 to 2200, and a time of day that clocks show"),
    ] {
        let refused = admin.put("/v1/trust/clock", &json!({ "now": instant }));
        assert_eq!(refused.problem(422), "invalid", "{instant}");
        let error = json!({ "pointer": "/now", "expected": expected });
        assert_eq!(refused.body["errors"][0], error);
    }
    let now = json!({ "now": "2027-01-01T09:00:00Z" });
    let one_school = app.school_client("trust_admin", sandbox, &[1]);
    assert_eq!(one_school.put("/v1/trust/clock", &now).problem(403), "forbidden");
    let officer = app.client("trust_officer", sandbox);
    assert_eq!(officer.put("/v1/trust/clock", &now).problem(403), "forbidden");
    let refused = app.client("trust_admin", real).put("/v1/trust/clock", &now);
    assert_eq!(refused.problem(409), "not-a-sandbox");
    assert_eq!(admin.get("/v1/trust/clock").expect(200)["now"], "2026-12-01T09:00:00Z");
}
