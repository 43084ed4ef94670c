//! A run is carried out: each kind has a file of its own.

use domain::schedule::Occasion;

use super::{close_period, deadlines, draws, joiners, judge_rewards, leavers, open_review, rows};
use base::jobs::Job;
use base::problem::Problem;
use base::state::App;
use figures::Counting;
use rewards::draws::DrawStepDue;

/// Carries out the run of this job.
pub fn carry_out(app: &App, counting: &Counting, job: &Job<'_>) -> Result<(), Problem> {
    let row = job.run(|tx| rows::row(tx, job.id().into()))?;
    match *row.kind {
        Occasion::Review => open_review::open_review(counting, job, &row),
        Occasion::Deadlines => deadlines::deadlines(job, &row),
        Occasion::Leavers => leavers::leavers(job, &row),
        Occasion::Joiners => joiners::joiners(job, &row),
        Occasion::DrawsPrepared => draws::prepare(app, job, &row),
        Occasion::DrawOpened => draws::step(app, job, &row, DrawStepDue::Open),
        Occasion::DrawFrozen => draws::step(app, job, &row, DrawStepDue::Freeze),
        Occasion::DrawHeld => draws::step(app, job, &row, DrawStepDue::Hold),
        Occasion::EndOfWeek
        | Occasion::EndOfHalfTerm
        | Occasion::EndOfTerm
        | Occasion::EndOfYear => close_period::close_period(counting, job, &row),
        Occasion::Reward | Occasion::RewardAgain => {
            judge_rewards::judge_rewards(counting, job, &row)
        }
        Occasion::Response | Occasion::Draw | Occasion::Calendar => {
            Err(Problem::internal(format!("nothing to do for a run of kind {}", row.kind)))
        }
    }
}
