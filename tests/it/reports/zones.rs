//! Schools of one trust whose clocks show different days at one instant: each report goes by its own school's wall.

use serde_json::{Value, json};

use crate::support::app::{Client, TestApp};
use crate::support::build::{calendar, class, id, pupil};
use crate::support::weeks::send_marks;

/// A school somewhere, with a pupil who is mostly there.
fn school(admin: &Client, number: u32, zone: &str) -> (i32, i32) {
    let body = json!({ "urn": format!("9{number:05}"), "name": zone, "phase": "primary", "time_zone": zone });
    let school = id(&admin.post("/v1/schools", &body).expect(201), "school_id");
    admin.put(&format!("/v1/schools/{school}/calendar/2026"), &calendar()).expect(200);
    let class = class(admin, school, "6A");
    let pupil = pupil(admin, school, class, number);
    let absent = |_, day: usize| day.is_multiple_of(9).then_some("N");
    send_marks(admin, school, &[number], ("2026-09-02", "2026-11-17"), absent);
    (school, pupil)
}

#[test]
fn a_report_of_today_is_of_the_day_on_the_schools_own_wall() {
    let app = TestApp::start();
    app.clock.set("2026-11-18T11:30:00Z");
    let trust = app.trust("Two hemispheres");
    let admin = app.client("trust_admin", trust);
    // Half past eleven in the morning in London, half past midnight of the next day in Auckland.
    let (london, here) = school(&admin, 1, "Europe/London");
    let (auckland, there) = school(&admin, 2, "Pacific/Auckland");
    let lead = app.school_client("school_lead", trust, &[london, auckland]);
    let asked = |school: i32, report: &str| lead.get(&format!("/v1/schools/{school}/{report}"));
    let (today, tomorrow) = ("2026-11-18", "2026-11-19");
    let reports = [
        "reports/slt",
        "reports/safeguarding",
        "reports/at-risk",
        "reports/declined",
        "reports/broken-weeks",
    ];
    let returns = ["returns/attendance", "returns/sickness", "returns/new-pupils"];
    for report in reports.into_iter().chain(returns) {
        let until = |school| asked(school, report).expect(200)["period"]["to"].clone();
        assert_eq!((until(london), until(auckland)), (json!(today), json!(tomorrow)), "{report}");
    }
    // What is today there is a day to come here.
    for report in ["slt", "safeguarding", "at-risk", "declined"] {
        let of = |school| asked(school, &format!("reports/{report}?day={tomorrow}"));
        assert_eq!(of(london).expect(400)["errors"][0]["pointer"], "?day");
        assert_eq!(of(auckland).expect(200)["period"]["to"], tomorrow);
    }

    // What is recorded in one instant stands in the log under the day and the hour of each wall.
    for pupil in [here, there] {
        let stop = json!({ "stopped": true, "reason": "Ask the lead" });
        lead.post(&format!("/v1/pupils/{pupil}/letters/stop"), &stop).expect(200);
    }
    let log = |school: i32, day: &str| {
        let log = asked(school, &format!("reports/log?from={day}&to={day}"));
        log.expect(200)["entries"]["items"].as_array().unwrap().len()
    };
    assert_eq!((log(london, today), log(auckland, today), log(auckland, tomorrow)), (1, 0, 1));
    assert_eq!(asked(london, &format!("reports/log?to={tomorrow}")).status, 400);
    let csv = |school: i32| asked(school, "reports/log?format=csv").text;
    assert!(csv(london).contains("2026-11-18,11:30,"), "{}", csv(london));
    assert!(csv(auckland).contains("2026-11-19,00:30,"), "{}", csv(auckland));

    // The week that has begun there has begun; a return's month is the wall's.
    app.clock.set("2026-11-30T12:00:00Z");
    let month = |school| {
        let period: Value = asked(school, "returns/deletions").expect(200)["period"].clone();
        period["from"].clone()
    };
    assert_eq!((month(london), month(auckland)), (json!("2026-11-01"), json!("2026-12-01")));
    // The term ends on Friday 18 December: it is over in Auckland, where it is Saturday.
    app.clock.set("2026-12-18T12:00:00Z");
    let ended = |school| asked(school, "reports/governors?half_term=half-term-2").status;
    assert_eq!((ended(london), ended(auckland)), (400, 200));
}
