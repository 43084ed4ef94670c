//! The kinds of refusal: one table, which the answers, the pages of the problems and the document read.

use actix_web::http::StatusCode;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::id::{EnrolmentId, PupilId, SchoolId};

/// A row a kind: its name, status, slug, title, meaning, the members that only it has, and what an example of it holds.
macro_rules! kinds {
    ($($kind:ident $status:literal $slug:literal $title:literal $meaning:literal [$($member:ident),*] $example:tt;)*) => {
        /// The kind of a problem: its slug is stable and is the last part of the problem's `type`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Kind { $(#[doc = $meaning] $kind,)* }

        impl Kind {
            /// Every kind, in the order of the table.
            pub const ALL: &[Kind] = &[$(Kind::$kind,)*];

            /// Stable name, the last part of the `type` URI.
            pub fn slug(self) -> &'static str { match self { $(Kind::$kind => $slug,)* } }

            /// One short sentence, the same for every occurrence.
            pub fn title(self) -> &'static str { match self { $(Kind::$kind => $title,)* } }

            /// What it means and what to do about it.
            pub fn meaning(self) -> &'static str { match self { $(Kind::$kind => $meaning,)* } }

            /// The HTTP status it is answered with.
            pub fn status(self) -> StatusCode {
                let code: u16 = match self { $(Kind::$kind => $status,)* };
                StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
            }

            /// The members that problems of this kind may have and others have not.
            pub fn members(self) -> &'static [Member] {
                match self { $(Kind::$kind => &[$(Member::$member),*],)* }
            }

            /// What an example of it says beyond its type, title and status.
            pub fn example(self) -> Value { match self { $(Kind::$kind => json!($example),)* } }
        }

        /// The kinds as types, for `responses(...)`: an operation names there how it can refuse.
        pub mod refusal {
            $(
                #[doc = $meaning]
                #[derive(Debug)]
                pub struct $kind;

                impl utoipa::IntoResponses for $kind {
                    fn responses() -> super::Named { super::named(super::Kind::$kind) }
                }
            )*
        }
    };
}

kinds! {
    Unauthenticated 401 "unauthenticated"
        "A valid access token is needed."
        "Send `Authorization: Bearer TOKEN` with a token that is signed by this service, made for it, already valid and not yet expired."
        [] {};
    Forbidden 403 "forbidden"
        "Your role may not do this."
        "The member `permission` names what is missing. A trust maps its staff to roles; what a role may do is fixed."
        [Permission, Role, Decides] { "permission": "school:write", "role": "trust_officer" };
    AnotherSchools 403 "another-schools-pupil"
        "Another school does this about the pupil."
        "Who may do what about a child depends on where the child is on roll: the main school writes, a subsidiary one adds, a school that the child has left keeps what it knew. A child on no roll is the last school's."
        [] { "detail": "The pupil is no longer your school's: it keeps what it knew. The school that has the pupil now, or the trust, does this." };
    NotFound 404 "not-found"
        "There is nothing here that you may see."
        "It does not exist, or it belongs to a school or trust that your token does not cover: the two are not told apart on purpose."
        [] {};
    MethodNotAllowed 405 "method-not-allowed"
        "This path does not take that method."
        "The header `Allow` lists the methods that it takes."
        [] {};
    BadBody 400 "bad-body"
        "The body could not be read."
        "It is not valid JSON, or a member has the wrong type; `errors` points to the place."
        [] { "errors": [{ "pointer": "/year", "expected": "a whole number, not too large" }] };
    BadQuery 400 "bad-query"
        "The query string could not be read."
        "A parameter is unknown, missing or of the wrong form."
        [] { "errors": [{ "pointer": "?limit", "expected": "a number from 1 to 500" }] };
    BadCursor 400 "bad-cursor"
        "The cursor does not belong to this list."
        "Cursors are bound to the filters that they were made with: start again without one."
        [] {};
    Invalid 422 "invalid"
        "Something in the request is not right."
        "`errors` lists every place with what was expected there."
        [] { "errors": [{ "pointer": "/urn", "expected": "six digits" }] };
    TooLarge 413 "too-large"
        "The body is too large."
        "`detail` says how large it may be."
        [] { "detail": "A body may have 2 MiB." };
    BodyLate 408 "body-late"
        "The body did not arrive in time."
        "It stood still, or came too slowly; the connection is closed. Send the request again."
        [] {};
    UnsupportedMedia 415 "unsupported-media-type"
        "The body has a media type that is not taken here."
        "Send `Content-Type: application/json`, or `text/csv` for imports."
        [] { "detail": "Send `Content-Type: application/json`." };
    UnknownCode 422 "unknown-code"
        "That is not an attendance code."
        "See domain/codes.toml, or the schema, for the codes of each year."
        [] { "errors": [{ "pointer": "/marks/3/mark", "expected": "a national attendance code, such as / or \\ or I" }] };
    CodeNotInForce 422 "code-not-in-force"
        "That code was not in force on that date."
        "The national codes changed in August 2024; each has its own first day."
        [] { "errors": [{ "pointer": "/changes/0/mark", "expected": "a code that was in force that day; Q may be used from 19 August 2024 on" }] };
    CodeInWrongSession 422 "code-in-wrong-session"
        "That code belongs to the other half of the day."
        "`/` is for the morning, `\\` for the afternoon."
        [] { "errors": [{ "pointer": "/marks/3/mark", "expected": "/ in the morning or \\ in the afternoon" }] };
    ClosedDay 422 "closed-day"
        "The school is closed then."
        "The school's calendar has no session on that half day, so there can be no mark."
        [] { "errors": [{ "pointer": "/changes/0/date", "expected": "a half day on which the school is open" }] };
    NotDue 422 "not-due"
        "The year group is not due then."
        "The school is open, but by its calendar this year group does not come for that session, as at a staggered start: the session is neither expected nor possible, so there can be no mark."
        [] { "errors": [{ "pointer": "/changes/0/date", "expected": "a half day for which the pupil's year group is due" }] };
    NotOnRoll 422 "not-on-roll"
        "The pupil is not on roll then."
        "A mark needs an enrolment that covers its date."
        [] { "errors": [{ "pointer": "/changes/0/date", "expected": "a day on which the pupil is on roll" }] };
    FutureMark 422 "future-mark"
        "That date lies in the future."
        "A register is taken on its day or later, never before."
        [] { "detail": "2026-11-19 is after today, 2026-11-18." };
    NoCalendar 422 "no-calendar"
        "The school has no calendar for that academic year."
        "PUT /v1/schools/{school_id}/calendar/{year} first."
        [SchoolId, Year] { "detail": "School 7 has no calendar for 2026/27.", "school_id": 7, "year": 2026 };
    RegisterIncomplete 422 "register-incomplete"
        "The register leaves out pupils of the class."
        "A register names every pupil who is in the class that day, once; `null` says that there is no mark yet."
        [MissingPupilIds] { "errors": [{ "pointer": "/marks", "expected": "every pupil of the class, once" }], "missing_pupil_ids": [4711] };
    NamedTwice 422 "pupil-named-twice"
        "The register names a pupil twice."
        "`errors` points to the second place; nothing was saved."
        [] { "errors": [{ "pointer": "/marks/7/pupil_id", "expected": "each pupil once" }] };
    NobodyInClass 422 "nobody-in-class"
        "Nobody is in that class then."
        "There is no register to take: no pupil is placed in the class that day."
        [] { "detail": "Nobody is in class 7H1 on 2026-11-18." };
    UpnCheckLetter 422 "wrong-upn-check-letter"
        "The UPN's check letter is wrong."
        "`errors` says which letter the other twelve characters ask for: most often two digits were exchanged."
        [] { "errors": [{ "pointer": "/upn", "expected": "check letter A" }] };
    NoTermDates 422 "no-term-dates"
        "No calendar can be told from that file."
        "It says nothing about that year, or nothing that is understood; `notices` says what it says instead, and where."
        [Notices] { "detail": "The file has 0 entries that are understood, and none of them lies in 2026/27.",
            "notices": [{ "place": "line 3", "text": "It cannot be told whether these are days of school or not: Harvest festival." }] };
    NoSchoolHours 422 "no-school-hours"
        "Those are no hours of a school."
        "A day in school has a morning and an afternoon: it begins before noon and ends after one o'clock."
        [] { "errors": [{ "pointer": "/opens", "expected": "a time before 12:00, such as 08:45:00" }] };
    NoPolicy 422 "no-policy"
        "The school follows no policy then."
        "PUT /v1/schools/{school_id}/policy/pathway/{from_day} first."
        [] { "detail": "School 7 follows no policy on 2026-11-18." };
    LetterIncomplete 422 "letter-incomplete"
        "The letter cannot be written yet."
        "`errors` names everything that is not recorded and that the letter needs: on the school's letterhead (PUT /v1/schools/{school_id}/letterhead), about the parents, or in the case."
        [] { "errors": [{ "pointer": "/decide", "expected": "the school's telephone number, on the school's letterhead" }] };
    UnsoundPolicy 422 "unsound-policy"
        "Something is wrong with the policy."
        "`errors` lists everything at once, with file, line and rule; POST /v1/policies/{policy}/check tries a policy out. domain/policies/README.md teaches the words."
        [] { "errors": [{ "pointer": "/policy", "expected": "line 3: a band without a rate" }] };
    RegisterClosed 409 "register-closed"
        "The register is closed."
        "Correct a mark with POST /v1/pupils/{pupil_id}/marks/amendments, which keeps the original entry and the reason."
        [] {};
    NotASandbox 409 "not-a-sandbox"
        "Only a sandbox has a clock that can be moved."
        "A trust is a sandbox from the day it is added (`sandbox` in POST /v1/trusts) or never. A real trust keeps real time."
        [] {};
    NotFailed 409 "run-not-failed"
        "The run has not failed."
        "Only a run whose job has the state `failed` is tried again; one that waits, runs or is done needs nothing."
        [] {};
    AwardSettled 409 "award-settled"
        "That award is not one to hand over or to withdraw."
        "It is held while a mark is missing, or it was withdrawn, or it was handed over already; `detail` says which. A child who has left or died is handed none."
        [] { "detail": "The award is held: the register of 6A on 2026-11-19 (afternoon) is missing." };
    NotACertificate 409 "not-a-certificate"
        "That award is no certificate."
        "Only an award of the kind `certificate` has a number and a text; the others are handed over as they are."
        [] { "detail": "The award is a sticker." };
    TooEarly 409 "too-early"
        "That has not come yet."
        "`detail` names the day from which on it can be asked."
        [] { "detail": "The period ends on 2026-12-15." };
    Taken 409 "already-exists"
        "That already exists."
        "`detail` names what has it: a URN, a UPN, a class name or an enrolment can stand once."
        [EnrolmentId, Overlaps] { "detail": "The trust already has a school with URN 900001.", "errors": [{ "pointer": "/urn", "expected": "a URN that no other school of the trust has" }] };
    Merged 409 "merged"
        "That record was merged into another."
        "The member `merged_into` names the pupil's own record: ask again there. POST /v1/pupils/{pupil_id}/split takes a merge back."
        [MergedInto] { "detail": "The record of pupil 4712 was merged into 4711.", "merged_into": 4711 };
    NotUndoable 409 "not-undoable"
        "That import cannot be taken back."
        "Only an import that has been applied can be; `detail` says why this one has not."
        [] { "detail": "The import was refused: there is nothing to take back." };
    DrawTooEarly 409 "draw-too-early"
        "The draw is not so far yet."
        "A draw is opened on its day, frozen in the evening of its cut-off and drawn when the value that decides is there; `detail` says when."
        [] { "detail": "Tickets are earned until the cut-off: the entries are frozen on 2026-12-15." };
    DrawNotOpened 409 "draw-not-opened"
        "The draw is not opened."
        "POST /v1/draws/{draw_id}/opening publishes what it is; only then are entries frozen, and only what was published can be voided."
        [] { "detail": "It is opened on 2026-12-01." };
    DrawOpened 409 "draw-already-opened"
        "The draw is opened already."
        "Its opening is published, and its bytes count from then on."
        [] {};
    DrawFrozen 409 "draw-already-frozen"
        "The entries are frozen already."
        "A draw is frozen once. What turns out later is recorded beside it: POST /v1/draws/{draw_id}/notes."
        [] {};
    DrawNotFrozen 409 "draw-not-frozen"
        "The entries are not frozen."
        "A draw is drawn from what was fixed beforehand: it is frozen first."
        [] { "detail": "The entries are frozen on 2026-12-15; nothing can be drawn before." };
    DrawNotDrawn 409 "draw-not-drawn"
        "The draw is not drawn."
        "There is a receipt once it was drawn or voided; GET /v1/draws/{draw_id}/published has what is published until then."
        [] {};
    DrawDrawn 409 "draw-already-drawn"
        "The draw was drawn already."
        "A draw is drawn once and never again; a winner who declines lets it go on."
        [] {};
    DrawOver 409 "draw-over"
        "The draw is over."
        "It was voided, had no ticket, or another was prepared in its place; `detail` says which."
        [] { "detail": "It was frozen without a ticket, and is over." };
    DrawUncommitted 409 "draw-without-commitment"
        "The governor has not committed to a secret."
        "A draw by two secrets is opened with both commitments: POST /v1/draws/{draw_id}/invitation gives the governor's link."
        [] {};
    DrawNeedsGovernor 409 "draw-needs-governor"
        "The governor draws this draw."
        "It is drawn by two secrets, as soon as the governor opens the one that was committed to."
        [] {};
    DrawNeedsNoGovernor 409 "draw-needs-no-governor"
        "No governor is needed for this draw."
        "A beacon decides it. Prepare a draw by two secrets in its place before it is opened."
        [] {};
    AlreadyCommitted 409 "already-committed"
        "The governor has committed already."
        "A commitment binds: it is made once for a draw."
        [] {};
    BeaconTooEarly 409 "beacon-too-early"
        "The value that decides does not exist yet."
        "It appears some time after the freeze, so that nobody who freezes can see it coming; `detail` says when."
        [] { "detail": "Round 41274930 appears at 2026-12-16 18:00:02 UTC." };
    BeaconSignature 422 "wrong-beacon-signature"
        "That is not the beacon's signature of this round."
        "`errors` names the round. Any server of drand's chain quicknet has it."
        [] { "errors": [{ "pointer": "/signature", "expected": "the signature of round 41274930 of quicknet, in lower case hex" }] };
    SecretMismatch 422 "secret-does-not-open"
        "That secret does not open its commitment."
        "It is the one whose commitment stands in the opening, and no other."
        [] { "errors": [{ "pointer": "/secret", "expected": "the secret that the commitment in the opening was made from" }] };
    SecretTooLate 409 "secret-too-late"
        "The published time for opening secrets has passed."
        "The draw is void, which stays published; another may be prepared in its place."
        [] {};
    NoPrize 409 "no-prize-to-decline"
        "That ticket has no prize."
        "Only what was won can be given back."
        [] { "errors": [{ "pointer": "/ticket", "expected": "a ticket that has a prize now, as `winners` says" }] };
    NotVoidable 409 "draw-not-voidable"
        "The draw cannot be stopped now."
        "After the freeze nobody stops a draw whose result might be known: only a party that has stayed away past the published time does."
        [] { "detail": "The beacon decides it now, and nothing can stop that." };
    KeyReused 422 "idempotency-key-reused"
        "That Idempotency-Key was used for something else."
        "A key stands for one request; use a new one for a new body."
        [] {};
    StaleTag 412 "precondition-failed"
        "It has changed since you read it."
        "Read it again, look at what changed, and send If-Match with the new ETag."
        [Etag, State, Stage, Steps] { "etag": "\"5lQ2Vb0e0Yj1Zk3x\"" };
    TooManyRequests 429 "too-many-requests"
        "Too many requests."
        "Wait for the seconds in `Retry-After`."
        [] {};
    Unavailable 503 "unavailable"
        "Not available just now."
        "Nothing was changed unless an answer said so. Try again after the seconds in `Retry-After`."
        [] {};
    StorageFull 507 "storage-full"
        "There is no room to write just now."
        "The disk of the database is full. Nothing was changed; reading goes on. Try again after the seconds in `Retry-After`."
        [] {};
    Internal 500 "internal"
        "Something went wrong on our side."
        "It has been logged under the `Request-Id` of this answer."
        [] {};
}

impl Kind {
    /// The `type` of its problems: a link that can be opened.
    pub fn uri(self) -> String {
        format!("/problems/{}", self.slug())
    }
}

/// What `responses(...)` collects.
type Named = std::collections::BTreeMap<String, RefOr<utoipa::openapi::Response>>;

/// Under its slug, because several kinds can share a status: the document brings those together.
fn named(kind: Kind) -> Named {
    let reference = utoipa::openapi::Ref::from_response_name(kind.slug());
    Named::from([(kind.slug().to_owned(), reference.into())])
}

/// A row a member: its name in JSON, its type and what it says.
macro_rules! members {
    ($($member:ident $name:literal $type:ty, $meaning:literal;)*) => {
        /// A member that only problems of some kinds have.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Member { $(#[doc = $meaning] $member,)* }

        impl Member {
            /// As it stands in the problem.
            pub fn name(self) -> &'static str { match self { $(Member::$member => $name,)* } }

            /// What it says.
            pub fn meaning(self) -> &'static str { match self { $(Member::$member => $meaning,)* } }

            /// What it is.
            pub fn schema(self) -> RefOr<Schema> {
                match self { $(Member::$member => <$type as PartialSchema>::schema(),)* }
            }
        }
    };
}

members! {
    Permission "permission" String, "The permission that is missing.";
    Role "role" String, "The role of your token.";
    Decides "decides" String, "The role that decides this.";
    SchoolId "school_id" SchoolId, "The school.";
    Year "year" i16, "The academic year: 2026 for 2026/27.";
    MissingPupilIds "missing_pupil_ids" Vec<i32>, "The pupils whom the register leaves out.";
    EnrolmentId "enrolment_id" EnrolmentId, "The enrolment that covers some of these days already.";
    Overlaps "overlaps" Vec<Overlap>, "Where both records are on one school's roll on some of the same days.";
    Notices "notices" Vec<Remark>, "What is not understood in the file.";
    MergedInto "merged_into" PupilId, "The pupil's own record.";
    Etag "etag" String, "The present tag.";
    State "state" String, "The present state of the letter.";
    Stage "stage" String, "The present stage of the case.";
    Steps "steps" i32, "The steps that the case has taken by now.";
}

/// Something that a file says and that was left out.
#[derive(Debug, Serialize, ToSchema)]
pub struct Remark {
    /// Where: `line 12` of an ICS file, a JSON pointer; absent when it is about the whole file.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "line 12")]
    pub place: Option<String>,
    /// Why, in plain English.
    pub text: String,
}

/// Two enrolments of one child at one school that share days.
#[derive(Debug, Serialize, ToSchema)]
pub struct Overlap {
    /// The school.
    pub school_id: SchoolId,
    /// The two enrolments.
    pub enrolment_ids: [EnrolmentId; 2],
}
