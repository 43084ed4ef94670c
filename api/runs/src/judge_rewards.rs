//! What a week, a half term, a term or the year has earned is written down, row by row; and again when marks have changed.
//!
//! Each row's period is an item with a transaction of its own, so that whoever takes the run over goes on where it stopped,
//! and nobody is given anything twice.

use domain::schedule::{Occasion, split_period};
use domain::{Days, WindowKind};

use super::rows::{self, RunRow};
use base::jobs::{self, Finished, Job};
use base::prelude::*;
use figures::Counting;
use rewards::earning::{self, Judging, Which};
use rewards::eligibility::{self, Asked};
use school::policies::{self, Part};

/// Judges what the run is about.
pub(super) fn judge_rewards(counting: &Counting, job: &Job<'_>, row: &RunRow) -> Result<()> {
    const STAGE: &str = "judging rewards, row by row";
    let (year, key) =
        split_period(&row.period).ok_or_else(|| Problem::internal("a period of no year"))?;
    let blocks = counting.trust_blocks_of_job(job, year)?;
    let asked = job.run(|tx| question(tx, counting, row))?;
    let (Some(asked), Some(block)) = (asked, blocks.block(row.school_id)) else {
        return end(
            job,
            "nothing to judge: the school follows no reward policy, or has no calendar, on that day",
        );
    };
    let whole = Days { from: year.first_day(), to: year.last_day() };
    let found = asked.judge(counting.pool(), counting.codes(), &blocks.blocks, whole)?;
    let judging = Judging {
        asked: &asked,
        block,
        found: &found,
        version: blocks.versions.get(&row.school_id).copied().unwrap_or(0),
        run_id: row.run_id,
        by: job.by(),
        again: *row.kind == Occasion::RewardAgain,
    };
    let (before, there, edition) = job.run(|tx| {
        let before = earning::judged_periods(tx, row.school_id, year)?;
        Ok((before, rows::items(tx, row)?, rows::edition(tx, row)?))
    })?;
    let there: BTreeSet<String> = there.into_iter().map(|item| item.item).collect();
    let which = match WindowKind::of_key(key) {
        Some(kind) if !judging.again => {
            Which::Ending(kind, Days { from: row.from_day, to: row.to_day })
        }
        _ => Which::Before(before.clone()),
    };
    let places = judging.places(&which, &before);
    let total = u64::try_from(places.len()).unwrap_or(u64::MAX);
    for (done, place) in (1..).zip(places) {
        let Some((name, period)) = judging.item(place) else { continue };
        let again = if edition > 1 { format!("#{edition}") } else { String::new() };
        let item = format!("{name}/{period}{again}");
        if there.contains(&item) {
            continue;
        }
        if !job.tell(STAGE, done - 1, total) {
            return Err(jobs::lost());
        }
        job.run(|tx| {
            job.advance(tx, STAGE, done, total)?;
            let came = judging.judge(tx, place)?;
            rows::add_item(tx, row, &item, &came)
        })?;
    }
    end(job, if total == 0 { "nothing to judge: no row of the policy ends here" } else { "judged" })
}

fn end(job: &Job<'_>, stage: &str) -> Result<()> {
    job.run(|tx| job.finish(tx, Finished::Done, stage))
}

/// What the school is judged by on the run's last day; `None` when it follows no reward policy then.
fn question(tx: &mut Tx, counting: &Counting, row: &RunRow) -> Result<Option<Asked>> {
    let follows = policies::assigned(tx, row.school_id, Part::Rewards, row.to_day)?;
    let ask = |follows| eligibility::asked(tx, counting.codes(), row.school_id, follows);
    follows.map(ask).transpose()
}
