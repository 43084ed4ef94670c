//! Texts that break other people's software: kept and given back as they came, or refused in plain English.

use serde_json::{Value, json};

use crate::support::app::{Answer, Client, TestApp};
use crate::support::build::{calendar, id, school, unenrolled, upn};
use crate::support::one_school::{OneSchool, one_trust};
use crate::support::real::real;

/// Some of our own, for a clone without the real material; and the big list of naughty strings.
fn texts() -> Vec<String> {
    let own = [
        "O’Brien-Núñez",
        "Łukasiewicz",
        "田中 さくら",
        "שָׁלוֹם",
        "👩‍👩‍👧",
        "\u{202e}reversed",
        "a\u{300}\u{301}\u{302}",
        "'; DROP TABLE pupil; --",
        "\"quoted\" \\ back / slash",
        "<script>alert(1)</script>",
        "%00 %s {} ${x} $1",
        "null",
        "-1",
        " padded\u{a0}",
        "\u{feff}mark",
        "one\ntwo",
        "tab\tbed",
        "nothing\0after",
        "\u{7f}\u{85}",
        "   ",
        "",
    ];
    let mut texts: Vec<String> = own.map(str::to_owned).to_vec();
    texts.push("ﷺ".repeat(100));
    texts.push("é".repeat(101));
    if let Some(file) = real("blns.json") {
        let list: Vec<String> = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
        assert!(list.len() > 400);
        texts.extend(list);
    }
    texts
}

/// What is kept of a name, if it can be one: at most so many characters, all of which can be seen.
fn kept(text: &str, most: usize) -> Option<String> {
    let name = domain::in_one_form(text.trim()).into_owned();
    let length = name.chars().count();
    let is_whole = !is_hidden(text) && !name.chars().any(domain::is_invisible);
    (1 <= length && length <= most && is_whole).then_some(name)
}

/// Whether a text has a character that cannot be seen, line ends and tabs aside.
fn is_hidden(text: &str) -> bool {
    text.chars().any(|c| domain::is_hidden(c) && !matches!(c, '\n' | '\r' | '\t'))
}

/// Asserts that a name was kept as it came or refused with a pointer to it, and says which.
#[track_caller]
fn is_kept(answer: &Answer, member: &str, text: &str, most: usize) -> bool {
    let Some(name) = kept(text, most) else {
        if text.contains('\0') {
            assert_eq!(answer.problem(400), "bad-body", "{text:?}");
            return false;
        }
        assert_eq!(answer.problem(422), "invalid", "{text:?}");
        let pointers = answer.body["errors"].as_array().unwrap().iter();
        let pointers: Vec<&Value> = pointers.map(|error| &error["pointer"]).collect();
        assert!(pointers.contains(&&json!(format!("/{member}"))), "{text:?}: {}", answer.text);
        return false;
    };
    assert_eq!(answer.status, 201, "{text:?}: {}", answer.text);
    assert_eq!(answer.body[member], name);
    true
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[test]
fn a_child_may_have_any_name_and_is_found_by_it() {
    let (_app, _, admin) = one_trust();
    let school = school(&admin, 1, "primary");
    for (number, text) in (1..).zip(texts()) {
        let body = json!({
            "school_id": school, "upn": upn(number), "surname": text, "forename": text,
            "birth_date": "2015-03-14",
        });
        let answer = admin.post("/v1/pupils", &body);
        let found = admin.get(&format!("/v1/pupils?limit=500&name={}", encoded(&text)));
        if !is_kept(&answer, "surname", &text, 100) {
            assert!([200, 400].contains(&found.status), "{text:?}: {}", found.text);
            continue;
        }
        let found = found.expect(200);
        // A name without a letter or digit looks for everybody, of whom the list may be longer than a page.
        if found["next"].is_null() {
            let items = found["items"].as_array().unwrap();
            let same = items.iter().find(|item| item["pupil_id"] == answer.body["pupil_id"]);
            let same = same.unwrap_or_else(|| panic!("{text:?} is not found"));
            assert_eq!(
                (&same["surname"], &same["forename"]),
                (&json!(kept(&text, 100)), &json!(kept(&text, 100)))
            );
        }
    }
}

#[test]
fn so_may_a_trust_a_school_and_a_class() {
    let app = TestApp::start();
    let platform = app.client("platform_admin", 0);
    let admin = app.client("trust_admin", app.trust("Larkrise"));
    let own = school(&admin, 1, "primary");
    let mut classes = std::collections::BTreeSet::new();
    for (number, text) in (2..).zip(texts()) {
        is_kept(&platform.post("/v1/trusts", &json!({ "name": text })), "name", &text, 200);
        let urn = format!("9{number:05}");
        let new = json!({ "urn": urn, "name": text, "phase": "primary" });
        is_kept(&admin.post("/v1/schools", &new), "name", &text, 200);
        // Of two classes of one name the second is refused, so each text comes once.
        if classes.insert(domain::class_key(&text)) {
            let new = json!({ "school_id": own, "year": 2026, "name": text });
            is_kept(&admin.post("/v1/classes", &new), "name", &text, 50);
        }
    }
}

#[test]
fn a_reason_and_a_note_are_kept_to_the_letter_and_a_search_never_fails() {
    let OneSchool { app: _app, admin, school, class, .. } = OneSchool::without_pupils();
    let pupil = enrolled(&admin, school, class);
    let amendments = format!("/v1/pupils/{pupil}/marks/amendments");
    let history = format!("/v1/pupils/{pupil}/marks/2026-11-17/AM/history");
    let mut reasons = Vec::new();
    for (text, mark) in texts().iter().zip(["I", "M"].into_iter().cycle()) {
        let change = json!({ "date": "2026-11-17", "session": "AM", "mark": mark });
        let answer = admin.post(&amendments, &json!({ "reason": text, "changes": [change] }));
        let length = text.trim().chars().count();
        match answer.status {
            400 => assert!(text.contains('\0'), "{text:?}: {}", answer.text),
            422 => {
                assert!(length == 0 || length > 500 || is_hidden(text), "{text:?}: {}", answer.text)
            }
            _ => {
                answer.expect(201);
                reasons.push(domain::in_one_form(text.trim()).into_owned());
            }
        }
        let queries = [
            "/v1/pupils?upn=",
            "/v1/schools?urn=",
            "/v1/schools?cursor=",
            "/v1/analytics/trend?phases=",
        ];
        for query in queries {
            let status = admin.get(&format!("{query}{}", encoded(text))).status;
            assert!([200, 400].contains(&status), "{query} {text:?}: {status}");
        }
    }
    let kept = admin.get(&history).expect(200);
    let kept: Vec<&Value> =
        kept["entries"].as_array().unwrap().iter().map(|e| &e["reason"]).collect();
    // Twice the same mark in a row changes nothing, so it leaves no entry.
    reasons.retain(|reason| kept.contains(&&json!(reason)));
    assert_eq!(kept, reasons.iter().collect::<Vec<_>>());

    let mut noted = calendar();
    let notes = texts().into_iter().filter(|text| !is_hidden(text));
    let notes = notes.map(|text| domain::in_one_form(&text).into_owned());
    let closure =
        |note| json!({ "from": "2026-11-27", "to": "2026-11-27", "kind": "inset", "note": note });
    noted["closures"] = notes.map(closure).collect();
    let place = format!("/v1/schools/{school}/calendar/2026");
    admin.put(&place, &noted).expect(200);
    assert_eq!(admin.get(&place).expect(200)["closures"], noted["closures"]);
}

fn enrolled(admin: &Client, school: i32, class: i32) -> i32 {
    let pupil = unenrolled(admin, school, 1, "2015-03-14");
    let body =
        json!({ "pupil_id": pupil, "class_id": class, "year_group": 6, "first_day": "2026-09-02" });
    id(&admin.post("/v1/enrolments", &body).expect(201), "enrolment_id");
    pupil
}
