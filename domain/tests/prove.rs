//! The built-in policies are proven, and a policy that does what it must not is told so in scenarios that can be pasted.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use std::path::Path;

use domain::policy::{Claim, Counterexample, Folder, Proof, SESSIONS, built_in, prove};

fn told(proof: &Proof) -> String {
    let tell = |found: &Counterexample| {
        format!("{}: {}\n{}\n", found.claim, found.says, found.scenarios.join("\n"))
    };
    proof.counterexamples.iter().map(tell).collect()
}

#[test]
fn every_built_in_policy_is_proven() {
    for (key, folder) in built_in() {
        let proof = prove(&folder).unwrap();
        assert!(proof.counterexamples.is_empty(), "{key}:\n{}", told(&proof));
        assert!(Claim::ALL.iter().all(|claim| proof.situations.get(claim) > Some(&0)), "{key}");
        // 0 to n of n, for every n.
        assert_eq!(proof.counts, SESSIONS * (SESSIONS + 3) / 2);
    }
}

#[test]
fn the_policies_of_other_schools_are_proven() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let folders = common::entries(&here.join("outside"));
    for folder in folders.into_iter().chain([here.join("small")]) {
        let files = common::files(&folder);
        assert!(common::problems(files.clone()).is_empty(), "{}", folder.display());
        let proof = prove(&Folder::read(files).unwrap()).unwrap();
        assert!(proof.counterexamples.is_empty(), "{}:\n{}", folder.display(), told(&proof));
    }
}

/// The small policy with one text for another.
fn small(changes: &[(&str, &str)]) -> Folder {
    let files = common::files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/small"));
    let mut folder = Folder::read(files).unwrap();
    for (old, new) in changes {
        assert!(folder.policy.contains(old), "{old}");
        folder.policy = folder.policy.replacen(old, new, 1);
    }
    folder
}

/// The first counterexample of a kind; its scenarios come out as they say when they are pasted.
#[track_caller]
fn found(folder: &Folder, claim: Claim) -> Counterexample {
    let proof = prove(folder).unwrap();
    let found = proof.counterexamples.iter().find(|found| found.claim == claim).cloned();
    let found = found.unwrap_or_else(|| unreachable!("{}", told(&proof)));
    let (policy, _) = domain::policy::parse(&folder.policy, domain::policy::Answers::Examples);
    let (scenarios, problems) = domain::policy::scenarios(&found.scenarios.concat());
    assert_eq!(problems, vec![], "{}", found.scenarios.concat());
    assert_eq!(scenarios.len(), found.scenarios.len());
    let letters = folder.letters.iter();
    let letters =
        letters.map(|(name, text)| (name.clone(), domain::policy::Letter::read(name, text).0));
    assert_eq!(domain::policy::failures(&policy, &letters.collect(), &scenarios), vec![]);
    found
}

#[test]
fn a_figure_that_no_step_or_two_steps_answer_is_told() {
    let none = small(&[("when = \"not achieved\"", "when = \"not achieved\"\nband = \"low\"")]);
    let says = found(&none, Claim::OneOutcome).says;
    assert_eq!(
        says,
        "at \"Target\", when the target is not achieved, in the band \"high\": no step answers"
    );
    let two = small(&[("when = \"not achieved\"", "when = [\"not achieved\", \"achieved\"]")]);
    let says = found(&two, Claim::OneOutcome).says;
    assert!(
        says.ends_with("the target is achieved, in the band \"high\": 2 steps answer"),
        "{says}"
    );
}

#[test]
fn an_answer_that_is_milder_for_more_absence_is_told_with_both_pupils() {
    // Whoever misses the target is sent home, whoever reaches it is referred.
    let turned = small(&[
        ("when = \"achieved\"", "when = \"at first\""),
        ("when = \"not achieved\"", "when = \"achieved\""),
        ("when = \"at first\"", "when = \"not achieved\""),
    ]);
    let told = found(&turned, Claim::NeverMilder);
    assert!(told.says.starts_with("at \"Target\", more absence is answered more mildly, by E-4"));
    assert_eq!(told.scenarios.len(), 2);
}

#[test]
fn a_listing_that_only_better_attendance_leads_to_is_told() {
    let turned = small(&[("band = \"low\"", "band = \"high\"")]);
    let told = found(&turned, Claim::NeverMilder);
    assert!(told.says.starts_with("at \"start\", more absence is answered more mildly"));
}

#[test]
fn a_reward_for_absence_is_told() {
    let turned = small(&[("at_least = \"100%\"", "below = \"100%\"")]);
    let told = found(&turned, Claim::NeverMilder);
    assert_eq!(told.says, "E-6 rewards more absence over the half term");
}

#[test]
fn a_stage_without_an_end_is_told() {
    let endless = small(&[
        (
            "when = [\"helps\", \"declines\"]\ndo = [{ record = \"the council's answer\", by = \"Council\" }]\nthen = \"closed\"",
            "when = [\"helps\", \"declines\"]\ndo = [{ target = \"95%\", school_weeks = 6 }]\nthen = \"Target\"",
        ),
        (
            "when = \"achieved\"\ndo = [{ give = \"a postcard\", to = \"the pupil\" }]\nthen = \"closed\"",
            "when = \"achieved\"\ndo = [{ target = \"95%\", school_weeks = 6 }]\nthen = \"stay\"",
        ),
        (
            "when = [\"left the roll\", \"a new school year\"]\nthen = \"closed\"",
            "when = [\"left the roll\", \"a new school year\"]\nthen = \"stay\"",
        ),
    ]);
    let told = found(&endless, Claim::Ends);
    assert!(told.says.starts_with("a case at \"Target\" never ends"), "{}", told.says);
    let nobody = small(&[("decides = \"Head\"\n", "")]);
    assert_eq!(
        found(&nobody, Claim::Ends).says,
        "no review says who `decides`, so no case is ever opened"
    );
}
