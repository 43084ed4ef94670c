//! Ready sentences about the class that has won, without a child's name: for the display, the assembly and a post. No
//! league table, no class that has not won, no rate of a class below the least size.

use super::kind::{AwardKind, AwardState};
use super::rows::{self, AwardFilter};
use base::operation::*;
use casework::letters::long;
use roll::pupils;
use school::tenants;

/// Of which school and period.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PraiseQuery {
    /// The school.
    school_id: SchoolId,
    /// The period, such as `2026/2026-W47` or `2026/term-1`.
    #[param(example = "2026/2026-W47")]
    period: String,
}

/// What can be said aloud.
#[derive(Debug, Serialize, ToSchema)]
pub struct PraiseAnswer {
    /// The school.
    #[schema(example = 7)]
    school_id: SchoolId,
    /// The period.
    #[schema(example = "2026/2026-W47")]
    period: String,
    /// The winning class; several when they share it.
    #[schema(example = json!(["6A"]))]
    classes: Vec<String>,
    /// Ready sentences; none while nobody has won.
    #[schema(example = json!(["6A had the best attendance from 16 November 2026 to 20 November 2026: 98.6%. Well done, 6A!"]))]
    sentences: Vec<String>,
}

/// Read ready sentences of praise
///
/// Only the winning class, and no child's name.
#[utoipa::path(tag = "rewards", security(("token" = ["reward:read"])), params(PraiseQuery),
    responses((status = 200, description = "Ready sentences.", body = PraiseAnswer)))]
#[get("/v1/rewards/praise")]
pub async fn read_praise(
    caller: May<ReadReward>,
    app: web::Data<App>,
    params: Query<PraiseQuery>,
) -> Result<HttpResponse> {
    let PraiseQuery { school_id, period } = params.0;
    let answer = app.db.run(caller.scope(), move |tx| praise(tx, school_id, period));
    Ok(HttpResponse::Ok().json(answer.await?))
}

fn praise(tx: &mut Tx, school_id: SchoolId, period: String) -> Result<PraiseAnswer> {
    tenants::school(tx, school_id)?;
    let classes = pupils::classes_of_schools(tx, &[school_id])?.into_iter();
    let names: BTreeMap<ClassId, String> =
        classes.map(|class| (class.class_id, class.name)).collect();
    let filter = AwardFilter {
        school_id: Some(school_id),
        period: Some(period.clone()),
        ..AwardFilter::default()
    };
    let won = rows::list(tx, &filter, None, i64::MAX)?.into_iter().filter(|row| {
        row.pupil_id.is_none() && matches!(row.state, AwardState::Earned | AwardState::Given)
    });
    let won: Vec<_> = won.collect();
    let best: BTreeMap<ClassId, _> =
        won.iter().filter_map(|row| Some((row.class_id?, row))).collect();
    let name = |id: &ClassId| names.get(id).cloned().unwrap_or_default();
    let classes: Vec<String> = best.keys().map(name).collect();
    let mut sentences = Vec::new();
    if let Some(row) = best.values().next() {
        let rate = row.rate().map(|rate| format!(": {}%", rate.complement().attendance_rounded()));
        let days = format!("from {} to {}", long(row.from_day), long(row.to_day));
        let (all, had) = match classes.as_slice() {
            [one] => (one.clone(), "had"),
            [others @ .., last] => (format!("{} and {last}", others.join(", ")), "shared"),
            [] => (String::new(), ""),
        };
        let rate = rate.unwrap_or_default();
        sentences.push(format!("{all} {had} the best attendance {days}{rate}. Well done, {all}!"));
        let given =
            won.iter().filter(|row| matches!(row.kind, AwardKind::Trophy | AwardKind::Prize));
        let given: BTreeSet<&str> = given.map(|row| row.what.as_str()).collect();
        sentences.extend(given.into_iter().map(|what| format!("The {what} goes to {all}.")));
    }
    Ok(PraiseAnswer { school_id, period, classes, sentences })
}
