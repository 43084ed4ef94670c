//! What the engine is told: figures and circumstances, never how they were found.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::Rate;
use crate::policy::case::{Case, FigureEnd};
use crate::policy::word::{Count, Over};
use crate::words;

/// Everything a review looks at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// The pupils on roll.
    pub pupils: Vec<Pupil>,
    /// The classes, with their attendance over the school week and the term.
    pub classes: Vec<Class>,
    /// Teachers who have been asked for feedback and have not given it.
    pub silent_teachers: Vec<String>,
}

/// A class and its pooled attendance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Class {
    /// Its name.
    pub name: String,
    /// Over the periods for which it is known.
    pub rates: Rates,
}

/// Attendance over the periods a policy may name; `None` is "no figure".
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rates {
    /// The school week.
    pub week: Option<Rate>,
    /// The fortnight: two school weeks, counted from the first of the year.
    pub fortnight: Option<Rate>,
    /// The half term.
    pub half_term: Option<Rate>,
    /// The term.
    pub term: Option<Rate>,
    /// The school year so far.
    pub year: Option<Rate>,
}

impl Rates {
    /// The same rate over every period.
    pub const fn the_same(rate: Option<Rate>) -> Self {
        Self { week: rate, fortnight: rate, half_term: rate, term: rate, year: rate }
    }

    /// The rate over a period.
    pub const fn over(&self, over: Over) -> Option<Rate> {
        match over {
            Over::Week => self.week,
            Over::Fortnight => self.fortnight,
            Over::HalfTerm => self.half_term,
            Over::Term => self.term,
            Over::Year => self.year,
        }
    }
}

/// One pupil.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pupil {
    /// Who, by the caller's number.
    pub id: i64,
    /// The class teacher.
    pub teacher: Option<String>,
    /// Attendance over the periods.
    pub rates: Rates,
    /// Where the figures to date end.
    pub ends: Option<FigureEnd>,
    /// The figure at the last decision; that of the case comes first.
    pub last: Option<Rate>,
    /// The band at the last decision or period.
    pub last_band: Option<String>,
    /// The school day since which the pupil is in the present band without a break, and with
    /// enough possible sessions to be judged by.
    pub band_since: Option<NaiveDate>,
    /// Attendance since the last decision.
    pub since: Option<Rate>,
    /// Attendance since the last letter of the case.
    pub since_letter: Option<Rate>,
    /// Attendance over the period before each: the week, half term and term before; for the year
    /// to date, as it stood at the last decision or period.
    pub before: Rates,
    /// What is counted beside attendance, over each period: by now, and by the review before.
    pub counts: BTreeMap<(Count, Over), [u32; 2]>,
    /// What the children of one family have in common at the school, by the caller's number.
    pub family: Option<i64>,
    /// The stage at which the last case ended, where it ended in this term.
    pub left: Option<String>,
    /// The last 4 school weeks.
    pub recent: Option<Rate>,
    /// The 4 school weeks before those.
    pub earlier: Option<Rate>,
    /// Attendance over the days of the running target, when its last day has come.
    pub target: Option<Rate>,
    /// The pupil's open case.
    pub case: Option<Case>,
    /// Tickets held, by name.
    pub tickets: BTreeMap<String, u32>,
    /// What stands between a letter and the parents.
    pub shield: Shield,
}

/// What stands between a letter and the parents. It always wins.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shield {
    /// A mitigating reason that a person has accepted.
    pub mitigation: Option<String>,
    /// All letters are stopped for this pupil.
    pub letters_stopped: bool,
    /// The pupil is not of compulsory school age.
    pub not_compulsory_age: bool,
    /// Sessions of unauthorised absence over the days that bands are taken over.
    pub unauthorised: u32,
}

words! {
    /// Why a pupil is looked for before others, the most urgent first.
    Priority as "AbsencePriority" {
        ChildProtection = "child_in_need": "with a child protection plan, or in need otherwise",
        InCare = "in_care": "in the care of a local authority",
        SpecialNeeds = "special_needs": "with special educational needs",
        UnderFive = "under_five": "under five years old",
        SeenToday = "seen_today": "seen in school earlier that day, and gone",
    }
}

impl Priority {
    /// Whether a child for this reason is looked for at once, and visited the same morning, when nobody knows where they
    /// are.
    pub const fn is_urgent(self) -> bool {
        !matches!(self, Self::SpecialNeeds)
    }

    /// Whether the child has a social worker, who is told the same day.
    pub const fn has_social_worker(self) -> bool {
        matches!(self, Self::ChildProtection | Self::InCare)
    }
}

/// A pupil who is absent today.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Absentee {
    /// Who, by the caller's number.
    pub id: i64,
    /// The band the pupil is in.
    pub band: Option<String>,
    /// The reason a parent gave.
    pub reported: Option<String>,
    /// A call was made and not answered.
    pub unanswered: bool,
    /// Which day of the absence this is, from 1: school days.
    pub day: u32,
    /// Nobody has been reached since the absence began.
    pub no_contact: bool,
    /// "Agreed, no call until": until this date nobody calls about a further day.
    pub no_call_until: Option<NaiveDate>,
    /// Why the pupil is looked for before others.
    pub priority: Option<Priority>,
    /// Missing 10% or more of possible sessions.
    pub persistent: bool,
    /// A responsible adult has accounted for the child today, or has agreed until when the child is away.
    pub accounted: bool,
    /// A mark of the day says that the reason is not established.
    pub uncoded: bool,
}

impl Absentee {
    /// In care, with a child protection plan or special needs: the word "protected" of a policy.
    pub fn is_protected(&self) -> bool {
        self.priority.is_some_and(|why| why < Priority::UnderFive)
    }
}
