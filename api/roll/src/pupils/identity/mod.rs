//! Which child a record is: corrections, numbers of earlier days, records merged and split.

mod correct_pupil;
mod merge_pupils;
mod pupil_history;
mod records;
mod split_pupil;
mod upns;

pub use correct_pupil::rename;
pub use upns::pupils_by_upn;
pub(super) use upns::{former_upns, pupils_with_upn};

/// The operations of this part.
pub(super) fn mount(config: &mut base::Operations) {
    config
        .service(correct_pupil::correct_pupil)
        .service(pupil_history::pupil_history)
        .service(merge_pupils::merge_pupils)
        .service(split_pupil::split_pupil);
}
