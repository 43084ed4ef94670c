//! One parent, with the children whom the caller may see.

use super::link::Link;
use super::parents_of_pupil::{sees_orders, shown};
use super::rows::{self, ParentRow};
use super::safeguards::Safeguards;
use super::ties::{Tie, ties_of_parents};
use crate::visibility;
use base::operation::*;

/// A parent and their children.
#[derive(Serialize, ToSchema)]
pub struct ParentPage {
    /// The parent.
    parent: ParentRow,
    /// Their children, as far as you may see them.
    children: Vec<Child>,
}

/// A pupil of whom somebody is or was a parent.
#[derive(Serialize, ToSchema)]
pub struct Child {
    /// The pupil.
    #[schema(example = 4711)]
    pupil_id: PupilId,
    /// What the parent is to the pupil.
    link: Link,
    /// Do not contact the parent about this pupil without asking whoever leads on safeguarding.
    ask_first: bool,
    /// What a court has ordered. Only for those who lead on it, and only when there is something.
    #[serde(skip_serializing_if = "Option::is_none")]
    safeguards: Option<Safeguards>,
}

/// Read a parent
#[utoipa::path(tag = "parents", security(("token" = ["parent:read"])), params(ParentId),
    responses((status = 200, description = "The parent.", body = ParentPage)))]
#[get("/v1/parents/{parent_id}")]
pub async fn read_parent(
    caller: May<ReadParent>,
    app: web::Data<App>,
    path: Path<ParentId>,
) -> Result<HttpResponse> {
    let state = app.clone();
    let scope = caller.scope().clone();
    let page = app.db.snapshot(&scope, move |tx| {
        let parent = rows::parent(tx, path.0)?;
        let today = tx.clock().today();
        let ties = ties_of_parents(tx, &[path.0])?;
        let pupils: Vec<PupilId> = ties.iter().map(|tie| tie.pupil_id).collect();
        let standings = visibility::mine(tx, &pupils)?;
        let children = ties.into_iter().map(|tie| {
            let Tie { pupil_id, link, safeguards, .. } = tie;
            let may = sees_orders(&state, &caller, standings.get(&pupil_id).copied());
            let (ask_first, safeguards) = shown(safeguards, may, today);
            Child { pupil_id, link, ask_first, safeguards }
        });
        Ok(ParentPage { parent, children: children.collect() })
    });
    Ok(HttpResponse::Ok().json(page.await?))
}
