//! What a school answers otherwise than a policy proposes is what the policy then does.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeMap;

use domain::policy::{
    Answers, Folder, Letter, built_in, example_calendars, parse, play, scenarios,
};

/// The school's answers to the settings of the policy with four bands.
type Own<'a> = [(&'a str, &'a [&'a str])];

fn policy_text() -> String {
    let with_draws = |folder: &Folder| folder.policy.contains("name = \"priority bands\"");
    built_in().into_values().find(with_draws).unwrap().policy
}

fn answers(own: &Own<'_>) -> BTreeMap<String, Vec<String>> {
    let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect();
    let own = own.iter().map(|(name, list)| ((*name).to_owned(), texts(list)));
    own.chain([("target".to_owned(), vec!["96%".to_owned()])]).collect()
}

/// What the rule does in the situation, with the school's own answers.
fn does(own: &Own<'_>, rule: &str, situation: &str) -> Vec<String> {
    let (policy, problems) = parse(&policy_text(), Answers::School(&answers(own)));
    assert!(problems.is_empty(), "{problems:#?}");
    let text = format!(
        "[[scenario]]\nsays = \"A situation.\"\nproves = [{rule:?}]\nexpect = []\n{situation}\n"
    );
    let (scenarios, problems) = scenarios(&text);
    assert!(problems.is_empty(), "{problems:#?}");
    let letters: BTreeMap<String, Letter> = BTreeMap::new();
    play(&policy, &letters, &scenarios[0], &example_calendars())
}

fn refused(own: &Own<'_>, expected: &str) {
    let (_, problems) = parse(&policy_text(), Answers::School(&answers(own)));
    let found: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert!(found.iter().any(|problem| problem.contains(expected)), "{expected}: {found:#?}");
}

fn full_week(year: &str) -> String {
    format!("day = \"2025-12-05\"\npupil = {{ year = {year:?}, week = \"10/10\" }}")
}

#[test]
fn a_full_week_earns_a_ticket_whatever_the_band_of_the_year() {
    let ticket = ["S-06: give: raffle ticket for the Prize Draw, to the pupil"];
    for year in ["99/100", "95/100", "92/100", "80/100"] {
        assert_eq!(does(&[], "S-06", &full_week(year)), ticket, "{year}");
    }
}

#[test]
fn a_merged_raffle_is_drawn_with_the_termly_prize() {
    let merged: &Own<'_> = &[("raffle", &["the termly prize"])];
    let day = "day = \"2025-12-19\"\npupil = { term = \"133/140\" }";
    assert_eq!(
        does(&[], "S-18", day),
        ["S-18: give: 1 entry in the draw for the end-of-term raffle"]
    );
    assert_eq!(does(merged, "S-18", day), ["S-18: give: 1 entry in the draw for the termly prize"]);
    assert_eq!(does(merged, "S-15", day), ["S-15: give: 1 entry in the draw for the termly prize"]);
}

#[test]
fn what_has_no_cadence_is_done_when_the_school_says() {
    let file = [
        "S-29: report: pupil case file, in the event of a referral to the Local Authority, by Attendance Lead",
    ];
    let entering =
        "day = \"2025-12-04\"\npupil = { year = \"80/100\", band_since = \"2025-12-04\" }";
    let week = "day = \"2025-12-05\"\npupil = { year = \"80/100\" }";
    let half_term = "day = \"2025-12-19\"\npupil = { year = \"80/100\" }";
    let cases: [(&Own<'_>, [bool; 3]); 4] = [
        (&[], [true, false, true]),
        (&[("no cadence printed", &["half term"])], [false, false, true]),
        (&[("no cadence printed", &["entry into the band"])], [true, false, false]),
        (&[("no cadence printed", &["week", "entry into the band"])], [true, true, true]),
    ];
    for (own, due) in cases {
        for (situation, due) in [entering, week, half_term].into_iter().zip(due) {
            let found = does(own, "S-29", situation);
            assert_eq!(found == file, due, "{own:?} {situation}: {found:?}");
            assert_eq!(found.is_empty(), !due, "{own:?} {situation}: {found:?}");
        }
    }
}

#[test]
fn an_answer_that_does_not_fit_is_refused() {
    refused(
        &[("priority bands", &["100%-98%", "95%"])],
        "\"priority bands\" cannot be \"95%\"; it must be one of: every band, 100%-98%",
    );
    refused(
        &[("few sessions", &["20", "30"])],
        "`few_sessions` takes one answer, and the setting gives \"20\" and \"30\"",
    );
    refused(
        &[("no cadence printed", &["week", "term"])],
        "`every` names one cadence, and beside it at most \"entry into the band\"",
    );
    let (_, problems) = parse(&policy_text(), Answers::School(&BTreeMap::new()));
    let says = "the school must answer the setting \"target\": What is the school target?";
    assert!(problems.iter().any(|problem| problem.to_string().contains(says)), "{problems:#?}");
}
