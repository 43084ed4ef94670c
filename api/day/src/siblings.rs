//! One call for a family: brothers and sisters who are missing on the same day, also at other schools of the trust.

use domain::CodeTable;

use super::absences::Absence;
use super::spell::{Whereabouts, whereabouts};
use base::prelude::*;
use roll::parents::{ParentOf, children_of};
use roll::pupils;

/// A brother or sister who is missing on the same day, with whom a parent is shared who may be contacted about both.
#[derive(Clone, Serialize, ToSchema)]
pub struct Sibling {
    /// The pupil.
    #[schema(example = 4712)]
    pub pupil_id: PupilId,
    /// The school.
    #[schema(example = 8)]
    pub school_id: SchoolId,
    /// Legal surname.
    pub surname: String,
    /// Legal forename.
    pub forename: String,
    /// The parents who are asked about both.
    pub parent_ids: Vec<ParentId>,
}

/// The brothers and sisters of everybody who is missing, by pupil. What the caller may not see is not there: row-level
/// security shows neither the enrolments nor the marks of a school that the caller does not cover.
pub(super) fn siblings(
    tx: &mut Tx,
    absences: &[Absence],
    parents: &BTreeMap<PupilId, Vec<ParentOf>>,
    (date, today): (NaiveDate, NaiveDate),
    codes: &CodeTable,
) -> Result<BTreeMap<PupilId, Vec<Sibling>>> {
    let asked: BTreeSet<ParentId> = parents
        .values()
        .flatten()
        .filter(|one| !one.ask_first && one.link.relationship.is_parent())
        .map(|one| one.parent.parent_id)
        .collect();
    let asked: Vec<ParentId> = asked.into_iter().collect();
    let mut families: BTreeMap<ParentId, Vec<PupilId>> = BTreeMap::new();
    for (parent, child) in children_of(tx, &asked, today)? {
        families.entry(parent).or_default().push(child);
    }
    families.retain(|_, children| children.len() > 1);
    let children: BTreeSet<PupilId> = families.values().flatten().copied().collect();
    let missing = missing(tx, &children.into_iter().collect::<Vec<_>>(), date, codes)?;
    let mut found = BTreeMap::new();
    for absence in absences {
        let pupil = absence.pupil.pupil_id;
        let mut shared: BTreeMap<PupilId, Vec<ParentId>> = BTreeMap::new();
        for (parent, children) in families.iter().filter(|(_, all)| all.contains(&pupil)) {
            for other in children.iter().filter(|other| **other != pupil) {
                shared.entry(*other).or_default().push(*parent);
            }
        }
        let with_parents = |(other, parent_ids): (PupilId, Vec<ParentId>)| {
            Some(Sibling { parent_ids, ..missing.get(&other)?.clone() })
        };
        found.insert(pupil, shared.into_iter().filter_map(with_parents).collect());
    }
    Ok(found)
}

/// Those of these pupils who are missing, at whatever school the caller may see.
fn missing(
    tx: &mut Tx,
    pupils: &[PupilId],
    date: NaiveDate,
    codes: &CodeTable,
) -> Result<BTreeMap<PupilId, Sibling>> {
    if pupils.is_empty() {
        return Ok(BTreeMap::new());
    }
    let roll = pupils::on_roll(tx, None, date, Some(pupils))?;
    let schools: BTreeSet<SchoolId> = roll.iter().map(|on| on.school_id).collect();
    let schools: Vec<SchoolId> = schools.into_iter().collect();
    let enrolments: Vec<EnrolmentId> = roll.iter().map(|on| on.enrolment_id).collect();
    let marks = marks::marks_on(tx, &schools, date, Some(&enrolments))?;
    let names = pupils::in_order(tx, pupils)?;
    let mut missing = BTreeMap::new();
    for on in roll {
        let marks = marks.get(&on.enrolment_id).copied().unwrap_or_default();
        let name = names.iter().find(|row| row.pupil_id == on.pupil_id);
        if let Some(name) = name
            && whereabouts(marks, date, codes) != Whereabouts::NotMissing
        {
            missing.insert(
                on.pupil_id,
                Sibling {
                    pupil_id: on.pupil_id,
                    school_id: on.school_id,
                    surname: name.surname.clone(),
                    forename: name.forename.clone(),
                    parent_ids: Vec::new(),
                },
            );
        }
    }
    Ok(missing)
}
