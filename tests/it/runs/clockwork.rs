//! What runs by itself: by each school's own calendar and clock, once, whoever dies, late if need be, and it says so.

mod killed;
mod thousand;

use serde_json::{Value, json};

use crate::support::app::{Client, Start, TestApp};
use crate::support::build::{calendar, class, id, marks, pupil, school, text};
use crate::support::one_school::one_trust;
use crate::support::run::{done_runs, schedule, wait_until};
use crate::support::sql::Sql;

/// Kind, period, instant and state of each.
fn told(items: &[Value]) -> Vec<[&str; 4]> {
    let told = |item| ["kind", "period", "due", "state"].map(|name| text(item, name));
    items.iter().map(told).collect()
}

/// Two classes with a pupil each, and their registers of 16 to 18 November.
fn two_classes(admin: &Client, school: i32, number: u32) -> [(i32, i32); 2] {
    [("6A", number), ("6B", number + 1)].map(|(name, number)| {
        let class = class(admin, school, name);
        let pupil = pupil(admin, school, class, number);
        for (day, mark) in [("16", "/"), ("17", if name == "6A" { "I" } else { "O" }), ("18", "L")]
        {
            let place = format!("/v1/classes/{class}/registers/2026-11-{day}/AM");
            admin.put(&place, &marks(&[(pupil, mark)])).expect(200);
        }
        (class, pupil)
    })
}

#[test]
fn a_term_that_ends_while_nothing_runs_is_closed_late_once_and_says_so() {
    let app = TestApp::without_workers();
    let trust = app.trust("Larkrise");
    let admin = app.client("trust_admin", trust);
    let school = school(&admin, 1, "primary");
    let classes = two_classes(&admin, school, 1);

    // The calendar has come today: what had ended before is nobody's. An INSET day makes one week shorter.
    let items = schedule(&admin, &format!("school_id={school}&from=2026-11-09&to=2026-11-30"));
    assert_eq!(
        told(&items),
        [
            ["end_of_week", "2026/2026-W46", "2026-11-13T18:00:00Z", "skipped"],
            ["end_of_week", "2026/2026-W47", "2026-11-20T18:00:00Z", "scheduled"],
            ["end_of_week", "2026/2026-W48", "2026-11-26T18:00:00Z", "scheduled"],
        ]
    );
    assert!(text(&items[0], "why").contains("before the school's calendar"), "{}", items[0]);

    // The term ends on a Friday evening, and nobody is there.
    app.clock.set("2026-12-20T09:00:00Z");
    let last_days = format!("school_id={school}&from=2026-12-18&to=2026-12-18");
    for item in schedule(&admin, &last_days) {
        assert_eq!((&item["state"], &item["late"]["seconds"]), (&json!("due"), &json!(140_400)));
    }

    // Then three instances come at once: each run is there once.
    let _instances = [(); 3].map(|()| app.another(Start::default()));
    let runs = done_runs(&admin, "", 7);
    let kinds: Vec<(&str, &str)> =
        runs.iter().map(|run| (text(run, "kind"), text(run, "period"))).collect();
    assert_eq!(
        kinds,
        [
            ("end_of_week", "2026/2026-W47"),
            ("end_of_week", "2026/2026-W48"),
            ("end_of_week", "2026/2026-W49"),
            ("end_of_week", "2026/2026-W50"),
            ("end_of_week", "2026/2026-W51"),
            ("end_of_half_term", "2026/half-term-2"),
            ("end_of_term", "2026/term-1"),
        ]
    );
    let says = "1 day and 15 hours late: the service was not running when it fell due";
    let late = json!({ "seconds": 140_400, "missed": true, "says": says });
    assert_eq!((&runs[6]["late"], &runs[6]["job"]["total"]), (&late, &json!(2)), "{}", runs[6]);
    let items = schedule(&admin, &last_days);
    assert_eq!(items.len(), 3, "the week, the half term and the term");
    for item in items {
        assert_eq!((&item["state"], &item["late"]), (&json!("done"), &late));
        let run = admin.get(&format!("/v1/runs/{}", item["run_id"])).expect(200);
        assert_eq!((&run["kind"], &run["period"]), (&item["kind"], &item["period"]));
    }

    figures_stand(&app, &admin, id(&runs[6], "run_id"), classes);
}

/// The figures of a closed term are what counting rows finds, and stay when a mark is amended.
fn figures_stand(app: &TestApp, admin: &Client, run: i32, classes: [(i32, i32); 2]) {
    let mut sql = Sql::of(&app.database);
    let before = admin.get(&format!("/v1/runs/{run}")).expect(200);
    for (number, (class, pupil)) in classes.into_iter().enumerate() {
        let item = &before["items"][number];
        assert_eq!(item["item"], format!("class/{class}"));
        let figures = &item["result"]["figures"];
        for name in ["possible", "absent", "authorised", "unauthorised", "late"] {
            let counted = sql
                .number(&format!("SELECT count(*) FROM mark WHERE pupil_id = {pupil} AND {name}"));
            assert_eq!(figures[name], counted, "{name} in {item}");
        }
        assert_eq!(figures["possible"], 3);
        assert_eq!(figures["persistence"]["persistent"], 1);
    }
    let change = json!({ "date": "2026-11-17", "session": "AM", "mark": "/" });
    let amendment = json!({ "reason": "Seen in class", "changes": [change] });
    admin.post(&format!("/v1/pupils/{}/marks/amendments", classes[0].1), &amendment).expect(201);
    let trend = admin.get(&format!("/v1/analytics/trend?classes={}", classes[0].0)).expect(200);
    let absent = |cell: &Value| cell["absent"].as_i64().unwrap();
    let cells = trend["series"][0]["cells"].as_array().unwrap();
    assert_eq!(cells.iter().map(absent).sum::<i64>(), 0, "the trend follows: {trend:#}");
    assert_eq!(admin.get(&format!("/v1/runs/{run}")).expect(200), before, "the term stays closed");
}

#[test]
fn each_school_goes_by_its_own_calendar_and_its_own_wall() {
    let (app, trust, admin) = one_trust();
    let london = school(&admin, 1, "primary");
    // A school on Cyprus that closes on Thursdays, and whose half term ends this week.
    let body = json!({ "urn": "900002", "name": "School 2", "phase": "primary", "time_zone": "Asia/Nicosia" });
    let cyprus = id(&admin.post("/v1/schools", &body).expect(201), "school_id");
    let mut own = calendar();
    own["terms"][0]["half_term"] = json!({ "from": "2026-11-20", "to": "2026-11-29" });
    own["closures"] = json!([]);
    admin.put(&format!("/v1/schools/{cyprus}/calendar/2026"), &own).expect(200);

    let both = schedule(&admin, "from=2026-11-18&to=2026-11-25");
    let walls: Vec<[&str; 4]> = both
        .iter()
        .map(|item| ["kind", "due", "local", "time_zone"].map(|name| text(item, name)))
        .collect();
    let on_cyprus = |kind| [kind, "2026-11-19T16:00:00Z", "2026-11-19T18:00:00", "Asia/Nicosia"];
    assert_eq!(
        walls,
        [
            on_cyprus("end_of_half_term"),
            on_cyprus("end_of_week"),
            ["end_of_week", "2026-11-20T18:00:00Z", "2026-11-20T18:00:00", "Europe/London"],
        ]
    );
    app.clock.set("2026-11-19T16:00:00Z");
    done_runs(&admin, "", 2);
    done_runs(&admin, &format!("school_id={cyprus}"), 2);
    app.clock.set("2026-11-20T17:59:59Z");
    done_runs(&admin, &format!("school_id={london}"), 0);
    app.clock.set("2026-11-20T18:00:00Z");
    let runs = done_runs(&admin, &format!("school_id={london}"), 1);
    assert!(runs[0].get("late").is_none(), "in time: {}", runs[0]);
    // Whoever may see one school sees its runs and no others.
    done_runs(&app.school_client("school_office", trust, &[london]), "", 1);

    let wrong =
        json!({ "urn": "900003", "name": "School 3", "phase": "primary", "time_zone": "London" });
    let refused = admin.post("/v1/schools", &wrong);
    assert_eq!(refused.problem(422), "invalid");
    assert_eq!(refused.body["errors"][0]["pointer"], "/time_zone");
}

#[test]
fn a_run_that_fails_is_tried_again_and_goes_on_with_the_items_that_are_left() {
    let (app, _, admin) = one_trust();
    let school = school(&admin, 1, "primary");
    let [_, (second, _)] = two_classes(&admin, school, 1);
    let mut sql = Sql::of(&app.database);
    sql.run(&format!(
        "ALTER TABLE run_item ADD CONSTRAINT broken CHECK (item <> 'class/{second}')"
    ));
    app.clock.set("2026-11-20T18:00:00Z");
    let mut seconds = 0;
    wait_until("the run has failed", || {
        // Every attempt waits longer than the one before.
        seconds += 10;
        app.clock.set(&format!("2026-11-20T18:{:02}:{:02}Z", seconds / 60 % 60, seconds % 60));
        sql.number("SELECT count(*) FROM job WHERE kind = 'run' AND state = 'failed'") == 1
    });
    let failed = admin.get("/v1/runs?state=failed").expect(200)["items"][0].clone();
    assert_eq!((&failed["attempt"], &failed["job"]["done"]), (&1.into(), &1.into()), "{failed}");
    sql.run("ALTER TABLE run_item DROP CONSTRAINT broken");

    let first = id(&failed, "run_id");
    let again = admin.send("POST", &format!("/v1/runs/{first}/retry"), &[], None);
    let second_attempt = again.header("location").unwrap().to_owned();
    assert_eq!(again.expect(202)["attempt"], 2);
    wait_until("the second attempt is done", || {
        admin.get(&second_attempt).expect(200)["job"]["state"] == "done"
    });
    let done = admin.get(&second_attempt).expect(200);
    let by: Vec<i32> =
        done["items"].as_array().unwrap().iter().map(|item| id(item, "run_id")).collect();
    assert_eq!(by, [first, id(&done, "run_id")], "{done:#}");
    // Asked twice, the same attempt is answered; and what is done is not done again.
    let twice = admin.send("POST", &format!("/v1/runs/{first}/retry"), &[], None);
    assert_eq!(twice.header("location"), Some(second_attempt.as_str()));
    let over = admin.send("POST", &format!("{second_attempt}/retry"), &[], None);
    assert_eq!(over.problem(409), "run-not-failed");
}
