//! What somebody is to do because of a rule, by when; done by evidence and not by a tick.

mod give_evidence;
mod list_actions;
mod read_action;
mod rows;

use utoipa_actix_web::service_config::ServiceConfig;

pub use rows::{
    About, ActionRow, EvidenceRow, Wanted, action, action_to_change, actions, add_evidence,
    evidence, open, open_call_for_a_date,
};

/// The operations of this capability.
pub fn mount(config: &mut ServiceConfig) {
    config
        .service(list_actions::list_actions)
        .service(read_action::read_action)
        .service(give_evidence::give_evidence);
}
