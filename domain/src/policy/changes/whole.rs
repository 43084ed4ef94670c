//! The changes outside the rows: the words at the top of the file, the stages and the settings.

use std::collections::BTreeMap;

use crate::policy::changes::{near, near_count, others, said};
use crate::policy::model::{Policy, Setting, Stage};
use crate::policy::parse::{Answers, parse};
use crate::policy::sentence::and;
use crate::policy::word::{Improvement, Waits};

/// A change outside the rows.
pub(crate) struct Whole {
    /// What is changed: a word at the top, a stage or a setting.
    pub(crate) place: String,
    /// The line it stands on.
    pub(crate) line: usize,
    /// The change in words.
    pub(crate) change: String,
    /// The policy as it would be.
    pub(crate) policy: Policy,
}

/// The changes that are tried outside the rows of a policy with this text.
pub(crate) fn whole_changes(text: &str, policy: &Policy) -> Vec<Whole> {
    let mut all = head_changes(policy);
    for (at, stage) in policy.stages.iter().enumerate() {
        for (change, new) in stage_changes(policy, stage) {
            let mut policy = policy.clone();
            policy.stages.splice(at..=at, new);
            let place = format!("stage {:?}", stage.name);
            all.push(Whole { place, line: stage.line, change, policy });
        }
    }
    for setting in &policy.settings {
        for answer in other_answers(setting) {
            let change = format!("{:?} instead of {:?}", and(&answer), and(&setting.value));
            let own = policy.settings.iter().map(|own| (own.name.clone(), own.value.clone()));
            let mut own: BTreeMap<String, Vec<String>> = own.collect();
            own.insert(setting.name.clone(), answer);
            let (policy, _) = parse(text, Answers::School(&own));
            let place = format!("setting {:?}", setting.name);
            all.push(Whole { place, line: setting.line, change, policy });
        }
    }
    all
}

fn head_changes(policy: &Policy) -> Vec<Whole> {
    let mut all = Vec::new();
    let mut add = |place: &str, change: String, set: &dyn Fn(&mut Policy)| {
        let mut policy = policy.clone();
        set(&mut policy);
        all.push(Whole { place: place.to_owned(), line: 1, change, policy });
    };
    for over in others(policy.over) {
        add("over", over.to_string(), &|new| new.over = over);
    }
    for improved in others(policy.improved) {
        add("improved", improved.to_string(), &|new| new.improved = improved);
    }
    for rate in policy.improved_rate.into_iter().flat_map(near) {
        add("improved_rate", rate.to_string(), &|new| new.improved_rate = Some(rate));
    }
    // Nothing else compares periods.
    for period in others(policy.period).filter(|_| policy.improved == Improvement::Period) {
        add("period", period.to_string(), &|new| new.period = period);
    }
    // A policy that does not say a number has no use for it.
    let said_count = |count: u32| near_count(Some(count).filter(|count| *count > 0));
    for few in said_count(policy.few_sessions) {
        add("few_sessions", said(few), &|new| new.few_sessions = few.unwrap_or(0));
    }
    for more in said_count(policy.at_risk_sessions) {
        add("at_risk_sessions", said(more), &|new| {
            new.at_risk_sessions = more.unwrap_or(0);
        });
    }
    all
}

/// The stage removed, and everything it says changed.
fn stage_changes(policy: &Policy, stage: &Stage) -> Vec<(String, Option<Stage>)> {
    let mut all = vec![("the stage removed".to_owned(), None)];
    let mut add = |change: String, new: Stage| all.push((change, Some(new)));
    for waits in others(stage.waits) {
        add(format!("waits for {waits}"), Stage { waits, ..stage.clone() });
    }
    // Where no review looks, no step answers one.
    if stage.reviewed {
        add("reviewed: false".to_owned(), Stage { reviewed: false, ..stage.clone() });
    }
    for improved in stage.improved.into_iter().flat_map(others) {
        let change = format!("improved: {improved}");
        add(change, Stage { improved: Some(improved), ..stage.clone() });
    }
    for rate in stage.improved_rate.into_iter().flat_map(near) {
        add(format!("improved_rate: {rate}"), Stage { improved_rate: Some(rate), ..stage.clone() });
    }
    let mut weeks = near_count(stage.school_weeks);
    if stage.waits == Waits::Review && stage.school_weeks.is_none() {
        weeks.push(Some(4));
    }
    for school_weeks in weeks {
        add(
            format!("school_weeks: {}", said(school_weeks)),
            Stage { school_weeks, ..stage.clone() },
        );
    }
    for role in policy.roles.keys().filter(|role| stage.by.as_ref().is_some_and(|by| by != *role)) {
        add(format!("by {role}"), Stage { by: Some(role.clone()), ..stage.clone() });
    }
    if let Some(question) = &stage.asks {
        let asks = Some(format!("not {question}"));
        add("another question".to_owned(), Stage { asks, ..stage.clone() });
    }
    for (at, answer) in stage.answers.iter().enumerate() {
        let mut fewer = stage.clone();
        fewer.answers.remove(at);
        add(format!("without the answer {answer:?}"), fewer);
        let mut more = stage.clone();
        more.answers.insert(at, format!("not {answer}"));
        add(format!("with an answer before {answer:?}"), more);
    }
    all
}

/// Every other of the only answers; one or a tenth of a point less and more; other words.
fn other_answers(setting: &Setting) -> Vec<Vec<String>> {
    let one = |answer: String| vec![answer];
    if !setting.one_of.is_empty() {
        let answers = setting.one_of.iter().cloned().map(one);
        return answers.filter(|answer| *answer != setting.value).collect();
    }
    let [value] = setting.value.as_slice() else {
        return Vec::new();
    };
    if let Ok(number) = value.parse() {
        return near_count(Some(number))
            .into_iter()
            .flatten()
            .map(|n| one(n.to_string()))
            .collect();
    }
    match value.parse() {
        Ok(rate) => near(rate).iter().map(|rate| one(rate.to_string())).collect(),
        Err(_) => vec![one(format!("not {value}"))],
    }
}
