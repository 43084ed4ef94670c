//! Blocks of counts: built from the database when a school's year has moved, kept while it has not.
//!
//! Versions and rows are read in one snapshot, so a block is exactly what its version says. A block is replaced, never
//! patched under a reader.

use analytics::{Block, SchoolYear};
use domain::CodeTable;
use moka::sync::Cache;

use super::facts::{Facts, SchoolDay};
use super::known;
use base::prelude::*;
use school::tenants::{self, SchoolRow, Version};

/// Bytes of blocks kept in this process.
const CAPACITY: u64 = 2 * 1024 * 1024 * 1024;

/// Bytes that an enrolment takes in a block: 744 codes, and 7 counts for each of some 50 weeks.
const ENROLMENT: usize = 1_200;

/// A school's year: trust, school, academic year, and the earlier instant as known on which it is counted, if any.
type Key = (TrustId, SchoolId, i16, Option<DateTime<Utc>>);

#[derive(Clone)]
struct Kept {
    version: i64,
    block: Arc<Block>,
}

/// The blocks of this process.
pub struct Blocks {
    codes: Arc<CodeTable>,
    kept: Cache<Key, Kept>,
}

/// What a question is answered from, read in one snapshot.
pub struct YearRead {
    /// The schools that the question is about, by id.
    pub schools: BTreeMap<SchoolId, SchoolRow>,
    /// The version of each school's year, for those that have one.
    pub versions: BTreeMap<SchoolId, Version>,
    /// The year.
    pub year: AcademicYear,
    /// By school: today in its time zone, and whether its day is over.
    pub days: BTreeMap<SchoolId, SchoolDay>,
    /// The instant as of which everything is known: when it was read, or the earlier one that was asked for.
    pub at: DateTime<Utc>,
    /// Schools without a calendar for the year: they have no figures.
    pub without_calendar: Vec<SchoolId>,
    known: Option<DateTime<Utc>>,
    ready: BTreeMap<SchoolId, Arc<Block>>,
    raw: Vec<(i64, SchoolYear)>,
}

impl YearRead {
    /// Everything of it that decides an answer. What schools are called does not move versions, so it is part of it.
    pub fn key(&self) -> String {
        let Self { year, days, known, .. } = self;
        let versions: Vec<(SchoolId, i64)> =
            self.versions.iter().map(|(school, version)| (*school, version.number)).collect();
        let schools = self.schools.values();
        let schools: Vec<_> =
            schools.map(|school| (school.school_id, &school.name, &school.phase)).collect();
        format!("{year} {days:?} {known:?} {versions:?} {schools:?}")
    }
}

impl Blocks {
    /// No blocks yet.
    pub fn new(codes: Arc<CodeTable>) -> Self {
        let weigh = |_: &Key, kept: &Kept| {
            u32::try_from(kept.block.enrolments() * ENROLMENT).unwrap_or(u32::MAX)
        };
        Self { codes, kept: Cache::builder().max_capacity(CAPACITY).weigher(weigh).build() }
    }

    /// Reads what a question about these schools' year is answered from, as known on an instant (`None`: now); rows
    /// only of what has moved.
    pub fn read(
        &self,
        tx: &mut Tx,
        schools: Vec<SchoolRow>,
        year: AcademicYear,
        known: Option<DateTime<Utc>>,
    ) -> Result<YearRead> {
        let ids: Vec<SchoolId> = schools.iter().map(|school| school.school_id).collect();
        let versions = tenants::current(tx, &ids, year.number())?;
        let at = known.unwrap_or(tx.now());
        let days = SchoolDay::of_schools(tx, schools.iter(), at, known)?;
        let mut ready = BTreeMap::new();
        let mut moved = Vec::new();
        for (school, version) in &versions {
            let kept = self.kept.get(&(tx.trust(), *school, year.number(), known));
            let day_of =
                |block: &Block| SchoolDay { today: block.today(), is_over: block.day_is_over() };
            let same_day = |kept: &Kept| days.get(school) == Some(&day_of(&kept.block));
            match kept.filter(|kept| kept.version == version.number && same_day(kept)) {
                Some(kept) => {
                    ready.insert(*school, kept.block);
                }
                None => moved.push(*school),
            }
        }
        let schools: BTreeMap<SchoolId, SchoolRow> =
            schools.into_iter().map(|school| (school.school_id, school)).collect();
        let facts = match known {
            _ if moved.is_empty() => None,
            None => Some(Facts::now(tx, &moved, year)?),
            Some(at) => Some(known::facts(tx, &moved, year, at)?),
        };
        let raw = facts.map(|facts| facts.into_years(&schools, &days)).transpose()?;
        let raw = raw.unwrap_or_default();
        let raw: Vec<(i64, SchoolYear)> = raw
            .into_iter()
            .map(|source| {
                let school = SchoolId::new(source.school);
                (versions.get(&school).map_or(0, |version| version.number), source)
            })
            .collect();
        let built = |school: &SchoolId| {
            ready.contains_key(school)
                || raw.iter().any(|(_, source)| source.school == school.number())
        };
        let without_calendar = schools.keys().filter(|school| !built(school)).copied().collect();
        Ok(YearRead { versions, year, days, at, without_calendar, known, ready, raw, schools })
    }

    /// The blocks of a question, in the order of their schools: what has moved is built now. Off the request threads.
    /// Errors: a panic while building is an error of this request.
    pub fn build(
        &self,
        trust: TrustId,
        pool: &analytics::Pool,
        standing: YearRead,
    ) -> Result<Built> {
        let YearRead { schools, versions, year, at, without_calendar, .. } = standing;
        let (known, mut ready, raw) = (standing.known, standing.ready, standing.raw);
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
            let school = SchoolId::new(block.school());
            let key = (trust, school, year.number(), known);
            self.kept.insert(key, Kept { version, block: block.clone() });
            ready.insert(school, block);
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
    pub schools: BTreeMap<SchoolId, SchoolRow>,
    /// The version of each school's year.
    pub versions: BTreeMap<SchoolId, Version>,
    /// The year.
    pub year: AcademicYear,
    /// The instant as of which everything is known.
    pub at: DateTime<Utc>,
    /// Schools without a calendar for the year.
    pub without_calendar: Vec<SchoolId>,
    /// A block a school.
    pub blocks: Vec<Arc<Block>>,
}
