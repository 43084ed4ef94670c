//! Lists that people page through while others work on what they list.

use std::collections::BTreeSet;

use base64::Engine;
use serde_json::{Value, json};

use crate::support::app::Client;
use crate::support::build::{class, id, unenrolled};
use crate::support::one_school::{OneSchool, one_trust};

fn surnames(page: &Value) -> Vec<&str> {
    let names = page["items"].as_array().unwrap().iter();
    names
        .map(|one| one["person"].get("surname").unwrap_or(&one["surname"]).as_str().unwrap())
        .collect()
}

/// The first page, and the address of what comes after it.
fn first(client: &Client, list: &str) -> (Value, String) {
    let page = client.get(&format!("{list}limit=4")).expect(200);
    let rest = format!("{list}limit=100&cursor={}", page["next"].as_str().unwrap());
    (page, rest)
}

fn rename(client: &Client, pupil: i32, surname: &str) {
    let body = json!({ "surname": surname, "reason": "Adoption" });
    client.post(&format!("/v1/pupils/{pupil}/corrections"), &body).expect(201);
}

#[test]
fn a_list_of_pupils_goes_on_where_it_was_though_names_change_and_pupils_come_and_go() {
    let OneSchool { app: _app, admin, school, pupils, .. } = OneSchool::with(9);
    let list = format!("/v1/pupils?school_id={school}&");
    for name in ["Wilson", "Aaa"] {
        let (page, rest) = first(&admin, &list);
        let last = page["items"][3].clone();
        let expected: Vec<Value> =
            admin.get(&rest).expect(200)["items"].as_array().unwrap().clone();
        assert_eq!(expected.len(), 5);
        rename(&admin, id(&last, "pupil_id"), name);
        let after = admin.get(&rest).expect(200);
        let others: Vec<&Value> = after["items"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|one| one["surname"] != name)
            .collect();
        assert_eq!(others, expected.iter().collect::<Vec<_>>(), "{name}");
        rename(&admin, id(&last, "pupil_id"), last["surname"].as_str().unwrap());
    }
    // One at the end of the page is merged away, somebody new comes before it and somebody new after it.
    let twice = unenrolled(&admin, school, 40, "2015-03-14");
    rename(&admin, twice, "Surname3b");
    let (page, rest) = first(&admin, &list);
    assert_eq!(id(&page["items"][3], "pupil_id"), twice);
    let before = admin.get(&rest).expect(200);
    let new = unenrolled(&admin, school, 50, "2015-03-14");
    rename(&admin, new, "Aaron");
    let late = unenrolled(&admin, school, 51, "2015-03-14");
    rename(&admin, late, "Zuma");
    let into = json!({ "into": pupils[8], "reason": "Entered twice" });
    admin.post(&format!("/v1/pupils/{twice}/merge"), &into).expect(200);
    let after = admin.get(&rest).expect(200);
    let expected: Vec<&str> = surnames(&before).into_iter().chain(["Zuma"]).collect();
    assert_eq!(surnames(&after), expected);
}

#[test]
fn so_does_a_list_of_parents_and_its_cursor_tells_no_name() {
    let OneSchool { app: _app, admin, pupils, .. } = OneSchool::with(1);
    let person =
        |surname: &str| json!({ "forename": "Ngozi", "surname": surname, "language": "en" });
    for number in 0..8 {
        let body = json!({ "person": person(&format!("Name{number}")), "link": { "relationship": "mother", "priority": number + 1 } });
        admin.post(&format!("/v1/pupils/{}/parents", pupils[0]), &body).expect(201);
    }
    let (page, rest) = first(&admin, "/v1/parents?");
    let cursor = rest.split_once("cursor=").unwrap().1;
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(cursor).unwrap();
    assert!(!String::from_utf8_lossy(&bytes).contains("name"), "a cursor stands in URLs and logs");
    let expected = admin.get(&rest).expect(200);
    let last = &page["items"][3];
    admin.put(&format!("/v1/parents/{}", last["parent_id"]), &person("Zuma")).expect(200);
    let after = admin.get(&rest).expect(200);
    let expected: Vec<&str> = surnames(&expected).into_iter().chain(["Zuma"]).collect();
    assert_eq!(surnames(&after), expected);
}

#[test]
fn lists_in_the_order_of_their_ids_meet_everything_once() {
    let (_app, _, admin) = one_trust();
    let school = crate::support::build::school(&admin, 1, "primary");
    (0..6).for_each(|number| {
        class(&admin, school, &format!("Class {number}"));
    });
    let (page, rest) = first(&admin, &format!("/v1/classes?school_id={school}&"));
    class(&admin, school, "AAA");
    let after = admin.get(&rest).expect(200);
    let ids = |page: &Value| {
        page["items"].as_array().unwrap().iter().map(|one| id(one, "class_id")).collect::<Vec<_>>()
    };
    let all: Vec<i32> = [ids(&page), ids(&after)].concat();
    assert_eq!((all.len(), all.iter().collect::<BTreeSet<_>>().len()), (7, 7));
}
