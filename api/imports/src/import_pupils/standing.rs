//! What stands on the roll before a file of pupils is applied.

use domain::{Characteristic, Word};

use super::Row;
use base::prelude::*;
use roll::pupils::{self, ClassRow, EnrolmentRow, PlacementRow, PupilRow};

/// What holds of a characteristic from which day on.
pub(super) type Timeline = BTreeMap<NaiveDate, String>;

/// The pupils of a file as the trust knows them, and the whole roll of their schools.
pub(super) struct RollBefore {
    /// By UPN.
    pub pupils: BTreeMap<String, PupilRow>,
    /// By school and pupil.
    pub enrolments: BTreeMap<(SchoolId, PupilId), Vec<EnrolmentRow>>,
    /// By enrolment, in the order of days.
    pub placements: BTreeMap<EnrolmentId, Vec<PlacementRow>>,
    /// By enrolment and kind.
    pub characteristics: BTreeMap<(EnrolmentId, Characteristic), Timeline>,
    /// By id.
    pub classes: BTreeMap<ClassId, ClassRow>,
}

impl RollBefore {
    pub fn read(tx: &mut Tx, rows: &[Row], schools: &[SchoolId]) -> Result<Self> {
        let upns: Vec<String> = rows.iter().map(|row| row.file.upn.as_str().to_owned()).collect();
        let known = rows.iter().any(|row| !row.file.known.is_empty());
        Self::of_pupils(tx, &upns, schools, known)
    }

    /// The pupils with these UPNs; what is known of them beside class and year group only if asked for.
    pub fn of_pupils(
        tx: &mut Tx,
        upns: &[String],
        schools: &[SchoolId],
        known: bool,
    ) -> Result<Self> {
        let pupils = pupils::pupils_by_upn(tx, upns)?;
        let mut enrolments: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for row in pupils::enrolments_of(tx, schools, None)? {
            enrolments.entry((row.school_id, row.pupil_id)).or_default().push(row);
        }
        let mut placements: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for row in pupils::placements_of(tx, schools)? {
            placements.entry(row.enrolment_id).or_default().push(row);
        }
        let mut characteristics: BTreeMap<_, Timeline> = BTreeMap::new();
        if known {
            for row in pupils::characteristics_of(tx, schools, None)? {
                let unknown = || Problem::internal(format!("no such characteristic: {}", row.kind));
                let kind = Characteristic::read(&row.kind).ok_or_else(unknown)?;
                let timeline = characteristics.entry((row.enrolment_id, kind)).or_default();
                timeline.insert(row.from_day, row.value);
            }
        }
        let classes = pupils::classes_of_schools(tx, schools)?;
        let classes = classes.into_iter().map(|class| (class.class_id, class)).collect();
        Ok(Self { pupils, enrolments, placements, characteristics, classes })
    }

    /// The enrolments of a row's pupil at the row's school.
    pub fn of(&self, row: &Row) -> &[EnrolmentRow] {
        let pupil = self.pupils.get(row.file.upn.as_str());
        let theirs = pupil.and_then(|pupil| self.enrolments.get(&(row.school_id, pupil.pupil_id)));
        theirs.map_or(&[], Vec::as_slice)
    }
}
