//! A letter leaves the school: by post, by hand, or through the school's own messaging.

use super::answer::{LetterAnswer, answers};
use super::rows::{self, LetterRow};
use super::state::LetterState;
use base::operation::*;
use school::tenants;

/// How a letter was sent.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SentBody {
    /// The day: from the one on which it was decided to today.
    on: NaiveDate,
    /// How, and to whom.
    #[schema(example = "by post, to both parents")]
    how: String,
}

/// Record that a letter was sent
///
/// Only a letter that waits can be sent: one that is held, or was taken back because a mark was amended, stays here.
/// The same said again changes nothing.
#[utoipa::path(tag = "letters", security(("token" = ["case:record"])), request_body = SentBody,
    params(LetterId, Idempotency),
    responses((status = 200, description = "The letter.", body = LetterAnswer),
        (status = 412, description = "It does not wait to be sent; the member `state` says how it stands."),
        refusal::StaleTag))]
#[post("/v1/letters/{letter_id}/sent")]
pub async fn record_sent(
    caller: May<RecordCase>,
    app: web::Data<App>,
    path: Path<LetterId>,
    key: Idempotency,
    body: Json<SentBody>,
) -> Result<HttpResponse> {
    let how = name::words(&body.value.how, "/how", name::LINE)?;
    let on = body.value.on;
    let state = app.clone();
    let operation = format!("record_sent/{}", path.0);
    let reply = app.db.run(&caller.scope().clone(), move |tx| {
        let letter = rows::letter_to_change(tx, path.0)?;
        key.once(tx, &caller, &operation, &body.bytes, |tx| {
            let mut answer = sent(tx, &state, &caller, letter, (on, &how))?;
            Reply::ok(&answer.pop().ok_or_else(Problem::not_found)?)
        })
    });
    Ok(reply.await?.answer())
}

/// The letter, which has been sent on that day in that way.
fn sent(
    tx: &mut Tx,
    state: &App,
    caller: &Caller,
    letter: LetterRow,
    (on, how): (NaiveDate, &String),
) -> Result<Vec<LetterAnswer>> {
    let same = letter.sent_on == Some(on) && letter.sent_how.as_ref() == Some(how);
    if letter.state == LetterState::Sent && same {
        return answers(tx, state, caller, vec![letter]);
    }
    if letter.state != LetterState::Waiting {
        let why = letter.why.map(|why| format!(": {why}")).unwrap_or_default();
        return Err(Problem::new(Kind::StaleTag)
            .detail(format!("The letter is {}{why}.", letter.state.phrase()))
            .member("state", letter.state.text()));
    }
    if !(letter.decided_on..=tenants::today(tx, letter.school_id)?).contains(&on) {
        let expected = format!("a day from {} to today", letter.decided_on);
        return Err(Problem::at(Kind::Invalid, "/on", expected));
    }
    let row = rows::sent(tx, letter.letter_id, (on, how), caller.subject())?;
    answers(tx, state, caller, vec![row])
}
