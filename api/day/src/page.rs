//! The day's list as it goes over the wire.

use domain::CodeTable;
use domain::policy::{Question, question};

use super::absences::{Absence, Day};
use super::decisions::{self, DecidedSearch};
use super::leave::{self, Leave};
use super::registers::{SessionRegisters, registers};
use super::rows::{self, ContactAttempt, ReportedAbsence};
use super::search::{SearchGround, search};
use super::siblings::{Sibling, siblings};
use super::span::Span;
use super::to_do::{DayAction, before, code, wanted};
use base::prelude::*;
use domain::missing_child::ContactTimes;
use marks::Header;
use roll::parents::{
    self, Link, ParentOf, ParentRow, SchoolToAsk, parents_of, schools_of_siblings,
};
use roll::pupils::{self, PupilFlag};
use school::{calendars, tenants};

/// Who is missing on a day, and what is to be done about it.
#[derive(Serialize, ToSchema)]
pub struct ContactsPage {
    /// The school.
    #[schema(example = 7)]
    school_id: SchoolId,
    /// The day.
    date: NaiveDate,
    /// The instant as of which everything is known (UTC).
    as_of: DateTime<Utc>,
    /// The policy that the school follows that day; absent when it follows none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "one-page")]
    policy: Option<String>,
    /// Those missing since the day began, the most urgent first: without a reason, then those whose reason may need a
    /// question, then the rest; among each the protected and the youngest, those whom nobody has reached, and
    /// persistent absentees first.
    missing: Vec<MissingPupil>,
    /// Those who were here in the morning and are missing in the afternoon, in the same order.
    missing_since_morning: Vec<MissingPupil>,
    /// Absences of the day that were reported, whether or not a register says so already.
    reported: Vec<ReportedAbsence>,
    /// Leave for the day that was asked for, and what became of it.
    leave: Vec<Leave>,
    /// The registers of the morning and of the afternoon.
    registers: Vec<SessionRegisters>,
}

/// A pupil who is missing.
#[derive(Serialize, ToSchema)]
pub struct MissingPupil {
    /// The pupil.
    #[schema(example = 4711)]
    pupil_id: PupilId,
    /// Legal surname.
    surname: String,
    /// Legal forename.
    forename: String,
    /// The class.
    #[schema(example = 31)]
    class_id: ClassId,
    /// The year group.
    #[schema(example = 6)]
    year_group: i16,
    /// The code of the morning; `null` while there is no mark.
    am: Option<String>,
    /// The code of the afternoon; `null` while there is no mark.
    pm: Option<String>,
    /// What is still to be asked.
    question: words::AbsenceQuestion,
    /// What open cases ask of whoever codes the absence, such as medical evidence.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    flags: Vec<PupilFlag>,
    /// Why the pupil comes before others.
    priority: Vec<words::AbsencePriority>,
    /// Whether the pupil misses 10% or more of possible sessions this year.
    persistent: bool,
    /// Sessions missed this year, up to and with this day.
    sessions_absent: u32,
    /// Possible sessions this year, up to and with this day.
    sessions_possible: u32,
    /// The day on which this absence began.
    since: NaiveDate,
    /// Which day of the absence this is, from 1.
    day_of_absence: u32,
    /// Why, as far as it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// Who reported it.
    #[serde(skip_serializing_if = "Option::is_none")]
    report: Option<ReportedAbsence>,
    /// Leave that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    leave: Option<Leave>,
    /// By when somebody is to have asked why (UTC); absent when nothing is to be asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    due_at: Option<DateTime<Utc>>,
    /// Whether that moment has passed and something is still to be done.
    overdue: bool,
    /// It was agreed that nobody calls until this day.
    #[serde(skip_serializing_if = "Option::is_none")]
    no_call_until: Option<NaiveDate>,
    /// Whether a responsible adult has accounted for the child today: a parent reported the absence, leave was granted, a
    /// code says why, or somebody who was reached said where the child is.
    accounted_for: bool,
    /// Every parent who may be contacted, in the order in which they are called, and then those who are rung beside them.
    parents: Vec<ParentToContact>,
    /// Nobody may be contacted without asking whoever leads on safeguarding.
    ask_first: bool,
    /// Those who are not to be contacted. Only for those who may see what a court has ordered.
    #[serde(skip_serializing_if = "Option::is_none")]
    not_to_be_contacted: Option<Vec<ParentRow>>,
    /// Brothers and sisters who are missing too: one call for all.
    siblings: Vec<Sibling>,
    /// What was tried today, in order; with a parent who is not to be contacted only for those who may see that.
    attempts: Vec<ContactAttempt>,
    /// What the safeguarding lead decided today, in order.
    decisions: Vec<DecidedSearch>,
    /// What is to be done: first what finds the child, in order, and the code to be chosen; then what the school's policy
    /// wants on top, in its order.
    to_do: Vec<DayAction>,
    /// What is to be done next: the first that is not done, that a person need not judge first.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<DayAction>,
}

/// A parent who may be contacted, or somebody who is rung beside the parents.
#[derive(Serialize, ToSchema)]
pub struct ParentToContact {
    /// Who they are and how to reach them, with their language.
    parent: ParentRow,
    /// What they are to the pupil.
    link: Link,
    /// Whether somebody has tried to reach them today.
    tried: bool,
    /// Whether they were reached today.
    reached: bool,
}

/// The list of a school's day, for somebody who may or may not see what a court has ordered.
pub(super) fn page(
    tx: &mut Tx,
    app: &App,
    caller: &Caller,
    (school_id, date): (SchoolId, NaiveDate),
) -> Result<ContactsPage> {
    let codes = &app.codes;
    let day = Day::read(tx, codes, (school_id, date), None)?;
    let absences = day.absences(tx)?;
    let ids: Vec<PupilId> = absences.iter().map(|absence| absence.pupil.pupil_id).collect();
    let today = tenants::today(tx, school_id)?;
    let mut parents = parents_of(tx, &ids, today)?;
    let mut siblings = siblings(tx, &absences, &parents, (date, today), codes)?;
    let missed: Vec<PupilId> = absences
        .iter()
        .filter(|absence| question(&absence.told) == Question::WhyAway)
        .map(|absence| absence.pupil.pupil_id)
        .collect();
    let schools = schools_of_siblings(tx, school_id, &missed, today)?;
    let times = calendars::contact_times(tx, school_id, date)?;
    let decided = decisions::on_day(tx, school_id, date)?;
    let (registers, headers) = registers(tx, &day)?;
    let reported = rows::reports(tx, school_id, Span::day(date))?;
    let leave = leave::on_day(tx, school_id, date)?;
    let told = parents::told_of_orders(tx, app, caller, &ids)?;
    let mut hidden = parents::protected(tx, &ids, today)?;
    hidden.retain(|(pupil, _)| !told.contains(pupil));
    let (headers, now) = (headers.as_slice(), tx.now());
    let flags = pupils::flags_on(tx, Some(school_id), &ids, date)?;
    let listing =
        Listing { day: &day, codes, headers, now, told, hidden, times, schools, decided, flags };
    let (mut missing, mut missing_since_morning) = (Vec::new(), Vec::new());
    for absence in absences {
        let pupil_id = absence.pupil.pupil_id;
        let parents = parents.remove(&pupil_id).unwrap_or_default();
        let siblings = siblings.remove(&pupil_id).unwrap_or_default();
        let list = if absence.since_morning { &mut missing_since_morning } else { &mut missing };
        list.push(listing.pupil(absence, parents, siblings)?);
    }
    Ok(ContactsPage {
        school_id,
        date,
        as_of: listing.now,
        policy: day.follows.as_ref().map(|follows| follows.key.clone()),
        missing,
        missing_since_morning,
        reported,
        leave,
        registers,
    })
}

/// What every pupil of a list is shown with.
struct Listing<'a> {
    day: &'a Day<'a>,
    codes: &'a CodeTable,
    headers: &'a [Header],
    now: DateTime<Utc>,
    /// The pupils of whose parents the caller is told whom not to contact.
    told: BTreeSet<PupilId>,
    /// Pupil and parent: attempts to reach these are not shown.
    hidden: BTreeSet<(PupilId, ParentId)>,
    times: ContactTimes,
    schools: BTreeMap<PupilId, BTreeSet<SchoolToAsk>>,
    decided: Vec<DecidedSearch>,
    flags: BTreeMap<PupilId, Vec<PupilFlag>>,
}

impl Listing<'_> {
    fn pupil(
        &self,
        absence: Absence,
        parents: Vec<ParentOf>,
        siblings: Vec<Sibling>,
    ) -> Result<MissingPupil> {
        let (mut open, closed): (Vec<ParentOf>, Vec<ParentOf>) =
            parents.into_iter().partition(|one| !one.ask_first);
        open.sort_by_key(|one| !one.link.relationship.is_parent());
        let asked = question(&absence.told);
        let pupil_id = absence.pupil.pupil_id;
        let decisions: Vec<DecidedSearch> =
            self.decided.iter().filter(|one| one.pupil_id == pupil_id).cloned().collect();
        let to_do = self.to_do(&absence, (&open, !closed.is_empty()), &decisions)?;
        let next = to_do.iter().find(|one| !one.done && one.only_if.is_none()).cloned();
        let is_late = |one: &DayAction| !one.done && one.due_at.is_some_and(|due| due <= self.now);
        let late = to_do.iter().any(is_late);
        // What a policy wants is to be done by the time of the first contact.
        let is_open = |one: &DayAction| one.rule.is_some() && !one.done && one.only_if.is_none();
        let wanted = to_do.iter().any(is_open);
        let due_at = if asked == Question::WhyAway { self.due_at(&absence)? } else { None };
        let [am, pm] = absence.marks.map(|mark| self.codes.text(mark).map(str::to_owned));
        let mut attempts = absence.attempts;
        attempts.retain(|attempt| {
            let whom = attempt.parent_id.map(|parent| (attempt.pupil_id, parent));
            attempt.day == self.day.date && whom.is_none_or(|whom| !self.hidden.contains(&whom))
        });
        let contact = |one: ParentOf| {
            let mut of = attempts.iter().filter(|a| a.parent_id == Some(one.parent.parent_id));
            let tried = of.clone().next().is_some();
            let reached = of.any(|attempt| attempt.reached);
            ParentToContact { parent: one.parent, link: one.link, tried, reached }
        };
        let not_to_be_contacted = closed.into_iter().map(|one| one.parent).collect::<Vec<_>>();
        Ok(MissingPupil {
            pupil_id,
            surname: absence.pupil.surname,
            forename: absence.pupil.forename,
            class_id: absence.on.class_id,
            year_group: absence.on.year_group,
            am,
            pm,
            question: As(asked),
            flags: self.flags.get(&absence.pupil.pupil_id).cloned().unwrap_or_default(),
            priority: absence.priorities.iter().copied().map(As).collect(),
            persistent: absence.told.persistent,
            sessions_absent: absence.sessions.absent,
            sessions_possible: absence.sessions.possible,
            since: absence.spell.since,
            day_of_absence: absence.spell.day,
            reason: absence.told.reported,
            report: absence.report,
            leave: absence.leave,
            overdue: late || (wanted && due_at.is_some_and(|due| due <= self.now)),
            due_at,
            no_call_until: absence.told.no_call_until,
            accounted_for: asked != Question::WhyAway,
            ask_first: open.is_empty() && !not_to_be_contacted.is_empty(),
            parents: open.into_iter().map(contact).collect(),
            not_to_be_contacted: Some(not_to_be_contacted)
                .filter(|all| self.told.contains(&absence.pupil.pupil_id) && !all.is_empty()),
            siblings,
            attempts,
            decisions,
            to_do,
            next,
        })
    }

    /// What is to be done: what finds the child, the code to be chosen, and what the policy wants on top.
    fn to_do(
        &self,
        absence: &Absence,
        (open, somebody_is_barred): (&[ParentOf], bool),
        decided: &[DecidedSearch],
    ) -> Result<Vec<DayAction>> {
        let (none, day) = (BTreeSet::new(), self.day);
        let mut to_do = Vec::new();
        if question(&absence.told) == Question::WhyAway {
            let ground = SearchGround {
                day,
                times: &self.times,
                now: self.now,
                gone_at: self.gone_at(absence),
                people: open,
                somebody_is_barred,
                schools: self.schools.get(&absence.pupil.pupil_id).unwrap_or(&none),
                decided,
            };
            to_do = search(absence, &ground)?;
        }
        to_do.extend(code(absence));
        let parents = open.iter().filter(|one| one.link.relationship.is_parent());
        let parents: Vec<ParentId> = parents.map(|one| one.parent.parent_id).collect();
        to_do.extend(wanted(absence, &parents, day.date));
        Ok(to_do)
    }

    /// When the register of the afternoon said that a pupil who was there in the morning is gone.
    fn gone_at(&self, absence: &Absence) -> Option<DateTime<Utc>> {
        let afternoon =
            |header: &&Header| header.class_id == absence.on.class_id && header.session == 1;
        let header = self.headers.iter().find(afternoon).filter(|_| absence.since_morning);
        header.map(|header| header.taken_at)
    }

    /// By when somebody is to have asked: a time of the morning, or at once when the pupil was there in the morning.
    fn due_at(&self, absence: &Absence) -> Result<Option<DateTime<Utc>>> {
        if absence.since_morning {
            return Ok(self.gone_at(absence));
        }
        self.day.at(before(absence, self.times.call_by))
    }
}
