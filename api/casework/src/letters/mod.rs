//! Letters that a person decided on: what waits to be sent, what is held and why. None is ever deleted.

mod answer;
mod carry_in;
mod copies;
mod list_letters;
mod read_letter;
mod record_sent;
mod rows;
mod state;
mod stop_letters;
mod write;

pub use answer::{LetterAnswer, answers};
pub use carry_in::{carry_in, take_back};
pub use rows::{
    LetterRow, NewLetter, add, counting_of_review, decide, hold_waiting, letter, letter_to_change,
    lose_support, stopped, unsupported_of_review,
};
pub use state::{LetterState, Verdict};
pub use write::{Written, write};

/// The operations of this capability.
pub fn mount(config: &mut base::Operations) {
    config
        .service(list_letters::list_letters)
        .service(read_letter::read_letter)
        .service(record_sent::record_sent)
        .service(stop_letters::stop_letters);
}
