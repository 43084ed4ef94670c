//! Whom a policy's rewards would have reached: each group's share of what was earned beside its share of the roll, and
//! what the same rows would have given had absences that are nobody's choice been neutral.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::{Characteristic, CodeTable, Rate};

use super::{Eligibility, RewardRules, SchoolEligibility, Whom, eligibility};
use crate::estimate::interval;
use crate::{Block, By, EnrolmentYear, Interval, Pool, PoolError, Share, Value};

/// A group of fewer pupils is not shown: it says more of children than of a policy.
pub const FEWEST_IN_GROUP: usize = 10;

/// What a row would have given, to everybody and by group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowFairness {
    /// The row's place among those asked.
    pub row: usize,
    /// Everybody.
    pub all: Reached,
    /// The groups of ten or more pupils, in order.
    pub groups: Vec<(Value, Reached)>,
}

/// How many of some pupils a row would have reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reached {
    /// The pupils.
    pub pupils: u32,
    /// Of their periods, those in which they would have earned it.
    pub earned: Share,
    /// Where the rate behind that lies with 95% confidence.
    pub interval: Option<Interval>,
    /// The same with the codes neutral that are nobody's choice.
    pub neutral: Share,
    /// Pupils who would never have earned it, and would have with those codes neutral.
    pub prevented: u32,
    /// Of their periods that followed another, those in which they did better than in the one before: what a reward for
    /// improvement on one's own baseline would have given.
    pub improved: Share,
}

/// One pupil's periods of a row.
#[derive(Debug, Clone, Copy, Default)]
struct Pupil {
    earned: Share,
    neutral: Share,
    improved: Share,
}

/// Looks at every row for pupils on the registers of some schools, most often those of a past year. `no_choice` are the
/// numbers of the codes that stand for what nobody chooses: illness, appointments, exclusion, religion. Errors: when a
/// counting thread panics.
pub fn fairness(
    pool: &Pool,
    codes: &CodeTable,
    blocks: &[Arc<Block>],
    asked: &Eligibility<'_>,
    no_choice: &BTreeSet<u8>,
) -> Result<Vec<RowFairness>, PoolError> {
    let rules = RewardRules {
        neutral: asked.rules.neutral.union(no_choice).copied().collect(),
        ..asked.rules.clone()
    };
    let as_it_is = eligibility(pool, codes, blocks, asked)?;
    let neutral =
        eligibility(pool, codes, blocks, &Eligibility { rules: &rules, ..asked.clone() })?;
    let groups = groups(blocks, &as_it_is);
    let rows = asked.rows.iter().enumerate();
    let rows = rows.filter(|(_, row)| matches!(row.whom, Whom::Pupils(_)));
    Ok(rows.map(|(row, _)| of_row(row, &as_it_is, &neutral, &groups)).collect())
}

fn of_row(
    row: usize,
    as_it_is: &[SchoolEligibility],
    neutral: &[SchoolEligibility],
    groups: &BTreeMap<Value, BTreeSet<i32>>,
) -> RowFairness {
    let mut pupils: BTreeMap<i32, Pupil> = BTreeMap::new();
    add(row, as_it_is, &mut pupils, |pupil| &mut pupil.earned);
    add(row, neutral, &mut pupils, |pupil| &mut pupil.neutral);
    add_improvement(row, as_it_is, &mut pupils);
    let members = |members: &BTreeSet<i32>| -> Vec<Pupil> {
        let own = pupils.iter().filter(|(pupil, _)| members.contains(pupil));
        own.map(|(_, pupil)| *pupil).collect()
    };
    let sizes: Vec<(Value, usize)> =
        groups.iter().map(|(value, own)| (*value, members(own).len())).collect();
    let hidden = hidden(&sizes, pupils.len());
    let shown = groups.iter().filter(|(value, _)| !hidden.contains(value));
    let shown = shown.map(|(value, own)| (*value, reached(&members(own)))).collect();
    let all: Vec<Pupil> = pupils.values().copied().collect();
    RowFairness { row, all: reached(&all), groups: shown }
}

/// The groups that are not shown: those of fewer than ten pupils, and as many of the next smallest as it takes that what
/// is left of everybody, without the groups shown, is nobody or ten pupils at least.
fn hidden(sizes: &[(Value, usize)], all: usize) -> BTreeSet<Value> {
    let mut hidden = BTreeSet::new();
    let kind = |value: &Value| value.by();
    let kinds: BTreeSet<By> = sizes.iter().map(|(value, _)| kind(value)).collect();
    for one in kinds {
        let mut own: Vec<(Value, usize)> =
            sizes.iter().filter(|(value, _)| kind(value) == one).copied().collect();
        own.sort_by_key(|(value, size)| (*size, *value));
        let mut rest = all.saturating_sub(own.iter().map(|(_, size)| size).sum());
        for (value, size) in own {
            if size >= FEWEST_IN_GROUP && (rest == 0 || rest >= FEWEST_IN_GROUP) {
                break;
            }
            hidden.insert(value);
            rest += size;
        }
    }
    hidden
}

/// Adds how often each pupil did better than in the period before.
fn add_improvement(row: usize, schools: &[SchoolEligibility], pupils: &mut BTreeMap<i32, Pupil>) {
    for school in schools {
        let mut before: BTreeMap<i32, Rate> = BTreeMap::new();
        for answer in school.answers.iter().filter(|answer| answer.row == row) {
            let Some(stretch) = school.stretches.get(answer.stretch) else { continue };
            for figure in &stretch.pupils {
                let (attended, possible) = (figure.reckoned.attended, figure.reckoned.possible);
                let Some(now) = Rate::of(attended.into(), possible.into()) else { continue };
                if let Some(before) = before.insert(figure.pupil, now) {
                    let part = u64::from(now > before);
                    pupils.entry(figure.pupil).or_default().improved.add(Share { part, whole: 1 });
                }
            }
        }
    }
}

/// Adds the periods of a row, and those that were earned, to one of each pupil's two shares.
fn add(
    row: usize,
    schools: &[SchoolEligibility],
    pupils: &mut BTreeMap<i32, Pupil>,
    share: impl Fn(&mut Pupil) -> &mut Share,
) {
    for school in schools {
        for answer in school.answers.iter().filter(|answer| answer.row == row) {
            for figure in
                school.stretches.get(answer.stretch).into_iter().flat_map(|one| &one.pupils)
            {
                let earned = answer.earned.binary_search(&figure.pupil).is_ok();
                let pupil = pupils.entry(figure.pupil).or_default();
                share(pupil).add(Share { part: u64::from(earned), whole: 1 });
            }
        }
    }
}

fn reached(pupils: &[Pupil]) -> Reached {
    let pooled = |share: fn(&Pupil) -> Share| {
        let mut all = Share::default();
        pupils.iter().for_each(|pupil| all.add(share(pupil)));
        all
    };
    let earned: Vec<Share> = pupils.iter().map(|pupil| pupil.earned).collect();
    let count = |some: usize| u32::try_from(some).unwrap_or(u32::MAX);
    let prevented = |pupil: &&Pupil| pupil.earned.part == 0 && pupil.neutral.part > 0;
    Reached {
        pupils: count(pupils.len()),
        earned: pooled(|pupil| pupil.earned),
        interval: interval(&earned),
        neutral: pooled(|pupil| pupil.neutral),
        prevented: count(pupils.iter().filter(prevented).count()),
        improved: pooled(|pupil| pupil.improved),
    }
}

/// Who is in which group, as they are on the last day of the last stretch of their school.
fn groups(blocks: &[Arc<Block>], schools: &[SchoolEligibility]) -> BTreeMap<Value, BTreeSet<i32>> {
    let mut groups: BTreeMap<Value, BTreeSet<i32>> = BTreeMap::new();
    let dimensions: Vec<By> = [By::YearGroup, By::Sex]
        .into_iter()
        .chain(Characteristic::ALL.map(By::Characteristic))
        .collect();
    for school in schools {
        let Some(block) = blocks.iter().find(|block| block.school() == school.school) else {
            continue;
        };
        let Some(day) = school.stretches.iter().filter_map(|stretch| stretch.last).max() else {
            continue;
        };
        let mut enrolments: BTreeMap<i32, &EnrolmentYear> = BTreeMap::new();
        for enrolment in block.members() {
            let own = enrolments.entry(enrolment.pupil).or_insert(enrolment);
            if own.answers(day) < enrolment.answers(day) {
                *own = enrolment;
            }
        }
        let figures = school.stretches.iter().flat_map(|stretch| &stretch.pupils);
        let pupils: BTreeSet<i32> = figures.map(|figure| figure.pupil).collect();
        for (pupil, enrolment) in enrolments.into_iter().filter(|(one, _)| pupils.contains(one)) {
            for value in dimensions.iter().filter_map(|by| enrolment.value(*by, day)) {
                groups.entry(value).or_default().insert(pupil);
            }
        }
    }
    groups
}
