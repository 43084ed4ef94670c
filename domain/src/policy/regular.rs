//! Reviews, responses and rewards: what is done regularly, and for whom it fits.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::Rate;
use crate::policy::case::Case;
use crate::policy::decision::{Counted, Decision, Subject};
use crate::policy::facts::{Class, Facts, Pupil};
use crate::policy::judge;
use crate::policy::model::{Action, Policy, Regular, Row};
use crate::policy::voice::Voice;
use crate::policy::word::{Do, For, Improvement, Kind, Over, Trend};

/// What a row that is due leads to.
pub(crate) fn decisions(
    policy: &Policy,
    row: &Row,
    regular: &Regular,
    facts: &Facts,
) -> Vec<Decision> {
    let fitting = || facts.pupils.iter().filter(|pupil| fits(policy, row, regular, pupil));
    match regular.whom {
        For::EachPupil => {
            let each = |pupil: &Pupil| for_pupil(policy, row, regular, pupil);
            fitting().map(each).collect()
        }
        For::Families => {
            let mut families: BTreeMap<i64, Vec<&Pupil>> = BTreeMap::new();
            for pupil in &facts.pupils {
                // A child whose family nobody knows is a family of its own.
                families.entry(pupil.family.unwrap_or(!pupil.id)).or_default().push(pupil);
            }
            let all_fit = |children: &&Vec<&Pupil>| {
                children.iter().all(|pupil| fits(policy, row, regular, pupil))
            };
            let each = |children: &Vec<&Pupil>| for_family(policy, row, regular, children);
            families.values().filter(all_fit).filter_map(each).collect()
        }
        For::Teachers => {
            let teachers: BTreeSet<&String> =
                fitting().filter_map(|pupil| pupil.teacher.as_ref()).collect();
            let why = "the teacher has a pupil on the list";
            let each = |name: &String| {
                decision(row, regular, Subject::Teacher(name.clone()), vec![why.to_owned()])
            };
            teachers.into_iter().map(each).collect()
        }
        For::Silent => {
            let why = "the teacher's feedback is missing";
            let each = |name: &String| {
                decision(row, regular, Subject::Teacher(name.clone()), vec![why.to_owned()])
            };
            facts.silent_teachers.iter().map(each).collect()
        }
        For::School => vec![decision(row, regular, Subject::School, vec!["it is due".to_owned()])],
        For::BestClass => best(regular, &facts.classes)
            .into_iter()
            .map(|(class, rate)| {
                let why = format!("{} of {} sessions attended", rate.part(), rate.whole());
                decision(row, regular, Subject::Class(class.to_owned()), vec![why])
            })
            .collect(),
    }
}

/// What a row leads to that is due on a pupil's entry into the band, for those who come into it
/// on that day.
pub(crate) fn on_entry(
    policy: &Policy,
    row: &Row,
    regular: &Regular,
    facts: &Facts,
    day: NaiveDate,
) -> Vec<Decision> {
    let entering = facts.pupils.iter().filter(|pupil| pupil.band_since == Some(day));
    let fitting = entering.filter(|pupil| fits(policy, row, regular, pupil));
    fitting.map(|pupil| for_pupil(policy, row, regular, pupil)).collect()
}

/// It stands with the first child of the family, and names what each has.
fn for_family(
    policy: &Policy,
    row: &Row,
    regular: &Regular,
    children: &[&Pupil],
) -> Option<Decision> {
    let first = children.iter().min_by_key(|pupil| pupil.id)?;
    let mut why = because(policy, row, regular, first);
    let others = children.iter().filter(|pupil| pupil.id != first.id);
    for child in others {
        let rate = child.rates.over(policy.over);
        let band = judge::band(policy, rate).unwrap_or_else(|| "no figure".to_owned());
        let figure = rate.map(|rate| format!(", {} of {} sessions", rate.part(), rate.whole()));
        why.push(format!("another child of the family: {band}{}", figure.unwrap_or_default()));
    }
    Some(decision(row, regular, Subject::Pupil(first.id), why))
}

fn for_pupil(policy: &Policy, row: &Row, regular: &Regular, pupil: &Pupil) -> Decision {
    let why = because(policy, row, regular, pupil);
    let over = judged_over(policy, row, regular);
    let counted = Counted::of(over, pupil.rates.over(over), pupil.ends);
    Decision { counted, ..decision(row, regular, Subject::Pupil(pupil.id), why) }
}

/// The days that a row takes a pupil's band over: a reward its own, everything else those that the policy names.
pub(crate) fn band_over(policy: &Policy, row: &Row, regular: &Regular) -> Over {
    if row.kind == Kind::Reward { regular.over } else { policy.over }
}

/// The days that a row judges a pupil by: its own where it asks for a rate, those that are compared where it asks
/// whether attendance improved, and else those of the bands.
fn judged_over(policy: &Policy, row: &Row, regular: &Regular) -> Over {
    match (regular.at_least.or(regular.below), regular.when) {
        (Some(_), _) => regular.over,
        (None, Trend::Improved | Trend::NotImproved) if policy.improved == Improvement::Period => {
            policy.period
        }
        _ => band_over(policy, row, regular),
    }
}

/// Whether a row that is for each pupil fits one.
pub(crate) fn fits(policy: &Policy, row: &Row, regular: &Regular, pupil: &Pupil) -> bool {
    // Reviews only list and rewards have their own period; a response is proposed.
    if row.kind == Kind::Response && judge::few(policy, pupil) {
        return false;
    }
    let band = judge::band(policy, pupil.rates.over(band_over(policy, row, regular)));
    let in_band =
        regular.bands.is_empty() || band.is_some_and(|band| regular.bands.contains(&band));
    let rate = pupil.rates.over(regular.over);
    let enough = regular.at_least.is_none_or(|least| rate.is_some_and(|rate| rate.at_least(least)));
    let low = regular.below.is_none_or(|below| rate.is_some_and(|rate| !rate.at_least(below)));
    let stage = pupil.case.as_ref().and_then(Case::stage);
    let at =
        regular.at.is_empty() || stage.is_some_and(|stage| regular.at.iter().any(|at| at == stage));
    let counted = regular.comes_to.is_none_or(|(count, least)| {
        let [now, before] = pupil.counts.get(&(count, regular.over)).copied().unwrap_or_default();
        now >= least && before < least
    });
    in_band && enough && low && at && counted && judge::fits(policy, regular.when, pupil)
}

fn because(policy: &Policy, row: &Row, regular: &Regular, pupil: &Pupil) -> Vec<String> {
    let say = |over, rate: Rate| {
        format!(
            "over the {over}: {} of {} sessions attended ({}%)",
            rate.part(),
            rate.whole(),
            rate.cut()
        )
    };
    let bands = band_over(policy, row, regular);
    let mut lines: Vec<String> =
        pupil.rates.over(bands).map(|rate| say(bands, rate)).into_iter().collect();
    let over = judged_over(policy, row, regular);
    if over != bands {
        lines.extend(pupil.rates.over(over).map(|rate| say(over, rate)));
    }
    lines.push(format!("trend: {}", regular.when));
    if let Some((count, least)) = regular.comes_to {
        let [now, _] = pupil.counts.get(&(count, regular.over)).copied().unwrap_or_default();
        lines.push(format!("{count} over the {}: {now}, which is {least} or more", regular.over));
    }
    lines.extend(pupil.band_since.map(|day| format!("in the band since {day}")));
    lines
}

/// The classes with the highest rate, all of them when they tie.
fn best<'a>(regular: &Regular, classes: &'a [Class]) -> Vec<(&'a str, Rate)> {
    let rates = || {
        classes
            .iter()
            .filter_map(|class| Some((class.name.as_str(), class.rates.over(regular.over)?)))
    };
    let highest = rates().map(|(_, rate)| rate).max();
    rates().filter(|(_, rate)| Some(*rate) == highest).collect()
}

fn decision(row: &Row, regular: &Regular, subject: Subject, because: Vec<String>) -> Decision {
    Decision {
        subject,
        rule: row.rule.clone(),
        because,
        actions: regular.does.clone(),
        held: Vec::new(),
        taking: None,
        decides: regular.decides.clone(),
        voice: Voice::of_trend(row.kind, regular.when),
        counted: None,
    }
}

/// A decision that only gives something.
pub(crate) fn plain(row: &Row, subject: Subject, what: String) -> Decision {
    let action = Action {
        kind: Do::Give,
        what,
        by: None,
        to: None,
        with: Vec::new(),
        within: None,
        before: None,
        only_if: None,
        unless: None,
        rate: None,
        school_weeks: None,
        unauthorised_at_least: None,
    };
    Decision {
        subject,
        rule: row.rule.clone(),
        because: vec!["the tickets held and the rate of the period".to_owned()],
        actions: vec![action],
        held: Vec::new(),
        taking: None,
        decides: None,
        voice: None,
        counted: None,
    }
}
