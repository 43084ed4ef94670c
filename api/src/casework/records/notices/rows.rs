//! Owns: penalty_notice.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use domain::NoticeState;
use serde_json::Value;

use super::notice::Details;
use crate::base::auth::Caller;
use crate::base::db::Tx;
use crate::base::http::etag::ETag;
use crate::base::id::{CaseId, NoticeId, ParentId, PupilId, SchoolId, TrustId};
use crate::base::problem::Problem;
use crate::base::word::As;
use crate::base::words;
use crate::roll::pupils;
use schema::{penalty_notice, pupil};

diesel::alias!(penalty_notice as later: Later);

/// How a notice stands since `recorded_at`.
#[derive(Debug, Clone, Queryable, Selectable)]
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

#[derive(Insertable)]
#[diesel(table_name = penalty_notice)]
struct NewRow<'a> {
    trust_id: TrustId,
    /// Without one the notice is new.
    notice_id: Option<NoticeId>,
    seq: i32,
    pupil_id: PupilId,
    parent_id: ParentId,
    case_id: Option<CaseId>,
    asking_school: SchoolId,
    state: words::NoticeState,
    day: NaiveDate,
    says: &'a str,
    details: Value,
    recorded_at: DateTime<Utc>,
    recorded_by: &'a str,
    role: &'a str,
    school_ids: Vec<SchoolId>,
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
    pub fn read(&self) -> Result<Details, Problem> {
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
    tx: &mut Tx<'_>,
    whom: Whom,
    before: Option<&NoticeRow>,
    standing: &NoticeEntry<'_>,
    caller: &Caller,
) -> Result<NoticeRow, Problem> {
    // The limits hold for a parent and a child wherever the child is taught: who may see the child sees it.
    let mut school_ids: Vec<SchoolId> = pupil::table
        .filter(pupil::trust_id.eq(tx.trust()).and(pupil::pupil_id.eq(whom.pupil_id)))
        .select(pupil::school_ids)
        .first(tx.conn)?;
    if !school_ids.contains(&whom.asking_school) {
        school_ids.push(whom.asking_school);
    }
    let row = NewRow {
        school_ids,
        trust_id: tx.trust(),
        notice_id: before.map(|row| row.notice_id),
        seq: before.map_or(1, |row| row.seq + 1),
        pupil_id: whom.pupil_id,
        parent_id: whom.parent_id,
        case_id: whom.case_id,
        asking_school: whom.asking_school,
        state: As(standing.state),
        day: standing.day,
        says: &standing.says,
        details: serde_json::to_value(standing.details).map_err(Problem::internal)?,
        recorded_at: tx.now(),
        recorded_by: caller.subject(),
        role: caller.role(),
    };
    Ok(diesel::insert_into(penalty_notice::table)
        .values(row)
        .returning(NoticeRow::as_returning())
        .get_result(tx.conn)?)
}

/// Until this transaction ends nobody else decides about a child's notices.
pub fn hold(tx: &mut Tx<'_>, pupil_id: PupilId) -> Result<(), Problem> {
    tx.take_turns(&format!("notices/{pupil_id}"))
}

/// How a notice stood from its first row on; never empty. Only for those who may see the child.
pub fn history(tx: &mut Tx<'_>, notice_id: NoticeId) -> Result<Vec<NoticeRow>, Problem> {
    let rows: Vec<NoticeRow> = penalty_notice::table
        .filter(penalty_notice::notice_id.eq(notice_id))
        .order(penalty_notice::seq)
        .select(NoticeRow::as_select())
        .load(tx.conn)?;
    let first = rows.first().ok_or_else(Problem::not_found)?;
    pupils::pupil(tx, first.pupil_id)?;
    Ok(rows)
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
    tx: &mut Tx<'_>,
    wanted: NoticeFilter,
    after: Option<NoticeId>,
    most: i64,
) -> Result<Vec<NoticeRow>, Problem> {
    let newer = later
        .filter(later.field(penalty_notice::trust_id).eq(penalty_notice::trust_id))
        .filter(later.field(penalty_notice::notice_id).eq(penalty_notice::notice_id))
        .filter(later.field(penalty_notice::seq).eq(penalty_notice::seq + 1));
    let mut rows = penalty_notice::table.filter(not(exists(newer))).into_boxed();
    if let Some(pupils) = wanted.pupils {
        rows = rows.filter(penalty_notice::pupil_id.eq_any(pupils));
    }
    if let Some(school) = wanted.asking_school {
        rows = rows.filter(penalty_notice::asking_school.eq(school));
    }
    if let Some(state) = wanted.state {
        rows = rows.filter(penalty_notice::state.eq(As(state)));
    }
    if let Some(after) = after {
        rows = rows.filter(penalty_notice::notice_id.gt(after));
    }
    Ok(rows
        .order(penalty_notice::notice_id)
        .limit(most)
        .select(NoticeRow::as_select())
        .load(tx.conn)?)
}

/// The child's own record: the one that a record was merged into.
pub fn own_record(tx: &mut Tx<'_>, pupil_id: PupilId) -> Result<PupilId, Problem> {
    Ok(pupils::merged_into(tx, pupil_id)?.unwrap_or(pupil_id))
}

/// The notices about a child, under every record that was merged into the child's own.
pub fn of_child(tx: &mut Tx<'_>, pupil_id: PupilId) -> Result<Vec<NoticeRow>, Problem> {
    let mut pupils = pupils::merged_records(tx, &[pupil_id])?;
    pupils.push(pupil_id);
    notices(tx, NoticeFilter { pupils: Some(pupils), ..NoticeFilter::default() }, None, i64::MAX)
}

/// Everything that was recorded of a case's notices, in the order in which it was recorded.
pub fn of_case(tx: &mut Tx<'_>, case_id: CaseId) -> Result<Vec<NoticeRow>, Problem> {
    Ok(penalty_notice::table
        .filter(penalty_notice::case_id.eq(case_id))
        .order((penalty_notice::recorded_at, penalty_notice::notice_id, penalty_notice::seq))
        .select(NoticeRow::as_select())
        .load(tx.conn)?)
}
