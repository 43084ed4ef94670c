//! What is to be done for several pupils is one action with a list of them: it is done when it is done for each.

use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Integer, Text};
use domain::policy::Action;

use super::rows::{ActionRow, is_open};
use schema::{action, action_pupil};

use base::prelude::*;

/// What a review asks to be done by one role: for pupils, for a class, or for the school.
pub struct ActionList<'a> {
    /// The school and the review.
    pub of: (SchoolId, ReviewId),
    /// The rule.
    pub rule: &'a str,
    /// What, and by whom.
    pub what: &'a Action,
    /// The class that it is for, or whose teachers do it.
    pub class_id: Option<ClassId>,
    /// More of whom it is for.
    pub note: Option<&'a str>,
    /// The pupils for whom it is done one by one.
    pub pupils: &'a [PupilId],
    /// Whether the same is not asked for again before it is due: who comes to it meanwhile is put on the same list.
    pub goes_on: bool,
}

/// A pupil on an action's list.
#[derive(Debug, Clone, Serialize, Queryable, ToSchema)]
pub struct PupilOnList {
    /// The pupil.
    #[schema(example = 4711)]
    pub pupil_id: PupilId,
    /// When evidence said that it is done for this pupil (UTC).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub done_at: Option<DateTime<Utc>>,
}

/// Opens a list; where the review has the same open already, or an earlier one whose list goes on, pupils are added to it.
pub fn open_list(
    tx: &mut Tx,
    list: &ActionList<'_>,
    (opened_on, due): (NaiveDate, NaiveDate),
) -> Result<()> {
    let (school_id, review_id) = list.of;
    let says = match list.note {
        Some(note) => format!("{} ({note})", list.what),
        None => list.what.to_string(),
    };
    let goes_on = list.goes_on && !list.pupils.is_empty();
    let going = action::review_id.is_not_null().and(action::due.gt(opened_on));
    let same = action::review_id.eq(review_id).or(going.and(goes_on.into_sql::<Bool>()));
    let there: Option<ActionId> = tx
        .of(action::table)
        .filter(action::school_id.eq(school_id).and(action::rule.eq(list.rule)).and(same))
        .filter(
            action::says
                .eq(&says)
                .and(action::case_id.is_null())
                .and(action::pupil_id.is_null())
                .and(is_open()),
        )
        .filter(action::class_id.is_not_distinct_from(list.class_id))
        .select(action::action_id)
        .order(action::action_id)
        .first(tx.conn)
        .optional()?;
    let action_id = match there {
        Some(there) => there,
        None => diesel::insert_into(action::table)
            .values((
                action::trust_id.eq(tx.trust()),
                action::school_id.eq(school_id),
                action::review_id.eq(review_id),
                action::class_id.eq(list.class_id),
                action::rule.eq(list.rule),
                action::kind.eq(As(list.what.kind)),
                action::says.eq(&says),
                action::role.eq(&list.what.by),
                action::opened_on.eq(opened_on),
                action::due.eq(due),
            ))
            .returning(action::action_id)
            .get_result(tx.conn)?,
    };
    put_on(tx, list, action_id)
}

/// Puts the pupils on the list of an action; who was struck off is on it again.
fn put_on(tx: &mut Tx, list: &ActionList<'_>, action_id: ActionId) -> Result<()> {
    let (school_id, review_id) = list.of;
    if list.pupils.is_empty() {
        return Ok(());
    }
    let row = |pupil: &PupilId| {
        (
            action_pupil::trust_id.eq(tx.trust()),
            action_pupil::school_id.eq(school_id),
            action_pupil::action_id.eq(action_id),
            action_pupil::pupil_id.eq(*pupil),
            action_pupil::review_id.eq(review_id),
        )
    };
    let rows: Vec<_> = list.pupils.iter().map(row).collect();
    diesel::insert_into(action_pupil::table)
        .values(rows)
        .on_conflict((action_pupil::trust_id, action_pupil::action_id, action_pupil::pupil_id))
        .do_update()
        .set((
            action_pupil::overtaken_at.eq(None::<DateTime<Utc>>),
            action_pupil::review_id.eq(review_id),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// The pupils of these actions' lists, without those who were struck off.
pub(super) fn pupils_of(
    tx: &mut Tx,
    actions: &[ActionId],
) -> Result<BTreeMap<ActionId, Vec<PupilOnList>>> {
    let rows: Vec<(ActionId, PupilOnList)> = tx
        .of(action_pupil::table)
        .filter(action_pupil::action_id.eq_any(actions))
        .filter(action_pupil::overtaken_at.is_null())
        .order((action_pupil::action_id, action_pupil::pupil_id))
        .select((action_pupil::action_id, (action_pupil::pupil_id, action_pupil::done_at)))
        .load(tx.conn)?;
    let mut lists: BTreeMap<ActionId, Vec<PupilOnList>> = BTreeMap::new();
    for (action_id, pupil) in rows {
        lists.entry(action_id).or_default().push(pupil);
    }
    Ok(lists)
}

/// Whether an action may be about a pupil: it has no list, or the pupil is on it.
pub fn may_be_about(tx: &mut Tx, action_id: ActionId, pupil_id: PupilId) -> Result<bool> {
    let listed = pupils_of(tx, &[action_id])?.remove(&action_id);
    Ok(listed.is_none_or(|listed| listed.iter().any(|one| one.pupil_id == pupil_id)))
}

/// It is done for one pupil of a list that the caller holds. Whether nothing is left to do.
pub(super) fn done_for(tx: &mut Tx, action: &ActionRow, pupil_id: PupilId) -> Result<bool> {
    let own = action_pupil::action_id.eq(action.action_id);
    let one = own.and(action_pupil::pupil_id.eq(pupil_id)).and(action_pupil::done_at.is_null());
    diesel::update(tx.of(action_pupil::table).filter(one))
        .set(action_pupil::done_at.eq(tx.now()))
        .execute(tx.conn)?;
    let left = own.and(action_pupil::done_at.is_null()).and(action_pupil::overtaken_at.is_null());
    let left: i64 = tx.of(action_pupil::table).filter(left).count().get_result(tx.conn)?;
    Ok(left == 0)
}

/// Strikes a pupil off the open lists: all of them, or those that a review put the pupil on by these rules. A list on which nobody
/// is left has nothing more to be done.
pub(super) fn strike_off(
    tx: &mut Tx,
    pupil_id: PupilId,
    of: Option<(ReviewId, &[String])>,
) -> Result<()> {
    let mut lists = tx.of(action::table).filter(is_open()).into_boxed();
    let (review_id, by_any) =
        of.map_or((ReviewId::new(0), true), |(review_id, _)| (review_id, false));
    if let Some((_, rules)) = of {
        lists = lists.filter(action::rule.eq_any(rules));
    }
    let on = action_pupil::table
        .filter(action_pupil::trust_id.eq(action::trust_id))
        .filter(action_pupil::action_id.eq(action::action_id))
        .filter(action_pupil::pupil_id.eq(pupil_id))
        .filter(action_pupil::overtaken_at.is_null().and(action_pupil::done_at.is_null()))
        .filter(action_pupil::review_id.eq(review_id).or(by_any.into_sql::<Bool>()));
    let ids: Vec<ActionId> = lists
        .filter(diesel::dsl::exists(on))
        .order(action::action_id)
        .select(action::action_id)
        .load(tx.conn)?;
    let one = action_pupil::action_id
        .eq_any(&ids)
        .and(action_pupil::pupil_id.eq(pupil_id))
        .and(action_pupil::done_at.is_null());
    diesel::update(tx.of(action_pupil::table).filter(one))
        .set(action_pupil::overtaken_at.eq(tx.now()))
        .execute(tx.conn)?;
    let left = action_pupil::table
        .filter(action_pupil::trust_id.eq(action::trust_id))
        .filter(action_pupil::action_id.eq(action::action_id))
        .filter(action_pupil::done_at.is_null().and(action_pupil::overtaken_at.is_null()));
    let empty = action::action_id.eq_any(&ids).and(diesel::dsl::not(diesel::dsl::exists(left)));
    diesel::update(tx.of(action::table).filter(empty))
        .set(action::overtaken_at.eq(tx.now()))
        .execute(tx.conn)?;
    Ok(())
}

/// A review of a school asks for the same again: what earlier reviews opened of it and nobody has done lapses. `asked` are
/// rules with what they ask for, in words; what belongs to a case stays.
pub fn lapse(
    tx: &mut Tx,
    (school_id, review_id): (SchoolId, ReviewId),
    asked: &[(String, String)],
) -> Result<()> {
    let (rules, says): (Vec<&str>, Vec<&str>) =
        asked.iter().map(|(rule, says)| (rule.as_str(), says.as_str())).unzip();
    // What is for one class or its teachers says so behind it.
    diesel::sql_query(
        "UPDATE action a SET lapsed_by = $3 FROM unnest($4, $5) AS again (rule, says) \
         WHERE a.trust_id = $1 AND a.school_id = $2 AND a.review_id <> $3 AND a.case_id IS NULL \
           AND a.done_at IS NULL AND a.overtaken_at IS NULL AND a.lapsed_by IS NULL \
           AND a.rule = again.rule AND (a.says = again.says OR starts_with(a.says, again.says || ' ('))",
    )
    .bind::<Integer, _>(tx.trust())
    .bind::<Integer, _>(school_id)
    .bind::<Integer, _>(review_id)
    .bind::<Array<Text>, _>(rules)
    .bind::<Array<Text>, _>(says)
    .execute(tx.conn)?;
    Ok(())
}

/// How many actions of earlier reviews lapsed when a review asked for the same again.
pub fn lapsed_by(tx: &mut Tx, review_id: ReviewId) -> Result<i64> {
    let lapsed = tx.of(action::table).filter(action::lapsed_by.eq(review_id));
    Ok(lapsed.count().get_result(tx.conn)?)
}
