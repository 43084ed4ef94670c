//! One call does many: each is done whole or not at all, whatever becomes of the others.

use base::prelude::*;
use base::problem::ProblemBody;

/// The most that one call does.
pub const MOST: usize = 500;

/// Does one of many. A refusal undoes what it did and nothing else; it is answered with the others. Errors: what no other
/// of them would be spared either.
pub fn attempt(
    tx: &mut Tx,
    work: impl FnOnce(&mut Tx) -> Result<()>,
) -> Result<Option<ProblemBody>> {
    const OF_ALL: [Kind; 3] = [Kind::Internal, Kind::Unavailable, Kind::StorageFull];
    match tx.savepoint(work) {
        Ok(()) => Ok(None),
        Err(problem) if OF_ALL.contains(&problem.kind()) => Err(problem),
        Err(problem) => Ok(Some(problem.body())),
    }
}

/// The status as one of many alone would have been answered with.
pub fn status(problem: Option<&ProblemBody>) -> u16 {
    problem.map_or(200, |problem| problem.status)
}

/// Errors: 422 at the pointer when there are none, or more than one call does.
pub fn check_many(many: usize, at: &str, of: &str) -> Result<()> {
    if (1..=MOST).contains(&many) {
        return Ok(());
    }
    Err(Problem::at(Kind::Invalid, at, format!("1 to {MOST} {of}")))
}

/// Errors: 404 where the caller may know of none of them.
pub fn check_any(any: bool) -> Result<()> {
    if any { Ok(()) } else { Err(Problem::not_found()) }
}
