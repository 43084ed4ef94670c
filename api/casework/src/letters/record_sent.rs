//! A letter leaves the school: by post, by hand, or through the school's own messaging.

use diesel::prelude::*;

use super::answer::{LetterAnswer, answers};
use super::rows::{self, LetterRow};
use super::state::LetterState;
use base::operation::*;
use schema::case_state;
use school::{policies, tenants};

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
/// Only a letter that waits can be sent: one that is held, or was taken back because a mark was amended, stays here, and so
/// does one whose case has gone on since.
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
            let row = sent(tx, letter, (on, &how), caller.subject())?;
            let mut answer = answers(tx, &state, &caller, vec![row])?;
            Reply::ok(&answer.pop().ok_or_else(Problem::not_found)?)
        })
    });
    Ok(reply.await?.answer())
}

/// The letter, which has been sent on that day in that way.
pub(super) fn sent(
    tx: &mut Tx,
    letter: LetterRow,
    (on, how): (NaiveDate, &str),
    by: &str,
) -> Result<LetterRow> {
    let same = letter.sent_on == Some(on) && letter.sent_how.as_deref() == Some(how);
    if letter.state == LetterState::Sent && same {
        return Ok(letter);
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
    check_overtaken(tx, &letter, on)?;
    rows::sent(tx, letter.letter_id, (on, how), by)
}

/// A letter is not sent any more once its case has gone on, or the meeting that it invites to was held or missed. Errors:
/// 412, with the day.
fn check_overtaken(tx: &mut Tx, letter: &LetterRow, on: NaiveDate) -> Result<()> {
    let invites = invites(tx, letter)?;
    let overtaken = rows::overtaken_on(tx, letter, invites)?;
    let Some(overtaken) = overtaken.filter(|day| on > *day) else {
        return Ok(());
    };
    Err(Problem::new(Kind::StaleTag)
        .detail(format!(
            "The case went on on {overtaken}: the letter says what does not hold any more, and stays \
             here unless it was sent by that day."
        ))
        .member("state", letter.state.text()))
}

/// Whether a letter of a case invites to its meeting, in the text of the policy that the case keeps.
fn invites(tx: &mut Tx, letter: &LetterRow) -> Result<bool> {
    let Some(case_id) = letter.case_id else { return Ok(false) };
    let (key, version, answers): (String, i32, Value) = tx
        .of(case_state::table)
        .filter(case_state::case_id.eq(case_id))
        .select((case_state::policy, case_state::version, case_state::answers))
        .first(tx.conn)?;
    let follows = policies::under(tx, &key, version, &answers)?;
    let text = follows.letters.get(&letter.name);
    Ok(text.is_some_and(|text| text.uses().contains("meeting")))
}
