//! The letters of a school.

use super::answer::{LetterAnswer, answers};
use super::rows;
use super::state::LetterState;
use base::operation::*;
use school::tenants;

/// Which letters.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListLettersQuery {
    /// The school.
    school_id: SchoolId,
    /// Only those in this state.
    state: Option<LetterState>,
    limit: Option<u16>,
    cursor: Option<String>,
}

/// List letters
#[utoipa::path(tag = "letters", security(("token" = ["case:read"])), params(ListLettersQuery),
    responses((status = 200, description = "Letters, latest first.", body = Page<LetterAnswer>)))]
#[get("/v1/letters")]
pub async fn list_letters(
    caller: May<ReadCase>,
    app: web::Data<App>,
    request: HttpRequest,
    params: Query<ListLettersQuery>,
) -> Result<HttpResponse> {
    let ListLettersQuery { school_id, state, limit, cursor } = params.0;
    let slice = Slice::<LetterId>::read(limit, cursor.as_deref(), &(school_id, state))?;
    let shown = app.clone();
    let page = app.db.run(&caller.scope().clone(), move |tx| {
        tenants::school(tx, school_id)?;
        let rows = rows::letters(tx, school_id, state, slice.after, slice.fetch())?;
        let Page { items, next } = slice.page(rows, |row| row.letter_id);
        Ok(Page::<LetterAnswer> { items: answers(tx, &shown, &caller, items)?, next })
    });
    Ok(page.await?.answer(&request))
}
