//! How far each operation reaches. A row a way of being about a child, a column a way in which the school that calls stands
//! to the child. What belongs to another school, such as its cases, is hidden whatever stands here.

use Told::{Any, Hidden, May, Refused};

use super::Stands;
use crate::house::authz::Operation;

/// What a school is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// It is done, or shown as far as the school knows it, or something is asked for that is missing.
    May,
    /// 403: another school does it.
    Refused,
    /// 404: nobody is there, as far as the school may know.
    Hidden,
    /// It is about no child by itself: what it tells is looked through, and no more.
    Any,
}

/// How far operations reach.
pub struct Reach {
    /// What they do.
    pub what: &'static str,
    pub operations: &'static [&'static str],
    /// A column for each of [`COLUMNS`].
    told: [Told; 8],
}

/// In this order the columns stand.
const COLUMNS: [Stands; 8] = [
    Stands::Joining,
    Stands::Main,
    Stands::Subsidiary,
    Stands::Keeping,
    Stands::Previous,
    Stands::Former,
    Stands::Never,
    Stands::Siblings,
];

/// What belongs to the school that made it.
const ANOTHERS: [&str; 16] = [
    "twin", "report", "leave", "staff", "import", "upload", "run", "review", "case", "letter",
    "action", "meeting", "plan", "visit", "period", "referral",
];
/// What a school has of its own, unless it names the other's.
const PLACES: [&str; 5] = ["school", "annex", "class", "annex_class", "enrolment"];

impl Reach {
    /// Whether this is what a school is to be told. `own`: it names its own places.
    pub fn allows(&self, stands: Stands, own: bool, operation: &Operation, found: &[&str]) -> bool {
        let names = |things: &[&str]| things.iter().any(|thing| operation.names(thing));
        let has = matches!(stands, Stands::Main | Stands::Keeping);
        let away = matches!(stands, Stands::Never | Stands::Siblings);
        let hidden = !has && (names(&ANOTHERS) || !own && names(&PLACES))
            || has && names(&["annex", "annex_class"])
            || away && names(&["enrolment"]);
        let at = COLUMNS.iter().position(|column| *column == stands);
        let told = at.map_or(Hidden, |at| self.told[at]);
        let fits = |one: &str| match if hidden && self.told != [Any; 8] { Hidden } else { told } {
            May => matches!(one, "yes" | "asked"),
            Refused => one == "refused",
            Hidden => one == "hidden",
            Any => true,
        };
        found.iter().all(|one| fits(one))
    }
}

#[rustfmt::skip]
pub const REACH: &[Reach] = &[
    //                                                joining  main     subsidiary keeping previous former never  sibling's
    Reach { what: "the child as the school knows it", told: [May, May, May, May, May, May, Hidden, Hidden], operations: &[
        "read_pupil", "pupil_history", "parents_of_pupil", "read_marks", "mark_history", "pupil_double_marks",
        "pupil_broken_weeks", "list_mitigations", "notices_of_pupil",
    ] },
    Reach { what: "the child's time at the school itself", told: [May, May, May, May, May, May, Hidden, Hidden], operations: &[
        "read_enrolment", "read_characteristics", "put_characteristics", "place_pupil", "put_destination", "amend_marks",
        "list_enrolments",
    ] },
    Reach { what: "the child on the roll", told: [May, May, May, May, Refused, Refused, Hidden, Hidden], operations: &[
        "create_enrolment", "put_days",
    ] },
    Reach { what: "a parent of the child", told: [May, May, May, May, May, May, Hidden, May], operations: &[
        "read_parent", "parent_history",
    ] },
    Reach { what: "what earlier schools recorded", told: [Refused, May, May, May, Refused, Refused, Hidden, Hidden], operations: &[
        "read_earlier", "read_earlier_marks",
    ] },
    Reach { what: "the main school's to write", told: [Refused, May, Refused, May, Refused, Refused, Hidden, Hidden], operations: &[
        "correct_pupil", "put_link", "put_safeguards",
    ] },
    Reach { what: "a parent, who may have other children", told: [Refused, May, Refused, May, Refused, Refused, Hidden, May], operations: &[
        "put_parent",
    ] },
    Reach { what: "added by any school that has the child", told: [Refused, May, May, May, Refused, Refused, Hidden, Hidden], operations: &[
        "add_parent", "stop_letters", "offer_meeting", "make_plan", "record_visit", "request_period", "prepare_referral",
        "propose_notice", "give_notice_to_improve",
    ] },
    Reach { what: "orders released to the next school", told: [Refused, Hidden, Refused, Hidden, May, Refused, Hidden, Hidden], operations: &[
        "release_orders",
    ] },
    Reach { what: "a draft of the school that the child comes to", told: [May, Hidden, May, Hidden, May, May, Hidden, Hidden], operations: &[
        "put_draft", "read_draft",
    ] },
    Reach { what: "a penalty notice", told: [Hidden, May, May, May, Hidden, Hidden, Hidden, Hidden], operations: &[
        "read_notice", "decide_notice",
    ] },
    Reach { what: "records and moves that need every school of the child", told: [Hidden, May, Hidden, May, Hidden, Hidden, Hidden, Hidden], operations: &[
        "merge_pupils", "split_pupil",
    ] },
    Reach { what: "a move out of the school", told: [May, Hidden, May, Hidden, May, May, Hidden, Hidden], operations: &[
        "move_pupil",
    ] },
    Reach { what: "the day and the registers of a school", told: [May, May, May, May, May, May, Hidden, Hidden], operations: &[
        "record_attempt", "give_reason", "report_absence", "request_leave", "take_register",
    ] },
    Reach { what: "what belongs to the school that made it", told: [Hidden, May, Hidden, May, Hidden, Hidden, Hidden, Hidden], operations: &[
        "withdraw_report", "decide_leave", "read_action", "give_evidence", "read_case", "record_outcome", "read_target",
        "read_readiness", "read_meeting", "rearrange_meeting", "record_attendance", "note_meeting", "read_plan",
        "deliver_plan", "review_plan", "read_visit", "read_period", "answer_period", "read_referral", "progress_referral",
        "read_letter", "decide_letter", "record_sent", "read_review", "list_items", "give_feedback", "decide_items",
        "read_import", "read_undo", "undo_import", "read_job", "job_events", "read_upload", "put_part", "read_staff",
        "put_staff", "put_duties", "read_run", "run_events", "retry_run", "school_broken_weeks",
    ] },
    Reach { what: "about no child by itself", told: [Any; 8], operations: &[
        "jwks", "healthz", "openapi_json", "read_problem", "readyz", "list_codes", "list_actions", "compare",
        "completeness", "explain", "trend", "list_cases", "list_classes", "create_class", "read_class", "read_register",
        "list_imports", "create_import", "list_letters", "list_meetings", "list_monitoring_periods", "list_notices",
        "list_parents", "list_plans", "list_policies", "read_policy", "put_policy", "read_book", "check_policy",
        "list_pupils", "create_pupil", "reassign_actions", "list_referrals", "list_reviews", "list_runs",
        "list_schedules", "list_schools", "create_school", "read_school", "read_calendar", "put_calendar",
        "calendar_history", "read_term_dates", "list_closures", "create_closure", "read_contacts", "school_double_marks",
        "read_hours", "put_hours", "list_leave", "read_letterhead", "put_letterhead", "read_school_policy",
        "assign_policy", "at_risk", "class_figures", "declined", "governors_summary", "log_export", "safeguarding_list",
        "slt_list", "attendance_return", "deletion_return", "new_pupil_return", "sickness_return", "open_review",
        "list_staff", "create_staff", "list_targets", "read_trust", "read_clock", "put_clock", "create_trust",
        "begin_upload", "list_visits",
    ] },
];
