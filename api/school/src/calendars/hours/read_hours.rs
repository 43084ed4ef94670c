//! When pupils of a school come and go, and what was ever recorded about it.

use chrono::NaiveTime;

use super::rows::{self, HoursRow};
use crate::tenants;
use base::operation::*;

/// On which day.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReadHoursQuery {
    /// The day; today when absent.
    on: Option<NaiveDate>,
}

/// When pupils come and go.
#[derive(Debug, Serialize, ToSchema)]
pub struct HoursAnswer {
    /// The day that was asked about.
    on: NaiveDate,
    /// The morning begins.
    #[schema(value_type = String, example = "08:45:00")]
    opens: NaiveTime,
    /// The afternoon ends.
    #[schema(value_type = String, example = "15:15:00")]
    closes: NaiveTime,
    /// Everything that was ever recorded, later days first; empty when the school has the hours of a school that has not
    /// said otherwise.
    history: Vec<HoursRow>,
}

/// Read when pupils come and go
#[utoipa::path(tag = "calendars", security(("token" = ["calendar:read"])),
    params(SchoolId, ReadHoursQuery),
    responses((status = 200, description = "The hours of that day.", body = HoursAnswer)))]
#[get("/v1/schools/{school_id}/hours")]
pub async fn read_hours(
    caller: May<ReadCalendar>,
    app: web::Data<App>,
    path: Path<SchoolId>,
    params: Query<ReadHoursQuery>,
) -> Result<HttpResponse> {
    let answer = app.db.run(caller.scope(), move |tx| {
        let today = tenants::today(tx, path.0)?;
        let on = params.0.on.unwrap_or(today);
        let history = rows::all(tx, path.0)?;
        let hours = rows::holding(&history).on(on);
        Ok(HoursAnswer { on, opens: hours.opens, closes: hours.closes, history })
    });
    Ok(HttpResponse::Ok().json(answer.await?))
}
