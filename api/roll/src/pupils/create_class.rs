//! A class of one academic year.

use super::{ClassRow, NewClass};
use base::operation::*;
use school::tenants;

/// A class to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClassBody {
    /// Its school.
    #[schema(example = 7)]
    school_id: SchoolId,
    /// Its academic year: 2026 for 2026/27.
    #[schema(value_type = i16, example = 2026)]
    year: AcademicYear,
    /// Name, 1 to 50 characters.
    #[schema(example = "7H1")]
    name: String,
}

/// Add a class
#[utoipa::path(tag = "pupils", security(("token" = ["class:write"])), request_body = ClassBody, params(Idempotency),
    responses((status = 201, description = "The class.", body = ClassRow, headers(("Location"))),
        (status = 409, description = "The school has a class of that name in that year."),
        refusal::Taken))]
#[post("/v1/classes")]
pub async fn create_class(
    caller: May<WriteClass>,
    app: web::Data<App>,
    key: Idempotency,
    body: Json<ClassBody>,
) -> Result<HttpResponse> {
    let name = name::kept(&body.value.name, name::CLASS)
        .ok_or_else(|| name::refuse(Problem::new(Kind::Invalid), "/name", name::CLASS))?;
    let new = NewClass::new(body.value.school_id, body.value.year.number(), name);
    let reply = app.db.run(&caller.scope().clone(), move |tx| {
        tenants::school(tx, new.school_id)?;
        key.once(tx, &caller, "create_class", &body.bytes, |tx| {
            let rows = super::add_classes(tx, std::slice::from_ref(&new), caller.subject())?;
            let row = rows.first().ok_or_else(|| Problem::internal("no class was added"))?;
            Reply::created(format!("/v1/classes/{}", row.class_id), row)
        })
    });
    Ok(reply.await?.answer())
}
