//! Facts of the roll with dates: days, placements, characteristics, moves. Each is recorded, and what stood before stays.

mod move_pupil;
mod place_pupil;
mod put_characteristics;
mod put_days;
mod put_destination;
mod read_characteristics;

use super::{EnrolmentRow, enrolment};
use base::prelude::*;
use school::tenants::{self, Locked};

/// The operations of this part.
pub(super) fn mount(config: &mut base::Operations) {
    config
        .service(put_days::put_days)
        .service(put_destination::put_destination)
        .service(place_pupil::place_pupil)
        .service(put_characteristics::put_characteristics)
        .service(read_characteristics::read_characteristics)
        .service(move_pupil::move_pupil);
}

/// Locks an enrolment's school and reads the enrolment as it then stands.
fn locked(tx: &mut Tx, enrolment_id: EnrolmentId) -> Result<(EnrolmentRow, Locked)> {
    let school_id = enrolment(tx, enrolment_id)?.school_id;
    let locked = tenants::lock_schools(tx, &[school_id], &[])?;
    Ok((enrolment(tx, enrolment_id)?, locked))
}
