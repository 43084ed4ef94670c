//! Tables whose rows are some trust's: every statement on one of them names the trust.

use diesel::expression::Expression;
use diesel::query_builder::AsQuery;
use diesel::sql_types::Integer;

/// A table, or the query for all its rows, in which every row is a trust's.
pub trait OfTrust {
    /// The column that says whose it is.
    type TrustId: Expression<SqlType = Integer> + Default;
}

macro_rules! of_trust {
    ($($table:ident)+) => {$(
        impl OfTrust for crate::$table::table {
            type TrustId = crate::$table::trust_id;
        }

        impl OfTrust for <crate::$table::table as AsQuery>::Query {
            type TrustId = crate::$table::trust_id;
        }
    )+};
}

// All but the queue, which lies outside the trusts, and the national code table.
of_trust! {
    action
    action_event
    action_pupil
    award
    award_event
    award_now
    case_event
    case_record
    case_state
    characteristic
    class
    class_year
    class_year_change
    client
    client_secret
    contact_attempt
    draw
    draw_entry
    draw_event
    draw_secret
    enrolment
    enrolment_days
    enrolment_now
    enrolment_pupil
    equality_record
    evidence
    feedback
    former_urn
    idempotency
    identity_providers
    import
    import_chunk
    import_undo
    job
    joining_draft
    leave_decision
    leave_request
    leaver_destination
    letter
    letter_copy
    letter_decision
    letter_stop
    log_entered
    mark_event
    message
    mitigation
    order_release
    parent
    parent_change
    parent_safeguard
    penalty_notice
    placement
    placement_now
    policy_version
    pupil
    pupil_change
    pupil_copy
    pupil_known
    pupil_parent
    register_session
    register_year
    report_withdrawal
    reported_absence
    review
    review_item
    reward_adjustment
    reward_judged
    run
    run_item
    school
    school_calendar
    school_contact_times
    school_hours
    school_letterhead
    school_policy
    school_version
    search_decision
    second_look
    staff
    staff_change
    staff_duty
    staff_identity
    ticket
    ticket_event
    ticket_pool_closed
    trust
    trust_clock
    unplanned_closure
    upload
    upload_part
    used_id_token
}
