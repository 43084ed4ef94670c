//! Who is told what a court has ordered, and not only that there is something.

use crate::visibility::{self, Act, Standing};
use base::auth::permission::{LiftSafeguarding, Permission};
use base::prelude::*;

/// Of these pupils those about whom the caller is told what a court has ordered. What a former school knew, and what was
/// released to a school that the child is yet to come to, is for its safeguarding lead alone.
pub fn told_of_orders(
    tx: &mut Tx,
    app: &App,
    caller: &Caller,
    pupils: &[PupilId],
) -> Result<BTreeSet<PupilId>> {
    if !caller.sees_confidential(app) {
        return Ok(BTreeSet::new());
    }
    let leads = app.roles.allows(caller.role(), LiftSafeguarding::NAME);
    let released = if leads { visibility::released(tx, pupils)? } else { BTreeSet::new() };
    let told = |pupil: PupilId, standing: Standing| {
        standing.may(Act::SeeOrders) && (leads || !standing.has_left())
            || standing.may(Act::SeeReleasedOrders) && released.contains(&pupil)
    };
    let mine = visibility::mine(tx, pupils)?.into_iter();
    Ok(mine.filter(|(pupil, standing)| told(*pupil, *standing)).map(|(pupil, _)| pupil).collect())
}
