//! Builders: a school with a calendar, a class, pupils on its roll.

use domain::Upn;
use domain::policy::{Folder, built_in};
use serde_json::{Value, json};

use super::app::Client;

/// The calendar of 2026/27 that stories play in.
pub fn calendar() -> Value {
    json!({
        "terms": [
            { "name": "Autumn term", "from": "2026-09-02", "to": "2026-12-18", "half_term": { "from": "2026-10-26", "to": "2026-10-30" } },
            { "name": "Spring term", "from": "2027-01-04", "to": "2027-03-26", "half_term": { "from": "2027-02-15", "to": "2027-02-19" } },
            { "name": "Summer term", "from": "2027-04-12", "to": "2027-07-21", "half_term": { "from": "2027-05-31", "to": "2027-06-04" } },
        ],
        "closures": [{ "from": "2026-11-27", "to": "2026-11-27", "kind": "inset" }],
    })
}

/// A school with a calendar for 2026/27. The URN is `9` and five digits of `number`.
pub fn school(client: &Client, number: u32, phase: &str) -> i32 {
    let body = json!({ "urn": format!("9{number:05}"), "name": format!("School {number}"), "phase": phase });
    let school = id(&client.post("/v1/schools", &body).expect(201), "school_id");
    client.put(&format!("/v1/schools/{school}/calendar/2026"), &calendar()).expect(200);
    client.put(&format!("/v1/schools/{school}/letterhead"), &letterhead(number)).expect(200);
    school
}

/// What stands on the letters of the school with this number.
pub fn letterhead(number: u32) -> Value {
    json!({
        "name": format!("School {number}"), "address": "Elm Bank Road\nLarkrise\nZZ99 9AA", "telephone": "01632 960001",
        "email": "office@example.org",
        "signatories": [
            { "role": "Attendance Lead", "name": "Jo Field", "title": "Attendance Lead" },
            { "name": "Sam Reed", "title": "Headteacher" },
        ],
        "support": ["a place at our breakfast club", "a talk with our family support worker"],
        "meeting_place": "the meeting room beside the main entrance",
    })
}

/// Where a parent lives, as a way to reach them.
pub fn address() -> Value {
    json!([{ "kind": "address", "value": "12 Mill Lane, Larkrise, ZZ99 1AA" }])
}

/// A class of 2026/27.
pub fn class(client: &Client, school: i32, name: &str) -> i32 {
    let body = json!({ "school_id": school, "year": 2026, "name": name });
    id(&client.post("/v1/classes", &body).expect(201), "class_id")
}

/// A pupil, born in 2015 unless said otherwise, enrolled in a class from 2 September 2026.
pub fn pupil(client: &Client, school: i32, class: i32, number: u32) -> i32 {
    let pupil = unenrolled(client, school, number, "2015-03-14");
    let body =
        json!({ "pupil_id": pupil, "class_id": class, "year_group": 6, "first_day": "2026-09-02" });
    client.post("/v1/enrolments", &body).expect(201);
    pupil
}

/// A pupil who is on no roll yet.
pub fn unenrolled(client: &Client, school: i32, number: u32, birth_date: &str) -> i32 {
    let body = json!({
        "school_id": school, "upn": upn(number), "surname": format!("Surname{number}"),
        "forename": format!("Forename{number}"), "birth_date": birth_date,
    });
    id(&client.post("/v1/pupils", &body).expect(201), "pupil_id")
}

/// A valid UPN for a number; numbers up to millions have one each.
pub fn upn(number: u32) -> String {
    let rest = (801_200_010_000 + u64::from(number)).to_string();
    format!("{}{rest}", Upn::check_letter(&rest).expect("twelve digits"))
}

/// An id out of an answer.
pub fn id(body: &Value, name: &str) -> i32 {
    body[name].as_i64().unwrap_or_else(|| panic!("no {name} in {body}")).try_into().unwrap()
}

/// A body for a register: a mark for each pupil.
pub fn marks(marks: &[(i32, &str)]) -> Value {
    json!({ "marks": marks.iter().map(|(pupil, mark)| json!({ "pupil_id": pupil, "mark": mark })).collect::<Vec<_>>() })
}

/// A built-in policy as a body.
pub fn policy(key: &str) -> Value {
    let Folder { policy, letters, scenarios } = built_in().remove(key).expect("a built-in policy");
    json!({ "policy": policy, "letters": letters, "scenarios": scenarios })
}

/// The members of that name of a list, in its order.
pub fn each<'a>(list: &'a Value, name: &str) -> Vec<&'a Value> {
    list["items"].as_array().unwrap().iter().map(|item| &item[name]).collect()
}

/// A text out of an answer.
#[track_caller]
pub fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("no {name} in {value}"))
}
