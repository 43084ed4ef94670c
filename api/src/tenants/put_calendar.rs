//! When a school is open: its terms, half terms, closures and the shape of its week.

use actix_web::{HttpResponse, put, web};
use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    AcademicYear, Calendar, Closure, ClosureKind, Days, SchoolWeek, Session, Term, bank_holidays,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::auth::May;
use crate::auth::permission::WriteCalendar;
use crate::db::Tx;
use crate::http::etag::{Conditions, ETag};
use crate::http::json::Json;
use crate::http::path::Path;
use crate::http::problem::{Kind, Problem};
use crate::schema::school_calendar;

/// A school's calendar for one academic year.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CalendarBody {
    /// The terms, in order. A year has as many as the school says.
    pub terms: Vec<TermBody>,
    /// Days, or half days, in term on which the school is closed.
    #[serde(default)]
    pub closures: Vec<ClosureBody>,
    /// Whether the bank holidays of England and Wales that lie in a term are closures too.
    #[serde(default = "yes")]
    pub bank_holidays: bool,
    /// Which half days of which weekday the school is open: Monday first, `[morning, afternoon]`.
    /// When absent: Monday to Friday, both.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Vec<bool>>>, example = json!([[true, true], [true, true], [true, true], [true, true], [true, false], [false, false], [false, false]]))]
    pub week: Option<SchoolWeek>,
}

fn yes() -> bool {
    true
}

/// A term.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TermBody {
    /// What people call it.
    #[schema(example = "Autumn term")]
    pub name: String,
    /// First day of term.
    #[schema(example = "2026-09-02")]
    pub from: NaiveDate,
    /// Last day of term.
    #[schema(example = "2026-12-18")]
    pub to: NaiveDate,
    /// The half-term break; without one the term counts as one half term.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub half_term: Option<DaysBody>,
}

/// A stretch of days, both ends included.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DaysBody {
    /// First day.
    #[schema(example = "2026-10-26")]
    pub from: NaiveDate,
    /// Last day.
    #[schema(example = "2026-10-30")]
    pub to: NaiveDate,
}

/// A closure in term.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClosureBody {
    /// First day.
    #[schema(example = "2026-11-27")]
    pub from: NaiveDate,
    /// Last day.
    #[schema(example = "2026-11-27")]
    pub to: NaiveDate,
    /// Only this half of the day; when absent, the whole day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "PM")]
    pub session: Option<Session>,
    /// `holiday`, `bank_holiday`, `inset` or `closure`.
    #[schema(value_type = String, example = "inset")]
    pub kind: ClosureKind,
    /// A word for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// The calendar that a body describes.
///
/// # Errors
/// 422 with every place that is not right.
pub fn calendar_of(year: AcademicYear, body: &CalendarBody) -> Result<Calendar, Problem> {
    let terms: Vec<Term> = body.terms.iter().map(TermBody::term).collect();
    let in_term = |day: NaiveDate| terms.iter().any(|term| term.from <= day && day <= term.to);
    let mut closures: Vec<Closure> = body.closures.iter().map(ClosureBody::closure).collect();
    if body.bank_holidays {
        closures.extend(bank_holidays(year).into_iter().filter(|(day, _)| in_term(*day)).map(
            |(day, name)| Closure {
                from: day,
                to: day,
                session: None,
                kind: ClosureKind::BankHoliday,
                note: Some(name.to_owned()),
            },
        ));
    }
    Calendar::new(year, terms, closures, body.week.unwrap_or_default()).map_err(|problems| {
        problems
            .into_iter()
            .fold(Problem::new(Kind::Invalid), |all, one| all.and(one.place, one.expected))
    })
}

impl TermBody {
    fn term(&self) -> Term {
        let half_term = self.half_term.map(|days| Days { from: days.from, to: days.to });
        Term { name: self.name.clone(), from: self.from, to: self.to, half_term }
    }
}

impl ClosureBody {
    fn closure(&self) -> Closure {
        Closure {
            from: self.from,
            to: self.to,
            session: self.session,
            kind: self.kind,
            note: self.note.clone(),
        }
    }
}

/// Put a school's calendar
///
/// Replaces the calendar of that academic year (2026 for 2026/27); what stood before is kept as history.
#[utoipa::path(tag = "tenants", security(("token" = ["calendar:write"])), request_body = CalendarBody,
    params(("school_id" = i32, Path, description = "The school."), ("year" = i16, Path, description = "The academic year: 2026 for 2026/27."),
        ("If-Match" = Option<String>, Header, description = "Only if the calendar still has this ETag.")),
    responses((status = 200, description = "The calendar as it stands now.", body = CalendarBody, headers(("ETag" = String, description = "Strong tag."))),
        (status = 412, description = "The calendar has changed.", body = crate::http::problem::ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "Something in the calendar is not right.", body = crate::http::problem::ProblemBody, content_type = "application/problem+json")))]
#[put("/v1/schools/{school_id}/calendar/{year}")]
pub async fn put_calendar(
    caller: May<WriteCalendar>,
    app: web::Data<App>,
    path: Path<(i32, AcademicYear)>,
    conditions: Conditions,
    body: Json<CalendarBody>,
) -> Result<HttpResponse, Problem> {
    let (school_id, year) = path.0;
    calendar_of(year, &body.value)?;
    let by = caller.subject().to_owned();
    let saved = app.db.run(caller.scope(), move |tx| {
        super::school(tx, school_id)?;
        let locked = super::lock(tx, &[(school_id, year.number())])?;
        let present = latest(tx, school_id, year)?.map(|body| tag(&body)).transpose()?;
        conditions.check_write(present.as_ref(), present.is_some())?;
        let tag = tag(&body.value)?;
        if present.as_ref() != Some(&tag) {
            let version = locked
                .bump(tx)?
                .into_values()
                .next()
                .ok_or_else(|| Problem::internal("no version"))?;
            append(tx, school_id, year, version, &body.value, &by)?;
        }
        Ok((tag, body.value))
    });
    let (tag, body) = saved.await?;
    Ok(HttpResponse::Ok().insert_header(("ETag", tag.as_str())).json(body))
}

/// The body that was put last.
pub(super) fn latest(
    tx: &mut Tx<'_>,
    school_id: i32,
    year: AcademicYear,
) -> Result<Option<CalendarBody>, Problem> {
    let body: Option<serde_json::Value> = school_calendar::table
        .filter(
            school_calendar::school_id.eq(school_id).and(school_calendar::year.eq(year.number())),
        )
        .order(school_calendar::version.desc())
        .select(school_calendar::body)
        .first(tx.conn)
        .optional()?;
    body.map(|body| serde_json::from_value(body).map_err(Problem::internal)).transpose()
}

pub(super) fn tag(body: &CalendarBody) -> Result<ETag, Problem> {
    Ok(ETag::of(&serde_json::to_vec(body).map_err(Problem::internal)?))
}

fn append(
    tx: &mut Tx<'_>,
    school_id: i32,
    year: AcademicYear,
    version: super::Version,
    body: &CalendarBody,
    by: &str,
) -> Result<(), Problem> {
    diesel::insert_into(school_calendar::table)
        .values((
            school_calendar::trust_id.eq(tx.trust()),
            school_calendar::school_id.eq(school_id),
            school_calendar::year.eq(year.number()),
            school_calendar::version.eq(version.number),
            school_calendar::body.eq(serde_json::to_value(body).map_err(Problem::internal)?),
            school_calendar::recorded_at.eq(version.at),
            school_calendar::recorded_by.eq(by),
        ))
        .execute(tx.conn)?;
    Ok(())
}
