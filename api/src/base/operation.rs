//! What a file with an operation begins with: the caller and the permissions, the conventions of HTTP, the ways to refuse,
//! the ids. `use crate::base::operation::*;` and then what the operation itself is about.

pub use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post, put, web};
pub use serde::{Deserialize, Serialize};
pub use utoipa::{IntoParams, ToSchema};

pub use super::auth::permission::*;
pub use super::auth::{Caller, May};
pub use super::db::Tx;
pub use super::http::etag::{Conditions, ETag, IfMatch};
pub use super::http::idempotency::{Idempotency, Reply};
pub use super::http::json::{Json, Query};
pub use super::http::page::{Page, Slice};
pub use super::http::path::Path;
pub use super::id::*;
pub use super::problem::{Kind, Problem, refusal};
pub use super::state::App;
