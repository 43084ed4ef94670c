//! Clients: what they may be given, how their secrets change, and how they come in no more.

use serde_json::{Value, json};

use crate::support::app::{Answer, Start, TestApp};
use crate::support::build::{id, school, unenrolled};
use crate::support::clients::{ComesIn, new_client, post_form};
use crate::support::one_school::{OneSchool, one_trust};
use crate::support::sql::Sql;

#[test]
fn a_front_end_comes_in_with_its_secret_and_reaches_its_school_alone() {
    let OneSchool { app, admin, school: elm, class, pupils, .. } = OneSchool::with(1);
    let oak = school(&admin, 2, "primary");
    let client = ComesIn::add(&admin, "school_office", &[elm]);
    assert!(client.secret.starts_with("rc_live_") && client.secret.len() == 8 + 43);

    let answer = client.ask(&app.base);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let answer = answer.expect(200);
    assert_eq!((&answer["token_type"], &answer["expires_in"]), (&json!("Bearer"), &json!(900)));
    let office = app.client_of(answer["access_token"].as_str().unwrap());
    let marks = json!({ "marks": [{ "pupil_id": pupils[0], "mark": "/" }] });
    office.put(&format!("/v1/classes/{class}/registers/2026-11-18/AM"), &marks).expect(200);
    assert_eq!(office.get(&format!("/v1/schools/{oak}")).problem(404), "not-found");
    assert_eq!(office.get("/v1/clients").problem(403), "forbidden");
    // It stands in the history by its identifier.
    let by = Sql::of(&app.database).texts("SELECT recorded_by FROM mark_event");
    assert_eq!(by, std::slice::from_ref(&client.identifier));

    // The secret is nowhere, and who last came in is shown.
    let everything = admin.get(&format!("/v1/clients/{}", client.id)).expect(200);
    assert_eq!(everything["last_used_from"], "127.0.0.1");
    assert_eq!(everything["last_used_at"], "2026-11-18T10:01:00Z");
    assert_eq!(
        everything["secrets"],
        json!([{ "number": 1, "recorded_at": "2026-11-18T10:01:00Z" }])
    );
    let kept =
        Sql::of(&app.database).texts("SELECT s::text || c::text FROM client c, client_secret s");
    assert!(!kept[0].contains(&client.secret[8..]), "{kept:?}");
    assert!(!everything.to_string().contains(&client.secret), "{everything}");
    let listed = admin.get("/v1/clients").expect(200);
    assert_eq!(listed["items"], json!([everything]));
}

#[test]
fn a_sandbox_marks_its_secrets() {
    let app = TestApp::start();
    let admin = app.client("trust_admin", app.sandbox("Larkrise"));
    let elm = school(&admin, 1, "primary");
    assert!(ComesIn::add(&admin, "teacher", &[elm]).secret.starts_with("rc_test_"));
}

#[test]
fn who_am_i() {
    let (app, trust, admin) = one_trust();
    let elm = school(&admin, 1, "primary");
    let client = ComesIn::add(&admin, "teacher", &[elm]);
    let me = app.client_of(&client.token(&app.base)).get("/v1/me").expect(200);
    assert_eq!(me["client"], client.identifier);
    assert_eq!((&me["role"], &me["title"]), (&json!("teacher"), &json!("Teacher")));
    assert_eq!((&me["trust_id"], &me["whole_trust"]), (&json!(trust), &json!(false)));
    assert_eq!(me["school_ids"], json!([elm]));
    let may = me["permissions"].as_array().unwrap();
    assert!(may.contains(&json!("register:take")) && !may.contains(&json!("staff:write")));

    // A member of staff finds the duties of today, and no others.
    let person =
        json!({ "person": { "name": "Jo", "subject": "test-trust_admin" }, "school_ids": [elm] });
    let staff = id(&admin.post("/v1/staff", &person).expect(201), "staff_id");
    let duty = |duty: &str, from: &str, to: Option<&str>| json!({ "school_id": elm, "duty": duty, "role": "school_lead", "from_day": from, "to_day": to });
    let duties = json!({ "duties": [
        duty("Head", "2026-09-01", None), duty("EWO", "2026-09-01", Some("2026-11-17")), duty("DSL", "2026-11-19", None),
    ] });
    admin.put(&format!("/v1/staff/{staff}/duties"), &duties).expect(200);
    let me = admin.get("/v1/me").expect(200);
    assert_eq!((&me["staff_id"], &me["whole_trust"]), (&json!(staff), &json!(true)));
    let duties: Vec<&Value> =
        me["duties"].as_array().unwrap().iter().map(|one| &one["duty"]).collect();
    assert_eq!(duties, ["Head"]);

    let platform = app.client("platform_admin", 0).get("/v1/me").expect(200);
    assert_eq!(platform["permissions"], json!(["me:read", "trust:create"]));
    assert_eq!((platform.get("trust_id"), &platform["whole_trust"]), (None, &json!(false)));
    assert_eq!(app.client_of("").get("/v1/me").problem(401), "unauthenticated");
}

/// The places that are pointed to when a client is refused.
fn refused(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.problem(422), "invalid");
    answer.pointers().into_iter().map(str::to_owned).collect()
}

#[test]
fn a_client_reaches_no_further_than_whoever_gives_it() {
    let (app, trust, admin) = one_trust();
    let [elm, oak] = [1, 2].map(|number| school(&admin, number, "primary"));
    let with = |member: &str, value: Value| {
        let mut body = new_client("teacher", &[elm]);
        body[member] = value;
        body
    };
    for (body, place) in [
        // Of the platform, of scheduled work, of nobody, and of those who see what an administrator does not.
        (with("role", json!("platform_admin")), "/role"),
        (with("role", json!("runner")), "/role"),
        (with("role", json!("headmaster")), "/role"),
        (with("role", json!("school_lead")), "/role"),
        (with("role", json!("safeguarding_lead")), "/role"),
        (with("school_ids", json!([])), "/school_ids"),
        (with("expires_at", json!("2027-11-20T00:00:00Z")), "/expires_at"),
        (with("expires_at", json!("2026-11-18T10:00:00Z")), "/expires_at"),
        (with("audiences", json!(["front-end"])), "/audiences"),
        (with("acts", json!("for_staff")), "/audiences"),
        (with("name", json!(" ")), "/name"),
        (with("purpose", json!("x".repeat(501))), "/purpose"),
    ] {
        assert_eq!(refused(&admin.post("/v1/clients", &body)), [place], "{body}");
    }
    // One that acts for staff does nothing by itself: their duties say what they may.
    let for_staff = json!({ "name": "Front end", "purpose": "Staff sign in", "acts": "for_staff", "role": "school_lead",
        "school_ids": [elm], "audiences": ["front-end"], "expires_at": "2026-12-31T00:00:00Z" });
    let made = ComesIn::of(&admin.post("/v1/clients", &for_staff).expect(201));
    assert_eq!(made.ask(&app.base).expect(400)["error"], "unauthorized_client");

    // An administrator of some of the schools gives clients of those, and touches no others.
    let narrow = app.school_client("trust_admin", trust, &[elm]);
    assert_eq!(
        narrow.post("/v1/clients", &new_client("teacher", &[oak])).problem(404),
        "not-found"
    );
    assert_eq!(
        refused(&narrow.post("/v1/clients", &new_client("trust_officer", &[elm]))),
        ["/role"]
    );
    let both = ComesIn::add(&admin, "teacher", &[elm, oak]);
    let secret = format!("/v1/clients/{}/secrets", both.id);
    assert_eq!(narrow.post(&secret, &json!({ "overlap_hours": 0 })).problem(403), "forbidden");
    let whole = ComesIn::add(&admin, "trust_officer", &[]);
    let secret = format!("/v1/clients/{}/secrets", whole.id);
    assert_eq!(narrow.post(&secret, &json!({ "overlap_hours": 0 })).problem(404), "not-found");
}

#[test]
fn a_secret_is_changed_without_a_gap() {
    let (app, _, admin) = one_trust();
    let elm = school(&admin, 1, "primary");
    let first = ComesIn::add(&admin, "teacher", &[elm]);
    let rotate = |hours: u16| {
        let path = format!("/v1/clients/{}/secrets", first.id);
        ComesIn::of(&admin.post(&path, &json!({ "overlap_hours": hours })).expect(201))
    };
    let second = rotate(24);
    for client in [&first, &second] {
        client.ask(&app.base).expect(200);
    }
    app.clock.set("2026-11-19T10:00:01Z");
    first.ask(&app.base).expect(401);
    // Of three at once the first holds no more, however long it was to.
    let third = rotate(720);
    let fourth = rotate(720);
    assert_eq!([&second, &third, &fourth].map(|one| one.ask(&app.base).status), [401, 200, 200]);
    let shown = admin.get(&format!("/v1/clients/{}", first.id)).expect(200);
    let numbers: Vec<&Value> =
        shown["secrets"].as_array().unwrap().iter().map(|one| &one["number"]).collect();
    assert_eq!(numbers, [3, 4]);
    let long =
        admin.post(&format!("/v1/clients/{}/secrets", first.id), &json!({ "overlap_hours": 721 }));
    assert_eq!(refused(&long), ["/overlap_hours"]);
}

#[test]
fn whoever_is_no_client_learns_nothing_of_why() {
    let (app, _, admin) = one_trust();
    let elm = school(&admin, 1, "primary");
    let right = ComesIn::add(&admin, "teacher", &[elm]);
    let revoked = ComesIn::add(&admin, "teacher", &[elm]);
    admin.send("POST", &format!("/v1/clients/{}/revoke", revoked.id), &[], None).expect(200);
    let mut soon = new_client("teacher", &[elm]);
    soon["expires_at"] = json!("2026-11-18T10:30:00Z");
    let expired = ComesIn::of(&admin.post("/v1/clients", &soon).expect(201));
    app.clock.set("2026-11-18T10:20:00Z");
    // A token lasts no longer than its client.
    assert_eq!(expired.ask(&app.base).expect(200)["expires_in"], 600);
    app.clock.set("2026-11-18T10:30:00Z");

    let named = |identifier: &str| ComesIn { identifier: identifier.to_owned(), ..right.clone() };
    let mut wrong = right.clone();
    wrong.secret.replace_range(10..11, if &wrong.secret[10..11] == "A" { "B" } else { "A" });
    let another = ComesIn { secret: revoked.secret.clone(), ..right.clone() };
    let nobody = [
        wrong,
        another,
        revoked,
        expired,
        named("rc-1-999"),
        named("rc-999-1"),
        named("rc-0-0"),
        named("x"),
        named("rc-1-1%00"),
    ];
    let answers: Vec<Answer> = nobody.iter().map(|one| one.ask(&app.base)).collect();
    for answer in &answers {
        assert_eq!((answer.status, &answer.text), (401, &answers[0].text));
        assert_eq!(answer.body["error"], "invalid_client");
        assert_eq!(answer.header("www-authenticate"), Some("Basic realm=\"rollcall\""));
    }
    right.ask(&app.base).expect(200);
}

#[test]
fn who_tries_secrets_is_let_in_no_more_for_a_while() {
    let app = TestApp::start_with(Start { rate_limit: 1000, ..Start::default() });
    let trust = app.trust("Larkrise");
    let admin = app.client("trust_admin", trust);
    let elm = school(&admin, 1, "primary");
    let right = ComesIn::add(&admin, "teacher", &[elm]);
    let wrong = ComesIn { secret: "rc_live_x".to_owned(), ..right.clone() };
    let mut tried = 0;
    while wrong.ask(&app.base).status == 401 {
        tried += 1;
        assert!(tried < 50, "nobody is slowed down");
    }
    assert!((10..13).contains(&tried), "{tried}");
    let answer = right.ask(&app.base);
    assert_eq!(answer.problem(429), "too-many-requests");
    let wait: u64 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!(wait <= 7, "{wait}");
    // Whoever has a token goes on meanwhile.
    admin.get("/v1/trust").expect(200);
    std::thread::sleep(std::time::Duration::from_secs(wait));
    right.ask(&app.base).expect(200);
}

#[test]
fn the_platform_lets_a_new_trust_in_once_and_sees_no_child() {
    let app = TestApp::start();
    let (trust, other) = (app.trust("Larkrise"), app.trust("Candleford"));
    let platform = app.client("platform_admin", 0);
    let first =
        |trust: i32| platform.send("POST", &format!("/v1/trusts/{trust}/clients"), &[], None);
    let client = ComesIn::of(&first(trust).expect(201));
    let admin = app.client_of(&client.token(&app.base));
    assert_eq!(admin.get("/v1/trust").expect(200)["trust_id"], trust);
    let elm = school(&admin, 1, "primary");
    ComesIn::add(&admin, "school_office", &[elm]);
    assert_eq!(first(trust).problem(409), "already-exists");
    assert_eq!(first(4711).problem(404), "not-found");
    // Nor into a trust that has let children in by other ways.
    let theirs = app.client("trust_admin", other);
    let oak = school(&theirs, 2, "primary");
    unenrolled(&theirs, oak, 1, "2015-03-14");
    assert_eq!(first(other).problem(409), "already-exists");
    for path in ["/v1/pupils", "/v1/classes", "/v1/trust", "/v1/clients", "/v1/staff"] {
        assert_eq!(platform.get(path).problem(403), "forbidden", "{path}");
    }
}

#[test]
fn a_form_that_is_none_is_refused_in_the_form_of_rfc_6749() {
    let (app, _, admin) = one_trust();
    let elm = school(&admin, 1, "primary");
    let client = ComesIn::add(&admin, "teacher", &[elm]);
    let by = format!("client_id={}&client_secret={}", client.identifier, client.secret);
    for (form, error) in [
        (by.clone(), "invalid_request"),
        (format!("{by}&grant_type="), "invalid_request"),
        (
            format!("{by}&grant_type=client_credentials&grant_type=client_credentials"),
            "invalid_request",
        ),
        (format!("{by}&grant_type=%ff"), "unsupported_grant_type"),
        (format!("{by}&grant_type=password&username=a&password=b"), "unsupported_grant_type"),
        (format!("{by}&grant_type=client_credentials&scope=pupils"), "invalid_scope"),
        ("grant_type=client_credentials".to_owned(), "invalid_client"),
    ] {
        let answer = post_form(&app.base, "/oauth/token", &[], &form);
        assert_eq!(answer.status, if error == "invalid_client" { 401 } else { 400 }, "{form}");
        assert_eq!(answer.body["error"], error, "{form}");
    }
    let json =
        app.client_of("").post("/oauth/token", &json!({ "grant_type": "client_credentials" }));
    assert_eq!(json.expect(400)["error"], "invalid_request");
}
