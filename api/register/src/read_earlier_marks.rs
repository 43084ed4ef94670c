//! The marks that a pupil has from earlier schools of the trust, for whoever leads at the school that has the pupil now.

use super::read_marks::{Marks, ReadMarksQuery, marks_of_stays};
use base::operation::*;
use roll::{pupils, visibility};

/// Read a pupil's marks at earlier schools
///
/// Of the schools of the trust that your token does not cover and that the pupil has left, for those who lead at the
/// school that has the pupil now. How much the pupil was absent there, everybody at the school reads:
/// `GET /v1/pupils/{pupil_id}/earlier`.
#[utoipa::path(tag = "register", security(("token" = ["mark:earlier"])), params(PupilId, ReadMarksQuery),
    responses((status = 200, description = "The marks.", body = Marks), refusal::AnotherSchools))]
#[get("/v1/pupils/{pupil_id}/earlier/marks")]
pub async fn read_earlier_marks(
    caller: May<ReadEarlierMark>,
    app: web::Data<App>,
    path: Path<PupilId>,
    params: Query<ReadMarksQuery>,
) -> Result<HttpResponse> {
    let pupil_id = path.0;
    let days = params.0.days(&app.db.clock_of(caller.scope()).await?)?;
    let codes = app.codes.clone();
    let marks = app.db.snapshot(caller.scope(), move |tx| {
        let scope = tx.scope().clone();
        visibility::look_back(tx, pupil_id, |tx| {
            let stays = pupils::earlier_stays(tx, pupil_id, &scope)?;
            let marks = marks_of_stays(tx, &stays, days, &codes)?;
            Ok(Marks { pupil_id, from: days.0, to: days.1, marks })
        })
    });
    Ok(HttpResponse::Ok().json(marks.await?))
}
