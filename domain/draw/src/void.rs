//! A void: a draw that was stopped, which stays published for ever.

use chrono::{DateTime, Utc};
use serde_json::json;

use crate::FORMAT;
use crate::fault::Fault;
use crate::freeze::Frozen;
use crate::json::{canonical, instant};
use crate::opening::Opening;

/// The text by which a draw is voided, before its freeze or after it. Errors: the texts are not those of a draw.
pub fn void(
    opening_text: &str,
    freeze_text: Option<&str>,
    at: DateTime<Utc>,
    why: &str,
) -> Result<String, Fault> {
    match freeze_text {
        Some(freeze_text) => drop(Frozen::read(opening_text, freeze_text)?),
        None => drop(Opening::read(opening_text)?),
    }
    Ok(canonical(&json!({
        "format": FORMAT,
        "freeze": freeze_text,
        "opening": opening_text,
        "void": {"at": instant(at), "why": domain::in_one_form(why)},
    })))
}
