//! Owns: letter, letter_copy, letter_decision, letter_stop.

use chrono::TimeDelta;
use diesel::prelude::*;
use domain::policy::Figure;

use super::state::{LetterState, Verdict};
use schema::{letter, letter_copy, letter_decision, letter_stop};

use base::prelude::*;
use roll::visibility;

/// A letter that a person decided on.
#[derive(Debug, Clone, Serialize, HasQuery, ToSchema)]
#[diesel(table_name = letter)]
pub struct LetterRow {
    /// Rollcall's key.
    #[schema(example = 88)]
    pub letter_id: LetterId,
    /// The school that sends it.
    #[schema(example = 7)]
    pub school_id: SchoolId,
    /// The pupil it is about.
    #[schema(example = 4711)]
    pub pupil_id: PupilId,
    /// The case it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case_id: Option<CaseId>,
    /// The step of the case that it belongs to; a step sends a letter once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<i32>,
    /// The letter's name in the policy.
    #[schema(example = "stage-1")]
    pub name: String,
    /// The rule that led to it.
    #[schema(example = "W-02")]
    pub rule: String,
    /// How it stands.
    pub state: LetterState,
    /// Why it is held or was taken back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// The sessions attended and possible that it was decided on.
    #[schema(value_type = Object)]
    pub figure: Value,
    /// When it was decided on.
    pub decided_on: NaiveDate,
    /// By whom.
    pub decided_by: String,
    /// The review that proposed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review_id: Option<ReviewId>,
    /// The day it was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sent_on: Option<NaiveDate>,
    /// By whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sent_by: Option<String>,
    /// How.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "by post, to both parents")]
    pub sent_how: Option<String>,
    /// Since when the register does not support a letter that was sent: a mark that it rested on was amended. It does
    /// not count towards the next stage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unsupported_at: Option<DateTime<Utc>>,
}

/// What a person decided about a letter that was held.
#[derive(Debug, Clone, Serialize, Queryable, ToSchema)]
pub struct LetterDecisionRow {
    /// The letter.
    #[serde(skip)]
    pub letter_id: LetterId,
    /// What was decided.
    pub decided: Verdict,
    /// Why; only for those who have the permission `safeguarding:read`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When (UTC).
    pub recorded_at: DateTime<Utc>,
    /// By whom.
    pub recorded_by: String,
}

/// A letter to be kept.
pub struct NewLetter<'a> {
    /// The school.
    pub school_id: SchoolId,
    /// The pupil.
    pub pupil_id: PupilId,
    /// The case and its step.
    pub step: Option<(CaseId, i32)>,
    /// The review that proposed it.
    pub review_id: Option<ReviewId>,
    /// Its name in the policy.
    pub name: &'a str,
    /// The rule.
    pub rule: &'a str,
    /// Why it is held; `None`: it waits to be sent.
    pub held: Option<&'a str>,
    /// What it was decided on.
    pub figure: Option<Figure>,
    /// The day.
    pub day: NaiveDate,
}

/// Keeps a letter. A step sends a letter once: a second time nothing happens.
pub fn add(tx: &mut Tx, new: &NewLetter<'_>, by: &str) -> Result<()> {
    let figure = serde_json::to_value(new.figure).map_err(Problem::internal)?;
    let state = if new.held.is_some() { LetterState::Held } else { LetterState::Waiting };
    diesel::insert_into(letter::table)
        .values((
            letter::trust_id.eq(tx.trust()),
            letter::school_id.eq(new.school_id),
            letter::pupil_id.eq(new.pupil_id),
            letter::case_id.eq(new.step.map(|(case, _)| case)),
            letter::step.eq(new.step.map(|(_, step)| step)),
            letter::review_id.eq(new.review_id),
            letter::name.eq(new.name),
            letter::rule.eq(new.rule),
            letter::state.eq(state),
            letter::why.eq(new.held),
            letter::figure.eq(figure),
            letter::decided_on.eq(new.day),
            letter::decided_by.eq(by),
        ))
        .on_conflict_do_nothing()
        .execute(tx.conn)?;
    Ok(())
}

/// One letter, if the caller may see it. Errors: 404.
pub fn letter(tx: &mut Tx, letter_id: LetterId) -> Result<LetterRow> {
    let row = LetterRow::query().filter(letter::letter_id.eq(letter_id));
    Ok(row.first(tx.conn)?)
}

/// One letter, locked until this transaction ends. Errors: 404.
pub fn letter_to_change(tx: &mut Tx, letter_id: LetterId) -> Result<LetterRow> {
    let row = LetterRow::query().filter(letter::letter_id.eq(letter_id));
    Ok(row.for_update().first(tx.conn)?)
}

/// Records what a person decided about a letter that is held, and that the caller holds.
pub fn decide(
    tx: &mut Tx,
    row: &LetterRow,
    verdict: Verdict,
    reason: &str,
    by: &str,
) -> Result<()> {
    let before = letter_decision::table.filter(letter_decision::letter_id.eq(row.letter_id));
    let seq: Option<i32> = before.select(diesel::dsl::max(letter_decision::seq)).first(tx.conn)?;
    diesel::insert_into(letter_decision::table)
        .values((
            letter_decision::trust_id.eq(tx.trust()),
            letter_decision::school_id.eq(row.school_id),
            letter_decision::letter_id.eq(row.letter_id),
            letter_decision::seq.eq(seq.unwrap_or(0) + 1),
            letter_decision::decided.eq(verdict),
            letter_decision::reason.eq(reason),
            letter_decision::recorded_at.eq(tx.now()),
            letter_decision::recorded_by.eq(by),
        ))
        .execute(tx.conn)?;
    let why = (verdict == Verdict::Withdraw).then_some("a person withdrew it");
    diesel::update(letter::table.filter(letter::letter_id.eq(row.letter_id)))
        .set((letter::state.eq(verdict.state()), letter::why.eq(why)))
        .execute(tx.conn)?;
    Ok(())
}

/// What people decided about letters while they were held, by letter, in order.
pub(super) fn decisions(
    tx: &mut Tx,
    letters: &[LetterId],
) -> Result<BTreeMap<LetterId, Vec<LetterDecisionRow>>> {
    let rows: Vec<LetterDecisionRow> = letter_decision::table
        .filter(letter_decision::letter_id.eq_any(letters))
        .order((letter_decision::letter_id, letter_decision::seq))
        .select((
            letter_decision::letter_id,
            letter_decision::decided,
            letter_decision::reason.nullable(),
            letter_decision::recorded_at,
            letter_decision::recorded_by,
        ))
        .load(tx.conn)?;
    let mut by_letter: BTreeMap<LetterId, Vec<LetterDecisionRow>> = BTreeMap::new();
    for row in rows {
        by_letter.entry(row.letter_id).or_default().push(row);
    }
    Ok(by_letter)
}

/// The letters about a pupil that wait at a school and are not written since they were last decided on.
pub(super) fn unwritten(
    tx: &mut Tx,
    school_id: SchoolId,
    pupil_id: PupilId,
) -> Result<Vec<LetterRow>> {
    let released = letter_decision::table
        .filter(letter_decision::letter_id.eq(letter::letter_id))
        .filter(letter_decision::decided.eq(Verdict::Release))
        .filter(letter_decision::recorded_at.ge(letter_copy::recorded_at));
    let written = letter_copy::table
        .filter(letter_copy::letter_id.eq(letter::letter_id))
        .filter(diesel::dsl::not(diesel::dsl::exists(released)));
    Ok(LetterRow::query()
        .filter(letter::school_id.eq(school_id).and(letter::pupil_id.eq(pupil_id)))
        .filter(letter::state.eq(LetterState::Waiting))
        .filter(diesel::dsl::not(diesel::dsl::exists(written)))
        .order(letter::letter_id)
        .load(tx.conn)?)
}

/// Letters of a school, latest first, below `before`.
pub fn letters(
    tx: &mut Tx,
    school_id: SchoolId,
    state: Option<LetterState>,
    before: Option<LetterId>,
    most: i64,
) -> Result<Vec<LetterRow>> {
    let mut rows = LetterRow::query().filter(letter::school_id.eq(school_id)).into_boxed();
    rows = rows.narrow(state.map(|state| letter::state.eq(state)));
    rows = rows.narrow(before.map(|before| letter::letter_id.lt(before)));
    Ok(rows.order(letter::letter_id.desc()).limit(most).load(tx.conn)?)
}

/// Records that a letter was sent. The caller holds it.
pub fn sent(
    tx: &mut Tx,
    letter_id: LetterId,
    (on, how): (NaiveDate, &str),
    by: &str,
) -> Result<LetterRow> {
    Ok(diesel::update(letter::table.filter(letter::letter_id.eq(letter_id)))
        .set((
            letter::state.eq(LetterState::Sent),
            letter::sent_on.eq(on),
            letter::sent_by.eq(by),
            letter::sent_how.eq(how),
        ))
        .returning(LetterRow::as_returning())
        .get_result(tx.conn)?)
}

/// The letters about a pupil that a review proposed, and that still count; nobody else changes them until this
/// transaction has ended.
pub fn counting_of_review(
    tx: &mut Tx,
    pupil_id: PupilId,
    review_id: ReviewId,
) -> Result<Vec<LetterRow>> {
    Ok(LetterRow::query()
        .filter(letter::pupil_id.eq(pupil_id).and(letter::review_id.eq(review_id)))
        .filter(letter::state.ne(LetterState::TakenBack).and(letter::unsupported_at.is_null()))
        .order(letter::letter_id)
        .for_update()
        .load(tx.conn)?)
}

/// The letters about a pupil that a review proposed, that were sent, and that the register does not support any more.
pub fn unsupported_of_review(
    tx: &mut Tx,
    pupil_id: PupilId,
    review_id: ReviewId,
) -> Result<Vec<LetterRow>> {
    Ok(LetterRow::query()
        .filter(letter::pupil_id.eq(pupil_id).and(letter::review_id.eq(review_id)))
        .filter(letter::unsupported_at.is_not_null())
        .order(letter::letter_id)
        .load(tx.conn)?)
}

/// Records that the register does not support a letter any more: one that was not sent is taken back, one that was sent
/// says so.
pub fn lose_support(tx: &mut Tx, letter: &LetterRow, why: &str) -> Result<()> {
    let this = letter::letter_id.eq(letter.letter_id);
    if letter.state == LetterState::Sent {
        diesel::update(letter::table.filter(this))
            .set((letter::unsupported_at.eq(tx.now()), letter::why.eq(why)))
            .execute(tx.conn)?;
    } else {
        diesel::update(letter::table.filter(this))
            .set((letter::state.eq(LetterState::TakenBack), letter::why.eq(why)))
            .execute(tx.conn)?;
    }
    Ok(())
}

/// Records that all letters about a pupil stop, or go on. What waits is held at once.
pub fn stop(
    tx: &mut Tx,
    pupil_id: PupilId,
    stopped: bool,
    reason: &str,
    by: &str,
) -> Result<DateTime<Utc>> {
    let school_ids = visibility::readers_of_pupils(tx, &[pupil_id])?.remove(&pupil_id);
    let last: Option<DateTime<Utc>> = letter_stop::table
        .filter(letter_stop::pupil_id.eq(pupil_id))
        .order(letter_stop::recorded_at.desc())
        .select(letter_stop::recorded_at)
        .first(tx.conn)
        .optional()?;
    let at = last.map_or(tx.now(), |last| tx.now().max(last + TimeDelta::microseconds(1)));
    diesel::insert_into(letter_stop::table)
        .values((
            letter_stop::trust_id.eq(tx.trust()),
            letter_stop::pupil_id.eq(pupil_id),
            letter_stop::school_ids.eq(school_ids.unwrap_or_default()),
            letter_stop::recorded_at.eq(at),
            letter_stop::stopped.eq(stopped),
            letter_stop::reason.eq(reason),
            letter_stop::recorded_by.eq(by),
        ))
        .execute(tx.conn)?;
    if stopped {
        let waiting = letter::pupil_id.eq(pupil_id).and(letter::state.eq(LetterState::Waiting));
        diesel::update(letter::table.filter(waiting))
            .set((letter::state.eq(LetterState::Held), letter::why.eq("all letters are stopped")))
            .execute(tx.conn)?;
    }
    Ok(at)
}

/// What waits of a case is held, and says why.
pub fn hold_waiting(tx: &mut Tx, case_id: CaseId, why: &str) -> Result<()> {
    let waiting = letter::case_id.eq(case_id).and(letter::state.eq(LetterState::Waiting));
    diesel::update(letter::table.filter(waiting))
        .set((letter::state.eq(LetterState::Held), letter::why.eq(why)))
        .execute(tx.conn)?;
    Ok(())
}

/// Those of these pupils about whom no letter may leave. Why is of no concern to whoever sends letters.
pub fn stopped(tx: &mut Tx, pupils: &[PupilId]) -> Result<BTreeSet<PupilId>> {
    let rows: Vec<(PupilId, bool)> = letter_stop::table
        .filter(letter_stop::pupil_id.eq_any(pupils))
        .distinct_on(letter_stop::pupil_id)
        .order((letter_stop::pupil_id, letter_stop::recorded_at.desc()))
        .select((letter_stop::pupil_id, letter_stop::stopped))
        .load(tx.conn)?;
    Ok(rows.into_iter().filter(|row| row.1).map(|row| row.0).collect())
}
