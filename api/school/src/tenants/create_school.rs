//! A school joins the trust.

use chrono_tz::Tz;
use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error};

use super::SchoolRow;
use base::db::Schools;
use base::operation::*;
use schema::school;

/// A school to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSchool {
    /// Unique reference number, six digits.
    #[schema(example = "912345")]
    pub urn: String,
    /// 1 to 200 characters.
    #[schema(example = "Elm Bank Primary School")]
    pub name: String,
    /// Phase of education.
    pub phase: words::Phase,
    /// A name of the IANA time zone database: when the school's day begins and ends. Never to be changed.
    #[serde(default = "london")]
    #[schema(example = "Europe/London")]
    pub time_zone: String,
}

fn london() -> String {
    chrono_tz::Europe::London.name().to_owned()
}

impl NewSchool {
    fn check(&self) -> Result<()> {
        let mut problem = Problem::new(Kind::Invalid);
        if self.urn.len() != 6 || !self.urn.bytes().all(|b| b.is_ascii_digit()) {
            problem = problem.and("/urn", "six digits");
        }
        if name::kept(&self.name, name::LINE).is_none() {
            problem = name::refuse(problem, "/name", name::LINE);
        }
        if self.time_zone.parse::<Tz>().is_err() {
            problem = problem.and("/time_zone", "an IANA time zone, such as Europe/London");
        }
        if problem.errors().is_empty() { Ok(()) } else { Err(problem) }
    }
}

/// Add a school
///
/// Needs a token for the whole trust. The school has no calendar yet: PUT one before its first register.
#[utoipa::path(tag = "tenants", security(("token" = ["school:write"])), request_body = NewSchool, params(Idempotency),
    responses((status = 201, description = "The school.", body = SchoolRow, headers(("Location"))),
        (status = 409, description = "The trust has a school with that URN."),
        refusal::Taken))]
#[post("/v1/schools")]
pub async fn create_school(
    caller: May<WriteSchool>,
    app: web::Data<App>,
    key: Idempotency,
    body: Json<NewSchool>,
) -> Result<HttpResponse> {
    body.value.check()?;
    if *caller.scope().schools() != Schools::All {
        return Err(Problem::new(Kind::Forbidden)
            .detail("A new school needs a token for the whole trust.")
            .member("permission", WriteSchool::NAME)
            .member("role", caller.role()));
    }
    let reply = app.db.run(&caller.scope().clone(), move |tx| {
        key.once(tx, &caller, "create_school", &body.bytes, |tx| {
            let row = insert(tx, &body.value, caller.subject())?;
            Reply::created(format!("/v1/schools/{}", row.school_id), &row)
        })
    });
    Ok(reply.await?.answer())
}

fn insert(tx: &mut Tx, new: &NewSchool, by: &str) -> Result<SchoolRow> {
    diesel::insert_into(school::table)
        .values((
            school::trust_id.eq(tx.trust()),
            school::urn.eq(&new.urn),
            school::name.eq(new.name.trim()),
            school::phase.eq(new.phase),
            school::created_at.eq(tx.now()),
            school::created_by.eq(by),
            school::time_zone.eq(&new.time_zone),
        ))
        .returning(SchoolRow::as_returning())
        .get_result(tx.conn)
        .map_err(|error| match error {
            Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => {
                Problem::new(Kind::Taken)
                    .detail(format!("The trust already has a school with URN {}.", new.urn))
                    .and("/urn", "a URN that no other school of the trust has")
            }
            other => other.into(),
        })
}
