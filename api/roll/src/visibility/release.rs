//! Owns: order_release.
//!
//! Releasing what a court has ordered to the school that a child goes to, before the child is on its roll.

use diesel::prelude::*;

use base::db::Schools;
use base::prelude::*;
use schema::order_release;

/// That what a court has ordered about a child was released to a school.
#[derive(Debug, Serialize, HasQuery, ToSchema)]
#[diesel(table_name = order_release)]
pub struct Release {
    /// The pupil.
    #[schema(example = 4711)]
    pub pupil_id: PupilId,
    /// The school that it was released to.
    #[schema(example = 9)]
    pub to_school: SchoolId,
    /// When (UTC).
    pub released_at: DateTime<Utc>,
    /// Who released it.
    pub released_by: String,
}

/// Records that what a court has ordered about a pupil is released to a school.
pub fn release(tx: &mut Tx, pupil_id: PupilId, to_school: SchoolId, by: &str) -> Result<Release> {
    let trust = tx.trust();
    let to_them = order_release::pupil_id.eq(pupil_id).and(order_release::to_school.eq(to_school));
    let last = order_release::table
        .filter(order_release::trust_id.eq(trust).and(to_them))
        .select(diesel::dsl::max(order_release::released_at))
        .first(tx.conn)?;
    let mut schools: BTreeSet<SchoolId> = match tx.scope().schools() {
        Schools::Only(own) => own.iter().copied().collect(),
        Schools::All => BTreeSet::new(),
    };
    schools.insert(to_school);
    Ok(diesel::insert_into(order_release::table)
        .values((
            order_release::trust_id.eq(trust),
            order_release::pupil_id.eq(pupil_id),
            order_release::to_school.eq(to_school),
            order_release::released_at.eq(tx.after(last)),
            order_release::released_by.eq(by),
            order_release::school_ids.eq(schools.into_iter().collect::<Vec<_>>()),
        ))
        .returning(Release::as_returning())
        .get_result(tx.conn)?)
}

/// Of these pupils those about whom it was released to one of the caller's schools.
pub fn released(tx: &mut Tx, pupils: &[PupilId]) -> Result<BTreeSet<PupilId>> {
    let about = order_release::pupil_id.eq_any(pupils);
    let rows: Vec<(PupilId, SchoolId)> = order_release::table
        .filter(order_release::trust_id.eq(tx.trust()).and(about))
        .select((order_release::pupil_id, order_release::to_school))
        .load(tx.conn)?;
    let ours = rows.into_iter().filter(|(_, school)| tx.scope().covers(*school));
    Ok(ours.map(|(pupil, _)| pupil).collect())
}
