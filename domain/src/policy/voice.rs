//! One child, one voice: what one review says to a family about one child agrees with itself.
//!
//! Rows ask different questions: against one window attendance has improved, against another it has declined. The first
//! row that speaks with a voice decides it: the step of the case, then the rows in the order of the policy. Rows that
//! would say the opposite give way, and of the letters that agree the first is written. The decision that was heard says
//! which rules gave way.

use std::collections::{BTreeMap, BTreeSet};

use crate::policy::decision::{Decision, Subject};
use crate::policy::model::{Action, Next};
use crate::policy::word::{Do, Kind, Outcome, Trend};
use crate::word::Word;
use crate::words;

words! {
    /// How a family is spoken to.
    Voice {
        Praise = "praise": "attendance is good, or better",
        Concern = "concern": "attendance is low, or worse",
    }
}

impl Voice {
    /// The voice of a row that looks at a trend; of one that only looks at a band nobody can tell. A child who is at
    /// risk of leaving a band is still in it.
    pub(crate) const fn of_trend(kind: Kind, trend: Trend) -> Option<Self> {
        match (trend, kind) {
            (Trend::Improved | Trend::MovedUp, _) => Some(Self::Praise),
            (Trend::NotImproved | Trend::Declined, _) => Some(Self::Concern),
            (Trend::Any | Trend::Entered | Trend::AtRisk, Kind::Reward) => Some(Self::Praise),
            (Trend::Any | Trend::Entered | Trend::AtRisk, _) => None,
        }
    }

    /// The voice of a step that answers an outcome: where the case ends nobody need be concerned any more.
    pub(crate) fn of_step(outcome: &str, then: &Next) -> Option<Self> {
        Self::of_outcome(outcome).filter(|voice| *voice == Self::Praise || *then != Next::Closed)
    }

    /// The voice of an outcome.
    pub(crate) fn of_outcome(outcome: &str) -> Option<Self> {
        match Outcome::read(outcome)? {
            Outcome::Improved | Outcome::MovedUp | Outcome::Achieved => Some(Self::Praise),
            Outcome::Listed
            | Outcome::Again
            | Outcome::NotImproved
            | Outcome::NotAchieved
            | Outcome::NotAttended
            | Outcome::Refused => Some(Self::Concern),
            Outcome::Better
            | Outcome::NoFigure
            | Outcome::Attended
            | Outcome::LeftRoll
            | Outcome::NewYear
            | Outcome::Otherwise => None,
        }
    }
}

/// Whether an action speaks to the family.
pub(crate) fn speaks(action: &Action) -> bool {
    let speaks = [Do::Letter, Do::Message, Do::Call, Do::Talk, Do::Visit, Do::Meeting];
    speaks.contains(&action.kind) && is_to_the_family(action)
}

/// Whether an action is a letter to the family.
pub(crate) fn is_letter(action: &Action) -> bool {
    action.kind == Do::Letter && is_to_the_family(action)
}

fn is_to_the_family(action: &Action) -> bool {
    action.to.as_deref().is_none_or(|to| to == "every parent" || to == "everybody")
}

/// What a family has heard so far in one review about one child.
#[derive(Default)]
struct Heard {
    /// The voice, and the decision that decided it.
    voice: Option<(Voice, usize)>,
    /// The decision whose letter is written.
    letter: Option<usize>,
}

/// Lets what contradicts give way, for each pupil: at most one letter is left, and nothing that says the opposite.
pub fn one_voice(mut decisions: Vec<Decision>) -> Vec<Decision> {
    let mut order: Vec<usize> = (0..decisions.len()).collect();
    order.sort_by_key(|at| decisions[*at].taking.is_none());
    let mut families: BTreeMap<i64, Heard> = BTreeMap::new();
    let mut gone = BTreeSet::new();
    for at in order {
        let decision = &decisions[at];
        let Subject::Pupil(pupil) = decision.subject else { continue };
        if !decision.actions.iter().any(speaks) {
            continue;
        }
        let heard = families.entry(pupil).or_default();
        let (own, whole) = (decision.voice, decision.actions.len());
        let against = heard.voice.filter(|(voice, _)| own.is_some_and(|own| own != *voice));
        let winner = against.map(|(_, winner)| winner).or(heard.letter);
        let mut written = winner.is_some();
        let gives_way = |action: &Action| match against {
            Some(_) => speaks(action),
            // Of several letters of one row, too, the first is written.
            None => is_letter(action) && std::mem::replace(&mut written, true),
        };
        let (given, kept): (Vec<Action>, Vec<Action>) =
            decision.actions.clone().into_iter().partition(gives_way);
        if against.is_none() {
            heard.voice = heard.voice.or(own.map(|own| (own, at)));
            heard.letter = heard.letter.or(kept.iter().any(is_letter).then_some(at));
        }
        if given.is_empty() {
            continue;
        }
        let winner = winner.unwrap_or(at);
        let said: Vec<String> = given.iter().map(ToString::to_string).collect();
        let (rule, first) = (decisions[at].rule.clone(), decisions[winner].rule.clone());
        decisions[winner].because.push(format!("{rule} gave way: {}", said.join("; ")));
        let is_empty = given.len() == whole && decisions[at].held.is_empty();
        if is_empty && decisions[at].taking.is_none() {
            gone.insert(at);
        } else if winner != at {
            decisions[at].because.push(format!("gave way to {first}: {}", said.join("; ")));
        }
        decisions[at].actions = kept;
    }
    let mut at = 0;
    decisions.retain(|_| {
        at += 1;
        !gone.contains(&(at - 1))
    });
    decisions
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{Action, Body, parse};

    /// Decisions of rows with these items of `do`, each with its voice.
    fn decisions(rows: &[(&str, Option<Voice>, &str)]) -> Vec<Decision> {
        let decision = |(rule, voice, does): &(&str, Option<Voice>, &str)| {
            let text = format!("[[response]]\nrule = {rule:?}\nevery = \"term\"\ndo = [{does}]\n");
            let (policy, _) = parse(&text, crate::policy::Answers::Examples);
            let Body::Regular(row) = &policy.rows[0].body else { unreachable!() };
            Decision {
                subject: Subject::Pupil(7),
                rule: (*rule).to_owned(),
                because: Vec::new(),
                actions: row.does.clone(),
                held: Vec::new(),
                taking: None,
                decides: None,
                voice: *voice,
                counted: None,
            }
        };
        rows.iter().map(decision).collect()
    }

    fn left(rows: &[(&str, Option<Voice>, &str)]) -> Vec<String> {
        one_voice(decisions(rows)).iter().flat_map(Decision::lines).collect()
    }

    const MEET: &str = r#"{ letter = "meet" }, { record = "kept" }"#;
    const GOOD: &str = r#"{ letter = "good" }, { call = "good news" }"#;

    #[test]
    fn the_first_voice_is_heard_and_the_opposite_gives_way() {
        let (praise, concern) = (Some(Voice::Praise), Some(Voice::Concern));
        let rows = [("X-1", concern, MEET), ("X-2", praise, GOOD)];
        assert_eq!(left(&rows), ["X-1: letter \"meet\"", "X-1: record: kept"]);
        assert_eq!(
            one_voice(decisions(&rows))[0].because,
            ["X-2 gave way: letter \"good\"; call: good news"]
        );
        let rows = [("X-2", praise, GOOD), ("X-1", concern, MEET)];
        assert_eq!(
            left(&rows),
            ["X-2: letter \"good\"", "X-2: call: good news", "X-1: record: kept"]
        );
        assert_eq!(one_voice(decisions(&rows))[1].because, ["gave way to X-2: letter \"meet\""]);
    }

    #[test]
    fn of_letters_that_agree_the_first_is_written_and_what_is_given_is_given() {
        let praise = Some(Voice::Praise);
        let give = r#"{ letter = "good" }, { give = "a certificate", to = "the pupil" }"#;
        let rows = [("X-1", praise, give), ("X-2", None, give)];
        assert_eq!(
            left(&rows),
            [
                "X-1: letter \"good\"",
                "X-1: give: a certificate, to the pupil",
                "X-2: give: a certificate, to the pupil"
            ]
        );
        let two = [("X-1", None, r#"{ letter = "a" }, { letter = "b" }"#)];
        assert_eq!(left(&two), ["X-1: letter \"a\""]);
    }

    #[test]
    fn a_letter_to_somebody_else_and_another_child_s_letter_stay() {
        let (praise, concern) = (Some(Voice::Praise), Some(Voice::Concern));
        let to_others = r#"{ letter = "a", to = "other professionals" }"#;
        let rows = [("X-1", praise, GOOD), ("X-2", concern, to_others)];
        assert_eq!(left(&rows).len(), 3);
        let mut two = decisions(&[("X-1", praise, GOOD), ("X-2", concern, MEET)]);
        two[1].subject = Subject::Pupil(8);
        assert_eq!(one_voice(two.clone()), two);
        let spoken: Vec<&Action> = two.iter().flat_map(|one| &one.actions).collect();
        assert_eq!(spoken.iter().filter(|action| speaks(action)).count(), 3);
    }
}
