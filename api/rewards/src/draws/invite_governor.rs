//! A governor is invited to hold a secret of a draw, by a link that is shown once.

use ::draw::hex;
use serde_json::json;

use super::link::Link;
use super::page;
use super::standing::Standing;
use super::state::{DrawEventKind, DrawMode, DrawState};
use base::chance;
use base::operation::*;

/// An invitation, shown once.
#[derive(Serialize, ToSchema)]
pub struct Invitation {
    /// The page for the governor, to be sent to nobody else. An invitation before it does not open anything any more.
    #[schema(example = "/draws/governor#draw=4&invitation=1-5a0c")]
    page: String,
    /// What the page sends with the governor's commitment and secret.
    #[schema(example = "1-5a0c")]
    invitation: String,
}

/// Invite a governor to a prize draw
///
/// For a draw by two secrets, before it is opened: the governor commits on the page, and after the freeze opens the secret
/// there. A new invitation ends the one before, until the governor has committed.
#[utoipa::path(tag = "rewards", security(("token" = ["draw:hold"])), params(DrawId),
    responses((status = 201, description = "The link, which is shown once.", body = Invitation),
        refusal::DrawNeedsNoGovernor, refusal::DrawOpened, refusal::AlreadyCommitted, refusal::DrawDrawn, refusal::DrawOver))]
#[post("/v1/draws/{draw_id}/invitation")]
pub async fn invite_governor(
    caller: May<HoldDraw>,
    app: web::Data<App>,
    path: Path<DrawId>,
) -> Result<HttpResponse> {
    let (draw_id, key) = (path.0, hex(&chance::unguessable::<24>().map_err(Problem::internal)?));
    let link = Link { trust: caller.scope().trust(), key };
    let hash = Link::hash(&link.key);
    let done = app.db.run(&caller.scope().clone(), move |tx| {
        let mut standing = Standing::alone(tx, draw_id)?;
        check(&standing)?;
        let body = json!({ "hash": hash });
        standing.happen(tx, DrawEventKind::Invited, None, body, caller.subject())
    });
    done.await?;
    let invitation = link.text();
    let page = format!("{}#draw={draw_id}&invitation={invitation}", page::PATH);
    Ok(HttpResponse::Created().json(Invitation { page, invitation }))
}

fn check(standing: &Standing) -> Result<()> {
    if standing.row.mode == DrawMode::Beacon {
        return Err(Problem::new(Kind::DrawNeedsNoGovernor));
    }
    standing.needs_no_end()?;
    if standing.commitment().is_some() {
        return Err(Problem::new(Kind::AlreadyCommitted));
    }
    if standing.state() != DrawState::Prepared {
        return Err(Problem::new(Kind::DrawOpened));
    }
    Ok(())
}
