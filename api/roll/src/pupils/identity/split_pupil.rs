//! One record that holds two children becomes two; and a merge is taken back.

use actix_web::http::StatusCode;

use super::records::{hand_over, hold, point};
use crate::pupils::details::{self, Details};
use crate::pupils::read_pupil::{PupilPage, pupil_page};
use crate::pupils::{
    EnrolmentRow, NewPupil, add_pupils, check_free, check_unmerged, enrolment, pupil,
};
use crate::visibility;
use base::operation::*;

/// A split: either to a new record or back to one that was merged.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Split {
    /// The enrolments that are the other child's, with their marks.
    #[schema(example = json!([5120]))]
    enrolment_ids: Vec<EnrolmentId>,
    /// The other child, who has no record yet.
    #[serde(default)]
    new_pupil: Option<SplitPupil>,
    /// The record that was merged into this one, or that had these enrolments handed back before.
    #[serde(default)]
    #[schema(example = 4712)]
    back_to: Option<PupilId>,
    /// Why, 1 to 500 characters.
    #[schema(example = "Twins under one UPN")]
    reason: String,
}

/// A child who gets a record.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SplitPupil {
    /// Unique pupil number, permanent or temporary; its check letter is checked.
    #[schema(example = "H801200001001")]
    upn: String,
    /// Legal surname, 1 to 100 characters.
    #[schema(example = "Okafor-Lind")]
    surname: String,
    /// Legal forename, 1 to 100 characters.
    #[schema(example = "Zoë")]
    forename: String,
    /// Date of birth.
    birth_date: NaiveDate,
    /// The sex, as the school census has it.
    #[serde(default)]
    #[schema(value_type = Option<words::Sex>)]
    sex: Option<String>,
}

impl SplitPupil {
    fn check(&self, today: NaiveDate) -> Result<Details> {
        let details = Details {
            upn: self.upn.clone(),
            surname: self.surname.clone(),
            forename: self.forename.clone(),
            birth_date: self.birth_date,
            sex: self.sex.clone(),
        };
        details.check("/new_pupil", today)
    }
}

/// Split a pupil's record
///
/// Needs a token that covers every school of the record. Enrolments that are the other record's already are left.
#[utoipa::path(tag = "pupils", security(("token" = ["pupil:write"])), request_body = Split,
    params(("pupil_id" = i32, Path, description = "The record that holds two children."),
        Idempotency),
    responses((status = 200, description = "The other child's record, with its enrolments.", body = PupilPage),
        (status = 409, description = "Another pupil has that UPN, or a record was merged into another."),
        refusal::UpnCheckLetter, refusal::Taken, refusal::Merged))]
#[post("/v1/pupils/{pupil_id}/split")]
pub async fn split_pupil(
    caller: May<WritePupil>,
    app: web::Data<App>,
    path: Path<PupilId>,
    key: Idempotency,
    body: Json<Split>,
) -> Result<HttpResponse> {
    let pupil_id = path.0;
    let reply = app.db.run(&caller.scope().clone(), move |tx| {
        pupil(tx, pupil_id)?;
        for enrolment_id in &body.value.enrolment_ids {
            enrolment(tx, *enrolment_id)?;
        }
        if let Some(other) = body.value.back_to {
            pupil(tx, other)?;
        }
        key.once(tx, &caller, &format!("split_pupil/{pupil_id}"), &body.bytes, |tx| {
            let other = split(tx, pupil_id, &body.value, &caller)?;
            Reply::new(StatusCode::OK, &pupil_page(tx, other)?)
        })
    });
    Ok(reply.await?.answer())
}

fn split(tx: &mut Tx, from: PupilId, body: &Split, caller: &Caller) -> Result<PupilId> {
    let reason = details::reason(&body.reason)?;
    if body.enrolment_ids.is_empty() {
        return Err(Problem::at(Kind::Invalid, "/enrolment_ids", "at least one enrolment"));
    }
    match (&body.new_pupil, body.back_to) {
        (Some(new), None) => {
            let details = new.check(tx.clock().today())?;
            to_new(tx, from, &body.enrolment_ids, details, (&reason, caller))
        }
        (None, Some(other)) => back(tx, from, &body.enrolment_ids, other, (&reason, caller)),
        _ => Err(Problem::at(Kind::Invalid, "", "either `new_pupil` or `back_to`")),
    }
}

/// The enrolments named, each of them this pupil's.
fn theirs(tx: &mut Tx, ids: &[EnrolmentId], owners: &[PupilId]) -> Result<Vec<EnrolmentRow>> {
    let mut rows = Vec::new();
    let mut seen = BTreeSet::new();
    for (index, id) in ids.iter().enumerate() {
        let row = enrolment(tx, *id)?;
        if !seen.insert(*id) || !owners.contains(&row.pupil_id) {
            let expected = "an enrolment of this pupil, once";
            return Err(Problem::at(Kind::Invalid, format!("/enrolment_ids/{index}"), expected));
        }
        rows.push(row);
    }
    Ok(rows)
}

fn pairs(rows: &[EnrolmentRow]) -> Vec<(EnrolmentId, SchoolId)> {
    rows.iter().map(|row| (row.enrolment_id, row.school_id)).collect()
}

fn to_new(
    tx: &mut Tx,
    from: PupilId,
    ids: &[EnrolmentId],
    details: Details,
    (reason, caller): (&str, &Caller),
) -> Result<PupilId> {
    let held = hold(tx, &[from])?;
    held.check_reach(tx)?;
    check_unmerged(tx, from)?;
    let rows = theirs(tx, ids, &[from])?;
    let schools: BTreeSet<SchoolId> = rows.iter().map(|row| row.school_id).collect();
    let at = held.locked.bump_at(tx)?;
    let new = NewPupil::of(details, schools.into_iter().collect());
    let added = add_pupils(tx, std::slice::from_ref(&new), caller.subject())?;
    let to = *added.get(&new.upn).ok_or_else(|| {
        Problem::at(Kind::Taken, "/new_pupil/upn", "a UPN that no pupil of the trust has")
    })?;
    hand_over(tx, &pairs(&rows), to, (reason, at, caller.subject()))?;
    visibility::settle(tx, &[from])?;
    Ok(to)
}

fn back(
    tx: &mut Tx,
    from: PupilId,
    ids: &[EnrolmentId],
    to: PupilId,
    (reason, caller): (&str, &Caller),
) -> Result<PupilId> {
    let held = hold(tx, &[from, to])?;
    held.check_reach(tx)?;
    check_unmerged(tx, from)?;
    let mut rows = theirs(tx, ids, &[from, to])?;
    rows.retain(|row| row.pupil_id == from);
    let merged = held.records.iter().find(|r| r.pupil_id == to && r.merged_into == Some(from));
    if merged.is_none() && !rows.is_empty() {
        let expected = "a record that was merged into this one";
        return Err(Problem::at(Kind::Invalid, "/back_to", expected));
    }
    for row in &rows {
        check_free(tx, to, row.school_id, None, (row.first_day, row.last_day))?;
    }
    let Some(merged) = merged else { return Ok(to) };
    let at = held.locked.bump_at(tx)?;
    let because = (reason, at, caller.subject());
    hand_over(tx, &pairs(&rows), to, because)?;
    point(tx, merged, None, because)?;
    visibility::settle(tx, &[from, to])?;
    Ok(to)
}
