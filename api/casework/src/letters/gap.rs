//! What a letter needs and nobody has recorded: it is named, and the letter waits for it.

use base::prelude::*;

/// Something that a letter needs and that is not recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Gap {
    /// Where it belongs: `/letterhead/...` is of the school's letterhead, `/parents/...` of a parent, `/fields/...` of
    /// the letter itself.
    #[schema(example = "/letterhead/telephone")]
    pub pointer: String,
    /// What it is.
    #[schema(example = "the school's telephone number")]
    pub expected: String,
}

impl Gap {
    pub(super) fn new(pointer: impl Into<String>, expected: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), expected: expected.into() }
    }
}

/// Why a letter with these gaps is held.
pub(super) fn why(gaps: &[Gap]) -> String {
    let named: Vec<&str> = gaps.iter().map(|gap| gap.expected.as_str()).collect();
    format!("it cannot be written yet; not recorded: {}", named.join(", "))
}

/// The refusal of a letter with these gaps.
pub fn refusal(gaps: &[Gap]) -> Problem {
    let problem =
        Problem::new(Kind::LetterIncomplete).detail(format!("The letter waits: {}.", why(gaps)));
    let missing = |gap: &Gap| match gap.pointer.starts_with("/letterhead/") {
        true => format!("{}, on the school's letterhead", gap.expected),
        false => gap.expected.clone(),
    };
    gaps.iter().fold(problem, |all, gap| all.and("/decide", missing(gap)))
}
