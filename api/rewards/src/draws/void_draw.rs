//! A draw is stopped, in public: the void stays published for ever, beside the draw that follows it.

use serde_json::json;

use super::standing::Standing;
use super::state::{DrawEventKind, DrawMode, DrawState};
use super::view::DrawView;
use base::operation::*;

/// Why a party that stayed away voids a draw.
const STAYED_AWAY: &str = "The governor's secret was not opened within the published time.";

/// Why a draw is stopped.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VoidDraw {
    /// Why, 1 to 500 characters. It is published: it names nobody.
    #[schema(example = "The prize has been withdrawn by its donor")]
    why: String,
}

/// Void a prize draw
///
/// Before its entries are frozen, for any reason. Afterwards only a draw by two secrets whose published time has passed:
/// otherwise a result that somebody dislikes could be stopped. The void is published, and a draw in its place may be
/// prepared.
#[utoipa::path(tag = "rewards", security(("token" = ["draw:hold"])), request_body = VoidDraw, params(DrawId, Idempotency),
    responses((status = 200, description = "The draw, void.", body = DrawView),
        refusal::NotVoidable, refusal::DrawNotOpened, refusal::DrawDrawn, refusal::DrawOver))]
#[post("/v1/draws/{draw_id}/void")]
pub async fn void_draw(
    caller: May<HoldDraw>,
    path: Path<DrawId>,
    key: Idempotency,
    body: Json<VoidDraw>,
) -> Result<HttpResponse> {
    let why = name::words(&body.value.why, "/why", name::REASON)?;
    let draw_id = path.0;
    let answer =
        key.write(caller, format!("void_draw/{draw_id}"), body.bytes, move |tx, caller| {
            let mut standing = Standing::alone(tx, draw_id)?;
            void(tx, &mut standing, &why, caller.subject())?;
            Reply::ok(&DrawView::of(tx, &standing)?)
        });
    answer.await
}

/// Voids a draw whose governor has stayed away past the published time.
pub(super) fn void_as_governor_stayed_away(
    tx: &mut Tx,
    standing: &mut Standing,
    by: &str,
) -> Result<()> {
    void(tx, standing, STAYED_AWAY, by)
}

fn void(tx: &mut Tx, standing: &mut Standing, why: &str, by: &str) -> Result<()> {
    standing.needs_no_end()?;
    match standing.state() {
        DrawState::Prepared => {
            let says = "Nothing is published yet that could be voided: it is opened first.";
            return Err(Problem::new(Kind::DrawNotOpened).detail(says));
        }
        DrawState::Frozen => {
            let until = standing.secrets_until()?;
            if standing.row.mode == DrawMode::Beacon || until.is_none_or(|until| tx.now() < until) {
                let says = match until {
                    Some(until) => format!("Its secrets are opened until {until}."),
                    None => "The beacon decides it now, and nothing can stop that.".to_owned(),
                };
                return Err(Problem::new(Kind::NotVoidable).detail(says));
            }
        }
        _ => {}
    }
    let opening = standing.published(DrawEventKind::Opened).unwrap_or_default();
    let freeze = standing.published(DrawEventKind::Frozen);
    let text = ::draw::void(opening, freeze, tx.now(), why).map_err(Problem::internal)?;
    standing.happen(tx, DrawEventKind::Void, Some(&text), json!({}), by)
}
