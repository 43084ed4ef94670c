//! Every way in which a request can be refused: one table, one shape (RFC 9457), one place.
//!
//! A [`Problem`] has a public half, which the client reads, and an internal half, which only the log reads. There is no
//! way to print the internal half into an answer.

use actix_web::body::BoxBody;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// The media type of every refusal.
pub const PROBLEM_JSON: &str = "application/problem+json";

macro_rules! kinds {
    ($($kind:ident $status:literal $slug:literal $title:literal $meaning:literal;)*) => {
        /// The kind of a problem: its slug is stable and is the last part of the problem's `type`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Kind { $(#[doc = $meaning] $kind,)* }

        impl Kind {
            /// Every kind, in the order of the table.
            pub const ALL: &[Kind] = &[$(Kind::$kind,)*];

            /// Stable name, the last part of the `type` URI.
            #[must_use]
            pub fn slug(self) -> &'static str { match self { $(Kind::$kind => $slug,)* } }

            /// One short sentence, the same for every occurrence.
            #[must_use]
            pub fn title(self) -> &'static str { match self { $(Kind::$kind => $title,)* } }

            /// What it means and what to do about it.
            #[must_use]
            pub fn meaning(self) -> &'static str { match self { $(Kind::$kind => $meaning,)* } }

            /// The HTTP status it is answered with.
            #[must_use]
            pub fn status(self) -> StatusCode {
                let code: u16 = match self { $(Kind::$kind => $status,)* };
                StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
            }
        }
    };
}

kinds! {
    Unauthenticated 401 "unauthenticated" "A valid access token is needed." "Send `Authorization: Bearer TOKEN` with a token that is signed by this service, made for it, already valid and not yet expired.";
    Forbidden 403 "forbidden" "Your role may not do this." "The member `permission` names what is missing. A trust maps its staff to roles; what a role may do is fixed.";
    NotFound 404 "not-found" "There is nothing here that you may see." "It does not exist, or it belongs to a school or trust that your token does not cover: the two are not told apart on purpose.";
    MethodNotAllowed 405 "method-not-allowed" "This path does not take that method." "The header `Allow` lists the methods that it takes.";
    BadBody 400 "bad-body" "The body could not be read." "It is not valid JSON, or a member has the wrong type; `errors` points to the place.";
    BadQuery 400 "bad-query" "The query string could not be read." "A parameter is unknown, missing or of the wrong form.";
    BadCursor 400 "bad-cursor" "The cursor does not belong to this list." "Cursors are bound to the filters that they were made with: start again without one.";
    Invalid 422 "invalid" "Something in the request is not right." "`errors` lists every place with what was expected there.";
    TooLarge 413 "too-large" "The body is too large." "`detail` says how large it may be.";
    UnsupportedMedia 415 "unsupported-media-type" "The body has a media type that is not taken here." "Send `Content-Type: application/json`, or `text/csv` for imports.";
    UnknownCode 422 "unknown-code" "That is not an attendance code." "See domain/codes.toml, or the schema, for the codes of each year.";
    CodeNotInForce 422 "code-not-in-force" "That code was not in force on that date." "The national codes changed in August 2024; each has its own first day.";
    CodeInWrongSession 422 "code-in-wrong-session" "That code belongs to the other half of the day." "`/` is for the morning, `\\` for the afternoon.";
    ClosedDay 422 "closed-day" "The school is closed then." "The school's calendar has no session on that half day, so there can be no mark.";
    NotDue 422 "not-due" "The year group is not due then." "The school is open, but by its calendar this year group does not come for that session, as at a staggered start: the session is neither expected nor possible, so there can be no mark.";
    NotOnRoll 422 "not-on-roll" "The pupil is not on roll then." "A mark needs an enrolment that covers its date.";
    FutureMark 422 "future-mark" "That date lies in the future." "A register is taken on its day or later, never before.";
    NoCalendar 422 "no-calendar" "The school has no calendar for that academic year." "PUT /v1/schools/{school_id}/calendar/{year} first.";
    RegisterIncomplete 422 "register-incomplete" "The register leaves out pupils of the class." "A register names every pupil who is in the class that day, once; `null` says that there is no mark yet.";
    UpnCheckLetter 422 "wrong-upn-check-letter" "The UPN's check letter is wrong." "`errors` says which letter the other twelve characters ask for: most often two digits were exchanged.";
    NoPolicy 422 "no-policy" "The school follows no policy then." "PUT /v1/schools/{school_id}/policy/pathway/{from_day} first.";
    UnsoundPolicy 422 "unsound-policy" "Something is wrong with the policy." "`errors` lists everything at once, with file, line and rule; POST /v1/policies/{policy}/check tries a policy out. domain/policies/README.md teaches the words.";
    RegisterClosed 409 "register-closed" "The register is closed." "Correct a mark with POST /v1/pupils/{pupil_id}/marks/amendments, which keeps the original entry and the reason.";
    NotASandbox 409 "not-a-sandbox" "Only a sandbox has a clock that can be moved." "A trust is a sandbox from the day it is added (`sandbox` in POST /v1/trusts) or never. A real trust keeps real time.";
    NotFailed 409 "run-not-failed" "The run has not failed." "Only a run whose job has the state `failed` is tried again; one that waits, runs or is done needs nothing.";
    Taken 409 "already-exists" "That already exists." "`detail` names what has it: a URN, a UPN, a class name or an enrolment can stand once.";
    Merged 409 "merged" "That record was merged into another." "The member `merged_into` names the pupil's own record: ask again there. POST /v1/pupils/{pupil_id}/split takes a merge back.";
    NotUndoable 409 "not-undoable" "That import cannot be taken back." "Only an import that has been applied can be; `detail` says why this one has not.";
    KeyReused 422 "idempotency-key-reused" "That Idempotency-Key was used for something else." "A key stands for one request; use a new one for a new body.";
    StaleTag 412 "precondition-failed" "It has changed since you read it." "Read it again, look at what changed, and send If-Match with the new ETag.";
    TooManyRequests 429 "too-many-requests" "Too many requests." "Wait for the seconds in `Retry-After`.";
    Unavailable 503 "unavailable" "Not available just now." "Nothing was changed unless an answer said so. Try again after the seconds in `Retry-After`.";
    Internal 500 "internal" "Something went wrong on our side." "It has been logged under the `Request-Id` of this answer.";
}

/// One place in the request that is not right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// JSON pointer into the body (`/marks/3/mark`), or `?name` for a query parameter.
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
    #[must_use]
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
    #[must_use]
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

    /// What is wrong this time.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.0.detail = Some(detail.into());
        self
    }

    /// One more place that is not right.
    #[must_use]
    pub fn and(mut self, pointer: impl Into<String>, expected: impl Into<String>) -> Self {
        self.0.errors.push(FieldError { pointer: pointer.into(), expected: expected.into() });
        self
    }

    /// A member that only this kind has.
    #[must_use]
    pub fn member(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.members.insert(name.to_owned(), value.into());
        self
    }

    /// Seconds after which to try again.
    #[must_use]
    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.0.retry_after = Some(seconds);
        self
    }

    /// The methods that the path takes.
    #[must_use]
    pub fn allow(mut self, methods: String) -> Self {
        self.0.allow = Some(methods);
        self
    }

    /// The kind.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    /// The places that are not right.
    #[must_use]
    pub fn errors(&self) -> &[FieldError] {
        &self.0.errors
    }

    /// What only the log may say.
    #[must_use]
    pub fn internal_text(&self) -> Option<&str> {
        self.0.internal.as_deref()
    }

    /// What goes over the wire.
    #[must_use]
    pub fn body(&self) -> ProblemBody {
        ProblemBody {
            type_: format!("/problems/{}", self.0.kind.slug()),
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
        if self.0.kind == Kind::Unauthenticated {
            response.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
        }
        response.json(self.body())
    }
}

/// Postgres being away is a 503; anything that no operation foresaw is a 500 whose text stays in the log.
impl From<diesel::result::Error> for Problem {
    fn from(error: diesel::result::Error) -> Self {
        use diesel::result::{DatabaseErrorKind, Error};
        match &error {
            Error::NotFound => Self::not_found(),
            Error::DatabaseError(DatabaseErrorKind::ClosedConnection, _)
            | Error::BrokenTransactionManager => Self::unavailable(1, error),
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
