//! Finished answers: taken from where they are kept, or counted in their turn and kept.

use actix_web::{HttpRequest, HttpResponse};

use super::Counting;
use base::cache::Key;
use base::db::block;
use base::http::page;
use base::prelude::*;

/// The answer of a key, or what `count` says, off the request threads. Errors: 503 when too much is counted at once;
/// what `count` refuses, which is not kept.
pub(super) async fn finished(
    counting: &Counting,
    key: Key,
    count: impl FnOnce(&Counting) -> Result<Vec<u8>> + Send + 'static,
) -> Result<Arc<[u8]>> {
    if let Some(answer) = counting.answers.here(&key) {
        return Ok(answer);
    }
    let turn = counting.turn().await?;
    let counting = counting.clone();
    let answer = block(move || {
        let _turn = turn;
        if let Some(answer) = counting.answers.elsewhere(&key) {
            return Ok(answer);
        }
        let answer: Arc<[u8]> = count(&counting)?.into();
        counting.answers.put(key, answer.clone());
        Ok(answer)
    });
    answer.await
}

/// 200 with a finished answer.
pub(super) fn json(answer: &Arc<[u8]>) -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(answer.to_vec())
}

/// An answer that holds a page, with the cursor of the next one in a line of its own: JSON has none.
pub(super) fn with_page(answer: &impl Serialize, next: Option<String>) -> Result<Vec<u8>> {
    let mut kept = serde_json::to_vec(answer).map_err(Problem::internal)?;
    if let Some(next) = next {
        kept.push(b'\n');
        kept.extend(next.into_bytes());
    }
    Ok(kept)
}

/// 200 with what [`with_page`] wrote, and the address of the next page.
pub(super) fn page_json(request: &HttpRequest, kept: &[u8]) -> HttpResponse {
    let mut lines = kept.splitn(2, |byte| *byte == b'\n');
    let answer = lines.next().unwrap_or_default().to_vec();
    let next = lines.next().and_then(|next| std::str::from_utf8(next).ok());
    page::ok(request, next).content_type("application/json").body(answer)
}
