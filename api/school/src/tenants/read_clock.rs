//! What time it is for the caller's trust.

use base::operation::*;

/// A trust's clock.
#[derive(Debug, Serialize, ToSchema)]
pub struct TrustClock {
    /// The instant (UTC).
    pub now: DateTime<Utc>,
    /// The date in England at that instant.
    pub today: NaiveDate,
    /// How many seconds it is ahead of the real time: 0 unless a sandbox has moved it.
    #[schema(example = 0)]
    pub ahead_seconds: i64,
}

impl TrustClock {
    /// As it stands in this transaction.
    pub(super) fn of(tx: &Tx) -> Self {
        let ahead_seconds = tx.ahead().num_seconds();
        Self { now: tx.now(), today: tx.clock().today(), ahead_seconds }
    }
}

/// Read your trust's clock
#[utoipa::path(tag = "tenants", security(("token" = ["trust:read"])),
    responses((status = 200, description = "What time it is for the trust.", body = TrustClock)))]
#[get("/v1/trust/clock")]
pub async fn read_clock(caller: May<ReadTrust>, app: web::Data<App>) -> Result<HttpResponse> {
    let clock = app.db.run(caller.scope(), |tx| Ok(TrustClock::of(tx)));
    Ok(HttpResponse::Ok().json(clock.await?))
}
