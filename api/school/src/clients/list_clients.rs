//! Which programs come in, and when they last did.

use super::rows::{self, ClientRow};
use base::operation::*;

/// Which clients.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListClientsQuery {
    limit: Option<u16>,
    cursor: Option<String>,
}

/// List clients
#[utoipa::path(tag = "clients", security(("token" = ["client:read"])), params(ListClientsQuery),
    responses((status = 200, description = "Clients in the order of their ids, also those that were revoked.", body = Page<ClientRow>)))]
#[get("/v1/clients")]
pub async fn list_clients(
    caller: May<ReadClient>,
    app: web::Data<App>,
    request: HttpRequest,
    params: Query<ListClientsQuery>,
) -> Result<HttpResponse> {
    let slice = Slice::<ClientId>::read(params.0.limit, params.0.cursor.as_deref(), &())?;
    let page = app.db.run(caller.scope(), move |tx| {
        let rows = rows::clients(tx, slice.after, slice.fetch())?;
        Ok(slice.page(rows, |row| row.client_id))
    });
    Ok(page.await?.answer(&request))
}
