//! A program is given a client of its own.

use super::new_client::NewClient;
use super::rows::{self, ClientWithSecret};
use crate::tenants;
use base::operation::*;

/// Add a client
///
/// The secret is shown in this answer and never again, so there is no `Idempotency-Key`: whoever has lost the answer
/// revokes the client and adds another. A client reaches no school that its giver does not, and one that acts for itself does nothing that its giver may not.
#[utoipa::path(tag = "clients", security(("token" = ["client:write"])), request_body = NewClient,
    responses((status = 201, description = "The client with its secret.", body = ClientWithSecret, headers(("Location")))))]
#[post("/v1/clients")]
pub async fn create_client(
    caller: May<WriteClient>,
    app: web::Data<App>,
    body: Json<NewClient>,
) -> Result<HttpResponse> {
    let giver = Caller::clone(&caller);
    let roles = app.roles.clone();
    let made = app.db.run(caller.scope(), move |tx| {
        for school_id in body.value.school_ids() {
            tenants::school(tx, *school_id)?;
        }
        let new = body.value.check(&roles, &giver, tx.now())?;
        rows::add(tx, &new, giver.subject())
    });
    let made = made.await?;
    let location = format!("/v1/clients/{}", made.client.client_id);
    Ok(HttpResponse::Created().insert_header(("Location", location)).json(made))
}
