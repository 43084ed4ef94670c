//! What is compared, in words.

use ::analytics::Measure;

/// In words.
pub fn label(measure: Measure) -> &'static str {
    match measure {
        Measure::Attendance => "attendance",
        Measure::Absence => "absence",
        Measure::Unauthorised => "unauthorised absence",
        Measure::Late => "lateness",
        Measure::Persistent => "persistent absence",
        Measure::Severe => "severe absence",
    }
}

/// What the whole is that it is a share of.
pub fn whole(measure: Measure) -> &'static str {
    if is_over_time(measure) { "enrolments" } else { "possible sessions" }
}

/// Whether it is a measure over time, of enrolments: the Department for Education gives none for a week.
pub fn is_over_time(measure: Measure) -> bool {
    matches!(measure, Measure::Persistent | Measure::Severe)
}

/// Whether more of it is better.
pub fn more_is_better(measure: Measure) -> bool {
    measure == Measure::Attendance
}
