//! One enrolment, with its classes and year groups.

use actix_web::{HttpResponse, get, web};
use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;

use super::{EnrolmentRow, PlacementRow};
use crate::app::App;
use crate::auth::May;
use crate::auth::permission::ReadEnrolment;
use crate::http::path::Path;
use crate::http::problem::Problem;
use crate::schema::{enrolment_now, placement_now};

/// An enrolment and its placements.
#[derive(Debug, Serialize, ToSchema)]
pub struct EnrolmentPage {
    /// The enrolment.
    #[serde(flatten)]
    enrolment: EnrolmentRow,
    /// Class and year group, from each day on.
    placements: Vec<PlacementRow>,
}

/// Read an enrolment
#[utoipa::path(tag = "pupils", security(("token" = ["enrolment:read"])), params(("enrolment_id" = i32, Path, description = "The enrolment.")),
    responses((status = 200, description = "The enrolment.", body = EnrolmentPage)))]
#[get("/v1/enrolments/{enrolment_id}")]
pub async fn read_enrolment(
    caller: May<ReadEnrolment>,
    app: web::Data<App>,
    path: Path<i32>,
) -> Result<HttpResponse, Problem> {
    let page = app.db.run(caller.scope(), move |tx| {
        let enrolment: EnrolmentRow = enrolment_now::table
            .filter(enrolment_now::enrolment_id.eq(path.0))
            .select(EnrolmentRow::as_select())
            .first(tx.conn)?;
        let placements = placement_now::table
            .filter(
                placement_now::enrolment_id
                    .eq(path.0)
                    .and(placement_now::school_id.eq(enrolment.school_id)),
            )
            .order(placement_now::from_day)
            .select(PlacementRow::as_select())
            .load(tx.conn)?;
        Ok(EnrolmentPage { enrolment, placements })
    });
    Ok(HttpResponse::Ok().json(page.await?))
}
