//! Finished answers: taken from where they are kept, or counted in their turn and kept.

use std::sync::Arc;

use actix_web::web;

use super::Counting;
use crate::app::App;
use crate::cache::Key;
use crate::db::block;
use crate::http::problem::Problem;

/// The answer of a key, or what `count` says, off the request threads.
///
/// # Errors
/// 503 when too much is counted at once; what `count` refuses, which is not kept.
pub(super) async fn finished(
    app: &web::Data<App>,
    key: Key,
    count: impl FnOnce(&Counting) -> Result<Vec<u8>, Problem> + Send + 'static,
) -> Result<Arc<[u8]>, Problem> {
    if let Some(answer) = app.counting.answers.here(&key) {
        return Ok(answer);
    }
    let turn = app.counting.turn().await?;
    let app = app.clone();
    let answer = block(move || {
        let _turn = turn;
        let counting = &app.counting;
        if let Some(answer) = counting.answers.elsewhere(&key) {
            return Ok(answer);
        }
        let answer: Arc<[u8]> = count(counting)?.into();
        counting.answers.put(key, answer.clone());
        Ok(answer)
    });
    answer.await
}
