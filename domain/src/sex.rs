//! A pupil's sex.

use crate::words;

words! {
    /// A pupil's sex, as the school census has it.
    Sex {
        Female = "F": "female",
        Male = "M": "male",
    }
}
