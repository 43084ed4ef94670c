//! A parent tells the school that a child is or will be away.

use super::rows::{self, NewReport, ReportedAbsence};
use super::span::Span;
use base::operation::*;

/// What was reported.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportBody {
    /// The pupil.
    #[schema(example = 4711)]
    pupil_id: PupilId,
    /// The first day away.
    first_day: NaiveDate,
    /// The last day away; when absent the day before `expected_back`, or else the first day alone.
    #[serde(default)]
    last_day: Option<NaiveDate>,
    /// The reason, in their words.
    #[schema(example = "A temperature since the night")]
    reason: String,
    /// Who reported it, and how.
    #[schema(example = "Mother, by telephone")]
    reported_by: String,
    /// The day on which the pupil is expected back.
    #[serde(default)]
    expected_back: Option<NaiveDate>,
    /// When it was reported (UTC); now when absent.
    #[serde(default)]
    reported_at: Option<DateTime<Utc>>,
}

impl ReportBody {
    fn check(self, school_id: SchoolId, now: DateTime<Utc>) -> Result<NewReport> {
        let eve = self.expected_back.and_then(|day| day.pred_opt());
        let span = Span::read(self.first_day, self.last_day.or(eve).unwrap_or(self.first_day))?;
        if self.expected_back.is_some_and(|back| back <= span.to) {
            let expected = format!("a day after the last day away, {}", span.to);
            return Err(Problem::at(Kind::Invalid, "/expected_back", expected));
        }
        if self.reported_at.is_some_and(|at| at > now) {
            return Err(Problem::at(Kind::Invalid, "/reported_at", "a moment that has passed"));
        }
        Ok(NewReport {
            school_id,
            pupil_id: self.pupil_id,
            span,
            reason: name::words(&self.reason, "/reason", name::REASON)?,
            reported_by: name::words(&self.reported_by, "/reported_by", name::NAME)?,
            expected_back: self.expected_back,
            reported_at: self.reported_at.unwrap_or(now),
        })
    }
}

/// Report an absence
///
/// It stands in the lists of those days. It changes no mark: a person chooses the code.
#[utoipa::path(tag = "day", security(("token" = ["contact:record"])), request_body = ReportBody,
    params(SchoolId, Idempotency),
    responses((status = 201, description = "The report.", body = ReportedAbsence, headers(("Location"))),
        refusal::NotOnRoll))]
#[post("/v1/schools/{school_id}/reported-absences")]
pub async fn report_absence(
    caller: May<RecordContact>,
    app: web::Data<App>,
    path: Path<SchoolId>,
    key: Idempotency,
    body: Json<ReportBody>,
) -> Result<HttpResponse> {
    let school_id = path.0;
    let reply = app.db.run(&caller.scope().clone(), move |tx| {
        let new = body.value.check(school_id, tx.now())?;
        new.span.check_on_roll(tx, school_id, new.pupil_id)?;
        key.once(tx, &caller, &format!("report_absence/{school_id}"), &body.bytes, |tx| {
            let place = format!("/v1/schools/{school_id}/contacts/{}", new.span.from);
            Reply::created(place, &rows::add_report(tx, new, &caller)?)
        })
    });
    Ok(reply.await?.answer())
}
