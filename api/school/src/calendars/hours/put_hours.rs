//! A school says when its pupils come and go.

use chrono::NaiveTime;

use super::rows::{self, HoursRow};
use crate::calendars::term_dates::SchoolHours;
use crate::tenants;
use base::operation::*;

/// When pupils come and go on an ordinary day.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HoursBody {
    /// The morning begins: before noon.
    #[schema(value_type = String, example = "08:45:00")]
    opens: NaiveTime,
    /// The afternoon ends: after one o'clock.
    #[schema(value_type = String, example = "15:15:00")]
    closes: NaiveTime,
}

impl HoursBody {
    fn checked(&self) -> Result<SchoolHours> {
        SchoolHours::new(self.opens, self.closes).ok_or_else(|| {
            let mut problem = Problem::new(Kind::NoSchoolHours);
            if SchoolHours::new(self.opens, SchoolHours::default().closes).is_none() {
                problem = problem.and("/opens", "a time before 12:00, such as 08:45:00");
            }
            if SchoolHours::new(SchoolHours::default().opens, self.closes).is_none() {
                problem = problem.and("/closes", "a time after 13:00, such as 15:15:00");
            }
            problem
        })
    }
}

/// Say when pupils come and go
///
/// The hours hold from that day on. They say what an event of a published calendar closes: one outside of them nothing,
/// one that takes most of a morning that morning.
#[utoipa::path(tag = "calendars", security(("token" = ["calendar:write"])), request_body = HoursBody,
    params(SchoolId, ("from_day" = NaiveDate, Path, description = "The day from which they hold.")),
    responses((status = 200, description = "The hours from that day on.", body = HoursRow),
        refusal::NoSchoolHours))]
#[put("/v1/schools/{school_id}/hours/{from_day}")]
pub async fn put_hours(
    caller: May<WriteCalendar>,
    app: web::Data<App>,
    path: Path<(SchoolId, NaiveDate)>,
    body: Json<HoursBody>,
) -> Result<HttpResponse> {
    let (school_id, from_day) = path.0;
    let hours = body.value.checked()?;
    let row = app.db.run(&caller.scope().clone(), move |tx| {
        tenants::school(tx, school_id)?;
        let all = rows::all_to_change(tx, school_id)?;
        let latest = all.iter().find(|row| row.from_day == from_day);
        match latest.filter(|row| (row.opens, row.closes) == (hours.opens, hours.closes)) {
            Some(same) => Ok(same.clone()),
            None => {
                let before = latest.map(|row| row.recorded_at);
                rows::add(tx, school_id, (from_day, hours), before, caller.subject())
            }
        }
    });
    Ok(HttpResponse::Ok().json(row.await?))
}
