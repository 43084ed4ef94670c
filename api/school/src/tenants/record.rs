//! Writing schools from files: new ones, other names and phases, other URNs.

use diesel::prelude::*;
use domain::Phase;

use schema::{former_urn, school};

use base::prelude::*;

/// A school as a file says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchoolFacts {
    /// Its URN.
    pub urn: String,
    /// Its name.
    pub name: String,
    /// Its phase of education.
    pub phase: Phase,
}

/// Adds schools that the trust does not have.
pub fn add_schools(tx: &mut Tx, new: &[SchoolFacts], by: &str) -> Result<()> {
    let (trust, now) = (tx.trust(), tx.now());
    let rows: Vec<_> = new
        .iter()
        .map(|facts| {
            (
                school::trust_id.eq(trust),
                school::urn.eq(&facts.urn),
                school::name.eq(&facts.name),
                school::phase.eq(As(facts.phase)),
                school::created_at.eq(now),
                school::created_by.eq(by),
            )
        })
        .collect();
    diesel::insert_into(school::table).values(rows).execute(tx.conn)?;
    Ok(())
}

/// Gives a school its name and phase. The caller has locked it.
pub fn rename_school(tx: &mut Tx, school_id: SchoolId, facts: &SchoolFacts) -> Result<()> {
    diesel::update(school::table.filter(school::school_id.eq(school_id)))
        .set((school::name.eq(&facts.name), school::phase.eq(As(facts.phase))))
        .execute(tx.conn)?;
    Ok(())
}

/// Gives a school another URN and keeps the one that it had.
pub fn change_urn(
    tx: &mut Tx,
    school_id: SchoolId,
    (old, new): (&str, &str),
    changed_on: Option<NaiveDate>,
    (at, by): (DateTime<Utc>, &str),
) -> Result<()> {
    diesel::insert_into(former_urn::table)
        .values((
            former_urn::trust_id.eq(tx.trust()),
            former_urn::school_id.eq(school_id),
            former_urn::recorded_at.eq(at),
            former_urn::old_urn.eq(old),
            former_urn::new_urn.eq(new),
            former_urn::changed_on.eq(changed_on),
            former_urn::recorded_by.eq(by),
        ))
        .execute(tx.conn)?;
    diesel::update(school::table.filter(school::school_id.eq(school_id)))
        .set(school::urn.eq(new))
        .execute(tx.conn)?;
    Ok(())
}

/// The ids of the schools that the caller may see, by the URNs that they once had.
pub fn schools_by_former_urn(tx: &mut Tx) -> Result<BTreeMap<String, SchoolId>> {
    let rows: Vec<(String, SchoolId)> = former_urn::table
        .order(former_urn::recorded_at)
        .select((former_urn::old_urn, former_urn::school_id))
        .load(tx.conn)?;
    Ok(rows.into_iter().collect())
}
