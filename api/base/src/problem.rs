//! How a request is refused: one shape (RFC 9457) for every [`Kind`].
//!
//! A [`Problem`] has a public half, which the client reads, and an internal half, which only the log reads. There is no
//! way to print the internal half into an answer.

use actix_web::body::BoxBody;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::storage;

pub use super::kind::{Kind, Overlap, refusal};

/// The media type of every refusal.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// One place in the request that is not right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// JSON pointer into the body (`/marks/3/mark`), or `?name` for a query parameter,
    /// `{name}` for one of the path.
    #[schema(example = "/marks/3/mark")]
    pub pointer: String,
    /// What was expected there, in plain English.
    #[schema(example = "an attendance code, such as / \\ L I M O N")]
    pub expected: String,
}

/// A refusal: what the client reads, and apart from it what only the log reads.
#[derive(Debug)]
pub struct Problem(Box<Content>);

#[derive(Debug)]
struct Content {
    kind: Kind,
    detail: Option<String>,
    errors: Vec<FieldError>,
    members: Map<String, Value>,
    retry_after: Option<u32>,
    allow: Option<String>,
    internal: Option<String>,
}

/// A refusal as it goes over the wire (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemBody {
    /// A URI that names the kind of problem; it can be opened and says what to do.
    #[serde(rename = "type")]
    #[schema(example = "/problems/not-on-roll")]
    pub type_: String,
    /// One short sentence, the same for every occurrence of the kind.
    #[schema(example = "The pupil is not on roll then.")]
    pub title: String,
    /// The HTTP status.
    #[schema(example = 422)]
    pub status: u16,
    /// What is wrong this time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Every place in the request that is not right.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// Members of one kind only, such as the missing `permission`.
    #[serde(flatten)]
    #[schema(ignore)]
    pub members: Map<String, Value>,
}

impl Problem {
    /// A problem of this kind, with nothing more to say.
    pub fn new(kind: Kind) -> Self {
        Self(Box::new(Content {
            kind,
            detail: None,
            errors: Vec::new(),
            members: Map::new(),
            retry_after: None,
            allow: None,
            internal: None,
        }))
    }

    /// A problem of this kind at one place of the request.
    pub fn at(kind: Kind, pointer: impl Into<String>, expected: impl Into<String>) -> Self {
        Self::new(kind).and(pointer, expected)
    }

    /// Nothing here that the caller may see.
    pub fn not_found() -> Self {
        Self::new(Kind::NotFound)
    }

    /// A 500: the text goes to the log and nowhere else.
    pub fn internal(why: impl std::fmt::Display) -> Self {
        let mut problem = Self::new(Kind::Internal);
        problem.0.internal = Some(why.to_string());
        problem
    }

    /// A 503 that may be tried again after so many seconds; the reason goes to the log.
    pub fn unavailable(retry_after: u32, why: impl std::fmt::Display) -> Self {
        let mut problem = Self::new(Kind::Unavailable).retry_after(retry_after);
        problem.0.internal = Some(why.to_string());
        problem
    }

    /// A 507: there is no room for what was to be written; the reason goes to the log.
    pub fn storage_full(why: impl std::fmt::Display) -> Self {
        let mut problem = Self::new(Kind::StorageFull).retry_after(storage::RETRY);
        problem.0.internal = Some(why.to_string());
        problem
    }

    /// What is wrong this time.
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.0.detail = Some(detail.into());
        self
    }

    /// One more place that is not right.
    pub fn and(mut self, pointer: impl Into<String>, expected: impl Into<String>) -> Self {
        self.0.errors.push(FieldError { pointer: pointer.into(), expected: expected.into() });
        self
    }

    /// A member that only this kind has; absent where it has no value.
    pub fn member(mut self, name: &str, value: impl Into<Value>) -> Self {
        match value.into() {
            Value::Null => {}
            value => {
                self.0.members.insert(name.to_owned(), value);
            }
        }
        self
    }

    /// Seconds after which to try again.
    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.0.retry_after = Some(seconds);
        self
    }

    /// The methods that the path takes.
    pub fn allow(mut self, methods: String) -> Self {
        self.0.allow = Some(methods);
        self
    }

    /// The kind.
    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    /// The places that are not right.
    pub fn errors(&self) -> &[FieldError] {
        &self.0.errors
    }

    /// What only the log may say.
    pub fn internal_text(&self) -> Option<&str> {
        self.0.internal.as_deref()
    }

    /// What goes over the wire.
    pub fn body(&self) -> ProblemBody {
        ProblemBody {
            type_: self.0.kind.uri(),
            title: self.0.kind.title().to_owned(),
            status: self.0.kind.status().as_u16(),
            detail: self.0.detail.clone(),
            errors: self.0.errors.clone(),
            members: self.0.members.clone(),
        }
    }
}

/// Only the public title: actix asks for it, and it may end in a log.
impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.kind.title())
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.0.kind.status()
    }

    fn error_response(&self) -> HttpResponse<BoxBody> {
        let mut response = HttpResponse::build(self.0.kind.status());
        response.insert_header((header::CONTENT_TYPE, PROBLEM_JSON));
        if let Some(seconds) = self.0.retry_after {
            response.insert_header((header::RETRY_AFTER, seconds.to_string()));
        }
        if let Some(methods) = &self.0.allow {
            response.insert_header((header::ALLOW, methods.as_str()));
        }
        if self.0.kind == Kind::BodyLate {
            response.force_close();
        }
        if self.0.kind == Kind::Unauthenticated {
            response.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
        }
        response.json(self.body())
    }
}

/// Postgres being away is a 503, also where it went between the command and its answer, or took the rollback of a failed
/// commit with it; anything that no operation foresaw is a 500 whose text stays in the log.
impl From<diesel::result::Error> for Problem {
    fn from(error: diesel::result::Error) -> Self {
        use diesel::result::{DatabaseErrorKind, Error};
        match &error {
            Error::NotFound => Self::not_found(),
            Error::DatabaseError(
                DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand,
                _,
            )
            | Error::BrokenTransactionManager
            | Error::RollbackErrorOnCommit { .. } => Self::unavailable(1, error),
            Error::DatabaseError(DatabaseErrorKind::Unknown, info)
                if storage::is_full(info.message()) =>
            {
                Self::storage_full(error)
            }
            Error::DatabaseError(DatabaseErrorKind::Unknown, info)
                if is_passing(info.message()) =>
            {
                Self::unavailable(1, error)
            }
            _ => Self::internal(error),
        }
    }
}

/// Diesel has no kind for these: the server is stopping or starting, or a statement waited too long.
fn is_passing(message: &str) -> bool {
    const SIGNS: [&str; 9] = [
        "terminating connection",
        "server closed the connection",
        "the database system is",
        "connection to server",
        "no connection to the server",
        "could not receive data",
        "could not send data",
        "due to lock timeout",
        "due to statement timeout",
    ];
    SIGNS.iter().any(|sign| message.contains(sign))
}

impl From<diesel::r2d2::PoolError> for Problem {
    fn from(error: diesel::r2d2::PoolError) -> Self {
        Self::unavailable(1, error)
    }
}
