//! A person puts a school's calendar, or asks first what it would change.

use super::calendar_change::{CalendarChange, first_changed};
use base::operation::*;
use marks::{self, Changed, Moved};
use roll::pupils;
use school::calendars::{self, CalendarBody, calendar_of, tag};
use school::tenants::{self, Version};

/// Whether to do it.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PutCalendarQuery {
    /// `true`: change nothing, and answer what would change.
    #[serde(default)]
    preview: bool,
}

/// The calendar as it stands now; with `preview=true` what would change.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum CalendarPut {
    /// It was put.
    Put(CalendarBody),
    /// Nothing was changed.
    Preview(CalendarChange),
}

/// Put a school's calendar
///
/// Replaces the calendar of that academic year (2026 for 2026/27); what stood before is kept as history. With
/// `preview=true` nothing is changed: the answer says which half days would open and close, which marks of which
/// classes would stop or begin to count, which registers would then be missing, and which windows would move.
#[utoipa::path(tag = "register", security(("token" = ["calendar:write"])), request_body = CalendarBody,
    params(SchoolId, ("year" = i16, Path, description = "The academic year: 2026 for 2026/27."), PutCalendarQuery,
        IfMatch),
    responses((status = 200, description = "The calendar as it stands now, or what would change.", body = CalendarPut, headers(("ETag")))))]
#[put("/v1/schools/{school_id}/calendar/{year}")]
pub async fn put_calendar(
    caller: May<WriteCalendar>,
    app: web::Data<App>,
    path: Path<(SchoolId, AcademicYear)>,
    params: Query<PutCalendarQuery>,
    conditions: Conditions,
    body: Json<CalendarBody>,
) -> Result<HttpResponse> {
    let (school_id, year) = path.0;
    let after = calendar_of(year, &body.value)?;
    if params.0.preview {
        let change = app.db.snapshot(caller.scope(), move |tx| {
            tenants::school(tx, school_id)?;
            let present = calendars::latest(tx, school_id, year, None)?;
            let present_tag = present.as_ref().map(tag).transpose()?;
            conditions.check_write(present_tag.as_ref(), present.is_some())?;
            let before = present.map(|body| calendar_of(year, &body)).transpose()?;
            CalendarChange::of(tx, school_id, before.as_ref(), &after)
        });
        return Ok(HttpResponse::Ok().json(CalendarPut::Preview(change.await?)));
    }
    let saved = app.db.run(&caller.scope().clone(), move |tx| {
        tenants::school(tx, school_id)?;
        let locked = tenants::lock(tx, &[(school_id, year.number())])?;
        let before = calendars::latest(tx, school_id, year, None)?;
        let present = before.as_ref().map(tag).transpose()?;
        conditions.check_write(present.as_ref(), present.is_some())?;
        let tag = tag(&body.value)?;
        if present.as_ref() != Some(&tag) {
            let version = locked
                .bump(tx)?
                .into_values()
                .next()
                .ok_or_else(|| Problem::internal("no version"))?;
            calendars::append(tx, school_id, year, version, &body.value, caller.subject())?;
            let before = before.map(|body| calendar_of(year, &body)).transpose()?;
            if let Some(from) = before.and_then(|before| first_changed(&before, &after)) {
                look_again(tx, school_id, year, (from, version), &caller)?;
            }
        }
        Ok((tag, body.value))
    });
    let (tag, body) = saved.await?;
    Ok(HttpResponse::Ok().insert_header(("ETag", tag.as_str())).json(CalendarPut::Put(body)))
}

/// What rests on the marks of days that open or close is looked at again: they count, or count no more.
fn look_again(
    tx: &mut Tx,
    school_id: SchoolId,
    year: AcademicYear,
    (from, version): (NaiveDate, Version),
    caller: &Caller,
) -> Result<()> {
    let enrolments = pupils::enrolments_of(tx, &[school_id], Some(year))?;
    let moved = enrolments.iter().map(|row| Moved { enrolment_id: row.enrolment_id, from });
    let why = "the calendar has other school days";
    let changed = Changed { at: version.at, why, source: None };
    marks::look_again(tx, &moved.collect::<Vec<_>>(), changed, caller)
}
