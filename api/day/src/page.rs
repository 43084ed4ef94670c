//! The day's list as it goes over the wire.

use domain::CodeTable;
use domain::policy::{Question, question};

use super::absences::{Absence, Day};
use super::leave::{self, Leave};
use super::registers::{SessionRegisters, registers};
use super::rows::{self, ContactAttempt, ReportedAbsence};
use super::siblings::{Sibling, siblings};
use super::span::Span;
use super::to_do::{DayAction, before, to_do};
use base::prelude::*;
use marks::Header;
use roll::parents::{self, Link, ParentOf, ParentRow, parents_of};
use school::tenants;

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
    /// Every parent who may be contacted, in the order in which they are called.
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
    /// What the school's policy wants, in its order.
    to_do: Vec<DayAction>,
    /// What is to be done next: the first that is not done, that a person need not judge first.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<DayAction>,
}

/// A parent who may be contacted.
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
    let (registers, headers) = registers(tx, &day)?;
    let reported = rows::reports(tx, school_id, Span::day(date))?;
    let leave = leave::on_day(tx, school_id, date)?;
    let told = parents::told_of_orders(tx, app, caller, &ids)?;
    let mut hidden = parents::protected(tx, &ids, today)?;
    hidden.retain(|(pupil, _)| !told.contains(pupil));
    let (headers, now) = (headers.as_slice(), tx.now());
    let listing = Listing { day: &day, codes, headers, now, told, hidden };
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
}

impl Listing<'_> {
    fn pupil(
        &self,
        absence: Absence,
        parents: Vec<ParentOf>,
        siblings: Vec<Sibling>,
    ) -> Result<MissingPupil> {
        let (open, closed): (Vec<ParentOf>, Vec<ParentOf>) =
            parents.into_iter().partition(|one| !one.ask_first);
        let ids: Vec<ParentId> = open.iter().map(|one| one.parent.parent_id).collect();
        let to_do = to_do(&absence, self.day.policy(), &ids, self.day.date);
        let next = to_do.iter().find(|one| !one.done && one.only_if.is_none()).cloned();
        let asked = question(&absence.told);
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
            pupil_id: absence.pupil.pupil_id,
            surname: absence.pupil.surname,
            forename: absence.pupil.forename,
            class_id: absence.on.class_id,
            year_group: absence.on.year_group,
            am,
            pm,
            question: As(asked),
            priority: absence.priorities.iter().copied().map(As).collect(),
            persistent: absence.told.persistent,
            sessions_absent: absence.sessions.absent,
            sessions_possible: absence.sessions.possible,
            since: absence.spell.since,
            day_of_absence: absence.spell.day,
            reason: absence.told.reported,
            report: absence.report,
            leave: absence.leave,
            overdue: next.is_some() && due_at.is_some_and(|due| due <= self.now),
            due_at,
            no_call_until: absence.told.no_call_until,
            ask_first: open.is_empty() && !not_to_be_contacted.is_empty(),
            parents: open.into_iter().map(contact).collect(),
            not_to_be_contacted: Some(not_to_be_contacted)
                .filter(|all| self.told.contains(&absence.pupil.pupil_id) && !all.is_empty()),
            siblings,
            attempts,
            to_do,
            next,
        })
    }

    /// By when somebody is to have asked: a time of the morning, or at once when the pupil was there in the morning.
    fn due_at(&self, absence: &Absence) -> Result<Option<DateTime<Utc>>> {
        if absence.since_morning {
            let afternoon =
                |header: &&Header| header.class_id == absence.on.class_id && header.session == 1;
            return Ok(self.headers.iter().find(afternoon).map(|header| header.taken_at));
        }
        Ok(before(absence).map(|time| self.day.at(time)).transpose()?.flatten())
    }
}
