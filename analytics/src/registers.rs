//! Which registers were due, and which were taken.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::{HalfDay, NO_MARK};

use crate::{Block, By, Value};

/// A class's register on a half day on which it was due: the school was open, the day is not after
/// today, and somebody of the class was on roll and does not board.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Register {
    /// The class.
    pub class: i32,
    /// The half day.
    pub half_day: HalfDay,
    /// Whether it was taken, or came by an import.
    pub taken: bool,
    /// Pupils who should have a mark in it.
    pub pupils: u32,
    /// Those of them who have one.
    pub marked: u32,
}

impl Block {
    /// Every register that was due from one day to another, both included, in the order of class
    /// and half day.
    pub fn registers(&self, from: NaiveDate, to: NaiveDate) -> Vec<Register> {
        let year = self.year();
        let mut due: BTreeMap<(i32, HalfDay), (u32, u32)> = BTreeMap::new();
        let days = self.reckoning.between(from, to.min(self.today()));
        for enrolment in &self.source.enrolments {
            for half_day in self.reckoning.half_days_due(enrolment, &days) {
                let class = enrolment.value(By::Class, half_day.date(year));
                let Some(Value::Class(class)) = class else { continue };
                let (pupils, marked) = due.entry((class, half_day)).or_default();
                let mark = enrolment.marks.get(half_day.position()).copied().unwrap_or(NO_MARK);
                *pupils += 1;
                *marked += u32::from(mark != NO_MARK);
            }
        }
        let taken = |class: &i32, half_day| {
            self.source.registers.get(class).is_some_and(|taken| taken.contains(half_day))
        };
        due.into_iter()
            .map(|((class, half_day), (pupils, marked))| {
                let taken = taken(&class, half_day);
                Register { class, half_day, taken, pupils, marked }
            })
            .collect()
    }

    /// The school's last register that was taken, whichever class's.
    pub fn last_register(&self) -> Option<HalfDay> {
        self.source.cut
    }
}
