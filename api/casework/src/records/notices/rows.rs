//! Owns: penalty_notice.

use diesel::dsl::{exists, not};
use diesel::prelude::*;
use domain::NoticeState;

use super::notice::Details;
use base::http::etag::ETag;
use base::prelude::*;
use roll::pupils;
use roll::visibility::{self, Act};
use schema::penalty_notice;

diesel::alias!(penalty_notice as later: Later);

/// How a notice stands since `recorded_at`.
#[derive(Debug, Clone, HasQuery)]
#[diesel(table_name = penalty_notice)]
pub struct NoticeRow {
    /// Rollcall's key.
    pub notice_id: NoticeId,
    /// The number of this row, from 1.
    pub seq: i32,
    /// The child.
    pub pupil_id: PupilId,
    /// The parent.
    pub parent_id: ParentId,
    /// The case.
    pub case_id: Option<CaseId>,
    /// The school that asks the local authority.
    pub asking_school: SchoolId,
    /// How it stands.
    pub state: words::NoticeState,
    /// Since which day.
    pub day: NaiveDate,
    /// In plain English.
    pub says: String,
    /// All that is known of it.
    pub details: Value,
    /// Since when (UTC).
    pub recorded_at: DateTime<Utc>,
    /// By whom.
    pub recorded_by: String,
    /// In which role.
    pub role: String,
}

/// Whom a notice is about.
#[derive(Debug, Clone, Copy)]
pub struct Whom {
    /// The pupil.
    pub pupil_id: PupilId,
    /// The parent.
    pub parent_id: ParentId,
    /// The case, where there is one.
    pub case_id: Option<CaseId>,
    /// The school that asks the local authority.
    pub asking_school: SchoolId,
}

/// How a notice is to stand.
pub struct NoticeEntry<'a> {
    /// Its state.
    pub state: NoticeState,
    /// The day since which it stands so.
    pub day: NaiveDate,
    /// In plain English.
    pub says: String,
    /// All that is known of it.
    pub details: &'a Details,
}

impl NoticeRow {
    /// All that is known of it, read.
    pub fn read(&self) -> Result<Details> {
        serde_json::from_value(self.details.clone()).map_err(Problem::internal)
    }

    /// Whom it is about.
    pub fn whom(&self) -> Whom {
        Whom {
            pupil_id: self.pupil_id,
            parent_id: self.parent_id,
            case_id: self.case_id,
            asking_school: self.asking_school,
        }
    }

    /// The tag of this state.
    pub fn etag(&self) -> ETag {
        ETag::of(format!("notice/{}/{}", self.notice_id, self.seq).as_bytes())
    }
}

/// Keeps how a notice stands: a new one, or after `before`. The caller holds the parent and the child.
pub fn keep(
    tx: &mut Tx,
    whom: Whom,
    before: Option<&NoticeRow>,
    standing: &NoticeEntry<'_>,
    caller: &Caller,
) -> Result<NoticeRow> {
    // The limits hold for a parent and a child wherever the child is taught: who may see the child sees it.
    let mut protectors = visibility::schools_that_may(tx, &[whom.pupil_id], Act::Protect)?;
    let mut school_ids = protectors.remove(&whom.pupil_id).unwrap_or_default();
    if !school_ids.contains(&whom.asking_school) {
        school_ids.push(whom.asking_school);
    }
    let details = serde_json::to_value(standing.details).map_err(Problem::internal)?;
    Ok(diesel::insert_into(penalty_notice::table)
        .values((
            penalty_notice::trust_id.eq(tx.trust()),
            before.map(|row| penalty_notice::notice_id.eq(row.notice_id)),
            penalty_notice::seq.eq(before.map_or(1, |row| row.seq + 1)),
            penalty_notice::pupil_id.eq(whom.pupil_id),
            penalty_notice::parent_id.eq(whom.parent_id),
            penalty_notice::case_id.eq(whom.case_id),
            penalty_notice::asking_school.eq(whom.asking_school),
            penalty_notice::state.eq(As(standing.state)),
            penalty_notice::day.eq(standing.day),
            penalty_notice::says.eq(&standing.says),
            penalty_notice::details.eq(details),
            penalty_notice::recorded_at.eq(tx.now()),
            penalty_notice::recorded_by.eq(caller.subject()),
            penalty_notice::role.eq(caller.role()),
            penalty_notice::school_ids.eq(school_ids),
        ))
        .returning(NoticeRow::as_returning())
        .get_result(tx.conn)?)
}

/// Until this transaction ends nobody else decides about a child's notices.
pub fn hold(tx: &mut Tx, pupil_id: PupilId) -> Result<()> {
    tx.take_turns(&format!("notices/{pupil_id}"))
}

/// How a notice stood from its first row on; never empty. Only for those who may see the child.
pub fn history(tx: &mut Tx, notice_id: NoticeId) -> Result<Vec<NoticeRow>> {
    let rows: Vec<NoticeRow> = tx.whole_trust(|tx| {
        let rows = tx.rows::<NoticeRow>().filter(penalty_notice::notice_id.eq(notice_id));
        Ok(rows.order(penalty_notice::seq).load(tx.conn)?)
    })?;
    let first = rows.first().ok_or_else(Problem::not_found)?;
    pupils::pupil(tx, first.pupil_id)?;
    let (asking_school, pupil_id) = (first.asking_school, first.pupil_id);
    if !tx.scope().covers(asking_school) && !sees(tx, pupil_id)? {
        return Err(Problem::not_found());
    }
    Ok(rows)
}

/// Whether the caller sees what other schools ask about a child: from the first day to the last.
pub fn sees(tx: &mut Tx, pupil_id: PupilId) -> Result<bool> {
    Ok(!visibility::permitted(tx, &[pupil_id], Act::Protect)?.is_empty())
}

/// Which notices.
#[derive(Debug, Default)]
pub struct NoticeFilter {
    /// About these children.
    pub pupils: Option<Vec<PupilId>>,
    /// Of this school.
    pub asking_school: Option<SchoolId>,
    /// In this state.
    pub state: Option<NoticeState>,
}

/// Notices as they stand, in the order in which they were first recorded, after `after`.
pub fn notices(
    tx: &mut Tx,
    wanted: NoticeFilter,
    after: Option<NoticeId>,
    most: i64,
) -> Result<Vec<NoticeRow>> {
    let newer = later
        .filter(later.field(penalty_notice::trust_id).eq(penalty_notice::trust_id))
        .filter(later.field(penalty_notice::notice_id).eq(penalty_notice::notice_id))
        .filter(later.field(penalty_notice::seq).eq(penalty_notice::seq + 1));
    let mut rows = tx.rows::<NoticeRow>().filter(not(exists(newer))).into_boxed();
    rows = rows.narrow(wanted.pupils.map(|pupils| penalty_notice::pupil_id.eq_any(pupils)));
    rows = rows.narrow(wanted.asking_school.map(|school| penalty_notice::asking_school.eq(school)));
    rows = rows.narrow(wanted.state.map(|state| penalty_notice::state.eq(As(state))));
    rows = rows.narrow(after.map(|after| penalty_notice::notice_id.gt(after)));
    Ok(rows.order(penalty_notice::notice_id).limit(most).load(tx.conn)?)
}

/// The child's own record: the one that a record was merged into.
pub fn own_record(tx: &mut Tx, pupil_id: PupilId) -> Result<PupilId> {
    Ok(pupils::merged_into(tx, pupil_id)?.unwrap_or(pupil_id))
}

/// The notices about a child, under every record that was merged into the child's own: all there are for a school that
/// has the child, and otherwise those that it knew.
pub fn of_child(tx: &mut Tx, pupil_id: PupilId) -> Result<Vec<NoticeRow>> {
    let mut pupils = pupils::merged_records(tx, &[pupil_id])?;
    pupils.push(pupil_id);
    let wanted = NoticeFilter { pupils: Some(pupils), ..NoticeFilter::default() };
    if sees(tx, pupil_id)? {
        return tx.whole_trust(|tx| notices(tx, wanted, None, i64::MAX));
    }
    notices(tx, wanted, None, i64::MAX)
}

/// Everything that was recorded of a case's notices, in the order in which it was recorded.
pub fn of_case(tx: &mut Tx, case_id: CaseId) -> Result<Vec<NoticeRow>> {
    Ok(tx
        .rows::<NoticeRow>()
        .filter(penalty_notice::case_id.eq(case_id))
        .order((penalty_notice::recorded_at, penalty_notice::notice_id, penalty_notice::seq))
        .load(tx.conn)?)
}
