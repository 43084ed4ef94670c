//! The safeguarding lead decides what is done about a child whom nobody has accounted for.

use super::decisions::{self, DecidedSearch, NewDecision};
use super::span::Span;
use base::operation::*;
use school::tenants;

/// What is decided.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SearchDecisionBody {
    /// The pupil.
    #[schema(example = 4711)]
    pupil_id: PupilId,
    /// What is done.
    decided: words::SearchDecision,
    /// Why, and who does it.
    #[schema(example = "No answer since 8:55 and the child is in need: two of us go now")]
    says: String,
    /// When it was decided (UTC); now when absent.
    #[serde(default)]
    decided_at: Option<DateTime<Utc>>,
}

/// Decide about a missing child
///
/// The list of the day goes on until a responsible adult has accounted for the child: a decision ends nothing. One to visit
/// puts the visit on the list at once.
#[utoipa::path(tag = "day", security(("token" = ["contact:decide"])), request_body = SearchDecisionBody,
    params(SchoolId, ("date" = NaiveDate, Path, description = "The day of absence."), Idempotency),
    responses((status = 201, description = "What was decided.", body = DecidedSearch, headers(("Location"))),
        refusal::NotOnRoll, refusal::FutureMark))]
#[post("/v1/schools/{school_id}/contacts/{date}/decisions")]
pub async fn decide_search(
    caller: May<DecideSearch>,
    path: Path<(SchoolId, NaiveDate)>,
    key: Idempotency,
    body: Json<SearchDecisionBody>,
) -> Result<HttpResponse> {
    let (school_id, day) = path.0;
    let Json { value: SearchDecisionBody { pupil_id, decided, says, decided_at }, bytes } = body;
    let says = name::words(&says, "/says", name::NOTE)?;
    let operation = format!("decide_search/{school_id}/{day}");
    key.write(caller, operation, bytes, move |tx, caller| {
        if day > tenants::today(tx, school_id)? {
            return Err(Problem::new(Kind::FutureMark).detail(format!("{day} has not come yet.")));
        }
        Span::day(day).check_on_roll(tx, school_id, pupil_id)?;
        let now = tx.now();
        let decided_at = decided_at.unwrap_or(now);
        if decided_at > now {
            return Err(Problem::at(Kind::Invalid, "/decided_at", "a moment that has passed"));
        }
        let new = NewDecision { school_id, pupil_id, day, decided, says, decided_at };
        let place = format!("/v1/schools/{school_id}/contacts/{day}");
        Reply::created(place, &decisions::add(tx, new, caller)?)
    })
    .await
}
