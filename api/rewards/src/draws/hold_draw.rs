//! A draw is drawn, once: the winners follow from what was fixed beforehand, and from what nobody could know then.

use ::draw::{Chain, Drawing, Fault, Frozen, Mode, Opened, Wrong, from_hex};
use serde_json::json;

use super::secrets;
use super::standing::{Standing, Won, prove};
use super::state::DrawEventKind;
use super::view::DrawView;
use base::envelope::{Envelope, SecretPurpose};
use base::operation::*;

/// What decides.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Decisive {
    /// The signature of the beacon's round, 96 digits in lower case hex; absent in a sandbox.
    #[serde(default)]
    signature: Option<String>,
}

/// Draw a prize draw
///
/// Once the beacon's round has appeared. A run fetches its signature and does this; by hand the signature is pasted, from
/// any server of drand's chain quicknet: it is verified against the chain's key. A draw by two secrets is drawn by the
/// governor, who opens the secret.
#[utoipa::path(tag = "rewards", security(("token" = ["draw:hold"])), request_body = Decisive, params(DrawId),
    responses((status = 200, description = "The draw, drawn.", body = DrawView),
        refusal::DrawNotFrozen, refusal::BeaconTooEarly, refusal::BeaconSignature, refusal::DrawNeedsGovernor,
        refusal::DrawDrawn, refusal::DrawOver))]
#[post("/v1/draws/{draw_id}/drawing")]
pub async fn hold_draw(
    caller: May<HoldDraw>,
    app: web::Data<App>,
    path: Path<DrawId>,
    body: Json<Decisive>,
) -> Result<HttpResponse> {
    let signature = body.value.signature;
    let (db, scope) = (app.db.clone(), caller.scope().clone());
    let view = db.run(&scope, move |tx| {
        let mut standing = Standing::alone(tx, path.0)?;
        let by = caller.subject();
        draw_by_beacon(tx, &app.envelope, &mut standing, signature.as_deref(), by)?;
        DrawView::of(tx, &standing)
    });
    Ok(HttpResponse::Ok().json(view.await?))
}

/// Draws a draw by its beacon. Errors: 409 before the freeze, before the round has appeared, for a draw by two secrets, and
/// when it is over; 422 for a signature that is not the round's.
pub(super) fn draw_by_beacon(
    tx: &mut Tx,
    envelope: &Envelope,
    standing: &mut Standing,
    signature: Option<&str>,
    by: &str,
) -> Result<()> {
    standing.needs_no_end()?;
    let frozen = standing.needs_freeze()?;
    let opened = match frozen.opening.mode {
        Mode::TwoSecrets { .. } => return Err(Problem::new(Kind::DrawNeedsGovernor)),
        Mode::Beacon(chain) => {
            let round = frozen.freeze.round.unwrap_or_default();
            if tx.now() < frozen.drawn_from() {
                let says = format!("Round {round} appears at {}.", frozen.drawn_from());
                return Err(Problem::new(Kind::BeaconTooEarly).detail(says));
            }
            of_chain(chain, signature, round)?
        }
    };
    finish(tx, envelope, standing, &frozen, opened, by)
}

fn of_chain(chain: Chain, signature: Option<&str>, round: u64) -> Result<Opened> {
    let wrong = |expected: String| Problem::at(Kind::BeaconSignature, "/signature", expected);
    match (chain, signature) {
        (Chain::Test, None) => Ok(Opened::Nothing),
        (Chain::Test, Some(_)) => {
            Err(wrong("nothing: a sandbox's beacon has no signature".to_owned()))
        }
        (Chain::Quicknet, signature) => {
            let bytes = signature.and_then(from_hex);
            let bytes = bytes.ok_or_else(|| {
                wrong(format!("the signature of round {round} of quicknet, in lower case hex"))
            })?;
            Ok(Opened::Signature(bytes))
        }
    }
}

/// Draws a draw by both secrets. Errors: 422 for a secret that does not open the governor's commitment.
pub(super) fn draw_by_secrets(
    tx: &mut Tx,
    envelope: &Envelope,
    standing: &mut Standing,
    governor: Vec<u8>,
    by: &str,
) -> Result<()> {
    let frozen = standing.needs_freeze()?;
    let trust = secrets::open(tx, envelope, standing.row.draw_id, SecretPurpose::DrawSecret)?;
    let opened = Opened::Secrets { trust: trust.bytes().to_vec(), governor };
    finish(tx, envelope, standing, &frozen, opened, by)
}

fn finish(
    tx: &mut Tx,
    envelope: &Envelope,
    standing: &mut Standing,
    frozen: &Frozen,
    opened: Opened,
    by: &str,
) -> Result<()> {
    let pool = standing.frozen_pool(tx, envelope)?;
    let drawing = Drawing::begin(frozen, &pool, opened).map_err(refusal)?;
    let receipt = drawing.receipt(tx.now());
    prove(&receipt)?;
    let body = json!({ "winners": winners(&drawing, &pool) });
    standing.happen(tx, DrawEventKind::Drawn, Some(&receipt), body, by)
}

/// Who has won by now.
pub(super) fn winners(drawing: &Drawing<'_>, pool: &::draw::Pool) -> Vec<Won> {
    let won = |(ticket, prize): (u64, u64)| {
        let pupil = i32::try_from(pool.pupil(ticket)?).ok()?;
        Some(Won { ticket, prize, pupil_id: PupilId::new(pupil) })
    };
    drawing.winners().into_iter().filter_map(won).collect()
}

fn refusal(fault: Fault) -> Problem {
    match &fault.wrong {
        Wrong::OtherSignature(_) => {
            Problem::at(Kind::BeaconSignature, "/signature", fault.wrong.to_string())
        }
        Wrong::OtherSecret => Problem::at(
            Kind::SecretMismatch,
            "/secret",
            "the secret that the commitment in the opening was made from",
        ),
        Wrong::Expected(what) if fault.place == "opened.signature" => {
            Problem::at(Kind::BeaconSignature, "/signature", what.clone())
        }
        Wrong::Expected(what) if fault.place == "opened.governor" => {
            Problem::at(Kind::SecretMismatch, "/secret", what.clone())
        }
        _ => Problem::internal(fault),
    }
}
