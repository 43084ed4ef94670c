//! Owns: job_queue, job.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;

use super::state::JobState;
use crate::db::Tx;
use crate::id::{JobId, SchoolId};
use crate::problem::Problem;
use schema::job;

/// A job, and how far it is.
#[derive(Debug, Clone, Serialize, Queryable, Selectable, ToSchema)]
#[diesel(table_name = job)]
pub struct JobRow {
    /// Rollcall's key.
    #[schema(example = 12)]
    pub job_id: JobId,
    /// The school it is for; absent when it is for the whole trust.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub school_id: Option<SchoolId>,
    /// What kind of work.
    #[schema(example = "import")]
    pub kind: String,
    /// How it stands.
    pub state: JobState,
    /// What it is doing just now, in plain English.
    #[schema(example = "reading the file")]
    pub stage: String,
    /// How much of this stage is done.
    #[schema(example = 120000)]
    pub done: i64,
    /// How much there is; 0 while that is not known.
    #[schema(example = 336000)]
    pub total: i64,
    /// Which attempt it is, from 1; 0 while queued.
    pub attempt: i32,
    /// When it was asked for (UTC).
    pub requested_at: DateTime<Utc>,
    /// When work began (UTC).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended (UTC).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<DateTime<Utc>>,
}

impl JobRow {
    /// Whether it will not change any more.
    pub fn has_ended(&self) -> bool {
        !matches!(self.state, JobState::Queued | JobState::Running)
    }
}

/// One job, if the caller may see it. Errors: 404.
pub fn job(tx: &mut Tx<'_>, job_id: JobId) -> Result<JobRow, Problem> {
    Ok(job::table.filter(job::job_id.eq(job_id)).select(JobRow::as_select()).first(tx.conn)?)
}
