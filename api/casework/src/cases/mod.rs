//! Cases: one pupil's way through a policy's stages, told by events that are never changed.

mod carry_in;
mod deadlines;
mod decide_letter;
mod events;
mod follow_roll;
mod lift_flag;
mod list_cases;
mod list_mitigations;
mod mitigations;
mod read_case;
mod record_outcome;
mod rows;
mod take;
mod timeline;
mod waiting;
mod who;
mod write_again;

pub use carry_in::{CarriedCase, TakenBack, carry_in, take_back};
pub use deadlines::tell_deadlines;
pub use events::{EventRow, timeline};
pub use follow_roll::{Followed, follow_the_roll};
pub use mitigations::{Accepted, accepted, mitigate, mitigations, said_of_accepted};
pub use record_outcome::{counted, record};
pub use rows::{
    CaseFile, CaseRow, append, case, case_to_change, elsewhere, latest_case_to_change, left_since,
    open_case_to_change, open_cases, open_rows, told_of, with_target,
};
pub use take::{StepContext, place, take};
pub use waiting::{LeftBehind, Waiting, left_behind, waiting};
pub use who::{check_decides, check_named};
pub use write_again::write_again;

/// The operations of this capability.
pub fn mount(config: &mut base::Operations) {
    config
        .service(list_cases::list_cases)
        .service(list_mitigations::list_mitigations)
        .service(read_case::read_case)
        .service(record_outcome::record_outcome)
        .service(lift_flag::lift_flag)
        .service(decide_letter::decide_letter);
}
