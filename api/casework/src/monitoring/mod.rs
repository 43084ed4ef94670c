//! Monitoring periods for irregular attendance: asked of the local authority, granted from a day to a day, or refused with
//! the gaps in the evidence named.

mod answer;
mod list_monitoring_periods;
mod period;
mod read_period;
mod request;

/// The operations of this capability.
pub fn mount(config: &mut base::Operations) {
    config
        .service(list_monitoring_periods::list_monitoring_periods)
        .service(request::request_period)
        .service(read_period::read_period)
        .service(answer::answer_period);
}
