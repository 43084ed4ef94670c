//! Calendars: when is a school open, and for whom? Kept with their history, and read from published files; a
//! school's hours beside them, and the times by which it looks for a missing child.

mod body;
mod calendar_history;
mod contact_times;
mod hours;
mod read_calendar;
mod read_term_dates;
mod rows;
mod term_dates;

pub use body::{CalendarBody, DaysBody, calendar_of, tag};
pub use contact_times::contact_times;
pub use hours::closing_times;
pub use rows::{append, around, latest, of_schools, of_year};

/// The operations of this capability.
pub fn mount(config: &mut base::Operations) {
    config
        .service(read_calendar::read_calendar)
        .service(calendar_history::calendar_history)
        .service(read_term_dates::read_term_dates)
        .service(hours::put_hours::put_hours)
        .service(hours::read_hours::read_hours)
        .service(contact_times::put_contact_times::put_contact_times)
        .service(contact_times::read_contact_times::read_contact_times);
}
