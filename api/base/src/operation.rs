//! What a file with an operation begins with: the words of the house, the permissions, the conventions of HTTP, the ways
//! to refuse. `use base::operation::*;` and then what the operation itself is about.

pub use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post, put, web};
pub use utoipa::IntoParams;

pub use super::auth::May;
pub use super::auth::permission::*;
pub use super::http::etag::{Conditions, ETag, IfMatch};
pub use super::http::idempotency::{Idempotency, Reply};
pub use super::http::json::{Json, Query};
pub use super::http::page::{Page, Slice};
pub use super::http::path::Path;
pub use super::prelude::*;
pub use super::problem::refusal;
