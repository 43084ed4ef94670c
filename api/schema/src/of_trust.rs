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
    case_event
    case_record
    case_state
    characteristic
    class
    class_year
    class_year_change
    contact_attempt
    enrolment
    enrolment_days
    enrolment_now
    enrolment_pupil
    evidence
    feedback
    former_urn
    idempotency
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
    mark_event
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
    run
    run_item
    school
    school_calendar
    school_hours
    school_letterhead
    school_policy
    school_version
    second_look
    staff
    staff_change
    staff_duty
    trust
    trust_clock
    unplanned_closure
    upload
    upload_part
}
