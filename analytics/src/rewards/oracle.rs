//! Who has earned what, reckoned pupil by pupil and half day by half day, straight from what the words mean: the test
//! oracle. It shares with the fast way only the types, and which periods a calendar has.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use domain::{
    Characteristic, CodeTable, Days, HalfDay, NO_MARK, REASON_UNKNOWN, Rate, Session, WindowKind,
};

use super::judge::Reckoned;
use super::period::{Year, judged};
use super::{
    ClassFigure, Eligibility, Gap, GapKind, LeastSessions, PupilFigure, Reach, RowAnswer,
    SchoolEligibility, Stretch, Whom,
};
use crate::{By, EnrolmentYear, SchoolYear, Value};

/// Answers what [`crate::eligibility`] answers, slowly. For tests.
pub fn eligibility_naive(
    codes: &CodeTable,
    schools: &[SchoolYear],
    asked: &Eligibility<'_>,
) -> Vec<SchoolEligibility> {
    let mut pupils: BTreeMap<i32, Vec<Row<'_>>> = BTreeMap::new();
    for (school, enrolment) in
        schools.iter().flat_map(|school| school.enrolments.iter().map(move |one| (school, one)))
    {
        let row = Row { codes, asked, school, enrolment };
        pupils.entry(enrolment.pupil).or_default().push(row);
    }
    let answered = schools.iter().filter(|school| asked.schools.contains(&school.school));
    answered.map(|school| of_school(school, &pupils, asked)).collect()
}

/// What a half day is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Is {
    NoMark,
    Attended,
    Absent,
    LeftOut,
    ReasonUnknown,
}

struct Row<'a> {
    codes: &'a CodeTable,
    asked: &'a Eligibility<'a>,
    school: &'a SchoolYear,
    enrolment: &'a EnrolmentYear,
}

impl Row<'_> {
    fn on_roll(&self, day: NaiveDate) -> bool {
        self.enrolment.first_day <= day && self.enrolment.last_day.is_none_or(|last| day <= last)
    }

    fn class(&self, day: NaiveDate) -> Option<i32> {
        match self.enrolment.value(By::Class, day) {
            Some(Value::Class(class)) => Some(class),
            _ => None,
        }
    }

    /// Which of a pupil's rolls counts on a day: still there, left last, main school, came last.
    fn answers(&self, day: NaiveDate) -> (bool, Option<NaiveDate>, bool, NaiveDate, i32) {
        let registration = By::Characteristic(Characteristic::Registration);
        let second = Value::Characteristic(Characteristic::Registration, 2);
        let there = self.enrolment.last_day.is_none_or(|last| last >= day);
        let left = self.enrolment.last_day.filter(|_| !there);
        let main = self.enrolment.value(registration, day) != Some(second);
        (there, left, main, self.enrolment.first_day, self.enrolment.enrolment)
    }

    /// What a half day is to rewards; `None` where there is no session of the pupil's, or it lies ahead.
    fn is(&self, date: NaiveDate, session: Session) -> Option<Is> {
        let boards = Some(Value::Characteristic(Characteristic::Boarder, 1))
            == self.enrolment.value(By::Characteristic(Characteristic::Boarder), date);
        let year_group = self.enrolment.year_group_on(date);
        let due = self.school.calendar.is_due(year_group, date, session);
        if !due || boards || !self.on_roll(date) || date > self.school.today {
            return None;
        }
        let half_day = HalfDay::of(self.school.calendar.year(), date, session)?;
        let mark = self.enrolment.marks.get(half_day.position()).copied().unwrap_or(NO_MARK);
        if mark == NO_MARK || self.school.cut.is_none_or(|cut| half_day > cut) {
            return Some(Is::NoMark);
        }
        if self.codes.text(mark) == Some(REASON_UNKNOWN) {
            return Some(Is::ReasonUnknown);
        }
        let counts = self.codes.counts(mark, date);
        if !counts.possible() {
            return None;
        }
        let rules = self.asked.rules;
        let own = rules.adjustments.get(&self.enrolment.pupil).into_iter().flatten();
        let adjusted =
            own.filter(|one| one.days.contains(date)).any(|one| one.codes.contains(&mark));
        Some(if adjusted || rules.neutral.contains(&mark) {
            Is::LeftOut
        } else if counts.absent() {
            Is::Absent
        } else {
            Is::Attended
        })
    }
}

/// What a half day comes to on all of a pupil's rolls, with the roll whose it is.
fn resolved<'a, 'b>(
    rows: &'a [Row<'b>],
    date: NaiveDate,
    session: Session,
) -> Option<(&'a Row<'b>, Is)> {
    let found = || rows.iter().filter_map(|row| Some((row, row.is(date, session)?)));
    let sessions = found().filter(|(_, is)| *is != Is::NoMark);
    let session = sessions.max_by_key(|(row, _)| row.answers(date));
    session.or_else(|| found().max_by_key(|(row, _)| row.answers(date)))
}

fn add(sum: &mut Reckoned, is: Is) {
    match is {
        Is::Attended => {
            sum.possible += 1;
            sum.attended += 1;
        }
        Is::Absent => sum.possible += 1,
        Is::LeftOut => sum.left_out += 1,
        Is::NoMark | Is::ReasonUnknown => sum.unknown += 1,
    }
}

fn of_school(
    school: &SchoolYear,
    pupils: &BTreeMap<i32, Vec<Row<'_>>>,
    asked: &Eligibility<'_>,
) -> SchoolEligibility {
    let windows = WindowKind::ALL.map(|kind| school.calendar.windows(kind));
    let year = Year { calendar: &school.calendar, windows: windows.each_ref().map(Vec::as_slice) };
    let judged = judged(&year, asked.rows, asked.ending, asked.rules.cut_off);
    let overs: BTreeSet<(NaiveDate, NaiveDate)> =
        judged.iter().map(|one| (one.over.from, one.over.to)).collect();
    let mut gaps = BTreeSet::new();
    let overs: Vec<(NaiveDate, NaiveDate)> = overs.into_iter().collect();
    let stretches: Vec<Stretch> = overs
        .iter()
        .map(|(from, to)| stretch(school, pupils, Days { from: *from, to: *to }, &mut gaps))
        .collect();
    let answers = judged.into_iter().map(|one| {
        let place =
            overs.iter().position(|over| *over == (one.over.from, one.over.to)).unwrap_or(0);
        let found = stretches.get(place).zip(asked.rows.get(one.row));
        let (earned, held) = found
            .map(|(stretch, row)| match &row.whom {
                Whom::Pupils(ranges) => earning(stretch, asked.rules.least, ranges),
                Whom::BestClass => winning(stretch, asked.rules.least_class),
            })
            .unwrap_or_default();
        RowAnswer { row: one.row, period: one.key, days: one.days, stretch: place, earned, held }
    });
    let answers: Vec<RowAnswer> = answers.collect();
    SchoolEligibility {
        school: school.school,
        stretches,
        answers,
        gaps: gaps.into_iter().collect(),
    }
}

fn stretch(
    school: &SchoolYear,
    pupils: &BTreeMap<i32, Vec<Row<'_>>>,
    days: Days,
    gaps: &mut BTreeSet<Gap>,
) -> Stretch {
    let all = days.from.iter_days().take_while(|day| *day <= days.to);
    let all: Vec<(NaiveDate, Session)> =
        all.flat_map(|day| Session::ALL.map(|session| (day, session))).collect();
    let is_open = |at: &&(NaiveDate, Session)| school.calendar.is_open(at.0, at.1);
    let come: Vec<(NaiveDate, Session)> =
        all.iter().filter(|at| at.0 <= school.today).copied().collect();
    let last = come.iter().rfind(is_open).map(|at| at.0);
    let (mut figures, mut classes) = (Vec::new(), BTreeMap::<i32, ClassFigure>::new());
    let of_class = |class| ClassFigure { class, pupils: 0, reckoned: Reckoned::default() };
    for (pupil, rows) in pupils {
        let there = last.and_then(|last| {
            let there = rows.iter().filter(|row| row.on_roll(last));
            let here = there.max_by_key(|row| row.answers(last))?;
            (here.school.school == school.school).then(|| here.class(last))
        });
        let mut own = Reckoned::default();
        for (date, session) in &come {
            let Some((row, is)) = resolved(rows, *date, *session) else { continue };
            add(&mut own, is);
            let ours = row.school.school == school.school;
            if let Some(class) = row.class(*date).filter(|_| ours) {
                let class = classes.entry(class).or_insert_with(|| of_class(class));
                add(&mut class.reckoned, is);
            }
            let why = match is {
                Is::NoMark => GapKind::NoMark,
                Is::ReasonUnknown => GapKind::ReasonUnknown,
                Is::Attended | Is::Absent | Is::LeftOut => continue,
            };
            let half_day = HalfDay::of(school.calendar.year(), *date, *session);
            if let Some(half_day) = half_day.filter(|_| ours || there.is_some()) {
                let (school, class) = (row.school.school, row.class(*date));
                gaps.insert(Gap { pupil: *pupil, half_day, school, class, why });
            }
        }
        if let Some(class) = there {
            figures.push(PupilFigure { pupil: *pupil, class, reckoned: own });
            if let Some(class) = class {
                classes.entry(class).or_insert_with(|| of_class(class)).pupils += 1;
            }
        }
    }
    Stretch {
        days,
        last,
        over: all.iter().filter(is_open).all(|at| at.0 <= school.today),
        sessions: u32::try_from(come.iter().filter(is_open).count()).unwrap_or(u32::MAX),
        pupils: figures,
        classes: classes.into_values().collect(),
    }
}

/// Who reaches a rate, and who would if all that is not known were for the best.
fn earning(stretch: &Stretch, least: LeastSessions, ranges: &[Reach]) -> (Vec<i32>, Vec<i32>) {
    let (mut earned, mut held) = (Vec::new(), Vec::new());
    for PupilFigure { pupil, reckoned, .. } in &stretch.pupils {
        let all = reckoned.possible + reckoned.unknown;
        let enough_of = |sessions: u32| match least {
            LeastSessions::Sessions(least) => sessions >= least,
            LeastSessions::Part { of, whole } => sessions * whole >= stretch.sessions * of,
        };
        let enough = enough_of(all);
        let low = Rate::of(reckoned.attended.into(), all.into());
        let high = Rate::of((reckoned.attended + reckoned.unknown).into(), all.into());
        let Some((low, high)) = low.zip(high).filter(|_| enough) else { continue };
        let within = |range: &Reach| {
            high.at_least(range.at_least) && range.below.is_none_or(|below| low.below(below))
        };
        let surely = |range: &Reach| {
            low.at_least(range.at_least) && range.below.is_none_or(|below| high.below(below))
        };
        if ranges.iter().any(within) {
            let certain = ranges.iter().any(surely) && enough_of(reckoned.possible);
            if certain { earned.push(*pupil) } else { held.push(*pupil) }
        }
    }
    (earned, held)
}

/// The classes that nobody can be better than, if that is known.
fn winning(stretch: &Stretch, least: u32) -> (Vec<i32>, Vec<i32>) {
    let large: Vec<&ClassFigure> =
        stretch.classes.iter().filter(|class| class.pupils >= least).collect();
    let high = |class: &ClassFigure| {
        let Reckoned { attended, possible, unknown, .. } = class.reckoned;
        Rate::of((attended + unknown).into(), (possible + unknown).into())
    };
    let known = large.iter().filter(|class| class.reckoned.unknown == 0);
    let top = known.filter_map(|class| high(class)).max();
    let best: Vec<&&ClassFigure> =
        large.iter().filter(|class| high(class).is_some() && high(class) >= top).collect();
    let names = |open: bool| {
        let some = best.iter().filter(move |class| (class.reckoned.unknown > 0) == open);
        some.map(|class| class.class).collect::<Vec<i32>>()
    };
    let held = names(true);
    if held.is_empty() { (names(false), held) } else { (Vec::new(), held) }
}
