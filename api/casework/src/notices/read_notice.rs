//! One notice, with all that it was before, and whether the register still supports it.

use super::limits::Counted;
use super::open::{support, to_do};
use crate::actions::ActionRow;
use crate::records::notices::{self as store, ParentNotice};
use base::operation::*;

/// A notice with its history.
#[derive(Debug, Serialize, ToSchema)]
pub struct NoticeAnswer {
    /// How it stands.
    now: ParentNotice,
    /// How it stood before, earliest first.
    before: Vec<ParentNotice>,
    /// How many of its sessions still have a mark that counts: marks may have been amended since.
    #[schema(example = 10)]
    still_supported: usize,
    /// The support that the asking school has recorded for the child, a line each.
    #[schema(example = json!(["action plan, agreed"]))]
    support: Vec<String>,
    /// What somebody is still to do about it, with the role and the day: support that nobody has recorded, sessions that do
    /// not count any more.
    to_do: Vec<ActionRow>,
}

/// Read a penalty notice
#[utoipa::path(tag = "notices", security(("token" = ["case:read"])),
    params(NoticeId),
    responses((status = 200, description = "How it stands now, and how it stood before.", body = NoticeAnswer, headers(("ETag"))),
        refusal::Invalid))]
#[get("/v1/notices/{notice_id}")]
pub async fn read_notice(
    caller: May<ReadCase>,
    app: web::Data<App>,
    path: Path<NoticeId>,
) -> Result<HttpResponse> {
    let (codes, whole) = (app.codes.clone(), caller.sees_confidential(&app));
    let answer = app.db.snapshot(caller.scope(), move |tx| {
        let rows = store::history(tx, path.0)?;
        let shown = |row| ParentNotice::shown(row, whole);
        let mut before = rows.iter().map(shown).collect::<Result<Vec<_>, _>>()?;
        let now = before.pop().ok_or_else(Problem::not_found)?;
        let child = store::own_record(tx, now.pupil_id)?;
        let counted = Counted::read(tx, &codes, child, None)?;
        let still_supported = counted.still_supported(&now.details.sessions);
        let support = support(tx, now.school_id, now.pupil_id)?;
        let to_do = to_do(tx, now.school_id, now.pupil_id)?;
        Ok(NoticeAnswer { now, before, still_supported, support, to_do })
    });
    let answer = answer.await?;
    let tag = answer.now.etag.clone();
    Ok(HttpResponse::Ok().insert_header(("ETag", tag)).json(answer))
}
