//! Many letters leave the school at once: a stack for the post.

use actix_web::http::StatusCode;

use super::record_sent::sent;
use super::rows::{self, LetterRow};
use crate::one_of_many::{attempt, check_any, check_many, status};
use base::operation::*;
use base::problem::ProblemBody;

/// How letters were sent.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SentLettersBody {
    /// The letters: at most 500.
    #[schema(example = json!([88, 89]))]
    letters: Vec<LetterId>,
    /// The day: from the one on which each was decided to today.
    on: NaiveDate,
    /// How, and to whom.
    #[schema(example = "by second-class post, to every parent")]
    how: String,
}

/// What became of the letters, in their order.
#[derive(Debug, Serialize, ToSchema)]
pub struct SentLetters {
    /// One each.
    results: Vec<SentLetter>,
}

/// What became of one letter.
#[derive(Debug, Serialize, ToSchema)]
pub struct SentLetter {
    /// The letter.
    #[schema(example = 88)]
    letter_id: LetterId,
    /// As it alone would have been answered: 200, 404, 412 or 422.
    #[schema(example = 200)]
    status: u16,
    /// The letter as it stands now; absent when there is no such letter.
    #[serde(skip_serializing_if = "Option::is_none")]
    now: Option<LetterRow>,
    /// Why it is not recorded as sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<ProblemBody>,
}

/// Record that many letters were sent
///
/// Each is recorded or not, whatever becomes of the others, as `POST /v1/letters/{letter_id}/sent` does it.
#[utoipa::path(tag = "letters", security(("token" = ["case:record"])), request_body = SentLettersBody,
    params(Idempotency),
    responses((status = 207, description = "What became of each.", body = SentLetters)))]
#[post("/v1/sent-letters")]
pub async fn record_posted(
    caller: May<RecordCase>,
    key: Idempotency,
    body: Json<SentLettersBody>,
) -> Result<HttpResponse> {
    let Json { value: SentLettersBody { letters, on, how }, bytes } = body;
    check_many(letters.len(), "/letters", "letters")?;
    let how = name::words(&how, "/how", name::LINE)?;
    key.write(caller, "record_posted", bytes, move |tx, caller| {
        rows::hold(tx, &letters)?;
        let sent = |letter_id: &LetterId| one(tx, *letter_id, (on, &how), caller.subject());
        let results = letters.iter().map(sent).collect::<Result<Vec<_>>>()?;
        check_any(results.iter().any(|one| one.now.is_some()))?;
        Reply::new(StatusCode::MULTI_STATUS, &SentLetters { results })
    })
    .await
}

fn one(
    tx: &mut Tx,
    letter_id: LetterId,
    (on, how): (NaiveDate, &str),
    by: &str,
) -> Result<SentLetter> {
    let problem = attempt(tx, |tx| {
        let letter = rows::letter_to_change(tx, letter_id)?;
        sent(tx, letter, (on, how), by).map(drop)
    })?;
    let now = match rows::letter(tx, letter_id) {
        Err(problem) if problem.kind() == Kind::NotFound => None,
        found => Some(found?),
    };
    Ok(SentLetter { letter_id, status: status(problem.as_ref()), now, problem })
}
