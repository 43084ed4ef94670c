//! Who is missing on a day, with everything that is known about it: what the policy's engine is told, and what it
//! wants.

use chrono::Months;
use domain::policy::word::Over;
use domain::policy::{
    Absentee, Body, Decision, Policy, Priority, first_day, spans_of, urgency, visits_on,
};
use domain::{
    Calendar, Characteristic, CodeTable, NO_REASON_ACCEPTED, REASON_UNKNOWN, Rate, persistent,
};

use super::attempt::AttemptKind;
use super::leave::{self, Leave};
use super::rows::{self, ContactAttempt, ReportedAbsence};
use super::span::Span;
use super::spell::{Sessions, Spell, Whereabouts, is_missing, sessions, spell, whereabouts};
use base::prelude::*;
use casework::letters;
use marks::{self, DayMarks};
use roll::pupils::{self, OnRoll, PupilRow};
use school::calendars;
use school::policies::{self, Follows, Part};
use school::tenants::{self, SchoolRow};

/// What the day's list looks at: who is protected, and who boards.
const KINDS: [Characteristic; 4] = [
    Characteristic::ChildInNeed,
    Characteristic::LookedAfter,
    Characteristic::Sen,
    Characteristic::Boarder,
];

/// Characteristics of enrolments: the kind's name and the value.
type Known = BTreeMap<EnrolmentId, Vec<(String, String)>>;

/// A school's day.
pub(super) struct Day<'a> {
    pub school: SchoolRow,
    pub date: NaiveDate,
    pub calendar: Calendar,
    pub follows: Option<Follows>,
    pub roll: Vec<OnRollToday>,
    known: Known,
    codes: &'a CodeTable,
}

/// Somebody on the roll, with the marks of the day.
pub(super) struct OnRollToday {
    pub on: OnRoll,
    pub marks: DayMarks,
    pub boards: bool,
}

/// Somebody who is missing.
pub(super) struct Absence {
    pub pupil: PupilRow,
    pub on: OnRoll,
    pub marks: DayMarks,
    pub since_morning: bool,
    pub spell: Spell,
    pub sessions: Sessions,
    pub priorities: Vec<Priority>,
    pub report: Option<ReportedAbsence>,
    pub leave: Option<Leave>,
    /// Since the absence began.
    pub attempts: Vec<ContactAttempt>,
    pub told: Absentee,
    pub wants: Vec<Decision>,
    /// On which day of the absence the policy has the home visited.
    pub policy_visits_on: Option<u32>,
}

/// What is known beside the marks, of all who are missing.
struct Beside {
    people: BTreeMap<PupilId, PupilRow>,
    years: BTreeMap<EnrolmentId, Vec<u8>>,
    spells: BTreeMap<EnrolmentId, Spell>,
    reports: Vec<ReportedAbsence>,
    leave: Vec<Leave>,
    attempts: Vec<ContactAttempt>,
}

impl<'a> Day<'a> {
    /// Reads a school's day: everybody on roll, or these pupils. Errors: 404; a school without a calendar for the year.
    pub fn read(
        tx: &mut Tx,
        codes: &'a CodeTable,
        (school_id, date): (SchoolId, NaiveDate),
        pupils: Option<&[PupilId]>,
    ) -> Result<Self> {
        let school = tenants::school(tx, school_id)?;
        let year = AcademicYear::of(date).ok_or_else(Problem::not_found)?;
        let calendar = calendars::of_year(tx, school_id, year)?;
        let follows = policies::assigned(tx, school_id, Part::Pathway, date)?;
        let mut roll = pupils::on_roll(tx, Some(school_id), date, pupils)?;
        let ids: Vec<PupilId> = roll.iter().map(|on| on.pupil_id).collect();
        let died = letters::died(tx, &ids)?;
        roll.retain(|on| !died.contains(&on.pupil_id));
        let some: Option<Vec<EnrolmentId>> =
            pupils.map(|_| roll.iter().map(|on| on.enrolment_id).collect());
        let marks = marks::marks_on(tx, &[school_id], date, some.as_deref())?;
        let mut known = Known::new();
        for row in pupils::characteristics_on(tx, school_id, &KINDS, date)? {
            known.entry(row.enrolment_id).or_default().push((row.kind, row.value));
        }
        let standing = |on: OnRoll| OnRollToday {
            marks: marks.get(&on.enrolment_id).copied().unwrap_or_default(),
            boards: holds(&known, on.enrolment_id, Characteristic::Boarder),
            on,
        };
        let roll = roll.into_iter().map(standing).collect();
        Ok(Self { school, date, calendar, follows, roll, known, codes })
    }

    /// The policy that the school follows, if it follows one.
    pub fn policy(&self) -> Option<&Policy> {
        self.follows.as_ref().map(|follows| &follows.policy)
    }

    /// Everybody who is missing, the most urgent first.
    pub fn absences(&self, tx: &mut Tx) -> Result<Vec<Absence>> {
        let missing: Vec<(&OnRollToday, Whereabouts)> = self
            .roll
            .iter()
            .map(|one| (one, whereabouts(one.marks, self.date, self.codes)))
            .filter(|(_, whereabouts)| *whereabouts != Whereabouts::NotMissing)
            .collect();
        let mut beside = self.beside(tx, &missing)?;
        let mut absences: Vec<Absence> = missing
            .into_iter()
            .filter_map(|(one, whereabouts)| self.absence(one, whereabouts, &mut beside))
            .collect();
        absences.sort_by_cached_key(|absence| urgency(&absence.told));
        Ok(absences)
    }

    fn beside(&self, tx: &mut Tx, missing: &[(&OnRollToday, Whereabouts)]) -> Result<Beside> {
        let school_id = self.school.school_id;
        let year = self.calendar.year();
        let ids: Vec<PupilId> = missing.iter().map(|(one, _)| one.on.pupil_id).collect();
        let enrolments: Vec<EnrolmentId> =
            missing.iter().map(|(one, _)| one.on.enrolment_id).collect();
        let years = marks::marks_of(tx, school_id, year.number(), &enrolments)?;
        let spells = missing.iter().filter_map(|(one, _)| {
            let marks = years.get(&one.on.enrolment_id)?;
            let last = self.last_missed(one.marks)?;
            Some((one.on.enrolment_id, spell(marks, year, last, self.codes)))
        });
        let spells: BTreeMap<EnrolmentId, Spell> = spells.collect();
        let since = spells.values().map(|spell| spell.since).min().unwrap_or(self.date);
        let days = Span { from: since, to: self.date };
        let people = pupils::in_order(tx, &ids)?.into_iter().map(|row| (row.pupil_id, row));
        Ok(Beside {
            people: people.collect(),
            spells,
            reports: rows::reports(tx, school_id, days)?,
            leave: leave::on_day(tx, school_id, self.date)?,
            attempts: rows::attempts(tx, school_id, days, &ids)?,
            years,
        })
    }

    /// The last half day of the date on which somebody with these marks was missing.
    fn last_missed(&self, marks: DayMarks) -> Option<HalfDay> {
        let missed = |mark: u8| is_missing(self.codes.counts(mark, self.date));
        let sessions = Session::ALL.into_iter().zip(marks).rev();
        let (session, _) = sessions.into_iter().find(|(_, mark)| missed(*mark))?;
        HalfDay::of(self.calendar.year(), self.date, session)
    }

    fn absence(
        &self,
        one: &OnRollToday,
        whereabouts: Whereabouts,
        beside: &mut Beside,
    ) -> Option<Absence> {
        let (pupil_id, enrolment_id) = (one.on.pupil_id, one.on.enrolment_id);
        let pupil = beside.people.get(&pupil_id)?.clone();
        let marks = beside.years.remove(&enrolment_id)?;
        let spell = *beside.spells.get(&enrolment_id)?;
        let about = |report: &&ReportedAbsence| {
            report.pupil_id == pupil_id && spell.since <= report.last_day
        };
        let reports: Vec<&ReportedAbsence> = beside.reports.iter().filter(about).collect();
        let covers = |report: &&ReportedAbsence| {
            report.first_day <= self.date && self.date <= report.last_day
        };
        let report = reports.iter().copied().rfind(covers).cloned();
        let leave = beside.leave.iter().rfind(|leave| leave.request.pupil_id == pupil_id).cloned();
        let attempts: Vec<ContactAttempt> = beside
            .attempts
            .iter()
            .filter(|attempt| attempt.pupil_id == pupil_id && spell.since <= attempt.day)
            .cloned()
            .collect();
        let reached = attempts.iter().any(|attempt| attempt.reached) || !reports.is_empty();
        let sessions = self.sessions(&marks, one, Over::Year);
        let gone = whereabouts == Whereabouts::MissingSinceMorning;
        let priorities = self.priorities(one, &pupil, gone);
        let agreed = attempts.iter().filter_map(|attempt| attempt.no_call_until).next_back();
        let accounts = |one: &ContactAttempt| one.day == self.date && one.accounts_for;
        let reason = self.reason(one.marks, report.as_ref(), leave.as_ref());
        let told = Absentee {
            id: i64::from(pupil_id.number()),
            band: self.band(&marks, one),
            unanswered: self.unanswered(&attempts),
            day: spell.day,
            no_contact: reason.is_none() && !reached,
            reported: reason,
            no_call_until: agreed,
            priority: priorities.first().copied(),
            persistent: persistent(sessions.absent, sessions.possible),
            accounted: attempts.iter().any(accounts)
                || agreed.is_some_and(|until| self.date < until),
            uncoded: self.missed_codes(one.marks).any(|code| code == REASON_UNKNOWN),
        };
        let concern = attempts.iter().any(|attempt| attempt.concern);
        let policy_visits_on = self.policy().and_then(|policy| visits_on(policy, &told, concern));
        let wants =
            self.policy().map(|policy| first_day(policy, std::slice::from_ref(&told), self.date));
        Some(Absence {
            pupil,
            on: one.on.clone(),
            marks: one.marks,
            since_morning: gone,
            spell,
            sessions,
            priorities,
            report,
            leave,
            attempts,
            told,
            wants: wants.unwrap_or_default(),
            policy_visits_on,
        })
    }

    /// The codes of the half days of the date that a pupil with these marks missed.
    fn missed_codes(&self, marks: DayMarks) -> impl Iterator<Item = &str> {
        let missed = move |mark: &u8| is_missing(self.codes.counts(*mark, self.date));
        marks.into_iter().filter(missed).filter_map(|mark| self.codes.text(mark))
    }

    /// Why the pupil is away: what was reported, or the leave that was granted; or else the meaning of the code, unless
    /// the code says no more than that the pupil is absent.
    fn reason(
        &self,
        marks: DayMarks,
        report: Option<&ReportedAbsence>,
        leave: Option<&Leave>,
    ) -> Option<String> {
        let granted = leave.and_then(|leave| {
            let code = leave.decision.as_ref()?.code.as_ref()?;
            Some(format!("leave was granted ({code}): {}", leave.request.reason))
        });
        let told = report.map(|report| report.reason.clone()).or(granted);
        told.or_else(|| {
            let missed = |mark: &u8| is_missing(self.codes.counts(*mark, self.date));
            let missed: Vec<u8> = marks.into_iter().filter(missed).collect();
            if self
                .missed_codes(marks)
                .any(|code| [REASON_UNKNOWN, NO_REASON_ACCEPTED].contains(&code))
            {
                return None;
            }
            let first = *missed.first()?;
            let holds = |period: &&domain::CodePeriod| {
                period.number.get() == first && period.contains(self.date)
            };
            self.codes.periods().find(holds).map(|period| period.meaning.clone())
        })
    }

    /// Whether a call of the day was not answered, and nobody was reached: where the policy addresses every parent,
    /// whether one of them was called without success.
    fn unanswered(&self, attempts: &[ContactAttempt]) -> bool {
        let today: Vec<&ContactAttempt> =
            attempts.iter().filter(|attempt| attempt.day == self.date).collect();
        let reached: BTreeSet<Option<ParentId>> =
            today.iter().filter(|attempt| attempt.reached).map(|one| one.parent_id).collect();
        let mut in_vain = today
            .iter()
            .filter(|one| one.kind == AttemptKind::Call && !reached.contains(&one.parent_id));
        in_vain.next().is_some() && (reached.is_empty() || self.policy().is_some_and(every_parent))
    }

    /// Why the pupil is looked for before others, the most urgent first.
    fn priorities(&self, one: &OnRollToday, pupil: &PupilRow, gone: bool) -> Vec<Priority> {
        let holds = |kind| holds(&self.known, one.on.enrolment_id, kind);
        let five = pupil.birth_date.checked_add_months(Months::new(5 * 12));
        let all = [
            (Priority::ChildProtection, holds(Characteristic::ChildInNeed)),
            (Priority::InCare, holds(Characteristic::LookedAfter)),
            (Priority::SpecialNeeds, holds(Characteristic::Sen)),
            (Priority::UnderFive, five.is_some_and(|five| self.date < five)),
            (Priority::SeenToday, gone),
        ];
        all.into_iter().filter(|(_, holds)| *holds).map(|(why, _)| why).collect()
    }

    /// The band over the days that the policy takes bands over, up to and with this day.
    fn band(&self, marks: &[u8], one: &OnRollToday) -> Option<String> {
        let policy = self.policy()?;
        let Sessions { absent, possible } = self.sessions(marks, one, policy.over);
        let rate = Rate::attended(u64::from(absent), u64::from(possible))?;
        Some(policy.bands.as_ref()?.of(rate).name.clone())
    }

    /// The sessions of the window that the day lies in, up to and with this day, since the pupil came.
    fn sessions(&self, marks: &[u8], one: &OnRollToday, over: Over) -> Sessions {
        let spans = spans_of(over, &self.calendar);
        let Some(window) = spans.iter().rfind(|days| days.from <= self.date) else {
            return Sessions::default();
        };
        let days = Span { from: window.from.max(one.on.first_day), to: self.date };
        sessions(marks, &self.calendar, days, self.codes)
    }

    /// The time of day of an instant by the school's clock, as far as it lies on this day: before it, the day's first
    /// moment, and after it, the last. Errors: a time zone that this program does not know.
    pub fn time(&self, instant: DateTime<Utc>) -> Result<chrono::NaiveTime> {
        let wall = self.school.wall(instant)?;
        Ok(match wall.date().cmp(&self.date) {
            std::cmp::Ordering::Less => chrono::NaiveTime::MIN,
            std::cmp::Ordering::Equal => wall.time(),
            std::cmp::Ordering::Greater => {
                chrono::NaiveTime::from_hms_opt(23, 59, 59).unwrap_or_default()
            }
        })
    }

    /// The instant of a time of day in the school's time zone. Errors: a time zone that this program does not know.
    pub fn at(&self, time: chrono::NaiveTime) -> Result<Option<DateTime<Utc>>> {
        self.school.instant(self.date.and_time(time))
    }
}

/// Whether a characteristic holds: any value but the kind's first.
fn holds(known: &Known, enrolment_id: EnrolmentId, kind: Characteristic) -> bool {
    let none = kind.values().first().map(|value| value.name);
    let of = known.get(&enrolment_id).into_iter().flatten();
    of.filter(|(name, _)| name == kind.text()).any(|(_, value)| Some(value.as_str()) != none)
}

/// Whether a policy wants every parent contacted about an absence.
pub(super) fn every_parent(policy: &Policy) -> bool {
    let daily = policy.rows.iter().filter(|row| matches!(row.body, Body::Daily(_)));
    let mut actions = daily.flat_map(|row| row.body.actions());
    actions.any(|action| action.to.as_deref() == Some(EVERY_PARENT))
}

/// As a policy says it.
pub(super) const EVERY_PARENT: &str = "every parent";
