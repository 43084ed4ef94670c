//! What a row of rewards asks of whom.

use domain::Percent;
use domain::policy::word::{Every, For, Kind, Over, Trend};
use domain::policy::{Body, Policy, Row};

use super::period::RewardPeriod;

/// A row, as far as it goes by a rate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RewardRow {
    /// Its period.
    pub period: RewardPeriod,
    /// What the rate is taken over instead: so far, at the period's end.
    pub over: Option<Over>,
    /// For whom it is.
    pub whom: Whom,
}

/// For whom a row is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whom {
    /// For each pupil whose rate lies in one of these ranges.
    Pupils(Vec<Reach>),
    /// For the class with the best rate; ties share.
    BestClass,
}

/// A range of rates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reach {
    /// The lowest that belongs to it.
    pub at_least: Percent,
    /// The lowest that lies above it.
    pub below: Option<Percent>,
}

impl RewardRow {
    /// The row of a policy; `None` for one that is no reward for a rate: one for a trend, a family, a stage or a count, a draw that
    /// only tickets enter.
    pub fn of(policy: &Policy, row: &Row) -> Option<Self> {
        let (every, over) = match &row.body {
            Body::Regular(regular) if row.kind == Kind::Reward => {
                (regular.moment.every, regular.over)
            }
            Body::Draw(draw) => (draw.moment.every, draw.over),
            _ => return None,
        };
        let period = RewardPeriod::of(every)?;
        let over = (Some(over) != own(every)).then_some(over);
        let whom = match &row.body {
            Body::Regular(regular) => match (regular.whom, regular.when) {
                (For::BestClass, _) => Whom::BestClass,
                (For::EachPupil, Trend::Any)
                    if regular.at.is_empty() && regular.comes_to.is_none() =>
                {
                    Whom::Pupils(ranges(policy, &regular.bands, regular.at_least, regular.below))
                }
                _ => return None,
            },
            Body::Draw(draw) => Whom::Pupils(ranges(policy, &[], Some(draw.at_least?), None)),
            _ => return None,
        };
        Some(Self { period, over, whom })
    }
}

/// What a rate is taken over where it is the row's own period; `None` for a period over which policies take none.
const fn own(every: Every) -> Option<Over> {
    match every {
        Every::Week => Some(Over::Week),
        Every::Fortnight => Some(Over::Fortnight),
        Every::HalfTerm | Every::HalfTermHoliday => Some(Over::HalfTerm),
        Every::Term => Some(Over::Term),
        Every::Year => Some(Over::Year),
        Every::Day | Every::FourWeeks | Every::Entry => None,
    }
}

/// The ranges of some bands, as far as they also lie between two rates.
fn ranges(
    policy: &Policy,
    bands: &[String],
    at_least: Option<Percent>,
    below: Option<Percent>,
) -> Vec<Reach> {
    let whole = Reach { at_least: Percent::ZERO, below: None };
    let of_bands = policy.bands.iter().flat_map(|all| {
        let ends = all.iter().skip(1).map(|band| Some(band.from)).chain([None]);
        let named = all.iter().zip(ends).filter(|(band, _)| bands.contains(&band.name));
        named.map(|(band, below)| Reach { at_least: band.from, below })
    });
    let all: Vec<Reach> = if bands.is_empty() { vec![whole] } else { of_bands.collect() };
    let within = |reach: Reach| Reach {
        at_least: at_least.map_or(reach.at_least, |least| least.max(reach.at_least)),
        below: match (reach.below, below) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        },
    };
    let within = all.into_iter().map(within);
    // A rate at which both ends meet lies in none: at 100%, for a band below it.
    within.filter(|range| range.below.is_none_or(|below| range.at_least < below)).collect()
}
