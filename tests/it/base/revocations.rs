//! What was taken back is refused everywhere within a second, and where that cannot be known nobody is let in.

use std::time::{Duration, Instant};

use crate::house::authz::{World, every_operation};
use crate::support::app::{Client, Start, TestApp};
use crate::support::build::{school, upn};
use crate::support::clients::{ComesIn, post_form};
use crate::support::folder::Folder;
use crate::support::one_school::OneSchool;
use crate::support::program::{rollcall, said};
use crate::support::redis::fresh_redis;
use crate::support::run::{Stream, wait_until};
use crate::support::sql::Sql;

/// How long what was taken back may still be let in.
const SECOND: Duration = Duration::from_secs(1);

/// A second later everybody is refused; who is told that it is not known asks again, and nobody is let in.
#[track_caller]
pub fn refused_a_second_later(everywhere: &[Client]) {
    std::thread::sleep(SECOND);
    for client in everywhere {
        let since = Instant::now();
        loop {
            let status = client.get("/v1/me").status;
            assert!([401, 503].contains(&status), "let in: {status}");
            if status == 401 {
                break;
            }
            assert!(since.elapsed() < Duration::from_secs(60), "it is not known");
        }
    }
}

#[test]
fn a_client_that_is_revoked_is_refused_on_every_instance_within_a_second() {
    for redis_url in [None, Some(fresh_redis()), Some("redis://127.0.0.1:1".to_owned())] {
        let start = || Start { redis_url: redis_url.clone(), workers: 0, ..Start::default() };
        let first = TestApp::start_with(start());
        let (second, third) = (first.another(start()), first.another(start()));
        let admin = first.client("trust_admin", first.trust("Larkrise"));
        let elm = school(&admin, 1, "primary");
        let [client, other] = [0, 1].map(|_| ComesIn::add(&admin, "teacher", &[elm]));
        let (token, others) = (client.token(&first.base), other.token(&third.base));
        let with = |token: &str| [&first, &second, &third].map(|app| app.client_of(token));
        for one in with(&token).iter().chain(&with(&others)) {
            one.get("/v1/me").expect(200);
        }
        let revoke = format!("/v1/clients/{}/revoke", client.id);
        let revoked = admin.send("POST", &revoke, &[], None).expect(200);
        assert_eq!(revoked["revoked_by"], "test-trust_admin");
        refused_a_second_later(&with(&token));
        // Once more changes nothing, and the other client goes on.
        assert_eq!(admin.send("POST", &revoke, &[], None).expect(200), revoked);
        with(&others).iter().for_each(|one| drop(one.get("/v1/me").expect(200)));
        client.ask(&second.base).expect(401);
    }
}

#[test]
fn one_that_commits_late_is_heard_of_too() {
    let (app, admin) = with_admin();
    let elm = school(&admin, 1, "primary");
    let [early, late] = [0, 1].map(|_| ComesIn::add(&admin, "teacher", &[elm]));
    let [with_early, with_late] = [&early, &late].map(|one| app.client_of(&one.token(&app.base)));
    // It began before the other and commits after it was heard of.
    let mut slow = Sql::of(&app.database);
    slow.run(&format!(
        "BEGIN; INSERT INTO revocation (trust_id, about, until) VALUES (1, '{}', '2026-12-01')",
        late.identifier
    ));
    admin.send("POST", &format!("/v1/clients/{}/revoke", early.id), &[], None).expect(200);
    refused_a_second_later(&[with_early]);
    with_late.get("/v1/me").expect(200);
    slow.run("COMMIT");
    refused_a_second_later(&[with_late]);
}

fn with_admin() -> (TestApp, Client) {
    let app = TestApp::start();
    let admin = app.client("trust_admin", app.trust("Larkrise"));
    (app, admin)
}

#[test]
fn while_the_database_is_away_nobody_is_let_in() {
    let (app, admin) = with_admin();
    let elm = school(&admin, 1, "primary");
    let client = ComesIn::add(&admin, "teacher", &[elm]);
    let office = app.client_of(&client.token(&app.base));
    // Answered without the database but for what was revoked.
    office.get("/v1/policies").expect(200);
    let mut sql = Sql::of(&app.database);
    let name = app.database.name();
    sql.run(&format!(
        "REVOKE CONNECT ON DATABASE {name} FROM PUBLIC, rollcall, rollcall_app; \
         SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}' AND pid <> pg_backend_pid()"
    ));
    std::thread::sleep(SECOND);
    for _ in 0..3 {
        let answer = office.get("/v1/policies");
        assert_eq!(answer.problem(503), "unavailable");
        assert!(answer.header("retry-after").is_some());
    }
    // Meanwhile it is revoked behind everybody's back; when the database is there again, that is known at once.
    sql.run(&format!(
        "INSERT INTO revocation (trust_id, about, until) VALUES (1, '{}', '2026-12-01'); \
         GRANT CONNECT ON DATABASE {name} TO PUBLIC",
        client.identifier
    ));
    assert_eq!(office.get("/v1/policies").problem(401), "unauthenticated");
    admin.get("/v1/policies").expect(200);
}

#[test]
fn a_job_stops_when_whoever_asked_for_it_is_revoked() {
    let OneSchool { app, admin, school, .. } = OneSchool::on(TestApp::without_workers(), 3);
    let client = ComesIn::add(&admin, "school_office", &[school]);
    let office = app.client_of(&client.token(&app.base));
    let file = format!("upn,date,session,mark\n{},2026-11-10,AM,I\n", upn(1));
    let place = format!("/v1/imports?kind=marks&school_id={school}");
    let sent = office.upload(&place, file.as_bytes()).expect(202);
    admin.send("POST", &format!("/v1/clients/{}/revoke", client.id), &[], None).expect(200);
    let _worker = app.another(Start::default());
    let job = format!("/v1/jobs/{}", sent["import_id"]);
    wait_until("it has ended", || admin.get(&job).expect(200)["state"] == "refused");
    let ended = admin.get(&job).expect(200);
    assert_eq!(ended["stage"], "whoever asked for it may no longer");
    assert_eq!(Sql::of(&app.database).number("SELECT count(*) FROM mark_event"), 0);
}

#[test]
fn a_stream_ends_within_a_second() {
    let OneSchool { app, admin, school, .. } = OneSchool::on(TestApp::without_workers(), 1);
    let client = ComesIn::add(&admin, "school_office", &[school]);
    let token = client.token(&app.base);
    let office = app.client_of(&token);
    let file = format!("upn,date,session,mark\n{},2026-11-10,AM,I\n", upn(1));
    let place = format!("/v1/imports?kind=marks&school_id={school}");
    let sent = office.upload(&place, file.as_bytes()).expect(202);
    let mut stream =
        Stream::open(&app.base, &token, &format!("/v1/jobs/{}/events", sent["import_id"]));
    assert_eq!(stream.next().unwrap().0, "progress");
    admin.send("POST", &format!("/v1/clients/{}/revoke", client.id), &[], None).expect(200);
    let since = Instant::now();
    assert_eq!(stream.next(), None);
    // It looks twice a second; the machine may be busy.
    assert!(since.elapsed() < Duration::from_secs(5), "{:?}", since.elapsed());
}

#[test]
fn no_operation_takes_a_token_that_was_given_back() {
    let (app, admin) = with_admin();
    let world = World::prepare(&app, 1, 1);
    let client = ComesIn::add(&admin, "trust_admin", &[]);
    let token = client.token(&app.base);
    let form =
        format!("token={token}&client_id={}&client_secret={}", client.identifier, client.secret);
    post_form(&app.base, "/oauth/revoke", &[], &form).expect(200);
    let revoked = app.client_of(&token);
    wait_until("it is refused", || revoked.get("/v1/me").status == 401);
    let (mut fresh, mut asked) = (0, 0);
    for operation in every_operation().iter().filter(|operation| operation.permission.is_some()) {
        let answer = operation.call(&revoked, &world, &mut fresh);
        assert_eq!(answer.problem(401), "unauthenticated", "{}", operation.id);
        asked += 1;
    }
    assert!(asked > 100, "{asked}");
    // Nor on another instance, which was not there.
    let another = app.another(Start::default());
    assert_eq!(another.client_of(&token).get("/v1/me").problem(401), "unauthenticated");
}

#[test]
fn the_command_line_takes_its_tokens_back() {
    let (app, admin) = with_admin();
    admin.get("/v1/me").expect(200);
    let token = app.token("trust_admin", 1, api::base::db::Schools::All);
    let holder = app.client_of(&token);
    holder.get("/v1/me").expect(200);
    let url = app.database.url(api::base::migrate::APPLICATION);
    let data = Folder::new();
    std::fs::create_dir_all(data.file("keys")).unwrap();
    std::fs::copy(app.keys.join("0001.pem"), data.file("keys/0001.pem")).unwrap();
    let mut revoke = rollcall(&["revoke", "--data", data.text()]);
    let said = said(revoke.env("ROLLCALL_TOKEN", &token).env("DATABASE_URL", &url));
    assert!(said.ends_with("does not hold any more.\n"), "{said}");
    refused_a_second_later(&[holder]);
}
