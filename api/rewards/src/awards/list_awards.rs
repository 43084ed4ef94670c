//! What is to be handed over, and what was: one list a class and role.

use super::answer::{AwardAnswer, answers};
use super::kind::{AwardKind, AwardState};
use super::rows::{self, AwardFilter};
use base::operation::*;
use school::tenants;

/// Which awards.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListAwardsQuery {
    limit: Option<u16>,
    cursor: Option<String>,
    /// Only those of this school.
    school_id: Option<SchoolId>,
    /// Only those of this class and of pupils who were in it on the last day.
    class_id: Option<ClassId>,
    /// Only this pupil's.
    pupil_id: Option<PupilId>,
    /// Only those that this role gives, in the policy's words.
    role: Option<String>,
    /// Only those that stand so; without it, all but those that were withdrawn.
    state: Option<AwardState>,
    /// Only those of this kind.
    kind: Option<AwardKind>,
    /// Only those of this period, such as `2026/term-1`.
    period: Option<String>,
}

/// List awards
///
/// What was earned, and how each stands. Nobody is listed as not rewarded; an award of a child who has left or died that was
/// not handed over is on no list.
#[utoipa::path(tag = "rewards", security(("token" = ["reward:read"])), params(ListAwardsQuery),
    responses((status = 200, description = "In the order in which they were earned.", body = Page<AwardAnswer>)))]
#[get("/v1/awards")]
pub async fn list_awards(
    caller: May<ReadReward>,
    app: web::Data<App>,
    request: HttpRequest,
    params: Query<ListAwardsQuery>,
) -> Result<HttpResponse> {
    let ListAwardsQuery { limit, cursor, school_id, class_id, pupil_id, role, state, kind, period } =
        params.0;
    let filter = AwardFilter { school_id, class_id, pupil_id, role, state, kind, period };
    let slice = Slice::<AwardId>::read(limit, cursor.as_deref(), &filter)?;
    let page = app.db.run(caller.scope(), move |tx| {
        if let Some(school_id) = filter.school_id {
            tenants::school(tx, school_id)?;
        }
        let rows = rows::list(tx, &filter, slice.after, slice.fetch())?;
        let Page { items, next } = slice.page(rows, |row| row.award_id);
        Ok(Page::<AwardAnswer> { items: answers(tx, items)?, next })
    });
    Ok(page.await?.answer(&request))
}
