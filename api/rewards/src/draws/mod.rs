//! Prize draws that anybody can verify: prepared, opened, frozen, drawn once, declined and drawn on, or voided in public.
//!
//! What is published counts to the byte and is made by the crate `draw`; this folder keeps it, in the order in which it
//! happened, with what it was drawn from. Everything that changes a draw goes through `Standing::alone`, so that nothing
//! happens to it twice.
//!
//! What a draw does not prove: entries that were invented before the freeze are found only by an auditor with the roll;
//! nothing binds who declined of several winners of one prize; with very few tickets another freeze can lead to the same
//! picks; and a slip alone does not bind when the entries were frozen. So `H(freeze)` is published before the value that
//! decides appears, and whoever noted it can tell.

mod announcement;
mod decline_prize;
mod due;
mod freeze_draw;
mod governor;
mod hold_draw;
mod invite_governor;
mod link;
mod list_draws;
mod note_draw;
mod open_draw;
mod page;
mod prepare;
mod prepare_draw;
mod published;
mod rows;
mod secrets;
mod slips;
mod standing;
mod state;
mod view;
mod void_draw;

pub use due::{DrawStepDue, DrawStepTaken, DueStep, recorded, round_of, steps, take_step};
pub use prepare::{DrawOfPolicy, draws_of, prepare_all, usual_days};
pub use secrets::renew;

/// The operations of this capability.
pub fn mount(config: &mut base::Operations) {
    config
        .service(prepare_draw::prepare_draw)
        .service(list_draws::list_draws)
        .service(list_draws::read_draw)
        .service(invite_governor::invite_governor)
        .service(governor::look_as_governor)
        .service(governor::commit_as_governor)
        .service(open_draw::open_draw)
        .service(freeze_draw::freeze_draw)
        .service(hold_draw::hold_draw)
        .service(governor::open_as_governor)
        .service(decline_prize::decline_prize)
        .service(void_draw::void_draw)
        .service(note_draw::note_draw)
        .service(published::read_published)
        .service(published::read_receipt)
        .service(slips::list_slips)
        .service(announcement::announce_draw)
        .configure(page::mount);
}
