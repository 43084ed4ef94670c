//! Files that schools send: read in whatever form they come, applied whole or not at all.

mod again;
mod as_sent;
mod characteristics;
mod clashes;
mod classes;
mod forms;
mod gias;
mod going_live;
mod grid;
mod parents;
mod parts;
mod refused;
mod rolls;
mod scope;
mod undo;
mod uploads;
mod whole_roll;
mod workbooks;

use serde_json::Value;

use crate::support::app::{Client, Start, TestApp};
use crate::support::build;
use crate::support::one_school::OneSchool;

/// A school with a class, and its office at the keyboard on Wednesday 18 November 2026.
struct Office {
    app: TestApp,
    trust: i32,
    admin: Client,
    office: Client,
    school: i32,
    class: i32,
}

impl Office {
    fn open() -> Self {
        Self::opened(Start::default())
    }

    fn opened(how: Start) -> Self {
        let begun = OneSchool::on(TestApp::start_with(how), 0);
        let office = begun.colleague("school_office");
        let OneSchool { app, trust, admin, school, class, .. } = begun;
        Self { app, trust, admin, office, school, class }
    }

    /// A pupil of the class, on roll from 2 September 2026, with the UPN of that number.
    fn pupil(&self, number: u32) -> i32 {
        build::pupil(&self.office, self.school, self.class, number)
    }

    /// Sends the school's file of `pupils` or `marks`; the import once it has ended.
    #[track_caller]
    fn send(&self, kind: &str, csv: impl AsRef<[u8]>) -> Value {
        self.office.import(&format!("kind={kind}&school_id={}", self.school), csv.as_ref())
    }

    /// As [`Office::send`], for a file that is right.
    #[track_caller]
    fn applied(&self, kind: &str, csv: impl AsRef<[u8]>) -> Value {
        let import = self.send(kind, csv);
        assert_eq!(import["job"]["state"], "done", "{import:#}");
        import
    }

    /// As [`Office::send`], for a file with something wrong in it.
    #[track_caller]
    fn refused(&self, kind: &str, csv: impl AsRef<[u8]>) -> Value {
        let import = self.send(kind, csv);
        assert_eq!(import["job"]["state"], "refused", "{import:#}");
        assert_eq!(import["job"]["stage"], "refused: nothing was changed");
        import
    }

    /// Every mark of a pupil this school year, such as `2026-11-16 AM /`.
    fn marks(&self, pupil: i32) -> Vec<String> {
        let path = format!("/v1/pupils/{pupil}/marks?from=2026-09-01&to=2027-07-31");
        let text = |mark: &Value, name: &str| mark[name].as_str().unwrap().to_owned();
        self.office.get(&path).expect(200)["marks"]
            .as_array()
            .unwrap()
            .iter()
            .map(|mark| ["date", "session", "mark"].map(|name| text(mark, name)).join(" "))
            .collect()
    }

    /// The pupils of the school by name, such as `Núñez Zoë 2015-03-14`.
    fn names(&self) -> Vec<String> {
        let path = format!("/v1/pupils?school_id={}", self.school);
        let text = |pupil: &Value, name: &str| pupil[name].as_str().unwrap().to_owned();
        self.office.get(&path).expect(200)["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|pupil| ["surname", "forename", "birth_date"].map(|n| text(pupil, n)).join(" "))
            .collect()
    }
}

/// What an import added and changed, such as `marks_added 2, marks_unchanged 8`; what is 0 is left out.
fn counts(import: &Value) -> String {
    let counts = import["result"]["counts"].as_object().unwrap();
    let some = counts.iter().filter(|(_, count)| **count != 0);
    some.map(|(name, count)| format!("{name} {count}")).collect::<Vec<_>>().join(", ")
}

/// The problems of an import as line, column, value and kind, such as `2 upn A123 bad-upn-format`.
fn problems(import: &Value) -> Vec<String> {
    let result = &import["result"];
    let listed = result["problems"].as_array().unwrap();
    assert_eq!(result["problem_count"], listed.len(), "{import:#}");
    let line = |problem: &Value| {
        assert_ne!(problem["expected"], "", "every problem says what was expected");
        let words = ["column", "value", "kind"].map(|name| problem[name].as_str().unwrap_or("-"));
        format!("{} {}", problem["line"], words.join(" "))
    };
    listed.iter().map(line).collect()
}

/// The notices of an import as line, kind and count, such as `3 repeated-rows 1`.
fn notices(import: &Value) -> Vec<String> {
    let listed = import["result"]["notices"].as_array().unwrap();
    let line = |notice: &Value| {
        format!("{} {} {}", notice["line"], notice["kind"].as_str().unwrap(), notice["count"])
    };
    listed.iter().map(line).collect()
}
