//! What the local authority sent is recorded as the school received it.

use super::paper::{Appointment, AuthorityPaper, PaperKind};
use crate::recording::{About, Record, check_parents, evidence};
use crate::records::{self, RecordEntry, RecordState, RecordSubject};
use base::operation::*;
use domain::Word;
use school::tenants;

/// Something that came from the authority.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReceived {
    /// What it is about.
    about: About,
    /// The day on which the school received it.
    day: NaiveDate,
    /// What came.
    paper: AuthorityPaper,
}

/// Record what the authority sent
///
/// Such as the advisory letter and the day of an interview under the Police and Criminal Evidence Act, as received.
#[utoipa::path(tag = "received", security(("token" = ["case:record"])), request_body = NewReceived,
    params(Idempotency),
    responses((status = 201, description = "What came.", body = Record<AuthorityPaper>, headers(("Location"))),
        refusal::Merged,
        refusal::AnotherSchools))]
#[post("/v1/received")]
pub async fn record_received(
    caller: May<RecordCase>,
    app: web::Data<App>,
    key: Idempotency,
    body: Json<NewReceived>,
) -> Result<HttpResponse> {
    let NewReceived { about, day, paper } = body.value;
    let reply = app.db.run(&caller.scope().clone(), move |tx| {
        let ground = about.look_up(tx)?;
        key.once(tx, &caller, "record_received", &body.bytes, |tx| {
            let paper = check(tx, &ground, day, paper)?;
            let standing = RecordEntry {
                state: RecordState::Came,
                day,
                says: says(&paper, day),
                details: &paper,
                confidential: None,
            };
            let row = records::add(tx, &ground, &standing, &caller)?;
            evidence(tx, (ground.action_id, ground.pupil_id), (&row.says, true), &caller)?;
            let place = format!("/v1/received/{}", row.record_id);
            Reply::created(place, &Record::<AuthorityPaper>::of(&row)?)
        })
    });
    Ok(reply.await?.answer())
}

fn says(paper: &AuthorityPaper, day: NaiveDate) -> String {
    let AuthorityPaper { what, from, dated, appointment, says, .. } = paper;
    let at = appointment.as_ref().map(|one| format!(", for {} at {}", one.day, one.place));
    let at = at.unwrap_or_default();
    format!("received on {day} from {from}, dated {dated}: {}{at}: {says}", what.meaning())
}

fn check(
    tx: &mut Tx,
    ground: &RecordSubject,
    day: NaiveDate,
    paper: AuthorityPaper,
) -> Result<AuthorityPaper> {
    let mut problem = Problem::new(Kind::Invalid);
    if day > tenants::today(tx, ground.school_id)? {
        problem = problem.and("/day", "today, or a day before");
    }
    if paper.dated > day {
        problem = problem.and("/paper/dated", "a day that is not after the one on which it came");
    }
    if paper.what == PaperKind::PaceInvitation && paper.appointment.is_none() {
        problem = problem.and("/paper/appointment", "the day and place of the interview");
    }
    if !problem.errors().is_empty() {
        return Err(problem);
    }
    check_parents(tx, ground.pupil_id, &paper.to_parents, "/paper/to_parents")?;
    let appointment = paper.appointment.map(|one| {
        let place = name::words(&one.place, "/paper/appointment/place", name::LINE)?;
        Ok::<_, Problem>(Appointment { place, ..one })
    });
    Ok(AuthorityPaper {
        from: name::words(&paper.from, "/paper/from", name::LINE)?,
        says: name::words(&paper.says, "/paper/says", name::ACCOUNT)?,
        appointment: appointment.transpose()?,
        ..paper
    })
}
