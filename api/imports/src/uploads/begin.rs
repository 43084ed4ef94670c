//! A large file is going to come in parts.

use chrono::TimeDelta;

use super::rows::{self, Upload};
use base::db::Schools;
use base::operation::*;
use school::tenants;

/// After so long without a touch an upload is let go.
const KEPT: TimeDelta = TimeDelta::days(2);

/// What the file is for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct BeginUploadQuery {
    /// The school that the file is for; needed unless your token is for the whole trust.
    school_id: Option<SchoolId>,
}

/// Begin to send a large file in parts
///
/// Put its parts to `/v1/uploads/{upload_id}/parts/{part}`, from 1, in any order; a part that did not arrive is put
/// again. Then `POST /v1/imports?upload_id=...` with an empty body imports it. An upload that is not touched for two
/// days is let go.
#[utoipa::path(tag = "imports", security(("token" = ["import:run"])), params(BeginUploadQuery, Idempotency),
    responses((status = 201, description = "The upload, without a part yet.", body = Upload, headers(("Location")))))]
#[post("/v1/uploads")]
pub async fn begin_upload(
    caller: May<RunImport>,
    app: web::Data<App>,
    params: Query<BeginUploadQuery>,
    key: Idempotency,
) -> Result<HttpResponse> {
    let school_id = params.0.school_id;
    if school_id.is_none() && *caller.scope().schools() != Schools::All {
        let expected = "the school: your token is not for the whole trust";
        return Err(Problem::at(Kind::Invalid, "?school_id", expected));
    }
    let reply = app.db.run(&caller.scope().clone(), move |tx| {
        if let Some(school_id) = school_id {
            tenants::school(tx, school_id)?;
        }
        let school = school_id.map(SchoolId::number);
        key.once(tx, &caller, &format!("begin_upload/{school:?}"), &[], |tx| {
            let before = tx.now() - KEPT;
            rows::let_go(tx, before)?;
            let upload_id = rows::begin(tx, school_id, caller.subject())?;
            let upload = rows::upload(tx, upload_id)?;
            Reply::created(format!("/v1/uploads/{upload_id}"), &upload)
        })
    });
    Ok(reply.await?.answer())
}
