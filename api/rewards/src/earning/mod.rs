//! The earning: what a period has come to is written into the ledger of tickets and the list of awards, row by row.
//!
//! The same is done again when marks have changed since: what is not supported any more is taken back, what is missing is
//! added, until a draw of the period is frozen and never after. What was held is settled whenever its marks come in.

mod of_awards;
mod of_tickets;
mod rows;

use analytics::{Block, RewardPeriod, RowAnswer, SchoolEligibility};
use domain::{Days, WindowKind};

use crate::eligibility::{Asked, NamedRow, period_key};
use crate::tickets::{TicketSource, TicketsBy};
use base::prelude::*;

pub use rows::{JudgedRow, judged_periods, moved};

/// Why what was earned is taken back. It may be earned again.
const UNSUPPORTED: &str = "the marks as they are now do not reach it";

/// A school's periods that are judged, and by whom.
pub struct Judging<'a> {
    /// The school's policy, and what it is judged by.
    pub asked: &'a Asked,
    /// The year of the school.
    pub block: &'a Block,
    /// What its rows come to.
    pub found: &'a SchoolEligibility,
    /// The version of the school's year that was counted.
    pub version: i64,
    /// The run that judges.
    pub run_id: RunId,
    /// On whose behalf.
    pub by: &'a str,
    /// Whether marks have changed since the periods were first judged.
    pub again: bool,
}

/// What came of a row and a period.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct JudgedPeriod {
    /// The row of the policy.
    #[schema(example = "S-06")]
    pub row: String,
    /// The period.
    #[schema(example = "2026/2026-W47")]
    pub period: String,
    /// How many school days before its last a term, and the year, are judged; of other periods 0.
    #[schema(example = 3)]
    pub cut_off_days: usize,
    /// The last day that was looked at.
    pub to: Option<NaiveDate>,
    /// How many have earned it.
    #[schema(example = 214)]
    pub earned: usize,
    /// How many are held while a mark is missing.
    #[schema(example = 3)]
    pub held: usize,
    /// Tickets that were given by this run.
    pub tickets_given: usize,
    /// Tickets that were taken back by this run.
    pub tickets_taken_back: usize,
    /// Awards that came to be, or to be earned, by this run.
    pub awards_added: usize,
    /// Awards that were withdrawn by this run.
    pub awards_withdrawn: usize,
    /// Tickets and awards that stay as they are, because a draw of the period is frozen.
    pub too_late: usize,
}

/// Which periods are judged.
#[derive(Debug, Clone)]
pub enum Which {
    /// Those that end with a window: what a week, a half term, a term or the year has earned. A term's cut-off looks at the
    /// weeks and half terms in it again, so that what is frozen then is as new as the marks.
    Ending(WindowKind, Days),
    /// Those that were judged before.
    Before(BTreeSet<(String, String)>),
}

impl Which {
    fn has(
        &self,
        row: &NamedRow,
        answer: &RowAnswer,
        key: &str,
        before: &BTreeSet<(String, String)>,
    ) -> bool {
        let judged = || before.contains(&(row.name.clone(), key.to_owned()));
        match self {
            Self::Before(all) => all.contains(&(row.name.clone(), key.to_owned())),
            Self::Ending(kind, days) => {
                let own = kind_of(row.period()) == Some(*kind)
                    && days.from <= answer.days.to
                    && answer.days.to <= days.to;
                let within = *kind == WindowKind::Term
                    && row.period() != RewardPeriod::Year
                    && days.contains(answer.days.from)
                    && judged();
                own || within
            }
        }
    }
}

/// With which window what is given for a period is judged; `None` for a day, which is a list and nothing else.
fn kind_of(period: RewardPeriod) -> Option<WindowKind> {
    match period {
        RewardPeriod::Day => None,
        RewardPeriod::Week | RewardPeriod::Fortnight | RewardPeriod::FourWeeks => {
            Some(WindowKind::Week)
        }
        RewardPeriod::HalfTerm | RewardPeriod::HalfTermHoliday => Some(WindowKind::HalfTerm),
        RewardPeriod::Term => Some(WindowKind::Term),
        RewardPeriod::Year => Some(WindowKind::YearToDate),
    }
}

impl Judging<'_> {
    /// The places, among the answers, of those that are to be judged: their periods are over.
    pub fn places(&self, which: &Which, before: &BTreeSet<(String, String)>) -> Vec<usize> {
        let places = self.found.answers.iter().enumerate().filter(|(_, answer)| {
            let row = self.asked.rows.get(answer.row);
            let over = self.found.stretches.get(answer.stretch).is_some_and(|one| one.over);
            row.is_some_and(|row| {
                let key = period_key(self.block.year(), answer);
                over && kind_of(row.period()).is_some() && which.has(row, answer, &key, before)
            })
        });
        places.map(|(place, _)| place).collect()
    }

    /// What names an answer among the items of a run.
    pub fn item(&self, place: usize) -> Option<(String, String)> {
        let answer = self.found.answers.get(place)?;
        let row = self.asked.rows.get(answer.row)?;
        Some((row.name.clone(), period_key(self.block.year(), answer)))
    }

    /// Judges one row's period: tickets and awards come to stand as the marks have them.
    pub fn judge(&self, tx: &mut Tx, place: usize) -> Result<JudgedPeriod> {
        let nothing = || Problem::internal("a period that is not among those that were counted");
        let answer = self.found.answers.get(place).ok_or_else(nothing)?;
        let row = self.asked.rows.get(answer.row).ok_or_else(nothing)?;
        let stretch = self.found.stretches.get(answer.stretch).ok_or_else(nothing)?;
        let key = period_key(self.block.year(), answer);
        let of = Period { judging: self, row, answer, stretch, key: &key };
        let cut_off_days = if row.period().is_cut_off() { self.asked.rules.cut_off } else { 0 };
        let mut came = JudgedPeriod {
            row: row.name.clone(),
            period: key.clone(),
            cut_off_days,
            to: stretch.last,
            earned: answer.earned.len(),
            held: answer.held.len(),
            ..JudgedPeriod::default()
        };
        let died = of.died(tx)?;
        let first = !rows::was_judged(tx, self.asked.school_id, &row.name, &key)?;
        let frozen = of_tickets::settle(tx, &of, &died, &mut came)?;
        of_awards::settle(tx, &of, &died, frozen && !first, &mut came)?;
        rows::add(tx, self, &of.judged(&came))?;
        Ok(came)
    }

    fn tickets_by(&self) -> TicketsBy<'_> {
        let source = if self.again { TicketSource::Amendment } else { TicketSource::Run };
        TicketsBy { by: self.by, source }
    }
}

/// A row's period that is judged.
struct Period<'a> {
    judging: &'a Judging<'a>,
    row: &'a NamedRow,
    answer: &'a RowAnswer,
    stretch: &'a analytics::Stretch,
    key: &'a str,
}

impl Period<'_> {
    /// Those of the pupils who have died: nothing is given for them any more.
    fn died(&self, tx: &mut Tx) -> Result<BTreeSet<PupilId>> {
        let ids: Vec<PupilId> =
            self.stretch.pupils.iter().map(|one| PupilId::new(one.pupil)).collect();
        casework::letters::died(tx, &ids)
    }

    fn judged(&self, came: &JudgedPeriod) -> JudgedRow {
        let count = |some: usize| i32::try_from(some).unwrap_or(i32::MAX);
        JudgedRow {
            policy_row: self.row.name.clone(),
            period: self.key.to_owned(),
            days: self.stretch.days,
            cut_off: count(came.cut_off_days),
            earned: count(came.earned),
            held: count(came.held),
        }
    }
}
