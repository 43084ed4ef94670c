//! What stands on a certificate: its number, its text and the data behind it.

use super::kind::AwardKind;
use super::rows;
use base::operation::*;
use casework::letters::long;
use roll::pupils;
use school::{letterheads, tenants};

words! {
    /// How a certificate is answered.
    CertificateFormat {
        Json = "json": "as data, with the text among it",
        Text = "text": "the text alone",
    }
}

/// In which form.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CertificateQuery {
    /// As data when absent.
    format: Option<CertificateFormat>,
}

/// A certificate.
#[derive(Debug, Serialize, ToSchema)]
pub struct Certificate {
    /// The award.
    #[schema(example = 118)]
    award_id: AwardId,
    /// Its number: the school's URN, the academic year, and a number that no other certificate has.
    #[schema(example = "900001/2026/000118")]
    number: String,
    /// The child's name.
    #[schema(example = "Zoë Okafor-Lind")]
    name: String,
    /// The class on the last day.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "6A")]
    class: Option<String>,
    /// The school as it is printed.
    #[schema(example = "Elm Bank Primary School")]
    school: String,
    /// What it is for, in the policy's words.
    #[schema(example = "certificate for 100% in the term")]
    what: String,
    /// The first day of the period.
    from: NaiveDate,
    /// The last day.
    to: NaiveDate,
    /// The rate, cut to one decimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "100.0")]
    rate: Option<String>,
    /// The day on which it was handed over; absent before.
    #[serde(skip_serializing_if = "Option::is_none")]
    given_on: Option<NaiveDate>,
    /// All of it as it is read aloud.
    text: String,
}

/// Read a certificate
///
/// Only an award of the kind `certificate` has one.
#[utoipa::path(tag = "rewards", security(("token" = ["reward:read"])), params(AwardId, CertificateQuery),
    responses((status = 200, description = "The certificate.", content((Certificate = "application/json"), (String = "text/plain"))),
        refusal::NotACertificate))]
#[get("/v1/awards/{award_id}/certificate")]
pub async fn read_certificate(
    caller: May<ReadReward>,
    app: web::Data<App>,
    path: Path<AwardId>,
    params: Query<CertificateQuery>,
) -> Result<HttpResponse> {
    let made = app.db.run(caller.scope(), move |tx| certificate(tx, path.0)).await?;
    Ok(match params.0.format {
        Some(CertificateFormat::Text) => {
            HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(made.text)
        }
        _ => HttpResponse::Ok().json(made),
    })
}

fn certificate(tx: &mut Tx, award_id: AwardId) -> Result<Certificate> {
    let row = rows::award(tx, award_id)?;
    let pupil_id = row.pupil_id.filter(|_| row.kind == AwardKind::Certificate);
    let pupil_id = pupil_id.ok_or_else(|| {
        Problem::new(Kind::NotACertificate).detail(format!("The award is a {}.", row.kind))
    })?;
    let pupil = pupils::pupil(tx, pupil_id)?;
    let class = row.class_id.map(|class| pupils::class(tx, class)).transpose()?;
    let school = tenants::school(tx, row.school_id)?;
    let printed = letterheads::latest(tx, row.school_id)?.and_then(|head| head.letterhead.name);
    let rate = row.rate().map(|rate| rate.cut());
    let year = row.period.split('/').next().unwrap_or_default();
    let number = format!("{}/{year}/{:06}", school.urn, award_id.number());
    let name = format!("{} {}", pupil.forename, pupil.surname);
    let class = class.map(|class| class.name);
    let school = printed.unwrap_or(school.name);
    let of_class = class.as_ref().map(|class| format!(", {class},")).unwrap_or_default();
    let percent = rate.as_ref().map(|rate| format!(" Attendance: {rate}%.")).unwrap_or_default();
    let text = format!(
        "{school}\n\n{}\n\nThis certificate is awarded to\n\n{name}{of_class}\n\nfor attendance from {} to {}.{percent}\n\nNo. {number}\n",
        capital(&row.what),
        long(row.from_day),
        long(row.to_day),
    );
    Ok(Certificate {
        award_id,
        number,
        name,
        class,
        school,
        what: row.what,
        from: row.from_day,
        to: row.to_day,
        rate,
        given_on: row.given_on,
        text,
    })
}

/// With a capital at its beginning.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
