//! A policy that is being written is tried out; nothing is kept.

use domain::policy::{Folder, book, check_folder};

use super::folder::{PolicyFolder, PolicyProblem};
use base::db::block;
use base::operation::*;

/// What a check came to.
#[derive(Debug, Serialize, ToSchema)]
pub struct CheckAnswer {
    /// Whether nothing is wrong: it can be kept and followed.
    sound: bool,
    /// Everything that is wrong, by file and line.
    problems: Vec<PolicyProblem>,
    /// The policy in plain English, once it is sound.
    #[serde(skip_serializing_if = "Option::is_none")]
    book: Option<String>,
}

/// Check a policy
///
/// Says everything that is wrong with it at once: the words, the pathway, the letters, and the scenarios that do not
/// come out as they say.
#[utoipa::path(tag = "policies", security(("token" = ["policy:write"])),
    params(("policy" = String, Path, description = "The key that the policy has, or is to have.")), request_body = PolicyFolder,
    responses((status = 200, description = "What is wrong with it, or the book.", body = CheckAnswer)))]
#[post("/v1/policies/{policy}/check")]
pub async fn check_policy(
    _caller: May<WritePolicy>,
    _path: Path<String>,
    body: Json<PolicyFolder>,
) -> Result<HttpResponse> {
    let folder = Folder::from(body.value);
    let checked = block(move || Ok(check_folder(&folder))).await?;
    let sound = checked.problems.is_empty();
    Ok(HttpResponse::Ok().json(CheckAnswer {
        sound,
        problems: checked.problems.iter().map(PolicyProblem::from).collect(),
        book: sound.then(|| book(&checked.policy)),
    }))
}
