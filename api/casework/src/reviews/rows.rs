//! Owns: review, review_item, feedback.

use diesel::prelude::*;
use diesel::sql_types::{Array, Integer, Nullable, Text};
use domain::policy::Decision;

use super::state::ItemState;
use base::prelude::*;
use schema::{review, review_item};
use school::policies::Follows;

/// A school's review of one day.
#[derive(Debug, Clone, Serialize, HasQuery, ToSchema)]
#[diesel(table_name = review)]
pub struct ReviewRow {
    /// Rollcall's key.
    #[schema(example = 51)]
    pub review_id: ReviewId,
    /// The school.
    #[schema(example = 7)]
    pub school_id: SchoolId,
    /// The day.
    pub day: NaiveDate,
    /// The policy that the school follows that day.
    #[schema(example = "improvement-process")]
    pub policy: String,
    /// Its version.
    pub version: i32,
    /// The instant as of which the figures are known (UTC).
    pub known_at: DateTime<Utc>,
    /// When it was opened (UTC).
    pub opened_at: DateTime<Utc>,
    /// By whom.
    pub opened_by: String,
}

/// A proposal of the policy, or a pupil that it lists.
#[derive(Debug, Clone, HasQuery)]
#[diesel(table_name = review_item)]
pub struct ItemRow {
    /// The review.
    pub review_id: ReviewId,
    /// The item's number, from 1.
    pub item: ItemId,
    /// The pupil it is about.
    pub pupil_id: Option<PupilId>,
    /// The engine's decision.
    pub proposal: Value,
    /// How it stands.
    pub state: ItemState,
    /// Why it was held, mitigated or decided otherwise.
    pub reason: Option<String>,
    /// When it was decided.
    pub decided_at: Option<DateTime<Utc>>,
    /// By whom.
    pub decided_by: Option<String>,
}

impl ItemRow {
    /// What the engine proposed.
    pub fn decision(&self) -> Result<Decision> {
        serde_json::from_value(self.proposal.clone()).map_err(Problem::internal)
    }
}

/// A new item.
pub struct NewItem {
    /// The pupil it is about.
    pub pupil_id: Option<PupilId>,
    /// What is proposed.
    pub decision: Decision,
    /// Whether a person has to decide.
    pub proposed: bool,
}

/// Opens a review, unless the school has one of that day; `None` then.
pub fn add(
    tx: &mut Tx,
    school_id: SchoolId,
    day: NaiveDate,
    follows: &Follows,
    known_at: DateTime<Utc>,
    by: &str,
) -> Result<Option<ReviewRow>> {
    Ok(diesel::insert_into(review::table)
        .values((
            review::trust_id.eq(tx.trust()),
            review::school_id.eq(school_id),
            review::day.eq(day),
            review::policy.eq(&follows.key),
            review::version.eq(follows.version),
            review::known_at.eq(known_at),
            review::opened_at.eq(tx.now()),
            review::opened_by.eq(by),
        ))
        .on_conflict_do_nothing()
        .returning(ReviewRow::as_returning())
        .get_result(tx.conn)
        .optional()?)
}

/// Adds items to a review, numbered in their order, after those that it has.
pub fn add_items(tx: &mut Tx, review: &ReviewRow, new: &[NewItem]) -> Result<()> {
    // As text, which the database reads itself: a tree of values for each would only be written out again.
    let proposals = new.iter().map(|item| serde_json::to_string(&item.decision));
    let proposals = proposals.collect::<Result<Vec<String>, _>>().map_err(Problem::internal)?;
    let state =
        |item: &NewItem| if item.proposed { ItemState::Proposed } else { ItemState::Listed };
    let there = tx.of(review_item::table).filter(review_item::review_id.eq(review.review_id));
    let last: Option<i32> = there.select(diesel::dsl::max(review_item::item)).first(tx.conn)?;
    diesel::sql_query(
        "INSERT INTO review_item (trust_id, school_id, review_id, item, pupil_id, rule, proposal, state) \
         SELECT t.trust_id, $6, $7, $8 + u.item, u.pupil_id, u.rule, u.proposal::jsonb, u.state \
         FROM trust t, unnest($1, $2, $3, $4) WITH ORDINALITY AS u (pupil_id, rule, proposal, state, item) \
         WHERE t.trust_id = $5",
    )
    .bind::<Array<Nullable<Integer>>, _>(new.iter().map(|i| i.pupil_id).collect::<Vec<_>>())
    .bind::<Array<Text>, _>(new.iter().map(|i| i.decision.rule.as_str()).collect::<Vec<_>>())
    .bind::<Array<Text>, _>(proposals)
    .bind::<Array<Text>, _>(new.iter().map(|item| state(item).text()).collect::<Vec<_>>())
    .bind::<Integer, _>(tx.trust())
    .bind::<Integer, _>(review.school_id)
    .bind::<Integer, _>(review.review_id)
    .bind::<Integer, _>(last.unwrap_or(0))
    .execute(tx.conn)?;
    Ok(())
}

/// One review, if the caller may see it. Errors: 404.
pub fn review(tx: &mut Tx, review_id: ReviewId) -> Result<ReviewRow> {
    Ok(tx.rows::<ReviewRow>().filter(review::review_id.eq(review_id)).first(tx.conn)?)
}

/// The review of a school's day, if there is one.
pub fn of_day(tx: &mut Tx, school_id: SchoolId, day: NaiveDate) -> Result<Option<ReviewRow>> {
    Ok(tx
        .rows::<ReviewRow>()
        .filter(review::school_id.eq(school_id).and(review::day.eq(day)))
        .first(tx.conn)
        .optional()?)
}

/// How many items a review has, and how many of them wait for a person.
pub fn sizes(tx: &mut Tx, review_id: ReviewId) -> Result<(i64, i64)> {
    let states = states(tx, review_id)?;
    let proposed = states.iter().filter(|(state, _)| *state == ItemState::Proposed);
    Ok((states.iter().map(|(_, items)| items).sum(), proposed.map(|(_, items)| items).sum()))
}

/// The reviews of a school, latest day first, below `before`.
pub fn reviews(
    tx: &mut Tx,
    school_id: SchoolId,
    before: Option<NaiveDate>,
    most: i64,
) -> Result<Vec<ReviewRow>> {
    let mut rows = tx.rows::<ReviewRow>().filter(review::school_id.eq(school_id)).into_boxed();
    rows = rows.narrow(before.map(|before| review::day.lt(before)));
    Ok(rows.order(review::day.desc()).limit(most).load(tx.conn)?)
}

/// The reviews of a school from a day on, earliest first.
pub fn reviews_since(tx: &mut Tx, school_id: SchoolId, from: NaiveDate) -> Result<Vec<ReviewRow>> {
    Ok(tx
        .rows::<ReviewRow>()
        .filter(review::school_id.eq(school_id).and(review::day.ge(from)))
        .order(review::day)
        .load(tx.conn)?)
}

/// Items of a review, in order, after `after`.
pub fn items(
    tx: &mut Tx,
    review_id: ReviewId,
    (state, pupil_id): (Option<ItemState>, Option<PupilId>),
    after: Option<ItemId>,
    most: i64,
) -> Result<Vec<ItemRow>> {
    let mut rows = tx.rows::<ItemRow>().filter(review_item::review_id.eq(review_id)).into_boxed();
    rows = rows.narrow(state.map(|state| review_item::state.eq(state)));
    rows = rows.narrow(pupil_id.map(|pupil_id| review_item::pupil_id.eq(pupil_id)));
    rows = rows.narrow(after.map(|after| review_item::item.gt(after)));
    Ok(rows.order(review_item::item).limit(most).load(tx.conn)?)
}

/// One item, which nobody else decides until this transaction has ended. Errors: 404.
pub fn item_to_decide(tx: &mut Tx, review_id: ReviewId, item: ItemId) -> Result<ItemRow> {
    Ok(tx
        .rows::<ItemRow>()
        .filter(review_item::review_id.eq(review_id).and(review_item::item.eq(item)))
        .for_update()
        .first(tx.conn)?)
}

/// The items of a review about a pupil; nobody else decides them, and nobody adds to the review, until this transaction
/// has ended.
pub fn items_to_change(
    tx: &mut Tx,
    review_id: ReviewId,
    pupil_id: PupilId,
) -> Result<Vec<ItemRow>> {
    tx.take_turns(&format!("review/{review_id}"))?;
    Ok(tx
        .rows::<ItemRow>()
        .filter(review_item::review_id.eq(review_id).and(review_item::pupil_id.eq(pupil_id)))
        .order(review_item::item)
        .for_update()
        .load(tx.conn)?)
}

/// The items about a pupil that wait for a person, of every review, to be changed.
pub fn proposed_of_pupil(tx: &mut Tx, pupil_id: PupilId) -> Result<Vec<ItemRow>> {
    let about = review_item::pupil_id.eq(pupil_id);
    Ok(tx
        .rows::<ItemRow>()
        .filter(about.and(review_item::state.eq(ItemState::Proposed)))
        .order((review_item::review_id, review_item::item))
        .for_update()
        .load(tx.conn)?)
}

/// Records what became of an item.
pub fn settle(
    tx: &mut Tx,
    item: &ItemRow,
    state: ItemState,
    reason: Option<&str>,
    by: &str,
) -> Result<()> {
    let this = review_item::review_id.eq(item.review_id).and(review_item::item.eq(item.item));
    diesel::update(tx.of(review_item::table).filter(this))
        .set((
            review_item::state.eq(state),
            review_item::reason.eq(reason),
            review_item::decided_at.eq(tx.now()),
            review_item::decided_by.eq(by),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// How many items of a review are in which state.
pub fn states(tx: &mut Tx, review_id: ReviewId) -> Result<Vec<(ItemState, i64)>> {
    Ok(tx
        .of(review_item::table)
        .filter(review_item::review_id.eq(review_id))
        .group_by(review_item::state)
        .order(review_item::state)
        .select((review_item::state, diesel::dsl::count_star()))
        .load(tx.conn)?)
}

/// The pupils who stood on the list of a school's reviews from one day to another.
pub fn listed_between(
    tx: &mut Tx,
    school_id: SchoolId,
    (from, to): (NaiveDate, NaiveDate),
) -> Result<Vec<PupilId>> {
    let listed = tx.of(review_item::table).inner_join(
        review::table.on(review::trust_id
            .eq(review_item::trust_id)
            .and(review::review_id.eq(review_item::review_id))),
    );
    let pupils: Vec<Option<PupilId>> = listed
        .filter(review_item::school_id.eq(school_id).and(review::day.between(from, to)))
        .filter(review_item::pupil_id.is_not_null())
        .select(review_item::pupil_id)
        .distinct()
        .load(tx.conn)?;
    Ok(pupils.into_iter().flatten().collect())
}
