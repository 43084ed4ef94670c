//! An attempt to reach somebody is kept as evidence, for one pupil or for brothers and sisters at once.

use diesel::prelude::*;
use domain::CodeTable;
use domain::policy::word::Do;

use super::absences::{Absence, Day};
use super::attempt::{Attempt, AttemptKind};
use super::rows::{self, ContactAttempt};
use super::search::{LEAD, numbers};
use base::operation::*;
use casework::actions::{self, ActionSubject};
use casework::outbox::{self, MessageKind, NewMessage};
use roll::parents::{self, parents_of};
use roll::pupils::{self, PupilRow};
use schema::action;
use school::{calendars, tenants};

/// What was kept, and what came of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct AttemptRecorded {
    /// The attempt, once for each pupil.
    attempts: Vec<ContactAttempt>,
    /// The pupils for whom a visit to the home is now to be made.
    visits: Vec<PupilId>,
}

/// Record an attempt
///
/// What is next follows from it: the list shows it. On a second day without contact it opens a visit to the home where
/// the school's policy wants one, and where the policy asks for cause for concern, only with `concern`.
#[utoipa::path(tag = "day", security(("token" = ["contact:record"])), request_body = Attempt,
    params(SchoolId, ("date" = NaiveDate, Path, description = "The day of absence."), Idempotency),
    responses((status = 201, description = "What was kept.", body = AttemptRecorded, headers(("Location"))),
        (status = 422, description = "Something in the body is not right, or the parent may not be contacted; nothing was kept."),
        refusal::NotOnRoll, refusal::FutureMark, refusal::NoCalendar))]
#[post("/v1/schools/{school_id}/contacts/{date}/attempts")]
pub async fn record_attempt(
    caller: May<RecordContact>,
    app: web::Data<App>,
    path: Path<(SchoolId, NaiveDate)>,
    key: Idempotency,
    body: Json<Attempt>,
) -> Result<HttpResponse> {
    let (school_id, date) = path.0;
    let codes = app.codes.clone();
    let state = app.clone();
    let reply = app.db.run(&caller.scope().clone(), move |tx| {
        let today = tenants::today(tx, school_id)?;
        if date > today {
            return Err(Problem::new(Kind::FutureMark).detail(format!("{date} has not come yet.")));
        }
        let attempt = body.value.check(date, tx.now())?;
        let pupils = pupils_on(tx, (school_id, date), &attempt.pupil_ids)?;
        let told = parents::told_of_orders(tx, &state, &caller, &attempt.pupil_ids)?;
        check_parent(tx, &attempt, today, &told)?;
        let operation = format!("record_attempt/{school_id}/{date}");
        key.once(tx, &caller, &operation, &body.bytes, |tx| {
            let attempts = rows::add_attempt(tx, &pupils, date, &attempt, &caller)?;
            if attempt.kind == AttemptKind::Visit && !attempt.accounts_for {
                tell_lead(tx, &pupils, (date, attempt.reached))?;
            }
            let visits =
                if attempt.reached { Vec::new() } else { visits(tx, &codes, &pupils, date)? };
            let place = format!("/v1/schools/{school_id}/contacts/{date}");
            Reply::created(place, &AttemptRecorded { attempts, visits })
        })
    });
    Ok(reply.await?.answer())
}

/// Tells whoever leads on safeguarding of a visit after which nobody has accounted for the child.
fn tell_lead(
    tx: &mut Tx,
    visited: &[(SchoolId, PupilId)],
    (date, met): (NaiveDate, bool),
) -> Result<()> {
    for (school_id, pupil_id) in visited {
        let PupilRow { surname, forename, .. } = pupils::pupil(tx, *pupil_id)?;
        let saw =
            if met { "met nobody who could say where the child is" } else { "could not get in" };
        let body = format!(
            "{surname}, {forename}: a visit about the absence of {date} {saw}. Decide what is done, and record it. \
             Proposed: ask the police for a welfare check."
        );
        let new = NewMessage {
            school_id: *school_id,
            review_id: None,
            pupil_id: Some(*pupil_id),
            rule: None,
            kind: MessageKind::Safeguarding,
            to_role: Some(LEAD),
            to_class: None,
            subject: "A child is missing after a visit: decide what is done".to_owned(),
            body,
            due: date,
        };
        outbox::write(tx, &new)?;
    }
    Ok(())
}

/// The school of each pupil on a day, of several the one that asks: school and pupil.
pub(super) fn pupils_on(
    tx: &mut Tx,
    (school_id, date): (SchoolId, NaiveDate),
    ids: &[PupilId],
) -> Result<Vec<(SchoolId, PupilId)>> {
    for pupil in ids {
        pupils::pupil(tx, *pupil)?;
    }
    let mut schools: BTreeMap<PupilId, SchoolId> = BTreeMap::new();
    for on in pupils::on_roll(tx, None, date, Some(ids))? {
        let known = schools.entry(on.pupil_id).or_insert(on.school_id);
        if on.school_id == school_id {
            *known = school_id;
        }
    }
    let missing = ids.iter().position(|pupil| !schools.contains_key(pupil));
    let refused =
        |at: String| Problem::at(Kind::NotOnRoll, at, format!("a pupil who is on roll on {date}"));
    match missing {
        Some(at) => Err(refused(format!("/pupil_ids/{at}"))),
        None if !schools.values().any(|school| *school == school_id) => {
            Err(refused("/pupil_ids".to_owned()))
        }
        None => Ok(ids.iter().filter_map(|id| Some((*schools.get(id)?, *id))).collect()),
    }
}

/// Refuses somebody who is no parent of all these pupils, and a parent who may not be contacted about one of them
/// unless the caller leads on safeguarding.
fn check_parent(
    tx: &mut Tx,
    attempt: &Attempt,
    today: NaiveDate,
    told: &BTreeSet<PupilId>,
) -> Result<()> {
    let Some(parent_id) = attempt.parent_id else { return Ok(()) };
    let parents = parents_of(tx, &attempt.pupil_ids, today)?;
    for pupil in &attempt.pupil_ids {
        let mut of = parents.get(pupil).into_iter().flatten();
        let parent = of.find(|one| one.parent.parent_id == parent_id);
        let parent = parent.ok_or_else(Problem::not_found)?;
        let known = |number: &String| numbers(&parent.parent).any(|one| one == number);
        if !attempt.number.as_ref().is_none_or(known) {
            let expected = "a telephone number of that person, as it is on record";
            return Err(Problem::at(Kind::Invalid, "/number", expected));
        }
        if parent.ask_first && !told.contains(pupil) {
            let expected = "a parent who may be contacted: ask whoever leads on safeguarding";
            return Err(Problem::at(Kind::Invalid, "/parent_id", expected));
        }
    }
    Ok(())
}

/// Opens the visits that policies want after an unsuccessful attempt, and says about whom. One is enough for an
/// absence.
fn visits(
    tx: &mut Tx,
    codes: &CodeTable,
    pupils: &[(SchoolId, PupilId)],
    date: NaiveDate,
) -> Result<Vec<PupilId>> {
    let schools: BTreeSet<SchoolId> = pupils.iter().map(|(school, _)| *school).collect();
    let mut visits = Vec::new();
    for school in schools {
        let of = pupils.iter().filter(|(at, _)| *at == school).map(|(_, pupil)| *pupil);
        let of: Vec<PupilId> = of.collect();
        // Two unsuccessful attempts at one moment want one visit: the second has to see the one that the first opened.
        tx.take_turns(&format!("home visits/{school}"))?;
        let day = Day::read(tx, codes, (school, date), Some(&of))?;
        let calendars = calendars::around(tx, school, date)?;
        for absence in day.absences(tx)? {
            let pupil_id = absence.pupil.pupil_id;
            let wanted = wanted_visits(&absence);
            if wanted.is_empty() || is_open(tx, school, &absence)? {
                continue;
            }
            let about = ActionSubject {
                school_id: school,
                pupil_id: Some(pupil_id),
                case_id: None,
                review_id: None,
            };
            for (rule, action) in wanted {
                actions::open(tx, about, rule, action, date, &calendars)?;
            }
            visits.push(pupil_id);
        }
    }
    Ok(visits)
}

/// The visits that the policy wants; where it asks for cause for concern, a person has said so since the absence began.
fn wanted_visits(absence: &Absence) -> Vec<(&str, &domain::policy::Action)> {
    let concern = absence.attempts.iter().any(|attempt| attempt.concern);
    let wanted = absence.wants.iter().flat_map(|decision| {
        decision.actions.iter().map(|action| (decision.rule.as_str(), action))
    });
    let visits = wanted.filter(|(_, action)| action.kind == Do::Visit);
    visits.filter(|(_, action)| concern || action.only_if.is_none()).collect()
}

/// Whether a visit was opened since the absence began.
fn is_open(tx: &mut Tx, school_id: SchoolId, absence: &Absence) -> Result<bool> {
    let found = action::table
        .filter(action::trust_id.eq(tx.trust()).and(action::school_id.eq(school_id)))
        .filter(action::pupil_id.eq(absence.pupil.pupil_id))
        .filter(action::case_id.is_null().and(action::kind.eq(Do::Visit.to_string())))
        .filter(action::opened_on.ge(absence.spell.since))
        .select(action::action_id);
    Ok(found.first::<ActionId>(tx.conn).optional()?.is_some())
}
