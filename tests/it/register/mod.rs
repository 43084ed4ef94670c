//! Registers: taken, read, their history, double marks, and days on which school is not held as planned.

mod calendar_changes;
mod closures;
mod double_marks;
mod history;
mod read;
mod take;

use serde_json::Value;

use crate::support::app::{Answer, Client, TestApp};
use crate::support::build::marks;
use crate::support::one_school::OneSchool;

/// Wednesday 18 November 2026, ten in the morning: a class of two, and a teacher.
struct Morning {
    app: TestApp,
    trust: i32,
    admin: Client,
    teacher: Client,
    school: i32,
    class: i32,
    ada: i32,
    ben: i32,
}

impl Morning {
    fn new() -> Self {
        let begun = OneSchool::with(2);
        let teacher = begun.colleague("teacher");
        let (ada, ben) = (begun.pupils[0], begun.pupils[1]);
        let OneSchool { app, trust, admin, school, class, .. } = begun;
        Self { app, trust, admin, teacher, school, class, ada, ben }
    }

    fn place(&self, when: &str) -> String {
        format!("/v1/classes/{}/registers/{when}", self.class)
    }

    fn save(&self, when: &str, ada: &str, ben: &str) -> Answer {
        self.teacher.put(&self.place(when), &marks(&[(self.ada, ada), (self.ben, ben)]))
    }

    fn read(&self, when: &str) -> Answer {
        self.teacher.get(&self.place(when))
    }

    /// Saves, if nobody has saved since the tag.
    fn save_if(&self, tag: &str, when: &str, marks: &Value) -> Answer {
        self.teacher.json("PUT", &self.place(when), &[("if-match", tag)], marks)
    }
}

/// The marks of a register in its order; an empty text for none.
fn codes(register: &Value) -> Vec<&str> {
    let marks = register["marks"].as_array().unwrap();
    marks.iter().map(|mark| mark["mark"].as_str().unwrap_or("")).collect()
}
