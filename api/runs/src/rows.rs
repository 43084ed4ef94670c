//! Owns: run, run_item.

use diesel::prelude::*;
use domain::schedule::{Due, Occasion};

use super::KIND;
use super::close_period::ClosedClass;
use super::draws::DrawsPrepared;
use super::late::{Late, Times};
use super::open_review::OpenedReview;
use base::jobs::{self, JobRow, JobState, NewJob};
use base::prelude::*;
use casework::actions::Deadlines;
use casework::cases::Followed;
use rewards::draws::DrawStepTaken;
use rewards::earning::JudgedPeriod;
use roll::joining::WentLive;
use schema::{job, run, run_item};

/// Rows that one statement adds: a statement can bind only so many values.
const AT_ONCE: usize = 1_000;
/// The number that stands for the whole trust in the place of a school.
pub(super) const TRUST: SchoolId = SchoolId::new(0);

/// A run to be.
#[derive(Debug, Clone)]
pub(super) struct NewRun {
    pub school_id: SchoolId,
    pub kind: Occasion,
    pub period: String,
    pub attempt: i32,
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub due: DateTime<Utc>,
    /// When it was first seen to be due; `None`: now.
    pub noticed_at: Option<DateTime<Utc>>,
}

impl NewRun {
    /// The first attempt at what has fallen due.
    pub(super) fn first(school_id: SchoolId, due: Due) -> Self {
        Self {
            school_id,
            kind: due.occasion,
            period: due.period,
            attempt: 1,
            from: due.from,
            to: due.to,
            due: due.at,
            noticed_at: None,
        }
    }
}

/// A run as the database has it.
#[derive(Debug, Clone, HasQuery)]
#[diesel(table_name = run)]
pub(super) struct RunRow {
    pub school_id: SchoolId,
    pub run_id: RunId,
    pub kind: words::RunKind,
    pub period: String,
    pub attempt: i32,
    pub from_day: NaiveDate,
    pub to_day: NaiveDate,
    pub due: DateTime<Utc>,
    pub noticed_at: DateTime<Utc>,
}

/// Something that ran by itself, or will as soon as a worker is free.
#[derive(Debug, Serialize, ToSchema)]
pub struct Run {
    /// Rollcall's key; the run's job has the same.
    #[schema(example = 12)]
    pub run_id: RunId,
    /// The school; absent when it is for the whole trust.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub school_id: Option<SchoolId>,
    /// What fell due.
    pub kind: words::RunKind,
    /// What tells it from all others of its kind at the school.
    #[schema(example = "2026/half-term-1")]
    pub period: String,
    /// Which attempt it is, from 1: a run that has failed may be tried again.
    #[schema(example = 1)]
    pub attempt: i32,
    /// The first day that it is about.
    pub from: NaiveDate,
    /// The last day that it is about.
    pub to: NaiveDate,
    /// When it fell due (UTC).
    pub due: DateTime<Utc>,
    /// How late it is; absent when it is in time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub late: Option<Late>,
    /// How far it is: `done` of `total` items.
    pub job: JobRow,
    /// What came of each item, in order; only when one run is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub items: Option<Vec<RunItem>>,
}

/// What came of an item of a run.
#[derive(Debug, Serialize, HasQuery, ToSchema)]
#[diesel(table_name = run_item)]
pub struct RunItem {
    /// What it is.
    #[schema(example = "class/31")]
    pub item: String,
    /// The attempt that did it.
    #[schema(example = 12)]
    pub run_id: RunId,
    /// What came of it: a class's figures as they then stood; a review that was opened; what is due and overdue; what
    /// became of the case of a pupil who left; what became of the draft of a school that a pupil has joined; what a row has
    /// given for a period; how a prize draw then stands.
    #[schema(value_type = Came)]
    pub result: Value,
    /// When (UTC).
    pub recorded_at: DateTime<Utc>,
}

/// What came of an item, by the kind of its run.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "it describes what stands in the table")]
pub(super) enum Came {
    /// The end of a period.
    Closed(Box<ClosedClass>),
    /// A review.
    Opened(OpenedReview),
    /// Deadlines.
    Deadlines(Deadlines),
    /// Leavers.
    Followed(Followed),
    /// Joiners.
    Live(WentLive),
    /// Rewards.
    Judged(JudgedPeriod),
    /// The draws of a period that begins.
    Draws(DrawsPrepared),
    /// A step of a draw.
    Draw(DrawStepTaken),
}

impl Run {
    fn of(tx: &Tx, (row, job): (RunRow, JobRow)) -> Self {
        let times = Times {
            due: row.due,
            noticed: row.noticed_at,
            begun: job.started_at.unwrap_or_else(|| tx.now()),
            first: row.attempt == 1 && job.attempt <= 1,
            moved: !tx.ahead().is_zero(),
        };
        Self {
            run_id: row.run_id,
            school_id: (row.school_id != TRUST).then_some(row.school_id),
            late: times.late(),
            kind: row.kind,
            period: row.period,
            attempt: row.attempt,
            from: row.from_day,
            to: row.to_day,
            due: row.due,
            job,
            items: None,
        }
    }
}

/// What makes a run the only one: school, kind, period.
pub(super) type Key = (SchoolId, words::RunKind, String);

/// Every run that is there.
pub(super) fn there(tx: &mut Tx) -> Result<BTreeSet<Key>> {
    let rows: Vec<Key> =
        tx.of(run::table).select((run::school_id, run::kind, run::period)).load(tx.conn)?;
    Ok(rows.into_iter().collect())
}

/// Adds runs, each with a job that may reach its own school and, but for rewards, no other; their ids, in order.
pub(super) fn add(tx: &mut Tx, new: &[NewRun], by: &str, role: &str) -> Result<Vec<RunId>> {
    let (trust, now) = (tx.trust(), tx.now());
    let mut added = Vec::new();
    for some in new.chunks(AT_ONCE) {
        let job = |run: &NewRun| match run.school_id {
            TRUST => NewJob { school_id: None, scope: tx.scope().clone() },
            // A pupil may have come from another school of the trust: rewards are judged with the marks of all.
            school if matches!(run.kind, Occasion::Reward | Occasion::RewardAgain) => {
                NewJob { school_id: Some(school), scope: tx.scope().clone() }
            }
            school => NewJob { school_id: Some(school), scope: tx.scope().at(school) },
        };
        let jobs: Vec<NewJob> = some.iter().map(job).collect();
        let ids = jobs::enqueue_all(tx, KIND, &jobs, by, role)?;
        let ids: Vec<RunId> = ids.into_iter().map(RunId::from).collect();
        let row = |(run_id, new): (&RunId, &NewRun)| {
            (
                run::trust_id.eq(trust),
                run::school_id.eq(new.school_id),
                run::run_id.eq(*run_id),
                run::kind.eq(As(new.kind)),
                run::period.eq(new.period.clone()),
                run::attempt.eq(new.attempt),
                run::from_day.eq(new.from),
                run::to_day.eq(new.to),
                run::due.eq(new.due),
                run::noticed_at.eq(new.noticed_at.unwrap_or(now)),
            )
        };
        let rows: Vec<_> = ids.iter().zip(some).map(row).collect();
        diesel::insert_into(run::table).values(rows).execute(tx.conn)?;
        added.extend(ids);
    }
    Ok(added)
}

/// One run, if the caller may see it.
pub(super) fn row(tx: &mut Tx, run_id: RunId) -> Result<RunRow> {
    Ok(tx.rows::<RunRow>().filter(run::run_id.eq(run_id)).first(tx.conn)?)
}

/// Until the transaction ends nobody else adds an attempt at the same.
pub(super) fn alone(tx: &mut Tx, row: &RunRow) -> Result<()> {
    let name = format!("run/{}/{}/{}/{}", tx.trust(), row.school_id, row.kind, row.period);
    diesel::sql_query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))")
        .bind::<diesel::sql_types::Text, _>(name)
        .execute(tx.conn)?;
    Ok(())
}

/// The attempt after this one, if there is one.
pub(super) fn attempt_after(tx: &mut Tx, row: &RunRow) -> Result<Option<RunId>> {
    Ok(tx
        .of(run::table)
        .filter(run::school_id.eq(row.school_id).and(run::kind.eq(row.kind)))
        .filter(run::period.eq(&row.period).and(run::attempt.eq(row.attempt + 1)))
        .select(run::run_id)
        .first(tx.conn)
        .optional()?)
}

/// The runs of a trust with their jobs.
#[diesel::dsl::auto_type]
fn with_jobs(trust: TrustId) -> _ {
    run::table
        .inner_join(job::table.on(job::trust_id.eq(run::trust_id).and(job::job_id.eq(run::run_id))))
        .filter(run::trust_id.eq(trust))
}

/// The attempts at what a run is about, and how each stands.
pub(super) fn attempts(tx: &mut Tx, new: &NewRun) -> Result<Vec<(i32, JobState)>> {
    Ok(with_jobs(tx.trust())
        .filter(run::school_id.eq(new.school_id).and(run::kind.eq(As(new.kind))))
        .filter(run::period.eq(&new.period))
        .select((run::attempt, job::state))
        .load(tx.conn)?)
}

/// Which version a run makes: one more than the attempts before it that came to their end.
pub(super) fn edition(tx: &mut Tx, row: &RunRow) -> Result<i64> {
    let before: i64 = with_jobs(tx.trust())
        .filter(run::school_id.eq(row.school_id).and(run::kind.eq(row.kind)))
        .filter(run::period.eq(&row.period).and(run::attempt.lt(row.attempt)))
        .filter(job::state.eq(JobState::Done))
        .count()
        .get_result(tx.conn)?;
    Ok(before + 1)
}

/// One run with how far it is, if the caller may see it.
pub(super) fn run(tx: &mut Tx, run_id: RunId) -> Result<Run> {
    let found = with_jobs(tx.trust()).filter(run::run_id.eq(run_id));
    let found = found.select((RunRow::as_select(), JobRow::as_select())).first(tx.conn)?;
    Ok(Run::of(tx, found))
}

/// Runs, latest first, below `before`.
pub(super) fn runs(
    tx: &mut Tx,
    school_id: Option<SchoolId>,
    state: Option<JobState>,
    before: Option<RunId>,
    most: i64,
) -> Result<Vec<Run>> {
    let mut rows = with_jobs(tx.trust()).order(run::run_id.desc()).limit(most).into_boxed();
    rows = rows.narrow(school_id.map(|school_id| run::school_id.eq(school_id)));
    rows = rows.narrow(state.map(|state| job::state.eq(state)));
    rows = rows.narrow(before.map(|before| run::run_id.lt(before)));
    let found: Vec<(RunRow, JobRow)> =
        rows.select((RunRow::as_select(), JobRow::as_select())).load(tx.conn)?;
    Ok(found.into_iter().map(|row| Run::of(tx, row)).collect())
}

/// The last attempt of each run of these periods.
pub(super) fn of_periods(
    tx: &mut Tx,
    schools: Vec<SchoolId>,
    periods: BTreeSet<String>,
) -> Result<BTreeMap<Key, Run>> {
    let found: Vec<(RunRow, JobRow)> = with_jobs(tx.trust())
        .filter(run::school_id.eq_any(schools).and(run::period.eq_any(periods)))
        .order(run::attempt)
        .select((RunRow::as_select(), JobRow::as_select()))
        .load(tx.conn)?;
    let key = |row: &RunRow| (row.school_id, row.kind, row.period.clone());
    Ok(found.into_iter().map(|found| (key(&found.0), Run::of(tx, found))).collect())
}

/// Whether a run of a school that fell due by an instant still waits or is being done.
pub(super) fn unfinished(tx: &mut Tx, school_id: SchoolId, by: DateTime<Utc>) -> Result<bool> {
    let states = [JobState::Queued, JobState::Running];
    let found = with_jobs(tx.trust())
        .filter(run::school_id.eq(school_id).and(run::due.le(by)))
        .filter(job::state.eq_any(states))
        .select(run::run_id)
        .first::<RunId>(tx.conn);
    Ok(found.optional()?.is_some())
}

/// What came of the items of a run, whichever attempt did them, in the order in which they were done.
pub(super) fn items(tx: &mut Tx, row: &RunRow) -> Result<Vec<RunItem>> {
    Ok(tx
        .rows::<RunItem>()
        .filter(run_item::school_id.eq(row.school_id).and(run_item::kind.eq(row.kind)))
        .filter(run_item::period.eq(&row.period))
        .order((run_item::recorded_at, run_item::item))
        .load(tx.conn)?)
}

/// Keeps what came of an item.
pub(super) fn add_item(
    tx: &mut Tx,
    row: &RunRow,
    item: &str,
    result: &impl Serialize,
) -> Result<()> {
    diesel::insert_into(run_item::table)
        .values((
            run_item::trust_id.eq(tx.trust()),
            run_item::school_id.eq(row.school_id),
            run_item::kind.eq(row.kind),
            run_item::period.eq(&row.period),
            run_item::item.eq(item),
            run_item::run_id.eq(row.run_id),
            run_item::result.eq(serde_json::to_value(result).map_err(Problem::internal)?),
            run_item::recorded_at.eq(tx.now()),
        ))
        .execute(tx.conn)?;
    Ok(())
}
