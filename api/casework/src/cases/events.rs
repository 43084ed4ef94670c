//! The events of a case as they are kept.

use diesel::prelude::*;
use domain::policy::Event;

use schema::case_event;

use base::prelude::*;

/// One event of a case, as it stands on the timeline.
#[derive(Debug, Clone, Serialize, HasQuery, ToSchema)]
#[diesel(table_name = case_event)]
pub struct EventRow {
    /// Its place in the case, from 1.
    pub seq: i32,
    /// What was recorded: the rule, the step, the day, by whom, and what. Why a person decided so, only for those who
    /// have the permission `safeguarding:read`.
    #[schema(value_type = Object)]
    pub body: Value,
    /// The counts and circumstances behind it, in plain English.
    pub because: Vec<String>,
    /// When (UTC).
    pub recorded_at: DateTime<Utc>,
    /// By whom.
    pub recorded_by: String,
    /// In which role.
    pub role: String,
    /// The review that proposed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 51)]
    pub review_id: Option<ReviewId>,
    /// The import that carried it in from before the school came here; absent for what was done here.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[diesel(column_name = job_id)]
    pub import_id: Option<ImportId>,
}

impl EventRow {
    /// The event itself.
    pub fn event(&self) -> Result<Event> {
        serde_json::from_value(self.body.clone()).map_err(Problem::internal)
    }

    /// The case at the school before, of an event with which a case goes on at another.
    pub(super) fn carried_from(&self) -> Option<CaseId> {
        let from = self.body.get("what")?.get("carried")?.get("from")?;
        i32::try_from(from.as_i64()?).ok().map(CaseId::new)
    }

    /// The same without the reason why a person decided so.
    pub(super) fn without_reason(self) -> Result<Self> {
        let event = self.event()?.without_reason();
        let body = serde_json::to_value(event).map_err(Problem::internal)?;
        Ok(Self { body, ..self })
    }
}

/// The events of a case, in order.
pub fn timeline(tx: &mut Tx, case_id: CaseId) -> Result<Vec<EventRow>> {
    Ok(EventRow::query()
        .filter(case_event::case_id.eq(case_id))
        .order(case_event::seq)
        .load(tx.conn)?)
}
