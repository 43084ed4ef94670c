//! One school's blocks over its years, for those who look at single pupils: reviews and lists.

use std::sync::Arc;

use ::analytics::Block;
use actix_web::web;
use chrono::{DateTime, Utc};
use domain::AcademicYear;

use super::blocks::Standing;
use crate::app::App;
use crate::db::{Scope, block};
use crate::http::problem::Problem;
use crate::tenants::{self, SchoolRow};

/// A school's blocks, a year each, without the years that have no calendar.
pub struct SchoolBlocks {
    /// The school.
    pub school: SchoolRow,
    /// In the order of the years.
    pub blocks: Vec<Arc<Block>>,
    /// The instant as of which they are known.
    pub known_at: DateTime<Utc>,
}

/// Builds what has moved of a school's years, all read in one snapshot.
///
/// # Errors
/// 404 for a school that the scope does not cover; 503 when too much is counted at once.
pub async fn school_blocks(
    app: &web::Data<App>,
    scope: &Scope,
    school_id: i32,
    years: Vec<AcademicYear>,
) -> Result<SchoolBlocks, Problem> {
    let reading = app.clone();
    let read = app.db.snapshot(scope, move |tx| {
        let school = tenants::school(tx, school_id)?;
        let mut read =
            |year: AcademicYear| reading.counting.blocks.read(tx, vec![school.clone()], year, None);
        let standing = years.into_iter().map(&mut read).collect::<Result<Vec<Standing>, _>>()?;
        Ok((school, standing, tx.now()))
    });
    let (school, standing, known_at) = read.await?;
    let turn = app.counting.turn().await?;
    let (counting, trust) = (app.clone(), scope.trust());
    block(move || {
        let _turn = turn;
        let mut blocks = Vec::new();
        for year in standing {
            let pool = &counting.counting.pool;
            blocks.extend(counting.counting.blocks.build(trust, pool, year)?.blocks);
        }
        Ok(SchoolBlocks { school, blocks, known_at })
    })
    .await
}
