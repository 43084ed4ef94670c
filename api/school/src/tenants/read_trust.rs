//! The caller's own trust.

use diesel::prelude::*;

use super::create_trust::Trust;
use base::operation::*;
use schema::trust;

/// Read your trust
#[utoipa::path(tag = "tenants", security(("token" = ["trust:read"])),
    responses((status = 200, description = "The trust that the token is for.", body = Trust)))]
#[get("/v1/trust")]
pub async fn read_trust(caller: May<ReadTrust>, app: web::Data<App>) -> Result<HttpResponse> {
    let found = app.db.run(caller.scope(), |tx| {
        let (trust_id, name, sandbox) =
            trust::table.select((trust::trust_id, trust::name, trust::sandbox)).first(tx.conn)?;
        Ok(Trust { trust_id, name, sandbox })
    });
    Ok(HttpResponse::Ok().json(found.await?))
}
