//! Builders for stories about the roll: enrolments with days of their own, and a year long past.

use serde_json::{Value, json};

use super::app::{Answer, Client};
use super::build::{id, upn};

/// A pupil of that name who is to be added.
pub fn pupil_body(school: i32, number: u32, surname: &str, forename: &str) -> Value {
    json!({
        "school_id": school, "upn": upn(number), "surname": surname, "forename": forename,
        "birth_date": "2015-01-31", "sex": "F",
    })
}

/// Asks to enrol a pupil from one day to another.
pub fn enrol(client: &Client, pupil: i32, class: i32, days: (&str, Option<&str>)) -> Answer {
    let body = json!({
        "pupil_id": pupil, "class_id": class, "year_group": 6, "first_day": days.0, "last_day": days.1,
    });
    client.post("/v1/enrolments", &body)
}

/// A class of 2023/24, with the school's calendar for that year.
pub fn class_of_2023(client: &Client, school: i32, name: &str) -> i32 {
    client.put(&format!("/v1/schools/{school}/calendar/2023"), &calendar_of_2023()).expect(200);
    let body = json!({ "school_id": school, "year": 2023, "name": name });
    id(&client.post("/v1/classes", &body).expect(201), "class_id")
}

/// The year before the calendar that stories play in.
pub fn calendar_of_2025() -> Value {
    json!({
        "terms": [
            { "name": "Autumn term", "from": "2025-09-02", "to": "2025-12-19", "half_term": { "from": "2025-10-27", "to": "2025-10-31" } },
            { "name": "Spring term", "from": "2026-01-05", "to": "2026-03-27", "half_term": { "from": "2026-02-16", "to": "2026-02-20" } },
            { "name": "Summer term", "from": "2026-04-13", "to": "2026-07-21", "half_term": { "from": "2026-05-25", "to": "2026-05-29" } },
        ],
    })
}

/// The year before the codes of August 2024 came into force.
pub fn calendar_of_2023() -> Value {
    json!({
        "terms": [
            { "name": "Autumn term", "from": "2023-09-04", "to": "2023-12-20" },
            { "name": "Spring term", "from": "2024-01-03", "to": "2024-03-28" },
            { "name": "Summer term", "from": "2024-04-15", "to": "2024-07-23" },
        ],
    })
}
