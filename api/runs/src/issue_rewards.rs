//! A person has a period judged: one that ended before the school went live, once; or again, beside what was judged first.

use base::jobs::JobState;
use domain::schedule::{Due, rewards_due};

use super::rows::{self, NewRun, Run};
use super::schools;
use base::operation::*;
use school::policies::{self, Part};
use school::tenants;

/// Which period.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IssueBody {
    /// The period, such as `2026/2026-W37`, `2026/half-term-1`, `2026/term-1` or `2026/year-to-date`.
    #[schema(example = "2026/2026-W37")]
    period: String,
}

/// Have a period's rewards judged
///
/// What ended before the school went live earns nothing by itself: where its marks were imported, a person has it judged. A
/// period that was judged is judged again with the marks as they are now, as a new version beside the first; a draw that is
/// frozen stays as it is.
#[utoipa::path(tag = "runs", security(("token" = ["run:retry"])), request_body = IssueBody, params(SchoolId, Idempotency),
    responses((status = 202, description = "The run; `Location` tells how it goes.", body = Run, headers(("Location"))),
        (status = 404, description = "No such school or period."),
        refusal::NoPolicy, refusal::TooEarly, refusal::Taken))]
#[post("/v1/schools/{school_id}/rewards/issue")]
pub async fn issue_rewards(
    caller: May<RetryRun>,
    path: Path<SchoolId>,
    key: Idempotency,
    body: Json<IssueBody>,
) -> Result<HttpResponse> {
    let (school_id, period) = (path.0, body.value.period);
    let work = move |tx: &mut Tx<'_>, caller: &Caller| {
        let due = due(tx, school_id, &period)?;
        if due.at > tx.now() {
            let day = due.local.date();
            return Err(
                Problem::new(Kind::TooEarly).detail(format!("The period is judged on {day}."))
            );
        }
        let mut new = NewRun::first(school_id, due);
        let attempts = rows::attempts(tx, &new)?;
        if attempts.iter().any(|(_, state)| matches!(state, JobState::Queued | JobState::Running)) {
            return Err(Problem::new(Kind::Taken).detail("The period is being judged just now."));
        }
        new.attempt = attempts.iter().map(|(attempt, _)| *attempt).max().unwrap_or(0) + 1;
        let added = rows::add(tx, &[new], caller.subject(), caller.role())?;
        let run =
            added.first().copied().ok_or_else(|| Problem::internal("a run without a number"))?;
        Reply::accepted(format!("/v1/runs/{run}"), &rows::run(tx, run)?)
    };
    key.write(caller, format!("issue_rewards/{school_id}"), body.bytes, work).await
}

/// When a period is judged. Errors: 404 for one that the school's calendars do not have; 422 without a reward policy.
fn due(tx: &mut Tx, school_id: SchoolId, period: &str) -> Result<Due> {
    let school = tenants::school(tx, school_id)?;
    let times = schools::times(tx, vec![school], i16::MIN..=i16::MAX)?;
    let time = times.first().ok_or_else(Problem::not_found)?;
    let mut cut_off = None;
    for calendar in &time.calendars {
        let all = rewards_due(calendar, time.zone, 0).into_iter();
        for due in all.filter(|due| due.period == period) {
            let follows = policies::assigned(tx, school_id, Part::Rewards, due.to)?;
            let follows = follows.ok_or_else(|| {
                Problem::new(Kind::NoPolicy)
                    .detail(format!("School {school_id} follows no reward policy on {}.", due.to))
            })?;
            cut_off = Some(usize::try_from(follows.policy.settled.cut_off).unwrap_or(usize::MAX));
        }
    }
    let cut_off = cut_off.ok_or_else(Problem::not_found)?;
    let all = time.calendars.iter().flat_map(|one| rewards_due(one, time.zone, cut_off));
    all.into_iter().find(|due| due.period == period).ok_or_else(Problem::not_found)
}
