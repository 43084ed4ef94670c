//! The code table: reads marks, and says how each is counted on its date.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::{CodeNumber, CodePeriod, Counts, NO_MARK, Session};

/// How much of an unknown code an error repeats, in characters.
const SHOWN: usize = 12;

/// All attendance codes, each with its meanings by date.
///
/// It is read from `codes.toml`, so that a change of the regulations is a change of data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeTable {
    pub(crate) version: u16,
    /// By number; each code's periods follow one another from the first to the last, and there is
    /// at least one. The loader sees to it.
    pub(crate) codes: BTreeMap<CodeNumber, Vec<CodePeriod>>,
    /// From a code to its number.
    pub(crate) by_code: BTreeMap<CodeKey, CodeNumber>,
}

/// The one or two characters of a code in capitals, the second 0 when there is none: a year of a
/// trust's marks is tens of millions of codes to read, so none of them is copied to be looked up.
pub(crate) type CodeKey = [u8; 2];

/// The key of a code; `None` for a text that has not one or two ASCII characters.
pub(crate) fn code_key(code: &str) -> Option<CodeKey> {
    let mut key = match code.as_bytes() {
        [one] => [*one, 0],
        [one, two] => [*one, *two],
        _ => return None,
    };
    key.make_ascii_uppercase();
    key.is_ascii().then_some(key)
}

/// A code that was understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Read {
    /// The number it is stored as.
    pub number: CodeNumber,
    /// The code's last day in force, when the mark is dated after it: to be warned about. The
    /// mark counts as it did before.
    pub withdrawn: Option<NaiveDate>,
}

/// Why a text is not a code that may be used for that session.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// There is no such code.
    #[error(
        "{text:?} is not an attendance code; expected one of the national codes, such as / or \\ or I"
    )]
    Unknown {
        /// What was given, cut to 12 characters.
        text: String,
    },
    /// The code came into force later.
    #[error("{code} may be used from {from} on; expected a code that was in force on the date")]
    NotYet {
        /// The code.
        code: String,
        /// Its first day in force.
        from: NaiveDate,
    },
    /// The code belongs to the other session.
    #[error(
        "{code} is for the {session} session only; expected / in the morning or \\ in the afternoon"
    )]
    WrongSession {
        /// The code.
        code: String,
        /// The session it belongs to.
        session: Session,
    },
}

impl CodeTable {
    /// The version of the table's data: it changes with every change of `codes.toml`.
    pub const fn version(&self) -> u16 {
        self.version
    }

    /// Reads the text of a mark. Lower case and spaces around it are accepted. Errors: when there is no such code, it
    /// was not in force yet on the date, or it belongs to the other session.
    pub fn read(&self, text: &str, session: Session, date: NaiveDate) -> Result<Read, CodeError> {
        let text = text.trim();
        let unknown = || CodeError::Unknown { text: text.chars().take(SHOWN).collect() };
        let key = code_key(text).ok_or_else(unknown)?;
        let number = *self.by_code.get(&key).ok_or_else(unknown)?;
        let periods = self.periods_of(number.get());
        let (first, last) = periods.first().zip(periods.last()).ok_or_else(unknown)?;
        if let Some(only) = first.session.filter(|only| *only != session) {
            return Err(CodeError::WrongSession { code: first.code.clone(), session: only });
        }
        if let Some(from) = first.from.filter(|from| date < *from) {
            return Err(CodeError::NotYet { code: first.code.clone(), from });
        }
        let ended = last.from.filter(|from| last.withdrawn && *from <= date);
        Ok(Read { number, withdrawn: ended.and_then(|from| from.pred_opt()) })
    }

    /// The code with a number, as it is written in a register; `None` for [`NO_MARK`] and for
    /// numbers without a code.
    pub fn text(&self, number: u8) -> Option<&str> {
        self.periods_of(number).first().map(|period| period.code.as_str())
    }

    /// How a mark with that number is counted on that date; not at all for [`NO_MARK`], for
    /// numbers without a code and before a code's first day.
    pub fn counts(&self, number: u8, date: NaiveDate) -> Counts {
        let periods = self.periods_of(number);
        let period = periods.iter().find(|period| period.contains(date));
        period.map_or(Counts::NONE, |period| period.counts)
    }

    /// How each of the 256 possible bytes is counted on one date: a row to look marks up in.
    pub fn counts_on(&self, date: NaiveDate) -> [Counts; 256] {
        let mut row = [Counts::NONE; 256];
        for (number, counts) in (NO_MARK..=u8::MAX).zip(&mut row) {
            *counts = self.counts(number, date);
        }
        row
    }

    /// Every period of every code, by number and date. A withdrawn code has one more after its
    /// last day, in which it is counted as before.
    pub fn periods(&self) -> impl Iterator<Item = &CodePeriod> {
        self.codes.values().flatten()
    }

    fn periods_of(&self, number: u8) -> &[CodePeriod] {
        CodeNumber::new(number)
            .and_then(|number| self.codes.get(&number))
            .map_or(&[], Vec::as_slice)
    }
}

#[cfg(test)]
mod tests;
