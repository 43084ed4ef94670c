//! A file is sent in.

use actix_web::{HttpRequest, HttpResponse, post, web};
use serde::Deserialize;
use utoipa::IntoParams;

use super::rows::{self, FileKind, Import, Request};
use crate::app::App;
use crate::auth::May;
use crate::auth::permission::RunImport;
use crate::db::Schools;
use crate::http::idempotency::{Idempotency, Reply};
use crate::http::json::{Query, media_type, unreadable};
use crate::http::problem::{Kind, Problem};
use crate::{jobs, tenants};

/// The most bytes of a file.
const MOST: usize = 256 * 1024 * 1024;

/// What to do with the file.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Params {
    /// What the file says: `pupils` or `marks`.
    #[param(value_type = String)]
    kind: FileKind,
    /// The school that the file is for. Without it every row names its school in the column `urn`; that needs a token
    /// for the whole trust.
    school_id: Option<i32>,
    /// What you call the file.
    file_name: Option<String>,
    /// `true`: only say what would happen.
    #[serde(default)]
    dry_run: bool,
}

/// Send a file
///
/// CSV, as the body. The answer comes at once; the work is a job, and the import tells how far it is and what it came
/// to. A file with any problem changes nothing: every problem names its line, column and value and what was expected.
#[utoipa::path(tag = "imports", security(("token" = ["import:run"])), params(Params,
        ("Idempotency-Key" = Option<String>, Header, description = "A value of your own; the same request with the same key is done once.")),
    request_body(content = String, content_type = "text/csv", description = "The file: comma, semicolon or tab; UTF-8, UTF-16 with a byte order mark, or Windows-1252."),
    responses((status = 202, description = "Taken; `Location` tells how it goes.", body = Import),
        (status = 400, description = "The query string could not be read.", body = crate::http::problem::ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "The file is too large.", body = crate::http::problem::ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "Not a media type of a file.", body = crate::http::problem::ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "Something in the request is not right.", body = crate::http::problem::ProblemBody, content_type = "application/problem+json")))]
#[post("/v1/imports")]
pub async fn create_import(
    caller: May<RunImport>,
    app: web::Data<App>,
    http: HttpRequest,
    params: Query<Params>,
    key: Idempotency,
    body: web::Payload,
) -> Result<HttpResponse, Problem> {
    if !matches!(
        media_type(&http).as_str(),
        "text/csv" | "text/plain" | "application/octet-stream" | "application/csv"
    ) {
        return Err(Problem::new(Kind::UnsupportedMedia).detail("Send `Content-Type: text/csv`."));
    }
    let Params { kind, school_id, file_name, dry_run } = params.0;
    let file_name = file_name
        .map(|name| name.chars().filter(|c| !c.is_control()).take(200).collect::<String>());
    let file_name = file_name.filter(|name| !name.is_empty());
    if school_id.is_none() && *caller.scope().schools() != Schools::All {
        return Err(Problem::at(
            Kind::Invalid,
            "?school_id",
            "the school: your token is not for the whole trust",
        ));
    }
    let too_large = || {
        Problem::new(Kind::TooLarge).detail(format!("A file may have {} MiB.", MOST / 1024 / 1024))
    };
    let bytes = body
        .to_bytes_limited(MOST)
        .await
        .map_err(|_| too_large())?
        .map_err(|error| unreadable(&error))?;
    let request = Request { kind, school_id, file_name, dry_run };
    let reply = app.db.run(&caller.scope().clone(), move |tx| {
        if let Some(school_id) = school_id {
            tenants::school(tx, school_id)?;
        }
        key.once(
            tx,
            &caller,
            &format!("create_import/{kind:?}/{school_id:?}/{dry_run}"),
            &bytes,
            |tx| {
                let job_id = jobs::enqueue(tx, super::KIND, school_id, &caller)?;
                rows::add(tx, job_id, &request, &bytes)?;
                Reply::accepted(format!("/v1/imports/{job_id}"), &rows::import(tx, job_id)?)
            },
        )
    });
    Ok(reply.await?.answer())
}
