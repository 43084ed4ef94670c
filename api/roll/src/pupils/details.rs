//! Who a child is: number, names, date of birth and sex, checked the same way wherever they come in by hand.

use chrono::Datelike;
use domain::{Sex, Upn, UpnError, Word};

use base::prelude::*;

/// Who a child is, as it was typed.
#[derive(Clone)]
pub(super) struct Details {
    pub upn: String,
    pub surname: String,
    pub forename: String,
    pub birth_date: NaiveDate,
    /// As it was typed: `check` reads it with the others, so that all mistakes are told at once.
    pub sex: Option<String>,
}

impl Details {
    /// The sex; `None` when it is not recorded.
    pub fn sex(&self) -> Option<words::Sex> {
        self.sex.as_deref().and_then(Sex::read).map(As)
    }

    /// The same as it is kept. `at` is where in the body they stand. Errors: every member that cannot be kept.
    pub fn check(self, at: &str, today: NaiveDate) -> Result<Self> {
        let upn = match Upn::parse(self.upn.trim()) {
            Ok(upn) => upn.as_str().to_owned(),
            Err(UpnError::CheckLetter { expected }) => {
                let expected = format!("check letter {expected}");
                return Err(Problem::at(Kind::UpnCheckLetter, format!("{at}/upn"), expected));
            }
            Err(other) => {
                return Err(Problem::at(Kind::Invalid, format!("{at}/upn"), other.to_string()));
            }
        };
        let mut problem = Problem::new(Kind::Invalid);
        for (member, name) in [("surname", &self.surname), ("forename", &self.forename)] {
            if name::kept(name, name::NAME).is_none() {
                problem = name::refuse(problem, &format!("{at}/{member}"), name::NAME);
            }
        }
        if self.birth_date > today || self.birth_date.year() < today.year() - 30 {
            let expected = "a date of birth in the last 30 years";
            problem = problem.and(format!("{at}/birth_date"), expected);
        }
        if self.sex.is_some() && self.sex().is_none() {
            problem = problem.and(format!("{at}/sex"), "F, M, or nothing when it is not recorded");
        }
        if !problem.errors().is_empty() {
            return Err(problem);
        }
        let kept = |name: String| name.trim().to_owned();
        Ok(Self { upn, surname: kept(self.surname), forename: kept(self.forename), ..self })
    }
}

/// Why something about a pupil is changed, as it is kept. Errors: a reason that is empty or too long.
pub(super) fn reason(text: &str) -> Result<String> {
    let text = text.trim();
    if (1..=500).contains(&text.chars().count()) {
        Ok(text.to_owned())
    } else {
        Err(Problem::at(Kind::Invalid, "/reason", "a reason of 1 to 500 characters"))
    }
}
