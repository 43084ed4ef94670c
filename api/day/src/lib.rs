//! The day: who is absent, whom do we call about it and by when, what did they say, and what has been tried?
//!
//! A child is missing until a responsible adult has accounted for them: whom the school rings, tells and sends until then
//! are the rules of [`domain::missing_child`], under every policy.
//!
//! The list is never kept. It is read from the day's marks, from what parents reported and asked for, and from every
//! attempt to reach them; the policy that the school follows says what is to be done.

mod absences;
mod attempt;
mod decide_leave;
mod decide_search;
mod decisions;
mod few_contacts;
mod give_reason;
mod leave;
mod list_leave;
mod page;
mod read_contacts;
mod record_attempt;
mod registers;
mod report_absence;
mod request_leave;
mod rows;
mod search;
mod siblings;
mod span;
mod spell;
mod to_do;
mod withdraw_report;

/// The operations of this capability.
pub fn mount(config: &mut base::Operations) {
    config
        .service(read_contacts::read_contacts)
        .service(record_attempt::record_attempt)
        .service(decide_search::decide_search)
        .service(few_contacts::few_contacts)
        .service(give_reason::give_reason)
        .service(report_absence::report_absence)
        .service(withdraw_report::withdraw_report)
        .service(request_leave::request_leave)
        .service(list_leave::list_leave)
        .service(decide_leave::decide_leave);
}
