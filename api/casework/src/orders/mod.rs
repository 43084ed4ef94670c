//! What has to be respected about a parent and a child: recorded, lifted, and released to the school that the child goes
//! to; and who is told.

mod put_safeguards;
mod release_orders;
mod remind;

use crate::actions::{self, ActionSubject};
use base::prelude::*;
use roll::visibility;

pub use remind::{Reminder, remind, to_remind};

/// Whose task it is to read about it.
const SAFEGUARDING_LEAD: &str = "Designated safeguarding lead";

/// The operations of this capability.
pub fn mount(config: &mut base::Operations) {
    config.service(put_safeguards::put_safeguards).service(release_orders::release_orders);
}

/// Tells the safeguarding leads of other schools, as a task in their list. It says that there is something to read and
/// where, never what it is.
fn tell_leads(tx: &mut Tx, pupil_id: PupilId, schools: &[SchoolId], says: &str) -> Result<()> {
    let day = tx.clock().today();
    visibility::tell_schools(tx, schools, |tx, school_id| {
        let about =
            ActionSubject { school_id, pupil_id: Some(pupil_id), case_id: None, review_id: None };
        actions::tell(tx, about, "safeguarding", says, (Some(SAFEGUARDING_LEAD), day))
    })
}
