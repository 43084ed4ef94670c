//! A policy's folder as texts: read, checked and tried out in one go.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::Calendar;
use crate::policy::check::check;
use crate::policy::letter::Letter;
use crate::policy::model::Policy;
use crate::policy::parse::{Answers, parse};
use crate::policy::play::{example_calendars, play};
use crate::policy::problem::Problem;
use crate::policy::scenario::{self, Scenario, scenarios};

/// The texts of a policy's folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Folder {
    /// `policy.toml`.
    pub policy: String,
    /// `letters/NAME.md`, by NAME.
    pub letters: BTreeMap<String, String>,
    /// `scenarios.toml`.
    pub scenarios: String,
}

/// A folder that has been read, with everything that is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// The policy, as far as it could be read.
    pub policy: Policy,
    /// Its letters, by name.
    pub letters: BTreeMap<String, Letter>,
    /// Its scenarios.
    pub scenarios: Vec<Scenario>,
    /// Everything that is wrong, by file and line.
    pub problems: Vec<Problem>,
}

/// Reads a folder, checks it and plays its scenarios.
#[must_use]
pub fn check_folder(folder: &Folder) -> Checked {
    let (policy, mut problems) = parse(&folder.policy, Answers::Examples);
    let mut letters = BTreeMap::new();
    for (name, text) in &folder.letters {
        let (letter, found) = Letter::read(name, text);
        letters.insert(name.clone(), letter);
        problems.extend(found);
    }
    problems.extend(check(&policy, &letters));
    let (scenarios, found) = scenarios(&folder.scenarios);
    problems.extend(found);
    problems.extend(failures(&policy, &letters, &scenarios));
    problems.sort();
    problems.dedup();
    Checked { policy, letters, scenarios, problems }
}

static CALENDARS: LazyLock<Vec<Calendar>> = LazyLock::new(example_calendars);

/// Whether a scenario comes out as it says.
pub(crate) fn comes_out(
    policy: &Policy,
    letters: &BTreeMap<String, Letter>,
    scenario: &Scenario,
) -> bool {
    play(policy, letters, scenario, &CALENDARS) == scenario.expect
}

/// The scenarios that do not come out as they say.
#[must_use]
pub fn failures(
    policy: &Policy,
    letters: &BTreeMap<String, Letter>,
    scenarios: &[Scenario],
) -> Vec<Problem> {
    let failure = |scenario: &Scenario| {
        let found = play(policy, letters, scenario, &CALENDARS);
        (found != scenario.expect).then(|| Problem {
            file: scenario::FILE.to_owned(),
            line: scenario.line,
            rule: None,
            says: format!("{} Expected {:#?}, found {found:#?}", scenario.says, scenario.expect),
        })
    };
    scenarios.iter().filter_map(failure).collect()
}
