//! Clients: programs that get tokens with a secret of their own, for a role and some schools, for a year at most.

mod create_client;
mod create_first_client;
mod entry;
mod list_clients;
mod new_client;
mod read_client;
mod revoke_client;
mod rotate_secret;
mod rows;

pub use entry::{Entered, enter};
pub use rows::ClientActs;

/// The operations of this capability.
pub fn mount(config: &mut base::Operations) {
    config
        .service(create_client::create_client)
        .service(create_first_client::create_first_client)
        .service(list_clients::list_clients)
        .service(read_client::read_client)
        .service(rotate_secret::rotate_secret)
        .service(revoke_client::revoke_client);
}
