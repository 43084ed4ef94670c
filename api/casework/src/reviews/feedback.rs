//! What was said about pupils at reviews, as it is kept.

use diesel::prelude::*;

use super::rows::ReviewRow;
use schema::{feedback, review};

use base::prelude::*;

/// What somebody said about a pupil at a review.
#[derive(Debug, Clone, Serialize, Queryable, Selectable, ToSchema)]
#[diesel(table_name = feedback)]
pub struct FeedbackRow {
    /// The pupil.
    pub pupil_id: PupilId,
    /// What was said.
    #[schema(example = "His grandmother is ill; he is tired on Mondays")]
    pub says: String,
    /// When (UTC).
    pub recorded_at: DateTime<Utc>,
    /// By whom.
    pub recorded_by: String,
}

/// Records what somebody said. One after the other, so that each has its place.
pub fn add_feedback(
    tx: &mut Tx,
    review: &ReviewRow,
    pupil_id: PupilId,
    says: &str,
    by: &str,
) -> Result<FeedbackRow> {
    tx.take_turns(&format!("feedback/{}", review.review_id))?;
    let before = feedback::table.filter(feedback::review_id.eq(review.review_id));
    let seq: Option<i32> = before.select(diesel::dsl::max(feedback::seq)).first(tx.conn)?;
    Ok(diesel::insert_into(feedback::table)
        .values((
            feedback::trust_id.eq(tx.trust()),
            feedback::school_id.eq(review.school_id),
            feedback::review_id.eq(review.review_id),
            feedback::seq.eq(seq.unwrap_or(0) + 1),
            feedback::pupil_id.eq(pupil_id),
            feedback::recorded_at.eq(tx.now()),
            feedback::recorded_by.eq(by),
            feedback::says.eq(says),
        ))
        .returning(FeedbackRow::as_returning())
        .get_result(tx.conn)?)
}

/// What was said about pupils at a school's reviews from one day to another.
pub fn feedback_between(
    tx: &mut Tx,
    school_id: SchoolId,
    (from, to): (NaiveDate, NaiveDate),
) -> Result<Vec<FeedbackRow>> {
    let said = feedback::table.inner_join(review::table.on(
        review::trust_id.eq(feedback::trust_id).and(review::review_id.eq(feedback::review_id)),
    ));
    Ok(said
        .filter(feedback::school_id.eq(school_id).and(review::day.between(from, to)))
        .order((feedback::review_id, feedback::seq))
        .select(FeedbackRow::as_select())
        .load(tx.conn)?)
}
