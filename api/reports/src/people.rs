//! The pupils of a report by name and class, for those who may see them.

use ::analytics::EnrolmentYear;
use actix_web::web;

use base::prelude::*;
use figures::Enrolled;
use roll::pupils::{self, PupilRow};

/// Pupils asked for in one statement.
const AT_ONCE: usize = 20_000;

/// A pupil on a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ListedPupil {
    /// The pupil.
    #[schema(example = 4711)]
    pub pupil_id: PupilId,
    /// Surname and forename.
    #[schema(example = "Okafor-Lind, Zoë")]
    pub name: String,
    /// The class.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "6A")]
    pub class: Option<String>,
    /// The year group: 0 is reception.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 6)]
    pub year_group: Option<i8>,
}

/// Names of pupils, and of a school's classes.
pub struct People {
    pupils: BTreeMap<PupilId, PupilRow>,
    classes: BTreeMap<ClassId, String>,
}

impl People {
    /// Reads these pupils and the classes of a school.
    pub fn read(
        tx: &mut Tx,
        school_id: SchoolId,
        ids: impl IntoIterator<Item = PupilId>,
    ) -> Result<Self> {
        let ids: Vec<PupilId> = ids.into_iter().collect();
        let mut pupils = BTreeMap::new();
        for some in ids.chunks(AT_ONCE) {
            let rows = pupils::in_order(tx, some)?;
            pupils.extend(rows.into_iter().map(|row| (row.pupil_id, row)));
        }
        let classes = pupils::classes_of_schools(tx, &[school_id])?;
        let classes = classes.into_iter().map(|class| (class.class_id, class.name)).collect();
        Ok(Self { pupils, classes })
    }

    /// As [`People::read`], in a snapshot of its own.
    pub async fn of(
        app: &web::Data<App>,
        scope: &Scope,
        school_id: SchoolId,
        ids: Vec<PupilId>,
    ) -> Result<Self> {
        app.db.snapshot(scope, move |tx| Self::read(tx, school_id, ids)).await
    }

    /// A pupil's record.
    pub fn pupil(&self, pupil_id: PupilId) -> Option<&PupilRow> {
        self.pupils.get(&pupil_id)
    }

    /// Surname and forename; empty for a pupil who was not read.
    pub fn name(&self, pupil_id: PupilId) -> String {
        let name = |row: &PupilRow| format!("{}, {}", row.surname, row.forename);
        self.pupils.get(&pupil_id).map(name).unwrap_or_default()
    }

    /// The name of a class.
    pub fn class(&self, class_id: ClassId) -> Option<&String> {
        self.classes.get(&class_id)
    }

    /// A pupil in the class of a day; on a day before the first, in that.
    pub fn listed(&self, of: &EnrolmentYear, day: NaiveDate) -> ListedPupil {
        let placed = of.placements.iter().rfind(|placement| placement.from <= day);
        let placed = placed.or(of.placements.first());
        ListedPupil {
            pupil_id: of.pupil_id(),
            name: self.name(of.pupil_id()),
            class: placed.and_then(|placement| self.class(ClassId::new(placement.class))).cloned(),
            year_group: placed.map(|placement| placement.year_group),
        }
    }
}
