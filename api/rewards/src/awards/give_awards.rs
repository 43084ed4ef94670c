//! Awards are handed over, many in one call.

use actix_web::http::StatusCode;

use super::answer::{AwardAnswer, beyond_reach, named};
use super::kind::{AwardKind, AwardState};
use super::rows::{self, AwardRow, Change};
use base::operation::*;
use base::problem::ProblemBody;
use casework::letters::{self, NewLetter, Praise};
use school::{policies, tenants};

/// The most awards of one call.
const MOST: usize = 500;

/// Awards that were handed over.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GiveBody {
    /// The awards, at most 500.
    #[schema(example = json!([118, 119]))]
    awards: Vec<AwardId>,
    /// The day; today when absent.
    #[serde(default)]
    on: Option<NaiveDate>,
}

/// What became of the awards, in their order.
#[derive(Debug, Serialize, ToSchema)]
pub struct GiveAnswer {
    /// One an award.
    results: Vec<GiveResult>,
}

/// What became of one award.
#[derive(Debug, Serialize, ToSchema)]
pub struct GiveResult {
    /// The award.
    award_id: AwardId,
    /// As the award alone would have been answered: 200, 404, 409 or 422.
    #[schema(example = 200)]
    status: u16,
    /// The award as it stands now; absent when there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    now: Option<AwardAnswer>,
    /// Why it was not done.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<ProblemBody>,
}

/// Record that awards were handed over
///
/// A praise letter that is given is written for each parent who may read it, and waits to be sent. The same award given again
/// is answered as it stands.
#[utoipa::path(tag = "rewards", security(("token" = ["reward:give"])), request_body = GiveBody, params(Idempotency),
    responses((status = 207, description = "What became of each.", body = GiveAnswer)))]
#[post("/v1/given-awards")]
pub async fn give_awards(
    caller: May<GiveReward>,
    key: Idempotency,
    body: Json<GiveBody>,
) -> Result<HttpResponse> {
    let GiveBody { awards, on } = body.value;
    if !(1..=MOST).contains(&awards.len()) {
        return Err(Problem::at(Kind::Invalid, "/awards", format!("1 to {MOST} awards")));
    }
    let work = move |tx: &mut Tx<'_>, caller: &Caller| {
        let results = awards.iter().map(|award| one(tx, *award, on, caller));
        let results = results.collect::<Result<Vec<_>>>()?;
        Reply::new(StatusCode::MULTI_STATUS, &GiveAnswer { results })
    };
    key.write(caller, "give_awards", body.bytes, work).await
}

fn one(
    tx: &mut Tx,
    award_id: AwardId,
    on: Option<NaiveDate>,
    caller: &Caller,
) -> Result<GiveResult> {
    let done = tx.savepoint(|tx| give(tx, award_id, on, caller));
    let problem = match done {
        Ok(()) => None,
        Err(problem)
            if [Kind::Internal, Kind::Unavailable, Kind::StorageFull].contains(&problem.kind()) =>
        {
            return Err(problem);
        }
        Err(problem) => Some(problem.body()),
    };
    let status = problem.as_ref().map_or(200, |problem| problem.status);
    let now = match rows::award(tx, award_id) {
        Ok(row) => named(tx, vec![row])?.pop(),
        Err(problem) if problem.kind() == Kind::NotFound => None,
        Err(problem) => return Err(problem),
    };
    Ok(GiveResult { award_id, status, now, problem })
}

fn give(tx: &mut Tx, award_id: AwardId, on: Option<NaiveDate>, caller: &Caller) -> Result<()> {
    tx.take_turns(&format!("award/{award_id}"))?;
    let row = rows::award(tx, award_id)?;
    let settled = |detail: String| Err(Problem::new(Kind::AwardSettled).detail(detail));
    match row.state {
        AwardState::Given => return Ok(()),
        AwardState::Held | AwardState::Withdrawn => {
            let why = row.why.clone().unwrap_or_default();
            return settled(format!("The award is {}: {why}.", row.state));
        }
        AwardState::Earned => {}
    }
    let today = tenants::today(tx, row.school_id)?;
    let on = on.unwrap_or(today);
    if !(row.to_day.min(today)..=today).contains(&on) {
        let expected = format!("a day from {} to today", row.to_day.min(today));
        return Err(Problem::at(Kind::Invalid, "/on", expected));
    }
    if !beyond_reach(tx, std::slice::from_ref(&row))?.is_empty() {
        return settled("The child is not on the school's roll any more.".to_owned());
    }
    let letter_id = match (row.kind, row.pupil_id) {
        (AwardKind::Letter, Some(pupil_id)) => write(tx, &row, pupil_id, caller)?,
        _ => None,
    };
    let given = Change { given_on: Some(on), letter_id, ..Change::to(AwardState::Given, None) };
    rows::change(tx, &row, &given, None, caller.subject())
}

/// Writes the praise letter, as the policy and version have it that give the award.
fn write(
    tx: &mut Tx,
    row: &AwardRow,
    pupil_id: PupilId,
    caller: &Caller,
) -> Result<Option<LetterId>> {
    let all = policies::assignments(tx, row.school_id)?;
    let same = all.iter().find(|one| one.policy == row.policy && one.version == row.policy_version);
    let answers =
        same.map_or_else(|| Value::Object(serde_json::Map::default()), |one| one.answers.clone());
    let follows = policies::under(tx, &row.policy, row.policy_version, &answers)?;
    let new = NewLetter {
        school_id: row.school_id,
        pupil_id,
        step: None,
        review_id: None,
        name: &row.what,
        rule: &row.rule,
        held: None,
        figure: row.rate().map(Into::into),
        over: None,
        day: tenants::today(tx, row.school_id)?,
    };
    let days = (row.from_day, row.to_day);
    letters::praise(
        tx,
        &Praise { new, rate: row.rate(), days, follows: &follows },
        caller.subject(),
    )
}
