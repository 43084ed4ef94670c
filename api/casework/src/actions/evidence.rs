//! Evidence as it is kept: every attempt, and what settled an action.

use diesel::prelude::*;

use super::rows::{ActionRow, is_open};
use schema::{action, evidence};

use base::prelude::*;

/// What was really done.
#[derive(Debug, Clone, Serialize, HasQuery, ToSchema)]
#[diesel(table_name = evidence)]
pub struct EvidenceRow {
    /// Its place among the evidence of its action, from 1.
    pub seq: i32,
    /// What was done, when and with whom.
    pub says: String,
    /// Whether the action is done with it; `false` for an attempt.
    pub done: bool,
    /// When it was recorded (UTC).
    pub recorded_at: DateTime<Utc>,
    /// By whom.
    pub recorded_by: String,
}

/// The evidence of an action, in order.
pub fn evidence(tx: &mut Tx, action_id: ActionId) -> Result<Vec<EvidenceRow>> {
    Ok(tx
        .rows::<EvidenceRow>()
        .filter(evidence::action_id.eq(action_id))
        .order(evidence::seq)
        .load(tx.conn)?)
}

/// Records what was done. The caller holds the action.
pub fn add_evidence(
    tx: &mut Tx,
    action: &ActionRow,
    (says, done): (&str, bool),
    by: &str,
) -> Result<()> {
    let before = tx.of(evidence::table).filter(evidence::action_id.eq(action.action_id));
    let seq: Option<i32> = before.select(diesel::dsl::max(evidence::seq)).first(tx.conn)?;
    diesel::insert_into(evidence::table)
        .values((
            evidence::trust_id.eq(tx.trust()),
            evidence::school_id.eq(action.school_id),
            evidence::action_id.eq(action.action_id),
            evidence::seq.eq(seq.unwrap_or(0) + 1),
            evidence::says.eq(says),
            evidence::done.eq(done),
            evidence::recorded_at.eq(tx.now()),
            evidence::recorded_by.eq(by),
        ))
        .execute(tx.conn)?;
    if done && action.done_at.is_none() {
        diesel::update(tx.of(action::table).filter(action::action_id.eq(action.action_id)))
            .set(action::done_at.eq(tx.now()))
            .execute(tx.conn)?;
    }
    Ok(())
}

/// What is still open about a pupil falls away, and says why.
pub fn fall_away_about(tx: &mut Tx, pupil_id: PupilId, why: &str, by: &str) -> Result<()> {
    let open = tx
        .rows::<ActionRow>()
        .filter(action::pupil_id.eq(pupil_id).and(is_open()))
        .order(action::action_id)
        .for_update()
        .load(tx.conn)?;
    end_all(tx, open, why, by)
}

/// What is still open of a case falls away, and says why.
pub fn fall_away(tx: &mut Tx, case_id: CaseId, why: &str, by: &str) -> Result<()> {
    let open = tx
        .rows::<ActionRow>()
        .filter(action::case_id.eq(case_id).and(is_open()))
        .order(action::action_id)
        .for_update()
        .load(tx.conn)?;
    end_all(tx, open, why, by)
}

fn end_all(tx: &mut Tx, open: Vec<ActionRow>, why: &str, by: &str) -> Result<()> {
    for one in open {
        add_evidence(tx, &one, (&format!("falls away: {why}"), true), by)?;
    }
    Ok(())
}
