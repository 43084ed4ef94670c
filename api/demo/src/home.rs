//! Where a pupil lives: brothers and sisters share a home, its name and its language.
//!
//! Homes are counted by the establishment where their children started school. A home is told apart by what follows
//! from the UPN alone, so that it does not depend on who else is on roll.

use super::pupil::Issue;
use super::rng::Key;

/// Homes of an establishment against its year group: the more, the fewer brothers and sisters.
const HOMES: u64 = 4;
/// Languages of homes: weight and tag (BCP 47). English first.
const LANGUAGES: [(u64, &str); 9] = [
    (790, "en"),
    (40, "ur"),
    (35, "pl"),
    (30, "pa"),
    (30, "ro"),
    (25, "bn"),
    (20, "ar"),
    (15, "so"),
    (15, "pt"),
];

/// A home.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Home {
    /// Everything that is drawn for this home.
    pub(super) key: Key,
    /// The language spoken there, as a tag.
    pub(super) language: &'static str,
}

impl Home {
    /// The home of the pupil whom the UPN was issued to. `intake` is the size of the school's year groups.
    ///
    /// No home has two pupils of one year group, nor of two that follow each other: brothers and sisters are born
    /// well apart, twins aside, who are not invented here.
    pub(super) fn of(seed: Key, issue: Issue, intake: u16) -> Self {
        let establishment = seed.about("homes").with(u64::from(issue.establishment));
        // Odd, so that a step of a power of two comes to every home before it comes to one again.
        let homes = HOMES * u64::from(intake) + 1;
        let from = establishment.year(issue.cohort).below(homes);
        let number = (from + u64::from(issue.serial) * 16) % homes;
        let key =
            establishment.with(number).with(u64::from(issue.cohort.rem_euclid(2).unsigned_abs()));
        let language = key.about("language").weighted(&LANGUAGES).unwrap_or("en");
        Self { key, language }
    }
}
