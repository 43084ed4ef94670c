//! How are we doing? Questions about figures, answered from blocks of counts that are always as new as the registers.

mod answer;
mod basis;
mod blocks;
mod class_figures;
mod compare;
mod completeness;
mod dimension;
mod elsewhere;
mod enrolled;
mod evidence;
mod explain;
mod facts;
mod finished;
mod known;
mod pupils;
mod read_earlier;
mod school_blocks;
mod trend;

use std::num::NonZeroUsize;
use std::time::Duration;

use ::analytics::{Filter, Level, Pool, Value};
use domain::CodeTable;
use tokio::sync::Semaphore;

pub use elsewhere::{Elsewhere, elsewhere};
pub use evidence::{Check, Light, attempts_since, light, register_checks};
pub use pupils::{Beside, Figures, pooled, week_to};
pub use school_blocks::{AsKnown, SchoolBlocks, TrustBlocks, pupil_blocks, years_behind};

use self::blocks::YearRead;
use base::cache::Answers;
use base::db::Db;
use base::prelude::*;
use base::state::StartError;
use school::tenants;

pub use answer::{CellAnswer, DefinitionAnswer, Percentages};
pub use class_figures::{ClassFigures, OneSchool};
pub use dimension::{
    Dimension, RegistrationGroup, SenGroup, SexGroup, YesOrNo, key as group_key,
    label as group_label,
};
pub use enrolled::Enrolled;

/// Questions that may be counted at once, for each thread that counts.
const AT_ONCE: usize = 4;
/// How long a question waits for its turn before it is answered with 503.
const PATIENCE: Duration = Duration::from_secs(2);

/// What questions are answered with: blocks, threads, finished answers, and a queue so that many questions at once do
/// not make all of them slow. All its copies are one.
#[derive(Clone)]
pub struct Counting {
    db: Db,
    codes: Arc<CodeTable>,
    blocks: Arc<blocks::Blocks>,
    pool: Arc<Pool>,
    answers: Arc<Answers>,
    turns: Arc<Semaphore>,
}

impl Counting {
    /// On a database, with one counting thread a core. Errors: the system gives no threads, or `redis_url` is not an
    /// address of Redis.
    pub fn new(db: Db, codes: Arc<CodeTable>, redis_url: Option<&str>) -> Result<Self, StartError> {
        let threads = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let pool = Pool::new(threads).map_err(|error| StartError::Data(error.to_string()))?;
        let answers = Answers::new(redis_url)
            .map_err(|error| StartError::Data(format!("REDIS_URL: {error}")))?;
        Ok(Self {
            db,
            blocks: Arc::new(blocks::Blocks::new(codes.clone())),
            codes,
            pool: Arc::new(pool),
            answers: Arc::new(answers),
            turns: Arc::new(Semaphore::new(threads * AT_ONCE)),
        })
    }

    /// The database that is counted from.
    pub fn db(&self) -> &Db {
        &self.db
    }

    /// The code table that is counted by.
    pub fn codes(&self) -> &CodeTable {
        &self.codes
    }

    /// The threads that count, for other work that is done in many small pieces.
    pub fn pool(&self) -> &Pool {
        &self.pool
    }

    /// What a question about the schools that a filter keeps is answered from; one that the caller may not see is not
    /// there. Counted by pupil, a question is about all schools that the caller may see: each may have had the pupils.
    fn read(
        &self,
        tx: &mut Tx,
        (filter, level): (&Filter, Level),
        year: AcademicYear,
        known: Option<DateTime<Utc>>,
    ) -> Result<YearRead> {
        let mut schools = tenants::schools(tx)?;
        let wanted = dimension::schools(filter);
        let there = |wanted: &SchoolId| schools.iter().any(|school| school.school_id == *wanted);
        if !wanted.iter().flatten().all(there) {
            return Err(Problem::not_found());
        }
        if level == Level::Enrolment {
            schools.retain(|school| {
                filter.keeps(Value::School(school.school_id.number()))
                    && filter.keeps(Value::Phase(school.phase.number()))
            });
        }
        self.blocks.read(tx, schools, year, known)
    }

    /// Waits for a turn to count.
    async fn turn(&self) -> Result<tokio::sync::OwnedSemaphorePermit> {
        let busy = || Problem::unavailable(2, "too many questions at once");
        let turn = tokio::time::timeout(PATIENCE, self.turns.clone().acquire_owned()).await;
        turn.map_err(|_| busy())?.map_err(Problem::internal)
    }
}

/// The operations of this capability.
pub fn mount(config: &mut base::Operations) {
    config
        .service(trend::trend)
        .service(compare::compare)
        .service(completeness::completeness)
        .service(explain::explain)
        .service(read_earlier::read_earlier);
}
