//! Owns: reward_adjustment.

use diesel::prelude::*;

use base::prelude::*;
use schema::reward_adjustment;

/// Codes that leave a pupil's sessions out of rewards on some days.
#[derive(Debug, Clone, Serialize, HasQuery, ToSchema)]
#[diesel(table_name = reward_adjustment)]
pub struct AdjustmentRow {
    /// Rollcall's key.
    #[schema(example = 5)]
    pub adjustment_id: AdjustmentId,
    /// The school that made it.
    #[schema(example = 7)]
    pub school_id: SchoolId,
    /// The pupil.
    #[schema(example = 4711)]
    pub pupil_id: PupilId,
    /// The codes, such as `I`.
    pub codes: Vec<String>,
    /// The first day.
    pub from_day: NaiveDate,
    /// The last day; absent until somebody ends it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to_day: Option<NaiveDate>,
    /// Why; only for those who may see what is confidential.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// When this was recorded (UTC).
    pub recorded_at: DateTime<Utc>,
    /// By whom.
    pub recorded_by: String,
    #[serde(skip)]
    seq: i32,
}

/// What is recorded.
pub struct NewAdjustment {
    /// The school.
    pub school_id: SchoolId,
    /// The pupil.
    pub pupil_id: PupilId,
    /// The codes.
    pub codes: Vec<String>,
    /// The first day.
    pub from_day: NaiveDate,
    /// The last day; `None` until somebody ends it.
    pub to_day: Option<NaiveDate>,
    /// Why.
    pub reason: String,
}

/// The adjustments that a school has made, as they stand, but for those that were taken back.
pub fn standing(tx: &mut Tx, school_id: SchoolId) -> Result<Vec<AdjustmentRow>> {
    let rows = latest(tx, None)?.into_iter();
    Ok(rows.filter(|row| row.school_id == school_id && ends_after_it_begins(row)).collect())
}

/// A pupil's adjustments as they stand, in the order in which they were made.
pub fn of_pupil(tx: &mut Tx, pupil_id: PupilId) -> Result<Vec<AdjustmentRow>> {
    latest(tx, Some(pupil_id))
}

fn ends_after_it_begins(row: &AdjustmentRow) -> bool {
    row.to_day.is_none_or(|to| row.from_day <= to)
}

fn latest(tx: &mut Tx, pupil_id: Option<PupilId>) -> Result<Vec<AdjustmentRow>> {
    let mut rows = tx.rows::<AdjustmentRow>().into_boxed();
    rows = rows.narrow(pupil_id.map(|pupil_id| reward_adjustment::pupil_id.eq(pupil_id)));
    let rows: Vec<AdjustmentRow> =
        rows.order((reward_adjustment::adjustment_id, reward_adjustment::seq)).load(tx.conn)?;
    let by_id = rows.into_iter().map(|row| (row.adjustment_id, row));
    Ok(by_id.collect::<BTreeMap<_, _>>().into_values().collect())
}

/// Records an adjustment.
pub fn add(tx: &mut Tx, new: &NewAdjustment, by: &str) -> Result<AdjustmentRow> {
    Ok(diesel::insert_into(reward_adjustment::table)
        .values((
            reward_adjustment::trust_id.eq(tx.trust()),
            reward_adjustment::school_id.eq(new.school_id),
            reward_adjustment::seq.eq(1),
            reward_adjustment::pupil_id.eq(new.pupil_id),
            reward_adjustment::codes.eq(&new.codes),
            reward_adjustment::from_day.eq(new.from_day),
            reward_adjustment::to_day.eq(new.to_day),
            reward_adjustment::reason.eq(&new.reason),
            reward_adjustment::recorded_at.eq(tx.now()),
            reward_adjustment::recorded_by.eq(by),
        ))
        .returning(AdjustmentRow::as_returning())
        .get_result(tx.conn)?)
}

/// Ends an adjustment with a day. Errors: 404.
pub fn end(
    tx: &mut Tx,
    adjustment_id: AdjustmentId,
    (to_day, reason): (NaiveDate, &str),
    by: &str,
) -> Result<AdjustmentRow> {
    tx.take_turns(&format!("reward adjustment/{adjustment_id}"))?;
    let rows = tx.rows::<AdjustmentRow>();
    let row: AdjustmentRow = rows
        .filter(reward_adjustment::adjustment_id.eq(adjustment_id))
        .order(reward_adjustment::seq.desc())
        .first(tx.conn)?;
    if row.to_day == Some(to_day) {
        return Ok(row);
    }
    if row.from_day.pred_opt().is_some_and(|least| to_day < least) {
        let expected = format!(
            "{}, the day before it begins, or later",
            row.from_day.pred_opt().unwrap_or(row.from_day)
        );
        return Err(Problem::at(base::problem::Kind::Invalid, "/to", expected));
    }
    Ok(diesel::insert_into(reward_adjustment::table)
        .values((
            reward_adjustment::trust_id.eq(tx.trust()),
            reward_adjustment::school_id.eq(row.school_id),
            reward_adjustment::adjustment_id.eq(row.adjustment_id),
            reward_adjustment::seq.eq(row.seq + 1),
            reward_adjustment::pupil_id.eq(row.pupil_id),
            reward_adjustment::codes.eq(&row.codes),
            reward_adjustment::from_day.eq(row.from_day),
            reward_adjustment::to_day.eq(to_day),
            reward_adjustment::reason.eq(reason),
            reward_adjustment::recorded_at.eq(tx.now()),
            reward_adjustment::recorded_by.eq(by),
        ))
        .returning(AdjustmentRow::as_returning())
        .get_result(tx.conn)?)
}

impl AdjustmentRow {
    /// The same for somebody who may not see why.
    pub fn without_reason(self, whole: bool) -> Self {
        if whole { self } else { Self { reason: String::new(), ..self } }
    }
}
