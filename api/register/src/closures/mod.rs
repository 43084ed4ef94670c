//! Unplanned closures: days on which a school had to close though it was due to be open, and the code that everybody who
//! was due is given for them.

mod closing;
mod create_closure;
mod list_closures;
mod rows;

/// The operations of this capability.
pub fn mount(config: &mut base::Operations) {
    config.service(create_closure::create_closure).service(list_closures::list_closures);
}
