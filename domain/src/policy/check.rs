//! What a policy must be beyond its words: every stage can be reached and left, every outcome is
//! answered once, and everything it names is there.

mod ways;

use std::collections::{BTreeMap, BTreeSet};

use crate::policy::in_vain::in_vain;
use crate::policy::letter::{Letter, LetterOccasion, letter_of};
use crate::policy::model::{Body, EVERY_STAGE, Next, Policy, Row, START, Step};
use crate::policy::outcome::{Situation, answers, outcomes, situations};
use crate::policy::parse::FILE;
use crate::policy::problem::Problem;
use crate::policy::sentence;
use crate::policy::word::{Do, Improvement, Outcome, Waits};
use crate::word::or;

/// Who something may be done to or with, besides the policy's own roles.
pub const RECIPIENTS: &[&str] = &[
    "every parent",
    "the pupil",
    "the class",
    "the named adults",
    "other professionals",
    "everybody",
];

/// Checks a policy that could be read, together with its letters.
pub fn check(policy: &Policy, letters: &BTreeMap<String, Letter>) -> Vec<Problem> {
    let mut checker = Checker { policy, problems: in_vain(policy, letters) };
    checker.head();
    checker.names(letters);
    checker.stages();
    checker.outcomes();
    checker.reach();
    checker.loops();
    checker.problems.sort();
    checker.problems.dedup();
    checker.problems
}

struct Checker<'a> {
    policy: &'a Policy,
    problems: Vec<Problem>,
}

impl Checker<'_> {
    fn report(&mut self, line: usize, rule: Option<&str>, says: String) {
        let rule = rule.map(str::to_owned);
        self.problems.push(Problem { file: FILE.to_owned(), line, rule, says });
    }

    fn row(&mut self, row: &Row, says: String) {
        self.report(row.line, Some(&row.rule), says);
    }

    fn head(&mut self) {
        let policy = self.policy;
        let needs = matches!(policy.improved, Improvement::Reaches | Improvement::Gain);
        if needs != policy.improved_rate.is_some() {
            let says = "`improved_rate` belongs to `improved` \"reaches the target\" or \"gain\", and only to these";
            self.report(1, None, says.to_owned());
        }
        if policy.rows.is_empty() {
            self.report(1, None, "a policy needs at least one rule".to_owned());
        }
    }

    /// Every band, role and letter that a row names is there.
    fn names(&mut self, letters: &BTreeMap<String, Letter>) {
        let policy = self.policy;
        let bands: Vec<&str> = policy.band_rows().map(|(_, band)| band.name.as_str()).collect();
        let roles: Vec<&str> = policy.roles.keys().map(String::as_str).collect();
        let mut used = BTreeSet::new();
        for row in &policy.rows {
            let (named, decides): (&[String], _) = match &row.body {
                Body::Daily(daily) => (&daily.bands, None),
                Body::Regular(regular) => (&regular.bands, regular.decides.as_ref()),
                Body::Step(step) => (&step.bands, None),
                Body::Band(_) | Body::Draw(_) | Body::Always(_) => (&[], None),
            };
            for band in named.iter().filter(|band| !bands.contains(&band.as_str())) {
                let list = or(bands.iter().copied());
                self.row(row, format!("there is no band {band:?}; the bands are {list}"));
            }
            if let Body::Regular(regular) = &row.body {
                let stages = || policy.stages.iter().map(|stage| stage.name.as_str());
                for at in regular.at.iter().filter(|at| policy.stage(at).is_none()) {
                    self.row(
                        row,
                        format!("there is no stage {at:?}; the stages are {}", or(stages())),
                    );
                }
            }
            let mut people: Vec<&String> = decides.into_iter().collect();
            let mut others: Vec<&String> = Vec::new();
            for action in row.body.actions() {
                people.extend(&action.by);
                others.extend(action.with.iter().chain(&action.to));
                if action.kind == Do::Letter {
                    used.insert(action.what.as_str());
                    if !letters.contains_key(&action.what) {
                        let list = or(letters.keys().map(String::as_str));
                        let says = format!("there is no letters/{}.md", action.what);
                        self.row(row, format!("{says}; the letters are {list}"));
                    }
                }
            }
            for person in people.iter().filter(|person| !roles.contains(&person.as_str())) {
                let list = or(roles.iter().copied());
                self.row(row, format!("there is no role {person:?}; [roles] names {list}"));
            }
            let known: Vec<&str> = roles.iter().chain(RECIPIENTS).copied().collect();
            for other in others.iter().filter(|other| !known.contains(&other.as_str())) {
                let list = or(known.iter().copied());
                self.row(row, format!("there is nobody called {other:?}; it must be {list}"));
            }
        }
        let on_occasion: Vec<&str> = LetterOccasion::ALL.iter().map(|one| one.text()).collect();
        let is_sent = |name: &str| used.contains(name) || on_occasion.contains(&name);
        for name in letters.keys().filter(|name| !is_sent(letter_of(name))) {
            let says = "no rule sends this letter".to_owned();
            self.problems.push(Problem {
                file: format!("letters/{name}.md"),
                line: 1,
                rule: None,
                says,
            });
        }
    }

    fn stages(&mut self) {
        let mut names = BTreeSet::from([START, EVERY_STAGE, "closed", "stay"]);
        let policy = self.policy;
        for stage in &policy.stages {
            if !names.insert(&stage.name) {
                let says = format!("the name {:?} is already taken", stage.name);
                self.report(stage.line, None, says);
            }
            let asks = stage.waits == Waits::Answer;
            if asks != (stage.answers.len() > 1 && stage.by.is_some() && stage.asks.is_some()) {
                let says = format!(
                    "the stage {:?}: `asks`, `by` and at least two `answers` belong to a stage that waits for an \"answer\", and all three are needed",
                    stage.name
                );
                self.report(stage.line, None, says);
            }
            if stage.school_weeks.is_some() && stage.waits != Waits::Review {
                let says = format!(
                    "the stage {:?}: `school_weeks` belongs to a stage that waits for a \"review\"; the weeks of a target stand in the step that sets it",
                    stage.name
                );
                self.report(stage.line, None, says);
            }
            let needs = matches!(stage.improved, Some(Improvement::Reaches | Improvement::Gain));
            if needs != stage.improved_rate.is_some()
                || stage.improved.is_some() && !stage.is_reviewed()
            {
                let says = format!(
                    "the stage {:?}: `improved` belongs to a stage that reviews look at, and `improved_rate` to \"reaches the target\" and \"gain\", and only to these",
                    stage.name
                );
                self.report(stage.line, None, says);
            }
            if stage.reviewed && !matches!(stage.waits, Waits::Meeting | Waits::Answer) {
                let says = format!(
                    "the stage {:?}: `reviewed` belongs to a stage that waits for a \"meeting\" or an \"answer\"; the others are looked at anyway",
                    stage.name
                );
                self.report(stage.line, None, says);
            }
            let mut answers = BTreeSet::new();
            for answer in stage.answers.iter().filter(|answer| !answers.insert(*answer)) {
                let says = format!("the stage {:?} has the answer {answer:?} twice", stage.name);
                self.report(stage.line, None, says);
            }
            let by = stage.by.iter().filter(|by| !policy.roles.contains_key(*by));
            for by in by {
                let list = or(policy.roles.keys().map(String::as_str));
                let says = format!("there is no role {by:?}; [roles] names {list}");
                self.report(stage.line, None, says);
            }
            let authority = stage.by.as_ref().and_then(|by| policy.roles.get(by));
            if authority.is_some_and(|role| role == "la_partner")
                && !stage.answers.iter().any(|answer| answer == DECLINES)
            {
                let says = format!(
                    "at the stage {:?} the local authority answers, so {DECLINES:?} must be among the answers",
                    stage.name
                );
                self.report(stage.line, None, says);
            }
        }
    }

    /// Every outcome of every stage is answered by exactly one step.
    fn outcomes(&mut self) {
        let policy = self.policy;
        // A situation differs from the next by its band only; what they lack is said once.
        let mut unanswered: Vec<(Situation, Vec<String>)> = Vec::new();
        for situation in situations(policy) {
            let found = answers(policy, &situation);
            match found.as_slice() {
                [_] => {}
                [] if situation.at == START => {}
                [] => {
                    let band = situation.band.clone();
                    let same = unanswered.iter_mut().find(|(other, _)| {
                        (&other.at, &other.outcome) == (&situation.at, &situation.outcome)
                    });
                    match same {
                        Some((_, bands)) => bands.extend(band),
                        None => unanswered.push((situation, band.into_iter().collect())),
                    }
                }
                [(first, _), rest @ ..] => {
                    let line = rest.last().map_or(first.line, |(row, _)| row.line);
                    let says = format!(
                        "{}: the step of {} in line {} answers this already",
                        say(&situation),
                        first.rule,
                        first.line
                    );
                    let rule = rest.last().map(|(row, _)| row.rule.clone());
                    self.report(line, rule.as_deref(), says);
                }
            }
        }
        for (situation, bands) in unanswered {
            self.unanswered(&situation, &bands);
        }
        for (row, step) in policy.steps() {
            self.step(row, step);
        }
    }

    /// Says which step is missing, in the words it would be written with.
    fn unanswered(&mut self, missing: &Situation, bands: &[String]) {
        let line = self.policy.stage(&missing.at).map_or(1, |stage| stage.line);
        let Situation { at, outcome, .. } = missing;
        let (when, bands) = (sentence::outcome(outcome), sentence::in_bands(bands));
        let says = format!(
            "at {at:?}, when {when}{bands}: no step answers this; write a [[step]] with at = {at:?} and when = {outcome:?}"
        );
        self.report(line, None, says);
    }

    /// The stages and outcomes that a step names are there.
    fn step(&mut self, row: &Row, step: &Step) {
        let policy = self.policy;
        let known: Vec<&str> = policy.stages.iter().map(|stage| stage.name.as_str()).collect();
        let stages = step.at.iter().filter(|at| *at != START && *at != EVERY_STAGE);
        let then = match &step.then {
            Next::Stage(stage) => Some(stage),
            Next::Stay | Next::Closed | Next::PersonSays | Next::Left => None,
        };
        let again = step.when.iter().all(|when| when == Outcome::Again.text());
        if step.then == Next::Left && !again {
            let says = format!(
                "\"the stage that was left\" belongs to {:?} at the start; here `then` must be a stage, \"stay\" or \"closed\"",
                Outcome::Again.text()
            );
            self.row(row, says);
        }
        for stage in stages.chain(then).filter(|stage| !known.contains(&stage.as_str())) {
            let says = format!(
                "there is no stage {stage:?}; the stages are {}",
                or(known.iter().copied())
            );
            self.row(row, says);
        }
        if step.at.iter().any(|at| at == START) && step.then == Next::Stay {
            self.row(row, "a pupil without a case cannot stay; name a stage".to_owned());
        }
        for at in &step.at {
            let possible = match policy.stage(at) {
                Some(stage) => outcomes(policy, stage),
                None if at == START => {
                    [Outcome::Listed, Outcome::Again].map(|word| word.text().to_owned()).into()
                }
                None => policy.stages.iter().flat_map(|stage| outcomes(policy, stage)).collect(),
            };
            for when in step.when.iter().filter(|when| !possible.contains(when)) {
                let list: BTreeSet<&str> = possible.iter().map(String::as_str).collect();
                let list = or(list.into_iter());
                self.row(row, format!("{at:?} has no outcome {when:?}; it must be {list}"));
            }
        }
        let target = |name: &String| policy.stage(name).is_some_and(|at| at.waits == Waits::Target);
        let sets = step.does.iter().any(|action| action.kind == Do::Target);
        let stays = || step.then == Next::Stay && self.answers_a_target(row);
        if !sets && (then.is_some_and(target) || stays()) {
            let says = "the case then waits for a target, so `do` must set one: { target = \"96%\", school_weeks = 6 }";
            self.row(row, says.to_owned());
        }
        let decided = step.when.iter().all(|when| when == Outcome::Otherwise.text());
        if step.then == Next::PersonSays && !decided {
            let says = format!(
                "\"where the person says\" belongs to {:?}; here `then` must be a stage, \"stay\" or \"closed\"",
                Outcome::Otherwise.text()
            );
            self.row(row, says);
        }
    }

    /// Whether the step answers what came of a target: whoever stays then waits for one that is over.
    fn answers_a_target(&self, row: &Row) -> bool {
        let policy = self.policy;
        let over = [Outcome::Achieved, Outcome::NotAchieved, Outcome::NoFigure];
        situations(policy).iter().any(|situation| {
            let stage = policy.stage(&situation.at);
            stage.is_some_and(|stage| stage.waits == Waits::Target)
                && over.iter().any(|outcome| outcome.text() == situation.outcome)
                && answers(policy, situation).iter().any(|(answer, _)| std::ptr::eq(*answer, row))
        })
    }
}

/// The answer that a local authority can always give.
const DECLINES: &str = "declines";

fn say(situation: &Situation) -> String {
    let bands: Vec<String> = situation.band.iter().cloned().collect();
    let (when, bands) = (sentence::outcome(&situation.outcome), sentence::in_bands(&bands));
    format!("at {:?}, when {when}{bands}", situation.at)
}
