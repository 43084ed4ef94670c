//! Judging attendance: the band, whether it improved, and how to say so.

use crate::policy::case::{Case, Figure, Sent};
use crate::policy::facts::Pupil;
use crate::policy::model::{Policy, Stage};
use crate::policy::outcome::{Situation, tells_moves};
use crate::policy::sentence;
use crate::policy::word::{Improvement, Outcome, Trend, Waits};
use crate::{Percent, Rate};

/// The band of a rate.
pub(crate) fn band(policy: &Policy, rate: Option<Rate>) -> Option<String> {
    Some(policy.bands.as_ref()?.of(rate?).name.clone())
}

/// Whether there are too few possible sessions to propose anything.
pub(crate) fn few(policy: &Policy, pupil: &Pupil) -> bool {
    let figure = pupil.rates.over(policy.over);
    figure.is_some_and(|rate| rate.whole() < u64::from(policy.few_sessions))
}

/// What has become of a case at a stage that waits for figures.
pub(crate) fn outcome(
    policy: &Policy,
    stage: &Stage,
    pupil: &Pupil,
    case: &Case,
) -> Option<Outcome> {
    let now = pupil.rates.over(policy.over);
    match stage.waits {
        Waits::Target => Some(match (case.target, pupil.target, now) {
            (Some(target), Some(rate), Some(_)) if rate.at_least(target.rate) => Outcome::Achieved,
            (Some(_), Some(_), Some(_)) => Outcome::NotAchieved,
            _ => Outcome::NoFigure,
        }),
        Waits::Review | Waits::Meeting | Waits::Answer if stage.is_reviewed() => {
            let before = case.band.as_ref().or(pupil.last_band.as_ref());
            let moved = tells_moves(policy, &stage.name) && moved_up(policy, now, before);
            Some(if moved {
                Outcome::MovedUp
            } else {
                improvement(policy, Some(&stage.name), pupil)
            })
        }
        Waits::Review | Waits::Meeting | Waits::Answer => None,
    }
}

/// Whether the pupil is in a higher band than before.
fn moved_up(policy: &Policy, now: Option<Rate>, before: Option<&String>) -> bool {
    let place = |name: Option<&String>| {
        let bands = policy.bands.as_ref()?;
        bands.iter().position(|band| Some(&band.name) == name)
    };
    match (place(band(policy, now).as_ref()), place(before)) {
        (Some(now), Some(before)) => now > before,
        _ => false,
    }
}

/// The two rates that "improved" compares, as it is and as it was, each with what it is taken over.
fn compared(policy: &Policy, at: Option<&str>, pupil: &Pupil) -> [(String, Option<Rate>); 2] {
    let period = policy.period;
    let case = pupil.case.as_ref();
    let letter = case.and_then(|case| case.letters.last());
    match (policy.improved_at(at).0, letter) {
        (Improvement::Period, _) => [
            (format!("over the {period}"), pupil.rates.over(period)),
            (format!("over the {period} before"), pupil.before.over(period)),
        ],
        (Improvement::SinceLetter, Some(letter)) => [
            ("since the last letter".to_owned(), pupil.since_letter),
            ("at that letter".to_owned(), at_letter(pupil, case, letter)),
        ],
        // Without a letter, as when it was held: since the decision that would have sent it.
        _ => {
            let last = case.and_then(|case| case.figure).and_then(Figure::rate).or(pupil.last);
            [
                ("since the last decision".to_owned(), pupil.since),
                ("at that decision".to_owned(), last),
            ]
        }
    }
}

/// The rate to date at the last letter. Of one that was carried in the file may not tell it: then the one counted at the
/// decision that sent it.
fn at_letter(pupil: &Pupil, case: Option<&Case>, letter: &Sent) -> Option<Rate> {
    let decided = case.is_some_and(|case| case.steps == letter.step);
    letter.figure.and_then(Figure::rate).or(pupil.last.filter(|_| decided))
}

/// Improved, better but below, not improved, or no figure; compared exactly, equal is not improved.
fn improvement(policy: &Policy, at: Option<&str>, pupil: &Pupil) -> Outcome {
    let now = pupil.rates.over(policy.over);
    let [(_, measured), (_, last)] = compared(policy, at, pupil);
    let (Some(now), Some(measured), Some(last)) = (now, measured, last) else {
        return Outcome::NoFigure;
    };
    let better = measured > last;
    let (improved, least) = policy.improved_at(at);
    let least = least.unwrap_or(Percent::HUNDRED);
    match improved {
        Improvement::Reaches if now.at_least(least) => Outcome::Improved,
        Improvement::Reaches if better => Outcome::Better,
        Improvement::Gain if gained(measured, last, least) => Outcome::Improved,
        Improvement::Reaches | Improvement::Gain => Outcome::NotImproved,
        _ if better => Outcome::Improved,
        _ => Outcome::NotImproved,
    }
}

/// Whether a rate is at least so many points above another.
fn gained(now: Rate, last: Rate, points: Percent) -> bool {
    let wide = |sessions: u64| u128::from(sessions);
    let floor = wide(last.part()) * 100_000 + u128::from(points.thousandths()) * wide(last.whole());
    wide(now.part()) * 100_000 * wide(last.whole()) >= floor * wide(now.whole())
}

/// Whether a response or reward fits the pupil's trend.
pub(crate) fn fits(policy: &Policy, trend: Trend, pupil: &Pupil) -> bool {
    let now = pupil.rates.over(policy.over);
    match trend {
        Trend::Any => true,
        Trend::Entered => pupil.last_band.is_some() && band(policy, now) != pupil.last_band,
        Trend::MovedUp => moved_up(policy, now, pupil.last_band.as_ref()),
        Trend::Improved => improvement(policy, None, pupil) == Outcome::Improved,
        Trend::NotImproved => improvement(policy, None, pupil) == Outcome::NotImproved,
        Trend::Declined => {
            matches!((pupil.recent, pupil.earlier), (Some(now), Some(then)) if now < then)
        }
        Trend::AtRisk => {
            let more = u64::from(policy.at_risk_sessions);
            let then = now.and_then(|rate| Rate::of(rate.part(), rate.whole() + more));
            band(policy, then) != band(policy, now)
        }
    }
}

/// The counts behind a decision, in plain English.
pub(crate) fn because(policy: &Policy, pupil: &Pupil, situation: &Situation) -> Vec<String> {
    let say = |what: &str, rate: Option<Rate>| {
        rate.map(|rate| {
            let (attended, possible) = (rate.part(), rate.whole());
            format!("{what}: {attended} of {possible} sessions attended ({}%)", rate.cut())
        })
    };
    let target = pupil.case.as_ref().and_then(|case| case.target);
    let mut lines =
        vec![format!("at {:?}, {}", situation.at, sentence::outcome(&situation.outcome))];
    lines.extend(say(&format!("over the {}", policy.over), pupil.rates.over(policy.over)));
    lines.extend(
        compared(policy, Some(&situation.at), pupil)
            .iter()
            .filter_map(|(what, rate)| say(what, *rate)),
    );
    // The period that is compared may be that of the bands.
    lines.dedup();
    if let Some(target) = target {
        let what =
            format!("for the target of {} from {} to {}", target.rate, target.from, target.to);
        lines.extend(say(&what, pupil.target));
    }
    lines.extend(situation.band.as_ref().map(|band| format!("band {band:?}")));
    lines
}
