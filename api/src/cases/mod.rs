//! Cases: one pupil's way through a policy's stages, told by events that are never changed.

mod list_cases;
mod list_mitigations;
mod read_case;
mod record_outcome;
mod rows;
mod take;
mod timeline;

use utoipa_actix_web::service_config::ServiceConfig;

pub use record_outcome::{counted, record};
pub use rows::{
    CaseRow, Told, case, case_to_change, mitigate, mitigations, open_case_to_change, open_cases,
    told_case,
};
pub use take::{Ground, place, take};

/// The operations of this capability.
pub fn mount(config: &mut ServiceConfig) {
    config
        .service(list_cases::list_cases)
        .service(list_mitigations::list_mitigations)
        .service(read_case::read_case)
        .service(record_outcome::record_outcome);
}
