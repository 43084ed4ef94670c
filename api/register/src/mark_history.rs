//! What a mark was before, who changed it, when and why: the law asks for it, and courts read it.

use base::operation::*;
use roll::pupils;

/// The history of a mark.
#[derive(Debug, Serialize, ToSchema)]
pub struct History {
    /// The pupil.
    #[schema(example = 4711)]
    pupil_id: PupilId,
    /// The date.
    date: NaiveDate,
    /// The session.
    #[schema(value_type = words::Session)]
    session: Session,
    /// Every change, oldest first.
    entries: Vec<HistoryEntry>,
}

/// A change of a mark.
#[derive(Debug, Serialize, ToSchema)]
pub struct HistoryEntry {
    /// The school whose register it stands in.
    #[schema(example = 7)]
    school_id: SchoolId,
    /// The code before; `null` when there was none.
    from: Option<String>,
    /// The code after; `null` when there is none.
    to: Option<String>,
    /// How it came.
    source: marks::Source,
    /// Why, for an amendment.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// The import that it came with.
    #[serde(skip_serializing_if = "Option::is_none")]
    import_id: Option<ImportId>,
    /// When (UTC).
    at: DateTime<Utc>,
    /// Who.
    #[schema(example = "staff-17")]
    by: String,
    /// In which role.
    #[schema(example = "school_office")]
    role: String,
}

/// Read the history of a mark
#[utoipa::path(tag = "register", security(("token" = ["mark:read"])),
    params(PupilId, ("date" = NaiveDate, Path, description = "The date."),
        ("session" = words::Session, Path, description = "The session.")),
    responses((status = 200, description = "The history; empty when there never was a mark.", body = History)))]
#[get("/v1/pupils/{pupil_id}/marks/{date}/{session}/history")]
pub async fn mark_history(
    caller: May<ReadMark>,
    app: web::Data<App>,
    path: Path<(PupilId, NaiveDate, Session)>,
) -> Result<HttpResponse> {
    let (pupil_id, date, session) = path.0;
    let codes = app.codes.clone();
    let history = app.db.run(caller.scope(), move |tx| {
        pupils::pupil(tx, pupil_id)?;
        let year = AcademicYear::of(date).ok_or_else(Problem::not_found)?;
        let at = HalfDay::of(year, date, session).ok_or_else(Problem::not_found)?;
        let mut entries = Vec::new();
        for stay in pupils::stays_of(tx, pupil_id)? {
            for entry in marks::history(tx, stay.school_id, year.number(), stay.enrolment_id, at)? {
                entries.push(HistoryEntry {
                    school_id: stay.school_id,
                    from: codes.text(entry.old).map(str::to_owned),
                    to: codes.text(entry.new).map(str::to_owned),
                    source: entry.source,
                    reason: entry.reason,
                    import_id: entry.job_id.map(ImportId::from),
                    at: entry.at,
                    by: entry.by,
                    role: entry.role,
                });
            }
        }
        entries.sort_by_key(|entry| entry.at);
        Ok(History { pupil_id, date, session, entries })
    });
    Ok(HttpResponse::Ok().json(history.await?))
}
