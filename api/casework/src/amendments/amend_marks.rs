//! A person corrects marks of a pupil, or asks first what it would touch.

use super::amend::{Amended, Amendment, amend};
use base::operation::*;
use roll::pupils;

/// The most changes of one amendment: more than a pupil's year has.
const MOST: usize = 800;

/// Whether it is done.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AmendMarksQuery {
    /// `true`: nothing is changed; the answer says what would change, and what it would touch.
    #[serde(default)]
    preview: bool,
}

/// Amend marks
///
/// Corrects a pupil's marks on any date, all of them or none. The original entries stay in the history. A letter that
/// the register does not support any more leaves the queue, or, if it was sent, says so and does not count towards the
/// next stage; a step of a case that it does not support is undone; and one action tells a person all of it. With
/// `preview=true` nothing is changed and the answer says what would be.
#[utoipa::path(tag = "amendments", security(("token" = ["mark:amend"])), request_body = Amendment,
    params(PupilId, AmendMarksQuery, Idempotency),
    responses((status = 200, description = "What would change.", body = Amended),
        (status = 201, description = "What changed.", body = Amended, headers(("Location"))),
        refusal::UnknownCode, refusal::CodeNotInForce, refusal::CodeInWrongSession, refusal::ClosedDay,
        refusal::NotDue, refusal::NotOnRoll, refusal::FutureMark, refusal::NoCalendar))]
#[post("/v1/pupils/{pupil_id}/marks/amendments")]
pub async fn amend_marks(
    caller: May<AmendMark>,
    app: web::Data<App>,
    path: Path<PupilId>,
    params: Query<AmendMarksQuery>,
    key: Idempotency,
    body: Json<Amendment>,
) -> Result<HttpResponse> {
    let pupil_id = path.0;
    check(&body.value)?;
    let codes = app.codes.clone();
    if params.0.preview {
        let answer = app.db.run(&caller.scope().clone(), move |tx| {
            pupils::pupil(tx, pupil_id)?;
            tx.rehearse(|tx| amend(tx, pupil_id, &body.value, &codes, &caller))
        });
        return Ok(HttpResponse::Ok().json(Amended { preview: true, ..answer.await? }));
    }
    let reply = app.db.run(&caller.scope().clone(), move |tx| {
        pupils::pupil(tx, pupil_id)?;
        key.once(tx, &caller, &format!("amend_marks/{pupil_id}"), &body.bytes, |tx| {
            let amended = amend(tx, pupil_id, &body.value, &codes, &caller)?;
            Reply::created(format!("/v1/pupils/{pupil_id}/marks"), &amended)
        })
    });
    Ok(reply.await?.answer())
}

fn check(body: &Amendment) -> Result<()> {
    let mut problem = Problem::new(Kind::Invalid);
    if !(1..=500).contains(&body.reason.trim().chars().count()) {
        problem = problem.and("/reason", "a reason of 1 to 500 characters");
    }
    if !(1..=MOST).contains(&body.changes.len()) {
        problem = problem.and("/changes", format!("1 to {MOST} corrected marks"));
    }
    let mut seen = BTreeMap::new();
    for (index, change) in body.changes.iter().enumerate() {
        if let Some(first) = seen.insert((change.date, change.session), index) {
            problem = problem.and(
                format!("/changes/{index}"),
                format!("a half day that /changes/{first} does not name"),
            );
        }
    }
    if problem.errors().is_empty() { Ok(()) } else { Err(problem) }
}
