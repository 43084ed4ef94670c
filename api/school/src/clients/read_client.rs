//! One client, with when it last came in and from where.

use super::rows::{self, ClientRow};
use base::operation::*;

/// Read a client
#[utoipa::path(tag = "clients", security(("token" = ["client:read"])), params(ClientId),
    responses((status = 200, description = "The client.", body = ClientRow)))]
#[get("/v1/clients/{client_id}")]
pub async fn read_client(
    caller: May<ReadClient>,
    app: web::Data<App>,
    path: Path<ClientId>,
) -> Result<HttpResponse> {
    let row = app.db.run(caller.scope(), move |tx| rows::client(tx, path.0));
    Ok(HttpResponse::Ok().json(row.await?))
}
