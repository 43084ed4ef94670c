//! How a running target stands on a day, counted from the school's blocks and calendars.

use ::analytics::{Block, EnrolmentYear};
use chrono::Days as DayCount;
use domain::policy::{Progress, Target, progress};
use domain::{Calendar, NO_MARK, Percent};

use crate::cases::CaseRow;
use base::prelude::*;
use figures::{Elsewhere, Enrolled, SchoolBlocks};

/// A running target.
#[derive(Debug, Serialize, ToSchema)]
pub struct TargetAnswer {
    /// The case.
    #[schema(example = 205)]
    pub case_id: CaseId,
    /// The school.
    school_id: SchoolId,
    /// The pupil.
    pupil_id: PupilId,
    /// The stage that set it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Stage 2")]
    stage: Option<String>,
    /// The rate to be reached.
    #[schema(value_type = String, example = "96%")]
    target: Percent,
    /// First day, a Monday.
    from: NaiveDate,
    /// Last day.
    to: NaiveDate,
    /// The day as of which it stands so.
    as_of: NaiveDate,
    /// Sessions attended so far.
    attended: u64,
    /// Possible sessions so far.
    possible: u64,
    /// Sessions that are still to come, or have no mark yet.
    remaining: u64,
    /// How it stands.
    standing: TargetStanding,
    /// Sessions that can still be missed.
    #[serde(skip_serializing_if = "Option::is_none")]
    can_miss: Option<u64>,
    /// Sessions by which it is missed even without another absence.
    #[serde(skip_serializing_if = "Option::is_none")]
    short: Option<u64>,
    /// What somebody should know today. It moves nothing: the case waits for the last day.
    #[serde(skip_serializing_if = "Option::is_none")]
    alert: Option<String>,
    /// Weeks without school, over which the target pauses.
    pauses: Vec<Pause>,
    /// Where the pupil came from another school of the trust in that time: the sessions so far at each, as it has them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    schools: Vec<TargetAtSchool>,
    /// What has to be known to read the figures.
    notices: Vec<String>,
}

/// The sessions of a target at one school.
#[derive(Debug, Serialize, ToSchema)]
pub struct TargetAtSchool {
    /// The school.
    #[schema(example = 7)]
    school_id: SchoolId,
    /// Its name.
    #[schema(example = "Larkrise Primary School")]
    school: String,
    /// Sessions attended.
    #[schema(example = 8)]
    attended: u64,
    /// Possible sessions.
    #[schema(example = 8)]
    possible: u64,
}

words! {
    /// How a target stands.
    TargetStanding {
        Kept = "kept": "the rate so far is at the target",
        Reachable = "reachable": "the rate so far is below, and the target can still be reached",
        OutOfReach = "out_of_reach": "even full attendance from here on does not reach it",
        NoFigure = "no_figure": "nothing was possible yet",
        NotKnown = "not_known": "the calendar does not say how many sessions are to come",
    }
}

/// Days without school inside a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Pause {
    /// First day, a Monday.
    from: NaiveDate,
    /// Last day, a Sunday.
    to: NaiveDate,
}

/// What is counted so far, and what is to come.
#[derive(Clone, Copy, Default)]
struct Count {
    attended: u64,
    possible: u64,
    remaining: u64,
    last_day: Option<NaiveDate>,
}

/// The academic years that a target lies in.
pub fn years(target: Target) -> impl Iterator<Item = AcademicYear> {
    let (first, last) = (AcademicYear::of(target.from), AcademicYear::of(target.to));
    first.into_iter().chain(last.filter(|_| first != last))
}

/// What the targets of a school are counted from.
pub struct Ground<'a> {
    /// The school, with its blocks of the targets' years.
    pub school: &'a SchoolBlocks,
    /// Its calendars around today.
    pub calendars: &'a [Calendar],
    /// What pupils whose case goes on from a school before did there.
    pub before: &'a BTreeMap<PupilId, Vec<Elsewhere>>,
    /// The day.
    pub today: NaiveDate,
}

impl Ground<'_> {
    /// How a case's target stands.
    pub fn standing(&self, case: &CaseRow, target: Target) -> TargetAnswer {
        let here = count(case.pupil_id, target, &self.school.blocks, self.calendars, self.today);
        let before = self.before.get(&case.pupil_id).map_or(&[][..], Vec::as_slice);
        let mut schools = at_schools(before, (target.from, target.to.min(self.today)));
        let sum = |of: fn(&TargetAtSchool) -> u64| schools.iter().map(of).sum::<u64>();
        let count = Count {
            attended: here.attended + sum(|one| one.attended),
            possible: here.possible + sum(|one| one.possible),
            ..here
        };
        if !schools.is_empty() {
            schools.push(TargetAtSchool {
                school_id: case.school_id,
                school: self.school.school.name.clone(),
                attended: here.attended,
                possible: here.possible,
            });
        }
        standing(case, target, count, schools, (self.calendars, self.today))
    }
}

/// The sessions at each of the schools before, from one day to another; without those at which nothing was possible.
fn at_schools(before: &[Elsewhere], (from, to): (NaiveDate, NaiveDate)) -> Vec<TargetAtSchool> {
    let mut schools: BTreeMap<SchoolId, TargetAtSchool> = BTreeMap::new();
    for Elsewhere { school_id, school, block } in before {
        for rate in block.members().filter_map(|member| block.attendance(member, from, to)) {
            let (school_id, school) = (*school_id, school.clone());
            let none = TargetAtSchool { school_id, school, attended: 0, possible: 0 };
            let one = schools.entry(school_id).or_insert(none);
            one.attended += rate.part();
            one.possible += rate.whole();
        }
    }
    schools.into_values().collect()
}

fn standing(
    case: &CaseRow,
    target: Target,
    count: Count,
    schools: Vec<TargetAtSchool>,
    (calendars, today): (&[Calendar], NaiveDate),
) -> TargetAnswer {
    let mut notices = Vec::new();
    let ends = calendar_end(calendars).filter(|last| *last + DayCount::new(6) >= target.to);
    if ends.is_none() && today <= target.to {
        notices.push(calendar_notice(calendars, target));
    }
    if let Some(last) = count.last_day.filter(|last| *last < target.to) {
        notices
            .push(format!("The pupil's last day on roll is {last}; nothing is counted after it."));
    }
    let found = progress(target.rate, count.attended, count.possible, count.remaining);
    let (standing, can_miss, short) = match found {
        _ if ends.is_none() && today <= target.to => (TargetStanding::NotKnown, None, None),
        Progress::Kept { spare } => (TargetStanding::Kept, Some(spare), None),
        Progress::Reachable { spare } => (TargetStanding::Reachable, Some(spare), None),
        Progress::OutOfReach { short } => (TargetStanding::OutOfReach, None, Some(short)),
        Progress::NoFigure => (TargetStanding::NoFigure, None, None),
    };
    let can_miss = can_miss.map(|spare| spare.min(count.remaining));
    let alert = short.map(|short| {
        format!(
            "The target of {} is out of reach: even without another absence it is missed by {short} {}. \
             Nothing is sent because of it; the case waits for {}.",
            target.rate,
            if short == 1 { "session" } else { "sessions" },
            target.to,
        )
    });
    TargetAnswer {
        case_id: case.case_id,
        school_id: case.school_id,
        pupil_id: case.pupil_id,
        stage: case.stage.clone(),
        target: target.rate,
        from: target.from,
        to: target.to,
        as_of: today,
        attended: count.attended,
        possible: count.possible,
        remaining: count.remaining,
        standing,
        can_miss,
        short,
        alert,
        pauses: pauses(target, calendars),
        schools,
        notices,
    }
}

/// The last school day that the calendars know of.
fn calendar_end(calendars: &[Calendar]) -> Option<NaiveDate> {
    let last = |calendar: &Calendar| {
        calendar.open_half_days().iter().last().map(|half_day| half_day.date(calendar.year()))
    };
    calendars.iter().filter_map(last).max()
}

fn calendar_notice(calendars: &[Calendar], target: Target) -> String {
    let known = match calendar_end(calendars) {
        Some(last) => format!("The school's calendar ends on {last}"),
        None => "The school has no calendar".to_owned(),
    };
    format!(
        "{known}, before the target's last day, {}: how many sessions are to come is not known. Put the calendar with \
         PUT /v1/schools/{{school_id}}/calendar/{{year}}.",
        target.to
    )
}

/// Marks after today were filled in ahead: they do not count yet.
fn count(
    pupil: PupilId,
    target: Target,
    blocks: &[Arc<Block>],
    calendars: &[Calendar],
    today: NaiveDate,
) -> Count {
    let mut count = Count::default();
    for block in blocks {
        let calendar = calendars.iter().find(|calendar| calendar.year() == block.year());
        for member in block.members().filter(|member| member.pupil_id() == pupil) {
            if let Some(rate) = block.attendance(member, target.from, target.to.min(today)) {
                count.attended += rate.part();
                count.possible += rate.whole();
            }
            if let Some(calendar) = calendar {
                count.remaining += remaining(block, member, target, (calendar, today));
            }
            count.last_day = count.last_day.max(member.last_day.or(Some(NaiveDate::MAX)));
        }
    }
    count
}

/// The sessions of the target for which the pupil is due and that no mark has been counted for.
fn remaining(
    block: &Block,
    member: &EnrolmentYear,
    target: Target,
    (calendar, today): (&Calendar, NaiveDate),
) -> u64 {
    let year = block.year();
    let from = target.from.max(member.first_day).max(year.first_day());
    let to = target.to.min(member.last_day.unwrap_or(NaiveDate::MAX)).min(year.last_day());
    let counted = |half_day: HalfDay| {
        let mark = member.marks.get(half_day.position()).copied().unwrap_or(NO_MARK);
        mark != NO_MARK
            && half_day.date(year) <= today
            && block.last_register().is_some_and(|last| half_day <= last)
    };
    let mut sessions = 0;
    for date in from.iter_days().take_while(|date| *date <= to) {
        let placed = member.placements.iter().rfind(|placement| placement.from <= date);
        let year_group = placed.map(|placement| placement.year_group);
        for session in Session::ALL {
            let open = HalfDay::of(year, date, session).filter(|half_day| !counted(*half_day));
            sessions += u64::from(open.is_some() && calendar.is_due(year_group, date, session));
        }
    }
    sessions
}

/// The weeks of a target in which the school has no session, run together.
fn pauses(target: Target, calendars: &[Calendar]) -> Vec<Pause> {
    let weeks: BTreeSet<NaiveDate> = calendars.iter().flat_map(Calendar::school_weeks).collect();
    let mut pauses: Vec<Pause> = Vec::new();
    let mondays = target.from.iter_days().step_by(7).take_while(|monday| *monday <= target.to);
    for monday in mondays.filter(|monday| !weeks.contains(monday)) {
        let to = monday + DayCount::new(6);
        match pauses.last_mut() {
            Some(last) if last.to + DayCount::new(1) == monday => last.to = to,
            _ => pauses.push(Pause { from: monday, to }),
        }
    }
    pauses
}
