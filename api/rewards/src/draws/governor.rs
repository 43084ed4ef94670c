//! What an invited governor does: looks at the draw, commits to a secret, and after the freeze opens it. No token is needed:
//! the invitation is what nobody can guess.

use ::draw::{Freeze, Hash, from_hex};
use serde_json::json;

use super::hold_draw::draw_by_secrets;
use super::link::Link;
use super::rows::PrizeRow;
use super::standing::Standing;
use super::state::{DrawEventKind, DrawState};
use base::operation::*;

/// Who writes in a draw's history for a governor, who has no account.
const GOVERNOR: &str = "the invited governor";

/// An invitation.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Invited {
    /// What the link holds.
    #[schema(example = "1-5a0c")]
    invitation: String,
}

/// A commitment.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCommitment {
    /// What the link holds.
    #[schema(example = "1-5a0c")]
    invitation: String,
    /// The commitment to the secret, 64 digits in lower case hex, as `rollcall draw commit` prints it.
    commitment: String,
}

/// A secret.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenedSecret {
    /// What the link holds.
    #[schema(example = "1-5a0c")]
    invitation: String,
    /// The secret that was committed to, in lower case hex.
    secret: String,
}

/// A draw as the governor sees it.
#[derive(Debug, Serialize, ToSchema)]
pub struct GovernorView {
    /// What people call it.
    title: String,
    /// What is won.
    prizes: Vec<PrizeRow>,
    /// The period at whose end it is held.
    #[schema(example = "2026/term-1")]
    period: String,
    /// How it stands.
    state: DrawState,
    /// The day on which it is opened: commit before it.
    opens_on: NaiveDate,
    /// The day on whose evening the entries are frozen.
    freezes_on: NaiveDate,
    /// The commitment that was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    commitment: Option<String>,
    /// The hash of the freeze: write it down.
    #[serde(skip_serializing_if = "Option::is_none")]
    freeze_hash: Option<String>,
    /// From when on the secret can be opened (UTC).
    #[serde(skip_serializing_if = "Option::is_none")]
    drawn_from: Option<DateTime<Utc>>,
    /// Until when it can be opened; after that the draw is void (UTC).
    #[serde(skip_serializing_if = "Option::is_none")]
    secrets_until: Option<DateTime<Utc>>,
}

impl GovernorView {
    fn of(standing: &Standing) -> Result<Self> {
        let frozen = standing.frozen()?;
        let freeze = standing.published(DrawEventKind::Frozen);
        Ok(Self {
            title: standing.row.title.clone(),
            prizes: standing.prizes()?,
            period: standing.row.period.clone(),
            state: standing.state(),
            opens_on: standing.row.opens_on,
            freezes_on: standing.row.freezes_on,
            commitment: standing.commitment().map(|hash| hash.to_string()),
            freeze_hash: freeze.map(|text| Freeze::hash_of(text).to_string()),
            drawn_from: frozen.map(|frozen| frozen.drawn_from()),
            secrets_until: standing.secrets_until()?,
        })
    }
}

/// What opens a draw to its governor.
fn opens(standing: &Standing) -> Option<String> {
    standing.last(DrawEventKind::Invited)?.body["hash"].as_str().map(str::to_owned)
}

/// Look at the prize draw that you are invited to
///
/// Nobody's token is needed: the invitation is what nobody can guess.
#[utoipa::path(tag = "rewards", request_body = Invited, params(DrawId),
    responses((status = 200, description = "The draw.", body = GovernorView), refusal::NotFound))]
#[post("/v1/draws/{draw_id}/invited")]
pub async fn look_as_governor(
    app: web::Data<App>,
    path: Path<DrawId>,
    body: Json<Invited>,
) -> Result<HttpResponse> {
    let link = Link::read(&body.value.invitation)?;
    let view = link.run(&app.db, path.0, opens, |_, standing| GovernorView::of(&standing));
    answer(view.await?)
}

/// Commit to a governor's secret
///
/// Before the draw is opened, and once. The secret itself stays with the governor until the draw is drawn.
#[utoipa::path(tag = "rewards", request_body = NewCommitment, params(DrawId),
    responses((status = 200, description = "The draw, with the commitment.", body = GovernorView),
        refusal::NotFound, refusal::AlreadyCommitted, refusal::DrawOpened, refusal::DrawDrawn, refusal::DrawOver))]
#[post("/v1/draws/{draw_id}/commitments")]
pub async fn commit_as_governor(
    app: web::Data<App>,
    path: Path<DrawId>,
    body: Json<NewCommitment>,
) -> Result<HttpResponse> {
    let NewCommitment { invitation, commitment } = body.value;
    let link = Link::read(&invitation)?;
    let commitment: Hash = commitment.parse().map_err(|_not_hex| {
        Problem::at(Kind::Invalid, "/commitment", "64 digits in lower case hex")
    })?;
    let view = link.run(&app.db, path.0, opens, move |tx, mut standing| {
        if standing.commitment().is_some() {
            return Err(Problem::new(Kind::AlreadyCommitted));
        }
        standing.needs_no_end()?;
        if standing.state() != DrawState::Prepared {
            return Err(Problem::new(Kind::DrawOpened));
        }
        let body = json!({ "governor": commitment.to_string() });
        standing.happen(tx, DrawEventKind::Committed, None, body, GOVERNOR)?;
        GovernorView::of(&standing)
    });
    answer(view.await?)
}

/// Open a governor's secret, which draws the draw
///
/// Within the published time: with it the draw is drawn at once. After that time the draw is void.
#[utoipa::path(tag = "rewards", request_body = OpenedSecret, params(DrawId),
    responses((status = 200, description = "The draw, drawn.", body = GovernorView),
        refusal::NotFound, refusal::DrawNotFrozen, refusal::DrawTooEarly, refusal::SecretTooLate, refusal::SecretMismatch,
        refusal::DrawDrawn, refusal::DrawOver))]
#[post("/v1/draws/{draw_id}/secrets")]
pub async fn open_as_governor(
    app: web::Data<App>,
    path: Path<DrawId>,
    body: Json<OpenedSecret>,
) -> Result<HttpResponse> {
    let OpenedSecret { invitation, secret } = body.value;
    let link = Link::read(&invitation)?;
    let secret = from_hex(secret.trim())
        .ok_or_else(|| Problem::at(Kind::Invalid, "/secret", "bytes in lower case hex"))?;
    let (db, draw_id) = (app.db.clone(), path.0);
    let view = link.run(&db, draw_id, opens, move |tx, mut standing| {
        standing.needs_no_end()?;
        let from = standing.needs_freeze()?.drawn_from();
        if tx.now() < from {
            let says = format!("Keep it until {from}: until then nobody can know the result.");
            return Err(Problem::new(Kind::DrawTooEarly).detail(says));
        }
        if standing.secrets_until()?.is_some_and(|until| until <= tx.now()) {
            return Err(Problem::new(Kind::SecretTooLate));
        }
        draw_by_secrets(tx, &app.envelope, &mut standing, secret, GOVERNOR)?;
        GovernorView::of(&standing)
    });
    answer(view.await?)
}

fn answer(view: GovernorView) -> Result<HttpResponse> {
    Ok(HttpResponse::Ok().json(view))
}
