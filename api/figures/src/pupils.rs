//! What a policy's engine is told about a school's pupils on a day, counted from the blocks.

use crate::{Elsewhere, Enrolled};
use ::analytics::{Block, EnrolmentYear};
use base::prelude::*;
use chrono::{Datelike, Days as DayCount};
use domain::policy::word::{Count, Over};
use domain::policy::{
    Case, Class, Facts, FigureEnd, Policy, Pupil, Rates, Shield, figures_day, spans_of,
};
use domain::{Calendar, CodeTable, Days, LEAVE_NOT_ALLOWED, Rate};
use std::sync::LazyLock;

/// What is known apart from the marks.
#[derive(Clone, Default)]
pub struct Beside {
    /// The open cases, by pupil.
    pub cases: BTreeMap<PupilId, Case>,
    /// Pupils about whom no letter may leave.
    pub stopped: BTreeSet<PupilId>,
    /// Pupils who have died: nothing is proposed about them.
    pub died: BTreeSet<PupilId>,
    /// Accepted reasons, by pupil.
    pub mitigations: BTreeMap<PupilId, String>,
    /// Names of classes.
    pub classes: BTreeMap<ClassId, String>,
    /// Classes whose teachers were asked for feedback and have not given it.
    pub silent: Vec<String>,
    /// What the children of one family have in common, by pupil; empty when no row is for a family.
    pub families: BTreeMap<PupilId, i64>,
    /// The stage at which a case ended in this term, by pupil; empty when no step asks for it.
    pub left: BTreeMap<PupilId, String>,
    /// The day of the school's review before this one.
    pub previous: Option<NaiveDate>,
    /// Of pupils whose case goes on from a school before, their years there.
    pub elsewhere: BTreeMap<PupilId, Vec<Elsewhere>>,
}

/// A school's pupils on a day.
pub struct Figures<'a> {
    blocks: &'a [Arc<Block>],
    calendars: &'a [Calendar],
    day: NaiveDate,
    /// By enrolment: its year in each block.
    years: BTreeMap<EnrolmentId, Vec<(&'a Block, &'a EnrolmentYear)>>,
    /// The windows of each calendar, in order: every pupil is counted over the same.
    windows: Vec<(NaiveDate, BTreeMap<Over, Vec<Span>>)>,
    /// The Mondays of the school weeks up to the day.
    weeks: Vec<NaiveDate>,
}

/// The number of the code for leave in term time that nobody allowed.
static NOT_ALLOWED: LazyLock<Option<u8>> = LazyLock::new(|| {
    let codes = CodeTable::built_in().ok()?;
    (1..=u8::MAX).find(|number| codes.text(*number) == Some(LEAVE_NOT_ALLOWED))
});

/// Whose sessions are counted: those of an enrolment, and of the schools before.
#[derive(Clone, Copy)]
struct Whose<'a> {
    enrolment: EnrolmentId,
    before: &'a [Elsewhere],
}

/// The first and the last day of a window.
type Span = (NaiveDate, NaiveDate);

impl<'a> Figures<'a> {
    /// From the blocks of the day's year and the years before.
    pub fn new(blocks: &'a [Arc<Block>], calendars: &'a [Calendar], day: NaiveDate) -> Self {
        let mut years: BTreeMap<EnrolmentId, Vec<_>> = BTreeMap::new();
        for block in blocks {
            for member in block.members() {
                years.entry(member.enrolment_id()).or_default().push((&**block, member));
            }
        }
        let spans = |calendar: &Calendar, over| {
            spans_of(over, calendar).iter().map(|days| (days.from, days.to)).collect()
        };
        let windows = |calendar: &Calendar| {
            let of_all = Over::ALL.map(|over| (over, spans(calendar, over)));
            (calendar.year().first_day(), of_all.into_iter().collect())
        };
        let weeks = calendars.iter().flat_map(Calendar::school_weeks);
        let mut weeks: Vec<NaiveDate> = weeks.filter(|monday| *monday <= day).collect();
        weeks.dedup();
        let windows = calendars.iter().map(windows).collect();
        Self { blocks, calendars, day, years, windows, weeks }
    }

    /// The day.
    pub fn day(&self) -> NaiveDate {
        self.day
    }

    /// The enrolments on roll on the day.
    pub fn on_roll(&self) -> impl Iterator<Item = &'a EnrolmentYear> {
        let day = self.day;
        let year = AcademicYear::of(day);
        let blocks = self.blocks.iter().filter(move |block| Some(block.year()) == year);
        blocks.flat_map(|block| block.members()).filter(move |member| {
            member.first_day <= day && member.last_day.is_none_or(|last| day <= last)
        })
    }

    /// What the engine is told.
    pub fn facts(&self, policy: &Policy, beside: &Beside) -> Facts {
        let until = figures_day(policy, self.day, self.calendars);
        let mut classes: BTreeMap<&str, [Option<Rate>; 5]> = BTreeMap::new();
        let mut pupils = Vec::new();
        for member in self.on_roll() {
            let class = class_on(member, self.day).and_then(|class| beside.classes.get(&class));
            let pupil = self.pupil(policy, member, until, beside, class.cloned());
            if let Some(class) = class {
                let sums = classes.entry(class).or_default();
                let Rates { week, fortnight, half_term, term, year } = pupil.rates;
                let rates = [week, fortnight, half_term, term, year];
                for (sum, rate) in sums.iter_mut().zip(rates) {
                    *sum = pooled([*sum, rate].into_iter().flatten());
                }
            }
            // About who has died nothing is asked, alone or with the family.
            if !beside.died.contains(&member.pupil_id()) {
                pupils.push(pupil);
            }
        }
        let class = |(name, [week, fortnight, half_term, term, year]): (&str, [_; 5])| Class {
            name: name.to_owned(),
            rates: Rates { week, fortnight, half_term, term, year },
        };
        Facts {
            pupils,
            classes: classes.into_iter().map(class).collect(),
            silent_teachers: beside.silent.clone(),
        }
    }

    fn pupil(
        &self,
        policy: &Policy,
        member: &EnrolmentYear,
        until: NaiveDate,
        beside: &Beside,
        teacher: Option<String>,
    ) -> Pupil {
        let rates = |until| self.rates(member.enrolment_id(), until);
        let whose = Whose {
            enrolment: member.enrolment_id(),
            before: beside.elsewhere.get(&member.pupil_id()).map_or(&[], Vec::as_slice),
        };
        let case = beside.cases.get(&member.pupil_id()).cloned();
        let ends = case.as_ref().and_then(|case| case.figure).and_then(|figure| figure.ends);
        let decided = case.as_ref().map(|case| case.since).or(beside.previous);
        let before = ends.map(|ends| ends.day).or(decided);
        let last = before.and_then(|day| rates(day).over(policy.over));
        let since = before.and_then(|day| self.since(whose, (day, ends), until));
        let letter = case.as_ref().and_then(|case| case.letters.last());
        let since_letter = letter.and_then(|sent| {
            let ends = sent.figure.and_then(|figure| figure.ends);
            let day = ends.map_or(sent.day, |ends| ends.day);
            self.since(whose, (day, ends), until)
        });
        let target =
            case.as_ref().and_then(|case| case.target).filter(|target| target.to <= self.day);
        let (recent, earlier) = self.weeks(member.enrolment_id(), until);
        Pupil {
            id: i64::from(member.pupil),
            teacher,
            rates: rates(until),
            ends: Some(FigureEnd::of(until, self.rate(member.enrolment_id(), until, until))),
            last,
            last_band: last.and_then(|rate| Some(policy.bands.as_ref()?.of(rate).name.clone())),
            band_since: self.band_since(policy, member.enrolment_id(), until, beside.previous),
            since,
            since_letter,
            before: self.before(member.enrolment_id(), until, before),
            counts: self.counts(policy, member.enrolment_id(), until, beside.previous),
            family: beside.families.get(&member.pupil_id()).copied(),
            left: beside.left.get(&member.pupil_id()).cloned(),
            recent,
            earlier,
            target: target.and_then(|target| self.everywhere(whose, target.from, target.to)),
            case,
            tickets: BTreeMap::new(),
            shield: Shield {
                mitigation: beside.mitigations.get(&member.pupil_id()).cloned(),
                letters_stopped: beside.stopped.contains(&member.pupil_id()),
                not_compulsory_age: !domain::is_of_compulsory_age(member.birth_date, self.day),
                unauthorised: self.unauthorised(policy.over, member.enrolment_id(), until),
            },
        }
    }

    /// Over what came after a figure that ended on a day: the days since, and of that day the sessions that were not in
    /// it. Where nobody knows what was in it, the whole day was.
    fn since(
        &self,
        whose: Whose<'_>,
        (day, ends): (NaiveDate, Option<FigureEnd>),
        until: NaiveDate,
    ) -> Option<Rate> {
        let later = self.everywhere(whose, day + DayCount::new(1), until);
        let rest = ends.filter(|_| day <= until);
        let rest = rest.and_then(|then| then.rest(self.everywhere(whose, day, day)));
        pooled(later.into_iter().chain(rest))
    }

    /// Since when a pupil is known to be in the present band: the review before this one found the same band, or this
    /// one is the first to find it. Too few sessions to be judged by are no band. At a school's first review nobody
    /// comes into a band: what it finds is where everybody begins.
    fn band_since(
        &self,
        policy: &Policy,
        enrolment: EnrolmentId,
        until: NaiveDate,
        previous: Option<NaiveDate>,
    ) -> Option<NaiveDate> {
        let few = u64::from(policy.few_sessions);
        let band = |day| {
            let rate = self.rates(enrolment, day).over(policy.over)?;
            let bands = policy.bands.as_ref().filter(|_| rate.whole() >= few)?;
            Some(bands.of(rate).name.clone())
        };
        let (now, previous) = (band(until)?, previous?);
        Some(if band(previous).as_ref() == Some(&now) { previous } else { self.day })
    }

    /// Over the week, fortnight, half term and term before those that a day lies in; the year to date as it stood at the last
    /// decision.
    fn before(&self, enrolment: EnrolmentId, until: NaiveDate, last: Option<NaiveDate>) -> Rates {
        let over = |over| {
            let spans = self.windows.iter().rev().filter_map(|(_, all)| all.get(&over));
            let begun = spans.flat_map(|spans| spans.iter().rev()).filter(|span| span.0 <= until);
            let (from, to) = begun.copied().nth(1)?;
            self.rate(enrolment, from, to)
        };
        Rates {
            week: over(Over::Week),
            fortnight: over(Over::Fortnight),
            half_term: over(Over::HalfTerm),
            term: over(Over::Term),
            year: last.and_then(|day| self.rates(enrolment, day).year),
        }
    }

    /// The rates of a pupil who is on roll, and the days over which they are taken.
    pub fn of_pupil(&self, policy: &Policy, pupil: PupilId) -> Option<PupilRates> {
        let until = figures_day(policy, self.day, self.calendars);
        let member = self.on_roll().find(|member| member.pupil_id() == pupil)?;
        let days = |over| Some((over, self.window(over, until)?));
        let days = Over::ALL.into_iter().filter_map(days).collect();
        Some(PupilRates { rates: self.rates(member.enrolment_id(), until), days })
    }

    /// Sessions of unauthorised absence of a pupil who is on roll, over the days that bands are taken over.
    pub fn unauthorised_of(&self, over: Over, pupil: PupilId) -> u32 {
        let mut enrolments = self.on_roll().filter(|member| member.pupil_id() == pupil);
        enrolments
            .next()
            .map_or(0, |member| self.unauthorised(over, member.enrolment_id(), self.day))
    }

    fn unauthorised(&self, over: Over, enrolment: EnrolmentId, until: NaiveDate) -> u32 {
        let Some((from, to)) = self.window(over, until) else { return 0 };
        let years = self.years.get(&enrolment).into_iter().flatten();
        let sessions: u64 = years.map(|(block, member)| block.unauthorised(member, from, to)).sum();
        u32::try_from(sessions).unwrap_or(u32::MAX)
    }

    /// What the policy's rows count beside attendance: up to a day, and up to the review before in the same days.
    fn counts(
        &self,
        policy: &Policy,
        enrolment: EnrolmentId,
        until: NaiveDate,
        previous: Option<NaiveDate>,
    ) -> BTreeMap<(Count, Over), [u32; 2]> {
        let asked = policy.regular().filter_map(|(_, row)| Some((row.comes_to?.0, row.over)));
        let counted = |(count, over)| {
            let (from, to) = self.window(over, until)?;
            let before = previous.filter(|day| from <= *day);
            let before = before.map_or(0, |day| self.count(count, enrolment, from, day));
            Some(((count, over), [self.count(count, enrolment, from, to), before]))
        };
        asked.filter_map(counted).collect()
    }

    fn count(&self, count: Count, enrolment: EnrolmentId, from: NaiveDate, to: NaiveDate) -> u32 {
        let years = self.years.get(&enrolment).into_iter().flatten();
        let sum: u64 = years
            .map(|(block, member)| match count {
                Count::Late => block.late(member, from, to),
                Count::Unauthorised => block.unauthorised(member, from, to),
                Count::Leave => {
                    let marks = block.marks(member, from, to);
                    let days = marks.filter(|(_, _, mark)| Some(*mark) == *NOT_ALLOWED);
                    days.map(|(date, ..)| date).collect::<BTreeSet<_>>().len() as u64
                }
            })
            .sum();
        u32::try_from(sum).unwrap_or(u32::MAX)
    }

    /// Over the week, fortnight, half term, term and year that a day lies in, up to that day.
    pub fn rates(&self, enrolment: EnrolmentId, until: NaiveDate) -> Rates {
        let over = |over| {
            let (from, to) = self.window(over, until)?;
            self.rate(enrolment, from, to)
        };
        Rates {
            week: over(Over::Week),
            fortnight: over(Over::Fortnight),
            half_term: over(Over::HalfTerm),
            term: over(Over::Term),
            year: over(Over::Year),
        }
    }

    /// The window of a year that a day lies in, or follows, up to that day.
    fn window(&self, over: Over, until: NaiveDate) -> Option<(NaiveDate, NaiveDate)> {
        let (_, all) = self.windows.iter().rfind(|(first_day, _)| *first_day <= until)?;
        let (from, to) = *all.get(&over)?.iter().rfind(|span| span.0 <= until)?;
        Some((from, until.min(to)))
    }

    /// The last 4 school weeks up to a day, and the 4 before them.
    fn weeks(&self, enrolment: EnrolmentId, until: NaiveDate) -> (Option<Rate>, Option<Rate>) {
        let over = |days: Option<Days>| self.rate(enrolment, days?.from, days?.to);
        let [recent, earlier] = self.school_weeks(4, until);
        (over(recent), over(earlier))
    }

    /// The last `weeks` school weeks up to a day, and as many before them.
    pub fn school_weeks(&self, many: usize, until: NaiveDate) -> [Option<Days>; 2] {
        let begun = self.weeks.partition_point(|monday| *monday <= until);
        let back = |weeks_ago: usize| self.weeks.get(begun.checked_sub(weeks_ago)?).copied();
        let recent = back(many).map(|from| Days { from, to: until });
        let earlier = back(2 * many)
            .zip(back(many).and_then(|next| next.pred_opt()))
            .map(|(from, to)| Days { from, to });
        [recent, earlier]
    }

    /// Over any days, with the schools before.
    fn everywhere(&self, whose: Whose<'_>, from: NaiveDate, to: NaiveDate) -> Option<Rate> {
        let before = whose.before.iter().flat_map(|one| {
            one.block.members().filter_map(|member| one.block.attendance(member, from, to))
        });
        pooled(self.rate(whose.enrolment, from, to).into_iter().chain(before))
    }

    /// Over any days, in all years that are known.
    pub fn rate(&self, enrolment: EnrolmentId, from: NaiveDate, to: NaiveDate) -> Option<Rate> {
        let years = self.years.get(&enrolment)?;
        pooled(years.iter().filter_map(|(block, member)| block.attendance(member, from, to)))
    }
}

/// The rates of one pupil, and the days over which each is taken.
pub struct PupilRates {
    /// The rates.
    pub rates: Rates,
    days: Vec<(Over, Span)>,
}

impl PupilRates {
    /// The first and the last day that are counted.
    pub fn days(&self, over: Over) -> Option<(NaiveDate, NaiveDate)> {
        self.days.iter().find(|(one, _)| *one == over).map(|(_, days)| *days)
    }
}

/// Sessions added up; `None` of none.
pub fn pooled(rates: impl Iterator<Item = Rate>) -> Option<Rate> {
    let (part, whole) =
        rates.fold((0, 0), |(part, whole), rate| (part + rate.part(), whole + rate.whole()));
    Rate::of(part, whole)
}

/// The class that an enrolment is in on a day.
fn class_on(member: &EnrolmentYear, day: NaiveDate) -> Option<ClassId> {
    let placed = member.placements.iter().rfind(|placement| placement.from <= day);
    placed.map(|placement| ClassId::new(placement.class))
}

/// The days from the Monday of a day's week to that day: what a review of the same week has asked.
pub fn week_to(day: NaiveDate) -> (NaiveDate, NaiveDate) {
    (day - DayCount::new(u64::from(day.weekday().num_days_from_monday())), day)
}
