//! The fast count against the slow one on random schools, and stories told with their numbers.

mod comparisons;
mod linked;
mod one_by_one;
mod oracle;
mod rewards;
mod schools;
mod stories;

use std::sync::{Arc, LazyLock};

use domain::CodeTable;

use crate::{Block, Pool, Query, SchoolYear, Trend, trend};

static CODES: LazyLock<CodeTable> = LazyLock::new(|| CodeTable::built_in().unwrap());

static POOL: LazyLock<Pool> = LazyLock::new(|| Pool::new(2).unwrap());

fn blocks(schools: &[SchoolYear]) -> Vec<Arc<Block>> {
    schools.iter().map(|school| Arc::new(Block::build(&CODES, school.clone()))).collect()
}

fn count(schools: &[SchoolYear], query: &Query) -> Trend {
    trend(&POOL, &blocks(schools), query).unwrap()
}
