//! The rows of a policy that go by a rate, each under a name that tells it from the others.

use analytics::{RewardPeriod, RewardRow, RowAnswer};
use domain::AcademicYear;
use domain::policy::word::Kind;
use domain::policy::{Policy, Row, sentence};

/// A row that goes by a rate.
#[derive(Debug, Clone)]
pub struct NamedRow {
    /// What tells it from the policy's other rows: its rule, and a number where several of one rule are judged for the
    /// same kind of period.
    pub name: String,
    /// The row as the policy has it.
    pub row: Row,
    /// What it asks.
    pub asks: RewardRow,
}

impl NamedRow {
    /// In plain English.
    pub fn says(&self) -> String {
        sentence(&self.row)
    }

    /// What it is given for.
    pub fn period(&self) -> RewardPeriod {
        self.asks.period
    }
}

/// The rewards and draws of a policy that go by a rate, in the order of the policy.
pub fn named_rows(policy: &Policy) -> Vec<NamedRow> {
    let mut rows: Vec<NamedRow> = Vec::new();
    let rewards = policy.rows.iter().filter(|row| matches!(row.kind, Kind::Reward | Kind::Draw));
    for row in rewards {
        let Some(asks) = RewardRow::of(policy, row) else { continue };
        let same =
            |other: &&NamedRow| other.row.rule == row.rule && other.asks.period == asks.period;
        let before = rows.iter().filter(same).count();
        let name = match before {
            0 => row.rule.clone(),
            _ => format!("{}/{}", row.rule, before + 1),
        };
        rows.push(NamedRow { name, row: row.clone(), asks });
    }
    rows
}

/// The rewards of a policy that go by more than a rate: a trend, a family, a stage, a count. Whoever gives these does it by
/// their own lists.
pub fn other_rows(policy: &Policy) -> Vec<String> {
    let others = policy
        .rows
        .iter()
        .filter(|row| row.kind == Kind::Reward && RewardRow::of(policy, row).is_none());
    others.map(|row| format!("{}: {}", row.rule, sentence(row))).collect()
}

/// What names a period in lists, ledgers and runs: `2026/2026-W37`, `2026/term-1`.
pub fn period_key(year: AcademicYear, answer: &RowAnswer) -> String {
    format!("{}/{}", year.number(), answer.period)
}
