//! Where a trust's staff sign in, and who is who there. No password is kept here.

mod provider;
mod put_identities;
mod put_providers;
mod read_identities;
mod read_providers;
mod rows;

pub use provider::{IdentityProvider, PersonClaim};
pub use rows::{member, providers, use_once};

/// The operations of this capability.
pub fn mount(config: &mut base::Operations) {
    config
        .service(read_providers::read_providers)
        .service(put_providers::put_providers)
        .service(read_identities::read_identities)
        .service(put_identities::put_identities);
}
