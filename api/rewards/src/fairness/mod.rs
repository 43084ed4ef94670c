//! Whether a reward policy is fair, before it is adopted and at any time; and who considered the equality duty.

mod answer;
mod equality;
mod list_equality;
mod read_fairness;
mod record_equality;

/// The operations of this capability.
pub fn mount(config: &mut base::Operations) {
    config
        .service(read_fairness::read_fairness)
        .service(record_equality::record_equality)
        .service(list_equality::list_equality);
}
