//! Reviews: the day on which a school's policy looks at every pupil, proposes, hears the teachers, and waits for people.

mod amended;
mod decide;
mod families;
mod feedback;
mod give_feedback;
mod items;
mod list_reviews;
mod messages;
mod open;
mod open_review;
mod question;
mod read_review;
mod rows;
mod state;
mod stop_letters;
mod to_do;

pub use amended::{
    Amending, Consequence, Rests, School, TouchedByMarks, foretell, look_again_of_job, looked_again,
};
pub use open::open;
pub use rows::{of_day, sizes};

/// The operations of this capability.
pub fn mount(config: &mut base::Operations) {
    config
        .service(open_review::open_review)
        .service(list_reviews::list_reviews)
        .service(read_review::read_review)
        .service(items::list_items)
        .service(give_feedback::give_feedback)
        .service(decide::decide_items)
        .service(stop_letters::stop_letters);
}
