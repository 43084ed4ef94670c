//! Enrolments, by school or pupil.

use diesel::prelude::*;

use super::EnrolmentRow;
use base::operation::*;
use schema::enrolment_now;
use school::tenants;

/// Which enrolments.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListEnrolmentsQuery {
    /// Only enrolments at this school.
    school_id: Option<SchoolId>,
    /// Only enrolments of this pupil.
    pupil_id: Option<PupilId>,
    /// Only enrolments that cover this day.
    on: Option<NaiveDate>,
    limit: Option<u16>,
    cursor: Option<String>,
}

/// List enrolments
#[utoipa::path(tag = "pupils", security(("token" = ["enrolment:read"])), params(ListEnrolmentsQuery),
    responses((status = 200, description = "Enrolments in the order of their ids.", body = Page<EnrolmentRow>)))]
#[get("/v1/enrolments")]
pub async fn list_enrolments(
    caller: May<ReadEnrolment>,
    app: web::Data<App>,
    request: HttpRequest,
    params: Query<ListEnrolmentsQuery>,
) -> Result<HttpResponse> {
    let ListEnrolmentsQuery { school_id, pupil_id, on, limit, cursor } = params.0;
    let slice = Slice::<EnrolmentId>::read(limit, cursor.as_deref(), &(school_id, pupil_id, on))?;
    let page = app.db.run(caller.scope(), move |tx| {
        let mut rows = EnrolmentRow::query().into_boxed();
        if let Some(school_id) = school_id {
            tenants::school(tx, school_id)?;
            rows = rows.filter(enrolment_now::school_id.eq(school_id));
        }
        if let Some(pupil_id) = pupil_id {
            super::pupil(tx, pupil_id)?;
            rows = rows.filter(enrolment_now::pupil_id.eq(pupil_id));
        }
        if let Some(on) = on {
            let not_left = enrolment_now::last_day
                .is_null()
                .or(enrolment_now::last_day.ge(on).assume_not_null());
            rows = rows.filter(enrolment_now::first_day.le(on)).filter(not_left);
        }
        rows = rows.narrow(slice.after.map(|after| enrolment_now::enrolment_id.gt(after)));
        let rows = rows.order(enrolment_now::enrolment_id).limit(slice.fetch());
        Ok(slice.page(rows.load(tx.conn)?, |row| row.enrolment_id))
    });
    Ok(page.await?.answer(&request))
}
