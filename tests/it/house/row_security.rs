//! Row-level security itself, behind the application's back: its database role with SQL of our own.

use serde_json::json;

use crate::support::app::{Client, TestApp};
use crate::support::build::{class, id, marks, pupil, school, upn};
use crate::support::run::{a_run, wait_until};
use crate::support::sql::Sql;
use crate::support::weeks::send_marks;

/// Tables to which rows are only ever added.
const APPEND_ONLY: &[&str] = &[
    "trust",
    "trust_clock",
    "school",
    "former_urn",
    "school_calendar",
    "school_hours",
    "school_contact_times",
    "school_letterhead",
    "idempotency",
    "class",
    "enrolment_days",
    "enrolment_pupil",
    "placement",
    "characteristic",
    "pupil_change",
    "parent_change",
    "pupil_parent",
    "parent_safeguard",
    "order_release",
    "joining_draft",
    "leaver_destination",
    "reported_absence",
    "report_withdrawal",
    "leave_request",
    "leave_decision",
    "contact_attempt",
    "search_decision",
    "client_secret",
    "identity_providers",
    "staff_identity",
    "staff_change",
    "staff_duty",
    "mark_event",
    "run",
    "run_item",
    "unplanned_closure",
    "policy_version",
    "school_policy",
    "review",
    "feedback",
    "case_event",
    "evidence",
    "action_event",
    "letter_copy",
    "letter_decision",
    "mitigation",
    "case_record",
    "log_entered",
    "ticket_event",
    "ticket_pool_closed",
    "award",
    "award_event",
    "reward_judged",
    "reward_adjustment",
    "equality_record",
    "draw",
    "draw_event",
    "draw_entry",
];

/// A trust with one school and a row in every table.
fn trust_with_rows_everywhere(app: &TestApp) -> (i32, i32) {
    let trust = app.sandbox("Larkrise");
    let admin = app.client("trust_admin", trust);
    admin.put("/v1/trust/clock", &json!({ "now": "2026-11-18T10:00:00Z" })).expect(200);
    let school = school(&admin, 1, "primary");
    let class_body = json!({ "school_id": school, "year": 2026, "name": "6B" });
    let lead = app.school_client("school_lead", trust, &[school]);
    lead.json("POST", "/v1/classes", &[("idempotency-key", "6B")], &class_body).expect(201);
    admin.put(&format!("/v1/schools/{school}/contact-times/2026-09-01"), &json!({})).expect(200);
    let hours = json!({ "opens": "08:30:00", "closes": "15:00:00" });
    admin.put(&format!("/v1/schools/{school}/hours/2026-09-01"), &hours).expect(200);
    let class = class(&admin, school, "6A");
    let ada = pupil(&admin, school, class, 1);
    let place = format!("/v1/classes/{class}/registers/2026-11-18/AM");
    admin.put(&place, &marks(&[(ada, "/")])).expect(200);
    let closure = json!({ "from": "2026-11-17", "to": "2026-11-17", "reason": "Snow" });
    admin.post(&format!("/v1/schools/{school}/closures"), &closure).expect(201);
    admin.import(&format!("kind=pupils&school_id={school}&dry_run=true"), b"upn\n1\n");
    facts_of_every_kind(app, &admin, school, class, ada);
    files_of_every_kind(&admin, school);
    a_case_with_everything(&admin, school);
    a_day_with_everything(&admin, school, ada);
    let mut sql = Sql::of(&app.database);
    wait_until("it is looked at", || {
        sql.number("SELECT count(*) FROM second_look WHERE done_at IS NULL") == 0
    });
    // A finished import has let its file go, and no period has ended yet.
    a_run(&app.database, trust, school, "done");
    Sql::of(&app.database).run(
        "INSERT INTO import_chunk SELECT trust_id, job_id, school_id, 0, 'x' FROM import ORDER BY job_id LIMIT 1;
         INSERT INTO joining_draft SELECT trust_id, school_id, pupil_id, '{}', true, created_at, created_by \
             FROM enrolment ORDER BY enrolment_id LIMIT 1;
         INSERT INTO pupil_copy SELECT trust_id, pupil_id, now(), school_ids, known_to, upn, surname, forename, name_key, \
             given_key, birth_date, sex FROM pupil ORDER BY pupil_id LIMIT 1;
         INSERT INTO action_pupil SELECT a.trust_id, a.school_id, a.action_id, a.pupil_id, r.review_id \
             FROM action a JOIN review r ON r.trust_id = a.trust_id AND r.school_id = a.school_id \
             WHERE a.pupil_id IS NOT NULL ORDER BY a.action_id, r.review_id LIMIT 1;
         INSERT INTO run_item SELECT trust_id, school_id, kind, period, 'class/1', run_id, '{}', due FROM run;
         INSERT INTO ticket_event SELECT trust_id, school_id, pupil_id, 'S-06', '2026/2026-W46', 1, 'earned', 'a prize', \
             '2026/term-1', NULL, NULL, 'run', created_at, created_by FROM enrolment ORDER BY enrolment_id LIMIT 1;
         INSERT INTO ticket_pool_closed SELECT trust_id, school_id, draw, draw_period, recorded_at, recorded_by \
             FROM ticket_event;
         INSERT INTO award SELECT trust_id, school_id, 1, 'strategy', 1, 'S-13', 'S-13', 0, '2026/term-1', first_day, first_day, \
             'sticker', 'sticker', NULL, pupil_id, NULL, 9, 10, recorded_at FROM \
             (SELECT e.trust_id, e.school_id, e.pupil_id, date '2026-09-02' AS first_day, e.created_at AS recorded_at \
              FROM enrolment e ORDER BY e.enrolment_id LIMIT 1) one;
         INSERT INTO award_event SELECT trust_id, school_id, award_id, 1, 'earned', NULL, NULL, false, NULL, NULL, recorded_at, \
             'clockwork' FROM award;
         INSERT INTO reward_judged SELECT trust_id, school_id, 1, 'S-13', '2026/term-1', 2026, from_day, to_day, 3, 1, 0, 1, \
             recorded_at FROM award;
         INSERT INTO reward_adjustment SELECT trust_id, school_id, 1, 1, pupil_id, '{I}', from_day, NULL, 'Known', recorded_at, \
             'office' FROM award;
         INSERT INTO equality_record SELECT trust_id, school_id, 1, 'strategy', 1, 'The head', from_day, 'Known', 2026, '{}', \
             recorded_at, 'office' FROM award;
         INSERT INTO draw SELECT trust_id, school_id, 1, 'an id', draw, draw_period, 'beacon', 'Draw', 'strategy', 1, 'S-15', \
             '[]', 1, 3600, '2026-12-01', '2026-12-02', 'a link', NULL, recorded_at, recorded_by FROM ticket_event;
         INSERT INTO draw_event SELECT trust_id, school_id, 1, 1, 'noted', NULL, '{}', recorded_at, recorded_by FROM draw;
         INSERT INTO draw_secret SELECT trust_id, school_id, 1, 'draw entries', 'x' FROM draw;
         INSERT INTO draw_entry SELECT trust_id, school_id, 1, pupil_id, 'A', 'B', '2015-03-14', 1 FROM ticket_event",
    );
    (trust, school)
}

/// A file that was taken back, one that is coming in parts, and one that changed the school's URN.
fn files_of_every_kind(admin: &Client, school: i32) {
    let row = format!("{},Ali,Ann,2015-03-14,6,6A,2026-09-02", upn(9));
    let file = format!("upn,surname,forename,birth_date,year_group,class,first_day\n{row}\n");
    let import = admin.import(&format!("kind=pupils&school_id={school}"), file.as_bytes());
    admin.take_back(&import);
    let begun = admin.send("POST", &format!("/v1/uploads?school_id={school}"), &[], None);
    let part = format!("/v1/uploads/{}/parts/1", begun.expect(201)["upload_id"]);
    admin.send("PUT", &part, &[], Some(b"upn\n".to_vec())).expect(200);
    admin.import("kind=links", b"URN,LinkURN,LinkType\n900001,190001,Successor\n");
}

/// A review with feedback and decisions, the case that it opened, what came of it, and letters that were stopped.
fn a_case_with_everything(admin: &Client, school: i32) {
    let class = class(admin, school, "6Z");
    let [absentee, ill] = [77, 78].map(|number| pupil(admin, school, class, number));
    send_marks(admin, school, &[77, 78], ("2026-09-02", "2026-10-23"), |_, _| Some("O"));
    let policy = json!({ "policy": "improvement-process" });
    admin.put(&format!("/v1/schools/{school}/policy/pathway/2026-09-01"), &policy).expect(200);
    let review = admin.post(&format!("/v1/schools/{school}/reviews/2026-10-23"), &json!({}));
    let review = format!("/v1/reviews/{}", review.expect(201)["review_id"]);
    let items = admin.get(&format!("{review}/items?state=proposed")).expect(200);
    let item = |pupil: i32| {
        let items = items["items"].as_array().unwrap();
        items.iter().find(|item| item["pupil_id"] == pupil).unwrap()["item"].clone()
    };
    let decisions = json!({ "decisions": [
        { "item": item(absentee), "decide": "send" },
        { "item": item(ill), "decide": "mitigate", "reason": "Long illness" },
    ] });
    admin.post(&format!("{review}/decisions"), &decisions).expect(207);
    let says = json!({ "pupil_id": absentee, "says": "Tired on Mondays" });
    admin.post(&format!("{review}/feedback"), &says).expect(201);
    let case = admin.get(&format!("/v1/cases?school_id={school}")).expect(200);
    let otherwise =
        json!({ "outcome": "a person decides otherwise", "to": "Stage 1", "reason": "Known" });
    let case = format!("/v1/cases/{}/outcomes", case["items"][0]["case_id"]);
    admin.post(&case, &otherwise).expect(200);
    let action = admin.get(&format!("/v1/actions?school_id={school}")).expect(200);
    let action = format!("/v1/actions/{}/evidence", action["items"][0]["action_id"]);
    let everything = json!({ "school_id": school, "from": { "role": "Attendance Lead" }, "to": { "role": "Head" }, "reason": "Ill" });
    let given = admin.post("/v1/reassignments", &everything).expect(200);
    assert_ne!(given["actions"], json!([]));
    let about = json!({ "school_id": school, "pupil_id": absentee });
    let visit = json!({ "made": false, "says": "The family has moved" });
    let visit = json!({ "about": about, "day": "2026-11-18", "visit": visit });
    admin.post("/v1/visits", &visit).expect(201);
    let link = json!({ "relationship": "father", "priority": 1 });
    let parent = json!({ "person": { "surname": "Lind", "language": "en" }, "link": link });
    let parent = admin.post(&format!("/v1/pupils/{absentee}/parents"), &parent).expect(201);
    let notice = json!({ "parent_id": parent["parent_id"], "school_id": school });
    admin.post(&format!("/v1/pupils/{absentee}/notices"), &notice).expect(201);
    admin.post(&action, &json!({ "says": "Rang", "done": true })).expect(200);
    let stop = json!({ "stopped": true, "reason": "Ask the designated lead" });
    admin.post(&format!("/v1/pupils/{absentee}/letters/stop"), &stop).expect(200);
    let letters = admin.get(&format!("/v1/letters?school_id={school}&state=held")).expect(200);
    let letter = format!("/v1/letters/{}/decision", letters["items"][0]["letter_id"]);
    admin.post(&letter, &json!({ "decide": "withdraw", "reason": "Known" })).expect(200);
    // What rests on a mark that a file corrects is looked at again.
    send_marks(admin, school, &[77], ("2026-09-02", "2026-09-02"), |_, _| None);
}

/// An absence that was reported by mistake, leave that was granted, and a call.
fn a_day_with_everything(admin: &Client, school: i32, ada: i32) {
    let place = format!("/v1/schools/{school}");
    let report = json!({ "pupil_id": ada, "first_day": "2026-11-18", "reason": "A cold", "reported_by": "Mother" });
    let report = admin.post(&format!("{place}/reported-absences"), &report).expect(201);
    let report = format!("/v1/reported-absences/{}/withdrawal", report["report_id"]);
    admin.post(&report, &json!({ "reason": "Another pupil" })).expect(200);
    let leave = json!({
        "pupil_id": ada, "first_day": "2026-11-19", "last_day": "2026-11-19", "reason": "A wedding", "requested_by": "Father",
    });
    let leave = admin.post(&format!("{place}/leave-requests"), &leave).expect(201);
    let leave = format!("/v1/leave-requests/{}/decision", leave["leave_id"]);
    admin.post(&leave, &json!({ "granted": true, "code": "C" })).expect(200);
    let call =
        json!({ "pupil_ids": [ada], "whom": "Grandmother", "kind": "call", "reached": false });
    admin.post(&format!("{place}/contacts/2026-11-18/attempts"), &call).expect(201);
    let visit =
        json!({ "pupil_ids": [ada], "whom": "Grandmother", "kind": "visit", "reached": false });
    admin.post(&format!("{place}/contacts/2026-11-18/attempts"), &visit).expect(201);
    let decided = json!({ "pupil_id": ada, "decided": "visit", "says": "Nobody answers" });
    admin.post(&format!("{place}/contacts/2026-11-18/decisions"), &decided).expect(201);
    let entered = json!({ "system": "cpoms", "entries": ["1795082400000000-9-1-0"] });
    admin.post(&format!("{place}/reports/log/entered"), &entered).expect(200);
}

/// Corrections, characteristics, parents and staff, and a record merged into another.
fn facts_of_every_kind(app: &TestApp, admin: &Client, school: i32, class: i32, ada: i32) {
    let twin = pupil(admin, school, class, 2);
    let enrolments = admin.get(&format!("/v1/enrolments?pupil_id={twin}")).expect(200);
    let enrolment = id(&enrolments["items"][0], "enrolment_id");
    let fact = json!({ "kind": "fsm", "from_day": "2026-09-02", "value": "yes" });
    let facts = json!({ "characteristics": [fact] });
    admin.put(&format!("/v1/enrolments/{enrolment}/characteristics"), &facts).expect(200);
    let days = json!({ "first_day": "2026-09-02", "last_day": "2026-09-02" });
    admin.put(&format!("/v1/enrolments/{enrolment}/days"), &days).expect(200);
    let late = json!({ "first_day": "2026-09-03", "last_day": null });
    let adas = admin.get(&format!("/v1/enrolments?pupil_id={ada}")).expect(200);
    let adas = id(&adas["items"][0], "enrolment_id");
    admin.put(&format!("/v1/enrolments/{adas}/days"), &late).expect(200);
    let merge = json!({ "into": ada, "reason": "Entered twice" });
    admin.post(&format!("/v1/pupils/{twin}/merge"), &merge).expect(200);
    let link = json!({ "relationship": "mother", "priority": 1 });
    let parent = json!({ "person": { "surname": "Lind", "language": "en" }, "link": link });
    let parent = admin.post(&format!("/v1/pupils/{ada}/parents"), &parent).expect(201);
    let parent = id(&parent, "parent_id");
    let changed = json!({ "surname": "Lindt", "language": "en" });
    admin.put(&format!("/v1/parents/{parent}"), &changed).expect(200);
    let trust = Sql::of(&app.database).number("SELECT trust_id FROM trust");
    let lead = app.school_client("safeguarding_lead", i32::try_from(trust).unwrap(), &[school]);
    let order = json!({ "no_contact": { "text": "Family court", "from": "2026-09-02" } });
    lead.put(&format!("/v1/pupils/{ada}/parents/{parent}/safeguards"), &order).expect(200);
    let to = json!({ "to_school": school });
    lead.post(&format!("/v1/pupils/{ada}/orders/release"), &to).expect(201);
    let gone = json!({ "destination": "unknown", "says": "Nobody opens the door" });
    admin.put(&format!("/v1/enrolments/{adas}/destination"), &gone).expect(200);
    let staff = json!({ "person": { "name": "Jo" }, "school_ids": [school] });
    let staff = id(&admin.post("/v1/staff", &staff).expect(201), "staff_id");
    admin.put(&format!("/v1/staff/{staff}"), &json!({ "name": "Jo Marsh" })).expect(200);
    let duty = json!({ "school_id": school, "duty": "EWO", "role": "la_partner", "from_day": "2026-09-02" });
    admin.put(&format!("/v1/staff/{staff}/duties"), &json!({ "duties": [duty] })).expect(200);
    let client = json!({ "name": "Register app", "purpose": "Registers", "acts": "itself", "role": "teacher",
        "school_ids": [school], "expires_at": "2027-01-01T00:00:00Z" });
    admin.post("/v1/clients", &client).expect(201);
    let providers =
        json!({ "providers": [{ "issuer": "https://login.example", "person": "sub" }] });
    admin.put("/v1/trust/identity-providers", &providers).expect(200);
    let identity = json!({ "identities": [{ "issuer": "https://login.example", "person": "jo" }] });
    admin.put(&format!("/v1/staff/{staff}/identities"), &identity).expect(200);
    Sql::of(&app.database)
        .run("INSERT INTO used_id_token SELECT trust_id, sha256('jo'), created_at FROM trust");
    // An import adds to what was taken before.
    let marks = format!("UPN,Date,Session,Mark\n{},2026-11-17,AM,/\n", upn(1));
    let imported = admin.import(&format!("kind=marks&school_id={school}"), marks.as_bytes());
    assert_eq!(imported["job"]["state"], "done", "{imported:#}");
}

/// Whether a table shows its rows to a whole trust whatever schools are set.
fn of_the_whole_trust(table: &str) -> bool {
    [
        "trust",
        "trust_clock",
        "policy_version",
        "identity_providers",
        "staff_identity",
        "used_id_token",
    ]
    .contains(&table)
}

/// A connection as the application's role, with these settings.
fn application(app: &TestApp, settings: &str) -> Sql {
    let mut sql = Sql::at(&app.database.url(api::base::migrate::APPLICATION));
    if !settings.is_empty() {
        sql.run(settings);
    }
    sql
}

fn settings(trust: i32, schools: &str) -> String {
    format!("SET app.trust_id = '{trust}'; SET app.schools = '{schools}'")
}

/// Every table (or view) that holds rows of trusts, from the catalogue.
fn tables(app: &TestApp, kinds: &str) -> Vec<String> {
    Sql::of(&app.database).texts(&format!(
        "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'trust_id' \
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ({kinds}) AND c.relname NOT IN ('job_queue', 'revocation')"
    ))
}

fn rows(sql: &mut Sql, table: &str) -> i64 {
    sql.number(&format!("SELECT count(*) FROM {table}"))
}

/// A statement that adds a row which the table has already, whatever its columns are.
fn insert_again(app: &TestApp, table: &str) -> String {
    let row = Sql::of(&app.database)
        .texts(&format!("SELECT row_to_json(t) FROM {table} t LIMIT 1"))
        .remove(0);
    format!(
        "INSERT INTO {table} SELECT * FROM json_populate_record(NULL::{table}, $row${row}$row$)"
    )
}

#[test]
fn without_a_tenant_nothing_is_seen_and_nothing_can_be_written() {
    let app = TestApp::start();
    let (trust, _) = trust_with_rows_everywhere(&app);
    let half = format!("SET app.trust_id = '{trust}'");
    for (what, settings) in [("nothing set", ""), ("no schools set", &half)] {
        let mut role = application(&app, settings);
        for table in tables(&app, "'r', 'v'") {
            assert!(
                rows(&mut Sql::of(&app.database), &table) > 0,
                "{table} has no rows: the story proves nothing"
            );
            let by_trust_alone = of_the_whole_trust(&table) && !settings.is_empty();
            assert_eq!(rows(&mut role, &table) > 0, by_trust_alone, "{table} with {what}");
        }
    }
    let mut role = application(&app, "");
    for table in tables(&app, "'r'") {
        let said = role.refused(&insert_again(&app, &table));
        assert!(said.contains("violates row-level security"), "{table}: {said}");
    }
}

#[test]
fn another_trust_sees_nothing_and_writes_nothing() {
    let app = TestApp::start();
    trust_with_rows_everywhere(&app);
    let fernhill = app.trust("Fernhill");
    let mut role = application(&app, &settings(fernhill, "*"));
    for table in tables(&app, "'r', 'v'") {
        let own = i64::from(table == "trust");
        assert_eq!(rows(&mut role, &table), own, "{table}");
    }
    for table in tables(&app, "'r'") {
        let again = insert_again(&app, &table);
        let said = role.refused(&again);
        assert!(said.contains("violates row-level security"), "{table}: {said}");
    }
    let before = Sql::of(&app.database).texts("SELECT v FROM school_version v");
    role.run("UPDATE school_version SET version = version + 1");
    role.run("DELETE FROM import_chunk");
    assert_eq!(Sql::of(&app.database).texts("SELECT v FROM school_version v"), before);
    assert_eq!(rows(&mut Sql::of(&app.database), "import_chunk"), 1);
    // To hand a row over to the other trust is refused as well: it could be seen from there.
    let (larkrise, fernhill) =
        (Sql::of(&app.database).number("SELECT min(trust_id) FROM trust"), fernhill);
    let mut own = application(&app, &settings(larkrise as i32, "*"));
    let said = own.refused(&format!("UPDATE school_version SET trust_id = {fernhill}"));
    assert!(said.contains("violates row-level security"), "{said}");
}

#[test]
fn a_scope_of_schools_ends_at_its_schools() {
    let app = TestApp::start();
    let (trust, school) = trust_with_rows_everywhere(&app);
    for (schools, seen) in [
        ("{}".to_owned(), false),
        (format!("{{{}}}", school + 1), false),
        (format!("{{{school}}}"), true),
    ] {
        let mut role = application(&app, &settings(trust, &schools));
        for table in tables(&app, "'r', 'v'") {
            let expected = seen || of_the_whole_trust(&table);
            assert_eq!(rows(&mut role, &table) > 0, expected, "{table} with {schools}");
        }
    }
}

#[test]
fn history_can_be_added_to_and_never_changed_or_taken_away() {
    let app = TestApp::start();
    let (trust, _) = trust_with_rows_everywhere(&app);
    let mut own = application(&app, &settings(trust, "*"));
    for table in APPEND_ONLY {
        let said = own.refused(&format!("UPDATE {table} SET trust_id = trust_id"));
        assert!(said.contains("permission denied"), "{table}: {said}");
    }
    let let_go = ["idempotency", "import_chunk", "upload", "upload_part", "used_id_token"];
    for table in tables(&app, "'r'").iter().filter(|table| !let_go.contains(&table.as_str())) {
        let said = own.refused(&format!("DELETE FROM {table}"));
        assert!(said.contains("permission denied"), "{table}: {said}");
        let said = own.refused(&format!("TRUNCATE {table}"));
        assert!(said.contains("permission denied"), "{table}: {said}");
    }
    for (column, table) in [
        ("created_by = 'X'", "pupil"),
        ("school_id = 1", "enrolment"),
        ("kind = kind", "import"),
        ("reason = 'X'", "letter_stop"),
        ("state = 'paid'", "penalty_notice"),
    ] {
        let said = own.refused(&format!("UPDATE {table} SET {column}"));
        assert!(said.contains("permission denied"), "{table}: {said}");
    }
}

#[test]
fn the_applications_role_cannot_step_around_the_policies() {
    let app = TestApp::start();
    trust_with_rows_everywhere(&app);
    let mut role = application(&app, "");
    for (step, said) in [
        ("ALTER TABLE mark_event DISABLE ROW LEVEL SECURITY", "must be owner"),
        ("DROP POLICY tenant ON mark_event", "must be owner"),
        ("SET ROLE rollcall_owner", "permission denied"),
        ("CREATE TABLE mine (a int)", "permission denied"),
        ("SET row_security = off; SELECT * FROM mark_event", "row-level security"),
    ] {
        let refusal = role.refused(step);
        assert!(refusal.contains(said), "{step}: {refusal}");
    }
    let unprotected = Sql::of(&app.database).texts(
        "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'trust_id' \
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' \
           AND NOT (c.relrowsecurity AND c.relforcerowsecurity) ORDER BY 1",
    );
    assert_eq!(unprotected, ["job_queue", "revocation"], "they hold ids only");
}
