//! One piece of evidence that is asked for, and whether it is there.

use base::prelude::*;

/// One piece of evidence that an authority asks to see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Check {
    /// What.
    #[schema(example = "meeting")]
    pub item: String,
    /// Whether it is there.
    pub light: Light,
    /// What was found, in plain English.
    pub says: String,
    /// Where the records are.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "/v1/meetings?case_id=205")]
    pub see: Option<String>,
}

words! {
    /// Whether something is there.
    Light {
        Green = "green": "it is there",
        Amber = "amber": "it is begun, or may not be needed",
        Red = "red": "it is missing",
    }
}

/// A light: green from `green` on, amber from one on.
pub fn light(found: usize, green: usize) -> Light {
    match found {
        found if found >= green => Light::Green,
        0 => Light::Red,
        _ => Light::Amber,
    }
}
