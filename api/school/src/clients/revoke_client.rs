//! A client comes in no more, and what it was given holds no more.

use super::rows::{self, ClientRow};
use base::operation::*;
use base::revocations;
use base::tokens::basis::About;
use base::tokens::client_name::ClientName;

/// Revoke a client
///
/// It gets no token any more, and those that it has are refused within a second. Done a second time it changes nothing.
#[utoipa::path(tag = "clients", security(("token" = ["client:write"])), params(ClientId),
    responses((status = 200, description = "The client as it stands now.", body = ClientRow)))]
#[post("/v1/clients/{client_id}/revoke")]
pub async fn revoke_client(
    caller: May<WriteClient>,
    app: web::Data<App>,
    path: Path<ClientId>,
) -> Result<HttpResponse> {
    let by = caller.subject().to_owned();
    let row = app.db.run(caller.scope(), move |tx| {
        if rows::hold(tx, path.0)?.revoked_at.is_none() {
            rows::revoke(tx, path.0, &by)?;
            let name = ClientName { trust: tx.trust(), client: path.0 };
            revocations::take_back(tx, &About::Client(name))?;
        }
        rows::client(tx, path.0)
    });
    Ok(HttpResponse::Ok().json(row.await?))
}
