//! Pupils for whom one enrolment is not enough: those on several rolls, at once or one after the other, and those with an
//! adjustment of their own. They are reckoned half day by half day.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use chrono::{Days as DayCount, NaiveDate};
use domain::{Days, NO_MARK};

use super::judge::Reckoned;
use super::school::{Plan, class_on, gap, on_roll};
use super::table::{Kind, reckoned};
use super::{Adjustment, Eligibility, Gap, PupilFigure};
use crate::reckoning::common;
use crate::{Block, EnrolmentYear};

/// Pupils that one thread takes at a time.
pub(crate) const AT_A_TIME: usize = 64;

/// A pupil and all enrolments.
pub(crate) struct Several {
    pupil: i32,
    /// Each with the place of its block, and its own in the block.
    rolls: Vec<(usize, usize)>,
}

/// The enrolments of a school that are reckoned apart, one bit each.
pub(crate) struct Apart(Vec<u64>);

impl Apart {
    pub(crate) fn contains(&self, enrolment: usize) -> bool {
        self.0.get(enrolment / 64).is_some_and(|bits| bits >> (enrolment % 64) & 1 == 1)
    }
}

/// What such a pupil adds to a school.
pub(crate) struct Contribution {
    /// The place of the school's block.
    pub(crate) block: usize,
    /// By stretch: the pupil's figure, where the pupil is on its last day.
    pub(crate) figures: Vec<(usize, PupilFigure)>,
    /// By stretch and class, the sessions on the school's own roll.
    pub(crate) classes: Vec<(usize, i32, Reckoned)>,
    pub(crate) gaps: Vec<Gap>,
}

/// Finds them: among all enrolments first those whose pupil may have another, then those whose pupil has.
pub(crate) fn find(blocks: &[Arc<Block>], asked: &Eligibility<'_>) -> Vec<Several> {
    let enrolments = || {
        blocks.iter().enumerate().flat_map(|(place, block)| {
            let pupils = block.members().map(|enrolment| enrolment.pupil);
            pupils.enumerate().map(move |(number, pupil)| (pupil, place, number))
        })
    };
    let (mut once, mut again) = (Marked::new(), Marked::new());
    for (pupil, ..) in enrolments() {
        if once.mark(pupil) {
            again.mark(pupil);
        }
    }
    let adjusted = |pupil: &i32| asked.rules.adjustments.contains_key(pupil);
    let perhaps = enrolments().filter(|(pupil, ..)| again.has(*pupil) || adjusted(pupil));
    let mut perhaps: Vec<(i32, usize, usize)> = perhaps.collect();
    perhaps.sort_unstable();
    let of_pupils = perhaps.chunk_by(|one, other| one.0 == other.0);
    let several = of_pupils.filter_map(|rolls| {
        let (pupil, ..) = *rolls.first()?;
        let apart = rolls.len() > 1 || adjusted(&pupil);
        let rolls = || rolls.iter().map(|(_, block, number)| (*block, *number)).collect();
        apart.then(|| Several { pupil, rolls: rolls() })
    });
    several.collect()
}

/// Pupils, by some bits of their number: one that is marked may be another.
struct Marked(Vec<u64>);

impl Marked {
    const BITS: u32 = 20;

    fn new() -> Self {
        Self(vec![0; 1 << (Self::BITS - 6)])
    }

    fn at(pupil: i32) -> (usize, u64) {
        // Fibonacci hashing: numbers that follow one another lie far apart.
        let spread = pupil.cast_unsigned().wrapping_mul(0x9e37_79b9) >> (u32::BITS - Self::BITS);
        (usize::try_from(spread >> 6).unwrap_or_default(), 1 << (spread & 63))
    }

    /// Whether it was marked before.
    fn mark(&mut self, pupil: i32) -> bool {
        let (word, bit) = Self::at(pupil);
        self.0.get_mut(word).is_some_and(|word| {
            let was = *word & bit != 0;
            *word |= bit;
            was
        })
    }

    fn has(&self, pupil: i32) -> bool {
        let (word, bit) = Self::at(pupil);
        self.0.get(word).is_some_and(|word| word & bit != 0)
    }
}

/// By school, which enrolments they are.
pub(crate) fn left_out(blocks: &[Arc<Block>], several: &[Several]) -> Vec<Apart> {
    let bits = |block: &Arc<Block>| Apart(vec![0; block.enrolments().div_ceil(64)]);
    let mut all: Vec<Apart> = blocks.iter().map(bits).collect();
    for (block, number) in several.iter().flat_map(|one| &one.rolls) {
        let word = all.get_mut(*block).and_then(|apart| apart.0.get_mut(number / 64));
        if let Some(word) = word {
            *word |= 1 << (number % 64);
        }
    }
    all
}

/// One of a pupil's enrolments.
struct Roll<'a> {
    place: usize,
    block: &'a Block,
    plan: &'a Plan<'a>,
    enrolment: &'a EnrolmentYear,
}

/// A half day of one of the rolls.
struct Found {
    position: usize,
    date: NaiveDate,
    roll: usize,
    kind: Kind,
}

impl Several {
    /// What the pupil adds to each school that is answered for.
    pub(crate) fn reckon(
        &self,
        blocks: &[Arc<Block>],
        plans: &[Plan<'_>],
        asked: &Eligibility<'_>,
    ) -> Vec<Contribution> {
        let rolls = self.rolls.iter().filter_map(|(place, number)| {
            let (block, plan) = (blocks.get(*place)?, plans.get(*place)?);
            let enrolment = block.members().nth(*number)?;
            Some(Roll { place: *place, block, plan, enrolment })
        });
        let mut rolls: Vec<Roll<'_>> = rolls.collect();
        rolls.sort_by_key(|roll| roll.enrolment.first_day);
        let adjustments = asked.rules.adjustments.get(&self.pupil).map_or(&[][..], Vec::as_slice);
        let found = resolved(&rolls, adjustments);
        let all = Summed::new(&found, &rolls);
        let schools = rolls.iter().filter(|roll| roll.plan.asked).map(|roll| (roll.place, roll));
        let schools: BTreeMap<usize, &Roll<'_>> = schools.collect();
        schools.into_values().map(|at| self.contribution(at, &rolls, &all)).collect()
    }

    /// What the pupil adds to the school of a roll.
    fn contribution(&self, at: &Roll<'_>, rolls: &[Roll<'_>], all: &Summed<'_>) -> Contribution {
        let (figures, classes, gaps) = (Vec::new(), Vec::new(), Vec::new());
        let mut adds = Contribution { block: at.place, figures, classes, gaps };
        // Of which days a gap matters here: of the pupil's own, and of the school's registers.
        let (mut own, mut all_days) = (Vec::new(), Vec::new());
        for (place, part) in at.plan.stretches.iter().enumerate() {
            let to = part.days.to.min(at.block.today());
            let days = Days { from: part.days.from, to };
            let within = all.within(days);
            for (run, school, class) in &all.runs {
                let run = common(run, &within);
                if let Some(class) = class.filter(|_| *school == at.place && !run.is_empty()) {
                    adds.classes.push((place, class, all.sum(&run)));
                }
            }
            all_days.push(days);
            let Some(last) = part.last else { continue };
            let Some(here) = here(at, rolls, last) else { continue };
            let class = class_on(here.enrolment, last);
            let reckoned = all.sum(&within);
            adds.figures.push((place, PupilFigure { pupil: self.pupil, class, reckoned }));
            own.push(days);
        }
        for one in all.found.iter().filter(|one| one.kind.is_unknown()) {
            let Some(roll) = rolls.get(one.roll) else { continue };
            let days = if roll.place == at.place { &all_days } else { &own };
            if days.iter().any(|days| days.contains(one.date)) {
                let at = (one.date, one.position);
                adds.gaps.extend(gap(roll.block, roll.enrolment, at, one.kind));
            }
        }
        adds
    }
}

/// The half days of a pupil, with what they come to up to each.
struct Summed<'a> {
    found: &'a [Found],
    /// Before each half day, and after the last.
    before: Vec<u64>,
    /// The half days at one school and in one class, with the place of the school's block.
    runs: Vec<(Range<usize>, usize, Option<i32>)>,
}

impl<'a> Summed<'a> {
    fn new(found: &'a [Found], rolls: &[Roll<'_>]) -> Self {
        let mut before = Vec::with_capacity(found.len() + 1);
        before.push(0);
        let mut sum = 0;
        let mut runs: Vec<(Range<usize>, usize, Option<i32>)> = Vec::new();
        let mut same: Option<(usize, Option<NaiveDate>)> = None;
        for (number, one) in found.iter().enumerate() {
            sum += one.kind.word();
            before.push(sum);
            let Some(roll) = rolls.get(one.roll) else { continue };
            let placements = &roll.enrolment.placements;
            let placed = placements.iter().rfind(|placement| placement.from <= one.date);
            let now = Some((one.roll, placed.map(|placement| placement.from)));
            match runs.last_mut().filter(|_| same == now) {
                Some((run, ..)) => run.end = number + 1,
                None => {
                    let class = class_on(roll.enrolment, one.date);
                    runs.push((number..number + 1, roll.place, class));
                }
            }
            same = now;
        }
        Self { found, before, runs }
    }

    /// The half days of some days.
    fn within(&self, days: Days) -> Range<usize> {
        let start = self.found.partition_point(|one| one.date < days.from);
        start..self.found.partition_point(|one| one.date <= days.to).max(start)
    }

    fn sum(&self, half_days: &Range<usize>) -> Reckoned {
        let before = |at: usize| self.before.get(at).copied().unwrap_or_default();
        reckoned(before(half_days.end) - before(half_days.start))
    }
}

/// The roll at a school by which the pupil is there on a day; `None` when the pupil is elsewhere, or nowhere.
fn here<'a, 'b>(at: &Roll<'_>, rolls: &'a [Roll<'b>], day: NaiveDate) -> Option<&'a Roll<'b>> {
    let there = rolls.iter().filter(|roll| on_roll(roll.enrolment, day));
    let answering = there.max_by_key(|roll| roll.enrolment.answers(day))?;
    (answering.place == at.place).then_some(answering)
}

/// What each half day comes to on all rolls together: of several sessions the one of the roll that answers on the day;
/// without any session, a mark that is missing.
fn resolved(rolls: &[Roll<'_>], adjustments: &[Adjustment]) -> Vec<Found> {
    let days = rolls.iter().filter(|roll| roll.plan.asked).flat_map(|roll| &roll.plan.stretches);
    let (from, to) = days.fold((NaiveDate::MAX, NaiveDate::MIN), |(from, to), part| {
        (from.min(part.days.from), to.max(part.days.to))
    });
    let mut found: Vec<Found> = Vec::new();
    for (place, roll) in rolls.iter().enumerate() {
        let reckoning = &roll.block.reckoning;
        let all = reckoning.between(from, to.max(from - DayCount::new(1)));
        for number in reckoning.due(roll.enrolment).iter().flat_map(|due| common(due, &all)) {
            let Some((date, position)) = reckoning.half_day(number) else { continue };
            let mark = roll.enrolment.marks.get(position).copied().unwrap_or(NO_MARK);
            let mut kind = roll.plan.table.kind(number, mark);
            let mut own = adjustments.iter();
            let counted = matches!(kind, Kind::Attended | Kind::Absent);
            if counted && own.any(|one| one.days.contains(date) && one.codes.contains(&mark)) {
                kind = Kind::LeftOut;
            }
            if kind != Kind::Nothing && reckoning.is_due(roll.enrolment, number) {
                found.push(Found { position, date, roll: place, kind });
            }
        }
    }
    // One roll after the other, as with most who move, is in order as it is.
    if !found.is_sorted_by(|one, next| one.position < next.position) {
        let rank = |one: &Found| {
            let answers = rolls.get(one.roll).map(|roll| roll.enrolment.answers(one.date));
            (one.position, std::cmp::Reverse((one.kind.is_session(), answers)))
        };
        found.sort_by_cached_key(rank);
        found.dedup_by_key(|one| one.position);
    }
    found
}
