//! What stands in a pupil's record is corrected: number, names, date of birth, sex.

use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error};
use domain::folded_name_key;
use serde::Deserializer;

use super::records::{Change, PupilField, hold, keep};
use crate::pupils::details::{self, Details};
use crate::pupils::{PupilRow, check_unmerged};
use crate::visibility::{self, Act};
use base::http::json::present;
use base::operation::*;
use schema::pupil;

/// A correction. What is not named stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Correction {
    /// The unique pupil number that replaces the present one; the pupil is still found by the old one.
    #[serde(default)]
    #[schema(example = "H801200001001")]
    upn: Option<String>,
    /// Legal surname, 1 to 100 characters.
    #[serde(default)]
    #[schema(example = "Okafor-Lind")]
    surname: Option<String>,
    /// Legal forename, 1 to 100 characters.
    #[serde(default)]
    #[schema(example = "Zoë")]
    forename: Option<String>,
    /// Date of birth.
    #[serde(default)]
    birth_date: Option<NaiveDate>,
    /// The sex, as the school census has it; `null` when it is not recorded.
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<words::Sex>)]
    sex: Option<Option<String>>,
    /// Why, 1 to 500 characters.
    #[schema(example = "Birth certificate seen")]
    reason: String,
}

/// A member that may be left out, which says nothing, or `null`, which says something.
fn named<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    present(deserializer).map(Some)
}

impl Correction {
    fn of(&self, row: &PupilRow) -> Details {
        let or = |new: &Option<String>, old: &String| new.as_ref().unwrap_or(old).clone();
        Details {
            upn: or(&self.upn, &row.upn),
            surname: or(&self.surname, &row.surname),
            forename: or(&self.forename, &row.forename),
            birth_date: self.birth_date.unwrap_or(row.birth_date),
            sex: self.sex.clone().unwrap_or_else(|| row.sex.map(|sex| sex.to_string())),
        }
    }
}

/// Correct a pupil's record
///
/// What stood before stays in the history. Date of birth and sex decide figures of every school that the pupil was at,
/// so a token that does not cover all of them may not correct those two.
#[utoipa::path(tag = "pupils", security(("token" = ["pupil:write"])), request_body = Correction,
    params(PupilId, Idempotency),
    responses((status = 201, description = "The pupil as it stands now.", body = PupilRow, headers(("Location"))),
        (status = 409, description = "Another pupil has that UPN, or the record was merged into another."),
        refusal::UpnCheckLetter, refusal::Taken, refusal::Merged, refusal::AnotherSchools))]
#[post("/v1/pupils/{pupil_id}/corrections")]
pub async fn correct_pupil(
    caller: May<WritePupil>,
    app: web::Data<App>,
    path: Path<PupilId>,
    key: Idempotency,
    body: Json<Correction>,
) -> Result<HttpResponse> {
    let pupil_id = path.0;
    let reply = app.db.run(&caller.scope().clone(), move |tx| {
        crate::pupils::pupil(tx, pupil_id)?;
        key.once(tx, &caller, &format!("correct_pupil/{pupil_id}"), &body.bytes, |tx| {
            let row = correct(tx, pupil_id, &body.value, &caller)?;
            Reply::created(format!("/v1/pupils/{pupil_id}/history"), &row)
        })
    });
    Ok(reply.await?.answer())
}

fn correct(tx: &mut Tx, pupil_id: PupilId, body: &Correction, caller: &Caller) -> Result<PupilRow> {
    let reason = details::reason(&body.reason)?;
    let held = hold(tx, &[pupil_id])?;
    check_unmerged(tx, pupil_id)?;
    visibility::check(tx, pupil_id, Act::Correct)?;
    let row = crate::pupils::pupil(tx, pupil_id)?;
    let new = body.of(&row).check("", tx.clock().today())?;
    let changes = changes(&row, &new, &reason);
    if changes.is_empty() {
        let expected = "something that differs from what stands in the record";
        return Err(Problem::at(Kind::Invalid, "", expected));
    }
    if changes.iter().any(|change| matches!(change.field, PupilField::BirthDate | PupilField::Sex))
    {
        held.check_reach(tx)?;
    }
    let at = held.locked.bump_at(tx)?;
    keep(tx, pupil_id, &changes, at, caller.subject())?;
    write(tx, pupil_id, &new)
}

fn changes<'a>(row: &PupilRow, new: &Details, reason: &'a str) -> Vec<Change<'a>> {
    let date = |date: NaiveDate| Some(date.to_string());
    let all = [
        (PupilField::Upn, Some(row.upn.clone()), Some(new.upn.clone())),
        (PupilField::Surname, Some(row.surname.clone()), Some(new.surname.clone())),
        (PupilField::Forename, Some(row.forename.clone()), Some(new.forename.clone())),
        (PupilField::BirthDate, date(row.birth_date), date(new.birth_date)),
        (PupilField::Sex, row.sex.map(|sex| sex.to_string()), new.sex.clone()),
    ];
    let changed = all.into_iter().filter(|(_, old, new)| old != new);
    changed.map(|(field, old, new)| Change { field, old, new, reason }).collect()
}

fn write(tx: &mut Tx, pupil_id: PupilId, new: &Details) -> Result<PupilRow> {
    let trust = tx.trust();
    diesel::update(pupil::table)
        .filter(pupil::trust_id.eq(trust).and(pupil::pupil_id.eq(pupil_id)))
        .set((
            pupil::upn.eq(&new.upn),
            pupil::surname.eq(&new.surname),
            pupil::forename.eq(&new.forename),
            pupil::name_key.eq(folded_name_key(&new.surname, &new.forename)),
            pupil::given_key.eq(folded_name_key(&new.forename, &new.surname)),
            pupil::birth_date.eq(new.birth_date),
            pupil::sex.eq(new.sex()),
        ))
        .execute(tx.conn)
        .map_err(|error| match error {
            Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => Problem::at(
                Kind::Taken,
                "/upn",
                "a UPN that no other pupil of the trust has",
            )
            .detail(
                "The trust has another pupil with that UPN. If both are one child, merge them.",
            ),
            other => other.into(),
        })?;
    crate::pupils::pupil(tx, pupil_id)
}
