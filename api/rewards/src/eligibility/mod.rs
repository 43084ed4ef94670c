//! Who has earned what: the rows of a school's reward policy, judged over its registers for rewards alone. Statutory
//! figures never change by any of it.

mod adjustments;
mod answer;
mod end_adjustment;
mod list_adjustments;
mod named;
mod read_eligibility;
mod record_adjustment;
mod rules;

pub use named::{NamedRow, named_rows, other_rows, period_key};
pub use rules::{Asked, asked, numbers, rules_of};

/// The operations of this capability.
pub fn mount(config: &mut base::Operations) {
    config
        .service(read_eligibility::read_eligibility)
        .service(record_adjustment::record_adjustment)
        .service(end_adjustment::end_adjustment)
        .service(list_adjustments::list_adjustments);
}
