//! Names for invented pupils: ordinary names of many origins, combined by chance.
//!
//! A name a line in the folder `names`. Apostrophes, hyphens, spaces and accents are there on purpose: whatever shows,
//! sorts or searches a name meets them in the demonstration.

use std::sync::LazyLock;

use super::rng::Key;

static GIRLS: LazyLock<Vec<&str>> =
    LazyLock::new(|| include_str!("../names/girls.txt").lines().collect());
static BOYS: LazyLock<Vec<&str>> =
    LazyLock::new(|| include_str!("../names/boys.txt").lines().collect());
static SURNAMES: LazyLock<Vec<&str>> =
    LazyLock::new(|| include_str!("../names/surnames.txt").lines().collect());

/// Children of a home who have another surname than the home's, per thousand.
const OTHER_SURNAME: u64 = 120;

/// Sex as a school records it, with a forename and a surname.
pub(super) fn draw(pupil: Key, home: Key) -> (&'static str, &'static str, &'static str) {
    let girl = pupil.about("sex").happens(1, 2);
    let (sex, forenames) = if girl { ("F", &GIRLS) } else { ("M", &BOYS) };
    let forename = pupil.about("forename").pick(forenames).unwrap_or_default();
    let other = pupil.about("other surname").happens(OTHER_SURNAME, 1000);
    (sex, forename, surname(if other { pupil } else { home }))
}

/// A surname.
pub(super) fn surname(key: Key) -> &'static str {
    key.about("surname").pick(&SURNAMES).unwrap_or_default()
}

/// A forename that a parent could have.
pub(super) fn forename(key: Key, woman: bool) -> &'static str {
    key.about("forename").pick(if woman { &GIRLS } else { &BOYS }).unwrap_or_default()
}
