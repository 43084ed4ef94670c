//! A school is given a policy from a day on.

use domain::policy::{Answers, built_in, parse};

use super::one_or_more::{self, OneOrMore};
use super::rows::{self, Assignment, Part};
use crate::tenants;
use base::operation::*;

/// What a school is to follow.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AssignmentBody {
    /// The policy's key.
    #[schema(example = "improvement-process")]
    policy: String,
    /// A version of it; the latest when absent, of a built-in policy the one that is shipped now.
    #[serde(default)]
    version: Option<i32>,
    /// The school's answers to the policy's settings, by their names; the others keep their defaults.
    #[serde(default)]
    answers: BTreeMap<String, OneOrMore>,
}

/// Say what a school follows
///
/// The pathway and the rewards may come from two policies. Cases that are open keep the version under which they were
/// opened.
#[utoipa::path(tag = "policies", security(("token" = ["policy:assign"])), request_body = AssignmentBody,
    params(SchoolId, ("part" = Part, Path, description = "Which half of a policy."),
        ("from_day" = NaiveDate, Path, description = "The day from which it holds.")),
    responses((status = 200, description = "What the school follows from that day on.", body = Assignment),
        (status = 422, description = "An answer that the policy does not take, or one that it needs.")))]
#[put("/v1/schools/{school_id}/policy/{part}/{from_day}")]
pub async fn assign_policy(
    caller: May<AssignPolicy>,
    app: web::Data<App>,
    path: Path<(SchoolId, Part, NaiveDate)>,
    body: Json<AssignmentBody>,
) -> Result<HttpResponse> {
    let (school_id, part, from_day) = path.0;
    let assignment = app.db.run(&caller.scope().clone(), move |tx| {
        tenants::school(tx, school_id)?;
        let AssignmentBody { policy: key, version, answers } = body.value;
        let version = version_to_follow(tx, &key, version, caller.subject())?;
        let kept = rows::kept(tx, &key, Some(version))?;
        fits(&kept.folder.policy, &one_or_more::texts(answers.clone()))?;
        let all = rows::assignments_to_change(tx, school_id)?;
        let same = rows::holding(&all, part, from_day).filter(|one| {
            let told = serde_json::to_value(&answers).unwrap_or_default();
            one.from_day == from_day
                && (one.policy.as_str(), one.version, &one.answers) == (&*key, version, &told)
        });
        match same {
            Some(same) => Ok(same.clone()),
            None => rows::assign(
                tx,
                school_id,
                (part, from_day),
                (&key, version),
                &answers,
                caller.subject(),
            ),
        }
    });
    Ok(HttpResponse::Ok().json(assignment.await?))
}

/// The version that the school is to follow. What the product ships becomes the trust's own copy here.
fn version_to_follow(tx: &mut Tx, key: &str, version: Option<i32>, by: &str) -> Result<i32> {
    let unknown =
        |_| Problem::at(Kind::Invalid, "/policy", "a policy of the trust, in a version it has");
    match (version, built_in().remove(key)) {
        (None, Some(shipped)) => {
            let name = parse(&shipped.policy, Answers::Examples).0.name;
            rows::keep(tx, key, &name, &shipped, by)
        }
        _ => {
            let kept = rows::kept(tx, key, version).map_err(unknown)?;
            kept.head.version.ok_or_else(|| Problem::internal("a policy without a version"))
        }
    }
}

/// Whether a policy takes these answers, and has all that it needs.
fn fits(text: &str, answers: &BTreeMap<String, Vec<String>>) -> Result<()> {
    let problems =
        |answers: &BTreeMap<String, Vec<String>>| parse(text, Answers::School(answers)).1;
    let settings = parse(text, Answers::Examples).0.settings;
    let wrong = problems(answers);
    let mut refusal = Problem::new(Kind::Invalid);
    for name in answers.keys() {
        let Some(setting) = settings.iter().find(|setting| setting.name == *name) else {
            let known: Vec<&str> = settings.iter().map(|one| one.name.as_str()).collect();
            let expected = format!("one of the policy's settings: {}", known.join(", "));
            refusal = refusal.and(format!("/answers/{name}"), expected);
            continue;
        };
        // An answer is to blame for what is right with another one.
        let mut other = answers.clone();
        other.insert(name.clone(), setting.value.clone());
        let right = problems(&other);
        if let Some(blamed) = wrong.iter().find(|problem| !right.contains(problem)) {
            refusal = refusal.and(format!("/answers/{name}"), blamed.to_string());
        }
    }
    let unanswered = settings.iter().filter(|one| one.required && !answers.contains_key(&one.name));
    for setting in unanswered {
        let expected = format!("an answer, such as {}: {}", setting.value.join(", "), setting.asks);
        refusal = refusal.and(format!("/answers/{}", setting.name), expected);
    }
    if refusal.errors().is_empty() { Ok(()) } else { Err(refusal) }
}
