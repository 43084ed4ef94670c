//! Amendments: marks are corrected with a reason, and what rested on them (letters, steps, proposals, penalty notices) is
//! undone with them, or a person is told.

mod amend;
mod amend_marks;

pub use amend::{Amended, AmendedMark, Amendment, amend};

/// The operations of this capability.
pub fn mount(config: &mut base::Operations) {
    config.service(amend_marks::amend_marks);
}
