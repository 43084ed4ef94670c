//! Schools side by side: each with its rate, its change on last year, its groups, its pupils'
//! movement between bands, and what its rate would be with the group rates of all.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::NaiveDate;
use domain::{Characteristic, Definition, WindowKind, words};

use crate::estimate::{Interval, Share, Shares, direct, expected, interval, pooled};
use crate::{Block, By, CROSSED, EnrolmentYear, Group, Individual, Pool, PoolError, Split, Value};

words! {
    /// What is compared.
    Measure {
        Attendance = "attendance": "sessions attended, of possible sessions; the only one of which more is better",
        Absence = "absence": "sessions absent, of possible sessions",
        Unauthorised = "unauthorised": "sessions absent without authorisation, of possible sessions",
        Late = "late": "sessions late, of possible sessions",
        Persistent = "persistent": "enrolments persistently absent, of those with a possible session",
        Severe = "severe": "enrolments severely absent, of those with a possible session",
    }
}

/// A question about schools side by side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparing {
    /// Which pupils and sessions are counted.
    pub definition: Definition,
    /// What is compared.
    pub measure: Measure,
    /// The kind of the window.
    pub window: WindowKind,
    /// The window, by its key in every school's calendar.
    pub key: String,
    /// What makes up the groups by which schools are made alike.
    pub standard: Split,
    /// Of a hundred half days, how many need a mark in a school that is ranked.
    pub floor: u64,
    /// The fewest enrolments of a group, and of the rest of its school, that are set side by side.
    pub least: usize,
}

/// The bands of an enrolment's absence over a window: their lower bounds in percent.
pub const BANDS: [u32; 4] = [0, 5, 10, 50];

/// How many enrolments went from which band (first) to which (second).
pub type Movement = [[u32; BANDS.len()]; BANDS.len()];

/// What a pupil's group is compared with the rest of the school by.
const GAPS: [By; 7] = [
    By::Sex,
    By::Characteristic(Characteristic::Fsm),
    By::Characteristic(Characteristic::Sen),
    By::Characteristic(Characteristic::Eal),
    By::Characteristic(Characteristic::LookedAfter),
    By::Characteristic(Characteristic::ChildInNeed),
    By::Characteristic(Characteristic::ServiceChild),
];

/// The fewest schools that are ranked.
const RANKED: usize = 3;

/// One school among others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    /// The school.
    pub school: i32,
    /// Its phase.
    pub phase: u8,
    /// The days counted: the first and last school day of the window up to the last register that
    /// was taken, and how many there are; `None` before the first.
    pub days: Option<(NaiveDate, NaiveDate, usize)>,
    /// Enrolments with a possible session.
    pub enrolments: u32,
    /// The measure.
    pub share: Share,
    /// How sure its rate is.
    pub interval: Option<Interval>,
    /// Of the half days that should have a mark, those that do.
    pub completeness: Share,
    /// The measure over as many school days of last year's window of the same key, with their
    /// first and last.
    pub last_year: Option<(NaiveDate, NaiveDate, Share)>,
    /// Each group that is large enough beside everybody else in the school of whom it is recorded.
    pub gaps: Vec<GroupGap>,
    /// What gaps go by, each with the enrolments of whom it is not recorded and which are in none of its gaps: only where
    /// there are any.
    pub unrecorded: Vec<(By, usize)>,
    /// The window before, by its key, and how enrolments with possible sessions in both moved.
    pub movement: Option<(String, Movement)>,
    /// The measure of the enrolments of whom everything is recorded that schools are made alike by: what the expected
    /// and the standardised rate go by.
    pub recorded: Share,
    /// The enrolments of whom it is not.
    pub left_out: usize,
    /// What their rate would be if each of their groups had the rate of that group in all schools of
    /// its phase, in millionths.
    pub expected: Option<u32>,
    /// What the rate of its phase would be if every group had the rate that it has here, in
    /// millionths; `None` when a group is not here.
    pub direct: Option<u32>,
    /// The best and the worst place among the schools of its phase that cannot be ruled out; `None`
    /// without a figure, below the floor, or where fewer than three schools are left.
    pub rank: Option<(usize, usize)>,
}

/// A group of a school beside everybody else in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GroupGap {
    /// The group.
    pub value: Value,
    /// Those in it.
    pub group: Side,
    /// Everybody else.
    pub rest: Side,
}

/// One side of a gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Side {
    /// Enrolments with a possible session.
    pub enrolments: usize,
    /// The measure.
    pub share: Share,
    /// How sure its rate is.
    pub interval: Interval,
}

impl GroupGap {
    /// Whether chance does not explain it: the intervals lie apart.
    pub fn is_certain(&self) -> bool {
        let (group, rest) = (self.group.interval, self.rest.interval);
        group.lower > rest.upper || group.upper < rest.lower
    }
}

impl Side {
    /// `None` when they have nothing.
    fn of(shares: &[Share]) -> Option<Self> {
        let share = pooled(shares.iter().copied());
        Some(Self { enrolments: shares.len(), share, interval: interval(shares)? })
    }
}

impl Measure {
    /// What counts of one enrolment.
    pub fn share(self, one: &Individual<'_>) -> Share {
        let (part, whole) = match self {
            Measure::Attendance => (one.possible - one.absent, one.possible),
            Measure::Absence => (one.absent, one.possible),
            Measure::Unauthorised => (one.unauthorised, one.possible),
            Measure::Late => (one.late, one.possible),
            Measure::Persistent => (u32::from(one.persistent()), u32::from(one.possible > 0)),
            Measure::Severe => (u32::from(one.severe()), u32::from(one.possible > 0)),
        };
        Share { part: part.into(), whole: whole.into() }
    }
}

/// Compares schools: of each its block, and that of last year if there is one. Errors: when a counting thread panics.
pub fn compare(
    pool: &Pool,
    schools: &[(Arc<Block>, Option<Arc<Block>>)],
    asked: &Comparing,
) -> Result<Vec<Compared>, PoolError> {
    let counted = pool.map(schools, |(block, last)| one_school(block, last.as_deref(), asked))?;
    let mut everywhere: BTreeMap<u8, Shares<Group>> = BTreeMap::new();
    for (school, groups) in &counted {
        let all = everywhere.entry(school.phase).or_default();
        for (group, share) in groups {
            all.entry(*group).or_default().add(*share);
        }
    }
    let nobody = Shares::new();
    let compared = counted.into_iter().map(|(school, groups)| {
        let all = everywhere.get(&school.phase).unwrap_or(&nobody);
        Compared { expected: expected(&groups, all), direct: direct(&groups, all), ..school }
    });
    let mut compared: Vec<Compared> = compared.collect();
    rank(&mut compared, asked);
    Ok(compared)
}

/// What can be said of a school alone, and the share of each of its groups.
fn one_school(block: &Block, last: Option<&Block>, asked: &Comparing) -> (Compared, Shares<Group>) {
    let window = block.window(asked.window, &asked.key);
    let days = window.map_or_else(Vec::new, |own| block.days_counted(own.from, own.to));
    let mut school = Compared {
        school: block.school(),
        phase: block.phase(),
        days: None,
        enrolments: 0,
        share: Share::default(),
        interval: None,
        completeness: Share::default(),
        last_year: None,
        gaps: vec![],
        unrecorded: vec![],
        movement: None,
        recorded: Share::default(),
        left_out: 0,
        expected: None,
        direct: None,
        rank: None,
    };
    let (Some(window), Some(first), Some(end)) = (window, days.first(), days.last()) else {
        return (school, Shares::new());
    };
    let individuals: Vec<Individual<'_>> =
        block.individuals(asked.definition, window.from, window.to).collect();
    let shares: Vec<Share> = individuals.iter().map(|one| asked.measure.share(one)).collect();
    let status = block.status_day(window.to);
    school.days = Some((*first, *end, days.len()));
    school.enrolments = individuals.iter().map(|one| u32::from(one.possible > 0)).sum();
    school.share = pooled(shares.iter().copied());
    school.interval = interval(&shares);
    school.completeness = pooled(
        individuals.iter().map(|one| Share { part: one.marked.into(), whole: one.expected.into() }),
    );
    school.last_year = last.and_then(|last| last_year(last, days.len(), asked));
    let there = individuals.iter().zip(&shares).filter(|(_, share)| share.whole > 0);
    let there: Vec<(&EnrolmentYear, Share)> =
        there.map(|(one, share)| (one.enrolment, *share)).collect();
    school.gaps = gaps(&there, status, asked.least);
    school.unrecorded = unrecorded(&there, status);
    let before = block.window_before(asked.window, &asked.key);
    school.movement = before.map(|before| {
        let then = block.individuals(asked.definition, before.from, before.to);
        (before.key.clone(), movement(then, &individuals))
    });
    let mut groups = Shares::new();
    for (enrolment, share) in there {
        let group = group(enrolment, &asked.standard, status);
        if group.iter().flatten().any(|value| value.is_unrecorded()) {
            school.left_out += 1;
        } else {
            school.recorded.add(share);
            groups.entry(group).or_default().add(share);
        }
    }
    (school, groups)
}

/// What an enrolment is on a day, in everything that schools are made alike by.
fn group(enrolment: &EnrolmentYear, standard: &Split, day: NaiveDate) -> Group {
    let mut group = [None; CROSSED];
    for (place, by) in group.iter_mut().zip(standard) {
        *place = by.and_then(|by| enrolment.value(by, day));
    }
    group
}

/// The measure over the first so many school days of last year's window of the same key.
fn last_year(
    last: &Block,
    days: usize,
    asked: &Comparing,
) -> Option<(NaiveDate, NaiveDate, Share)> {
    let window = last.window(asked.window, &asked.key)?;
    let then = last.days_counted(window.from, window.to);
    let then = then.get(..days.min(then.len()))?;
    let (first, end) = (*then.first()?, *then.last()?);
    let individuals = last.individuals(asked.definition, first, end);
    let share = pooled(individuals.map(|one| asked.measure.share(&one)));
    (share.whole > 0).then_some((first, end, share))
}

/// Each group beside everybody else of whom it is recorded, where `least` enrolments or more with a possible session are
/// on either side.
fn gaps(there: &[(&EnrolmentYear, Share)], day: NaiveDate, least: usize) -> Vec<GroupGap> {
    let groups: BTreeSet<Value> = GAPS
        .iter()
        .flat_map(|by| there.iter().filter_map(|(one, _)| one.value(*by, day)))
        .filter(|value| !value.is_unrecorded())
        .collect();
    let gap = |value: Value| {
        let of = |(one, _): &&(&EnrolmentYear, Share)| one.value(value.by(), day);
        let recorded = there.iter().filter(|one| of(one).is_some_and(|own| !own.is_unrecorded()));
        let (group, rest): (Vec<_>, Vec<_>) = recorded.partition(|one| of(one) == Some(value));
        let side = |some: Vec<&(&EnrolmentYear, Share)>| {
            let shares: Vec<Share> = some.into_iter().map(|(_, share)| *share).collect();
            Side::of(&shares).filter(|side| side.enrolments >= least)
        };
        Some(GroupGap { value, group: side(group)?, rest: side(rest)? })
    };
    groups.into_iter().filter_map(gap).collect()
}

/// Of how many nothing is recorded, for each of what gaps go by: as far as there are any.
fn unrecorded(there: &[(&EnrolmentYear, Share)], day: NaiveDate) -> Vec<(By, usize)> {
    let unknown = |by: By| {
        let of = |(one, _): &&(&EnrolmentYear, Share)| one.value(by, day);
        there.iter().filter(|one| of(one).is_some_and(Value::is_unrecorded)).count()
    };
    GAPS.map(|by| (by, unknown(by))).into_iter().filter(|(_, count)| *count > 0).collect()
}

/// How enrolments moved between the bands of their own absence.
fn movement<'a>(before: impl Iterator<Item = Individual<'a>>, now: &[Individual<'_>]) -> Movement {
    let mut movement = Movement::default();
    // Both come in the order of the block's enrolments.
    for (before, now) in before.zip(now) {
        if let (Some(from), Some(to)) = (band(&before), band(now)) {
            movement[from][to] += 1;
        }
    }
    movement
}

/// The band of an enrolment; none without a possible session.
fn band(one: &Individual<'_>) -> Option<usize> {
    let reached = |bound: &u32| 100 * one.absent >= bound * one.possible;
    BANDS.iter().rposition(reached).filter(|_| one.possible > 0)
}

/// Ranks the schools of each phase, as far as chance allows: only a school whose interval lies
/// wholly on the better side of another's is certainly better.
fn rank(schools: &mut [Compared], asked: &Comparing) {
    let complete = |school: &Compared| {
        100 * school.completeness.part >= asked.floor * school.completeness.whole
    };
    let ranked = schools.iter().filter(|school| complete(school));
    let ranked: Vec<(i32, u8, Interval)> =
        ranked.filter_map(|one| Some((one.school, one.phase, one.interval?))).collect();
    let better = |a: &Interval, b: &Interval| match asked.measure {
        Measure::Attendance => a.lower > b.upper,
        _ => a.upper < b.lower,
    };
    for school in schools {
        let peers: Vec<_> = ranked.iter().filter(|(_, phase, _)| *phase == school.phase).collect();
        let own = peers.iter().find(|(id, _, _)| *id == school.school);
        let Some((_, _, own)) = own.filter(|_| peers.len() >= RANKED) else { continue };
        let ahead = peers.iter().filter(|(_, _, other)| better(other, own)).count();
        let behind = peers.iter().filter(|(_, _, other)| better(own, other)).count();
        school.rank = Some((ahead + 1, peers.len() - behind));
    }
}
