//! What reaches beyond the caller's schools: telling the other schools of a child, and looking back at what earlier ones
//! recorded.

use super::check::{mine, refusal};
use super::records::records;
use super::standing::standings;
use super::table::{Act, Standing};
use base::db::Schools;
use base::prelude::*;

/// The other schools that have a pupil on roll: all but the main school in whose name the caller acts.
pub fn others_on_roll(tx: &mut Tx, pupil_id: PupilId) -> Result<Vec<SchoolId>> {
    let standings = tx.whole_trust(|tx| standings(tx, &[pupil_id]))?;
    let own = tx.scope().schools().clone();
    let acts = |school: SchoolId, standing: Standing| match &own {
        Schools::Only(own) => own.contains(&school) && standing == Standing::OnRoll,
        Schools::All => false,
    };
    let others = standings.into_values().flatten();
    let others = others.filter(|(school, one)| one.is_on_roll() && !acts(*school, *one));
    let schools: BTreeSet<SchoolId> = others.map(|(school, _)| school).collect();
    Ok(schools.into_iter().collect())
}

/// How a school stands to a pupil, whoever asks; `None` for one that does not know the pupil.
pub fn standing_at(
    tx: &mut Tx,
    pupil_id: PupilId,
    school_id: SchoolId,
) -> Result<Option<Standing>> {
    let standings = tx.whole_trust(|tx| standings(tx, &[pupil_id]))?;
    Ok(standings.into_values().find_map(|mut schools| schools.remove(&school_id)))
}

/// Whether a pupil is on a school's roll, or is to come to it, whoever asks.
pub fn goes_to(tx: &mut Tx, pupil_id: PupilId, school_id: SchoolId) -> Result<bool> {
    let there = standing_at(tx, pupil_id, school_id)?;
    Ok(there.is_some_and(|standing| standing.is_on_roll() || standing == Standing::Joining))
}

/// Whether a pupil is one of the caller's schools' now, and not one who has left them.
pub fn has_now(tx: &mut Tx, pupil_id: PupilId) -> Result<bool> {
    Ok(mine(tx, &[pupil_id])?.into_values().any(|standing| !standing.has_left()))
}

/// Tells schools that the caller may not reach what they are to know of a child.
pub fn tell_schools(
    tx: &mut Tx,
    schools: &[SchoolId],
    mut tell: impl FnMut(&mut Tx, SchoolId) -> Result<()>,
) -> Result<()> {
    tx.whole_trust(|tx| schools.iter().try_for_each(|school| tell(tx, *school)))
}

/// Looks back with the eyes of the whole trust at what earlier schools recorded of a pupil. Errors: 403 for a pupil whom
/// the caller's schools have not; 404.
pub fn look_back<T>(
    tx: &mut Tx,
    pupil_id: PupilId,
    look: impl FnOnce(&mut Tx) -> Result<T>,
) -> Result<T> {
    records(tx, &[pupil_id])?;
    let standing = mine(tx, &[pupil_id])?.remove(&pupil_id).ok_or_else(Problem::not_found)?;
    if !standing.may(Act::LookBack) {
        return Err(refusal(standing));
    }
    tx.whole_trust(look)
}
