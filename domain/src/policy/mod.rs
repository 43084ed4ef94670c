//! Attendance policies as data, and the engine that carries them out.
//!
//! A policy is a folder: `policy.toml`, `letters/*.md`, `scenarios.toml` and the generated
//! `book.md`. `domain/policies/README.md` teaches the words. Nothing here knows a policy, a rule
//! or a letter by name: the engine knows words.

mod asked;
mod book;
mod broken_weeks;
mod built_in;
mod carried;
mod case;
mod changes;
pub mod check;
mod contradictions;
mod coverage;
mod decision;
mod facts;
mod first_day;
mod folder;
mod in_vain;
mod judge;
mod letter;
mod medical;
mod missed;
mod model;
mod moment;
mod notes;
mod outcome;
mod parse;
mod play;
mod problem;
mod prove;
mod reader;
mod regular;
mod review;
mod scenario;
mod sentence;
mod step;
mod target;
mod voice;
pub mod word;

pub use asked::{asked_again, asked_on};
pub use book::{book, is_of_the_document};
pub use broken_weeks::{BrokenWeek, Pattern, Presence, broken_weeks};
pub use built_in::built_in;
pub use carried::{CARRIED_IN, CarriedIn, CarriedStep, CarryError, Doing, Done, carry_in};
pub use case::{Case, Event, Figure, FigureEnd, Place, Recorded, Sent, Target, fold, standing};
pub use coverage::{Covered, Unnoticed, coverage, unnoticed};
pub use decision::{Counted, Decision, Subject, TakeError, Taking};
pub use facts::{Absentee, Class, Facts, Priority, Pupil, Rates, Shield};
pub use first_day::{Question, first_day, question, urgency, visits_on};
pub use folder::{Checked, Folder, check_folder, failures};
pub use letter::{FIELDS, Letter, LetterOccasion, letter_of};
pub use medical::{ASK, asks_for_evidence};
pub use missed::{Missed, missed};
pub use model::{
    Action, BandRow, Body, Daily, Draw, EVERY_BAND, EVERY_STAGE, Moment, Next, Note, Policy,
    Promise, Regular, Row, START, Setting, Settled, Stage, Step,
};
pub use moment::{due_days, figures_day, is_due, school_days_after, spans_of};
pub use parse::{Answers, parse};
pub use play::{example_calendars, play};
pub use problem::Problem;
pub use prove::{Claim, Counterexample, Proof, SESSIONS, prove};
pub use review::{falls_due, review};
pub use scenario::{Given, Scenario, scenarios};
pub use sentence::sentence;
pub use step::{Happened, StepError, is_counted, step};
pub use target::{Progress, progress, target_days};
pub use voice::{Voice, one_voice};
