//! Letters that a person decided on: what waits to be sent, what is held and why. None is ever deleted.

mod carry_in;
mod list_letters;
mod read_letter;
mod rows;
mod stop_letters;

use utoipa_actix_web::service_config::ServiceConfig;

pub use carry_in::{carry_in, take_back};
pub use rows::{NewLetter, add, stopped};

/// The operations of this capability.
pub fn mount(config: &mut ServiceConfig) {
    config
        .service(list_letters::list_letters)
        .service(read_letter::read_letter)
        .service(stop_letters::stop_letters);
}
