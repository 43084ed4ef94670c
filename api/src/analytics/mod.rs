//! How are we doing? Questions about figures, answered from blocks of counts that are always as new as the registers.

mod answer;
mod blocks;
mod class_figures;
mod school;
mod trend;

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use ::analytics::Pool;
use domain::CodeTable;
use tokio::sync::Semaphore;
use utoipa_actix_web::service_config::ServiceConfig;

pub use school::{SchoolBlocks, school_blocks};

use crate::app::StartError;
use crate::cache::Answers;
use crate::http::problem::Problem;

pub use answer::CellAnswer;
pub use class_figures::{ClassFigures, OneSchool};

/// Questions that may be counted at once, for each thread that counts.
const AT_ONCE: usize = 4;
/// How long a question waits for its turn before it is answered with 503.
const PATIENCE: Duration = Duration::from_secs(2);

/// What questions are answered with: blocks, threads, finished answers, and a queue so that many questions at once do
/// not make all of them slow.
pub struct Counting {
    blocks: blocks::Blocks,
    pool: Arc<Pool>,
    answers: Arc<Answers>,
    turns: Arc<Semaphore>,
}

impl Counting {
    /// With one counting thread a core.
    ///
    /// # Errors
    /// The system gives no threads, or `redis_url` is not an address of Redis.
    pub fn new(redis_url: Option<&str>, codes: Arc<CodeTable>) -> Result<Self, StartError> {
        let threads = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let pool = Pool::new(threads).map_err(|error| StartError::Data(error.to_string()))?;
        let answers = Answers::new(redis_url)
            .map_err(|error| StartError::Data(format!("REDIS_URL: {error}")))?;
        Ok(Self {
            blocks: blocks::Blocks::new(codes),
            pool: Arc::new(pool),
            answers: Arc::new(answers),
            turns: Arc::new(Semaphore::new(threads * AT_ONCE)),
        })
    }

    /// Waits for a turn to count.
    async fn turn(&self) -> Result<tokio::sync::OwnedSemaphorePermit, Problem> {
        let busy = || Problem::unavailable(2, "too many questions at once");
        let turn = tokio::time::timeout(PATIENCE, self.turns.clone().acquire_owned()).await;
        turn.map_err(|_| busy())?.map_err(Problem::internal)
    }
}

/// The operations of this capability.
pub fn mount(config: &mut ServiceConfig) {
    config.service(trend::trend);
}
