//! The register: who is here, and what stood there before? And what touches a whole school's registers: another calendar,
//! a day on which it had to close.

mod calendar_change;
mod closures;
mod double_marks;
mod mark_history;
mod page;
mod pupil_double_marks;
mod put_calendar;
mod read_marks;
mod read_register;
mod roll;
mod school_double_marks;
mod take_register;

/// The operations of this capability.
pub fn mount(config: &mut base::Operations) {
    config
        .service(take_register::take_register)
        .service(read_register::read_register)
        .service(read_marks::read_marks)
        .service(mark_history::mark_history)
        .service(pupil_double_marks::pupil_double_marks)
        .service(school_double_marks::school_double_marks)
        .service(put_calendar::put_calendar)
        .configure(closures::mount);
}
