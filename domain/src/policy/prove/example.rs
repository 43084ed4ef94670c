//! A situation as a scenario that can be pasted into `scenarios.toml`.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::Rate;
use crate::policy::facts::{Facts, Pupil, Rates};
use crate::policy::model::Policy;
use crate::policy::play::play;
use crate::policy::prove::Ground;
use crate::policy::review::review;
use crate::policy::scenario::{Given, Scenario};
use crate::policy::step::Happened;

impl Ground<'_> {
    /// A pupil on a day on which the policy looks, and what it does now.
    pub(super) fn on(&self, day: NaiveDate, pupil: &Pupil, says: &str) -> String {
        let facts = Facts { pupils: vec![pupil.clone()], ..Facts::default() };
        let decisions = review(self.policy, self.letters, &facts, day, self.calendars);
        let rules: BTreeSet<&String> = decisions.iter().map(|decision| &decision.rule).collect();
        let given = Given::Day(day, Box::new(facts));
        let situation = format!("day = \"{day}\"\npupil = {{ {} }}", of(pupil));
        self.told(says, rules, given, &situation)
    }

    /// Something that is recorded about a pupil's case, and what the policy does now.
    pub(super) fn happening(&self, pupil: &Pupil, outcome: &str, says: &str) -> String {
        let happened = Happened::Outcome(outcome.to_owned());
        let rules =
            self.policy.steps().filter(|(_, step)| step.when.iter().any(|when| when == outcome));
        let rules = rules.map(|(row, _)| &row.rule).collect();
        let given = Given::Happened(Box::new(pupil.clone()), happened);
        let situation = format!("happens = {outcome:?}\npupil = {{ {} }}", of(pupil));
        self.told(says, rules, given, &situation)
    }

    fn told(&self, says: &str, rules: BTreeSet<&String>, given: Given, situation: &str) -> String {
        let mut proves: Vec<String> = rules.into_iter().cloned().collect();
        if proves.is_empty() {
            proves.extend(first_rule(self.policy));
        }
        let says = format!("{says}.");
        let scenario = Scenario { says, proves, given, decided: None, expect: Vec::new(), line: 0 };
        let expect = play(self.policy, self.letters, &scenario, self.calendars);
        let Scenario { says, proves, .. } = scenario;
        let expect: String = expect.iter().map(|line| format!("\n    {line:?},")).collect();
        format!(
            "[[scenario]]\nsays = {says:?}\nproves = {proves:?}\n{situation}\nexpect = [{expect}\n]\n"
        )
    }
}

fn first_rule(policy: &Policy) -> Option<String> {
    policy.rows.first().map(|row| row.rule.clone())
}

/// The pupil as a scenario tells of them.
fn of(pupil: &Pupil) -> String {
    let rate = |rate: Rate| format!("\"{}/{}\"", rate.part(), rate.whole());
    let mut said: Vec<String> = Vec::new();
    let mut say = |key: &str, value: Option<String>| {
        said.extend(value.map(|value| format!("{key} = {value}")));
    };
    let Rates { week, fortnight, half_term, term, year } = pupil.rates;
    say("week", week.map(rate));
    say("fortnight", fortnight.map(rate));
    say("half_term", half_term.map(rate));
    say("term", term.map(rate));
    say("year", year.map(rate));
    let quoted = |text: String| format!("{text:?}");
    if let Some(case) = &pupil.case {
        say("at", case.stage().map(|stage| quoted(stage.to_owned())));
        say("since_day", Some(quoted(case.since.to_string())));
        say("target", pupil.target.map(rate));
        say("target_rate", case.target.map(|target| quoted(target.rate.to_string())));
        say("target_to", case.target.map(|target| quoted(target.to.to_string())));
        let letter = case.letters.last().and_then(|letter| letter.figure);
        say("last_letter", letter.and_then(|figure| figure.rate()).map(rate));
    }
    say("last", pupil.last.map(rate));
    say("last_band", pupil.last_band.clone().map(quoted));
    say("since", pupil.since.map(rate));
    say("since_letter", pupil.since_letter.map(rate));
    say("recent", pupil.recent.map(rate));
    say("earlier", pupil.earlier.map(rate));
    say("band_since", pupil.band_since.map(|day| quoted(day.to_string())));
    said.join(", ")
}
