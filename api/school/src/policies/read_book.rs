//! A policy in plain English, to be held against the school's document line by line.

use domain::policy::{Answers, book, parse};

use super::one_or_more;
use super::rows::{self, Part};
use crate::tenants;
use base::operation::*;

/// Which version, and whose answers.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReadBookQuery {
    /// A version; the latest when absent.
    version: Option<i32>,
    /// A school that follows the policy: its answers to the settings instead of the defaults.
    school_id: Option<SchoolId>,
    /// The day on which the school follows it; today when absent.
    on: Option<NaiveDate>,
}

/// Read a policy's book
///
/// Every rule in plain English, with its id. All staff may read it.
#[utoipa::path(tag = "policies", security(("token" = ["policy:read"])),
    params(("policy" = String, Path, description = "The policy's key."), ReadBookQuery),
    responses((status = 200, description = "The book.", body = String, content_type = "text/markdown")))]
#[get("/v1/policies/{policy}/book")]
pub async fn read_book(
    caller: May<ReadPolicy>,
    app: web::Data<App>,
    path: Path<String>,
    params: Query<ReadBookQuery>,
) -> Result<HttpResponse> {
    let text = app.db.run(caller.scope(), move |tx| text(tx, &path.0, &params.0)).await?;
    Ok(HttpResponse::Ok().content_type("text/markdown; charset=utf-8").body(text))
}

fn text(tx: &mut Tx, key: &str, params: &ReadBookQuery) -> Result<String> {
    let Some(school_id) = params.school_id else {
        let kept = rows::kept(tx, key, params.version)?;
        return Ok(book(&parse(&kept.folder.policy, Answers::Examples).0));
    };
    tenants::school(tx, school_id)?;
    let day = params.on.unwrap_or_else(|| tx.clock().today());
    let all = rows::assignments(tx, school_id)?;
    let follows = Part::ALL.into_iter().filter_map(|part| rows::holding(&all, part, day));
    let own = follows.into_iter().find(|one| one.policy == key).ok_or_else(Problem::not_found)?;
    let kept = rows::kept(tx, key, Some(params.version.unwrap_or(own.version)))?;
    let answers = serde_json::from_value(own.answers.clone()).map_err(Problem::internal)?;
    let answers = one_or_more::texts(answers);
    Ok(book(&parse(&kept.folder.policy, Answers::School(&answers)).0))
}
