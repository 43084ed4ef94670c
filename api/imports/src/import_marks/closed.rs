//! Marks on days on which a school is closed: told once a day, and not once a pupil.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use chrono::NaiveDate;
use files::{Problems, RowProblem};

use base::id::SchoolId;

/// A school's day, and why it is closed; `None` when it is open and year groups are not due.
type Day = (SchoolId, NaiveDate, Option<String>);

/// The first mark of each such day, and how many there are.
#[derive(Default)]
pub(super) struct ClosedDays(BTreeMap<Day, (RowProblem, u64)>);

impl ClosedDays {
    /// Adds a mark of a day; its problem is composed for the first one.
    pub fn add(&mut self, day: Day, problem: impl FnOnce() -> RowProblem) {
        match self.0.entry(day) {
            Entry::Vacant(place) => {
                place.insert((problem(), 1));
            }
            Entry::Occupied(mut there) => there.get_mut().1 += 1,
        }
    }

    /// Adds what was found after these.
    pub fn join(&mut self, next: Self) {
        for (day, (problem, count)) in next.0 {
            match self.0.entry(day) {
                Entry::Vacant(place) => {
                    place.insert((problem, count));
                }
                Entry::Occupied(mut there) => there.get_mut().1 += count,
            }
        }
    }

    /// Tells of each day, with the reason why the school is closed.
    pub fn tell(self, problems: &mut Problems) {
        for ((_, date, why), (mut problem, count)) in self.0 {
            match why {
                Some(why) => problem.expected.push_str(&format!("; on {date} {why}")),
                None => problem.expected.push_str(&format!("; on {date} some year groups are not")),
            }
            if count > 1 {
                problem.expected.push_str(&format!(". The file has {count} marks of that day"));
            }
            problems.add(|| problem);
        }
    }
}
