//! A policy's fairness as it goes over the wire, in numbers and in words.

use analytics::{Interval, Reached, RowFairness, Share, Value as Group};

use crate::eligibility::NamedRow;
use base::prelude::*;
use figures::{Dimension, group_key, group_label};

/// Whom a policy's rewards would have reached.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FairnessAnswer {
    /// The policy.
    #[schema(example = "strategy")]
    pub policy: String,
    /// Its version; absent for a built-in policy that the trust has not used yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy_version: Option<i32>,
    /// The academic year whose registers were looked at.
    #[schema(example = "2025/26")]
    pub year: String,
    /// How it is found.
    pub basis: &'static str,
    /// Row by row.
    pub rows: Vec<FairRow>,
    /// What it comes to, in words.
    pub says: Vec<String>,
}

/// A row of the policy.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FairRow {
    /// The row.
    #[schema(example = "S-06")]
    row: String,
    /// In plain English.
    says: String,
    /// Everybody.
    all: FairReach,
    /// The groups of ten pupils or more.
    groups: Vec<FairGroup>,
}

/// A group of pupils.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FairGroup {
    /// What kind of group, and which: `fsm=yes`, `sen=ehcp`.
    #[schema(example = "fsm=yes")]
    group: String,
    /// In words.
    #[schema(example = "eligible for free school meals")]
    label: String,
    /// Of a thousand pupils on roll, how many are of this group.
    #[schema(example = 248)]
    of_thousand_on_roll: u64,
    /// Of a thousand times that the row was earned, how often by this group.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 171)]
    of_thousand_earned: Option<u64>,
    /// What the row would have given the group.
    #[serde(flatten)]
    reach: FairReach,
}

/// What a row would have given to some pupils.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FairReach {
    /// How many pupils.
    #[schema(example = 412)]
    pupils: u32,
    /// Their periods in which they would have earned it, of all of theirs.
    earned: FairShare,
    /// Where the rate behind that lies with 95% confidence, in millionths; absent where it cannot be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    interval: Option<FairInterval>,
    /// The same with illness, appointments, exclusion and religious observance neutral.
    neutral: FairShare,
    /// How many pupils could never earn it because of such codes.
    #[schema(example = 31)]
    prevented: u32,
    /// The periods in which they did better than in their own period before, of those that followed another.
    improved: FairShare,
}

/// So many of so many.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct FairShare {
    /// So many.
    #[schema(example = 5211)]
    part: u64,
    /// Of so many.
    #[schema(example = 11536)]
    whole: u64,
}

/// Between two rates, in millionths.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct FairInterval {
    /// The lower.
    #[schema(example = 421000)]
    from: u32,
    /// The upper.
    #[schema(example = 483000)]
    to: u32,
}

impl From<Share> for FairShare {
    fn from(share: Share) -> Self {
        Self { part: share.part, whole: share.whole }
    }
}

impl From<&Reached> for FairReach {
    fn from(reached: &Reached) -> Self {
        let interval = |one: Interval| FairInterval { from: one.lower, to: one.upper };
        Self {
            pupils: reached.pupils,
            earned: reached.earned.into(),
            interval: reached.interval.map(interval),
            neutral: reached.neutral.into(),
            prevented: reached.prevented,
            improved: reached.improved.into(),
        }
    }
}

/// What a group is called.
fn named(group: Group) -> String {
    group_label(group).unwrap_or_else(|| group_key(group))
}

/// A row as it goes over the wire.
pub fn fair_row(row: &NamedRow, fair: &RowFairness) -> FairRow {
    let thousand = |part: u64, whole: u64| (part * 1_000).checked_div(whole);
    let group = |(value, reached): &(Group, Reached)| FairGroup {
        group: format!("{}={}", Dimension::of(value.by()).text(), group_key(*value)),
        label: named(*value),
        of_thousand_on_roll: thousand(reached.pupils.into(), fair.all.pupils.into()).unwrap_or(0),
        of_thousand_earned: thousand(reached.earned.part, fair.all.earned.part),
        reach: reached.into(),
    };
    FairRow {
        row: row.name.clone(),
        says: row.says(),
        all: (&fair.all).into(),
        groups: fair.groups.iter().map(group).collect(),
    }
}

/// What a row comes to, in words: who has much less of it than of the roll, and whom codes that nobody chooses keep from it.
pub fn says(row: &NamedRow, fair: &RowFairness) -> Vec<String> {
    let mut says = Vec::new();
    let all = &fair.all;
    if all.prevented > 0 {
        says.push(format!(
            "{}: {} of {} pupils could never earn it because of illness, appointments, exclusion or religious observance.",
            row.name, all.prevented, all.pupils
        ));
    }
    let Some(whole) = all.interval else { return says };
    for (value, reached) in &fair.groups {
        let Some(own) = reached.interval else { continue };
        let (less, more) = (own.upper < whole.lower, own.lower > whole.upper);
        if less || more {
            says.push(format!(
                "{}: {} would have earned it {} often than everybody: in {} of {} periods, beside {} of {}. With those codes neutral: {} of {}.",
                row.name,
                named(*value),
                if less { "less" } else { "more" },
                reached.earned.part,
                reached.earned.whole,
                all.earned.part,
                all.earned.whole,
                reached.neutral.part,
                reached.neutral.whole,
            ));
        }
    }
    says
}
