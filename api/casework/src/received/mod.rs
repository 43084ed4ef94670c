//! What the local authority sent to parents or asked of them, recorded as the school received it: the school never writes
//! as the authority.

mod list_received;
mod paper;
mod read_received;
mod record_received;

pub use paper::AuthorityPaper;

/// The operations of this capability.
pub fn mount(config: &mut base::Operations) {
    config
        .service(list_received::list_received)
        .service(record_received::record_received)
        .service(read_received::read_received);
}
