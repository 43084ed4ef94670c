//! Visits to the home: attempted, who was seen; or the written reason why there was none.

mod list_visits;
mod read_visit;
mod record_visit;
mod visit;

pub use visit::Visit;

/// The operations of this capability.
pub fn mount(config: &mut base::Operations) {
    config
        .service(list_visits::list_visits)
        .service(record_visit::record_visit)
        .service(read_visit::read_visit);
}
