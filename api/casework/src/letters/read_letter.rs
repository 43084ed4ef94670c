//! One letter, and what has become of it.

use super::answer::{LetterAnswer, answers};
use super::rows;
use base::operation::*;

/// Read a letter
#[utoipa::path(tag = "letters", security(("token" = ["case:read"])),
    params(LetterId),
    responses((status = 200, description = "The letter.", body = LetterAnswer)))]
#[get("/v1/letters/{letter_id}")]
pub async fn read_letter(
    caller: May<ReadCase>,
    app: web::Data<App>,
    path: Path<LetterId>,
) -> Result<HttpResponse> {
    let state = app.clone();
    let answer = app.db.run(&caller.scope().clone(), move |tx| {
        let row = rows::letter(tx, path.0)?;
        answers(tx, &state, &caller, vec![row])?.pop().ok_or_else(Problem::not_found)
    });
    let answer: LetterAnswer = answer.await?;
    Ok(HttpResponse::Ok().json(answer))
}
