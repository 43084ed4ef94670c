//! By when a school looks for a missing child, and what was ever recorded about it.

use chrono::NaiveTime;

use super::rows::{self, ContactTimesRow};
use crate::tenants;
use base::operation::*;

/// On which day.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReadContactTimesQuery {
    /// The day; today when absent.
    on: Option<NaiveDate>,
}

/// By when what is done about a child whom nobody has accounted for.
#[derive(Debug, Serialize, ToSchema)]
pub struct ContactTimesAnswer {
    /// The day that was asked about.
    on: NaiveDate,
    /// Every number of every contact was rung, and a text was sent.
    #[schema(value_type = String, example = "09:30:00")]
    call_by: NaiveTime,
    /// The safeguarding lead has decided.
    #[schema(value_type = String, example = "10:30:00")]
    decide_by: NaiveTime,
    /// A child at risk was visited.
    #[schema(value_type = String, example = "12:00:00")]
    visit_by: NaiveTime,
    /// Everybody was rung again.
    #[schema(value_type = String, example = "14:00:00")]
    again_by: NaiveTime,
    /// On which school day of an absence everybody else is visited.
    #[schema(example = 3)]
    visit_on_day: u32,
    /// Everything that was ever recorded, later days first; empty when the school has the times of a school that has not
    /// said otherwise.
    history: Vec<ContactTimesRow>,
}

/// Read by when a missing child is looked for
#[utoipa::path(tag = "calendars", security(("token" = ["calendar:read"])),
    params(SchoolId, ReadContactTimesQuery),
    responses((status = 200, description = "The times of that day.", body = ContactTimesAnswer)))]
#[get("/v1/schools/{school_id}/contact-times")]
pub async fn read_contact_times(
    caller: May<ReadCalendar>,
    app: web::Data<App>,
    path: Path<SchoolId>,
    params: Query<ReadContactTimesQuery>,
) -> Result<HttpResponse> {
    let answer = app.db.run(caller.scope(), move |tx| {
        let today = tenants::today(tx, path.0)?;
        let on = params.0.on.unwrap_or(today);
        let history = rows::all(tx, path.0)?;
        let times = rows::holding(&history, on);
        Ok(ContactTimesAnswer {
            on,
            call_by: times.call_by,
            decide_by: times.decide_by,
            visit_by: times.visit_by,
            again_by: times.again_by,
            visit_on_day: times.visit_on_day,
            history,
        })
    });
    Ok(HttpResponse::Ok().json(answer.await?))
}
