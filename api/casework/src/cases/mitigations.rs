//! The reasons that people have accepted for a pupil: letters wait for a person while one holds.

use diesel::prelude::*;

use super::list_mitigations::Mitigation;
use schema::mitigation;

use base::prelude::*;

/// Records that a person has accepted a reason.
pub fn mitigate(
    tx: &mut Tx,
    (school_id, pupil_id): (SchoolId, PupilId),
    kind: &str,
    (first_day, last_day): (NaiveDate, Option<NaiveDate>),
    by: &str,
) -> Result<()> {
    diesel::insert_into(mitigation::table)
        .values((
            mitigation::trust_id.eq(tx.trust()),
            mitigation::school_id.eq(school_id),
            mitigation::pupil_id.eq(pupil_id),
            mitigation::first_day.eq(first_day),
            mitigation::last_day.eq(last_day),
            mitigation::kind.eq(kind),
            mitigation::recorded_at.eq(tx.now()),
            mitigation::recorded_by.eq(by),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// The days for which a person has accepted a reason. What the reason is, an illness or a death, stands in no proposal,
/// letter or event: only with the reason itself.
#[derive(Debug, Clone, Copy, Queryable)]
pub struct Accepted {
    first_day: NaiveDate,
    last_day: Option<NaiveDate>,
}

impl Accepted {
    /// Whether it holds on a day.
    pub fn holds_on(&self, day: NaiveDate) -> bool {
        self.first_day <= day && self.last_day.is_none_or(|last| day <= last)
    }
}

/// How it is said to everybody that a reason was accepted.
pub fn said_of_accepted() -> String {
    "an accepted reason".to_owned()
}

/// The pupils for whom an accepted reason holds at a school on a day, each with how that is said to everybody.
pub fn mitigations(
    tx: &mut Tx,
    school_id: SchoolId,
    day: NaiveDate,
) -> Result<BTreeMap<PupilId, String>> {
    let rows: Vec<(PupilId, Accepted)> = mitigation::table
        .filter(mitigation::school_id.eq(school_id).and(mitigation::first_day.le(day)))
        .distinct_on((mitigation::pupil_id, mitigation::first_day))
        .order((mitigation::pupil_id, mitigation::first_day, mitigation::recorded_at.desc()))
        .select((mitigation::pupil_id, (mitigation::first_day, mitigation::last_day)))
        .load(tx.conn)?;
    let holding = rows.into_iter().filter(|(_, reason)| reason.holds_on(day));
    Ok(holding.map(|(pupil, _)| (pupil, said_of_accepted())).collect())
}

/// The same of one pupil, for all days.
pub fn accepted(tx: &mut Tx, (school_id, pupil_id): (SchoolId, PupilId)) -> Result<Vec<Accepted>> {
    let ours = mitigation::school_id.eq(school_id).and(mitigation::pupil_id.eq(pupil_id));
    Ok(mitigation::table
        .filter(ours)
        .distinct_on(mitigation::first_day)
        .order((mitigation::first_day, mitigation::recorded_at.desc()))
        .select((mitigation::first_day, mitigation::last_day))
        .load(tx.conn)?)
}

/// The reasons that were accepted for a pupil, earliest first.
pub(super) fn mitigations_of(tx: &mut Tx, pupil_id: PupilId) -> Result<Vec<Mitigation>> {
    let mut all: Vec<Mitigation> = mitigation::table
        .filter(mitigation::pupil_id.eq(pupil_id))
        .distinct_on((mitigation::school_id, mitigation::first_day))
        .order((mitigation::school_id, mitigation::first_day, mitigation::recorded_at.desc()))
        .select((
            mitigation::school_id,
            mitigation::first_day,
            mitigation::last_day,
            mitigation::kind.nullable(),
            mitigation::recorded_at,
            mitigation::recorded_by,
        ))
        .load(tx.conn)?;
    all.sort_by_key(|one| one.first_day);
    Ok(all)
}
