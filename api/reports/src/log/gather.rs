//! The entries of a page, gathered from where they were recorded, with names.

use super::super::people::People;
use super::entry::{Entries, LogFilter};
use super::{entered, letters, said, steps, things};
use base::prelude::*;
use roll::pupils;
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
    entered::mark(tx, wanted.school_id, &mut all)?;
    Ok(all)
}

/// Adds names and classes.
fn name(tx: &mut Tx, school_id: SchoolId, all: &mut Entries) -> Result<()> {
    let mut ids: Vec<PupilId> = all.iter().filter_map(|(_, entry)| entry.pupil_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let people = People::read(tx, school_id, ids.iter().copied())?;
    let placed = last_classes(tx, school_id, &ids)?;
    for (_, entry) in all {
        let Some(pupil) = entry.pupil_id else { continue };
        entry.pupil = Some(people.name(pupil));
        entry.class = placed.get(&pupil).and_then(|class| people.class(*class)).cloned();
    }
    Ok(())
}

/// The class in which each of these pupils was placed last at the school.
fn last_classes(
    tx: &mut Tx,
    school_id: SchoolId,
    ids: &[PupilId],
) -> Result<BTreeMap<PupilId, ClassId>> {
    let mut stays = pupils::stays_of_pupils(tx, ids)?;
    stays.retain(|stay| {
        stay.school_id == school_id && stay.last_day.is_none_or(|last| stay.first_day <= last)
    });
    let enrolments: Vec<EnrolmentId> = stays.iter().map(|stay| stay.enrolment_id).collect();
    let placements = pupils::placements_of_enrolments(tx, school_id, &enrolments)?;
    let placed: BTreeMap<EnrolmentId, ClassId> =
        placements.into_iter().map(|row| (row.enrolment_id, row.class_id)).collect();
    let of_stay = |stay: pupils::Stay| Some((stay.pupil_id, *placed.get(&stay.enrolment_id)?));
    Ok(stays.into_iter().filter_map(of_stay).collect())
}
