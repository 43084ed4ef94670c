//! What is compared: its names and its words.

use ::analytics::Measure;

use crate::base::problem::{Kind, Problem};

const ALL: [Measure; 6] = [
    Measure::Attendance,
    Measure::Absence,
    Measure::Unauthorised,
    Measure::Late,
    Measure::Persistent,
    Measure::Severe,
];

/// Its name on the wire.
pub fn name(measure: Measure) -> &'static str {
    match measure {
        Measure::Attendance => "attendance",
        Measure::Absence => "absence",
        Measure::Unauthorised => "unauthorised",
        Measure::Late => "late",
        Measure::Persistent => "persistent",
        Measure::Severe => "severe",
    }
}

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

/// Reads its name.
///
/// # Errors
/// It is none.
pub fn read(text: &str) -> Result<Measure, Problem> {
    let found = ALL.into_iter().find(|measure| name(*measure) == text);
    found.ok_or_else(|| {
        Problem::at(
            Kind::BadQuery,
            "?measure",
            format!("{} or severe", ALL.map(name)[..5].join(", ")),
        )
    })
}
