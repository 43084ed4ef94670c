//! A page for every kind of problem: its `type` is a link that can be opened.

use base::operation::*;

/// What a kind of problem means.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemPage {
    /// The last part of its `type`.
    pub slug: &'static str,
    /// The HTTP status it is answered with.
    pub status: u16,
    /// One short sentence.
    pub title: &'static str,
    /// What it means and what to do.
    pub meaning: &'static str,
}

/// What a problem means
#[utoipa::path(tag = "operation", params(("slug" = String, Path, description = "The last part of a problem's `type`.")),
    responses((status = 200, description = "What it means and what to do.", body = ProblemPage),
        refusal::NotFound))]
#[get("/problems/{slug}")]
pub async fn read_problem(path: Path<String>) -> Result<HttpResponse> {
    let kind =
        Kind::ALL.iter().find(|kind| kind.slug() == path.0).ok_or_else(Problem::not_found)?;
    Ok(HttpResponse::Ok().json(ProblemPage {
        slug: kind.slug(),
        status: kind.status().as_u16(),
        title: kind.title(),
        meaning: kind.meaning(),
    }))
}
