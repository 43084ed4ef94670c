//! A client's secret is changed without a gap: for a while the one before it holds too.

use chrono::TimeDelta;

use super::rows::{self, ClientWithSecret};
use base::operation::*;

/// The longest that two secrets hold, in hours: 30 days.
const LONGEST: u16 = 720;

/// A secret to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSecret {
    /// For how many hours the secret before this one still holds, 0 to 720. Of older ones none does.
    #[schema(example = 24)]
    overlap_hours: u16,
}

/// Give a client another secret
///
/// The secret is shown in this answer and never again.
#[utoipa::path(tag = "clients", security(("token" = ["client:write"])), request_body = NewSecret, params(ClientId),
    responses((status = 201, description = "The client with its new secret.", body = ClientWithSecret),
        (status = 409, description = "The client was revoked."),
        refusal::Taken))]
#[post("/v1/clients/{client_id}/secrets")]
pub async fn rotate_secret(
    caller: May<WriteClient>,
    app: web::Data<App>,
    path: Path<ClientId>,
    body: Json<NewSecret>,
) -> Result<HttpResponse> {
    let hours = body.value.overlap_hours;
    if hours > LONGEST {
        let expected = format!("a number from 0 to {LONGEST}");
        return Err(Problem::at(Kind::Invalid, "/overlap_hours", expected));
    }
    let by = caller.subject().to_owned();
    let made = app.db.run(caller.scope(), move |tx| {
        let stored = rows::hold(tx, path.0)?;
        if stored.revoked_at.is_some() {
            return Err(Problem::new(Kind::Taken).detail("The client was revoked: add another."));
        }
        rows::rotate(tx, &stored, tx.now() + TimeDelta::hours(i64::from(hours)), &by)
    });
    Ok(HttpResponse::Created().json(made.await?))
}
