//! How a client gets a token, and gives it back: OAuth 2 (RFC 6749, 7009, 8414, 8693, 9068).
//!
//! Refusals here have the form of those documents ([`refused`]), for libraries that know no other.

mod client_secret;
mod exchange;
mod form;
mod grant;
mod issue_token;
mod refused;
mod revoke_token;
mod server_metadata;

/// The operations of this capability.
pub fn mount(config: &mut base::Operations) {
    config
        .service(issue_token::issue_token)
        .service(revoke_token::revoke_token)
        .service(server_metadata::server_metadata);
}
