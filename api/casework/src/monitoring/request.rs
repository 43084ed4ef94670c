//! The school asks for a monitoring period.

use super::period::Period;
use crate::recording::{About, Record, evidence};
use crate::records::{self, RecordEntry, RecordState};
use crate::referrals;
use base::operation::*;
use school::tenants;

/// A period that is asked for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPeriod {
    /// What it is about.
    about: About,
    /// Whom the school asks, in its own words.
    #[schema(example = "LAAO")]
    asked: String,
    /// Why, and what was discussed.
    why: String,
}

/// Ask for a monitoring period
///
/// The evidence of the case as it stands is kept with it.
#[utoipa::path(tag = "monitoring", security(("token" = ["case:record"])), request_body = NewPeriod,
    params(Idempotency),
    responses((status = 201, description = "The period.", body = Record<Period>, headers(("Location"))),
        refusal::Merged,
        refusal::AnotherSchools))]
#[post("/v1/monitoring-periods")]
pub async fn request_period(
    caller: May<RecordCase>,
    app: web::Data<App>,
    key: Idempotency,
    body: Json<NewPeriod>,
) -> Result<HttpResponse> {
    let NewPeriod { about, asked, why } = body.value;
    let (asked, why) =
        (name::words(&asked, "/asked", name::LINE)?, name::words(&why, "/why", name::ACCOUNT)?);
    let codes = app.codes.clone();
    let reply = app.db.run(&caller.scope().clone(), move |tx| {
        let ground = about.look_up(tx)?;
        key.once(tx, &caller, "request_period", &body.bytes, |tx| {
            let checks = referrals::checks(tx, &codes, &ground)?;
            let says = format!("a monitoring period was asked of {asked}");
            let period = Period { asked, why, evidence: checks, granted: None, gaps: Vec::new() };
            let day = tenants::today(tx, ground.school_id)?;
            let standing = RecordEntry {
                state: RecordState::Requested,
                day,
                says,
                details: &period,
                confidential: None,
            };
            let row = records::add(tx, &ground, &standing, &caller)?;
            evidence(tx, (ground.action_id, ground.pupil_id), (&row.says, true), &caller)?;
            let place = format!("/v1/monitoring-periods/{}", row.record_id);
            Reply::created(place, &Record::<Period>::of(&row)?)
        })
    });
    Ok(reply.await?.answer())
}
