//! What is published of a draw, to whoever has the link that the school publishes. Nothing in it leads to a child.

use ::draw::{Freeze, Opening};

use super::link::Link;
use super::standing::Standing;
use super::state::{DrawEventKind, DrawState};
use base::operation::*;

/// The link.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LinkQuery {
    /// What nobody can guess, as `receipt_link` of the draw has it.
    #[param(example = "1-5a0c")]
    link: String,
}

/// What is published of a draw so far.
#[derive(Debug, Serialize, ToSchema)]
pub struct Published {
    /// What people call it.
    title: String,
    /// How it stands.
    state: DrawState,
    /// The opening's text, whose bytes count.
    #[serde(skip_serializing_if = "Option::is_none")]
    opening: Option<String>,
    /// The hash of the opening.
    #[serde(skip_serializing_if = "Option::is_none")]
    opening_hash: Option<String>,
    /// The freeze's text, whose bytes count.
    #[serde(skip_serializing_if = "Option::is_none")]
    freeze: Option<String>,
    /// The hash of the freeze: write it down before the value that decides appears.
    #[serde(skip_serializing_if = "Option::is_none")]
    freeze_hash: Option<String>,
    /// When it can be drawn (UTC).
    #[serde(skip_serializing_if = "Option::is_none")]
    drawn_from: Option<DateTime<Utc>>,
    /// Until when secrets are opened; whoever stays away voids it (UTC).
    #[serde(skip_serializing_if = "Option::is_none")]
    secrets_until: Option<DateTime<Utc>>,
    /// What a draw like this proves, and what it does not.
    proves: [&'static str; 6],
}

/// What anybody can check, what only an auditor finds, and what nothing binds.
const PROVES: [&str; 6] = [
    "Anybody can draw again from the receipt and compare: the winners follow from what was fixed beforehand.",
    "A family can prove by its slip that its child's tickets were in; a winner proves itself by its slip.",
    "Entries that were invented before the freeze are found only by an auditor who has the school's roll.",
    "Which of several winners of the same prize declined is not bound: the receipt says so, and nothing proves it.",
    "With very few tickets another freeze can lead to the same picks: compare the hash of the freeze with the one that was noted.",
    "A slip alone does not prove when the entries were frozen: compare its hash with the one that was noted before the draw.",
];

/// What opens a draw to everybody: nothing, where it has too few holders.
fn opens(standing: &Standing) -> Option<String> {
    let public = standing.is_public().unwrap_or(false);
    public.then(|| Link::hash(&standing.row.link))
}

/// Read what is published of a prize draw
///
/// Nobody's token is needed: the link is what nobody can guess, and the school may publish it. A draw with fewer than ten
/// holders has none.
#[utoipa::path(tag = "rewards", params(DrawId, LinkQuery),
    responses((status = 200, description = "What is published so far.", body = Published), refusal::NotFound))]
#[get("/v1/draws/{draw_id}/published")]
pub async fn read_published(
    app: web::Data<App>,
    path: Path<DrawId>,
    params: Query<LinkQuery>,
) -> Result<HttpResponse> {
    let link = Link::read(&params.0.link)?;
    let published = link.run(&app.db, path.0, opens, |_, standing| {
        let text = |kind| standing.published(kind).map(str::to_owned);
        let (opening, freeze) = (text(DrawEventKind::Opened), text(DrawEventKind::Frozen));
        Ok(Published {
            title: standing.row.title.clone(),
            state: standing.state(),
            opening_hash: opening.as_deref().map(|text| Opening::hash_of(text).to_string()),
            opening,
            freeze_hash: freeze.as_deref().map(|text| Freeze::hash_of(text).to_string()),
            freeze,
            drawn_from: standing.frozen()?.map(|frozen| frozen.drawn_from()),
            secrets_until: standing.secrets_until()?,
            proves: PROVES,
        })
    });
    Ok(HttpResponse::Ok().json(published.await?))
}

/// Read the receipt of a prize draw, or its void
///
/// Byte by byte as `rollcall draw verify` and every other verifier takes it. Nobody's token is needed: the link is what
/// nobody can guess, and the school may publish it. A draw with fewer than ten holders has none.
#[utoipa::path(tag = "rewards", params(DrawId, LinkQuery),
    responses((status = 200, description = "The receipt, or the void.", body = Object),
        refusal::NotFound, refusal::DrawNotDrawn))]
#[get("/v1/draws/{draw_id}/receipt")]
pub async fn read_receipt(
    app: web::Data<App>,
    path: Path<DrawId>,
    params: Query<LinkQuery>,
) -> Result<HttpResponse> {
    let link = Link::read(&params.0.link)?;
    let text = link.run(&app.db, path.0, opens, |_, standing| {
        let text = standing.published(DrawEventKind::Void).or(standing.receipt());
        text.map(str::to_owned).ok_or_else(|| Problem::new(Kind::DrawNotDrawn))
    });
    Ok(HttpResponse::Ok().content_type("application/json").body(text.await?))
}
