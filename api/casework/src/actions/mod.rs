//! What somebody is to do because of a rule, by when; done by evidence and not by a tick.

mod deadlines;
mod events;
mod evidence;
mod give_evidence;
mod list_actions;
mod lists;
mod open;
mod read_action;
mod reassign;
mod record_evidence;
mod rows;

pub use deadlines::{Deadline, Deadlines, deadlines, tell_deadlines};
pub use evidence::{Done, EvidenceRow, add_evidence, evidence, fall_away, fall_away_about};
pub use lists::{ActionList, lapse, lapsed_by, may_be_about, open_list};
pub use open::{ActionSubject, carry, due, open, open_call_for_a_date, overtake, tell};
pub use rows::{ActionFilter, ActionRow, action, action_to_change, actions, open_of_rule};

/// The operations of this capability.
pub fn mount(config: &mut base::Operations) {
    config
        .service(list_actions::list_actions)
        .service(reassign::reassign_actions)
        .service(read_action::read_action)
        .service(give_evidence::give_evidence)
        .service(record_evidence::record_evidence);
}
