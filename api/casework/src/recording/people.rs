//! The people of a record: parents by their keys, others in the school's own words.

use base::prelude::*;
use roll::parents;

/// The most people of a list.
const MOST: usize = 20;

/// That these are parents of the pupil, each once. Errors: 422 at `pointer`.
pub fn check_parents(
    tx: &mut Tx,
    pupil_id: PupilId,
    parents: &[ParentId],
    pointer: &str,
) -> Result<()> {
    let once: BTreeSet<ParentId> = parents.iter().copied().collect();
    if parents.len() > MOST || once.len() < parents.len() {
        let expected = format!("at most {MOST} parents, each once");
        return Err(Problem::at(Kind::Invalid, pointer, expected));
    }
    let known = parents::whom_to_ask(tx, pupil_id)?;
    if parents.iter().all(|parent| known.contains_key(parent)) {
        return Ok(());
    }
    Err(Problem::at(
        Kind::Invalid,
        pointer,
        "parents of the pupil: GET /v1/pupils/{pupil_id}/parents",
    ))
}

/// People who are not parents, as they are kept. Errors: 422 for too many of them, and at the first who cannot be kept.
pub fn check_others(others: Vec<String>, pointer: &str) -> Result<Vec<String>> {
    if others.len() > MOST {
        return Err(Problem::at(Kind::Invalid, pointer, format!("at most {MOST} people")));
    }
    let kept =
        |(at, other): (usize, String)| name::words(&other, &format!("{pointer}/{at}"), name::LINE);
    others.into_iter().enumerate().map(kept).collect()
}
