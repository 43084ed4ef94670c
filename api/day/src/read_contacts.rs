//! The day's list: live from the first register saved.

use super::page::{self, ContactsPage};
use base::operation::*;

/// Read the day's contacts
///
/// Who is missing, the most urgent first; whom to call about it and by when; what the school's policy wants, what was
/// done already and what is next; brothers and sisters for one call; and the registers that are missing.
#[utoipa::path(tag = "day", security(("token" = ["contact:read"])),
    params(SchoolId, ("date" = NaiveDate, Path, description = "The day.")),
    responses((status = 200, description = "The list as it stands now.", body = ContactsPage),
        refusal::NoCalendar))]
#[get("/v1/schools/{school_id}/contacts/{date}")]
pub async fn read_contacts(
    caller: May<ReadContact>,
    app: web::Data<App>,
    path: Path<(SchoolId, NaiveDate)>,
) -> Result<HttpResponse> {
    let (state, scope) = (app.clone(), caller.scope().clone());
    let page = app.db.snapshot(&scope, move |tx| page::page(tx, &state, &caller, path.0));
    Ok(HttpResponse::Ok().json(page.await?))
}
