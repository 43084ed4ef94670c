//! Blocks of counts: built from the database when a school's year has moved, kept while it has not.
//!
//! Versions and rows are read in one snapshot, so a block is exactly what its version says. A block is replaced, never
//! patched under a reader.

use std::collections::BTreeMap;
use std::sync::Arc;

use analytics::{Block, EnrolmentYear, Placement, SchoolYear};
use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use domain::{AcademicYear, Calendar, CodeTable, HALF_DAYS, HalfDay, NO_MARK};
use moka::sync::Cache;

use crate::db::Tx;
use crate::http::problem::Problem;
use crate::pupils::{self, EnrolmentRow};
use crate::register;
use crate::schema::pupil;
use crate::tenants::{self, Phase, SchoolRow, Version};

/// Bytes of blocks kept in this process.
const CAPACITY: u64 = 2 * 1024 * 1024 * 1024;

/// Bytes that an enrolment takes in a block: 744 codes, and 7 counts for each of some 50 weeks.
const ENROLMENT: usize = 1_200;

/// A school's year: trust, school, academic year.
type Key = (i32, i32, i16);

#[derive(Clone)]
struct Kept {
    version: i64,
    today: NaiveDate,
    block: Arc<Block>,
}

/// The blocks of this process.
pub struct Blocks {
    codes: Arc<CodeTable>,
    kept: Cache<Key, Kept>,
}

/// What a question is answered from, read in one snapshot.
pub struct Standing {
    /// The schools that the question is about, by id.
    pub schools: BTreeMap<i32, SchoolRow>,
    /// The version of each school's year, for those that have one.
    pub versions: BTreeMap<i32, Version>,
    /// The year.
    pub year: AcademicYear,
    /// The day up to which registers are expected.
    pub today: NaiveDate,
    /// The instant at which it was read.
    pub at: DateTime<Utc>,
    /// Schools without a calendar for the year: they have no figures.
    pub without_calendar: Vec<i32>,
    ready: BTreeMap<i32, Arc<Block>>,
    raw: Vec<(i64, SchoolYear)>,
}

impl Blocks {
    /// No blocks yet.
    #[must_use]
    pub fn new(codes: Arc<CodeTable>) -> Self {
        let weigh = |_: &Key, kept: &Kept| {
            u32::try_from(kept.block.enrolments() * ENROLMENT).unwrap_or(u32::MAX)
        };
        Self { codes, kept: Cache::builder().max_capacity(CAPACITY).weigher(weigh).build() }
    }

    /// Reads what a question about these schools' year is answered from; rows only of what has moved.
    ///
    /// # Errors
    /// The database's.
    pub fn read(
        &self,
        tx: &mut Tx<'_>,
        schools: Vec<SchoolRow>,
        year: AcademicYear,
    ) -> Result<Standing, Problem> {
        let ids: Vec<i32> = schools.iter().map(|school| school.school_id).collect();
        let versions = tenants::current(tx, &ids, year.number())?;
        let (trust, today) = (tx.trust(), tx.clock().today());
        let mut ready = BTreeMap::new();
        let mut moved = Vec::new();
        for school in ids {
            let Some(version) = versions.get(&school) else { continue };
            match self.kept.get(&(trust, school, year.number())) {
                Some(kept) if kept.version == version.number && kept.today == today => {
                    ready.insert(school, kept.block);
                }
                _ => moved.push(school),
            }
        }
        let schools: BTreeMap<i32, SchoolRow> =
            schools.into_iter().map(|school| (school.school_id, school)).collect();
        let raw =
            if moved.is_empty() { Vec::new() } else { raw(tx, &moved, &schools, year, today)? };
        let raw: Vec<(i64, SchoolYear)> = raw
            .into_iter()
            .map(|source| {
                (versions.get(&source.school).map_or(0, |version| version.number), source)
            })
            .collect();
        let built = |school: &i32| {
            ready.contains_key(school) || raw.iter().any(|(_, source)| source.school == *school)
        };
        let without_calendar = schools.keys().filter(|school| !built(school)).copied().collect();
        Ok(Standing { versions, year, today, at: tx.now(), without_calendar, ready, raw, schools })
    }

    /// The blocks of a question, in the order of their schools: what has moved is built now. Off the request threads.
    ///
    /// # Errors
    /// A panic while building is an error of this request.
    pub fn build(
        &self,
        trust: i32,
        pool: &analytics::Pool,
        standing: Standing,
    ) -> Result<Built, Problem> {
        let Standing { schools, versions, year, today, at, without_calendar, mut ready, raw } =
            standing;
        let sources: Vec<(i64, std::sync::Mutex<Option<SchoolYear>>)> = raw
            .into_iter()
            .map(|(version, source)| (version, std::sync::Mutex::new(Some(source))))
            .collect();
        let built = pool
            .map(&sources, |(version, source)| {
                let source = source.lock().ok().and_then(|mut source| source.take())?;
                Some((*version, Arc::new(Block::build(&self.codes, source))))
            })
            .map_err(Problem::internal)?;
        for (version, block) in built.into_iter().flatten() {
            let key = (trust, block.school(), year.number());
            self.kept.insert(key, Kept { version, today, block: block.clone() });
            ready.insert(block.school(), block);
        }
        Ok(Built {
            schools,
            versions,
            year,
            at,
            without_calendar,
            blocks: ready.into_values().collect(),
        })
    }
}

/// What a question is answered from, ready to be counted.
pub struct Built {
    /// The schools, by id.
    pub schools: BTreeMap<i32, SchoolRow>,
    /// The version of each school's year.
    pub versions: BTreeMap<i32, Version>,
    /// The year.
    pub year: AcademicYear,
    /// The instant at which the versions were read.
    pub at: DateTime<Utc>,
    /// Schools without a calendar for the year.
    pub without_calendar: Vec<i32>,
    /// A block a school.
    pub blocks: Vec<Arc<Block>>,
}

/// The rows of these schools' year, for those that have a calendar.
fn raw(
    tx: &mut Tx<'_>,
    moved: &[i32],
    schools: &BTreeMap<i32, SchoolRow>,
    year: AcademicYear,
    today: NaiveDate,
) -> Result<Vec<SchoolYear>, Problem> {
    let calendars = tenants::calendars(tx, moved, year)?;
    let cuts = cuts(tx, moved, year)?;
    let mut enrolments = enrolments(tx, moved, year)?;
    Ok(calendars
        .into_iter()
        .map(|(school, calendar): (i32, Calendar)| SchoolYear {
            school,
            phase: schools
                .get(&school)
                .and_then(|row| Phase::parse(&row.phase))
                .map_or(0, Phase::number),
            calendar,
            cut: cuts.get(&school).copied(),
            today,
            enrolments: enrolments.remove(&school).unwrap_or_default(),
        })
        .collect())
}

/// The last half day of each school on which any class's register was taken.
fn cuts(
    tx: &mut Tx<'_>,
    schools: &[i32],
    year: AcademicYear,
) -> Result<BTreeMap<i32, HalfDay>, Problem> {
    let mut cuts: BTreeMap<i32, HalfDay> = BTreeMap::new();
    for (school, taken) in register::taken_of_schools(tx, schools, year.number())? {
        let last = taken
            .iter()
            .rposition(|byte| *byte != 0)
            .and_then(|at| u16::try_from(at).ok())
            .and_then(HalfDay::at);
        if let Some(last) = last {
            cuts.entry(school).and_modify(|cut| *cut = (*cut).max(last)).or_insert(last);
        }
    }
    Ok(cuts)
}

fn enrolments(
    tx: &mut Tx<'_>,
    schools: &[i32],
    year: AcademicYear,
) -> Result<BTreeMap<i32, Vec<EnrolmentYear>>, Problem> {
    let rows = pupils::enrolments_of(tx, schools, Some(year))?;
    let mut placements: BTreeMap<i32, Vec<Placement>> = BTreeMap::new();
    for row in pupils::placements_of(tx, schools)? {
        let year_group = i8::try_from(row.year_group).unwrap_or(0);
        let placement = Placement { from: row.from_day, class: row.class_id, year_group };
        placements.entry(row.enrolment_id).or_default().push(placement);
    }
    let births = births(tx, &rows)?;
    let mut marks = register::marks_of_schools(tx, schools, year.number())?;
    let mut by_school: BTreeMap<i32, Vec<EnrolmentYear>> = BTreeMap::new();
    for row in rows {
        let Some(birth_date) = births.get(&row.pupil_id).copied() else { continue };
        by_school.entry(row.school_id).or_default().push(EnrolmentYear {
            enrolment: row.enrolment_id,
            pupil: row.pupil_id,
            birth_date,
            first_day: row.first_day,
            last_day: row.last_day,
            placements: placements.remove(&row.enrolment_id).unwrap_or_default(),
            marks: marks
                .remove(&row.enrolment_id)
                .unwrap_or_else(|| vec![NO_MARK; HALF_DAYS])
                .into_boxed_slice(),
        });
    }
    Ok(by_school)
}

fn births(tx: &mut Tx<'_>, rows: &[EnrolmentRow]) -> Result<BTreeMap<i32, NaiveDate>, Problem> {
    let trust = tx.trust();
    let pupils: Vec<i32> = rows.iter().map(|row| row.pupil_id).collect();
    let mut births = BTreeMap::new();
    for some in pupils.chunks(20_000) {
        let rows: Vec<(i32, NaiveDate)> = pupil::table
            .filter(pupil::trust_id.eq(trust).and(pupil::pupil_id.eq_any(some)))
            .select((pupil::pupil_id, pupil::birth_date))
            .load(tx.conn)?;
        births.extend(rows);
    }
    Ok(births)
}
