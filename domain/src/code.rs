//! What an attendance code is, and how a mark with it is counted.

use std::num::NonZeroU8;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{Session, words};

/// The byte of a half day without a mark, in a register year.
pub const NO_MARK: u8 = 0;

/// The code of an absence whose reason is not established yet: it stands until the school has found out, and then gives way
/// to the code of the reason (Department for Education, *Working together to improve school attendance*).
pub const REASON_UNKNOWN: &str = "N";

/// The code of an absence that no other code fits: it says no more of where the pupil is than [`REASON_UNKNOWN`].
pub const NO_REASON_ACCEPTED: &str = "O";
/// The code of half days on which the school is closed as planned.
pub const PLANNED_CLOSURE: &str = "#";

/// The code for a holiday in term time that the school did not allow.
pub const LEAVE_NOT_ALLOWED: &str = "G";

/// The number that a code is stored as. It is never given to another code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CodeNumber(NonZeroU8);

impl CodeNumber {
    /// The number of a stored byte; `None` for [`NO_MARK`]. A code with it need not exist.
    pub const fn new(number: u8) -> Option<Self> {
        match NonZeroU8::new(number) {
            Some(number) => Some(Self(number)),
            None => None,
        }
    }

    /// The byte that is stored.
    pub const fn get(self) -> u8 {
        self.0.get()
    }
}

words! {
    /// The statistical category of a code (Department for Education, guide to absence statistics).
    Category as "CodeCategory" {
        Present = "present": "at school, also when late but before the register closed",
        ApprovedActivity = "approved_activity": "at an approved educational activity elsewhere: attendance",
        Authorised = "authorised": "absent, and the school has authorised it",
        Unauthorised = "unauthorised": "absent without authorisation, also when arriving after the register closed",
        UnableToAttend = "unable_to_attend": "unable to attend for a reason outside the family's control: not a possible session",
        NotExpected = "not_expected": "not expected at this school for the session: not a possible session",
        Administrative = "administrative": "a note of the school's own, such as a planned closure: not a possible session",
        Coronavirus = "coronavirus": "not attending because of coronavirus: a possible session, but no absence",
    }
}

impl Category {
    /// How a session of the category is counted; lateness comes on top.
    pub const fn counts(self) -> Counts {
        match self {
            Category::Present => Counts::POSSIBLE.with(Counts::ATTENDED),
            Category::ApprovedActivity => {
                Counts::POSSIBLE.with(Counts::ATTENDED).with(Counts::APPROVED)
            }
            Category::Authorised => Counts::POSSIBLE.with(Counts::ABSENT),
            Category::Unauthorised => {
                Counts::POSSIBLE.with(Counts::ABSENT).with(Counts::UNAUTHORISED)
            }
            Category::UnableToAttend | Category::NotExpected | Category::Administrative => {
                Counts::NONE
            }
            Category::Coronavirus => Counts::POSSIBLE,
        }
    }
}

/// How a mark is counted, as bit flags: which of the counts of sessions it adds one to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Counts(u8);

impl Counts {
    /// Counted nowhere.
    pub const NONE: Self = Self(0);
    /// A possible session.
    pub const POSSIBLE: Self = Self(1);
    /// Attendance, at school or at an approved educational activity.
    pub const ATTENDED: Self = Self(2);
    /// Absence of any kind.
    pub const ABSENT: Self = Self(4);
    /// Unauthorised absence.
    pub const UNAUTHORISED: Self = Self(8);
    /// Late, before the register closed (attendance) or after it (unauthorised absence).
    pub const LATE: Self = Self(16);
    /// At an approved educational activity.
    pub const APPROVED: Self = Self(32);

    /// Whether all of `other`'s flags are set.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// These flags and the other's.
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether it is a possible session.
    pub const fn possible(self) -> bool {
        self.contains(Self::POSSIBLE)
    }

    /// Whether it is attendance.
    pub const fn attended(self) -> bool {
        self.contains(Self::ATTENDED)
    }

    /// Whether it is absence of any kind.
    pub const fn absent(self) -> bool {
        self.contains(Self::ABSENT)
    }

    /// Whether it is authorised absence.
    pub const fn authorised(self) -> bool {
        self.absent() && !self.unauthorised()
    }

    /// Whether it is unauthorised absence.
    pub const fn unauthorised(self) -> bool {
        self.contains(Self::UNAUTHORISED)
    }

    /// Whether it is late, before or after the register closed.
    pub const fn late(self) -> bool {
        self.contains(Self::LATE)
    }

    /// Whether it is an approved educational activity.
    pub const fn approved(self) -> bool {
        self.contains(Self::APPROVED)
    }
}

/// What a code means over one stretch of dates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CodePeriod {
    /// The number it is stored as.
    pub number: CodeNumber,
    /// The code as it is written in a register.
    pub code: String,
    /// The only session it may be used in; `None` for both.
    pub session: Option<Session>,
    /// The first day; `None` for as far back as records go.
    pub from: Option<NaiveDate>,
    /// The last day; `None` while it is in force.
    pub to: Option<NaiveDate>,
    /// Its statistical category.
    pub category: Category,
    /// How a mark with it is counted.
    #[serde(skip)]
    pub counts: Counts,
    /// What it says, in our own words.
    pub meaning: String,
    /// Where the rule comes from.
    pub reference: String,
    /// Whether the code is no longer in force: a mark is still accepted, counted as before and
    /// warned about.
    pub withdrawn: bool,
}

impl CodePeriod {
    /// Whether the date lies in the period.
    pub fn contains(&self, date: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= date) && self.to.is_none_or(|to| date <= to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CATEGORIES: [Category; 8] = [
        Category::Present,
        Category::ApprovedActivity,
        Category::Authorised,
        Category::Unauthorised,
        Category::UnableToAttend,
        Category::NotExpected,
        Category::Administrative,
        Category::Coronavirus,
    ];

    #[test]
    fn a_possible_session_is_attendance_or_absence_and_only_coronavirus_is_neither() {
        for category in CATEGORIES {
            let counts = category.counts();
            assert!(!(counts.attended() && counts.absent()), "{category:?}");
            let either = counts.attended() || counts.absent();
            assert_eq!(counts.possible(), either || category == Category::Coronavirus);
        }
    }

    #[test]
    fn absence_is_authorised_or_unauthorised() {
        for category in CATEGORIES {
            let counts = category.counts();
            assert_eq!(counts.authorised(), category == Category::Authorised);
            assert_eq!(counts.unauthorised(), category == Category::Unauthorised);
            assert_eq!(counts.absent(), counts.authorised() || counts.unauthorised());
            assert!(counts.attended() || !counts.approved());
        }
    }

    #[test]
    fn a_category_has_one_name() {
        for category in CATEGORIES {
            let wire = serde_json::to_string(&category).unwrap();
            assert_eq!(wire, format!("\"{}\"", category.text()));
        }
    }

    #[test]
    fn no_code_has_the_number_of_no_mark() {
        assert_eq!(CodeNumber::new(NO_MARK), None);
        let number: CodeNumber = serde_json::from_str("7").unwrap();
        assert_eq!(number.get(), 7);
        assert!(serde_json::from_str::<CodeNumber>("0").is_err());
    }
}
