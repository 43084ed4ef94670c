//! Amendments: marks are corrected with a reason, and what rested on them (letters, steps, proposals, penalty notices) is
//! undone with them, or a person is told.

mod amend;
mod amend_marks;

use utoipa_actix_web::service_config::ServiceConfig;

pub use amend::{Amended, AmendedMark, Amendment, amend};

/// The operations of this capability.
pub fn mount(config: &mut ServiceConfig) {
    config.service(amend_marks::amend_marks);
}
