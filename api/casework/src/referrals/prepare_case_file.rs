//! A pupil's case file is prepared, before any referral: the evidence as it stands, and what is still missing.

use super::case_file::PupilCaseFile;
use super::readiness::checks;
use crate::recording::{About, Record, evidence};
use crate::records::{self, RecordEntry, RecordState};
use base::operation::*;
use school::tenants;

/// A case file to be prepared.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCaseFile {
    /// What it is about.
    about: About,
    /// Why it is prepared, and what stands in it.
    #[schema(
        example = "In the event of a referral: letters, two meetings, home visits, marks of the year"
    )]
    says: String,
}

/// Prepare a pupil's case file
///
/// In the event of a referral, and before one: the evidence as it stands today, with what is still missing in red or amber.
#[utoipa::path(tag = "referrals", security(("token" = ["case:record"])), request_body = NewCaseFile,
    params(Idempotency),
    responses((status = 201, description = "The case file.", body = Record<PupilCaseFile>, headers(("Location"))),
        refusal::Merged,
        refusal::AnotherSchools))]
#[post("/v1/case-files")]
pub async fn prepare_case_file(
    caller: May<RecordCase>,
    app: web::Data<App>,
    key: Idempotency,
    body: Json<NewCaseFile>,
) -> Result<HttpResponse> {
    let NewCaseFile { about, says } = body.value;
    let says = name::words(&says, "/says", name::ACCOUNT)?;
    let codes = app.codes.clone();
    let reply = app.db.run(&caller.scope().clone(), move |tx| {
        let ground = about.look_up(tx)?;
        key.once(tx, &caller, "prepare_case_file", &body.bytes, |tx| {
            let file = PupilCaseFile { evidence: checks(tx, &codes, &ground)?, says };
            let standing = RecordEntry {
                state: RecordState::Filed,
                day: tenants::today(tx, ground.school_id)?,
                says: format!("the pupil's case file was prepared: {}", file.says),
                details: &file,
                confidential: None,
            };
            let row = records::add(tx, &ground, &standing, &caller)?;
            evidence(tx, (ground.action_id, ground.pupil_id), (&row.says, true), &caller)?;
            let place = format!("/v1/case-files/{}", row.record_id);
            Reply::created(place, &Record::<PupilCaseFile>::of(&row)?)
        })
    });
    Ok(reply.await?.answer())
}
