//! A new trust. The platform's own staff add it; nobody else can see that it exists.

use base::operation::*;
use base::platform;

/// A trust to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTrust {
    /// 1 to 200 characters.
    #[schema(example = "Larkrise Learning Trust")]
    pub name: String,
    /// `true`: a trust to try things out with, which may move its own clock. Never to be changed.
    #[serde(default)]
    pub sandbox: bool,
}

/// A trust.
#[derive(Debug, Serialize, ToSchema)]
pub struct Trust {
    /// Rollcall's key.
    pub trust_id: TrustId,
    /// Name.
    pub name: String,
    /// Whether it may move its own clock.
    pub sandbox: bool,
}

/// Add a trust
#[utoipa::path(tag = "tenants", security(("token" = ["trust:create"])), request_body = NewTrust, params(Idempotency),
    responses((status = 201, description = "The trust.", body = Trust, headers(("Location")))))]
#[post("/v1/trusts")]
pub async fn create_trust(
    caller: May<CreateTrust>,
    app: web::Data<App>,
    key: Idempotency,
    body: Json<NewTrust>,
) -> Result<HttpResponse> {
    let name = name::kept(&body.value.name, name::LINE)
        .ok_or_else(|| name::refuse(Problem::new(Kind::Invalid), "/name", name::LINE))?;
    let sandbox = body.value.sandbox;
    let reply = app.db.run(&caller.scope().clone(), move |tx| {
        key.once(tx, &caller, "create_trust", &body.bytes, |tx| {
            let trust_id = platform::create_trust(tx, caller.subject(), &name, sandbox)?;
            Reply::created("/v1/trust".to_owned(), &Trust { trust_id, name, sandbox })
        })
    });
    Ok(reply.await?.answer())
}
