//! Owns: letter, letter_copy, letter_decision, letter_stop.

use diesel::prelude::*;
use diesel::sql_types::{Bool, Date, Integer, Nullable};
use domain::policy::Figure;
use domain::policy::word::Over;

use super::compose::Fields;
use super::gap::{self, Gap};
use super::state::{LetterState, Verdict};
use schema::{letter, letter_copy, letter_decision};

use base::prelude::*;

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
    /// The sessions attended and possible that it was decided on, and in `ends` the last day that they count; absent where
    /// no figure led to it.
    #[serde(skip_serializing_if = "Value::is_null")]
    #[schema(value_type = Option<Object>)]
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
    /// The days that its figure is taken over, as the row of the policy has them that led to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub over: Option<words::RateWindow>,
    /// What stands in its fields.
    #[serde(skip)]
    pub fields: Value,
    /// What it needs and nobody has recorded yet: it is held until it lacks nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Vec<Gap>)]
    pub lacks: Option<Value>,
}

impl LetterRow {
    /// What stands in its fields.
    pub(super) fn fields(&self) -> Result<Fields> {
        serde_json::from_value(self.fields.clone()).map_err(Problem::internal)
    }

    /// What it lacks.
    pub fn gaps(&self) -> Result<Vec<Gap>> {
        let lacks = self.lacks.clone().map(serde_json::from_value).transpose();
        Ok(lacks.map_err(Problem::internal)?.unwrap_or_default())
    }

    /// Whether it waits to be sent, or is held for nothing but what it lacks.
    pub(super) fn is_to_be_written(&self) -> bool {
        match self.state {
            LetterState::Waiting => true,
            LetterState::Held => self.lacks.is_some(),
            LetterState::Sent | LetterState::TakenBack => false,
        }
    }
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
#[derive(Clone)]
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
    /// The days that it is taken over.
    pub over: Option<Over>,
    /// The day.
    pub day: NaiveDate,
}

/// Keeps a letter. A step sends a letter once: a second time nothing happens.
pub fn add(tx: &mut Tx, new: &NewLetter<'_>, by: &str) -> Result<Option<LetterRow>> {
    let figure = serde_json::to_value(new.figure).map_err(Problem::internal)?;
    let state = if new.held.is_some() { LetterState::Held } else { LetterState::Waiting };
    Ok(diesel::insert_into(letter::table)
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
            letter::over.eq(new.over.map(As)),
            letter::decided_on.eq(new.day),
            letter::decided_by.eq(by),
        ))
        .on_conflict_do_nothing()
        .returning(LetterRow::as_returning())
        .get_result(tx.conn)
        .optional()?)
}

/// One letter, if the caller may see it. Errors: 404.
pub fn letter(tx: &mut Tx, letter_id: LetterId) -> Result<LetterRow> {
    let row = tx.rows::<LetterRow>().filter(letter::letter_id.eq(letter_id));
    Ok(row.first(tx.conn)?)
}

/// One letter, locked until this transaction ends. Errors: 404.
pub fn letter_to_change(tx: &mut Tx, letter_id: LetterId) -> Result<LetterRow> {
    let row = tx.rows::<LetterRow>().filter(letter::letter_id.eq(letter_id));
    Ok(row.for_update().first(tx.conn)?)
}

/// Holds these letters until this transaction ends: two who hold many never wait for each other.
pub(super) fn hold(tx: &mut Tx, letters: &[LetterId]) -> Result<()> {
    let rows = tx.rows::<LetterRow>().filter(letter::letter_id.eq_any(letters));
    rows.order(letter::letter_id).for_update().load(tx.conn)?;
    Ok(())
}

/// Records what a person decided about a letter that is held, and that the caller holds.
pub fn decide(
    tx: &mut Tx,
    row: &LetterRow,
    verdict: Verdict,
    reason: &str,
    by: &str,
) -> Result<()> {
    let before = tx.of(letter_decision::table).filter(letter_decision::letter_id.eq(row.letter_id));
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
    diesel::update(tx.of(letter::table).filter(letter::letter_id.eq(row.letter_id)))
        .set((
            letter::state.eq(verdict.state()),
            letter::why.eq(why),
            letter::lacks.eq(None::<Value>),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// What people decided about letters while they were held, by letter, in order.
pub(super) fn decisions(
    tx: &mut Tx,
    letters: &[LetterId],
) -> Result<BTreeMap<LetterId, Vec<LetterDecisionRow>>> {
    let rows: Vec<LetterDecisionRow> = tx
        .of(letter_decision::table)
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
    let released_since = letter_decision::trust_id
        .eq(letter_copy::trust_id)
        .and(letter_decision::letter_id.eq(letter_copy::letter_id))
        .and(letter_decision::decided.eq(Verdict::Release))
        .and(letter_decision::recorded_at.ge(letter_copy::recorded_at));
    let written = tx
        .of(letter_copy::table)
        .left_join(letter_decision::table.on(released_since))
        .filter(letter_copy::letter_id.eq(letter::letter_id))
        .filter(letter_decision::letter_id.nullable().is_null());
    Ok(tx
        .rows::<LetterRow>()
        .filter(letter::school_id.eq(school_id).and(letter::pupil_id.eq(pupil_id)))
        .filter(letter::state.eq(LetterState::Waiting))
        .filter(diesel::dsl::not(diesel::dsl::exists(written)))
        .order(letter::letter_id)
        .load(tx.conn)?)
}

/// Letters of a case that have not left the school, to be changed, in the order of their ids.
pub(super) fn unsent_of_case(tx: &mut Tx, case_id: CaseId) -> Result<Vec<LetterRow>> {
    let unsent = letter::state.eq_any([LetterState::Waiting, LetterState::Held]);
    Ok(tx
        .rows::<LetterRow>()
        .filter(letter::case_id.eq(case_id).and(unsent))
        .order(letter::letter_id)
        .for_update()
        .load(tx.conn)?)
}

/// Keeps what stands in the fields of a letter; the letter as it stands then.
pub(super) fn fill(tx: &mut Tx, row: &LetterRow, fields: &Fields) -> Result<LetterRow> {
    let fields = serde_json::to_value(fields).map_err(Problem::internal)?;
    Ok(diesel::update(tx.of(letter::table).filter(letter::letter_id.eq(row.letter_id)))
        .set(letter::fields.eq(fields))
        .returning(LetterRow::as_returning())
        .get_result(tx.conn)?)
}

/// Holds a letter that cannot be written yet, and says what it lacks.
pub(super) fn lack(tx: &mut Tx, row: &LetterRow, gaps: &[Gap]) -> Result<()> {
    let lacks = serde_json::to_value(gaps).map_err(Problem::internal)?;
    diesel::update(tx.of(letter::table).filter(letter::letter_id.eq(row.letter_id)))
        .set((
            letter::state.eq(LetterState::Held),
            letter::why.eq(gap::why(gaps)),
            letter::lacks.eq(lacks),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// A letter that was held for nothing but what it lacked waits to be sent again.
pub(super) fn lack_nothing(tx: &mut Tx, row: &LetterRow) -> Result<()> {
    let of_letter = letter::letter_id.eq(row.letter_id).and(letter::lacks.is_not_null());
    diesel::update(tx.of(letter::table).filter(of_letter))
        .set((
            letter::state.eq(LetterState::Waiting),
            letter::why.eq(None::<String>),
            letter::lacks.eq(None::<Value>),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// Letters of a school, latest first, below `before`.
pub fn letters(
    tx: &mut Tx,
    school_id: SchoolId,
    state: Option<LetterState>,
    before: Option<LetterId>,
    most: i64,
) -> Result<Vec<LetterRow>> {
    let mut rows = tx.rows::<LetterRow>().filter(letter::school_id.eq(school_id)).into_boxed();
    rows = rows.narrow(state.map(|state| letter::state.eq(state)));
    rows = rows.narrow(before.map(|before| letter::letter_id.lt(before)));
    Ok(rows.order(letter::letter_id.desc()).limit(most).load(tx.conn)?)
}

/// The day on which what a letter says was overtaken: its case took another step; or a meeting was held or missed for which
/// the letter's stage waited, or, where the letter invites to one, any of the case since. `None` while nothing of the kind
/// happened.
pub(super) fn overtaken_on(
    tx: &mut Tx,
    letter: &LetterRow,
    invites: bool,
) -> Result<Option<NaiveDate>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Nullable<Date>)]
        day: Option<NaiveDate>,
    }
    let (Some(case_id), Some(step)) = (letter.case_id, letter.step) else { return Ok(None) };
    let row: Row = diesel::sql_query(
        "SELECT least( \
             (SELECT min((body->>'day')::date) FROM case_event \
              WHERE trust_id = $1 AND case_id = $2 AND (body->>'step')::int > $3), \
             (SELECT min(day) FROM case_record \
              WHERE trust_id = $1 AND case_id = $2 AND kind = 'meeting' AND case_step >= $3 \
                AND state IN ('attended', 'not attended', 'refused') \
                AND ($4 OR (details->>'decides')::bool))) AS day",
    )
    .bind::<Integer, _>(tx.trust())
    .bind::<Integer, _>(case_id)
    .bind::<Integer, _>(step)
    .bind::<Bool, _>(invites)
    .get_result(tx.conn)?;
    Ok(row.day)
}

/// Records that a letter was sent. The caller holds it.
pub fn sent(
    tx: &mut Tx,
    letter_id: LetterId,
    (on, how): (NaiveDate, &str),
    by: &str,
) -> Result<LetterRow> {
    Ok(diesel::update(tx.of(letter::table).filter(letter::letter_id.eq(letter_id)))
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
    Ok(tx
        .rows::<LetterRow>()
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
    Ok(tx
        .rows::<LetterRow>()
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
        diesel::update(tx.of(letter::table).filter(this))
            .set((letter::unsupported_at.eq(tx.now()), letter::why.eq(why)))
            .execute(tx.conn)?;
    } else {
        diesel::update(tx.of(letter::table).filter(this))
            .set((
                letter::state.eq(LetterState::TakenBack),
                letter::why.eq(why),
                letter::lacks.eq(None::<Value>),
            ))
            .execute(tx.conn)?;
    }
    Ok(())
}

/// What waits of a case, and what is held for nothing but what it lacks, is held for a person and says why.
pub fn hold_waiting(tx: &mut Tx, case_id: CaseId, why: &str) -> Result<()> {
    let waiting = letter::state.eq(LetterState::Waiting).or(letter::lacks.is_not_null());
    diesel::update(tx.of(letter::table).filter(letter::case_id.eq(case_id).and(waiting)))
        .set((
            letter::state.eq(LetterState::Held),
            letter::why.eq(why),
            letter::lacks.eq(None::<Value>),
        ))
        .execute(tx.conn)?;
    Ok(())
}
