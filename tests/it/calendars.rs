//! Calendars: put, asked first what a change would do, read as they were known; school that could not be held; year
//! groups that are not due; and published term dates.

mod closures;
mod moved;
mod not_due;
mod term_dates;

use chrono::NaiveDate;
use domain::{AcademicYear, HalfDay, Session};
use serde_json::{Value, json};

use crate::support::app::{Client, TestApp};
use crate::support::build::{calendar, class, marks, school, unenrolled};
use crate::support::figures::possible_and_absent;

/// Wednesday 18 November 2026: a school with 6A (Ada and Ben) and 5B (Cleo).
struct School {
    app: TestApp,
    trust: i32,
    admin: Client,
    school: i32,
    six: i32,
    five: i32,
    ada: i32,
    ben: i32,
    cleo: i32,
}

impl School {
    fn new() -> Self {
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

    fn calendar_at(&self, more: &str) -> String {
        format!("/v1/schools/{}/calendar/2026{more}", self.school)
    }

    /// The register of 6A.
    fn take(&self, when: &str, ada: &str, ben: &str) {
        let place = format!("/v1/classes/{}/registers/{when}", self.six);
        self.admin.put(&place, &marks(&[(self.ada, ada), (self.ben, ben)])).expect(200);
    }

    /// The register of 5B.
    fn take_five(&self, when: &str, cleo: &str) {
        let place = format!("/v1/classes/{}/registers/{when}", self.five);
        self.admin.put(&place, &marks(&[(self.cleo, cleo)])).expect(200);
    }

    /// Possible sessions of the whole school, and absences.
    fn figures(&self) -> (i64, i64) {
        possible_and_absent(&self.admin, "year=2026&window=year_to_date&definition=on-roll")
    }

    /// How many marks are expected of the whole school, and how many there are.
    fn completeness(&self) -> (i64, i64) {
        let query = "/v1/analytics/trend?year=2026&window=year_to_date&definition=on-roll";
        let trend = self.admin.get(query).expect(200);
        let completeness = &trend["series"][0]["cells"][0]["completeness"];
        let number = |name: &str| completeness[name].as_i64().unwrap();
        (number("expected"), number("marked"))
    }

    /// A pupil's mark; an empty text for none.
    fn mark(&self, pupil: i32, date: &str, session: &str) -> String {
        let path = format!("/v1/pupils/{pupil}/marks?from={date}&to={date}");
        let answer = self.admin.get(&path).expect(200);
        let all = answer["marks"].as_array().unwrap();
        let one = all.iter().find(|mark| mark["session"] == session);
        one.map(|mark| mark["mark"].as_str().unwrap().to_owned()).unwrap_or_default()
    }
}

/// The calendar that stories play in, with one member changed.
fn calendar_with(member: &str, value: Value) -> Value {
    let mut calendar = calendar();
    calendar[member] = value;
    calendar
}

/// A whole day of training.
fn inset(day: &str) -> Value {
    json!({ "from": day, "to": day, "kind": "inset" })
}

/// The place of a half day of 2026/27 in a row of the register, by the calendar on the wall.
fn position(date: &str, session: Session) -> usize {
    let date: NaiveDate = date.parse().unwrap();
    HalfDay::of(AcademicYear::new(2026).unwrap(), date, session).unwrap().position()
}

#[test]
fn a_calendar_is_read_as_it_was_known_and_its_history_says_who_put_it_and_when() {
    let s = School::new();
    let first = s.admin.get(&s.calendar_at("")).expect(200);
    s.app.clock.set("2026-11-18T12:00:00Z");
    let office = s.app.school_client("school_office", s.trust, &[s.school]);
    let changed = calendar_with("closures", json!([inset("2026-12-04")]));
    let second = office.put(&s.calendar_at(""), &changed).expect(200);
    s.app.clock.set("2026-11-18T13:00:00Z");
    office.put(&s.calendar_at(""), &second).expect(200);

    let known = |instant: &str| {
        let path = s.calendar_at(&format!("?as_known_on={instant}"));
        s.admin.get(&path)
    };
    assert_eq!(known("2026-11-18T09:59:59Z").problem(404), "not-found", "it was not put yet");
    assert_eq!(known("2026-11-18T11:59:59Z").expect(200), first);
    assert_eq!(known("2026-11-18T12:00:00Z").expect(200), second);
    assert_eq!(known("2026-11-18T13:00:00%2B01:00").expect(200), second, "an hour earlier by UTC");
    assert_eq!(known("2030-01-01T00:00:00Z").expect(200), s.admin.get(&s.calendar_at("")).body);
    assert_eq!(known("yesterday").problem(400), "bad-query");

    let history = s.admin.get(&s.calendar_at("/history")).expect(200);
    let items = history["versions"].as_array().unwrap();
    let told: Vec<_> = items.iter().map(|item| (&item["recorded_by"], &item["calendar"])).collect();
    let (admin, office) = (json!("test-trust_admin"), json!("test-school_office"));
    assert_eq!(told, [(&admin, &first), (&office, &second)], "putting it again changed nothing");
    assert_eq!(items[1]["recorded_at"], "2026-11-18T12:00:00Z");

    let other_year = format!("/v1/schools/{}/calendar/2025/history", s.school);
    assert_eq!(s.admin.get(&other_year).expect(200)["versions"], json!([]));
}
