//! Policies in the database: the five that are shipped, a trust's own, and what a school follows from when.

use std::collections::BTreeMap;

use api::base::db::Schools;
use api::base::id::SchoolId;
use domain::policy::{Folder, built_in};
use serde_json::{Value, json};

use crate::support::app::{Client, TestApp};
use crate::support::build::{policy, school};

fn follow(client: &Client, school: i32, place: &str, body: &Value) -> Value {
    client.put(&format!("/v1/schools/{school}/policy/{place}"), body).expect(200)
}

#[test]
fn the_five_policies_are_there_and_their_books_are_those_of_the_repository() {
    let app = TestApp::start();
    let trust = app.trust("Books");
    let teacher = app.client("teacher", trust);
    let list = teacher.get("/v1/policies").expect(200);
    let keys: Vec<&str> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["policy"].as_str().unwrap())
        .collect();
    assert_eq!(
        keys,
        ["flowchart", "high-attendance", "improvement-process", "one-page", "strategy"]
    );
    for key in keys {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../domain/policies");
        let book = std::fs::read_to_string(format!("{root}/{key}/book.md")).unwrap();
        assert_eq!(teacher.get(&format!("/v1/policies/{key}/book")).text, book);
        let read = teacher.get(&format!("/v1/policies/{key}")).expect(200);
        assert_eq!(read["folder"], policy(key));
        assert_eq!((&read["built_in"], &read["version"]), (&json!(true), &Value::Null));
    }
    assert_eq!(teacher.get("/v1/policies/nothing").problem(404), "not-found");
    assert_eq!(teacher.get("/v1/policies/flowchart?version=1").problem(404), "not-found");
}

#[test]
fn a_trust_copies_a_policy_changes_it_and_every_version_stays() {
    let app = TestApp::start();
    let trust = app.trust("Writers");
    let officer = app.client("trust_officer", trust);
    let mut own = policy("one-page");
    let first = officer.put("/v1/policies/our-page", &own);
    let tag = first.etag();
    assert_eq!(first.expect(200)["version"], 1);
    // The same text again is the same version.
    assert_eq!(officer.put("/v1/policies/our-page", &own).expect(200)["version"], 1);

    // A changed name makes a second version, which only he may write who has seen the first.
    let renamed = own["policy"].as_str().unwrap().replacen("name = \"", "name = \"Our own ", 1);
    own["policy"] = json!(renamed);
    let stale = officer.json("PUT", "/v1/policies/our-page", &[("if-match", "\"other\"")], &own);
    assert_eq!(stale.problem(412), "precondition-failed");
    let second =
        officer.json("PUT", "/v1/policies/our-page", &[("if-match", &tag)], &own).expect(200);
    assert_eq!(second["version"], 2);
    assert!(second["name"].as_str().unwrap().starts_with("Our own "));
    let before = officer.get("/v1/policies/our-page?version=1").expect(200);
    assert_eq!(before["folder"], policy("one-page"));

    // Nobody else's trust knows it, and a built-in's key stays the product's.
    let other = app.client("trust_admin", app.trust("Others"));
    assert_eq!(other.get("/v1/policies/our-page").problem(404), "not-found");
    assert_eq!(officer.put("/v1/policies/one-page", &own).problem(409), "already-exists");
    assert_eq!(officer.put("/v1/policies/Our%20Page", &own).problem(422), "invalid");
}

#[test]
fn what_is_wrong_with_a_policy_is_said_all_at_once_with_file_line_and_rule() {
    let app = TestApp::start();
    let officer = app.client("trust_officer", app.trust("Mistakes"));
    let mut broken = policy("improvement-process");
    let text = broken["policy"].as_str().unwrap();
    let text = text.replacen("letter = \"", "letter = \"no-such-", 1);
    let wrong = text.replacen("from = \"90%\"", "from = \"101%\"", 1);
    assert_ne!(text, wrong);
    broken["policy"] = json!(wrong);

    let checked = officer.post("/v1/policies/ours/check", &broken).expect(200);
    assert_eq!(checked["sound"], false);
    let problems = checked["problems"].as_array().unwrap();
    let letter =
        problems.iter().find(|one| one["says"].as_str().unwrap().contains("no-such-")).unwrap();
    assert_eq!((&letter["file"], &letter["rule"]), (&json!("policy.toml"), &json!("W-02")));
    let from = usize::try_from(letter["line"].as_u64().unwrap()).unwrap() - 1;
    assert!(text.lines().skip(from).take(2).any(|line| line == "rule = \"W-02\""), "{letter}");
    assert!(problems.iter().any(|one| one["says"].as_str().unwrap().contains("101")), "{checked}");

    // Keeping it is refused with the same list, and nothing is kept.
    let refused = officer.put("/v1/policies/ours", &broken);
    assert_eq!(refused.problem(422), "unsound-policy");
    assert_eq!(refused.body["errors"].as_array().unwrap().len(), problems.len());
    assert_eq!(officer.get("/v1/policies/ours").problem(404), "not-found");

    let sound = officer.post("/v1/policies/ours/check", &policy("improvement-process")).expect(200);
    assert_eq!((&sound["sound"], sound["problems"].as_array().unwrap().len()), (&json!(true), 0));
}

#[test]
fn a_school_pairs_one_pathway_with_one_set_of_rewards_from_a_day_on() {
    let app = TestApp::start();
    let trust = app.trust("Pairs");
    let admin = app.client("trust_admin", trust);
    let elm = school(&admin, 1, "primary");
    let oak = school(&admin, 2, "secondary");
    let improvement = json!({ "policy": "improvement-process" });
    follow(&admin, elm, "pathway/2026-09-01", &improvement);
    let tickets = json!({ "target": "96%", "priority bands": ["100%-98%", "97.9%-95%"] });
    let strategy = json!({ "policy": "strategy", "answers": tickets });
    follow(&admin, elm, "rewards/2026-09-01", &strategy);

    // From January the school goes another way; until then nothing changes.
    let target = json!({ "policy": "flowchart", "answers": { "target": "96%" } });
    follow(&admin, elm, "pathway/2027-01-04", &target);
    let path = format!("/v1/schools/{elm}/policy");
    let now = admin.get(&path).expect(200);
    assert_eq!(now["pathway"]["policy"], "improvement-process");
    assert_eq!(now["rewards"]["policy"], "strategy");
    let later = admin.get(&format!("{path}?on=2027-01-04")).expect(200);
    assert_eq!(
        (&later["pathway"]["policy"], &later["pathway"]["version"]),
        (&json!("flowchart"), &json!(1))
    );
    assert_eq!(later["history"].as_array().unwrap().len(), 3);
    assert_eq!(admin.get(&format!("{path}?on=2026-08-31")).expect(200)["pathway"], Value::Null);

    // The book can be read with the school's own answers.
    let book = |query: &str| admin.get(&format!("/v1/policies/flowchart/book{query}")).text;
    assert!(book(&format!("?school_id={elm}&on=2027-02-01")).contains("96%"));
    assert_ne!(book(""), book(&format!("?school_id={elm}&on=2027-02-01")));
    let path_of_strategy = format!("/v1/policies/strategy/book?school_id={elm}&on=2026-09-01");
    let own = admin.get(&path_of_strategy).text;
    assert!(own.contains("(priority bands): **100%-98% and 97.9%-95%**"), "{own}");

    // Said twice it is decided once; decided again it leaves what was decided before.
    follow(&admin, elm, "pathway/2027-01-04", &target);
    follow(&admin, elm, "pathway/2027-01-04", &json!({ "policy": "one-page" }));
    let after = admin.get(&format!("{path}?on=2027-01-04")).expect(200);
    assert_eq!(after["pathway"]["policy"], "one-page");
    assert_eq!(after["history"].as_array().unwrap().len(), 4);

    // A school's lead decides for the own school, and does not see the other's.
    let lead =
        app.client_of(&app.token("school_lead", trust, Schools::Only(vec![SchoolId::new(oak)])));
    follow(&lead, oak, "pathway/2026-09-01", &improvement);
    assert_eq!(lead.get(&path).problem(404), "not-found");
    let refused = lead.put(&format!("/v1/schools/{elm}/policy/pathway/2026-09-01"), &improvement);
    assert_eq!(refused.problem(404), "not-found");
}

#[test]
fn an_answer_that_a_policy_does_not_take_or_lacks_is_refused() {
    let app = TestApp::start();
    let trust = app.trust("Answers");
    let admin = app.client("trust_admin", trust);
    let elm = school(&admin, 1, "primary");
    let place = format!("/v1/schools/{elm}/policy/pathway/2026-09-01");
    let refuse = |body: Value, word: &str| {
        let refused = admin.put(&place, &body);
        assert_eq!(refused.problem(422), "invalid");
        assert!(refused.text.contains(word), "{}", refused.text);
    };
    refuse(json!({ "policy": "flowchart" }), "/answers/target");
    refuse(json!({ "policy": "flowchart", "answers": { "target": "lots" } }), "/answers/target");
    refuse(json!({ "policy": "flowchart", "answers": { "target": ["95%", "96%"] } }), "one answer");
    refuse(json!({ "policy": "flowchart", "answers": { "target": [] } }), "/answers/target");
    refuse(
        json!({ "policy": "flowchart", "answers": { "target": "95%", "goal": "1" } }),
        "/answers/goal",
    );
    refuse(json!({ "policy": "nothing" }), "a policy of the trust");
    refuse(
        json!({ "policy": "flowchart", "version": 9, "answers": { "target": "95%" } }),
        "a policy of the trust",
    );
    assert_eq!(admin.get(&format!("/v1/schools/{elm}/policy")).expect(200)["history"], json!([]));
    assert_eq!(
        admin.put(&place.replace("pathway", "both"), &json!({ "policy": "one-page" })).problem(404),
        "not-found"
    );
    let all: BTreeMap<&str, Folder> = built_in();
    assert_eq!(all.len(), 5);
}
