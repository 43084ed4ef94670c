//! One pupil, with every stay at a school that the caller may see.

use actix_web::{HttpResponse, get, web};
use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;

use super::{EnrolmentRow, PupilRow};
use crate::app::App;
use crate::auth::May;
use crate::auth::permission::ReadPupil;
use crate::http::path::Path;
use crate::http::problem::Problem;
use crate::schema::enrolment_now;

/// A pupil and their enrolments.
#[derive(Serialize, ToSchema)]
pub struct PupilPage {
    /// The pupil.
    #[serde(flatten)]
    pupil: PupilRow,
    /// Enrolments at schools that you may see, earliest first.
    enrolments: Vec<EnrolmentRow>,
}

/// Read a pupil
#[utoipa::path(tag = "pupils", security(("token" = ["pupil:read"])), params(("pupil_id" = i32, Path, description = "The pupil.")),
    responses((status = 200, description = "The pupil.", body = PupilPage)))]
#[get("/v1/pupils/{pupil_id}")]
pub async fn read_pupil(
    caller: May<ReadPupil>,
    app: web::Data<App>,
    path: Path<i32>,
) -> Result<HttpResponse, Problem> {
    let page = app.db.run(caller.scope(), move |tx| {
        let pupil = super::pupil(tx, path.0)?;
        let enrolments = enrolment_now::table
            .filter(enrolment_now::pupil_id.eq(path.0))
            .order((enrolment_now::first_day, enrolment_now::enrolment_id))
            .select(EnrolmentRow::as_select())
            .load(tx.conn)?;
        Ok(PupilPage { pupil, enrolments })
    });
    Ok(HttpResponse::Ok().json(page.await?))
}
