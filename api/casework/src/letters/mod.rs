//! Letters, for a step that a person decided on or for something that happened: what waits to be sent, what is held and
//! why. None is ever deleted.

mod again;
mod answer;
mod carry_in;
mod compose;
mod copies;
mod gap;
mod list_letters;
mod occasion;
mod of_case;
mod page;
mod praise;
mod read_letter;
mod record_posted;
mod record_sent;
mod rows;
mod state;
mod stops;
mod write;

pub use again::write_again;
pub use answer::{LetterAnswer, answers};
pub use carry_in::{carry_in, take_back};
pub use gap::{Gap, refusal};
pub use occasion::{Occasion, apologise, write_on};
pub use of_case::invitation;
pub use page::long;
pub use praise::{Praise, praise};
pub use rows::{
    LetterRow, NewLetter, add, counting_of_review, decide, hold_waiting, letter, letter_to_change,
    lose_support, unsupported_of_review,
};
pub use state::{LetterState, Verdict};
pub use stops::{Stop, died, stop, stopped};
pub use write::{WrittenFrom, write};

/// The operations of this capability.
pub fn mount(config: &mut base::Operations) {
    config
        .service(list_letters::list_letters)
        .service(read_letter::read_letter)
        .service(record_sent::record_sent)
        .service(record_posted::record_posted);
}
