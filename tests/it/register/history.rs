//! The history of a mark: every entry that ever stood there.

use serde_json::{Value, json};

use crate::support::app::Client;
use crate::support::build::{marks, upn};
use crate::support::one_school::OneSchool;

fn history(client: &Client, pupil: i32, when: &str) -> Vec<Value> {
    let history = client.get(&format!("/v1/pupils/{pupil}/marks/{when}/history")).expect(200);
    history["entries"].as_array().unwrap().clone()
}

#[test]
fn the_history_of_a_mark_tells_every_entry_with_who_when_and_why() {
    let s = OneSchool::with(2);
    let [ada, ben] = [s.pupils[0], s.pupils[1]];
    let office = s.colleague("school_office");
    let file = format!("upn,date,session,mark\n{},2026-11-18,AM,N\n", upn(1));
    let import = s.admin.import(&format!("kind=marks&school_id={}", s.school), file.as_bytes());
    s.app.clock.set("2026-11-18T10:10:00Z");
    let place = format!("/v1/classes/{}/registers/2026-11-18/AM", s.class);
    office.put(&place, &marks(&[(ada, "L"), (ben, "/")])).expect(200);
    s.app.clock.set("2026-12-01T09:00:00Z");
    let change = json!({ "date": "2026-11-18", "session": "AM", "mark": "M" });
    let change = json!({ "reason": " Appointment card seen ", "changes": [change] });
    let lead = s.colleague("school_lead");
    let amended = lead.post(&format!("/v1/pupils/{ada}/marks/amendments"), &change);
    assert_eq!(amended.header("location"), Some(format!("/v1/pupils/{ada}/marks").as_str()));
    let amended = amended.expect(201);
    assert_eq!(
        (&amended["changes"][0]["from"], &amended["changes"][0]["to"]),
        (&json!("L"), &json!("M"))
    );

    let entries = history(&office, ada, "2026-11-18/AM");
    let told: Vec<[&Value; 6]> = entries
        .iter()
        .map(|e| [&e["from"], &e["to"], &e["source"], &e["by"], &e["role"], &e["at"]])
        .collect();
    let expected = [
        json!([null, "N", "import", "test-trust_admin", "trust_admin", "2026-11-18T10:01:00Z"]),
        json!([
            "N",
            "L",
            "register",
            "test-school_office",
            "school_office",
            "2026-11-18T10:10:00Z"
        ]),
        json!(["L", "M", "amendment", "test-school_lead", "school_lead", "2026-12-01T09:00:00Z"]),
    ];
    assert_eq!(json!(told), json!(expected));
    assert_eq!(entries[0]["import_id"], import["import_id"]);
    assert_eq!(
        (&entries[1]["reason"], &entries[2]["reason"]),
        (&Value::Null, &json!("Appointment card seen"))
    );
    assert_eq!(
        history(&office, ben, "2026-11-18/AM").len(),
        1,
        "the other pupil's mark was entered once"
    );
    assert!(history(&office, ada, "2026-11-18/PM").is_empty(), "there never was a mark");
}
