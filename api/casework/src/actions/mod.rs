//! What somebody is to do because of a rule, by when; done by evidence and not by a tick.

mod deadlines;
mod events;
mod evidence;
mod give_evidence;
mod list_actions;
mod open;
mod read_action;
mod reassign;
mod rows;

pub use deadlines::{Deadline, Deadlines, deadlines, tell_deadlines};
pub use evidence::{EvidenceRow, add_evidence, evidence, fall_away};
pub use open::{ActionSubject, carry, open, open_call_for_a_date, overtake, tell};
pub use rows::{ActionFilter, ActionRow, action, action_to_change, actions};

/// The operations of this capability.
pub fn mount(config: &mut base::Operations) {
    config
        .service(list_actions::list_actions)
        .service(reassign::reassign_actions)
        .service(read_action::read_action)
        .service(give_evidence::give_evidence);
}
