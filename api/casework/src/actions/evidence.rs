//! Evidence as it is kept: every attempt, and what settled an action, or one pupil's place on its list.

use diesel::prelude::*;

use super::lists::{done_for, strike_off};
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
    /// The pupil of the action's list whom it is about; absent when it is about all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pupil_id: Option<PupilId>,
}

/// What was done.
pub struct Done<'a> {
    /// What, when and with whom.
    pub says: &'a str,
    /// Whether nothing is left to do; `false` for an attempt.
    pub done: bool,
    /// About whom, where the action has a list.
    pub pupil_id: Option<PupilId>,
}

/// The evidence of an action, in order.
pub fn evidence(tx: &mut Tx, action_id: ActionId) -> Result<Vec<EvidenceRow>> {
    Ok(tx
        .rows::<EvidenceRow>()
        .filter(evidence::action_id.eq(action_id))
        .order(evidence::seq)
        .load(tx.conn)?)
}

/// Records what was done. The caller holds the action. What is done for one pupil of a list leaves the others on it.
pub fn add_evidence(
    tx: &mut Tx,
    action: &ActionRow,
    Done { says, done, pupil_id }: &Done<'_>,
    by: &str,
) -> Result<()> {
    let pupil_id = pupil_id.filter(|pupil_id| Some(*pupil_id) != action.pupil_id);
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
            evidence::pupil_id.eq(pupil_id),
        ))
        .execute(tx.conn)?;
    let whole = match pupil_id {
        Some(pupil_id) if *done => done_for(tx, action, pupil_id)?,
        Some(_) => false,
        None => *done,
    };
    if whole && action.done_at.is_none() {
        diesel::update(tx.of(action::table).filter(action::action_id.eq(action.action_id)))
            .set(action::done_at.eq(tx.now()))
            .execute(tx.conn)?;
    }
    Ok(())
}

/// What is still open about a pupil falls away, and says why; from lists the pupil is struck off.
pub fn fall_away_about(tx: &mut Tx, pupil_id: PupilId, why: &str, by: &str) -> Result<()> {
    strike_off(tx, pupil_id, None)?;
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
        let done = Done { says: &format!("falls away: {why}"), done: true, pupil_id: None };
        add_evidence(tx, &one, &done, by)?;
    }
    Ok(())
}
