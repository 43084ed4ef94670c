//! Meetings with parents: offered, re-arranged, attended by whom or missed, what was agreed. Recorded once, they move the
//! case.

mod attend;
mod case_after;
mod list_meetings;
mod meeting;
mod note;
mod offer;
mod read_meeting;
mod rearrange;

pub use meeting::Meeting;

/// The operations of this capability.
pub fn mount(config: &mut base::Operations) {
    config
        .service(list_meetings::list_meetings)
        .service(offer::offer_meeting)
        .service(read_meeting::read_meeting)
        .service(rearrange::rearrange_meeting)
        .service(attend::record_attendance)
        .service(note::note_meeting);
}
