//! Two records of one child become one.

use actix_web::http::StatusCode;

use super::records::{hand_over, hold, point};
use crate::pupils::read_pupil::{PupilPage, pupil_page};
use crate::pupils::{check_unmerged, details, merged_records, pupil, stays_of};
use crate::visibility;
use base::operation::*;
use base::problem::Overlap;

/// A merge.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Merge {
    /// The record that stays.
    #[schema(example = 4711)]
    into: PupilId,
    /// Why, 1 to 500 characters.
    #[schema(example = "Entered twice when the pupil returned")]
    reason: String,
}

/// Merge a pupil's record into another
///
/// The record's enrolments, with their marks, become the other record's, and the pupil is found by the UPNs of both.
/// The record itself stays, is no longer listed and says where it went. Names and date of birth are the other
/// record's. Needs a token that covers every school of both. Merging what is merged already changes nothing.
#[utoipa::path(tag = "pupils", security(("token" = ["pupil:write"])), request_body = Merge,
    params(("pupil_id" = i32, Path, description = "The record that goes."),
        Idempotency),
    responses((status = 200, description = "The record that stays, with all enrolments.", body = PupilPage),
        (status = 409, description = "Both are on one school's roll on some day, or one was merged into a third record."),
        refusal::Taken, refusal::Merged))]
#[post("/v1/pupils/{pupil_id}/merge")]
pub async fn merge_pupils(
    caller: May<WritePupil>,
    app: web::Data<App>,
    path: Path<PupilId>,
    key: Idempotency,
    body: Json<Merge>,
) -> Result<HttpResponse> {
    let pupil_id = path.0;
    let reply = app.db.run(&caller.scope().clone(), move |tx| {
        pupil(tx, pupil_id)?;
        pupil(tx, body.value.into)?;
        key.once(tx, &caller, &format!("merge_pupils/{pupil_id}"), &body.bytes, |tx| {
            merge(tx, pupil_id, &body.value, &caller)?;
            Reply::new(StatusCode::OK, &pupil_page(tx, body.value.into)?)
        })
    });
    Ok(reply.await?.answer())
}

fn merge(tx: &mut Tx, from: PupilId, body: &Merge, caller: &Caller) -> Result<()> {
    let (into, reason) = (body.into, details::reason(&body.reason)?);
    if from == into {
        return Err(Problem::at(Kind::Invalid, "/into", "another record than the one that goes"));
    }
    // Whatever was merged into the record goes on with it, so that one step always leads to the pupil.
    let mut ids = vec![from, into];
    ids.extend(merged_records(tx, &[from])?);
    let held = hold(tx, &ids)?;
    held.check_reach(tx)?;
    check_unmerged(tx, into)?;
    if held.records.first().is_some_and(|record| record.merged_into == Some(into)) {
        return Ok(());
    }
    check_unmerged(tx, from)?;
    check_apart(tx, from, into)?;
    let stays = stays_of(tx, from)?;
    let enrolments: Vec<(EnrolmentId, SchoolId)> =
        stays.iter().map(|stay| (stay.enrolment_id, stay.school_id)).collect();
    let seen: BTreeSet<SchoolId> =
        held.records.iter().flat_map(|record| record.school_ids.iter().copied()).collect();
    let at = held.locked.bump_at(tx)?;
    let because = (reason.as_str(), at, caller.subject());
    hand_over(tx, &enrolments, into, because)?;
    for record in held.records.iter().filter(|record| record.pupil_id != into) {
        point(tx, record, Some(into), because)?;
    }
    let seen: Vec<(PupilId, SchoolId)> = seen.into_iter().map(|school| (into, school)).collect();
    visibility::let_see(tx, &seen)?;
    visibility::settle(tx, &[into])
}

/// One child is on a school's roll once at a time: where the records overlap, a person has to say which days are right.
fn check_apart(tx: &mut Tx, from: PupilId, into: PupilId) -> Result<()> {
    let others = stays_of(tx, into)?;
    let mut overlaps = Vec::new();
    for stay in stays_of(tx, from)? {
        let at_once = others.iter().filter(|other| {
            other.school_id == stay.school_id && other.overlaps(stay.first_day, stay.last_day)
        });
        overlaps.extend(at_once.map(|other| Overlap {
            school_id: stay.school_id,
            enrolment_ids: [stay.enrolment_id, other.enrolment_id],
        }));
    }
    if overlaps.is_empty() {
        return Ok(());
    }
    let detail = "Both records are on one school's roll on some of the same days. Correct the days of one enrolment first.";
    Err(Problem::new(Kind::Taken).detail(detail).member("overlaps", serde_json::json!(overlaps)))
}
