//! What the local authority answered, as the school received it.

use actix_web::http::StatusCode;

use super::period::{Granted, Period};
use crate::recording::{CaseMoved, Forward, Record};
use crate::records::{self, RecordEntry, RecordState, record_to_change};
use base::operation::*;
use figures::Counting;
use school::tenants;

/// The most gaps.
const MOST: usize = 50;

/// What was answered.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MonitoringAnswer {
    /// From when to when it was granted; absent when it was refused.
    #[serde(default)]
    granted: Option<Granted>,
    /// What is missing, when it was refused.
    #[serde(default)]
    gaps: Vec<String>,
    /// The outcome of the case's stage that this is, in the policy's words: the case goes on with it.
    #[serde(default)]
    #[schema(example = "agreed")]
    outcome: Option<String>,
}

/// A period that was granted or refused.
#[derive(Debug, Serialize, ToSchema)]
pub struct AnsweredPeriod {
    /// The period.
    period: Record<Period>,
    /// What became of the case, when an outcome was named.
    #[serde(skip_serializing_if = "Option::is_none")]
    case: Option<CaseMoved>,
}

impl MonitoringAnswer {
    fn check(&self) -> Result<Vec<String>> {
        let mut problem = Problem::new(Kind::Invalid);
        if self.granted.is_some_and(|granted| granted.to < granted.from) {
            problem = problem.and("/granted/to", "a day on or after the first day");
        }
        if self.granted.is_some() != self.gaps.is_empty() {
            let expected = "what is missing, when the period was refused, and only then";
            problem = problem.and("/gaps", expected);
        }
        if self.gaps.len() > MOST {
            problem = problem.and("/gaps", format!("at most {MOST} gaps"));
        }
        if !problem.errors().is_empty() {
            return Err(problem);
        }
        let gaps = self.gaps.iter().enumerate();
        gaps.map(|(at, gap)| name::words(gap, &format!("/gaps/{at}"), name::REASON)).collect()
    }
}

/// Record what was answered to a request for a monitoring period
#[utoipa::path(tag = "monitoring", security(("token" = ["case:record"])), request_body = MonitoringAnswer,
    params(RecordId, IfMatch, Idempotency),
    responses((status = 200, description = "The period, and what became of the case.", body = AnsweredPeriod),
        refusal::NoCalendar))]
#[post("/v1/monitoring-periods/{record_id}/answer")]
pub async fn answer_period(
    caller: May<RecordCase>,
    app: web::Data<App>,
    counting: web::Data<Counting>,
    path: Path<RecordId>,
    conditions: Conditions,
    key: Idempotency,
    body: Json<MonitoringAnswer>,
) -> Result<HttpResponse> {
    let Json { value: said, bytes } = body;
    let gaps = said.check()?;
    let of_case = app.db.run(caller.scope(), move |tx| records::case_of::<Period>(tx, path.0));
    let forward = Forward::of(&counting, caller.scope(), of_case.await?).await?;
    let operation = format!("answer_period/{}", path.0);
    key.write(caller, operation, bytes, move |tx, caller| {
        let before = record_to_change::<Period>(tx, path.0, &conditions)?;
        let (state, says) = match said.granted {
            Some(Granted { from, to }) => (
                RecordState::Granted,
                format!("a monitoring period was granted from {from} to {to}"),
            ),
            None => {
                let missing = gaps.join("; ");
                (
                    RecordState::Refused,
                    format!("a monitoring period was refused; missing: {missing}"),
                )
            }
        };
        let period = Period { granted: said.granted, gaps, ..before.read()? };
        let day = tenants::today(tx, before.school_id)?;
        let standing = RecordEntry { state, day, says, details: &period, confidential: None };
        let row = records::change(tx, &before, &standing, caller)?;
        let case = forward.go_if_said(tx, caller, row.case_id, said.outcome.as_deref())?;
        Reply::new(StatusCode::OK, &AnsweredPeriod { period: Record::of(&row)?, case })
    })
    .await
}
