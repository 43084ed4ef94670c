//! Calendars: when is a school open, and for whom? Put by hand or read from a published file, kept with their history;
//! and the days on which a school had to close though it was due to be open.

mod body;
mod calendar_history;
mod change;
mod closing;
mod create_closure;
mod list_closures;
mod put_calendar;
mod read_calendar;
mod read_term_dates;
mod roll;
mod rows;
mod term_dates;

use utoipa_actix_web::service_config::ServiceConfig;

pub use body::{CalendarBody, calendar_of};

/// The operations of this capability.
pub fn mount(config: &mut ServiceConfig) {
    config
        .service(put_calendar::put_calendar)
        .service(read_calendar::read_calendar)
        .service(calendar_history::calendar_history)
        .service(read_term_dates::read_term_dates)
        .service(create_closure::create_closure)
        .service(list_closures::list_closures);
}
