//! What has to be respected before a parent is contacted about a pupil.

use super::parents_of_pupil::{PupilParents, page};
use super::safeguards::{Order, Safeguards};
use super::ties;
use crate::pupils;
use crate::visibility::{self, Act};
use base::auth::permission::{LiftSafeguarding, Permission};
use base::operation::*;

/// What has to be respected, and why that is less than before.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SafeguardsBody {
    /// A court order; absent when there is none.
    #[serde(default)]
    court_order: Option<Order>,
    /// That there is to be no contact, and why; absent when there may be.
    #[serde(default)]
    no_contact: Option<Order>,
    /// Why something is lifted, shortened or put otherwise, 1 to 500 characters: needed then, and shown to every school
    /// that the pupil is on the roll of.
    #[serde(default)]
    #[schema(example = "The order was discharged on 12 November; seen by the lead")]
    reason: Option<String>,
}

/// Record a court order or no contact
///
/// Replaces what was recorded about this parent and this pupil; that stays as history. An empty object says that there
/// is nothing to respect. Every school that has the pupil on roll adds; what is there is lifted, shortened or put
/// otherwise by the safeguarding lead of the main school alone, with a reason. A child's brother or sister is another
/// matter: record it there too.
#[utoipa::path(tag = "parents", security(("token" = ["safeguarding:write"])), request_body = SafeguardsBody,
    params(PupilId, ParentId),
    responses((status = 200, description = "The pupil's parents as they stand now.", body = PupilParents),
        refusal::Merged, refusal::AnotherSchools))]
#[put("/v1/pupils/{pupil_id}/parents/{parent_id}/safeguards")]
pub async fn put_safeguards(
    caller: May<WriteSafeguarding>,
    app: web::Data<App>,
    path: Path<(PupilId, ParentId)>,
    body: Json<SafeguardsBody>,
) -> Result<HttpResponse> {
    let pair = path.0;
    let SafeguardsBody { court_order, no_contact, reason } = body.value;
    let safeguards = Safeguards { court_order, no_contact }.check()?;
    let reason = reason.map(|reason| name::words(&reason, "/reason", name::REASON)).transpose()?;
    let state = app.clone();
    let scope = caller.scope().clone();
    let page = app.db.run(&scope, move |tx| {
        pupils::pupil(tx, pair.0)?;
        pupils::check_unmerged(tx, pair.0)?;
        record(tx, pair, &safeguards, reason.as_deref(), (&caller, &state))?;
        page(tx, &state, &caller, pair.0)
    });
    Ok(HttpResponse::Ok().json(page.await?))
}

fn record(
    tx: &mut Tx,
    (pupil_id, parent_id): (PupilId, ParentId),
    safeguards: &Safeguards,
    reason: Option<&str>,
    (caller, app): (&Caller, &App),
) -> Result<()> {
    visibility::check(tx, pupil_id, Act::AddOrders)?;
    let ties = ties::ties_of_pupil(tx, pupil_id)?;
    let tie = ties.iter().find(|tie| tie.parent_id == parent_id).ok_or_else(Problem::not_found)?;
    if !safeguards.keep(&tie.safeguards, tx.clock().today()) {
        visibility::check(tx, pupil_id, Act::LiftOrders)?;
        if !app.roles.allows(caller.role(), LiftSafeguarding::NAME) {
            return Err(Problem::new(Kind::Forbidden)
                .member("permission", LiftSafeguarding::NAME)
                .member("role", caller.role()));
        }
        if reason.is_none() {
            let expected = "why an order is lifted, shortened or put otherwise";
            return Err(Problem::at(Kind::Invalid, "/reason", expected));
        }
    }
    ties::put_safeguards(tx, (pupil_id, parent_id), safeguards, (reason, caller.subject()))
}
