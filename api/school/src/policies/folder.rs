//! A policy's folder as it goes over the wire, and what is wrong with one.

use domain::policy::{Checked, Folder, check_folder};

use base::prelude::*;

/// A policy as texts. `domain/policies/README.md` teaches how they are written.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyFolder {
    /// `policy.toml`: the rules.
    pub policy: String,
    /// The letters, by the name that rules call them by.
    #[serde(default)]
    pub letters: BTreeMap<String, String>,
    /// `scenarios.toml`: situations, and what the rules must do in them.
    #[serde(default)]
    pub scenarios: String,
}

/// Something that is wrong with a policy.
#[derive(Debug, Serialize, ToSchema)]
pub struct PolicyProblem {
    /// The file: `policy.toml`, `letters/NAME.md` or `scenarios.toml`.
    #[schema(example = "policy.toml")]
    file: String,
    /// The line, from 1; absent when it concerns the whole file.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 41)]
    line: Option<usize>,
    /// The id of the rule that stands there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "W-04")]
    rule: Option<String>,
    /// What is wrong and what was expected, in plain English.
    says: String,
}

impl From<&domain::policy::Problem> for PolicyProblem {
    fn from(problem: &domain::policy::Problem) -> Self {
        let domain::policy::Problem { file, line, rule, says } = problem.clone();
        Self { file, line: (line > 0).then_some(line), rule, says }
    }
}

impl From<PolicyFolder> for Folder {
    fn from(folder: PolicyFolder) -> Self {
        let PolicyFolder { policy, letters, scenarios } = folder;
        Self { policy, letters, scenarios }
    }
}

impl From<&Folder> for PolicyFolder {
    fn from(folder: &Folder) -> Self {
        let Folder { policy, letters, scenarios } = folder.clone();
        Self { policy, letters, scenarios }
    }
}

/// The folder, read and checked. Errors: 422 with everything that is wrong with it.
pub fn sound(folder: &Folder) -> Result<Checked> {
    let checked = check_folder(folder);
    if checked.problems.is_empty() {
        return Ok(checked);
    }
    let place = |problem: &domain::policy::Problem| match problem.file.strip_prefix("letters/") {
        Some(letter) => format!("/letters/{}", letter.trim_end_matches(".md")),
        None => format!("/{}", problem.file.trim_end_matches(".toml")),
    };
    let refusal = checked
        .problems
        .iter()
        .fold(Problem::new(Kind::UnsoundPolicy), |all, one| all.and(place(one), one.to_string()));
    Err(refusal)
}
