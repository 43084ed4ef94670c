//! The review: what a policy proposes on a day, for every pupil, class and teacher.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::Calendar;
use crate::policy::case::{Case, Figure, Place};
use crate::policy::decision::{Counted, Decision, Subject, Taking};
use crate::policy::facts::{Facts, Pupil};
use crate::policy::judge;
use crate::policy::letter::Letter;
use crate::policy::model::{Body, Draw, Moment, Next, Policy, Regular, Row, START, Stage};
use crate::policy::moment::is_due;
use crate::policy::outcome::{Situation, answers};
use crate::policy::regular;
use crate::policy::step::reaching;
use crate::policy::target::target_days;
use crate::policy::voice::{Voice, one_voice};
use crate::policy::word::{Do, Outcome, Waits};

/// What the policy proposes on that day. The calendars are those of the school, in order; only
/// what one of them makes due is proposed.
pub fn review(
    policy: &Policy,
    letters: &BTreeMap<String, Letter>,
    facts: &Facts,
    day: NaiveDate,
    calendars: &[Calendar],
) -> Vec<Decision> {
    let mut decisions = Vec::new();
    let mut decides = None;
    // Many rows share a moment.
    let mut known: BTreeMap<Moment, bool> = BTreeMap::new();
    let mut is_due =
        |moment| *known.entry(moment).or_insert_with(|| is_due(moment, day, calendars));
    for row in &policy.rows {
        match &row.body {
            Body::Regular(regular) if is_due(regular.moment) => {
                decides = decides.or(regular.decides.as_ref());
                decisions.extend(regular::decisions(policy, row, regular, facts));
            }
            Body::Regular(regular) if regular.on_entry => {
                decisions.extend(regular::on_entry(policy, row, regular, facts, day));
            }
            Body::Draw(draw) if is_due(draw.moment) => {
                decisions.extend(entries(row, draw, facts));
            }
            _ => {}
        }
    }
    for pupil in &facts.pupils {
        decisions.extend(judged(policy, pupil, day, calendars, decides));
    }
    let shields: BTreeMap<i64, _> =
        facts.pupils.iter().map(|pupil| (pupil.id, &pupil.shield)).collect();
    let guard = |decision: Decision| match &decision.subject {
        Subject::Pupil(id) => match shields.get(id) {
            Some(shield) => decision.guarded(policy, letters, shield),
            None => decision,
        },
        _ => decision,
    };
    one_voice(decisions.into_iter().map(guard).collect())
}

/// The step of the pupil's case that is due, if any.
fn judged(
    policy: &Policy,
    pupil: &Pupil,
    day: NaiveDate,
    calendars: &[Calendar],
    decides: Option<&String>,
) -> Option<Decision> {
    let open = pupil.case.as_ref().filter(|case| case.place != Place::Closed);
    let stage = open.and_then(Case::stage);
    let outcome = match (open, stage.and_then(|name| policy.stage(name))) {
        (None, _) => decides.map(|_| Outcome::Listed)?,
        (Some(case), Some(stage)) => {
            let due = due(stage, case, day, calendars).unwrap_or(decides.is_some());
            if !due {
                return None;
            }
            judge::outcome(policy, stage, pupil, case)?
        }
        (Some(_), None) => return None,
    };
    if judge::few(policy, pupil) {
        return None;
    }
    let figure = pupil.rates.over(policy.over);
    let band = judge::band(policy, figure);
    if outcome == Outcome::Listed && band.is_none() {
        return None;
    }
    let at = stage.unwrap_or(START).to_owned();
    let mut situation = Situation { at: at.clone(), outcome: outcome.text().to_owned(), band };
    // Whose case ended in the same term is listed like everybody where no step answers that.
    let left = pupil.left.as_deref().filter(|left| policy.stage(left).is_some());
    if outcome == Outcome::Listed && left.is_some() {
        let again = Situation { outcome: Outcome::Again.text().to_owned(), ..situation.clone() };
        situation = if answers(policy, &again).is_empty() { situation } else { again };
    }
    let (row, step) = answers(policy, &situation).into_iter().next()?;
    let mut actions = step.does.clone();
    let then = match (&step.then, left) {
        (Next::Left, Some(left)) => {
            // A target that was left runs anew.
            let reached = reaching(policy, left, situation.band.as_ref())
                .into_iter()
                .flat_map(|(_, step)| &step.does);
            actions.extend(reached.filter(|action| action.kind == Do::Target).cloned());
            Next::Stage(left.to_owned())
        }
        (then, _) => then.clone(),
    };
    let voice = Voice::of_step(&situation.outcome, &then);
    Some(Decision {
        voice,
        subject: Subject::Pupil(pupil.id),
        rule: row.rule.clone(),
        because: judge::because(policy, pupil, &situation),
        actions,
        held: Vec::new(),
        taking: Some(Taking {
            number: pupil.case.as_ref().map_or(0, |case| case.steps) + 1,
            from: at,
            outcome: situation.outcome,
            then,
            figure: figure.map(|rate| Figure { ends: pupil.ends, ..rate.into() }),
            band: situation.band,
            reason: None,
        }),
        decides: decides.or_else(|| who_decides(policy)).cloned(),
        counted: Counted::of(policy.over, figure, pupil.ends),
    })
}

/// Who decides what falls due between the reviews: whoever decides the reviews.
fn who_decides(policy: &Policy) -> Option<&String> {
    policy.regular().find_map(|(_, regular): (&Row, &Regular)| regular.decides.as_ref())
}

/// Whether the stage is due of its own; `None` when it waits for the policy's reviews.
fn due(stage: &Stage, case: &Case, day: NaiveDate, calendars: &[Calendar]) -> Option<bool> {
    if stage.is_reviewed() && stage.school_weeks.is_none() {
        return None;
    }
    let target = case.target.map(|target| target.to);
    Some(falls_due(stage, case.since, target, calendars).is_some_and(|due| day >= due))
}

/// The day on which a case falls due of its own that has been at a stage since a day: the end of its target, or of the
/// school weeks after a letter or a plan. `None` for a stage that waits for reviews or for people, and when the
/// calendars do not reach so far.
pub fn falls_due(
    stage: &Stage,
    since: NaiveDate,
    target_to: Option<NaiveDate>,
    calendars: &[Calendar],
) -> Option<NaiveDate> {
    match (stage.waits, stage.school_weeks) {
        (Waits::Review, Some(weeks)) => target_days(calendars, since, weeks).map(|days| days.to),
        // A target stage without a target is looked at as soon as possible.
        (Waits::Target, _) => Some(target_to.unwrap_or(since)),
        (Waits::Review, None) | (Waits::Meeting | Waits::Answer, _) => None,
    }
}

/// Everybody's entries in a draw.
fn entries(row: &Row, draw: &Draw, facts: &Facts) -> Vec<Decision> {
    let entry = |pupil: &Pupil| {
        let held = draw.tickets.as_ref().and_then(|name| pupil.tickets.get(name)).copied();
        let rate = pupil.rates.over(draw.over);
        let earned =
            draw.at_least.is_some_and(|least| rate.is_some_and(|rate| rate.at_least(least)));
        let entries = held.unwrap_or(0) + u32::from(earned);
        let words = if entries == 1 { "entry" } else { "entries" };
        (entries > 0).then(|| {
            let what = format!("{entries} {words} in the draw for {}", draw.prize);
            regular::plain(row, Subject::Pupil(pupil.id), what)
        })
    };
    facts.pupils.iter().filter_map(entry).collect()
}
