//! A winner gives the prize back, and picking goes on.

use ::draw::{Drawing, Opened, from_hex};
use serde_json::json;

use super::hold_draw::winners;
use super::standing::{Standing, prove};
use super::state::DrawEventKind;
use super::view::DrawView;
use base::envelope::Envelope;
use base::operation::*;

/// Who gives a prize back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Decline {
    /// The ticket that had won.
    #[schema(example = 17)]
    ticket: u64,
    /// Who said so and how, 1 to 500 characters; it is kept here and not published.
    #[schema(example = "The family rang the office")]
    reason: String,
}

/// Record that a winner declines
///
/// The prize is free again, and picking goes on with the next pick, as often as the opening says; after that it stays free.
#[utoipa::path(tag = "rewards", security(("token" = ["draw:hold"])), request_body = Decline,
    params(DrawId, Idempotency),
    responses((status = 200, description = "The draw, drawn on.", body = DrawView),
        refusal::DrawNotFrozen, refusal::NoPrize))]
#[post("/v1/draws/{draw_id}/declines")]
pub async fn decline_prize(
    caller: May<HoldDraw>,
    app: web::Data<App>,
    path: Path<DrawId>,
    key: Idempotency,
    body: Json<Decline>,
) -> Result<HttpResponse> {
    let Decline { ticket, reason } = body.value;
    let reason = name::words(&reason, "/reason", name::REASON)?;
    let draw_id = path.0;
    let operation = format!("decline_prize/{draw_id}");
    let answer = key.write(caller, operation, body.bytes, move |tx, caller| {
        let mut standing = Standing::alone(tx, draw_id)?;
        decline(tx, &app.envelope, &mut standing, (ticket, &reason), caller.subject())?;
        Reply::ok(&DrawView::of(tx, &standing)?)
    });
    answer.await
}

fn decline(
    tx: &mut Tx,
    envelope: &Envelope,
    standing: &mut Standing,
    (ticket, reason): (u64, &str),
    by: &str,
) -> Result<()> {
    let frozen = standing.needs_freeze()?;
    let no_prize = || {
        Problem::at(Kind::NoPrize, "/ticket", "a ticket that has a prize now, as `winners` says")
    };
    let receipt = standing.receipt().ok_or_else(no_prize)?.to_owned();
    let receipt: Value = serde_json::from_str(&receipt).map_err(Problem::internal)?;
    let pool = standing.frozen_pool(tx, envelope)?;
    let opened = opened(&receipt["opened"]);
    let mut drawing = Drawing::begin(&frozen, &pool, opened).map_err(Problem::internal)?;
    for event in receipt["events"].as_array().into_iter().flatten() {
        let at = event["at"].as_str().and_then(|at| at.parse().ok());
        if let Some((before, at)) = event["declined"].as_u64().zip(at) {
            drawing.decline(before, at).map_err(Problem::internal)?;
        }
    }
    drawing.decline(ticket, tx.now()).map_err(|_no_prize| no_prize())?;
    let drawn_at = receipt["drawn_at"].as_str().and_then(|at| at.parse().ok());
    let drawn_at = drawn_at.ok_or_else(|| Problem::internal("a receipt without an instant"))?;
    let text = drawing.receipt(drawn_at);
    prove(&text)?;
    let body = json!({ "winners": winners(&drawing, &pool), "ticket": ticket, "reason": reason });
    standing.happen(tx, DrawEventKind::Declined, Some(&text), body, by)
}

/// What was opened, as the receipt shows it.
fn opened(shown: &Value) -> Opened {
    let bytes = |name: &str| shown[name].as_str().and_then(from_hex);
    match (bytes("trust").zip(bytes("governor")), bytes("signature")) {
        (Some((trust, governor)), _) => Opened::Secrets { trust, governor },
        (None, Some(signature)) => Opened::Signature(signature),
        (None, None) => Opened::Nothing,
    }
}
