//! Everybody who is or was a parent of a pupil, in the order in which they are called.

use super::link::Link;
use super::rows::{self, ParentRow};
use super::safeguards::Safeguards;
use super::ties::{Tie, ties_of_pupil};
use crate::pupils;
use crate::visibility::{self, Act, Standing};
use base::auth::permission::{LiftSafeguarding, Permission};
use base::operation::*;

/// A pupil's parents.
#[derive(Serialize, ToSchema)]
pub struct PupilParents {
    /// The pupil.
    #[schema(example = 4711)]
    pupil_id: PupilId,
    /// In the order in which they are called.
    parents: Vec<PupilParent>,
}

/// Somebody who is or was a parent of a pupil.
#[derive(Serialize, ToSchema)]
pub struct PupilParent {
    /// Who they are.
    parent: ParentRow,
    /// What they are to the pupil.
    link: Link,
    /// Do not contact them about this pupil without asking whoever leads on safeguarding.
    ask_first: bool,
    /// What a court has ordered. Only for those who lead on it, and only when there is something.
    #[serde(skip_serializing_if = "Option::is_none")]
    safeguards: Option<Safeguards>,
}

/// What a caller is shown of safeguards: whether to ask first, and what there is if the caller may see it.
pub(super) fn shown(
    safeguards: Safeguards,
    may: bool,
    today: NaiveDate,
) -> (bool, Option<Safeguards>) {
    let ask_first = safeguards.stand(today);
    (ask_first, Some(safeguards).filter(|all| may && !all.is_empty()))
}

/// Whether a caller whose school stands so to a pupil is told what a court has ordered. What a former school knew is for
/// its safeguarding lead alone.
pub(super) fn sees_orders(app: &App, caller: &Caller, standing: Option<Standing>) -> bool {
    let leads = || app.roles.allows(caller.role(), LiftSafeguarding::NAME);
    caller.sees_confidential(app)
        && standing.is_some_and(|standing| {
            standing.may(Act::SeeOrders) && (standing != Standing::Former || leads())
        })
}

/// A pupil's parents as this caller is shown them. Errors: 404.
pub(super) fn page(
    tx: &mut Tx,
    app: &App,
    caller: &Caller,
    pupil_id: PupilId,
) -> Result<PupilParents> {
    pupils::pupil(tx, pupil_id)?;
    let ties = ties_of_pupil(tx, pupil_id)?;
    let ids: Vec<ParentId> = ties.iter().map(|tie| tie.parent_id).collect();
    let all = rows::parents(tx, &ids)?;
    let mut by_id: BTreeMap<ParentId, ParentRow> =
        all.into_iter().map(|row| (row.parent_id, row)).collect();
    let today = tx.clock().today();
    let may = sees_orders(app, caller, visibility::mine(tx, &[pupil_id])?.remove(&pupil_id));
    let parents = ties.into_iter().filter_map(|tie| {
        let Tie { parent_id, link, safeguards, .. } = tie;
        let parent = by_id.remove(&parent_id)?;
        let (ask_first, safeguards) = shown(safeguards, may, today);
        Some(PupilParent { parent, link, ask_first, safeguards })
    });
    Ok(PupilParents { pupil_id, parents: parents.collect() })
}

/// Read a pupil's parents
///
/// In the order in which they are called. Whoever has `ask_first` is not contacted without asking; what is behind it
/// stands here for those alone who have the permission `safeguarding:read`. A school that the pupil has left sees what it
/// knew, and of what is behind `ask_first` its safeguarding lead alone.
#[utoipa::path(tag = "parents", security(("token" = ["parent:read"])), params(PupilId),
    responses((status = 200, description = "The parents.", body = PupilParents)))]
#[get("/v1/pupils/{pupil_id}/parents")]
pub async fn parents_of_pupil(
    caller: May<ReadParent>,
    app: web::Data<App>,
    path: Path<PupilId>,
) -> Result<HttpResponse> {
    let state = app.clone();
    let scope = caller.scope().clone();
    let page = app.db.snapshot(&scope, move |tx| page(tx, &state, &caller, path.0));
    Ok(HttpResponse::Ok().json(page.await?))
}
