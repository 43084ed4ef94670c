//! One school: its stretches, and what its pupils and classes have on them.

use std::collections::BTreeSet;
use std::ops::Range;

use chrono::NaiveDate;
use domain::{Days, HalfDay, NO_MARK, WindowKind};

use super::judge::{Reckoned, answers};
use super::period::{Judged, Year, judged};
use super::several::{Apart, Contribution};
use super::table::{Kind, Legend, Run, Table, reckoned};
use super::{ClassFigure, Eligibility, Gap, GapKind, PupilFigure, SchoolEligibility, Stretch};
use crate::reckoning::common;
use crate::{Block, By, EnrolmentYear, Value};

/// What is to be counted of a school, worked out once for all pupils.
pub(crate) struct Plan<'a> {
    /// Whether the school is answered for.
    pub(crate) asked: bool,
    pub(crate) table: Table<'a>,
    judged: Vec<(Judged, usize)>,
    pub(crate) stretches: Vec<StretchPlan>,
    /// Where a stretch begins or ends, as open half days.
    cuts: Vec<usize>,
    /// Between two cuts, the half days in runs.
    runs: Vec<Vec<Run>>,
}

/// A stretch, as it lies in the year.
pub(crate) struct StretchPlan {
    pub(crate) days: Days,
    pub(crate) last: Option<NaiveDate>,
    /// The open half days up to today.
    pub(crate) half_days: Range<usize>,
    /// The places of their ends among the cuts.
    cuts: Range<usize>,
}

impl<'a> Plan<'a> {
    /// The plan of a school; one that is not answered for has no stretches.
    pub(crate) fn new(legend: &'a Legend, block: &Block, asked: &Eligibility<'_>) -> Self {
        let is_asked = asked.schools.contains(&block.school());
        let rows = if is_asked { asked.rows } else { &[] };
        let windows = WindowKind::ALL.map(|kind| block.windows(kind));
        let judged = judged(
            &Year { calendar: block.calendar(), windows },
            rows,
            asked.ending,
            asked.rules.cut_off,
        );
        let overs: BTreeSet<(NaiveDate, NaiveDate)> =
            judged.iter().map(|one| (one.over.from, one.over.to)).collect();
        let overs: Vec<(NaiveDate, NaiveDate)> = overs.into_iter().collect();
        let half_days = |(from, to): &(NaiveDate, NaiveDate)| {
            block.reckoning.between(*from, (*to).min(block.today()))
        };
        let ranges: Vec<Range<usize>> = overs.iter().map(half_days).collect();
        let cuts: BTreeSet<usize> =
            ranges.iter().flat_map(|range| [range.start, range.end]).collect();
        let cuts: Vec<usize> = cuts.into_iter().collect();
        let table = Table::new(legend, block);
        let pairs = cuts.iter().zip(cuts.iter().skip(1));
        let runs = pairs.map(|(start, end)| table.runs(block, &(*start..*end))).collect();
        let at = |cut: usize| cuts.partition_point(|one| *one < cut);
        let part = |(over, half_days): (&(NaiveDate, NaiveDate), Range<usize>)| {
            let last = half_days.end.checked_sub(1).filter(|_| !half_days.is_empty());
            StretchPlan {
                days: Days { from: over.0, to: over.1 },
                last: last.and_then(|last| block.reckoning.half_day(last)).map(|(date, _)| date),
                cuts: at(half_days.start)..at(half_days.end),
                half_days,
            }
        };
        let stretches = overs.iter().zip(ranges).map(part).collect();
        let place =
            |one: &Judged| overs.partition_point(|over| *over < (one.over.from, one.over.to));
        let judged = judged.into_iter().map(|one| (place(&one), one)).map(|(at, one)| (one, at));
        Self { asked: is_asked, table, judged: judged.collect(), stretches, cuts, runs }
    }

    /// All open half days that any stretch has.
    pub(crate) fn half_days(&self) -> Range<usize> {
        self.cuts.first().copied().unwrap_or(0)..self.cuts.last().copied().unwrap_or(0)
    }
}

/// Reckons a school. Those who are left out here come `apart`.
pub(crate) fn reckon(
    block: &Block,
    plan: &Plan<'_>,
    asked: &Eligibility<'_>,
    left_out: &Apart,
    apart: &[Contribution],
) -> SchoolEligibility {
    let mut sums = Sums::new(block, plan);
    let mut members: Vec<(usize, &EnrolmentYear)> = block.members().enumerate().collect();
    members.retain(|(number, _)| !left_out.contains(*number));
    members.sort_unstable_by_key(|(_, enrolment)| enrolment.pupil);
    members.into_iter().for_each(|(_, enrolment)| sums.add(enrolment));
    apart.iter().for_each(|one| sums.add_contribution(one));
    let Sums { mut figures, classes, sizes, names, mut gaps, .. } = sums;
    gaps.sort_unstable();
    let mut stretches = Vec::with_capacity(plan.stretches.len());
    for (place, part) in plan.stretches.iter().enumerate() {
        let mut pupils = figures.get_mut(place).map(std::mem::take).unwrap_or_default();
        // Two runs that are in order: a stable sort only has to merge them.
        pupils.sort_by_key(|figure| figure.pupil);
        let own = names.iter().enumerate().filter_map(|(class, name)| {
            let at = class * plan.stretches.len() + place;
            let (reckoned, pupils) = (*classes.get(at)?, *sizes.get(at)?);
            let any = pupils > 0 || reckoned != Reckoned::default();
            any.then_some(ClassFigure { class: *name, pupils, reckoned })
        });
        let whole = block.reckoning.between(part.days.from, part.days.to);
        stretches.push(Stretch {
            days: part.days,
            last: part.last,
            over: whole.len() == part.half_days.len(),
            sessions: u32::try_from(part.half_days.len()).unwrap_or(u32::MAX),
            pupils,
            classes: own.collect(),
        });
    }
    let answers = answers(asked, &plan.judged, &stretches);
    SchoolEligibility { school: block.school(), stretches, answers, gaps }
}

/// What is added up of a school.
struct Sums<'a> {
    block: &'a Block,
    plan: &'a Plan<'a>,
    /// By stretch.
    figures: Vec<Vec<PupilFigure>>,
    /// The classes of the year, in order.
    names: Vec<i32>,
    /// By class and stretch.
    classes: Vec<Reckoned>,
    /// By class and stretch, who is in it on the last day.
    sizes: Vec<u32>,
    gaps: Vec<Gap>,
    /// What one enrolment has before each cut.
    before: Vec<u64>,
    /// Over which open half days it is in which class.
    in_class: Vec<(Range<usize>, usize)>,
}

impl<'a> Sums<'a> {
    fn new(block: &'a Block, plan: &'a Plan<'a>) -> Self {
        let placements = block.members().flat_map(|enrolment| &enrolment.placements);
        let names: BTreeSet<i32> = placements.map(|placement| placement.class).collect();
        let cells = names.len() * plan.stretches.len();
        Self {
            block,
            plan,
            figures: plan
                .stretches
                .iter()
                .map(|_| Vec::with_capacity(block.enrolments()))
                .collect(),
            names: names.into_iter().collect(),
            classes: vec![Reckoned::default(); cells],
            sizes: vec![0; cells],
            gaps: Vec::new(),
            before: Vec::new(),
            in_class: Vec::new(),
        }
    }

    fn add(&mut self, enrolment: &EnrolmentYear) {
        let (block, plan) = (self.block, self.plan);
        let due = block.reckoning.due(enrolment);
        let mut sum = 0;
        self.before.clear();
        self.before.push(0);
        for runs in &plan.runs {
            for run in runs {
                sum += plan.table.count(block, enrolment, &due, run);
            }
            self.before.push(sum);
        }
        let mut classes = std::mem::take(&mut self.in_class);
        self.classes_of(enrolment, &mut classes);
        for (place, part) in plan.stretches.iter().enumerate() {
            let before = |cut: usize| self.before.get(cut).copied().unwrap_or_default();
            let word = before(part.cuts.end) - before(part.cuts.start);
            self.add_to_classes(enrolment, &due, &classes, place, word);
            if part.last.is_some_and(|last| on_roll(enrolment, last)) {
                let last = part.half_days.end.saturating_sub(1);
                let class = classes.iter().find(|(span, _)| span.contains(&last));
                let class = class.map(|(_, class)| *class);
                self.add_figure(place, enrolment.pupil, class, reckoned(word));
            }
        }
        self.in_class = classes;
        if sum >> 48 > 0 {
            self.add_gaps(enrolment, &due);
        }
    }

    /// Adds a pupil's figure; the class by its place among all.
    fn add_figure(&mut self, place: usize, pupil: i32, class: Option<usize>, reckoned: Reckoned) {
        let at = class.map(|class| class * self.plan.stretches.len() + place);
        if let Some(size) = at.and_then(|at| self.sizes.get_mut(at)) {
            *size += 1;
        }
        let class = class.and_then(|class| self.names.get(class)).copied();
        if let Some(figures) = self.figures.get_mut(place) {
            figures.push(PupilFigure { pupil, class, reckoned });
        }
    }

    fn add_to_class(&mut self, place: usize, class: usize, reckoned: Reckoned) {
        let at = class * self.plan.stretches.len() + place;
        if let Some(sum) = self.classes.get_mut(at) {
            sum.add(reckoned);
        }
    }

    /// Over which open half days an enrolment is in which class, by the class's place among all. What it is in on its first
    /// day holds for the days before, on which nothing counts.
    fn classes_of(&self, enrolment: &EnrolmentYear, classes: &mut Vec<(Range<usize>, usize)>) {
        classes.clear();
        for placement in &enrolment.placements {
            let Ok(class) = self.names.binary_search(&placement.class) else { continue };
            let early = placement.from <= enrolment.first_day;
            let start = if early { 0 } else { self.block.reckoning.from(placement.from) };
            if early {
                classes.clear();
            }
            if let Some((last, _)) = classes.last_mut() {
                last.end = start;
            }
            classes.push((start..self.block.reckoning.len(), class));
        }
    }

    /// Adds what an enrolment has over a stretch to the classes that it was in on the days.
    fn add_to_classes(
        &mut self,
        enrolment: &EnrolmentYear,
        due: &[Range<usize>],
        classes: &[(Range<usize>, usize)],
        place: usize,
        word: u64,
    ) {
        let (block, plan) = (self.block, self.plan);
        let Some(part) = plan.stretches.get(place) else { return };
        for (span, class) in classes {
            let own = common(span, &part.half_days);
            let word = if own == part.half_days {
                word
            } else {
                let runs = plan.table.runs(block, &own);
                runs.iter().map(|run| plan.table.count(block, enrolment, due, run)).sum()
            };
            self.add_to_class(place, *class, reckoned(word));
        }
    }

    /// Names what is not known of an enrolment.
    fn add_gaps(&mut self, enrolment: &EnrolmentYear, due: &[Range<usize>]) {
        let all = self.plan.half_days();
        for number in due.iter().flat_map(|due| common(due, &all)) {
            let Some((date, position)) = self.block.reckoning.half_day(number) else { continue };
            let mark = enrolment.marks.get(position).copied().unwrap_or(NO_MARK);
            let kind = self.plan.table.kind(number, mark);
            let is_due = self.block.reckoning.is_due(enrolment, number);
            let covered = self.plan.stretches.iter().any(|part| part.half_days.contains(&number));
            if let Some(gap) = gap(self.block, enrolment, (date, position), kind)
                && is_due
                && covered
            {
                self.gaps.push(gap);
            }
        }
    }

    fn add_contribution(&mut self, contribution: &Contribution) {
        let name = |names: &[i32], class: i32| names.binary_search(&class).ok();
        for (place, PupilFigure { pupil, class, reckoned }) in &contribution.figures {
            let class = class.and_then(|class| name(&self.names, class));
            self.add_figure(*place, *pupil, class, *reckoned);
        }
        for (place, class, reckoned) in &contribution.classes {
            if let Some(class) = name(&self.names, *class) {
                self.add_to_class(*place, class, *reckoned);
            }
        }
        self.gaps.extend(&contribution.gaps);
    }
}

/// What is not known of a half day; `None` when all is.
pub(crate) fn gap(
    block: &Block,
    enrolment: &EnrolmentYear,
    (date, position): (NaiveDate, usize),
    kind: Kind,
) -> Option<Gap> {
    let why = match kind {
        Kind::NoMark => GapKind::NoMark,
        Kind::ReasonUnknown => GapKind::ReasonUnknown,
        Kind::Nothing | Kind::Attended | Kind::Absent | Kind::LeftOut => return None,
    };
    Some(Gap {
        pupil: enrolment.pupil,
        half_day: HalfDay::at(u16::try_from(position).ok()?)?,
        school: block.school(),
        class: class_on(enrolment, date),
        why,
    })
}

/// Whether an enrolment is on roll on a day.
pub(crate) fn on_roll(enrolment: &EnrolmentYear, day: NaiveDate) -> bool {
    enrolment.first_day <= day && enrolment.last_day.is_none_or(|last| day <= last)
}

/// The class on a day.
pub(crate) fn class_on(enrolment: &EnrolmentYear, day: NaiveDate) -> Option<i32> {
    match enrolment.value(By::Class, day)? {
        Value::Class(class) => Some(class),
        _ => None,
    }
}
