//! Before the first day: what a school that a pupil is yet to come to has been told. It is the school's own draft; the
//! record stays as the present school has it until the first day, and on that day the draft becomes part of it.

mod go_live;
mod put_draft;
mod read_draft;
mod rows;

pub use go_live::{WentLive, go_live};
pub use rows::{Waiting, due};

/// The operations of this capability.
pub fn mount(config: &mut base::Operations) {
    config.service(put_draft::put_draft).service(read_draft::read_draft);
}
