//! The search for a child whom nobody has accounted for: what the rules are told, and what the list shows of them.

use domain::missing_child::{
    ContactPerson, ContactTimes, ContactTry, MissingChild, SearchStep, Searching, TryKind, steps,
};
use domain::policy::word::Do;
use domain::{ContactKind, Relationship};

use super::absences::{Absence, Day};
use super::attempt::{AttemptKind, Professional};
use super::decisions::DecidedSearch;
use super::rows::ContactAttempt;
use super::to_do::DayAction;
use base::prelude::*;
use roll::parents::{ParentOf, ParentRow, SchoolToAsk};

/// Who leads on safeguarding, and who does the rest.
pub(super) const LEAD: &str = "Designated safeguarding lead";
const OFFICE: &str = "School office";

/// All that a search is worked out from, beside the absence.
pub(super) struct SearchGround<'a> {
    pub day: &'a Day<'a>,
    pub times: &'a ContactTimes,
    pub now: DateTime<Utc>,
    /// When the afternoon's register said that the child is gone.
    pub gone_at: Option<DateTime<Utc>>,
    /// Those who may be contacted, parents and others.
    pub people: &'a [ParentOf],
    /// Whether there is somebody who may not be.
    pub somebody_is_barred: bool,
    pub schools: &'a BTreeSet<SchoolToAsk>,
    pub decided: &'a [DecidedSearch],
}

/// What is to be done to find a child, in order; empty once a responsible adult has accounted for the child.
pub(super) fn search(absence: &Absence, ground: &SearchGround<'_>) -> Result<Vec<DayAction>> {
    let child = MissingChild {
        day: absence.spell.day,
        priorities: absence.priorities.clone(),
        gone_at: ground.gone_at.map(|at| ground.day.time(at)).transpose()?,
        people: rung(ground.people).map(reachable).collect(),
        somebody_is_barred: ground.somebody_is_barred,
        schools_to_ask: ground.schools.len(),
        policy_visits_on: absence.policy_visits_on,
        tries: tries(absence, ground.day)?,
        decided: decided(ground)?,
        now: ground.day.time(ground.now)?,
    };
    steps(&child, ground.times).into_iter().map(|one| action(one, ground)).collect()
}

/// Those who are rung. Whoever works for the authority is told of a missing child, and does not know where it is.
fn rung(people: &[ParentOf]) -> impl Iterator<Item = &ParentOf> {
    people.iter().filter(|one| !one.link.relationship.is_of_authority())
}

/// The telephone numbers of somebody, in the order in which they are tried.
pub(super) fn numbers(parent: &ParentRow) -> impl Iterator<Item = &str> {
    let is_number =
        |kind| matches!(kind, ContactKind::Mobile | ContactKind::Home | ContactKind::Work);
    let contacts = parent.person.contacts.iter().filter(move |one| is_number(one.kind));
    contacts.map(|one| one.value.as_str())
}

fn reachable(one: &ParentOf) -> ContactPerson {
    let mobile = |kind| kind == ContactKind::Mobile;
    ContactPerson {
        id: i64::from(one.parent.parent_id.number()),
        is_parent: one.link.relationship.is_parent(),
        numbers: numbers(&one.parent).map(str::to_owned).collect(),
        takes_texts: one.parent.person.contacts.iter().any(|one| mobile(one.kind)),
    }
}

/// The attempts of the day as the rules look at them.
fn tries(absence: &Absence, day: &Day<'_>) -> Result<Vec<ContactTry>> {
    let today = absence.attempts.iter().filter(|attempt| attempt.day == day.date);
    let one = |attempt: &ContactAttempt| {
        Ok(ContactTry {
            at: day.time(attempt.made_at)?,
            kind: match attempt.kind {
                AttemptKind::Call | AttemptKind::Talk => TryKind::Call,
                AttemptKind::Text | AttemptKind::Email | AttemptKind::Message => TryKind::Text,
                AttemptKind::Visit => TryKind::Visit,
            },
            whom: attempt.parent_id.map(|parent| i64::from(parent.number())),
            number: attempt.number.clone(),
            told: told(attempt),
            reached: attempt.reached,
        })
    };
    today.map(one).collect()
}

/// Which of those who are told was told: somebody who was reached, or written to.
fn told(attempt: &ContactAttempt) -> Option<SearchStep> {
    let spoken = [AttemptKind::Call, AttemptKind::Talk, AttemptKind::Visit].contains(&attempt.kind);
    match attempt.professional? {
        _ if spoken && !attempt.reached => None,
        Professional::School => Some(SearchStep::AskSchool),
        Professional::SocialWorker => Some(SearchStep::TellSocialWorker),
        _ => None,
    }
}

fn decided(
    ground: &SearchGround<'_>,
) -> Result<Vec<(chrono::NaiveTime, domain::missing_child::SearchDecision)>> {
    let one = |one: &DecidedSearch| Ok((ground.day.time(one.decided_at)?, *one.decided));
    ground.decided.iter().map(one).collect()
}

/// A step as the list shows it.
fn action(one: Searching, ground: &SearchGround<'_>) -> Result<DayAction> {
    let whom = ground
        .people
        .iter()
        .find(|person| Some(i64::from(person.parent.parent_id.number())) == one.whom);
    Ok(DayAction {
        rule: None,
        step: Some(As(one.step)),
        kind: As(kind(one.step)),
        says: says(&one, whom, ground),
        role: Some(if one.step.is_the_leads() { LEAD } else { OFFICE }.to_owned()),
        parent_id: whom.map(|person| person.parent.parent_id),
        number: one.number,
        because: one.because,
        only_if: None,
        due_at: one.due.map(|due| ground.day.at(due)).transpose()?.flatten(),
        done: one.done,
    })
}

fn kind(step: SearchStep) -> Do {
    match step {
        SearchStep::Call | SearchStep::AskSchool => Do::Call,
        SearchStep::Text | SearchStep::TellSocialWorker => Do::Message,
        SearchStep::Visit => Do::Visit,
        SearchStep::Decide | SearchStep::AfterVisit => Do::Task,
    }
}

fn says(one: &Searching, whom: Option<&ParentOf>, ground: &SearchGround<'_>) -> String {
    match one.step {
        SearchStep::Call => {
            let who = whom.map(named).unwrap_or_default();
            format!(
                "ring {who} on {}: where is the child?",
                one.number.as_deref().unwrap_or_default()
            )
        }
        SearchStep::Text => "send a text to everybody who is rung: where is the child?".to_owned(),
        SearchStep::AskSchool => {
            let names: Vec<&str> =
                ground.schools.iter().map(|school| school.name.as_str()).collect();
            format!("ask the school of a brother or sister: {}", names.join("; "))
        }
        SearchStep::TellSocialWorker => {
            let is_one = |one: &&ParentOf| one.link.relationship == Relationship::SocialWorker;
            let on_record: Vec<String> = ground.people.iter().filter(is_one).map(reach).collect();
            match on_record.is_empty() {
                true => {
                    "tell the child's social worker today; nobody is on record as such".to_owned()
                }
                false => format!("tell the child's social worker today: {}", on_record.join("; ")),
            }
        }
        SearchStep::Decide => "decide what is done, and record it".to_owned(),
        SearchStep::Visit => "go to the home and see the child".to_owned(),
        SearchStep::AfterVisit => {
            "decide what is done, and record it; proposed: ask the police for a welfare check"
                .to_owned()
        }
    }
}

/// Somebody, with what they are to the child.
fn named(one: &ParentOf) -> String {
    let person = &one.parent.person;
    let parts =
        [person.title.as_deref(), person.forename.as_deref(), Some(person.surname.as_str())];
    let name = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let what = domain::Word::text(one.link.relationship).replace('_', " ");
    format!("{name} ({what})")
}

/// Somebody, with how to reach them.
fn reach(one: &ParentOf) -> String {
    let ways: Vec<&str> = numbers(&one.parent).collect();
    match ways.is_empty() {
        true => named(one),
        false => format!("{} on {}", named(one), ways.join(" or ")),
    }
}
