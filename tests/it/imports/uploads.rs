//! Sending a file, and watching what becomes of it.

use serde_json::json;

use super::{Office, counts, notices};
use crate::support::app::{Client, Start, TestApp};
use crate::support::build::{pupil, upn};
use crate::support::one_school::OneSchool;
use crate::support::real::real;
use crate::support::sql::Sql;

fn week(number: u32) -> Vec<u8> {
    format!("upn,week,marks\n{},2026-11-09,/\\/\\/\\/\\/\\\n", upn(number)).into_bytes()
}

fn send(client: &Client, path: &str, key: &str, file: &[u8]) -> crate::support::app::Answer {
    let headers = [("content-type", "text/csv"), ("idempotency-key", key)];
    client.send("POST", path, &headers, Some(file.to_vec()))
}

#[test]
fn a_file_sent_twice_with_the_same_key_is_imported_once() {
    let office = Office::open();
    office.pupil(1);
    let path = format!("/v1/imports?kind=marks&school_id={}", office.school);
    let first = send(&office.office, &path, "monday", &week(1));
    let again = send(&office.office, &path, "monday", &week(1));
    assert_eq!((first.status, again.status), (202, 202));
    assert_eq!(first.header("location"), again.header("location"));
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!(first.body["import_id"], again.body["import_id"]);
    assert_eq!(
        send(&office.office, &path, "monday", &week(2)).problem(422),
        "idempotency-key-reused"
    );
    assert_ne!(
        send(&office.office, &path, "tuesday", &week(1)).body["import_id"],
        first.body["import_id"]
    );
    assert_eq!(Sql::of(&office.app.database).number("SELECT count(*) FROM import"), 2);
}

#[test]
fn the_list_of_imports_pages_from_the_latest_to_the_first() {
    let office = Office::open();
    let sent: Vec<_> =
        (0..5).map(|_| office.send("marks", "nothing")["import_id"].clone()).collect();
    let mut listed = Vec::new();
    let mut path = "/v1/imports?limit=2".to_owned();
    let mut pages = 0;
    while pages < 10 {
        let answer = office.office.get(&path);
        let link = answer.header("link").map(str::to_owned);
        let page = answer.expect(200);
        pages += 1;
        listed.extend(page["items"].as_array().unwrap().iter().map(|one| one["import_id"].clone()));
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/v1/imports?limit=2&cursor={next}");
        assert_eq!(link, Some(format!("<{path}>; rel=\"next\"")));
    }
    assert_eq!((pages, listed), (3, sent.into_iter().rev().collect()));
    let schools = "/v1/schools?limit=1&cursor=".to_owned() + path.split('=').next_back().unwrap();
    assert_eq!(office.office.get(&schools).problem(400), "bad-cursor");
}

#[test]
fn how_far_a_job_is_can_be_seen_while_it_waits_while_it_works_and_when_it_is_done() {
    let OneSchool { app, admin, school, class, .. } = OneSchool::on(TestApp::without_workers(), 0);
    pupil(&admin, school, class, 1);
    let path = format!("/v1/imports?kind=marks&school_id={school}");
    let sent = admin.upload(&path, &week(1)).expect(202);
    let job = || admin.get(&format!("/v1/jobs/{}", sent["import_id"])).expect(200);
    assert_eq!((&job()["state"], &job()["attempt"]), (&json!("queued"), &json!(0)));
    assert_eq!(job()["stage"], "waiting for a worker");

    // A register of the same school is just being written, so the import has to wait for it.
    let mut busy = Sql::of(&app.database).0;
    let lock = "BEGIN; SELECT * FROM school_version FOR UPDATE";
    diesel::connection::SimpleConnection::batch_execute(&mut busy, lock).unwrap();
    let _worker = app.another(Start::default());
    let since = std::time::Instant::now();
    while job()["stage"] != "checking against roll and calendar" {
        assert!(since.elapsed().as_secs() < 30, "{}", job());
        std::thread::yield_now();
    }
    assert_eq!((&job()["state"], &job()["attempt"]), (&json!("running"), &json!(1)));
    assert!(job()["started_at"].is_string() && job()["finished_at"].is_null());

    drop(busy);
    admin.wait_for_import(sent["import_id"].as_i64().unwrap());
    assert_eq!((&job()["state"], &job()["stage"]), (&json!("done"), &json!("applied")));
    assert!(job()["finished_at"].is_string());
}

#[test]
fn a_file_of_thirty_megabytes_is_taken() {
    let office = Office::open();
    office.pupil(1);
    let note = "x".repeat(3_000);
    let row = |day: u32| format!("{},2026-11-{:02},/,\\,{note}\n", upn(1), 9 + day % 5);
    let rows: String = (0..10_400).map(row).collect();
    let file = format!("upn,date,am,pm,note\n{rows}");
    assert!(file.len() > 30 * 1024 * 1024);
    let import = office.applied("marks", &file);
    assert_eq!(import["bytes"], file.len());
    assert_eq!(
        (counts(&import), &import["result"]["rows"]),
        ("marks_added 10".into(), &10_400.into())
    );
    assert_eq!(notices(&import), ["1 ignored-columns 1", "7 repeated-rows 10395"]);
    // A file of pupils is not kept for longer than it is needed.
    assert_eq!(Sql::of(&office.app.database).number("SELECT count(*) FROM import_chunk"), 0);
}

#[test]
fn what_is_no_file_is_refused_at_once() {
    let office = Office::open();
    let path = format!("/v1/imports?kind=marks&school_id={}", office.school);
    let json = [("content-type", "application/json")];
    let refused = office.office.send("POST", &path, &json, Some(b"{}".to_vec()));
    assert_eq!(refused.problem(415), "unsupported-media-type");
    for query in ["", "?kind=teachers", "?kind=marks&school_id=x", "?kind=marks&dryrun=true"] {
        let refused = office.office.upload(&format!("/v1/imports{query}"), b"upn\n");
        assert_eq!(refused.problem(400), "bad-query", "{query}");
    }
    assert_eq!(Sql::of(&office.app.database).number("SELECT count(*) FROM job"), 0);
}

#[test]
fn upns_that_others_collected_are_accepted_or_refused_as_they_say() {
    let Some(path) = real("upn_vectors.csv") else { return };
    let office = Office::open();
    let mut rows = 0;
    for row in csv::Reader::from_path(path).unwrap().records() {
        let row = row.unwrap();
        let (upn, expected, letter) = (&row[0], &row[2], &row[3]);
        let body = json!({ "school_id": office.school, "upn": upn, "surname": "Okafor",
            "forename": "Ada", "birth_date": "2015-03-14" });
        let answer = office.office.post("/v1/pupils", &body);
        match expected {
            "bad-check" => {
                assert_eq!(answer.problem(422), "wrong-upn-check-letter", "{upn}");
                assert_eq!(answer.body["errors"][0]["pointer"], "/upn");
                assert_eq!(answer.body["errors"][0]["expected"], format!("check letter {letter}"));
            }
            "bad-format" => {
                assert_eq!(answer.problem(422), "invalid", "{upn}");
                assert_eq!(answer.body["errors"][0]["pointer"], "/upn");
            }
            _ => assert_eq!(answer.expect(201)["upn"], upn),
        }
        rows += 1;
    }
    assert_eq!(rows, 35);
    let valid = "SELECT count(*) FROM pupil";
    assert_eq!(
        Sql::of(&office.app.database).number(valid),
        i64::try_from(office.names().len()).unwrap()
    );
}
