//! A plan or contract is written down: agreed with the parents, sent without them, or put in place.

use super::plan::{Plan, PlanItem, PlanKind, check_items};
use crate::cases;
use crate::recording::{About, Record, check_parents, evidence};
use crate::records::{self, Confidential, RecordEntry, RecordState};
use base::operation::*;
use school::tenants;

/// A plan to be written down.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPlan {
    /// What it is about.
    about: About,
    /// An action plan or an attendance contract.
    kind: PlanKind,
    /// How it came about.
    basis: Basis,
    /// What is to be done.
    items: Vec<PlanItem>,
    /// What is confidential: visible only with `safeguarding:read`.
    #[serde(default)]
    confidential: Option<Confidential>,
}

/// How a plan came about.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Basis {
    /// With these parents.
    AgreedWith(Vec<ParentId>),
    /// Without the parents: it is sent to them anyway.
    SentAnyway(bool),
    /// Put in place, not agreed: by whom, in the school's own words.
    PutInPlaceBy(String),
}

impl Basis {
    /// The state, the parents who agreed, and who put it in place.
    fn check(
        self,
        tx: &mut Tx,
        pupil_id: PupilId,
    ) -> Result<(RecordState, Vec<ParentId>, Option<String>)> {
        match self {
            Basis::AgreedWith(parents) => {
                let at = "/basis/agreed_with";
                if parents.is_empty() {
                    let expected = "one parent of the pupil or more";
                    return Err(Problem::at(Kind::Invalid, at, expected));
                }
                check_parents(tx, pupil_id, &parents, at)?;
                Ok((RecordState::Agreed, parents, None))
            }
            Basis::SentAnyway(true) => Ok((RecordState::SentAnyway, Vec::new(), None)),
            Basis::SentAnyway(false) => {
                let expected = "true, or one of agreed_with and put_in_place_by instead";
                Err(Problem::at(Kind::Invalid, "/basis/sent_anyway", expected))
            }
            Basis::PutInPlaceBy(by) => {
                let by = name::words(&by, "/basis/put_in_place_by", name::NOTE)?;
                Ok((RecordState::PutInPlace, Vec::new(), Some(by)))
            }
        }
    }
}

/// Write down a plan or contract
///
/// A letter of the case that carries the plan has waited for it, and is written now.
#[utoipa::path(tag = "plans", security(("token" = ["case:record"])), request_body = NewPlan,
    params(Idempotency),
    responses((status = 201, description = "The plan, without what is confidential.", body = Record<Plan>, headers(("Location"))),
        refusal::Merged,
        refusal::AnotherSchools))]
#[post("/v1/plans")]
pub async fn make_plan(
    caller: May<RecordCase>,
    app: web::Data<App>,
    key: Idempotency,
    body: Json<NewPlan>,
) -> Result<HttpResponse> {
    let NewPlan { about, kind, basis, items, confidential } = body.value;
    let items = check_items(items)?;
    let confidential = confidential.map(Confidential::check).transpose()?;
    let reply = app.db.run(&caller.scope().clone(), move |tx| {
        let ground = about.look_up(tx)?;
        key.once(tx, &caller, "make_plan", &body.bytes, |tx| {
            let (state, agreed_with, put_in_place_by) = basis.check(tx, ground.pupil_id)?;
            let says = match &put_in_place_by {
                Some(by) => format!("{}, put in place by {by}, not agreed", kind.says()),
                None => format!("{}, {state}", kind.says()),
            };
            let (delivered, reviews) = (None, Vec::new());
            let plan = Plan { kind, put_in_place_by, agreed_with, items, delivered, reviews };
            let standing = RecordEntry {
                state,
                day: tenants::today(tx, ground.school_id)?,
                says,
                details: &plan,
                confidential: confidential.as_ref(),
            };
            let row = records::add(tx, &ground, &standing, &caller)?;
            evidence(tx, (ground.action_id, ground.pupil_id), (&row.says, true), &caller)?;
            if let Some(case_id) = row.case_id {
                cases::write_again(tx, case_id, "plan")?;
            }
            Reply::created(format!("/v1/plans/{}", row.record_id), &Record::<Plan>::of(&row)?)
        })
    });
    Ok(reply.await?.answer())
}
