//! The policies that come with the product, as part of the program.

use std::collections::BTreeMap;

use crate::policy::folder::Folder;

/// A folder of `domain/policies` with its letters.
macro_rules! folder {
    ($name:literal: $($letter:literal)*) => {
        ($name, Folder {
            policy: include_str!(concat!("../../policies/", $name, "/policy.toml")).to_owned(),
            letters: BTreeMap::from([$((
                $letter.to_owned(),
                include_str!(concat!("../../policies/", $name, "/letters/", $letter, ".md")).to_owned(),
            ),)*]),
            scenarios: include_str!(concat!("../../policies/", $name, "/scenarios.toml")).to_owned(),
        })
    };
}

/// Every policy in `domain/policies`, by the name of its folder.
#[must_use]
pub fn built_in() -> BTreeMap<&'static str, Folder> {
    BTreeMap::from([
        folder!("flowchart": "letter-a" "letter-b" "letter-c" "letter-e"),
        folder!("high-attendance": "letter-1" "letter-2" "letter-3"),
        folder!("improvement-process": "action-plan" "stage-1" "stage-2" "stage-3" "stage-4"
            "target-achieved" "thanks"),
        folder!("one-page": "letter-amber" "letter-invitation" "letter-red"
            "letter-still-concerned" "letter-thanks"),
        folder!("strategy": "letter-fast-track" "letter-full" "letter-good-term"
            "letter-improved" "letter-meeting" "letter-moved-up" "letter-warning"),
    ])
}
