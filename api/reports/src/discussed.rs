//! What was said about pupils at their school's reviews: the room for what was discussed (rules H-02, H-05).

use diesel::prelude::*;
use domain::Days;

use schema::{feedback, review, review_item};

use base::prelude::*;

/// Something that somebody said about a pupil.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Discussed {
    /// The day of the review at which it was said.
    pub review_day: NaiveDate,
    /// What was said.
    #[schema(example = "His grandmother is ill; he is tired on Mondays")]
    pub says: String,
    /// When (UTC).
    pub recorded_at: DateTime<Utc>,
    /// By whom.
    pub recorded_by: String,
}

/// What was said about these pupils at reviews on these days, in order.
pub fn discussed(
    tx: &mut Tx,
    pupils: &[PupilId],
    days: Days,
) -> Result<BTreeMap<PupilId, Vec<Discussed>>> {
    let said = tx.of(feedback::table).inner_join(review::table.on(
        review::trust_id.eq(feedback::trust_id).and(review::review_id.eq(feedback::review_id)),
    ));
    let rows: Vec<(PupilId, NaiveDate, String, DateTime<Utc>, String)> = said
        .filter(feedback::pupil_id.eq_any(pupils))
        .filter(review::day.between(days.from, days.to))
        .order((review::day, feedback::recorded_at, feedback::seq))
        .select((
            feedback::pupil_id,
            review::day,
            feedback::says,
            feedback::recorded_at,
            feedback::recorded_by,
        ))
        .load(tx.conn)?;
    let mut by_pupil: BTreeMap<PupilId, Vec<Discussed>> = BTreeMap::new();
    for (pupil, review_day, says, recorded_at, recorded_by) in rows {
        let one = Discussed { review_day, says, recorded_at, recorded_by };
        by_pupil.entry(pupil).or_default().push(one);
    }
    Ok(by_pupil)
}

/// The pupils on the list of a school's review. Errors: 404 for a review that is not the school's.
pub fn listed_at(tx: &mut Tx, school_id: SchoolId, review_id: ReviewId) -> Result<Vec<PupilId>> {
    let ours = review::school_id.eq(school_id).and(review::review_id.eq(review_id));
    let _: ReviewId = tx.of(review::table).filter(ours).select(review::review_id).first(tx.conn)?;
    let pupils: Vec<Option<PupilId>> = review_item::table
        .filter(review_item::trust_id.eq(tx.trust()).and(review_item::review_id.eq(review_id)))
        .filter(review_item::pupil_id.is_not_null())
        .select(review_item::pupil_id)
        .distinct()
        .load(tx.conn)?;
    Ok(pupils.into_iter().flatten().collect())
}
