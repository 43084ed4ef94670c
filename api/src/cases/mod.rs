//! Cases: one pupil's way through a policy's stages, told by events that are never changed.

mod carry_in;
mod list_cases;
mod read_case;
mod record_outcome;
mod rows;
mod take;

use utoipa_actix_web::service_config::ServiceConfig;

pub use carry_in::{CarriedCase, TakenBack, carry_in, take_back};
pub use rows::{CaseRow, Told, mitigate, mitigations, open_case_to_change, open_cases};
pub use take::{Ground, place, take};

/// The operations of this capability.
pub fn mount(config: &mut ServiceConfig) {
    config
        .service(list_cases::list_cases)
        .service(read_case::read_case)
        .service(record_outcome::record_outcome);
}
