//! What is to be done about an absence: what the policy wants, less what was done already.

use chrono::NaiveTime;
use domain::policy::word::Do;
use domain::policy::{Action, Body, Policy, Question, question};

use super::absences::{Absence, EVERY_PARENT};
use super::attempt::AttemptKind;
use super::rows::ContactAttempt;

use base::prelude::*;

/// First-day calls are made before this time, where the school's policy names no other.
const BEFORE: (u32, u32) = (9, 30);

/// Something that is to be done about an absence.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DayAction {
    /// The rule that wants it; absent where the school's policy says nothing of the day.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "O-02")]
    pub rule: Option<String>,
    /// What is to be done.
    pub kind: words::ActionKind,
    /// What, by whom and until when, in plain English.
    pub says: String,
    /// The role that does it, in the school's own words.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Office staff")]
    pub role: Option<String>,
    /// What is behind it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub because: Vec<String>,
    /// Only if a person finds that this is so.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "there is cause for concern")]
    pub only_if: Option<String>,
    /// Whether an attempt of today has done it.
    pub done: bool,
}

/// What is to be done, in the order in which it is done. `parents`: those who may be contacted.
pub(super) fn to_do(
    absence: &Absence,
    policy: Option<&Policy>,
    parents: &[ParentId],
    day: NaiveDate,
) -> Vec<DayAction> {
    let done = Done { absence, parents, day };
    if !policy
        .is_some_and(|policy| policy.rows.iter().any(|row| matches!(row.body, Body::Daily(_))))
    {
        return done.without_a_policy();
    }
    let mut to_do = Vec::new();
    for wanted in &absence.wants {
        to_do.extend(wanted.actions.iter().map(|action| DayAction {
            rule: Some(wanted.rule.clone()),
            kind: As(action.kind),
            says: action.to_string(),
            role: action.by.clone(),
            because: wanted.because.clone(),
            only_if: action.only_if.clone(),
            done: done.is_done(action),
        }));
    }
    to_do
}

/// By what time the first contact is due: what the policy says, or half past nine.
pub(super) fn before(absence: &Absence) -> Option<NaiveTime> {
    let actions = absence.wants.iter().flat_map(|wanted| &wanted.actions);
    let named = actions
        .filter_map(|action| NaiveTime::parse_from_str(action.before.as_deref()?, "%H:%M").ok());
    named.min().or_else(|| NaiveTime::from_hms_opt(BEFORE.0, BEFORE.1, 0))
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
            // One visit is enough for an absence.
            Do::Visit => {
                self.absence.attempts.iter().any(|attempt| attempt.kind == AttemptKind::Visit)
            }
            // The attempts are the record.
            Do::Record => self.today().next().is_some(),
            // The reason is known; of a persistent absentee somebody has asked for more.
            Do::Task => match question(&self.absence.told) {
                Question::None => true,
                Question::AskMore | Question::WhyAway => reached(),
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

    /// A school whose policy says nothing of the day calls nevertheless (*Working together to improve school attendance*),
    /// and sends a text when nobody answers.
    fn without_a_policy(&self) -> Vec<DayAction> {
        let told = &self.absence.told;
        let agreed = told.no_call_until.is_some_and(|until| self.day < until);
        if question(told) != Question::WhyAway || agreed {
            return Vec::new();
        }
        let reached = self.today().any(|attempt| attempt.reached);
        let tried = |kind: AttemptKind| reached || self.today().any(|attempt| attempt.kind == kind);
        let plain = |kind: Do, says: &str, done| DayAction {
            rule: None,
            kind: As(kind),
            says: says.to_owned(),
            role: None,
            because: Vec::new(),
            only_if: None,
            done,
        };
        let mut to_do = vec![plain(
            Do::Call,
            "call the parents: why is the pupil absent?",
            tried(AttemptKind::Call),
        )];
        if told.unanswered {
            to_do.push(plain(
                Do::Message,
                "text the parents, for nobody answered",
                tried(AttemptKind::Text),
            ));
        }
        to_do
    }
}
