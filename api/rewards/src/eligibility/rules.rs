//! What a school's rows are judged by: what its policy settles, and the adjustments of its pupils.

use analytics::{
    Adjustment, Block, Eligibility, LeastSessions, Pool, RewardRow, RewardRules, SchoolEligibility,
};
use domain::policy::Settled;
use domain::{CodeTable, Days};

use super::adjustments;
use super::named::{NamedRow, named_rows};
use base::prelude::*;
use school::policies::Follows;

/// A school's question: its policy, the rows that go by a rate, and what they are judged by.
pub struct Asked {
    /// The school.
    pub school_id: SchoolId,
    /// The policy, with the school's answers.
    pub follows: Follows,
    /// Its rows.
    pub rows: Vec<NamedRow>,
    /// What they are judged by.
    pub rules: RewardRules,
}

/// What a school is judged by under a policy.
pub fn asked(
    tx: &mut Tx,
    codes: &CodeTable,
    school_id: SchoolId,
    follows: Follows,
) -> Result<Asked> {
    let rules = rules(tx, codes, school_id, &follows.policy.settled)?;
    let rows = named_rows(&follows.policy);
    Ok(Asked { school_id, follows, rows, rules })
}

impl Asked {
    /// What the rows come to in the periods that end on some days. The blocks are those of all schools that may have had
    /// the pupils. Errors: a panic while counting.
    pub fn judge(
        &self,
        pool: &Pool,
        codes: &CodeTable,
        blocks: &[Arc<Block>],
        ending: Days,
    ) -> Result<SchoolEligibility> {
        let rows: Vec<RewardRow> = self.rows.iter().map(|row| row.asks.clone()).collect();
        let schools = BTreeSet::from([self.school_id.number()]);
        let asked = Eligibility { schools: &schools, rows: &rows, ending, rules: &self.rules };
        let mut found =
            analytics::eligibility(pool, codes, blocks, &asked).map_err(Problem::internal)?;
        found.pop().ok_or_else(|| Problem::new(Kind::NoCalendar))
    }
}

fn rules(
    tx: &mut Tx,
    codes: &CodeTable,
    school_id: SchoolId,
    settled: &Settled,
) -> Result<RewardRules> {
    let mut own: BTreeMap<i32, Vec<Adjustment>> = BTreeMap::new();
    for row in adjustments::standing(tx, school_id)? {
        let to = row.to_day.unwrap_or(NaiveDate::MAX);
        let days = Days { from: row.from_day, to };
        let codes = numbers(codes, &row.codes);
        own.entry(row.pupil_id.number()).or_default().push(Adjustment { days, codes });
    }
    Ok(rules_of(codes, settled, own))
}

/// What a policy settles, with these adjustments.
pub fn rules_of(
    codes: &CodeTable,
    settled: &Settled,
    adjustments: BTreeMap<i32, Vec<Adjustment>>,
) -> RewardRules {
    RewardRules {
        neutral: numbers(codes, &settled.neutral),
        adjustments,
        least: settled.least_sessions.map_or(LeastSessions::HALF, LeastSessions::Sessions),
        least_class: settled.least_class,
        cut_off: usize::try_from(settled.cut_off).unwrap_or(usize::MAX),
    }
}

/// The numbers of some codes.
pub fn numbers(codes: &CodeTable, named: &[String]) -> BTreeSet<u8> {
    let periods =
        codes.periods().filter(|period| named.iter().any(|name| *name == period.code.as_str()));
    periods.map(|period| period.number.get()).collect()
}
