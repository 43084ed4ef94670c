//! National law beside the policies: thresholds, limits and returns, dated, with references.
//!
//! Everything here flags and nothing acts: meeting a threshold means that a person has to
//! consider the case. All are pure functions of the marks as they stand, so that a flag goes away
//! by itself when a mark is amended.

use std::collections::BTreeSet;

use chrono::{Days as DayCount, Months, NaiveDate};
use serde::Deserialize;

use crate::year::monday_of;
use crate::{Days, Session};

const TEXT: &str = include_str!("../national.toml");

/// All national thresholds, each kind by date.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct National {
    penalty_notice: Vec<PenaltyNotice>,
    notice_to_improve: Vec<NoticeToImprove>,
    attendance_return: Vec<Return>,
    sickness_return: Vec<Return>,
    new_pupil_return: Vec<NewPupilReturn>,
    deletion_return: Vec<DeletionReturn>,
}

/// When a penalty notice has to be considered, and how many there may be.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PenaltyNotice {
    /// In force from; notices issued earlier do not count.
    pub from: NaiveDate,
    /// How many sessions.
    pub sessions: usize,
    /// In so many rolling school weeks, across terms and school years.
    pub school_weeks: usize,
    /// Of these codes, in any mix.
    pub codes: BTreeSet<String>,
    /// So many notices to one parent for one child.
    pub notices: usize,
    /// In so many years.
    pub years: u32,
    /// The first notice, paid early, in pence.
    pub first_early_pence: u32,
    /// The first notice, in pence.
    pub first_pence: u32,
    /// The second notice, in pence, paid early or not.
    pub second_pence: u32,
    /// Early is within so many days, the day of receipt included.
    pub early_days: u32,
    /// A notice is to be paid within so many days.
    pub days: u32,
    /// Where it stands.
    pub reference: String,
}

/// How long a notice to improve runs.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticeToImprove {
    /// In force from.
    pub from: NaiveDate,
    /// At least so many weeks.
    pub least_weeks: u32,
    /// At most so many weeks.
    pub most_weeks: u32,
    /// Where it stands.
    pub reference: String,
}

/// When absence has to be reported to the local authority.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Return {
    /// In force from.
    pub from: NaiveDate,
    /// How many school days.
    pub school_days: usize,
    /// With these codes.
    pub codes: BTreeSet<String>,
    /// Where it stands.
    pub reference: String,
}

/// When a new pupil has to be reported to the local authority.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewPupilReturn {
    /// In force from.
    pub from: NaiveDate,
    /// By the end of this day after the name goes on the admission register.
    pub days: u64,
    /// Where it stands.
    pub reference: String,
}

/// When a pupil whose name is deleted has to be reported to the local authority.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeletionReturn {
    /// In force from.
    pub from: NaiveDate,
    /// Whether pupils who leave at the end of the school's final year are reported too.
    pub final_year: bool,
    /// Where it stands.
    pub reference: String,
}

/// School days running on which every session has one of a return's codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spell {
    /// From the first to the last of them.
    pub days: Days,
    /// How many school days.
    pub school_days: usize,
    /// The sessions on them.
    pub sessions: usize,
}

/// A mark of one pupil, as it stands now.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    /// The day.
    pub date: NaiveDate,
    /// The session.
    pub session: Session,
    /// The code.
    pub code: String,
}

/// How near a pupil is to the threshold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watch {
    /// The rolling weeks with the most counting sessions; the latest of them when several tie.
    pub window: Days,
    /// The counting sessions in it, without those already used for an earlier notice.
    pub sessions: Vec<(NaiveDate, Session)>,
    /// Whether the threshold is met: a person has to consider a notice.
    pub reached: bool,
}

/// Which notice the next one to this parent for this child would be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NextNotice {
    /// The first.
    First,
    /// The second, at the higher amount.
    Second,
    /// There may be none before this day; another measure is considered.
    NoneBefore(NaiveDate),
}

/// A notice that was issued to one parent for one child.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Notice {
    /// The day it was issued.
    pub issued: NaiveDate,
    /// A withdrawn notice does not count; an unpaid one does.
    pub withdrawn: bool,
}

impl National {
    /// The law the product is built with. Errors: never for a released build: a test loads it.
    pub fn built_in() -> Result<Self, toml::de::Error> {
        toml::from_str(TEXT)
    }

    /// What a penalty notice of any year is of, in pounds.
    pub fn amounts(&self) -> BTreeSet<u32> {
        let pence =
            |one: &PenaltyNotice| [one.first_early_pence, one.first_pence, one.second_pence];
        self.penalty_notice.iter().flat_map(pence).map(|pence| pence / 100).collect()
    }

    /// The rule on penalty notices in force on a day.
    pub fn penalty_notice(&self, day: NaiveDate) -> Option<&PenaltyNotice> {
        self.penalty_notice.iter().filter(|rule| rule.from <= day).max_by_key(|rule| rule.from)
    }

    /// The rule on notices to improve in force on a day.
    pub fn notice_to_improve(&self, day: NaiveDate) -> Option<&NoticeToImprove> {
        self.notice_to_improve.iter().filter(|rule| rule.from <= day).max_by_key(|rule| rule.from)
    }

    /// The attendance return in force on a day.
    pub fn attendance_return(&self, day: NaiveDate) -> Option<&Return> {
        self.attendance_return.iter().filter(|rule| rule.from <= day).max_by_key(|rule| rule.from)
    }

    /// The sickness return in force on a day.
    pub fn sickness_return(&self, day: NaiveDate) -> Option<&Return> {
        self.sickness_return.iter().filter(|rule| rule.from <= day).max_by_key(|rule| rule.from)
    }

    /// The new pupil return in force on a day.
    pub fn new_pupil_return(&self, day: NaiveDate) -> Option<&NewPupilReturn> {
        self.new_pupil_return.iter().filter(|rule| rule.from <= day).max_by_key(|rule| rule.from)
    }

    /// The deletion return in force on a day.
    pub fn deletion_return(&self, day: NaiveDate) -> Option<&DeletionReturn> {
        self.deletion_return.iter().filter(|rule| rule.from <= day).max_by_key(|rule| rule.from)
    }
}

impl PenaltyNotice {
    /// How near a pupil is to the threshold.
    ///
    /// `school_weeks` are the Mondays of the weeks in which the school had at least one session,
    /// in order and over all its years; `used` are the sessions that led to an earlier notice.
    /// `None` without school weeks.
    pub fn watch(
        &self,
        marks: &[Mark],
        school_weeks: &[NaiveDate],
        used: &BTreeSet<(NaiveDate, Session)>,
    ) -> Option<Watch> {
        let counting: BTreeSet<(NaiveDate, Session)> = marks
            .iter()
            .filter(|mark| mark.date >= self.from && self.codes.contains(&mark.code))
            .map(|mark| (mark.date, mark.session))
            .filter(|session| !used.contains(session))
            .collect();
        let window = |end: usize| {
            let weeks = school_weeks.get((end + 1).saturating_sub(self.school_weeks)..=end)?;
            let sessions: Vec<_> = counting
                .iter()
                .filter(|(date, _)| weeks.contains(&monday_of(*date)))
                .copied()
                .collect();
            let to = *weeks.last()? + DayCount::new(6);
            let window = Days { from: *weeks.first()?, to };
            Some(Watch { window, reached: sessions.len() >= self.sessions, sessions })
        };
        (0..school_weeks.len()).filter_map(window).max_by_key(|watch| watch.sessions.len())
    }

    /// Which notice the next one would be, on the day it is proposed.
    pub fn next_notice(&self, earlier: &[Notice], day: NaiveDate) -> NextNotice {
        let ends = |notice: &Notice| {
            notice.issued.checked_add_months(Months::new(12 * self.years)).unwrap_or(NaiveDate::MAX)
        };
        let mut counting: Vec<NaiveDate> = earlier
            .iter()
            .filter(|notice| !notice.withdrawn && notice.issued >= self.from)
            .map(ends)
            .filter(|end| *end > day)
            .collect();
        counting.sort();
        match counting.len().checked_sub(self.notices) {
            Some(over) => NextNotice::NoneBefore(counting.get(over).copied().unwrap_or(day)),
            None if counting.is_empty() => NextNotice::First,
            None => NextNotice::Second,
        }
    }
}

impl NoticeToImprove {
    /// Whether a period is neither too short nor too long.
    pub fn fits(&self, period: Days) -> bool {
        (7 * self.least_weeks..=7 * self.most_weeks).contains(&period.len_days())
    }
}

impl Return {
    /// Every run of school days on which all sessions have one of the codes, however short, in
    /// order. `marks` are all marks of the pupil's school days, in order.
    pub fn spells(&self, marks: &[Mark]) -> Vec<Spell> {
        let mut spells: Vec<Spell> = Vec::new();
        let mut running = false;
        for day in marks.chunk_by(|a, b| a.date == b.date) {
            let Some(date) = day.first().map(|mark| mark.date) else { continue };
            let counts = day.iter().all(|mark| self.codes.contains(&mark.code));
            match spells.last_mut() {
                Some(spell) if counts && running => {
                    spell.days.to = date;
                    spell.school_days += 1;
                    spell.sessions += day.len();
                }
                _ if counts => {
                    let days = Days { from: date, to: date };
                    spells.push(Spell { days, school_days: 1, sessions: day.len() });
                }
                _ => {}
            }
            running = counts;
        }
        spells
    }

    /// The last run of school days on which every session has one of the codes, when it is long
    /// enough to be reported. `marks` are all marks of the pupil's school days, in order.
    pub fn running(&self, marks: &[Mark]) -> Option<Days> {
        let long = |spell: &Spell| spell.school_days >= self.school_days;
        self.spells(marks).into_iter().rfind(long).map(|spell| spell.days)
    }

    /// The sessions with one of the codes, and whether they make up so many school days, whether
    /// running or not; a school day is two sessions. `marks` are those of a school year.
    pub fn in_all(&self, marks: &[Mark]) -> (usize, bool) {
        let sessions = marks.iter().filter(|mark| self.codes.contains(&mark.code)).count();
        (sessions, sessions >= 2 * self.school_days)
    }

    /// The day on which the sessions of [`Return::in_all`] first made up so many school days.
    pub fn completed_on(&self, marks: &[Mark]) -> Option<NaiveDate> {
        let mut counting = marks.iter().filter(|mark| self.codes.contains(&mark.code));
        counting.nth((2 * self.school_days).checked_sub(1)?).map(|mark| mark.date)
    }
}

impl NewPupilReturn {
    /// The last day for the return; `None` for the normal intake, which is in the most junior class
    /// from the first day of the school year and reported only when the local authority asks.
    pub fn due(&self, admitted: NaiveDate, normal_intake: bool) -> Option<NaiveDate> {
        (!normal_intake).then(|| admitted + DayCount::new(self.days))
    }
}

#[cfg(test)]
mod tests;
