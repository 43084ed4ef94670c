//! What a pupil did at schools of the trust before: whoever has the pupil now counts it in what began there, and each school
//! answers for its own.

use ::analytics::Block;
use domain::CodeTable;

use super::pupil_blocks;
use base::prelude::*;
use roll::pupils;
use roll::visibility::{self, Act};
use school::tenants;

/// A pupil's year at a school before, as that school has it now.
#[derive(Clone)]
pub struct Elsewhere {
    /// The school.
    pub school_id: SchoolId,
    /// Its name.
    pub school: String,
    /// The year, with nobody but this pupil.
    pub block: Arc<Block>,
}

/// The years of these pupils at the schools of the trust that had them before they came to a school. Of whom the caller may
/// not look back at there is nothing.
pub fn elsewhere(
    tx: &mut Tx,
    codes: &CodeTable,
    (school_id, pupils): (SchoolId, &[PupilId]),
    years: &[AcademicYear],
) -> Result<BTreeMap<PupilId, Vec<Elsewhere>>> {
    let mut found = BTreeMap::new();
    if pupils.is_empty() {
        return Ok(found);
    }
    for pupil_id in visibility::permitted(tx, pupils, Act::LookBack)? {
        let of_pupil = visibility::look_back(tx, pupil_id, |tx| {
            let mut before = Vec::new();
            for school_id in schools_before(tx, (school_id, pupil_id))? {
                let school = tenants::school(tx, school_id)?.name;
                for block in pupil_blocks(tx, codes, (school_id, pupil_id), years)? {
                    before.push(Elsewhere { school_id, school: school.clone(), block });
                }
            }
            Ok(before)
        });
        found.insert(pupil_id, of_pupil?);
    }
    Ok(found)
}

/// The schools whose rolls a pupil had left before the last coming to a school.
fn schools_before(
    tx: &mut Tx,
    (school_id, pupil_id): (SchoolId, PupilId),
) -> Result<BTreeSet<SchoolId>> {
    let stays = pupils::stays_of(tx, pupil_id)?;
    let came = stays.iter().rfind(|stay| stay.school_id == school_id).map(|stay| stay.first_day);
    let before = stays.iter().filter(|stay| {
        let left = stay.last_day.filter(|last| stay.first_day <= *last);
        stay.school_id != school_id && left.zip(came).is_some_and(|(left, came)| left < came)
    });
    Ok(before.map(|stay| stay.school_id).collect())
}
