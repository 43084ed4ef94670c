//! The words of the house, for any file that stands on `base`: ids, dates, refusals, closed sets, who asks and the
//! transaction. `use base::prelude::*;` and then what the file itself is about. A file with an operation begins
//! with [`super::operation`], which has all of it.

pub use std::collections::{BTreeMap, BTreeSet};
pub use std::sync::Arc;

pub use chrono::{DateTime, NaiveDate, Utc};
pub use domain::{AcademicYear, HalfDay, Session};
pub use serde::{Deserialize, Serialize};
pub use serde_json::Value;
pub use utoipa::ToSchema;

pub use super::auth::Caller;
pub use super::db::{Scope, Tx};
pub use super::http::name;
pub use super::id::*;
pub use super::narrow::Narrow;
pub use super::problem::{Kind, Problem};
pub use super::state::App;
pub use super::word::As;
// The limits of texts, and the macro that makes closed sets: both have this name.
pub use crate::words;

/// What an operation and all that it calls comes to: what was asked for, or why it is refused.
pub type Result<T, E = Problem> = std::result::Result<T, E>;
