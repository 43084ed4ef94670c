//! Facts of the roll with dates: who was known to be what, where, from when; and every figure follows.

mod characteristics;
mod days;
mod double;
mod known;
mod moves;
mod records;

use serde_json::{Value, json};

use crate::support::app::{Answer, Client, TestApp};
use crate::support::build::id;
use crate::support::figures::possible_and_absent;
use crate::support::sql::Sql;

fn start() -> (TestApp, i32, Client) {
    let app = TestApp::start();
    let trust = app.trust("Larkrise");
    let admin = app.client("trust_admin", trust);
    (app, trust, admin)
}

/// The one enrolment of a pupil.
fn enrolment_of(client: &Client, pupil: i32) -> i32 {
    let list = client.get(&format!("/v1/enrolments?pupil_id={pupil}")).expect(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 1, "{list}");
    id(&list["items"][0], "enrolment_id")
}

/// Whole weeks of marks of a pupil at a school: ten marks from Monday to Friday for each Monday.
fn weeks(client: &Client, school: i32, upn: &str, weeks: &[(&str, &str)]) {
    let mut file = "upn,week,marks\n".to_owned();
    for (monday, marks) in weeks {
        file += &format!("{upn},{monday},{marks}\n");
    }
    let import = client.import(&format!("kind=marks&school_id={school}"), file.as_bytes());
    assert_eq!(import["job"]["state"], "done", "{import:#}");
}

/// Records one characteristic.
fn put_fact(client: &Client, enrolment: i32, kind: &str, from_day: &str, value: Value) -> Answer {
    let fact = json!({ "kind": kind, "from_day": from_day, "value": value });
    let body = json!({ "characteristics": [fact] });
    client.put(&format!("/v1/enrolments/{enrolment}/characteristics"), &body)
}

/// The figures of a school, or of the trust, and the same counted over the marks that lie within the days on roll.
#[track_caller]
fn assert_counted(app: &TestApp, client: &Client, school: Option<i32>) -> (i64, i64) {
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
fn notices(page: &Value) -> Vec<&str> {
    page["notices"].as_array().unwrap().iter().map(|n| n["kind"].as_str().unwrap()).collect()
}

/// The places that a problem points to.
fn pointers(answer: &Answer) -> Vec<&str> {
    let errors = answer.body["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
    errors.iter().map(|error| error["pointer"].as_str().unwrap()).collect()
}
