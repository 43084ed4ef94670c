//! Letterheads: what stands on a school's letters, who signs them, what help it offers and where it meets families. Kept
//! with their history.

mod letterhead;
mod put_letterhead;
mod read_letterhead;
mod rows;

pub use letterhead::{Letterhead, Signatory};
pub use rows::{LetterheadRow, latest};

/// The operations of this capability.
pub fn mount(config: &mut base::Operations) {
    config.service(read_letterhead::read_letterhead).service(put_letterhead::put_letterhead);
}
