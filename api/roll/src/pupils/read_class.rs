//! One class, and who is in it on a day.

use super::{ClassRow, Member};
use base::operation::*;
use school::tenants;

/// On which day.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReadClassQuery {
    /// The day whose members are listed; today when absent.
    on: Option<NaiveDate>,
}

/// A class and its members.
#[derive(Serialize, ToSchema)]
pub struct ClassPage {
    /// The class.
    #[serde(flatten)]
    class: ClassRow,
    /// The day whose members are listed.
    on: NaiveDate,
    /// The pupils in it that day, by name.
    members: Vec<ClassMember>,
}

/// A pupil of a class.
#[derive(Serialize, ToSchema)]
pub struct ClassMember {
    /// The pupil.
    #[schema(example = 4711)]
    pupil_id: PupilId,
    /// The enrolment.
    #[schema(example = 5120)]
    enrolment_id: EnrolmentId,
    /// Legal surname.
    surname: String,
    /// Legal forename.
    forename: String,
}

impl From<Member> for ClassMember {
    fn from(member: Member) -> Self {
        let Member { enrolment_id, pupil_id, surname, forename, .. } = member;
        Self { pupil_id, enrolment_id, surname, forename }
    }
}

/// Read a class
#[utoipa::path(tag = "pupils", security(("token" = ["class:read"])), params(ClassId, ReadClassQuery),
    responses((status = 200, description = "The class and its members.", body = ClassPage)))]
#[get("/v1/classes/{class_id}")]
pub async fn read_class(
    caller: May<ReadClass>,
    app: web::Data<App>,
    path: Path<ClassId>,
    params: Query<ReadClassQuery>,
) -> Result<HttpResponse> {
    let page = app.db.run(caller.scope(), move |tx| {
        let class = super::class(tx, path.0)?;
        let on = params.0.on.map_or_else(|| tenants::today(tx, class.school_id), Ok)?;
        let members = super::members(tx, class.school_id, class.class_id, on)?;
        Ok(ClassPage { class, on, members: members.into_iter().map(ClassMember::from).collect() })
    });
    Ok(HttpResponse::Ok().json(page.await?))
}
