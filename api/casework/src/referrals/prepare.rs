//! A referral is prepared, with the evidence as it stands.

use super::readiness::checks;
use super::referral::{Partner, Referral};
use crate::recording::{About, Record, evidence};
use crate::records::{self, Confidential, RecordEntry, RecordState};
use base::operation::*;
use school::tenants;

/// A referral to be prepared.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReferral {
    /// What it is about.
    about: About,
    /// To whom.
    to: Partner,
    /// Their name, in the school's own words.
    #[schema(example = "Warwickshire Attendance Team")]
    name: String,
    /// Why.
    why: String,
    /// What is confidential: visible only with `safeguarding:read`.
    #[serde(default)]
    confidential: Option<Confidential>,
}

/// Prepare a referral
///
/// What is red in the evidence does not stop it: a person decides, and the referral says what was missing.
#[utoipa::path(tag = "referrals", security(("token" = ["case:record"])), request_body = NewReferral,
    params(Idempotency),
    responses((status = 201, description = "The referral, without what is confidential.", body = Record<Referral>, headers(("Location"))),
        refusal::Merged,
        refusal::AnotherSchools))]
#[post("/v1/referrals")]
pub async fn prepare_referral(
    caller: May<RecordCase>,
    app: web::Data<App>,
    key: Idempotency,
    body: Json<NewReferral>,
) -> Result<HttpResponse> {
    let NewReferral { about, to, name, why, confidential } = body.value;
    let (name, why) =
        (name::words(&name, "/name", name::LINE)?, name::words(&why, "/why", name::ACCOUNT)?);
    let confidential = confidential.map(Confidential::check).transpose()?;
    let codes = app.codes.clone();
    let reply = app.db.run(&caller.scope().clone(), move |tx| {
        let ground = about.look_up(tx)?;
        key.once(tx, &caller, "prepare_referral", &body.bytes, |tx| {
            let says = format!("a referral to {name} was prepared");
            let checks = checks(tx, &codes, &ground)?;
            let referral = Referral { to, name, why, evidence: checks, steps: Vec::new() };
            let standing = RecordEntry {
                state: RecordState::Prepared,
                day: tenants::today(tx, ground.school_id)?,
                says,
                details: &referral,
                confidential: confidential.as_ref(),
            };
            let row = records::add(tx, &ground, &standing, &caller)?;
            evidence(tx, (ground.action_id, ground.pupil_id), (&row.says, false), &caller)?;
            let place = format!("/v1/referrals/{}", row.record_id);
            Reply::created(place, &Record::<Referral>::of(&row)?)
        })
    });
    Ok(reply.await?.answer())
}
