//! What a policy's engine is told about a school's pupils on a day, counted from the blocks.

use crate::Enrolled;
use ::analytics::{Block, EnrolmentYear};
use base::prelude::*;
use chrono::{Datelike, Days as DayCount};
use domain::policy::word::Over;
use domain::policy::{Case, Class, Facts, Policy, Pupil, Rates, Shield, figures_day};
use domain::{Calendar, Days, Rate, WindowKind};

/// What is known apart from the marks.
#[derive(Clone, Default)]
pub struct Beside {
    /// The open cases, by pupil.
    pub cases: BTreeMap<PupilId, Case>,
    /// Pupils about whom no letter may leave.
    pub stopped: BTreeSet<PupilId>,
    /// Accepted reasons, by pupil.
    pub mitigations: BTreeMap<PupilId, String>,
    /// Tickets held this term, by pupil and name.
    pub tickets: BTreeMap<PupilId, BTreeMap<String, u32>>,
    /// Names of classes.
    pub classes: BTreeMap<ClassId, String>,
    /// Classes whose teachers were asked for feedback and have not given it.
    pub silent: Vec<String>,
    /// The day of the school's review before this one.
    pub previous: Option<NaiveDate>,
}

/// A school's pupils on a day.
pub struct Figures<'a> {
    blocks: &'a [Arc<Block>],
    calendars: &'a [Calendar],
    day: NaiveDate,
    /// By enrolment: its year in each block.
    years: BTreeMap<EnrolmentId, Vec<(&'a Block, &'a EnrolmentYear)>>,
    /// The windows of each calendar, in order: every pupil is counted over the same.
    windows: Vec<(NaiveDate, BTreeMap<WindowKind, Vec<Span>>)>,
    /// The Mondays of the school weeks up to the day.
    weeks: Vec<NaiveDate>,
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
        let kinds =
            [WindowKind::Week, WindowKind::HalfTerm, WindowKind::Term, WindowKind::YearToDate];
        let spans = |calendar: &Calendar, kind| {
            calendar.windows(kind).iter().map(|window| (window.from, window.to)).collect()
        };
        let windows = |calendar: &Calendar| {
            let of_kinds = kinds.map(|kind| (kind, spans(calendar, kind)));
            (calendar.year().first_day(), of_kinds.into_iter().collect())
        };
        let weeks = calendars.iter().flat_map(Calendar::school_weeks);
        let mut weeks: Vec<NaiveDate> = weeks.filter(|monday| *monday <= day).collect();
        weeks.dedup();
        let windows = calendars.iter().map(windows).collect();
        Self { blocks, calendars, day, years, windows, weeks }
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
        let mut classes: BTreeMap<&str, [Option<Rate>; 4]> = BTreeMap::new();
        let mut pupils = Vec::new();
        for member in self.on_roll() {
            let class = class_on(member, self.day).and_then(|class| beside.classes.get(&class));
            let pupil = self.pupil(policy, member, until, beside, class.cloned());
            if let Some(class) = class {
                let sums = classes.entry(class).or_default();
                let Rates { week, half_term, term, year } = pupil.rates;
                for (sum, rate) in sums.iter_mut().zip([week, half_term, term, year]) {
                    *sum = pooled([*sum, rate].into_iter().flatten());
                }
            }
            pupils.push(pupil);
        }
        let class = |(name, [week, half_term, term, year]): (&str, [_; 4])| Class {
            name: name.to_owned(),
            rates: Rates { week, half_term, term, year },
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
        let case = beside.cases.get(&member.pupil_id()).cloned();
        let before = case.as_ref().map(|case| case.since).or(beside.previous);
        let last = before.and_then(|day| rates(day).over(policy.over));
        let after = |day: NaiveDate| day + DayCount::new(1);
        let since = before.and_then(|day| self.rate(member.enrolment_id(), after(day), until));
        let letter = case.as_ref().and_then(|case| case.letters.last()).map(|sent| sent.day);
        let since_letter =
            letter.and_then(|day| self.rate(member.enrolment_id(), after(day), until));
        let target =
            case.as_ref().and_then(|case| case.target).filter(|target| target.to <= self.day);
        let (recent, earlier) = self.weeks(member.enrolment_id(), until);
        Pupil {
            id: i64::from(member.pupil),
            teacher,
            rates: rates(until),
            last,
            last_band: last.and_then(|rate| Some(policy.bands.as_ref()?.of(rate).name.clone())),
            band_since: self.band_since(policy, member.enrolment_id(), until, beside.previous),
            since,
            since_letter,
            before: self.before(member.enrolment_id(), until, before),
            recent,
            earlier,
            target: target
                .and_then(|target| self.rate(member.enrolment_id(), target.from, target.to)),
            case,
            tickets: beside.tickets.get(&member.pupil_id()).cloned().unwrap_or_default(),
            shield: Shield {
                mitigation: beside.mitigations.get(&member.pupil_id()).cloned(),
                letters_stopped: beside.stopped.contains(&member.pupil_id()),
                not_compulsory_age: !domain::is_of_compulsory_age(member.birth_date, self.day),
                unauthorised: self.unauthorised(policy.over, member.enrolment_id(), until),
            },
        }
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

    /// Over the week, half term and term before those that a day lies in; the year to date as it stood at the last
    /// decision.
    fn before(&self, enrolment: EnrolmentId, until: NaiveDate, last: Option<NaiveDate>) -> Rates {
        let over = |kind| {
            let spans = self.windows.iter().rev().filter_map(|(_, kinds)| kinds.get(&kind));
            let begun = spans.flat_map(|spans| spans.iter().rev()).filter(|span| span.0 <= until);
            let (from, to) = begun.copied().nth(1)?;
            self.rate(enrolment, from, to)
        };
        Rates {
            week: over(WindowKind::Week),
            half_term: over(WindowKind::HalfTerm),
            term: over(WindowKind::Term),
            year: last.and_then(|day| self.rates(enrolment, day).year),
        }
    }

    /// The rates of a pupil who is on roll, and the days over which a policy takes them.
    pub fn of_pupil(
        &self,
        policy: &Policy,
        pupil: PupilId,
    ) -> Option<(Rates, (NaiveDate, NaiveDate))> {
        let until = figures_day(policy, self.day, self.calendars);
        let member = self.on_roll().find(|member| member.pupil_id() == pupil)?;
        let days = self.window(window_of(policy.over), until)?;
        Some((self.rates(member.enrolment_id(), until), days))
    }

    /// Sessions of unauthorised absence of a pupil who is on roll, over the days that bands are taken over.
    pub fn unauthorised_of(&self, over: Over, pupil: PupilId) -> u32 {
        let mut enrolments = self.on_roll().filter(|member| member.pupil_id() == pupil);
        enrolments
            .next()
            .map_or(0, |member| self.unauthorised(over, member.enrolment_id(), self.day))
    }

    fn unauthorised(&self, over: Over, enrolment: EnrolmentId, until: NaiveDate) -> u32 {
        let Some((from, to)) = self.window(window_of(over), until) else { return 0 };
        let years = self.years.get(&enrolment).into_iter().flatten();
        let sessions: u64 = years.map(|(block, member)| block.unauthorised(member, from, to)).sum();
        u32::try_from(sessions).unwrap_or(u32::MAX)
    }

    /// Over the week, half term, term and year that a day lies in, up to that day.
    pub fn rates(&self, enrolment: EnrolmentId, until: NaiveDate) -> Rates {
        let over = |kind| {
            let (from, to) = self.window(kind, until)?;
            self.rate(enrolment, from, to)
        };
        Rates {
            week: over(WindowKind::Week),
            half_term: over(WindowKind::HalfTerm),
            term: over(WindowKind::Term),
            year: over(WindowKind::YearToDate),
        }
    }

    /// The window of a year that a day lies in, or follows, up to that day.
    fn window(&self, kind: WindowKind, until: NaiveDate) -> Option<(NaiveDate, NaiveDate)> {
        let (_, kinds) = self.windows.iter().rfind(|(first_day, _)| *first_day <= until)?;
        let (from, to) = *kinds.get(&kind)?.iter().rfind(|span| span.0 <= until)?;
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

    /// Over any days, in all years that are known.
    pub fn rate(&self, enrolment: EnrolmentId, from: NaiveDate, to: NaiveDate) -> Option<Rate> {
        let years = self.years.get(&enrolment)?;
        pooled(years.iter().filter_map(|(block, member)| block.attendance(member, from, to)))
    }
}

fn window_of(over: Over) -> WindowKind {
    match over {
        Over::Week => WindowKind::Week,
        Over::HalfTerm => WindowKind::HalfTerm,
        Over::Term => WindowKind::Term,
        Over::Year => WindowKind::YearToDate,
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
