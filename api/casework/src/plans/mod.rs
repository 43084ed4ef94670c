//! Action plans and attendance contracts: what was agreed with whom, or put in place without them; delivered, and looked
//! at again.

mod deliver;
mod list_plans;
mod make;
mod plan;
mod read_plan;
mod review;

pub use plan::Plan;

/// The operations of this capability.
pub fn mount(config: &mut base::Operations) {
    config
        .service(list_plans::list_plans)
        .service(make::make_plan)
        .service(read_plan::read_plan)
        .service(deliver::deliver_plan)
        .service(review::review_plan);
}
