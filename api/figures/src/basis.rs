//! What every figure is counted over, in words: it stands in each answer.

use ::analytics::Level;

/// What a figure is counted over.
pub(super) fn basis(level: Level) -> String {
    let level = match level {
        Level::Enrolment => {
            "Enrolments, not pupils: one who moves inside the trust has two, each with its own sessions, as the \
             Department for Education counts, and marks at two schools for one half day count at both."
        }
        Level::Pupil => {
            "Pupils, not enrolments: one who moved inside the trust, came back, or is on two rolls is counted once for \
             persistent absence, with the sessions of all enrolments in the schools that your token covers, where the \
             pupil is at the window's end: a roll that was left answers only until there is a session on the next one, \
             the main school before the subsidiary. Sessions stay where they were; of marks at two schools for one half \
             day that of the school which answers on the day counts, and the others are told as doubled."
        }
    };
    format!(
        "Sessions: pooled over the group, never an average of percentages. {level} Class: the pupil's class on the \
         session's date; for persistent absence the class at the window's end. Year group and every characteristic: what \
         holds at the window's end, or at the last register before it; of whom nothing is recorded stands apart, as \
         unrecorded. A mark is expected of a day that is over at the school. Windows of schools are one where they are \
         the same part of the year, each school over its own dates; a term that is none of the usual three stands apart, \
         as term-2-of-6, and a term without a break has no half terms. Boarders are in no register while they board. A \
         mark counts when the school was open, the pupil was on roll, and it is not later than the school's last taken \
         register."
    )
}
