//! Rates as two whole numbers, and the percentages they are compared with.
//!
//! A rate is never a fraction of floating point: groups pool their sessions, and comparison is by
//! cross-multiplication. A pupil's percentage is shown cut to one decimal: rounding would show
//! 89.96% as 90.0% beside a pupil who is persistently absent. A group's is rounded, as the DfE's are.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Thousandths of a percent in the whole.
const WHOLE: u32 = 100_000;
/// Tenths of a percent in the whole.
const TENTHS: u32 = 1000;

/// A part of a whole, counted in sessions or enrolments; the whole is never 0.
///
/// Two rates are equal when they are the same fraction: 1 of 2 equals 190 of 380.
#[derive(Debug, Clone, Copy)]
pub struct Rate {
    part: u64,
    whole: u64,
}

impl Rate {
    /// The rate; `None` ("no figure") when the whole is 0, and when the part is more than the whole.
    pub const fn of(part: u64, whole: u64) -> Option<Self> {
        if whole == 0 || part > whole { None } else { Some(Self { part, whole }) }
    }

    /// The attendance rate that goes with `absent` of `possible` sessions: all that was not
    /// absence, so also sessions missed because of coronavirus while those were possible but no
    /// absence. `None` without possible sessions.
    pub const fn attended(absent: u64, possible: u64) -> Option<Self> {
        match Self::of(absent, possible) {
            Some(absence) => Some(absence.complement()),
            None => None,
        }
    }

    /// The part.
    pub const fn part(self) -> u64 {
        self.part
    }

    /// The whole, at least 1.
    pub const fn whole(self) -> u64 {
        self.whole
    }

    /// The rest of the whole: attendance for absence and the other way round.
    pub const fn complement(self) -> Self {
        Self { part: self.whole - self.part, whole: self.whole }
    }

    /// Whether the rate is `percent` or more, exactly.
    pub fn at_least(self, percent: Percent) -> bool {
        u128::from(self.part) * u128::from(WHOLE)
            >= u128::from(percent.thousandths) * u128::from(self.whole)
    }

    /// Whether the rate is less than `percent`, exactly.
    pub fn below(self, percent: Percent) -> bool {
        !self.at_least(percent)
    }

    /// The percentage cut (never rounded) to one decimal. For showing only: compare the rate.
    pub fn percent_cut(self) -> Percent {
        let tenths = u128::from(self.part) * 1000 / u128::from(self.whole);
        Percent { thousandths: u32::try_from(tenths * 100).unwrap_or(WHOLE) }
    }

    /// The cut percentage as text without the sign and always with one decimal: `93.4`, `100.0`.
    pub fn cut(self) -> String {
        let thousandths = self.percent_cut().thousandths;
        in_tenths(thousandths / 100)
    }

    /// Tenths of a percent, a half rounded up: 934 for 93.4%. For showing the figure of a group.
    pub fn tenths(self) -> u32 {
        let (part, whole) = (u128::from(self.part), u128::from(self.whole));
        u32::try_from((part * 2000 + whole) / (whole * 2)).unwrap_or(TENTHS)
    }

    /// The rounded percentage as text without the sign and always with one decimal: `93.4`.
    pub fn rounded(self) -> String {
        in_tenths(self.tenths())
    }

    /// Of an absence, the attendance that is shown beside it: 100.0 less the absence that is shown, so that the two
    /// always add up.
    pub fn attendance_rounded(self) -> String {
        in_tenths(TENTHS - self.tenths())
    }
}

/// Tenths of a percent as text, without the sign and always with one decimal: `93.4` for 934.
pub fn in_tenths(tenths: u32) -> String {
    format!("{}.{}", tenths / 10, tenths % 10)
}

impl Ord for Rate {
    fn cmp(&self, other: &Self) -> Ordering {
        let mine = u128::from(self.part) * u128::from(other.whole);
        let theirs = u128::from(other.part) * u128::from(self.whole);
        mine.cmp(&theirs)
    }
}

impl PartialOrd for Rate {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Rate {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Rate {}

/// A percentage from 0% to 100% with at most three decimals, kept exactly.
///
/// It is written with its sign, `"96%"` or `"97.9%"`, so that a 96 can never be taken for 0.96.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Percent {
    thousandths: u32,
}

/// The text is not a percentage.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "a percentage is written with its sign, from 0% to 100%, with at most three decimals, such as 96% or 97.9%"
)]
pub struct PercentError;

impl Percent {
    /// 0%.
    pub const ZERO: Self = Self { thousandths: 0 };
    /// 100%.
    pub const HUNDRED: Self = Self { thousandths: WHOLE };

    /// The percentage in thousandths of a percent: 97900 for 97.9%.
    pub const fn thousandths(self) -> u32 {
        self.thousandths
    }
}

impl FromStr for Percent {
    type Err = PercentError;

    fn from_str(text: &str) -> Result<Self, PercentError> {
        let number = text.trim().strip_suffix('%').ok_or(PercentError)?;
        let (units, decimals) = match number.split_once('.') {
            Some((units, decimals)) if (1..=3).contains(&decimals.len()) => (units, decimals),
            Some(_) => return Err(PercentError),
            None => (number, ""),
        };
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if !(1..=3).contains(&units.len()) || !digits(units) || !digits(decimals) {
            return Err(PercentError);
        }
        let thousandths =
            format!("{units}{decimals:0<3}").parse().map_err(|_not_a_number| PercentError)?;
        if thousandths > WHOLE { Err(PercentError) } else { Ok(Self { thousandths }) }
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = format!("{}.{:03}", self.thousandths / 1000, self.thousandths % 1000);
        let text = text.trim_end_matches('0').trim_end_matches('.');
        f.pad(&format!("{text}%"))
    }
}

impl TryFrom<String> for Percent {
    type Error = PercentError;

    fn try_from(text: String) -> Result<Self, PercentError> {
        text.parse()
    }
}

impl From<Percent> for String {
    fn from(percent: Percent) -> String {
        percent.to_string()
    }
}

#[cfg(test)]
mod tests;
