//! What is recorded beside a draw and changes nothing: a winner who, as it turned out, had not earned it keeps the prize.

use serde_json::json;

use super::standing::Standing;
use super::state::DrawEventKind;
use super::view::DrawView;
use base::operation::*;
use roll::pupils;

/// Something to be recorded beside a draw.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DrawNote {
    /// The pupil whom it is about.
    #[serde(default)]
    pupil_id: Option<PupilId>,
    /// What is recorded, 1 to 2,000 characters. It is never published.
    #[schema(example = "The register of 9 November was amended after the freeze; the prize stays")]
    says: String,
}

/// Record something beside a prize draw
///
/// From the freeze on nothing changes the entries, and no amendment buys a redraw. What turns out later is recorded here.
#[utoipa::path(tag = "rewards", security(("token" = ["draw:hold"])), request_body = DrawNote, params(DrawId, Idempotency),
    responses((status = 200, description = "The draw, with its notes.", body = DrawView), refusal::DrawNotFrozen))]
#[post("/v1/draws/{draw_id}/notes")]
pub async fn note_draw(
    caller: May<HoldDraw>,
    path: Path<DrawId>,
    key: Idempotency,
    body: Json<DrawNote>,
) -> Result<HttpResponse> {
    let DrawNote { pupil_id, says } = body.value;
    let says = name::words(&says, "/says", name::NOTE)?;
    let draw_id = path.0;
    let answer =
        key.write(caller, format!("note_draw/{draw_id}"), body.bytes, move |tx, caller| {
            let mut standing = Standing::alone(tx, draw_id)?;
            standing.needs_freeze()?;
            if let Some(pupil_id) = pupil_id {
                pupils::pupil(tx, pupil_id)?;
            }
            let noted = json!({ "pupil_id": pupil_id, "says": says });
            standing.happen(tx, DrawEventKind::Noted, None, noted, caller.subject())?;
            Reply::ok(&DrawView::of(tx, &standing)?)
        });
    answer.await
}
