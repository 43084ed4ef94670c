//! What is to be done about an absence beside the search for the child: what the policy wants, and the code that a person
//! is to choose, less what was done already.

use chrono::NaiveTime;
use domain::policy::word::Do;
use domain::policy::{Action, Question, question};

use super::absences::{Absence, EVERY_PARENT};
use super::attempt::AttemptKind;
use super::rows::ContactAttempt;

use base::prelude::*;

/// Something that is to be done about an absence.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DayAction {
    /// The rule of the school's policy that wants it; absent for what is done under every policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "O-02")]
    pub rule: Option<String>,
    /// Which step of the search for a missing child it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<words::SearchStep>,
    /// What is to be done.
    pub kind: words::ActionKind,
    /// What, by whom and until when, in plain English.
    pub says: String,
    /// The role that does it, in the school's own words.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Office staff")]
    pub role: Option<String>,
    /// Whom to ring.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 812)]
    pub parent_id: Option<ParentId>,
    /// On which number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "07700 900123")]
    pub number: Option<String>,
    /// What is behind it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub because: Vec<String>,
    /// Only if a person finds that this is so.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "there is cause for concern")]
    pub only_if: Option<String>,
    /// By when (UTC), where a time is set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_at: Option<DateTime<Utc>>,
    /// Whether it is done.
    pub done: bool,
}

/// What the policy wants, in its order. `parents`: those who may be contacted.
pub(super) fn wanted(absence: &Absence, parents: &[ParentId], day: NaiveDate) -> Vec<DayAction> {
    let done = Done { absence, parents, day };
    let mut wanted = Vec::new();
    for decision in &absence.wants {
        wanted.extend(decision.actions.iter().map(|action| DayAction {
            rule: Some(decision.rule.clone()),
            step: None,
            kind: As(action.kind),
            says: action.to_string(),
            role: action.by.clone(),
            parent_id: None,
            number: None,
            because: decision.because.clone(),
            only_if: action.only_if.clone(),
            due_at: None,
            done: done.is_done(action),
        }));
    }
    wanted
}

/// Somebody has said where the pupil is, and a mark says that the reason is not established: a person chooses the code.
/// None is suggested: whether an absence is authorised is the school's to decide.
pub(super) fn code(absence: &Absence) -> Option<DayAction> {
    if question(&absence.told) != Question::WhichCode {
        return None;
    }
    let told = absence.told.reported.as_ref();
    let because = told.map(|reason| format!("the reason given: {reason}"));
    Some(DayAction {
        rule: None,
        step: None,
        kind: As(Do::Task),
        says: "choose the code: the mark says that the reason is not established, and counts as unauthorised absence"
            .to_owned(),
        role: None,
        parent_id: None,
        number: None,
        because: because.into_iter().collect(),
        only_if: None,
        due_at: None,
        done: false,
    })
}

/// By what time the first contact is due: what the policy says, if that is earlier than what the school says.
pub(super) fn before(absence: &Absence, call_by: NaiveTime) -> NaiveTime {
    let actions = absence.wants.iter().flat_map(|wanted| &wanted.actions);
    let named = actions
        .filter_map(|action| NaiveTime::parse_from_str(action.before.as_deref()?, "%H:%M").ok());
    named.min().map_or(call_by, |named| named.min(call_by))
}

/// What was done already.
struct Done<'a> {
    absence: &'a Absence,
    parents: &'a [ParentId],
    day: NaiveDate,
}

impl Done<'_> {
    /// The attempts about this day.
    fn today(&self) -> impl Iterator<Item = &ContactAttempt> {
        self.absence.attempts.iter().filter(|attempt| attempt.day == self.day)
    }

    fn is_done(&self, action: &Action) -> bool {
        let reached = || self.today().any(|attempt| attempt.reached);
        match action.kind {
            Do::Call => self.tried(action, &[AttemptKind::Call]),
            Do::Message => {
                self.tried(action, &[AttemptKind::Text, AttemptKind::Email, AttemptKind::Message])
            }
            Do::Talk => {
                let spoken = [AttemptKind::Call, AttemptKind::Talk, AttemptKind::Visit];
                self.today().any(|one| one.reached && spoken.contains(&one.kind))
            }
            // One visit is enough for an absence: one at which somebody was seen.
            Do::Visit => {
                let seen = |one: &ContactAttempt| one.kind == AttemptKind::Visit && one.reached;
                self.absence.attempts.iter().any(seen)
            }
            // The attempts are the record.
            Do::Record => self.today().next().is_some(),
            // The reason is known; of a persistent absentee somebody has asked for more.
            Do::Task => match question(&self.absence.told) {
                Question::WhyAway => reached(),
                _ => !self.absence.told.persistent || reached(),
            },
            _ => false,
        }
    }

    /// Whether whoever the action is for was tried in one of these ways, or reached in any.
    fn tried(&self, action: &Action, kinds: &[AttemptKind]) -> bool {
        let counts = |one: &ContactAttempt| one.reached || kinds.contains(&one.kind);
        let tried =
            |parent: ParentId| self.today().any(|one| one.parent_id == Some(parent) && counts(one));
        match action.to.as_deref() {
            None => self.today().any(|one| one.parent_id.is_some() && counts(one)),
            Some(EVERY_PARENT) => {
                !self.parents.is_empty() && self.parents.iter().all(|parent| tried(*parent))
            }
            // Somebody who is no parent.
            Some(_) => self.today().any(|one| one.whom.is_some() && counts(one)),
        }
    }
}
