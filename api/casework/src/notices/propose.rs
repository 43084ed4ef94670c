//! A person puts a penalty notice up for decision: the sessions that it rests on are used from now on.

use actix_web::http::StatusCode;
use domain::national::NextNotice;
use domain::{CodeTable, NoticeState};

use super::limits::Counted;
use super::open::ask_for_support;
use crate::cases;
use crate::records::notices::{
    self as store, Details, Missed, NoticeEntry, NoticeRow, ParentNotice, Whom, next,
};
use base::operation::*;
use roll::visibility::{self, Act};
use roll::{parents, pupils};
use school::tenants;

/// A notice that somebody is to decide on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewNotice {
    /// The parent.
    #[schema(example = 33)]
    parent_id: ParentId,
    /// The school that asks the local authority.
    #[schema(example = 7)]
    school_id: SchoolId,
    /// The case, where there is one.
    #[serde(default)]
    case_id: Option<CaseId>,
    /// Why, where the sessions do not reach the national threshold: an authority may still issue one.
    #[serde(default)]
    reason: Option<String>,
}

/// Put a penalty notice up for decision
///
/// It rests on the school weeks with the most sessions of unauthorised absence that no other notice to this parent
/// rests on. A third notice within the years that count is refused: another measure is considered. One that is pending
/// already is looked at again, and its sessions are counted anew. Where the school has recorded no support for the child
/// somebody is asked for it: an action, which stands with the notice.
#[utoipa::path(tag = "notices", security(("token" = ["case:record"])), request_body = NewNotice,
    params(PupilId, Idempotency),
    responses((status = 201, description = "The notice, pending.", body = ParentNotice, headers(("Location"))),
        (status = 200, description = "The notice that was pending already, counted anew.", body = ParentNotice, headers(("Location"))),
        (status = 409, description = "A notice that another school asked for is pending already."),
        (status = 422, description = "Too few sessions and no reason; or there may be no further notice."),
        refusal::Taken, refusal::Merged,
        refusal::AnotherSchools))]
#[post("/v1/pupils/{pupil_id}/notices")]
pub async fn propose_notice(
    caller: May<RecordCase>,
    app: web::Data<App>,
    path: Path<PupilId>,
    key: Idempotency,
    body: Json<NewNotice>,
) -> Result<HttpResponse> {
    let Json { value: new, bytes } = body;
    let pupil_id = path.0;
    let kept = |reason: &String| name::words(reason, "/reason", name::NOTE);
    let reason = new.reason.as_ref().map(kept).transpose()?;
    let codes = app.codes.clone();
    let operation = format!("propose_notice/{pupil_id}");
    let reply = app.db.run(&caller.scope().clone(), move |tx| {
        pupils::pupil(tx, pupil_id)?;
        tenants::school(tx, new.school_id)?;
        key.once(tx, &caller, &operation, &bytes, |tx| {
            check(tx, pupil_id, &new)?;
            let whom = Whom {
                pupil_id,
                parent_id: new.parent_id,
                case_id: new.case_id,
                asking_school: new.school_id,
            };
            let (row, is_new) = propose(tx, &codes, whom, reason, &caller)?;
            ask_for_support(tx, row.notice_id, row.whom(), row.day)?;
            let notice = ParentNotice::of(&row)?;
            let place = format!("/v1/notices/{}", row.notice_id);
            match is_new {
                true => Reply::created(place, &notice),
                false => Ok(Reply::new(StatusCode::OK, &notice)?.at(place)),
            }
        })
    });
    Ok(reply.await?.answer())
}

fn check(tx: &mut Tx, pupil_id: PupilId, new: &NewNotice) -> Result<()> {
    let pupil = pupils::pupil(tx, pupil_id)?;
    pupils::check_unmerged(tx, pupil_id)?;
    visibility::check(tx, pupil_id, Act::Begin)?;
    tenants::school(tx, new.school_id)?;
    let mut problem = Problem::new(Kind::Invalid);
    if !parents::whom_to_ask(tx, pupil_id)?.contains_key(&new.parent_id) {
        parents::parent(tx, new.parent_id)?;
        problem = problem.and("/parent_id", "a parent of the pupil");
    }
    if !pupils::stays_of(tx, pupil_id)?.iter().any(|stay| stay.school_id == new.school_id) {
        problem = problem.and("/school_id", "a school on whose roll the pupil is or was");
    }
    if let Some(case_id) = new.case_id {
        let case = cases::case(tx, case_id)?;
        if (case.pupil_id, case.school_id) != (pupil_id, new.school_id) {
            problem = problem.and("/case_id", "a case of this pupil at this school");
        }
    }
    if !domain::is_of_compulsory_age(pupil.birth_date, tx.clock().today()) {
        problem = problem.detail("The pupil is not of compulsory school age.");
        problem = problem.and("/parent_id", "no notice: it is only for pupils of compulsory age");
    }
    if problem.errors().is_empty() { Ok(()) } else { Err(problem) }
}

/// The notice, and whether it is new.
fn propose(
    tx: &mut Tx,
    codes: &CodeTable,
    whom: Whom,
    reason: Option<String>,
    caller: &Caller,
) -> Result<(NoticeRow, bool)> {
    store::hold(tx, whom.pupil_id)?;
    let all = store::of_child(tx, whom.pupil_id)?;
    let pending =
        |row: &&NoticeRow| row.parent_id == whom.parent_id && row.state == NoticeState::Pending;
    let pending = all.iter().find(pending);
    let but = pending.map(|row| row.notice_id);
    let asked = pending.map(|row| asked_before(row, &whom)).transpose()?;
    let counted = Counted::read(tx, codes, whom.pupil_id, None)?;
    let turn = counted.next(&all, (whom.parent_id, counted.day), but)?;
    let Some((number, amount)) = next(&counted.law, turn) else {
        return Err(no_further(turn, "/parent_id"));
    };
    let watch = counted.watch(&all, whom.parent_id, but)?;
    let none = || {
        let expected = "a pupil with a mark: the school has no school week yet";
        Problem::at(Kind::Invalid, "/school_id", expected)
    };
    let watch = watch.ok_or_else(none)?;
    let (found, law) = (watch.sessions.len(), &counted.law);
    if !watch.reached && reason.is_none() {
        let expected = format!(
            "why a notice is considered below the national threshold: {found} of {} sessions in {} school weeks that no \
             other notice to this parent rests on",
            law.sessions, law.school_weeks
        );
        return Err(Problem::at(Kind::Invalid, "/reason", expected));
    }
    let sessions =
        watch.sessions.iter().map(|(date, session)| Missed { date: *date, session: *session });
    let details = Details {
        number,
        from: Some(watch.window.from),
        to: Some(watch.window.to),
        sessions: sessions.collect(),
        reached: watch.reached,
        reason,
        waived_because: None,
        amount,
        issued_on: None,
        paid_on: None,
        paid_pence: None,
        reference: None,
        authority: None,
        import_id: None,
    };
    let says = format!(
        "notice {number} to parent {} is pending: {found} sessions from {} to {}",
        whom.parent_id, watch.window.from, watch.window.to
    );
    // Asked again and counted to the same: the notice stands as it does.
    if let Some(pending) = pending
        && serde_json::to_value(&details).map_err(Problem::internal)? == pending.details
    {
        return Ok((pending.clone(), false));
    }
    let standing =
        NoticeEntry { state: NoticeState::Pending, day: counted.day, says, details: &details };
    let row = store::keep(tx, asked.unwrap_or(whom), pending, &standing, caller)?;
    Ok((row, pending.is_none()))
}

/// A notice that is pending stays with the school that asked for it.
fn asked_before(pending: &NoticeRow, whom: &Whom) -> Result<Whom> {
    if pending.asking_school != whom.asking_school {
        return Err(Problem::new(Kind::Taken).detail(format!(
            "Notice {} to this parent is pending: school {} has asked for it.",
            pending.notice_id, pending.asking_school
        )));
    }
    Ok(Whom { case_id: pending.case_id.or(whom.case_id), ..pending.whom() })
}

/// There may be no further notice to this parent for this child.
pub(super) fn no_further(turn: NextNotice, pointer: &str) -> Problem {
    let before = match turn {
        NextNotice::NoneBefore(day) => format!(" before {day}"),
        NextNotice::First | NextNotice::Second => String::new(),
    };
    Problem::at(
        Kind::Invalid,
        pointer,
        format!(
            "no further notice{before}: two in three years are the limit for a parent and a child; consider another measure"
        ),
    )
}
