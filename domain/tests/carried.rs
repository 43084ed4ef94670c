//! What was done before a school came here, carried into cases under the built-in policies.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its policy fails")]

use chrono::NaiveDate;
use domain::policy::{
    Answers, CarriedIn, CarryError, Doing, Done, Letter, built_in, carry_in, fold, parse,
};

const TODAY: &str = "2026-11-18";

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn done(on: &str, what: Doing) -> Done {
    Done { day: day(on), what, figure: None }
}

fn letter(on: &str, name: &str) -> Done {
    done(on, Doing::Letter(name.to_owned()))
}

fn stage(on: &str, name: &str) -> Done {
    done(on, Doing::Stage(name.to_owned()))
}

fn target(from: &str, to: &str) -> Done {
    done(from, Doing::Target { rate: "96%".parse().unwrap(), to: day(to) })
}

fn carried(key: &str, done: &[Done]) -> Result<CarriedIn, Vec<(usize, CarryError)>> {
    let folder = built_in().remove(key).unwrap();
    let (policy, _) = parse(&folder.policy, Answers::Examples);
    let letters = folder.letters.iter();
    let letters = letters.map(|(name, text)| (name.clone(), Letter::read(name, text).0));
    carry_in(&policy, &letters.collect(), done, "Jo", day(TODAY))
}

/// Where the case is, since when, and its letters by step.
fn told(key: &str, done: &[Done]) -> String {
    let carried = carried(key, done).unwrap();
    let case = fold(carried.steps.iter().flat_map(|step| &step.events)).unwrap();
    let letters: Vec<String> =
        case.letters.iter().map(|sent| format!("{} at {}", sent.letter, sent.step)).collect();
    let target = case.target.map(|target| format!(", target to {}", target.to));
    let (stage, since) = (case.stage().unwrap(), case.since);
    format!("{stage} since {since}: {}{}", letters.join(", "), target.unwrap_or_default())
}

fn refused(key: &str, done: &[Done]) -> Vec<(usize, String)> {
    let errors = carried(key, done).unwrap_err();
    errors.into_iter().map(|(at, error)| (at, error.to_string())).collect()
}

#[test]
fn a_letter_leads_to_the_stage_to_which_the_policy_leads_with_it() {
    let all = [letter("2026-11-06", "letter-2"), letter("2026-10-09", "letter-1")];
    assert_eq!(
        told("high-attendance", &all[1..]),
        "after letter 1 since 2026-10-09: letter-1 at 1"
    );
    assert_eq!(
        told("high-attendance", &all),
        "after letter 2 since 2026-11-06: letter-1 at 1, letter-2 at 2"
    );
    let rules: Vec<String> = carried("high-attendance", &all)
        .unwrap()
        .steps
        .iter()
        .map(|step| step.events[0].rule.clone())
        .collect();
    assert_eq!(rules, ["H-06", "H-07"]);
}

#[test]
fn a_target_belongs_to_the_stage_that_waits_for_it() {
    let all = [
        target("2026-11-09", "2026-12-20"),
        letter("2026-10-23", "stage-1"),
        letter("2026-11-06", "stage-2"),
    ];
    assert_eq!(
        told("improvement-process", &all),
        "Stage 2 since 2026-11-06: stage-1 at 1, stage-2 at 2, target to 2026-12-20"
    );
    let named = [stage("2026-11-04", "Stage 2"), letter("2026-11-06", "stage-2"), all[0].clone()];
    assert_eq!(
        told("improvement-process", &named),
        "Stage 2 since 2026-11-04: stage-2 at 1, target to 2026-12-20"
    );
    let wrong = refused("improvement-process", &all[1..]);
    assert!(wrong[0].0 == 1 && wrong[0].1.contains("running target"), "{wrong:?}");
    let early = refused("improvement-process", &[all[1].clone(), all[0].clone()]);
    assert_eq!(
        early,
        [(1, "a target at a stage that waits for one: \"Stage 2\" or \"Stage 3\"".to_owned())]
    );
    let twice = [named[0].clone(), all[0].clone(), all[0].clone()];
    assert_eq!(refused("improvement-process", &twice)[0].0, 2);
}

#[test]
fn what_the_policy_does_not_know_is_told_all_at_once() {
    let wrong = refused(
        "high-attendance",
        &[letter("2026-10-09", "letter-4"), stage("2026-10-09", "Stage 1")],
    );
    assert_eq!(wrong[0].0, 0);
    assert!(wrong[0].1.contains("\"letter-1\", \"letter-2\""), "{wrong:?}");
    assert!(wrong[1].1.starts_with("a stage of the policy: \"after letter 1\""), "{wrong:?}");
}

#[test]
fn where_a_letter_leads_to_several_stages_the_list_has_to_say() {
    let thanks = [letter("2026-10-09", "thanks")];
    assert_eq!(refused("improvement-process", &thanks)[0].0, 0);
    let named = [stage("2026-10-09", "Stage 1"), thanks[0].clone()];
    assert_eq!(told("improvement-process", &named), "Stage 1 since 2026-10-09: thanks at 1");
}

#[test]
fn a_case_of_last_year_comes_in_only_where_the_policy_goes_on_with_it() {
    let old = [stage("2026-06-12", "Stage 4")];
    assert_eq!(told("improvement-process", &old), "Stage 4 since 2026-06-12: ");
    let closed = refused("improvement-process", &[stage("2026-06-12", "Stage 1")]);
    assert!(closed[0].1.contains("W-september-afresh"), "{closed:?}");
    assert!(
        refused("high-attendance", &[letter("2026-06-12", "letter-1")])[0]
            .1
            .contains("H-september")
    );
}

#[test]
fn a_letter_that_belongs_to_no_case_opens_none() {
    let carried = carried("strategy", &[letter("2026-10-09", "letter-full")]).unwrap();
    assert!(carried.steps.is_empty());
    assert_eq!(carried.letters.len(), 1);
}
