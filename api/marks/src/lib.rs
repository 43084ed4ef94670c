//! The store of marks: a pupil's year of half days with its history, which registers were taken, and what has to be
//! looked at again when marks change. Registers, amendments, closures and files all write through it.

mod as_known;
mod day;
mod marking;
mod recheck;
mod rows;
mod take_back;

pub use as_known::marks_as_known;
pub use day::{DayMarks, headers_on, marks_on, taken_on};
pub use marking::{Author, Marking, Source, YearChange, store};
pub use recheck::{
    Changed, Look, LookRow, Moved, SECOND_LOOK, days_changed, keep_look, look_again, looks_left,
    looks_of_source, resting, reviewed,
};
pub use rows::{
    Entry, Header, TAKEN, TakenYear, YearMarks, header, history, marks_of, marks_of_schools,
    newly_taken, put_header, put_taken, session_number, taken_of_classes, taken_of_schools,
    years_of,
};
pub use take_back::{MarksBack, marks_before_import, registers_before_import, years_of_import};
