//! How much a pupil was absent at earlier schools of the trust, for the school that has the pupil now.

use analytics::EnrolmentYear;
use domain::CodeTable;

use super::{Enrolled, pupil_blocks};
use base::operation::*;
use roll::pupils::{self, Stay};
use roll::visibility;
use school::tenants;

/// A pupil's attendance at earlier schools.
#[derive(Debug, Serialize, ToSchema)]
pub struct Earlier {
    /// The pupil.
    #[schema(example = 4711)]
    pupil_id: PupilId,
    /// School by school and year by year, earliest first.
    times: Vec<EarlierYear>,
}

/// A pupil's attendance at an earlier school in one academic year.
#[derive(Debug, Serialize, ToSchema)]
pub struct EarlierYear {
    /// The school.
    #[schema(example = 7)]
    school_id: SchoolId,
    /// Its name.
    #[schema(example = "Larkrise Primary School")]
    school: String,
    /// The academic year: 2026 for 2026/27.
    #[schema(example = 2026)]
    year: i16,
    /// First day on roll there.
    first_day: NaiveDate,
    /// Last day on roll there.
    last_day: NaiveDate,
    /// Sessions at which the pupil was due and could have come.
    #[schema(example = 96)]
    possible: u64,
    /// Those of them that the pupil missed.
    #[schema(example = 13)]
    absent: u64,
    /// Those missed with leave or for a reason that the school accepted.
    #[schema(example = 9)]
    authorised: u64,
    /// The others that were missed.
    #[schema(example = 4)]
    unauthorised: u64,
}

/// Read a pupil's attendance at earlier schools
///
/// Totals of the schools of the trust that your token does not cover and that the pupil has left, for the school that has
/// the pupil now. The case that was carried from there is the school's own: `GET /v1/cases`. The marks themselves are for
/// those who lead: `GET /v1/pupils/{pupil_id}/earlier/marks`.
#[utoipa::path(tag = "figures", security(("token" = ["mark:read"])), params(PupilId),
    responses((status = 200, description = "The totals.", body = Earlier), refusal::AnotherSchools))]
#[get("/v1/pupils/{pupil_id}/earlier")]
pub async fn read_earlier(
    caller: May<ReadMark>,
    app: web::Data<App>,
    path: Path<PupilId>,
) -> Result<HttpResponse> {
    let (pupil_id, codes) = (path.0, app.codes.clone());
    let earlier = app.db.snapshot(caller.scope(), move |tx| {
        let scope = tx.scope().clone();
        visibility::look_back(tx, pupil_id, |tx| {
            let mut times = Vec::new();
            for stay in pupils::earlier_stays(tx, pupil_id, &scope)? {
                times.extend(years(tx, &codes, &stay)?);
            }
            Ok(Earlier { pupil_id, times })
        })
    });
    Ok(HttpResponse::Ok().json(earlier.await?))
}

/// The years of a stay that has ended, without those in which nothing was possible.
fn years(tx: &mut Tx, codes: &CodeTable, stay: &Stay) -> Result<Vec<EarlierYear>> {
    let Some(last_day) = stay.last_day else { return Ok(Vec::new()) };
    let first = AcademicYear::of(stay.first_day);
    let years = std::iter::successors(first, |year| year.next());
    let years: Vec<AcademicYear> = years.take_while(|year| year.first_day() <= last_day).collect();
    let school = tenants::school(tx, stay.school_id)?.name;
    let mut found = Vec::new();
    for block in pupil_blocks(tx, codes, (stay.school_id, stay.pupil_id), &years)? {
        let ours = |member: &&EnrolmentYear| member.enrolment_id() == stay.enrolment_id;
        let Some(member) = block.members().find(ours) else { continue };
        let (from, to) = (block.year().first_day(), block.year().last_day());
        let Some(rate) = block.attendance(member, from, to) else { continue };
        let (absent, unauthorised) =
            (rate.whole() - rate.part(), block.unauthorised(member, from, to));
        found.push(EarlierYear {
            school_id: stay.school_id,
            school: school.clone(),
            year: block.year().number(),
            first_day: stay.first_day,
            last_day,
            possible: rate.whole(),
            absent,
            authorised: absent - unauthorised,
            unauthorised,
        });
    }
    Ok(found)
}
