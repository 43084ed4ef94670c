//! Builders for stories about the roll: enrolments with days of their own, facts with dates, and a year long past.

use serde_json::{Value, json};

use super::app::{Answer, Client, TestApp};
use super::build::{id, upn};
use super::figures::possible_and_absent;
use super::sql::Sql;

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

/// The one enrolment of a pupil.
pub fn enrolment_of(client: &Client, pupil: i32) -> i32 {
    let list = client.get(&format!("/v1/enrolments?pupil_id={pupil}")).expect(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 1, "{list}");
    id(&list["items"][0], "enrolment_id")
}

/// Whole weeks of marks of a pupil at a school: ten marks from Monday to Friday for each Monday.
pub fn weeks(client: &Client, school: i32, upn: &str, weeks: &[(&str, &str)]) {
    let mut file = "upn,week,marks\n".to_owned();
    for (monday, marks) in weeks {
        file += &format!("{upn},{monday},{marks}\n");
    }
    let import = client.import(&format!("kind=marks&school_id={school}"), file.as_bytes());
    assert_eq!(import["job"]["state"], "done", "{import:#}");
}

/// Records one characteristic.
pub fn put_fact(
    client: &Client,
    enrolment: i32,
    kind: &str,
    from_day: &str,
    value: Value,
) -> Answer {
    let fact = json!({ "kind": kind, "from_day": from_day, "value": value });
    let body = json!({ "characteristics": [fact] });
    client.put(&format!("/v1/enrolments/{enrolment}/characteristics"), &body)
}

/// The figures of a school, or of the trust, and the same counted over the marks that lie within the days on roll.
#[track_caller]
pub fn assert_counted(app: &TestApp, client: &Client, school: Option<i32>) -> (i64, i64) {
    let of = school.map(|school| format!("&schools={school}")).unwrap_or_default();
    let figures = possible_and_absent(client, &format!("window=year_to_date{of}"));
    let mut sql = Sql::of(&app.database);
    let mut count = |what: &str| {
        let school = school.map(|s| format!("AND m.school_id = {s}")).unwrap_or_default();
        sql.number(&format!(
            "SELECT count(*) FILTER (WHERE m.{what}) FROM mark m \
             JOIN LATERAL (SELECT * FROM enrolment_days d WHERE d.enrolment_id = m.enrolment_id \
                           ORDER BY recorded_at DESC LIMIT 1) d ON true \
             WHERE m.date >= d.first_day AND m.date <= coalesce(d.last_day, 'infinity') {school}"
        ))
    };
    assert_eq!(figures, (count("possible"), count("absent")));
    figures
}

/// The kinds of notices of an enrolment's page.
pub fn notices(page: &Value) -> Vec<&str> {
    page["notices"].as_array().unwrap().iter().map(|n| n["kind"].as_str().unwrap()).collect()
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
