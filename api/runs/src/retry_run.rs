//! A run that has failed is tried again.

use super::rows::{self, NewRun, Run};
use base::jobs::JobState;
use base::operation::*;

/// Retry a run that has failed
///
/// The next attempt goes on with the items that are left. Asked twice, the same attempt is answered.
#[utoipa::path(tag = "runs", security(("token" = ["run:retry"])), params(RunId, Idempotency),
    responses((status = 202, description = "The next attempt; `Location` tells how it goes.", body = Run, headers(("Location"))),
        refusal::NotFailed))]
#[post("/v1/runs/{run_id}/retry")]
pub async fn retry_run(
    caller: May<RetryRun>,
    app: web::Data<App>,
    path: Path<RunId>,
    key: Idempotency,
) -> Result<HttpResponse> {
    let reply = app.db.run(&caller.scope().clone(), move |tx| {
        rows::row(tx, path.0)?;
        key.once(tx, &caller, &format!("retry_run/{}", path.0), &[], |tx| {
            let next = next_attempt(tx, path.0, caller.subject(), caller.role())?;
            Reply::accepted(format!("/v1/runs/{next}"), &rows::run(tx, next)?)
        })
    });
    Ok(reply.await?.answer())
}

/// The attempt after this one: the one that is there, or a new one.
fn next_attempt(tx: &mut Tx, run_id: RunId, by: &str, role: &str) -> Result<RunId> {
    let row = rows::row(tx, run_id)?;
    if rows::run(tx, run_id)?.job.state != JobState::Failed {
        return Err(Problem::new(Kind::NotFailed));
    }
    rows::alone(tx, &row)?;
    if let Some(next) = rows::attempt_after(tx, &row)? {
        return Ok(next);
    }
    let next = NewRun {
        school_id: row.school_id,
        kind: *row.kind,
        period: row.period,
        attempt: row.attempt + 1,
        from: row.from_day,
        to: row.to_day,
        due: row.due,
        noticed_at: Some(row.noticed_at),
    };
    let added = rows::add(tx, &[next], by, role)?;
    added.first().copied().ok_or_else(|| Problem::internal("a run without a number"))
}
