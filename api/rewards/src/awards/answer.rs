//! Awards by name, for those who hand them over.

use super::kind::AwardState;
use super::rows::AwardRow;
use base::prelude::*;
use casework::letters;
use roll::pupils;
use school::tenants;

/// An award by name.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AwardAnswer {
    /// The award.
    #[serde(flatten)]
    pub award: AwardRow,
    /// The pupil's forename and surname; absent for a class's.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Zoë Okafor-Lind")]
    pub name: Option<String>,
    /// The class.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "6A")]
    pub class: Option<String>,
}

/// Awards with the names that the caller may see. Those that nobody may hand over are left out: of a child who has died,
/// or who has left the school.
pub fn answers(tx: &mut Tx, rows: Vec<AwardRow>) -> Result<Vec<AwardAnswer>> {
    let gone = beyond_reach(tx, &rows)?;
    let shown = rows.into_iter().filter(|row| {
        row.state == AwardState::Given
            || row.pupil_id.is_none_or(|pupil| !gone.contains(&(row.school_id, pupil)))
    });
    named(tx, shown.collect())
}

/// Awards with names, whatever became of the children.
pub fn named(tx: &mut Tx, rows: Vec<AwardRow>) -> Result<Vec<AwardAnswer>> {
    let ids: Vec<PupilId> = rows.iter().filter_map(|row| row.pupil_id).collect();
    let names: BTreeMap<PupilId, String> = pupils::in_order(tx, &ids)?
        .into_iter()
        .map(|row| (row.pupil_id, format!("{} {}", row.forename, row.surname)))
        .collect();
    let schools: BTreeSet<SchoolId> = rows.iter().map(|row| row.school_id).collect();
    let schools: Vec<SchoolId> = schools.into_iter().collect();
    let classes = pupils::classes_of_schools(tx, &schools)?.into_iter();
    let classes: BTreeMap<ClassId, String> =
        classes.map(|class| (class.class_id, class.name)).collect();
    let answer = |award: AwardRow| AwardAnswer {
        name: award.pupil_id.and_then(|pupil| names.get(&pupil)).cloned(),
        class: award.class_id.and_then(|class| classes.get(&class)).cloned(),
        award,
    };
    Ok(rows.into_iter().map(answer).collect())
}

/// The children of these awards whom nothing is to reach: who have died, or are not on the school's roll any more.
pub fn beyond_reach(tx: &mut Tx, rows: &[AwardRow]) -> Result<BTreeSet<(SchoolId, PupilId)>> {
    let mut by_school: BTreeMap<SchoolId, BTreeSet<PupilId>> = BTreeMap::new();
    for (school, pupil) in rows.iter().filter_map(|row| Some((row.school_id, row.pupil_id?))) {
        by_school.entry(school).or_default().insert(pupil);
    }
    let mut gone = BTreeSet::new();
    for (school_id, ids) in by_school {
        let ids: Vec<PupilId> = ids.into_iter().collect();
        let today = tenants::today(tx, school_id)?;
        let on_roll = pupils::on_roll(tx, Some(school_id), today, Some(&ids))?;
        let here: BTreeSet<PupilId> = on_roll.iter().map(|one| one.pupil_id).collect();
        let died = letters::died(tx, &ids)?;
        let away = ids.into_iter().filter(|pupil| !here.contains(pupil) || died.contains(pupil));
        gone.extend(away.map(|pupil| (school_id, pupil)));
    }
    Ok(gone)
}
