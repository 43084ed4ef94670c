//! Targets as they stand today: kept, still reachable, or out of reach, which alerts and escalates nothing.

mod list_targets;
mod progress;
mod read_target;

/// The operations of this capability.
pub fn mount(config: &mut base::Operations) {
    config.service(list_targets::list_targets).service(read_target::read_target);
}
