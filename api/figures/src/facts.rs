//! What schools' years are counted from: the rows as they stand now, and how they are put together.

use ::analytics::{EnrolmentYear, Fact, Placement, SchoolYear, Sex};
use chrono::NaiveDateTime;
use diesel::prelude::*;
use domain::{Calendar, Characteristic, HALF_DAYS, HalfDaySet, NO_MARK, Phase, Word};

use base::prelude::*;
use roll::pupils::{self, CharacteristicRow, EnrolmentRow, PlacementRow};
use schema::pupil_known;
use school::calendars;
use school::tenants::SchoolRow;

/// The rows of some schools' year, as known at one instant.
pub struct Facts {
    /// By school, for those that have one.
    pub calendars: BTreeMap<SchoolId, Calendar>,
    /// School, class, and the half days whose registers were taken.
    pub taken: Vec<(SchoolId, ClassId, Vec<u8>)>,
    /// Of the schools, those that touch the year.
    pub enrolments: Vec<EnrolmentRow>,
    /// In the order of enrolment and day.
    pub placements: Vec<PlacementRow>,
    /// In the order of enrolment, kind and day.
    pub characteristics: Vec<CharacteristicRow>,
    /// By pupil.
    pub pupils: BTreeMap<PupilId, PupilFacts>,
    /// By enrolment.
    pub marks: BTreeMap<EnrolmentId, Vec<u8>>,
}

/// Today at a school.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SchoolDay {
    /// The date in the school's time zone.
    pub today: NaiveDate,
    /// Whether the afternoon has ended: from then on today's registers are due.
    pub is_over: bool,
}

impl SchoolDay {
    /// Of some schools, at an instant, by the hours that were known then (`None`: now).
    pub fn of_schools<'a>(
        tx: &mut Tx,
        schools: impl Iterator<Item = &'a SchoolRow>,
        at: DateTime<Utc>,
        known: Option<DateTime<Utc>>,
    ) -> Result<BTreeMap<SchoolId, Self>> {
        let walls = schools.map(|school| Ok((school.school_id, school.wall(at)?)));
        let walls = walls.collect::<Result<BTreeMap<SchoolId, NaiveDateTime>>>()?;
        let days = walls.iter().map(|(school_id, wall)| (*school_id, wall.date())).collect();
        let closes = calendars::closing_times(tx, &days, known)?;
        let day = |(school_id, wall): (SchoolId, NaiveDateTime)| {
            let is_over = closes.get(&school_id).is_some_and(|closes| *closes <= wall.time());
            (school_id, Self { today: wall.date(), is_over })
        };
        Ok(walls.into_iter().map(day).collect())
    }
}

/// What of a pupil's own fields is counted by.
#[derive(Clone)]
pub struct PupilFacts {
    /// Date of birth.
    pub birth_date: NaiveDate,
    /// As recorded.
    pub sex: Option<words::Sex>,
}

impl Facts {
    /// The rows as they stand now.
    pub fn now(tx: &mut Tx, schools: &[SchoolId], year: AcademicYear) -> Result<Self> {
        let enrolments = pupils::enrolments_of(tx, schools, Some(year))?;
        Ok(Self {
            calendars: calendars::of_schools(tx, schools, year, None)?,
            taken: marks::taken_of_schools(tx, schools, year.number())?,
            placements: pupils::placements_of(tx, schools)?,
            characteristics: pupils::characteristics_of(tx, schools, None)?,
            pupils: pupil_facts(tx, &enrolments)?,
            marks: marks::marks_of_schools(tx, schools, year.number())?,
            enrolments,
        })
    }

    /// The rows of one pupil at one school, with those of the school itself.
    pub fn of_pupil(
        tx: &mut Tx,
        (school_id, pupil_id): (SchoolId, PupilId),
        year: AcademicYear,
    ) -> Result<Self> {
        let schools = [school_id];
        let enrolments = pupils::enrolments_of_pupil(tx, (school_id, pupil_id), year)?;
        let ids: Vec<EnrolmentId> = enrolments.iter().map(|row| row.enrolment_id).collect();
        let mut characteristics = Vec::new();
        for enrolment_id in &ids {
            let theirs = pupils::characteristics_of_enrolment(tx, school_id, *enrolment_id, None)?;
            characteristics.extend(theirs);
        }
        Ok(Self {
            calendars: calendars::of_schools(tx, &schools, year, None)?,
            taken: marks::taken_of_schools(tx, &schools, year.number())?,
            placements: pupils::placements_of_enrolments(tx, school_id, &ids)?,
            characteristics,
            pupils: pupil_facts(tx, &enrolments)?,
            marks: marks::marks_of(tx, school_id, year.number(), &ids)?,
            enrolments,
        })
    }

    /// Only what is about one pupil, and about the schools themselves.
    pub fn only(&self, pupil_id: PupilId) -> Self {
        let theirs = self.enrolments.iter().filter(|row| row.pupil_id == pupil_id);
        let enrolments: Vec<EnrolmentRow> = theirs.cloned().collect();
        let own = |id: EnrolmentId| enrolments.iter().any(|row| row.enrolment_id == id);
        let placements = self.placements.iter().filter(|row| own(row.enrolment_id));
        let characteristics = self.characteristics.iter().filter(|row| own(row.enrolment_id));
        let pupil = self.pupils.get_key_value(&pupil_id);
        let marks = enrolments.iter().filter_map(|row| self.marks.get_key_value(&row.enrolment_id));
        Self {
            calendars: self.calendars.clone(),
            taken: self.taken.clone(),
            placements: placements.cloned().collect(),
            characteristics: characteristics.cloned().collect(),
            pupils: pupil.map(|(id, facts)| (*id, facts.clone())).into_iter().collect(),
            marks: marks.map(|(id, marks)| (*id, marks.clone())).collect(),
            enrolments,
        }
    }

    /// The years of the schools that have a calendar. Errors: a pupil on roll whom this caller may not see: a block
    /// without the pupil would be kept for others, who may.
    pub fn into_years(
        mut self,
        schools: &BTreeMap<SchoolId, SchoolRow>,
        days: &BTreeMap<SchoolId, SchoolDay>,
    ) -> Result<Vec<SchoolYear>> {
        let mut registers: BTreeMap<SchoolId, BTreeMap<i32, HalfDaySet>> = BTreeMap::new();
        for (school, class, taken) in &self.taken {
            registers.entry(*school).or_default().insert(class.number(), half_days(taken));
        }
        let calendars = std::mem::take(&mut self.calendars);
        let mut enrolments = self.into_enrolments()?;
        let year = |(school, calendar): (SchoolId, Calendar)| {
            let registers = registers.remove(&school).unwrap_or_default();
            let phase = schools.get(&school).map(|row| *row.phase);
            let SchoolDay { today, is_over } = *days.get(&school)?;
            Some(SchoolYear {
                school: school.number(),
                phase: phase.map_or(0, Phase::number),
                calendar,
                cut: registers.values().filter_map(|taken| taken.iter().last()).max(),
                registers,
                today,
                day_is_over: is_over,
                enrolments: enrolments.remove(&school).unwrap_or_default(),
            })
        };
        Ok(calendars.into_iter().filter_map(year).collect())
    }

    fn into_enrolments(mut self) -> Result<BTreeMap<SchoolId, Vec<EnrolmentYear>>> {
        let mut placements: BTreeMap<EnrolmentId, Vec<Placement>> = BTreeMap::new();
        for row in self.placements {
            let year_group = i8::try_from(row.year_group).unwrap_or(0);
            let placement =
                Placement { from: row.from_day, class: row.class_id.number(), year_group };
            placements.entry(row.enrolment_id).or_default().push(placement);
        }
        let mut facts: BTreeMap<EnrolmentId, Vec<Fact>> = BTreeMap::new();
        for row in self.characteristics {
            facts.entry(row.enrolment_id).or_default().extend(fact(&row));
        }
        let mut by_school: BTreeMap<SchoolId, Vec<EnrolmentYear>> = BTreeMap::new();
        for row in self.enrolments {
            let unseen = || {
                format!("enrolment {} is of a pupil whom its school may not see", row.enrolment_id)
            };
            let pupil =
                self.pupils.get(&row.pupil_id).ok_or_else(|| Problem::internal(unseen()))?;
            let marks = self.marks.remove(&row.enrolment_id);
            by_school.entry(row.school_id).or_default().push(EnrolmentYear {
                enrolment: row.enrolment_id.number(),
                pupil: row.pupil_id.number(),
                birth_date: pupil.birth_date,
                sex: sex(pupil.sex),
                first_day: row.first_day,
                last_day: row.last_day,
                placements: placements.remove(&row.enrolment_id).unwrap_or_default(),
                facts: facts.remove(&row.enrolment_id).unwrap_or_default(),
                marks: marks.unwrap_or_else(|| vec![NO_MARK; HALF_DAYS]).into_boxed_slice(),
            });
        }
        Ok(by_school)
    }
}

/// The half days of a year's bytes that are not zero.
fn half_days(taken: &[u8]) -> HalfDaySet {
    let mut set = HalfDaySet::new();
    for half_day in HalfDay::all() {
        if taken.get(half_day.position()).is_some_and(|byte| *byte != 0) {
            set.insert(half_day);
        }
    }
    set
}

/// `None` for a kind or value that this program does not know: a newer one may have recorded it.
fn fact(row: &CharacteristicRow) -> Option<Fact> {
    let kind = Characteristic::read(&row.kind)?;
    Some(Fact { kind, from: row.from_day, value: kind.number(&row.value)? })
}

fn sex(known: Option<words::Sex>) -> Sex {
    match known.map(|sex| *sex) {
        Some(domain::Sex::Female) => Sex::Female,
        Some(domain::Sex::Male) => Sex::Male,
        None => Sex::Unrecorded,
    }
}

/// The pupils of these enrolments, as they are now.
pub fn pupil_facts(tx: &mut Tx, rows: &[EnrolmentRow]) -> Result<BTreeMap<PupilId, PupilFacts>> {
    let pupils: Vec<PupilId> = rows.iter().map(|row| row.pupil_id).collect();
    let mut facts = BTreeMap::new();
    for some in pupils.chunks(20_000) {
        let rows: Vec<(PupilId, NaiveDate, Option<words::Sex>)> = pupil_known::table
            .filter(pupil_known::trust_id.eq(tx.trust()).and(pupil_known::pupil_id.eq_any(some)))
            .select((pupil_known::pupil_id, pupil_known::birth_date, pupil_known::sex))
            .load(tx.conn)?;
        let rows = rows.into_iter();
        facts.extend(rows.map(|(pupil, birth_date, sex)| (pupil, PupilFacts { birth_date, sex })));
    }
    Ok(facts)
}
