//! A child who must not be heard of: planted everywhere, and found in no log, no measurement and no refusal.

use std::time::{Duration, Instant};

use domain::Upn;
use serde_json::{Value, json};

use crate::support::app::{Answer, Client, TestApp, measured};
use crate::support::build::{id, marks};
use crate::support::log::Listener;
use crate::support::one_school::OneSchool;
use crate::support::postgres::cluster;
use crate::support::sql::Sql;

const SURNAME: &str = "Quillfeather-Zzyx";
const FORENAME: &str = "Xanthippeia";
const BIRTH_DATE: &str = "2013-12-29";
/// The mother's.
const TELEPHONE: &str = "07700 900987";

fn canary_upn(last: u32) -> String {
    let rest = format!("80777123{last:04}");
    format!("{}{rest}", Upn::check_letter(&rest).expect("twelve digits"))
}

/// What is looked for, in small letters: names, number and date, also as files and searches write them.
const TRACES: [&str; 7] = [
    "quillfeather",
    "xanthippeia",
    "80777123",
    "900987",
    "2013-12-29",
    "29/12/2013",
    "29%2f12%2f2013",
];

#[track_caller]
fn assert_says_nothing(what: &str, text: &str) {
    let found =
        text.lines().find(|line| TRACES.iter().any(|trace| line.to_lowercase().contains(trace)));
    if let Some(line) = found {
        panic!("{what} speaks of the child: {line}");
    }
}

/// A refusal: its status, and that it does not repeat what it refuses.
#[track_caller]
fn refused(answer: &Answer, status: u16) {
    answer.problem(status);
    assert_says_nothing("a refusal", &answer.text);
}

/// The child, as a school would send it.
fn child(school: i32, upn: &str) -> Value {
    json!({ "school_id": school, "upn": upn, "surname": SURNAME, "forename": FORENAME, "birth_date": BIRTH_DATE })
}

/// The child's mother, with a way to reach her.
fn mother(kind: &str, value: &str) -> Value {
    let contacts = [json!({ "kind": kind, "value": value })];
    let person = json!({ "surname": SURNAME, "language": "en", "contacts": contacts });
    json!({ "person": person, "link": { "relationship": "mother", "priority": 1 } })
}

/// The child with one member changed.
fn child_but(school: i32, member: &str, value: Value) -> Value {
    let mut child = child(school, &canary_upn(9));
    child[member] = value;
    child
}

struct Story {
    app: TestApp,
    admin: Client,
    school: i32,
    class: i32,
    pupil: i32,
}

impl Story {
    /// The child is added, enrolled, marked, corrected and read, and everything goes well.
    fn begin() -> Self {
        let OneSchool { app, admin, school, class, .. } = OneSchool::without_pupils();
        let key = [("idempotency-key", "Quillfeather")];
        let added = admin.json("POST", "/v1/pupils", &key, &child(school, &canary_upn(1)));
        let pupil = id(&added.expect(201), "pupil_id");
        let enrolment = json!({ "pupil_id": pupil, "class_id": class, "year_group": 6, "first_day": "2026-09-02" });
        admin.post("/v1/enrolments", &enrolment).expect(201);
        let register = format!("/v1/classes/{class}/registers/2026-11-18/AM");
        admin.put(&register, &marks(&[(pupil, "/")])).expect(200);
        let change = json!({ "date": "2026-11-17", "session": "AM", "mark": "I" });
        let amendment = json!({ "reason": "Mrs Quillfeather rang", "changes": [change] });
        admin.post(&format!("/v1/pupils/{pupil}/marks/amendments"), &amendment).expect(201);
        let parents = format!("/v1/pupils/{pupil}/parents");
        let mother = admin.post(&parents, &mother("mobile", TELEPHONE)).expect(201);
        let mother = id(&mother, "parent_id");
        let again = json!({ "surname": SURNAME, "forename": FORENAME, "language": "en" });
        admin.put(&format!("/v1/parents/{mother}"), &again).expect(200);
        let named = json!({ "forename": "Xanthippeia Ann", "reason": "Mrs Quillfeather rang" });
        admin.post(&format!("/v1/pupils/{pupil}/corrections"), &named).expect(201);
        for path in [
            "/v1/parents?name=quillfeather",
            &parents,
            &format!("/v1/parents/{mother}"),
            &format!("/v1/pupils/{pupil}/history"),
            "/v1/pupils?name=quillfeather%20zzyx",
            &format!("/v1/pupils?upn={}", canary_upn(1)),
            &format!("/v1/pupils/{pupil}"),
            &format!("/v1/pupils/{pupil}/marks"),
            &format!("/v1/pupils/{pupil}/marks/2026-11-17/AM/history"),
            &format!("/v1/classes/{class}"),
            &register,
            "/v1/analytics/trend?by=class",
        ] {
            admin.get(path).expect(200);
        }
        Self { app, admin, school, class, pupil }
    }

    fn refused_bodies(&self) {
        let Self { admin, school, class, pupil, .. } = self;
        let post = |body: &Value| admin.post("/v1/pupils", body);
        refused(&post(&child(*school, &canary_upn(1))), 409);
        refused(&post(&child(999_999, &canary_upn(9))), 404);
        for (member, value, status) in [
            ("school_id", json!(SURNAME), 400),
            ("surname", json!([SURNAME]), 400),
            ("surname", json!({ "text": SURNAME }), 400),
            ("surname", json!(format!("{SURNAME}\0")), 400),
            ("surname", json!(format!("{SURNAME}\n{SURNAME}")), 422),
            ("birth_date", json!("29/12/2013"), 400),
            ("birth_date", json!("1913-12-29"), 422),
            ("sex", json!(FORENAME), 422),
            ("upn", json!(SURNAME), 422),
            ("upn", json!(canary_upn(9).replace('8', "9")), 422),
        ] {
            refused(&post(&child_but(*school, member, value)), status);
        }
        let broken = format!("{{\"surname\": \"{SURNAME}\", \"forename\": {FORENAME}");
        let send = |media| {
            let headers = [("content-type", media)];
            admin.send("POST", "/v1/pupils", &headers, Some(broken.clone().into_bytes()))
        };
        refused(&send("application/json"), 400);
        refused(&send("text/plain"), 415);
        let school_of_that_kind = json!({ "urn": "900002", "name": SURNAME, "phase": SURNAME });
        refused(&admin.post("/v1/schools", &school_of_that_kind), 400);
        let register = format!("/v1/classes/{class}/registers/2026-11-18/AM");
        refused(&admin.put(&register, &marks(&[(*pupil, SURNAME)])), 422);
        let tag = [("if-match", SURNAME)];
        refused(&admin.json("PUT", &register, &tag, &marks(&[(*pupil, "N")])), 412);
        let key = [("idempotency-key", "Quillfeather")];
        refused(&admin.json("POST", "/v1/pupils", &key, &child(*school, &canary_upn(2))), 422);
    }

    /// Parents, corrections and staff with the child in them, each of them wrong.
    fn refused_facts(&self) {
        let Self { admin, pupil, .. } = self;
        let parents = format!("/v1/pupils/{pupil}/parents");
        let corrections = format!("/v1/pupils/{pupil}/corrections");
        for (place, body, status) in [
            (&parents, mother("email", "quillfeather@"), 422),
            (&parents, mother("home", "07700 900987 Quillfeather"), 422),
            (&parents, mother(SURNAME, TELEPHONE), 400),
            (&corrections, json!({ "surname": format!("{SURNAME}\n"), "reason": "x" }), 422),
            (&corrections, json!({ "sex": SURNAME, "reason": "x" }), 422),
            (&corrections, json!({ "upn": canary_upn(1), "reason": SURNAME }), 422),
            (&corrections, json!({ "birth_date": "29/12/2013", "reason": SURNAME }), 400),
            (
                &format!("/v1/pupils/{pupil}/merge"),
                json!({ "into": pupil, "reason": SURNAME }),
                422,
            ),
            (
                &"/v1/staff".to_owned(),
                json!({ "person": { "name": FORENAME, "email": SURNAME }, "school_ids": [] }),
                422,
            ),
        ] {
            refused(&admin.post(place, &body), status);
        }
        let order = json!({ "no_contact": { "text": SURNAME, "from": BIRTH_DATE } });
        refused(&admin.put(&format!("{parents}/1/safeguards"), &order), 403);
    }

    fn refused_addresses(&self) {
        let Self { app, admin, .. } = self;
        for (path, status) in [
            ("/v1/pupils?name=quillfeather&limit=0", 400),
            ("/v1/pupils?limit=quillfeather", 400),
            ("/v1/pupils?school_id=H807771230001", 400),
            ("/v1/pupils?cursor=quillfeather", 400),
            ("/v1/pupils?name=quillfeather&name=xanthippeia", 400),
            ("/v1/pupils?name=quillfeather%00", 400),
            ("/v1/classes/1?on=29%2F12%2F2013", 400),
            ("/v1/enrolments?on=29/12/2013", 400),
            ("/v1/analytics/trend?by=quillfeather", 400),
            ("/v1/analytics/trend?window=quillfeather", 400),
            ("/v1/analytics/trend?schools=quillfeather", 400),
            ("/v1/pupils/H807771230001", 404),
            ("/v1/pupils/quillfeather/marks", 404),
            ("/v1/pupils/1/marks/29-12-2013/quillfeather/history", 404),
            ("/v1/schools/1/calendar/quillfeather", 404),
            ("/problems/quillfeather", 404),
            ("/quillfeather?name=xanthippeia", 404),
        ] {
            refused(&admin.get(path), status);
        }
        refused(&admin.send("DELETE", "/v1/pupils/H807771230001", &[], None), 405);
        refused(&admin.upload("/v1/imports?kind=quillfeather", b""), 400);
        let search = "/v1/pupils?name=quillfeather";
        refused(&app.client_of("").get(search), 401);
        refused(&app.client_of("quillfeather.xanthippeia.H807771230001").get(search), 401);
        refused(&app.client("la_partner", 1).get(search), 403);
    }

    /// Files with the child in them: one that is taken, and two that are not.
    fn imports(&self) {
        let Self { admin, school, .. } = self;
        let head = "UPN,Surname,Forename,DOB,Class,Year group,First day";
        let row = |upn: &str, birth_date: &str| {
            format!("{head}\n{upn},{SURNAME},{FORENAME},{birth_date},6A,6,2026-09-02\n")
        };
        let query = format!("kind=pupils&school_id={school}&file_name=quillfeather.csv");
        let taken = admin.import(&query, row(&canary_upn(3), "29/12/2013").as_bytes());
        assert_eq!(taken["job"]["state"], "done", "{taken:#}");
        let wrong = admin.import(&query, row(&canary_upn(4), "31/31/2013 29/12/2013").as_bytes());
        assert_eq!(wrong["job"]["state"], "refused", "{wrong:#}");
        // Whoever sent a wrong cell is shown it: in the import's own result, and only there.
        let shown = &wrong["result"]["problems"][0]["value"];
        assert_eq!(shown, "31/31/2013 29/12/2013", "{wrong:#}");
        let marks = format!("UPN,Date,Session,Mark\n{},2026-11-16,AM,{SURNAME}\n", canary_upn(3));
        let query = format!("kind=marks&school_id={school}");
        let refused = admin.import(&query, marks.as_bytes());
        assert_eq!(refused["job"]["state"], "refused", "{refused:#}");
    }

    /// What nobody foresaw: the database refuses the child, loses a table, and goes away.
    fn our_own_failures(&self, log: &Listener) {
        let Self { app, admin, school, pupil, .. } = self;
        let unlucky = format!(
            "ALTER TABLE pupil ADD CONSTRAINT unlucky CHECK (forename <> '{FORENAME}') NOT VALID"
        );
        Sql::of(&app.database).run(&unlucky);
        refused(&admin.post("/v1/pupils", &child(*school, &canary_upn(5))), 500);
        let unlucky = format!(
            "ALTER TABLE parent ADD CONSTRAINT unlucky_too CHECK (surname <> '{SURNAME}') NOT VALID"
        );
        Sql::of(&app.database).run(&unlucky);
        let parents = format!("/v1/pupils/{pupil}/parents");
        refused(&admin.post(&parents, &mother("mobile", TELEPHONE)), 500);
        let file = format!(
            "UPN,Surname,Forename,DOB,Class,Year group,First day\n{},{SURNAME},{FORENAME},29/12/2013,6A,6,2026-09-02\n",
            canary_upn(6)
        );
        let query = format!("kind=pupils&school_id={school}");
        admin.upload(&format!("/v1/imports?{query}"), file.as_bytes()).expect(202);
        wait_for(log, "job failed");

        Sql::of(&app.database).run("ALTER TABLE enrolment_days RENAME TO elsewhere");
        Sql::of(&app.database).run("ALTER TABLE pupil RENAME COLUMN name_key TO elsewhere");
        refused(&admin.get("/v1/pupils?name=quillfeather"), 500);
        refused(&admin.get(&format!("/v1/pupils/{pupil}/marks")), 500);

        let name = app.database.name();
        let away = format!(
            "REVOKE CONNECT ON DATABASE {name} FROM PUBLIC; \
             SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
             WHERE datname = '{name}' AND pid <> pg_backend_pid()"
        );
        Sql::of(&app.database).run(&away);
        refused(&admin.get("/v1/pupils?name=quillfeather"), 503);
        refused(&admin.post("/v1/pupils", &child(*school, &canary_upn(7))), 503);
    }
}

#[track_caller]
fn wait_for(log: &Listener, text: &str) {
    let since = Instant::now();
    while !log.heard().contains(text) {
        assert!(since.elapsed() < Duration::from_secs(30), "never logged: {text}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_child_is_heard_of_in_no_log_no_measurement_and_no_refusal() {
    api::server::metrics::install();
    let log = Listener::start();
    let story = Story::begin();
    story.refused_bodies();
    story.refused_facts();
    story.refused_addresses();
    story.imports();
    let measured = measured();
    story.our_own_failures(&log);

    // The log was really listened to, down to the finest level and to what libraries say.
    let heard = log.heard();
    for line in ["answered", "request failed", "unlucky", "token refused", "TRACE", "DEBUG"] {
        assert!(heard.contains(line), "nothing heard of {line:?}");
    }
    assert_says_nothing("the log", &heard);
    assert!(measured.text.contains("rollcall_requests_total"), "{}", measured.text);
    assert_says_nothing("a measurement", &measured.text);
    // PostgreSQL quotes the row that it refuses, unless row-level security hides it.
    let postgres = std::fs::read(cluster().folder().join("server.log")).unwrap();
    let postgres = String::from_utf8_lossy(&postgres);
    assert!(postgres.contains("unlucky"), "the refusal stands in no log of PostgreSQL");
    assert_says_nothing("PostgreSQL's log", &postgres);
}
