//! Owns: unplanned_closure.

use diesel::prelude::*;

use base::prelude::*;
use schema::unplanned_closure;
use school::tenants::Version;

/// Sessions that were due and not held, because the school, or a part of it, had to close.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnplannedClosure {
    /// Rollcall's key.
    #[schema(example = 3)]
    pub closure_id: ClosureId,
    /// The school.
    #[schema(example = 7)]
    pub school_id: SchoolId,
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
    /// Only this half of the day; absent for whole days.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<words::Session>)]
    pub session: Option<Session>,
    /// The year groups that could not be taken in; absent when it was the whole school.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub year_groups: Option<Vec<i16>>,
    /// The code that was given: `Y4` for the whole school, `Y3` for a part of it.
    #[schema(example = "Y4")]
    pub code: String,
    /// Why.
    #[schema(example = "No heating")]
    pub reason: String,
    /// How many marks it gave or changed.
    #[schema(example = 412)]
    pub marks: i32,
    /// When it was recorded (UTC).
    pub recorded_at: DateTime<Utc>,
    /// By whom.
    #[schema(example = "staff-17")]
    pub recorded_by: String,
}

/// A row of the table.
#[derive(HasQuery)]
#[diesel(table_name = unplanned_closure)]
struct Row {
    closure_id: ClosureId,
    school_id: SchoolId,
    from_day: NaiveDate,
    to_day: NaiveDate,
    session: Option<i16>,
    year_groups: Option<Vec<i16>>,
    code: String,
    reason: String,
    marks: i32,
    recorded_at: DateTime<Utc>,
    recorded_by: String,
}

impl From<Row> for UnplannedClosure {
    fn from(row: Row) -> Self {
        Self {
            closure_id: row.closure_id,
            school_id: row.school_id,
            from: row.from_day,
            to: row.to_day,
            session: row.session.map(|number| if number == 0 { Session::Am } else { Session::Pm }),
            year_groups: row.year_groups,
            code: row.code,
            reason: row.reason,
            marks: row.marks,
            recorded_at: row.recorded_at,
            recorded_by: row.recorded_by,
        }
    }
}

/// A closure to be recorded.
pub(super) struct NewClosure<'a> {
    pub school_id: SchoolId,
    pub year: AcademicYear,
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub session: Option<Session>,
    pub year_groups: Option<&'a [i16]>,
    pub code: &'a str,
    pub reason: &'a str,
    pub marks: i32,
}

/// Adds a closure. The caller holds the lock of the school's version and has bumped it.
pub(super) fn add_closure(
    tx: &mut Tx,
    new: &NewClosure<'_>,
    version: Version,
    by: &str,
) -> Result<UnplannedClosure> {
    let session = new.session.map(|session| i16::from(session == Session::Pm));
    let row: Row = diesel::insert_into(unplanned_closure::table)
        .values((
            unplanned_closure::trust_id.eq(tx.trust()),
            unplanned_closure::school_id.eq(new.school_id),
            unplanned_closure::year.eq(new.year.number()),
            unplanned_closure::version.eq(version.number),
            unplanned_closure::from_day.eq(new.from),
            unplanned_closure::to_day.eq(new.to),
            unplanned_closure::session.eq(session),
            unplanned_closure::year_groups.eq(new.year_groups),
            unplanned_closure::code.eq(new.code),
            unplanned_closure::reason.eq(new.reason),
            unplanned_closure::marks.eq(new.marks),
            unplanned_closure::recorded_at.eq(version.at),
            unplanned_closure::recorded_by.eq(by),
        ))
        .returning(Row::as_returning())
        .get_result(tx.conn)?;
    Ok(row.into())
}

/// The closures of a school after an id, in the order in which they were recorded.
pub(super) fn closures(
    tx: &mut Tx,
    school_id: SchoolId,
    after: Option<ClosureId>,
    most: i64,
) -> Result<Vec<UnplannedClosure>> {
    let rows: Vec<Row> = Row::query()
        .filter(unplanned_closure::school_id.eq(school_id))
        .filter(unplanned_closure::closure_id.gt(after.unwrap_or(ClosureId::MIN)))
        .order(unplanned_closure::closure_id)
        .limit(most)
        .load(tx.conn)?;
    Ok(rows.into_iter().map(UnplannedClosure::from).collect())
}
