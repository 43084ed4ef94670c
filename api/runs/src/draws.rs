//! Prize draws, each step once: prepared when a period begins, opened, frozen at the cut-off, and drawn.

use chrono::TimeDelta;
use chrono_tz::Tz;
use domain::schedule::{Due, Occasion, morning_of};
use domain::{Calendar, WindowKind};

use super::rows::{self, NewRun, RunRow};
use super::schools::SchoolTime;
use base::beacon;
use base::jobs::{Finished, Job};
use base::prelude::*;
use rewards::draws::{self, DrawStepDue, DueStep};
use school::policies::{self, Assignment, Part, Shelf};

/// What came of the run that prepares draws.
#[derive(Debug, Serialize, ToSchema)]
pub struct DrawsPrepared {
    /// The draws that were prepared.
    draw_ids: Vec<DrawId>,
}

/// What schools follow as their rewards, and what is due of their draws.
pub(super) struct DrawDues {
    assigned: BTreeMap<SchoolId, Vec<Assignment>>,
    shelf: Shelf,
    steps: BTreeMap<SchoolId, Vec<DueStep>>,
}

impl DrawDues {
    /// Of every school that the caller may see.
    pub(super) fn read(tx: &mut Tx) -> Result<Self> {
        let mut steps: BTreeMap<SchoolId, Vec<DueStep>> = BTreeMap::new();
        for step in draws::steps(tx)? {
            steps.entry(step.school_id).or_default().push(step);
        }
        let assigned = policies::assignments_of_schools(tx, Part::Rewards)?;
        Ok(Self { assigned, shelf: Shelf::default(), steps })
    }

    /// What falls due of a school's draws, each with the instant from which on it is known that it does.
    pub(super) fn of(&self, tx: &mut Tx, school: &SchoolTime) -> Result<Vec<(Due, DateTime<Utc>)>> {
        let mut dues = Vec::new();
        let none = Vec::new();
        let assigned = self.assigned.get(&school.school_id).unwrap_or(&none);
        for (calendar, known_from) in school.years() {
            for kind in
                [WindowKind::Week, WindowKind::HalfTerm, WindowKind::Term, WindowKind::YearToDate]
            {
                dues.extend(self.begins(
                    tx,
                    assigned,
                    (calendar, known_from),
                    kind,
                    school.zone,
                )?);
            }
        }
        for step in self.steps.get(&school.school_id).into_iter().flatten() {
            dues.push((due(step, school.zone), DateTime::<Utc>::MIN_UTC));
        }
        Ok(dues)
    }

    /// When the periods of a kind begin for which the school's rewards hold a draw.
    fn begins(
        &self,
        tx: &mut Tx,
        assigned: &[Assignment],
        (calendar, known_from): (&Calendar, DateTime<Utc>),
        kind: WindowKind,
        zone: Tz,
    ) -> Result<Vec<(Due, DateTime<Utc>)>> {
        let mut dues = Vec::new();
        for window in calendar.windows(kind) {
            let holds = policies::holding(assigned, Part::Rewards, window.to);
            let Some(recorded_at) = holds.map(|one| one.recorded_at) else { continue };
            let follows = self.shelf.assigned(tx, assigned, Part::Rewards, window.to)?;
            let Some(follows) = follows else { continue };
            let policy = &follows.policy;
            if draws::draws_of(policy).iter().all(|one| one.every != kind) {
                continue;
            }
            let usual = draws::usual_days(calendar, &window, policy);
            let Some((_, freezes_on)) = usual else { continue };
            let known_from = known_from.max(recorded_at);
            let label = format!("{}: draws are prepared", window.label);
            let mut due = morning_of(Occasion::DrawsPrepared, label, window.from, zone);
            due.period = format!("{}/{}", calendar.year().number(), window.key);
            due.to = window.to;
            // Rewards that are adopted within the period have their draw too, while tickets can be earned.
            if due.at <= known_from && known_from.with_timezone(&zone).date_naive() < freezes_on {
                due.at = known_from + TimeDelta::seconds(1);
                due.local = due.at.with_timezone(&zone).naive_local();
            }
            dues.push((due, known_from));
        }
        Ok(dues)
    }
}

/// A step of a draw in the schedule.
fn due(step: &DueStep, zone: Tz) -> Due {
    let local = step.at.with_timezone(&zone).naive_local();
    let occasion = match step.step {
        DrawStepDue::Open => Occasion::DrawOpened,
        DrawStepDue::Freeze => Occasion::DrawFrozen,
        DrawStepDue::Hold => Occasion::DrawHeld,
    };
    Due {
        at: step.at,
        occasion,
        period: format!("{}/draw-{}", step.period, step.draw_id),
        label: step.title.clone(),
        from: local.date(),
        to: local.date(),
        local,
    }
}

/// Whether what falls due at the school by then comes first: what is judged that evening is judged before the freeze.
/// `new` are the runs that have been found together with it.
pub(super) fn must_wait(
    tx: &mut Tx,
    school_id: SchoolId,
    due: &Due,
    new: &[NewRun],
) -> Result<bool> {
    let before = |run: &NewRun| run.school_id == school_id && run.due <= due.at;
    Ok(due.occasion == Occasion::DrawFrozen
        && (new.iter().any(before) || rows::unfinished(tx, school_id, due.at)?))
}

/// Prepares the draws of a period that begins.
pub(super) fn prepare(app: &App, job: &Job<'_>, row: &RunRow) -> Result<()> {
    const STAGE: &str = "preparing the period's draws";
    job.run(|tx| {
        job.advance(tx, STAGE, 0, 1)?;
        let draw_ids = draws::prepare_all(tx, &app.envelope, row.school_id, &row.period, job.by())?;
        rows::add_item(tx, row, "draws", &DrawsPrepared { draw_ids })?;
        job.advance(tx, STAGE, 1, 1)?;
        job.finish(tx, Finished::Done, "prepared")
    })
}

/// Opens, freezes or draws a draw. What decides it is fetched first, without a transaction.
pub(super) fn step(app: &App, job: &Job<'_>, row: &RunRow, step: DrawStepDue) -> Result<()> {
    let draw_id = row.period.rsplit_once("/draw-").and_then(|(_, id)| id.parse().ok());
    let draw_id: DrawId = draw_id.ok_or_else(|| Problem::internal("a run of no draw"))?;
    let signature = match (step, job.run(|tx| draws::round_of(tx, draw_id))?) {
        (DrawStepDue::Hold, Some(round)) => {
            let fetched = beacon::signature(&app.beacons, round);
            Some(fetched.map_err(|why| Problem::unavailable(30, why))?)
        }
        _ => None,
    };
    job.run(|tx| {
        let stage = step.text();
        job.advance(tx, stage, 0, 1)?;
        let signature = signature.as_deref();
        let taken = draws::take_step(tx, &app.envelope, draw_id, step, signature, job.by())?;
        rows::add_item(tx, row, &format!("draw/{draw_id}"), &taken)?;
        job.advance(tx, stage, 1, 1)?;
        job.finish(tx, Finished::Done, &taken.says)
    })
}
