//! A draw is opened: what it is, published before anybody can know how it will end.

use ::draw::{Chain, Mode, Opening, commit};
use serde_json::json;

use super::rows;
use super::secrets;
use super::standing::Standing;
use super::state::{DrawEventKind, DrawMode, DrawState};
use super::view::DrawView;
use base::envelope::{Envelope, SecretPurpose};
use base::operation::*;
use school::tenants;

/// Open a prize draw
///
/// On its day or later: the opening is published, and its bytes count from now on. A draw by two secrets needs the
/// governor's commitment first. A run does this in the morning of the day.
#[utoipa::path(tag = "rewards", security(("token" = ["draw:hold"])), params(DrawId),
    responses((status = 200, description = "The draw, opened.", body = DrawView),
        refusal::DrawTooEarly, refusal::DrawOpened, refusal::DrawUncommitted, refusal::DrawDrawn, refusal::DrawOver))]
#[post("/v1/draws/{draw_id}/opening")]
pub async fn open_draw(
    caller: May<HoldDraw>,
    app: web::Data<App>,
    path: Path<DrawId>,
) -> Result<HttpResponse> {
    let (db, scope) = (app.db.clone(), caller.scope().clone());
    let view = db.run(&scope, move |tx| {
        let mut standing = Standing::alone(tx, path.0)?;
        open(tx, &app.envelope, &mut standing, caller.subject())?;
        DrawView::of(tx, &standing)
    });
    Ok(HttpResponse::Ok().json(view.await?))
}

/// Opens a draw. Errors: 409 before its day, when it is opened, and without the governor's commitment.
pub(super) fn open(
    tx: &mut Tx,
    envelope: &Envelope,
    standing: &mut Standing,
    by: &str,
) -> Result<()> {
    standing.needs_no_end()?;
    if standing.state() != DrawState::Prepared {
        return Err(Problem::new(Kind::DrawOpened));
    }
    let row = &standing.row;
    if tenants::today(tx, row.school_id)? < row.opens_on {
        let says = format!("It is opened on {}.", row.opens_on);
        return Err(Problem::new(Kind::DrawTooEarly).detail(says));
    }
    let entries_key = commit(&secrets::entries_key(tx, envelope, row.draw_id)?.0);
    let opening = Opening {
        id: standing.id()?,
        mode: mode(tx, envelope, standing)?,
        title: row.title.clone(),
        school: tenants::school(tx, row.school_id)?.name,
        period: row.period.clone(),
        policy: row.policy.clone(),
        policy_version: u64::try_from(row.policy_version).unwrap_or_default(),
        rule: row.rule.clone(),
        prizes: standing.protocol_prizes()?,
        redraws: u64::try_from(row.redraws).unwrap_or_default(),
        wait_seconds: u64::try_from(row.wait_seconds).unwrap_or_default(),
        opened_at: tx.now(),
        entries_key,
    };
    let text = opening.publish().map_err(Problem::internal)?;
    standing.happen(tx, DrawEventKind::Opened, Some(&text), json!({}), by)
}

/// What decides it, with the commitments.
fn mode(tx: &mut Tx, envelope: &Envelope, standing: &Standing) -> Result<Mode> {
    if standing.row.mode == DrawMode::Beacon {
        let chain = if rows::is_sandbox(tx)? { Chain::Test } else { Chain::Quicknet };
        return Ok(Mode::Beacon(chain));
    }
    let governor = standing.commitment().ok_or_else(|| Problem::new(Kind::DrawUncommitted))?;
    let trust = secrets::open(tx, envelope, standing.row.draw_id, SecretPurpose::DrawSecret)?;
    Ok(Mode::TwoSecrets { trust: commit(trust.bytes()), governor })
}
