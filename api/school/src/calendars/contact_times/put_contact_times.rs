//! A school says by when it rings, decides and visits.

use chrono::NaiveTime;
use domain::missing_child::ContactTimes;

use super::rows::{self, ContactTimesRow};
use crate::tenants;
use base::operation::*;

/// By when what is done about a child whom nobody has accounted for. What is left out is as the product has it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContactTimesBody {
    /// Every number of every contact was rung, and a text was sent.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "09:30:00")]
    call_by: Option<NaiveTime>,
    /// The safeguarding lead has decided: not before `call_by`.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "10:30:00")]
    decide_by: Option<NaiveTime>,
    /// A child at risk was visited: not before `decide_by`, and in the morning.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "12:00:00")]
    visit_by: Option<NaiveTime>,
    /// Everybody was rung again: in the afternoon.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "14:00:00")]
    again_by: Option<NaiveTime>,
    /// On which school day of an absence everybody else is visited: 1, 2 or 3.
    #[serde(default)]
    #[schema(example = 3)]
    visit_on_day: Option<u32>,
}

impl ContactTimesBody {
    fn checked(&self) -> Result<ContactTimes> {
        let standard = ContactTimes::default();
        let times = ContactTimes {
            call_by: self.call_by.unwrap_or(standard.call_by),
            decide_by: self.decide_by.unwrap_or(standard.decide_by),
            visit_by: self.visit_by.unwrap_or(standard.visit_by),
            again_by: self.again_by.unwrap_or(standard.again_by),
            visit_on_day: self.visit_on_day.unwrap_or(standard.visit_on_day),
        };
        let wrong = times.wrong();
        if wrong.is_empty() {
            return Ok(times);
        }
        let told =
            |problem: Problem, (member, expected)| problem.and(format!("/{member}"), expected);
        Err(wrong.into_iter().fold(Problem::new(Kind::Invalid), told))
    }
}

/// Say by when a missing child is looked for
///
/// The times hold from that day on, under every policy: by when everybody was rung, by when the safeguarding lead decides,
/// by when a child at risk is visited, and on which day everybody else is.
#[utoipa::path(tag = "calendars", security(("token" = ["calendar:write"])), request_body = ContactTimesBody,
    params(SchoolId, ("from_day" = NaiveDate, Path, description = "The day from which they hold.")),
    responses((status = 200, description = "The times from that day on.", body = ContactTimesRow)))]
#[put("/v1/schools/{school_id}/contact-times/{from_day}")]
pub async fn put_contact_times(
    caller: May<WriteCalendar>,
    app: web::Data<App>,
    path: Path<(SchoolId, NaiveDate)>,
    body: Json<ContactTimesBody>,
) -> Result<HttpResponse> {
    let (school_id, from_day) = path.0;
    let times = body.value.checked()?;
    let row = app.db.run(&caller.scope().clone(), move |tx| {
        tenants::school(tx, school_id)?;
        let all = rows::all_to_change(tx, school_id)?;
        let latest = all.iter().find(|row| row.from_day == from_day);
        match latest.filter(|row| row.times() == times) {
            Some(same) => Ok(same.clone()),
            None => {
                let before = latest.map(|row| row.recorded_at);
                rows::add(tx, school_id, (from_day, times), before, caller.subject())
            }
        }
    });
    Ok(HttpResponse::Ok().json(row.await?))
}
