//! Owns: equality_record.

use diesel::prelude::*;

use base::prelude::*;
use schema::equality_record;

/// Who considered the equality duty, with the report that they saw.
#[derive(Debug, Clone, Serialize, HasQuery, ToSchema)]
#[diesel(table_name = equality_record)]
pub struct EqualityRow {
    /// Rollcall's key.
    #[schema(example = 2)]
    pub equality_id: EqualityId,
    /// The school.
    #[schema(example = 7)]
    pub school_id: SchoolId,
    /// The policy that is adopted.
    #[schema(example = "strategy")]
    pub policy: String,
    /// Its version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy_version: Option<i32>,
    /// Who considered it.
    #[schema(example = "Ms Jo Field, Head of School")]
    pub considered_by: String,
    /// On which day.
    pub considered_on: NaiveDate,
    /// What they came to.
    pub note: String,
    /// The academic year of the registers that the report looked at: 2025 for 2025/26.
    #[schema(example = 2025)]
    pub year: i16,
    /// The fairness report as they saw it.
    #[schema(value_type = super::answer::FairnessAnswer)]
    pub report: Value,
    /// When it was recorded (UTC).
    pub recorded_at: DateTime<Utc>,
    /// By whom.
    pub recorded_by: String,
}

/// What is recorded.
pub struct NewEquality {
    /// The school.
    pub school_id: SchoolId,
    /// The policy.
    pub policy: String,
    /// Its version.
    pub policy_version: Option<i32>,
    /// Who considered it.
    pub considered_by: String,
    /// On which day.
    pub considered_on: NaiveDate,
    /// What they came to.
    pub note: String,
    /// The year whose registers were looked at.
    pub year: AcademicYear,
    /// The report as they saw it.
    pub report: Value,
}

/// Records it.
pub fn add(tx: &mut Tx, new: &NewEquality, by: &str) -> Result<EqualityRow> {
    Ok(diesel::insert_into(equality_record::table)
        .values((
            equality_record::trust_id.eq(tx.trust()),
            equality_record::school_id.eq(new.school_id),
            equality_record::policy.eq(&new.policy),
            equality_record::policy_version.eq(new.policy_version),
            equality_record::considered_by.eq(&new.considered_by),
            equality_record::considered_on.eq(new.considered_on),
            equality_record::note.eq(&new.note),
            equality_record::year.eq(new.year.number()),
            equality_record::report.eq(&new.report),
            equality_record::recorded_at.eq(tx.now()),
            equality_record::recorded_by.eq(by),
        ))
        .returning(EqualityRow::as_returning())
        .get_result(tx.conn)?)
}

/// All of a school's, the latest first.
pub fn of_school(tx: &mut Tx, school_id: SchoolId) -> Result<Vec<EqualityRow>> {
    let rows = tx.rows::<EqualityRow>().filter(equality_record::school_id.eq(school_id));
    Ok(rows.order(equality_record::equality_id.desc()).load(tx.conn)?)
}
