//! Large files that come in parts, in any order and to any instance.

use serde_json::{Value, json};

use super::{Office, counts};
use crate::support::app::{Answer, Client, Start};
use crate::support::build::upn;
use crate::support::sql::Sql;

fn begin(office: &Office) -> i64 {
    let path = format!("/v1/uploads?school_id={}", office.school);
    office.office.send("POST", &path, &[], None).expect(201)["upload_id"].as_i64().unwrap()
}

fn put(client: &Client, upload: i64, part: i32, bytes: &[u8]) -> Answer {
    client.send("PUT", &format!("/v1/uploads/{upload}/parts/{part}"), &[], Some(bytes.to_vec()))
}

fn import(office: &Office, upload: i64) -> Answer {
    let path = format!("/v1/imports?kind=marks&school_id={}&upload_id={upload}", office.school);
    office.office.send("POST", &path, &[], None)
}

fn arrived(office: &Office, upload: i64) -> Vec<(Value, Value)> {
    let upload = office.office.get(&format!("/v1/uploads/{upload}")).expect(200);
    let parts = upload["parts"].as_array().unwrap().clone();
    parts.iter().map(|part| (part["part"].clone(), part["bytes"].clone())).collect()
}

#[test]
fn a_file_in_parts_is_one_file_whatever_order_and_instance_they_come_to() {
    let office = Office::open();
    let ann = office.pupil(1);
    let other = office.app.another(Start { workers: 0, ..Start::default() });
    let there = other.school_client("school_office", office.trust, &[office.school]);
    let file = format!("upn,week,marks\n{},2026-11-09,/\\/\\/\\/\\/\\\n", upn(1)).into_bytes();
    let upload = begin(&office);
    put(&office.office, upload, 3, &file[30..]).expect(200);
    put(&there, upload, 1, &file[..7]).expect(200);
    assert_eq!(
        arrived(&office, upload),
        [(json!(1), json!(7)), (json!(3), json!(file.len() - 30))]
    );
    let early = import(&office, upload);
    assert_eq!(early.problem(422), "invalid");
    assert_eq!(early.body["detail"], "Part 2 of the upload has not arrived.");
    // What was damaged on its way, or is not sure to have arrived, is put again.
    put(&office.office, upload, 2, b"damaged").expect(200);
    put(&there, upload, 2, &file[7..30]).expect(200);
    let sent = import(&office, upload).expect(202);
    let done = office.office.wait_for_import(sent["import_id"].as_i64().unwrap());
    assert_eq!((counts(&done), &done["bytes"]), ("marks_added 10".into(), &json!(file.len())));
    assert_eq!(office.marks(ann).len(), 10);
    assert_eq!(office.office.get(&format!("/v1/uploads/{upload}")).problem(404), "not-found");
    assert_eq!(Sql::of(&office.app.database).number("SELECT count(*) FROM upload_part"), 0);
}

#[test]
fn a_part_that_is_not_what_the_sender_says_is_refused() {
    let office = Office::open();
    let upload = begin(&office);
    let path = format!("/v1/uploads/{upload}/parts/1");
    let put = |digest: &'static str| {
        let headers = [("x-content-sha256", digest)];
        office.office.send("PUT", &path, &headers, Some(b"upn\n".to_vec()))
    };
    assert_eq!(put("00").problem(422), "invalid");
    assert_eq!(arrived(&office, upload), []);
    let kept = self::put(&office.office, upload, 1, b"upn\n").expect(200);
    let said: &'static str = kept["sha256"].as_str().unwrap().to_uppercase().leak();
    assert_eq!(put(said).expect(200)["sha256"], kept["sha256"]);
    assert_eq!(self::put(&office.office, upload, 0, b"x").problem(422), "invalid");
    let large = vec![b'x'; 8 * 1024 * 1024 + 1];
    assert_eq!(self::put(&office.office, upload, 2, &large).problem(413), "too-large");
}

#[test]
fn an_upload_that_nobody_touches_for_two_days_is_let_go_when_another_begins() {
    let office = Office::open();
    let (forgotten, alive) = (begin(&office), begin(&office));
    put(&office.office, forgotten, 1, b"upn\n").expect(200);
    office.app.clock.set("2026-11-20T09:00:00Z");
    put(&office.office, alive, 1, b"upn\n").expect(200);
    office.app.clock.set("2026-11-20T11:00:00Z");
    let begun = begin(&office);
    assert_eq!(office.office.get(&format!("/v1/uploads/{forgotten}")).problem(404), "not-found");
    assert_eq!((arrived(&office, alive).len(), arrived(&office, begun).len()), (1, 0));
    assert_eq!(import(&office, forgotten).problem(404), "not-found");
}
