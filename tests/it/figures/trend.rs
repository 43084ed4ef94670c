//! The trend: what is counted, of whom, and what an answer says about itself.

mod answer;
mod characteristics;
mod definitions;
mod persistence;
mod real_registers;
mod sessions;
mod sql_oracle;
mod wrong_numbers;

use serde_json::Value;

use crate::support::app::{Client, TestApp};
use crate::support::build;
use crate::support::one_school::OneSchool;

/// A trust with one school and a class 6A, on Wednesday 18 November 2026.
struct Trust {
    app: TestApp,
    id: i32,
    admin: Client,
    school: i32,
    class: i32,
}

impl Trust {
    fn new() -> Self {
        let OneSchool { app, trust: id, admin, school, class, .. } = OneSchool::without_pupils();
        Self { app, id, admin, school, class }
    }

    /// Pupils of class 6A with these UPN numbers, on roll from 2 September 2026.
    fn pupils(&self, numbers: std::ops::RangeInclusive<u32>) {
        for number in numbers {
            build::pupil(&self.admin, self.school, self.class, number);
        }
    }

    /// Pupils of the school as a file says them: UPN number, birth date, year group, class, first day.
    #[track_caller]
    fn roll(&self, rows: &[(u32, &str, &str, &str, &str)]) {
        let mut file = "upn,surname,forename,birth_date,year_group,class,first_day\n".to_owned();
        for (number, birth, year_group, class, first_day) in rows {
            let upn = build::upn(*number);
            file += &format!("{upn},Ali,Ann,{birth},{year_group},{class},{first_day}\n");
        }
        self.import("pupils", &file);
    }

    /// Marks of weeks: UPN number, Monday, ten marks.
    #[track_caller]
    fn marks(&self, rows: &[(u32, &str, &str)]) {
        let mut file = "upn,week,marks\n".to_owned();
        for (number, monday, marks) in rows {
            file += &format!("{},{monday},{marks}\n", build::upn(*number));
        }
        self.import("marks", &file);
    }

    #[track_caller]
    fn import(&self, kind: &str, file: &str) {
        let query = format!("kind={kind}&school_id={}", self.school);
        let import = self.admin.import(&query, file.as_bytes());
        assert_eq!(import["job"]["state"], "done", "{import:#}");
    }

    /// The trend's answer to a question.
    #[track_caller]
    fn trend(&self, question: &str) -> Value {
        self.admin.get(&format!("/v1/analytics/trend?{question}")).expect(200)
    }

    /// The cell of a group in a window.
    #[track_caller]
    fn cell(&self, question: &str, group: &str, window: &str) -> Value {
        cell(&self.trend(question), group, window)
    }

    /// The trust's year to date, with pupils of any age.
    #[track_caller]
    fn year_to_date(&self) -> Value {
        self.cell("window=year_to_date&definition=on-roll", "trust", "year-to-date")
    }
}

/// The cell of a group in a window; `null` when the answer has no such group.
#[track_caller]
fn cell(trend: &Value, group: &str, window: &str) -> Value {
    let place =
        |list: &Value, is: &dyn Fn(&Value) -> bool| list.as_array().unwrap().iter().position(is);
    let windows = &trend["windows"];
    let at = place(windows, &|one| one["key"] == window).unwrap_or_else(|| panic!("{windows:#}"));
    let series = &trend["series"];
    match place(series, &|one| one["group"]["key"] == group) {
        Some(found) => series[found]["cells"][at].clone(),
        None => Value::Null,
    }
}

/// Some of a cell's whole numbers.
#[track_caller]
fn counts<const N: usize>(cell: &Value, names: [&str; N]) -> [u64; N] {
    names.map(|name| cell[name].as_u64().unwrap_or_else(|| panic!("no {name} in {cell:#}")))
}

/// Of enrolments with a possible session: all, the persistently absent, the severely absent.
#[track_caller]
fn persistence(of: &Value) -> [u64; 3] {
    counts(of, ["enrolments", "persistent", "severe"])
}
