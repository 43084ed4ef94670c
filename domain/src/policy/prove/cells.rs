//! Cells: counts of sessions between two bounds of a policy, which it cannot tell from each other.

use std::collections::{BTreeMap, BTreeSet};

use crate::policy::facts::{Pupil, Rates};
use crate::policy::judge;
use crate::policy::model::{Body, Policy, Regular, Row};
use crate::policy::prove::{
    Claim, Counterexample, Found, Ground, all_counts, counts_of, on_all_cores,
};
use crate::policy::regular;
use crate::policy::word::{For, Trend};
use crate::{Percent, Rate};

/// Where a count stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cell {
    /// Too few possible sessions to be judged by.
    few: bool,
    /// How many bounds it reaches.
    reached: usize,
    /// How many bounds it would reach after the missed sessions of "at risk".
    then: usize,
}

/// The bounds of a policy, and a count of each cell.
pub(super) struct Cells {
    bounds: Vec<Percent>,
    few: u64,
    at_risk: u64,
    all: BTreeMap<Cell, Rate>,
}

impl Cells {
    pub(super) fn of(policy: &Policy) -> Self {
        let (few, at_risk) = (policy.few_sessions.into(), policy.at_risk_sessions.into());
        let bounds = bounds(policy).into_iter().collect();
        let mut cells = Self { bounds, few, at_risk, all: BTreeMap::new() };
        for rate in all_counts() {
            let cell = cells.cell(rate);
            // Many sessions rather than one: a count that a pupil may have.
            cells.all.insert(cell, rate);
        }
        cells
    }

    pub(super) fn bounds(&self) -> &[Percent] {
        &self.bounds
    }

    /// A count of each cell, and its cell.
    pub(super) fn all(&self) -> &BTreeMap<Cell, Rate> {
        &self.all
    }

    /// The counts of the cells that are judged, the best first.
    pub(super) fn judged(&self) -> Vec<Rate> {
        let judged = self.all.iter().filter(|(cell, _)| !cell.few).map(|(_, rate)| *rate);
        let mut judged: Vec<Rate> = judged.collect();
        judged.sort();
        judged.reverse();
        judged
    }

    fn cell(&self, rate: Rate) -> Cell {
        let reached = |part: u64, whole: u64| {
            let reaches =
                |bound: &&Percent| part * 100_000 >= u64::from(bound.thousandths()) * whole;
            self.bounds.iter().filter(reaches).count()
        };
        Cell {
            few: rate.whole() < self.few,
            reached: reached(rate.part(), rate.whole()),
            then: reached(rate.part(), rate.whole() + self.at_risk),
        }
    }
}

/// Every rate that a policy compares a figure with.
fn bounds(policy: &Policy) -> BTreeSet<Percent> {
    let of_row = |row: &Row| -> Vec<Option<Percent>> {
        match &row.body {
            Body::Band(band) => vec![Some(band.from)],
            Body::Regular(regular) => vec![regular.at_least, regular.below],
            Body::Draw(draw) => vec![draw.at_least],
            Body::Step(step) => step.does.iter().map(|action| action.rate).collect(),
            Body::Daily(_) | Body::Always(_) => Vec::new(),
        }
    };
    let rates = policy.rows.iter().flat_map(of_row).chain([policy.improved_rate]);
    let of_stages = policy.stages.iter().map(|stage| stage.improved_rate);
    rates.chain(of_stages).flatten().collect()
}

/// What the engine sees of a count: the band, and the rows that fit it where the trend is left aside.
fn seen(policy: &Policy, rows: &[(&Row, Regular)], rate: Rate) -> (Option<String>, Vec<bool>) {
    let rates = Rates {
        week: Some(rate),
        fortnight: Some(rate),
        half_term: Some(rate),
        term: Some(rate),
        year: Some(rate),
    };
    let pupil = Pupil { rates, ..Pupil::default() };
    let fits = |(row, regular): &(&Row, Regular)| regular::fits(policy, row, regular, &pupil);
    (judge::band(policy, Some(rate)), rows.iter().map(fits).collect())
}

/// Each count is looked at like that of its cell, and its band is the one whose bounds it lies between.
pub(super) fn hold(ground: &Ground<'_>) -> Found {
    let Ground { policy, cells, .. } = ground;
    let trendless = |regular: &Regular| match regular.when {
        Trend::AtRisk => Regular { at: Vec::new(), comes_to: None, ..regular.clone() },
        _ => Regular { when: Trend::Any, at: Vec::new(), comes_to: None, ..regular.clone() },
    };
    let rows = policy.regular().filter(|(_, regular)| regular.whom == For::EachPupil);
    let rows: Vec<(&Row, Regular)> = rows.map(|(row, regular)| (row, trendless(regular))).collect();
    let known: BTreeMap<Cell, _> =
        cells.all.iter().map(|(cell, rate)| (*cell, seen(policy, &rows, *rate))).collect();
    let wrong = |rate: Rate| {
        let cell = cells.cell(rate);
        let found = seen(policy, &rows, rate);
        let between = policy.bands.iter().flat_map(|bands| bands.iter()).filter(|band| {
            rate.part() * 100_000 >= u64::from(band.from.thousandths()) * rate.whole()
        });
        let band = between.last().map(|band| band.name.clone());
        (known.get(&cell) != Some(&found) || band != found.0).then(|| Counterexample {
            claim: Claim::Cells,
            says: format!(
                "{} of {} sessions is looked at in another way than the counts beside it",
                rate.part(),
                rate.whole()
            ),
            scenarios: Vec::new(),
        })
    };
    on_all_cores(|possible| {
        let wrong = counts_of(possible).filter_map(wrong).take(1).collect();
        (possible + 1, wrong)
    })
}
