//! The roll of a school's year with its marks and registers, read once: whom a change of its days touches.

use domain::NO_MARK;

use base::prelude::*;
use roll::pupils::{self, EnrolmentRow, PlacementRow};

/// A school's year: who is on roll, and what their registers say.
pub(super) struct Roll {
    pub pupils: Vec<Enrolled>,
    /// The names of the classes.
    pub classes: BTreeMap<ClassId, String>,
    taken: BTreeMap<ClassId, Vec<u8>>,
}

/// An enrolment with its placements and marks.
pub(super) struct Enrolled {
    pub enrolment: EnrolmentRow,
    placements: Vec<PlacementRow>,
    /// As they are stored; `None` when there are none.
    pub marks: Option<Vec<u8>>,
}

impl Roll {
    /// Reads it.
    pub fn read(tx: &mut Tx, school_id: SchoolId, year: AcademicYear) -> Result<Self> {
        let schools = [school_id];
        let mut placements: BTreeMap<EnrolmentId, Vec<PlacementRow>> = BTreeMap::new();
        for placement in pupils::placements_of(tx, &schools)? {
            placements.entry(placement.enrolment_id).or_default().push(placement);
        }
        let mut marks = marks::marks_of_schools(tx, &schools, year.number())?;
        let enrolments = pupils::enrolments_of(tx, &schools, Some(year))?;
        let classes = pupils::classes_of(tx, &schools, &[year.number()])?;
        Ok(Self {
            pupils: enrolments
                .into_iter()
                .map(|enrolment| Enrolled {
                    placements: placements.remove(&enrolment.enrolment_id).unwrap_or_default(),
                    marks: marks.remove(&enrolment.enrolment_id),
                    enrolment,
                })
                .collect(),
            classes: classes.into_iter().map(|class| (class.class_id, class.name)).collect(),
            taken: marks::taken_of_classes(tx, school_id, year.number())?,
        })
    }

    /// Whether the register of a class was taken, or came by an import.
    pub fn is_taken(&self, class_id: ClassId, at: HalfDay) -> bool {
        let taken = self.taken.get(&class_id).and_then(|taken| taken.get(at.position()));
        taken.is_some_and(|byte| *byte != 0)
    }

    /// The name of a class.
    pub fn class_name(&self, class_id: ClassId) -> String {
        self.classes.get(&class_id).cloned().unwrap_or_default()
    }
}

impl Enrolled {
    /// The class and year group on a day; `None` when the pupil is not on roll, or placed in none.
    pub fn placement(&self, date: NaiveDate) -> Option<&PlacementRow> {
        let EnrolmentRow { first_day, last_day, .. } = self.enrolment;
        if date < first_day || last_day.is_some_and(|last| last < date) {
            return None;
        }
        self.placements.iter().rfind(|placement| placement.from_day <= date)
    }

    /// The mark at a half day.
    pub fn mark(&self, at: HalfDay) -> u8 {
        let mark = self.marks.as_ref().and_then(|marks| marks.get(at.position()).copied());
        mark.unwrap_or(NO_MARK)
    }
}
