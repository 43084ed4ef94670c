//! Owns: case_record.

use diesel::dsl::{exists, not};
use diesel::prelude::*;
use diesel::sql_types::Integer;
use serde::de::DeserializeOwned;

use super::confidential::Confidential;
use super::ground::RecordSubject;
use super::state::{RecordKind, RecordState};
use base::http::etag::{Conditions, ETag};
use base::prelude::*;
use schema::case_record;

diesel::alias!(case_record as later: Later);

/// What one kind of record keeps in its details.
pub trait RecordDetails: Serialize + DeserializeOwned + Send + 'static {
    /// Its kind.
    const KIND: RecordKind;
}

/// How a record has stood since `recorded_at`.
#[derive(Debug, Clone, HasQuery)]
#[diesel(table_name = case_record)]
pub struct RecordRow {
    /// Rollcall's key.
    pub record_id: RecordId,
    /// The number of this row, from 1.
    pub seq: i32,
    /// The school.
    pub school_id: SchoolId,
    /// What it is.
    pub kind: RecordKind,
    /// The pupil.
    pub pupil_id: PupilId,
    /// The case.
    pub case_id: Option<CaseId>,
    /// The step at which the case stood when this was first recorded.
    pub case_step: Option<i32>,
    /// The action that asked for it.
    pub action_id: Option<ActionId>,
    /// How it stands.
    pub state: RecordState,
    /// The day it is about.
    pub day: NaiveDate,
    /// In plain English.
    pub says: String,
    /// All that is known of it.
    pub details: Value,
    /// What is visible only with `safeguarding:read`.
    pub confidential: Option<Value>,
    /// Since when (UTC).
    pub recorded_at: DateTime<Utc>,
    /// By whom.
    pub recorded_by: String,
    /// In which role.
    pub role: String,
    /// The record at another school of the trust that this continues, where a case brought it along.
    pub carried_from: Option<RecordId>,
}

/// How a record is to stand.
pub struct RecordEntry<'a, T> {
    /// Its state.
    pub state: RecordState,
    /// The day it is about.
    pub day: NaiveDate,
    /// In plain English, without anything confidential.
    pub says: String,
    /// All that is known of it.
    pub details: &'a T,
    /// What is confidential; what was recorded before stays when nothing is said.
    pub confidential: Option<&'a Confidential>,
}

impl RecordRow {
    /// All that is known of it, read.
    pub fn read<T: RecordDetails>(&self) -> Result<T> {
        serde_json::from_value(self.details.clone()).map_err(Problem::internal)
    }

    /// Whom it is about.
    pub fn subject(&self) -> RecordSubject {
        let Self { school_id, pupil_id, action_id, .. } = *self;
        let case = self.case_id.zip(self.case_step);
        RecordSubject { school_id, pupil_id, case, action_id }
    }

    /// Where it can be read.
    pub fn place(&self) -> String {
        format!("/v1/{}/{}", self.kind.folder(), self.record_id)
    }

    /// Whether nothing of it is to come: a meeting or visit that was, or was refused. A plan, a monitoring period and a
    /// referral run on.
    pub fn is_over(&self) -> bool {
        match self.kind {
            RecordKind::Visit
            | RecordKind::Conversation
            | RecordKind::CaseFile
            | RecordKind::Received => true,
            RecordKind::Meeting => {
                !matches!(self.state, RecordState::Offered | RecordState::Rearranged)
            }
            RecordKind::Monitoring => self.state == RecordState::Refused,
            RecordKind::Referral => self.state == RecordState::Closed,
            RecordKind::Plan => false,
        }
    }

    /// The tag of this state.
    pub fn etag(&self) -> ETag {
        ETag::of(format!("{}/{}", self.record_id, self.seq).as_bytes())
    }
}

/// Keeps a new record.
pub fn add<T: RecordDetails>(
    tx: &mut Tx,
    ground: &RecordSubject,
    standing: &RecordEntry<'_, T>,
    caller: &Caller,
) -> Result<RecordRow> {
    insert(tx, ground, (None, 1), standing, None, caller)
}

/// Records how it stands now. The caller holds it ([`record_to_change`]).
pub fn change<T: RecordDetails>(
    tx: &mut Tx,
    before: &RecordRow,
    standing: &RecordEntry<'_, T>,
    caller: &Caller,
) -> Result<RecordRow> {
    let ground = before.subject();
    let place = (Some(before.record_id), before.seq + 1);
    insert(tx, &ground, place, standing, before.confidential.as_ref(), caller)
}

fn insert<T: RecordDetails>(
    tx: &mut Tx,
    ground: &RecordSubject,
    (record_id, seq): (Option<RecordId>, i32),
    standing: &RecordEntry<'_, T>,
    known: Option<&Value>,
    caller: &Caller,
) -> Result<RecordRow> {
    let confidential = match standing.confidential {
        Some(said) => Some(said.beside(known)?),
        None => known.cloned(),
    };
    let details = serde_json::to_value(standing.details).map_err(Problem::internal)?;
    Ok(diesel::insert_into(case_record::table)
        .values((
            case_record::trust_id.eq(tx.trust()),
            case_record::school_id.eq(ground.school_id),
            record_id.map(|record_id| case_record::record_id.eq(record_id)),
            case_record::seq.eq(seq),
            case_record::kind.eq(T::KIND),
            case_record::pupil_id.eq(ground.pupil_id),
            case_record::case_id.eq(ground.case.map(|(case, _)| case)),
            case_record::case_step.eq(ground.case.map(|(_, step)| step)),
            case_record::action_id.eq(ground.action_id),
            case_record::state.eq(standing.state),
            case_record::day.eq(standing.day),
            case_record::says.eq(&standing.says),
            case_record::details.eq(details),
            case_record::confidential.eq(confidential),
            case_record::recorded_at.eq(tx.now()),
            case_record::recorded_by.eq(caller.subject()),
            case_record::role.eq(caller.role()),
        ))
        .returning(RecordRow::as_returning())
        .get_result(tx.conn)?)
}

/// How a record stood from its first row on; never empty. Errors: 404.
pub fn history<T: RecordDetails>(tx: &mut Tx, record_id: RecordId) -> Result<Vec<RecordRow>> {
    let rows: Vec<RecordRow> = tx
        .rows::<RecordRow>()
        .filter(case_record::record_id.eq(record_id).and(case_record::kind.eq(T::KIND)))
        .order(case_record::seq)
        .load(tx.conn)?;
    if rows.is_empty() { Err(Problem::not_found()) } else { Ok(rows) }
}

/// How a record stands, to be changed: nobody else changes it until this transaction has ended. Errors: 404; 412 when
/// `If-Match` names another state.
pub fn record_to_change<T: RecordDetails>(
    tx: &mut Tx,
    record_id: RecordId,
    conditions: &Conditions,
) -> Result<RecordRow> {
    tx.take_turns(&format!("record/{record_id}"))?;
    let row = history::<T>(tx, record_id)?.pop().ok_or_else(Problem::not_found)?;
    conditions.check_write(Some(&row.etag()), true)?;
    Ok(row)
}

/// Which records.
#[derive(Debug, Clone, Default)]
pub struct RecordFilter {
    /// Of this school.
    pub school_id: Option<SchoolId>,
    /// Of this pupil.
    pub pupil_id: Option<PupilId>,
    /// Of this case.
    pub case_id: Option<CaseId>,
    /// In this state.
    pub state: Option<RecordState>,
}

/// Records as they stand, in the order in which they were first recorded, after `after`.
pub fn records<T: RecordDetails>(
    tx: &mut Tx,
    wanted: RecordFilter,
    after: Option<RecordId>,
    most: i64,
) -> Result<Vec<RecordRow>> {
    // Who sees both schools sees what goes on, and not what it was carried from.
    let anywhere = wanted.school_id.is_none() && wanted.case_id.is_none();
    let carried = later
        .filter(later.field(case_record::trust_id).eq(case_record::trust_id))
        .filter(later.field(case_record::carried_from).eq(case_record::record_id.nullable()));
    let newer = later
        .filter(later.field(case_record::trust_id).eq(case_record::trust_id))
        .filter(later.field(case_record::record_id).eq(case_record::record_id))
        .filter(later.field(case_record::seq).eq(case_record::seq + 1));
    let mut rows = tx
        .rows::<RecordRow>()
        .filter(case_record::kind.eq(T::KIND))
        .filter(not(exists(newer)))
        .into_boxed();
    if anywhere {
        rows = rows.filter(not(exists(carried)));
    }
    rows = rows.narrow(wanted.school_id.map(|school_id| case_record::school_id.eq(school_id)));
    rows = rows.narrow(wanted.pupil_id.map(|pupil_id| case_record::pupil_id.eq(pupil_id)));
    rows = rows.narrow(wanted.case_id.map(|case_id| case_record::case_id.eq(case_id)));
    rows = rows.narrow(wanted.state.map(|state| case_record::state.eq(state)));
    rows = rows.narrow(after.map(|after| case_record::record_id.gt(after)));
    Ok(rows.order(case_record::record_id).limit(most).load(tx.conn)?)
}

/// Everything that was recorded with a case, in the order in which it was recorded.
pub fn of_case(tx: &mut Tx, case_id: CaseId) -> Result<Vec<RecordRow>> {
    Ok(tx
        .rows::<RecordRow>()
        .filter(case_record::case_id.eq(case_id))
        .order((case_record::recorded_at, case_record::record_id, case_record::seq))
        .load(tx.conn)?)
}

/// Brings everything that was recorded with a case along to the case that goes on at another school, with its history
/// and with what is confidential; how it stands there, in the order in which it was first recorded. What stood at the
/// school before stays there as it is.
pub fn carry(
    tx: &mut Tx,
    from_case: CaseId,
    (school_id, case_id): (SchoolId, CaseId),
) -> Result<Vec<RecordRow>> {
    diesel::sql_query(
        "WITH carried AS MATERIALIZED ( \
             SELECT record_id AS was, nextval('record_ids')::int AS goes_on FROM case_record \
             WHERE trust_id = $1 AND case_id = $2 AND seq = 1 ORDER BY record_id) \
         INSERT INTO case_record (trust_id, school_id, record_id, seq, kind, pupil_id, case_id, case_step, state, day, says, \
             details, confidential, recorded_at, recorded_by, role, carried_from) \
         SELECT r.trust_id, $3, c.goes_on, r.seq, r.kind, r.pupil_id, $4, r.case_step, r.state, r.day, r.says, \
             r.details, r.confidential, r.recorded_at, r.recorded_by, r.role, r.record_id \
         FROM case_record r JOIN carried c ON c.was = r.record_id \
         WHERE r.trust_id = $1 AND r.case_id = $2",
    )
    .bind::<Integer, _>(tx.trust())
    .bind::<Integer, _>(from_case)
    .bind::<Integer, _>(school_id)
    .bind::<Integer, _>(case_id)
    .execute(tx.conn)?;
    Ok(tx
        .rows::<RecordRow>()
        .filter(case_record::case_id.eq(case_id).and(case_record::carried_from.is_not_null()))
        .distinct_on(case_record::record_id)
        .order((case_record::record_id, case_record::seq.desc()))
        .load(tx.conn)?)
}

/// The case of a record. Errors: 404.
pub fn case_of<T: RecordDetails>(tx: &mut Tx, record_id: RecordId) -> Result<Option<CaseId>> {
    let row = tx
        .of(case_record::table)
        .filter(case_record::record_id.eq(record_id).and(case_record::kind.eq(T::KIND)))
        .filter(case_record::seq.eq(1));
    Ok(row.select(case_record::case_id).first(tx.conn)?)
}
