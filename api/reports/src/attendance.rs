//! Attendance as reports show it, and the order in which they list pupils.

use std::cmp::Ordering;

use domain::{Rate, persistent, severe};
use serde::de::DeserializeOwned;

use base::http::page::{Page, Slice};
use base::prelude::*;

/// Sessions attended of those possible.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Attended {
    /// Sessions attended.
    #[schema(example = 68)]
    pub attended: u64,
    /// Possible sessions.
    #[schema(example = 76)]
    pub possible: u64,
    /// In percent, cut to one decimal.
    #[schema(example = "89.4")]
    pub percent: String,
}

impl From<Rate> for Attended {
    fn from(rate: Rate) -> Self {
        Self { attended: rate.part(), possible: rate.whole(), percent: rate.cut() }
    }
}

/// A place in a list that begins with the lowest attendance: a rate, and the pupil where rates are the same.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Lowest {
    attended: u64,
    possible: u64,
    pupil_id: PupilId,
}

impl Lowest {
    /// The place of a pupil with a rate.
    pub const fn of(rate: Rate, pupil_id: PupilId) -> Self {
        Self { attended: rate.part(), possible: rate.whole(), pupil_id }
    }
}

impl Ord for Lowest {
    fn cmp(&self, other: &Self) -> Ordering {
        let product = |attended, possible| u128::from(attended) * u128::from(possible);
        let mine = product(self.attended, other.possible);
        mine.cmp(&product(other.attended, self.possible)).then(self.pupil_id.cmp(&other.pupil_id))
    }
}

impl PartialOrd for Lowest {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Lowest {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Lowest {}

/// Those of a list that come after the page before, one more than the page holds, in the order of their places. What is
/// costly to say of a pupil is said of these alone.
pub fn after<K: Ord, T>(slice: &Slice<K>, mut all: Vec<(K, T)>) -> Vec<(K, T)> {
    all.sort_by(|(a, _), (b, _)| a.cmp(b));
    all.retain(|(key, _)| slice.after.as_ref().is_none_or(|after| key > after));
    all.truncate(slice.limit + 1);
    all
}

/// The page of what [`after`] kept, each item said in the answer's own words.
pub fn page<K: Clone + Serialize + DeserializeOwned, T, A>(
    slice: &Slice<K>,
    kept: Vec<(K, T)>,
    say: impl FnMut((K, T)) -> A,
) -> Page<A> {
    let Page { items, next } = slice.page(kept, |(key, _)| key.clone());
    Page { items: items.into_iter().map(say).collect(), next }
}

/// Sessions missed and possible, of a rate of attendance.
fn missed(rate: Rate) -> (u32, u32) {
    let narrow = |sessions: u64| u32::try_from(sessions).unwrap_or(u32::MAX);
    (narrow(rate.whole() - rate.part()), narrow(rate.whole()))
}

/// Whether 10% or more was missed.
pub fn is_persistent(rate: Rate) -> bool {
    let (absent, possible) = missed(rate);
    persistent(absent, possible)
}

/// Whether 50% or more was missed.
pub fn is_severe(rate: Rate) -> bool {
    let (absent, possible) = missed(rate);
    severe(absent, possible)
}
