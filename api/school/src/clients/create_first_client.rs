//! The platform's own staff let a new trust in: its first client, and no other.

use chrono::TimeDelta;
use diesel::prelude::*;

use super::rows::{self, ClientActs, ClientWithSecret, NewRow};
use base::operation::*;
use base::platform;
use schema::{pupil, trust};

/// The role of the first client.
const ADMINISTRATOR: &str = "trust_admin";
/// How long it gets tokens: the trust adds clients of its own meanwhile.
const LASTS: TimeDelta = TimeDelta::days(30);

/// Give a new trust its first client
///
/// It administers the trust for 30 days, in which the trust adds clients of its own. Only a trust that has no pupil yet and
/// never had a client is given one so: the platform's staff see no child. The secret is shown in this answer and never
/// again.
#[utoipa::path(tag = "clients", security(("token" = ["trust:create"])), params(TrustId),
    responses((status = 201, description = "The client with its secret.", body = ClientWithSecret),
        (status = 409, description = "The trust has let others in already."),
        refusal::NotFound, refusal::Taken))]
#[post("/v1/trusts/{trust_id}/clients")]
pub async fn create_first_client(
    caller: May<CreateTrust>,
    app: web::Data<App>,
    path: Path<TrustId>,
) -> Result<HttpResponse> {
    let by = caller.subject().to_owned();
    let made = app.db.run(caller.scope(), move |tx| {
        platform::within(tx, path.0, |tx| {
            tx.of(trust::table).select(trust::name).first::<String>(tx.conn)?;
            tx.take_turns("first client")?;
            let pupils = tx.of(pupil::table).select(pupil::pupil_id);
            let has_pupil = pupils.first::<PupilId>(tx.conn).optional()?.is_some();
            if has_pupil || rows::is_any(tx)? {
                return Err(Problem::new(Kind::Taken)
                    .detail("The trust has a client or a pupil: its administrators add clients."));
            }
            rows::add(tx, &first(tx.now()), &by)
        })
    });
    Ok(HttpResponse::Created().json(made.await?))
}

fn first(now: DateTime<Utc>) -> NewRow {
    NewRow {
        name: "First client".to_owned(),
        purpose: "Lets the trust add clients of its own".to_owned(),
        acts: ClientActs::Itself,
        role: ADMINISTRATOR.to_owned(),
        audiences: Vec::new(),
        school_ids: Vec::new(),
        expires_at: now + LASTS,
    }
}
