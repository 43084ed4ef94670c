//! The register: who is here, who corrected what, and when?

mod amend_marks;
mod as_known;
mod day;
mod double_marks;
mod mark_history;
mod marking;
mod page;
mod pupil_double_marks;
mod read_marks;
mod read_register;
mod rows;
mod school_double_marks;
mod take_back;
mod take_register;

use utoipa_actix_web::service_config::ServiceConfig;

pub use amend_marks::{Amended, AmendedMark, Amendment, amend};
pub use as_known::marks_as_known;
pub use day::{DayMarks, headers_on, marks_on, taken_on};
pub use marking::{Author, Marking, Source, YearChange, store};
pub use rows::{
    Header, TAKEN, TakenYear, marks_of, marks_of_schools, newly_taken, put_taken, taken_of_classes,
    taken_of_schools, years_of,
};
pub use take_back::{MarksBack, marks_before_import, registers_before_import, years_of_import};

/// The operations of this capability.
pub fn mount(config: &mut ServiceConfig) {
    config
        .service(take_register::take_register)
        .service(read_register::read_register)
        .service(read_marks::read_marks)
        .service(amend_marks::amend_marks)
        .service(mark_history::mark_history)
        .service(pupil_double_marks::pupil_double_marks)
        .service(school_double_marks::school_double_marks);
}
