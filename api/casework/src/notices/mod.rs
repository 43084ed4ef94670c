//! Penalty notices, a parent and a child each: pending, issued, waived, withdrawn, paid. The national limits are checked
//! and shown; a person decides, and the local authority's outcome is recorded. Before them, a Notice to Improve.

mod carry_in;
mod decide;
mod improve;
mod limits;
mod list_notices;
mod of_pupil;
mod open;
mod propose;
mod read_notice;
mod support;

pub use carry_in::{Absence, Given, Refused, TakenBack, carry_in, settle, take_back};
pub use limits::Counted;
pub use open::FRAMEWORK;
pub use support::{Supported, let_fall, supported};

/// The operations of this capability.
pub fn mount(config: &mut base::Operations) {
    config
        .service(of_pupil::notices_of_pupil)
        .service(propose::propose_notice)
        .service(list_notices::list_notices)
        .service(read_notice::read_notice)
        .service(decide::decide_notice)
        .service(improve::give_notice_to_improve);
}
