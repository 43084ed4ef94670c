//! One policy: its texts, its roles, stages and settings.

use domain::policy::{Answers, parse};

use super::folder::PolicyFolder;
use super::one_or_more::OneOrMore;
use super::rows::{self, Kept, PolicyHead};
use base::operation::*;

/// Which version.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReadPolicyQuery {
    /// A version; the latest when absent.
    version: Option<i32>,
}

/// A policy.
#[derive(Debug, Serialize, ToSchema)]
pub struct PolicyAnswer {
    /// What names it.
    #[serde(flatten)]
    head: PolicyHead,
    /// The document it was written down from.
    document: String,
    /// The school's own names of roles, each with the role of the product it stands for.
    roles: BTreeMap<String, String>,
    /// Where a case can be.
    #[schema(example = json!(["Stage 1", "Stage 2"]))]
    stages: Vec<String>,
    /// What the document leaves open.
    settings: Vec<SettingAnswer>,
    /// Its texts.
    folder: PolicyFolder,
}

/// A question that a policy leaves open.
#[derive(Debug, Serialize, ToSchema)]
pub struct SettingAnswer {
    /// Its name.
    #[schema(example = "few sessions")]
    name: String,
    /// The question.
    asks: String,
    /// The default; for one that every school has to answer, an example.
    #[schema(example = "20")]
    value: OneOrMore,
    /// Whether every school has to answer it.
    required: bool,
    /// The only answers there are; empty when any of the right kind will do.
    one_of: Vec<String>,
}

impl PolicyAnswer {
    pub(super) fn answer(kept: &Kept) -> Result<HttpResponse> {
        let tag = tag(kept)?;
        Ok(HttpResponse::Ok().insert_header(("ETag", tag.as_str())).json(Self::of(kept)))
    }

    fn of(kept: &Kept) -> Self {
        let (policy, _) = parse(&kept.folder.policy, Answers::Examples);
        let settings = policy.settings.into_iter().map(|setting| SettingAnswer {
            name: setting.name,
            asks: setting.asks,
            value: setting.value.into(),
            required: setting.required,
            one_of: setting.one_of,
        });
        Self {
            head: kept.head.clone(),
            document: policy.document,
            roles: policy.roles,
            stages: policy.stages.into_iter().map(|stage| stage.name).collect(),
            settings: settings.collect(),
            folder: PolicyFolder::from(&kept.folder),
        }
    }
}

/// The tag of a version.
pub(super) fn tag(kept: &Kept) -> Result<ETag> {
    let parts = (&kept.head.policy, kept.head.version, PolicyFolder::from(&kept.folder));
    Ok(ETag::of(&serde_json::to_vec(&parts).map_err(Problem::internal)?))
}

/// Read a policy
#[utoipa::path(tag = "policies", security(("token" = ["policy:read"])),
    params(("policy" = String, Path, description = "The policy's key."), ReadPolicyQuery),
    responses((status = 200, description = "The policy.", body = PolicyAnswer, headers(("ETag")))))]
#[get("/v1/policies/{policy}")]
pub async fn read_policy(
    caller: May<ReadPolicy>,
    app: web::Data<App>,
    path: Path<String>,
    params: Query<ReadPolicyQuery>,
) -> Result<HttpResponse> {
    let version = params.0.version;
    let kept = app.db.run(caller.scope(), move |tx| rows::kept(tx, &path.0, version)).await?;
    PolicyAnswer::answer(&kept)
}
