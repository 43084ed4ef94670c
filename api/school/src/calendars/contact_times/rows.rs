//! Owns: school_contact_times.

use chrono::NaiveTime;
use diesel::prelude::*;
use domain::missing_child::ContactTimes;

use base::prelude::*;
use schema::school_contact_times;

/// By when a school does what about a child whom nobody has accounted for, from a day on.
#[derive(Debug, Clone, Serialize, HasQuery, ToSchema)]
#[diesel(table_name = school_contact_times)]
pub struct ContactTimesRow {
    /// From this day on.
    pub from_day: NaiveDate,
    /// Every number of every contact was rung, and a text was sent.
    #[schema(value_type = String, example = "09:30:00")]
    pub call_by: NaiveTime,
    /// The safeguarding lead has decided.
    #[schema(value_type = String, example = "10:30:00")]
    pub decide_by: NaiveTime,
    /// A child at risk was visited.
    #[schema(value_type = String, example = "12:00:00")]
    pub visit_by: NaiveTime,
    /// Everybody was rung again.
    #[schema(value_type = String, example = "14:00:00")]
    pub again_by: NaiveTime,
    /// On which school day of an absence everybody else is visited.
    #[schema(example = 3)]
    pub visit_on_day: i32,
    /// When it was recorded (UTC).
    pub recorded_at: DateTime<Utc>,
    /// By whom.
    #[schema(example = "staff-17")]
    pub recorded_by: String,
}

impl ContactTimesRow {
    /// The times themselves.
    pub fn times(&self) -> ContactTimes {
        let Self { call_by, decide_by, visit_by, again_by, .. } = *self;
        let visit_on_day = u32::try_from(self.visit_on_day).unwrap_or_default();
        ContactTimes { call_by, decide_by, visit_by, again_by, visit_on_day }
    }
}

/// All that were ever recorded for a school, latest day first, of one day the latest record first.
pub fn all(tx: &mut Tx, school_id: SchoolId) -> Result<Vec<ContactTimesRow>> {
    Ok(tx
        .rows::<ContactTimesRow>()
        .filter(school_contact_times::school_id.eq(school_id))
        .order((school_contact_times::from_day.desc(), school_contact_times::recorded_at.desc()))
        .load(tx.conn)?)
}

/// As [`all`], for somebody who is about to change them: nobody else does until this transaction has ended.
pub fn all_to_change(tx: &mut Tx, school_id: SchoolId) -> Result<Vec<ContactTimesRow>> {
    tx.take_turns(&format!("contact times/{school_id}"))?;
    all(tx, school_id)
}

/// The times of a day, of rows in the order of [`all`]; those of the product where the school has said nothing.
pub fn holding(rows: &[ContactTimesRow], day: NaiveDate) -> ContactTimes {
    rows.iter().find(|row| row.from_day <= day).map(ContactTimesRow::times).unwrap_or_default()
}

/// By when a school does what about a missing child on a day.
pub fn contact_times(tx: &mut Tx, school_id: SchoolId, day: NaiveDate) -> Result<ContactTimes> {
    Ok(holding(&all(tx, school_id)?, day))
}

/// Records times from a day on, later than what was recorded before.
pub fn add(
    tx: &mut Tx,
    school_id: SchoolId,
    (from_day, times): (NaiveDate, ContactTimes),
    after: Option<DateTime<Utc>>,
    by: &str,
) -> Result<ContactTimesRow> {
    let at = tx.after(after);
    let visit_on_day = i32::try_from(times.visit_on_day).map_err(Problem::internal)?;
    Ok(diesel::insert_into(school_contact_times::table)
        .values((
            school_contact_times::trust_id.eq(tx.trust()),
            school_contact_times::school_id.eq(school_id),
            school_contact_times::from_day.eq(from_day),
            school_contact_times::call_by.eq(times.call_by),
            school_contact_times::decide_by.eq(times.decide_by),
            school_contact_times::visit_by.eq(times.visit_by),
            school_contact_times::again_by.eq(times.again_by),
            school_contact_times::visit_on_day.eq(visit_on_day),
            school_contact_times::recorded_at.eq(at),
            school_contact_times::recorded_by.eq(by),
        ))
        .returning(ContactTimesRow::as_returning())
        .get_result(tx.conn)?)
}
