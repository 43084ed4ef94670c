//! The trust writes a policy of its own, or a new version of it.

use domain::policy::{Folder, built_in};

use super::folder::{PolicyFolder, sound};
use super::read_policy::{PolicyAnswer, tag};
use super::rows;
use base::db::{Schools, block};
use base::operation::*;

/// Write a policy
///
/// Keeps the text as the policy's next version; what says the same as the latest version adds none. Schools go on
/// following the version they were given. Needs a token for the whole trust.
#[utoipa::path(tag = "policies", security(("token" = ["policy:write"])), request_body = PolicyFolder,
    params(("policy" = String, Path, description = "A key of your own: small letters, digits and hyphens."), IfMatch),
    responses((status = 200, description = "The policy as it is kept.", body = PolicyAnswer, headers(("ETag"))),
        (status = 409, description = "The key is a built-in policy's."),
        refusal::UnsoundPolicy, refusal::Taken))]
#[put("/v1/policies/{policy}")]
pub async fn put_policy(
    caller: May<WritePolicy>,
    app: web::Data<App>,
    path: Path<String>,
    conditions: Conditions,
    body: Json<PolicyFolder>,
) -> Result<HttpResponse> {
    let key = path.0;
    if *caller.scope().schools() != Schools::All {
        return Err(Problem::new(Kind::Forbidden)
            .detail("A policy of the trust needs a token for the whole trust.")
            .member("permission", WritePolicy::NAME)
            .member("role", caller.role()));
    }
    if !is_key(&key) {
        let expected = "1 to 60 small letters, digits and hyphens, not a hyphen first";
        return Err(Problem::at(Kind::Invalid, "policy", expected));
    }
    if built_in().contains_key(key.as_str()) {
        return Err(Problem::new(Kind::Taken)
            .detail("That key is a built-in policy's: copy it under a key of your own."));
    }
    let folder = Folder::from(body.value);
    let (folder, name) = block(move || {
        let name = sound(&folder)?.policy.name;
        Ok((folder, name))
    })
    .await?;
    let answer = app.db.run(&caller.scope().clone(), move |tx| {
        let before = match rows::kept(tx, &key, None) {
            Ok(kept) => Some(tag(&kept)?),
            Err(problem) if problem.kind() == Kind::NotFound => None,
            Err(problem) => return Err(problem),
        };
        conditions.check_write(before.as_ref(), before.is_some())?;
        let version = rows::keep(tx, &key, &name, &folder, caller.subject())?;
        rows::kept(tx, &key, Some(version))
    });
    PolicyAnswer::answer(&answer.await?)
}

fn is_key(text: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=60).contains(&text.len()) && text.bytes().all(is_part) && !text.starts_with('-')
}
