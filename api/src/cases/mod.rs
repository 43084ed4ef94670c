//! Cases: one pupil's way through a policy's stages, told by events that are never changed.

mod carry_in;
mod deadlines;
mod follow_roll;
mod list_cases;
mod list_mitigations;
mod read_case;
mod record_outcome;
mod rows;
mod take;
mod timeline;

use utoipa_actix_web::service_config::ServiceConfig;

pub use carry_in::{CarriedCase, TakenBack, carry_in, take_back};
pub use deadlines::tell_deadlines;
pub use follow_roll::{Followed, follow_the_roll};
pub use record_outcome::{counted, record};
pub use rows::{
    Accepted, CaseRow, EventRow, LeftBehind, Told, Waiting, accepted, append, case, case_to_change,
    latest_case_to_change, left_behind, mitigate, mitigations, open_case_to_change, open_cases,
    said_of_accepted, timeline, told_of, waiting,
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
