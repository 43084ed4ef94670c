//! The pupils of a school who have real marks at another one for the same half days.

use super::double_marks::double_marks;
use base::operation::*;
use school::tenants;

/// Which year.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SchoolDoubleMarksQuery {
    /// The academic year: 2026 for 2026/27; the present one when absent.
    #[param(value_type = Option<i16>, example = 2026)]
    year: Option<AcademicYear>,
}

/// A school's double marks.
#[derive(Debug, Serialize, ToSchema)]
pub struct SchoolDoubleMarks {
    /// The school.
    #[schema(example = 7)]
    school_id: SchoolId,
    /// The academic year.
    #[schema(example = 2026)]
    year: i16,
    /// Who is marked twice; `GET /v1/pupils/{pupil_id}/double-marks` has each half day.
    pupils: Vec<DoublyMarked>,
}

/// A pupil who is marked twice.
#[derive(Debug, Serialize, ToSchema)]
pub struct DoublyMarked {
    /// The pupil.
    #[schema(example = 4711)]
    pupil_id: PupilId,
    /// How many half days.
    #[schema(example = 12)]
    half_days: usize,
    /// The first of them.
    first: NaiveDate,
    /// The last of them.
    last: NaiveDate,
}

/// Find a school's double marks
///
/// The pupils of a school who have real marks at another school for the same half days: they count twice. Only marks
/// of schools that your token covers are compared.
#[utoipa::path(tag = "register", security(("token" = ["mark:read"])), params(SchoolId, SchoolDoubleMarksQuery),
    responses((status = 200, description = "The pupils.", body = SchoolDoubleMarks)))]
#[get("/v1/schools/{school_id}/double-marks")]
pub async fn school_double_marks(
    caller: May<ReadMark>,
    app: web::Data<App>,
    path: Path<SchoolId>,
    params: Query<SchoolDoubleMarksQuery>,
) -> Result<HttpResponse> {
    let clock = app.db.clock_of(caller.scope()).await?;
    let school_id = path.0;
    let year = params.0.year.map_or_else(|| tenants::today_year(&clock), Ok)?;
    let codes = app.codes.clone();
    let found = app.db.snapshot(caller.scope(), move |tx| {
        tenants::school(tx, school_id)?;
        double_marks(tx, &codes, year, (None, Some(school_id)))
    });
    let pupils = found.await?.into_iter().filter_map(|(pupil_id, marks)| {
        let (first, last) = (marks.first()?.date(), marks.last()?.date());
        Some(DoublyMarked { pupil_id, half_days: marks.len(), first, last })
    });
    let pupils = pupils.collect();
    let year = year.number();
    Ok(HttpResponse::Ok().json(SchoolDoubleMarks { school_id, year, pupils }))
}
