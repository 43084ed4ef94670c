//! The draws of a school or of the trust.

use super::rows::Which;
use super::standing::Standing;
use super::state::DrawState;
use super::view::DrawView;
use base::operation::*;
use school::tenants;

/// Which draws.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListDrawsQuery {
    limit: Option<u16>,
    cursor: Option<String>,
    /// Only this school's.
    school_id: Option<SchoolId>,
    /// Only those of this period, such as `2026/term-1`.
    period: Option<String>,
}

/// A draw of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct DrawLine {
    /// Rollcall's key.
    #[schema(example = 4)]
    draw_id: DrawId,
    /// The school.
    #[schema(example = 7)]
    school_id: SchoolId,
    /// What people call it.
    title: String,
    /// What is won, as the policy has it.
    #[schema(example = "the termly prize")]
    prize: String,
    /// The period at whose end it is held.
    #[schema(example = "2026/term-1")]
    period: String,
    /// How it stands.
    state: DrawState,
    /// The day on which it is opened.
    opens_on: NaiveDate,
    /// The day on whose evening the entries are frozen.
    freezes_on: NaiveDate,
}

impl From<&Standing> for DrawLine {
    fn from(standing: &Standing) -> Self {
        let row = &standing.row;
        Self {
            draw_id: row.draw_id,
            school_id: row.school_id,
            title: row.title.clone(),
            prize: row.prize.clone(),
            period: row.period.clone(),
            state: standing.state(),
            opens_on: row.opens_on,
            freezes_on: row.freezes_on,
        }
    }
}

/// List prize draws
#[utoipa::path(tag = "rewards", security(("token" = ["reward:read"])), params(ListDrawsQuery),
    responses((status = 200, description = "In the order in which they were prepared.", body = Page<DrawLine>)))]
#[get("/v1/draws")]
pub async fn list_draws(
    caller: May<ReadReward>,
    app: web::Data<App>,
    request: HttpRequest,
    params: Query<ListDrawsQuery>,
) -> Result<HttpResponse> {
    let ListDrawsQuery { limit, cursor, school_id, period } = params.0;
    let slice = Slice::<DrawId>::read(limit, cursor.as_deref(), &(school_id, &period))?;
    let page = app.db.run(caller.scope(), move |tx| {
        if let Some(school_id) = school_id {
            tenants::school(tx, school_id)?;
        }
        let (after, most) = (slice.after, Some(slice.fetch()));
        let which = Which { school_id, period: period.as_deref(), after, most };
        let lines = Standing::list(tx, &which)?.iter().map(DrawLine::from).collect();
        Ok(slice.page(lines, |line: &DrawLine| line.draw_id))
    });
    Ok(page.await?.answer(&request))
}

/// Read a prize draw
///
/// With all that is published of it, who has won, and what happened.
#[utoipa::path(tag = "rewards", security(("token" = ["reward:read"])), params(DrawId),
    responses((status = 200, description = "The draw.", body = DrawView)))]
#[get("/v1/draws/{draw_id}")]
pub async fn read_draw(
    caller: May<ReadReward>,
    app: web::Data<App>,
    path: Path<DrawId>,
) -> Result<HttpResponse> {
    let view = app.db.run(caller.scope(), move |tx| {
        let standing = Standing::read(tx, path.0)?;
        DrawView::of(tx, &standing)
    });
    Ok(HttpResponse::Ok().json(view.await?))
}
