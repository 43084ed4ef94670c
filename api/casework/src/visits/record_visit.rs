//! A home visit is recorded, or why there was none.

use super::visit::Visit;
use crate::recording::{About, Record, check_others, check_parents, evidence};
use crate::records::{self, Confidential, RecordEntry, RecordSubject};
use base::operation::*;
use school::tenants;

/// A visit to be recorded.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewVisit {
    /// What it is about.
    about: About,
    /// The day.
    day: NaiveDate,
    /// Who went, who was seen, what came of it.
    visit: Visit,
    /// What is confidential: visible only with `safeguarding:read`.
    #[serde(default)]
    confidential: Option<Confidential>,
}

/// Record a home visit
///
/// Or the reason why none was made, which is part of the evidence as the visits are.
#[utoipa::path(tag = "visits", security(("token" = ["case:record"])), request_body = NewVisit,
    params(Idempotency),
    responses((status = 201, description = "The visit, without what is confidential.", body = Record<Visit>, headers(("Location"))),
        refusal::Merged,
        refusal::AnotherSchools))]
#[post("/v1/visits")]
pub async fn record_visit(
    caller: May<RecordCase>,
    app: web::Data<App>,
    key: Idempotency,
    body: Json<NewVisit>,
) -> Result<HttpResponse> {
    let NewVisit { about, day, visit, confidential } = body.value;
    let confidential = confidential.map(Confidential::check).transpose()?;
    let reply = app.db.run(&caller.scope().clone(), move |tx| {
        let ground = about.look_up(tx)?;
        key.once(tx, &caller, "record_visit", &body.bytes, |tx| {
            let visit = check(tx, &ground, day, visit)?;
            let standing = RecordEntry {
                state: visit.state(),
                day,
                says: format!("home visit on {day}, {}: {}", visit.state(), visit.says),
                details: &visit,
                confidential: confidential.as_ref(),
            };
            let row = records::add(tx, &ground, &standing, &caller)?;
            evidence(tx, (ground.action_id, ground.pupil_id), (&row.says, true), &caller)?;
            Reply::created(format!("/v1/visits/{}", row.record_id), &Record::<Visit>::of(&row)?)
        })
    });
    Ok(reply.await?.answer())
}

fn check(tx: &mut Tx, ground: &RecordSubject, day: NaiveDate, visit: Visit) -> Result<Visit> {
    let mut problem = Problem::new(Kind::Invalid);
    if day > tenants::today(tx, ground.school_id)? {
        problem = problem.and("/day", "today, or a day before");
    }
    if visit.made && visit.went.is_empty() {
        problem = problem.and("/visit/went", "who went");
    }
    if !visit.made && (visit.anybody() || !visit.went.is_empty()) {
        problem = problem.and("/visit/made", "true, for somebody went or was seen");
    }
    if !problem.errors().is_empty() {
        return Err(problem);
    }
    check_parents(tx, ground.pupil_id, &visit.parents_seen, "/visit/parents_seen")?;
    Ok(Visit {
        says: name::words(&visit.says, "/visit/says", name::ACCOUNT)?,
        went: check_others(visit.went, "/visit/went")?,
        others_seen: check_others(visit.others_seen, "/visit/others_seen")?,
        ..visit
    })
}
