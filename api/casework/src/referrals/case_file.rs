//! A pupil's case file, prepared before any referral: the evidence as it stands, and what is still missing.

use super::readiness::checks;
use crate::recording::{self, About, Record, Told, Which, evidence};
use crate::records::{self, RecordDetails, RecordEntry, RecordKind, RecordState};
use base::operation::*;
use figures::Check;
use school::tenants;

/// A pupil's case file.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PupilCaseFile {
    /// Why it was prepared, and what stands in it.
    pub says: String,
    /// The evidence as it stood.
    pub evidence: Vec<Check>,
}

impl RecordDetails for PupilCaseFile {
    const KIND: RecordKind = RecordKind::CaseFile;
}

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
            evidence(tx, ground.action_id, (&row.says, true), &caller)?;
            let place = format!("/v1/case-files/{}", row.record_id);
            Reply::created(place, &Record::<PupilCaseFile>::of(&row)?)
        })
    });
    Ok(reply.await?.answer())
}

/// List pupils' case files
#[utoipa::path(tag = "referrals", security(("token" = ["case:read"])), params(Which),
    responses((status = 200, description = "As they stand, in the order in which they were first recorded.", body = Page<Record<PupilCaseFile>>)))]
#[get("/v1/case-files")]
pub async fn list_case_files(
    caller: May<ReadCase>,
    app: web::Data<App>,
    request: HttpRequest,
    which: Query<Which>,
) -> Result<HttpResponse> {
    recording::list::<PupilCaseFile>(&app, &caller, &request, which.0).await
}

/// Read a pupil's case file
#[utoipa::path(tag = "referrals", security(("token" = ["case:read"])), params(RecordId),
    responses((status = 200, description = "The case file.", body = Told<PupilCaseFile>, headers(("ETag")))))]
#[get("/v1/case-files/{record_id}")]
pub async fn read_case_file(
    caller: May<ReadCase>,
    app: web::Data<App>,
    path: Path<RecordId>,
) -> Result<HttpResponse> {
    recording::one::<PupilCaseFile>(&app, &caller, path.0).await
}
