//! One school's blocks over its years, and one pupil's, for those who look at single pupils: reviews and lists.

use ::analytics::Block;
use domain::CodeTable;

use super::blocks::{Built, YearRead};
use super::facts::{Facts, SchoolDay};
use super::{Counting, known};
use base::db::block;
use base::jobs::Job;
use base::prelude::*;
use school::tenants::{self, SchoolRow};

/// A school's blocks, a year each, without the years that have no calendar.
pub struct SchoolBlocks {
    /// The school.
    pub school: SchoolRow,
    /// In the order of the years.
    pub blocks: Vec<Arc<Block>>,
    /// The instant as of which they are known.
    pub known_at: DateTime<Utc>,
}

/// One year of every school that a scope covers.
pub struct TrustBlocks {
    /// The schools, by id.
    pub schools: BTreeMap<SchoolId, SchoolRow>,
    /// Of those that have a calendar.
    pub blocks: Vec<Arc<Block>>,
    /// The version of each school's year that was counted.
    pub versions: BTreeMap<SchoolId, i64>,
    /// The instant as of which everything is known.
    pub known_at: DateTime<Utc>,
}

impl TrustBlocks {
    fn of(built: Built) -> Self {
        let Built { schools, versions, at, blocks, .. } = built;
        let versions = versions.into_iter().map(|(school, version)| (school, version.number));
        Self { schools, blocks, versions: versions.collect(), known_at: at }
    }

    /// A school's block; `None` when it has no calendar for the year.
    pub fn block(&self, school_id: SchoolId) -> Option<&Arc<Block>> {
        self.blocks.iter().find(|block| block.school() == school_id.number())
    }
}

impl Counting {
    /// Builds what has moved of a school's years, all read in one snapshot. Errors: 404 for a school that the scope
    /// does not cover; 503 when too much is counted at once.
    pub async fn school_blocks(
        &self,
        scope: &Scope,
        school_id: SchoolId,
        years: Vec<AcademicYear>,
    ) -> Result<SchoolBlocks> {
        let (blocks, ()) =
            self.school_blocks_of(scope, move |_| Ok((school_id, years, ()))).await?;
        Ok(blocks)
    }

    /// As [`Counting::school_blocks`], with whatever else is told about the school: `read` says which school and years
    /// in the snapshot that the counts are read in. Errors: what `read` refuses; as [`Counting::school_blocks`].
    pub async fn school_blocks_of<T: Send + 'static>(
        &self,
        scope: &Scope,
        read: impl FnOnce(&mut Tx) -> Result<(SchoolId, Vec<AcademicYear>, T)> + Send + 'static,
    ) -> Result<(SchoolBlocks, T)> {
        let reading = self.clone();
        let snapshot = self.db.snapshot(scope, move |tx| {
            let (school_id, years, beside) = read(tx)?;
            Ok((reading.read_school(tx, school_id, years)?, beside))
        });
        let (read, beside) = snapshot.await?;
        let turn = self.turn().await?;
        let counting = self.clone();
        let built = block(move || {
            let _turn = turn;
            counting.build_school(read)
        });
        Ok((built.await?, beside))
    }

    /// As [`Counting::school_blocks`] for a job, on the calling thread: it waits for no turn. Errors: as
    /// [`Counting::school_blocks`].
    pub fn school_blocks_of_job(
        &self,
        job: &Job<'_>,
        school_id: SchoolId,
        years: Vec<AcademicYear>,
    ) -> Result<SchoolBlocks> {
        self.build_school(job.snapshot(|tx| self.read_school(tx, school_id, years))?)
    }

    /// Builds what has moved of one year of every school that the scope covers: a pupil may have come from another. `read`
    /// says which year in the snapshot that the counts are read in. Errors: what `read` refuses; 503 when too much is
    /// counted at once.
    pub async fn trust_blocks_of<T: Send + 'static>(
        &self,
        scope: &Scope,
        read: impl FnOnce(&mut Tx) -> Result<(AcademicYear, Option<DateTime<Utc>>, T)> + Send + 'static,
    ) -> Result<(TrustBlocks, T)> {
        let reading = self.clone();
        let snapshot = self.db.snapshot(scope, move |tx| {
            let (year, known, beside) = read(tx)?;
            let schools = tenants::schools(tx)?;
            Ok((tx.trust(), reading.blocks.read(tx, schools, year, known)?, beside))
        });
        let (trust, standing, beside) = snapshot.await?;
        let turn = self.turn().await?;
        let counting = self.clone();
        let built = block(move || {
            let _turn = turn;
            counting.blocks.build(trust, &counting.pool, standing)
        });
        Ok((TrustBlocks::of(built.await?), beside))
    }

    /// As [`Counting::trust_blocks_of`] for a job, on the calling thread: it waits for no turn.
    pub fn trust_blocks_of_job(&self, job: &Job<'_>, year: AcademicYear) -> Result<TrustBlocks> {
        let (trust, standing) = job.snapshot(|tx| {
            let schools = tenants::schools(tx)?;
            Ok((tx.trust(), self.blocks.read(tx, schools, year, None)?))
        })?;
        Ok(TrustBlocks::of(self.blocks.build(trust, &self.pool, standing)?))
    }

    fn read_school(
        &self,
        tx: &mut Tx,
        school_id: SchoolId,
        years: Vec<AcademicYear>,
    ) -> Result<Read> {
        let school = tenants::school(tx, school_id)?;
        let mut read = |year: AcademicYear| self.blocks.read(tx, vec![school.clone()], year, None);
        let standing = years.into_iter().map(&mut read).collect::<Result<Vec<YearRead>, _>>()?;
        Ok((tx.trust(), school, standing, tx.now()))
    }

    fn build_school(&self, (trust, school, standing, known_at): Read) -> Result<SchoolBlocks> {
        let mut blocks = Vec::new();
        for year in standing {
            blocks.extend(self.blocks.build(trust, &self.pool, year)?.blocks);
        }
        Ok(SchoolBlocks { school, blocks, known_at })
    }
}

/// What stands of a school's years, read in one snapshot: the trust, the school, the years, the instant.
type Read = (TrustId, SchoolRow, Vec<YearRead>, DateTime<Utc>);

/// One pupil's blocks at a school, read inside a transaction, so that what it has written itself is counted. Errors:
/// 404 for a school that the caller may not see.
pub fn pupil_blocks(
    tx: &mut Tx,
    codes: &CodeTable,
    (school_id, pupil_id): (SchoolId, PupilId),
    years: &[AcademicYear],
) -> Result<Vec<Arc<Block>>> {
    let school = tenants::school(tx, school_id)?;
    let days = SchoolDay::of_schools(tx, std::iter::once(&school), tx.now(), None)?;
    let schools = BTreeMap::from([(school_id, school)]);
    let mut blocks = Vec::new();
    for year in years {
        let facts = Facts::of_pupil(tx, (school_id, pupil_id), *year)?;
        let sources = facts.into_years(&schools, &days)?.into_iter();
        blocks.extend(sources.map(|source| Arc::new(Block::build(codes, source))));
    }
    Ok(blocks)
}

/// A school's years as they were known at an instant, to count single pupils from.
pub struct AsKnown {
    /// The instant.
    pub at: DateTime<Utc>,
    school: SchoolRow,
    days: BTreeMap<SchoolId, SchoolDay>,
    years: Vec<Facts>,
}

impl AsKnown {
    /// Reads what was known then. Errors: 404 for a school that the caller may not see.
    pub fn read(
        tx: &mut Tx,
        school_id: SchoolId,
        years: &[AcademicYear],
        at: DateTime<Utc>,
    ) -> Result<Self> {
        let school = tenants::school(tx, school_id)?;
        let days = SchoolDay::of_schools(tx, std::iter::once(&school), tx.now(), None)?;
        let mut facts = Vec::with_capacity(years.len());
        for year in years {
            facts.push(known::facts(tx, &[school_id], *year, at)?);
        }
        Ok(Self { at, school, days, years: facts })
    }

    /// One pupil's blocks. Errors: a pupil whom the caller may not see.
    pub fn pupil_blocks(&self, codes: &CodeTable, pupil_id: PupilId) -> Result<Vec<Arc<Block>>> {
        let id = self.school.school_id;
        let schools = BTreeMap::from([(id, self.school.clone())]);
        let mut blocks = Vec::new();
        for facts in &self.years {
            let sources = facts.only(pupil_id).into_years(&schools, &self.days)?.into_iter();
            blocks.extend(sources.map(|source| Arc::new(Block::build(codes, source))));
        }
        Ok(blocks)
    }
}

/// The academic years that the figures of a day's review are counted from: the day's and the one before it. Errors: 404
/// for a day of no academic year.
pub fn years_behind(day: NaiveDate) -> Result<Vec<AcademicYear>> {
    let year = AcademicYear::of(day).ok_or_else(Problem::not_found)?;
    Ok([AcademicYear::new(year.number() - 1), Some(year)].into_iter().flatten().collect())
}
