//! The running targets of a school.

use super::progress::{Ground, TargetAnswer, years};
use crate::cases;
use base::operation::*;
use figures::Counting;
use school::{calendars, tenants};

/// Which targets.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListTargetsQuery {
    /// The school.
    school_id: SchoolId,
    limit: Option<u16>,
    cursor: Option<String>,
}

/// List running targets
#[utoipa::path(tag = "targets", security(("token" = ["case:read"])), params(ListTargetsQuery),
    responses((status = 200, description = "Targets in the order of their cases.", body = Page<TargetAnswer>)))]
#[get("/v1/targets")]
pub async fn list_targets(
    caller: May<ReadCase>,
    app: web::Data<App>,
    counting: web::Data<Counting>,
    request: HttpRequest,
    params: Query<ListTargetsQuery>,
) -> Result<HttpResponse> {
    let ListTargetsQuery { school_id, limit, cursor } = params.0;
    let slice = Slice::<CaseId>::read(limit, cursor.as_deref(), &school_id)?;
    let (after, most) = (slice.after, slice.fetch());
    let codes = app.codes.clone();
    let read = counting.school_blocks_of(caller.scope(), move |tx| {
        let today = tenants::today(tx, school_id)?;
        let found = cases::with_target(tx, school_id, after, most)?.into_iter();
        let running = found.filter_map(|told| told.case.target.map(|target| (told.row, target)));
        let running: Vec<_> = running.collect();
        let wanted: BTreeSet<AcademicYear> =
            running.iter().flat_map(|(_, target)| years(*target)).collect();
        let calendars = calendars::around(tx, school_id, today)?;
        let wanted: Vec<AcademicYear> = wanted.into_iter().collect();
        let cases: Vec<_> = running.iter().map(|(case, _)| case).collect();
        let before = cases::elsewhere(tx, &codes, (school_id, &cases), &wanted)?;
        Ok((school_id, wanted, (running, calendars, today, before)))
    });
    let (counted, (running, calendars, today, before)) = read.await?;
    let ground = Ground { school: &counted, calendars: &calendars, before: &before, today };
    let answers: Vec<TargetAnswer> =
        running.iter().map(|(case, target)| ground.standing(case, *target)).collect();
    Ok(slice.page(answers, |target| target.case_id).answer(&request))
}
