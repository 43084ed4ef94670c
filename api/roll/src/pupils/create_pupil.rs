//! A pupil whom a school adds by hand. Whole rolls come by import.

use super::details::Details;
use super::{NewPupil, PupilRow};
use base::operation::*;
use school::tenants;

/// A pupil to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PupilBody {
    /// The school that adds the pupil; its staff may then enrol them.
    #[schema(example = 7)]
    school_id: SchoolId,
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

impl PupilBody {
    fn check(&self, today: NaiveDate) -> Result<NewPupil> {
        let details = Details {
            upn: self.upn.clone(),
            surname: self.surname.clone(),
            forename: self.forename.clone(),
            birth_date: self.birth_date,
            sex: self.sex.clone(),
        };
        Ok(NewPupil::of(details.check("", today)?, vec![self.school_id]))
    }
}

/// Add a pupil
#[utoipa::path(tag = "pupils", security(("token" = ["pupil:write"])), request_body = PupilBody,
    params(Idempotency),
    responses((status = 201, description = "The pupil.", body = PupilRow, headers(("Location"))),
        (status = 409, description = "The trust has a pupil with that UPN."),
        refusal::UpnCheckLetter, refusal::Taken))]
#[post("/v1/pupils")]
pub async fn create_pupil(
    caller: May<WritePupil>,
    app: web::Data<App>,
    key: Idempotency,
    body: Json<PupilBody>,
) -> Result<HttpResponse> {
    let new = body.value.check(app.db.clock_of(caller.scope()).await?.today())?;
    let school_id = body.value.school_id;
    let reply = app.db.run(&caller.scope().clone(), move |tx| {
        tenants::school(tx, school_id)?;
        key.once(tx, &caller, "create_pupil", &body.bytes, |tx| {
            let row = add(tx, &new, caller.subject())?;
            Reply::created(format!("/v1/pupils/{}", row.pupil_id), &row)
        })
    });
    Ok(reply.await?.answer())
}

/// A UPN stands once in a trust. A school is not told which other school has it.
fn add(tx: &mut Tx, new: &NewPupil, by: &str) -> Result<PupilRow> {
    let added = super::add_pupils(tx, std::slice::from_ref(new), by)?;
    let id = added.get(&new.upn).ok_or_else(|| {
        Problem::at(Kind::Taken, "/upn", "a UPN that no pupil of the trust has")
            .detail("The trust already has a pupil with that UPN. If the pupil moved inside the trust, enrol them.")
    })?;
    super::pupil(tx, *id)
}
