//! What was decided about a notice, and what the local authority made of it.

use actix_web::http::StatusCode;
use domain::{CodeTable, NoticeState};

use super::limits::Counted;
use super::propose::no_further;
use crate::recording::{CaseMoved, Forward};
use crate::records::notices::{
    self as store, Amount, Details, NoticeEntry, NoticeRow, ParentNotice, next,
};
use base::operation::*;
use figures::Counting;
use school::tenants;

/// What was decided.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoticeDecision {
    /// How it stands now. The same state again adds what is said.
    state: words::NoticeState,
    /// The day on which it was issued, waived, withdrawn or paid.
    day: NaiveDate,
    /// What the local authority said; for `waived` why a person decided against it, which only those read who lead on
    /// safeguarding.
    says: String,
    /// For `paid`: how much, in pence.
    #[serde(default)]
    #[schema(example = 8000)]
    paid_pence: Option<u32>,
    /// The outcome of the case's stage that this is, in the policy's words: the case goes on with it.
    #[serde(default)]
    #[schema(example = "issued")]
    outcome: Option<String>,
}

/// A notice that was decided on.
#[derive(Debug, Serialize, ToSchema)]
pub struct DecidedNotice {
    /// The notice.
    notice: ParentNotice,
    /// What became of the case, when an outcome was named.
    #[serde(skip_serializing_if = "Option::is_none")]
    case: Option<CaseMoved>,
}

/// Decide a penalty notice
///
/// Pending becomes issued or waived, issued becomes paid or withdrawn, paid becomes withdrawn. The sessions of a notice
/// that was waived or withdrawn are free again; one that was withdrawn does not count towards the limit.
#[utoipa::path(tag = "notices", security(("token" = ["case:decide"])), request_body = NoticeDecision,
    params(NoticeId, IfMatch, Idempotency),
    responses((status = 200, description = "The notice, and what became of the case.", body = DecidedNotice),
        (status = 422, description = "It cannot become that; or there may be no further notice."),
        refusal::NoCalendar))]
#[post("/v1/notices/{notice_id}/decision")]
pub async fn decide_notice(
    caller: May<DecideCase>,
    app: web::Data<App>,
    counting: web::Data<Counting>,
    path: Path<NoticeId>,
    conditions: Conditions,
    key: Idempotency,
    body: Json<NoticeDecision>,
) -> Result<HttpResponse> {
    let Json { value: said, bytes } = body;
    let says = name::words(&said.says, "/says", name::NOTE)?;
    let of_case = app.db.run(caller.scope(), move |tx| Ok(last(tx, path.0)?.case_id));
    let forward = Forward::of(&counting, caller.scope(), of_case.await?).await?;
    let codes = app.codes.clone();
    let operation = format!("decide_notice/{}", path.0);
    key.write(caller, operation, bytes, move |tx, caller| {
        let about = last(tx, path.0)?.pupil_id;
        let child = store::own_record(tx, about)?;
        store::hold(tx, child)?;
        let before = last(tx, path.0)?;
        conditions.check_write(Some(&before.etag()), true)?;
        let mut details = after(tx, &codes, (child, &before), &said)?;
        let says = match *said.state {
            NoticeState::Waived => {
                details.waived_because = Some(says);
                format!("notice {} to parent {} is waived", details.number, before.parent_id)
            }
            _ => says,
        };
        let standing = NoticeEntry { state: *said.state, day: said.day, says, details: &details };
        let row = store::keep(tx, before.whom(), Some(&before), &standing, caller)?;
        let case = forward.go_if_said(tx, caller, row.case_id, said.outcome.as_deref())?;
        Reply::new(StatusCode::OK, &DecidedNotice { notice: ParentNotice::of(&row)?, case })
    })
    .await
}

/// How the notice stands; only for those who reach the school that asks.
fn last(tx: &mut Tx, notice_id: NoticeId) -> Result<NoticeRow> {
    let row = store::history(tx, notice_id)?.pop().ok_or_else(Problem::not_found)?;
    tenants::school(tx, row.asking_school)?;
    Ok(row)
}

/// What is known of the notice after the decision.
fn after(
    tx: &mut Tx,
    codes: &CodeTable,
    (child, before): (PupilId, &NoticeRow),
    said: &NoticeDecision,
) -> Result<Details> {
    let (state, mut details) = (*before.state, before.read()?);
    let mut problem = Problem::new(Kind::Invalid);
    if !state.may_become(*said.state) {
        let expected = format!("what may follow {}; see the operation", state);
        problem = problem.and("/state", expected);
    }
    if said.day > tx.clock().today() {
        problem = problem.and("/day", "today, or a day before");
    }
    if said.day < before.day {
        let expected = format!("{}, the day since which it stands so, or later", before.day);
        problem = problem.and("/day", expected);
    }
    let as_paid = match *said.state {
        NoticeState::Paid if state != NoticeState::Paid => {
            said.paid_pence.is_some_and(|pence| may_be_paid(details.amount, pence))
        }
        _ => said.paid_pence.is_none() || said.paid_pence == details.paid_pence,
    };
    if !as_paid {
        problem = problem.and("/paid_pence", amounts(details.amount));
    }
    if !problem.errors().is_empty() {
        return Err(problem);
    }
    details.import_id = None;
    // What is only added to leaves the days and the amounts as they were decided.
    match *said.state {
        same if same == state => {}
        NoticeState::Issued => {
            let counted = Counted::read(tx, codes, child, None)?;
            let all = store::of_child(tx, child)?;
            let whom = (before.parent_id, said.day);
            let turn = counted.next(&all, whom, Some(before.notice_id))?;
            let Some((number, amount)) = next(&counted.law, turn) else {
                return Err(no_further(turn, "/state"));
            };
            (details.number, details.amount) = (number, amount);
            details.issued_on = Some(said.day);
        }
        NoticeState::Paid => {
            (details.paid_on, details.paid_pence) = (Some(said.day), said.paid_pence);
        }
        NoticeState::Pending | NoticeState::Waived | NoticeState::Withdrawn => {}
    }
    Ok(details)
}

fn may_be_paid(amount: Amount, pence: u32) -> bool {
    pence == amount.pence || Some(pence) == amount.early_pence
}

fn amounts(amount: Amount) -> String {
    match amount.early_pence {
        Some(early) => {
            format!("{early} (paid early) or {}, and only when it is paid", amount.pence)
        }
        None => format!("{}, and only when it is paid", amount.pence),
    }
}
