//! Owns: search_decision.
//!
//! What the safeguarding lead decided about children whom nobody had accounted for.

use diesel::prelude::*;

use base::prelude::*;
use schema::search_decision;

/// What was decided about a child whom nobody had accounted for.
#[derive(Debug, Clone, Serialize, HasQuery, ToSchema)]
#[diesel(table_name = search_decision)]
pub struct DecidedSearch {
    /// Rollcall's key.
    #[schema(example = 4)]
    pub decision_id: DecisionId,
    /// The school.
    #[schema(example = 7)]
    pub school_id: SchoolId,
    /// The pupil.
    #[schema(example = 4711)]
    pub pupil_id: PupilId,
    /// The day of absence.
    pub day: NaiveDate,
    /// What is done.
    pub decided: words::SearchDecision,
    /// Why, and who does it.
    pub says: String,
    /// When it was decided (UTC).
    pub decided_at: DateTime<Utc>,
    /// By whom it was recorded.
    pub recorded_by: String,
}

/// A decision to be kept.
pub(super) struct NewDecision {
    pub school_id: SchoolId,
    pub pupil_id: PupilId,
    pub day: NaiveDate,
    pub decided: words::SearchDecision,
    pub says: String,
    pub decided_at: DateTime<Utc>,
}

/// Keeps a decision.
pub(super) fn add(tx: &mut Tx, new: NewDecision, caller: &Caller) -> Result<DecidedSearch> {
    Ok(diesel::insert_into(search_decision::table)
        .values((
            search_decision::trust_id.eq(tx.trust()),
            search_decision::school_id.eq(new.school_id),
            search_decision::pupil_id.eq(new.pupil_id),
            search_decision::day.eq(new.day),
            search_decision::decided.eq(new.decided),
            search_decision::says.eq(new.says),
            search_decision::decided_at.eq(new.decided_at),
            search_decision::recorded_at.eq(tx.now()),
            search_decision::recorded_by.eq(caller.subject()),
            search_decision::role.eq(caller.role()),
        ))
        .returning(DecidedSearch::as_returning())
        .get_result(tx.conn)?)
}

/// What was decided at a school about a day, in order.
pub(super) fn on_day(
    tx: &mut Tx,
    school_id: SchoolId,
    day: NaiveDate,
) -> Result<Vec<DecidedSearch>> {
    Ok(tx
        .rows::<DecidedSearch>()
        .filter(search_decision::school_id.eq(school_id).and(search_decision::day.eq(day)))
        .order((search_decision::decided_at, search_decision::decision_id))
        .load(tx.conn)?)
}
