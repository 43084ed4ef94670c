//! The entries of a page, gathered from where they were recorded, with names.

use diesel::prelude::*;

use super::super::people::People;
use super::entry::{Entries, LogFilter};
use super::{letters, said, steps, things};
use base::prelude::*;
use schema::{enrolment_now, placement_now};
use school::tenants::SchoolRow;

/// The entries of a page, earliest first. Of each source no more is read than the page holds.
pub fn entries(tx: &mut Tx, school: &SchoolRow, wanted: &LogFilter) -> Result<Entries> {
    let mut all = steps::steps(tx, wanted)?;
    all.extend(said::done(tx, wanted)?);
    all.extend(things::records(tx, wanted)?);
    all.extend(things::notices(tx, wanted)?);
    all.extend(letters::decisions(tx, wanted)?);
    if wanted.case_id.is_none() {
        all.extend(said::contacts(tx, wanted)?);
        all.extend(letters::without_a_case(tx, school, wanted)?);
        all.extend(said::said(tx, wanted)?);
        all.extend(said::accepted(tx, wanted)?);
        all.extend(letters::stopped(tx, wanted)?);
    }
    all.sort_by_key(|(place, _)| *place);
    all.truncate(usize::try_from(wanted.most).unwrap_or(usize::MAX));
    name(tx, wanted.school_id, &mut all)?;
    Ok(all)
}

/// Adds names and classes.
fn name(tx: &mut Tx, school_id: SchoolId, all: &mut Entries) -> Result<()> {
    let mut ids: Vec<PupilId> = all.iter().filter_map(|(_, entry)| entry.pupil_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let people = People::read(tx, school_id, ids.iter().copied())?;
    let placed: Vec<(PupilId, ClassId)> = placement_now::table
        .inner_join(
            enrolment_now::table.on(enrolment_now::trust_id
                .eq(placement_now::trust_id)
                .and(enrolment_now::enrolment_id.eq(placement_now::enrolment_id))),
        )
        .filter(placement_now::school_id.eq(school_id).and(enrolment_now::pupil_id.eq_any(&ids)))
        .order((enrolment_now::first_day, placement_now::from_day))
        .select((enrolment_now::pupil_id, placement_now::class_id))
        .load(tx.conn)?;
    let placed: BTreeMap<PupilId, ClassId> = placed.into_iter().collect();
    for (_, entry) in all {
        let Some(pupil) = entry.pupil_id else { continue };
        entry.pupil = Some(people.name(pupil));
        entry.class = placed.get(&pupil).and_then(|class| people.class(*class)).cloned();
    }
    Ok(())
}
