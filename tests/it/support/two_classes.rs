//! A school with two classes and three pupils: where stories about calendars and closed days begin.

use chrono::NaiveDate;
use domain::{AcademicYear, HalfDay, Session};
use serde_json::{Value, json};

use super::app::{Client, TestApp};
use super::build::{calendar, class, marks, school, unenrolled};
use super::figures::possible_and_absent;

/// Wednesday 18 November 2026: a school with 6A (Ada and Ben) and 5B (Cleo).
pub struct TwoClasses {
    pub app: TestApp,
    pub trust: i32,
    pub admin: Client,
    pub school: i32,
    pub six: i32,
    pub five: i32,
    pub ada: i32,
    pub ben: i32,
    pub cleo: i32,
}

impl TwoClasses {
    pub fn new() -> Self {
        let app = TestApp::start();
        let trust = app.trust("Larkrise");
        let admin = app.client("trust_admin", trust);
        let school = school(&admin, 1, "primary");
        let (six, five) = (class(&admin, school, "6A"), class(&admin, school, "5B"));
        let pupil = |number, class, year_group| {
            let pupil = unenrolled(&admin, school, number, "2015-03-14");
            let body = json!({ "pupil_id": pupil, "class_id": class, "year_group": year_group,
                "first_day": "2026-09-02" });
            admin.post("/v1/enrolments", &body).expect(201);
            pupil
        };
        let (ada, ben, cleo) = (pupil(1, six, 6), pupil(2, six, 6), pupil(3, five, 5));
        // The facts above were recorded one after the other, some microseconds apart.
        app.clock.set("2026-11-18T10:01:00Z");
        Self { app, trust, admin, school, six, five, ada, ben, cleo }
    }

    pub fn calendar_at(&self, more: &str) -> String {
        format!("/v1/schools/{}/calendar/2026{more}", self.school)
    }

    /// The register of 6A.
    pub fn take(&self, when: &str, ada: &str, ben: &str) {
        let place = format!("/v1/classes/{}/registers/{when}", self.six);
        self.admin.put(&place, &marks(&[(self.ada, ada), (self.ben, ben)])).expect(200);
    }

    /// The register of 5B.
    pub fn take_five(&self, when: &str, cleo: &str) {
        let place = format!("/v1/classes/{}/registers/{when}", self.five);
        self.admin.put(&place, &marks(&[(self.cleo, cleo)])).expect(200);
    }

    /// Possible sessions of the whole school, and absences.
    pub fn figures(&self) -> (i64, i64) {
        possible_and_absent(&self.admin, "year=2026&window=year_to_date&definition=on-roll")
    }

    /// How many marks are expected of the whole school, and how many there are.
    pub fn completeness(&self) -> (i64, i64) {
        let query = "/v1/analytics/trend?year=2026&window=year_to_date&definition=on-roll";
        let trend = self.admin.get(query).expect(200);
        let completeness = &trend["series"][0]["cells"][0]["completeness"];
        let number = |name: &str| completeness[name].as_i64().unwrap();
        (number("expected"), number("marked"))
    }

    /// A pupil's mark; an empty text for none.
    pub fn mark(&self, pupil: i32, date: &str, session: &str) -> String {
        let path = format!("/v1/pupils/{pupil}/marks?from={date}&to={date}");
        let answer = self.admin.get(&path).expect(200);
        let all = answer["marks"].as_array().unwrap();
        let one = all.iter().find(|mark| mark["session"] == session);
        one.map(|mark| mark["mark"].as_str().unwrap().to_owned()).unwrap_or_default()
    }
}

/// The calendar that stories play in, with one member changed.
pub fn calendar_with(member: &str, value: Value) -> Value {
    let mut calendar = calendar();
    calendar[member] = value;
    calendar
}

/// A whole day of training.
pub fn inset(day: &str) -> Value {
    json!({ "from": day, "to": day, "kind": "inset" })
}

/// The place of a half day of 2026/27 in a row of the register, by the calendar on the wall.
pub fn position(date: &str, session: Session) -> usize {
    let date: NaiveDate = date.parse().unwrap();
    HalfDay::of(AcademicYear::new(2026).unwrap(), date, session).unwrap().position()
}
