//! The roll and the calendars, read once for a whole file of marks.

use domain::Calendar;
use files::MarksFile;

use base::prelude::*;
use roll::pupils::{self, EnrolmentRow, PlacementRow};
use school::calendars;

/// The roll and the calendars that marks are checked against.
pub(super) struct Roll {
    pub pupils: BTreeMap<String, PupilId>,
    pub enrolments: BTreeMap<(SchoolId, PupilId), Vec<EnrolmentRow>>,
    pub classes: Classes,
    pub calendars: BTreeMap<(SchoolId, i16), Calendar>,
    pub today: NaiveDate,
}

impl Roll {
    pub fn read(
        tx: &mut Tx,
        file: &MarksFile,
        schools: &[SchoolId],
        years: &BTreeSet<AcademicYear>,
    ) -> Result<Self> {
        let upns: BTreeSet<String> =
            file.pupil_years().map(|py| py.upn().as_str().to_owned()).collect();
        let known = pupils::pupils_by_upn(tx, &upns.into_iter().collect::<Vec<_>>())?;
        let mut enrolments: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for row in pupils::enrolments_of(tx, schools, None)? {
            enrolments.entry((row.school_id, row.pupil_id)).or_default().push(row);
        }
        let mut calendars = BTreeMap::new();
        for year in years {
            let found = calendars::of_schools(tx, schools, *year, None)?;
            calendars.extend(
                found.into_iter().map(|(school, calendar)| ((school, year.number()), calendar)),
            );
        }
        Ok(Self {
            pupils: known.into_iter().map(|(upn, row)| (upn, row.pupil_id)).collect(),
            enrolments,
            classes: Classes::read(tx, schools)?,
            calendars,
            today: tx.clock().today(),
        })
    }

    /// The pupil's stays on the roll of a school.
    pub fn stays(&self, school_id: SchoolId, pupil_id: PupilId) -> &[EnrolmentRow] {
        self.enrolments.get(&(school_id, pupil_id)).map_or(&[], Vec::as_slice)
    }
}

/// Who is in which class when.
pub(super) struct Classes {
    placements: BTreeMap<EnrolmentId, Vec<PlacementRow>>,
}

impl Classes {
    pub fn read(tx: &mut Tx, schools: &[SchoolId]) -> Result<Self> {
        let mut placements: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for row in pupils::placements_of(tx, schools)? {
            placements.entry(row.enrolment_id).or_default().push(row);
        }
        Ok(Self { placements })
    }

    /// The class that an enrolment is in on a day.
    pub fn on(&self, enrolment_id: EnrolmentId, date: NaiveDate) -> Option<ClassId> {
        self.held(enrolment_id, date).0
    }

    /// The class that an enrolment is in on a day, and the day on which the next begins if there is one.
    pub fn held(
        &self,
        enrolment_id: EnrolmentId,
        date: NaiveDate,
    ) -> (Option<ClassId>, Option<NaiveDate>) {
        let theirs = self.placements.get(&enrolment_id).map_or(&[][..], Vec::as_slice);
        let next = theirs.partition_point(|placement| placement.from_day <= date);
        let held = next.checked_sub(1).and_then(|held| theirs.get(held));
        let until = theirs.get(next).map(|placement| placement.from_day);
        (held.map(|placement| placement.class_id), until)
    }

    /// The year group of an enrolment on a day.
    pub fn year_group(&self, enrolment_id: EnrolmentId, date: NaiveDate) -> Option<i8> {
        let theirs = self.placements.get(&enrolment_id)?;
        let placement = theirs.iter().rfind(|placement| placement.from_day <= date)?;
        i8::try_from(placement.year_group).ok()
    }
}
